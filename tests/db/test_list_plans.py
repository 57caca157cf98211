"""What PostgreSQL reads for every combination of list filters in a large account: docs/lists.md, held by a test.

Each list is run as the service runs it; then every statement it sent is explained with the same arguments, both
planned once for all values and planned for these values. Bounds are the same for any number of rows, so long as a plan
that reads them all goes beyond; LIST_ROWS says how many top-ups there are. Run with `-s` to see the table.
"""

import json
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Iterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final, NamedTuple

import asyncpg
import msgspec
import pytest
import pytest_asyncio

from brim.base.ids import ALPHABET, encode_time
from brim.base.paging import PageRequest, Range
from brim.base.scope import AccountScope
from brim.core.events import store as events_store
from brim.core.events.rules import EventFilters, EventType
from brim.core.ledger import store as ledger_store
from brim.core.ledger.rules import BalanceTransactionFilters, BalanceTransactionType
from brim.core.topups.rules import Status, TopupFilters, TopupOrder, TopupSearch
from brim.core.topups.search import count_topups, search_topups
from brim.platform.database import Database
from brim.platform.sql import load_queries
from tests.support.postgres import PostgresForTests
from tests.support.rows import list_topups
from tests.support.statements import STATEMENTS

pytestmark = pytest.mark.slow

