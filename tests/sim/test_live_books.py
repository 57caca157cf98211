"""The model of months of live money finds what it is there to find."""

from datetime import date
from typing import Any

import msgspec
import pytest

from tests.support.live_books import (
    BankBooks,
    Made,
    Presentment,
    Refunded,
    Stored,
    Verifying,
    problems,
    problems_of_verifying,
)

PAID = Made("tu_00000000000000000000paid", "acct_a", 500)
BACK = Made("tu_00000000000000000000back", "acct_a", 300)
MADE = [PAID, BACK]
BANK = BankBooks(
    [
        Presentment(individual_id=PAID.id[-15:], account="1", trace="1", amount=500, settled_on=date(2026, 12, 2)),
        Presentment(
            individual_id=BACK.id[-15:],
            account="2",
            trace="2",
            amount=300,
            settled_on=date(2026, 12, 2),
            code="R02",
            returned_on=date(2026, 12, 4),
        ),
    ],
    500,
    is_quiet=True,
    sent_twice=[],
)
STORED = Stored(
    statuses={PAID.id: "succeeded", BACK.id: "failed"},
    credited={PAID.id: 500},
    at_bank={PAID.id: 500},
    clearing={},
    balances={"acct_a": 500},
    credits={PAID.id: 1},
    operating=500,
    unexplained=0,
)


def test_a_month_in_order_has_no_problem() -> None:
    assert problems(MADE, BANK, STORED, is_punctual=True) == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"statuses": {PAID.id: "succeeded"}}, "only one side knows"),
        ({"statuses": {PAID.id: "succeeded", BACK.id: "reversed"}}, "is reversed"),
        ({"balances": {"acct_a": 800}}, "acct_a has 800, and the bank keeps 500"),
        ({"credited": {PAID.id: 1_000}}, "credited 1000"),
        ({"credits": {PAID.id: 3}}, "3 times"),
        ({"credited": {PAID.id: 500, BACK.id: 300}}, "has 300 in the balance and 0 at the bank"),
        ({"clearing": {BACK.id: -300}}, "is still clearing"),
        ({"operating": 400}, "the bank has 500, the books 400"),
    ],
)
def test_each_difference_is_found(change: dict[str, Any], words: str) -> None:
    found = problems(MADE, BANK, msgspec.structs.replace(STORED, **change), is_punctual=True)
    assert any(words in each for each in found), found


def test_a_debit_that_is_presented_again_without_a_reason_is_found() -> None:
    again = msgspec.structs.replace(BANK.presentments[1], trace="3", code=None, returned_on=None)
    bank = msgspec.structs.replace(BANK, presentments=[*BANK.presentments, again])
    assert any("presented again after R02" in each for each in problems(MADE, bank, STORED, is_punctual=True))


REVERSED = msgspec.structs.replace(PAID, is_reversed=True)
CREDIT = msgspec.structs.replace(BANK.presentments[0], trace="9", is_credit=True)
PAID_BACK = msgspec.structs.replace(BANK, reversals=[CREDIT], balance=0)
AFTER: dict[str, Any] = {
    "statuses": {PAID.id: "reversed", BACK.id: "failed"},
    "credited": {},
    "at_bank": {},
    "balances": {},
    "operating": 0,
}
"""What the service says of a debit that was taken back."""


def after_a_reversal(bank: BankBooks = PAID_BACK, **changes: Any) -> list[str]:
    stored = msgspec.structs.replace(STORED, **(AFTER | changes))
    return problems([REVERSED, BACK], bank, stored, is_punctual=True)


def test_a_debit_that_was_paid_back_is_in_no_balance() -> None:
    assert after_a_reversal() == []
    left = after_a_reversal(credited={PAID.id: 500}, at_bank={PAID.id: 500}, balances={"acct_a": 500}, operating=500)
    assert any("acct_a has 500, and the bank keeps 0" in each for each in left), left
    assert any("is succeeded" in each for each in after_a_reversal(statuses={PAID.id: "succeeded", BACK.id: "failed"}))


def test_a_debit_that_was_paid_back_though_nobody_asked_is_found() -> None:
    found = problems(MADE, PAID_BACK, msgspec.structs.replace(STORED, **AFTER), is_punctual=True)
    assert any("was paid back, which nobody asked for" in each for each in found), found


