"""Negative balances: since when, caused by which returns, and recovered by what; and reserves that returns draw on.

A balance falls below zero when a bank takes back a top-up whose money was spent. Neighbours: `ledger` has the balances
and the journal, from which everything is computed; `topups` reports when a balance crosses zero. Start reading at
`rules`, then `service`; `reserves` has the reserves.
"""

from brim.core.negative_balances.playing import TEST_HOLD_SOURCE_TYPE, hold_test_money
from brim.core.negative_balances.reserves import RESERVE_SOURCE_TYPE, list_reserves, set_reserve, settle_reserves
from brim.core.negative_balances.rules import (
    BalanceStep,
    Crossing,
    DebtPendingError,
    DebtTooSmallError,
    Episode,
    NegativeBalance,
    NotNegativeError,
    Reserve,
    balance_id,
    debt,
    read_balance_id,
)
from brim.core.negative_balances.service import (
    amount_to_ask_for,
    announce_crossings,
    list_negative_balances,
    retrieve_negative_balance,
)
from brim.core.negative_balances.store import NegativeTotal, page_negative_balances, total_negative_balances

__all__ = [
    "RESERVE_SOURCE_TYPE",
    "TEST_HOLD_SOURCE_TYPE",
    "BalanceStep",
    "Crossing",
    "DebtPendingError",
    "DebtTooSmallError",
    "Episode",
    "NegativeBalance",
    "NegativeTotal",
    "NotNegativeError",
    "Reserve",
    "amount_to_ask_for",
    "announce_crossings",
    "balance_id",
    "debt",
    "hold_test_money",
    "list_negative_balances",
    "list_reserves",
    "page_negative_balances",
    "read_balance_id",
    "retrieve_negative_balance",
    "set_reserve",
    "settle_reserves",
    "total_negative_balances",
]
