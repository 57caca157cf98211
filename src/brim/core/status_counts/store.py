"""Counting objects by status in the database."""

from typing import Final

from brim.base.ids import first_id_at
from brim.base.paging import Window
from brim.base.scope import AccountScope
from brim.core.dishonors import OPEN_FOR_S, RETURN_PREFIX
from brim.core.status_counts.rules import COUNTINGS, MOST_COUNTED, CountedList, StatusCount
from brim.platform.database import Conn
from brim.platform.sql import load_queries

_SQL: Final = load_queries(__package__, fragments=__package__)


async def count_statuses(conn: Conn, scope: AccountScope, counted: CountedList, place: Window) -> list[StatusCount]:
    """Return how many objects of a list have each status that an index serves."""
    records = await conn.fetch(
        _SQL[f"count_{counted}"],
        scope.account,
        scope.livemode,
        place.low,
        place.high,
        COUNTINGS[counted].statuses,
        MOST_COUNTED + 1,
    )
    return [_count(record["status"], record["number"]) for record in records]


async def count_dishonorable(conn: Conn, scope: AccountScope, place: Window, *, now_ms: int) -> StatusCount:
    """Return how many returns can be dishonored now."""
    low = max(place.low, first_id_at(RETURN_PREFIX, max(now_ms // 1000 - OPEN_FOR_S, 0)))
    values = (scope.account, scope.livemode, low, place.high, MOST_COUNTED + 1, now_ms)
    return _count("dishonorable", await conn.fetchval(_SQL["count_dishonorable"], *values))


async def count_open_breaks(conn: Conn, scope: AccountScope, place: Window) -> StatusCount:
    """Return how many breaks are open."""
    values = (scope.account, scope.livemode, place.low, place.high, MOST_COUNTED + 1)
    return _count("open", await conn.fetchval(_SQL["count_open_breaks"], *values))


def _count(status: str, number: int) -> StatusCount:
    return StatusCount(status, min(number, MOST_COUNTED), is_cut=number > MOST_COUNTED)
