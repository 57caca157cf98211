"""Transaction codes, service classes and standard entry classes."""

from enum import StrEnum
from typing import Final, NamedTuple


class Purpose(StrEnum):
    """What an entry of a transaction code is."""

    LIVE = "live"
    PRENOTE = "prenote"
    ZERO_DOLLAR = "zero_dollar"
    RETURN = "return"
    """A return or a notification of change of an entry."""


class TransactionCode(NamedTuple):
    """What a transaction code says. `account` is checking, savings, general_ledger or loan."""

    account: str
    is_debit: bool
    purpose: Purpose


_ACCOUNTS: Final = {"2": "checking", "3": "savings", "4": "general_ledger", "5": "loan"}

_DIRECTIONS: Final = {
    "1": (False, Purpose.RETURN),
    "2": (False, Purpose.LIVE),
    "3": (False, Purpose.PRENOTE),
    "4": (False, Purpose.ZERO_DOLLAR),
    "6": (True, Purpose.RETURN),
    "7": (True, Purpose.LIVE),
    "8": (True, Purpose.PRENOTE),
    "9": (True, Purpose.ZERO_DOLLAR),
}

TRANSACTION_CODES: Final = {
    first + second: TransactionCode(account, is_debit, purpose)
    for first, account in _ACCOUNTS.items()
    for second, (is_debit, purpose) in _DIRECTIONS.items()
    if first != "5" or not is_debit or purpose is Purpose.RETURN
} | {"55": TransactionCode("loan", is_debit=True, purpose=Purpose.LIVE)}
"""By code. A loan account is credited only; 55 takes such a credit back. Source: Nacha rules, appendix three."""

MIXED: Final = "200"
CREDITS_ONLY: Final = "220"
DEBITS_ONLY: Final = "225"

SERVICE_CLASSES: Final = frozenset({MIXED, CREDITS_ONLY, DEBITS_ONLY})

MOST_ADDENDA: Final = {"PPD": 1, "CCD": 1, "WEB": 1, "TEL": 0}
"""How many addenda 05 a forward entry may have, for the classes that are written."""

CHANGE_CLASS: Final = "COR"
"""The standard entry class of notifications of change."""

ZERO_DOLLAR_CLASSES: Final = frozenset({"CCD"})
"""Where an entry of zero dollars carries a text and no money (also CTX, which is not written)."""

UNSUPPORTED_CLASSES: Final = frozenset({"ADV"})
"""Whose records have other positions for amounts, so that not even totals can be counted."""

INTERNATIONAL_CLASS: Final = "IAT"
"""Its entries have no name and seven addenda of their own; totals can be counted, entries not understood."""


def service_class(*, has_debits: bool, has_credits: bool) -> str:
    """Return the service class of a batch by its content."""
    if has_debits and has_credits:
        return MIXED
    return DEBITS_ONLY if has_debits else CREDITS_ONLY
