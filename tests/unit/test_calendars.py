import os
import subprocess
import sys
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from brim.core.calendars import bank_holidays
from brim.core.calendars.rules import (
    Availability,
    BankCalendar,
    SkippedDay,
    after_business_days,
    after_calendar_days,
    availability,
    calendar_of,
)
from tests.support.bank_oracle import BANKS, FIRST_DAY, LAST_DAY, YEARS, Bank, Expected, every_day

NAMES: Final = {"usd": "us_ach", "eur": "sepa", "gbp": "uk", "jpy": "jp", "sek": "weekdays"}
SATURDAY_HOLIDAYS_KEPT_OPEN: Final = {
    date(2026, 7, 3): "Independence Day",
    date(2027, 6, 18): "Juneteenth National Independence Day",
    date(2027, 12, 24): "Christmas Day",
    date(2027, 12, 31): "New Year's Day",
    date(2028, 11, 10): "Veterans Day",
    date(2032, 6, 18): "Juneteenth National Independence Day",
    date(2032, 12, 24): "Christmas Day",
    date(2032, 12, 31): "New Year's Day",
    date(2034, 11, 10): "Veterans Day",
}
EVERY_RAIL: Final = pytest.mark.parametrize("bank", BANKS, ids=lambda bank: NAMES[bank.currency])
RAILS: Final = st.sampled_from([calendar_of(bank.currency) for bank in BANKS])
MOMENTS: Final = st.integers(946_684_800_000, 3_471_292_800_000)  # the years 2000 to 2079
MOMENTS_NEAR_A_CUTOFF: Final = st.builds(
    lambda day, hour, milliseconds: (day.toordinal() - 719_163) * 86_400_000 + hour * 3_600_000 + milliseconds,
    st.dates(date(2024, 1, 1), date(2036, 1, 1)),
    st.integers(0, 23),
    st.integers(-2, 2),
)
SUBMISSIONS: Final = MOMENTS | MOMENTS_NEAR_A_CUTOFF


def moment_ms(text: str, zone: str = "America/New_York") -> int:
    """Return the Unix milliseconds of a wall time such as `2026-07-02 16:59`."""
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp() * 1000)


def as_expected(answer: Availability) -> Expected:
    """Return an answer in the oracle's form, having checked that holidays, and they alone, are named."""
    assert all((day.name is not None) == (day.reason == "holiday") for day in answer.skipped)
    return Expected(
        cutoff=answer.cutoff,
        missed_cutoff=answer.missed_cutoff,
        counted_from=answer.counted_from,
        business_days=answer.business_days,
        skipped=tuple((day.date, day.reason) for day in answer.skipped),
        available_on=answer.available_on,
    )


def assert_as_the_oracle(bank: Bank, calendar: BankCalendar, submitted_s: int, settlement_days: int) -> None:
    answer = availability(calendar, submitted_ms=submitted_s * 1000, settlement_days=settlement_days)
    expected = bank.expected(submitted_s, settlement_days)
    assert as_expected(answer) == expected, (bank.currency, submitted_s, settlement_days)


@EVERY_RAIL
def test_every_day_of_eleven_years_is_open_or_closed_as_the_published_rules_say(bank: Bank) -> None:
    calendar = calendar_of(bank.currency)
    assert calendar.name == NAMES[bank.currency]
    assert [day for day in every_day() if calendar.is_business_day(day) != bank.is_open(day)] == []


@EVERY_RAIL
def test_every_weekday_on_which_banks_rest_has_a_name_and_no_other_weekday(bank: Bank) -> None:
    calendar = calendar_of(bank.currency)
    weekdays = [day for day in every_day() if day.weekday() < 5]
    assert [day for day in weekdays if bool(calendar.holiday_name(day)) == bank.is_open(day)] == []


@pytest.mark.parametrize("day", SATURDAY_HOLIDAYS_KEPT_OPEN, ids=str)
def test_the_federal_reserve_works_on_the_friday_to_which_the_library_moves_a_saturday_holiday(day: date) -> None:
    united_states = holidays.country_holidays("US", years=day.year)
    assert united_states[day] == f"{SATURDAY_HOLIDAYS_KEPT_OPEN[day]} (observed)"
    assert calendar_of("usd").is_business_day(day)
    assert calendar_of("usd").holiday_name(day) is None


