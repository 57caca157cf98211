"""The kinds of parameters that identify a person: they are checked, and their values go no further.

Each reads as `True`: that something was given is all that handlers, use cases and the database ever see of it. No
refusal repeats what was sent. Neighbours: `kinds` has all the others, `bank_kinds` those of bank details.
"""

from collections.abc import Iterable
from typing import Final, Literal

from brim.api.framework.kinds import MAX_TEXT
from brim.api.framework.params import Errors, Kind, Schema, leaf_names
from brim.http.form import Value
from brim.http.parameter_errors import (
    EmptyParameterError,
    IntegerTooLargeError,
    IntegerTooSmallError,
    InvalidIntegerError,
    InvalidObjectError,
    InvalidStringError,
    MissingParameterError,
)

_HIDDEN: Final = "***"
_EARLIEST_YEAR: Final = 1900
_LATEST_YEAR: Final = 9999
_DATE: Final = {"day": (1, 31), "month": (1, 12), "year": (_EARLIEST_YEAR, _LATEST_YEAR)}
_MAX_DIGITS: Final = 4


class PrivateText(Kind, frozen=True):
    """A text that is not kept, such as a tax number or the id of an uploaded document."""

    def read(self, raw: Value, name: str) -> Literal[True]:
        """Return that there is one."""
        if raw == "":
            raise EmptyParameterError(name)
        if type(raw) is not str or len(raw) > MAX_TEXT:
            raise InvalidStringError(name, _HIDDEN)
        return True

    def schema(self) -> Schema:
        """Return its JSON schema."""
        return {"type": "string", "minLength": 1, "maxLength": MAX_TEXT, "writeOnly": True}

    def errors(self) -> Errors:
        """Return the failures that `read` can have."""
        return (EmptyParameterError, InvalidStringError)


class PrivateDate(Kind, frozen=True):
    """A date that is not kept, such as that of a birth: an object of `day`, `month` and `year`, or an empty text."""

    def read(self, raw: Value, name: str) -> bool:
        """Return whether there is one."""
        if raw == "":
            return False
        if type(raw) is not dict:
            raise InvalidObjectError(name)
        for part, (least, most) in _DATE.items():
            self._check(raw.get(part), f"{name}[{part}]", least=least, most=most)
        return True

    def _check(self, raw: object, name: str, *, least: int, most: int) -> None:
        if raw is None:
            raise MissingParameterError(name)
        if raw == "":
            raise EmptyParameterError(name)
        if type(raw) is not str or not (raw.isascii() and raw.isdecimal()) or len(raw) > _MAX_DIGITS:
            raise InvalidIntegerError(name, _HIDDEN)
        if int(raw) < least:
            raise IntegerTooSmallError(name, least)
        if int(raw) > most:
            raise IntegerTooLargeError(name, most)

    def schema(self) -> Schema:
        """Return its JSON schema."""
        date: Schema = {
            "type": "object",
            "properties": {
                part: {"type": "integer", "minimum": least, "maximum": most, "description": f"The {part}, as a number."}
                for part, (least, most) in _DATE.items()
            },
            "required": list(_DATE),
            "additionalProperties": False,
            "writeOnly": True,
        }
        return {"anyOf": [date, {"type": "string", "const": ""}]}

    def errors(self) -> Errors:
        """Return the failures that `read` can have."""
        return (
            EmptyParameterError,
            InvalidObjectError,
            InvalidIntegerError,
            IntegerTooSmallError,
            IntegerTooLargeError,
            MissingParameterError,
        )

    def unknown_names(self, raw: dict[str, Value], name: str) -> Iterable[str]:
        """Yield the keys that are no part of a date."""
        for key, value in raw.items():
            if key not in _DATE:
                yield from leaf_names(value, f"{name}[{key}]")


class PrivateObject(Kind, frozen=True):
    """An object of whatever is not kept, such as the files that prove something."""

    def read(self, raw: Value, name: str) -> Literal[True]:
        """Return that there is one."""
        if type(raw) is not dict:
            raise InvalidObjectError(name)
        return True

    def schema(self) -> Schema:
        """Return its JSON schema."""
        return {"type": "object", "writeOnly": True}

    def errors(self) -> Errors:
        """Return the failures that `read` can have."""
        return (InvalidObjectError,)
