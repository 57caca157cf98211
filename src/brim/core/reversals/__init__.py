"""Reversals of wrong debits: what is requested, how it goes to the bank, and what comes of it.

A reversal is a credit entry to the account that was debited by mistake. Neighbours: `ach` puts it into files and reads
what the bank sends, `topups` posts the money, `dishonors` has the returns of debits. Start reading at `rules`.
"""

from brim.core.reversals.rules import (
    REVERSAL_PREFIX,
    AlreadyReversedError,
    DebitFacts,
    DebitNotSentError,
    NotReversibleError,
    Reversal,
    ReversalFilters,
    ReversalReason,
    ReversalStatus,
    TooLateToReverseError,
    check_reversible,
)
from brim.core.reversals.service import (
    hold_reversal,
    list_reversals,
    request,
    retrieve_reversal,
    write_missed,
    write_returned,
    write_returned_by,
    write_settled,
    write_superseded,
)
from brim.core.reversals.store import (
    fetch_reversals,
    find_by_trace,
    find_of_topups,
    find_superseded,
    hold_in_file,
    hold_waiting,
    list_in_file,
    list_unanswered,
    lock_reversal_of,
    requeue_reversals,
    update_reversal,
    who_resubmitted,
)

__all__ = [
    "REVERSAL_PREFIX",
    "AlreadyReversedError",
    "DebitFacts",
    "DebitNotSentError",
    "NotReversibleError",
    "Reversal",
    "ReversalFilters",
    "ReversalReason",
    "ReversalStatus",
    "TooLateToReverseError",
    "check_reversible",
    "fetch_reversals",
    "find_by_trace",
    "find_of_topups",
    "find_superseded",
    "hold_in_file",
    "hold_reversal",
    "hold_waiting",
    "list_in_file",
    "list_reversals",
    "list_unanswered",
    "lock_reversal_of",
    "request",
    "requeue_reversals",
    "retrieve_reversal",
    "update_reversal",
    "who_resubmitted",
    "write_missed",
    "write_returned",
    "write_returned_by",
    "write_settled",
    "write_superseded",
]
