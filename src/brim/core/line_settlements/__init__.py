"""Line settlements: what people say that open lines of bank statements are, proposed by one and confirmed by another.

Neighbors: `reconciliation` has lines and their breaks, `ledger` posts, `ach` settles lines that are batches or returns.
Start reading at `rules`, then `service`.
"""

from brim.core.line_settlements.rules import (
    MOST_LINES,
    POSTED_HERE,
    SETTLEMENT_PREFIX,
    SOURCE_TYPE,
    LinesDifferError,
    LineSettlement,
    LineShare,
    LineTakenError,
    MatchedSettlementError,
    NotSettledByPartsError,
    Part,
    PartKind,
    Proposal,
    SettlementStateError,
    SettlementStatus,
)
from brim.core.line_settlements.service import (
    Matches,
    check_confirms,
    confirm_settlement,
    list_settlements,
    propose_settlement,
    propose_undo,
    reject_settlement,
    retrieve_settlement,
    settle_by_itself,
)
from brim.core.line_settlements.suggesting import Suggestion, suggest
from brim.core.line_settlements.verification import BankAccountCheck, SettlementCheck

__all__ = [
    "MOST_LINES",
    "POSTED_HERE",
    "SETTLEMENT_PREFIX",
    "SOURCE_TYPE",
    "BankAccountCheck",
    "LineSettlement",
    "LineShare",
    "LineTakenError",
    "LinesDifferError",
    "MatchedSettlementError",
    "Matches",
    "NotSettledByPartsError",
    "Part",
    "PartKind",
    "Proposal",
    "SettlementCheck",
    "SettlementStateError",
    "SettlementStatus",
    "Suggestion",
    "check_confirms",
    "confirm_settlement",
    "list_settlements",
    "propose_settlement",
    "propose_undo",
    "reject_settlement",
    "retrieve_settlement",
    "settle_by_itself",
    "suggest",
]
