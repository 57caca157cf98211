"""Bank days: when money handed to a bank is usable, and which days stood in between.

A calendar is what one rail keeps to: its bank's time zone, the cut-off until which a day's work is taken, the hour
at which money becomes usable, and its holidays (`bank_holidays`). `availability` counts the days and says how.

Wall times become moments by the time zone's rules. None used here is skipped or repeated when clocks change: zones
change at night, cut-offs and openings lie between 09:00 and 17:00. Pure: the moment is an argument. Beyond
the year 9999 there are no dates: OverflowError.
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Final, Literal
from zoneinfo import ZoneInfo

import msgspec

from brim.core.calendars.bank_holidays import HolidaysIn, england_and_wales, federal_reserve, japan, no_holidays, target

_SATURDAY: Final = 5
_ONE_DAY: Final = timedelta(days=1)


class BankCalendar(msgspec.Struct, frozen=True, kw_only=True):
    """The days and hours that one rail keeps.

    `time_zone` is the IANA name; `cutoff` and `opening` are wall times there; `settlement_days` is how many business
    days pass, unless an account has an agreement of its own, until the money is usable.
    """

    name: str
    time_zone: str
    cutoff: time
    opening: time = time(9)
    settlement_days: int
    holidays_in: HolidaysIn

    def is_business_day(self, day: date) -> bool:
        """Tell whether banks move money on this local day."""
        return day.weekday() < _SATURDAY and day not in self.holidays_in(day.year)

    def holiday_name(self, day: date) -> str | None:
        """Return the name of the bank holiday on this local day, in English, also on a weekend; None if it is none."""
        return self.holidays_in(day.year).get(day)


# Cut-offs, openings and settlement days are ours, since each bank has its own; docs/calendars.md says so. The vendor's
# guide speaks of 5 to 6 business days for a top-up by ACH: five from the day that counts is six from a late evening.
_CALENDARS: Final = {
    "usd": BankCalendar(
        name="us_ach",
        time_zone="America/New_York",
        cutoff=time(17),
        settlement_days=5,
        holidays_in=federal_reserve,
    ),
    "eur": BankCalendar(
        name="sepa",
        time_zone="Europe/Berlin",
        cutoff=time(17),
        settlement_days=5,
        holidays_in=target,
    ),
    "gbp": BankCalendar(
        name="uk",
        time_zone="Europe/London",
        cutoff=time(17),
        settlement_days=4,
        holidays_in=england_and_wales,
    ),
    "jpy": BankCalendar(
        name="jp",
        time_zone="Asia/Tokyo",
        cutoff=time(15),
        settlement_days=3,
        holidays_in=japan,
    ),
}
_WEEKDAYS: Final = BankCalendar(
    name="weekdays",
    time_zone="UTC",
    cutoff=time(17),
    settlement_days=5,
    holidays_in=no_holidays,
)
_BY_NAME: Final = {calendar.name: calendar for calendar in (*_CALENDARS.values(), _WEEKDAYS)}


def calendar_of(currency: str) -> BankCalendar:
    """Return the calendar of the rail that moves a currency (lower-case ISO code); `weekdays` where none is known."""
    return _CALENDARS.get(currency, _WEEKDAYS)


def calendar_named(name: str | None) -> BankCalendar | None:
    """Return the calendar of a name; None where there is none of it.

    What was promised by a calendar is explained by it for ever, so a calendar whose days or hours change gets a new
    name, and the old one stays in the list.
    """
    return _BY_NAME.get(name) if name else None


class SkippedDay(msgspec.Struct, frozen=True, kw_only=True):
    """A local day on which no bank worked.

    On a weekend that is the reason, whatever else falls on the day, and `name` is None; else it is the holiday's.
    """

    date: date
    reason: Literal["weekend", "holiday"]
    name: str | None


class Availability(msgspec.Struct, frozen=True, kw_only=True):
    """When money submitted at a moment is usable, and why then.

    `submitted`, `cutoff` and `available_on` are Unix seconds, the rest are local days. `cutoff` is that of the day of
    submission, None when that is no banking day. `counted_from` is day 0; `business_days` are the days counted after
    it, and on the last of them, or on day 0 when there is none, the money is usable. `skipped` are the days from
    submission to then on which no bank worked, in order.
    """

    calendar: str
    time_zone: str
    submitted: int
    cutoff: int | None
    missed_cutoff: bool
    counted_from: date
    business_days: tuple[date, ...]
    skipped: tuple[SkippedDay, ...]
    available_on: int


def availability(calendar: BankCalendar, *, submitted_ms: int, settlement_days: int) -> Availability:
    """Return when money submitted at a moment (Unix milliseconds) is usable, and how the days were counted.

    At the cut-off to the millisecond is too late: the next banking day counts. The money is usable at the opening
    of the last day counted; when that has passed (only with no settlement days), in the second of the submission.

    Raises:
        ValueError: when the settlement days are negative.
    """
    today = _local_day(calendar, submitted_ms)
    cutoff_ms = _moment_ms(calendar, today, calendar.cutoff) if calendar.is_business_day(today) else None
    missed_cutoff = cutoff_ms is not None and submitted_ms >= cutoff_ms
    counted_from = _first_business_day(calendar, today + _ONE_DAY if missed_cutoff else today)
    business_days = _business_days_after(calendar, counted_from, settlement_days)
    usable_on = business_days[-1] if business_days else counted_from
    return Availability(
        calendar=calendar.name,
        time_zone=calendar.time_zone,
        submitted=submitted_ms // 1000,
        cutoff=None if cutoff_ms is None else cutoff_ms // 1000,
        missed_cutoff=missed_cutoff,
        counted_from=counted_from,
        business_days=business_days,
        skipped=tuple(_skipped_days(calendar, today, usable_on)),
        available_on=_opening_ms(calendar, usable_on, not_before_ms=submitted_ms) // 1000,
    )


def after_business_days(calendar: BankCalendar, *, moment_ms: int, days: int) -> int:
    """Return the opening (Unix milliseconds) of the n-th banking day after the local day of a moment.

    The cut-off plays no part. With 0 days it is the first banking day on or after that local day, but never a time
    before the moment.

    Raises:
        ValueError: when the days are negative.
    """
    today = _local_day(calendar, moment_ms)
    counted = _business_days_after(calendar, today, days)
    day = counted[-1] if counted else _first_business_day(calendar, today)
    return _opening_ms(calendar, day, not_before_ms=moment_ms)


def after_calendar_days(calendar: BankCalendar, *, moment_ms: int, days: int) -> int:
    """Return the opening (Unix milliseconds) of the first banking day on or after so many days from a moment.

    The days are local ones, banking days or not; the result is never before the moment.

    Raises:
        ValueError: when the days are negative.
    """
    _refuse_negative(days)
    day = _first_business_day(calendar, _local_day(calendar, moment_ms) + timedelta(days=days))
    return _opening_ms(calendar, day, not_before_ms=moment_ms)


def _business_days_after(calendar: BankCalendar, day: date, count: int) -> tuple[date, ...]:
    """Return so many banking days that follow a day, without the day itself."""
    _refuse_negative(count)
    counted: list[date] = []
    while len(counted) < count:
        day = _first_business_day(calendar, day + _ONE_DAY)
        counted.append(day)
    return tuple(counted)


def _first_business_day(calendar: BankCalendar, day: date) -> date:
    """Return the day itself, or the next one on which banks work."""
    while not calendar.is_business_day(day):
        day += _ONE_DAY
    return day


def _skipped_days(calendar: BankCalendar, first: date, last: date) -> Iterator[SkippedDay]:
    """Yield the days from the first until the last on which no bank works; on the last, banks do."""
    for ordinal in range(first.toordinal(), last.toordinal()):
        day = date.fromordinal(ordinal)
        if day.weekday() >= _SATURDAY:
            yield SkippedDay(date=day, reason="weekend", name=None)
        elif name := calendar.holiday_name(day):
            yield SkippedDay(date=day, reason="holiday", name=name)


def _opening_ms(calendar: BankCalendar, day: date, *, not_before_ms: int) -> int:
    """Return the moment at which a local day's money is usable, or the given one if that is later."""
    return max(_moment_ms(calendar, day, calendar.opening), not_before_ms)


def _moment_ms(calendar: BankCalendar, day: date, wall_time: time) -> int:
    """Return the Unix milliseconds of a wall time on a local day."""
    return int(datetime.combine(day, wall_time, ZoneInfo(calendar.time_zone)).timestamp()) * 1000


def _local_day(calendar: BankCalendar, moment_ms: int) -> date:
    """Return the day it is at the calendar's banks at a moment."""
    return datetime.fromtimestamp(moment_ms // 1000, ZoneInfo(calendar.time_zone)).date()


def _refuse_negative(days: int) -> None:
    """Raise ValueError for days that cannot be counted forward."""
    if days < 0:
        raise ValueError(f"cannot count {days} days forward")
