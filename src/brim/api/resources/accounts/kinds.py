"""The kinds of parameters that only accounts have. Neighbours: `kinds` has all the others."""

import re
from collections.abc import Iterable
from typing import Final

from brim.api.framework.kinds import Boolean, Country, CurrencyCode, Enum, Text, TextList
from brim.api.framework.params import Errors, Hash, Kind, Parameter, Schema, leaf_names
from brim.api.resources.funding.kinds import AccountNumber, RoutingNumber
from brim.core.accounts import CAPABILITIES
from brim.http.form import Value
from brim.http.parameter_errors import (
    EmptyParameterError,
    IntegerTooLargeError,
    IntegerTooSmallError,
    InvalidIntegerError,
    InvalidObjectError,
)

_REQUESTED: Final = "requested"
_MINIMUM: Final = "minimum"
_SHORTEST_DELAY: Final = 2
"""Days. Source: the default of `settings.payouts.schedule.delay_days` in the vendor's published fixtures."""

_LARGEST: Final = 31
_PERCENTAGE: Final = re.compile(r"[0-9]{1,3}(\.[0-9]{1,10})?")
_ALL: Final = 100


class Capabilities(Kind, frozen=True):
    """Which capabilities are requested: `transfers[requested]=true`."""

    def read(self, raw: Value, name: str) -> dict[str, bool]:
        """Return by name whether each is requested; one that is named without that is left out."""
        if type(raw) is not dict:
            raise InvalidObjectError(name)
        wanted = {}
        for capability, given in raw.items():
            if type(given) is not dict:
                raise InvalidObjectError(f"{name}[{capability}]")
            if _REQUESTED in given:
                wanted[capability] = Boolean().read(given[_REQUESTED], f"{name}[{capability}][{_REQUESTED}]")
        return wanted

    def schema(self) -> Schema:
        """Return its JSON schema."""
        return {
            "type": "object",
            "additionalProperties": {
                "type": "object",
                "properties": {_REQUESTED: {"type": "boolean"}},
                "additionalProperties": False,
            },
            "propertyNames": {"enum": list(CAPABILITIES)},
        }

    def errors(self) -> Errors:
        """Return the failures that `read` can have."""
        return (InvalidObjectError, *Boolean().errors())

    def unknown_names(self, raw: dict[str, Value], name: str) -> Iterable[str]:
        """Yield what no capability is called, and what nobody can say of one."""
        for capability, given in raw.items():
            full = f"{name}[{capability}]"
            if capability not in CAPABILITIES:
                yield from leaf_names(given, full)
            elif type(given) is dict:
                for key, value in given.items():
                    if key != _REQUESTED:
                        yield from leaf_names(value, f"{full}[{key}]")


class DelayDays(Kind, frozen=True):
    """A whole number of days, or `minimum` for the fewest there are."""

    def read(self, raw: Value, name: str) -> int:
        """Return the number."""
        if raw == _MINIMUM:
            return _SHORTEST_DELAY
        return _whole(raw, name, least=0, most=_LARGEST)

    def schema(self) -> Schema:
        """Return its JSON schema."""
        number = {"type": "integer", "minimum": 0, "maximum": _LARGEST}
        return {"anyOf": [number, {"type": "string", "const": _MINIMUM}]}

    def errors(self) -> Errors:
        """Return the failures that `read` can have."""
        return (EmptyParameterError, InvalidIntegerError, IntegerTooSmallError, IntegerTooLargeError)


class DaysOfMonth(TextList, frozen=True):
    """Days of a month, from 1 to 31."""

    max_items: int = _LARGEST

    def read(self, raw: Value, name: str) -> list[int]:  # type: ignore[override]  # texts that are numbers
        """Return the days in the order sent."""
        return [_whole(text, name, least=1, most=_LARGEST) for text in super().read(raw, name)]

    def schema(self) -> Schema:
        """Return its JSON schema."""
        return {
            "type": "array",
            "items": {"type": "integer", "minimum": 1, "maximum": _LARGEST},
            "maxItems": _LARGEST,
        }

    def errors(self) -> Errors:
        """Return the failures that `read` can have."""
        return (*super().errors(), InvalidIntegerError, IntegerTooSmallError, IntegerTooLargeError)


def _whole(raw: Value, name: str, *, least: int, most: int) -> int:
    if raw == "":
        raise EmptyParameterError(name)
    if type(raw) is not str or not (raw.isascii() and raw.isdecimal()) or len(raw) > len(str(most)) + 1:
        raise InvalidIntegerError(name, raw)
    if int(raw) < least:
        raise IntegerTooSmallError(name, least)
    if int(raw) > most:
        raise IntegerTooLargeError(name, most)
    return int(raw)


class Percentage(Kind, frozen=True):
    """A share of a whole, from 0 to 100; an empty text means None."""

    def read(self, raw: Value, name: str) -> float | None:
        """Return the share, or None to clear it."""
        if raw == "":
            return None
        if type(raw) is not str or not _PERCENTAGE.fullmatch(raw):
            raise InvalidIntegerError(name, raw)
        if float(raw) > _ALL:
            raise IntegerTooLargeError(name, _ALL)
        return float(raw)

    def schema(self) -> Schema:
        """Return its JSON schema."""
        number = {"type": "number", "minimum": 0, "maximum": _ALL}
        return {"anyOf": [number, {"type": "string", "const": ""}]}

    def errors(self) -> Errors:
        """Return the failures that `read` can have."""
        return (InvalidIntegerError, IntegerTooLargeError)


_BANK_ACCOUNT: Final = Hash(
    (
        Parameter(name="object", kind=Enum(("bank_account",)), required=True, description="The kind: a bank account."),
        Parameter(
            name="account_number",
            kind=AccountNumber(),
            required=True,
            description="The account number. Only its last four digits are kept.",
        ),
        Parameter(name="country", kind=Country(), required=True, description="Its country's two-letter code."),
        Parameter(
            name="routing_number", kind=RoutingNumber(), required=True, description="The bank's ACH routing number."
        ),
        Parameter(name="account_holder_name", kind=Text(), description="The holder's name."),
        Parameter(
            name="account_holder_type", kind=Enum(("company", "individual")), description="What kind of holder it has."
        ),
        Parameter(name="account_type", kind=Enum(("checking", "savings")), description="What kind of account it is."),
        Parameter(name="currency", kind=CurrencyCode(), description="Its currency. Default: `usd`."),
    )
)


class ExternalAccountSource(Kind, frozen=True):
    """A bank account: the id of a token, or its numbers."""

    def read(self, raw: Value, name: str) -> object:
        """Return a token's id, or the validated numbers by name."""
        return _BANK_ACCOUNT.read(raw, name) if type(raw) is dict else Text().read(raw, name)

    def schema(self) -> Schema:
        """Return its JSON schema."""
        return {"anyOf": [_BANK_ACCOUNT.schema(), Text().schema()]}

    def errors(self) -> Errors:
        """Return the failures that `read` can have."""
        return (*Text().errors(), *_BANK_ACCOUNT.errors())

    def unknown_names(self, raw: dict[str, Value], name: str) -> Iterable[str]:
        """Yield the names that no bank account has."""
        return _BANK_ACCOUNT.unknown_names(raw, name)
