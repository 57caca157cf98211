"""The stages of the benchmark: each starts what it needs, measures some goals in interleaved rounds, and stops it.

Every ratio compares figures of the same round, so of the same seconds on the machine. Where a figure depends on the
number of API processes, one and two are measured, and the better one counts, as an operator would choose it.
"""

import asyncio
import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, TypeAlias

import asyncpg

from bench.flushes import SlowFlushes, read_durability
from bench.goals import Found, Results, Spread, ratios
from bench.http_load import HttpLoad
from bench.lists import fill
from bench.lives import Lives
from bench.peers import Peer, stripe_mock
from bench.replies import Subject
from bench.report import NAIVE_LIFE, SINGLE_INSERT
from bench.rounds import Figure, Measurement, Row, measure_rounds
from bench.service import AT_ONCE, NEVER, Service, create_database, migrate, serve_beside, serve_embedded
from bench.space import Space
from bench.sql_load import SqlLoad, prepare_balance, query
from bench.starts import measure_starts

_BUSY: Final = 64
_MANY: Final = 256
_PROCESSES: Final = (1, 2)
_NOW, _BEFORE = "now", "before"
_MOCK: Final = "stripe-mock"
_UNDELAYED: Final = f"{SINGLE_INSERT}, no delay"
_STARTS: Final = 6
_SEED_S: Final = 3
_LEAST_LIVES: Final = 20_000
"""So many are measured at least, as the first thousand leave half-empty pages."""

_NAIVE_LONGER: Final = 3
"""Times as long, as one naive life among 64 may take a second on a slow disk."""

_US_OF_S_PER_10K: Final = 100.0


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What is measured, and how.

    Attributes:
        folder: the benchmark's own.
        rounds: how often.
        seconds: how long each time.
        before: the `src` folder of the other revision, if there is one.
        topups: how many an account has whose top-ups are retrieved and listed.
        has_mock: whether stripe-mock is here.
        say: told what goes on.
        slow: what delays the flushes of PostgreSQL, if they are delayed.
    """

    folder: Path
    rounds: int
    seconds: int
    before: Path | None
    topups: int
    has_mock: bool
    say: Callable[[str], None]
    slow: SlowFlushes | None = None

    def measure(self, rows: Sequence[Row], results: Results) -> dict[str, Figure]:
        """Measure rows in turn; requests that failed become notes."""
        figures = measure_rounds(rows, rounds=self.rounds, seconds=self.seconds, say=self.say)
        results.notes += [
            f"**{figure.row.name}: {figure.errors:,} of {figure.acknowledged + figure.errors:,} requests failed**"
            for figure in figures
            if figure.errors
        ]
        return {figure.row.name: figure for figure in figures}


Subjects: TypeAlias = dict[tuple[str, int], Subject]
"""Services by version and number of API processes."""


@contextmanager
def _subjects(plan: Plan, stage: str, settle_after: str, *, shared: bool = False) -> Iterator[Subjects]:
    """Run this tree with one and with two API processes, and the revision before likewise, if there is one.

    Services of a version share a PostgreSQL server, and where `shared` its database.
    """
    sources: dict[str, Path | None] = {_NOW: None} | ({_BEFORE: plan.before} if plan.before else {})
    changes = plan.slow.changes if plan.slow else ()
    with ExitStack() as stack:
        subjects: Subjects = {}
        for version, source in sources.items():
            folder = plan.folder / f"{stage}-{version}"
            folder.mkdir(mode=0o711)
            plan.say(f"{stage}: starting Brim ({version}) with one and with two API processes")
            one = stack.enter_context(
                serve_embedded(folder, workers=1, source=source, changes=changes, settle_after=settle_after)
            )
            two = stack.enter_context(
                serve_beside(one, "brim-2", workers=2, settle_after=settle_after, source=source, shared=shared)
            )
            for processes, service in zip(_PROCESSES, (one, two), strict=True):
                name = f"{version}, {stage}, {_processes(processes)}"
                subjects[version, processes] = Subject(name, service, processes)
        yield subjects


def _processes(count: int) -> str:
    return f"{count} API process{'es' if count > 1 else ''}"


@contextmanager
def _mock(plan: Plan) -> Iterator[Peer | None]:
    if not plan.has_mock:
        yield None
        return
    with stripe_mock(plan.folder) as peer:
        yield peer


def measure_creates(plan: Plan, results: Results) -> None:
    """Measure durable creates without settlement, at 64, at 256 and on one connection."""
    with _subjects(plan, "creates", NEVER) as subjects, _mock(plan) as mock:
        _note_durability(subjects, results)
        for key, clients in (("create_off", _BUSY), ("create_256", _MANY)):
            if mock:
                rows = [_row(*subject, "create", clients, subjects[subject].create) for subject in subjects]
                figures = plan.measure([*rows, _load_row(_MOCK, "create", clients, mock.create)], results)
                results.found[key] = _best(figures, "create", clients, _MOCK)
        _measure_lone(plan, subjects, results)
        _check(subjects, results)


def _measure_lone(plan: Plan, subjects: Subjects, results: Results) -> None:
    """Measure creates on one connection beside pgbench's one row, in processor time and in how long they take."""
    alone = {version: subjects[version, 1] for version, processes in subjects if processes == 1}
    load = _pgbench(alone[_NOW], "single_insert")
    rows = [_row(version, 1, "create", 1, subject.create) for version, subject in alone.items()]
    rows.append(_load_row(SINGLE_INSERT, "create", 1, load))
    if plan.slow:
        rows.append(_undelayed_row(plan.slow, load))
    flushes = plan.slow.count if plan.slow else 0
    figures = plan.measure(rows, results)
    single = figures[f"{SINGLE_INSERT}: create, 1"]
    found = {
        version: Spread.of(ratios(figures[_name(version, 1, "create", 1)].p50s_ms, single.p50s_ms)) for version in alone
    }
    p50_ms = figures[_name(_NOW, 1, "create", 1)].p50_ms
    results.found["lone"] = Found(found[_NOW], found.get(_BEFORE), f"{p50_ms:.2f} / {single.p50_ms:.2f} ms")
    if plan.slow:
        quick = figures[f"{_UNDELAYED}: create, 1"]
        results.notes.append(_proof(plan.slow, plan.slow.count - flushes, single, quick))


