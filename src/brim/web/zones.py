"""In which time zone a page shows its times: that of the browser, which it names in a cookie, or UTC.

The server writes times, so a page is the same with and without scripts; a script only notes the browser's zone.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

import msgspec

BROWSER_ZONE_COOKIE: Final = "brim_zone"
"""The browser's zone by its IANA name; `static/js/times.js` keeps it."""
PREFERENCE_COOKIE: Final = "brim_times"
"""`utc` where whoever looks prefers that."""

_TIME_LIMIT: Final = 253_402_214_400
"""The last day of the year 9999 in UTC: beyond, there is no date to write in every zone."""


class ViewerZone(msgspec.Struct, frozen=True):
    """The zone of a page's times by its name, and the browser's, None where that is not known or is the same as UTC."""

    name: str = "UTC"
    browser: str | None = None

    @property
    def other(self) -> str | None:
        """The zone that the viewer could switch to."""
        return self.browser if self.name == "UTC" else "UTC"


@cache
def _known_zones() -> frozenset[str]:
    return frozenset(available_timezones())


def zone_of(cookies: Mapping[str, str]) -> ViewerZone:
    """Return the zone that a browser's cookies ask for."""
    name = cookies.get(BROWSER_ZONE_COOKIE, "").replace("%2F", "/")
    browser = name if name in _known_zones() and name not in {"UTC", "Etc/UTC"} else None
    prefers_utc = cookies.get(PREFERENCE_COOKIE) == "utc"
    return ViewerZone(name=browser if browser and not prefers_utc else "UTC", browser=browser)


_SHOWN: ContextVar[tzinfo] = ContextVar("zone of the times on the page being rendered", default=UTC)


@contextmanager
def times_in(zone: ViewerZone) -> Iterator[None]:
    """Write times in a zone meanwhile."""
    token = _SHOWN.set(ZoneInfo(zone.name) if zone.name != "UTC" else UTC)
    try:
        yield
    finally:
        _SHOWN.reset(token)


def viewer_time(second: int) -> str:
    """Return a Unix second in the viewer's zone, such as `Nov 22, 2026, 05:35:00 UTC` or `..., 06:35:00 UTC+1`."""
    moment = datetime.fromtimestamp(max(0, min(second, _TIME_LIMIT)), _SHOWN.get())
    return f"{moment:%b} {moment.day}, {moment.year}, {moment:%H:%M:%S} {_offset(moment)}"


def _offset(moment: datetime) -> str:
    """Return how far a moment's zone is from UTC, such as `UTC-5` or `UTC+5:30`."""
    minutes = round((moment.utcoffset() or timedelta()).total_seconds() / 60)
    if not minutes:
        return "UTC"
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'-' if minutes < 0 else '+'}{hours}" + (f":{rest:02}" if rest else "")


def first_second(day: date, zone: ViewerZone) -> int:
    """Return the first second of a day in a zone."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone.name) if zone.name != "UTC" else UTC)
    return int(midnight.timestamp())


def day_of(second: int, zone: ViewerZone) -> date:
    """Return the day of a Unix second in a zone."""
    return datetime.fromtimestamp(second, ZoneInfo(zone.name) if zone.name != "UTC" else UTC).date()
