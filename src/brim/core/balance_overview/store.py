"""Reads of the books for looking at: what is on its way, and totals by day."""

from typing import Final

from brim.base.scope import AccountScope
from brim.core.balance_overview.rules import Arrival, DayTotal
from brim.platform.database import Conn
from brim.platform.sql import load_queries

_SQL: Final = load_queries(__package__)


async def fetch_in_flight(conn: Conn, scope: AccountScope, *, limit: int) -> list[Arrival]:
    """Return what an account's newest pending top-ups, at most `limit`, will bring, by currency and day."""
    records = await conn.fetch(_SQL["in_flight"], scope.account, scope.livemode, limit)
    return [Arrival(record["currency"], record["day"], record["amount"], record["topups"]) for record in records]


async def find_newest_line(conn: Conn, scope: AccountScope) -> int | None:
    """Return the Unix second of the newest line of an account's statement, None when there is none."""
    second: int | None = await conn.fetchval(_SQL["newest_line"], scope.account, scope.livemode)
    return second


async def fetch_day_totals(conn: Conn, scope: AccountScope, *, since: int) -> list[DayTotal]:
    """Return the totals of an account's days since a Unix second, the first one of a day."""
    records = await conn.fetch(_SQL["day_totals"], scope.account, scope.livemode, since)
    return [
        DayTotal(
            currency=record["currency"],
            day=record["day"],
            received=record["received"],
            returned=record["returned"],
        )
        for record in records
    ]
