"""Test clocks in the database, as far as they tell what time it is."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from brim.base.scope import AccountScope
from brim.core.time.rules import TestClock
from brim.platform.database import Conn
from brim.platform.sql import load_queries

_SQL: Final = load_queries(__package__)


async def read_clock(conn: Conn, scope: AccountScope) -> TestClock | None:
    """Return an account's clock as it is now."""
    return clock_of(await conn.fetchrow(_SQL["read_clock"], scope.account, scope.livemode))


async def hold_clock(conn: Conn, scope: AccountScope) -> TestClock | None:
    """Return an account's clock, which does not move until the caller's transaction ends."""
    return clock_of(await conn.fetchrow(_SQL["hold_clock"], scope.account, scope.livemode))


async def hold_clocks(conn: Conn, scopes: Sequence[AccountScope]) -> dict[AccountScope, TestClock]:
    """Return the clocks of those of some accounts that have one; none moves until the caller's transaction ends."""
    records = await conn.fetch(
        _SQL["hold_clocks"], [scope.account for scope in scopes], [scope.livemode for scope in scopes]
    )
    clocks = [clock_from_record(each, clock_id=each["id"], created=each["created"]) for each in records]
    return {clock.scope: clock for clock in clocks}


def clock_of(record: Mapping[str, Any] | None) -> TestClock | None:
    """Return the clock in a row of `test_clocks`, None where there is no row."""
    return clock_from_record(record, clock_id=record["id"], created=record["created"]) if record else None


def clock_from_record(record: Mapping[str, Any], *, clock_id: str, created: int) -> TestClock:
    """Return the clock in a row that has every column of `test_clocks`, perhaps id and created under other names."""
    return TestClock(
        scope=AccountScope(record["account"], record["livemode"]),
        id=clock_id,
        name=record["name"],
        created=created,
        deletes_after=record["deletes_after"],
        frozen_time=record["frozen_time"],
        target_frozen_time=record["target_frozen_time"],
        since_ms=record["since_ms"],
    )
