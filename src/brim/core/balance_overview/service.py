"""The balance at a glance. Nothing here decides anything."""

from typing import Final

from brim.base.scope import AccountScope
from brim.core import ledger, time
from brim.core.balance_overview import store as books
from brim.core.balance_overview.rules import DAY_S, SHOWN_DAYS, BooksOverview, day_of, overview
from brim.platform.database import Conn, Database

MOST_PENDING: Final = 50_000
"""What one look reads at most: some tens of milliseconds."""


async def retrieve_overview(
    database: Database,
    scope: AccountScope,
    *,
    now_s: int,
    most_pending: int = MOST_PENDING,
) -> BooksOverview:
    """Return an account's books at a glance, with the last thirty days up to now in the account's time.

    Args:
        database: where they are.
        scope: whose.
        now_s: the real time.
        most_pending: how many pending top-ups are counted.
    """
    async with database.connection() as conn:
        last = day_of(await _latest_second(conn, scope, now_s=now_s))
        first = last - SHOWN_DAYS + 1
        totals = await books.fetch_day_totals(conn, scope, since=first * DAY_S)
        arrivals = await books.fetch_in_flight(conn, scope, limit=most_pending)
        balances = await ledger.fetch_balances(conn, scope)
    return overview(
        {balance.currency: balance.available for balance in balances},
        arrivals,
        totals,
        first=first,
        last=last,
        in_flight_is_complete=sum(each.topups for each in arrivals) < most_pending,
    )


async def _latest_second(conn: Conn, scope: AccountScope, *, now_s: int) -> int:
    """Return the end of what is shown: now, unless a test clock went further and was deleted."""
    clock = None if scope.livemode else await time.read_clock(conn, scope)
    newest = await books.find_newest_line(conn, scope)
    return max(clock.frozen_time if clock else now_s, newest or 0)
