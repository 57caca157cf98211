"""Top-ups: made, listed, canceled, settled, each change of status in one transaction with all that belongs to it.

Neighbours: `funding` says what pays, `rails` what came back, `ledger` and `events` take what follows. Start reading at
`rules`, then `service` and `transitions`.
"""

from brim.core.topups.amounts import AmountTooLargeError, check_amount
from brim.core.topups.bank_confirmation_rules import (
    COMING,
    GOING,
    OF_REFUNDS,
    BankConfirmation,
    BankStep,
    ConfirmedOtherwiseError,
    UnexpectedBankAmountError,
)
from brim.core.topups.bank_confirmation_store import NewConfirmation
from brim.core.topups.bank_confirmations import (
    PlannedConfirmation,
    confirm_by_bank,
    is_confirmed,
    note_confirmation,
    plan_confirmations,
    post_balance_step,
    write_confirmations,
)
from brim.core.topups.batches import Batches
from brim.core.topups.config_cache import ConfigCache
from brim.core.topups.config_store import ConfigVersion, read_config, read_config_versions
from brim.core.topups.due import TopupQueue
from brim.core.topups.events import EVENT_OF_STATUS
from brim.core.topups.importing import IMPORT_RAIL, History, import_history
from brim.core.topups.lists import fetch_topups, list_first_pages, list_topups
from brim.core.topups.posting import POSTED_AT, SOURCE_TYPE
from brim.core.topups.receiving import (
    PUSH_RAIL,
    NotTogetherError,
    PlannedTopup,
    plan_topup,
    receive_topup,
    write_topups,
)
from brim.core.topups.rescheduling import NewDate, ask_again, hold_pending, reschedule, wake
from brim.core.topups.retry_rules import (
    RetriedAlreadyError,
    RetryKind,
    RetryLinks,
    RetryRefusedError,
    TopupRetry,
    refused_as_dishonored,
)
from brim.core.topups.retry_store import KnownRetry, read_links, retries_of
from brim.core.topups.rules import (
    MAX_DESCRIPTION,
    MAX_STATEMENT_DESCRIPTOR,
    TRANSITIONS,
    CreateTopup,
    CurrencyNotCollectedError,
    DuplicateTopupError,
    InvalidTransitionError,
    NoFundingSourceError,
    Status,
    Topup,
    TopupFilters,
    TopupOrder,
    TopupSearch,
)
from brim.core.topups.search import FoundTopups, count_topups, search_topups
from brim.core.topups.search_store import StatusCount
from brim.core.topups.service import (
    EditTopup,
    RenderTopup,
    cancel_topup,
    create_topup,
    force_outcome,
    preview_topup,
    retrieve_topup,
    update_topup,
)
from brim.core.topups.settlement import JOB as SETTLE_JOB
from brim.core.topups.settlement import (
    MAX_BATCH,
    ObserveOutcome,
    forget_exceptions,
    in_turn,
    observe_changes,
    settle,
    settle_due,
    settlement_lag_ms,
)
from brim.core.topups.settlement_store import OfRails, claim_by_clock, claim_due, postpone
from brim.core.topups.store import lock_topup, topup_from_record
from brim.core.topups.transitions import Change, follow, instruction_of, write_changes
from brim.core.topups.verification import ClearingCheck, topup_checks

__all__ = [
    "COMING",
    "EVENT_OF_STATUS",
    "GOING",
    "IMPORT_RAIL",
    "MAX_BATCH",
    "MAX_DESCRIPTION",
    "MAX_STATEMENT_DESCRIPTOR",
    "OF_REFUNDS",
    "POSTED_AT",
    "PUSH_RAIL",
    "SETTLE_JOB",
    "SOURCE_TYPE",
    "TRANSITIONS",
    "AmountTooLargeError",
    "BankConfirmation",
    "BankStep",
    "Batches",
    "Change",
    "ClearingCheck",
    "ConfigCache",
    "ConfigVersion",
    "ConfirmedOtherwiseError",
    "CreateTopup",
    "CurrencyNotCollectedError",
    "DuplicateTopupError",
    "EditTopup",
    "FoundTopups",
    "History",
    "InvalidTransitionError",
    "KnownRetry",
    "NewConfirmation",
    "NewDate",
    "NoFundingSourceError",
    "NotTogetherError",
    "ObserveOutcome",
    "OfRails",
    "PlannedConfirmation",
    "PlannedTopup",
    "RenderTopup",
    "RetriedAlreadyError",
    "RetryKind",
    "RetryLinks",
    "RetryRefusedError",
    "Status",
    "StatusCount",
    "Topup",
    "TopupFilters",
    "TopupOrder",
    "TopupQueue",
    "TopupRetry",
    "TopupSearch",
    "UnexpectedBankAmountError",
    "ask_again",
    "cancel_topup",
    "check_amount",
    "claim_by_clock",
    "claim_due",
    "confirm_by_bank",
    "count_topups",
    "create_topup",
    "fetch_topups",
    "follow",
    "force_outcome",
    "forget_exceptions",
    "hold_pending",
    "import_history",
    "in_turn",
    "instruction_of",
    "is_confirmed",
    "list_first_pages",
    "list_topups",
    "lock_topup",
    "note_confirmation",
    "observe_changes",
    "plan_confirmations",
    "plan_topup",
    "post_balance_step",
    "postpone",
    "preview_topup",
    "read_config",
    "read_config_versions",
    "read_links",
    "receive_topup",
    "refused_as_dishonored",
    "reschedule",
    "retries_of",
    "retrieve_topup",
    "search_topups",
    "settle",
    "settle_due",
    "settlement_lag_ms",
    "topup_checks",
    "topup_from_record",
    "update_topup",
    "wake",
    "write_changes",
    "write_confirmations",
    "write_topups",
]
