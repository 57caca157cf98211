"""Looks along the indexes of top-ups for what fits a search, a bounded number of entries at a time.

docs/lists.md says which index each search walks, and what it costs.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from brim.base import json_codec
from brim.base.paging import PageRequest, Range, Window, window_of
from brim.base.scope import AccountScope
from brim.core.topups.rules import TOPUP_PREFIX, Topup, TopupOrder, TopupSearch
from brim.platform.database import Conn
from brim.platform.sql import load_queries

_SQL: Final = load_queries(__package__, "search", fragments=__package__)
_LARGEST_AMOUNT: Final = 2**63 - 1
_ABOVE_ALL_IDS: Final = "~"
_MOST_LOOKED_UP: Final = 3
"""Pairs of metadata that the index is asked for; more are compared with what it leads to."""

_BACKWARDS: Final = frozenset({TopupOrder.OLDEST, TopupOrder.SMALLEST})
_BY_AMOUNT: Final = frozenset({TopupOrder.LARGEST, TopupOrder.SMALLEST})


class Look(msgspec.Struct, frozen=True):
    """What one look found: the ids that fit, in order, and the last entry where it ended at its bound."""

    ids: list[str]
    last: str | None = None


class StatusCount(msgspec.Struct, frozen=True):
    """How many top-ups of a status fit; `is_cut` says that there may be more."""

    status: str
    count: int
    is_cut: bool


def walks_amounts(search: TopupSearch) -> bool:
    """Tell whether a search goes along amounts: it sorts by them, or they are what leads there soonest."""
    amount = search.amount or Range()
    is_exact = amount.low is not None and amount.low == amount.high
    return search.order in _BY_AMOUNT or (is_exact and search.failure_code is None)


async def look_along_index(
    conn: Conn, scope: AccountScope, search: TopupSearch, cursor: Topup | None, *, wanted: int, entries: int
) -> Look:
    """Return up to `wanted` of what fits among the next entries of the index that leads there soonest."""
    window = _window(search, cursor)
    name, more = _walk(search, window, cursor)
    arguments = (scope.account, scope.livemode, window.low, window.high, *_filters(search), entries, wanted, *more)
    records = await conn.fetch(_SQL[name], *arguments)
    found = [record["id"] for record in records if record["matches"]]
    reached_bound = len(found) < wanted and bool(records) and records[-1]["is_last"]
    return Look(found, records[-1]["id"] if reached_bound else None)


async def look_by_metadata(
    conn: Conn, scope: AccountScope, search: TopupSearch, cursor: Topup | None, *, wanted: int, entries: int
) -> Look | None:
    """Return what fits, where fewer than that many top-ups have the metadata, else None.

    It runs in a transaction: the index is one that is read by a bitmap, which no other statement may use.
    """
    window = _window(search, cursor)
    looked_up = _most_telling(search.metadata)
    await conn.execute(_SQL["use_bitmaps"])
    if len(looked_up) == 1:
        await conn.execute(_SQL["take_some_of_one_pair"])
    record = await conn.fetchrow(
        _SQL["look_by_metadata"],
        scope.account,
        scope.livemode,
        window.low,
        window.high,
        *_filters(search),
        entries,
        _metadata(looked_up),
    )
    await conn.execute(_SQL["use_no_bitmaps"])
    if record["looked"] == entries:
        return None
    keys = list(zip(record["amounts"], record["ids"], strict=True))
    if search.order not in _BY_AMOUNT:
        keys = [(0, topup_id) for _, topup_id in keys]
    elif cursor is not None:
        edge = (cursor.amount, cursor.id)
        keys = [key for key in keys if (key > edge if search.order in _BACKWARDS else key < edge)]
    return Look([topup_id for _, topup_id in sorted(keys, reverse=search.order not in _BACKWARDS)][:wanted])


async def count_by_status(
    conn: Conn, scope: AccountScope, search: TopupSearch, statuses: Sequence[str], *, entries: int
) -> list[StatusCount]:
    """Return how many of the newest entries of each status fit."""
    window = _window(search, None)
    filters = _filters(msgspec.structs.replace(search, status=None))
    records = await conn.fetch(
        _SQL["count_by_status"], scope.account, scope.livemode, window.low, window.high, *filters, entries, statuses
    )
    return [StatusCount(record["status"], record["fitting"], record["is_cut"]) for record in records]


def _window(search: TopupSearch, cursor: Topup | None) -> Window:
    """Return the exclusive ids between which a search looks; along amounts the cursor bounds no ids."""
    if cursor is None or search.order in _BY_AMOUNT:
        return window_of(TOPUP_PREFIX, search.created, PageRequest())
    if search.order in _BACKWARDS:
        return window_of(TOPUP_PREFIX, search.created, PageRequest(ending_before=cursor.id))
    return window_of(TOPUP_PREFIX, search.created, PageRequest(starting_after=cursor.id))


def _walk(search: TopupSearch, window: Window, cursor: Topup | None) -> tuple[str, tuple[Any, ...]]:
    """Return the statement that walks the index, and the arguments that it alone has."""
    amount = search.amount or Range()
    low = (0 if amount.low is None else amount.low, "")
    high = (_LARGEST_AMOUNT if amount.high is None else amount.high, _ABOVE_ALL_IDS)
    if search.order in _BY_AMOUNT:
        if cursor is not None and search.order == TopupOrder.LARGEST:
            high = min(high, (cursor.amount, cursor.id))
        elif cursor is not None:
            low = max(low, (cursor.amount, cursor.id))
        return f"look_along_{search.order}", (*low, *high)
    if search.failure_code is not None:
        return f"look_along_{search.order}_of_failure_code", ()
    if walks_amounts(search):
        name = "look_along_smallest" if search.order in _BACKWARDS else "look_along_largest"
        return name, (low[0], window.low, high[0], window.high)
    return f"look_along_{search.order}" + ("_of_status" if search.status is not None else ""), ()


def _filters(search: TopupSearch) -> tuple[Any, ...]:
    amount = search.amount or Range()
    return (
        search.currency,
        search.status,
        amount.low,
        amount.high,
        search.funding_source,
        search.failure_code,
        _metadata(search.metadata),
        search.description,
    )


def _most_telling(metadata: Mapping[str, str]) -> dict[str, str]:
    """Return the pairs that the index is asked for, as it reads all it has of each: ids are longer than words."""
    longest = sorted(metadata.items(), key=lambda pair: len(pair[1]), reverse=True)
    return dict(longest[:_MOST_LOOKED_UP])


def _metadata(metadata: Mapping[str, str]) -> str | None:
    return json_codec.encode_text(metadata) if metadata else None
