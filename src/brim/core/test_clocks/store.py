"""Test clocks in the database, and the top-ups whose time they keep."""

from typing import Final

from brim.base.scope import AccountScope
from brim.core.time import TestClock, clock_of
from brim.core.topups import Topup, topup_from_record
from brim.platform.database import Conn
from brim.platform.sql import load_queries

_SQL: Final = load_queries(__package__)


async def insert_clock(conn: Conn, clock: TestClock) -> bool:
    """Start a clock; tell whether there was none before."""
    inserted = await conn.fetchval(
        _SQL["insert_clock"],
        clock.scope.account,
        clock.scope.livemode,
        clock.id,
        clock.name,
        clock.created,
        clock.deletes_after,
        clock.frozen_time,
        clock.since_ms,
    )
    return inserted is not None


async def lock_clock(conn: Conn, scope: AccountScope, clock_id: str) -> TestClock | None:
    """Return the account's clock of that id for the caller's transaction to move or remove."""
    return clock_of(await conn.fetchrow(_SQL["lock_clock"], scope.account, scope.livemode, clock_id))


async def claim_advancing(conn: Conn) -> TestClock | None:
    """Return a clock that is on its way and that no other worker moves now."""
    return clock_of(await conn.fetchrow(_SQL["claim_advancing_clock"]))


async def claim_ended(conn: Conn, *, now_s: int) -> TestClock | None:
    """Return a clock that is to go by now (real Unix seconds) and that no other worker removes."""
    return clock_of(await conn.fetchrow(_SQL["claim_ended_clock"], now_s))


async def move_clock(conn: Conn, clock: TestClock) -> None:
    """Write where a clock stands, where it goes, and since when."""
    await conn.execute(
        _SQL["move_clock"],
        clock.scope.account,
        clock.scope.livemode,
        clock.id,
        clock.frozen_time,
        clock.target_frozen_time,
        clock.since_ms,
    )


async def delete_clock(conn: Conn, clock: TestClock) -> None:
    """Remove a clock; what waits for something in its time waits for the same date in real time."""
    await conn.execute(_SQL["release_topups"], clock.scope.account, clock.scope.livemode)
    await conn.execute(_SQL["delete_clock"], clock.scope.account, clock.scope.livemode, clock.id)


async def adopt_topups(conn: Conn, clock: TestClock) -> None:
    """Let a clock keep the time of those of its account's top-ups that wait for something in real time."""
    await conn.execute(_SQL["adopt_topups"], clock.scope.account, clock.scope.livemode, clock.id)


async def claim_due(conn: Conn, scope: AccountScope, *, until_ms: int, limit: int) -> list[Topup]:
    """Return up to `limit` top-ups of an account's clock that are due by then (its Unix milliseconds), in order."""
    records = await conn.fetch(_SQL["claim_due_by_clock"], scope.account, scope.livemode, until_ms, limit)
    return [topup_from_record(record) for record in records]
