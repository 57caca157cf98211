"""Reversals of wrong debits, against a bank that shares no code with the service."""

import asyncio
import json
from datetime import date
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import pytest_asyncio

from brim.api.wire_formats import WIRE_FORMATS
from brim.bank.commands import REHEARSAL_ROUTING
from brim.base.actor import Actor, ActorKind
from brim.base.errors import ResourceMissingError
from brim.base.scope import AccountScope
from brim.core import direct_debits, dishonors, originators, reversals, topups
from brim.core.accounts import live_money_of_account
from brim.core.direct_debits import entry_store
from brim.core.direct_debits.acknowledgements import COLUMNS
from brim.core.direct_debits.applying import Applied, apply_return
from brim.core.direct_debits.credits import find_credited_entry
from brim.core.direct_debits.reversing import report_rejected
from brim.core.direct_debits.sending import check_outgoing, mark_sent
from brim.core.rails.ach import ACH, Confirmation, Offset
from brim.core.reversals import Reversal, ReversalReason, ReversalStatus
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
from tests.support.live_money import COMPANY, OPERATOR, PAYS, PLATFORM, RETURNS_AT_ONCE, LiveMoney, at
from tests.support.people import add
from tests.support.waiting import until_somebody_waits

CREDIT_RETURNED, RETURNED_LATE, CHANGED = "9402020000", "9910120000", "9805000000"
"""Accounts whose credits come back (R02), whose debit comes back on day 12 (R10), and that a bank corrects (C05)."""


@pytest_asyncio.fixture
async def live(database: Database, tmp_path: Path) -> LiveMoney:
    return LiveMoney(database, tmp_path)


@pytest_asyncio.fixture
async def rehearsal(database: Database, owner_database: Database, tmp_path: Path) -> LiveMoney:
    async with owner_database.connection() as conn:
        await conn.execute("INSERT INTO installation (kind, created_ms) VALUES ('rehearsal', 1)")
    return LiveMoney(database, tmp_path, routing=REHEARSAL_ROUTING)


async def reverse(
    live: LiveMoney, topup: str, reason: ReversalReason = ReversalReason.DUPLICATE, *, by: Actor = OPERATOR
) -> Reversal:
    async with live.database.transaction() as conn:
        return await direct_debits.request_reversal(
            conn, PLATFORM, topup, reason=reason, renderers=WIRE_FORMATS, by=by, now_ms=live.now_ms, ids=live.ids
        )


async def of_topup(live: LiveMoney, topup: str) -> Reversal:
    async with live.database.connection() as conn:
        return (await reversals.find_of_topups(conn, PLATFORM, [topup]))[topup]


async def sent(live: LiveMoney, topup: str, cutoff: str) -> Reversal:
    """Let a reversal leave with the file of a cut-off."""
    live.now_ms = at(cutoff)
    await approve(live)
    found = await of_topup(live, topup)
    assert found.file is not None
    return found


async def debited(live: LiveMoney, number: str = PAYS, amount: int = 5_000) -> str:
    """Return a top-up whose debit has left and settles on December 2."""
    topup = await live.create(await live.bank_account(number), amount)
    await live.until("2026-12-01 17:10")
    return topup


async def events(live: LiveMoney, topup: str) -> list[str]:
    found = await of_topup(live, topup)
    told = await rows(
        live.database, "SELECT type FROM events WHERE object_id IN ($1, $2) ORDER BY created, id", topup, found.id
    )
    return [row["type"].removeprefix("brim.") for row in told]


async def test_a_debit_is_taken_back_before_and_after_its_money_is_usable(live: LiveMoney) -> None:
    await live.open()
    pending, done = await live.create(await live.bank_account(), 3_000), await debited(live, amount=5_000)
    await live.until("2026-12-03 12:00")
    early = await reverse(live, pending, ReversalReason.WRONG_AMOUNT)
    failed = await live.topup(pending)
    assert (failed["status"], failed["failure_code"]) == ("failed", "could_not_process")
    assert failed["failure_message"] == "The debit had a wrong amount and was reversed."
    first = await sent(live, pending, "2026-12-03 17:00")
    assert (early.amount, early.number, early.debited_on) == (3_000, 1, date(2026, 12, 2))
    assert early.sendable_until_ms == at("2026-12-09 17:00")
    await live.until("2026-12-08 12:00")
    assert (await live.topup(done))["status"] == "succeeded"
    await assert_bank_agrees(live, available=5_000)
    await reverse(live, done)
    assert (await live.topup(done))["status"] == "reversed"
    assert -(await live.ledger())["balance:available"] == 0  # at once
    second = await sent(live, done, "2026-12-08 17:00")
    await live.until("2026-12-10 12:00")
    for topup, days in ((pending, date(2026, 12, 4)), (done, date(2026, 12, 9))):
        found = await of_topup(live, topup)
        assert (found.status, found.settled_on) == (ReversalStatus.SETTLED, days)
    assert sorted(await events(live, done)) == [
        "ach_reversal.created",
        "ach_reversal.settled",
        "topup.created",
        "topup.reversed",
        "topup.succeeded",
    ]
    assert await lines(live, done) == [("topup", 5_000), ("topup_reversal", -5_000)]
    assert await lines(live, pending) == []
    assert await breaks(live) == []
    files = await rows(live.database, "SELECT id, name, status, total_debit, total_credit FROM ach_files ORDER BY id")
    assert [(row["status"], row["total_debit"], row["total_credit"]) for row in files] == [
        ("settled", 8_000, 0),
        ("settled", 0, 3_000),
        ("settled", 0, 5_000),
    ]
    assert [row["id"] for row in files[1:]] == [first.file, second.file]
    await assert_bank_agrees(live)
    debits = await records(live, files[0]["id"])
    (debit,) = [each for each in debits if each[:1] == "6" and each[79:94] == early.original_trace]
    text = await records(live, files[1]["id"])
    (entry,) = [each for each in text if each[:1] == "6"]
    # As it was debited, but for the transaction code and a trace of its own.
    assert (debit[1:3], entry[1:3], entry[79:94]) == ("27", "22", first.trace)
    assert entry[3:79] == debit[3:79]
    (header,) = [each for each in text if each[:1] == "5"]
    assert (header[1:4], header[40:50], header[50:53], header[53:63]) == ("220", COMPANY, "WEB", "REVERSAL  ")
    (control,) = [each for each in text if each[:1] == "8"]
    assert (control[1:4], int(control[20:32]), int(control[32:44])) == ("220", 0, 3_000)
    (line,) = await rows(live.database, "SELECT * FROM audit_log WHERE object = $1", early.id)
    assert (line["action"], line["detail"]) == ("ach_reversal.requested", pending)
    assert json.loads(line["after"])["reason"] == "wrong_amount"