def _undelayed_row(slow: SlowFlushes, load: SqlLoad) -> Row:
    def measure(seconds: int) -> Measurement:
        with slow.suspended():
            return load.run(1, seconds)

    return Row(who=_UNDELAYED, work="create", clients=1, measure=measure)


def _proof(slow: SlowFlushes, count: int, delayed: Figure, quick: Figure) -> str:
    """Return a sentence about whether flushes were really delayed: then no commit is quicker than the delay."""
    wanted_ms = slow.delay_us / 1000
    verdict = "as it must" if count and delayed.least_ms >= wanted_ms else "**so not every flush was delayed**"
    return (
        f"Every flush takes {wanted_ms:g} ms longer: pgbench's quickest commit of one row took {quick.least_ms:.2f} ms "
        f"without the delay and {delayed.least_ms:.2f} ms with it, {verdict}; p50 {quick.p50_ms:.2f} and "
        f"{delayed.p50_ms:.2f} ms; {count:,} flushes were delayed meanwhile"
    )


def measure_lives(plan: Plan, results: Results) -> None:
    """Measure creates while the worker settles, whole lives, what they cost, and what they leave in the database."""
    with _subjects(plan, "lives", AT_ONCE) as subjects, _mock(plan) as mock:
        emptied = {key: Space.of(subject.service.database_url) for key, subject in subjects.items()}
        lives = {key: Lives(subject) for key, subject in subjects.items()}
        naive = _pgbench(subjects[_NOW, 1], "naive_life")
        rows = [_row(*key, "life", _BUSY, life.run, life.subject.service) for key, life in lives.items()]
        rows.append(_load_row(NAIVE_LIFE, "life", _BUSY, naive, longer=_NAIVE_LONGER))
        if mock:
            rows.append(_load_row(_MOCK, "create", _BUSY, mock.create))
        figures = plan.measure(rows, results)
        results.found["life"] = _best(figures, "life", _BUSY, NAIVE_LIFE, work_of_other="life")
        _note_lives(plan, figures, lives, results)
        _check(subjects, results)
        if not plan.slow:
            _note_space(subjects, emptied, lives, results)


