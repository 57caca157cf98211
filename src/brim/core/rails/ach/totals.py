"""A second count of a file that is about to be released, from its bytes, by positions.

It shares nothing with the codec in `nacha`, on purpose: what one of the two gets wrong, the other does not hide. It is
for files of our own: all records have 94 characters and the same line ends, and there is no mercy.
"""

import hashlib
import re
from collections.abc import Callable, Iterator
from typing import BinaryIO, Final

import msgspec

_WIDTH: Final = 94
_DEBIT_DIGITS: Final = b"6789"
_CREDIT_DIGITS: Final = b"1234"
_PRINTABLE: Final = re.compile(rb"[ -~]*")


class Recount(msgspec.Struct, frozen=True, kw_only=True):
    """What a file holds. It may be released only where there are no problems and the totals are those expected.

    `records` counts entries and addenda; `sha256` is of all bytes; `largest_cents` is the largest amount of an entry.
    """

    batches: int
    entries: int
    records: int
    blocks: int
    entry_hash: int
    debits_cents: int
    credits_cents: int
    largest_cents: int
    sha256: str
    problems: tuple[str, ...]


def recount(file: BinaryIO) -> Recount:
    """Return what an opened file holds, read from where it stands to its end."""
    counter = _Counter()
    for number, record in enumerate(_records(file, counter), 1):
        counter.add(number, record)
    return counter.result()


def _records(file: BinaryIO, counter: "_Counter") -> Iterator[bytes]:
    """Yield the records without their line ends, all of which must be like the first."""
    first = file.read(_WIDTH)
    end = b""
    counter.digest.update(first)
    following = file.read(2)
    if following == b"\r\n":
        end = following
    elif following[:1] == b"\n":
        end = b"\n"
    counter.digest.update(following)
    rest = following[len(end) :]
    yield first
    stride = _WIDTH + len(end)
    while True:
        piece = file.read(stride - len(rest))
        counter.digest.update(piece)
        piece, rest = rest + piece, b""
        if not piece:
            return
        if piece[_WIDTH:] != end and len(piece) != _WIDTH:
            counter.problem(f"a record of other length or line end: {len(piece)} bytes")
        yield piece[:_WIDTH]