def test_a_reversal_that_came_back_gives_the_balance_its_money_again() -> None:
    returned = msgspec.structs.replace(CREDIT, code="R02", returned_on=date(2026, 12, 7))
    bank = msgspec.structs.replace(PAID_BACK, reversals=[returned], balance=500)
    money = {name: getattr(STORED, name) for name in ("credited", "at_bank", "balances", "operating")}
    assert after_a_reversal(bank, **money) == []
    assert any("acct_a has 0, and the bank keeps 500" in each for each in after_a_reversal(bank, operating=500))


def test_a_holder_who_was_paid_twice_has_to_be_listed() -> None:
    debit = msgspec.structs.replace(BANK.presentments[0], code="R02", returned_on=date(2026, 12, 4))
    bank = msgspec.structs.replace(PAID_BACK, presentments=[debit], balance=-500)
    lost = {"at_bank": {PAID.id: -500}, "clearing": {PAID.id: 500}, "operating": -500}
    listed = [("paid_twice", "A return of trace 1: its reversal was sent with trace number 9")]
    assert after_a_reversal(bank, **lost, breaks=listed) == []
    assert any("was paid twice" in each for each in after_a_reversal(bank, **lost))
    taken = {"credited": {PAID.id: -500}, "balances": {"acct_a": -500}, "at_bank": {PAID.id: -500}, "operating": -500}
    assert any("acct_a has -500" in each for each in after_a_reversal(bank, **taken, breaks=listed))


SET = Verifying("mdep_0000000000000000000000", "acct_a", "src_1", "1", is_verified=True)
SENT = [
    msgspec.structs.replace(CREDIT, individual_id=SET.id[-15:], amount=amount, is_credit=amount < 50, trace=str(amount))
    for amount in (20, 31, 51)
]
WITH_SET = msgspec.structs.replace(BANK, microdeposits=SENT)
VERIFIED: dict[str, Any] = {"verifying": {SET.id: "verified"}, "spent": {SET.id: 0}, "at_bank": {SET.id: 0}}
RETURNED = msgspec.structs.replace(SENT[0], code="R02", returned_on=date(2026, 12, 4))


@pytest.mark.parametrize(
    ("sent", "change", "words"),
    [
        (SENT, {}, ""),
        (SENT, {"verifying": {SET.id: "failed"}}, "is failed"),
        (SENT, {"spent": {SET.id: 51}}, "it has cost 0, and the books say 51"),
        (SENT[1:], {}, "1 credits and 1 debits"),
        ([*SENT[:2], msgspec.structs.replace(SENT[2], amount=50)], {"spent": {SET.id: 1}}, "not the sum"),
        ([msgspec.structs.replace(SENT[0], settled_on=date(2026, 12, 3)), *SENT[1:]], {}, "not together"),
        ([RETURNED, *SENT[1:]], {"spent": {SET.id: -20}, "at_bank": {SET.id: 20}}, "is verified"),
        ([RETURNED, *SENT[1:]], {"verifying": {SET.id: "failed"}}, "it has cost -20, and the books say 0"),
    ],
)
def test_what_is_wrong_with_micro_deposits_is_found(
    sent: list[Presentment], change: dict[str, Any], words: str
) -> None:
    bank = msgspec.structs.replace(WITH_SET, microdeposits=sent)
    found = problems_of_verifying([SET], bank, msgspec.structs.replace(STORED, **(VERIFIED | change)))
    assert any(words in each for each in found) if words else found == [], found


REFUND = Refunded(id="rfnd_0000000000000000000000", topup=PAID.id, account="acct_a", amount=200)
PAYMENT = msgspec.structs.replace(CREDIT, amount=200)
BACK_AGAIN = msgspec.structs.replace(PAYMENT, code="R02", returned_on=date(2026, 12, 8))
REFUNDED: dict[str, Any] = {
    "refunds": {REFUND.id: "succeeded"},
    "credited": {PAID.id: 500, REFUND.id: -200},
    "at_bank": {PAID.id: 500, REFUND.id: -200},
    "balances": {"acct_a": 300},
    "operating": 300,
}
"""What the service says of a debit that was paid back in part."""
FAILED: dict[str, Any] = {"refunds": {REFUND.id: "failed"}}
LEFT_LATER = msgspec.structs.replace(PAYMENT, sent_on=date(2026, 12, 10), settled_on=date(2026, 12, 11))
DEBIT_BACK = msgspec.structs.replace(BANK.presentments[0], code="R10", returned_on=date(2026, 12, 9))


