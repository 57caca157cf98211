"""Transfers that arrive by themselves: each is credited once to the account of its reference, or put into suspense."""

import asyncio
import random
import re
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import pytest_asyncio

from brim.api.wire_formats import WIRE_FORMATS
from brim.base.actor import Actor, ActorKind
from brim.base.ids import IdFactory
from brim.base.scope import AccountScope
from brim.core import direct_debits, originators, push
from brim.core.accounts import AccountClosedError
from brim.core.direct_debits import UnfitMatchError
from brim.core.gauges import Gauges
from brim.core.integrity.books import verify_books
from brim.core.line_settlements import MatchedSettlementError, Part, PartKind
from brim.core.operators import Role
from brim.core.originators import SecondPersonError
from brim.core.push import (
    AlreadyProposedError,
    CannotAssignError,
    IncomingTransfer,
    NewInstructions,
    NotProposedError,
    NotSuspendedError,
    Proposal,
    TransfersOffError,
)
from brim.core.rails.ach import ProfileError, TransferPolicy, Transfers
from brim.core.reconciliation import StatementLineRow
from brim.platform.database import Database
from tests.support.audits import TESTER
from tests.support.books import assert_books_hold, rows
from tests.support.live_money import COMPANY, OPERATOR, PAYS, PLATFORM, LiveMoney, at
from tests.support.people import add
from tests.support.push_house import FRIEND, MONDAY, NUMBER, OTHER, House, pays
from tests.support.statement_writers import Account, Entry, bai2, camt053, mt940

BATCH = 9_000
TUESDAY = MONDAY + timedelta(1)
KEY = Actor(kind=ActorKind.API_KEY, id="mk_1", name="key")


@pytest_asyncio.fixture
async def live(database: Database, tmp_path: Path) -> LiveMoney:
    return LiveMoney(database, tmp_path)


@pytest_asyncio.fixture
async def house(live: LiveMoney) -> House:
    return await House(live).open()


@pytest.mark.parametrize("write", [bai2, camt053, mt940])
async def test_a_transfer_that_carries_a_reference_is_a_top_up(house: House, write: Any) -> None:
    wanted = await house.instructions(description="Rent", metadata={"order": "7"})
    content = await house.book(pays(12_345, f"Thanks {wanted.reference}", reference="B1"), write=write)
    ((status, reason, amount),) = await house.states()
    assert (status, reason, amount) == ("credited", None, 12_345)
    assert await house.balance() == 12_345
    (topup,) = await rows(house.database, "SELECT * FROM topups")
    assert (topup["account"], topup["status"], topup["rail"]) == (FRIEND, "succeeded", "push")
    assert (topup["source"], topup["payment_method"], topup["statement_descriptor"]) == (None, None, None)
    assert (topup["description"], topup["metadata"]) == ("Rent", '{"order": "7"}')
    told = await rows(house.database, "SELECT account, type FROM events ORDER BY created, id")
    assert Counter((row["account"], row["type"]) for row in told) == Counter(
        [
            (FRIEND, "topup.created"),
            (FRIEND, "topup.succeeded"),
            (FRIEND, "balance.available"),
            (PLATFORM.account, "brim.incoming_transfer.credited"),
        ]
    )
    posted = await rows(house.database, "SELECT step, debit_account, credit_account FROM journal_entries ORDER BY id")
    assert [tuple(row.values()) for row in posted] == [
        ("topup", "funding:clearing", "balance:available"),
        ("bank_credit", "bank:operating", "funding:clearing"),
    ]
    await house.send(content)  # the bank sends it again
    await house.send(content + b"\n")
    assert len(await house.states()) == 1
    assert await house.balance() == 12_345
    await assert_books_hold(house.database)


async def test_an_account_has_one_lasting_reference_and_each_expected_amount_its_own(house: House) -> None:
    lasting = await house.instructions()
    assert await house.instructions() == lasting
    expected = [await house.instructions(amount=100) for _ in range(3)]
    assert len({lasting.reference, *(each.reference for each in expected)}) == 4
    assert lasting.bank_account == "operating"


async def test_a_platform_that_takes_no_transfers_gives_no_instructions_and_lists_breaks(live: LiveMoney) -> None:
    house = await House(live).open(transfers=Transfers.OFF)
    with pytest.raises(TransfersOffError):
        await house.instructions()
    await house.book(pays(500, "RF18539007547034"))
    assert await house.states() == []
    assert await house.breaks() == ["unmatched_line"]


async def test_a_short_transfer_waits_for_the_rest_and_both_are_credited_then(house: House) -> None:
    wanted = await house.instructions(amount=10_000)
    await house.book(pays(4_000, wanted.reference))
    assert await house.states() == [("suspended", "short", 4_000)]
    assert (await house.balance(), await house.suspense()) == (0, 4_000)
    await house.book(pays(6_500, wanted.reference), on=MONDAY + timedelta(1))
    assert await house.states() == [
        ("suspended", "over", 500),
        ("credited", "short", 4_000),
        ("credited", None, 6_000),
    ]
    assert (await house.balance(), await house.suspense()) == (10_000, 500)
    await house.book(pays(10_000, wanted.reference), on=MONDAY + timedelta(2))
    assert ("suspended", "already_paid", 10_000) in await house.states()
    assert (await house.balance(), await house.suspense()) == (10_000, 10_500)


async def test_what_is_short_over_or_late_is_what_the_profile_says(live: LiveMoney) -> None:
    house = await House(live).open(
        transfers_short=TransferPolicy.CREDIT,
        transfers_over=TransferPolicy.CREDIT,
        transfers_late=TransferPolicy.SUSPEND,
    )
    wanted = await house.instructions(amount=10_000)
    await house.book(pays(4_000, wanted.reference))
    await house.book(pays(9_000, wanted.reference), on=MONDAY + timedelta(1))
    assert await house.states() == [("credited", None, 4_000), ("credited", None, 9_000)]
    late = await house.instructions(amount=700, expires_ms=live.now_ms + 1)
    await house.book(pays(700, late.reference), on=MONDAY + timedelta(30))
    assert (await house.states())[0] == ("suspended", "late", 700)