async def test_each_refusal_says_why_and_what_to_do_instead(live: LiveMoney) -> None:
    await live.open(retry_schedule=("+5",))
    waiting = await live.create(await live.bank_account(), 1_000)
    with pytest.raises(reversals.DebitNotSentError, match="Cancel the top-up instead"):
        await reverse(live, waiting)
    with pytest.raises(ResourceMissingError, match="No such debit"):
        await reverse(live, "tu_unknown")
    canceled = await live.create(await live.bank_account(), 1_001)
    assert await live.cancel(canceled)
    with pytest.raises(reversals.NotReversibleError, match="canceled before it was sent"):
        await reverse(live, canceled)
    live.now_ms = at("2026-12-01 17:00")
    await live.claim()
    with pytest.raises(reversals.DebitNotSentError, match="Detach the bank account"):
        await reverse(live, waiting)
    again = await live.create(await live.bank_account(RETURNS_AT_ONCE), 1_002)
    returned = await live.create(await live.bank_account("9903020000"), 1_003)
    await live.until("2026-12-02 17:10")
    await live.until("2026-12-07 18:00")
    with pytest.raises(reversals.NotReversibleError, match=r"\(R03\), so the customer has the money back"):
        await reverse(live, returned)
    with pytest.raises(reversals.NotReversibleError, match=r"re-presented\. Cancel the top-up"):
        await reverse(live, again)
    live.now_ms = at("2026-12-10 17:00")
    with pytest.raises(reversals.TooLateToReverseError, match="settled on 2026-12-03"):
        await reverse(live, waiting)
    live.now_ms -= 1
    await reverse(live, waiting)
    with pytest.raises(reversals.AlreadyReversedError, match="already has a reversal: see achr_"):
        await reverse(live, waiting)
    with pytest.raises(topups.RetryRefusedError, match="was wrong and was reversed"):
        await live.create(await live.bank_account(), 1_000, retry_of=waiting)
    assert len(await rows(live.database, "SELECT id FROM ach_reversals")) == 1


async def test_a_rejected_or_disputed_debit_is_not_reversed(live: LiveMoney) -> None:
    await live.open()
    (live.folder / "rules.jsonl").write_text(
        json.dumps({"account": "000700000069", "action": "return", "code": "R03", "fault": "amount"})
    )
    await live.bank("script", str(live.folder / "rules.jsonl"))
    unclear = await debited(live, "000700000069")
    await live.until("2026-12-04 18:00")
    (listed,) = await breaks(live)
    with pytest.raises(reversals.NotReversibleError, match=f"could not be applied \\({listed['id']}\\)"):
        await reverse(live, unclear)
    rejected = await live.create(await live.bank_account(), 1_000)
    (live.folder / "rules.jsonl").write_text(json.dumps({"file": "*", "action": "reject", "reason": "by script"}))
    await live.bank("script", str(live.folder / "rules.jsonl"))
    await live.until("2026-12-07 17:10")
    with pytest.raises(reversals.NotReversibleError, match="Do not resubmit it"):
        await reverse(live, rejected)


async def test_a_reversal_that_is_returned_credits_the_balance_again(live: LiveMoney) -> None:
    await live.open()
    early = await live.create(await live.bank_account(CREDIT_RETURNED), 3_000)
    late = await debited(live, CREDIT_RETURNED)
    await live.until("2026-12-03 12:00")
    await reverse(live, early, ReversalReason.WRONG_DATE)
    await sent(live, early, "2026-12-03 17:00")
    await live.until("2026-12-08 12:00")
    await reverse(live, late)
    await sent(live, late, "2026-12-08 17:00")
    await live.until("2026-12-14 12:00")
    for topup, status in ((early, "failed"), (late, "reversed")):
        found = await of_topup(live, topup)
        assert (found.status, found.return_code, found.is_credited) == (ReversalStatus.RETURNED, "R02", True)
        assert (await live.topup(topup))["status"] == status
        assert (await lines(live, topup))[-1] == ("topup_reversal_failure", (await live.topup(topup))["amount"])
        assert (await events(live, topup))[-1] == "ach_reversal.returned"
    await assert_bank_agrees(live, available=8_000)
    assert await breaks(live) == []
    returned = next((live.folder / "from-bank").glob("returns_20261208*"))
    content = returned.read_text()
    (live.folder / "from-bank" / "again.ach").write_text(content.replace("REHEARSAL BANK", "REHEARSAL BAND"))
    await live.work()
    await assert_bank_agrees(live, available=8_000)  # once, however often it arrives
    wrong = content.replace("0000003000", "0000002000").replace("000000003000", "000000002000")
    (live.folder / "from-bank" / "wrong.ach").write_text(wrong.replace("REHEARSAL BANK", "REHEARSAL BANC"))
    await live.work()
    (listed,) = await breaks(live)
    assert "the reversal was of $30.00" in listed["detail"]


async def test_a_notification_of_change_about_a_reversal_corrects_the_bank_account(live: LiveMoney) -> None:
    await live.open()
    topup = await debited(live, CHANGED)
    await live.until("2026-12-02 12:00")
    await reverse(live, topup)
    found = await sent(live, topup, "2026-12-02 17:00")
    await live.until("2026-12-08 12:00")
    corrections = await rows(live.database, "SELECT status, reason FROM corrections ORDER BY id")
    assert [(row["status"], row["reason"]) for row in corrections] == [
        ("applied", None),
        ("noted", "The bank account already has these details."),
    ]
    assert found.status is ReversalStatus.REQUESTED
    assert (await of_topup(live, topup)).status is ReversalStatus.SETTLED
    assert await breaks(live) == []


