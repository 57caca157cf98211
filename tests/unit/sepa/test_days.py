from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brim.core.rails.sepa import (
    banking_day_after,
    claimable_until,
    collection_date_of,
    is_banking_day,
    months_after,
    refundable_until,
)
from tests.support import bank_oracle

DAYS = st.dates(date(2025, 1, 1), date(2034, 12, 31))


@pytest.mark.parametrize(
    "closed",
    [
        # Source: European Central Bank, TARGET closing days of 2025 to 2027, without those on weekends.
        date(2025, 1, 1), date(2025, 4, 18), date(2025, 4, 21), date(2025, 5, 1),
        date(2025, 12, 25), date(2025, 12, 26),
        date(2026, 1, 1), date(2026, 4, 3), date(2026, 4, 6), date(2026, 5, 1), date(2026, 12, 25),
        date(2027, 1, 1), date(2027, 3, 26), date(2027, 3, 29),
    ],
)  # fmt: skip
def test_banks_settle_nothing_on_a_closing_day_of_target(closed: date) -> None:
    assert not is_banking_day(closed)


@given(DAYS, st.integers(0, 12))
def test_banking_days_are_counted_as_the_published_rule_says(day: date, count: int) -> None:
    def is_open(each: date) -> bool:
        return each.weekday() < bank_oracle.SATURDAY and each not in bank_oracle.target(each.year)

    found = banking_day_after(day, count)
    first = next(each for each in (day + timedelta(days=n) for n in range(15)) if is_open(each))

    assert is_open(found)
    assert sum(is_open(first + timedelta(days=n)) for n in range((found - first).days)) == count


def test_what_leaves_before_easter_is_collected_after_it() -> None:
    assert collection_date_of(date(2026, 4, 2)) == date(2026, 4, 7)
    assert collection_date_of(date(2026, 4, 4)) == date(2026, 4, 8)  # a Saturday's file is Tuesday's


def test_refunds_are_claimed_within_eight_weeks_and_thirteen_months() -> None:
    assert refundable_until(date(2026, 12, 2)) == date(2027, 1, 27)
    assert claimable_until(date(2026, 12, 2)) == date(2028, 1, 2)
    assert claimable_until(date(2027, 1, 31)) == date(2028, 2, 29)


@given(DAYS, st.integers(0, 60))
def test_a_month_later_is_the_same_day_or_the_last_of_the_month(day: date, months: int) -> None:
    later = months_after(day, months)

    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day == day.day or (later.day < day.day and (later + timedelta(days=1)).day == 1)