async def test_a_damaged_missing_unknown_or_double_reference_waits_with_suggestions(house: House) -> None:
    wanted, other = await house.instructions(amount=777), await house.instructions(owner=PLATFORM.account)
    at = next(at for at in range(6, 15) if wanted.reference[at] != wanted.reference[at + 1])
    text = wanted.reference
    damaged = text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    await house.book(
        pays(100, f"Invoice {damaged}"),
        pays(777, "Rent for December"),
        pays(300, "RF18539007547034"),
        pays(400, f"{wanted.reference} or {other.reference}"),
    )
    found = {row["reason"]: row for row in await house.transfers()}
    assert set(found) == {"damaged_reference", "no_reference", "unknown_reference", "several_references"}
    assert {row["status"] for row in found.values()} == {"suspended"}
    assert wanted.id in (found["damaged_reference"]["suggestions"] or "")
    assert FRIEND in (found["no_reference"]["suggestions"] or "")
    assert found["unknown_reference"]["reference"] == "RF18539007547034"
    assert other.id in (found["several_references"]["suggestions"] or "")
    assert await house.suspense() == 1_577
    read = await Gauges(house.database, lambda: house.live.now_ms + 1_000, data_dir=house.live.folder).read()
    figures = {each.name: dict(each.samples) for each in read if each.name.startswith("brim_incoming_transfer")}
    assert figures == {
        "brim_incoming_transfers_suspended": {(PLATFORM.account,): 4},
        "brim_incoming_transfer_oldest_seconds": {(PLATFORM.account,): 1},
    }
    assert await house.breaks() == []


async def test_payments_that_the_bank_does_not_list_in_full_are_one_accounts_only_if_each_says_so(house: House) -> None:
    mine = (await house.instructions()).reference
    await house.book(
        Entry(1_000, "B1", parts=((0, mine), (0, "INVOICE 7"))),
        Entry(500, "B2", parts=((0, mine), (0, mine))),
        write=camt053,
    )
    assert await house.states() == [("credited", None, 500), ("suspended", "several_payments", 1_000)]
    assert FRIEND in ((await house.transfers())[0]["suggestions"] or "")
    assert (await house.balance(), await house.suspense()) == (500, 1_000)


async def test_a_transfer_in_another_currency_or_to_a_closed_account_waits(house: House) -> None:
    wanted = await house.instructions()
    await house.close()
    with pytest.raises(AccountClosedError):
        await house.instructions()
    await house.book(pays(900, wanted.reference))
    assert await house.states() == [("suspended", "account_closed", 900)]
    open_one = await house.instructions(owner=PLATFORM.account)
    await house.book(pays(900, open_one.reference), currency="eur", on=MONDAY + timedelta(1))
    assert ("suspended", "currency", 900) in await house.states()
    await house.propose((await house.transfers())[0]["id"], Proposal.ASSIGN, owner=FRIEND)
    with pytest.raises(CannotAssignError):
        await house.approve((await house.transfers())[0]["id"])


async def test_what_was_sent_in_another_currency_is_no_part_of_an_expected_amount(house: House) -> None:
    wanted = await house.instructions(amount=1_000)
    await house.book(pays(1_000, wanted.reference), currency="eur")
    transfer = await house.only()
    await house.propose(transfer, Proposal.ASSIGN, owner=FRIEND)
    await house.approve(transfer)
    house.opening = 0
    await house.book(pays(1_000, wanted.reference), on=MONDAY + timedelta(1))
    assert await house.states() == [("credited", "currency", 1_000), ("credited", None, 1_000)]
    by_currency = await rows(house.database, "SELECT currency, available FROM balances WHERE livemode ORDER BY 1")
    assert [tuple(row.values()) for row in by_currency] == [("eur", 1_000), ("usd", 1_000)]


async def test_what_is_in_suspense_is_assigned_by_two_people(house: House, database: Database) -> None:
    await add(database, "one@example.com", role=Role.FINANCE)
    await add(database, "two@example.com", role=Role.APPROVER)
    await house.book(pays(2_500, "Rent"))
    transfer = await house.only()
    with pytest.raises(SecondPersonError):
        await house.propose(transfer, Proposal.ASSIGN, owner=FRIEND, by=KEY)
    await house.propose(transfer, Proposal.ASSIGN, owner=FRIEND)
    with pytest.raises(AlreadyProposedError):
        await house.propose(transfer, Proposal.SEND_BACK, by=OTHER)
    with pytest.raises(SecondPersonError):
        await house.approve(transfer, by=OPERATOR)
    with pytest.raises(SecondPersonError):
        await house.approve(transfer, by=KEY)
    credited = await house.approve(transfer)
    assert (credited.status, credited.owner, credited.decided_by) == ("credited", FRIEND, "op_2")
    assert (await house.balance(), await house.suspense()) == (2_500, 0)
    await assert_books_hold(house.database)
    with pytest.raises(NotSuspendedError):
        await house.propose(transfer, Proposal.SEND_BACK)


async def test_what_was_proposed_instead_of_what_somebody_saw_is_not_approved(house: House) -> None:
    await house.book(pays(2_500, "Rent"))
    transfer = await house.only()
    seen = push.Expected(Proposal.ASSIGN, FRIEND)
    await house.propose(transfer, Proposal.ASSIGN, owner=PLATFORM.account)
    for other in (seen, push.Expected(Proposal.SEND_BACK, None)):
        with pytest.raises(NotProposedError):
            await house.approve(transfer, expected=other)
    assert (await house.states(), await house.suspense()) == ([("suspended", "no_reference", 2_500)], 2_500)
    credited = await house.approve(transfer, expected=push.Expected(Proposal.ASSIGN, PLATFORM.account))
    assert credited.owner == PLATFORM.account