class _Counter:
    def __init__(self) -> None:
        self.digest: Final = hashlib.sha256()
        self._problems: list[str] = []
        self._number = 0
        self._file = [0] * 5
        self._batch: list[int] | None = None
        self._batches = 0
        self._largest = 0
        self._entries = 0
        self._traces: set[bytes] = set()
        self._last_trace = b""
        self._class_and_identity: tuple[bytes, bytes, bytes] = (b"", b"", b"")
        self._control: bytes | None = None
        self._last = b""
        self._takers: Final[dict[bytes, Callable[[bytes], None]]] = {
            b"1": self._take_header,
            b"5": self._begin,
            b"6": self._add_entry,
            b"7": self._add_addenda,
            b"8": self._end,
            b"9": self._finish,
        }

    def problem(self, sentence: str) -> None:
        """Take note of what must not be; the first hundred are enough."""
        if len(self._problems) < 100:
            self._problems.append(f"record {self._number}: {sentence}")

    def add(self, number: int, record: bytes) -> None:
        """Count one record."""
        self._number = number
        if len(record) != _WIDTH or not _PRINTABLE.fullmatch(record):
            self.problem("not 94 printable characters")
        kind = record[:1]
        if self._control is not None:
            if record != b"9" * _WIDTH:
                self.problem("something follows the file control")
        elif (kind == b"1") != (number == 1):
            self.problem("a file has one file header, at its beginning")
        elif kind in self._takers:
            self._takers[kind](record)
        else:
            self.problem(f"no record begins with {kind!r}")
        self._last = kind

    def _take_header(self, record: bytes) -> None:
        if record[34:40] != b"094101":
            self.problem("not a file of records of 94 in blocks of 10")

    def _add_addenda(self, _record: bytes) -> None:
        if self._last not in {b"6", b"7"}:
            self.problem("an addenda without an entry")
        self._add(0, 0, 0, records=1)

    def _begin(self, record: bytes) -> None:
        if self._batch is not None:
            self.problem("a batch begins inside of another")
        if record[1:4] not in {b"200", b"220", b"225"} or record[50:53] == b"ADV":
            self.problem(f"batches of class {record[1:4]!r}, {record[50:53]!r} are not released")
        self._batch = [0] * 4
        self._batches += 1
        self._last_trace = b""
        self._class_and_identity = (record[1:4], record[40:50], record[79:94])

    def _add_entry(self, record: bytes) -> None:
        amount, trace, direction = self._int(record[29:39]), record[79:94], record[2:3]
        is_debit = direction in _DEBIT_DIGITS or record[1:3] == b"55"
        if not is_debit and direction not in _CREDIT_DIGITS:
            self.problem(f"transaction code {record[1:3]!r}")
        if not trace.isdigit() or trace <= self._last_trace:
            self.problem("the trace number does not ascend")
        if trace in self._traces:
            self.problem("the trace number occurs twice")
        if trace[:8] != self._class_and_identity[2][:8]:
            self.problem("the trace number is not of the batch's bank")
        self._traces.add(trace)
        self._last_trace = trace
        self._entries += 1
        self._largest = max(self._largest, amount)
        self._add(self._int(record[3:11]), amount if is_debit else 0, 0 if is_debit else amount, records=1)

    def _add(self, routing: int, debit: int, credit: int, *, records: int) -> None:
        if self._batch is None:
            self.problem("an entry or addenda outside of a batch")
            self._batch = [0] * 4
        for place, value in enumerate((records, routing, debit, credit)):
            self._batch[place] += value

    def _end(self, record: bytes) -> None:
        if self._batch is None:
            self.problem("a batch control without a batch")
            return
        self._compare("batch", record, (4, 10, 20, 32, 44), self._batch)
        if (record[1:4], record[44:54], record[79:94]) != self._class_and_identity:
            self.problem("class, company or number of the batch control are not those of its header")
        for place, value in enumerate(self._batch):
            self._file[place] += value
        self._batch = None

    def _finish(self, record: bytes) -> None:
        if self._batch is not None:
            self.problem("a batch without a control")
        self._control = record
        self._compare("file", record, (13, 21, 31, 43, 55), self._file)
        if self._int(record[1:7]) != self._batches:
            self.problem(f"the file control counts {record[1:7]!r} batches, there are {self._batches}")

    def _compare(self, what: str, record: bytes, cuts: tuple[int, ...], sums: list[int]) -> None:
        found = (sums[0], sums[1] % 10**10, sums[2], sums[3])
        for name, first, last, value in zip(
            ("count", "hash", "debits", "credits"), cuts, cuts[1:], found, strict=False
        ):
            if self._int(record[first:last]) != value:
                self.problem(f"the {what} control has {name} {record[first:last]!r}, it is {value}")

    def _int(self, digits: bytes) -> int:
        if digits.isdigit():
            return int(digits)
        self.problem(f"{digits!r} isn't a number")
        return 0

    def result(self) -> Recount:
        """Return the counts, and what is wrong at the end."""
        if self._control is None:
            self.problem("the file has no file control")
        elif self._number % 10 or self._int(self._control[7:13]) != self._number // 10:
            self.problem("the file is not made of as many blocks of ten as its control says")
        return Recount(
            batches=self._batches,
            entries=self._entries,
            records=self._file[0],
            blocks=self._number // 10,
            entry_hash=self._file[1] % 10**10,
            debits_cents=self._file[2],
            credits_cents=self._file[3],
            largest_cents=self._largest,
            sha256=self.digest.hexdigest(),
            problems=tuple(self._problems),
        )
