"""Measures each migration on a large database: how long it takes, what it locks, and what a client notices.

A client of the earlier version reads and creates beside each `pre` step, as it would in a rolling upgrade; before a
`post` step the earlier version is ended, and nobody asks. A step notes what it has locked just before it commits, which
is when PostgreSQL lets go of it; since when it was locked is seen from another connection, many times a second.
"""

import asyncio
import itertools
import random
import socket
import statistics
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from wire_recording.wire import Wire

from brim.host.database_urls import DatabaseUrls
from brim.platform.migrate import Migration, known_migrations, migrate
from upgrading.database import Session, postgres_of, session
from upgrading.load import PENDING, Account, Api
from upgrading.many_topups import fill
from upgrading.version import SETTINGS, UpgradeError, Version

Say = Callable[[str], None]

_LOOK_EVERY_S: Final = 0.01
_READY_WITHIN_S: Final = 60.0
_BEFORE_AND_AFTER_S: Final = 5.0
"""How long the client is measured beside no step, to compare with."""

_LOCKS: Final = """
SELECT l.relation, l.mode
FROM pg_stat_activity AS a
JOIN pg_locks AS l ON l.pid = a.pid
WHERE a.application_name = 'brim migrate' AND a.datname = current_database() AND l.granted AND l.relation IS NOT NULL
"""
_NOTE_LOCKS: Final = """
;
INSERT INTO bench.locks
SELECT l.relation, l.mode FROM pg_locks AS l WHERE l.pid = pg_backend_pid() AND l.granted AND l.relation IS NOT NULL
"""
"""Added to a step, it notes what that holds when it is about to commit: all that it ever took."""

_BLOCKS_READS: Final = ("AccessExclusiveLock",)
_BLOCKS_WRITES: Final = ("ShareLock", "ShareRowExclusiveLock", "ExclusiveLock")
_OF_THE_RUNNER: Final = "schema_migrations"
"""The runner holds this one against other runners; nobody else writes it."""


@dataclass(frozen=True)
class _Observed(Migration):
    """A step that notes its locks, and is recorded under its own checksum all the same."""

    original: Migration

    @classmethod
    def of(cls, step: Migration) -> "_Observed":
        return cls(step.version, step.name, step.sql + _NOTE_LOCKS, step)

    @property
    def checksum(self) -> str:
        return self.original.checksum


@dataclass
class _Locks:
    """What a step locked, and from when on it was seen to (`time.monotonic`); it lets go of all when it commits."""

    tables: dict[int, str] = field(default_factory=dict)
    seen: dict[tuple[int, str], float] = field(default_factory=dict)
    held: list[tuple[int, str]] = field(default_factory=list)
    began: float = 0.0
    ended: float = 0.0

    def in_words(self, modes: Sequence[str]) -> str:
        """Return the tables that were there before and were locked in one of these modes, each with for how long.

        What was locked for too short a time to be seen counts as locked from the step's beginning.
        """
        longest: dict[str, float] = {}
        for lock in self.held:
            name = self.tables.get(lock[0], _OF_THE_RUNNER)
            if lock[1] in modes and name != _OF_THE_RUNNER:
                longest[name] = max(longest.get(name, 0.0), self.ended - self.seen.get(lock, self.began))
        return ", ".join(f"{name} {seconds * 1000:.0f} ms" for name, seconds in sorted(longest.items())) or "none"


@dataclass
class _Client:
    """What a client noticed: how long its requests took, by kind, and what was not answered with 200."""

    took_s: dict[str, list[float]] = field(default_factory=lambda: {"read": [], "create": []})
    failed: int = 0

    def in_words(self, kind: str) -> str:
        took = self.took_s[kind]
        if not took:
            return "none"
        return f"{len(took)}, median {statistics.median(took) * 1000:.1f} ms, slowest {max(took) * 1000:.0f} ms"


@dataclass(frozen=True)
class Measured:
    """One step."""

    name: str
    seconds: float
    wal_mb: float
    grown_mb: float
    locks: _Locks
    client: _Client

    @property
    def blocks_reads(self) -> str:
        """The tables that nobody could read meanwhile, each with for how long."""
        return self.locks.in_words(_BLOCKS_READS)

    @property
    def blocks_writes(self) -> str:
        """The tables that could be read but not written, each with for how long."""
        return self.locks.in_words(_BLOCKS_WRITES)


