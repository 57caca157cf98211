"""Ten years of banking days, each at its cut-offs and deadlines: equal at every step to a model made from the rules.

The model (`tests/support/bank_oracle.py`) has the Federal Reserve's holidays from their published rule and New York's
clocks from their law; it lists all banking days and cut-offs, and every answer is a place in these lists.
"""

from bisect import bisect_left, bisect_right
from datetime import date, timedelta
from typing import Final

import msgspec
import pytest

from brim.base.scope import AccountScope
from brim.core.corrections import Correction, CorrectionStatus
from brim.core.corrections.service import refusable_until_ms
from brim.core.rails.ach import (
    OriginatorProfile,
    contestable_until,
    date_of_file_made,
    dishonorable_until_ms,
    effective_date_of,
    entry_cap_of_file_made,
    final_ms,
    has_missed_its_cutoff,
    last_moment_ms,
    last_retry_day,
    leaves_in_time,
    next_cutoff_ms,
    prenote_passes_ms,
    promise_of,
    retry_cutoff_ms,
    returnable_until,
    unanswered_ms,
)
from brim.core.rails.ach.nacha import RETURN_CODES
from tests.support.bank_oracle import BANKS, every_day

NEW_YORK: Final = BANKS[0]
CUTOFFS: Final = {"10:00": True, "14:15": True, "17:00": False}
"""Whether the file of a cut-off settles on the same day."""
PROFILE: Final = OriginatorProfile(
    odfi_routing_number="121042882",
    odfi_name="BANK",
    immediate_origin="1234567890",
    origin_name="BRIM",
    company_name="BRIM",
    company_id="1234567890",
    outgoing_folder="/out",
    incoming_folder="/in",
    cutoffs=tuple(CUTOFFS),
    same_day_cutoffs=tuple(each for each, is_same_day in CUTOFFS.items() if is_same_day),
    same_day_cap=100_000,
    entry_cap=200_000,
    file_cap=500_000,
    hold_days=3,
    retry_schedule=("+1", "1/15"),
)
GRACE_MS: Final = 30 * 60 * 1000
OPEN: Final = [day for day in every_day() if NEW_YORK.is_open(day)]
"""All banking days until a year after the last that is asked about."""
PLACE: Final = {day: place for place, day in enumerate(OPEN)}


def ms(day: date, wall: str) -> int:
    """Return the moment of a wall time in New York."""
    hours, minutes = map(int, wall.split(":"))
    return NEW_YORK.unix_s(day.toordinal(), hours * 3600 + minutes * 60) * 1000


def after(day: date, count: int) -> date:
    """Return the banking day that many after one."""
    return OPEN[PLACE[day] + count]


def on_or_after(day: date) -> date:
    return OPEN[bisect_left(OPEN, day)]


WINDOWS: Final = [(ms(day, wall), day, is_same_day) for day in OPEN for wall, is_same_day in CUTOFFS.items()]
"""All cut-offs in order: moment, day, and whether their files settle on that day."""
MOMENTS: Final = [moment for moment, _, _ in WINDOWS]
LARGE: Final = [window for window in WINDOWS if not window[2]]
"""Those that a debit above the same-day cap may go out with."""
LARGE_MOMENTS: Final = [moment for moment, _, _ in LARGE]


def settles(window: tuple[int, date, bool]) -> date:
    return window[1] if window[2] else after(window[1], 1)


def window_after(moment: int) -> int:
    """Return the place of the first cut-off after a moment."""
    return bisect_right(MOMENTS, moment)


def deadline(place: int) -> int:
    """Return until when the file of a cut-off may be sent: half an hour after the last that settles as it does."""
    until = place
    while settles(WINDOWS[until + 1]) == settles(WINDOWS[place]) and WINDOWS[until + 1][2] == WINDOWS[place][2]:
        until += 1
    return WINDOWS[until][0] + GRACE_MS


YEARS: Final = range(2025, 2035)
CORRECTION: Final = Correction(
    scope=AccountScope("acct_x", livemode=True),
    id="corr_x",
    owner="acct_x",
    funding_source="src_x",
    originator="orig_x",
    topup="tu_x",
    number=1,
    bank_file="bankf_x",
    change_code="C01",
    original_trace="121042880000001",
    trace="110000000000001",
    status=CorrectionStatus.OPEN,
    reason=None,
    corrected=[],
    routing_number="110000000",
    last4="0000",
    fingerprint="x",
    account_type=None,
    received_ms=0,
)


def days_of(year: int) -> list[date]:
    return [day for day in every_day() if day.year == year]