async def test_a_return_before_the_reversal_has_left_takes_its_place(live: LiveMoney) -> None:
    await live.open()
    topup = await debited(live, RETURNS_AT_ONCE)
    await live.until("2026-12-03 18:00")
    await reverse(live, topup)
    await live.until("2026-12-04 16:30")
    found = await of_topup(live, topup)
    assert (found.status, found.file) == (ReversalStatus.SUPERSEDED, None)
    await live.until("2026-12-10 12:00")
    (entry,) = await rows(live.database, "SELECT status, return_code FROM ach_entries")
    assert (entry["status"], entry["return_code"]) == ("returned", "R01")
    assert (await events(live, topup)).count("topup.failed") == 1
    assert await lines(live, topup) == []
    assert len(await rows(live.database, "SELECT id FROM ach_files")) == 1
    (returned,) = await rows(live.database, "SELECT is_applied FROM ach_returns")
    assert returned["is_applied"]
    await assert_bank_agrees(live)


async def come_back(live: LiveMoney, topup: str) -> Applied:
    """Apply a return of a debit, as a worker that reads it now."""
    found = await of_topup(live, topup)
    async with live.database.transaction() as conn:
        entry = await find_credited_entry(conn, found)
        assert entry is not None
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


async def test_a_file_with_a_reversal_of_what_came_back_is_held_until_it_is_voided(live: LiveMoney) -> None:
    await live.open()
    topup = await debited(live)
    await live.until("2026-12-02 12:00")
    await reverse(live, topup)
    live.now_ms = at("2026-12-02 17:00")
    await live.work()
    async with live.database.transaction() as conn:
        await originators.stop_rail(
            conn, PLATFORM, rail=ACH, account=None, reason="wait", by=OPERATOR, now_ms=live.now_ms, ids=live.ids
        )
    await approve(live)
    assert await come_back(live, topup) is Applied.ENDED
    async with live.database.transaction() as conn:
        await originators.resume_rail(
            conn, PLATFORM, rail=ACH, account=None, by=OPERATOR, now_ms=live.now_ms, ids=live.ids
        )
    await live.work()
    found = await of_topup(live, topup)
    (file,) = await rows(live.database, "SELECT status, held_because FROM ach_files WHERE id = $1", found.file)
    assert file["status"] == "approved"
    assert f"its reversal {found.id} must not be sent. Void the file." in file["held_because"]
    async with live.database.transaction() as conn:
        await direct_debits.void_file(conn, PLATFORM, found.file or "", by=OPERATOR, now_ms=live.now_ms, ids=live.ids)
    await live.until("2026-12-10 12:00")
    assert len(await rows(live.database, "SELECT id FROM ach_files WHERE sent_ms IS NOT NULL")) == 1
    assert (await of_topup(live, topup)).status is ReversalStatus.SUPERSEDED


async def test_a_return_after_the_reversal_has_left_is_named_and_dishonored_with_r62(live: LiveMoney) -> None:
    await live.open()
    topup = await debited(live, RETURNS_AT_ONCE)
    await live.until("2026-12-02 12:00")
    await reverse(live, topup)
    found = await sent(live, topup, "2026-12-02 17:00")
    await live.until("2026-12-07 12:00")
    (listed,) = await breaks(live)
    assert (listed["kind"], listed["reference"]) == ("paid_twice", found.original_trace)
    assert f"with R62 and the information {found.trace}" in listed["detail"]
    await assert_bank_agrees(live, clearing=5_000)  # paid twice: nobody's until the bank gives it back
    (returned,) = await rows(live.database, "SELECT id, is_applied, break_id FROM ach_returns")
    assert (returned["is_applied"], returned["break_id"]) == (False, listed["id"])
    async with live.database.transaction() as conn:
        await direct_debits.dishonor_return(
            conn,
            PLATFORM,
            returned["id"],
            code="R62",
            information=found.trace,
            renderers=WIRE_FORMATS,
            by=OPERATOR,
            now_ms=live.now_ms,
            ids=live.ids,
        )
    await live.until("2026-12-15 12:00")
    (returned,) = await rows(live.database, "SELECT status FROM ach_returns")
    assert returned["status"] == dishonors.ReturnStatus.ACCEPTED
    assert await lines(live, topup) == []  # the customer has the money once
    assert await breaks(live) == []
    await assert_bank_agrees(live)


async def test_a_reversal_that_misses_its_time_credits_the_balance_which_a_later_return_debits(live: LiveMoney) -> None:
    await live.open()
    topup = await debited(live, RETURNED_LATE)
    await live.until("2026-12-09 12:00")
    await reverse(live, topup)
    await live.until("2026-12-09 17:10")
    file = (await of_topup(live, topup)).file
    async with live.database.transaction() as conn:
        review = await direct_debits.review_file(conn, await direct_debits.find_file(conn, PLATFORM, file or ""))
    assert review.send_before_ms == at("2026-12-09 17:30")
    live.now_ms = at("2026-12-09 17:31")  # nobody has approved it
    await live.work()
    found = await of_topup(live, topup)
    assert (found.status, found.file, found.is_credited) == (ReversalStatus.MISSED, None, True)
    assert (await live.topup(topup))["status"] == "reversed"
    (listed,) = await breaks(live)
    assert (listed["kind"], listed["reference"]) == ("failed_reversal", found.id)
    await assert_bank_agrees(live, available=5_000)
    await live.until("2026-12-16 12:00")
    assert await lines(live, topup) == [
        ("topup", 5_000),
        ("topup_reversal", -5_000),
        ("topup_reversal_failure", 5_000),
        ("topup_return", -5_000),
    ]
    await assert_bank_agrees(live)
    assert await breaks(live) == [listed]