async def test_no_statement_lets_one_person_decide_where_there_are_two(house: House, database: Database) -> None:
    await add(database, "one@example.com", role=Role.FINANCE)
    await add(database, "two@example.com", role=Role.APPROVER)
    await house.book(pays(2_500, "Rent"))
    transfer = await house.only()
    undecided = "UPDATE incoming_transfers SET status = 'returning' WHERE id = $1"
    alone = (
        "UPDATE incoming_transfers SET status = 'returning', proposed = 'send_back', proposed_by = 'op_1',"
        " decided_by = 'op_1', one_person = $2 WHERE id = $1"
    )
    for statement, arguments in ((undecided, ()), (alone, (True,)), (alone, (False,)), (alone, (None,))):
        with pytest.raises(asyncpg.CheckViolationError):
            async with database.connection() as conn:
                await conn.execute(statement, transfer, *arguments)
    await house.propose(transfer, Proposal.SEND_BACK)
    await house.approve(transfer)
    credited_instead = (
        "UPDATE incoming_transfers SET status = 'credited', owner = $2, topup = 'tu_1', proposed = 'assign',"
        " proposed_owner = $2, decided_by = 'op_3', one_person = true WHERE id = $1"
    )
    with pytest.raises(asyncpg.CheckViolationError, match="only person"):
        async with database.connection() as conn:
            await conn.execute(credited_instead, transfer, FRIEND)


async def test_what_is_sent_back_leaves_suspense_with_the_banks_debit(house: House) -> None:
    await house.book(pays(2_500, "Rent"), pays(2_500, "Rent again"))
    first, second = [row["id"] for row in await house.transfers()]
    await house.propose(first, Proposal.SEND_BACK, approvers=1)
    returning = await house.approve(first, by=OPERATOR, approvers=1)
    assert (returning.status, await house.suspense()) == ("returning", 5_000)
    await house.book(pays(-2_500, f"RETURN {returning.return_reference}"), on=MONDAY + timedelta(1))
    assert {row["id"]: row["status"] for row in await house.transfers()} == {first: "returned", second: "suspended"}
    assert (await house.suspense(), await house.breaks()) == (2_500, [])


async def test_a_transfer_has_its_return_reference_again_where_a_restored_database_reads_its_line_again(
    house: House,
) -> None:
    when: Any = {"now_ms": house.live.now_ms, "ids": house.live.ids}

    async def receive(line_key: str) -> IncomingTransfer:
        row = StatementLineRow(
            id="bsl_1",
            scope=PLATFORM,
            bank_account="operating",
            line_key=line_key,
            bank_file="bankf_1",
            position=1,
            booked_on=MONDAY,
            amount=2_500,
            currency="usd",
            type_code="195",
            bank_reference=None,
            reference=None,
            description="Rent",
            matched_kind=None,
            matched=None,
            created_ms=house.live.now_ms,
        )
        line = push.TransferLine(row=row, texts=("Rent",), transfer=house.live.ids.new_at("itr_", house.live.now_ms))
        async with house.database.connection() as conn:
            transaction = conn.transaction()
            await transaction.start()
            (found,) = await push.receive_line(conn, line, policy=push.Policy(), renderers=WIRE_FORMATS, **when)
            await transaction.rollback()
        return found

    first, again, other = await receive("B1"), await receive("B1"), await receive("B2")
    assert first.id != again.id
    assert first.return_reference == again.return_reference != other.return_reference


async def test_what_is_to_be_sent_back_can_be_kept_and_a_part_that_is_assigned_elsewhere_is_no_payment(
    house: House,
) -> None:
    wanted = await house.instructions(amount=10_000)
    await house.book(pays(4_000, wanted.reference))
    transfer = await house.only()
    await house.propose(transfer, Proposal.SEND_BACK, approvers=1)
    await house.approve(transfer, by=OPERATOR, approvers=1)
    kept = await house.decline(transfer)
    assert (kept.status, kept.proposed, kept.decided_by) == ("suspended", None, None)
    await house.propose(transfer, Proposal.ASSIGN, owner=PLATFORM.account, approvers=1)
    await house.approve(transfer, by=OPERATOR, approvers=1)
    assert await house.balance(PLATFORM.account) == 4_000
    await house.book(pays(6_000, wanted.reference), on=MONDAY + timedelta(1))
    assert ("suspended", "short", 6_000) in await house.states()
    await house.book(pays(4_000, wanted.reference), on=MONDAY + timedelta(2))
    assert (await house.balance(), await house.suspense()) == (10_000, 0)


async def test_a_part_that_is_held_for_an_account_that_is_closed_meanwhile_holds_up_no_statement(house: House) -> None:
    wanted = await house.instructions(amount=10_000)
    await house.book(pays(4_000, wanted.reference))
    held = await house.only()
    await house.propose(held, Proposal.ASSIGN, owner=PLATFORM.account)
    await house.book(pays(6_000, wanted.reference), on=MONDAY + timedelta(1))
    await house.decline(held)
    await house.close()
    await house.book(pays(100, wanted.reference), pays(50, "Rent"), on=MONDAY + timedelta(2))
    assert await house.states() == [
        ("suspended", "no_reference", 50),
        ("suspended", "already_paid", 100),
        ("suspended", "short", 4_000),
        ("credited", None, 6_000),
    ]
    assert await house.breaks() == []


async def test_an_amount_that_no_top_up_can_have_waits_and_is_not_assigned(house: House) -> None:
    wanted = await house.instructions()
    await house.book(pays(1_000_000_000_000, wanted.reference))
    assert await house.states() == [("suspended", "amount", 1_000_000_000_000)]
    transfer = await house.only()
    await house.propose(transfer, Proposal.ASSIGN, owner=FRIEND, approvers=1)
    with pytest.raises(CannotAssignError):
        await house.approve(transfer, by=OPERATOR, approvers=1)


