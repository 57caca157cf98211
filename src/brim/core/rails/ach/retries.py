"""When a returned debit is presented again, how often and until when. Pure, as `schedule` is.

Source: Nacha's operating rules on reinitiated entries, as banks publish them: a debit that was returned for
insufficient or uncollected funds, at most twice, within 180 days of the settlement of the original.
"""

from calendar import monthrange
from datetime import date, timedelta
from typing import Final

from brim.core.rails.ach.profile import MOST_RETRIES, OriginatorProfile
from brim.core.rails.ach.schedule import (
    banking_day_after,
    effective_date_of,
    is_banking_day,
    local_day,
    next_cutoff_ms,
    start_of_day_ms,
)

RETRY_DESCRIPTION: Final = "RETRY PYMT"
"""The company entry description of a batch of debits that are presented again, and of nothing else."""
RETRY_DAYS: Final = 180
"""Days from the settlement of the original within which a debit may be presented again."""

_ONE_DAY: Final = timedelta(days=1)


def last_retry_day(original: date) -> date:
    """Return the last day on which a debit may settle again, given the day on which the original settled."""
    return original + timedelta(days=RETRY_DAYS)


def retry_cutoff_ms(profile: OriginatorProfile, *, retry: int, returned_ms: int, original: date) -> int | None:
    """Return the cut-off of a returned debit's n-th re-presentment; None if there is none.

    Args:
        profile: the originator's, with the plan (`retry_schedule`).
        retry: 1 for the first re-presentment.
        returned_ms: when the return was applied.
        original: the day on which the debit settled first.
    """
    if retry > min(len(profile.retry_schedule), MOST_RETRIES):
        return None
    plan = profile.retry_schedule[retry - 1]
    last = last_retry_day(original)
    if plan.startswith("+"):
        day = banking_day_after(local_day(profile, returned_ms), int(plan))
        cutoff_ms = next_cutoff_ms(profile, max(returned_ms, start_of_day_ms(profile, day) - 1))
        return cutoff_ms if effective_date_of(profile, cutoff_ms) <= last else None
    days = [int(each) for each in plan.split("/")]
    cutoff_ms = next_cutoff_ms(profile, returned_ms)
    while (effective := effective_date_of(profile, cutoff_ms)) <= last:
        if _is_day_of_month(effective, days):
            return cutoff_ms
        cutoff_ms = next_cutoff_ms(profile, cutoff_ms)
    return None


def _is_day_of_month(day: date, wanted: list[int]) -> bool:
    """Tell whether a banking day is one of the given days of the month, or the first banking day after one.

    A day that the month does not have counts as its last day.
    """
    while True:
        last = monthrange(day.year, day.month)[1]
        if day.day in {min(each, last) for each in wanted}:
            return True
        day -= _ONE_DAY
        if is_banking_day(day):
            return False
