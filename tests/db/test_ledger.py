"""The general ledger: entries of several lines, holds, and what a bank's statement confirms, each against the books."""

import asyncio

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from brim.api.wire_formats import WIRE_FORMATS
from brim.base.errors import ResourceMissingError
from brim.base.ids import IdFactory
from brim.core import ledger
from brim.core.integrity.books import verify_books
from brim.core.ledger import (
    AVAILABLE,
    CHART,
    BalanceTransaction,
    EntryLine,
    Hold,
    HoldConflictError,
    HoldStatus,
    InsufficientFundsError,
    JournalEntry,
    Posting,
    chart_account,
)
from brim.core.ledger.rules import InvalidEntryError, OverdrawnError, UnheldBalanceError, check_entry
from brim.core.ledger.sealing import verify_chain
from brim.core.time import OwnerTime
from brim.core.topups import (
    BankConfirmation,
    BankStep,
    ConfirmedOtherwiseError,
    UnexpectedBankAmountError,
    confirm_by_bank,
)
from brim.core.topups.settlement import settle_due
from brim.platform.database import Database
from tests.support.books import (
    EMPTY_BOOKS,
    LATER_MS,
    OWNER,
    RAILS,
    assert_books_hold,
    create,
    execute,
    new_topup,
    rows,
)
from tests.support.chains import seal_all
from tests.support.waiting import until_somebody_waits

IDS = IdFactory()
MOMENT = OwnerTime(LATER_MS, IDS)
SOURCE_TYPES = ("topup", "payout")
TRANSACTION_TYPES = ("topup", "topup_reversal", "payout")


def entry(*lines: EntryLine, source: str = "po_1", step: str = "payout") -> JournalEntry:
    return JournalEntry(
        scope=OWNER, id=IDS.new("je_"), source_type="payout", source=source, step=step, lines=lines, created=1
    )


def line(debit: str, credit: str, amount: int = 5, currency: str = "usd") -> EntryLine:
    return EntryLine(debit_account=debit, credit_account=credit, amount=amount, currency=currency)


def spending(source: str, amount: int) -> BalanceTransaction:
    return BalanceTransaction(
        scope=OWNER,
        id=IDS.new("txn_"),
        amount=-amount,
        available_on=1,
        created=1,
        currency="usd",
        description=None,
        fee=0,
        net=-amount,
        source=source,
        type="payout",
    )


async def post_all(database: Database, *postings: Posting) -> None:
    async with database.transaction() as conn:
        await ledger.lock_balances(conn, {(OWNER, "usd")})
        await ledger.post_entries(conn, postings)


async def fund(database: Database, amount: int = 1000, *, source: str | None = None) -> str:
    """Return a top-up that has succeeded, or gone wherever its source takes it."""
    (topup_id,) = await create(database, [new_topup(IDS, amount=amount, source=source)])
    await settle_due(database, now_ms=LATER_MS, ids=IDS, rails=RAILS, renderers=WIRE_FORMATS)
    return topup_id


async def balance(database: Database) -> tuple[int, int]:
    found = await ledger.retrieve_balance(database, OWNER)
    return (found[0].available, found[0].reserved) if found else (0, 0)


async def reserve(database: Database, source: str, amount: int) -> Hold:
    async with database.transaction() as conn:
        return await ledger.reserve(
            conn, OWNER, source_type="payout", source=source, amount=amount, currency="usd", moment=MOMENT
        )


async def post(database: Database, hold: Hold, amount: int) -> Hold:
    async with database.transaction() as conn:
        return await ledger.post_hold(
            conn,
            hold,
            amount=amount,
            credit_account="payouts:clearing",
            balance_transaction=spending(hold.source, amount),
            moment=MOMENT,
        )


async def void(database: Database, hold: Hold) -> Hold:
    async with database.transaction() as conn:
        return await ledger.void_hold(conn, hold, moment=MOMENT)


async def assert_ledger_holds(database: Database) -> None:
    """Assert that the books and the chain hold, payouts being known."""
    report = await verify_books(database, source_types=SOURCE_TYPES, transaction_types=TRANSACTION_TYPES)
    assert report.differences == []
    await seal_all(database)
    assert (await verify_chain(database)).differences == []


