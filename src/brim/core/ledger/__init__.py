"""Double entry: the chart of accounts, journal entries, balances, balance transactions, holds, and the hash chain.

Nothing posted is ever changed. Everything that moves money posts here (`post_entries`); `integrity` proves the books.
Start reading at `chart` and `rules`, then `chain`.
"""

from brim.core.ledger.activity_store import (
    DAY_S,
    MINUTE_S,
    Activity,
    PeriodActivity,
    fetch_balances_after,
    fetch_period_activity,
)
from brim.core.ledger.chain import Head
from brim.core.ledger.chain_store import UnsealableChain, chain_heads, count_unsealed, sealing_lag_ms, unsealable_chains
from brim.core.ledger.chart import (
    AVAILABLE,
    BANK,
    CHART,
    FEES,
    FUNDING_CLEARING,
    SUSPENSE,
    VERIFICATION,
    ChartAccount,
    bank_ledger_account,
    chart_account,
    suspense_ledger_account,
)
from brim.core.ledger.hold_rules import Hold, HoldConflictError, HoldStatus
from brim.core.ledger.holds import find_hold, post_hold, reserve, void_hold
from brim.core.ledger.posting_store import entries_of, fetch_entries, post_entries
from brim.core.ledger.rules import (
    Balance,
    BalanceTransaction,
    BalanceTransactionFilters,
    BalanceTransactionType,
    EntryLine,
    InsufficientFundsError,
    JournalEntry,
    Posting,
    balance_change,
    numbered_step,
)
from brim.core.ledger.sealing import MAX_BATCH, OnHead, seal_entries, verify_chain
from brim.core.ledger.service import (
    fetch_balance_transactions,
    list_balance_transactions,
    list_entries,
    retrieve_balance,
    retrieve_balance_transaction,
)
from brim.core.ledger.store import fetch_balances, lock_balances
from brim.core.ledger.verification import ledger_checks

__all__ = [
    "AVAILABLE",
    "BANK",
    "CHART",
    "DAY_S",
    "FEES",
    "FUNDING_CLEARING",
    "MAX_BATCH",
    "MINUTE_S",
    "SUSPENSE",
    "VERIFICATION",
    "Activity",
    "Balance",
    "BalanceTransaction",
    "BalanceTransactionFilters",
    "BalanceTransactionType",
    "ChartAccount",
    "EntryLine",
    "Head",
    "Hold",
    "HoldConflictError",
    "HoldStatus",
    "InsufficientFundsError",
    "JournalEntry",
    "OnHead",
    "PeriodActivity",
    "Posting",
    "UnsealableChain",
    "balance_change",
    "bank_ledger_account",
    "chain_heads",
    "chart_account",
    "count_unsealed",
    "entries_of",
    "fetch_balance_transactions",
    "fetch_balances",
    "fetch_balances_after",
    "fetch_entries",
    "fetch_period_activity",
    "find_hold",
    "ledger_checks",
    "list_balance_transactions",
    "list_entries",
    "lock_balances",
    "numbered_step",
    "post_entries",
    "post_hold",
    "reserve",
    "retrieve_balance",
    "retrieve_balance_transaction",
    "seal_entries",
    "sealing_lag_ms",
    "suspense_ledger_account",
    "unsealable_chains",
    "verify_chain",
    "void_hold",
]