def measure_migrations(before: Version, after: Version, folder: Path, *, topups: int, say: Say) -> None:
    """Fill a folder of the earlier version with top-ups, migrate it step by step, and print a table.

    Raises:
        UpgradeError: books or chain do not agree before or after.
    """
    data_dir = folder / "large"
    with before.serving(data_dir) as service:
        service.stop()
    with postgres_of(data_dir) as urls, session(urls.owner) as database:
        some = fill(database, topups)
    say(f"{topups} top-ups in {data_dir}")
    chain = before.verify(data_dir)
    say(f"{before.name} verifies them: {chain.sealed} transfers sealed in {len(chain.heads)} chains")
    began = time.monotonic()
    with before.serving(data_dir) as service:
        say(f"{before.name} starts in {time.monotonic() - began:.1f} s")
        service.stop()
    with postgres_of(data_dir) as urls:
        measured = _measure_steps(before, data_dir, urls, some, say)
    began = time.monotonic()
    found = after.verify(data_dir)
    took_s = time.monotonic() - began
    say(f"{after.name} verifies them in {took_s:.1f} s: {found.sealed} sealed, {found.waiting} waiting")
    kept = {scope: head for scope, head in found.heads.items() if scope in chain.heads}
    touched = {scope for scope in chain.heads if kept.get(scope) != chain.heads[scope]}
    if touched:
        raise UpgradeError(f"heads have changed, though nothing was settled: {touched}")
    began = time.monotonic()
    with after.serving(data_dir) as service:
        say(f"{after.name} starts in {time.monotonic() - began:.1f} s")
        with _asking(service.url, some) as client:
            time.sleep(_BEFORE_AND_AFTER_S)
        service.stop()
    measured.append(Measured("(after all)", _BEFORE_AND_AFTER_S, 0, 0, _Locks(), client))
    print(_table(topups, measured))


def _measure_steps(
    before: Version, data_dir: Path, urls: DatabaseUrls, some: Sequence[tuple[str, str]], say: Say
) -> list[Measured]:
    with session(urls.owner) as database:
        applied = {row["version"] for row in database.fetch("SELECT version FROM schema_migrations")}
    missing = [step for step in known_migrations() if step.version not in applied]
    measured: list[Measured] = []
    with ExitStack() as serving:
        url = serving.enter_context(_serve(before, data_dir, urls)) if missing and not missing[0].waits else None
        if url:
            with _asking(url, some) as client:
                time.sleep(_BEFORE_AND_AFTER_S)
            measured.append(Measured("(no migration)", _BEFORE_AND_AFTER_S, 0, 0, _Locks(), client))
        for step in missing:
            if step.waits and url:
                serving.close()
                url = None
            measured.append(measure_step(step, urls, url, some))
            say(f"{step.name}: {measured[-1].seconds:.2f} s")
    return measured


