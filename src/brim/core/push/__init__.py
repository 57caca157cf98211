"""Money that arrives by itself: instructions by which an account is paid, transfers that name them, and suspense.

An incoming credit on a statement that carries a reference becomes a top-up, exactly once; what fits nothing is put into
suspense for a person. Neighbors: `ach` reads the statements and calls here for what nothing else explains, `topups` and
`ledger` have the money. Start reading at `rules`, then `receiving`; `references` are those of ISO 11649.
"""

from brim.core.push.playing import NoAmountError, Scenario, play_transfer
from brim.core.push.receiving import (
    TransferLine,
    find_taken_back,
    hold_for_itemizing,
    itemize_transfer,
    receive_line,
    take_back_line,
)
from brim.core.push.references import RETURN_BODY, find_references
from brim.core.push.rules import (
    MAX_NOTE,
    SOURCE_TYPE,
    TRANSFER_PREFIX,
    AlreadyProposedError,
    CannotAssignError,
    ExpiryError,
    FundingInstructions,
    IncomingTransfer,
    InstructionsCurrencyError,
    InstructionsStatus,
    NotProposedError,
    NotSuspendedError,
    Policy,
    Proposal,
    SuspenseReason,
    TransfersOffError,
    TransferStatus,
    policy_of,
)
from brim.core.push.service import (
    BankDetails,
    Expected,
    NewInstructions,
    annotate,
    approve,
    create_instructions,
    decline,
    find_transfer,
    list_transfers,
    page_instructions,
    page_transfers,
    propose,
    read_bank_details,
    retrieve_instructions,
    retrieve_transfer,
)
from brim.core.push.store import count_suspended
from brim.core.push.together import PlannedTransfer, TransferSet, write_transfers
from brim.core.push.verification import push_checks

__all__ = [
    "MAX_NOTE",
    "RETURN_BODY",
    "SOURCE_TYPE",
    "TRANSFER_PREFIX",
    "AlreadyProposedError",
    "BankDetails",
    "CannotAssignError",
    "Expected",
    "ExpiryError",
    "FundingInstructions",
    "IncomingTransfer",
    "InstructionsCurrencyError",
    "InstructionsStatus",
    "NewInstructions",
    "NoAmountError",
    "NotProposedError",
    "NotSuspendedError",
    "PlannedTransfer",
    "Policy",
    "Proposal",
    "Scenario",
    "SuspenseReason",
    "TransferLine",
    "TransferSet",
    "TransferStatus",
    "TransfersOffError",
    "annotate",
    "approve",
    "count_suspended",
    "create_instructions",
    "decline",
    "find_references",
    "find_taken_back",
    "find_transfer",
    "hold_for_itemizing",
    "itemize_transfer",
    "list_transfers",
    "page_instructions",
    "page_transfers",
    "play_transfer",
    "policy_of",
    "propose",
    "push_checks",
    "read_bank_details",
    "receive_line",
    "retrieve_instructions",
    "retrieve_transfer",
    "take_back_line",
    "write_transfers",
]