@pytest.mark.parametrize("year", YEARS)
def test_debits_leave_and_settle_on_every_day_as_the_list_of_banking_days_has_it(year: int) -> None:
    for day in days_of(year):
        cutoffs = [ms(day, wall) for wall in CUTOFFS]
        moments = {ms(day, "00:00"), ms(day + timedelta(days=1), "00:00") - 1}
        if day in PLACE:
            moments |= {cutoff + shift for cutoff in cutoffs for shift in (-1, 0, GRACE_MS - 1, GRACE_MS)}
        for moment in moments:
            window = WINDOWS[window_after(moment)]
            assert next_cutoff_ms(PROFILE, moment) == window[0]
            large = LARGE[bisect_right(LARGE_MOMENTS, moment)]
            assert next_cutoff_ms(PROFILE, moment, amount=100_001) == large[0]
            made = WINDOWS[window_after(moment - GRACE_MS)]
            assert date_of_file_made(PROFILE, moment) == settles(made)
            assert entry_cap_of_file_made(PROFILE, moment) == (100_000 if made[2] else 500_000)
        promised = promise_of(PROFILE, now_ms=cutoffs[0] - 1, agreed_days=None)
        window = WINDOWS[window_after(cutoffs[0] - 1)]
        assert (promised.cutoff_ms, promised.effective_date) == (window[0], settles(window))
        assert promised.usable_ms == ms(after(settles(window), 3), PROFILE.opening)


@pytest.mark.parametrize("year", YEARS)
def test_every_file_may_be_sent_until_the_last_window_of_its_day_and_kind_and_not_a_moment_longer(year: int) -> None:
    for day in (day for day in days_of(year) if day in PLACE):
        for wall in CUTOFFS:
            place = window_after(ms(day, wall) - 1)
            assert effective_date_of(PROFILE, WINDOWS[place][0]) == settles(WINDOWS[place])
            effective, last = settles(WINDOWS[place]), deadline(place)
            made = WINDOWS[place][0]
            assert last_moment_ms(PROFILE, effective, made) == last
            assert not has_missed_its_cutoff(PROFILE, effective, made, last - 1)
            assert has_missed_its_cutoff(PROFILE, effective, made, last)


@pytest.mark.parametrize("year", YEARS)
def test_every_deadline_is_so_many_places_on_in_the_list_of_banking_days(year: int) -> None:
    for day in (day for day in days_of(year) if day in PLACE):
        assert returnable_until(RETURN_CODES["R01"], day) == after(day, 2)
        assert returnable_until(RETURN_CODES["R10"], day) == on_or_after(day + timedelta(days=61))
        assert returnable_until(RETURN_CODES["R06"], day) is None
        assert dishonorable_until_ms(PROFILE, day) == ms(after(day, 5), "17:00")
        assert leaves_in_time(PROFILE, day, ms(after(day, 5), "17:00") + GRACE_MS - 1)
        assert not leaves_in_time(PROFILE, day, ms(after(day, 5), "17:00") + GRACE_MS)
        assert contestable_until(day) == after(day, 2)
        assert final_ms(PROFILE, day) == ms(after(day, 4), PROFILE.opening)
        assert unanswered_ms(PROFILE, day) == ms(after(day, 8), "00:00")
        assert prenote_passes_ms(PROFILE, day) == ms(after(day, 3), PROFILE.opening)
        assert last_retry_day(day) == day + timedelta(days=180)
        # A bank takes refusals of a notification for fifteen banking days; two are for the file on its way.
        notified = msgspec.structs.replace(CORRECTION, received_ms=ms(day, "16:00"))
        assert refusable_until_ms(notified) == ms(after(day, 13), "09:00")


@pytest.mark.parametrize("year", YEARS)
def test_every_returned_debit_is_presented_again_at_the_first_cut_off_that_its_plan_and_180_days_allow(
    year: int,
) -> None:
    for day in (day for day in days_of(year) if day in PLACE):
        returned = ms(day, "16:20")
        tomorrow = WINDOWS[window_after(ms(after(day, 1), "00:00") - 1)]
        for age in (2, 178, 179, 180, 181):
            original = day - timedelta(days=age)
            last = original + timedelta(days=180)
            again = tomorrow[0] if settles(tomorrow) <= last else None
            assert retry_cutoff_ms(PROFILE, retry=1, returned_ms=returned, original=original) == again
        months = [date(year, month, 1) for month in range(1, 13)] + [date(year + 1, 1, 1)]
        paydays = {on_or_after(month.replace(day=each)) for month in months for each in (1, 15)}
        place = window_after(returned)
        while settles(WINDOWS[place]) not in paydays:
            place += 1
        found = retry_cutoff_ms(PROFILE, retry=2, returned_ms=returned, original=day)
        assert found == WINDOWS[place][0]
