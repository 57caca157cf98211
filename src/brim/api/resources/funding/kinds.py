"""The kinds of parameters that hold bank details; none repeats in a refusal what was sent.

Neighbours: `kinds` has all the others.
"""

from typing import Final

from brim.api.framework.kinds import TextList
from brim.api.framework.params import Errors, Kind, Schema
from brim.core.bank_accounts import (
    AccountNumberInvalidError,
    RoutingNumberInvalidError,
    check_account_number,
    check_routing_number,
)
from brim.core.funding import MicrodepositAmountsInvalidError
from brim.core.rails.sepa import IbanInvalidError, check_debtor_iban
from brim.http.form import Value

_AMOUNTS: Final = 2
_LARGEST_AMOUNT: Final = 99


class RoutingNumber(Kind, frozen=True):
    """The nine digits that name a US bank, the last of which checks the others."""

    def read(self, raw: Value, name: str) -> str:
        """Return the number."""
        return check_routing_number(raw if type(raw) is str else "", param=name)

    def schema(self) -> Schema:
        """Return its JSON schema."""
        return {"type": "string", "pattern": "^[0-9]{9}$", "examples": ["110000000"]}

    def errors(self) -> Errors:
        """Return the failures that `read` can have."""
        return (RoutingNumberInvalidError,)


class AccountNumber(Kind, frozen=True):
    """The digits that name an account at its bank."""

    def read(self, raw: Value, name: str) -> str:
        """Return the number."""
        return check_account_number(raw if type(raw) is str else "", param=name)

    def schema(self) -> Schema:
        """Return its JSON schema."""
        return {"type": "string", "pattern": "^[0-9]{1,17}$", "examples": ["000123456789"], "writeOnly": True}

    def errors(self) -> Errors:
        """Return the failures that `read` can have."""
        return (AccountNumberInvalidError,)


class Iban(Kind, frozen=True):
    """An IBAN that can be debited by SEPA, with or without blanks."""

    def read(self, raw: Value, name: str) -> str:
        """Return the number without blanks."""
        return check_debtor_iban(raw if type(raw) is str else "", param=name)

    def schema(self) -> Schema:
        """Return its JSON schema."""
        return {"type": "string", "maxLength": 42, "examples": ["DE89370400440532013000"], "writeOnly": True}

    def errors(self) -> Errors:
        """Return the failures that `read` can have."""
        return (IbanInvalidError,)


class MicrodepositAmounts(TextList, frozen=True):
    """The amounts of two micro-deposits in cents."""

    max_items: int = _AMOUNTS

    def read(self, raw: Value, name: str) -> tuple[int, int]:  # type: ignore[override]  # texts that are numbers
        """Return the amounts in the order sent."""
        texts = super().read(raw, name)
        amounts = [int(text) for text in texts if text.isascii() and text.isdecimal() and len(text) <= _AMOUNTS]
        if len(amounts) != _AMOUNTS or len(texts) != _AMOUNTS or min(amounts) < 1:
            raise MicrodepositAmountsInvalidError(name)
        return amounts[0], amounts[1]

    def schema(self) -> Schema:
        """Return its JSON schema."""
        amount = {"type": "integer", "minimum": 1, "maximum": _LARGEST_AMOUNT}
        return {"type": "array", "items": amount, "minItems": _AMOUNTS, "maxItems": _AMOUNTS}

    def errors(self) -> Errors:
        """Return the failures that `read` can have."""
        return (*super().errors(), MicrodepositAmountsInvalidError)