def _note_lives(plan: Plan, figures: dict[str, Figure], lives: dict[tuple[str, int], Lives], results: Results) -> None:
    by_key = {key: figures[_name(*key, "life", _BUSY)] for key in lives}
    mock = figures.get(f"{_MOCK}: create, {_BUSY}")
    if mock:
        creating = {key: ratios(life.creating[-plan.rounds :], mock.rates) for key, life in lives.items()}
        results.found["create_on"] = _better(creating)
    results.found["life_rate"] = _better({key: figure.rates for key, figure in by_key.items()})
    alone = {key: figure for key, figure in by_key.items() if key[1] == _PROCESSES[0]}
    spent = {
        "cpu_python": {key: figure.server_cpus for key, figure in alone.items()},
        "cpu_database": {key: figure.database_cpus for key, figure in alone.items()},
        "cpu": {key: figure.cpus for key, figure in alone.items()},
    }
    for goal, cpus in spent.items():
        results.found[goal] = _better({key: [cpu * _US_OF_S_PER_10K for cpu in used] for key, used in cpus.items()})
    wal = {key: life.wal_bytes[-plan.rounds :] for key, life in lives.items() if key[1] == _PROCESSES[0]}
    results.found["wal_bytes"] = _better(wal)


def _note_space(
    subjects: Subjects, emptied: dict[tuple[str, int], Space], lives: dict[tuple[str, int], Lives], results: Results
) -> None:
    for (_version, processes), life in lives.items():
        while processes == _PROCESSES[0] and life.count() < _LEAST_LIVES:
            life.run(_BUSY, _SEED_S)
        life.subject.service.wait_until_done()
    left = {
        version: Space.of(subjects[version, 1].service.database_url).since(emptied[version, 1])
        for version, processes in subjects
        if processes == 1
    }
    found = {
        "topup_bytes": {version: space.topup_bytes for version, space in left.items()},
        "life_bytes": {version: space.all_bytes for version, space in left.items()},
    }
    for goal, sizes in found.items():
        exact = {version: Spread(size, size, size) for version, size in sizes.items()}
        results.found[goal] = Found(exact[_NOW], exact.get(_BEFORE), f"{left[_NOW].lives:,} lives")
    results.tables.append(left[_NOW].render())


def measure_reads(plan: Plan, results: Results) -> None:
    """Measure retrieves and lists of an account with so many top-ups."""
    with _subjects(plan, "reads", NEVER, shared=True) as subjects, _mock(plan) as mock:
        for (version, processes), subject in subjects.items():
            if processes == _PROCESSES[0]:
                _fill(plan, version, subject.service, results)
        if not mock:
            return
        loads = {"retrieve": mock.retrieve, "list": mock.first_page}
        for work, other in loads.items():
            ours = {key: _read_load(subject.service, work) for key, subject in subjects.items()}
            rows = [_load_row(_who(*key), work, _BUSY, load) for key, load in ours.items()]
            figures = plan.measure([*rows, _load_row(_MOCK, work, _BUSY, other)], results)
            found = _best(figures, work, _BUSY, _MOCK)
            results.found[work] = replace(found, note=f"{found.note}, {plan.topups:,} top-ups")


def _read_load(service: Service, work: str) -> HttpLoad:
    return service.retrieve if work == "retrieve" else service.first_page


def _fill(plan: Plan, version: str, service: Service, results: Results) -> None:
    """Give the account its top-ups: by the generator of lists, or where another schema refuses it, by creates."""
    try:
        asyncio.run(fill(service, plan.topups, tables=("topups",), livemode=False))
    except asyncpg.PostgresError as error:
        service.create.run(_BUSY, _SEED_S)
        count = query(service.database_url, "SELECT count(*) FROM topups")[0]
        results.notes.append(
            f"{version}: its schema has no place for generated top-ups ({error}); {count} were created"
        )
        query(service.database_url, "VACUUM ANALYZE")


