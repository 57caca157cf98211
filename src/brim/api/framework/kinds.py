"""The kinds of parameters: each reads its raw form value and describes itself as a JSON schema.

Neighbours: `params` reads whole forms with these, `declarations` says which operation has which.
"""

import re
import string
from collections.abc import Iterable
from datetime import date
from types import MappingProxyType
from typing import Final

from brim.api.framework.expansion import EXPANDABLE, check_path
from brim.api.framework.params import Errors, Kind, Schema, leaf_names
from brim.base.countries import COUNTRIES
from brim.base.currency import MAX_AMOUNT, InvalidCurrencyError, parse_currency
from brim.base.metadata import (
    CLEAR_ALL,
    MAX_KEY_LENGTH,
    MAX_KEYS,
    MAX_VALUE_LENGTH,
    MetadataChange,
    MetadataKeyTooLongError,
    MetadataValueTooLongError,
    change_of,
)
from brim.base.paging import Range
from brim.core.topups import MAX_STATEMENT_DESCRIPTOR
from brim.http.form import Value
from brim.http.multipart import file_bytes
from brim.http.parameter_errors import (
    ArrayTooLongError,
    DescriptorCharacterError,
    DescriptorTooLongError,
    DescriptorWithoutLetterError,
    EmptyParameterError,
    ExpandOutsideDataError,
    ExpandTooDeepError,
    IntegerTooLargeError,
    IntegerTooSmallError,
    InvalidArrayError,
    InvalidBooleanError,
    InvalidCountryError,
    InvalidDayError,
    InvalidEmailError,
    InvalidEnumError,
    InvalidIntegerError,
    InvalidObjectError,
    InvalidStringError,
    NotExpandableError,
    NotIncludableError,
    StringTooLongError,
    shown,
)

MAX_TEXT: Final = 5000
"""Source: the ceiling of every string in the published schemas."""

MAX_EMAIL: Final = 512
"""Source: the ceiling of an e-mail address in the published schemas."""

_MAX_DIGITS: Final = 40
"""More than any number means; reading a number costs the square of its digits."""

MAX_BIGINT: Final = 2**63 - 1

BOUNDS: Final = MappingProxyType(
    {
        "gt": "The minimum, exclusive.",
        "gte": "The minimum, inclusive.",
        "lt": "The maximum, exclusive.",
        "lte": "The maximum, inclusive.",
    }
)
"""The bounds of a range, and what each means."""


def _read_text(raw: Value, name: str) -> str:
    if type(raw) is not str:
        raise InvalidStringError(name, raw)
    if not raw:
        raise EmptyParameterError(name)
    return raw


def _read_integer(raw: Value, name: str) -> int:
    """Return a whole number written in ASCII digits and nothing else but a leading minus sign."""
    if type(raw) is str:
        digits = raw.removeprefix("-")
        if digits.isdigit() and digits.isascii() and len(digits) <= _MAX_DIGITS:
            return int(raw)
        if not raw:
            raise EmptyParameterError(name)
    raise InvalidIntegerError(name, raw)


class Integer(Kind, frozen=True):
    """A whole number; one beyond 64 bits becomes the last that is inside."""

    def read(self, raw: Value, name: str) -> int:
        """Return the number."""
        return min(max(_read_integer(raw, name), -MAX_BIGINT), MAX_BIGINT)

    def schema(self) -> Schema:
        """Return its JSON schema."""
        return {"type": "integer"}

    def errors(self) -> Errors:
        """Return the failures that `read` can have."""
        return (EmptyParameterError, InvalidIntegerError)


class ClampedInteger(Kind, frozen=True):
    """A whole number; one outside the bounds becomes the nearest that is inside."""

    least: int
    most: int
    default: int

    def read(self, raw: Value, name: str) -> int:
        """Return the number."""
        return min(max(_read_integer(raw, name), self.least), self.most)

    def schema(self) -> Schema:
        """Return its JSON schema."""
        return {"type": "integer", "minimum": self.least, "maximum": self.most, "default": self.default}

    def errors(self) -> Errors:
        """Return the failures that `read` can have."""
        return (EmptyParameterError, InvalidIntegerError)


