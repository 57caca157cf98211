"""Refunds of top-ups, against a bank that shares no code with the service."""

import asyncio
import json
import random
from datetime import date
from pathlib import Path
from typing import Any, Final

import asyncpg
import msgspec
import pytest
import pytest_asyncio

from brim.api.wire_formats import WIRE_FORMATS
from brim.bank.commands import REHEARSAL_ROUTING
from brim.base.actor import Actor
from brim.base.errors import BrimError, ResourceMissingError
from brim.base.paging import PageRequest
from brim.base.scope import AccountScope
from brim.core import direct_debits, ledger, originators, refunds, reversals
from brim.core.accounts import live_money_of_account
from brim.core.direct_debits import entry_store
from brim.core.direct_debits.applying import Applied, apply_return, post_bank_steps
from brim.core.direct_debits.refund_outcomes import apply_returned_refund, book_refunds
from brim.core.direct_debits.sending import check_outgoing, mark_sent
from brim.core.integrity.books import verify_books
from brim.core.line_settlements import Proposal, propose_settlement
from brim.core.rails.ach import ACH, Offset, SecCode
from brim.core.rails.ach.nacha import Movement, make_entry
from brim.core.reconciliation import page_lines
from brim.core.refunds import FailureReason, Refund, RefundCheck, RefundStatus
from brim.core.reversals import ReversalReason
from brim.core.time import OwnerTime, lock_owner_time
from brim.core.topups import BankStep
from brim.core.verification import END, START, Range
from brim.platform.database import Database
from tests.support.books import assert_books_hold, rows
from tests.support.live_credits import (
    APPROVED_BY,
    FILE_THAT_NOBODY_APPROVES,
    OTHER,
    THIRD,
    approve,
    assert_bank_agrees,
    breaks,
    lines,
    records,
    settle,
)
from tests.support.live_money import COMPANY, OPERATOR, PAYS, PLATFORM, LiveMoney, at
from tests.support.people import add
from tests.support.waiting import until_somebody_waits, while_held

CREDIT_RETURNED, RETURNED_LATE, CHANGED = "9402020000", "9910120000", "9801000000"
"""Accounts whose credits come back (R02), whose debit comes back on day 12 (R10), and that a bank corrects (C01)."""


@pytest_asyncio.fixture
async def live(database: Database, tmp_path: Path) -> LiveMoney:
    return LiveMoney(database, tmp_path)


async def refund(live: LiveMoney, topup: str, amount: int | None = None, *, by: Actor = OPERATOR) -> Refund:
    async with live.database.transaction() as conn:
        return await direct_debits.request_refund(
            conn,
            PLATFORM,
            topup,
            direct_debits.RefundRequest(amount=amount, description="Sorry.", metadata={"order": "7"}),
            renderers=WIRE_FORMATS,
            by=by,
            now_ms=live.now_ms,
            ids=live.ids,
        )


async def cancel(live: LiveMoney, found: Refund) -> Refund:
    async with live.database.transaction() as conn:
        return await direct_debits.cancel_refund(
            conn, PLATFORM, found.id, renderers=WIRE_FORMATS, by=OTHER, now_ms=live.now_ms, ids=live.ids
        )


async def now(live: LiveMoney, found: Refund) -> Refund:
    """Return a refund as it is now."""
    async with live.database.connection() as conn:
        return (await refunds.fetch_refunds(conn, PLATFORM, [found.id]))[found.id]


async def paid(live: LiveMoney, number: str = PAYS, amount: int = 5_000, **bank_account: Any) -> str:
    """Return a top-up that succeeds on December 7, and whose ordinary returns have arrived then."""
    topup = await live.create(await live.bank_account(number, **bank_account), amount)
    await live.until("2026-12-01 17:10")
    await live.until("2026-12-02 15:00", step_hours=24)
    await live.until("2026-12-07 15:00", step_hours=120)
    assert (await live.topup(topup))["status"] == "succeeded"
    return topup


async def sent(live: LiveMoney, found: Refund, cutoff: str = "2026-12-07 17:00") -> Refund:
    """Let a refund leave with the file of a cut-off."""
    live.now_ms = at(cutoff)
    await approve(live)
    left = await now(live, found)
    assert left.file is not None
    return left


async def available(live: LiveMoney) -> int:
    return -(await live.ledger()).get("balance:available", 0)


async def events(live: LiveMoney, found: Refund) -> list[str]:
    told = await rows(live.database, "SELECT type FROM events WHERE object_id = $1 ORDER BY created, id", found.id)
    return [row["type"].removeprefix("brim.refund.") for row in told]


async def come_back(live: LiveMoney, topup: str) -> Applied:
    async with live.database.transaction() as conn:
        (entry,) = await entry_store.list_entries_of_topups(conn, PLATFORM, [topup])
        return await apply_return(
            conn,
            entry,
            code="R10",
            trace="110000000000077",
            profile=live.profile(),
            renderers=WIRE_FORMATS,
            now_ms=live.now_ms,
            ids=live.ids,
        )


async def void(live: LiveMoney, file_id: str | None) -> None:
    async with live.database.transaction() as conn:
        await direct_debits.void_file(conn, PLATFORM, file_id or "", by=OPERATOR, now_ms=live.now_ms, ids=live.ids)


async def test_a_top_up_is_refunded_in_parts_until_nothing_is_left(live: LiveMoney) -> None:
    await live.open()
    topup = await paid(live)
    first = await refund(live, topup, 2_000)
    assert (await available(live), first.leaves_ms) == (3_000, at("2026-12-07 17:00"))  # at once
    with pytest.raises(refunds.RefundTooLargeError, match=r"\(\$30.01\) is greater than the unrefunded .* \(\$30.00\)"):
        await refund(live, topup, 3_001)
    second = await refund(live, topup)
    assert second.amount == 3_000
    with pytest.raises(refunds.AlreadyRefundedError, match="has already been refunded"):
        await refund(live, topup, 1)
    left = await sent(live, first)
    await assert_bank_agrees(live, clearing=-5_000)  # on its way
    await live.until("2026-12-09 12:00")
    for each in (first, second):
        found = await now(live, each)
        assert (found.status, found.settled_on, found.file) == (RefundStatus.SUCCEEDED, date(2026, 12, 8), left.file)
        assert await events(live, each) == ["created", "succeeded"]
        assert await lines(live, each.id) == [("refund", -each.amount)]
    assert (await live.topup(topup))["status"] == "succeeded"
    assert await breaks(live) == []
    await assert_bank_agrees(live)
    with pytest.raises(refunds.AlreadyRefundedError):
        await refund(live, topup, 1)
    text = await records(live, left.file or "")
    (debit,) = await rows(live.database, "SELECT topup FROM ach_entries")
    entries = [each for each in text if each[:1] == "6"]
    assert [(each[1:3], int(each[29:39]), each[39:54].strip()) for each in entries] == [
        ("22", 2_000, debit["topup"][-15:]),
        ("22", 3_000, debit["topup"][-15:]),
    ]
    assert all((each[12:29].strip(), each[54:76].strip()) == (PAYS, "Jenny Rosen") for each in entries)
    (header,) = [each for each in text if each[:1] == "5"]
    assert (header[1:4], header[40:50], header[50:53], header[53:63]) == ("220", COMPANY, "PPD", "REFUND    ")
    (control,) = [each for each in text if each[:1] == "8"]
    assert (control[1:4], int(control[20:32]), int(control[32:44])) == ("220", 0, 5_000)
    (line,) = await rows(live.database, "SELECT * FROM audit_log WHERE object = $1", first.id)
    assert (line["action"], line["detail"], json.loads(line["after"])["amount"]) == ("refund.requested", topup, 2_000)
    (kept,) = await rows(live.database, "SELECT description, metadata FROM refunds WHERE id = $1", first.id)
    assert (kept["description"], json.loads(kept["metadata"])) == ("Sorry.", {"order": "7"})


