"""Test clocks in the database, and the top-ups whose time they keep."""

from typing import Final

from brim.base.scope import AccountScope
from brim.core import legal_holds
from brim.core.time import TestClock, clock_of
from brim.platform.database import Conn
from brim.platform.sql import load_queries

_SQL: Final = load_queries(__package__, fragments=legal_holds.FRAGMENTS)


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
    """Remove a clock."""
    await conn.execute(_SQL["delete_clock"], clock.scope.account, clock.scope.livemode, clock.id)
