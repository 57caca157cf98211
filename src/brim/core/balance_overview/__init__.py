"""The figures of the first page: what is available and pending by currency, and how it moved by day.

Neighbours: `ledger`, whose sums they are. Start reading at `service`.
"""

from brim.core.balance_overview.rules import BooksOverview, CurrencyOverview
from brim.core.balance_overview.service import retrieve_overview

__all__ = [
    "BooksOverview",
    "CurrencyOverview",
    "retrieve_overview",
]