async def test_each_refusal_says_why_and_what_to_do_instead(live: LiveMoney) -> None:
    await live.open(hold_days=1, minimum_hold_days=0)
    pending = await live.create(await live.bank_account(), 1_000)
    canceled = await live.create(await live.bank_account(), 1_001)
    assert await live.cancel(canceled)
    returned = await live.create(await live.bank_account("9903020000"), 1_002)
    source = await live.bank_account()
    done = await live.create(source, 1_003)
    with pytest.raises(ResourceMissingError, match="No such debit"):
        await refund(live, "tu_unknown")
    with pytest.raises(refunds.NotRefundableError, match="Cancel it, or reverse its debit"):
        await refund(live, pending)
    with pytest.raises(refunds.NotRefundableError, match="it is canceled"):
        await refund(live, canceled)
    await live.until("2026-12-01 17:10")
    await live.until("2026-12-03 14:30", step_hours=8)
    assert (await live.topup(done))["status"] == "succeeded"
    with pytest.raises(refunds.DebitReturnableError, match="third banking day"):
        await refund(live, done)
    await live.until("2026-12-07 14:30", step_hours=24)
    with pytest.raises(refunds.NotRefundableError, match=r"returned its debit \(R03\)"):
        await refund(live, returned)
    with pytest.raises(refunds.NotRefundableError, match="could not be applied"):
        await _with_open_return(live, done)
    await rows(live.database, "UPDATE funding_sources SET is_detached = true WHERE id = $1", source)
    with pytest.raises(refunds.NotRefundableError, match="its bank account was detached"):
        await refund(live, done)
    await rows(live.database, "UPDATE funding_sources SET is_detached = false, sealed = NULL WHERE id = $1", source)
    with pytest.raises(refunds.NotRefundableError, match="number of its bank account was erased"):
        await refund(live, done)
    assert await rows(live.database, "SELECT id FROM refunds") == []
    await assert_books_hold(live.database)


async def _with_open_return(live: LiveMoney, topup: str) -> None:
    """Refund a top-up while a return of its debit lies open."""
    (entry,) = await rows(live.database, "SELECT trace FROM ach_entries WHERE topup = $1", topup)
    (listed,) = await rows(
        live.database,
        "INSERT INTO breaks (account, livemode, id, kind, cause, detail, reference, opened_ms)"
        " VALUES ($1, true, 'brk_open', 'unmatched_return', 'x', 'x', $2, 1) RETURNING id",
        PLATFORM.account,
        entry["trace"],
    )
    try:
        await refund(live, topup)
    finally:
        await settle(live, listed)


async def test_only_what_is_available_is_refunded(live: LiveMoney) -> None:
    await live.open()
    gone = await live.create(await live.bank_account(), 4_000)
    topup = await paid(live)
    await spend(live, 8_000)
    with pytest.raises(refunds.RefundFundsError, match=r"\(\$10\.00\) is less than the refund \(\$50\.00\)"):
        await refund(live, topup)
    await refund(live, topup, 600)
    assert await come_back(live, gone) is Applied.REVERSED
    assert await available(live) == -3_600
    with pytest.raises(refunds.RefundFundsError, match=r"is negative \(-\$36\.00\) and has to recover first"):
        await refund(live, topup, 1)
    assert len(await rows(live.database, "SELECT id FROM refunds")) == 1


async def spend(live: LiveMoney, amount: int, source: str = "rsrv_x") -> None:
    async with live.database.transaction() as conn:
        moment = await lock_owner_time(conn, PLATFORM, now_ms=live.now_ms, ids=live.ids)
        await ledger.reserve(
            conn, PLATFORM, source_type="reserve", source=source, amount=amount, currency="usd", moment=moment
        )


async def test_a_refund_is_canceled_before_its_file_is_approved(live: LiveMoney) -> None:
    await live.open()
    topup = await paid(live)
    first, second = await refund(live, topup, 2_000), await refund(live, topup, 3_000)
    ended = await cancel(live, first)
    assert (ended.status, ended.canceled_by, ended.failure_reason) == (RefundStatus.CANCELED, OTHER.id, None)
    assert await lines(live, first.id) == [("refund", -2_000), ("refund_failure", 2_000)]
    assert await available(live) == 2_000
    with pytest.raises(refunds.RefundNotCancelableError, match="it is canceled"):
        await cancel(live, first)
    live.now_ms = at("2026-12-07 17:00")
    await live.work()
    built = await now(live, second)
    await cancel(live, second)  # nobody has approved its file
    with pytest.raises(
        direct_debits.FileChangedError, match=f"its refund {second.id} is canceled and must not be sent. Void"
    ):
        await approve(live)
    await void(live, built.file)
    await live.work()
    assert await rows(live.database, "SELECT id FROM ach_files WHERE status = 'built'") == []
    third = await refund(live, topup)
    left = await sent(live, third, "2026-12-08 17:00")
    assert third.amount == 5_000
    with pytest.raises(refunds.RefundNotCancelableError, match=f"its file {left.file} was approved"):
        await cancel(live, third)
    await live.until("2026-12-10 12:00")
    assert (await now(live, third)).status is RefundStatus.SUCCEEDED
    assert await events(live, second) == ["created", "canceled"]
    (line,) = await rows(
        live.database, "SELECT * FROM audit_log WHERE action = 'refund.canceled' AND object = $1", second.id
    )
    assert json.loads(line["after"])["status"] == "canceled"
    await assert_bank_agrees(live)


async def test_a_refund_that_is_returned_credits_the_balance_and_is_listed(live: LiveMoney) -> None:
    await live.open()
    topup = await paid(live, CREDIT_RETURNED)
    found = await refund(live, topup, 2_000)
    await sent(live, found)
    await live.until("2026-12-08 23:50")
    assert (await now(live, found)).status is RefundStatus.SUCCEEDED
    await live.until("2026-12-11 12:00")
    ended = await now(live, found)
    assert (ended.status, ended.failure_reason, ended.return_code) == (
        RefundStatus.FAILED,
        FailureReason.DECLINED,
        "R02",
    )
    assert await lines(live, found.id) == [("refund", -2_000), ("refund_failure", 2_000)]
    assert await events(live, found) == ["created", "succeeded", "failed"]
    (listed,) = await breaks(live)
    assert (listed["kind"], listed["reference"]) == ("failed_refund", found.id)
    await assert_bank_agrees(live, available=5_000)
    moved = await direct_debits.list_lines_of_topup(live.database, PLATFORM, topup)
    assert sorted(line.amount for line in moved) == [-2_000, 2_000, 5_000]
    returned = next(each for each in (live.folder / "from-bank").glob("returns_*") if "R02" in each.read_text())
    content = returned.read_text()
    (live.folder / "from-bank" / "again.ach").write_text(content.replace("REHEARSAL BANK", "REHEARSAL BAND"))
    await live.work()
    await assert_bank_agrees(live, available=5_000)  # once, however often it arrives
    own = next(line for line in content.splitlines() if line[:1] == "6")[79:94]
    for number, (was, wanted, why) in enumerate(
        (
            ("0000002000", "0000001000", "the refund was of $20.00"),
            ("9402020000", "9402020001", "another bank account"),
        )
    ):
        wrong = content.replace(was, wanted).replace("00" + was, "00" + wanted).replace(own, f"{own[:-1]}{number + 7}")
        (live.folder / "from-bank" / f"wrong{number}.ach").write_text(
            wrong.replace("REHEARSAL BANK", f"REHEARSAL BAN{number}")
        )
        await live.work()
        assert why in (await breaks(live))[-1]["detail"]
    assert (await refund(live, topup)).amount == 5_000  # nothing of it was refunded


