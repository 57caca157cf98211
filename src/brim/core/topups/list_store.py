"""Pages of top-ups.

A page is a walk along an index from one end of a window of ids, so it reads what it shows and little more. Where
no index has the order that a filter needs, the work is done in steps of a bounded number of entries. Statements
leave the planner no choice of index, because its statistics mislead it where filters and time go together.
docs/lists.md has a line for every combination of filters.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, Final

import msgspec

from brim.base.paging import Page, PageRequest, Range, Window, page_of, window_of
from brim.base.scope import AccountScope
from brim.core.topups.rules import Topup, TopupFilters
from brim.core.topups.store import fetch_topups, topup_from_record
from brim.platform.database import Conn, Database
from brim.platform.sql import load_queries

_SQL: Final = load_queries(__package__, "lists")
_LARGEST_AMOUNT: Final = 2**63 - 1


class SearchBounds(msgspec.Struct, frozen=True, kw_only=True):
    """How many index entries each step of an amount search may read before the next is tried.

    With these the first three steps cost at most about 1, 5 and 10 ms. Those after them may read `growth` times as
    many each time.
    """

    first_ids: int = 1_000
    amounts: int = 10_000
    more_ids: int = 20_000
    growth: int = 10


DEFAULT_BOUNDS: Final = SearchBounds()


class TopupListQuery(msgspec.Struct, frozen=True):
    """A page of top-ups that one index serves in order: all of them, of one status, or of one exact amount."""

    scope: AccountScope
    window: Window
    status: str | None = None
    amount: int | None = None


def topup_list_query(scope: AccountScope, filters: TopupFilters, request: PageRequest) -> TopupListQuery | None:
    """Return the page asked for as a query that may be answered together with others.

    None means that no index has its order: ask `search_topups` for it.
    """
    window = window_of("tu_", filters.created, request)
    if filters.amount is None:
        return TopupListQuery(scope, window, status=filters.status)
    low, high = _amount_bounds(filters.amount)
    if low == high and filters.status is None:
        return TopupListQuery(scope, window, amount=low)
    return None


async def list_topups_many(conn: Conn, wanted: Sequence[TopupListQuery]) -> list[Page[Topup]]:
    """Return many pages by at most three statements, one for each index they walk; equal queries share a page."""
    families: dict[str, list[TopupListQuery]] = defaultdict(list)
    for query in dict.fromkeys(wanted):
        families[_family(query)].append(query)
    pages: dict[TopupListQuery, Page[Topup]] = {}
    for family, queries in families.items():
        pages.update(zip(queries, await _walk_topups(conn, family, queries), strict=True))
    return [pages[query] for query in wanted]


def _family(query: TopupListQuery) -> str:
    """Return the statement that walks the query's index."""
    if query.status is not None:
        return "list_topups_by_status"
    return "list_topups_by_key" if query.amount is None else "list_topups_by_amount"


async def _walk_topups(conn: Conn, family: str, queries: Sequence[TopupListQuery]) -> list[Page[Topup]]:
    """Return the pages of queries that one statement serves."""
    arguments: list[list[Any]] = [
        [query.scope.account for query in queries],
        [query.scope.livemode for query in queries],
        [query.window.low for query in queries],
        [query.window.high for query in queries],
        [query.window.newest_first for query in queries],
        [query.window.wanted for query in queries],
    ]
    if family == "list_topups_by_status":
        arguments.append([query.status for query in queries])
    if family == "list_topups_by_amount":
        arguments.append([query.amount for query in queries])
    found: list[list[Topup]] = [[] for _ in queries]
    for record in await conn.fetch(_SQL[family], *arguments):
        found[record["ordinal"] - 1].append(topup_from_record(record))
    return [page_of(topups, query.window) for topups, query in zip(found, queries, strict=True)]


class _Search(msgspec.Struct, frozen=True, kw_only=True):
    """What is still to be found of a page of an amount range: `wanted` ids between `low` and `high`."""

    scope: AccountScope
    low: str
    high: str
    amount_low: int
    amount_high: int
    status: str | None
    newest_first: bool
    wanted: int

    def after(self, found: Sequence[str], last_id: str) -> "_Search":
        """Return what is left to find when a look along the ids has come to `last_id`."""
        left = self.wanted - len(found)
        if self.newest_first:
            return msgspec.structs.replace(self, wanted=left, high=last_id)
        return msgspec.structs.replace(self, wanted=left, low=last_id)

    def arguments(self) -> tuple[Any, ...]:
        """Return the arguments that all statements of a search begin with."""
        scope = self.scope
        return scope.account, scope.livemode, self.low, self.high, self.amount_low, self.amount_high, self.wanted