OWNER: Final = AccountScope("acct_big", livemode=False)
FIRST_SECOND: Final = 1_700_000_000
ROWS: Final = int(os.environ.get("LIST_ROWS", "100000"))
FEWER: Final = max(ROWS // 4, 100_000)  # events, and balance transactions
ROWS_A_SECOND: Final = 10
CLUSTER: Final = max(ROWS // 20, 12_000)  # more than a search looks at before it sorts a whole range of amounts
MIDDLE_AMOUNT: Final = 1_000_000 + ROWS // 2
PAGE: Final = 11  # ten, and one to know whether there is more
BOUND_BY: Final = {"count_amount_range": 4, "look_at_some_of_amount_range": 9}
"""Which argument bounds a statement, where that is not the usual one of a look."""
BY_CURRENCY_OR_TYPE: Final = {"balance_transaction_ids_by_currency", "balance_transaction_ids_by_type"}
LIST_STATEMENTS: Final = frozenset(load_queries("brim.core.topups", "lists"))
SEARCH_STATEMENTS: Final = frozenset(load_queries("brim.core.topups", "search", fragments="brim.core.topups"))
NAMES: Final = {sql: name.partition(".")[2] for name, sql in STATEMENTS.items()}

# Ids like the real ones: eight base62 characters of milliseconds, then a number.
_TIME_TEXT: Final = " || ".join(
    f"substr('{ALPHABET}', (ms / {62**power} % 62)::int + 1, 1)" for power in range(7, -1, -1)
)
_SERIES: Final = f"""
    SELECT i, {FIRST_SECOND} + i / {ROWS_A_SECOND} AS second, {_TIME_TEXT} || lpad(i::text, 16, '0') AS body
    FROM (
        SELECT i, ({FIRST_SECOND} + i / {ROWS_A_SECOND}) * 1000::bigint AS ms FROM generate_series(0, $1 - 1) AS i
    ) AS s
"""
# Of a rare status there are a few times as many rows as a search looks at first.
STATUS: Final = f"""
    CASE WHEN i < 5000 THEN 'canceled' WHEN i % {min(50, ROWS // 5000)} = 0 THEN 'failed' ELSE 'succeeded' END
"""
# The oldest rows have amounts and a status that no others have, as when an old price or an old practice has gone.
TOPUPS: Final = f"""
    INSERT INTO topups (
        account, livemode, id, amount, created, currency, status, balance_transaction, failure_code, metadata
    )
    SELECT
        'acct_big', false, 'tu_' || body,
        CASE
            WHEN i < {CLUSTER} THEN 7000000 + i % 1000
            WHEN i % {ROWS // 1000} = 0 THEN 424242
            ELSE 1000001 + i::bigint * 7919 % {ROWS}
        END,
        second, CASE WHEN i < 4 THEN 'jpy' ELSE 'usd' END, status,
        CASE WHEN status = 'succeeded' THEN 'txn_' || body END, CASE WHEN status = 'failed' THEN 'no_account' END,
        CASE
            WHEN i % 10 = 0
                THEN jsonb_build_object('order', i::text, 'shop', CASE WHEN i < {CLUSTER} THEN 'a' ELSE 'b' END)
        END
    FROM (
        SELECT *, {STATUS} AS status
        FROM ({_SERIES}) AS s
    ) AS s
"""
# Top-ups of the last stretch were all settled after it, as when a worker was away for an hour.
BACKLOG: Final = FEWER // 7
EVENTS: Final = f"""
    INSERT INTO events (account, livemode, id, created, type, object_id, api_version, payload)
    SELECT
        'acct_big', false, 'evt_' || body, second,
        CASE
            WHEN i >= $1 - {BACKLOG} THEN 'topup.succeeded'
            WHEN i >= $1 - {2 * BACKLOG} OR i % 2 = 0 THEN 'topup.created'
            WHEN i % 1001 = 0 THEN 'topup.failed'
            WHEN i < 200 THEN 'topup.canceled'
            ELSE 'topup.succeeded'
        END,
        'tu_' || body, '2026-10-28.endive', to_json(repeat('x', 600))
    FROM ({_SERIES}) AS s
"""
# All in one currency: statistics then say that a filter by currency leaves nothing out.
# One endpoint has received nearly everything, which is owed no more; of five hundred events one was given up, and the
# newest waits.
DELIVERIES: Final = """
    INSERT INTO webhook_deliveries (
        account, livemode, endpoint, event_account, event, number, attempts, next_attempt_ms, created_ms
    )
    SELECT 'acct_big', false, 'we_1', 'acct_big', id, i, 1, CASE WHEN i = $1 THEN 1 END, 1
    FROM (SELECT id, row_number() OVER (ORDER BY id) AS i FROM events) AS numbered
    WHERE i = $1 OR i % 500 = 0
"""
BALANCE_TRANSACTIONS: Final = f"""
    INSERT INTO balance_transactions
        (account, livemode, id, amount, fee, net, available_on, created, currency, source, type)
    SELECT
        'acct_big', false, 'txn_' || body, 5, 0, 5, second, second, 'usd', 'tu_' || i,
        CASE WHEN i % 200 = 199 THEN 'topup_reversal' ELSE 'topup' END
    FROM ({_SERIES}) AS s
"""


class Statement(NamedTuple):
    """A statement of the service's, as it was run."""

    name: str
    sql: str
    arguments: Sequence[Any]

    @property
    def bound(self) -> int | None:
        """How many rows any part of its plan may look at; None where docs/lists.md says why there is no bound."""
        if self.name in {"look_at_whole_amount_range", "event_ids_with_creations"}:
            return None
        if self.name in BY_CURRENCY_OR_TYPE and None not in self.arguments[6:8]:
            return None
        if self.name in SEARCH_STATEMENTS:
            return int(self.arguments[12]) * (len(Status) if self.name == "count_by_status" else 1)
        if self.name in BOUND_BY or self.name.startswith("look_at_"):
            return int(self.arguments[BOUND_BY.get(self.name, 7)])
        if self.name == "event_ids_of_object":
            return PAGE + 2 * ROWS_A_SECOND
        return PAGE * len(self.arguments[6]) if self.name == "event_ids_without_creations" else PAGE

    @property
    def label(self) -> str:
        """Its name, and its bound where that is not a page."""
        return f"{self.name} ({self.bound:,})" if self.bound and self.bound > PAGE else self.name


class Reading(NamedTuple):
    """What a statement cost in one plan: rows of its largest node and of its largest sort, pages touched, time."""

    rows: int
    sorted_rows: int
    pages: int
    milliseconds: float
    indexes: frozenset[str]


class Scales:
    """A large table, the service's connection to it, one that explains, and the table of what was read."""

    def __init__(self, database: Database, explaining: asyncpg.Connection) -> None:
        self.database = database
        self.lines = ["| filters | page | statements | rows | pages | ms |", "|---|---|---|---|---|---|"]
        self.seen: set[str] = set()
        self._explaining = explaining
        self._statements: list[Statement] = []

    async def listen(self) -> None:
        """Note each statement that the service's one connection runs from now on."""
        async with self.database.connection() as conn:
            conn.add_query_logger(self._note)

    def _note(self, record: Any) -> None:
        if record.query in NAMES and record.args:
            self._statements.append(Statement(NAMES[record.query], record.query, record.args))

    async def weigh(self, filters: str, place: str, listed: Awaitable[object]) -> None:
        """Run a list, hold each of its statements to its bound, and add a line to the table."""
        self._statements.clear()
        await listed
        statements = list(self._statements)
        assert statements
        readings = [await self._weigh_statement(statement) for statement in statements]
        self.seen.update(statement.name for statement in statements)
        steps = ", ".join(statement.label for statement in statements if not statement.name.startswith("fetch_"))
        rows, pages = sum(reading.rows for reading in readings), sum(reading.pages for reading in readings)
        milliseconds = sum(reading.milliseconds for reading in readings)
        self.lines.append(f"| {filters} | {place} | {steps} | {rows:,} | {pages:,} | {milliseconds:.2f} |")

    async def _weigh_statement(self, statement: Statement) -> Reading:
        """Return the costlier of both ways to plan a statement."""
        readings = [_reading(plan) for plan in await self._explain(statement)]
        for reading in readings:
            _check(statement, reading)
        return max(readings)

    async def _explain(self, statement: Statement) -> list[dict[str, Any]]:
        values = ", ".join(map(_literal, statement.arguments))
        await self._explaining.execute(f"PREPARE explained AS {statement.sql}")
        plans = []
        for mode in ("force_generic_plan", "force_custom_plan"):
            await self._explaining.execute(f"SET plan_cache_mode = {mode}")
            text = await self._explaining.fetchval(
                f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) EXECUTE explained ({values})"
            )
            plans.append(json.loads(text)[0])
        await self._explaining.execute("DEALLOCATE explained")
        return plans


def _check(statement: Statement, reading: Reading) -> None:
    """Hold a statement to its bound, or to the walk that docs/lists.md says it makes."""
    if statement.bound is not None:
        assert reading.rows <= statement.bound + 1, statement  # a window function reads one row ahead
        assert reading.sorted_rows <= statement.bound, statement
        # A condition checked inside an index shows in no row count, but the pages it walks over do.
        assert reading.pages <= 40 + 2 * statement.bound, statement
    elif statement.name == "look_at_whole_amount_range":
        assert reading.indexes == {"topups_by_amount"}, statement
    else:
        assert not reading.sorted_rows, statement


def _literal(value: Any) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, list | tuple):
        return "'{" + ", ".join("NULL" if item is None else str(item) for item in value) + "}'"
    return f"'{value}'" if isinstance(value, str) else str(value)


