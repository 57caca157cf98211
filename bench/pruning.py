"""Measures pruning on an embedded database: `python -m bench.pruning --events 1000000` prints two tables.

The first: what a client that writes events all the time feels, alone, beside pruning in batches as the worker does it,
and beside partitions that are detached and dropped. The second: the size of the tables after each of several cycles of
writing and pruning the same number of events; it must not grow after the first.
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final, NamedTuple

import uvloop

from bench.report import markdown_table
from brim.core.pruning import DEFAULT_PERIODS, Pruning
from brim.host.embedded import EmbeddedPostgres
from brim.host.preparation import prepare_embedded
from brim.platform.database import Database

BATCH: Final = 1_000
"""As the worker's."""

CYCLES: Final = 4
ACCOUNTS: Final = 100
STRIDE: Final = 10_000
"""Events written by one statement."""

_TABLES: Final = ("events", "event_numbers", "webhook_attempts")
_EVENTS: Final = """
    INSERT INTO events (account, livemode, id, created, type, object_id, api_version, payload)
    SELECT 'acct_' || n % $3, false, 'evt_' || lpad(n::text, 24, '0'), 0, 'topup.created', 'tu_x', 'v',
        json_build_object('id', n, 'text', repeat('x', 500))
    FROM generate_series($1::bigint, $2::bigint) AS n
"""
_NUMBERS: Final = """
    INSERT INTO event_numbers (account, livemode, number, event, numbered_ms)
    SELECT 'acct_' || n % $3, false, n, 'evt_' || lpad(n::text, 24, '0'), n
    FROM generate_series($1::bigint, $2::bigint) AS n
"""
_ATTEMPTS: Final = """
    INSERT INTO webhook_attempts (
        account, livemode, id, endpoint, event_account, event, attempted_ms, duration_ms, outcome, request_headers,
        cause
    )
    SELECT 'acct_' || n % $3, false, 'wa_' || lpad(n::text, 24, '0'), 'we_1', 'acct_' || n % $3,
        'evt_' || lpad(n::text, 24, '0'), n, 1, 'delivered', '{}', 'schedule'
    FROM generate_series($1::bigint, $2::bigint) AS n
"""
_ONE: Final = "INSERT INTO {} (account, livemode, number, event, numbered_ms) VALUES ('acct_new', false, $1, $2, $3)"
_PARTITIONS: Final = (
    """
    CREATE TABLE dated (
        account text COLLATE "C" NOT NULL, livemode boolean NOT NULL, number bigint NOT NULL,
        event text COLLATE "C" NOT NULL, numbered_ms bigint NOT NULL, payload text
    ) PARTITION BY RANGE (numbered_ms)
    """,
    "CREATE INDEX dated_key ON dated (account, livemode, number)",
    "CREATE INDEX dated_by_age ON dated (numbered_ms)",
    "CREATE TABLE dated_old PARTITION OF dated FOR VALUES FROM (0) TO (4000000000000)",
    "CREATE TABLE dated_new PARTITION OF dated FOR VALUES FROM (4000000000000) TO (MAXVALUE)",
)
_DEAD: Final = """
    SELECT count(*) FROM pg_stat_user_tables WHERE relname = ANY ($1::text[])
        AND n_dead_tup > 0.25 * (n_live_tup + 1000)
"""
_NOW_MS: Final = 4_000_000_000_000


class Felt(NamedTuple):
    """What the client felt: its writes a second, and how long one took."""

    writes: float
    p50_ms: float
    p99_ms: float
    longest_ms: float
    seconds: float


async def _write(database: Database, first: int, count: int) -> None:
    async with database.connection() as conn:
        for start in range(first, first + count, STRIDE):
            last = min(start + STRIDE, first + count) - 1
            for statement in (_EVENTS, _NUMBERS, _ATTEMPTS):
                await conn.execute(statement, start, last, ACCOUNTS)


async def _prune(database: Database) -> None:
    """Forget all that is old, as the worker's loop does: it rests after each step for as long as that took."""
    pruning, count = Pruning(database), BATCH
    while count == BATCH:
        began = time.perf_counter()
        count = await pruning.run_once(now_ms=_NOW_MS + DEFAULT_PERIODS.events_ms, limit=BATCH)
        await asyncio.sleep(time.perf_counter() - began)


