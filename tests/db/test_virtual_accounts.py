"""Virtual account numbers: each is one account's, and what comes to it is credited whatever the payer writes."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from brim.base.scope import AccountScope
from brim.core import push
from brim.core.gauges import Gauges
from brim.platform.database import Database
from tests.support.books import assert_books_hold, rows
from tests.support.live_money import PLATFORM, LiveMoney
from tests.support.push_house import FRIEND, MONDAY, NUMBER, House, pays
from tests.support.statement_writers import Account, Entry, bai2, camt053, mt940

RANGE = "4400000000-4400000039"
FIRST, SECOND = "4400000000", "4400000001"
DAY_MS = 24 * 60 * 60 * 1000


@pytest_asyncio.fixture
async def live(database: Database, tmp_path: Path) -> LiveMoney:
    return LiveMoney(database, tmp_path)


@pytest_asyncio.fixture
async def house(live: LiveMoney) -> House:
    return await House(live).open(transfers_numbers=RANGE)


async def number_of(house: House, owner: str = FRIEND) -> str:
    """Return to which account number an account is paid, having asked for instructions."""
    found = await house.instructions(owner=owner)
    async with house.database.connection() as conn:
        details = await push.read_bank_details(conn, house.live.vault, found)
    assert details.is_virtual == (details.account_number != NUMBER)
    return details.account_number


async def open_accounts(house: House, count: int) -> list[str]:
    names = [f"acct_n{number:02}" for number in range(count)]
    for name in names:
        await rows(
            house.database,
            "INSERT INTO accounts (account, platform, created) VALUES ($1, $2, 1)",
            name,
            PLATFORM.account,
        )
    return names


async def release(house: House, owner: str) -> None:
    async with house.database.transaction() as conn:
        await push.release_numbers(conn, owner, now_ms=house.live.now_ms)


async def test_an_account_has_one_number_of_the_range_whatever_instructions_it_has(house: House) -> None:
    expected = await house.instructions(amount=500)
    async with house.database.connection() as conn:
        details = await push.read_bank_details(conn, house.live.vault, expected)
    assert (details.account_number, await number_of(house)) == (FIRST, FIRST)
    assert await number_of(house, PLATFORM.account) == SECOND


@pytest.mark.parametrize("write", [bai2, camt053, mt940])
async def test_what_comes_to_a_number_is_credited_without_a_reference(house: House, write: Any) -> None:
    lasting = await house.instructions()
    is_apart = write is camt053
    text = "RENT" if is_apart else f"RENT TO {FIRST}"
    await house.book(Entry(2_500, "B1", text=(text,), sent_to=FIRST if is_apart else ""), write=write)
    assert (await house.states(), await house.balance()) == ([("credited", None, 2_500)], 2_500)
    (found,) = await house.transfers()
    assert (found["number"], found["instructions"], found["owner"]) == (FIRST, lasting.id, FRIEND)


async def test_a_reference_of_the_same_account_says_which_payment_it_is(house: House) -> None:
    wanted = await house.instructions(amount=5_000)
    await house.book(pays(5_000, f"{wanted.reference} TO {FIRST}"), pays(300, f"RF18539007547034 {FIRST}"))
    assert await house.states() == [("credited", None, 300), ("credited", None, 5_000)]
    assert {row["instructions"] == wanted.id: row["amount"] for row in await house.transfers()} == {
        True: 5_000,
        False: 300,
    }


async def test_a_number_and_a_reference_of_different_accounts_wait_for_a_person(house: House) -> None:
    await house.instructions()
    other = await house.instructions(owner=PLATFORM.account)
    await house.book(pays(700, f"{other.reference} TO {FIRST}"), pays(800, f"{FIRST} OR {SECOND}"))
    assert await house.states() == [("suspended", "conflict", 700), ("suspended", "conflict", 800)]
    assert all(FRIEND in (row["suggestions"] or "") for row in await house.transfers())


async def test_a_number_that_nobody_has_or_has_any_more_waits_for_a_person(house: House) -> None:
    await house.instructions()
    await release(house, FRIEND)
    await house.book(pays(700, FIRST), pays(800, "TO 4400000017"), pays(900, "TO 4500000017"))
    assert await house.states() == [
        ("suspended", "number_ended", 700),
        ("suspended", "unknown_number", 800),
        ("suspended", "no_reference", 900),
    ]


async def test_a_transfer_to_a_number_of_a_closed_account_waits(house: House) -> None:
    await house.instructions()
    await house.close()
    await house.book(pays(700, FIRST))
    assert await house.states() == [("suspended", "account_closed", 700)]


async def test_payments_that_are_not_listed_in_full_are_one_accounts_only_if_each_names_its_number(
    house: House,
) -> None:
    await house.instructions()
    await house.book(Entry(900, "B1", parts=((0, FIRST), (0, FIRST))), write=camt053)
    await house.book(Entry(800, "B2", parts=((0, FIRST), (0, "7"))), write=camt053, on=MONDAY + timedelta(1))
    assert await house.states() == [("suspended", "several_payments", 800), ("credited", None, 900)]


async def test_what_the_bank_takes_back_is_known_by_the_number(house: House) -> None:
    await house.instructions()
    await house.book(pays(2_500, f"RENT {FIRST}"), pays(700, f"RENT {FIRST}"))
    await house.book(pays(-2_500, f"RECALL {FIRST}"), on=MONDAY + timedelta(1))
    assert await house.states() == [("credited", None, 700), ("recalled", None, 2_500)]
    assert (await house.balance(), await house.breaks()) == (700, [])


async def test_what_the_bank_takes_back_before_it_came_is_known_by_the_number(house: House) -> None:
    await number_of(house)
    debit = Entry(-700, "R1", text=("RECALL 4400 0000 00", f"TO {FIRST}"))
    await house.send(bai2([Account(NUMBER, "usd", 3_000, (debit,), MONDAY + timedelta(1))]))
    assert await house.breaks() == ["unmatched_line"]
    sent = [Entry(amount, f"T{amount}", text=(f"PAYMENT {FIRST}",)) for amount in (2_300, 700)]
    await house.send(bai2([Account(NUMBER, "usd", 0, tuple(sent), MONDAY)]))
    assert await house.states() == [("recalled", None, 700), ("credited", None, 2_300)]
    assert (await house.balance(), await house.breaks()) == (2_300, [])
    await assert_books_hold(house.database)


async def test_what_a_number_does_not_tell_apart_is_not_taken_back(house: House) -> None:
    wanted = await house.instructions(amount=2_500)
    await house.book(pays(2_500, f"{wanted.reference} TO {FIRST}"), pays(2_500, f"RENT {FIRST}"), pays(900, FIRST))
    await release(house, FRIEND)
    await house.book(pays(900, FIRST), pays(700, FIRST), on=MONDAY + timedelta(1))
    await house.book(*(pays(-each, f"RECALL {FIRST}") for each in (2_500, 900, 700)), on=MONDAY + timedelta(2))
    assert await house.states() == [
        ("recalled", "number_ended", 700),
        ("credited", None, 900),
        ("suspended", "number_ended", 900),
        ("credited", None, 2_500),
        ("credited", None, 2_500),
    ]
    assert await house.breaks() == ["unmatched_line", "unmatched_line"]


async def test_a_late_recall_takes_nothing_from_whoever_has_the_number_now(live: LiveMoney) -> None:
    house = await House(live).open(transfers_numbers="44000000-44000000")
    (other,) = await open_accounts(house, 1)
    assert await number_of(house) == "44000000"
    await house.book(pays(2_500, "44000000"))
    await release(house, FRIEND)
    live.now_ms += 731 * DAY_MS
    assert await number_of(house, other) == "44000000"
    await house.book(pays(700, "44000000"), on=MONDAY + timedelta(735))
    await house.book(pays(-2_500, "44000000"), on=MONDAY + timedelta(736))
    assert [await house.balance(each) for each in (FRIEND, other)] == [0, 700]
    await house.book(pays(2_500, "44000000"), on=MONDAY + timedelta(737))
    await house.book(pays(-2_500, "44000000"), on=MONDAY + timedelta(738))
    assert [await house.balance(each) for each in (FRIEND, other)] == [0, 700]


async def test_a_transfer_is_taken_back_in_the_statement_that_brings_it(house: House) -> None:
    """By its number as by its reference: in a set, and where the debit stands above the credit."""
    await house.instructions()
    fees = [Entry(-100, f"F{number}", text=("FEE",)) for number in range(10)]
    going, coming = pays(-2_500, f"RECALL {FIRST}"), pays(2_500, f"RENT {FIRST}")
    await house.book(*fees, coming, going)
    assert await house.states() == [("recalled", None, 2_500)]
    await house.book(going, pays(600, "NOBODY"), coming, *(pays(50, "X") for _ in range(10)), on=MONDAY + timedelta(1))
    assert (await house.balance(), (await house.states())[-2:]) == (0, [("recalled", None, 2_500)] * 2)


async def test_a_number_stays_its_accounts_where_the_bank_account_has_another_name(house: House) -> None:
    """The ledger's name for a bank account may change, or another originator take it over; its numbers are the same."""
    (other,) = await open_accounts(house, 1)
    assert await number_of(house) == FIRST
    await rows(house.database, 'UPDATE originators SET profile = profile || \'{"bank_account": "main"}\'')
    assert await number_of(house, other) == SECOND
    await house.book(pays(2_500, FIRST), pays(700, SECOND))
    assert [await house.balance(each) for each in (FRIEND, other)] == [2_500, 700]
    assert await number_of(house) == "4400000002"


