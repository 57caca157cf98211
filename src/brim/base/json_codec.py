"""How everything here reads and writes JSON; `wire` has the envelopes, `http.json_body` reads what clients send.

The bytes of `encode` and `encode_sorted` are part of what is kept: the ledger's chain hashes the former, the
fingerprints of idempotent requests the latter. A change of either would break every chain and every retry.
"""

from collections.abc import Callable
from types import UnionType
from typing import Any, Final, TypeVar, overload

import msgspec

T = TypeVar("T")

encode: Final = msgspec.json.Encoder().encode
"""Returns a value's compact JSON, structs in the order of their fields: what is sent, kept and sealed."""

encode_sorted: Final = msgspec.json.Encoder(order="sorted").encode
"""Returns compact JSON with every object's names sorted, so that equal values have equal bytes."""

decode: Final = msgspec.json.decode
"""Returns the value of JSON, of a `type` where one is given, or raises `msgspec.DecodeError`."""


def encode_text(value: Any) -> str:
    """Return a value's compact JSON as text, as columns and websockets take it."""
    return encode(value).decode()


def pretty(compact: bytes) -> bytes:
    """Return JSON indented by two spaces, ending in a newline, as replies are written."""
    return msgspec.json.format(compact, indent=2) + b"\n"


@overload
def decoder(kind: type[T]) -> Callable[[bytes | str], T]: ...
@overload
def decoder(kind: UnionType) -> Callable[[bytes | str], Any]: ...
def decoder(kind: Any) -> Callable[[bytes | str], Any]:
    """Return what reads one type again and again; `decode` would look at the type each time."""
    return msgspec.json.Decoder(kind).decode