async def test_what_is_to_be_sent_back_is_settled_though_no_more_transfers_are_taken(house: House) -> None:
    await house.book(pays(2_500, "Rent"))
    transfer = await house.only()
    await house.propose(transfer, Proposal.SEND_BACK, approvers=1)
    reference = (await house.approve(transfer, by=OPERATOR, approvers=1)).return_reference
    await rows(house.database, "UPDATE originators SET profile = profile - 'transfers'")
    await house.book(pays(700, "Rent"), pays(-2_500, f"returned {reference}"), on=MONDAY + timedelta(1))
    assert (await house.states(), await house.suspense()) == ([("returned", "no_reference", 2_500)], 0)
    assert await house.breaks() == ["unmatched_line"]


async def test_an_open_line_is_settled_as_a_transfer_by_two_people_and_credited_once(
    house: House, database: Database
) -> None:
    mine = (await house.instructions()).reference
    await rows(database, "UPDATE originators SET profile = profile - 'transfers'")
    await house.book(pays(2_500, f"Thanks {mine}", reference="B1"), pays(700, "Rent", reference="B2"))
    assert (await house.states(), await house.breaks()) == ([], ["unmatched_line"] * 2)
    lines = [row["id"] for row in await rows(database, "SELECT id FROM statement_lines ORDER BY amount DESC")]
    whole = Part(kind=PartKind.TRANSFER, amount=2_500)
    with pytest.raises(UnfitMatchError, match="No originator takes the transfers"):
        await house.settle(lines[0], whole)
    await rows(database, "UPDATE line_settlements SET status = 'rejected', decided_by = 'op_2'")
    await rows(database, "UPDATE line_settlement_lines SET is_live = false")
    await rows(database, """UPDATE originators SET profile = profile || '{"transfers": "on"}'""")
    settled = await house.settle(lines[0], whole)
    await house.settle(lines[1], Part(kind=PartKind.TRANSFER, amount=700))
    assert await house.states() == [("suspended", "no_reference", 700), ("credited", None, 2_500)]
    assert (await house.balance(), await house.suspense(), await house.breaks()) == (2_500, 700, [])
    await assert_books_hold(database)
    with pytest.raises(MatchedSettlementError):
        await house.undo(settled)
    await house.book(pays(-2_500, f"RECALL {mine}"), on=MONDAY + timedelta(1))
    assert (await house.balance(), await house.breaks()) == (0, [])


async def test_a_recall_reverses_the_top_up_and_may_take_the_balance_below_zero(house: House) -> None:
    wanted = await house.instructions()
    await house.book(pays(2_500, wanted.reference), pays(1_000, wanted.reference))
    await house.book(pays(-2_500, f"RECALL {wanted.reference}"), on=MONDAY + timedelta(1))
    assert await house.states() == [("credited", None, 1_000), ("recalled", None, 2_500)]
    assert await house.balance() == 1_000
    statuses = await rows(house.database, "SELECT amount, status, failure_code FROM topups ORDER BY amount")
    assert [tuple(row.values()) for row in statuses] == [
        (1_000, "succeeded", None),
        (2_500, "reversed", "could_not_process"),
    ]
    assert await house.breaks() == []
    (topup,) = await rows(house.database, "SELECT id FROM topups WHERE status = 'reversed'")
    moved = await direct_debits.list_lines_of_topup(house.database, PLATFORM, topup["id"])
    assert [line.amount for line in moved] == [2_500, -2_500]


async def test_a_recall_may_stand_before_its_transfer_on_a_statement(house: House) -> None:
    wanted = await house.instructions()
    await house.book(pays(-2_500, f"RECALL {wanted.reference}"), pays(-90, "FEE"), pays(2_500, wanted.reference))
    assert (await house.states(), await house.balance()) == ([("recalled", None, 2_500)], 0)
    assert await house.breaks() == ["unmatched_line"]


@pytest.mark.parametrize("others", [0, 9])
async def test_a_recall_may_stand_on_a_statement_that_comes_before_that_of_its_transfer(
    house: House, others: int
) -> None:
    """The transfer ends as in the right order, also among many that would be applied together."""
    wanted = await house.instructions()
    rent = [pays(100 + n, f"Rent {wanted.reference}", reference=f"R{n}") for n in range(others)]
    transfers = (*rent[:5], pays(2_500, wanted.reference, reference="T1"), *rent[5:])
    before = sum(each.amount for each in rent)
    recall = bai2([Account(NUMBER, "usd", 2_500 + before, (pays(-2_500, f"RECALL {wanted.reference}"),), TUESDAY)])
    await house.send(recall)
    assert await house.breaks() == ["unmatched_line"]
    (opened,) = await rows(house.database, "SELECT detail FROM breaks")
    assert opened["detail"].startswith(f"Recall for {wanted.owner}, with no matching transfer: ")
    first = bai2([Account(NUMBER, "usd", 0, transfers, MONDAY)])
    for content in (first, recall + b"\n", first + b"\n"):
        await house.send(content)
        assert (await house.balance(), await house.breaks()) == (before, [])
        assert [each for each in await house.states() if each[2] == 2_500] == [("recalled", None, 2_500)]
    topups = await rows(house.database, "SELECT id, status, amount FROM topups WHERE amount = 2500")
    assert [row["status"] for row in topups] == ["reversed"]
    moved = await direct_debits.list_lines_of_topup(house.database, PLATFORM, topups[0]["id"])
    assert {line.amount for line in moved} == {2_500, -2_500}
    told = await rows(
        house.database, "SELECT type FROM events WHERE object_id = $1 ORDER BY created, id", topups[0]["id"]
    )
    assert [row["type"] for row in told][-2:] == ["topup.succeeded", "topup.reversed"]
    settled = await rows(house.database, "SELECT id, status, proposed_by, decided_by FROM line_settlements")
    assert [tuple(row.values())[1:] for row in settled] == [("posted", "statement", "matcher")]
    with pytest.raises(MatchedSettlementError):
        await house.undo(settled[0]["id"])
    await assert_books_hold(house.database)


