"""What fits a dishonor, and its deadlines, against a naive count of banking days."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from brim.base.scope import AccountScope
from brim.core.calendars import calendar_named
from brim.core.dishonors import (
    DISHONOR_CODES,
    AchReturn,
    ReturnStatus,
    Standing,
    UnfitDishonorError,
    unfit_reason,
)
from brim.core.dishonors.rules import check_dishonor, is_field_list
from brim.core.rails.ach import (
    OriginatorProfile,
    contestable_until,
    day_of_year,
    dishonorable_until_ms,
    final_ms,
    leaves_in_time,
    returnable_until,
)
from brim.core.rails.ach.nacha import RETURN_CODES, Deadline, Stage

PROFILE = OriginatorProfile(
    odfi_routing_number="121042882",
    odfi_name="REHEARSAL BANK",
    immediate_origin="1234567890",
    origin_name="BRIM TESTS",
    company_name="BRIM TESTS",
    company_id="1234567890",
    outgoing_folder="/to-bank",
    incoming_folder="/from-bank",
    cutoffs=("12:00", "17:00"),
)
ZONE = ZoneInfo(PROFILE.time_zone)
DAYS = st.dates(date(2024, 1, 1), date(2033, 12, 31))
RETURN = AchReturn(
    scope=AccountScope("acct_x", livemode=True),
    id="retn_x",
    owner="acct_x",
    originator="orig_x",
    topup="tu_x",
    number=1,
    bank_file="bankf_x",
    break_id=None,
    code="R01",
    original_trace="121042880000001",
    original_rdfi="11000000",
    trace="110000000000001",
    amount=5_000,
    sec_code="WEB",
    settled_on=date(2026, 12, 4),
    debited_on=date(2026, 12, 2),
    is_applied=True,
    status=ReturnStatus.RETURNED,
    dishonorable_until_ms=0,
    received_ms=0,
)
ALONE = Standing(is_repeated=False, is_presented_again=False)


def is_banking_day(day: date) -> bool:
    calendar = calendar_named("us_ach")
    assert calendar is not None
    return calendar.is_business_day(day)


def after(day: date, count: int) -> date:
    """Return the n-th banking day after a day, day by day; a day that is none counts as the next one that is."""
    while not is_banking_day(day):
        day += timedelta(days=1)
    while count:
        day += timedelta(days=1)
        count -= is_banking_day(day)
    return day


def local(moment_ms: int) -> datetime:
    return datetime.fromtimestamp(moment_ms // 1000, UTC).astimezone(ZONE)


@given(DAYS)
def test_deadlines_are_those_of_a_naive_count(day: date) -> None:
    until = dishonorable_until_ms(PROFILE, day)
    assert (local(until).date(), f"{local(until):%H:%M}") == (after(day, 5), "17:00")
    assert contestable_until(day) == after(day, 2)
    assert (local(final_ms(PROFILE, day)).date(), f"{local(final_ms(PROFILE, day)):%H:%M}") == (
        after(day, 4),
        PROFILE.opening,
    )
    half_an_hour = 30 * 60 * 1000
    assert leaves_in_time(PROFILE, day, until - 1)
    assert leaves_in_time(PROFILE, day, until + half_an_hour - 1)
    assert not leaves_in_time(PROFILE, day, until + half_an_hour)


@given(st.sampled_from(sorted(RETURN_CODES)), DAYS, st.integers(0, 75))
def test_a_return_is_late_as_a_naive_count_has_it(code: str, debited_on: date, days: int) -> None:
    known = RETURN_CODES[code]
    limit = returnable_until(known, debited_on)
    if known.days is None:
        assert limit is None
    elif known.deadline is Deadline.CALENDAR_DAYS:
        assert limit == next(
            day for day in (debited_on + timedelta(days=61 + n) for n in range(9)) if is_banking_day(day)
        )
    else:
        assert limit == after(debited_on, known.days)
    settled_on = debited_on + timedelta(days=days)
    found = msgspec.structs.replace(RETURN, code=code, debited_on=debited_on, settled_on=settled_on)
    is_late = limit is not None and settled_on > limit
    assert (unfit_reason(found, ALONE, "R68") is None) == is_late


@given(DAYS, st.integers(-10, 10))
def test_a_day_of_the_year_is_found_near_its_file(day: date, apart: int) -> None:
    near = day + timedelta(days=apart)
    assert day_of_year(f"{day:%j}", near) == day


@pytest.mark.parametrize("text", ["", "000", "   ", "ABC", "200"])
def test_a_day_of_the_year_that_is_none_is_that_of_its_file(text: str) -> None:
    assert day_of_year(text, date(2027, 1, 2)) == date(2027, 1, 2)


FITS = {
    "R61": msgspec.structs.replace(RETURN, topup=None, number=None, is_applied=False),
    "R62": RETURN,
    "R67": RETURN,
    "R68": msgspec.structs.replace(RETURN, settled_on=date(2026, 12, 7)),
    "R69": RETURN,
    "R70": msgspec.structs.replace(RETURN, code="R31"),
}
NEEDED = {"R62": "REVERSED 1201", "R69": "01*03"}


def test_all_codes_of_the_table_are_known() -> None:
    assert set(FITS) == set(DISHONOR_CODES)
    assert set(FITS) == {code for code, each in RETURN_CODES.items() if each.stage is Stage.DISHONOUR}


@pytest.mark.parametrize("code", sorted(FITS))
def test_a_code_that_fits_passes_and_another_return_says_why_not(code: str) -> None:
    standing = Standing(is_repeated=code == "R67", is_presented_again=False)
    check_dishonor(FITS[code], standing, code, NEEDED.get(code))
    unfit = {
        "R61": (RETURN, ALONE, "entries that aren't yours"),
        "R67": (RETURN, ALONE, "no earlier return of this debit"),
        "R68": (RETURN, ALONE, "in time until 2026-12-04"),
        "R70": (RETURN, ALONE, "this one is R01"),
    }
    if code in unfit:
        found, alone, words = unfit[code]
        with pytest.raises(UnfitDishonorError, match=words):
            check_dishonor(found, alone, code, None)
    again = Standing(is_repeated=True, is_presented_again=True)
    with pytest.raises(UnfitDishonorError, match="re-presented"):
        check_dishonor(FITS[code], again, code, NEEDED.get(code))
    if code != "R61":
        with pytest.raises(UnfitDishonorError, match="use R61"):
            check_dishonor(FITS["R61"], ALONE, code, NEEDED.get(code))


@pytest.mark.parametrize("text", ["", "1*3", "01,03", "08", "01*01", "01*", "01*02*03*04*05*06*07*01"])
def test_fields_in_error_are_named_by_their_codes(text: str) -> None:
    assert not is_field_list(text)
    with pytest.raises(UnfitDishonorError, match=r"such as 01\*03") as raised:
        check_dishonor(RETURN, ALONE, "R69", text)
    assert raised.value.param == "information"


@pytest.mark.parametrize("text", ["01", "01*03", "01*02*03*04*05*06*07"])
def test_a_list_of_fields_in_error_passes(text: str) -> None:
    check_dishonor(RETURN, ALONE, "R69", text)


@pytest.mark.parametrize(("code", "text"), [("R62", ""), ("R62", None), ("R62", "Ü"), ("R62", "x" * 22), ("R68", "é")])
def test_information_that_does_not_fit_is_refused(code: str, text: str | None) -> None:
    with pytest.raises(UnfitDishonorError, match="the information") as raised:
        check_dishonor(FITS[code], ALONE, code, text)
    assert raised.value.param == "information"
