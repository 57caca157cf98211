"""Top-ups: made, listed, canceled, settled, each change of status in one transaction with all that belongs to it.

Neighbours: `funding` says what pays, `rails` what came back, `ledger` and `events` take what follows. Start reading at
`rules`, then `service` and `transitions`.
"""

from brim.core.topups.amounts import AmountTooLargeError
from brim.core.topups.batches import Batches
from brim.core.topups.config_cache import KnownTerms
from brim.core.topups.events import EVENT_OF_STATUS
from brim.core.topups.lists import fetch_topups, list_topups
from brim.core.topups.posting import BOOKED_AT
from brim.core.topups.rules import (
    MAX_DESCRIPTION,
    MAX_STATEMENT_DESCRIPTOR,
    TRANSITIONS,
    InvalidTransitionError,
    NoFundingSourceError,
    Status,
    Topup,
    TopupFilters,
)
from brim.core.topups.service import (
    CreateTopup,
    EditTopup,
    RenderTopup,
    cancel_topup,
    create_topup,
    force_outcome,
    preview_topup,
    retrieve_topup,
    update_topup,
)
from brim.core.topups.settlement import (
    MAX_BATCH,
    ObserveOutcome,
    forget_exceptions,
    observe_changes,
    settle,
    settle_due,
    settlement_lag_ms,
)
from brim.core.topups.store import topup_from_record
from brim.core.topups.transitions import Change, instruction_of

__all__ = [
    "BOOKED_AT",
    "EVENT_OF_STATUS",
    "MAX_BATCH",
    "MAX_DESCRIPTION",
    "MAX_STATEMENT_DESCRIPTOR",
    "TRANSITIONS",
    "AmountTooLargeError",
    "Batches",
    "Change",
    "CreateTopup",
    "EditTopup",
    "InvalidTransitionError",
    "KnownTerms",
    "NoFundingSourceError",
    "ObserveOutcome",
    "RenderTopup",
    "Status",
    "Topup",
    "TopupFilters",
    "cancel_topup",
    "create_topup",
    "fetch_topups",
    "force_outcome",
    "forget_exceptions",
    "instruction_of",
    "list_topups",
    "observe_changes",
    "preview_topup",
    "retrieve_topup",
    "settle",
    "settle_due",
    "settlement_lag_ms",
    "topup_from_record",
    "update_topup",
]
