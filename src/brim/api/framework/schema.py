"""What stands beside the fields of wire structs: `Annotated[int, described("How much.", minimum=1)]`.

Types, order and nullability of a published schema come from the struct; meaning, formats, bounds and words from these
annotations (`published` puts them together). They cost nothing when an object is encoded, and check nothing.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, NamedTuple

import msgspec

from brim.api.framework.params import Schema
from brim.base.metadata import MAX_KEY_LENGTH, MAX_KEYS, MAX_VALUE_LENGTH
from brim.core.ledger import BalanceTransactionType

REFERENCE: Final = "#/components/schemas/{name}"
TEXT: Final[Schema] = {"maxLength": 5000}
TIME: Final[Schema] = {"format": "unix-time"}
DATE_TIME: Final[Schema] = {"format": "date-time"}


def described(description: str, **schema: Any) -> msgspec.Meta:
    """Return what a field means, with what its type cannot say in the words of JSON Schema."""
    return msgspec.Meta(description=description, extra_json_schema=schema)


CURRENCY: Final = described("Three-letter ISO currency code, in lowercase.", examples=["usd"])
LIVEMODE: Final = described(
    "Whether the object belongs to live mode, where real money moves; `false` for test mode. A key sees one mode only."
)
METADATA: Final = described(
    "Your own key-value pairs. They come back with the object and in its events, and change nothing in Brim.",
    maxProperties=MAX_KEYS,
    propertyNames={"maxLength": MAX_KEY_LENGTH},
    additionalProperties={"type": "string", "maxLength": MAX_VALUE_LENGTH},
)
TRANSACTION_TYPES: Final = [kind.value for kind in BalanceTransactionType]


class Component(NamedTuple):
    """A published schema: the struct that it is made from, and its name.

    `below` describes the fields of structs of packages below the API, which cannot do so themselves. A field that
    nothing describes is an error when the document is built, so none is forgotten.
    """

    struct: type[msgspec.Struct]
    name: str
    below: Mapping[str, msgspec.Meta] = MappingProxyType({})


_SPELLED: Final = {
    "ach": "ACH",
    "csv": "CSV",
    "topup": "top-up",
    "topups": "top-ups",
    "microdeposits": "micro-deposits",
}
"""Words of names that prose writes differently."""


def in_words(name: str) -> str:
    """Return the name of a kind of object for people: `ach_return` is `ACH return`."""
    return " ".join(_SPELLED.get(word, word) for word in name.split("_"))


def identifier(prefix: str, noun: str) -> msgspec.Meta:
    """Describe an id that begins with a prefix."""
    return described(f"Unique identifier of the {in_words(noun)}.", pattern=f"^{prefix}_[0-9A-Za-z]{{24}}$", **TEXT)


def constant(
    value: str, description: str = "The object's type. Every object of this type has the same value."
) -> msgspec.Meta:
    """Describe `object`, or another attribute that always has the same value."""
    return described(description, const=value)


def expandable(component: str, description: str) -> msgspec.Meta:
    """Describe an id in whose place the object itself may stand."""
    reference = {"$ref": REFERENCE.format(name=component)}
    return described(description, anyOf=[{"type": "string", **TEXT}, reference, {"type": "null"}])


def or_null(component: str) -> Schema:
    """Return what a description adds for an object of that name, or null."""
    return {"anyOf": [{"$ref": REFERENCE.format(name=component)}, {"type": "null"}]}
