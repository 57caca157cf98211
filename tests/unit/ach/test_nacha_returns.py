"""Return codes and change codes are complete, and corrected data is read in both layouts that are in use."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brim.core.rails import FAILURES
from brim.core.rails.ach.nacha import (
    CHANGE_CODES,
    RETURN_CODES,
    Correction,
    CorrectionError,
    Deadline,
    Retry,
    Stage,
    check_digit,
    format_correction,
    is_routing_number,
    parse_correction,
)
from tests.support.ach_files import CORRECTING_CODES, CORRECTIONS

PAYOUT_CODES = {"account_frozen", "declined"}
"""Of Stripe's vocabulary for bank accounts, what the sandbox has no use for."""


def test_return_codes_are_those_of_the_rules() -> None:
    known = [*range(1, 48), *range(50, 54), 61, 62, *range(67, 78), *range(80, 86), 90]
    assert list(RETURN_CODES) == [f"R{number:02d}" for number in known]
    assert all(code == each.code and each.title for code, each in RETURN_CODES.items())


def test_failure_codes_are_of_the_vocabulary_and_only_a_customers_debit_fails() -> None:
    for each in RETURN_CODES.values():
        assert (each.failure_code is None) == (each.stage is not Stage.RETURN)
        assert each.failure_code is None or each.failure_code in FAILURES.keys() | PAYOUT_CODES


def test_a_deadline_has_days_where_it_is_counted_in_days() -> None:
    for each in RETURN_CODES.values():
        is_counted = each.deadline in {Deadline.BANKING_DAYS, Deadline.CALENDAR_DAYS}
        assert (each.days is not None) == is_counted
    sixty = {code for code, each in RETURN_CODES.items() if each.days == 60}
    assert sixty == {"R05", "R07", "R10", "R11", "R33", "R37", "R38", "R51", "R52", "R53"}


def test_only_lack_of_funds_may_be_tried_again_as_it_is() -> None:
    assert [code for code, each in RETURN_CODES.items() if each.retry is Retry.TWICE] == ["R01", "R09"]


@given(st.sampled_from(CORRECTING_CODES), CORRECTIONS)
def test_corrected_data_is_read_as_it_was_written(code: str, correction: Correction) -> None:
    data = format_correction(code, correction)
    assert len(data) <= 29
    found = parse_correction(code, data)
    for part in CHANGE_CODES[code].parts:
        assert getattr(found, part.name) == getattr(correction, part.name)


@pytest.mark.parametrize(
    ("code", "data", "expected"),
    [
        ("C01", "1918171614", Correction(account_number="1918171614")),
        ("C02", "231380104", Correction(routing_number="231380104")),
        ("C03", "231380104   0012-3456", Correction(routing_number="231380104", account_number="0012-3456")),
        ("C04", "Jane Doe", Correction(individual_name="Jane Doe")),
        ("C05", "37", Correction(transaction_code="37")),
        ("C06", "0012-3456           37", Correction(account_number="0012-3456", transaction_code="37")),
        ("C06", "0012-3456".ljust(27) + "37", Correction(account_number="0012-3456", transaction_code="37")),
        (
            "C07",
            "231380104" + "0012-3456".ljust(17) + "37",
            Correction(routing_number="231380104", account_number="0012-3456", transaction_code="37"),
        ),
        (
            "C07",
            "231380104" + "0012-3456".ljust(18) + "37",
            Correction(routing_number="231380104", account_number="0012-3456", transaction_code="37"),
        ),
        ("C09", "ID 1", Correction(individual_identification_number="ID 1")),
        ("C13", "", Correction()),
    ],
)
def test_corrected_data_is_taken_apart_by_its_code(code: str, data: str, expected: Correction) -> None:
    assert parse_correction(code, data) == expected


@pytest.mark.parametrize(
    ("code", "data"),
    [("C02", "231380105"), ("C02", ""), ("C05", "99"), ("C06", "123"), ("C01", ""), ("C07", "231380104"), ("C99", "1")],
)
def test_corrected_data_that_cannot_be_applied_is_an_error(code: str, data: str) -> None:
    with pytest.raises(CorrectionError):
        parse_correction(code, data)


def test_a_correction_shows_no_account_number() -> None:
    assert repr(Correction(account_number="1918171614")) == "Correction(account_number)"


@given(st.text("0123456789", min_size=8, max_size=8), st.integers(0, 8), st.integers(1, 9))
def test_one_wrong_digit_of_a_routing_number_is_noticed(first: str, place: int, step: int) -> None:
    number = first + check_digit(first)
    assert is_routing_number(number)
    wrong = number[:place] + str((int(number[place]) + step) % 10) + number[place + 1 :]
    assert not is_routing_number(wrong)