async def test_a_refund_whose_money_comes_back_without_a_return_is_listed_until_that_is_applied(
    live: LiveMoney,
) -> None:
    await live.open()
    topup = await paid(live, CREDIT_RETURNED)
    found = await sent(live, await refund(live, topup, 2_000))
    while not (returns := [each for each in await _returns(live) if "R02" in each.read_text()]):
        live.now_ms += 3_600_000
        await live.advance_bank()
    kept = returns[0].rename(live.folder / "kept.ach")
    await live.until("2026-12-11 12:00")
    (listed,) = await breaks(live)
    assert (listed["kind"], listed["reference"]) == ("failed_refund", found.id)
    assert f"credits the money of the refund {found.id} (trace number {found.trace})" in listed["detail"]
    assert (await now(live, found)).status is RefundStatus.SUCCEEDED
    kept.rename(live.folder / "from-bank" / "late.ach")
    await live.work()
    (after,) = await breaks(live)
    assert "was returned with R02: the customer was not paid" in after["detail"]
    (before,) = await rows(live.database, "SELECT resolution FROM breaks WHERE id = $1", listed["id"])
    assert before["resolution"] == "The return R02 was applied."
    await assert_bank_agrees(live, available=5_000)


async def _returns(live: LiveMoney) -> list[Path]:
    return await asyncio.to_thread(lambda: list((live.folder / "from-bank").glob("returns_*")))


@pytest.mark.parametrize("is_debit_first", [False, True])
async def test_of_a_refund_and_a_debit_that_both_come_back_nobody_is_told_to_pay_the_customer(
    live: LiveMoney, is_debit_first: bool
) -> None:
    await live.open()
    topup = await paid(live)
    found = await sent(live, await refund(live, topup, 2_000))

    async def return_refund() -> None:
        async with live.database.transaction() as conn:
            told: dict[str, Any] = {"code": "R02", "trace": "110000000000078", "renderers": WIRE_FORMATS}
            assert await apply_returned_refund(conn, found, **told, now_ms=live.now_ms, ids=live.ids) is None

    if is_debit_first:
        assert await come_back(live, topup) is Applied.REVERSED
        assert [each["kind"] for each in await breaks(live)] == ["paid_twice"]
        await return_refund()
        (listed,) = await breaks(live)
        assert (listed["kind"], "the customer has the money once" in listed["detail"]) == ("failed_refund", True)
    else:
        await return_refund()
        (listed,) = await breaks(live)
        assert "pay the customer another way" in listed["detail"]
        assert await come_back(live, topup) is Applied.REVERSED
        assert await breaks(live) == []
        (listed,) = await rows(live.database, "SELECT resolution FROM breaks WHERE id = $1", listed["id"])
        assert listed["resolution"] == "The debit was returned with R10, so the customer has the money."
    assert await available(live) == 0
    await assert_books_hold(live.database)


async def test_a_refund_goes_to_the_bank_account_as_its_bank_has_corrected_it(live: LiveMoney) -> None:
    """A notification of change about the debit comes before; one about the refund is applied, too."""
    await live.open()
    topup = await paid(live, CHANGED)
    (source,) = await rows(live.database, "SELECT last4, corrected_ms FROM funding_sources")
    assert source["corrected_ms"] is not None
    found = await refund(live, topup)
    left = await sent(live, found)
    number = live.vault.open(left.sealed or b"", place=left.place).decode()
    assert (number[-4:], left.last4, number != CHANGED) == (source["last4"], source["last4"], True)
    (entry,) = [each for each in await records(live, left.file or "") if each[:1] == "6"]
    assert entry[12:29].strip() == number
    await live.until("2026-12-10 12:00")
    corrections = await rows(live.database, "SELECT status, original_trace FROM corrections ORDER BY id")
    assert [(each["status"], each["original_trace"] == left.trace) for each in corrections] in (
        [("applied", False)],
        [("applied", False), ("applied", True)],
        [("applied", False), ("noted", True)],
    )
    assert (await now(live, found)).status is RefundStatus.SUCCEEDED
    assert await breaks(live) == []


@pytest.mark.parametrize("is_in_file", [False, True])
async def test_a_return_of_the_debit_before_the_refund_has_left_ends_it(live: LiveMoney, is_in_file: bool) -> None:
    await live.open()
    topup = await paid(live)
    found = await refund(live, topup, 2_000)
    live.now_ms = at("2026-12-07 17:00")
    if is_in_file:
        await live.work()
    assert await come_back(live, topup) is Applied.REVERSED
    ended = await now(live, found)
    assert (ended.status, ended.failure_reason) == (RefundStatus.FAILED, FailureReason.DISPUTED)
    assert await lines(live, topup) == [("topup", 5_000), ("topup_reversal", -5_000)]
    assert await lines(live, found.id) == [("refund", -2_000), ("refund_failure", 2_000)]
    assert await available(live) == 0
    types = await rows(live.database, "SELECT type FROM events WHERE type LIKE 'brim.negative_balance%'")
    assert types == []  # the balance was never below zero
    if is_in_file:
        with pytest.raises(direct_debits.FileChangedError, match="must not be sent"):
            await approve(live)
        await void(live, ended.file)
    await live.work()
    assert await rows(live.database, "SELECT id FROM ach_files WHERE status IN ('built', 'approved')") == []
    assert await breaks(live) == []
    with pytest.raises(refunds.NotRefundableError, match=r"returned its debit \(R10\)"):
        await refund(live, topup)


async def test_a_return_of_the_debit_after_the_refund_has_left_is_listed_as_paid_twice(live: LiveMoney) -> None:
    await live.open()
    topup = await paid(live, RETURNED_LATE)
    found = await refund(live, topup, 2_000)
    left = await sent(live, found)
    await live.until("2026-12-16 12:00", step_hours=24)
    assert (await live.topup(topup))["status"] == "reversed"
    assert (await now(live, found)).status is RefundStatus.SUCCEEDED
    (listed,) = [each for each in await breaks(live) if each["kind"] != "silent_bank"]
    assert (listed["kind"], listed["reference"], listed["amount"]) == ("paid_twice", found.id, 2_000)
    assert f"sent with trace number {left.trace}: the customer has that amount twice" in listed["detail"]
    await assert_bank_agrees(live, available=-2_000)  # the customer has it, and the account owes it


async def test_a_refund_and_a_reversal_rule_each_other_out(live: LiveMoney) -> None:
    await live.open()
    topup = await paid(live)
    found = await refund(live, topup, 1)
    with pytest.raises(reversals.NotReversibleError, match=f"it was refunded \\({found.id}\\)"):
        await reverse(live, topup)
    await cancel(live, found)
    reversal = await reverse(live, topup)
    with pytest.raises(refunds.NotRefundableError, match=f"its debit was reversed \\({reversal}\\)"):
        await refund(live, topup, 1)


