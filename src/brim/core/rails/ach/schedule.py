"""When files leave, on which day they settle, and when the money is usable.

All moments are Unix milliseconds; days are local ones at the originator's bank. Banking days are the Federal
Reserve's, and TARGET's for an originator that collects by SEPA. Pure: the moment is an argument.
"""

from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from brim.core.calendars import BankCalendar, calendar_named
from brim.core.rails.ach.nacha import Deadline, ReturnCode
from brim.core.rails.ach.profile import GRACE_MINUTES, OriginatorProfile
from brim.core.rails.sepa import CALENDAR as SEPA_CALENDAR

CALENDAR: Final = "us_ach"
"""The calendar whose banking days count for ACH."""

GRACE_MS: Final = GRACE_MINUTES * 60 * 1000
"""How long after a cut-off a file still belongs to it."""

PRENOTE_DAYS: Final = 3
"""Banking days from the settlement of a prenote until its bank account may be debited.

Source: Nacha's operating rules, 2.6.3: a bank returns a prenote by the opening of the second banking day.
"""

DISHONOR_DAYS: Final = 5
"""Banking days from the settlement of a return within which it can be dishonored. Source: Nacha's operating rules."""

REVERSAL_DAYS: Final = 5
"""Banking days from the settlement of a debit within which it can be reversed. Source: Nacha's operating rules."""

REVERSAL_DESCRIPTION: Final = "REVERSAL"
"""The company entry description of a batch of reversals, and of nothing else. Source: Nacha's operating rules."""

REFUND_DESCRIPTION: Final = "REFUND"
"""The company entry description of a batch of refunds: what account holders read on their statements."""
REFUND_DAYS: Final = 3
"""Banking days from the settlement of a debit until its ordinary returns have arrived.

Source: Nacha's operating rules: a return is with the originating bank by the opening of the second banking day.
"""

ANSWER_DAYS: Final = 7
"""Banking days after the effective date of its file within which a statement has booked a credit, or never will."""
CONTEST_DAYS: Final = 2
"""Banking days from the settlement of a dishonored return within which the receiving bank can contest it.

Source: Nacha's operating rules.
"""

FINAL_DAYS: Final = CONTEST_DAYS + 2
"""Banking days until no contest can arrive any more: one that is sent on the last day settles on the next, and the
bank delivers it in the course of that day."""

_NEAR: Final = timedelta(days=10)
_ONE_DAY: Final = timedelta(days=1)


class Promise(msgspec.Struct, frozen=True, kw_only=True):
    """What can be said of a debit when it is made, or when its file is.

    `cutoff_ms` is when its file is made, `effective_date` the day on which the banks settle it, `usable_ms` when the
    money is usable if the bank has confirmed it by then. `hold_days` are the banking days between the last two.
    """

    cutoff_ms: int
    effective_date: date
    hold_days: int
    usable_ms: int


def promise_of(profile: OriginatorProfile, *, now_ms: int, agreed_days: int | None, amount: int = 0) -> Promise:
    """Return what to expect of a debit that is asked for now.

    Args:
        profile: the originator's.
        now_ms: when it is asked for.
        agreed_days: the account's own agreement in banking days from settlement, None for none. It takes the place of
            the profile's hold, but never shortens it below the profile's minimum.
        amount: of the debit, in cents: not every amount can settle on the same day.
    """
    cutoff_ms = next_cutoff_ms(profile, now_ms, amount=amount)
    effective_date = effective_date_of(profile, cutoff_ms)
    earliest = local_day(profile, now_ms) + timedelta(days=profile.sepa.prenotification_days if profile.sepa else 0)
    while effective_date < earliest:
        cutoff_ms = next_cutoff_ms(profile, cutoff_ms, amount=amount)
        effective_date = effective_date_of(profile, cutoff_ms)
    hold_days = max(profile.hold_days if agreed_days is None else agreed_days, profile.minimum_hold_days)
    return Promise(
        cutoff_ms=cutoff_ms,
        effective_date=effective_date,
        hold_days=hold_days,
        usable_ms=usable_ms(profile, effective_date, hold_days),
    )


def next_cutoff_ms(profile: OriginatorProfile, now_ms: int, *, amount: int = 0) -> int:
    """Return the first cut-off after a moment that an amount may go out with.

    At the cut-off to the millisecond is too late.
    """
    cutoffs = _cutoffs_for(profile, amount)
    day = local_day(profile, now_ms)
    while True:
        if _calendar_of(profile).is_business_day(day):
            for cutoff in cutoffs:
                cutoff_ms = _moment_ms(profile, day, cutoff)
                if cutoff_ms > now_ms:
                    return cutoff_ms
        day += _ONE_DAY


def effective_date_of(profile: OriginatorProfile, file_ms: int) -> date:
    """Return the day on which the entries of a file made at a moment, or for that cut-off, settle.

    Computed when the file is made and not before: a file that leaves late must not name a day that has passed.
    """
    if _is_same_day(profile, file_ms):
        return local_day(profile, file_ms)
    return _business_day_after(local_day(profile, file_ms), profile.lead_days, _calendar_of(profile))


