"""Disturb every write at every place: it happened wholly or not at all, its caller knows, and a retry finds out.

For each round trip of a write, from the start of the connection to `COMMIT`, the connection is cut before PostgreSQL
hears of it, and again when PostgreSQL has done it; and each statement is refused once as in a deadlock. What is there
afterwards is compared with what an undisturbed write leaves, row by row in all tables, with ids masked.

An ordinary run cuts only after what made something durable: to PostgreSQL, a cut after anything else is one before what
comes next. It cuts before one preparation of a statement, not before each: PostgreSQL has then done as much as before
the statement runs. And it verifies the books where a disturbed write left something, and those of the undisturbed one,
which a retry is that finds nothing. `make test-long` does all of this everywhere.
"""

import re
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import Any, Final, TypeAlias

import pytest
import pytest_asyncio

from brim.base.errors import DatabaseUnavailableError
from brim.core.bank_accounts.rules import BankNumbers
from brim.core.integrity.books import verify_books
from brim.host.database_urls import DatabaseUrls
from brim.platform.database import Database
from tests.crash.bank_flows import BANK_FLOWS
from tests.support.books import execute, rows
from tests.support.clockwork import Clockwork
from tests.support.cutting import CuttingProxy, Fault, Step, Trip, cutting
from tests.support.figures import Figures
from tests.support.flows import CREATE_WITHOUT_A_KEY, FLOWS, NOW_MS, OWNER, Flow, create_one
from tests.support.long_form import IS_LONG

CUTS: Final = (Fault.BEFORE, Fault.AFTER)
FAULTS: Final = (*CUTS, Fault.DEADLOCK)
_MASKED: Final = re.compile(
    r"\b[a-z_]+_[0-9A-Za-z]{16,}\b"  # ids and client secrets
    r"|\breq_\d+"  # a retry is a request of its own
    r"|\b[sr]k_[0-9A-Za-z_.]+"  # keys in part
    r"|\\x[0-9a-f]{64,}"  # hashes, and what is encrypted
    r"|\"place\": \d+"  # where an event stands in the queue of those to be numbered
    r"|\"fingerprint\": \"\w+\""  # made with a secret that is new each time
    r"|\"signing_secret\": ?\"[^\"]+\""  # encrypted anew each time
)

_LASTING: Final = ("schema_migrations", "service_secrets")
"""Tables of the server's own, written once in its life."""

Portrait: TypeAlias = list[str]
"""Every row of every table, as text without what is new each time, sorted."""


@dataclass
class Stage:
    """A database, a way into it that can be cut, and a way that cannot.

    `filled` has the tables in which portraits have found rows since the stage was last prepared.
    """

    urls: DatabaseUrls
    owner_database: Database
    proxy: CuttingProxy
    preparer: Clockwork
    tables: list[str] = field(default_factory=list)
    filled: set[str] = field(default_factory=set)
    processes: int = 0

    async def set_up(self) -> None:
        """Learn what tables there are, and let nobody wait for the disk: the server itself is not stopped here."""
        (row,) = await rows(self.owner_database, "SELECT current_database() AS name")
        await execute(self.owner_database, f"ALTER DATABASE {row['name']} SET synchronous_commit = off")
        found = await rows(
            self.owner_database, "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
        )
        self.tables = [row["tablename"] for row in found if row["tablename"] not in _LASTING]
        self.filled = set(self.tables)
        await self.preparer.secrets.keep(BankNumbers("110000000", "000123456789"), scope=OWNER, object_id="pm_first")

    @asynccontextmanager
    async def process(self, url: str) -> AsyncIterator[Clockwork]:
        """Lend a process of the service. One connection is all its pool has: one that leaks would be missed at once."""
        self.processes += 1
        database = await Database.connect(url, max_connections=1, timeout_s=60.0, application=self.application)
        try:
            yield Clockwork(database, now_ms=NOW_MS)
        finally:
            await database.close()

    @property
    def application(self) -> str:
        """The name by which PostgreSQL knows the process lent last."""
        return f"to be disturbed {self.processes}"

    async def prepare(self, flow: Flow) -> str:
        """Begin anew, with what a flow needs; return what it is about."""
        emptied = [f"DELETE FROM {table}" for table in self.tables if table in self.filled]
        await execute(self.owner_database, "; ".join(emptied))
        self.filled = set()
        brim = self.preparer
        brim.begin_anew(NOW_MS)
        return await flow.prepare(brim)

    async def portrait(self) -> Portrait:
        """Return what is in the database now."""
        every_row = " UNION ALL ".join(
            f"SELECT '{table} ' || to_jsonb(each)::text AS row FROM {table} AS each" for table in self.tables
        )
        found = [record["row"] for record in await rows(self.owner_database, every_row)]
        self.filled |= {row.partition(" ")[0] for row in found}
        return sorted(_MASKED.sub("...", row) for row in found)

    async def stray_sessions(self) -> list[dict[str, Any]]:
        """Return connections of the process lent last that hold something, or are more than its pool and batches."""
        sessions = await rows(
            self.owner_database,
            "SELECT state, query FROM pg_stat_activity"
            " WHERE datname = current_database() AND application_name = $1 ORDER BY state = 'idle'",
            self.application,
        )
        return [session for number, session in enumerate(sessions) if session["state"] != "idle" or number >= 2]


