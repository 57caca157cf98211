"""Lists equal a plain-Python model on the same rows, whatever the filters, cursors and limits."""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from itertools import count
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from brim.base.clock import system_clock_ms
from brim.base.errors import ExclusiveParametersError, ResourceMissingError
from brim.base.paging import Identified, Page, PageRequest, Range, page_of, window_of
from brim.base.scope import AccountScope
from brim.core.events import service as events_service
from brim.core.events import store as events_store
from brim.core.events.rules import DEFAULT_API_VERSION, Event, EventFilters, EventType
from brim.core.ledger import service as ledger_service
from brim.core.ledger import store as ledger_store
from brim.core.ledger.rules import BalanceTransaction, BalanceTransactionFilters, BalanceTransactionType
from brim.core.topups import list_store as lists
from brim.core.topups import lists as topups_lists
from brim.core.topups.batches import Batches
from brim.core.topups.list_store import SearchBounds, TopupListQuery, topup_list_query
from brim.core.topups.rules import Status, Topup, TopupFilters
from brim.core.webhooks.rules import DeliveryState
from brim.platform.database import Database
from tests.support.rows import (
    CREDITED,
    copy_balance_transactions,
    copy_deliveries,
    copy_events,
    copy_topups,
    id_at,
    list_topups,
)

Object = TypeVar("Object", bound=Identified)

OWNER = AccountScope("acct_one", livemode=False)
NO_FILTERS = TopupFilters()
FIRST_SECOND = 1_700_000_000
SECONDS = 6
# Bounds this small make a handful of rows pass through every step of a search.
TINY_BOUNDS = st.builds(
    SearchBounds,
    first_ids=st.integers(1, 4),
    amounts=st.integers(1, 6),
    more_ids=st.integers(1, 6),
    growth=st.integers(2, 3),
)
WITH_DATABASE = settings(
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture],  # each example writes under accounts of its own
)
_account_numbers = count(1)


@st.composite
def owners(draw: st.DrawFn) -> list[AccountScope]:
    """Two accounts in both modes, whose names one starts like the other; never used by another example."""
    name = f"acct_{draw(st.builds(lambda: next(_account_numbers)))}"
    return [AccountScope(account, livemode) for account in (name, name + "x") for livemode in (False, True)]


def _milliseconds() -> st.SearchStrategy[int]:
    """Times that often share a second, and sometimes a millisecond."""
    return st.builds(
        lambda second, ms: (FIRST_SECOND + second) * 1000 + ms,
        st.integers(0, SECONDS - 1),
        st.sampled_from([0, 1, 998, 999]),
    )


def _seconds() -> st.SearchStrategy[int]:
    return st.integers(FIRST_SECOND - 1, FIRST_SECOND + SECONDS) | st.sampled_from([-(10**15), 0, 10**15])


def _ranges(values: st.SearchStrategy[int]) -> st.SearchStrategy[Range | None]:
    exact = values.map(lambda value: Range(value, value))
    return st.none() | exact | st.builds(Range, st.none() | values, st.none() | values)


@st.composite
def page_requests(draw: st.DrawFn, ids: Sequence[str]) -> PageRequest:
    """Any limit, with a cursor or none; cursors need not match the filters."""
    limit = draw(st.sampled_from([1, 2, 3, 10, 100]))
    cursor = draw(st.none() | st.sampled_from(ids)) if ids else None
    if cursor is None:
        return PageRequest(limit=limit)
    if draw(st.booleans()):
        return PageRequest(limit=limit, starting_after=cursor)
    return PageRequest(limit=limit, ending_before=cursor)


@st.composite
def topup_rows(draw: st.DrawFn, owner_list: Sequence[AccountScope], min_size: int = 0) -> list[Topup]:
    """Top-ups of several owners; half the time the amounts follow the order of ids, so that they cluster."""
    clustered = draw(st.booleans())
    times = sorted(draw(st.lists(_milliseconds(), min_size=min_size, max_size=40)))
    rows = []
    for number, milliseconds in enumerate(times):
        status = draw(st.sampled_from(Status))
        rows.append(
            Topup(
                rail="sandbox",
                scope=draw(st.sampled_from(owner_list)),
                id=id_at("tu_", milliseconds, number),
                amount=1 + number // 8 if clustered else draw(st.integers(1, 6)),
                currency="usd",
                created=milliseconds // 1000,
                status=status,
                balance_transaction=f"txn_{number}" if status in CREDITED else None,
            )
        )
    return rows


def topup_filters() -> st.SearchStrategy[TopupFilters]:
    amounts = st.integers(0, 7) | st.sampled_from([-(10**30), 10**30])
    return st.builds(
        TopupFilters, amount=_ranges(amounts), created=_ranges(_seconds()), status=st.none() | st.sampled_from(Status)
    )