async def test_a_line_that_people_look_at_is_left_to_them_when_its_transfer_comes(house: House) -> None:
    wanted = await house.instructions()
    await house.send(bai2([Account(NUMBER, "usd", 2_500, (pays(-2_500, f"RECALL {wanted.reference}"),), TUESDAY)]))
    (line,) = await rows(house.database, "SELECT id FROM statement_lines")
    await house.propose_settled(line["id"], Part(kind=PartKind.SUSPENSE, amount=-2_500))
    await house.send(bai2([Account(NUMBER, "usd", 0, (pays(2_500, wanted.reference),), MONDAY)]))
    assert (await house.states(), await house.breaks()) == ([("credited", None, 2_500)], ["unmatched_line"])
    await assert_books_hold(house.database)


async def test_a_debit_that_may_take_back_either_of_two_is_a_break(house: House) -> None:
    wanted = await house.instructions()
    await house.book(pays(2_500, wanted.reference), pays(2_500, wanted.reference))
    await house.book(pays(-2_500, f"RECALL {wanted.reference}"), on=MONDAY + timedelta(1))
    assert await house.states() == [("credited", None, 2_500)] * 2
    assert await house.breaks() == ["unmatched_line"]


async def test_a_recall_of_a_transfer_whose_top_up_is_missing_is_left_to_a_person(
    house: House, owner_database: Database
) -> None:
    wanted = await house.instructions()
    await house.book(pays(2_500, wanted.reference))
    credit = "UPDATE incoming_transfers SET topup = $1"
    (kept,) = await rows(owner_database, "SELECT topup FROM incoming_transfers")
    await rows(owner_database, credit, "tu_unknown")
    await house.send(bai2([Account(NUMBER, "usd", 2_500, (pays(-2_500, f"RECALL {wanted.reference}"),), TUESDAY)]))
    (found,) = await rows(house.database, "SELECT kind, amount, detail FROM breaks")
    assert (found["kind"], found["amount"]) == ("line_amount", -2_500)
    assert "whose top-up tu_unknown is missing" in found["detail"]
    assert (await house.states(), await house.balance()) == ([("credited", None, 2_500)], 2_500)
    await rows(owner_database, credit, kept["topup"])  # so that the books hold again


async def test_people_say_which_transfer_a_debit_takes_back_and_what_the_bank_keeps(
    house: House, owner_database: Database
) -> None:
    wanted = await house.instructions()
    await house.book(pays(2_500, wanted.reference), pays(2_500, wanted.reference), pays(700, "Rent"))
    await house.book(pays(-2_525, f"RECALL {wanted.reference}"), pays(-700, "BACK"), on=MONDAY + timedelta(1))
    found = await rows(house.database, "SELECT line FROM breaks WHERE resolved_ms IS NULL ORDER BY amount")
    recalled, back = [row["line"] for row in found]
    first, _, rent = [row["id"] for row in await house.transfers()]
    matches = direct_debits.HandMatches(house.database, house.live.vault, WIRE_FORMATS)
    async with house.database.connection() as conn:
        with pytest.raises(UnfitMatchError, match="There is no transfer"):
            await matches.find_parts(conn, PLATFORM, bank_account="operating", currency="usd", transfers=["itr_none"])
        of_first = await matches.find_parts(conn, PLATFORM, bank_account="operating", currency="usd", transfers=[first])
        of_rent = await matches.find_parts(conn, PLATFORM, bank_account="operating", currency="usd", transfers=[rent])
    await house.settle(recalled, *of_first, Part(kind=PartKind.FEES, amount=-25))
    await house.settle(back, *of_rent)
    assert await house.states() == [
        ("recalled", "no_reference", 700),
        ("credited", None, 2_500),
        ("recalled", None, 2_500),
    ]
    assert (await house.balance(), await house.suspense(), await house.breaks()) == (2_500, 0, [])
    await assert_books_hold(house.database)
    async with house.database.connection() as conn:
        with pytest.raises(UnfitMatchError, match="is already recalled"):
            await matches.find_parts(conn, PLATFORM, bank_account="operating", currency="usd", transfers=[first])
    async with owner_database.connection() as conn:
        await conn.execute("UPDATE line_settlement_parts SET target = 'itr_x' WHERE kind = 'transfer_back'")
    differences = (await verify_books(house.database)).differences
    assert {each.row for each in differences} == {f"incoming_transfers {each}" for each in (first, rent)}


async def test_two_workers_at_once_credit_a_transfer_once(house: House) -> None:
    wanted = await house.instructions(amount=4_000)
    content = bai2([Account(NUMBER, "usd", 0, (pays(1_500, wanted.reference), pays(2_500, wanted.reference)), MONDAY)])
    (house.live.folder / "from-bank" / "statement.txt").write_bytes(content)
    other = LiveMoney(house.database, house.live.folder)
    other.vault, other.encryption_key = house.live.vault, house.live.encryption_key
    other.move_to(house.database)

    async def work(live: LiveMoney) -> None:
        await live.incoming.receive_all(house.database, ids=live.ids, now_ms=house.live.now_ms)
        await live.incoming.apply_all(house.database, ids=live.ids, clock=lambda: house.live.now_ms)

    await asyncio.gather(*(work(each) for each in (house.live, other)))
    assert await house.states() == [("credited", "short", 1_500), ("credited", None, 2_500)]
    assert (await house.balance(), await house.suspense()) == (4_000, 0)
    await assert_books_hold(house.database)


def notification(*accounts: Account) -> bytes:
    """Return the camt.054 that announces a day before its statement."""
    content = camt053(accounts, summary=False)
    start, end = content.index(b"<Bal>"), content.rindex(b"</Bal>") + len(b"</Bal>")
    content = content[:start] + content[end:]
    for old, new in ((b"BkToCstmrStmt", b"BkToCstmrDbtCdtNtfctn"), (b"Stmt>", b"Ntfctn>"), (b"camt.053", b"camt.054")):
        content = content.replace(old, new)
    return content