def measure_start(plan: Plan, results: Results) -> None:
    """Measure first and warm starts."""
    sources: dict[str, Path | None] = {_NOW: None} | ({_BEFORE: plan.before} if plan.before else {})
    found: dict[str, list[tuple[float, float]]] = {version: [] for version in sources}
    for number in range(min(plan.rounds, _STARTS)):
        for version, source in sources.items():
            starts = measure_starts(plan.folder / f"start-{version}-{number}", source)
            found[version].append(starts)
            plan.say(f"  round {number + 1}  {version}: first start {starts.first:.2f} s, warm {starts.warm:.2f} s")
    for place, goal in enumerate(("first_start", "warm_start")):
        spreads = {version: Spread.of([pair[place] for pair in pairs]) for version, pairs in found.items()}
        results.found[goal] = Found(spreads[_NOW], spreads.get(_BEFORE))


Stage: TypeAlias = Callable[[Plan, Results], None]
STAGES: Final[Sequence[tuple[Sequence[str], Stage]]] = (
    (("create_off", "create_256", "lone"), measure_creates),
    (
        (
            *("create_on", "life", "life_rate", "cpu_python", "cpu_database", "cpu"),
            *("topup_bytes", "life_bytes", "wal_bytes"),
        ),
        measure_lives,
    ),
    (("retrieve", "list"), measure_reads),
    (("first_start", "warm_start"), measure_start),
)
"""The goals that each stage measures."""

OF_FLUSHES: Final[Sequence[Stage]] = (measure_creates, measure_lives)
"""The stages that are measured again with slow flushes: all others wait for none."""


def _row(
    version: str,
    processes: int,
    work: str,
    clients: int,
    run: Callable[[int, int], Measurement],
    service: Service | None = None,
) -> Row:
    return Row(
        who=_who(version, processes),
        work=work,
        clients=clients,
        measure=lambda seconds: run(clients, seconds),
        server_cpu=service.server_cpu if service else None,
        database_cpu=service.database_cpu if service else None,
    )


def _load_row(who: str, work: str, clients: int, load: HttpLoad | SqlLoad, *, longer: int = 1) -> Row:
    return Row(who=who, work=work, clients=clients, measure=lambda seconds: load.run(clients, seconds * longer))


def _who(version: str, processes: int) -> str:
    return f"{version}, {_processes(processes)}"


def _name(version: str, processes: int, work: str, clients: int) -> str:
    return f"{_who(version, processes)}: {work}, {clients}"


def _pgbench(subject: Subject, script: str) -> SqlLoad:
    """Return a load of pgbench's, on a database like the service's own in the same server."""
    service = subject.service
    url = create_database(service, f"pgbench-{script.replace('_', '-')}")
    migrate(url)
    prepare_balance(url)
    subject.create(1, 1)
    (payload,) = query(service.database_url, "SELECT payload FROM events LIMIT 1")
    return SqlLoad(url, script, payload)


def _best(figures: dict[str, Figure], work: str, clients: int, other: str, *, work_of_other: str = "") -> Found:
    """Return how our better number of processes compares with somebody else, round by round."""
    theirs = figures[f"{other}: {work_of_other or work}, {clients}"].rates
    ours = {}
    for version in (_NOW, _BEFORE):
        for processes in _PROCESSES:
            figure = figures.get(_name(version, processes, work, clients))
            if figure:
                ours[version, processes] = ratios(figure.rates, theirs)
    return _better(ours)


def _better(figures: Mapping[tuple[str, int], Sequence[float]]) -> Found:
    """Return the figures with the number of API processes that makes each version's larger."""
    chosen = {}
    for version in (_NOW, _BEFORE):
        counts = {processes: values for (whose, processes), values in figures.items() if whose == version}
        if counts:
            chosen[version] = max(counts.items(), key=lambda item: statistics.median(item[1]))
    spreads = {version: Spread.of(values) for version, (_, values) in chosen.items()}
    note = _processes(chosen[_NOW][0])
    if _BEFORE in chosen and chosen[_BEFORE][0] != chosen[_NOW][0]:
        note += f", before {chosen[_BEFORE][0]}"
    return Found(spreads[_NOW], spreads.get(_BEFORE), note)


def _check(subjects: Subjects, results: Results) -> None:
    results.notes += [subject.check() for subject in subjects.values()]


def _note_durability(subjects: Subjects, results: Results) -> None:
    for (version, processes), subject in subjects.items():
        if processes == _PROCESSES[0]:
            results.notes.append(f"{version}'s PostgreSQL: {read_durability(subject.service)}")
