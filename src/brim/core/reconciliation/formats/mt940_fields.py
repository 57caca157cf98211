"""The messages of a SWIFT MT940 or MT942 file, and the fields of each: a tag, and the lines that it has.

Source: SWIFT's message reference guide for category 9, and the files of banks, which leave out the envelope or keep it.
A message begins with its reference (:20:) and ends with `-`, `-}` or the reference of the next. What stands between two
messages is an envelope or a header of the bank's own, and says nothing.
"""

import contextlib
import re
from collections.abc import Iterator
from typing import Final

import msgspec

from brim.core.reconciliation.formats.limits import MAX_ITEMS, MAX_LINE, LineTooLongError, TooManyItemsError

REFERENCE: Final = "20"
MAX_CONTINUATIONS: Final = 1_000
"""Lines of one field; SWIFT allows six of information (:86:), banks write some more."""
_TAG: Final = re.compile(r":([0-9]{2}[A-Z]?|NS[A-Z]?):(.*)")
_LINE_END: Final = re.compile(rb"\r\n|\r|\n")
_END: Final = frozenset({"-", "-}"})


class Field(msgspec.Struct, gc=False):
    """A field: `tag` without its colons, `lines` as they stand in the file, the first of which is line `line` of it.

    `size` counts the characters behind the first line.
    """

    tag: str
    lines: list[str]
    line: int
    size: int = 0

    @property
    def text(self) -> str:
        """The first line, on which all but the free texts stand."""
        return self.lines[0].strip()

    @property
    def where(self) -> str:
        """Its lines in the file, for a finding."""
        last = self.line + len(self.lines) - 1
        return f"line {self.line}" if last == self.line else f"lines {self.line} to {last}"


class Message(msgspec.Struct):
    """The fields of a message in their order, the reference first unless the file is broken."""

    fields: list[Field]

    def first(self, *tags: str) -> Field | None:
        """Return the first field with one of the tags."""
        return next((field for field in self.fields if field.tag in tags), None)


def looks_like_mt940(head: bytes) -> bool:
    """Tell whether a file begins as an MT940 or MT942 does, with or without an envelope."""
    return head.startswith(b"{1:") or re.search(rb"^:20:.*[\r\n]+:(?:21|25P?|28C?):", head, re.MULTILINE) is not None


def read_messages(content: bytes) -> Iterator[Message]:
    """Yield the messages of a file.

    Raises:
        LimitError: a line is too long, or there are too many.
    """
    message: Message | None = None
    for number, text in enumerate(_lines(content), 1):
        match = _TAG.match(text)
        if text.strip() in _END:
            if message is not None:
                yield message
            message = None
        elif match is not None and (message is None or match[1] == REFERENCE):
            if message is not None:
                yield message
            message = Message([Field(match[1], [match[2]], number)])
        elif match is not None and message is not None:
            message.fields.append(Field(match[1], [match[2]], number))
            if len(message.fields) > MAX_ITEMS:
                raise TooManyItemsError
        elif message is not None:
            _continue(message.fields[-1], text)
    if message is not None:
        yield message


def _continue(field: Field, text: str) -> None:
    field.size += len(text)
    if len(field.lines) > MAX_CONTINUATIONS or field.size > MAX_LINE:
        raise TooManyItemsError
    field.lines.append(text)


def _lines(content: bytes) -> Iterator[str]:
    start, number = 0, 1
    for number, end in enumerate(_LINE_END.finditer(content), 1):
        yield _line(content[start : end.start()], number)
        start = end.end()
    if start < len(content):
        yield _line(content[start:], number + 1)


def _line(raw: bytes, number: int) -> str:
    if len(raw) > MAX_LINE:
        raise LineTooLongError(number)
    return _text(raw)


def _text(raw: bytes) -> str:
    """Return a line's text: UTF-8 where its bytes are that, else Windows-1252; control characters as spaces."""
    text = raw.decode("cp1252", errors="replace")
    with contextlib.suppress(UnicodeDecodeError):
        text = raw.decode("utf-8")
    return text if text.isprintable() else "".join(char if char.isprintable() else " " for char in text)