def _inside(value: int, bounds: Range | None) -> bool:
    if bounds is None:
        return True
    return (bounds.low is None or value >= bounds.low) and (bounds.high is None or value <= bounds.high)


def _model_page(matching: Sequence[Object], request: PageRequest) -> Page[Object]:
    """Return the page by the rules alone: newest first, cursors exclusive, has_more in the direction travelled."""
    newest_first = sorted(matching, key=lambda item: item.id, reverse=True)
    if request.ending_before is not None:
        newer = [item for item in newest_first if item.id > request.ending_before]
        return Page(items=newer[-request.limit :], has_more=len(newer) > request.limit)
    older = [item for item in newest_first if request.starting_after is None or item.id < request.starting_after]
    return Page(items=older[: request.limit], has_more=len(older) > request.limit)


def _matching_topups(rows: Sequence[Topup], scope: AccountScope, filters: TopupFilters) -> list[Topup]:
    return [
        row
        for row in rows
        if row.scope == scope
        and _inside(row.amount, filters.amount)
        and _inside(row.created, filters.created)
        and filters.status in {None, row.status}
    ]


@given(data=st.data())
@WITH_DATABASE
async def test_a_list_of_topups_equals_the_model(each_database: Database, data: st.DataObject) -> None:
    owner_list = data.draw(owners())
    rows = data.draw(topup_rows(owner_list))
    await copy_topups(each_database, rows)
    for _ in range(6):
        scope = data.draw(st.sampled_from(owner_list))
        filters = data.draw(topup_filters())
        request = data.draw(page_requests([row.id for row in rows]))
        expected = _model_page(_matching_topups(rows, scope, filters), request)
        assert await list_topups(each_database, scope, filters, request) == expected


@given(data=st.data())
@WITH_DATABASE
async def test_a_search_equals_the_model_whichever_step_it_ends_with(database: Database, data: st.DataObject) -> None:
    scope = data.draw(owners())[0]
    rows = data.draw(topup_rows([scope], min_size=20))
    await copy_topups(database, rows)
    for _ in range(8):
        low = data.draw(st.integers(1, 6))
        filters = TopupFilters(
            amount=Range(low, data.draw(st.sampled_from([low, low + 1, None]))),
            created=data.draw(_ranges(_seconds())),
            status=data.draw(st.none() | st.sampled_from(Status)),
        )
        cursor = data.draw(st.sampled_from([row.id for row in rows]))
        request = data.draw(
            st.builds(PageRequest, limit=st.integers(1, 12), ending_before=st.just(cursor))
            | st.builds(PageRequest, limit=st.integers(1, 12), starting_after=st.none() | st.just(cursor))
        )
        bounds = data.draw(TINY_BOUNDS)
        page = await lists.search_topups(database, scope, filters, request, bounds=bounds)
        assert page == _model_page(_matching_topups(rows, scope, filters), request)


@given(data=st.data())
@WITH_DATABASE
async def test_lists_that_share_a_statement_get_the_pages_they_would_get_alone(
    database: Database, data: st.DataObject
) -> None:
    owner_list = data.draw(owners())
    rows = data.draw(topup_rows(owner_list))
    await copy_topups(database, rows)
    wanted: list[TopupListQuery] = []
    expected: list[Page[Topup]] = []
    for _ in range(data.draw(st.integers(1, 12))):
        scope, filters = data.draw(st.sampled_from(owner_list)), data.draw(topup_filters())
        request = data.draw(page_requests([row.id for row in rows]))
        query = topup_list_query(scope, filters, request)
        if query is not None:
            wanted.append(query)
            expected.append(_model_page(_matching_topups(rows, scope, filters), request))
    async with database.connection() as conn:
        assert await lists.list_topups_many(conn, wanted) == expected


async def test_equal_lists_share_one_page(database: Database) -> None:
    await copy_topups(database, [_pending("tu_1")])
    query = TopupListQuery(OWNER, window_of("tu_", None, PageRequest()))
    async with database.connection() as conn:
        first, second = await lists.list_topups_many(conn, [query, query])
    assert first is second
    assert first == Page(items=[_pending("tu_1")], has_more=False)


async def _visit_both_ways(
    fetch: Callable[[PageRequest], Awaitable[Page[Object]]], limit: int
) -> tuple[list[str], list[str]]:
    """Return the ids seen on the way to the oldest, and on the way back, as an SDK's auto-paging sees them."""
    page = await fetch(PageRequest(limit=limit))
    down = [item.id for item in page.items]
    while page.has_more:
        page = await fetch(PageRequest(limit=limit, starting_after=down[-1]))
        down += [item.id for item in page.items]
    up = down[-1:]
    page = await fetch(PageRequest(limit=limit, ending_before=up[-1])) if up else page
    while up:
        up += [item.id for item in reversed(page.items)]
        if not page.has_more:
            break
        page = await fetch(PageRequest(limit=limit, ending_before=up[-1]))
    return down, up