async def test_books_hold_where_an_account_of_test_mode_has_come_without_its_platform(
    database: Database, owner_database: Database
) -> None:
    ids = IdFactory()
    accounts = {"acct_a": None, "acct_b": None, FRIEND: "acct_a"}
    for account, platform in accounts.items():
        async with database.transaction() as conn:
            await conn.execute(
                "INSERT INTO accounts (account, platform, created) VALUES ($1, $2, 1)", account, platform
            )
            owner = AccountScope(account, livemode=False)
            when: dict[str, Any] = {"by": TESTER, "now_ms": 1_795_305_600_000, "ids": ids}
            made = await push.create_instructions(conn, owner, NewInstructions(currency="usd", amount=500), **when)
            sent: dict[str, Any] = {
                "amount": None,
                "currency": None,
                "reference": None,
                "scenario": push.Scenario.EXACT,
            }
            await push.play_transfer(conn, owner, made.id, renderers=WIRE_FORMATS, **sent, **when)
    await assert_books_hold(database)
    async with owner_database.connection() as conn:
        await conn.execute("UPDATE accounts SET platform = 'acct_b' WHERE account = $1", FRIEND)
    assert [str(each) for each in (await verify_books(database)).differences] == []


async def test_a_notification_and_the_statement_that_repeats_it_credit_once(house: House) -> None:
    wanted = await house.instructions(amount=2_500)
    await house.send(notification(Account(NUMBER, "usd", 0, (pays(2_500, wanted.reference, reference="N1"),), MONDAY)))
    assert (await house.states(), await house.balance()) == ([("credited", None, 2_500)], 2_500)
    await house.book(pays(2_500, wanted.reference, reference="N1"), pays(90, "Rent", reference="N2"), write=camt053)
    assert await house.states() == [("suspended", "no_reference", 90), ("credited", None, 2_500)]
    assert await house.breaks() == []


async def test_a_statement_without_balances_and_references_credits_nothing_that_it_may_say_again(house: House) -> None:
    mine = (await house.instructions()).reference
    content = camt053([Account(NUMBER, "usd", 0, (pays(2_500, mine), pays(2_500, mine)), MONDAY)], summary=False)
    content = re.sub(rb"<Bal>.*?</Bal>", b"", content)
    await house.send(content)
    assert (await house.balance(), await house.breaks()) == (5_000, [])
    await house.send(content.replace(b"<Id>S1</Id>", b"<Id>S2</Id>"))
    assert (await house.balance(), await house.breaks()) == (5_000, ["unmatched_line"] * 2)
    await assert_books_hold(house.database)


async def test_what_fails_in_the_middle_of_a_statement_leaves_nothing_and_is_done_again(
    house: House, owner_database: Database
) -> None:
    wanted = await house.instructions()
    async with owner_database.connection() as conn:
        await conn.execute(
            "CREATE FUNCTION refuse_second() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            " IF NEW.amount = 700 THEN RAISE EXCEPTION 'the disk is full'; END IF; RETURN NEW; END $$;"
            "CREATE TRIGGER refuse_second BEFORE INSERT ON bank_confirmations"
            " FOR EACH ROW EXECUTE FUNCTION refuse_second()"
        )
    content = bai2([Account(NUMBER, "usd", 0, (pays(2_500, wanted.reference), pays(700, wanted.reference)), MONDAY)])
    await house.send(content)
    assert (await house.states(), await house.balance(), await house.breaks()) == ([], 0, ["failed_work"])
    assert await rows(house.database, "SELECT id FROM topups") == []
    async with owner_database.connection() as conn:
        await conn.execute("DROP TRIGGER refuse_second ON bank_confirmations; DROP FUNCTION refuse_second")
    await house.live.work()
    assert await house.states() == [("credited", None, 700), ("credited", None, 2_500)]
    assert await house.balance() == 3_200
    await assert_books_hold(house.database)


async def test_what_names_a_batch_of_ours_is_no_transfer(house: House) -> None:
    wanted = await house.instructions()
    await house.book(Entry(500, "B1", "1234567890-0000099", (wanted.reference,)))
    assert (await house.states(), await house.breaks()) == ([], ["unmatched_line"])


async def test_a_credit_that_names_nothing_and_may_be_a_batch_of_ours_is_left_to_people(house: House) -> None:
    mine = (await house.instructions()).reference
    await house.live.create(await house.live.bank_account(PAYS), 5_000)
    house.live.now_ms = at("2026-12-01 17:01")
    await house.live.work()
    await house.book(pays(5_000, "ACH SETTLEMENT"), pays(4_999, "Rent"), pays(5_000, mine))
    assert await house.states() == [("suspended", "no_reference", 4_999), ("credited", None, 5_000)]
    assert await house.breaks() == ["unmatched_line"]


async def test_verification_finds_a_transfer_that_has_no_line_and_a_line_without_its_transfer(
    house: House, owner_database: Database
) -> None:
    wanted = await house.instructions()
    await house.book(pays(2_500, wanted.reference), pays(700, "Rent"))
    async with owner_database.connection() as conn:
        await conn.execute("UPDATE incoming_transfers SET amount = amount + 1 WHERE status = 'suspended'")
    found = (await verify_books(house.database)).differences
    assert {each.row.split()[0] for each in found} == {"incoming_transfers", "journal_entries"}
    async with owner_database.connection() as conn:
        await conn.execute("DELETE FROM incoming_transfers")
    found = (await verify_books(house.database)).differences
    assert {each.row.split()[0] for each in found} == {"topups", "statement_lines", "journal_entries"}