class BoundedInteger(Kind, frozen=True):
    """A whole number within bounds. With `clearable`, an empty text means None."""

    least: int
    most: int
    clearable: bool = False

    def read(self, raw: Value, name: str) -> int | None:
        """Return the number, or None to clear it."""
        if self.clearable and raw == "":
            return None
        number = _read_integer(raw, name)
        if number < self.least:
            raise IntegerTooSmallError(name, self.least)
        if number > self.most:
            raise IntegerTooLargeError(name, self.most)
        return number

    def schema(self) -> Schema:
        """Return its JSON schema."""
        number: Schema = {"type": "integer", "minimum": self.least, "maximum": self.most}
        return {"anyOf": [number, {"type": "string", "const": ""}]} if self.clearable else number

    def errors(self) -> Errors:
        """Return the failures that `read` can have."""
        empty = () if self.clearable else (EmptyParameterError,)
        return (*empty, InvalidIntegerError, IntegerTooSmallError, IntegerTooLargeError)


class Amount(Kind, frozen=True):
    """A positive amount in minor units. Whether it is too large is said beside its currency: `domain.amounts`."""

    def read(self, raw: Value, name: str) -> int:
        """Return the amount."""
        amount = _read_integer(raw, name)
        if amount < 1:
            raise IntegerTooSmallError(name, 1)
        return amount

    def schema(self) -> Schema:
        """Return its JSON schema."""
        return {"type": "integer", "minimum": 1, "maximum": MAX_AMOUNT}

    def errors(self) -> Errors:
        """Return the failures that `read` can have."""
        return (EmptyParameterError, InvalidIntegerError, IntegerTooSmallError)


class Text(Kind, frozen=True):
    """A text of up to `max_length` characters. With `clearable`, an empty one means None."""

    max_length: int = MAX_TEXT
    clearable: bool = False

    def read(self, raw: Value, name: str) -> str | None:
        """Return the text, or None to clear it."""
        if self.clearable and raw == "":
            return None
        text = _read_text(raw, name)
        if len(text) > self.max_length:
            raise StringTooLongError(name, text, self.max_length)
        return text

    def schema(self) -> Schema:
        """Return its JSON schema."""
        return {"type": "string", "minLength": 0 if self.clearable else 1, "maxLength": self.max_length}

    def errors(self) -> Errors:
        """Return the failures that `read` can have."""
        empty = () if self.clearable else (EmptyParameterError,)
        return (*empty, InvalidStringError, StringTooLongError)


class FileContent(Kind, frozen=True):
    """The bytes of a file: a part of multipart/form-data, or a text in UTF-8."""

    def read(self, raw: Value, name: str) -> bytes:
        """Return the bytes."""
        return file_bytes(_read_text(raw, name))

    def schema(self) -> Schema:
        """Return its JSON schema."""
        return {"type": "string", "minLength": 1}

    def errors(self) -> Errors:
        """Return the failures that `read` can have."""
        return (EmptyParameterError, InvalidStringError)


class FileName(Kind, frozen=True):
    """What a file is called: without a folder, and printable."""

    max_length: int = 200

    def read(self, raw: Value, name: str) -> str:
        """Return the name."""
        text = re.split(r"[/\\]", _read_text(raw, name))[-1]
        if len(text) > self.max_length:
            raise StringTooLongError(name, text, self.max_length)
        return "".join(character if character.isprintable() else "_" for character in text) or "_"

    def schema(self) -> Schema:
        """Return its JSON schema."""
        return {"type": "string", "minLength": 1, "maxLength": self.max_length}

    def errors(self) -> Errors:
        """Return the failures that `read` can have."""
        return (EmptyParameterError, InvalidStringError, StringTooLongError)


