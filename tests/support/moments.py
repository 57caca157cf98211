"""Moments by the calendar, and what banks make of one of them."""

from datetime import UTC, datetime
from typing import Any, Final


def second(text: str) -> int:
    """Return the Unix second of a moment in UTC."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


BEFORE_A_LONG_WEEKEND: Final = second("2026-07-02 21:30")
"""Half past five in New York, too late for that day."""

OVER_THE_LONG_WEEKEND: Final[dict[str, Any]] = {
    "available_on": second("2026-07-10 13:00"),
    "business_days": ["2026-07-06", "2026-07-07", "2026-07-08", "2026-07-09", "2026-07-10"],
    "calendar": "us_ach",
    "counted_from": "2026-07-03",
    "cutoff": second("2026-07-02 21:00"),
    "missed_cutoff": True,
    "settlement_days": 5,
    "skipped": [
        {"date": "2026-07-04", "name": None, "reason": "weekend"},
        {"date": "2026-07-05", "name": None, "reason": "weekend"},
    ],
    "submitted": second("2026-07-02 21:30"),
    "time_zone": "America/New_York",
}
"""Why dollars that are topped up then are usable when they are."""
