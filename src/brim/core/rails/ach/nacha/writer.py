"""Writes ACH files: entries in, bytes out, with controls, hash, counts and padding of its own.

Everything is checked as it is written, and nothing is repaired: text that does not fit is an error (`to_ach_text` makes
it fit where that is wanted). `FileWriter` keeps no more than a piece of the file; `write_file` returns all of it.
"""

from collections.abc import Collection, Iterable, Iterator
from enum import StrEnum
from typing import Final

import msgspec

from brim.core.rails.ach.nacha.addenda import kind_of, layout_of
from brim.core.rails.ach.nacha.checks import check_batch_header, check_entry, check_file_header
from brim.core.rails.ach.nacha.codes import TRANSACTION_CODES, TransactionCode, service_class
from brim.core.rails.ach.nacha.errors import FieldError
from brim.core.rails.ach.nacha.records import (
    BATCH_CONTROL,
    BATCH_HEADER,
    BLOCKING_FACTOR,
    ENTRY_DETAIL,
    FILE_CONTROL,
    FILE_HEADER,
    PADDING,
    BatchControl,
    BatchHeader,
    Entry,
    FileControl,
    FileHeader,
)
from brim.core.rails.ach.nacha.routing import HASH_MODULUS

_RECORDS_AT_ONCE: Final = 500


class LineEnding(StrEnum):
    """What ends a record."""

    CRLF = "crlf"
    LF = "lf"
    NONE = "none"


_ENDINGS: Final = {LineEnding.CRLF: "\r\n", LineEnding.LF: "\n", LineEnding.NONE: ""}


class FileFormat(msgspec.Struct, frozen=True, kw_only=True):
    """How the records of a file are separated, as a bank wants it."""

    line_ending: LineEnding = LineEnding.CRLF
    ends_with_line_ending: bool = True


class Batch(msgspec.Struct, frozen=True):
    """A batch header and its entries.

    A header without a service class needs entries that can be read twice (a list or a tuple).
    """

    header: BatchHeader
    entries: Iterable[Entry]


class FileTotals(msgspec.Struct, frozen=True, kw_only=True):
    """What was written; `records` counts entries and addenda, as controls do."""

    batches: int
    blocks: int
    entries: int
    records: int
    entry_hash: int
    debits_cents: int
    credits_cents: int


class WrittenFile(msgspec.Struct, frozen=True):
    """A whole file, and what is in it."""

    content: bytes
    totals: FileTotals


class _Sums:
    def __init__(self) -> None:
        self.entries = self.records = self.entry_hash = self.debits_cents = self.credits_cents = 0

    def add(self, entry: Entry, code: TransactionCode) -> None:
        detail = entry.detail
        self.entries += 1
        self.records += 1 + len(entry.addenda)
        self.entry_hash = (self.entry_hash + int(detail.rdfi_identification)) % HASH_MODULUS
        if code.is_debit:
            self.debits_cents += detail.amount_cents
        else:
            self.credits_cents += detail.amount_cents

    def add_all(self, other: "_Sums") -> None:
        self.entries += other.entries
        self.records += other.records
        self.entry_hash = (self.entry_hash + other.entry_hash) % HASH_MODULUS
        self.debits_cents += other.debits_cents
        self.credits_cents += other.credits_cents