async def test_a_credit_to_a_number_is_no_batch_of_ours_though_it_has_its_total(house: House) -> None:
    await house.instructions()
    await rows(
        house.database,
        "UPDATE originators SET profile = profile || '{\"transfers_numbers\": null}' WHERE account = $1",
        PLATFORM.account,
    )  # numbers that were given stay valid
    await house.book(pays(5_000, FIRST))
    assert await house.states() == [("credited", None, 5_000)]


async def test_no_number_is_two_accounts_whoever_asks_at_the_same_time(house: House) -> None:
    accounts = await open_accounts(house, 12)
    found = await asyncio.gather(*(number_of(house, account) for account in accounts * 2))
    assert found[:12] == found[12:]
    assert sorted(found[:12]) == [f"44000000{number:02}" for number in range(12)]


async def test_numbers_that_were_released_rest_and_are_given_again_once_the_range_is_used_up(live: LiveMoney) -> None:
    house = await House(live).open(transfers_numbers="44000000-44000002")
    one, two, three, four, five = await open_accounts(house, 5)
    assert [await number_of(house, each) for each in (one, two, three)] == ["44000000", "44000001", "44000002"]
    await release(house, two)
    assert await number_of(house, four) == NUMBER
    live.now_ms += 729 * DAY_MS
    assert await number_of(house, four) == NUMBER
    live.now_ms += 2 * DAY_MS
    assert await number_of(house, four) == "44000001"
    assert await number_of(house, five) == NUMBER
    assert await number_of(house, four) == "44000001"
    await assert_books_hold(house.database)