async def test_who_requested_a_reversal_does_not_approve_its_file(live: LiveMoney) -> None:
    """Whatever the limits of the profile say: it lets other files leave without anybody."""
    await live.open(requires_approval=False)
    topup = await debited(live)
    await live.until("2026-12-02 12:00")
    await reverse(live, topup)
    live.now_ms = at("2026-12-02 17:00")
    await live.work()
    found = await of_topup(live, topup)
    with pytest.raises(originators.SecondPersonError, match="You requested a reversal"):
        await approve(live, by=OPERATOR)
    for name in ("first", "second"):
        await add(live.database, f"{name}@example.com")
    with pytest.raises(asyncpg.CheckViolationError, match="has prepared achf_"):
        await rows(live.database, APPROVED_BY, OPERATOR.id, found.file)
    await approve(live)
    (approval,) = await rows(live.database, "SELECT prepared_by FROM ach_approvals WHERE file = $1", found.file)
    assert OPERATOR.id in approval["prepared_by"]
    async with live.database.transaction() as conn:
        file = await direct_debits.find_file(conn, PLATFORM, found.file or "")
    assert (file.status, file.approvals_needed) == ("sent", 1)
    await rows(live.database, "UPDATE ach_reversals SET file = NULL, batch = NULL, trace = NULL")
    await rows(live.database, FILE_THAT_NOBODY_APPROVES, found.file)
    with pytest.raises(asyncpg.CheckViolationError, match="nobody has to approve"):
        await rows(live.database, "UPDATE ach_reversals SET file = 'achf_none', batch = 1, trace = '1'")


@pytest.mark.parametrize("is_version_before", [False, True])
async def test_a_voided_file_lets_its_reversal_leave_with_the_next_one(
    live: LiveMoney, is_version_before: bool
) -> None:
    """Also where a version gives it up that knows no reversals; and a stopped account's reversal waits."""
    await live.open()
    topup = await debited(live)
    await live.until("2026-12-02 12:00")
    await reverse(live, topup)
    live.now_ms = at("2026-12-02 17:00")
    await live.work()
    first = await of_topup(live, topup)
    if is_version_before:
        await rows(live.database, "UPDATE ach_files SET status = 'voided', voided_ms = 1 WHERE id = $1", first.file)
    else:
        async with live.database.transaction() as conn:
            await direct_debits.void_file(
                conn, PLATFORM, first.file or "", by=OPERATOR, now_ms=live.now_ms, ids=live.ids
            )
    assert (await of_topup(live, topup)).trace is None
    async with live.database.transaction() as conn:
        money = await live_money_of_account(conn, PLATFORM.account)
        assert money.has_reversal
        await originators.stop_rail(
            conn, PLATFORM, rail=ACH, account=PLATFORM.account, reason="wait", by=OPERATOR, now_ms=live.now_ms,
            ids=live.ids,
        )  # fmt: skip
    await live.work()
    assert (await of_topup(live, topup)).file is None
    async with live.database.transaction() as conn:
        await originators.resume_rail(
            conn, PLATFORM, rail=ACH, account=PLATFORM.account, by=OPERATOR, now_ms=live.now_ms, ids=live.ids
        )
    await approve(live)
    second = await of_topup(live, topup)
    assert second.file not in {None, first.file}
    assert second.trace not in {None, first.trace}


async def test_a_rejected_file_is_resubmitted_with_its_reversal(live: LiveMoney) -> None:
    await live.open()
    topup = await debited(live)
    await live.until("2026-12-02 12:00")
    await reverse(live, topup)
    (live.folder / "rules.jsonl").write_text(json.dumps({"file": "*", "action": "reject", "reason": "by script"}))
    await live.bank("script", str(live.folder / "rules.jsonl"))
    first = await sent(live, topup, "2026-12-02 17:00")
    await live.until("2026-12-03 10:00")
    async with live.database.transaction() as conn:
        count = await direct_debits.resubmit_file(
            conn, PLATFORM, first.file or "", by=THIRD, now_ms=live.now_ms, ids=live.ids
        )
    assert count == 1
    live.now_ms = at("2026-12-03 17:00")
    with pytest.raises(originators.SecondPersonError, match="You resubmitted entries in this file"):
        await approve(live, by=THIRD)
    again = (await of_topup(live, topup)).file
    for name in ("first", "second"):
        await add(live.database, f"{name}@example.com")
    with pytest.raises(asyncpg.CheckViolationError, match="op_4 has resubmitted what is in achf_"):
        await rows(live.database, APPROVED_BY, THIRD.id, again)
    await approve(live)
    second = await of_topup(live, topup)
    await live.until("2026-12-07 12:00")
    assert ((await of_topup(live, topup)).status, second.file != first.file) == (ReversalStatus.SETTLED, True)
    await assert_bank_agrees(live)


async def test_a_reversal_above_the_cap_of_the_same_day_waits_for_a_file_that_settles_later(live: LiveMoney) -> None:
    """Its deadline is the last cut-off that takes it."""
    cutoffs = {"cutoffs": ("10:30", "17:00", "18:00"), "same_day_cutoffs": ("10:30", "18:00")}
    await live.open(**cutoffs, same_day_cap=4_000)
    source = await live.bank_account()
    large, small = await live.create(source, 5_000), await live.create(source, 3_000)
    await live.until("2026-12-01 17:10")
    await live.until("2026-12-03 10:00")
    waits, leaves = await reverse(live, large), await reverse(live, small)
    assert (waits.leaves_ms, waits.sendable_until_ms) == (at("2026-12-03 17:00"), at("2026-12-09 17:00"))
    assert (leaves.leaves_ms, leaves.sendable_until_ms) == (at("2026-12-03 10:30"), at("2026-12-09 18:00"))
    same_day = await sent(live, small, "2026-12-03 10:30")
    assert (await of_topup(live, large)).file is None
    later = await sent(live, large, "2026-12-03 17:00")
    found = await rows(live.database, "SELECT id, effective_date FROM ach_files")
    dates = {row["id"]: row["effective_date"] for row in found}
    assert (dates[same_day.file], dates[later.file]) == (date(2026, 12, 3), date(2026, 12, 4))
    await live.until("2026-12-07 12:00")
    assert (await of_topup(live, large)).status is ReversalStatus.SETTLED
    await assert_bank_agrees(live)


async def test_a_reversal_of_a_debit_that_the_bank_then_rejects_does_not_leave(live: LiveMoney) -> None:
    """Neither does the debit go out again with the others of its batch."""
    await live.open()
    other, topup = await live.create(await live.bank_account(), 1_000), await debited(live)
    await reverse(live, topup)
    await rows(live.database, "UPDATE ach_batches SET status = 'rejected'")
    live.now_ms = at("2026-12-02 17:00")
    await live.work()
    assert (await of_topup(live, topup)).status is ReversalStatus.SUPERSEDED
    (file,) = await rows(live.database, "SELECT id FROM ach_files")
    async with live.database.transaction() as conn:
        count = await direct_debits.resubmit_file(
            conn, PLATFORM, file["id"], by=OPERATOR, now_ms=live.now_ms, ids=live.ids
        )
    assert count == 1
    await live.work()
    entries = await rows(live.database, "SELECT topup, file FROM ach_entries ORDER BY topup")
    assert {row["topup"]: row["file"] == file["id"] for row in entries} == {topup: True, other: False}


