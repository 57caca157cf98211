"""The lines of a BAI2 file and their bytes: what is read is written again byte for byte."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

import msgspec

from brim.core.reconciliation.formats.limits import MAX_LINE, LineTooLongError

CODES: Final = frozenset({"01", "02", "03", "16", "49", "88", "98", "99"})
_LINE: Final = re.compile(rb"([^\r\n]*)(\r\n|\r|\n|\Z)")
_SEVERAL: Final = re.compile(r"(?<=/)(?=[ ]*(?:01|02|03|16|49|88|98|99),)")
# 01,sender,receiver,date,time,file id,physical record length,...
_RECORD_LENGTH: Final = re.compile(rb"01(?:,[^,/]*){5},([0-9]{1,5})[,/]")
CTRL_Z: Final = "\x1a"


class Record(msgspec.Struct, frozen=True, gc=False):
    """One record as it stands in a file, `line` counting from 1.

    `code` is the first field, `fields` the others. `lead` is what comes before the code, and `tail` what follows the
    last field: the slash that closes a record where there is one, padding and the line end. Text is Latin-1, which is
    every byte as it is.
    """

    line: int
    lead: str
    code: str
    fields: tuple[str, ...]
    tail: str


def read_records(content: bytes, *, split: bool = False) -> Iterator[Record]:
    """Yield the records of a file, blank lines left out.

    A line is one record. With `split`, a slash that is followed by the code of a record closes one and another begins
    on the same line, for files whose controls say that it is so.
    """
    for number, text in _lines(content):
        body = text.strip("\r\n " + CTRL_Z)
        if not body:
            continue
        for part in _SEVERAL.split(text) if split else (text,):
            yield _record(number, part)


def write_records(records: Iterable[Record]) -> bytes:
    """Return the bytes of records, one after the other."""
    texts = (record.lead + ",".join((record.code, *record.fields)) + record.tail for record in records)
    return "".join(texts).encode("latin-1")


def shares_lines(content: bytes) -> bool:
    """Tell whether a line looks as if it held several records."""
    return any(_SEVERAL.search(text) for _, text in _lines(content))


def _record(number: int, text: str) -> Record:
    body = text.rstrip("\r\n " + CTRL_Z)
    body = body.removesuffix("/")
    lead = body[: len(body) - len(body.lstrip(" "))]
    code, *fields = body[len(lead) :].split(",")
    return Record(number, lead, code, tuple(fields), text[len(body) :])


def _lines(content: bytes) -> Iterator[tuple[int, str]]:
    content = content.removeprefix(b"\xef\xbb\xbf")
    length = _fixed_length(content)
    if length:
        for number, start in enumerate(range(0, len(content), length), 1):
            yield number, content[start : start + length].decode("latin-1")
        return
    for number, match in enumerate(_LINE.finditer(content), 1):
        if len(match[0]) > MAX_LINE:
            raise LineTooLongError(number)
        if match[0]:
            yield number, match[0].decode("latin-1")


def _fixed_length(content: bytes) -> int:
    """Return the length of records that follow each other without line ends, 0 where lines have ends."""
    if b"\n" in content or b"\r" in content:
        return 0
    match = _RECORD_LENGTH.match(content)
    length = int(match[1]) if match else 0
    return length if 10 <= length < len(content) else 0