def test_the_library_errs_on_no_other_weekday_of_the_eleven_years() -> None:
    united_states = holidays.country_holidays("US", years=YEARS)
    calendar = calendar_of("usd")
    weekdays = [day for day in every_day() if day.weekday() < 5]
    differing = [day for day in weekdays if (day in united_states) == calendar.is_business_day(day)]
    assert differing == sorted(SATURDAY_HOLIDAYS_KEPT_OPEN)


@pytest.mark.parametrize(
    ("currency", "day", "name"),
    [
        ("usd", date(2027, 7, 5), "Independence Day (observed)"),
        ("usd", date(2028, 2, 29), None),
        ("usd", date(2025, 1, 9), None),  # a day of mourning: the government rested, the Federal Reserve did not
        ("usd", date(2025, 1, 20), "Birthday of Martin Luther King, Jr."),
        ("usd", date(2033, 1, 20), None),  # Inauguration Day is not among the eleven
        ("usd", date(2026, 7, 4), "Independence Day"),
        ("usd", date(2025, 11, 28), None),
        ("eur", date(2026, 4, 3), "Good Friday"),
        ("eur", date(2026, 5, 1), "Labour Day"),
        ("eur", date(2027, 12, 27), None),  # after a Christmas on a weekend TARGET works
        ("eur", date(2025, 12, 24), None),
        ("eur", date(2025, 10, 3), None),  # a holiday of Germany, not of TARGET
        ("gbp", date(2020, 5, 8), "May Day"),
        ("gbp", date(2020, 5, 4), None),
        ("gbp", date(2022, 6, 2), "Spring Bank Holiday"),
        ("gbp", date(2022, 6, 3), "Platinum Jubilee of Elizabeth II"),
        ("gbp", date(2022, 5, 30), None),
        ("gbp", date(2022, 9, 19), "State Funeral of Queen Elizabeth II"),
        ("gbp", date(2023, 5, 8), "Coronation of Charles III"),
        ("gbp", date(2026, 12, 28), "Boxing Day (observed)"),
        ("gbp", date(2027, 12, 28), "Boxing Day (observed)"),
        ("gbp", date(2022, 12, 27), "Christmas Day (observed)"),
        ("gbp", date(2026, 11, 30), None),  # Scotland's alone
        ("jpy", date(2019, 4, 30), "National Holiday"),
        ("jpy", date(2019, 5, 1), "Emperor's Enthronement Day"),
        ("jpy", date(2021, 7, 23), "Sports Day"),
        ("jpy", date(2025, 5, 6), "Substitute Holiday"),
        ("jpy", date(2026, 9, 22), "National Holiday"),
        ("jpy", date(2027, 3, 22), "Substitute Holiday"),
        ("jpy", date(2025, 12, 31), "Bank Holiday"),
        ("jpy", date(2026, 1, 1), "New Year's Day"),
        ("jpy", date(2026, 1, 2), "Bank Holiday"),
        ("jpy", date(2028, 1, 3), "Bank Holiday"),
        ("jpy", date(2027, 1, 4), None),  # a bank holiday on Sunday has no substitute
        ("sek", date(2025, 12, 25), None),
    ],
)
def test_a_day_named_by_the_rules_has_its_name(currency: str, day: date, name: str | None) -> None:
    assert calendar_of(currency).holiday_name(day) == name