@pytest.mark.parametrize("is_known", [True, False])
async def test_after_a_restore_a_reversal_that_has_left_does_not_leave_again(live: LiveMoney, is_known: bool) -> None:
    """One that the older database does not know ends its top-up, too: the customer has the money."""
    await live.open()
    topup = await debited(live)
    await live.until("2026-12-02 12:00")
    found = await reverse(live, topup)
    left = await sent(live, topup, "2026-12-02 17:00")
    async with live.database.transaction() as conn:
        await conn.execute("DELETE FROM ach_files WHERE id = $1", left.file)
        await conn.execute("DELETE FROM ach_batches WHERE file = $1", left.file)
        if is_known:
            await conn.execute("UPDATE ach_reversals SET file = NULL, batch = NULL, trace = NULL")
        else:
            await conn.execute("DELETE FROM ach_reversals")
            await conn.execute("DELETE FROM events WHERE object_id = $1 AND type = 'topup.failed'", topup)
            await conn.execute(
                "UPDATE topups SET status = 'pending', failure_code = NULL, failure_message = NULL, due_ms = $1",
                at("2026-12-07 09:00"),
            )
            await conn.execute("UPDATE exposures SET amount = amount + 5000 WHERE kind = 'source'")
    async with live.database.transaction() as conn:
        compared = await direct_debits.compare_sent(
            conn, live.vault, WIRE_FORMATS, PLATFORM, found.originator, by=OPERATOR, now_ms=live.now_ms, ids=live.ids
        )
    assert (compared.files, compared.entries, compared.breaks) == (1, 1, 0)
    learned = await of_topup(live, topup)
    assert (learned.status, learned.file, learned.trace) == (ReversalStatus.REQUESTED, left.file, left.trace)
    assert (learned.requested_by, learned.reason) == (
        (OPERATOR.id, ReversalReason.DUPLICATE) if is_known else ("compare", None)
    )
    await live.until("2026-12-08 12:00")
    assert (await of_topup(live, topup)).status is ReversalStatus.SETTLED
    assert (await live.topup(topup))["status"] == "failed"
    assert len(await rows(live.database, "SELECT id FROM ach_files")) == 2
    await assert_bank_agrees(live)


@pytest.mark.parametrize(("offset", "code"), [(Offset.CHECKING, "27"), (Offset.SAVINGS, "37")])
async def test_in_a_balanced_file_the_originator_is_debited_what_is_reversed(
    live: LiveMoney, offset: Offset, code: str
) -> None:
    live.bank_flags = ("--balanced",)
    await live.open(offset=offset)
    made = [await live.create(await live.bank_account(), amount) for amount in (1_000, 2_000)]
    await live.until("2026-12-01 17:10")
    await live.until("2026-12-02 12:00")
    for topup in made:
        await reverse(live, topup)
    found = await sent(live, made[0], "2026-12-02 17:00")
    (file,) = await rows(live.database, "SELECT * FROM ach_files WHERE id = $1", found.file)
    text = await records(live, file["id"])
    entries = [(each[1:3], int(each[29:39])) for each in text if each[:1] == "6"]
    assert entries == [("22", 1_000), ("22", 2_000), (code, 3_000)]
    assert (file["entry_count"], file["total_debit"], file["total_credit"]) == (3, 3_000, 3_000)
    assert [each[1:4] for each in text if each[:1] == "5"] == ["200"]
    await live.until("2026-12-04 12:00")
    assert {(await of_topup(live, topup)).status for topup in made} == {ReversalStatus.SETTLED}
    await assert_bank_agrees(live)


async def test_a_debit_that_was_presented_again_is_reversed_in_its_newest_presentment(live: LiveMoney) -> None:
    await live.open(retry_schedule=("+1",))
    topup = await debited(live, "9510100000")
    await live.until("2026-12-07 17:10")
    await live.until("2026-12-08 12:00")
    found = await reverse(live, topup)
    assert (found.number, found.debited_on) == (2, date(2026, 12, 8))
    await sent(live, topup, "2026-12-08 17:00")
    await live.until("2026-12-10 12:00")
    assert (await of_topup(live, topup)).status is ReversalStatus.SETTLED
    steps = await rows(live.database, "SELECT step FROM bank_confirmations WHERE topup = $1 ORDER BY step", topup)
    assert [row["step"] for row in steps] == ["bank_credit", "bank_credit:2", "bank_return", "bank_reversal:2"]
    assert await breaks(live) == []
    await assert_bank_agrees(live)


async def test_a_bank_may_book_each_reversal_by_its_trace(live: LiveMoney) -> None:
    await live.open()
    topup = await debited(live)
    await reverse(live, topup)
    found = await sent(live, topup, "2026-12-02 17:00")
    await live.until("2026-12-03 22:00")
    live.now_ms = at("2026-12-03 23:30")
    await live.advance_bank()
    statement = live.folder / "from-bank" / "statement_20261203.bai2"
    content = statement.read_text()
    assert content.count(f"{COMPANY}-0000002") == 1
    statement.write_text(content.replace(f"{COMPANY}-0000002", found.trace or ""))
    await live.work()
    (line,) = await rows(live.database, "SELECT matched_kind, matched FROM statement_lines WHERE amount < 0")
    assert (line["matched_kind"], line["matched"]) == ("ach_reversal", found.id)
    assert (await of_topup(live, topup)).status is ReversalStatus.SETTLED
    (file,) = await rows(live.database, "SELECT status FROM ach_files WHERE id = $1", found.file)
    assert file["status"] == "settled"
    await assert_bank_agrees(live)