def _reading(explained: dict[str, Any]) -> Reading:
    nodes = list(_nodes(explained["Plan"]))
    assert "Seq Scan" not in {node["Node Type"] for node in nodes}, explained
    sorted_rows = [_rows(child) for node in nodes if "Sort" in node["Node Type"] for child in node["Plans"]]
    return Reading(
        rows=max(_rows(node) for node in nodes if node["Node Type"] != "Bitmap Index Scan"),  # reads no rows
        sorted_rows=max(sorted_rows, default=0),
        pages=explained["Plan"]["Shared Hit Blocks"] + explained["Plan"]["Shared Read Blocks"],
        milliseconds=explained["Execution Time"],
        indexes=frozenset(node["Index Name"] for node in nodes if "Index Name" in node),
    )


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for child in node.get("Plans", ()):
        yield from _nodes(child)


def _rows(node: dict[str, Any]) -> int:
    """Return how many rows a node has looked at, over all its loops."""
    looked_at: float = node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
    loops: int = node["Actual Loops"]
    return round(looked_at * loops)


async def fill(database_url: str, rows: int, *inserts: str) -> None:
    """Fill tables, one from the other, and tell the planner."""
    conn = await asyncpg.connect(database_url, server_settings={"jit": "off"})
    for insert in inserts:
        await conn.execute(insert.replace("$1", str(rows)))
        await conn.execute(f"VACUUM (ANALYZE) {insert.split()[2]}")
    await conn.close()


@asynccontextmanager
async def weighed(database_url: str) -> AsyncIterator[Scales]:
    """Lend scales for what is in a database, and show the table of what was read."""
    explaining = await asyncpg.connect(database_url, server_settings={"jit": "off"}, statement_cache_size=0)
    database = await Database.connect(database_url, max_connections=1)
    scales = Scales(database, explaining)
    await scales.listen()
    yield scales
    sys.stdout.write("\n" + "\n".join(scales.lines) + "\n")
    await database.close()
    await explaining.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def events_url(postgres: PostgresForTests) -> AsyncIterator[str]:
    """A database with events and their deliveries, which tests only read."""
    name = await postgres.create_database()
    url = postgres.urls_of(name).owner
    await fill(url, FEWER, EVENTS, DELIVERIES)
    yield url
    await postgres.drop_database(name)