def with_refund(paid: list[Presentment], asked: Refunded = REFUND, **changes: Any) -> list[str]:
    cost = sum(each.kept for each in paid)
    bank = msgspec.structs.replace(BANK, refunds=paid, balance=500 - cost)
    return problems(MADE, bank, msgspec.structs.replace(STORED, **changes), refunds=[asked], is_punctual=True)


def test_what_was_refunded_is_in_no_balance() -> None:
    assert with_refund([PAYMENT], **REFUNDED) == []
    assert with_refund([], **FAILED) == []
    canceled = msgspec.structs.replace(REFUND, is_canceled=True)
    assert with_refund([], canceled, refunds={REFUND.id: "canceled"}) == []
    assert with_refund([BACK_AGAIN], **FAILED, breaks=[("failed_refund", REFUND.id)]) == []


@pytest.mark.parametrize(
    ("paid", "change", "words"),
    [
        ([PAYMENT], REFUNDED | {"balances": {"acct_a": 500}}, "acct_a has 500, and the bank keeps 300"),
        ([PAYMENT], REFUNDED | FAILED, "is failed"),
        ([PAYMENT], REFUNDED | {"clearing": {REFUND.id: -200}}, "0 of it came back, and the books say"),
        ([PAYMENT] * 2, REFUNDED, "was paid 2 times"),
        ([PAYMENT] * 3, REFUNDED, "of 500 was refunded 600"),
        ([PAYMENT], REFUNDED | {"refunds": {}}, "only one side knows"),
        ([msgspec.structs.replace(PAYMENT, amount=201)], REFUNDED, "a refund that nobody asked for"),
        ([BACK_AGAIN], FAILED, "came back, and no break says so"),
        ([BACK_AGAIN], REFUNDED, "is succeeded"),
        ([], REFUNDED, "and the bank has []"),
    ],
)
def test_what_is_wrong_with_a_refund_is_found(paid: list[Presentment], change: dict[str, Any], words: str) -> None:
    found = with_refund(paid, **change)
    assert any(words in each for each in found), found


def test_a_refund_that_was_canceled_and_paid_is_found() -> None:
    canceled = msgspec.structs.replace(REFUND, is_canceled=True)
    found = with_refund([PAYMENT], canceled, **REFUNDED)
    assert any("was canceled, and the bank has paid it" in each for each in found), found


def test_a_holder_who_was_refunded_and_has_the_debit_back_has_to_be_listed() -> None:
    debits = [DEBIT_BACK, BANK.presentments[1]]
    bank = msgspec.structs.replace(BANK, presentments=debits, refunds=[PAYMENT], balance=-200)
    left = {
        "credited": {REFUND.id: -200},
        "at_bank": {REFUND.id: -200},
        "balances": {"acct_a": -200},
        "operating": -200,
    }
    statuses = {PAID.id: "reversed", BACK.id: "failed"}
    stored = msgspec.structs.replace(STORED, **(REFUNDED | left), statuses=statuses)
    found = problems(MADE, bank, stored, refunds=[REFUND], is_punctual=True)
    assert any("was paid more than they have paid" in each for each in found), found
    listed = msgspec.structs.replace(stored, breaks=[("paid_twice", f"its refund {REFUND.id} was sent")])
    assert problems(MADE, bank, listed, refunds=[REFUND], is_punctual=True) == []
    left_later = msgspec.structs.replace(bank, refunds=[LEFT_LATER])
    found = problems(MADE, left_later, listed, refunds=[REFUND], is_punctual=True)
    assert any("after the debit had come back" in each for each in found), found
    late = {"returns_20261209.ach": date(2026, 12, 10)}
    assert problems(MADE, left_later, listed, refunds=[REFUND], is_punctual=True, unread=late) == []