async def reverse(live: LiveMoney, topup: str) -> str:
    async with live.database.transaction() as conn:
        made = await direct_debits.request_reversal(
            conn,
            PLATFORM,
            topup,
            reason=ReversalReason.DUPLICATE,
            renderers=WIRE_FORMATS,
            by=OPERATOR,
            now_ms=live.now_ms,
            ids=live.ids,
        )
    return made.id


async def test_who_requested_a_refund_does_not_approve_its_file(live: LiveMoney) -> None:
    """Whatever the limits of the profile say: it lets other files leave without anybody."""
    await live.open(requires_approval=False)
    topup = await paid(live)
    found = await refund(live, topup)
    live.now_ms = at("2026-12-07 17:00")
    await live.work()
    file = (await now(live, found)).file
    with pytest.raises(originators.SecondPersonError, match="You requested a refund"):
        await approve(live, by=OPERATOR)
    await approve(live)
    (approval,) = await rows(live.database, "SELECT prepared_by FROM ach_approvals WHERE file = $1", file)
    assert OPERATOR.id in approval["prepared_by"]
    await rows(live.database, "UPDATE refunds SET file = NULL, batch = NULL, trace = NULL")
    await rows(live.database, FILE_THAT_NOBODY_APPROVES, file)
    with pytest.raises(asyncpg.CheckViolationError, match="nobody has to approve"):
        await rows(live.database, "UPDATE refunds SET file = 'achf_none', batch = 1, trace = '1'")


@pytest.mark.parametrize("is_version_before", [False, True])
async def test_a_voided_file_lets_its_refund_leave_with_the_next_one(live: LiveMoney, is_version_before: bool) -> None:
    """Also where a version gives it up that knows no refunds; and a stopped account's refund waits."""
    await live.open()
    topup = await paid(live)
    found = await refund(live, topup)
    live.now_ms = at("2026-12-07 17:00")
    await live.work()
    first = await now(live, found)
    if is_version_before:
        await rows(live.database, "UPDATE ach_files SET status = 'voided', voided_ms = 1 WHERE id = $1", first.file)
    else:
        await void(live, first.file)
    requeued = await now(live, found)
    assert (requeued.trace, requeued.sealed, requeued.last4) == (None, None, None)
    async with live.database.transaction() as conn:
        money = await live_money_of_account(conn, PLATFORM.account)
        assert money.has_refund
        await originators.stop_rail(
            conn, PLATFORM, rail=ACH, account=PLATFORM.account, reason="wait", by=OPERATOR, now_ms=live.now_ms,
            ids=live.ids,
        )  # fmt: skip
    await live.work()
    assert (await now(live, found)).file is None
    async with live.database.transaction() as conn:
        await originators.resume_rail(
            conn, PLATFORM, rail=ACH, account=PLATFORM.account, by=OPERATOR, now_ms=live.now_ms, ids=live.ids
        )
    await approve(live)
    second = await now(live, found)
    assert second.file not in {None, first.file}
    assert second.trace not in {None, first.trace}


async def test_a_rejected_refund_is_resubmitted_or_canceled(live: LiveMoney) -> None:
    await live.open()
    topup = await paid(live)
    kept, dropped = await refund(live, topup, 2_000), await refund(live, topup, 3_000)
    (live.folder / "rules.jsonl").write_text(json.dumps({"file": "*", "action": "reject", "reason": "by script"}))
    await live.bank("script", str(live.folder / "rules.jsonl"))
    first = await sent(live, kept)
    await live.until("2026-12-08 10:00")
    await cancel(live, dropped)
    async with live.database.transaction() as conn:
        count = await direct_debits.resubmit_file(
            conn, PLATFORM, first.file or "", by=THIRD, now_ms=live.now_ms, ids=live.ids
        )
    assert count == 1
    live.now_ms = at("2026-12-08 17:00")
    with pytest.raises(originators.SecondPersonError, match="You resubmitted entries in this file"):
        await approve(live, by=THIRD)
    for name in ("first", "second"):
        await add(live.database, f"{name}@example.com")
    with pytest.raises(asyncpg.CheckViolationError, match="op_4 has resubmitted what is in achf_"):
        await rows(live.database, APPROVED_BY, THIRD.id, (await now(live, kept)).file)
    second = await sent(live, kept, "2026-12-08 17:00")
    await live.until("2026-12-10 12:00")
    assert ((await now(live, kept)).status, second.file != first.file) == (RefundStatus.SUCCEEDED, True)
    await assert_bank_agrees(live, available=3_000)


async def test_a_bank_that_books_what_it_has_rejected_pays_no_refund_twice(live: LiveMoney) -> None:
    """By a line of its own, what was canceled since is listed; by a line of the batch, nothing can be canceled then."""
    await live.open()
    topup = await paid(live)
    dropped, kept = await refund(live, topup, 2_000), await refund(live, topup, 1_000)
    left = await sent(live, dropped)
    rejected = "UPDATE ach_batches SET status = 'rejected', settled_by = $3 WHERE file = $1 AND number = $2"
    await rows(live.database, rejected, left.file, left.batch, None)
    await cancel(live, dropped)
    async with live.database.transaction() as conn:
        told: dict[str, Any] = {"bank_account": "operating", "reference": "operating/x", "booked_on": date(2026, 12, 8)}
        named = await refunds.fetch_refunds(conn, PLATFORM, [dropped.id])
        await book_refunds(conn, [*named.values()], **told, renderers=WIRE_FORMATS, now_ms=live.now_ms, ids=live.ids)
    (listed,) = [each for each in await breaks(live) if each["kind"] == "paid_twice"]
    assert (listed["reference"], listed["amount"]) == (dropped.id, 2_000)
    assert "was canceled, but was sent with trace number" in listed["detail"]
    await rows(live.database, rejected, left.file, left.batch, "operating/y")
    with pytest.raises(refunds.RefundNotCancelableError):
        await cancel(live, kept)
    assert await available(live) == 4_000


async def test_a_batch_of_refunds_that_is_booked_though_rejected_has_paid_the_customer(live: LiveMoney) -> None:
    """Nothing of it has gone out again, so the bank's money is what counts; what it has said is listed."""
    await live.open()
    topup = await paid(live)
    found = await sent(live, await refund(live, topup, 2_000))
    rejected = "UPDATE ach_batches SET status = 'rejected' WHERE file = $1 AND number = $2"
    await rows(live.database, rejected, found.file, found.batch)
    await live.until("2026-12-09 12:00")
    assert (await now(live, found)).status is RefundStatus.SUCCEEDED
    (listed,) = [each for each in await breaks(live) if "books batch" in each["detail"]]
    assert (listed["kind"], listed["reference"]) == ("unmatched_acknowledgement", found.file)
    with pytest.raises(direct_debits.FileStateError):
        async with live.database.transaction() as conn:
            await direct_debits.resubmit_file(
                conn, PLATFORM, found.file or "", by=THIRD, now_ms=live.now_ms, ids=live.ids
            )
    await assert_bank_agrees(live, available=3_000)


