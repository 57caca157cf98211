"""What banks correct of bank accounts on file: notifications of change, applied or kept for a person.

A notification never touches the top-up whose entry it is about. Neighbours: `funding` changes the bank account, `ach`
reads the bank's files and lists what is open as a break, the sandbox plays a bank that corrects. Start reading at
`rules`.
"""

from brim.core.corrections.playing import CorrectionPlayer
from brim.core.corrections.refusals import (
    Refusal,
    hold_refusals,
    overdue_refusals,
    put_refusals_in_file,
    requeue_refusals,
)
from brim.core.corrections.rules import (
    CORRECTION_PREFIX,
    REFUSABLE_DAYS,
    Correction,
    CorrectionFilters,
    CorrectionStatus,
    Notice,
    NotOpenError,
    Presented,
    TooLateToRefuseError,
    UnusableCorrectionError,
    changes_of,
    wanted_of,
)
from brim.core.corrections.service import (
    corrected_number,
    count_corrections,
    dismiss,
    list_corrections,
    note_break,
    refusable_until_ms,
    refuse,
    retrieve_correction,
    take_in,
)
from brim.core.corrections.store import CountedCorrections, has_unsettled

__all__ = [
    "CORRECTION_PREFIX",
    "REFUSABLE_DAYS",
    "Correction",
    "CorrectionFilters",
    "CorrectionPlayer",
    "CorrectionStatus",
    "CountedCorrections",
    "NotOpenError",
    "Notice",
    "Presented",
    "Refusal",
    "TooLateToRefuseError",
    "UnusableCorrectionError",
    "changes_of",
    "corrected_number",
    "count_corrections",
    "dismiss",
    "has_unsettled",
    "hold_refusals",
    "list_corrections",
    "note_break",
    "overdue_refusals",
    "put_refusals_in_file",
    "refusable_until_ms",
    "refuse",
    "requeue_refusals",
    "retrieve_correction",
    "take_in",
    "wanted_of",
]
