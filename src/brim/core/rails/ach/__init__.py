"""ACH: direct debits from US bank accounts, collected by files that a bank takes (the ODFI, in Nacha's terms).

Pure: what an originator's profile says, when its files leave and its money is usable, and the codec of the files.
What is written to the database stands in `core.originators` and `core.ach`. Start reading at `profile`, then
`schedule`.
"""

from brim.core.rails.ach.profile import (
    MOST_RETRIES,
    Confirmation,
    OriginatorProfile,
    ProfileError,
    SecCode,
    check_profile,
    overlap,
)
from brim.core.rails.ach.rail import ACH, AchRail
from brim.core.rails.ach.retries import RETRY_DESCRIPTION, last_retry_day, retry_cutoff_ms
from brim.core.rails.ach.schedule import (
    CALENDAR,
    CONTEST_DAYS,
    DISHONOR_DAYS,
    Promise,
    contestable_until,
    date_of_file_made,
    day_of_year,
    dishonorable_until_ms,
    effective_date_of,
    final_ms,
    leaves_in_time,
    local_day,
    local_time,
    next_cutoff_ms,
    opening_after_ms,
    prenote_passes_ms,
    promise_of,
    returnable_until,
    usable_ms,
)

__all__ = [
    "ACH",
    "CALENDAR",
    "CONTEST_DAYS",
    "DISHONOR_DAYS",
    "MOST_RETRIES",
    "RETRY_DESCRIPTION",
    "AchRail",
    "Confirmation",
    "OriginatorProfile",
    "ProfileError",
    "Promise",
    "SecCode",
    "check_profile",
    "contestable_until",
    "date_of_file_made",
    "day_of_year",
    "dishonorable_until_ms",
    "effective_date_of",
    "final_ms",
    "last_retry_day",
    "leaves_in_time",
    "local_day",
    "local_time",
    "next_cutoff_ms",
    "opening_after_ms",
    "overlap",
    "prenote_passes_ms",
    "promise_of",
    "retry_cutoff_ms",
    "returnable_until",
    "usable_ms",
]