def measure_step(step: Migration, urls: DatabaseUrls, url: str | None, some: Sequence[tuple[str, str]]) -> Measured:
    """Apply one step beside a client, if there is a service to ask."""
    known = (*(each for each in known_migrations() if each.version < step.version), _Observed.of(step))
    with session(urls.owner) as database, ExitStack() as beside:
        size, written = _sizes(database)
        locks = beside.enter_context(_watching(urls.owner))
        client = beside.enter_context(_asking(url, some)) if url else _Client()
        began = time.monotonic()
        applied = asyncio.run(
            migrate(urls.owner, now_ms=time.time_ns() // 1_000_000, known=known, service_role=urls.service_role)
        )
        locks.ended = time.monotonic()
        beside.close()
        if applied != [step.name]:
            raise UpgradeError(f"instead of {step.name}, {applied} was applied")
        size_after, written_after = _sizes(database)
    megabyte = 2**20
    return Measured(
        step.name,
        locks.ended - began,
        (written_after - written) / megabyte,
        (size_after - size) / megabyte,
        locks,
        client,
    )


def _sizes(database: Session) -> tuple[int, int]:
    """Return the database's size and how much WAL was ever written, in bytes."""
    (row,) = database.fetch(
        "SELECT pg_database_size(current_database()) AS size, (pg_current_wal_lsn() - '0/0')::bigint AS written"
    )
    return row["size"], row["written"]


@contextmanager
def _serve(version: Version, data_dir: Path, urls: DatabaseUrls) -> Iterator[str]:
    """Run an API process and a worker on a database for as long as the block lasts; yield where the first answers."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    settings = {**SETTINGS, "BRIM_ENCRYPTION_KEY": (data_dir / "encryption_key").read_text().strip()}
    at = ("--database-url", urls.service)
    api = version.running("api", "--port", str(port), *at, log=data_dir.with_suffix(".api.log"), settings=settings)
    worker = version.running("worker", *at, log=data_dir.with_suffix(".worker.log"), settings=settings)
    with api as first, worker as second:
        _wait_until_ready(f"http://127.0.0.1:{port}")
        yield f"http://127.0.0.1:{port}"
        first.stop()
        second.stop()


def _wait_until_ready(url: str) -> None:
    deadline = time.monotonic() + _READY_WITHIN_S
    while time.monotonic() < deadline:
        try:
            if Wire(url).send("GET", "/readyz", headers={}).status == 200:
                return
        except OSError:
            pass
        time.sleep(0.1)
    raise UpgradeError(f"nothing answers at {url}")


@contextmanager
def _watching(url: str) -> Iterator[_Locks]:
    """Look at the migration's locks until the block ends."""
    locks, is_over = _Locks(), threading.Event()
    with session(url) as database:
        database.execute("CREATE SCHEMA bench; CREATE TABLE bench.locks (relation oid, mode text)")
        tables = database.fetch(
            "SELECT oid, relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        )
        locks.tables = {row["oid"]: row["relname"] for row in tables}

        def look() -> None:
            with session(url) as watcher:
                while not is_over.wait(_LOOK_EVERY_S):
                    for row in watcher.fetch(_LOCKS):
                        locks.seen.setdefault((row["relation"], row["mode"]), time.monotonic())

        with _beside(look, is_over):
            locks.began = time.monotonic()
            yield locks
        locks.held = [(row["relation"], row["mode"]) for row in database.fetch("TABLE bench.locks")]
        database.execute("DROP SCHEMA bench CASCADE")


@contextmanager
def _asking(url: str, some: Sequence[tuple[str, str]]) -> Iterator[_Client]:
    """Read and create, one request after the other of each kind, until the block ends."""
    client, is_over = _Client(), threading.Event()

    def ask(kind: str, seed: int) -> None:
        api, dice = Api(url), random.Random(seed)
        for number in itertools.count():
            if is_over.is_set():
                return
            account, topup = dice.choice(some)
            began = time.monotonic()
            try:
                if kind == "create":
                    form = {"amount": 900 + number % 100, "currency": "usd", "source": PENDING}
                    status = api.post(Account(account), "/v1/topups", form, key=f"bench-{seed}-{number}").status
                else:
                    path = f"/v1/topups/{topup}" if number % 2 else "/v1/balance_transactions?limit=10"
                    status = api.get(Account(account), path).status
            except OSError:
                status = 0
            client.took_s[kind].append(time.monotonic() - began)
            client.failed += status != 200

    with _beside(lambda: ask("read", 1), is_over), _beside(lambda: ask("create", time.time_ns()), is_over):
        yield client


@contextmanager
def _beside(work: Callable[[], None], is_over: threading.Event) -> Iterator[None]:
    """Run work in a thread until the block ends."""
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()


def _table(topups: int, measured: Sequence[Measured]) -> str:
    columns = (
        "migration",
        "took",
        "WAL, growth",
        "reads and writes of these tables wait",
        "writes alone to these wait",
        "a client's reads",
        "a client's creates",
        "not answered with 200",
    )
    lines = [f"At {topups:,} top-ups:", "", f"| {' | '.join(columns)} |", "|---" * len(columns) + "|"]
    for each in measured:
        locks = (each.blocks_reads, each.blocks_writes)
        asked = (each.client.in_words("read"), each.client.in_words("create"))
        size = f"{each.wal_mb:.0f} MB, {each.grown_mb:.0f} MB"
        lines.append(
            f"| `{each.name}` | {each.seconds:.2f} s | {size} | {locks[0]} | {locks[1]} | {asked[0]} | {asked[1]} |"
            f" {each.client.failed} |"
        )
    return "\n".join(lines)
