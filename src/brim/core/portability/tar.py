"""The archive: a tar of plain files, as short as the format allows, so that there is one way to write each.

A reader takes no other: no links, no folders, no long names, no sparse files, and nothing is ever written under a name.
"""

import tarfile
from collections.abc import Iterator
from typing import Final, NamedTuple

from brim.core.portability.rules import ExportBrokenError

_BLOCK: Final = tarfile.BLOCKSIZE
_END: Final = bytes(2 * _BLOCK)
_MODE: Final = 0o600


class Member(NamedTuple):
    """A file in the archive."""

    name: str
    content: bytes


def member(name: str, content: bytes) -> Iterator[bytes]:
    """Yield a file as it stands in an archive."""
    yield _head(name, len(content))
    yield content
    yield bytes(-len(content) % _BLOCK)


def end() -> bytes:
    """Return what ends an archive."""
    return _END


def members(plain: Iterator[bytes], *, max_bytes: int) -> Iterator[Member]:
    """Yield the files of an archive, each whole; the archive has to end where its end is.

    Raises:
        ExportBrokenError: it is no archive of ours, or a file in it is longer than `max_bytes`.
    """
    stream = _Stream(plain)
    while (head := stream.read(_BLOCK)) != bytes(_BLOCK):
        try:
            info = tarfile.TarInfo.frombuf(head, "ascii", "strict")
        except (tarfile.HeaderError, UnicodeError):
            raise ExportBrokenError("it isn't an archive, or was cut off") from None
        if info.size > max_bytes:
            raise ExportBrokenError(f"{info.name} is longer than any part may be")
        if _head(info.name, info.size) != head:
            raise ExportBrokenError(f"{info.name!r} isn't a regular file")
        content = stream.read(info.size)
        if len(content) != info.size or stream.read(-info.size % _BLOCK).strip(b"\0"):
            raise ExportBrokenError(f"{info.name} was cut off")
        yield Member(info.name, content)
    if stream.read(_BLOCK) != bytes(_BLOCK) or stream.read(1):
        raise ExportBrokenError("something follows its end")


def _head(name: str, size: int) -> bytes:
    info = tarfile.TarInfo(name)
    info.size = size
    info.mode = _MODE
    try:
        return info.tobuf(tarfile.USTAR_FORMAT, "ascii", "strict")
    except (ValueError, UnicodeError):
        return b""


class _Stream:
    """Pieces of any length, read by length."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._waiting = bytearray()

    def read(self, size: int) -> bytes:
        """Return so many bytes, or fewer at the end."""
        while len(self._waiting) < size and (piece := next(self._pieces, None)) is not None:
            self._waiting += piece
        found = bytes(self._waiting[:size])
        del self._waiting[:size]
        return found