def date_of_file_made(profile: OriginatorProfile, now_ms: int) -> date:
    """Return the day on which the entries of a file settle that is made, or sent, at a moment.

    For half an hour (`GRACE_MS`) after a cut-off a file still belongs to it, since making, approving and sending take a
    while; later the next cut-off counts.
    """
    return effective_date_of(profile, next_cutoff_ms(profile, now_ms - GRACE_MS))


def entry_cap_of_file_made(profile: OriginatorProfile, now_ms: int) -> int:
    """Return the largest debit that a file made at a moment can take: less if it settles on the same day."""
    is_same_day = _is_same_day(profile, next_cutoff_ms(profile, now_ms - GRACE_MS))
    return min(profile.file_cap, profile.same_day_cap) if is_same_day else profile.file_cap


def entry_cap_of_any_file(profile: OriginatorProfile) -> int:
    """Return the largest entry that some file of a profile can take."""
    is_all_same_day = set(profile.cutoffs) <= set(profile.same_day_cutoffs)
    return min(profile.file_cap, profile.same_day_cap) if is_all_same_day else profile.file_cap


def has_missed_its_cutoff(profile: OriginatorProfile, effective_date: date, made_ms: int, now_ms: int) -> bool:
    """Tell whether a file that was made at a moment cannot be sent any more now for the day that it names.

    Where the window of now settles on the same day and that of its making did not, it is too late as well: it may have
    debits above the cap of the same day.
    """
    if effective_date < date_of_file_made(profile, now_ms):
        return True
    was, now = (next_cutoff_ms(profile, moment - GRACE_MS) for moment in (made_ms, now_ms))
    return _is_same_day(profile, now) and not _is_same_day(profile, was)


def last_moment_ms(profile: OriginatorProfile, effective_date: date, made_ms: int) -> int:
    """Return the deadline for sending a file made at a moment, so that it settles on its effective date.

    Half an hour after the last cut-off of that day and kind: from then on it `has_missed_its_cutoff`.
    """
    cutoff_ms = next_cutoff_ms(profile, made_ms - GRACE_MS)
    while not has_missed_its_cutoff(
        profile, effective_date, made_ms, (following := next_cutoff_ms(profile, cutoff_ms)) + GRACE_MS - 1
    ):
        cutoff_ms = following
    return cutoff_ms + GRACE_MS


def usable_ms(profile: OriginatorProfile, effective_date: date, hold_days: int) -> int:
    """Return when money that settles on a day is usable: at the bank's opening, so many banking days later."""
    return _moment_ms(profile, _business_day_after(effective_date, hold_days, _calendar_of(profile)), profile.opening)


def prenote_passes_ms(profile: OriginatorProfile, effective_date: date) -> int:
    """Return from when a bank account may be debited whose prenote settles on a day and does not come back."""
    return usable_ms(profile, effective_date, PRENOTE_DAYS)


def dishonorable_until_ms(profile: OriginatorProfile, settled_on: date) -> int:
    """Return the deadline for dishonoring a return that settled on a day: its file must leave by the last cut-off."""
    return _moment_ms(profile, _business_day_after(settled_on, DISHONOR_DAYS), max(profile.cutoffs))


def leaves_in_time(profile: OriginatorProfile, settled_on: date, now_ms: int) -> bool:
    """Tell whether a file made at a moment is in time to dishonor a return that settled on a day."""
    return next_cutoff_ms(profile, now_ms - GRACE_MS) <= dishonorable_until_ms(profile, settled_on)


def reversible_until_ms(profile: OriginatorProfile, debited_on: date, *, amount: int = 0) -> int:
    """Return the deadline for reversing a debit that settled on a day: its file must leave by the last cut-off.

    The last that an amount may go out with: not every amount can settle on the same day.
    """
    last = max(_cutoffs_for(profile, amount))
    return _moment_ms(profile, _business_day_after(debited_on, REVERSAL_DAYS), last)


def reverses_in_time(profile: OriginatorProfile, debited_on: date, now_ms: int, *, amount: int = 0) -> bool:
    """Tell whether a file made at a moment, or a later one, is in time to reverse a debit that settled on a day."""
    leaves_ms = next_cutoff_ms(profile, now_ms - GRACE_MS, amount=amount)
    return leaves_ms <= reversible_until_ms(profile, debited_on, amount=amount)


def refundable_from_ms(profile: OriginatorProfile, debited_on: date) -> int:
    """Return from when a debit that settled on a day does not come back as a matter of course."""
    return usable_ms(profile, debited_on, REFUND_DAYS)


def contestable_until(booked_on: date) -> date:
    """Return the last day on which a dishonored return that was booked on a day can be contested."""
    return _business_day_after(booked_on, CONTEST_DAYS)