async def test_a_restored_database_passes_over_numbers_that_it_may_have_given(house: House) -> None:
    one, two, three, four = await open_accounts(house, 4)
    assert [await number_of(house, each) for each in (one, two)] == [FIRST, SECOND]
    await release(house, one)
    await rows(house.database, "UPDATE virtual_accounts SET lineage = 'another copy'")
    await rows(house.database, "UPDATE virtual_accounts SET released_in = 'another copy' WHERE released_ms IS NOT NULL")
    assert [await number_of(house, each) for each in (three, four)] == ["4400000004", "4400000005"]
    live = house.live
    live.now_ms += 731 * DAY_MS
    for number in range(40):
        await rows(
            house.database,
            "INSERT INTO virtual_accounts"
            " (account, livemode, bank_account, body, number, owner, instructions, given_ms)"
            " VALUES ($1, true, 'operating', $2, $2, $3, 'fi_1', 1) ON CONFLICT DO NOTHING",
            PLATFORM.account,
            f"44000000{number:02}",
            f"acct_x{number}",
        )
    assert await number_of(house) == NUMBER


async def test_a_number_that_is_released_in_a_restored_database_was_not_given_there(house: House) -> None:
    one, two, three = await open_accounts(house, 3)
    assert [await number_of(house, each) for each in (one, two)] == [FIRST, SECOND]
    await rows(house.database, "UPDATE virtual_accounts SET lineage = 'another copy'")
    await release(house, two)
    async with house.database.connection() as conn:
        (left,) = await push.count_numbers_left(conn, AccountScope(PLATFORM.account, True), now_ms=house.live.now_ms)
    assert left.left == 36
    assert await number_of(house, three) == "4400000004"


async def test_how_many_numbers_are_left_is_shown(house: House) -> None:
    names = await open_accounts(house, 37)

    async def figures() -> dict[str, list[float]]:
        gauges = Gauges(house.database, lambda: house.live.now_ms, data_dir=house.live.folder)
        return {
            each.name: list(dict(each.samples).values())
            for each in await gauges.read()
            if each.name.startswith("brim_virtual")
        }

    assert await figures() == {"brim_virtual_account_numbers": [40], "brim_virtual_account_numbers_left": [40]}
    for name in names:
        await house.instructions(owner=name)
    async with house.database.connection() as conn:
        (left,) = await push.count_numbers_left(conn, AccountScope(PLATFORM.account, True), now_ms=house.live.now_ms)
    assert (left.left, left.size, left.are_few) == (3, 40, True)
    assert (await figures())["brim_virtual_account_numbers_left"] == [3]
