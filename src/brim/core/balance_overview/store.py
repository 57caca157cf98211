"""Reads of the books for looking at: what is on its way, and totals by day."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from brim.base.ids import first_id_at
from brim.base.scope import AccountScope
from brim.core.balance_overview.rules import DayTotal, InFlight
from brim.platform.database import Conn
from brim.platform.sql import load_queries

_SQL: Final = load_queries(__package__)


class DayTotals(NamedTuple):
    """Totals by currency and day, and how many lines of the statement they come from."""

    totals: Sequence[DayTotal]
    lines: int


async def fetch_in_flight(conn: Conn, scope: AccountScope, *, limit: int) -> list[InFlight]:
    """Return what an account's newest pending top-ups, at most `limit`, will bring of each currency."""
    records = await conn.fetch(_SQL["in_flight"], scope.account, scope.livemode, limit)
    return [InFlight(record["currency"], record["amount"], record["topups"]) for record in records]


async def find_newest_line(conn: Conn, scope: AccountScope) -> int | None:
    """Return the Unix second of the newest line of an account's statement, None when there is none."""
    second: int | None = await conn.fetchval(_SQL["newest_line"], scope.account, scope.livemode)
    return second


async def fetch_day_totals(conn: Conn, scope: AccountScope, *, since: int, limit: int) -> DayTotals:
    """Return the totals of an account's days since a Unix second, of the newest `limit` lines of the statement."""
    records = await conn.fetch(_SQL["day_totals"], scope.account, scope.livemode, first_id_at("txn_", since), limit)
    totals = [
        DayTotal(
            currency=record["currency"],
            day=record["day"],
            received=record["received"],
            returned=record["returned"],
        )
        for record in records
    ]
    return DayTotals(totals, sum(record["lines"] for record in records))
