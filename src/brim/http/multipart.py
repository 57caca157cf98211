"""Reads `multipart/form-data`, as browsers and `curl -F` send files.

The bytes of a file are kept as they came: they are a text whose undecodable bytes are surrogates, which `file_bytes`
turns back. The work is linear in the body's size, and the number of parts and the size of their heads are bounded.
Source: RFC 7578, and WHATWG HTML, multipart/form-data encoding algorithm.
"""

import re
from collections.abc import Sequence
from typing import Final
from urllib.parse import unquote

import msgspec

from brim.http.parameter_errors import MalformedMultipartError

MULTIPART: Final = b"multipart/form-data"
MAX_PARTS: Final = 20
_MAX_HEAD: Final = 2000
_BOUNDARY: Final = re.compile(rb'boundary=(?:"([^"]{1,70})"|([^\s";,]{1,70}))', re.IGNORECASE)
_DISPOSITION: Final = re.compile(rb"content-disposition:[ \t]*form-data;([^\r\n]*)", re.IGNORECASE)
_ATTRIBUTE: Final = re.compile(rb'[; \t](name|filename)="((?:[^"\\\r\n]|\\.)*)"', re.IGNORECASE)
_KEPT: Final = "surrogateescape"


class Part(msgspec.Struct, frozen=True):
    """One field; `file_name` is None where it is no file."""

    name: str
    text: str
    file_name: str | None


def is_multipart(content_type: bytes) -> bool:
    """Tell whether a body is said to hold files."""
    return content_type.lower().startswith(MULTIPART)


def decode_multipart(content_type: bytes, body: bytes) -> Sequence[Part]:
    """Return the fields of a body in their order.

    Raises:
        MalformedMultipartError: it has no boundary, a part without a name, too many parts, or no end.
    """
    match = _BOUNDARY.search(content_type)
    if match is None:
        raise MalformedMultipartError
    delimiter = b"\r\n--" + (match[1] or match[2])
    whole = b"\r\n" + body
    if whole.count(delimiter) > MAX_PARTS + 1:
        raise MalformedMultipartError
    before, *pieces = whole.split(delimiter)
    if before.strip() or not pieces or not pieces[-1].startswith(b"--"):
        raise MalformedMultipartError
    return [_part(piece) for piece in pieces[:-1]]


def _part(piece: bytes) -> Part:
    """Return what stands between two boundaries."""
    ends = piece.find(b"\r\n\r\n", 0, _MAX_HEAD)
    head = _DISPOSITION.search(piece, 0, max(ends, 0))
    if head is None:
        raise MalformedMultipartError
    attributes = {name.lower(): value for name, value in _ATTRIBUTE.findall(b";" + head[1])}
    if b"name" not in attributes:
        raise MalformedMultipartError
    file_name = attributes.get(b"filename")
    return Part(
        _attribute_text(attributes[b"name"]),
        piece[ends + 4 :].decode("utf-8", _KEPT if file_name is not None else "replace"),
        None if file_name is None else _attribute_text(file_name),
    )


def _attribute_text(attribute: bytes) -> str:
    """Return a name; browsers write quotes and line breaks in it as `%22`, `%0D` and `%0A`, others with a backslash."""
    text = re.sub(rb"\\(.)", rb"\1", attribute).decode("utf-8", "replace")
    return unquote(text) if re.search(r"%(?:22|0D|0A)", text) else text


def encode_multipart(parts: Sequence[Part], *, boundary: str) -> tuple[bytes, bytes]:
    """Return a content type and a body; the boundary stands in no part."""
    pieces: list[bytes] = []
    for part in parts:
        file_name = "" if part.file_name is None else f'; filename="{_quoted(part.file_name)}"'
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="{_quoted(part.name)}"{file_name}\r\n\r\n'
        pieces += [head.encode("utf-8", "replace"), file_bytes(part.text), b"\r\n"]
    pieces.append(f"--{boundary}--\r\n".encode())
    return MULTIPART + f"; boundary={boundary}".encode(), b"".join(pieces)


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")


def text_of(content: bytes) -> str:
    """Return the text that stands for the bytes of a file."""
    return content.decode("utf-8", _KEPT)


def file_bytes(text: str) -> bytes:
    """Return the bytes of a file from its text."""
    return text.encode("utf-8", _KEPT)