async def test_a_refund_waits_while_it_is_unclear_whether_the_debit_has_come_back(live: LiveMoney) -> None:
    await live.open()
    topup = await paid(live)
    found = await refund(live, topup)
    (entry,) = await rows(live.database, "SELECT trace FROM ach_entries")
    await rows(
        live.database,
        "INSERT INTO breaks (account, livemode, id, kind, cause, detail, reference, opened_ms)"
        " VALUES ($1, true, 'brk_open', 'taken_back', 'x', 'x', $2, 1)",
        PLATFORM.account,
        entry["trace"],
    )
    live.now_ms = at("2026-12-07 17:00")
    await live.work()
    assert (await now(live, found)).file is None
    await settle(live, {"id": "brk_open"})
    await approve(live)
    assert (await now(live, found)).file is not None


async def taken_back(live: LiveMoney, topup: str) -> None:
    """Let a statement take a debit back whose return could not be applied; a person has resolved its breaks."""
    async with live.database.transaction() as conn:
        entries = await entry_store.list_entries_of_topups(conn, PLATFORM, [topup])
        told: dict[str, Any] = {"bank_account": "operating", "reference": "operating/x"}
        await post_bank_steps(conn, entries, BankStep.RETURN, **told, now_ms=live.now_ms, ids=live.ids)


@pytest.mark.parametrize("is_in_file", [False, True])
async def test_a_refund_whose_debit_a_statement_has_taken_back_pays_nobody(live: LiveMoney, is_in_file: bool) -> None:
    """Whatever became of the return: no break is open that would keep the refund back."""
    await live.open()
    topup = await paid(live)
    found = await refund(live, topup, 2_000)
    live.now_ms = at("2026-12-07 17:00")
    if is_in_file:
        await live.work()
    await taken_back(live, topup)
    if is_in_file:
        await approve(live)
        (file,) = await rows(live.database, "SELECT id, status, held_because FROM ach_files WHERE sent_ms IS NULL")
        assert (file["status"], "A statement has debited the return" in file["held_because"]) == ("approved", True)
        await void(live, file["id"])
    await live.work()
    ended = await now(live, found)
    assert (ended.status, ended.failure_reason, ended.file) == (RefundStatus.FAILED, FailureReason.DISPUTED, None)
    (listed,) = await breaks(live)
    assert (listed["kind"], "do not pay the customer" in listed["detail"]) == ("failed_refund", True)
    with pytest.raises(refunds.NotRefundableError, match="a statement has taken its debit back"):
        await refund(live, topup)
    assert await available(live) == 5_000


@pytest.mark.parametrize("is_same_day", [False, True])
async def test_a_refund_and_a_reversal_above_a_lowered_cap_are_listed_once_until_it_is_raised(
    live: LiveMoney, is_same_day: bool
) -> None:
    """The cap of a file; or that of the same day, where no file settles later."""
    await live.open()
    other, topup = await live.create(await live.bank_account(), 4_000), await paid(live)
    found = await refund(live, topup, 3_000)
    reversal = await reverse(live, other)
    changed: dict[str, Any] = {"file_cap": 2_500}
    if is_same_day:
        changed = {"same_day_cap": 2_500, "same_day_cutoffs": [*live.profile().cutoffs]}
    await rows(live.database, "UPDATE originators SET profile = profile || $1::jsonb", json.dumps(changed))
    for _ in range(2):
        await live.work()
    listed = await breaks(live)
    assert [(each["kind"], each["amount"], each["reference"]) for each in listed] == [
        ("failed_work", 4_000, reversal),
        ("failed_work", 3_000, found.id),
    ]
    assert "$25.00 that a file" in listed[1]["detail"]
    assert (await now(live, found)).file is None


async def test_a_refund_whose_bank_account_has_no_number_any_more_fails_and_is_listed(live: LiveMoney) -> None:
    await live.open()
    found = await refund(live, await paid(live))
    await rows(live.database, "UPDATE funding_sources SET sealed = NULL")
    live.now_ms = at("2026-12-07 17:00")
    await live.work()
    ended = await now(live, found)
    assert (ended.status, ended.failure_reason, ended.file) == (RefundStatus.FAILED, FailureReason.UNKNOWN, None)
    (listed,) = await breaks(live)
    assert (listed["kind"], "can't be put into a file" in listed["detail"]) == ("failed_refund", True)
    assert await available(live) == 5_000


async def test_a_refund_of_a_debit_that_the_bank_then_rejects_fails_or_is_listed(live: LiveMoney) -> None:
    await live.open()
    topup = await paid(live)
    found = await refund(live, topup, 1_000)
    left = await sent(live, found)
    async with live.database.transaction() as conn:
        entries = await entry_store.list_entries_of_topups(conn, PLATFORM, [topup])
        await direct_debits.refunding.report_rejected_refunded(
            conn, WIRE_FORMATS, entries, now_ms=live.now_ms, ids=OwnerTime(live.now_ms, live.ids).ids
        )
    (listed,) = await breaks(live)
    assert (listed["kind"], f"is in {left.file}. If that was sent" in listed["detail"]) == ("paid_twice", True)
    late = await refund(live, topup, 2_000)
    await rows(live.database, "UPDATE ach_batches SET status = 'rejected' WHERE total_debit > 0")
    live.now_ms = at("2026-12-08 17:00")
    await live.work()
    ended = await now(live, late)
    assert (ended.status, ended.failure_reason, ended.file) == (RefundStatus.FAILED, FailureReason.DISPUTED, None)
    (listed,) = [each for each in await breaks(live) if each["kind"] == "failed_refund"]
    assert "do not pay the customer another way" in listed["detail"]  # who was not debited
    with pytest.raises(refunds.NotRefundableError, match="the customer was not debited"):
        await refund(live, topup)


@pytest.mark.parametrize("is_known", [True, False])
async def test_after_a_restore_a_refund_that_has_left_does_not_leave_again(live: LiveMoney, is_known: bool) -> None:
    """One that the older database does not know is written, and paid for, even where the money was spent since."""
    await live.open()
    topup = await paid(live)
    found = await refund(live, topup, 2_000)
    left = await sent(live, found)
    async with live.database.transaction() as conn:
        await conn.execute("DELETE FROM ach_files WHERE id = $1", left.file)
        await conn.execute("DELETE FROM ach_batches WHERE file = $1", left.file)
        if is_known:
            await conn.execute("UPDATE refunds SET file = NULL, batch = NULL, trace = NULL")
    if not is_known:
        await cancel(live, await _forgotten(live, found))
        await spend(live, 4_000)
    async with live.database.transaction() as conn:
        compared = await direct_debits.compare_sent(
            conn, live.vault, WIRE_FORMATS, PLATFORM, found.originator, by=OPERATOR, now_ms=live.now_ms, ids=live.ids
        )
    assert (compared.files, compared.entries, compared.breaks) == (1, 1, 0)
    (learned,) = await rows(live.database, "SELECT * FROM refunds WHERE file = $1", left.file)
    assert (learned["status"], learned["trace"], learned["amount"]) == ("pending", left.trace, 2_000)
    assert learned["requested_by"] == (OPERATOR.id if is_known else "compare")
    assert await available(live) == (3_000 if is_known else -1_000)
    await live.until("2026-12-09 12:00")
    (learned,) = await rows(live.database, "SELECT * FROM refunds WHERE file = $1", left.file)
    assert learned["status"] == "succeeded"
    assert len(await rows(live.database, "SELECT id FROM ach_files")) == 2
    await assert_bank_agrees(live, available=3_000 if is_known else -1_000)


