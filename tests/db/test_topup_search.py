"""Searches of top-ups: whatever is asked for, the pages together are what a look at every row finds."""

from collections.abc import AsyncIterator
from typing import Any, Final

import msgspec
import pytest
import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from brim.base.errors import ResourceMissingError
from brim.base.paging import Range
from brim.base.scope import AccountScope
from brim.core.topups.rules import Status, Topup, TopupOrder, TopupSearch
from brim.core.topups.search import SearchLimits, count_topups, search_topups
from brim.platform.database import Database
from tests.support.postgres import PostgresForTests
from tests.support.rows import id_at

pytestmark = pytest.mark.asyncio(loop_scope="module")

SCOPE: Final = AccountScope("acct_1", livemode=False)
FIRST: Final = 1_700_000_000
ROWS: Final = 60
MANY: Final = {"shop": "a", "a": "1", "b": "2", "c": "3", "d": "4"}
TIGHT: Final = SearchLimits(first=3, along=7, of_status=7, by_amount=5, by_metadata=4, counted=5)


def _topup(number: int, scope: AccountScope = SCOPE) -> dict[str, Any]:
    status = [*Status][number % 5]
    return {
        "account": scope.account,
        "livemode": scope.livemode,
        "id": id_at("tu_", (FIRST + number // 3) * 1000, number),
        "amount": 100 * (1 + number * 7 % 11),
        "created": FIRST + number // 3,
        "currency": ("usd", "jpy", "eur")[number * number % 3],
        "status": status.value,
        "balance_transaction": f"txn_{number}" if status in {Status.SUCCEEDED, Status.REVERSED} else None,
        "description": (None, "Rent for May", "50% off_", "Ärger & Grün")[number % 4],
        "failure_code": ("no_account", "insufficient_funds")[number % 2] if status == Status.FAILED else None,
        "metadata": (
            None,
            f'{{"order": "{number}", "shop": "a"}}',
            msgspec.json.encode(MANY if number % 2 else {"shop": "a", "a": "1", "b": "2"}).decode(),
        )[number % 3],
        "source": ("src_1", None)[number % 2],
        "payment_method": (None, "pm_1")[number % 2],
    }


ALL: Final = [_topup(number) for number in range(ROWS)]
ELSEWHERE: Final = [
    _topup(number, scope)
    for scope in (AccountScope("acct_1", livemode=True), AccountScope("acct_2", livemode=False))
    for number in range(ROWS)
]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def database(postgres: PostgresForTests) -> AsyncIterator[Database]:
    """A database with top-ups that tests only read."""
    name = await postgres.create_database()
    database = await Database.connect(postgres.urls_of(name).owner, max_connections=1)
    async with database.connection() as conn:
        columns = [*ALL[0]]
        marks = ", ".join(f"${place}{'::jsonb' if name == 'metadata' else ''}" for place, name in enumerate(columns, 1))
        await conn.executemany(
            f"INSERT INTO topups ({', '.join(columns)}) VALUES ({marks})",
            [tuple(row.values()) for row in (*ALL, *ELSEWHERE)],
        )
    yield database
    await database.close()
    await postgres.drop_database(name)


def _fits(row: dict[str, Any], search: TopupSearch) -> bool:
    def within(number: int, bounds: Range | None) -> bool:
        low, high = (bounds.low, bounds.high) if bounds else (None, None)
        return (low is None or number >= low) and (high is None or number <= high)

    metadata = msgspec.json.decode(row["metadata"] or "{}")
    return (
        within(row["amount"], search.amount)
        and within(row["created"], search.created)
        and search.currency in {None, row["currency"]}
        and search.status in {None, row["status"]}
        and search.failure_code in {None, row["failure_code"]}
        and search.funding_source in {None, row["source"], row["payment_method"]}
        and (search.description or "").lower() in (row["description"] or "").lower()
        and search.metadata.items() <= metadata.items()
    )


def _expected(search: TopupSearch) -> list[str]:
    by_amount = search.order in {TopupOrder.LARGEST, TopupOrder.SMALLEST}
    fitting = [(row["amount"] if by_amount else 0, row["id"]) for row in ALL if _fits(row, search)]
    return [topup_id for _, topup_id in sorted(fitting, reverse=search.order in {"newest", "largest"})]


async def _all_pages(database: Database, search: TopupSearch, limits: SearchLimits) -> list[Topup]:
    found: list[Topup] = []
    page, pages = None, 0
    while True:
        result = await search_topups(database, SCOPE, search, limit=3, page=page, limits=limits)
        found += result.items
        if result.next_page is None:
            return found
        page, pages = result.next_page, pages + 1
        assert pages <= ROWS


def _or_none(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | values


_RANGES: Final = _or_none(
    st.builds(Range, _or_none(st.integers(0, 1200)), _or_none(st.integers(0, 1200)))
    | st.integers(1, 11).map(lambda number: Range(number * 100, number * 100))
)
_SEARCHES: Final = st.builds(
    TopupSearch,
    amount=_RANGES,
    created=_or_none(st.builds(Range, _or_none(st.integers(FIRST, FIRST + 20)), st.none() | st.just(FIRST + 15))),
    currency=_or_none(st.sampled_from(["usd", "jpy", "gbp"])),
    description=_or_none(st.sampled_from(["rent", "50% OFF_", "%", "Ärger", "GRüN"])),
    failure_code=_or_none(st.sampled_from(["no_account", "debit_not_authorized"])),
    funding_source=_or_none(st.sampled_from(["src_1", "pm_1", "src_2"])),
    metadata=st.sampled_from(
        [{}, {}, {"shop": "a"}, {"order": "31"}, {"order": "31", "shop": "a"}, {"order": "x"}, MANY]
    ),
    order=st.sampled_from(TopupOrder),
    status=_or_none(st.sampled_from([status.value for status in Status])),
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(search=_SEARCHES, limits=st.sampled_from([TIGHT, SearchLimits()]))
async def test_the_pages_of_a_search_are_what_a_look_at_every_row_finds(
    database: Database, search: TopupSearch, limits: SearchLimits
) -> None:
    assert [topup.id for topup in await _all_pages(database, search, limits)] == _expected(search)


async def test_a_search_that_ends_at_its_limit_says_how_far_it_has_come(database: Database) -> None:
    search = TopupSearch(description="rent")
    result = await search_topups(database, SCOPE, search, limit=10, limits=TIGHT)
    seventh = ALL[-7]
    assert [topup.id for topup in result.items] == [row["id"] for row in reversed(ALL[-7:]) if _fits(row, search)]
    assert (result.next_page, result.searched_to) == (seventh["id"], seventh["created"])


async def test_rare_metadata_is_found_at_once_however_old(database: Database) -> None:
    result = await search_topups(database, SCOPE, TopupSearch(metadata={"order": "1"}), limit=10, limits=TIGHT)
    assert [topup.id for topup in result.items] == [ALL[1]["id"]]
    assert (result.next_page, result.searched_to) == (None, None)


async def test_a_page_goes_on_from_a_topup_of_the_account_alone(database: Database) -> None:
    with pytest.raises(ResourceMissingError):
        await search_topups(database, SCOPE, TopupSearch(), limit=10, page="tu_nothing")


async def test_counts_are_of_each_status_and_say_where_they_stop(database: Database) -> None:
    search = TopupSearch(currency="jpy", status="failed")
    counts = {each.status: each for each in await count_topups(database, SCOPE, search)}
    for status in Status:
        fitting = [row for row in ALL if row["status"] == status and row["currency"] == "jpy"]
        assert (counts[status].count, counts[status].is_cut) == (len(fitting), False)
    cut = await count_topups(database, SCOPE, search, limits=TIGHT)
    assert all(each.is_cut and each.count <= 5 for each in cut)
