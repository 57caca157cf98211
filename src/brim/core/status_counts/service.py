"""Counting the objects of a list by status."""

from brim.base.paging import PageRequest, Range, window_of
from brim.base.scope import AccountScope
from brim.core.reconciliation import BREAK_PREFIX
from brim.core.status_counts import store
from brim.core.status_counts.rules import COUNTINGS, CountedList, StatusCount
from brim.platform.database import Database


async def count_statuses(
    database: Database, scope: AccountScope, counted: CountedList, created: Range | None, *, now_ms: int
) -> list[StatusCount]:
    """Return how many of a platform's objects in a list have each status, of those made within a range of seconds."""
    async with database.connection() as conn:
        if counted is CountedList.BREAKS:
            return [await store.count_open_breaks(conn, scope, window_of(BREAK_PREFIX, created, PageRequest()))]
        place = window_of(COUNTINGS[counted].prefix, created, PageRequest())
        found = await store.count_statuses(conn, scope, counted, place)
        if counted is CountedList.ACH_RETURNS:
            found.append(await store.count_dishonorable(conn, scope, place, now_ms=now_ms))
        return found