async def test_after_a_restore_a_return_of_a_pending_debit_names_the_refund_that_has_left(live: LiveMoney) -> None:
    await live.open()
    topup = await live.create(await live.bank_account(), 5_000)
    await live.until("2026-12-01 17:10")
    sent_as = Movement(
        transaction_code="22",
        routing_number="110000000",
        account_number=PAYS,
        amount_cents=2_000,
        individual_identification_number=topup[-15:],
        individual_name="Jenny Rosen",
    )
    detail = make_entry(sent_as, trace_number="121042880000099").detail
    async with live.database.transaction() as conn:
        (entry,) = await entry_store.list_entries_of_topups(conn, PLATFORM, [topup])
        await direct_debits.refunding.learn_refund(
            conn,
            live.vault,
            entry,
            direct_debits.refunding.SentRefund(entry.file or "", 9, detail, "compare"),
            profile=live.profile(),
            renderers=WIRE_FORMATS,
            moment=OwnerTime(live.now_ms, live.ids),
        )
    assert await available(live) == -2_000
    assert await come_back(live, topup) is Applied.FAILED
    (listed,) = await breaks(live)
    assert (listed["kind"], listed["amount"]) == ("paid_twice", 2_000)
    assert await available(live) == -2_000  # the customer has it


async def _forgotten(live: LiveMoney, found: Refund) -> Refund:
    """Return a refund as an older database has it: in no file."""
    await rows(live.database, "UPDATE refunds SET file = NULL, batch = NULL, trace = NULL WHERE id = $1", found.id)
    return await now(live, found)


async def test_in_a_balanced_file_the_originator_is_debited_what_is_refunded(live: LiveMoney) -> None:
    live.bank_flags = ("--balanced",)
    await live.open(offset=Offset.CHECKING)
    topup = await paid(live, sec_code=SecCode.CCD)
    made = [await refund(live, topup, amount) for amount in (1_000, 2_000)]
    found = await sent(live, made[0])
    (file,) = await rows(live.database, "SELECT * FROM ach_files WHERE id = $1", found.file)
    text = await records(live, file["id"])
    entries = [(each[1:3], int(each[29:39])) for each in text if each[:1] == "6"]
    assert entries == [("22", 1_000), ("22", 2_000), ("27", 3_000)]
    assert (file["entry_count"], file["total_debit"], file["total_credit"]) == (3, 3_000, 3_000)
    assert [(each[1:4], each[50:53]) for each in text if each[:1] == "5"] == [("200", "CCD")]
    await live.until("2026-12-09 12:00")
    assert {(await now(live, each)).status for each in made} == {RefundStatus.SUCCEEDED}
    await assert_bank_agrees(live, available=2_000)


async def test_a_bank_may_book_each_refund_by_its_trace(live: LiveMoney) -> None:
    await live.open()
    topup = await paid(live)
    found = await sent(live, await refund(live, topup, 2_000))
    await live.until("2026-12-08 22:00")
    live.now_ms = at("2026-12-08 23:30")
    await live.advance_bank()
    statement = live.folder / "from-bank" / "statement_20261208.bai2"
    content = statement.read_text()
    assert content.count(f"{COMPANY}-0000002") == 1
    statement.write_text(content.replace(f"{COMPANY}-0000002", found.trace or ""))
    await live.work()
    (line,) = await rows(live.database, "SELECT matched_kind, matched FROM statement_lines WHERE amount < 0")
    assert (line["matched_kind"], line["matched"]) == ("refund", found.id)
    assert (await now(live, found)).status is RefundStatus.SUCCEEDED
    (file,) = await rows(live.database, "SELECT status FROM ach_files WHERE id = $1", found.file)
    assert file["status"] == "settled"
    await assert_bank_agrees(live, available=3_000)


async def test_a_batch_of_refunds_is_settled_by_the_line_that_books_the_last_of_them(live: LiveMoney) -> None:
    await live.open()
    topup = await paid(live)
    left = [await sent(live, each) for each in [await refund(live, topup, amount) for amount in (2_000, 3_000)]]
    opening = 5_000
    for place, each in enumerate(left):
        (batch,) = await rows(live.database, "SELECT settled_by FROM ach_batches WHERE file = $1", each.file)
        (file,) = await rows(live.database, "SELECT status FROM ach_files WHERE id = $1", each.file)
        assert (batch["settled_by"], file["status"]) == (None, "sent")
        text = f"451,{each.amount},0,X{place},{each.trace},ACH REFUND"
        await live.give_statement(date(2026, 12, 8 + place), text, -each.amount, opening=opening)
        opening -= each.amount
        await live.work()
        assert (await now(live, each)).status is RefundStatus.SUCCEEDED
    (line,) = await rows(live.database, "SELECT line_key FROM statement_lines WHERE matched = $1", left[1].id)
    (batch,) = await rows(live.database, "SELECT settled_by FROM ach_batches WHERE file = $1", left[0].file)
    (file,) = await rows(live.database, "SELECT status FROM ach_files WHERE id = $1", left[0].file)
    assert (batch["settled_by"], file["status"]) == (f"operating/{line['line_key']}", "settled")
    await assert_books_hold(live.database)


async def test_a_batch_that_was_rejected_and_booked_all_the_same_stays_so_when_a_line_books_one_refund(
    live: LiveMoney,
) -> None:
    await live.open()
    found = await sent(live, await refund(live, await paid(live), 2_000))
    rejected = "UPDATE ach_batches SET status = 'rejected', settled_by = 'operating/y' WHERE file = $1"
    await rows(live.database, rejected, found.file)
    text = f"451,2000,0,X1,{found.trace},ACH REFUND"
    await live.give_statement(date(2026, 12, 8), text, -2_000, opening=5_000)
    await live.work()
    assert (await now(live, found)).status is RefundStatus.SUCCEEDED
    (batch,) = await rows(live.database, "SELECT status, settled_by FROM ach_batches WHERE file = $1", found.file)
    assert dict(batch) == {"status": "rejected", "settled_by": "operating/y"}


async def test_a_line_waits_for_a_file_before_it_holds_a_refund_in_it(live: LiveMoney, database_url: str) -> None:
    """Whoever holds the file, to send it or to send it again, may go on to its refunds."""
    await live.open()
    found = await sent(live, await refund(live, await paid(live), 2_000))
    text = f"451,2000,0,X1,{found.trace},ACH REFUND"
    await live.give_statement(date(2026, 12, 8), text, -2_000, opening=5_000)
    held, then = f"SELECT FROM ach_files WHERE id = '{found.file}' FOR UPDATE", "SELECT FROM refunds FOR UPDATE NOWAIT"
    await while_held(live.database, database_url, held, live.work, then)
    assert (await now(live, found)).status is RefundStatus.SUCCEEDED