@pytest.mark.slow
@EVERY_RAIL
def test_minutes_around_cutoff_opening_and_midnight_give_what_the_oracle_gives_on_every_day(bank: Bank) -> None:
    """The two minutes that the cut-off parts take every number of settlement days, the others one each in turn.

    The turn moves on with the week, so that each weekday meets each number at each minute.
    """
    calendar = calendar_of(bank.currency)
    others = [0, 9 * 3600 - 60, 9 * 3600, 9 * 3600 + 60, bank.cutoff_s + 60, 24 * 3600 - 60]
    for day in range(FIRST_DAY.toordinal(), LAST_DAY.toordinal() + 1):
        for settlement_days in range(7):
            assert_as_the_oracle(bank, calendar, bank.unix_s(day, bank.cutoff_s - 60), settlement_days)
            assert_as_the_oracle(bank, calendar, bank.unix_s(day, bank.cutoff_s), settlement_days)
        for turn, wall_s in enumerate(others, start=day + day // 7):
            assert_as_the_oracle(bank, calendar, bank.unix_s(day, wall_s), turn % 7)


@EVERY_RAIL
def test_every_quarter_of_an_hour_of_the_days_on_which_clocks_change_gives_what_the_oracle_gives(bank: Bank) -> None:
    calendar = calendar_of(bank.currency)
    changes = [moment for moment in bank.changes if FIRST_DAY.year <= datetime.fromtimestamp(moment, UTC).year]
    assert len(changes) == (0 if bank.currency in {"jpy", "sek"} else 2 * (len(YEARS) + 1))
    for change in changes[: 2 * len(YEARS)]:
        for moment in range(change - 86_400, change + 86_400, 900):
            assert_as_the_oracle(bank, calendar, moment, 0)
            assert_as_the_oracle(bank, calendar, moment, calendar.settlement_days)


def clocks_show_once(zone: ZoneInfo, day: date, wall_time: time) -> bool:
    """Tell whether a wall time is neither skipped nor repeated on a day."""
    first, second = (datetime.combine(day, wall_time.replace(fold=fold), zone) for fold in (0, 1))
    return first.utcoffset() == second.utcoffset()


@EVERY_RAIL
def test_no_cutoff_and_no_opening_is_skipped_or_repeated_when_clocks_change(bank: Bank) -> None:
    calendar = calendar_of(bank.currency)
    zone = ZoneInfo(calendar.time_zone)
    for day in every_day():
        assert clocks_show_once(zone, day, calendar.cutoff)
        assert clocks_show_once(zone, day, calendar.opening)


def test_a_wall_time_that_is_skipped_or_repeated_would_be_noticed() -> None:
    new_york = ZoneInfo("America/New_York")
    assert not clocks_show_once(new_york, date(2026, 3, 8), time(2, 30))
    assert not clocks_show_once(new_york, date(2026, 11, 1), time(1, 30))


def test_a_payment_late_on_the_thursday_before_a_long_weekend_says_why_it_takes_so_long() -> None:
    answer = availability(calendar_of("usd"), submitted_ms=moment_ms("2027-07-01 17:00") + 250, settlement_days=2)
    assert answer == Availability(
        calendar="us_ach",
        time_zone="America/New_York",
        submitted=moment_ms("2027-07-01 17:00") // 1000,
        cutoff=moment_ms("2027-07-01 17:00") // 1000,
        missed_cutoff=True,
        counted_from=date(2027, 7, 2),
        business_days=(date(2027, 7, 6), date(2027, 7, 7)),
        skipped=(
            SkippedDay(date=date(2027, 7, 3), reason="weekend", name=None),
            SkippedDay(date=date(2027, 7, 4), reason="weekend", name=None),
            SkippedDay(date=date(2027, 7, 5), reason="holiday", name="Independence Day (observed)"),
        ),
        available_on=moment_ms("2027-07-07 09:00") // 1000,
    )


def test_a_payment_on_a_holiday_missed_no_cutoff_and_counts_from_the_next_business_day() -> None:
    answer = availability(calendar_of("gbp"), submitted_ms=moment_ms("2026-12-25 18:00", "UTC"), settlement_days=1)
    assert (answer.cutoff, answer.missed_cutoff) == (None, False)
    assert answer.counted_from == date(2026, 12, 29)
    assert [(day.date.day, day.name) for day in answer.skipped] == [
        (25, "Christmas Day"),
        (26, None),
        (27, None),
        (28, "Boxing Day (observed)"),
    ]
    assert answer.available_on == moment_ms("2026-12-30 09:00", "UTC") // 1000


@EVERY_RAIL
def test_the_last_millisecond_before_the_cutoff_is_in_time_and_the_cutoff_itself_is_not(bank: Bank) -> None:
    calendar = calendar_of(bank.currency)
    cutoff_ms = bank.unix_s(date(2026, 3, 4).toordinal(), bank.cutoff_s) * 1000
    in_time = availability(calendar, submitted_ms=cutoff_ms - 1, settlement_days=1)
    too_late = availability(calendar, submitted_ms=cutoff_ms, settlement_days=1)
    assert (in_time.missed_cutoff, in_time.counted_from) == (False, date(2026, 3, 4))
    assert (too_late.missed_cutoff, too_late.counted_from) == (True, date(2026, 3, 5))


@pytest.mark.parametrize(
    ("submitted", "available_on"),
    [
        ("2026-07-06 08:59", "2026-07-06 09:00"),
        ("2026-07-06 12:34:56", "2026-07-06 12:34:56"),
        ("2026-07-06 17:00", "2026-07-07 09:00"),
        ("2026-07-04 12:00", "2026-07-06 09:00"),
    ],
)
def test_without_settlement_days_money_is_usable_on_the_day_counted_from_but_never_before_it_came(
    submitted: str, available_on: str
) -> None:
    answer = availability(calendar_of("usd"), submitted_ms=moment_ms(submitted) + 999, settlement_days=0)
    assert answer.business_days == ()
    assert answer.available_on == moment_ms(available_on) // 1000


@EVERY_RAIL
def test_days_after_a_moment_end_at_the_opening_that_the_oracle_names(bank: Bank) -> None:
    calendar = calendar_of(bank.currency)
    for day in range(FIRST_DAY.toordinal(), LAST_DAY.toordinal() - 60):
        moment_s = bank.unix_s(day, day * 60 % 86_400 // 60 * 60 if day % 3 else 24 * 3600 - 60)
        for days in (0, 1, 2, 5):
            expected = max(bank.opening_after(day, days), moment_s) * 1000
            assert after_business_days(calendar, moment_ms=moment_s * 1000, days=days) == expected
        for days in (0, 1, 2, 60):
            expected = max(bank.opening_after(day + days, 0), moment_s) * 1000
            assert after_calendar_days(calendar, moment_ms=moment_s * 1000, days=days) == expected


def test_a_return_two_business_days_after_a_friday_comes_on_tuesday_and_sixty_days_after_on_a_monday() -> None:
    friday_ms = moment_ms("2026-10-30 23:30")
    assert after_business_days(calendar_of("usd"), moment_ms=friday_ms, days=2) == moment_ms("2026-11-03 09:00")
    assert after_calendar_days(calendar_of("usd"), moment_ms=friday_ms, days=60) == moment_ms("2026-12-29 09:00")
    assert after_calendar_days(calendar_of("usd"), moment_ms=friday_ms, days=57) == moment_ms("2026-12-28 09:00")


def test_negative_days_are_refused() -> None:
    weekdays = calendar_of("sek")
    with pytest.raises(ValueError, match="cannot count -1 days forward"):
        availability(weekdays, submitted_ms=0, settlement_days=-1)
    with pytest.raises(ValueError, match="cannot count -2 days forward"):
        after_business_days(weekdays, moment_ms=0, days=-2)
    with pytest.raises(ValueError, match="cannot count -3 days forward"):
        after_calendar_days(weekdays, moment_ms=0, days=-3)


@given(calendar=RAILS, submissions=st.tuples(SUBMISSIONS, SUBMISSIONS), settlement_days=st.integers(0, 12))
def test_money_submitted_later_is_never_usable_earlier(
    calendar: BankCalendar, submissions: tuple[int, int], settlement_days: int
) -> None:
    earlier, later = (
        availability(calendar, submitted_ms=submitted_ms, settlement_days=settlement_days)
        for submitted_ms in sorted(submissions)
    )
    assert earlier.submitted <= earlier.available_on <= later.available_on


@given(calendar=RAILS, submitted_ms=SUBMISSIONS, settlement_days=st.integers(0, 12))
def test_one_settlement_day_more_makes_money_usable_later(
    calendar: BankCalendar, submitted_ms: int, settlement_days: int
) -> None:
    fewer = availability(calendar, submitted_ms=submitted_ms, settlement_days=settlement_days)
    more = availability(calendar, submitted_ms=submitted_ms, settlement_days=settlement_days + 1)
    assert fewer.available_on < more.available_on
    assert more.business_days[:-1] == fewer.business_days


@given(calendar=RAILS, submitted_ms=SUBMISSIONS, settlement_days=st.integers(0, 12))
def test_every_day_in_between_is_counted_or_skipped_and_none_is_both(
    calendar: BankCalendar, submitted_ms: int, settlement_days: int
) -> None:
    answer = availability(calendar, submitted_ms=submitted_ms, settlement_days=settlement_days)
    first = datetime.fromtimestamp(submitted_ms // 1000, ZoneInfo(calendar.time_zone)).date()
    last = datetime.fromtimestamp(answer.available_on, ZoneInfo(calendar.time_zone)).date()
    too_late_on = [first] if answer.missed_cutoff else []
    told = [*too_late_on, answer.counted_from, *answer.business_days, *(day.date for day in answer.skipped)]
    assert sorted(told) == [first + timedelta(days=number) for number in range((last - first).days + 1)]
    assert len(answer.business_days) == settlement_days


def run_python(script: str, **environment: str) -> list[str]:
    """Return the lines that a fresh process prints, whose environment is ours and the given variables."""
    finished = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, **environment},
        capture_output=True,
        encoding="utf-8",
        check=True,
        timeout=30,
    )
    return finished.stdout.splitlines()


def test_names_are_english_whatever_language_the_process_runs_in() -> None:
    script = """
from datetime import date
from brim.core.calendars.rules import calendar_of
for currency, day in [("usd", 25), ("eur", 26), ("gbp", 28), ("jpy", 31)]:
    print(ascii(calendar_of(currency).holiday_name(date(2026, 12, day))))
print(ascii(calendar_of("jpy").holiday_name(date(2026, 11, 23))))
"""
    answer = run_python(script, LANGUAGE="th:ja")
    assert answer == [
        "'Christmas Day'",
        "'Christmas Holiday'",
        "'Boxing Day (observed)'",
        "'Bank Holiday'",
        "'Labor Thanksgiving Day'",
    ]


@pytest.mark.parametrize(
    ("holidays_in", "day", "name"),
    [
        (bank_holidays.federal_reserve, date(2026, 12, 25), "Christmas Day"),
        (bank_holidays.target, date(2026, 12, 26), "Christmas Holiday"),
        (bank_holidays.england_and_wales, date(2026, 12, 28), "Boxing Day (observed)"),
        (bank_holidays.japan, date(2026, 12, 31), "Bank Holiday"),
        (bank_holidays.japan, date(2026, 11, 23), "Labor Thanksgiving Day"),
    ],
)
def test_a_year_that_is_read_after_the_language_has_changed_is_in_english(
    monkeypatch: pytest.MonkeyPatch, holidays_in: Any, day: date, name: str
) -> None:
    monkeypatch.setenv("LANGUAGE", "th:ja")
    assert holidays_in.__wrapped__(2026)[day] == name


def test_the_library_of_holidays_is_loaded_by_the_first_question_about_one_only() -> None:
    script = """
import sys
from brim.core.calendars.rules import availability, calendar_of
availability(calendar_of("sek"), submitted_ms=0, settlement_days=5)
print("holidays" in sys.modules)
availability(calendar_of("usd"), submitted_ms=0, settlement_days=5)
print("holidays" in sys.modules)
"""
    assert run_python(script) == ["False", "True"]


def document_row(currencies: str, bank: Bank, holidays_of: str) -> str:
    """Return the row of docs/calendars.md that tells of a rail."""
    calendar = calendar_of(bank.currency)
    hours = f"{calendar.cutoff:%H:%M} | {calendar.opening:%H:%M}"
    return (
        f"| `{calendar.name}` | {currencies} | {calendar.time_zone} | {hours} | "
        f"{calendar.settlement_days} | {holidays_of} |"
    )


def test_the_document_tells_every_rail_as_it_is() -> None:
    document = Path(__file__).parents[2] / "docs" / "calendars.md"
    rows = [row for row in document.read_text(encoding="utf-8").splitlines() if row.startswith("| `")]
    currencies = ["usd", "eur", "gbp", "jpy", "every other"]
    holidays_of = [
        "Federal Reserve Banks",
        "TARGET",
        "England and Wales",
        "Japan, and its banks' own",
        "none",
    ]
    assert rows == [document_row(*row) for row in zip(currencies, BANKS, holidays_of, strict=True)]
    assert calendar_of("usd").settlement_days == 5  # the vendor's guide: 5 to 6 business days
    text = document.read_text(encoding="utf-8")
    assert [day for day in SATURDAY_HOLIDAYS_KEPT_OPEN if day.isoformat() not in text] == []