async def _feel(database: Database, table: str, first: int, beside: Callable[[], Awaitable[None]]) -> Felt:
    """Write rows one after another while something else is done; return how that felt."""
    other, took, began = asyncio.ensure_future(beside()), list[float](), time.perf_counter()
    async with database.connection() as conn:
        while not other.done():
            start = time.perf_counter()
            number = first + len(took)
            await conn.execute(_ONE.format(table), number, f"evt_new{number:024}", 2 * _NOW_MS)
            took.append((time.perf_counter() - start) * 1000)
    await other
    seconds = time.perf_counter() - began
    centiles = statistics.quantiles(took, n=100)
    return Felt(len(took) / seconds, centiles[49], centiles[98], max(took), seconds)


async def _drop_partition(owner: Database) -> None:
    async with owner.connection() as conn:
        await conn.execute("ALTER TABLE dated DETACH PARTITION dated_old")
        await conn.execute("DROP TABLE dated_old")


async def _sizes(owner: Database) -> int:
    async with owner.connection() as conn:
        return sum([await conn.fetchval("SELECT pg_total_relation_size($1::text::regclass)", name) for name in _TABLES])


async def _until_vacuumed(owner: Database) -> None:
    """Wait for autovacuum, which looks every second here, to have gone through what was removed."""
    async with owner.connection() as conn:
        deadline = time.monotonic() + 120
        while await conn.fetchval(_DEAD, list(_TABLES)) and time.monotonic() < deadline:  # noqa: ASYNC110  not announced
            await asyncio.sleep(0.5)


async def _measure(postgres: EmbeddedPostgres, events: int, cycle: int) -> None:
    await prepare_embedded(postgres.urls, now_ms=0)
    database = await Database.connect(postgres.urls.service, timeout_s=300)
    owner = await Database.connect(postgres.urls.owner, timeout_s=300)
    try:
        async with owner.connection() as conn:
            await conn.execute("ALTER SYSTEM SET autovacuum_naptime = '1s'")
            await conn.execute("SELECT pg_reload_conf()")
        await _write(database, 1, events)
        async with owner.connection() as conn:
            for statement in _PARTITIONS:
                await conn.execute(statement)
            await conn.execute(
                "INSERT INTO dated SELECT account, livemode, number, event, numbered_ms, repeat('x', 500)"
                " FROM event_numbers"
            )
            await conn.execute("GRANT ALL ON dated TO PUBLIC")
            await conn.execute("CHECKPOINT")
        felt = {
            "alone": await _feel(database, "event_numbers", 10**9, lambda: asyncio.sleep(10)),
            "pruning in batches": await _feel(database, "event_numbers", 2 * 10**9, lambda: _prune(database)),
            "partitions, alone": await _feel(database, "dated", 10**9, lambda: asyncio.sleep(10)),
            "a partition is dropped": await _feel(database, "dated", 2 * 10**9, lambda: _drop_partition(owner)),
        }
        rows = [
            [name, f"{f.writes:.0f}", *(f"{value:.2f}" for value in f[1:4]), f"{f.seconds:.1f}"]
            for name, f in felt.items()
        ]
        _show(("beside", "writes/s", "p50 ms", "p99 ms", "longest ms", "took s"), rows)
        sizes, first = list[list[str]](), events + 1
        for _ in range(CYCLES):
            await _write(database, first, cycle)
            await _prune(database)
            await _until_vacuumed(owner)
            first += cycle
            sizes.append([str(len(sizes) + 1), f"{await _sizes(owner) / 2**20:.0f}"])
        _show(("cycle", "MiB"), sizes)
    finally:
        await database.close()
        await owner.close()


def _show(headings: tuple[str, ...], rows: list[list[str]]) -> None:
    print(f"\n{markdown_table(headings, rows)}")


async def _run(events: int, cycle: int) -> None:
    with tempfile.TemporaryDirectory(prefix="brim-bench-") as folder:
        postgres = EmbeddedPostgres(Path(folder) / "postgres")
        await postgres.start()
        try:
            await _measure(postgres, events, cycle)
        finally:
            await postgres.stop()


def main() -> None:
    """Read how many events, measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=1_000_000, help="events that are pruned beside the client")
    parser.add_argument("--cycle", type=int, default=200_000, help="events of each cycle of writing and pruning")
    options = parser.parse_args()
    uvloop.run(_run(options.events, options.cycle))


if __name__ == "__main__":
    main()