@pytest.mark.parametrize(
    ("tampering", "expected"),
    [
        ("status = 'credited', ended_by = NULL WHERE status = 'recalled'", "a top-up that is succeeded"),
        ("status = 'recalled', ended_by = 'operating/1' WHERE reason IS NULL AND status = 'credited'", "is reversed"),
        ("instructions = NULL WHERE reason IS NULL AND status = 'credited'", "of the account of instructions"),
        ("ended_by = 'operating/1' WHERE status = 'returned'", "recalled by a line of -900 usd"),
    ],
)
async def test_verification_names_what_was_changed_of_a_transfer(
    house: House, owner_database: Database, tampering: str, expected: str
) -> None:
    mine = (await house.instructions()).reference
    await house.book(pays(2_500, mine), pays(700, mine), pays(900, "Rent"))
    rent = next(row["id"] for row in await house.transfers() if row["amount"] == 900)
    await house.propose(rent, Proposal.SEND_BACK, approvers=1)
    back = (await house.approve(rent, by=OPERATOR, approvers=1)).return_reference
    await house.book(pays(-2_500, mine), pays(-900, back), on=MONDAY + timedelta(1))
    assert await house.states() == [
        ("credited", None, 700),
        ("returned", "no_reference", 900),
        ("recalled", None, 2_500),
    ]
    async with owner_database.connection() as conn:
        await conn.execute("ALTER TABLE incoming_transfers DISABLE TRIGGER incoming_transfers_decided")
        await conn.execute(f"UPDATE incoming_transfers SET {tampering}")
        await conn.execute("ALTER TABLE incoming_transfers ENABLE TRIGGER incoming_transfers_decided")
    found = (await verify_books(house.database)).differences
    assert any(expected in (each.expected or "") for each in found), found


class Model:
    """What ought to be there after transfers, computed without the service."""

    def __init__(self) -> None:
        self.balances: Counter[str] = Counter()
        self.suspense = 0
        self.held: Counter[str] = Counter()
        self.expected: dict[str, tuple[str, int]] = {}

    def receive(self, owner: str, reference: str | None, amount: int) -> None:
        if reference is None:
            self.suspense += amount
        elif reference not in self.expected:
            self.balances[owner] += amount
        else:
            self._receive_expected(reference, amount)

    def _receive_expected(self, reference: str, amount: int) -> None:
        owner, rest = self.expected[reference]
        if amount < rest:
            self.held[reference] += amount
            self.suspense += amount
            self.expected[reference] = owner, rest - amount
        elif rest:
            self.balances[owner] += rest + self.held[reference]
            self.suspense += amount - rest - self.held.pop(reference, 0)
            self.expected[reference] = owner, 0
        else:
            self.suspense += amount


@pytest.mark.parametrize("seed", range(3))
async def test_any_transfers_come_to_what_a_model_says_however_statements_repeat(house: House, seed: int) -> None:
    chance, model = random.Random(seed), Model()
    owners = [FRIEND, PLATFORM.account]
    references = {owner: (await house.instructions(owner=owner)).reference for owner in owners}
    expected = []
    for _ in range(6):
        owner, amount = chance.choice(owners), chance.randrange(100, 5_000)
        made = await house.instructions(owner=owner, amount=amount)
        model.expected[made.reference] = owner, amount
        expected.append(made.reference)
    contents = []
    for number in range(5):
        entries = []
        for place in range(chance.randrange(1, 7)):
            owner = chance.choice(owners)
            reference = chance.choice([None, references[owner], *expected])
            left = model.expected.get(reference or "", ("", 0))[1]
            amount = left if left and chance.random() < 0.4 else chance.randrange(1, 3_000)
            model.receive(owner, reference, amount)
            shown = reference or "no reference"
            text = chance.choice([shown, shown.lower(), "/".join(shown)])
            entries.append(pays(amount, f"pay {text}", reference=f"{number}-{place}"))
        write: Any = chance.choice([bai2, camt053, mt940])
        contents.append(write([Account(NUMBER, "usd", house.opening, tuple(entries), MONDAY + timedelta(number))]))
        house.opening += sum(entry.amount for entry in entries)
    for content in contents:
        await house.send(content)
        if chance.random() < 0.5:
            await house.send(chance.choice(contents[: contents.index(content) + 1]) + b"\n")
    assert {owner: await house.balance(owner) for owner in owners} == {owner: model.balances[owner] for owner in owners}
    assert await house.suspense() == model.suspense
    assert await house.breaks() == []
    await assert_books_hold(house.database)


async def settle_what_is_open(house: House, chance: random.Random, batch: str, ledger: Counter[str]) -> None:
    """Settle most of the open lines, as a batch, as fees or as suspense, and write what that posts."""
    for row in await rows(house.database, "SELECT line, amount FROM breaks WHERE resolved_ms IS NULL ORDER BY id"):
        amount = row["amount"]
        if amount == BATCH:
            part = Part(kind=PartKind.BATCH, amount=amount, target=batch)
        elif chance.random() < 0.3:
            continue
        else:
            kind = chance.choice([PartKind.FEES, PartKind.SUSPENSE])
            part = Part(kind=kind, amount=amount)
            ledger["fees" if kind is PartKind.FEES else "suspense:operating"] -= amount
        await house.settle(row["line"], part)
        ledger["bank:operating"] += amount


async def decide_about_what_waits(house: House, chance: random.Random, ledger: Counter[str]) -> list[Entry]:
    """Assign some transfers and send others back, write what that posts, and return the debits for the latter."""
    debits = []
    for row in await house.transfers():
        if row["status"] != "suspended" or chance.random() < 0.5:
            continue
        proposal = chance.choice([*Proposal])
        owner = PLATFORM.account if proposal is Proposal.ASSIGN else None
        await house.propose(row["id"], proposal, owner=owner)
        decided = await house.approve(row["id"])
        ledger["suspense:operating"] += row["amount"]
        if proposal is Proposal.ASSIGN:
            ledger["balance"] -= row["amount"]
        else:
            ledger["bank:operating"] -= row["amount"]
            debits.append(pays(-row["amount"], decided.return_reference))
    return debits


