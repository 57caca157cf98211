"""Reads `multipart/form-data`, as browsers and `curl -F` send files; the parser is the library `multipart`'s.

The bytes of a file are kept as they came: they are a text whose undecodable bytes are surrogates, which `file_bytes`
turns back. The number of parts and the size of their heads are bounded.
Source: RFC 7578, and WHATWG HTML, multipart/form-data encoding algorithm.
"""

from collections.abc import Sequence
from typing import Final

import msgspec
from multipart import (
    MultipartError,
    MultipartSegment,
    PushMultipartParser,
    content_disposition_quote,
    parse_options_header,
)

from brim.http.parameter_errors import MalformedMultipartError

MULTIPART: Final = b"multipart/form-data"
MAX_PARTS: Final = 20
_MAX_HEADER: Final = 2000
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
    _, options = parse_options_header(content_type.decode("latin-1"))
    try:
        parser = PushMultipartParser(
            options.get("boundary", ""), max_header_size=_MAX_HEADER, max_segment_count=MAX_PARTS, strict=True
        )
        return _parts(parser, body)
    except (MultipartError, UnicodeError) as error:
        raise MalformedMultipartError from error


def _parts(parser: PushMultipartParser, body: bytes) -> list[Part]:
    """Return what the parser finds: a segment, its pieces, and None at its end, over and over."""
    parts: list[Part] = []
    segment: MultipartSegment | None = None
    pieces: list[bytes] = []
    with parser:
        for event in parser.parse(body):
            if isinstance(event, MultipartSegment):
                segment, pieces = event, []
            elif event:
                pieces.append(bytes(event))
            elif segment is not None:
                parts.append(_part(segment, b"".join(pieces)))
    return parts


def _part(segment: MultipartSegment, content: bytes) -> Part:
    if not segment.name:
        raise MalformedMultipartError
    is_file = segment.filename is not None
    return Part(segment.name, content.decode("utf-8", _KEPT if is_file else "replace"), segment.filename)


def encode_multipart(parts: Sequence[Part], *, boundary: str) -> tuple[bytes, bytes]:
    """Return a content type and a body; the boundary stands in no part."""
    pieces: list[bytes] = []
    for part in parts:
        file_name = "" if part.file_name is None else f"; filename={content_disposition_quote(part.file_name)}"
        name = content_disposition_quote(part.name)
        head = f"--{boundary}\r\nContent-Disposition: form-data; name={name}{file_name}\r\n\r\n"
        pieces += [head.encode("utf-8", "replace"), file_bytes(part.text), b"\r\n"]
    pieces.append(f"--{boundary}--\r\n".encode())
    return MULTIPART + f"; boundary={boundary}".encode(), b"".join(pieces)


def text_of(content: bytes) -> str:
    """Return the text that stands for the bytes of a file."""
    return content.decode("utf-8", _KEPT)


def file_bytes(text: str) -> bytes:
    """Return the bytes of a file from its text."""
    return text.encode("utf-8", _KEPT)
