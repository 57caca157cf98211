"""Bank days worked out a second time, from the published rules and with plain arithmetic.

No holiday library and no time zone database: weekdays are counted, Easter and the equinoxes are computed, and
summer time begins and ends by its law. What `brim.core.calendars.rules` answers is compared with this.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import pairwise
from typing import Final, NamedTuple, TypeAlias

FIRST_DAY: Final = date(2025, 1, 1)
LAST_DAY: Final = date(2035, 12, 31)
YEARS: Final = range(FIRST_DAY.year, LAST_DAY.year + 1)
_EPOCH: Final = date(1970, 1, 1).toordinal()
_DAY_S: Final = 86_400
_OPENING_S: Final = 9 * 3600
MONDAY, THURSDAY, SATURDAY, SUNDAY = 0, 3, 5, 6

ClosedDays: TypeAlias = Callable[[int], set[date]]
"""Answers a year's holidays; what falls on a weekend may be among them."""


def nth_weekday(year: int, month: int, weekday: int, nth: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (nth - 1))


def last_weekday(year: int, month: int, weekday: int) -> date:
    last = date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
    return last - timedelta(days=(last.weekday() - weekday) % 7)


def easter_sunday(year: int) -> date:
    """Return Easter by the anonymous Gregorian computus (Nature, 20 April 1876)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = b // 4, b % 4
    f = (b + 8) // 25
    g = (b - f + 1) // 3
    h = (19 * a + b - d - g + 15) % 30
    i, k = c // 4, c % 4
    ell = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * ell) // 451
    month, day = divmod(h + ell - 7 * m + 114, 31)
    return date(year, month, day + 1)


def federal_reserve(year: int) -> set[date]:
    """Return the eleven days; of those with a date of their own, a Sunday's moves to Monday, a Saturday's is lost."""
    fixed = [date(year, *day) for day in [(1, 1), (6, 19), (7, 4), (11, 11), (12, 25)]]
    return {day + timedelta(days=day.weekday() == SUNDAY) for day in fixed} | {
        nth_weekday(year, 1, MONDAY, 3),
        nth_weekday(year, 2, MONDAY, 3),
        last_weekday(year, 5, MONDAY),
        nth_weekday(year, 9, MONDAY, 1),
        nth_weekday(year, 10, MONDAY, 2),
        nth_weekday(year, 11, THURSDAY, 4),
    }


def target(year: int) -> set[date]:
    easter = easter_sunday(year)
    fixed = {date(year, *day) for day in [(1, 1), (5, 1), (12, 25), (12, 26)]}
    return fixed | {easter - timedelta(days=2), easter + timedelta(days=1)}


def england_and_wales(year: int) -> set[date]:
    """Return the days of the Banking and Financial Dealings Act with their substitutes, none of one year only."""
    easter = easter_sunday(year)
    new_year = date(year, 1, 1)
    to_monday = (7 - new_year.weekday()) % 7 if new_year.weekday() >= SATURDAY else 0
    christmas_by_weekday = {5: (27, 28), 6: (26, 27), 4: (25, 28)}
    christmas = christmas_by_weekday.get(date(year, 12, 25).weekday(), (25, 26))
    return {date(year, 12, day) for day in christmas} | {
        new_year + timedelta(days=to_monday),
        easter - timedelta(days=2),
        easter + timedelta(days=1),
        nth_weekday(year, 5, MONDAY, 1),
        last_weekday(year, 5, MONDAY),
        last_weekday(year, 8, MONDAY),
    }


def japan(year: int) -> set[date]:
    """Return national holidays, their substitutes, the days between two, and the banks' three around New Year."""
    national = _national_holidays_of_japan(year)
    closed = set(national)
    for day in national:
        if day.weekday() == SUNDAY:
            substitute = day
            while substitute in national:
                substitute += timedelta(days=1)
            closed.add(substitute)
    between = {before + timedelta(days=1) for before, after in pairwise(sorted(national)) if (after - before).days == 2}
    return closed | between | {date(year, *day) for day in [(1, 2), (1, 3), (12, 31)]}


def _national_holidays_of_japan(year: int) -> set[date]:
    """Return the sixteen days of article 2; the equinoxes by the almanac's formula for 1980 to 2099."""
    drift = 0.242194 * (year - 1980) - (year - 1980) // 4
    fixed = [(1, 1), (2, 11), (2, 23), (4, 29), (5, 3), (5, 4), (5, 5), (8, 11), (11, 3), (11, 23)]
    return {date(year, *day) for day in fixed} | {
        date(year, 3, int(20.8431 + drift)),
        date(year, 9, int(23.2488 + drift)),
        nth_weekday(year, 1, MONDAY, 2),
        nth_weekday(year, 7, MONDAY, 3),
        nth_weekday(year, 9, MONDAY, 3),
        nth_weekday(year, 10, MONDAY, 2),
    }


