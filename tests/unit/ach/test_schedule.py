"""When debits leave and settle, against a plain count of days; same-day cut-offs, and what is too large for them."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from brim.core.calendars import calendar_named
from brim.core.rails.ach import (
    CALENDAR,
    OriginatorProfile,
    ProfileError,
    check_profile,
    date_of_file_made,
    effective_date_of,
    entry_cap_of_file_made,
    has_missed_its_cutoff,
    last_moment_ms,
    next_cutoff_ms,
    promise_of,
)

PROFILE = OriginatorProfile(
    odfi_routing_number="121042882",
    odfi_name="BANK",
    immediate_origin="1234567890",
    origin_name="BRIM",
    company_name="BRIM",
    company_id="1234567890",
    outgoing_folder="/out",
    incoming_folder="/in",
    cutoffs=("10:30", "14:00", "17:00"),
    same_day_cutoffs=("10:30", "14:00"),
    same_day_cap=100_000,
    entry_cap=200_000,
)
TIMES = ("00:00", "06:15", "10:30", "14:00", "17:00", "23:59")
ZONES = ("America/New_York", "America/Los_Angeles", "Pacific/Honolulu")


def at(text: str, zone: str = "America/New_York") -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp()) * 1000


def is_banking_day(day: date) -> bool:
    calendar = calendar_named(CALENDAR)
    assert calendar is not None
    return calendar.is_business_day(day)


@given(
    minutes=st.integers(0, 60 * 24 * 40),
    cutoffs=st.sets(st.sampled_from(TIMES), min_size=1),
    same_day=st.sets(st.sampled_from(TIMES)),
    zone=st.sampled_from(ZONES),
    amount=st.sampled_from((1, 100_000, 100_001)),
)
def test_a_debit_goes_out_with_the_first_cutoff_that_takes_it_and_settles_as_that_one_says(
    minutes: int, cutoffs: set[str], same_day: set[str], zone: str, amount: int
) -> None:
    assume(len({"00:00" in same_day, "23:59" in same_day}) == 1 or not {"00:00", "23:59"} <= cutoffs)
    profile = msgspec.structs.replace(
        PROFILE,
        cutoffs=tuple(sorted(cutoffs)),
        same_day_cutoffs=tuple(sorted(same_day & cutoffs)),
        time_zone=zone,
        entry_cap=100_000 if cutoffs <= same_day else 200_000,
    )
    check_profile(profile)
    amount = min(amount, profile.entry_cap)
    now = datetime(2026, 12, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    now_ms = int(now.timestamp()) * 1000
    found = promise_of(profile, now_ms=now_ms, agreed_days=0, amount=amount)
    day = now.astimezone(ZoneInfo(zone)).date()
    wanted = None
    while wanted is None:
        for cutoff in profile.cutoffs if is_banking_day(day) else ():
            moment = datetime.combine(day, datetime.strptime(cutoff, "%H:%M").time(), ZoneInfo(zone))  # noqa: DTZ007
            takes_it = amount <= profile.same_day_cap or cutoff not in profile.same_day_cutoffs
            if wanted is None and takes_it and moment > now:
                wanted = (moment, cutoff)
        day += timedelta(days=1)
    moment, cutoff = wanted
    assert found.cutoff_ms == int(moment.timestamp()) * 1000
    settles = moment.date()
    if cutoff not in profile.same_day_cutoffs:
        settles += timedelta(days=1)
        while not is_banking_day(settles):
            settles += timedelta(days=1)
    assert found.effective_date == settles


def test_what_misses_a_same_day_window_belongs_to_the_next_cutoff() -> None:
    today, tomorrow = date(2026, 12, 1), date(2026, 12, 2)
    for moment, wanted in {
        "2026-12-01 10:30": today,
        "2026-12-01 10:59": today,
        "2026-12-01 11:00": today,  # there is another window
        "2026-12-01 14:29": today,
        "2026-12-01 14:30": tomorrow,
        "2026-12-01 17:29": tomorrow,
        "2026-12-01 17:31": tomorrow,  # the first window of the next day
        "2026-12-04 17:31": date(2026, 12, 7),
    }.items():
        assert date_of_file_made(PROFILE, at(moment)) == wanted, moment


def test_a_file_of_a_same_day_window_takes_nothing_above_its_cap() -> None:
    assert entry_cap_of_file_made(PROFILE, at("2026-12-01 10:30")) == 100_000
    assert entry_cap_of_file_made(PROFILE, at("2026-12-01 17:00")) == PROFILE.file_cap
    lower = msgspec.structs.replace(PROFILE, file_cap=50_000, entry_cap=50_000)
    assert entry_cap_of_file_made(lower, at("2026-12-01 10:30")) == 50_000


def test_a_cutoff_that_is_the_same_elsewhere_is_another_moment() -> None:
    west = msgspec.structs.replace(PROFILE, time_zone="America/Los_Angeles")
    noon = at("2026-12-01 12:00")
    assert next_cutoff_ms(PROFILE, noon) == at("2026-12-01 14:00")
    assert next_cutoff_ms(west, noon) == at("2026-12-01 10:30", "America/Los_Angeles") == at("2026-12-01 13:30")
    assert effective_date_of(west, next_cutoff_ms(west, noon)) == date(2026, 12, 1)


@pytest.mark.parametrize(
    "changes",
    [
        {"same_day_cutoffs": ("09:00",)},
        {"cutoffs": ("10:30",), "same_day_cutoffs": ("10:30",)},
    ],
)
def test_same_day_cutoffs_are_cutoffs_and_leave_one_for_what_is_too_large(changes: dict[str, Any]) -> None:
    with pytest.raises(ProfileError, match="same_day_cutoffs"):
        check_profile(msgspec.structs.replace(PROFILE, **changes))
    if "cutoffs" in changes:
        check_profile(msgspec.structs.replace(PROFILE, **changes, entry_cap=100_000))


@pytest.mark.parametrize(
    ("made", "effective", "last"),
    [
        ("2026-11-30 17:00", "2026-12-01", "2026-11-30 17:30"),  # what follows settles on the same day
        ("2026-11-30 17:35", "2026-12-01", "2026-12-01 14:30"),  # made for the same day
        ("2026-12-01 10:30", "2026-12-01", "2026-12-01 14:30"),
        ("2026-12-01 17:29", "2026-12-02", "2026-12-01 17:30"),
        ("2026-12-04 17:00", "2026-12-07", "2026-12-04 17:30"),
    ],
)
def test_a_file_is_too_late_once_its_debits_would_settle_on_the_same_day(made: str, effective: str, last: str) -> None:
    day = date.fromisoformat(effective)
    assert date_of_file_made(PROFILE, at(made)) == day
    assert last_moment_ms(PROFILE, day, at(made)) == at(last)
    assert not has_missed_its_cutoff(PROFILE, day, at(made), at(last) - 1)
    assert has_missed_its_cutoff(PROFILE, day, at(made), at(last))


@pytest.mark.parametrize("cutoffs", [("10:30", "10:59"), ("00:10", "23:50")])
def test_cutoffs_of_two_kinds_are_half_an_hour_apart(cutoffs: tuple[str, str]) -> None:
    for same_day in cutoffs:
        with pytest.raises(ProfileError, match="30 minutes apart"):
            check_profile(msgspec.structs.replace(PROFILE, cutoffs=cutoffs, same_day_cutoffs=(same_day,)))
    check_profile(msgspec.structs.replace(PROFILE, cutoffs=cutoffs, same_day_cutoffs=()))