async def search_topups(
    database: Database,
    scope: AccountScope,
    filters: TopupFilters,
    request: PageRequest,
    *,
    bounds: SearchBounds = DEFAULT_BOUNDS,
) -> Page[Topup]:
    """Return a page of the top-ups in a range of amounts, or of one amount and status.

    Matches may be many or few, near or far, and statistics do not tell; so look at a few of the nearest ids, then at
    the amount range if it is small, and so on in turn, at ten times as much each time: that costs a small multiple of
    whichever way is shorter. Each step goes on where the one before stopped, and all see one snapshot.
    """
    window = window_of("tu_", filters.created, request)
    amount_low, amount_high = _amount_bounds(filters.amount or Range())
    search = _Search(
        scope=scope,
        low=window.low,
        high=window.high,
        amount_low=amount_low,
        amount_high=amount_high,
        status=filters.status,
        newest_first=window.newest_first,
        wanted=window.wanted,
    )
    async with database.transaction(isolation="repeatable_read", readonly=True) as conn:
        ids = await _find_ids(conn, search, bounds)
        topups = await fetch_topups(conn, [(scope, topup_id) for topup_id in ids])
    return page_of((topup for topup in topups if topup is not None), window)


async def _find_ids(conn: Conn, search: _Search, bounds: SearchBounds) -> list[str]:
    """Return the ids that a search is for."""
    found, left = await _look_along_ids(conn, search, entries=bounds.first_ids)
    if left is None:
        return found
    small_range = await _look_at_small_range(conn, left, entries=bounds.amounts)
    if small_range is not None:
        return found + small_range
    amounts, entries = bounds.amounts, bounds.more_ids
    while True:
        more, left = await _look_along_ids(conn, left, entries=entries)
        found += more
        if left is None:
            return found
        amounts, entries = amounts * bounds.growth, entries * bounds.growth
        if await _range_has_fewer(conn, left, than=amounts):
            return found + await _look_at_whole_range(conn, left)


async def _look_along_ids(conn: Conn, search: _Search, *, entries: int) -> tuple[list[str], _Search | None]:
    """Return the matches among the next entries in id order, and what is left to find; None when nothing is."""
    name = "look_at_newest_topups" if search.newest_first else "look_at_oldest_topups"
    if search.status is None:
        records = await conn.fetch(_SQL[name], *search.arguments(), entries)
    else:
        records = await conn.fetch(_SQL[name + "_of_status"], *search.arguments(), entries, search.status)
    found = [record["id"] for record in records if record["matches"]]
    if len(found) == search.wanted or not records or not records[-1]["is_last"]:
        return found, None
    return found, search.after(found, records[-1]["id"])


async def _look_at_small_range(conn: Conn, search: _Search, *, entries: int) -> list[str] | None:
    """Return all matches if the amount range has fewer entries than that, else None."""
    record = await conn.fetchrow(
        _SQL["look_at_some_of_amount_range"], *search.arguments(), search.status, search.newest_first, entries
    )
    return record["ids"] if record["looked"] < entries else None


async def _range_has_fewer(conn: Conn, search: _Search, *, than: int) -> bool:
    """Tell whether the amount range has fewer entries than that."""
    account, livemode, _, _, low, high, _ = search.arguments()
    entries: int = await conn.fetchval(_SQL["count_amount_range"], account, livemode, low, high, than)
    return entries < than


async def _look_at_whole_range(conn: Conn, search: _Search) -> list[str]:
    """Return all matches, however large the amount range is."""
    records = await conn.fetch(
        _SQL["look_at_whole_amount_range"], *search.arguments(), search.status, search.newest_first
    )
    return [record["id"] for record in records]


def _amount_bounds(amount: Range) -> tuple[int, int]:
    """Return both ends of a range as the column can compare them; no amount is below 1 or beyond a bigint."""
    low = 0 if amount.low is None else amount.low
    high = _LARGEST_AMOUNT if amount.high is None else amount.high
    return _clamped(low), _clamped(high)


def _clamped(amount: int) -> int:
    return min(max(amount, 0), _LARGEST_AMOUNT)
