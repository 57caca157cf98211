"""Double entry: journal entries, what they do to the running balances, and balance transactions.

Each line of an entry moves one positive amount from the account it credits to the account it debits, so an entry that
does not balance cannot be written. Entries are never changed; a correction is a new entry.
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import Final

import msgspec

from brim.base.currency import written_amount
from brim.base.errors import BrimError
from brim.base.paging import Range
from brim.base.scope import AccountScope
from brim.core.ledger.chart import AVAILABLE, RESERVED, chart_account

MAX_LINES: Final = 1_000
"""The most lines of one entry."""


class InvalidEntryError(Exception):
    """An entry has no line, or one that names an account the chart does not have or moves nothing: a bug."""


class UnheldBalanceError(Exception):
    """An entry changes a balance that its transaction does not hold: a bug, nothing is kept."""


class OverdrawnError(Exception):
    """Something other than a bank's return would have taken a balance below zero: a bug, nothing is kept."""


class InsufficientFundsError(BrimError):
    """The available balance is less than the amount to reserve."""

    def __init__(self, *, available: int, wanted: int, currency: str) -> None:
        super().__init__(
            f"Only {written_amount(available, currency)} of {written_amount(wanted, currency)} is available."
        )


class BalanceTransactionType(StrEnum):
    """The types of balance transactions that are written. Source: Stripe API reference, balance transaction types."""

    TOPUP = "topup"
    TOPUP_REVERSAL = "topup_reversal"
    TOPUP_DISHONORED_RETURN = "topup_dishonored_return"  # ours: the vendor has no dishonored returns
    TOPUP_REVERSAL_FAILURE = "topup_reversal_failure"  # ours: the money of a reversal came back, or never left
    REFUND = "refund"
    REFUND_FAILURE = "refund_failure"
    TOPUP_RETURN = "topup_return"  # ours: the debit was returned after its reversal had failed


class EntryLine(msgspec.Struct, frozen=True, kw_only=True):
    """One line of an entry: two legs of one amount. `amount` is positive, in minor units of `currency`."""

    debit_account: str
    credit_account: str
    amount: int
    currency: str


class JournalEntry(msgspec.Struct, frozen=True, kw_only=True):
    """What one step of something's life posts.

    `source_type` and `source` (an id) name what caused it and `step` the step of its life; a source posts each step
    once. `created` is in Unix seconds.
    """

    scope: AccountScope
    id: str
    source_type: str
    source: str
    step: str
    lines: tuple[EntryLine, ...]
    created: int


def numbered_step(step: str, number: int) -> str:
    """Return the name of a step that may happen several times: `bank_return`, then `bank_return:2`."""
    return step if number == 1 else f"{step}:{number}"


def check_entry(entry: JournalEntry) -> None:
    """Validate an entry against the chart.

    Raises:
        InvalidEntryError: it has no line or too many, or a line is not one between two accounts of the chart.
    """
    if not 0 < len(entry.lines) <= MAX_LINES:
        raise InvalidEntryError(f"{entry.id}: {len(entry.lines)} lines")
    for line in entry.lines:
        if line.amount <= 0 or line.debit_account == line.credit_account:
            raise InvalidEntryError(f"{entry.id}: {line}")
        for code in (line.debit_account, line.credit_account):
            if chart_account(code) is None:
                raise InvalidEntryError(f"{entry.id}: {code} is not in the chart of accounts")


class BalanceChange(msgspec.Struct, frozen=True):
    """What entries add to the two running balances, in minor units; negative for what they take."""

    available: int = 0
    reserved: int = 0


def balance_change(lines: Iterable[EntryLine], currency: str) -> BalanceChange:
    """Return what lines add to the running balances of one currency."""
    available = reserved = 0
    for line in lines:
        if line.currency == currency:
            available += line.amount * ((line.credit_account == AVAILABLE) - (line.debit_account == AVAILABLE))
            reserved += line.amount * ((line.credit_account == RESERVED) - (line.debit_account == RESERVED))
    return BalanceChange(available, reserved)


class BalanceTransaction(msgspec.Struct, frozen=True, kw_only=True):
    """What a customer sees of an entry. Source: Stripe API reference, the Balance Transaction object.

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
    type: str


class Posting(msgspec.Struct, frozen=True, kw_only=True):
    """An entry with the balance transaction that shows it, None where it does not change what the customer has.

    `may_overdraw` is for what a bank takes back: it may take the available balance below zero.
    """

    entry: JournalEntry
    balance_transaction: BalanceTransaction | None = None
    may_overdraw: bool = False


class Balance(msgspec.Struct, frozen=True, kw_only=True):
    """What an account has of one currency, in minor units: `available` is below zero after a late return."""

    currency: str
    available: int
    reserved: int = 0


class BalanceTransactionFilters(msgspec.Struct, frozen=True, kw_only=True):
    """Which balance transactions: all given filters hold. `created` is in Unix seconds."""

    created: Range | None = None
    currency: str | None = None
    source: str | None = None
    type: str | None = None
    payout: str | None = None