async def test_a_line_that_names_nothing_is_matched_by_hand_to_a_batch_of_refunds(live: LiveMoney) -> None:
    """Its batch has a debit of the same amount in a balanced file, and is no suggestion for money that came."""
    live.bank_flags = ("--balanced",)
    await live.open(offset=Offset.CHECKING)
    topup = await paid(live)
    found = await sent(live, await refund(live, topup, 2_000))
    await live.until("2026-12-08 22:00")
    live.now_ms = at("2026-12-08 23:30")
    await live.advance_bank()
    statement = live.folder / "from-bank" / "statement_20261208.bai2"
    content = statement.read_text()
    assert content.count(f"{COMPANY}-0000002") == 1
    statement.write_text(content.replace(f"{COMPANY}-0000002", "NOTHING"))
    await live.work()
    matches = direct_debits.HandMatches(live.database, live.vault, WIRE_FORMATS)
    page = await page_lines(live.database, PLATFORM, PageRequest(limit=10))
    (line,) = [each for each in page.items if each.amount < 0]
    name = f"{found.file}/{found.batch}"
    async with live.database.transaction() as conn:
        (suggested,) = await matches.suggest(conn, PLATFORM, line)
        assert [(each.kind, each.target, each.amount) for each in suggested.parts] == [("ach_batch", name, -2_000)]
        assert await matches.suggest(conn, PLATFORM, msgspec.structs.replace(line, break_amount=2_000)) == []
        parts = await matches.find_parts(
            conn, PLATFORM, bank_account="operating", currency="usd", batches=[name], returns=[]
        )
        assert parts == suggested.parts
        with pytest.raises(BrimError, match=f"No debit of {found.id} was returned"):
            await matches.find_parts(
                conn, PLATFORM, bank_account="operating", currency="usd", batches=[], returns=[found.id]
            )
        proposal = Proposal(lines=(line.id,), parts=parts, note="The bank says so.")
        told: dict[str, Any] = {
            "matches": matches,
            "by": OPERATOR,
            "approvers": 1,
            "now_ms": live.now_ms,
            "ids": live.ids,
        }
        await propose_settlement(conn, PLATFORM, proposal, **told)
    assert (await now(live, found)).status is RefundStatus.SUCCEEDED
    assert await breaks(live) == []
    await assert_bank_agrees(live, available=3_000)


async def test_a_refund_that_no_statement_books_is_listed_and_fails_once_a_person_has_looked(live: LiveMoney) -> None:
    await live.open()
    topup = await paid(live)
    found = await sent(live, await refund(live, topup, 2_000))
    live.now_ms = at("2026-12-18 00:00")
    await live.work()
    (listed,) = [each for each in await breaks(live) if each["reference"] == found.id]
    assert "no statement has booked it" in listed["detail"]
    assert (await now(live, found)).status is RefundStatus.PENDING
    for name in ("first", "second"):
        await add(live.database, f"{name}@example.com")
    with pytest.raises(originators.SecondPersonError, match="You requested the reversal or refund that this ends"):
        await settle(live, listed, approvers=2)
    with pytest.raises(asyncpg.CheckViolationError, match="op_1 has requested the credit"):
        await settle(live, listed)
    await settle(live, listed, by=OTHER, approvers=2)
    await live.work()
    ended = await now(live, found)
    assert (ended.status, ended.failure_reason) == (RefundStatus.FAILED, FailureReason.UNKNOWN)
    await live.advance_bank()  # it had booked everything, and nobody had got the statements
    await live.work()
    (late,) = [each for each in await breaks(live) if each["kind"] == "line_amount"]
    assert f"{found.id}, which was missed, and whose money is in the balance again" in late["detail"]
    assert await lines(live, found.id) == [("refund", -2_000), ("refund_failure", 2_000)]
    await assert_books_hold(live.database)


async def test_a_refund_that_went_out_again_does_not_fail_for_what_was_resolved_of_its_first_file(
    live: LiveMoney,
) -> None:
    """Its bank answers late that it has rejected that, so a person resubmits it and resolves its break."""
    await live.open()
    topup = await paid(live)
    first = await sent(live, await refund(live, topup, 2_000))
    live.now_ms = at("2026-12-18 10:00")
    await live.work()
    (listed,) = [each for each in await breaks(live) if each["reference"] == first.id]
    await rows(live.database, "UPDATE ach_batches SET status = 'rejected' WHERE file = $1", first.file)
    async with live.database.transaction() as conn:
        await direct_debits.resubmit_file(conn, PLATFORM, first.file or "", by=THIRD, now_ms=live.now_ms, ids=live.ids)
    await settle(live, listed, by=OTHER)
    second = await sent(live, first, "2026-12-18 17:00")
    live.now_ms = at("2027-01-08 10:00")
    await live.work()
    (listed,) = [each for each in await breaks(live) if each["reference"] == first.id]
    assert second.file in listed["detail"]
    assert (await now(live, first)).status is RefundStatus.PENDING
    await settle(live, listed, by=OTHER)
    await live.work()
    assert (await now(live, first)).status is RefundStatus.FAILED


async def test_a_return_waits_for_a_file_with_a_refund_that_is_being_sent(live: LiveMoney, database_url: str) -> None:
    await live.open()
    topup = await paid(live)
    found = await refund(live, topup)
    live.now_ms = at("2026-12-07 17:00")
    await live.work()
    file = (await now(live, found)).file or ""
    approved = "UPDATE ach_files SET status = 'approved', approved_by = 'op_2', approved_ms = 1 WHERE id = $1"
    await rows(live.database, approved, file)
    async with live.database.transaction() as conn:
        outgoing = await check_outgoing(
            conn, live.vault, WIRE_FORMATS, PLATFORM, file, now_ms=live.now_ms, ids=live.ids
        )
        assert outgoing is not None
        applied = asyncio.create_task(come_back(live, topup))
        await until_somebody_waits(database_url)
        await mark_sent(conn, WIRE_FORMATS, outgoing.file, outgoing.originator, now_ms=live.now_ms, ids=live.ids)
    assert await applied is Applied.REVERSED
    assert (await now(live, found)).status is RefundStatus.PENDING
    assert [each["kind"] for each in await breaks(live)] == ["paid_twice"]
    assert await available(live) == -5_000


async def test_refunds_at_once_never_exceed_the_top_up(live: LiveMoney) -> None:
    await live.open()
    other, topup = await live.create(await live.bank_account(), 9_000), await paid(live)
    assert (await live.topup(other))["status"] == "succeeded"
    results = await asyncio.gather(
        *(refund(live, topup, amount, by=OTHER) for amount in (2_000, 3_000, 1)), return_exceptions=True
    )
    made = [each.amount for each in results if isinstance(each, Refund)]
    refused = (refunds.RefundTooLargeError, refunds.AlreadyRefundedError)
    assert all(isinstance(each, (Refund, *refused)) for each in results)
    assert 0 < sum(made) <= 5_000
    assert await available(live) == 14_000 - sum(made)
    await assert_books_hold(live.database)


async def test_refunds_of_two_top_ups_at_once_do_not_overdraw_the_balance(live: LiveMoney) -> None:
    await live.open()
    first, second = await live.create(await live.bank_account(), 5_000), await paid(live)
    await spend(live, 4_000)
    results = await asyncio.gather(refund(live, first), refund(live, second), return_exceptions=True)
    assert sorted(type(each).__name__ for each in results) == ["Refund", "RefundFundsError"]
    assert await available(live) == 1_000
    left = first if isinstance(results[1], Refund) else second
    beside = await asyncio.gather(refund(live, left, 1_000), spend(live, 1_000, "rsrv_y"), return_exceptions=True)
    refused = [each for each in beside if isinstance(each, (refunds.RefundFundsError, ledger.InsufficientFundsError))]
    assert (len(refused), await available(live)) == (1, 0)
    await assert_books_hold(live.database)


