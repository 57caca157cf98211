"""Which lists are counted, by which statuses, and what a count says."""

from enum import StrEnum
from typing import Final

import msgspec

from brim.core.direct_debits import BANK_FILE_PREFIX, BANK_FILE_STATUSES
from brim.core.dishonors import RETURN_PREFIX, ReturnStatus
from brim.core.line_settlements import SETTLEMENT_PREFIX, SettlementStatus
from brim.core.push import TRANSFER_PREFIX, TransferStatus
from brim.core.refunds import REFUND_PREFIX, RefundStatus
from brim.core.reversals import REVERSAL_PREFIX, ReversalStatus

MOST_COUNTED: Final = 1_000
"""How many of each status are counted: it takes a millisecond or two."""


class CountedList(StrEnum):
    """A list whose objects are counted by status."""

    ACH_RETURNS = "ach_returns"
    ACH_REVERSALS = "ach_reversals"
    BANK_FILES = "bank_files"
    BREAKS = "breaks"
    INCOMING_TRANSFERS = "incoming_transfers"
    LINE_SETTLEMENTS = "line_settlements"
    REFUNDS = "refunds"


class StatusCount(msgspec.Struct, frozen=True):
    """How many objects have a status; `is_cut` where there are more, which were not counted."""

    status: str
    count: int
    is_cut: bool


class Counting(msgspec.Struct, frozen=True):
    """What the ids of a list's objects begin with, and the statuses that an index serves."""

    prefix: str
    statuses: tuple[str, ...]


COUNTINGS: Final = {
    CountedList.ACH_RETURNS: Counting(RETURN_PREFIX, tuple(ReturnStatus)),
    CountedList.ACH_REVERSALS: Counting(REVERSAL_PREFIX, tuple(ReversalStatus)),
    CountedList.BANK_FILES: Counting(BANK_FILE_PREFIX, BANK_FILE_STATUSES),
    CountedList.INCOMING_TRANSFERS: Counting(TRANSFER_PREFIX, tuple(TransferStatus)),
    CountedList.LINE_SETTLEMENTS: Counting(SETTLEMENT_PREFIX, tuple(SettlementStatus)),
    CountedList.REFUNDS: Counting(REFUND_PREFIX, tuple(RefundStatus)),
}
"""The lists that have an index by status and id; of breaks there is one of the open ones."""
