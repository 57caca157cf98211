"""Which entries are several lines: those whose payments are listed in full."""

import random

import msgspec
import pytest

from brim.core.reconciliation import payments_of
from brim.core.reconciliation.formats import LineStatus, StatementLine, TransactionDetail, read_statement
from brim.core.reconciliation.itemizing import MOST_PAYMENTS
from tests.support.statement_writers import Account, Entry, camt053


def entry(*amounts: int, **changes: object) -> StatementLine:
    details = tuple(TransactionDetail(amount_minor=amount, currency="usd") for amount in amounts)
    line = StatementLine(
        position=1,
        where="line 1",
        amount_minor=sum(amounts),
        currency="usd",
        booking_date=None,
        value_date=None,
        status=LineStatus.BOOKED,
        type_code="",
        details=details,
    )
    return msgspec.structs.replace(line, **changes)


def test_payments_of_entries_at_random_add_up_and_keep_what_each_says() -> None:
    chance = random.Random(3)
    for number in range(200):
        sign = chance.choice([1, -1])
        parts = tuple((sign * chance.randint(1, 10**9), f"E{number}/{part}") for part in range(chance.randint(1, 9)))
        total = sum(amount for amount, _ in parts)
        content = camt053([Account("DE1", "eur", 0, (Entry(total, "B", parts=parts),))], version=chance.randint(2, 13))
        (line,) = read_statement(content).statements[0].lines
        found = [(each.amount_minor, each.end_to_end_id) for each in payments_of(line)]
        assert found == (list(parts) if len(parts) > 1 else [])
        assert all(payments_of(each) == () for each in payments_of(line))


@pytest.mark.parametrize(
    "line",
    [
        entry(5, 7, amount_minor=13),
        entry(5, 7, batch_items=3),
        entry(5, 7, currency="eur"),
        entry(5, 7, status=LineStatus.PENDING),
        entry(5, 7, is_parked=True),
        entry(12),
        entry(),
        entry(*[1] * (MOST_PAYMENTS + 1)),
    ],
)
def test_an_entry_that_is_not_listed_in_full_has_none(line: StatementLine) -> None:
    assert payments_of(line) == ()


def test_payments_that_go_both_ways_are_lines_too() -> None:
    assert [each.amount_minor for each in payments_of(entry(500, -200, batch_items=2))] == [500, -200]
    assert len(payments_of(entry(*[1] * MOST_PAYMENTS))) == MOST_PAYMENTS