class Descriptor(Kind, frozen=True):
    """What a bank statement shows: printable ASCII with at least one letter. Source: Stripe, statement descriptors."""

    _LETTERS = frozenset(string.ascii_letters)
    _ALLOWED = frozenset(map(chr, range(ord(" "), ord("~") + 1))) - frozenset("<>\\'\"*")

    def read(self, raw: Value, name: str) -> str:
        """Return the text."""
        text = _read_text(raw, name)
        if len(text) > MAX_STATEMENT_DESCRIPTOR:
            raise DescriptorTooLongError(name, text, MAX_STATEMENT_DESCRIPTOR)
        if not self._ALLOWED.issuperset(text):
            refused = next(character for character in text if character not in self._ALLOWED)
            raise DescriptorCharacterError(name, refused)
        if self._LETTERS.isdisjoint(text):
            raise DescriptorWithoutLetterError(name)
        return text

    def schema(self) -> Schema:
        """Return its JSON schema."""
        return {
            "type": "string",
            "minLength": 1,
            "maxLength": MAX_STATEMENT_DESCRIPTOR,
            "pattern": r"""^(?=.*[A-Za-z])[ !#-&(-)+-;=?-\[\]-~]*$""",
        }

    def errors(self) -> Errors:
        """Return the failures that `read` can have."""
        return (
            EmptyParameterError,
            InvalidStringError,
            DescriptorTooLongError,
            DescriptorCharacterError,
            DescriptorWithoutLetterError,
        )


class Enum(Kind, frozen=True):
    """One of a few words."""

    words: tuple[str, ...]

    def read(self, raw: Value, name: str) -> str:
        """Return the word."""
        if raw in self.words:
            return str(raw)
        if raw == "":
            raise EmptyParameterError(name)
        raise InvalidEnumError(name, self.words)

    def schema(self) -> Schema:
        """Return its JSON schema."""
        return {"type": "string", "enum": list(self.words)}

    def errors(self) -> Errors:
        """Return the failures that `read` can have."""
        return (EmptyParameterError, InvalidEnumError)


class CurrencyCode(Kind, frozen=True):
    """A currency's ISO code in whatever case."""

    def read(self, raw: Value, name: str) -> str:
        """Return the code in lowercase."""
        return parse_currency(shown(_read_text(raw, name)), param=name)

    def schema(self) -> Schema:
        """Return its JSON schema."""
        return {"type": "string", "pattern": "^[A-Za-z]{3,4}$", "examples": ["usd"]}

    def errors(self) -> Errors:
        """Return the failures that `read` can have."""
        return (EmptyParameterError, InvalidStringError, InvalidCurrencyError)


class Day(Kind, frozen=True):
    """A day of the calendar, as in `2026-11-30`."""

    _FORM = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)

    def read(self, raw: Value, name: str) -> date:
        """Return the day."""
        text = _read_text(raw, name)
        try:
            if self._FORM.fullmatch(text):
                return date.fromisoformat(text)
        except ValueError:
            pass
        raise InvalidDayError(name, text)

    def schema(self) -> Schema:
        """Return its JSON schema."""
        return {"type": "string", "format": "date", "examples": ["2026-11-30"]}

    def errors(self) -> Errors:
        """Return the failures that `read` can have."""
        return (EmptyParameterError, InvalidStringError, InvalidDayError)


class Country(Kind, frozen=True):
    """A country's two-letter code in whatever case. With `clearable`, an empty text means None."""

    clearable: bool = False

    def read(self, raw: Value, name: str) -> str | None:
        """Return the code in upper case, or None to clear it."""
        if self.clearable and raw == "":
            return None
        code = _read_text(raw, name)
        if code.upper() not in COUNTRIES:
            raise InvalidCountryError(name, code)
        return code.upper()

    def schema(self) -> Schema:
        """Return its JSON schema."""
        pattern = "^([A-Za-z]{2})?$" if self.clearable else "^[A-Za-z]{2}$"
        return {"type": "string", "pattern": pattern, "examples": ["US"]}

    def errors(self) -> Errors:
        """Return the failures that `read` can have."""
        empty = () if self.clearable else (EmptyParameterError,)
        return (*empty, InvalidStringError, InvalidCountryError)


