"""When a returned debit is presented again, and when a top-up may be retried: against simpler words of the rules."""

from datetime import date, timedelta
from typing import Any, Final

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from brim.core.calendars import calendar_named
from brim.core.direct_debits.retry_rules import ReturnFacts, kind_of_retry, may_be_retried
from brim.core.rails.ach import (
    OriginatorProfile,
    ProfileError,
    check_profile,
    effective_date_of,
    local_day,
    next_cutoff_ms,
    retry_cutoff_ms,
)
from brim.core.rails.ach.nacha import RETURN_CODES
from brim.core.topups import RetryKind, RetryRefusedError

_PROFILE: Final = OriginatorProfile(
    odfi_routing_number="121042882",
    odfi_name="BANK",
    immediate_origin="1234567890",
    origin_name="BRIM",
    company_name="BRIM",
    company_id="1234567890",
    outgoing_folder="/out",
    incoming_folder="/in",
    cutoffs=("12:00", "17:00"),
)
_CALENDAR = calendar_named("us_ach")
assert _CALENDAR is not None
_IS_BANKING: Final = _CALENDAR.is_business_day


def _with(*schedule: str) -> OriginatorProfile:
    return msgspec.structs.replace(_PROFILE, retry_schedule=schedule)


def _cutoffs(profile: OriginatorProfile, after_ms: int, until: date) -> list[int]:
    """Return all cut-offs after a moment whose debits settle by a day."""
    found = []
    cutoff_ms = next_cutoff_ms(profile, after_ms)
    while effective_date_of(profile, cutoff_ms) <= until:
        found.append(cutoff_ms)
        cutoff_ms = next_cutoff_ms(profile, cutoff_ms)
    return found


_MOMENTS: Final = st.integers(1_767_225_600, 1_893_455_999)
"""Unix seconds of the years 2026 to 2029."""


@settings(max_examples=30)
@given(_MOMENTS, st.integers(0, 60), st.integers(0, 200))
def test_banking_days_after_a_return_are_counted_from_the_day_after_it(
    returned: int, count: int, age_days: int
) -> None:
    profile = _with(f"+{count}")
    returned_ms = returned * 1000
    today = local_day(profile, returned_ms)
    original = today - timedelta(days=age_days)
    fitting = [
        cutoff_ms
        for cutoff_ms in _cutoffs(profile, returned_ms, original + timedelta(days=180))
        if sum(
            _IS_BANKING(today + timedelta(days=each + 1))
            for each in range((local_day(profile, cutoff_ms) - today).days)
        )
        >= count
    ]
    found = retry_cutoff_ms(profile, retry=1, returned_ms=returned_ms, original=original)
    assert found == (fitting[0] if fitting else None)


@settings(max_examples=30)
@given(_MOMENTS, st.lists(st.integers(1, 31), min_size=1, max_size=3), st.integers(0, 179))
def test_days_of_the_month_are_days_of_settlement_or_the_next_banking_day(
    returned: int, days: list[int], age_days: int
) -> None:
    profile = _with("+1", "/".join(map(str, days)))
    returned_ms = returned * 1000
    original = local_day(profile, returned_ms) - timedelta(days=age_days)

    def settles(day: date) -> date:
        while not _IS_BANKING(day):
            day += timedelta(days=1)
        return day

    paydays = set()
    for offset in range(-12, 400):
        day = local_day(profile, returned_ms) + timedelta(days=offset)
        is_last = (day + timedelta(days=1)).month != day.month
        if day.day in days or (is_last and max(days) > day.day):
            paydays.add(settles(day))
    until = original + timedelta(days=180)
    fitting = [each for each in _cutoffs(profile, returned_ms, until) if effective_date_of(profile, each) in paydays]
    found = retry_cutoff_ms(profile, retry=2, returned_ms=returned_ms, original=original)
    assert found == (fitting[0] if fitting else None)


def test_a_debit_is_presented_again_as_often_as_the_profile_plans_and_twice_at_most() -> None:
    asked: dict[str, Any] = {"returned_ms": 1_796_400_000_000, "original": date(2026, 12, 1)}
    assert retry_cutoff_ms(_with(), retry=1, **asked) is None
    assert retry_cutoff_ms(_with("+1"), retry=2, **asked) is None
    assert retry_cutoff_ms(_with("+1", "+1", "+1"), retry=3, **asked) is None
    for schedule in (("+1",) * 3, ("+61",), ("0",), ("32",), ("1/32",)):
        with pytest.raises(ProfileError, match="retry_schedule"):
            check_profile(_with(*schedule))


_REMEDIABLE: Final = frozenset(
    f"R{number:02}" for number in (3, 4, 6, 12, 13, 18, 19, 20, 21, 22, 25, 26, 27, 28, 32, 35, 36)
)
_FACTS: Final = ReturnFacts(
    topup="tu_1",
    code="R01",
    returned=date(2026, 12, 4),
    original=date(2026, 12, 2),
    retries=0,
    amount=1_000,
    wanted=1_000,
    today=date(2026, 12, 5),
    is_same_account=True,
    is_corrected=False,
    is_authorized_anew=False,
    by_person=False,
)


def _kind(**facts: Any) -> RetryKind | None:
    asked = msgspec.structs.replace(_FACTS, **facts)
    try:
        return kind_of_retry(asked)
    except RetryRefusedError as error:
        message = error.message
    assert message.startswith(f"The top-up tu_1 cannot be retried: its debit was returned with {asked.code}")
    return None


@given(
    code=st.sampled_from([*RETURN_CODES, "R99"]),
    retries=st.integers(0, 2),
    wanted=st.sampled_from([999, 1_000]),
    days=st.integers(0, 200),
    is_same_account=st.booleans(),
    is_corrected=st.booleans(),
    is_authorized_anew=st.booleans(),
    by_person=st.booleans(),
)
def test_what_may_be_retried(*, code: str, days: int, **facts: Any) -> None:
    today = _FACTS.original + timedelta(days=days)
    expected: RetryKind | None
    remedied = RetryKind.REMEDIED if facts["is_corrected"] or not facts["is_same_account"] else None
    if code in {"R01", "R09"}:
        in_time = days < 180 and facts["retries"] < 2 and facts["wanted"] == 1_000
        expected = RetryKind.REINITIATED if in_time else None
        if not facts["is_same_account"]:
            expected = RetryKind.REMEDIED
    elif code == "R11":
        expected = RetryKind.CORRECTED if facts["by_person"] and days <= 62 else None
    elif code in {"R08", "R31"}:
        expected = RetryKind.REAUTHORIZED if facts["is_authorized_anew"] else None
    elif code in {"R02", *_REMEDIABLE}:
        expected = remedied
    else:
        expected = None
    assert _kind(code=code, today=today, **facts) is expected
    assert expected is None or may_be_retried(code)


def test_a_retry_is_offered_for_no_code_that_is_never_retried() -> None:
    offered = {code for code in [*RETURN_CODES, "R99"] if may_be_retried(code)}
    assert offered == {"R01", "R02", "R08", "R09", "R11", "R31", *_REMEDIABLE}