@pytest.mark.parametrize(
    "lines",
    [
        (),
        (line(AVAILABLE, "cash"),),
        (line("bank:", AVAILABLE),),
        (line(AVAILABLE, AVAILABLE),),
        (line(AVAILABLE, "fees", 0),),
        (line(AVAILABLE, "fees"), line(AVAILABLE, "fees", -1)),
        (line(AVAILABLE, "fees"),) * 1001,
    ],
)
def test_an_entry_that_is_none_is_refused(lines: tuple[EntryLine, ...]) -> None:
    with pytest.raises(InvalidEntryError):
        check_entry(entry(*lines))


def test_the_chart_knows_its_accounts_and_no_others() -> None:
    for account in CHART:
        assert chart_account(account.code + "ba_1" * account.code.endswith(":")) is account
    assert chart_account("bank:") is chart_account("balance:") is None


async def test_an_entry_of_several_lines_is_posted_shown_and_sealed(each_database: Database) -> None:
    database = each_database
    await fund(database)
    posted = entry(line(AVAILABLE, "payouts:clearing", 90), line(AVAILABLE, "fees", 10))
    await post_all(database, Posting(entry=posted, balance_transaction=spending("po_1", 100)))
    assert await ledger.list_entries(database, OWNER, "po_1") == [posted]
    assert await balance(database) == (900, 0)
    await assert_ledger_holds(database)


@pytest.mark.parametrize(
    "tampered",
    [
        "UPDATE journal_entry_lines SET amount = 11",
        "UPDATE journal_entry_lines SET line = 3",
        "DELETE FROM journal_entry_lines",
        (
            "INSERT INTO journal_entry_lines VALUES"
            " ('acct_books', false, (SELECT entry FROM journal_entry_lines), 3, 'balance:available', 'fees', 1, 'usd')"
        ),
        "UPDATE journal_entries SET line_count = 1 WHERE line_count = 2",
        "UPDATE journal_entries SET source_type = 'transfer' WHERE line_count = 2",
    ],
)
async def test_a_line_that_was_tampered_with_is_found(
    database: Database, owner_database: Database, tampered: str
) -> None:
    await test_an_entry_of_several_lines_is_posted_shown_and_sealed(database)
    await execute(owner_database, tampered)
    chain = (await verify_chain(database)).differences
    books = await verify_books(database, source_types=SOURCE_TYPES, transaction_types=TRANSACTION_TYPES)
    assert {each.row.split()[0] for each in [*chain, *books.differences]} & {"journal_entries"}


async def test_a_step_posts_once(each_database: Database) -> None:
    database = each_database
    await fund(database)
    postings = [Posting(entry=entry(line(AVAILABLE, "fees"))) for _ in range(2)]
    with pytest.raises(Exception, match="journal_entries_each_step_posts_once"):
        await post_all(database, *postings)
    await assert_books_hold(database)


async def test_nothing_but_a_return_overdraws(each_database: Database) -> None:
    database = each_database
    await fund(database, 4)
    with pytest.raises(OverdrawnError):
        await post_all(database, Posting(entry=entry(line(AVAILABLE, "fees"))))
    assert await balance(database) == (4, 0)
    await post_all(database, Posting(entry=entry(line(AVAILABLE, "fees")), may_overdraw=True))
    assert await balance(database) == (-1, 0)


async def test_a_balance_that_nobody_holds_is_not_changed(each_database: Database) -> None:
    with pytest.raises(UnheldBalanceError):
        async with each_database.transaction() as conn:
            await ledger.post_entries(conn, [Posting(entry=entry(line("fees", AVAILABLE)))])
    assert await rows(each_database, "TABLE journal_entries") == []


async def test_a_hold_sets_money_aside_and_its_parts_go_where_they_belong(each_database: Database) -> None:
    database = each_database
    await fund(database)
    hold = await reserve(database, "po_1", 700)
    assert await balance(database) == (300, 700)
    await assert_ledger_holds(database)
    posted = await post(database, hold, 500)
    assert (posted.status, posted.posted, await balance(database)) == (HoldStatus.POSTED, 500, (500, 0))
    voided = await void(database, await reserve(database, "po_2", 500))
    assert (voided.status, await balance(database)) == (HoldStatus.VOIDED, (500, 0))
    await post(database, await reserve(database, "po_3", 500), 500)
    assert await balance(database) == (0, 0)
    await assert_ledger_holds(database)


