"""Records of 94 characters out of bytes as they come: with CRLF, with LF, or with no line ends at all."""

from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO, Final

from brim.core.rails.ach.nacha.fields import RECORD_LENGTH

Stream = bytes | BinaryIO | Iterable[bytes]
"""A file as bytes, opened, or in pieces of any length."""

CHUNK_BYTES: Final = 1 << 16

_BLANKS: Final = b" " * RECORD_LENGTH

_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
_END_OF_FILE_MARKS: Final = b"\x1a\x00"
"""What DOS and some mainframe transfers write after the last line."""


def chunks_of(stream: Stream) -> Iterator[bytes]:
    """Yield the bytes of a stream in pieces."""
    if isinstance(stream, bytes):
        yield stream
    elif hasattr(stream, "read"):
        while chunk := stream.read(CHUNK_BYTES):
            yield chunk
    else:
        yield from stream


_LONGEST_BLANK: Final = 1 << 20
"""How many blanks may stand at the end of a line before they are taken for records."""


def _records_surely_in(rest: bytes) -> int:
    """Return how many records can be cut off the beginning of a line before its end is known.

    Blanks at the end of a longer line are no record, and neither is what ends a line or the file, so these stay until
    it is known what follows. The result does not depend on where the pieces of a stream end.
    """
    solid = len(rest.rstrip(b" \r" + _END_OF_FILE_MARKS))
    enough = (solid - 1) // RECORD_LENGTH if solid else 0
    if len(rest) - enough * RECORD_LENGTH > _LONGEST_BLANK:
        return len(rest) // RECORD_LENGTH - 1
    return enough


class Framing:
    """Cuts one file into records, and knows afterwards how its lines ended.

    A shorter line is filled up with blanks, a longer one is cut every 94 characters, whatever of it is blank is left
    out. Each record has a number, which is that of its line where a line is a record. Of the bytes no more is kept
    than a chunk and two records.
    """

    def __init__(self, report: Callable[[str, int, str], None]) -> None:
        self.bytes = 0
        self.number = 0
        self.lines = 0
        self.lines_with_cr = 0
        self.ends_with_line_end = False
        self.is_cut = False
        self._report: Final = report
        self._is_inside = False
        """Whether the next bytes go on with a line of which a record was taken already."""

    def records(self, chunks: Iterable[bytes]) -> Iterator[tuple[int, str]]:
        """Yield the number and the 94 characters of each record."""
        rest = b""
        for chunk in self._counted(chunks):
            lines = (rest + chunk).split(b"\n")
            rest = lines.pop()
            self.lines += len(lines)
            for line in lines:
                record = line
                if line.endswith(b"\r"):
                    self.lines_with_cr += 1
                    record = line.rstrip(b"\r")
                if len(record) == RECORD_LENGTH and not self._is_inside and record != _BLANKS:
                    self.number += 1
                    yield self.number, record.decode("latin-1")
                    continue
                yield from self._cut(record)
                self._is_inside = False
            enough = _records_surely_in(rest)
            for place in range(0, enough * RECORD_LENGTH, RECORD_LENGTH):
                self.is_cut |= self._is_inside
                yield from self._take(rest[place : place + RECORD_LENGTH])
                self._is_inside = True
            rest = rest[enough * RECORD_LENGTH :]
        yield from self._end(rest)

    def _counted(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        """Yield the chunks, the first without a byte order mark."""
        first: bytes | None = b""
        for chunk in chunks:
            self.bytes += len(chunk)
            if first is None:
                yield chunk
            elif len(first) + len(chunk) < len(_BYTE_ORDER_MARK):
                first += chunk
            else:
                yield self._without_mark(first + chunk)
                first = None
        if first:
            yield first

    def _without_mark(self, first: bytes) -> bytes:
        if first.startswith(_BYTE_ORDER_MARK):
            self._report("byte_order_mark", 1, "the file begins with a byte order mark")
            return first[len(_BYTE_ORDER_MARK) :]
        return first

    def _end(self, rest: bytes) -> Iterator[tuple[int, str]]:
        last = rest.rstrip(_END_OF_FILE_MARKS)
        if last != rest:
            self._report("end_of_file_mark", self.number + 1, "the file ends with control characters")
        self.ends_with_line_end = self.lines > 0 and not rest
        last = last.rstrip(b"\r")
        if last:
            yield from self._cut(last)

    def _cut(self, line: bytes) -> Iterator[tuple[int, str]]:
        """Yield the records of a line, or of what is left of it."""
        if not line and not self._is_inside:
            yield from self._take(line)
        while line:
            piece, line = line[:RECORD_LENGTH], line[RECORD_LENGTH:]
            if self._is_inside and not line.strip(b" ") and not piece.strip(b" "):
                self._report("trailing_blanks", self.number, f"the line is longer than {RECORD_LENGTH}, by blanks")
                return
            self.is_cut |= self._is_inside
            yield from self._take(piece)
            self._is_inside = True

    def _take(self, piece: bytes) -> Iterator[tuple[int, str]]:
        self.number += 1
        if not piece.strip(b" "):
            self._report("blank_line", self.number, "the line is blank")
            return
        if len(piece) < RECORD_LENGTH:
            self._report("short_line", self.number, f"the line has {len(piece)} characters, not {RECORD_LENGTH}")
        yield self.number, piece.ljust(RECORD_LENGTH).decode("latin-1")