@pytest.mark.parametrize("is_return_first", [True, False])
async def test_of_a_refund_and_a_return_or_a_reversal_at_once_the_customer_is_paid_once(
    live: LiveMoney, is_return_first: bool
) -> None:
    await live.open()
    other, topup = await live.create(await live.bank_account(), 5_000), await paid(live)
    both = [come_back(live, topup), refund(live, topup)]
    results = await asyncio.gather(*(both if is_return_first else both[::-1]), return_exceptions=True)
    assert Applied.REVERSED in results
    refused = [each for each in results if isinstance(each, refunds.NotRefundableError)]
    found = await rows(live.database, "SELECT status FROM refunds WHERE topup = $1", topup)
    assert [each["status"] for each in found] == ([] if refused else ["failed"])
    assert await available(live) == 5_000
    beside = [reverse(live, other), refund(live, other)]
    outcomes = await asyncio.gather(*(beside if is_return_first else beside[::-1]), return_exceptions=True)
    assert sum(isinstance(each, (refunds.NotRefundableError, reversals.NotReversibleError)) for each in outcomes) == 1
    assert await available(live) == 0
    await assert_books_hold(live.database)


async def test_a_cancel_and_a_file_at_once_pay_or_credit_and_not_both(live: LiveMoney) -> None:
    await live.open()
    topup = await paid(live)
    found = await refund(live, topup)
    live.now_ms = at("2026-12-07 17:00")
    results = await asyncio.gather(live.work(), cancel(live, found), return_exceptions=True)
    assert not [each for each in results if isinstance(each, BaseException)]
    ended = await now(live, found)
    assert (ended.status, await available(live)) == (RefundStatus.CANCELED, 5_000)
    if ended.file is not None:
        await void(live, ended.file)
    await live.until("2026-12-09 12:00")
    await assert_bank_agrees(live, available=5_000)


async def test_a_connected_account_pays_for_the_refund_of_its_top_up(live: LiveMoney) -> None:
    below = AccountScope("acct_below", livemode=True)
    await live.open(below.account)
    topup = await live.create(await live.bank_account(scope=below), 5_000, scope=below)
    await live.until("2026-12-01 17:10")
    await live.until("2026-12-07 15:00", step_hours=24)
    found = await refund(live, topup, 2_000)
    assert (found.scope, found.owner) == (PLATFORM, below.account)
    await sent(live, found)
    await live.until("2026-12-09 12:00")
    assert (await now(live, found)).status is RefundStatus.SUCCEEDED
    (kept,) = await rows(live.database, "SELECT account, available FROM balances WHERE available <> 0")
    assert (kept["account"], kept["available"]) == (below.account, 3_000)
    await assert_bank_agrees(live, available=3_000)
    await rows(live.database, "UPDATE accounts SET deleted_ms = 1 WHERE account = $1", below.account)
    with pytest.raises(refunds.NotRefundableError, match="account was deleted or rejected"):
        await refund(live, topup)


async def test_whatever_is_requested_canceled_and_sent_the_books_are_those_of_a_model(
    live: LiveMoney,
) -> None:
    """The model knows amounts only: what is left of each top-up, and what the balance has."""
    chance = random.Random(1)
    await live.open()
    others = [await live.create(await live.bank_account(number), 3_000) for number in (PAYS, CREDIT_RETURNED)]
    topups = [*others, await paid(live)]
    left = {each: int((await live.topup(each))["amount"]) for each in topups}
    balance = sum(left.values())
    made: list[Refund] = []
    for day in ("2026-12-07", "2026-12-08"):
        for _ in range(12):
            topup = chance.choice(topups)
            if made and chance.random() < 0.3:
                found = await now(live, made.pop(chance.randrange(len(made))))
                await cancel(live, found)
                left[found.topup] += found.amount
                balance += found.amount
            else:
                amount = chance.choice((None, 1, 700, 2_900, 6_000))
                wanted = left[topup] if amount is None else amount
                if 0 < wanted <= left[topup]:
                    made.append(await refund(live, topup, amount))
                    left[topup] -= wanted
                    balance -= wanted
                else:
                    with pytest.raises((refunds.AlreadyRefundedError, refunds.RefundTooLargeError)):
                        await refund(live, topup, amount)
            assert await available(live) == balance
        live.now_ms = at(f"{day} 17:00")
        await approve(live)
        made = []  # from here on they are at the bank
    await live.until("2026-12-14 12:00")
    for each in await rows(live.database, "SELECT topup, amount FROM refunds WHERE status = 'failed'"):
        left[each["topup"]] += each["amount"]
        balance += each["amount"]
    async with live.database.connection() as conn:
        kept = await refunds.find_of_topups(conn, PLATFORM, topups)
    for topup in topups:
        paid_back = refunds.refunded_of(kept.get(topup, ()))
        assert paid_back == (await live.topup(topup))["amount"] - left[topup]
        assert topup != others[1] or not paid_back  # its bank has returned all of them
    await assert_bank_agrees(live, available=balance)


async def test_a_clock_that_is_behind_makes_one_file_of_a_refund(rehearsal: LiveMoney) -> None:
    """Whether that is late is judged by the clock, though the file has no debit."""
    live = rehearsal
    await live.open()
    await live.freeze("2026-12-01 10:00")
    live.now_ms = at("2027-03-01 10:00")
    topup = await live.create(await live.bank_account(), 5_000)
    for text in ("2026-12-01 17:01", "2026-12-03 12:00", "2026-12-07 15:00"):
        await live.advance(text)
    assert (await live.topup(topup))["status"] == "succeeded"
    made = await refund(live, topup)
    await live.set_off("2026-12-07 17:01")
    await live.arrive()
    await live.work()
    found = await now(live, made)
    files = await rows(live.database, "SELECT status, test_clock FROM ach_files ORDER BY id")
    assert found.file is not None
    assert [(each["status"], each["test_clock"]) for each in files][1:] == [("built", live.clock)]


@pytest_asyncio.fixture
async def rehearsal(database: Database, owner_database: Database, tmp_path: Path) -> LiveMoney:
    async with owner_database.connection() as conn:
        await conn.execute("INSERT INTO installation (kind, created_ms) VALUES ('rehearsal', 1)")
    return LiveMoney(database, tmp_path, routing=REHEARSAL_ROUTING)


TAMPERED: Final = {
    "UPDATE refunds SET amount = 2001": ["journal_entries", "balance_transactions"],
    "UPDATE refunds SET topup = 'tu_none'": ["refunds"],
    "UPDATE refunds SET balance_transaction = 'txn_none'": ["balance_transactions"],
    "UPDATE refunds SET settled_by = 'x/y'": ["journal_entries"],
    "UPDATE refunds SET status = 'canceled', canceled_by = 'x', failure_balance_transaction = 'txn_none'": [
        "journal_entries",
        "balance_transactions",
    ],
    "INSERT INTO bank_confirmations SELECT owner, livemode, id, 'bank_refund', 'b', 1, 'usd', '', 1 FROM refunds": [
        "journal_entries"
    ],
    "UPDATE refunds SET amount = 5001": ["refunds", "journal_entries", "balance_transactions"],
}


async def test_verification_names_what_a_refund_does_not_call_for(live: LiveMoney) -> None:
    await live.open()
    found = await refund(live, await paid(live), 2_000)
    report = await verify_books(live.database)
    assert (report.differences, report.clearing.topups, report.clearing.amounts) == ([], 1, {"usd": -2_000})
    for statement, tables in TAMPERED.items():
        async with live.database.connection() as conn:
            await conn.execute("BEGIN")
            await conn.execute(statement)
            differences = await RefundCheck().check(conn, Range(START, END), limit=20)
            await conn.execute("ROLLBACK")
        assert sorted({each.row.split()[0] for each in differences}) == sorted(tables), statement
        assert all(found.id in each.row for each in differences)