async def test_a_return_waits_for_a_file_that_is_being_sent_and_comes_too_late(
    live: LiveMoney, database_url: str
) -> None:
    await live.open()
    topup = await debited(live)
    await reverse(live, topup)
    live.now_ms = at("2026-12-02 17:00")
    await live.work()
    file = (await of_topup(live, topup)).file or ""
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
    assert await applied is Applied.CONFLICT
    assert (await of_topup(live, topup)).status is ReversalStatus.REQUESTED


async def test_of_two_requests_at_once_one_reverses(live: LiveMoney) -> None:
    await live.open()
    topup = await debited(live)
    results = await asyncio.gather(
        reverse(live, topup), reverse(live, topup, ReversalReason.WRONG_DATE, by=OTHER), return_exceptions=True
    )
    assert len([each for each in results if isinstance(each, reversals.AlreadyReversedError)]) == 1
    assert len(await rows(live.database, "SELECT id FROM ach_reversals")) == 1
    assert (await events(live, topup)).count("topup.failed") == 1


@pytest.mark.parametrize("is_return_first", [True, False])
async def test_of_a_reversal_and_a_return_at_once_the_balance_is_debited_once(
    live: LiveMoney, is_return_first: bool
) -> None:
    """Each waits for the other by the top-up that both hold first, however they begin."""
    await live.open()
    topup = await debited(live)
    await live.until("2026-12-08 12:00")
    assert (await live.topup(topup))["status"] == "succeeded"

    async def come_back_now() -> Applied:
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

    both = [come_back_now(), reverse(live, topup)]
    results = await asyncio.gather(*(both if is_return_first else both[::-1]), return_exceptions=True)
    applied = next(each for each in results if isinstance(each, Applied))
    refused = [each for each in results if isinstance(each, reversals.NotReversibleError)]
    assert (applied, len(refused)) in {(Applied.REVERSED, 1), (Applied.ENDED, 0)}
    assert await lines(live, topup) == [("topup", 5_000), ("topup_reversal", -5_000)]
    if not refused:
        assert (await of_topup(live, topup)).status is ReversalStatus.SUPERSEDED
    await assert_books_hold(live.database)


async def unanswered(live: LiveMoney) -> tuple[str, Reversal]:
    """Return a top-up and its reversal, which has left and which no statement books, on the eighth banking day."""
    await live.open()
    topup = await debited(live)
    await live.until("2026-12-03 12:00")
    await reverse(live, topup)
    found = await sent(live, topup, "2026-12-03 17:00")
    live.now_ms = at("2026-12-15 23:59")
    await live.work()
    assert await breaks_about(live, found) == []
    live.now_ms = at("2026-12-16 00:00")
    await live.work()
    await live.work()
    return topup, await of_topup(live, topup)


async def breaks_about(live: LiveMoney, found: Reversal) -> list[dict[str, Any]]:
    return [each for each in await breaks(live) if found.id in (each["reference"], each["cause"].split("/")[0])]


async def test_a_reversal_that_no_statement_books_is_listed_and_ends_once_a_person_has_looked(live: LiveMoney) -> None:
    topup, found = await unanswered(live)
    assert found.status is ReversalStatus.REQUESTED
    (listed,) = await breaks_about(live, found)
    assert (listed["kind"], listed["amount"]) == ("failed_reversal", 5_000)
    assert "no statement has booked it" in listed["detail"]
    await settle(live, listed)
    await live.work()
    found = await of_topup(live, topup)
    assert (found.status, found.is_credited) == (ReversalStatus.MISSED, True)
    assert await lines(live, topup) == [("topup_reversal_failure", 5_000)]
    assert (await events(live, topup))[-1] == "ach_reversal.missed"
    await live.advance_bank()  # it had booked everything, and nobody had got the statements
    await live.work()
    (late,) = [each for each in await breaks(live) if each["kind"] == "line_amount"]
    assert f"{found.id}, which was missed, and whose money is in the balance again" in late["detail"]
    assert await lines(live, topup) == [("topup_reversal_failure", 5_000)]
    await assert_books_hold(live.database)


async def test_who_requested_a_reversal_does_not_resolve_what_credits_the_balance_again(live: LiveMoney) -> None:
    """Nor does a command, where there are several people; and the database refuses it."""
    topup, found = await unanswered(live)
    (listed,) = await breaks_about(live, found)
    for name in ("first", "second"):
        await add(live.database, f"{name}@example.com")
    with pytest.raises(originators.SecondPersonError, match="You requested the reversal or refund that this ends"):
        await settle(live, listed, approvers=2)
    with pytest.raises(originators.SecondPersonError, match="operators can do it"):
        await settle(live, listed, by=Actor(kind=ActorKind.CLI, id="root", name="root"), approvers=2)
    with pytest.raises(asyncpg.CheckViolationError, match="op_1 has requested the credit"):
        await settle(live, listed)
    await settle(live, listed, by=OTHER, approvers=2)
    await live.work()
    assert (await of_topup(live, topup)).status is ReversalStatus.MISSED
    assert await lines(live, topup) == [("topup_reversal_failure", 5_000)]


async def test_an_unanswered_reversal_of_a_debit_that_came_back_or_is_not_confirmed_credits_nobody(
    live: LiveMoney,
) -> None:
    topup, found = await unanswered(live)
    (listed,) = await breaks_about(live, found)
    await settle(live, listed)
    await rows(live.database, "UPDATE ach_entries SET confirmed_by = NULL")
    await live.work()
    assert (await of_topup(live, topup)).status is ReversalStatus.REQUESTED
    await rows(live.database, "UPDATE ach_batches SET status = 'rejected' WHERE NOT description = 'REVERSAL'")
    await live.work()
    found = await of_topup(live, topup)
    assert (found.status, found.is_credited) == (ReversalStatus.SUPERSEDED, False)
    assert await lines(live, topup) == []


async def test_a_debit_that_is_rejected_after_its_reversal_was_missed_is_named(live: LiveMoney) -> None:
    """The bank's acknowledgment has confirmed it, so the balance was credited when no file took its reversal."""
    await live.open(confirmation=Confirmation.ACKNOWLEDGEMENT)
    topup = await live.create(await live.bank_account(), 5_000)
    live.now_ms = at("2026-12-01 17:00")
    await live.work()
    await reverse(live, topup)
    await rows(live.database, "UPDATE ach_entries SET confirmed_by = 'bankf_1', confirmed_ms = 1")
    live.now_ms = at("2026-12-09 17:31")
    await live.work()
    found = await of_topup(live, topup)
    assert (found.status, found.is_credited, found.file) == (ReversalStatus.MISSED, True, None)
    async with live.database.transaction() as conn:
        entries = await entry_store.list_entries_of_topups(conn, PLATFORM, [topup])
        await report_rejected(conn, WIRE_FORMATS, entries, now_ms=live.now_ms, ids=live.ids)
    (listed,) = [each for each in await breaks(live) if each["kind"] == "paid_twice"]
    assert "the account's balance has money that was never debited" in listed["detail"]