async def test_each_step_of_a_hold_happens_once(each_database: Database) -> None:
    database = each_database
    await fund(database)
    hold = await reserve(database, "po_1", 700)
    assert await reserve(database, "po_1", 700) == hold
    with pytest.raises(HoldConflictError):
        await reserve(database, "po_1", 600)
    posted = await post(database, hold, 700)
    assert await post(database, hold, 700) == posted
    with pytest.raises(HoldConflictError):
        await post(database, hold, 600)
    with pytest.raises(HoldConflictError):
        await void(database, hold)
    other = await reserve(database, "po_2", 100)
    voided = await void(database, other)
    assert await void(database, other) == voided
    with pytest.raises(HoldConflictError):
        await post(database, other, 100)
    with pytest.raises(HoldConflictError):
        await void(database, msgspec.structs.replace(other, source="po_none"))
    assert await balance(database) == (300, 0)
    await assert_ledger_holds(database)


async def test_more_than_is_available_cannot_be_reserved(each_database: Database) -> None:
    database = each_database
    await fund(database, 100)
    await reserve(database, "po_1", 60)
    with pytest.raises(InsufficientFundsError):
        await reserve(database, "po_2", 41)
    with pytest.raises(ValueError, match="of a hold"):
        await post(database, await reserve(database, "po_1", 60), 61)
    await reserve(database, "po_2", 40)
    assert await balance(database) == (0, 100)
    await assert_ledger_holds(database)


async def test_two_holds_at_once_do_not_share_their_money(database: Database, database_url: str) -> None:
    await fund(database, 100)
    async with database.transaction() as conn:
        await ledger.reserve(conn, OWNER, source_type="payout", source="po_1", amount=60, currency="usd", moment=MOMENT)
        second = asyncio.create_task(reserve(database, "po_2", 60))
        await until_somebody_waits(database_url)
    with pytest.raises(InsufficientFundsError):
        await second
    assert await balance(database) == (40, 60)
    await assert_ledger_holds(database)


ACTIONS = st.lists(
    st.tuples(st.sampled_from(["reserve", "post", "void"]), st.integers(1, 3), st.integers(1, 80)), max_size=12
)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(actions=ACTIONS)
async def test_holds_do_what_a_model_does(
    database: Database, owner_database: Database, actions: list[tuple[str, int, int]]
) -> None:
    await execute(owner_database, EMPTY_BOOKS)
    await fund(database, 100)
    available, holds, ended = 100, dict[str, Hold](), set[str]()
    for action, number, amount in actions:
        source = f"po_{number}"
        hold = holds.get(source)
        if action == "reserve" and hold is None:
            if amount <= available:
                holds[source] = await reserve(database, source, amount)
                available -= amount
            else:
                with pytest.raises(InsufficientFundsError):
                    await reserve(database, source, amount)
        elif action == "post" and hold and source not in ended and amount <= hold.amount:
            await post(database, hold, amount)
            ended.add(source)
            available += hold.amount - amount
        elif action == "void" and hold and source not in ended:
            await void(database, hold)
            ended.add(source)
            available += hold.amount
        reserved = sum(each.amount for name, each in holds.items() if name not in ended)
        assert await balance(database) == (available, reserved)
    await assert_ledger_holds(database)


def confirmation(
    topup_id: str, step: BankStep = BankStep.CREDIT, amount: int = 1000, *, number: int = 1
) -> BankConfirmation:
    return BankConfirmation(
        scope=OWNER,
        topup=topup_id,
        step=step,
        number=number,
        bank_account="ba_1",
        amount=amount,
        reference="statement 7, line 3",
    )


async def confirm(database: Database, confirmed: BankConfirmation) -> bool:
    async with database.transaction() as conn:
        return await confirm_by_bank(conn, [(confirmed, MOMENT)]) == 1


async def clearing(database: Database) -> list[tuple[str, int]]:
    """Return what is clearing, as if the sandbox's bank sent statements, having asserted that the books hold."""
    report = await verify_books(database, confirmed_rails=["sandbox"])
    assert report.differences == []
    assert report.clearing.topups == len(report.clearing.oldest)
    assert sum(report.clearing.amounts.values()) == sum(each.amount for each in report.clearing.oldest)
    return [(each.topup, each.amount) for each in report.clearing.oldest]