def unanswered_ms(profile: OriginatorProfile, effective_date: date) -> int:
    """Return from when a person asks the bank for a dishonor that left in a file of an effective date."""
    return start_of_day_ms(profile, banking_day_after(effective_date, ANSWER_DAYS + 1))


def final_ms(profile: OriginatorProfile, booked_on: date) -> int:
    """Return when a dishonored return that was booked on a day can no longer be contested."""
    return usable_ms(profile, booked_on, FINAL_DAYS)


def returnable_until(code: ReturnCode, debited_on: date) -> date | None:
    """Return the last day on which the return of a debit settles in time; None if the code has no such day.

    Source: Nacha's operating rules: a return is with the originating bank by the opening of the second banking day
    after the settlement of its entry, one for lack of authorization by that of the banking day after the sixtieth day.
    """
    if code.days is None:
        return None
    if code.deadline is Deadline.BANKING_DAYS:
        return _business_day_after(debited_on, code.days)
    return _first_business_day(debited_on + timedelta(days=code.days + 1))


def day_of_year(text: str, near: date) -> date:
    """Return the day of the year that three digits name, nearest to another day; that other day if they name none.

    ACH operators write settlement dates this way. One that is far from its file's day is not valid.
    """
    if not text.isdigit() or not int(text):
        return near
    days = [date(near.year + ahead, 1, 1) + timedelta(days=int(text) - 1) for ahead in (-1, 0, 1)]
    nearest = min(days, key=lambda day: abs(day - near))
    return nearest if abs(nearest - near) <= _NEAR else near


def local_day(profile: OriginatorProfile, moment_ms: int) -> date:
    """Return the day it is for the originator at a moment, by which limits and reports count."""
    return datetime.fromtimestamp(moment_ms // 1000, ZoneInfo(profile.time_zone)).date()


def local_time(profile: OriginatorProfile, moment_ms: int) -> datetime:
    """Return the date and time it is for the originator at a moment."""
    return datetime.fromtimestamp(moment_ms // 1000, ZoneInfo(profile.time_zone))


def opening_after_ms(profile: OriginatorProfile, moment_ms: int) -> int:
    """Return the bank's next opening on a banking day after a moment."""
    day = local_day(profile, moment_ms)
    while True:
        opening_ms = _moment_ms(profile, day, profile.opening)
        if _calendar_of(profile).is_business_day(day) and opening_ms > moment_ms:
            return opening_ms
        day += _ONE_DAY


def is_banking_day(day: date) -> bool:
    """Tell whether banks settle on a day."""
    return _calendar().is_business_day(day)


def banking_day_after(day: date, count: int) -> date:
    """Return the n-th banking day after any day; the day itself for none."""
    for _ in range(count):
        day = _first_business_day(day + _ONE_DAY)
    return day


def start_of_day_ms(profile: OriginatorProfile, day: date) -> int:
    """Return when a day begins for the originator."""
    return _moment_ms(profile, day, "00:00")


def _cutoffs_for(profile: OriginatorProfile, amount: int) -> tuple[str, ...]:
    """Return the cut-offs that an amount may go out with: above the cap of the same day, those that settle later."""
    if amount <= profile.same_day_cap:
        return profile.cutoffs
    return tuple(each for each in profile.cutoffs if each not in profile.same_day_cutoffs) or profile.cutoffs


def _is_same_day(profile: OriginatorProfile, file_ms: int) -> bool:
    """Tell whether the entries of a file for the cut-off of a moment settle on its day."""
    made = local_time(profile, file_ms)
    return f"{made:%H:%M}" in profile.same_day_cutoffs and _calendar_of(profile).is_business_day(made.date())


def calendar_name(profile: OriginatorProfile) -> str:
    """Return the name of the calendar whose banking days count for an originator."""
    return CALENDAR if profile.sepa is None else SEPA_CALENDAR


def _calendar_of(profile: OriginatorProfile) -> BankCalendar:
    return _calendar(calendar_name(profile))


def _calendar(name: str = CALENDAR) -> BankCalendar:
    calendar = calendar_named(name)
    if calendar is None:
        raise ValueError(f"there is no calendar {name}")
    return calendar


def _first_business_day(day: date, calendar: BankCalendar | None = None) -> date:
    while not (calendar or _calendar()).is_business_day(day):
        day += _ONE_DAY
    return day


def _business_day_after(day: date, count: int, calendar: BankCalendar | None = None) -> date:
    """Return the n-th banking day after a day, or the first on or after it for none; by default those of ACH."""
    day = _first_business_day(day, calendar)
    for _ in range(count):
        day = _first_business_day(day + _ONE_DAY, calendar)
    return day


def _moment_ms(profile: OriginatorProfile, day: date, wall_time: str) -> int:
    """Return the moment of a wall time; one that the change of clocks skips is as long after midnight as it says."""
    moment = datetime.combine(day, time.fromisoformat(wall_time), ZoneInfo(profile.time_zone))
    return int(moment.timestamp()) * 1000