@dataclass(frozen=True)
class Point:
    """One thing that goes wrong at one place."""

    trip: Trip
    fault: Fault

    def __str__(self) -> str:
        return f"{self.fault.name.lower()} {self.trip}"


@dataclass(frozen=True)
class Rehearsal:
    """What an undisturbed flow leaves (before it, done once, done twice), and its round trips."""

    untouched: Portrait
    once: Portrait
    twice: Portrait
    trips: list[Trip]

    def points(self) -> list[Point]:
        """Return every place where something can go wrong, and each thing that can go wrong there."""
        return [
            Point(trip, fault)
            for trip in self.trips
            for fault in FAULTS
            if (trip.is_statement or fault in CUTS) and (IS_LONG or self._is_in_short_form(trip, fault))
        ]

    def _is_in_short_form(self, trip: Trip, fault: Fault) -> bool:
        if fault is Fault.AFTER:
            return trip.commits
        first_prepared = next((other for other in self.trips if other.step is Step.PREPARE), None)
        return trip.step is not Step.PREPARE or trip is first_prepared


async def rehearse(stage: Stage, flow: Flow) -> Rehearsal:
    """Do a flow twice, undisturbed; anew where it was the first of this process that met a type of PostgreSQL's."""
    rehearsal = await _rehearse_once(stage, flow)
    asked = any("typeinfo_tree" in trip.sql for trip in rehearsal.trips)
    return await _rehearse_once(stage, flow) if asked else rehearsal


async def _rehearse_once(stage: Stage, flow: Flow) -> Rehearsal:
    subject = await stage.prepare(flow)
    untouched = await stage.portrait()
    trips: list[Trip] = []
    async with stage.process(stage.proxy.url) as brim:
        stage.proxy.obey(trips.append)
        await flow.act(brim, subject)
        stage.proxy.obey()
        once = await stage.portrait()
        await flow.act(brim, subject)
        return Rehearsal(untouched, once, await stage.portrait(), trips)


async def disturb_everywhere(stage: Stage, flow: Flow, rehearsal: Rehearsal) -> list[str]:
    """Disturb a flow at every point, each time from the start; return what was wrong, and where."""
    return [
        f"{point}: {problem}"
        for point in rehearsal.points()
        for problem in await disturb(stage, flow, rehearsal, point)
    ]


async def disturb(stage: Stage, flow: Flow, rehearsal: Rehearsal, point: Point) -> list[str]:
    """Disturb a flow at one point and let it be tried again; return what was wrong."""
    subject = await stage.prepare(flow)
    reached: list[str] = []

    def disturb_there(trip: Trip) -> Fault | None:
        if trip.number != point.trip.number:
            return None
        reached.append(str(trip))
        return point.fault

    async with stage.process(stage.proxy.url) as brim:
        stage.proxy.obey(disturb_there)
        failure = await _failure_of(flow, brim, subject)
        stage.proxy.obey()
        assert reached == [str(point.trip)]
        left = await stage.portrait()
        return [
            *_problems_at_first(flow, rehearsal, point, failure, left),
            *await _problems_of_a_retry(stage, flow, rehearsal, brim, subject, left),
        ]


def _problems_at_first(
    flow: Flow, rehearsal: Rehearsal, point: Point, failure: str | None, left: Portrait
) -> Iterator[str]:
    """Yield what is wrong with what a disturbed flow told its caller, and with what it left."""
    if failure is None and (point.fault in CUTS or left != rehearsal.once):
        yield "told its caller that all is well"
    if failure not in (None, DatabaseUnavailableError.__name__):
        yield f"told its caller {failure}"
    if flow.is_atomic and left not in (rehearsal.untouched, rehearsal.once):
        yield "happened by halves"


