"""What every object that clients are answered has in common, and the envelope of lists.

An object is a msgspec struct whose fields stand in the wire's order, every attribute present: `id`, `object`, then
alphabetical. So encoding is one call and the order cannot drift. Events and stored replies hold the compact form of
`json_codec`, replies the indented one. Neighbours: each resource of the API has a module, such as `topups.wire`.
"""

from typing import TypeAlias

import msgspec

from brim.base import json_codec

Expandable: TypeAlias = str | msgspec.Raw | None
"""An id, or in its place the object it names, already encoded."""


class DeletedObject(msgspec.Struct, frozen=True, kw_only=True):
    """A deleted object."""

    id: str
    object: str
    deleted: bool = True


class ListObject(msgspec.Struct, frozen=True, kw_only=True):
    """The envelope of every list; `url` carries no query."""

    object: str = "list"
    data: list[msgspec.Raw]
    has_more: bool
    url: str


def list_json(items: list[bytes], *, has_more: bool, url: str) -> bytes:
    """Return a list's compact JSON from its encoded items."""
    return json_codec.encode(ListObject(data=[msgspec.Raw(item) for item in items], has_more=has_more, url=url))
