"""What every object that clients are answered has in common: its encoding, and the envelope of lists.

An object is a msgspec struct whose fields stand in the wire's order, every attribute present: `id`, `object`, then
alphabetical. So encoding is one call and the order cannot drift. Events and stored replies hold the compact form;
`pretty` gives the two-space form of a reply. Neighbours: each resource of the API has a module, such as `topups.wire`.
"""

from collections.abc import Mapping
from typing import Any, Final, TypeAlias

import msgspec

Expandable: TypeAlias = str | msgspec.Raw | None
"""An id, or in its place the object it names, already encoded."""

_encoder: Final = msgspec.json.Encoder()


class DeletedObject(msgspec.Struct, frozen=True, kw_only=True):
    """What is left of an object that was deleted."""

    id: str
    object: str
    deleted: bool = True


class ListObject(msgspec.Struct, frozen=True, kw_only=True):
    """The envelope of every list; `url` carries no query."""

    object: str = "list"
    data: list[msgspec.Raw]
    has_more: bool
    url: str


def encode(obj: msgspec.Struct | Mapping[str, Any]) -> bytes:
    """Return the compact JSON of a wire object, or of its fields in their order."""
    return _encoder.encode(obj)


def pretty(compact: bytes) -> bytes:
    """Return JSON indented by two spaces, ending in a newline, as replies are written."""
    return msgspec.json.format(compact, indent=2) + b"\n"


def list_json(items: list[bytes], *, has_more: bool, url: str) -> bytes:
    """Return a list's compact JSON from its encoded items."""
    return encode(ListObject(data=[msgspec.Raw(item) for item in items], has_more=has_more, url=url))