@given(data=st.data())
@WITH_DATABASE
async def test_paging_in_either_direction_visits_each_topup_once(database: Database, data: st.DataObject) -> None:
    owner_list = data.draw(owners())
    rows = data.draw(topup_rows(owner_list))
    await copy_topups(database, rows)
    scope, filters = data.draw(st.sampled_from(owner_list)), data.draw(topup_filters())
    limit = data.draw(st.integers(1, 5))
    down, up = await _visit_both_ways(lambda request: list_topups(database, scope, filters, request), limit)
    assert down == sorted((row.id for row in _matching_topups(rows, scope, filters)), reverse=True)
    assert up == down[::-1]


@st.composite
def balance_transaction_rows(draw: st.DrawFn, owner_list: Sequence[AccountScope]) -> list[BalanceTransaction]:
    """Lines of several owners; a source has a credit, and some a return as well."""
    rows: list[BalanceTransaction] = []
    times: Iterator[int] = iter(sorted(draw(st.lists(_milliseconds(), max_size=40))))
    for number, milliseconds in enumerate(times):
        kind = draw(st.sampled_from(BalanceTransactionType))
        rows.append(
            BalanceTransaction(
                scope=draw(st.sampled_from(owner_list)),
                id=id_at("txn_", milliseconds, number),
                amount=5,
                available_on=milliseconds // 1000,
                created=milliseconds // 1000,
                currency=draw(st.sampled_from(["eur", "usd"])),
                description=draw(st.none() | st.just("é")),
                fee=0,
                net=5,
                source=f"tu_{number // 2 if kind is BalanceTransactionType.TOPUP_REVERSAL else number}",
                type=kind,
            )
        )
    unique = {(row.scope, row.source, row.type): row for row in rows}
    return list(unique.values())


@given(data=st.data())
@WITH_DATABASE
async def test_a_list_of_balance_transactions_equals_the_model(each_database: Database, data: st.DataObject) -> None:
    owner_list = data.draw(owners())
    rows = data.draw(balance_transaction_rows(owner_list))
    await copy_balance_transactions(each_database, rows)
    sources = st.sampled_from([row.source for row in rows]) if rows else st.nothing()
    for _ in range(6):
        scope = data.draw(st.sampled_from(owner_list))
        filters = BalanceTransactionFilters(
            created=data.draw(_ranges(_seconds())),
            currency=data.draw(st.sampled_from([None, "eur", "usd", "jpy"])),
            source=data.draw(st.none() | st.just("tu_none") | sources),
            type=data.draw(st.sampled_from([None, "topup", "topup_reversal", "payout"])),
        )
        request = data.draw(page_requests([row.id for row in rows]))
        matching = [
            row
            for row in rows
            if row.scope == scope
            and _inside(row.created, filters.created)
            and filters.currency in {None, row.currency}
            and filters.source in {None, row.source}
            and filters.type in {None, row.type}
        ]
        page = await ledger_store.list_balance_transactions(each_database, scope, filters, request)
        assert page == _model_page(matching, request)


@given(data=st.data())
@WITH_DATABASE
async def test_a_list_of_events_equals_the_model(each_database: Database, data: st.DataObject) -> None:
    owner_list = data.draw(owners())
    times = sorted(data.draw(st.lists(_milliseconds(), max_size=40)))
    rows = [
        Event(
            scope=data.draw(st.sampled_from(owner_list)),
            id=id_at("evt_", milliseconds, number),
            type=data.draw(st.sampled_from(EventType)),
            created=milliseconds // 1000,
            api_version=DEFAULT_API_VERSION,
            object_id=f"tu_{number}",
            payload=b'{"id":"tu_%d"}' % number,
        )
        for number, milliseconds in enumerate(times)
    ]
    await copy_events(each_database, rows)
    deliveries = {(row.scope, row.id): data.draw(st.lists(st.sampled_from(DeliveryState), max_size=3)) for row in rows}
    await copy_deliveries(each_database, deliveries)
    undelivered = {key for key, states in deliveries.items() if set(states) - {DeliveryState.DELIVERED}}
    patterns = st.sampled_from([*EventType, "topup.*", "*", "topup.c*", "topup", "charge.*", "topup.*d", ""])
    for _ in range(6):
        scope = data.draw(st.sampled_from(owner_list))
        filters = EventFilters(
            created=data.draw(_ranges(_seconds())),
            types=data.draw(st.none() | st.lists(patterns, max_size=4).map(tuple)),
            delivery_success=data.draw(st.sampled_from([None, True, False])),
        )
        request = data.draw(page_requests([row.id for row in rows]))
        matching = [
            row
            for row in rows
            if row.scope == scope
            and _inside(row.created, filters.created)
            and filters.delivery_success in {None, (row.scope, row.id) not in undelivered}
            and (filters.types is None or any(_names(pattern, row.type) for pattern in filters.types))
        ]
        assert await events_store.list_events(each_database, scope, filters, request) == _model_page(matching, request)