def _unix_s(day: date, hour_utc: int) -> int:
    return (day.toordinal() - _EPOCH) * _DAY_S + hour_utc * 3600


def _american_summer(year: int) -> tuple[int, int]:
    """Return the Unix seconds at which New York's summer time begins and ends: both at 2 o'clock by its own clocks."""
    return _unix_s(nth_weekday(year, 3, SUNDAY, 2), 7), _unix_s(nth_weekday(year, 11, SUNDAY, 1), 6)


def _european_summer(year: int) -> tuple[int, int]:
    """Return the Unix seconds at which Europe's summer time begins and ends: everywhere at 01:00 UTC."""
    return _unix_s(last_weekday(year, 3, SUNDAY), 1), _unix_s(last_weekday(year, 10, SUNDAY), 1)


def _no_summer(_year: int) -> tuple[int, ...]:
    return ()


class Expected(NamedTuple):
    """What `availability` must answer, without the holidays' names."""

    cutoff: int | None
    missed_cutoff: bool
    counted_from: date
    business_days: tuple[date, ...]
    skipped: tuple[tuple[date, str], ...]
    available_on: int


class Bank:
    """One rail by the oracle: its closed days, and its clocks from their law."""

    def __init__(
        self,
        currency: str,
        *,
        closed: ClosedDays,
        cutoff_hour: int,
        offset_hours: int,
        summer: Callable[[int], tuple[int, ...]] = _no_summer,
    ) -> None:
        years = range(FIRST_DAY.year - 1, LAST_DAY.year + 2)
        self.currency = currency
        self.cutoff_s = cutoff_hour * 3600
        self.closed = {day.toordinal() for year in years for day in closed(year)}
        self.changes = [moment for year in years for moment in summer(year)]
        self._offset_s = offset_hours * 3600
        days = range(date(years[0], 1, 1).toordinal(), date(years[-1], 12, 31).toordinal())
        self._open = [day for day in days if (day - 1) % 7 < SATURDAY and day not in self.closed]

    def is_open(self, day: date) -> bool:
        return day.weekday() < SATURDAY and day.toordinal() not in self.closed

    def unix_s(self, day: int, wall_s: int) -> int:
        """Return the moment of a wall time on a day (ordinal); the wall time is one that clocks show once."""
        winter_s = (day - _EPOCH) * _DAY_S + wall_s - self._offset_s
        return winter_s - 3600 if self._is_summer(winter_s - 3600) else winter_s

    def expected(self, submitted_s: int, settlement_days: int) -> Expected:
        """Return when money submitted at a moment is usable, found by place in the list of open days."""
        local_s = submitted_s + self._offset_s + 3600 * self._is_summer(submitted_s)
        today = local_s // _DAY_S + _EPOCH
        place = bisect_left(self._open, today)
        is_open_today = self._open[place] == today
        missed = is_open_today and local_s % _DAY_S >= self.cutoff_s
        counted = self._open[place + missed : place + missed + settlement_days + 1]
        return Expected(
            cutoff=self.unix_s(today, self.cutoff_s) if is_open_today else None,
            missed_cutoff=missed,
            counted_from=date.fromordinal(counted[0]),
            business_days=tuple(map(date.fromordinal, counted[1:])),
            skipped=tuple(self._skipped(today, counted[-1])),
            available_on=max(self.unix_s(counted[-1], _OPENING_S), submitted_s),
        )

    def opening_after(self, today: int, days: int) -> int:
        """Return the Unix second at which the n-th open day after a day (ordinal) begins to work; 0: itself or next."""
        place = bisect_left(self._open, today)
        is_open_today = self._open[place] == today
        return self.unix_s(self._open[place + max(days - (not is_open_today), 0)], _OPENING_S)

    def _skipped(self, first: int, last: int) -> Iterator[tuple[date, str]]:
        for day in range(first, last):
            if (day - 1) % 7 >= SATURDAY:
                yield date.fromordinal(day), "weekend"
            elif day in self.closed:
                yield date.fromordinal(day), "holiday"

    def _is_summer(self, unix_s: int) -> bool:
        return bisect_right(self.changes, unix_s) % 2 == 1


BANKS: Final = [
    Bank("usd", closed=federal_reserve, cutoff_hour=17, offset_hours=-5, summer=_american_summer),
    Bank("eur", closed=target, cutoff_hour=17, offset_hours=1, summer=_european_summer),
    Bank("gbp", closed=england_and_wales, cutoff_hour=17, offset_hours=0, summer=_european_summer),
    Bank("jpy", closed=japan, cutoff_hour=15, offset_hours=9),
    Bank("sek", closed=lambda _year: set(), cutoff_hour=17, offset_hours=0),
]


def every_day() -> Iterator[date]:
    """Yield 2025-01-01 to 2035-12-31."""
    return map(date.fromordinal, range(FIRST_DAY.toordinal(), LAST_DAY.toordinal() + 1))
