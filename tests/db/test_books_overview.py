"""The books for looking at: what was booked for a top-up, and the balance at a glance."""

from brim.api.wire_formats import WIRE_FORMATS
from brim.base.ids import IdFactory, first_id_at
from brim.base.scope import AccountScope
from brim.core.balance_overview.service import retrieve_overview
from brim.core.ledger import list_entries
from brim.core.ledger.rules import BalanceTransaction, BalanceTransactionType
from brim.core.topups.settlement import settle_due
from brim.platform.database import Database
from tests.support.books import LATER_MS, NOW_MS, OWNER, RAILS, create, new_topup, reverse
from tests.support.rows import copy_balance_transactions

IDS = IdFactory()
OTHER = AccountScope("acct_other", livemode=False)
LIVE = AccountScope(OWNER.account, livemode=True)
DAY = 86_400
NOON = 1_800_000_000 // DAY * DAY + DAY // 2


def line(
    number: int, *, created: int, net: int, currency: str = "usd", scope: AccountScope = OWNER
) -> BalanceTransaction:
    return BalanceTransaction(
        scope=scope,
        id=f"{first_id_at('txn_', created)}{number:016}",
        amount=net,
        available_on=created,
        created=created,
        currency=currency,
        description=None,
        fee=0,
        net=net,
        source=f"tu_{number}",
        type=BalanceTransactionType.TOPUP if net > 0 else BalanceTransactionType.TOPUP_REVERSAL,
    )


async def test_a_topups_entries_are_listed_in_order_and_to_its_owner_only(each_database: Database) -> None:
    (topup_id,) = await create(each_database, [new_topup(IDS, amount=700)])
    await settle_due(each_database, rails=RAILS, renderers=WIRE_FORMATS, ids=IDS, now_ms=LATER_MS)
    await reverse(each_database, topup_id)
    entries = await list_entries(each_database, OWNER, topup_id)
    assert [(each.step, [(line.amount, line.currency) for line in each.lines]) for each in entries] == [
        ("topup", [(700, "usd")]),
        ("topup_reversal", [(700, "usd")]),
    ]
    assert [each.lines[0].debit_account for each in entries] == ["funding:clearing", "balance:available"]
    assert [each.lines[0].credit_account for each in entries] == ["balance:available", "funding:clearing"]
    assert await list_entries(each_database, OTHER, topup_id) == []
    assert await list_entries(each_database, LIVE, topup_id) == []


async def test_what_is_on_its_way_is_summed_by_currency_for_its_owner_only(each_database: Database) -> None:
    await create(
        each_database, [new_topup(IDS, amount=100), new_topup(IDS, amount=250), new_topup(IDS, amount=9, scope=OTHER)]
    )
    shown = await retrieve_overview(each_database, OWNER, now_s=NOW_MS // 1000)
    assert [(each.currency, each.available, each.in_flight) for each in shown.currencies] == [
        ("usd", 0, shown.currencies[0].in_flight)
    ]
    assert (shown.currencies[0].in_flight.amount, shown.currencies[0].in_flight.topups) == (350, 2)
    (arrival,) = shown.currencies[0].in_flight.arrivals
    assert (arrival.day, arrival.amount, arrival.topups) == (LATER_MS // 1000 // DAY, 350, 2)
    assert shown.in_flight_is_complete
    assert (await retrieve_overview(each_database, LIVE, now_s=NOW_MS // 1000)).currencies == ()


async def test_more_on_its_way_than_is_counted_is_said(database: Database) -> None:
    await create(database, [new_topup(IDS, amount=100), new_topup(IDS, amount=100), new_topup(IDS, amount=100)])
    shown = await retrieve_overview(database, OWNER, now_s=NOW_MS // 1000, most_pending=2)
    assert not shown.in_flight_is_complete
    assert shown.currencies[0].in_flight.topups == 2


async def test_the_last_thirty_days_end_with_what_the_balance_is(database: Database) -> None:
    await create(database, [new_topup(IDS, amount=500)])
    await settle_due(database, rails=RAILS, renderers=WIRE_FORMATS, ids=IDS, now_ms=LATER_MS)
    (usd,) = (await retrieve_overview(database, OWNER, now_s=LATER_MS // 1000)).currencies
    assert len(usd.days) == 30
    assert (usd.days[-1].received, usd.days[-1].available) == (500, 500)
    assert {day.available for day in usd.days[:-1]} == {0}


async def test_days_are_those_of_the_account_alone(database: Database) -> None:
    lines = [line(number, created=NOON - number * DAY, net=10) for number in range(5)]
    await copy_balance_transactions(database, [*lines, line(9, created=NOON, net=1, scope=OTHER)])
    async with database.connection() as conn:
        await conn.execute("INSERT INTO balances VALUES ($1, false, 'usd', 50)", OWNER.account)
    (usd,) = (await retrieve_overview(database, OWNER, now_s=NOON)).currencies
    assert [(day.received, day.available) for day in usd.days[-6:]] == [
        (0, 0),
        (10, 10),
        (10, 20),
        (10, 30),
        (10, 40),
        (10, 50),
    ]


async def test_time_that_went_further_before_its_clock_was_deleted_is_shown_to_its_end(database: Database) -> None:
    await copy_balance_transactions(database, [line(1, created=NOON + 90 * DAY, net=10)])
    async with database.connection() as conn:
        await conn.execute("INSERT INTO balances VALUES ($1, false, 'usd', 10)", OWNER.account)
    (usd,) = (await retrieve_overview(database, OWNER, now_s=NOON)).currencies
    assert usd.days[-1].start == (NOON + 90 * DAY) // DAY * DAY
