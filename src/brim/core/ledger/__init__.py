"""Double entry: transfers between accounts, balances, balance transactions, and the hash chain over transfers.

Nothing posted is ever changed. Neighbours: `topups` posts, `integrity` proves. Start reading at `rules`, then `chain`.
"""

from brim.core.ledger.chain import Head
from brim.core.ledger.chain_store import count_unsealed
from brim.core.ledger.rules import (
    DEBIT_CREDIT,
    Balance,
    BalanceTransaction,
    BalanceTransactionFilters,
    LedgerAccount,
    Transfer,
    TransferKind,
)
from brim.core.ledger.sealing import MAX_BATCH, OnHead, seal_transfers, verify_chain
from brim.core.ledger.service import (
    fetch_balance_transactions,
    list_balance_transactions,
    retrieve_balance,
    retrieve_balance_transaction,
)
from brim.core.ledger.store import fetch_balances, lock_balances

__all__ = [
    "DEBIT_CREDIT",
    "MAX_BATCH",
    "Balance",
    "BalanceTransaction",
    "BalanceTransactionFilters",
    "Head",
    "LedgerAccount",
    "OnHead",
    "Transfer",
    "TransferKind",
    "count_unsealed",
    "fetch_balance_transactions",
    "fetch_balances",
    "list_balance_transactions",
    "lock_balances",
    "retrieve_balance",
    "retrieve_balance_transaction",
    "seal_transfers",
    "verify_chain",
]
