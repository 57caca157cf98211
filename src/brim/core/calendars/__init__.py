"""The days on which banks work: holidays, cut-offs, and when money submitted now is available.

Pure: computed for each clearing system and year. Neighbours: `rails` asks. Start reading at `rules`.
"""

from brim.core.calendars.rules import (
    BankCalendar,
    after_business_days,
    after_calendar_days,
    availability,
    calendar_named,
    calendar_of,
)

__all__ = [
    "BankCalendar",
    "after_business_days",
    "after_calendar_days",
    "availability",
    "calendar_named",
    "calendar_of",
]
