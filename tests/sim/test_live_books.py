"""The model of months of live money finds what it is there to find."""

from datetime import date
from typing import Any

import msgspec
import pytest

from tests.support.live_books import BankBooks, Made, Presentment, Stored, problems

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