async def _problems_of_a_retry(
    stage: Stage, flow: Flow, rehearsal: Rehearsal, brim: Clockwork, subject: str, left: Portrait
) -> list[str]:
    """Return what is wrong with what a retry makes of what was left."""
    problems: list[str] = []
    first = await flow.act(brim, subject)
    has_one_more = not flow.is_repeatable and left == rehearsal.once
    if await stage.portrait() != (rehearsal.twice if has_one_more else rehearsal.once):
        problems.append("left something else than it should after a retry")
    if flow.is_repeatable and await flow.act(brim, subject) != first:
        problems.append("answered its retries differently")
    if strays := await stage.stray_sessions():
        problems.append(f"left connections behind: {strays}")
    if IS_LONG or left != rehearsal.untouched:
        problems += await _differences(stage)
    return problems


async def _differences(stage: Stage) -> list[str]:
    """Return what does not agree in the books."""
    return [str(difference) for difference in (await verify_books(stage.owner_database)).differences]


async def _failure_of(flow: Flow, brim: Clockwork, subject: str) -> str | None:
    """Return the name of the error that a flow ends with, None when it ends well."""
    try:
        await flow.act(brim, subject)
    except Exception as error:  # noqa: BLE001  whatever it is, it is compared with what it should be
        return type(error).__name__
    return None


@pytest_asyncio.fixture
async def stage(database_urls: DatabaseUrls, owner_database: Database, database: Database) -> AsyncIterator[Stage]:
    async with cutting(database_urls.service) as proxy:
        stage = Stage(database_urls, owner_database, proxy, Clockwork(database, now_ms=NOW_MS))
        await stage.set_up()
        yield stage


@pytest.mark.slow
@pytest.mark.long_form
@pytest.mark.parametrize("flow", [*FLOWS, *BANK_FLOWS], ids=str)
async def test_a_write_that_is_disturbed_anywhere_happens_wholly_or_not_at_all_and_a_retry_finds_out(
    stage: Stage, flow: Flow, figures: Figures
) -> None:
    rehearsal = await rehearse(stage, flow)
    assert await _differences(stage) == []
    assert rehearsal.once != rehearsal.untouched
    assert (rehearsal.twice == rehearsal.once) is flow.is_repeatable
    assert await disturb_everywhere(stage, flow, rehearsal) == []
    faults = Counter(point.fault for point in rehearsal.points())
    figures.count("flows disturbed", 1)
    figures.count("points at which a connection was cut", sum(faults[cut] for cut in CUTS))
    figures.count("statements refused as a deadlock", faults[Fault.DEADLOCK])


async def _cancel_by_halves(brim: Clockwork, topup_id: str) -> None:
    """Cancel in two transactions; a retry finds the first half done and leaves the second."""
    still_pending = (
        "UPDATE topups SET status = 'canceled', due_ms = NULL WHERE id = $1 AND status = 'pending' RETURNING 1"
    )
    announce = (
        "INSERT INTO events (account, livemode, id, created, type, object_id, api_version, payload)"
        " SELECT account, livemode, 'evt_by_hand', 1, 'topup.canceled', id, '', '{}' FROM topups WHERE id = $1"
    )
    if await rows(brim.database, still_pending, topup_id):
        await rows(brim.database, announce, topup_id)


async def _create_carelessly(brim: Clockwork, _: str) -> None:
    """Create, and take an outage for a success."""
    with suppress(DatabaseUnavailableError):
        await brim.create(OWNER, key="once")


FLAWED: Final = [
    (Flow("cancel by halves", _cancel_by_halves, create_one), "before run INSERT INTO events", "happened by halves"),
    (Flow("cancel by halves", _cancel_by_halves, create_one), "after run UPDATE topups", "expected one topup.canceled"),
    (replace(CREATE_WITHOUT_A_KEY, is_repeatable=True), "after run WITH wanted AS", "answered its retries differently"),
    (replace(CREATE_WITHOUT_A_KEY, is_repeatable=True), "after run WITH wanted AS", "left something else"),
    (Flow("careless create", _create_carelessly), "before connect", "told its caller that all is well"),
]


@pytest.mark.parametrize(("flow", "place", "problem"), FLAWED, ids=str)
async def test_a_flawed_write_is_found_where_its_flaw_is(stage: Stage, flow: Flow, place: str, problem: str) -> None:
    """The test above would fail: its oracle sees halves, doubles, wrong books and wrong answers."""
    findings = await disturb_everywhere(stage, flow, await rehearse(stage, flow))
    assert [finding for finding in findings if finding.startswith(place) and problem in finding], findings
