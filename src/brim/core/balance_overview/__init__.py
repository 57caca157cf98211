"""What people look at first: balances by currency, what is pending, how they moved, and summaries of a period.

Neighbors: `ledger`, whose sums they are. Start reading at `service`, then `summary`.
"""

from brim.core.balance_overview.rules import Arrival, BooksOverview, CurrencyOverview
from brim.core.balance_overview.service import retrieve_overview
from brim.core.balance_overview.summary import BalanceSummary, SummaryIntervalError, summarize_balances

__all__ = [
    "Arrival",
    "BalanceSummary",
    "BooksOverview",
    "CurrencyOverview",
    "SummaryIntervalError",
    "retrieve_overview",
    "summarize_balances",
]
