"""When a top-up can be refunded, how much of it, and what that posts."""

from datetime import date
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from brim.base.scope import AccountScope
from brim.core.direct_debits.encoding import refunding
from brim.core.direct_debits.rules import Entry, EntryStatus
from brim.core.ledger import balance_change
from brim.core.refunds import (
    AlreadyRefundedError,
    DebitReturnableError,
    FailureReason,
    NotRefundableError,
    PaymentFacts,
    Refund,
    RefundNotCancelableError,
    RefundStatus,
    RefundTooLargeError,
    check_cancelable,
    check_refundable,
    refunded_of,
)
from brim.core.refunds.rules import bank_posting, failure_posting, refund_posting
from brim.core.topups import BankStep

NOW_MS = 1_000
FACTS = PaymentFacts(
    topup="tu_x",
    status="succeeded",
    amount=5_000,
    refunded=0,
    rail="ach",
    is_collected=True,
    returnable_until_ms=NOW_MS,
)
REFUND = Refund(
    scope=AccountScope("acct_platform", livemode=True),
    id="rfnd_x",
    owner="acct_owner",
    originator="orig_x",
    topup="tu_x",
    number=1,
    amount=2_000,
    debited_on=date(2026, 12, 2),
    sec_code="PPD",
    requested_by="op_1",
    requested_ms=1,
    leaves_ms=1,
    balance_transaction="txn_x",
)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"status": "pending"}, "it is pending. Cancel it, or reverse its debit"),
        ({"status": "failed"}, "it is failed."),
        ({"status": "reversed"}, "it is reversed."),
        ({"status": "reversed", "reversal": "achr_x"}, r"its debit was reversed \(achr_x\)"),
        ({"status": "reversed", "return_code": "R10"}, r"returned its debit \(R10\)"),
        ({"rejected_in": "achf_x"}, "rejected its debit with achf_x"),
        ({"rail": "import"}, "no bank account was debited"),
        ({"is_collected": False}, "no bank account was debited"),
        ({"is_taken_back": True}, "a statement has taken its debit back"),
        ({"open_return": "brk_x"}, r"could not be applied \(brk_x\)"),
        ({"is_detached": True}, "was detached"),
        ({"has_account_number": False}, "was erased"),
        ({"is_account_ended": True}, "deleted or rejected"),
    ],
)
def test_what_cannot_be_refunded_says_why(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(NotRefundableError, match=words):
        check_refundable(msgspec.structs.replace(FACTS, **changes), 1, now_ms=NOW_MS)


def test_a_debit_that_may_come_back_as_a_matter_of_course_is_not_refunded_yet() -> None:
    with pytest.raises(DebitReturnableError):
        check_refundable(FACTS, 1, now_ms=NOW_MS - 1)
    assert check_refundable(FACTS, 1, now_ms=NOW_MS) == 1


@given(st.integers(1, 10_000), st.lists(st.one_of(st.none(), st.integers(1, 4_000)), max_size=12), st.data())
def test_refunds_never_exceed_the_top_up_whatever_fails_between(
    amount: int, wanted: list[int | None], data: st.DataObject
) -> None:
    made: list[Refund] = []
    for each in wanted:
        left = amount - sum(one.amount for one in made if one.status in {"pending", "succeeded"})
        facts = msgspec.structs.replace(FACTS, amount=amount, refunded=refunded_of(made))
        assert facts.left == left
        if not left:
            with pytest.raises(AlreadyRefundedError):
                check_refundable(facts, each, now_ms=NOW_MS)
        elif each is not None and each > left:
            with pytest.raises(RefundTooLargeError):
                check_refundable(facts, each, now_ms=NOW_MS)
        else:
            taken = check_refundable(facts, each, now_ms=NOW_MS)
            assert taken == (left if each is None else each)
            made.append(msgspec.structs.replace(REFUND, amount=taken))
        if made:
            place = data.draw(st.integers(0, len(made) - 1))
            made[place] = msgspec.structs.replace(made[place], status=data.draw(st.sampled_from(RefundStatus)))


@pytest.mark.parametrize(
    ("changes", "is_unsent", "words"),
    [
        ({"file": "achf_x"}, False, "its file achf_x was approved"),
        ({"status": RefundStatus.SUCCEEDED}, True, "it is succeeded"),
        ({"status": RefundStatus.FAILED, "failure_reason": FailureReason.DECLINED}, True, "it is failed"),
        ({"status": RefundStatus.CANCELED}, True, "it is canceled"),
    ],
)
def test_what_has_ended_or_may_leave_is_not_canceled(changes: dict[str, Any], is_unsent: bool, words: str) -> None:
    with pytest.raises(RefundNotCancelableError, match=words):
        check_cancelable(msgspec.structs.replace(REFUND, **changes), is_unsent=is_unsent)


def test_each_way_of_a_refund_leaves_nothing_clearing() -> None:
    taken = refund_posting(REFUND, entry_id="je_1", created=1)
    back = failure_posting(REFUND, entry_id="je_2", transaction_id="txn_y", created=2)
    gone = bank_posting(REFUND, BankStep.REFUND, bank_account="ba", entry_id="je_3", created=3)
    returned = bank_posting(REFUND, BankStep.REFUND_RETURN, bank_account="ba", entry_id="je_4", created=4)
    for way in ((taken, gone), (taken, back), (taken, gone, back, returned)):
        lines = [line for posting in way for line in posting.entry.lines]
        clearing = sum(
            line.amount * ((line.debit_account == "funding:clearing") - (line.credit_account == "funding:clearing"))
            for line in lines
        )
        shown = sum(posting.balance_transaction.net for posting in way if posting.balance_transaction)
        assert (clearing, balance_change(lines, "usd").available) == (0, shown)
    assert (taken.may_overdraw, {posting.entry.scope.account for posting in (taken, back, gone)}) == (
        False,
        {"acct_owner"},
    )


@pytest.mark.parametrize(("is_savings", "code"), [(False, "22"), (True, "32")])
def test_a_refund_is_a_credit_to_the_account_on_file_by_the_name_of_the_debit(is_savings: bool, code: str) -> None:
    debit = Entry(
        scope=REFUND.scope,
        topup="tu_0123456789abcdefghij",
        number=1,
        owner=REFUND.owner,
        originator="orig_x",
        test_clock=None,
        status=EntryStatus.RELEASED,
        amount=5_000,
        hold_days=3,
        transaction_code=27,
        sec_code="WEB",
        routing_number="110000000",
        last4="0000",
        sealed=b"",
        receiver_name="Jenny Rosen",
        claimed_ms=1,
    )
    sent = refunding(REFUND, debit, "777", routing_number="121042882", is_savings=is_savings, holder_name="Jenny Rosen")
    movement = sent.movement
    assert (movement.transaction_code, movement.routing_number, movement.account_number) == (code, "121042882", "777")
    assert (movement.amount_cents, movement.individual_identification_number) == (2_000, debit.topup[-15:])
    assert (sent.batch.sec_code, sent.batch.description, sent.fits) == ("PPD", "REFUND", True)
    assert not refunding(
        REFUND, debit, "7" * 18, routing_number="121042882", is_savings=False, holder_name="Jenny Rosen"
    ).fits
