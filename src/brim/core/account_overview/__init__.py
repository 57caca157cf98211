"""The accounts under a platform as a list for people: found by name or id, with balances and what they did last.

Neighbours: `accounts`, whose own list is Stripe's. Start reading at `rules`.
"""

from brim.core.account_overview.rules import AccountStatus, AccountSummary, CurrencyBalance
from brim.core.account_overview.service import list_account_summaries

__all__ = ["AccountStatus", "AccountSummary", "CurrencyBalance", "list_account_summaries"]
