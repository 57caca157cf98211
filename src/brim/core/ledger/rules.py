"""Double entry: a transfer moves one positive amount from one ledger account to another.

A transfer names both its ends, so an unbalanced booking cannot be written. Transfers are never changed;
a correction is a new one.
"""

from enum import StrEnum
from typing import Final

import msgspec

from brim.base.paging import Range
from brim.base.scope import AccountScope


class LedgerAccount(StrEnum):
    """The accounts of every account's books, one set per currency."""

    FUNDING_CLEARING = "funding:clearing"
    BALANCE_AVAILABLE = "balance:available"
    BANK_SETTLEMENT = "bank:settlement"


class TransferKind(StrEnum):
    """Which step of a top-up's life a transfer books; each happens at most once."""

    TOPUP = "topup"
    TOPUP_REVERSAL = "topup_reversal"


DEBIT_CREDIT: Final[dict[TransferKind, tuple[LedgerAccount, LedgerAccount]]] = {
    TransferKind.TOPUP: (LedgerAccount.FUNDING_CLEARING, LedgerAccount.BALANCE_AVAILABLE),
    TransferKind.TOPUP_REVERSAL: (LedgerAccount.BALANCE_AVAILABLE, LedgerAccount.FUNDING_CLEARING),
}


class Transfer(msgspec.Struct, frozen=True, kw_only=True):
    """One booking. `amount` is positive, in minor units of `currency`; `created` in Unix seconds."""

    scope: AccountScope
    id: str
    topup: str
    kind: TransferKind
    debit_account: LedgerAccount
    credit_account: LedgerAccount
    amount: int
    currency: str
    created: int


class BalanceTransaction(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the account's statement. Source: Stripe API reference, the Balance Transaction object.

    `amount` and `net` are signed minor units of `currency`; `created` and `available_on` are Unix seconds.
    """

    scope: AccountScope
    id: str
    amount: int
    available_on: int
    created: int
    currency: str
    description: str | None
    fee: int
    net: int
    source: str
    type: TransferKind


class Balance(msgspec.Struct, frozen=True, kw_only=True):
    """What an account has of one currency: usable, in minor units; below zero after a late return."""

    currency: str
    available: int


class BalanceTransactionFilters(msgspec.Struct, frozen=True, kw_only=True):
    """Which balance transactions: all given filters hold. `created` is in Unix seconds."""

    created: Range | None = None
    currency: str | None = None
    source: str | None = None
    type: str | None = None
    payout: str | None = None