class Email(Kind, frozen=True):
    """An e-mail address, as far as can be told without sending there; an empty text means None."""

    _FORM = re.compile(r"[^\s@]+@[^\s@]+")

    def read(self, raw: Value, name: str) -> str | None:
        """Return the address, or None to clear it."""
        if raw == "":
            return None
        address = _read_text(raw, name)
        if len(address) > MAX_EMAIL:
            raise StringTooLongError(name, address, MAX_EMAIL)
        if not self._FORM.fullmatch(address):
            raise InvalidEmailError(name, address)
        return address

    def schema(self) -> Schema:
        """Return its JSON schema."""
        return {"type": "string", "minLength": 0, "maxLength": MAX_EMAIL, "pattern": r"^([^\s@]+@[^\s@]+)?$"}

    def errors(self) -> Errors:
        """Return the failures that `read` can have."""
        return (InvalidStringError, StringTooLongError, InvalidEmailError)


class Boolean(Kind, frozen=True):
    """`true` or `false`."""

    def read(self, raw: Value, name: str) -> bool:
        """Return the truth value."""
        if raw == "true":
            return True
        if raw == "false":
            return False
        if raw == "":
            raise EmptyParameterError(name)
        raise InvalidBooleanError(name, raw)

    def schema(self) -> Schema:
        """Return its JSON schema."""
        return {"type": "boolean"}

    def errors(self) -> Errors:
        """Return the failures that `read` can have."""
        return (EmptyParameterError, InvalidBooleanError)


class Metadata(Kind, frozen=True):
    """Key-value pairs to merge, those sent empty to unset; or an empty text to unset all."""

    def read(self, raw: Value, name: str) -> MetadataChange:
        """Return the change to make."""
        if raw == "":
            return CLEAR_ALL
        if type(raw) is not dict:
            raise InvalidObjectError(name)
        pairs: dict[str, str] = {}
        for key, value in raw.items():
            if type(value) is not str:
                raise InvalidStringError(shown(f"{name}[{key}]"), value)
            pairs[key] = value
        return change_of(pairs)

    def schema(self) -> Schema:
        """Return its JSON schema."""
        pairs = {
            "type": "object",
            "additionalProperties": {"type": "string", "maxLength": MAX_VALUE_LENGTH},
            "propertyNames": {"maxLength": MAX_KEY_LENGTH, "pattern": r"^[^\[\]]+$"},
            "maxProperties": MAX_KEYS,
        }
        return {"anyOf": [pairs, {"type": "string", "const": ""}]}

    def errors(self) -> Errors:
        """Return the failures that `read` can have."""
        return (InvalidObjectError, InvalidStringError, MetadataKeyTooLongError, MetadataValueTooLongError)