async def test_clearing_returns_to_zero_once_the_bank_confirms(each_database: Database) -> None:
    database = each_database
    first, second = await fund(database), await fund(database, 300)
    assert await clearing(database) == [(first, 1000), (second, 300)]
    assert await confirm(database, confirmation(first))
    assert await clearing(database) == [(second, 300)]
    assert not await confirm(database, confirmation(first))
    assert await clearing(database) == [(second, 300)]
    assert await balance(database) == (1300, 0)
    await assert_books_hold(database)


async def test_a_confirmation_may_come_before_the_money_is_usable(each_database: Database) -> None:
    database = each_database
    (topup_id,) = await create(database, [new_topup(IDS)])
    await confirm(database, confirmation(topup_id))
    assert await clearing(database) == [(topup_id, -1000)]
    await settle_due(database, now_ms=LATER_MS, ids=IDS, rails=RAILS, renderers=WIRE_FORMATS)
    assert await clearing(database) == []
    await assert_books_hold(database)


async def test_a_return_and_its_fee_leave_nothing_clearing(each_database: Database) -> None:
    """The bank takes 1015 of a top-up of 1000: the customer loses 1000, the rest is a fee."""
    database = each_database
    topup_id = await fund(database, source="btok_us_verified_reversed")
    await confirm(database, confirmation(topup_id))
    await settle_due(database, now_ms=LATER_MS * 2, ids=IDS, rails=RAILS, renderers=WIRE_FORMATS)
    assert await clearing(database) == [(topup_id, -1000)]
    await confirm(database, confirmation(topup_id, BankStep.RETURN, 1015))
    assert await clearing(database) == []
    assert await balance(database) == (0, 0)
    [returned] = [each for each in await ledger.list_entries(database, OWNER, topup_id) if each.step == "bank_return"]
    assert [(each.debit_account, each.credit_account, each.amount) for each in returned.lines] == [
        ("funding:clearing", "bank:ba_1", 1000),
        ("fees", "bank:ba_1", 15),
    ]
    await assert_books_hold(database)


async def test_a_failed_top_up_may_carry_what_the_bank_did(each_database: Database) -> None:
    """Its debit came, was returned, was presented again and returned again: four entries, and nothing is clearing."""
    database = each_database
    topup_id = await fund(database, source="btok_us_verified_insufficientFunds")
    for number in (1, 2):
        await confirm(database, confirmation(topup_id, number=number))
        await confirm(database, confirmation(topup_id, BankStep.RETURN, number=number))
    assert await clearing(database) == []
    assert [each.step for each in await ledger.list_entries(database, OWNER, topup_id)] == [
        "bank_credit",
        "bank_return",
        "bank_credit:2",
        "bank_return:2",
    ]
    await assert_books_hold(database)


async def test_a_confirmation_of_another_amount_is_for_a_person(each_database: Database) -> None:
    database = each_database
    topup_id = await fund(database)
    for wrong in (
        confirmation(topup_id, amount=999),
        confirmation(topup_id, amount=1001),
        confirmation(topup_id, BankStep.RETURN, 999),
    ):
        with pytest.raises(UnexpectedBankAmountError):
            await confirm(database, wrong)
    await confirm(database, confirmation(topup_id, BankStep.RETURN, 1015))
    for other in (
        confirmation(topup_id, BankStep.RETURN, 1020),
        msgspec.structs.replace(confirmation(topup_id, BankStep.RETURN, 1015), bank_account="ba_2"),
        msgspec.structs.replace(confirmation(topup_id, BankStep.RETURN, 1015), reference="statement 8, line 1"),
    ):
        with pytest.raises(ConfirmedOtherwiseError):
            await confirm(database, other)
    with pytest.raises(ResourceMissingError):
        await confirm(database, confirmation("tu_none"))
    assert len(await rows(database, "TABLE bank_confirmations")) == 1
    await assert_books_hold(database)


async def test_two_that_read_the_same_line_post_it_once(database: Database, database_url: str) -> None:
    topup_id = await fund(database)
    async with database.transaction() as conn:
        assert await confirm_by_bank(conn, [(confirmation(topup_id), MOMENT)]) == 1
        second = asyncio.create_task(confirm(database, confirmation(topup_id)))
        await until_somebody_waits(database_url)
    assert not await second
    assert await clearing(database) == []
    await assert_books_hold(database)


async def test_only_rails_whose_bank_confirms_are_clearing(database: Database) -> None:
    await fund(database)
    assert (await verify_books(database)).clearing.topups == 0