async def test_a_reversal_leaves_in_the_time_of_its_own_account(rehearsal: LiveMoney) -> None:
    """A file of another account's clock, which is ahead, neither takes it nor gives it up; its own clock lets it go."""
    shop = AccountScope("acct_shop", livemode=True)
    live = rehearsal
    await live.open("acct_shop")
    topup = await debited(live)
    await reverse(live, topup)
    await live.freeze("2026-12-10 10:00", scope=shop)
    ahead = await live.create(await live.bank_account(scope=shop), 1_000, scope=shop)
    await live.set_off("2026-12-10 17:01", scope=shop)
    await live.arrive()
    await live.work()
    assert (await of_topup(live, topup)).status is ReversalStatus.REQUESTED
    assert (await of_topup(live, topup)).file is None
    (entry,) = await rows(live.database, "SELECT file FROM ach_entries WHERE topup = $1", ahead)
    assert entry["file"] is not None
    taken = await reverse(live, ahead)
    assert taken.requested_ms == at("2026-12-10 17:01")
    await live.set_off("2026-12-11 17:01", scope=shop)
    await live.arrive()
    await live.work()
    found = await of_topup(live, ahead)
    (file,) = await rows(live.database, "SELECT test_clock, effective_date FROM ach_files WHERE id = $1", found.file)
    assert (file["test_clock"], file["effective_date"]) == (live.clock, date(2026, 12, 14))
    assert (await of_topup(live, topup)).file is None
    found = await sent(live, topup, "2026-12-02 17:00")
    (file,) = await rows(live.database, "SELECT test_clock, effective_date FROM ach_files WHERE id = $1", found.file)
    assert (file["test_clock"], file["effective_date"]) == (None, date(2026, 12, 3))


async def test_a_clock_that_is_behind_makes_one_file_of_a_reversal(rehearsal: LiveMoney) -> None:
    """Whether that is late is judged by the clock, though the file has no debit."""
    live = rehearsal
    await live.open()
    await live.freeze("2026-12-01 10:00")
    live.now_ms = at("2027-03-01 10:00")
    topup = await live.create(await live.bank_account(), 5_000)
    await live.advance("2026-12-01 17:01")
    await reverse(live, topup)
    await live.set_off("2026-12-02 17:01")
    await live.arrive()
    await live.work()
    found = await of_topup(live, topup)
    files = await rows(live.database, "SELECT status FROM ach_files ORDER BY id")
    assert (found.file is not None, [each["status"] for each in files]) == (True, ["acknowledged", "built"])


async def test_a_superseded_reversal_that_is_booked_though_rejected_is_listed(live: LiveMoney) -> None:
    await live.open()
    topup = await debited(live)
    await live.until("2026-12-03 12:00")
    await reverse(live, topup)
    found = await sent(live, topup, "2026-12-03 17:00")
    rejected = "UPDATE ach_batches SET status = 'rejected' WHERE file = $1 AND number = $2"
    await rows(live.database, rejected, found.file, found.batch)
    assert await come_back(live, topup) is Applied.ENDED
    assert (await of_topup(live, topup)).status is ReversalStatus.SUPERSEDED
    await live.until("2026-12-05 12:00")
    listed = {each["kind"]: each for each in await breaks(live)}
    assert listed["paid_twice"]["reference"] == found.id
    assert "was sent with trace number" in listed["paid_twice"]["detail"]
    assert listed["unmatched_acknowledgement"]["reference"] == found.file
    await assert_books_hold(live.database)


async def test_a_retry_is_reversed_and_not_the_debit_that_came_back_before(live: LiveMoney) -> None:
    await live.open()
    first = await debited(live, RETURNS_AT_ONCE)
    await live.until("2026-12-04 23:30")
    assert (await live.topup(first))["status"] == "failed"
    (live.folder / "rules.jsonl").write_text(json.dumps({"account": RETURNS_AT_ONCE, "action": "pay"}))
    await live.bank("script", str(live.folder / "rules.jsonl"))
    retry = await live.create(None, 5_000, retry_of=first, by=OPERATOR)
    await live.until("2026-12-07 17:10")
    with pytest.raises(reversals.NotReversibleError, match="has returned it"):
        await reverse(live, first)
    found = await reverse(live, retry)
    (entry,) = await rows(live.database, "SELECT trace, retry_of FROM ach_entries WHERE topup = $1", retry)
    assert (entry["trace"], entry["retry_of"]) == (found.original_trace, first)
    with pytest.raises(topups.RetryRefusedError, match="was wrong and was reversed"):
        await live.create(None, 5_000, retry_of=retry, by=OPERATOR)
    await sent(live, retry, "2026-12-08 17:00")
    await live.until("2026-12-10 12:00")
    assert (await of_topup(live, retry)).status is ReversalStatus.SETTLED
    assert await lines(live, retry) == await lines(live, first) == []
    await assert_bank_agrees(live)


async def test_a_dishonored_return_of_a_debit_whose_reversal_was_not_needed_credits_once(live: LiveMoney) -> None:
    """The return takes the reversal's place; the dishonor then brings the money back, and the balance has it."""
    await live.open()
    topup = await debited(live, RETURNS_AT_ONCE)
    await live.until("2026-12-03 18:00")
    await reverse(live, topup)
    await live.until("2026-12-07 12:00")
    assert (await of_topup(live, topup)).status is ReversalStatus.SUPERSEDED
    (returned,) = await rows(live.database, "SELECT id FROM ach_returns")
    async with live.database.transaction() as conn:
        await direct_debits.dishonor_return(
            conn,
            PLATFORM,
            returned["id"],
            code="R62",
            information="WRONG",
            renderers=WIRE_FORMATS,
            by=OPERATOR,
            now_ms=live.now_ms,
            ids=live.ids,
        )
    await live.until("2026-12-16 12:00")
    assert await lines(live, topup) == [("topup_dishonored_return", 5_000)]
    with pytest.raises(reversals.AlreadyReversedError):
        await reverse(live, topup)
    assert await breaks(live) == []
    await assert_bank_agrees(live, available=5_000)


