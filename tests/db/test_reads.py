"""Balances, balance transactions and events by id, and what is said when there are none."""

import pytest

from brim.api.wire_formats import WIRE_FORMATS
from brim.base.errors import ResourceMissingError
from brim.base.ids import IdFactory
from brim.base.paging import PageRequest
from brim.base.scope import AccountScope
from brim.core.events import store as events_store
from brim.core.events.rules import DEFAULT_API_VERSION, Event, EventFilters, EventType
from brim.core.events.service import list_events, retrieve_event
from brim.core.ledger import store as ledger_store
from brim.core.ledger.rules import Balance, BalanceTransaction, BalanceTransactionFilters, BalanceTransactionType
from brim.core.ledger.service import list_balance_transactions, retrieve_balance, retrieve_balance_transaction
from brim.core.topups.settlement import settle_due
from brim.platform.database import Database
from tests.support.books import LATER_MS, OWNER, RAILS, create, execute, new_topup
from tests.support.rows import copy_balance_transactions, copy_events

LIVE = AccountScope(OWNER.account, livemode=True)
LINE = BalanceTransaction(
    scope=OWNER,
    id="txn_1",
    amount=-500,
    available_on=12,
    created=11,
    currency="eur",
    description="zurück 🏦",
    fee=0,
    net=-500,
    source="tu_1",
    type=BalanceTransactionType.TOPUP_REVERSAL,
)
EVENT = Event(
    scope=OWNER,
    id="evt_1",
    type=EventType.TOPUP_CREATED,
    created=11,
    api_version=DEFAULT_API_VERSION,
    object_id="tu_1",
    payload='{"id":"tu_1","description":"zurück"}'.encode(),
    request_id="req_1",
    idempotency_key="key",
)


async def test_a_balance_transaction_is_read_as_it_was_written(each_database: Database) -> None:
    await copy_balance_transactions(each_database, [LINE])
    assert await retrieve_balance_transaction(each_database, OWNER, "txn_1") == LINE


async def test_an_event_is_read_as_it_was_written(each_database: Database) -> None:
    await copy_events(each_database, [EVENT])
    assert await retrieve_event(each_database, OWNER, "evt_1") == EVENT


async def test_objects_of_the_other_mode_are_not_found_but_hinted_at(database: Database) -> None:
    await copy_balance_transactions(database, [LINE])
    await copy_events(database, [EVENT])
    hint = "a similar object exists in test mode, but a live mode key was used"
    with pytest.raises(ResourceMissingError, match=hint) as line_missing:
        await retrieve_balance_transaction(database, LIVE, "txn_1")
    with pytest.raises(ResourceMissingError, match=hint) as event_missing:
        await retrieve_event(database, LIVE, "evt_1")
    assert (line_missing.value.in_path, event_missing.value.in_path) == (True, True)


async def test_objects_of_another_account_are_not_found_at_all(database: Database) -> None:
    await copy_balance_transactions(database, [LINE])
    await copy_events(database, [EVENT])
    stranger = AccountScope("acct_stranger", livemode=False)
    with pytest.raises(ResourceMissingError, match=r"^No such balance transaction: 'txn_1'$"):
        await retrieve_balance_transaction(database, stranger, "txn_1")
    with pytest.raises(ResourceMissingError, match=r"^No such event: 'evt_1'$"):
        await retrieve_event(database, stranger, "evt_1")


async def test_several_are_fetched_at_once_and_unknown_ids_left_out(database: Database) -> None:
    await copy_balance_transactions(database, [LINE])
    await copy_events(database, [EVENT])
    async with database.connection() as conn:
        assert await ledger_store.fetch_balance_transactions(conn, OWNER, ["txn_0", "txn_1", "txn_1"]) == {
            "txn_1": LINE
        }
        assert await events_store.fetch_events(conn, OWNER, ["evt_1", "evt_2"]) == {"evt_1": EVENT}
        assert await events_store.fetch_events(conn, OWNER, []) == {}


async def test_a_fresh_account_has_no_balance_in_any_currency(database: Database) -> None:
    assert await retrieve_balance(database, OWNER) == []


async def test_balances_are_listed_by_currency_and_may_be_below_zero(database: Database) -> None:
    insert = "INSERT INTO balances (account, livemode, currency, available) VALUES "
    mine = f"('{OWNER.account}', false, 'usd', 5), ('{OWNER.account}', false, 'eur', -7)"
    await execute(database, f"{insert} {mine}, ('{OWNER.account}', true, 'usd', 1), ('acct_x', false, 'usd', 2)")
    assert await retrieve_balance(database, OWNER) == [
        Balance(currency="eur", available=-7),
        Balance(currency="usd", available=5),
    ]


async def test_what_settlement_wrote_is_what_is_read(database: Database) -> None:
    ids = IdFactory(lambda: LATER_MS)
    (topup_id,) = await create(database, [new_topup(ids, amount=1234)])
    await settle_due(database, now_ms=LATER_MS, ids=ids, rails=RAILS, renderers=WIRE_FORMATS, limit=10)
    assert await retrieve_balance(database, OWNER) == [Balance(currency="usd", available=1234)]
    page = await list_balance_transactions(database, OWNER, BalanceTransactionFilters(source=topup_id), PageRequest())
    assert [(line.source, line.net, line.type) for line in page.items] == [
        (topup_id, 1234, BalanceTransactionType.TOPUP)
    ]
    events = await list_events(database, OWNER, EventFilters(types=("topup.*",)), PageRequest())
    assert [event.type for event in events.items] == [EventType.TOPUP_SUCCEEDED, EventType.TOPUP_CREATED]
