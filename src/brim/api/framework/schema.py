"""What the schemas of several kinds of objects have in common."""

from collections.abc import Mapping
from typing import Final, NamedTuple

import msgspec

from brim.api.framework.params import Schema
from brim.base.metadata import MAX_KEY_LENGTH, MAX_KEYS, MAX_VALUE_LENGTH
from brim.core.ledger import BalanceTransactionType

REFERENCE: Final = "#/components/schemas/{name}"
TEXT: Final[Schema] = {"maxLength": 5000}
TIME: Final[Schema] = {"format": "unix-time"}
DATE_TIME: Final[Schema] = {"format": "date-time"}
CURRENCY: Final[Schema] = {"description": "The currency's ISO code, in lower case.", "examples": ["usd"]}
LIVEMODE: Final[Schema] = {"description": "Whether the object lives in live mode, as the key that made it."}
METADATA: Final[Schema] = {
    "description": "Key-value pairs of yours.",
    "maxProperties": MAX_KEYS,
    "propertyNames": {"maxLength": MAX_KEY_LENGTH},
    "additionalProperties": {"type": "string", "maxLength": MAX_VALUE_LENGTH},
}
TRANSACTION_TYPES: Final = [kind.value for kind in BalanceTransactionType]


class Component(NamedTuple):
    """A published schema: the struct that it is made from, its name, and what each property means.

    A property without a row is an error when the document is built, so none is forgotten.
    """

    struct: type[msgspec.Struct]
    name: str
    rows: Mapping[str, Schema]


def identifier(prefix: str, noun: str) -> Schema:
    """Return the row of an id that begins with a prefix."""
    return {"description": f"The {noun}'s id.", "pattern": f"^{prefix}_[0-9A-Za-z]{{24}}$", **TEXT}


def constant(value: str) -> Schema:
    """Return the row of `object`."""
    return {"description": "The kind of object.", "const": value}


def expandable(component: str, description: str) -> Schema:
    """Return the row of an id in whose place the object itself may stand."""
    reference = {"$ref": REFERENCE.format(name=component)}
    return {"description": description, "anyOf": [{"type": "string", **TEXT}, reference, {"type": "null"}]}


def or_null(component: str) -> Schema:
    """Return the part of a row that says: an object of that name, or null."""
    return {"anyOf": [{"$ref": REFERENCE.format(name=component)}, {"type": "null"}]}