def _places(prefix: str, rows: int) -> list[tuple[str, PageRequest]]:
    """Return a list's first page, and the pages on both sides of its middle."""
    number = rows // 2
    middle = prefix + encode_time((FIRST_SECOND + number // ROWS_A_SECOND) * 1000) + f"{number:016}"
    return [
        ("first", PageRequest()),
        ("after the middle", PageRequest(starting_after=middle)),
        ("before the middle", PageRequest(ending_before=middle)),
    ]


def _created(rows: int) -> dict[str, Range | None]:
    """Return no range, and an hour around the middle."""
    middle = FIRST_SECOND + rows // 2 // ROWS_A_SECOND
    return {"": None, "created, ": Range(middle - 1800, middle + 1799)}


async def test_every_list_of_topups_reads_a_page_or_a_bounded_number_of_entries(each_database_url: str) -> None:
    statuses = {
        "": None,
        "status, common, ": Status.SUCCEEDED,
        "status, rare, ": Status.FAILED,
        "status, only the oldest, ": Status.CANCELED,
        "status, none, ": Status.REVERSED,
    }
    amounts = {
        "": None,
        "amount, 1,000 rows": Range(424242, 424242),
        "amount, none": Range(5, 5),
        "amounts, 20 rows": Range(MIDDLE_AMOUNT, MIDDLE_AMOUNT + 20),
        "amounts, 0.1 %": Range(MIDDLE_AMOUNT, MIDDLE_AMOUNT + ROWS // 1000),
        "amounts, 2 %": Range(MIDDLE_AMOUNT, MIDDLE_AMOUNT + ROWS // 50),
        "amounts, half": Range(MIDDLE_AMOUNT, None),
        f"amounts, only the oldest {CLUSTER:,}": Range(7_000_000, None),
    }
    searches = {
        "currency, all": TopupSearch(currency="usd"),
        "currency, only the oldest": TopupSearch(currency="jpy"),
        "currency, only the oldest, and status": TopupSearch(currency="jpy", status=Status.CANCELED),
        "currency and exact amount": TopupSearch(currency="usd", amount=Range(424242, 424242)),
        "failure code": TopupSearch(failure_code="no_account"),
        "failure code, none": TopupSearch(failure_code="debit_not_authorized"),
        "funding source, none": TopupSearch(funding_source="src_1"),
        "description, none": TopupSearch(description="rent"),
        "metadata, one of all": TopupSearch(metadata={"order": "10"}),
        "metadata, none": TopupSearch(metadata={"order": "x"}),
        "metadata, only the oldest": TopupSearch(metadata={"shop": "a"}),
        "metadata, one of all, and status": TopupSearch(metadata={"order": "10"}, status=Status.CANCELED),
    }
    await fill(each_database_url, ROWS, TOPUPS)
    async with weighed(each_database_url) as scales:
        for name, search in searches.items():
            for order in TopupOrder if "oldest" in name or name == "failure code" else (TopupOrder.NEWEST,):
                wanted = msgspec.structs.replace(search, order=order)
                listed = search_topups(scales.database, OWNER, wanted, limit=10)
                await scales.weigh(f"{name}, {order}", "first", listed)
            await scales.weigh(f"{name}, counts", "", count_topups(scales.database, OWNER, search))
        assert scales.seen >= SEARCH_STATEMENTS - {"use_bitmaps", "take_some_of_one_pair", "use_no_bitmaps"}
        for created_name, created in _created(ROWS).items():
            for status_name, status in statuses.items():
                for amount_name, amount in amounts.items():
                    filters = TopupFilters(amount=amount, created=created, status=status)
                    name = (created_name + status_name + amount_name).removesuffix(", ") or "none"
                    for place, request in _places("tu_", ROWS):
                        await scales.weigh(name, place, list_topups(scales.database, OWNER, filters, request))
    assert scales.seen >= LIST_STATEMENTS


async def test_a_status_that_no_row_has_yet_is_not_searched_for_in_all_rows(each_database_url: str) -> None:
    """While all rows have one status, statistics say that the primary key serves a list by status as well."""
    await fill(each_database_url, FEWER // 2, TOPUPS.replace(STATUS, "'succeeded'"))
    async with weighed(each_database_url) as scales:
        for status in Status:
            listed = list_topups(scales.database, OWNER, TopupFilters(status=status), PageRequest())
            await scales.weigh(f"status {status}, all succeeded", "first", listed)


async def test_every_list_of_balance_transactions_reads_a_page(database_url: str) -> None:
    filters = {
        "none": BalanceTransactionFilters(),
        "currency, all": BalanceTransactionFilters(currency="usd"),
        "currency, none": BalanceTransactionFilters(currency="eur"),
        "type, common": BalanceTransactionFilters(type=BalanceTransactionType.TOPUP),
        "type, 0.5 %": BalanceTransactionFilters(type=BalanceTransactionType.TOPUP_REVERSAL),
        "type, none": BalanceTransactionFilters(type="payout"),
        "currency and common type": BalanceTransactionFilters(currency="usd", type=BalanceTransactionType.TOPUP),
        "currency and rare type": BalanceTransactionFilters(currency="usd", type=BalanceTransactionType.TOPUP_REVERSAL),
        "source": BalanceTransactionFilters(source="tu_199"),
        "source, currency and type": BalanceTransactionFilters(source="tu_1", currency="usd", type="topup"),
    }
    await fill(database_url, FEWER, BALANCE_TRANSACTIONS)
    async with weighed(database_url) as scales:
        for created_name, created in _created(FEWER).items():
            for name, wanted in filters.items():
                chosen = msgspec.structs.replace(wanted, created=created)
                for place, request in _places("txn_", FEWER):
                    listed = ledger_store.list_balance_transactions(scales.database, OWNER, chosen, request)
                    await scales.weigh(created_name + name, place, listed)
    assert scales.seen >= {name for name in NAMES.values() if name.startswith("balance_transaction_ids")}


async def test_every_list_of_events_reads_a_page_of_each_type_or_walks_to_the_last_creations(events_url: str) -> None:
    types = {
        "none": None,
        "all": ("*",),
        "common type": (EventType.TOPUP_SUCCEEDED,),
        "type, 0.05 %": (EventType.TOPUP_FAILED,),
        "type, only the oldest": (EventType.TOPUP_CANCELED,),
        "type, none": (EventType.TOPUP_REVERSED,),
        "four types": ("topup.s*", "topup.f*", "topup.ca*", "topup.r*"),
        "topup.created": (EventType.TOPUP_CREATED,),
        "topup.created and a rare type": (EventType.TOPUP_CREATED, EventType.TOPUP_CANCELED),
    }
    async with weighed(events_url) as scales:
        for created_name, created in _created(FEWER).items():
            for name, wanted in types.items():
                filters = EventFilters(created=created, types=wanted)
                for place, request in _places("evt_", FEWER):
                    listed = events_store.list_events(scales.database, OWNER, filters, request)
                    await scales.weigh(created_name + name, place, listed)
    walks = {name for name in NAMES.values() if name.startswith("event_ids")}
    assert scales.seen >= walks - {"event_ids_undelivered", "event_ids_of_object"}


async def test_the_events_of_one_object_are_found_among_its_own_and_those_of_its_second(events_url: str) -> None:
    async with weighed(events_url) as scales:
        for name, number in {"oldest": 0, "created": FEWER // 2, "settled": FEWER - 1}.items():
            body = encode_time((FIRST_SECOND + number // ROWS_A_SECOND) * 1000) + f"{number:016}"
            for types in (None, (EventType.TOPUP_CREATED,), (EventType.TOPUP_SUCCEEDED,)):
                filters = EventFilters(types=types, object_id=f"tu_{body}")
                for place, request in _places("evt_", FEWER):
                    listed = events_store.list_events(scales.database, OWNER, filters, request)
                    await scales.weigh(f"{name}, {types}", place, listed)
        found = await events_store.list_events(
            scales.database, OWNER, EventFilters(object_id="tu_" + body), PageRequest()
        )
    assert [event.object_id for event in found.items] == ["tu_" + body]
    assert scales.seen >= {"event_ids_of_object"}


async def test_lists_of_events_by_delivery_read_a_page_whatever_was_delivered(events_url: str) -> None:
    async with weighed(events_url) as scales:
        for created_name, created in _created(FEWER).items():
            for delivered in (True, False):
                filters = EventFilters(created=created, delivery_success=delivered)
                for place, request in _places("evt_", FEWER):
                    listed = events_store.list_events(scales.database, OWNER, filters, request)
                    await scales.weigh(f"{created_name}delivery_success={delivered}", place, listed)
    assert scales.seen >= {"event_ids_by_key", "event_ids_undelivered"}