def _names(pattern: str, kind: EventType) -> bool:
    front, star, rest = pattern.partition("*")
    return kind.value == pattern or (bool(star) and not rest and kind.value[: len(front)] == front)


@given(created=_ranges(_seconds()), milliseconds=_milliseconds() | st.sampled_from([0, 62**8 - 1001]))
def test_a_range_of_created_is_a_range_of_ids(created: Range | None, milliseconds: int) -> None:
    window = window_of("tu_", created, PageRequest())
    made = id_at("tu_", milliseconds, 0)
    assert (window.low < made < window.high) == _inside(milliseconds // 1000, created)


def test_a_page_is_newest_first_whatever_the_order_it_was_read_in() -> None:
    window = window_of("tu_", None, PageRequest(limit=2, ending_before="tu_0"))
    rows = [_pending("tu_1"), _pending("tu_3"), _pending("tu_2")]
    assert page_of(rows, window) == Page(items=[_pending("tu_2"), _pending("tu_1")], has_more=True)


def _pending(topup_id: str, scope: AccountScope = OWNER) -> Topup:
    return Topup(rail="sandbox", scope=scope, id=topup_id, amount=1, currency="usd", created=0)


async def test_a_payout_filter_finds_nothing_because_there_are_no_payouts(database: Database) -> None:
    filters = BalanceTransactionFilters(payout="po_1")
    page = await ledger_store.list_balance_transactions(database, OWNER, filters, PageRequest())
    assert page == Page(items=[], has_more=False)


@pytest.mark.parametrize(
    ("param", "page_request"),
    [
        ("starting_after", PageRequest(starting_after="tu_none")),
        ("ending_before", PageRequest(ending_before="tu_none")),
    ],
)
async def test_a_cursor_that_names_no_topup_is_refused(
    database: Database, param: str, page_request: PageRequest
) -> None:
    with pytest.raises(ResourceMissingError, match=r"^No such topup: 'tu_none'$") as refused:
        await _served(database, NO_FILTERS, page_request)
    assert (refused.value.param, refused.value.in_path) == (param, False)


async def test_a_cursor_of_the_other_mode_or_of_another_account_is_refused(database: Database) -> None:
    live, stranger = AccountScope("acct_one", livemode=True), AccountScope("acct_two", livemode=False)
    await copy_topups(database, [_pending("tu_live", live), _pending("tu_foreign", stranger)])
    with pytest.raises(ResourceMissingError, match="a similar object exists in live mode"):
        await _served(database, NO_FILTERS, PageRequest(starting_after="tu_live"))
    with pytest.raises(ResourceMissingError, match=r"^No such topup: 'tu_foreign'$"):
        await _served(database, NO_FILTERS, PageRequest(starting_after="tu_foreign"))


async def _served(database: Database, filters: TopupFilters, request: PageRequest) -> Page[Topup]:
    """Return the page that a process serves which has nothing else to do."""
    return await topups_lists.list_topups(database, Batches(database, system_clock_ms), OWNER, filters, request)


async def test_both_cursors_are_looked_up_before_they_are_refused_together(database: Database) -> None:
    await copy_topups(database, [_pending("tu_1"), _pending("tu_2")])
    with pytest.raises(ResourceMissingError) as missing:
        await _served(database, NO_FILTERS, PageRequest(starting_after="tu_1", ending_before="tu_none"))
    assert missing.value.param == "ending_before"
    both = "Received both starting_after and ending_before parameters. Please pass in only one."
    with pytest.raises(ExclusiveParametersError, match=f"^{both}$"):
        await _served(database, NO_FILTERS, PageRequest(starting_after="tu_1", ending_before="tu_2"))


async def test_unknown_cursors_of_the_other_lists_are_named_as_on_the_wire(database: Database) -> None:
    request = PageRequest(starting_after="x")
    with pytest.raises(ResourceMissingError, match=r"^No such balance transaction: 'x'$"):
        await ledger_service.list_balance_transactions(database, OWNER, BalanceTransactionFilters(), request)
    with pytest.raises(ResourceMissingError, match=r"^No such notification: 'x'$"):
        await events_service.list_events(database, OWNER, EventFilters(), request)


async def test_an_object_that_exists_is_a_cursor_whatever_the_filters(database: Database) -> None:
    await copy_topups(database, [_pending("tu_1"), _pending("tu_2")])
    filters = TopupFilters(status=Status.FAILED)
    page = await _served(database, filters, PageRequest(starting_after="tu_2"))
    assert page == Page(items=[], has_more=False)