@pytest.mark.parametrize("seed", range(2))
async def test_batches_transfers_and_what_people_settle_come_to_what_a_model_says(house: House, seed: int) -> None:
    chance, ledger = random.Random(seed), Counter[str]()
    mine = (await house.instructions(owner=PLATFORM.account)).reference
    amounts = iter(chance.sample(range(100, BATCH), 80))
    await house.live.create(await house.live.bank_account(PAYS), BATCH)
    house.live.now_ms = at("2026-12-01 17:01")
    await house.live.work()
    (found,) = await rows(house.database, "SELECT file, number FROM ach_batches")
    batch = f"{found['file']}/{found['number']}"
    contents, credited, back = [], list[int](), list[Entry]()
    for day in range(5):
        entries, back = [*back], []
        for _ in range(chance.randrange(2, 6)):
            amount, what = next(amounts), chance.choice(["named", "named", "nameless", "charge", "recalled"])
            if what == "recalled" and credited:
                amount = credited.pop(chance.randrange(len(credited)))
                entries.append(pays(-amount, f"RECALL {mine}"))
                ledger["balance"] += amount
                ledger["bank:operating"] -= amount
            elif what == "charge":
                entries.append(pays(-amount, "WHAT"))
            else:
                entries.append(pays(amount, mine if what == "named" else "WHAT"))
                ledger["bank:operating"] += amount
                ledger["balance" if what == "named" else "suspense:operating"] -= amount
        if day == seed + 1:
            entries.append(Entry(BATCH, "", f"{COMPANY}-{found['number']:07d}" if seed else "", ("WHAT",)))
            ledger["bank:operating"] += BATCH if seed else 0
        credited += [entry.amount for entry in entries if entry.amount > 0 and entry.text == (mine,)]
        chance.shuffle(entries)
        contents.append(await house.book(*entries, on=MONDAY + timedelta(day)))
        await settle_what_is_open(house, chance, batch, ledger)
        back = await decide_about_what_waits(house, chance, ledger)
        await house.send(chance.choice(contents) + b"\n")
        posted = await house.ledger()
        sent = sum(entry.amount for entry in back)  # has not left the bank account yet, nor suspense
        assert posted["bank:operating"] == ledger["bank:operating"] - sent
        assert posted["suspense:operating"] == ledger["suspense:operating"] + sent
        assert posted["fees"] == ledger["fees"]
        assert await house.balance(PLATFORM.account) == -ledger["balance"]
        await assert_books_hold(house.database)
    assert (await rows(house.database, "SELECT settled_by FROM ach_batches"))[0]["settled_by"]


async def test_instructions_name_the_originators_bank_account(house: House) -> None:
    wanted = await house.instructions()
    async with house.database.connection() as conn:
        details = await push.read_bank_details(conn, house.live.vault, wanted)
    assert details.account_number == NUMBER
    assert details.routing_number == house.live.routing
    assert wanted.originator is not None


async def change_bank(house: House, folder: Path, active: str) -> None:
    """Let a second originator of another bank account take over, whose bank's files are in a folder."""
    profile = house.live.profile(
        transfers=Transfers.ON,
        bank_account="second",
        outgoing_folder=str(folder / "to-second"),
        incoming_folder=str(folder / "from-second"),
    )
    when: Any = {"now_ms": house.live.now_ms, "ids": house.live.ids}
    async with house.database.transaction() as conn:
        await originators.suspend_originator(conn, PLATFORM, active, by=OPERATOR, **when)
        change = originators.ProfileChange(profile, account_number="1112223334")
        made = await originators.save_originator(conn, house.live.vault, PLATFORM, change, by=TESTER, **when)
        await originators.activate_originator(conn, PLATFORM, made.id, approvers=1, by=OPERATOR, **when)


async def test_instructions_name_the_bank_account_that_is_paid_now(house: House, tmp_path: Path) -> None:
    wanted = await house.instructions()
    await change_bank(house, tmp_path, wanted.originator or "")
    again = await house.instructions()
    async with house.database.connection() as conn:
        details = await push.read_bank_details(conn, house.live.vault, again)
    assert (again.id, details.account_number) == (wanted.id, "1112223334")


async def test_a_debit_of_another_bank_account_takes_nothing_back(house: House, tmp_path: Path) -> None:
    wanted = await house.instructions()
    await house.book(pays(2_500, wanted.reference))
    await change_bank(house, tmp_path, wanted.originator or "")
    (tmp_path / "to-second").mkdir()
    (tmp_path / "from-second").mkdir()
    debit = pays(-2_500, f"BACK {wanted.reference}")
    content = bai2([Account("1112223334", "usd", 0, (debit, pays(900, wanted.reference)), MONDAY)])
    (tmp_path / "from-second" / "statement.txt").write_bytes(content)
    await house.live.work()
    assert await house.states() == [("credited", None, 900), ("credited", None, 2_500)]
    assert await house.breaks() == ["unmatched_line"]
    await assert_books_hold(house.database)


async def test_a_bank_account_whose_lines_were_posted_keeps_its_name(house: House) -> None:
    """A statement that came again under another name would credit its transfers once more."""
    lasting = await house.instructions()
    content = await house.book(pays(2_500, lasting.reference))
    live = house.live
    profile = live.profile(transfers=Transfers.ON, bank_account="main")
    (found,) = await rows(house.database, "SELECT id FROM originators")
    moment: dict[str, Any] = {"by": OPERATOR, "now_ms": live.now_ms, "ids": live.ids}
    change = originators.ProfileChange(profile, originator_id=found["id"])
    async with house.database.transaction() as conn:
        with pytest.raises(ProfileError, match="have been posted under the name operating"):
            await originators.save_originator(conn, live.vault, PLATFORM, change, **moment)
    await house.send(content + b"\n")
    assert await house.balance() == 2_500
