"""ACH: direct debits from US bank accounts, collected by files that a bank takes (the ODFI, in Nacha's terms).

Pure: what an originator's profile says, when its files leave and its money is usable, and the codec of the files.
What is written to the database stands in `core.originators` and `core.ach`. Start reading at `profile`, then
`schedule`.
"""

from brim.core.rails.ach.profile import (
    Confirmation,
    OriginatorProfile,
    ProfileError,
    SecCode,
    check_profile,
    overlap,
)
from brim.core.rails.ach.rail import ACH, AchRail
from brim.core.rails.ach.schedule import (
    CALENDAR,
    Promise,
    date_of_file_made,
    effective_date_of,
    local_day,
    local_time,
    next_cutoff_ms,
    opening_after_ms,
    prenote_passes_ms,
    promise_of,
    usable_ms,
)

__all__ = [
    "ACH",
    "CALENDAR",
    "AchRail",
    "Confirmation",
    "OriginatorProfile",
    "ProfileError",
    "Promise",
    "SecCode",
    "check_profile",
    "date_of_file_made",
    "effective_date_of",
    "local_day",
    "local_time",
    "next_cutoff_ms",
    "opening_after_ms",
    "overlap",
    "prenote_passes_ms",
    "promise_of",
    "usable_ms",
]
