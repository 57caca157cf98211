"""The days and hours of the Federal Reserve Banks, and the bank's local time.

Source: https://www.frbservices.org/about/holiday-schedules. A holiday on a Sunday is observed on Monday; one on a
Saturday is not observed on Friday.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo

CUT_OFF: Final = time(20)
"""A file received from this moment on counts as received on the next banking day."""

SETTLEMENT: Final = time(8, 30)
RETURNS: Final = time(16)
STATEMENT: Final = time(23)

_ONE: Final = timedelta(days=1)
_SUNDAY: Final = 6


@cache
def _holidays(year: int) -> frozenset[date]:
    fixed = (date(year, 1, 1), date(year, 6, 19), date(year, 7, 4), date(year, 11, 11), date(year, 12, 25))
    observed = [day + _ONE if day.weekday() == _SUNDAY else day for day in fixed]
    mondays = [_weekday(year, month, 0, nth) for month, nth in ((1, 3), (2, 3), (9, 1), (10, 2))]
    memorial_day = date(year, 5, 31) - timedelta(days=date(year, 5, 31).weekday())
    return frozenset([*observed, *mondays, memorial_day, _weekday(year, 11, 3, 4)])


def _weekday(year: int, month: int, weekday: int, nth: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (nth - 1))


def is_banking_day(day: date) -> bool:
    """Return whether the Federal Reserve Banks are open."""
    return day.weekday() < 5 and day not in _holidays(day.year)


def on_or_after(day: date) -> date:
    """Return the first banking day that is not before a day."""
    while not is_banking_day(day):
        day += _ONE
    return day


def add_banking_days(day: date, count: int) -> date:
    """Return the banking day that many after a day; with 0, the first one not before it."""
    day = on_or_after(day)
    for _ in range(count):
        day = on_or_after(day + _ONE)
    return day


class LocalTime:
    """The bank's time zone; a moment is a number of whole seconds since the Unix epoch."""

    def __init__(self, zone: str) -> None:
        self._zone = ZoneInfo(zone)

    def local(self, moment: int) -> datetime:
        """Return a moment as the bank's wall clock shows it."""
        return datetime.fromtimestamp(moment, UTC).astimezone(self._zone)

    def at(self, day: date, wall: time) -> int:
        """Return the moment at which the bank's wall clock shows a time of a day."""
        return int(datetime.combine(day, wall, self._zone).timestamp())

    def read(self, text: str) -> int:
        """Return the moment an ISO 8601 text names, in the bank's zone unless it names another.

        Raises:
            ValueError: it names none.
        """
        found = datetime.fromisoformat(text)
        return int((found if found.tzinfo else found.replace(tzinfo=self._zone)).timestamp())

    def processing_day(self, received: int) -> date:
        """Return the banking day on which a file is processed."""
        local = self.local(received)
        return on_or_after(local.date() if local.time() < CUT_OFF else local.date() + _ONE)

    def next_at(self, wall: time, day: date, after: int) -> int:
        """Return the first moment at that time of a banking day, not before `day` and later than `after`."""
        day = on_or_after(day)
        while self.at(day, wall) <= after:
            day = on_or_after(day + _ONE)
        return self.at(day, wall)