async def test_a_trace_means_what_the_originator_has_whose_bank_speaks(live: LiveMoney) -> None:
    """Two originators of one bank count alike: a returned debit of one is no reversal of the other."""
    await live.open()
    topup = await debited(live, RETURNS_AT_ONCE)
    other = await live.create(await live.bank_account(), 5_000)
    await live.until("2026-12-02 17:10")
    found = await reverse(live, other)
    (entry,) = await rows(live.database, "SELECT trace FROM ach_entries WHERE topup = $1", topup)
    (file,) = await rows(live.database, "SELECT file FROM ach_entries WHERE topup = $1", other)
    await rows(
        live.database,
        "UPDATE ach_reversals SET originator = 'orig_other', file = $1, batch = 99, trace = $2 WHERE id = $3",
        file["file"],
        entry["trace"],
        found.id,
    )
    await live.until("2026-12-07 12:00")
    (line,) = await rows(live.database, "SELECT matched_kind, matched FROM statement_lines WHERE amount < 0")
    assert (line["matched_kind"], line["matched"]) == ("ach_return", f"{topup}/1")
    assert (await of_topup(live, other)).settled_by is None
    assert await breaks(live) == []


async def test_a_return_that_could_not_be_applied_keeps_a_reversal_back_until_a_person_has_looked(
    live: LiveMoney,
) -> None:
    """It may mean this debit or not: that it does not, must not leave the money with nobody."""
    await live.open()
    (live.folder / "rules.jsonl").write_text(
        json.dumps({"account": "000700000069", "action": "return", "code": "R03", "fault": "amount"})
    )
    await live.bank("script", str(live.folder / "rules.jsonl"))
    topup = await debited(live, "000700000069")
    await live.until("2026-12-03 12:00")
    await reverse(live, topup)
    await live.until("2026-12-04 18:00")
    (listed,) = [each for each in await breaks(live) if each["kind"] == "unmatched_return"]
    found = await of_topup(live, topup)
    if found.file is not None:
        async with live.database.transaction() as conn:
            await direct_debits.void_file(conn, PLATFORM, found.file, by=OPERATOR, now_ms=live.now_ms, ids=live.ids)
        await live.work()
    found = await of_topup(live, topup)
    assert (found.status, found.file) == (ReversalStatus.REQUESTED, None)
    await settle(live, listed)
    await sent(live, topup, "2026-12-07 17:00")


@pytest.mark.parametrize("is_late", [False, True])
async def test_a_reversal_whose_debit_a_statement_has_taken_back_credits_nobody(live: LiveMoney, is_late: bool) -> None:
    """Whatever its return says; where the statement comes after the reversal was given up, it is a break.

    A month by chance found it: the return named another account, so the reversal waited for a person until it was too
    late, and the balance was credited with money that the bank had taken back.
    """
    await live.open()
    (live.folder / "rules.jsonl").write_text(
        json.dumps({"account": "000700000069", "action": "return", "code": "R03", "fault": "account"})
    )
    await live.bank("script", str(live.folder / "rules.jsonl"))
    topup = await debited(live, "000700000069")
    await live.until("2026-12-03 12:00")
    await reverse(live, topup)
    live.now_ms = at("2026-12-04 16:30")
    await live.advance_bank()
    await live.work()  # the return has come, and its statement has not
    live.now_ms = at("2026-12-09 17:45" if is_late else "2026-12-04 23:30")
    if is_late:
        await live.work()
        assert (await of_topup(live, topup)).status is ReversalStatus.MISSED
    await live.advance_bank()
    await live.work()
    live.now_ms = max(live.now_ms, at("2026-12-09 17:45"))
    await live.work()
    found = await of_topup(live, topup)
    assert (found.status, found.is_credited) == (
        (ReversalStatus.MISSED, True) if is_late else (ReversalStatus.SUPERSEDED, False)
    )
    taken_back = [each["detail"] for each in await breaks(live) if each["kind"] == "taken_back"]
    assert [("whose reversal has failed" in each) for each in taken_back] == [True] * is_late
    await assert_bank_agrees(live, clearing=5_000 * is_late, available=5_000 * is_late)


async def test_a_rejected_batch_with_a_reversed_debit_that_was_confirmed_is_resubmitted(live: LiveMoney) -> None:
    await live.open(confirmation=Confirmation.ACKNOWLEDGEMENT)
    other, topup = await live.create(await live.bank_account(), 1_000), await live.create(await live.bank_account())
    live.now_ms = at("2026-12-01 17:00")
    await live.work()
    (batch,) = await rows(live.database, "SELECT * FROM ach_batches")
    (file,) = await rows(live.database, "SELECT * FROM ach_files")
    said = dict.fromkeys(COLUMNS, "") | {
        "file_date": f"{file['file_date']:%y%m%d}",
        "file_time": file["file_time"],
        "file_id_modifier": file["modifier"],
        "level": "batch",
        "batch_number": str(batch["number"]),
        "entries": "2",
        "total_debit": "6000",
        "total_credit": "0",
    }

    async def acknowledge(status: str) -> None:
        line = ",".join((said | {"status": status}).values())
        (live.folder / "from-bank" / f"ack_{status}.csv").write_text(f"{','.join(COLUMNS)}\n{line}\n")
        await live.work()

    await acknowledge("accepted")
    await reverse(live, topup)
    await acknowledge("rejected")
    async with live.database.transaction() as conn:
        count = await direct_debits.resubmit_file(
            conn, PLATFORM, file["id"], by=OPERATOR, now_ms=live.now_ms, ids=live.ids
        )
    assert count == 1
    entries = await rows(live.database, "SELECT topup, status, confirmed_by FROM ach_entries ORDER BY topup")
    assert {row["topup"]: (row["status"], row["confirmed_by"]) for row in entries} == {
        topup: ("released", None),
        other: ("queued", None),
    }