class FileWriter:
    """Writes one file. Where `pieces` raises, what came before it must be thrown away."""

    def __init__(self, header: FileHeader, file_format: FileFormat | None = None) -> None:
        self._first: Final = FILE_HEADER.write(header)
        check_file_header(header)
        self._format: Final = file_format or FileFormat()
        self._sums: Final = _Sums()
        self._batches = 0
        self._batch_number = 0
        self._records = 0
        self._totals: FileTotals | None = None

    @property
    def totals(self) -> FileTotals:
        """What was written, once the last piece has been."""
        if self._totals is None:
            raise RuntimeError("the file is not written to its end")
        return self._totals

    def pieces(self, batches: Iterable[Batch]) -> Iterator[bytes]:
        """Yield the bytes of the file, 500 records at a time.

        Raises:
            FieldError: something does not fit its field, or the records around it.
        """
        if self._records:
            raise RuntimeError("a writer writes one file")
        ending = _ENDINGS[self._format.line_ending]
        waiting: list[str] = []
        for line in self._lines(batches):
            if len(waiting) == _RECORDS_AT_ONCE:
                yield (ending.join(waiting) + ending).encode("ascii")
                waiting.clear()
            waiting.append(line)
        last = ending if self._format.ends_with_line_ending else ""
        yield (ending.join(waiting) + last).encode("ascii")

    def _lines(self, batches: Iterable[Batch]) -> Iterator[str]:
        for line in self._body(batches):
            self._records += 1
            yield line
        for _ in range(-self._records % BLOCKING_FACTOR):
            self._records += 1
            yield PADDING

    def _body(self, batches: Iterable[Batch]) -> Iterator[str]:
        yield self._first
        for batch in batches:
            yield from self._batch(batch)
        blocks = -(-(self._records + 1) // BLOCKING_FACTOR)
        yield FILE_CONTROL.write(self._file_control(blocks))
        self._totals = FileTotals(
            batches=self._batches,
            blocks=blocks,
            entries=self._sums.entries,
            records=self._sums.records,
            entry_hash=self._sums.entry_hash,
            debits_cents=self._sums.debits_cents,
            credits_cents=self._sums.credits_cents,
        )

    def _file_control(self, blocks: int) -> FileControl:
        return FileControl(
            batch_count=self._batches,
            block_count=blocks,
            entry_addenda_count=self._sums.records,
            entry_hash=self._sums.entry_hash,
            total_debits_cents=self._sums.debits_cents,
            total_credits_cents=self._sums.credits_cents,
        )

    def _batch(self, batch: Batch) -> Iterator[str]:
        header = self._complete(batch)
        first = BATCH_HEADER.write(header)
        check_batch_header(header, last_number=self._batch_number)
        self._batch_number = header.batch_number
        self._batches += 1
        yield first
        sums, last_trace, batch_kind = _Sums(), "", None
        for entry in batch.entries:
            kind = kind_of(entry.addenda)
            batch_kind = batch_kind or kind
            if kind is not batch_kind:
                raise FieldError(BATCH_HEADER.name, "entries", kind, f"a {kind} in a batch of {batch_kind} entries")
            line = ENTRY_DETAIL.write(entry.detail)
            code = check_entry(entry, kind, header, last_trace=last_trace)
            yield line
            for addenda in entry.addenda:
                yield layout_of(addenda).write(addenda)
            sums.add(entry, code)
            last_trace = entry.detail.trace_number
        if not sums.entries:
            raise FieldError(BATCH_HEADER.name, "entries", 0, "a batch without entries")
        yield BATCH_CONTROL.write(_batch_control(header, sums))
        self._sums.add_all(sums)

    def _complete(self, batch: Batch) -> BatchHeader:
        """Return the batch's header with a service class and a number."""
        header = batch.header
        if not header.batch_number:
            header = msgspec.structs.replace(header, batch_number=self._batch_number + 1)
        if not header.service_class_code:
            header = msgspec.structs.replace(header, service_class_code=_service_class_of(batch))
        return header


def write_file(header: FileHeader, batches: Iterable[Batch], file_format: FileFormat | None = None) -> WrittenFile:
    """Return a whole file.

    Raises:
        FieldError: something does not fit its field, or the records around it.
    """
    writer = FileWriter(header, file_format)
    content = b"".join(writer.pieces(batches))
    return WrittenFile(content, writer.totals)


def _service_class_of(batch: Batch) -> str:
    if not isinstance(batch.entries, Collection):
        raise FieldError(BATCH_HEADER.name, "service_class_code", "", "is needed where entries are read once")
    codes = {entry.detail.transaction_code for entry in batch.entries}
    known = [TRANSACTION_CODES[code] for code in codes if code in TRANSACTION_CODES]
    return service_class(
        has_debits=any(code.is_debit for code in known), has_credits=any(not code.is_debit for code in known)
    )


def _batch_control(header: BatchHeader, sums: _Sums) -> BatchControl:
    return BatchControl(
        service_class_code=header.service_class_code,
        entry_addenda_count=sums.records,
        entry_hash=sums.entry_hash,
        total_debits_cents=sums.debits_cents,
        total_credits_cents=sums.credits_cents,
        company_identification=header.company_identification,
        odfi_identification=header.odfi_identification,
        batch_number=header.batch_number,
    )
