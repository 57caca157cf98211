"""Searches of top-ups by what `GET /v1/topups` does not filter by.

What an index leads to is found whatever there is. Everything else is looked for among a bounded number of the next
top-ups, and the result says how far that was, so that whoever asks can go on from there.
"""

from typing import Final

import msgspec

from brim.base.errors import ResourceMissingError
from brim.base.scope import AccountScope
from brim.core.topups.rules import Status, Topup, TopupSearch
from brim.core.topups.search_store import (
    Look,
    StatusCount,
    count_by_status,
    look_along_index,
    look_by_metadata,
    walks_amounts,
)
from brim.core.topups.store import fetch_topups
from brim.platform.database import Conn, Database


class SearchLimits(msgspec.Struct, frozen=True, kw_only=True):
    """How many top-ups a look may read: along ids, of a status, along amounts, by metadata, and for a status's count.

    Neighbours by amount lie far apart in the table, so they cost about four times as much; so do those of a rare status
    or with a failure code. What many have in their metadata is found among the `first`.
    """

    first: int = 1_000

    along: int = 10_000
    of_status: int = 4_000
    by_amount: int = 2_500
    by_metadata: int = 1_000
    counted: int = 1_000


DEFAULT_LIMITS: Final = SearchLimits()


class FoundTopups(msgspec.Struct, frozen=True, kw_only=True):
    """A page of what was found.

    `next_page` is from where to go on, None at the end; `searched_to` is when the last top-up was created that was
    looked at, where the search ended at its limit before the page was full.
    """

    items: list[Topup]
    next_page: str | None
    searched_to: int | None


async def search_topups(
    database: Database,
    scope: AccountScope,
    search: TopupSearch,
    *,
    limit: int,
    page: str | None = None,
    limits: SearchLimits = DEFAULT_LIMITS,
) -> FoundTopups:
    """Return a page of the top-ups that fit, in the search's order.

    Raises:
        ResourceMissingError: `page` is none that a search returned.
    """
    async with database.transaction(isolation="repeatable_read", readonly=True) as conn:
        cursor = None if page is None else await _topup(conn, scope, page)
        if page is not None and cursor is None:
            raise ResourceMissingError("topup", page, param="page")
        look = await _look(conn, scope, search, cursor, wanted=limit + 1, limits=limits)
        found = await fetch_topups(conn, [(scope, topup_id) for topup_id in look.ids[:limit]])
        last = None if look.last is None else await _topup(conn, scope, look.last)
    items = [topup for topup in found if topup is not None]
    if len(look.ids) > limit:
        return FoundTopups(items=items, next_page=look.ids[limit - 1], searched_to=None)
    return FoundTopups(items=items, next_page=look.last, searched_to=last.created if last else None)


async def _look(
    conn: Conn, scope: AccountScope, search: TopupSearch, cursor: Topup | None, *, wanted: int, limits: SearchLimits
) -> Look:
    if search.metadata:
        look = await look_along_index(conn, scope, search, cursor, wanted=wanted, entries=limits.first)
        if len(look.ids) == wanted:
            return look
        exact = await look_by_metadata(conn, scope, search, cursor, wanted=wanted, entries=limits.by_metadata)
        if exact is not None:
            return exact
    if walks_amounts(search):
        entries = limits.by_amount
    else:
        entries = limits.of_status if search.status or search.failure_code else limits.along
    return await look_along_index(conn, scope, search, cursor, wanted=wanted, entries=entries)


async def _topup(conn: Conn, scope: AccountScope, topup_id: str) -> Topup | None:
    (topup,) = await fetch_topups(conn, [(scope, topup_id)])
    return topup


async def count_topups(
    database: Database, scope: AccountScope, search: TopupSearch, *, limits: SearchLimits = DEFAULT_LIMITS
) -> list[StatusCount]:
    """Return how many top-ups of each status fit, whatever status the search names, of the newest of each."""
    async with database.connection() as conn:
        return await count_by_status(conn, scope, search, [*Status], entries=limits.counted)
