"""The days of TARGET, and the local time of a bank that keeps to them.

Source: European Central Bank, TARGET closing days: New Year, Good Friday, Easter Monday, 1 May, 25 and 26 December.
"""

from datetime import date, time, timedelta
from functools import cache

from brim.bank.banking_days import CUT_OFF, LocalTime

_ONE = timedelta(days=1)


@cache
def _closed(year: int) -> frozenset[date]:
    easter = _easter(year)
    fixed = {date(year, month, day) for month, day in ((1, 1), (5, 1), (12, 25), (12, 26))}
    return frozenset({*fixed, easter - 2 * _ONE, easter + _ONE})


def _easter(year: int) -> date:
    """Return Easter Sunday by Gauss's rule as Lichtenberg has completed it."""
    century = year // 100
    moon = 15 + (3 * century + 3) // 4 - (8 * century + 13) // 25
    sun = 2 - (3 * century + 3) // 4
    seed = (19 * (year % 19) + moon) % 30
    correction = (seed + year % 19 // 11) // 29
    full_moon = 21 + seed - correction
    first_sunday = 7 - (year + year // 4 + sun) % 7
    after_march = full_moon + 7 - (full_moon - first_sunday) % 7
    return date(year, 3, 1) + timedelta(days=after_march - 1)


def on_or_after(day: date) -> date:
    """Return the first day of TARGET that is not before a day."""
    while day.weekday() >= 5 or day in _closed(day.year):
        day += _ONE
    return day


def add_days(day: date, count: int) -> date:
    """Return the day of TARGET that many after a day; with 0, the first one not before it."""
    day = on_or_after(day)
    for _ in range(count):
        day = on_or_after(day + _ONE)
    return day


class TargetTime(LocalTime):
    """The time zone of a bank whose days are those of TARGET."""

    def processing_day(self, received: int) -> date:
        """Return the day of TARGET on which a file is processed."""
        local = self.local(received)
        return on_or_after(local.date() if local.time() < CUT_OFF else local.date() + _ONE)

    def next_at(self, wall: time, day: date, after: int) -> int:
        """Return the first moment at that time of a day of TARGET, not before `day` and later than `after`."""
        day = on_or_after(day)
        while self.at(day, wall) <= after:
            day = on_or_after(day + _ONE)
        return self.at(day, wall)