class IntegerRange(Kind, frozen=True):
    """A whole number, or an object of bounds: `gt`, `gte`, `lt`, `lte`, in any combination.

    `least` and `most` are what the compared column holds. A bound beyond them becomes the nearest of them, so give them
    where no value of the column has either.
    """

    least: int = -MAX_BIGINT
    most: int = MAX_BIGINT

    def read(self, raw: Value, name: str) -> Range:
        """Return the closed range."""
        if type(raw) is not dict:
            exact = _read_integer(raw, name)
            return Range(self._within(exact), self._within(exact))
        bounds = {key: _read_integer(value, f"{name}[{key}]") for key, value in raw.items()}
        lows = [bounds[key] + (key == "gt") for key in ("gt", "gte") if key in bounds]
        highs = [bounds[key] - (key == "lt") for key in ("lt", "lte") if key in bounds]
        return Range(
            self._within(max(lows)) if lows else None,
            self._within(min(highs)) if highs else None,
        )

    def schema(self) -> Schema:
        """Return its JSON schema."""
        bounds = {
            "type": "object",
            "properties": {key: {"type": "integer", "description": text} for key, text in BOUNDS.items()},
            "additionalProperties": False,
        }
        return {"anyOf": [bounds, {"type": "integer"}]}

    def errors(self) -> Errors:
        """Return the failures that `read` can have."""
        return (EmptyParameterError, InvalidIntegerError)

    def unknown_names(self, raw: dict[str, Value], name: str) -> Iterable[str]:
        """Yield the keys that are no bounds."""
        for key, value in raw.items():
            if key not in BOUNDS:
                yield from leaf_names(value, f"{name}[{key}]")

    def _within(self, number: int) -> int:
        return min(max(number, self.least), self.most)


class TextList(Kind, frozen=True):
    """An array of texts: `types[]=a&types[]=b` or `types[0]=a&types[1]=b`.

    With `clearable`, an empty string means an empty array.
    """

    max_items: int
    clearable: bool = False

    def read(self, raw: Value, name: str) -> tuple[str, ...]:
        """Return the texts in order."""
        if self.clearable and raw == "":
            return ()
        texts = read_texts(raw, name)
        if len(texts) > self.max_items:
            raise ArrayTooLongError(name, self.max_items)
        return texts

    def schema(self) -> Schema:
        """Return its JSON schema."""
        items = {"type": "string", "minLength": 1, "maxLength": MAX_TEXT}
        array: Schema = {"type": "array", "items": items, "maxItems": self.max_items}
        return {"anyOf": [array, {"type": "string", "const": ""}]} if self.clearable else array

    def errors(self) -> Errors:
        """Return the failures that `read` can have."""
        return (*TEXTS_ERRORS, ArrayTooLongError)


TEXTS_ERRORS: Final = (EmptyParameterError, InvalidArrayError, InvalidStringError, StringTooLongError)


def read_texts(raw: Value, name: str) -> tuple[str, ...]:
    """Return an array's items: in the order sent after `[]`, else in the order of their indexes."""
    if type(raw) is list:
        items: list[Value] = list(raw)
    elif type(raw) is dict and all(key.isascii() and key.isdigit() for key in raw):
        items = [raw[key] for key in sorted(raw, key=lambda key: (len(key), key))]
    elif raw == "":
        raise EmptyParameterError(name)
    else:
        raise InvalidArrayError(name)
    texts = tuple(_read_text(item, name) for item in items)
    for text in texts:
        if len(text) > MAX_TEXT:
            raise StringTooLongError(name, text, MAX_TEXT)
    return texts


class Expand(Kind, frozen=True):
    """Which ids in the reply become objects, as dotted paths; in a list each begins with `data.`."""

    object_name: str
    in_list: bool = False

    def read(self, raw: Value, name: str) -> tuple[str, ...]:
        """Return the paths relative to the object, without `data.`; see `brim.api.framework.expansion`."""
        paths = dict.fromkeys(read_texts(raw, name))
        return tuple(check_path(path, self.object_name, in_list=self.in_list) for path in paths)

    def schema(self) -> Schema:
        """Return its JSON schema."""
        prefix = "data." if self.in_list else ""
        examples = [[prefix + name] for name in EXPANDABLE[self.object_name]]
        schema: Schema = {"type": "array", "items": {"type": "string", "maxLength": MAX_TEXT}}
        return {**schema, "examples": examples} if examples else schema

    def errors(self) -> Errors:
        """Return the failures that `read` can have."""
        outside_data = (ExpandOutsideDataError, NotIncludableError) if self.in_list else ()
        return (*TEXTS_ERRORS, NotExpandableError, ExpandTooDeepError, *outside_data)
