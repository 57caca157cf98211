"""Reads ACH files as banks send them, and says what is wrong and where.

`check` reads a whole file and judges it; `entries` reads the same bytes again and yields one entry after the other.
Two passes, because only the end of a file shows whether its controls are right, and nothing may be applied before.
Whatever the bytes are, neither raises: what is wrong becomes a finding.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Final, TypeVar

import msgspec

from brim.core.rails.ach.nacha.addenda import ItemKind
from brim.core.rails.ach.nacha.codes import CREDITS_ONLY, DEBITS_ONLY, SERVICE_CLASSES, UNSUPPORTED_CLASSES
from brim.core.rails.ach.nacha.dates import is_date
from brim.core.rails.ach.nacha.fields import Layout
from brim.core.rails.ach.nacha.findings import WEIGHTS, Finding, Findings, Severity, Verdict
from brim.core.rails.ach.nacha.framing import Framing, Stream, chunks_of
from brim.core.rails.ach.nacha.items import Amounts, Item, ItemReader, Line
from brim.core.rails.ach.nacha.records import (
    BATCH_CONTROL,
    BATCH_HEADER,
    BLOCKING_FACTOR,
    FILE_CONTROL,
    FILE_HEADER,
    PADDING,
    BatchControl,
    BatchHeader,
    FileControl,
    FileHeader,
)
from brim.core.rails.ach.nacha.routing import HASH_MODULUS

Progress = Callable[[int, int], None]
"""Is told how many bytes and how many entries have been read, a few times each megabyte."""

MOST_ADDENDA: Final = 9_999
"""Of one entry. Source: Nacha operating rules, the addenda sequence number has four digits."""


class Totals(msgspec.Struct, frozen=True, kw_only=True):
    """What the entries of a file or batch add up to; hashes keep ten digits, `records` counts entries and addenda."""

    entries: int
    records: int
    entry_hash: int
    debits_cents: int
    credits_cents: int


class BatchReport(msgspec.Struct, frozen=True, kw_only=True):
    """One batch: its header, its control, either None where there is none, and what its entries add up to."""

    line: int
    header: BatchHeader | None
    control: BatchControl | None
    totals: Totals


class FileReport(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be said of a file. `findings` are the first 1,000, `finding_counts` has all of them by code."""

    verdict: Verdict
    header: FileHeader | None
    control: FileControl | None
    batch_count: int
    batches: tuple[BatchReport, ...]
    totals: Totals
    items: dict[ItemKind, int]
    parked: int
    bytes: int
    lines: int
    line_ending: str
    ends_with_line_ending: bool
    findings: tuple[Finding, ...]
    finding_counts: dict[str, int]


MOST_BATCH_REPORTS: Final = 1_000
"""How many batches a report describes; of all of them it has the sums."""


def check(stream: Stream, *, lenient: bool = False, progress: Progress | None = None) -> FileReport:
    """Read a file to its end and judge it.

    Args:
        stream: the bytes of the file, opened or in pieces.
        lenient: accept bare batches, without file header and controls; otherwise such a file is held.
        progress: is called as the file is read.
    """
    reading = _Reading(lenient=lenient, progress=progress)
    kinds: Counter[ItemKind] = Counter()
    parked = 0
    for item in reading.items(stream):
        kinds[item.kind] += 1
        parked += item.is_parked
    return reading.report(kinds, parked)


def entries(stream: Stream, *, lenient: bool = False, progress: Progress | None = None) -> Iterator[Item]:
    """Yield the entries of a file, in order; those of a file that `check` held must not be applied."""
    return _Reading(lenient=lenient, progress=progress).items(stream)


class _Sums:
    """Adds up entries as their records stand, readable or not."""

    def __init__(self) -> None:
        self.entries = self.records = self.entry_hash = self.debits_cents = self.credits_cents = 0

    def add(self, amounts: Amounts, records: int) -> None:
        self.entries += 1
        self.records += records
        self.entry_hash = (self.entry_hash + amounts.rdfi_identification) % HASH_MODULUS
        if amounts.is_debit:
            self.debits_cents += amounts.amount_cents
        elif amounts.is_debit is False:
            self.credits_cents += amounts.amount_cents

    def totals(self) -> Totals:
        return Totals(
            entries=self.entries,
            records=self.records,
            entry_hash=self.entry_hash,
            debits_cents=self.debits_cents,
            credits_cents=self.credits_cents,
        )


class _Batch:
    """The batch that is being read."""

    def __init__(self, line: int, header: BatchHeader | None, standard_entry_class_code: str) -> None:
        self.line = line
        self.header = header
        self.standard_entry_class_code = standard_entry_class_code
        self.sums = _Sums()
        self.last_trace = ""


RecordT = TypeVar("RecordT", bound=msgspec.Struct)


class _Reading:
    """One pass over one file."""

    def __init__(self, *, lenient: bool, progress: Progress | None) -> None:
        self._lenient: Final = lenient
        self._progress: Final = progress or (lambda _bytes, _entries: None)
        self._findings: Final = Findings()
        self._framing: Final = Framing(self._report_line)
        self._is_bare = False
        self._header: FileHeader | None = None
        self._control: FileControl | None = None
        self._control_line = 0
        self._padding = 0
        self._seen = 0
        self._batch: _Batch | None = None
        self._batches: list[BatchReport] = []
        self._batch_count = 0
        self._last_batch_number = -1
        self._sums: Final = _Sums()
        self._entry: Line | None = None
        self._addenda: list[Line] = []

    # The file

    def items(self, stream: Stream) -> Iterator[Item]:
        """Yield the entries; at the end all findings are there."""
        for number, text in self._framing.records(self._told(chunks_of(stream))):
            self._seen += 1
            line = Line(number, text)
            if text[0] == "7":
                self._take_addenda(line)
                continue
            if self._entry:
                yield self._finish_entry(self._entry)
            if text == PADDING and self._seen > 1:
                self._padding += 1
                continue
            if self._padding or self._control_line:
                self._report("after_control", line, "record", "a record follows the end of the file")
            if text[0] == "6":
                self._take_entry(line)
            else:
                self._take_other(line)
        if self._entry:
            yield self._finish_entry(self._entry)
        self._end()
        self._progress(self._framing.bytes, self._sums.entries)

    def report(self, kinds: Counter[ItemKind], parked: int) -> FileReport:
        framing = self._framing
        ending = "none" if framing.is_cut or not framing.lines else "crlf" if framing.lines_with_cr else "lf"
        return FileReport(
            verdict=self._findings.verdict,
            header=self._header,
            control=self._control,
            batch_count=self._batch_count,
            batches=tuple(self._batches),
            totals=self._sums.totals(),
            items=dict(kinds),
            parked=parked,
            bytes=framing.bytes,
            lines=framing.number,
            line_ending=ending,
            ends_with_line_ending=framing.ends_with_line_end,
            findings=tuple(self._findings.first),
            finding_counts=dict(self._findings.counts),
        )

    def _told(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        for chunk in chunks:
            yield chunk
            self._progress(self._framing.bytes, self._sums.entries)

    def _take_other(self, line: Line) -> None:
        """Take a record that is neither an entry nor an addenda."""
        if self._seen == 1 and line.text[0] != "1":
            self._is_bare = line.text[0] == "5"
            self._report("no_file_header", line, "file header", "the file begins without a file header")
        match line.text[0]:
            case "1":
                self._take_file_header(line)
            case "5":
                self._take_batch_header(line)
            case "8":
                self._take_batch_control(line)
            case "9":
                self._take_file_control(line)
            case other:
                self._report("record_type", line, "record", f"no record begins with {other!r}")

    def _take_file_header(self, line: Line) -> None:
        if self._seen > 1:
            self._report("second_file", line, "file header", "a second file begins")
            return
        self._header = self._read(FILE_HEADER, line)
        if self._header and not is_date(self._header.file_creation_date):
            self._report(
                "date", line, "file header", f"{self._header.file_creation_date!r} isn't a date", "file_creation_date"
            )

    def _end(self) -> None:
        if not self._seen:
            self._report("empty_file", self._framing.number, "file", "the file is empty")
            return
        self._close_batch(None)
        if not self._control_line:
            self._report(
                "no_file_control", self._framing.number, "file control", "the file ends without a file control record"
            )
            return
        if self._control:
            self._compare_file_control(self._control)
        if self._seen % BLOCKING_FACTOR:
            self._report("padding", self._framing.number, "file", f"{self._seen} records don't fill whole blocks")

    def _compare_file_control(self, control: FileControl) -> None:
        line = self._control_line
        records = self._seen - self._padding
        blocks = -(-records // BLOCKING_FACTOR)
        self._compare(line, "file control", "batch_count", control.batch_count, self._batch_count)
        if control.block_count != -(-self._seen // BLOCKING_FACTOR):
            self._compare(line, "file control", "block_count", control.block_count, blocks)
        self._compare_sums(line, "file control", control, self._sums)

    def _compare_sums(self, line: int, record: str, control: FileControl | BatchControl, sums: _Sums) -> None:
        self._compare(line, record, "entry_addenda_count", control.entry_addenda_count, sums.records)
        self._compare(line, record, "entry_hash", control.entry_hash, sums.entry_hash)
        self._compare(line, record, "total_debits", control.total_debits_cents, sums.debits_cents)
        self._compare(line, record, "total_credits", control.total_credits_cents, sums.credits_cents)

    def _compare(self, line: int, record: str, code: str, said: object, found: object) -> None:
        if said != found:
            self._report(code, line, record, f"{code} is {said}, but {found} by the records", code)

    def _take_file_control(self, line: Line) -> None:
        self._close_batch(line)
        self._control_line = line.number
        self._control = self._read(FILE_CONTROL, line)

    # Batches

    def _take_batch_header(self, line: Line) -> None:
        self._close_batch(line)
        header = self._read(BATCH_HEADER, line)
        self._batch = _Batch(line.number, header, line.text[50:53])
        self._batch_count += 1
        if line.text[50:53] in UNSUPPORTED_CLASSES:
            self._report("unsupported_class", line, "batch header", f"{line.text[50:53]} batches are not supported")
        if header is None:
            return
        if header.service_class_code not in SERVICE_CLASSES:
            self._report("service_class", line, "batch header", f"{header.service_class_code} isn't a service class")
        if header.effective_entry_date.strip("0") and not is_date(header.effective_entry_date):
            self._report(
                "date", line, "batch header", f"{header.effective_entry_date!r} isn't a date", "effective_entry_date"
            )
        if header.batch_number <= self._last_batch_number:
            self._report(
                "batch_order", line, "batch header", f"batch {header.batch_number} is not greater than the one before"
            )
        self._last_batch_number = header.batch_number

    def _take_batch_control(self, line: Line) -> None:
        batch = self._batch
        if batch is None:
            self._report("record_order", line, "batch control", "a batch control without a batch")
            return
        self._batch = None
        control = self._read(BATCH_CONTROL, line)
        self._keep_batch(batch, control)
        if control is None:
            return
        self._compare_sums(line.number, "batch control", control, batch.sums)
        if batch.header:
            self._compare_identity(line, control, batch.header)

    def _compare_identity(self, line: Line, control: BatchControl, header: BatchHeader) -> None:
        for code, said, found in (
            ("service_class", control.service_class_code, header.service_class_code),
            ("company_identification", control.company_identification.strip(), header.company_identification.strip()),
            ("odfi_identification", control.odfi_identification, header.odfi_identification),
            ("batch_number", control.batch_number, header.batch_number),
        ):
            if said != found:
                self._report(code, line, "batch control", f"{code} is {said}, but {found} in the batch header", code)
        is_same = control.company_identification.strip() == header.company_identification.strip()
        if is_same and control.company_identification != header.company_identification:
            sentence = "company_identification has other blanks than in the batch header"
            self._report("company_identification_alignment", line, "batch control", sentence, "company_identification")

    def _close_batch(self, line: Line | None) -> None:
        """End a batch that has no control."""
        if self._batch:
            number = line.number if line else self._framing.number
            self._report(
                "no_batch_control", number, "batch control", f"the batch of line {self._batch.line} has no control"
            )
            self._keep_batch(self._batch, None)
            self._batch = None

    def _keep_batch(self, batch: _Batch, control: BatchControl | None) -> None:
        if not batch.sums.entries:
            self._report("empty_batch", batch.line, "batch header", "the batch has no entries")
        if batch.header:
            self._judge_service_class(batch, batch.header.service_class_code)
        if len(self._batches) < MOST_BATCH_REPORTS:
            self._batches.append(
                BatchReport(line=batch.line, header=batch.header, control=control, totals=batch.sums.totals())
            )

    def _judge_service_class(self, batch: _Batch, service_class: str) -> None:
        wrong = (service_class == DEBITS_ONLY and batch.sums.credits_cents) or (
            service_class == CREDITS_ONLY and batch.sums.debits_cents
        )
        if wrong:
            self._report(
                "service_class_content", batch.line, "batch header", f"class {service_class} does not fit the entries"
            )

    # Entries

    def _take_entry(self, line: Line) -> None:
        if self._batch is None:
            self._report("record_order", line, "entry detail", "an entry outside of a batch")
        self._entry = line
        self._addenda = []

    def _take_addenda(self, line: Line) -> None:
        if self._entry is None:
            self._report("record_order", line, "addenda", "an addenda without an entry")
        elif len(self._addenda) < MOST_ADDENDA:
            self._addenda.append(line)
        else:
            self._report("too_many_addenda", line, "addenda", f"an entry with more than {MOST_ADDENDA} addenda")

    def _finish_entry(self, line: Line) -> Item:
        """Return the entry that is complete now."""
        batch, addenda = self._batch, self._addenda
        self._entry = None
        amounts = Amounts.of(line.text)
        self._sums.add(amounts, 1 + len(addenda))
        reader = ItemReader(
            self._judge,
            batch=batch.header if batch else None,
            standard_entry_class_code=batch.standard_entry_class_code if batch else "",
            last_trace=batch.last_trace if batch else "",
        )
        item = reader.read(line, addenda, amounts)
        if batch:
            batch.sums.add(amounts, 1 + len(addenda))
            batch.last_trace = line.text[79:94]
        return item

    # Findings

    def _read(self, layout: Layout[RecordT], line: Line) -> RecordT | None:
        """Return the record of a header or control, None where it cannot be read."""
        record, problems = layout.read(line.text)
        for problem in problems:
            self._report(problem.code, line, layout.name, problem.sentence, problem.field)
        return record

    def _report_line(self, code: str, number: int, sentence: str) -> None:
        self._report(code, number, "line", sentence)

    def _report(self, code: str, line: Line | int, record: str, sentence: str, field: str = "") -> None:
        self._judge(code, line if isinstance(line, int) else line.number, record, sentence, field)

    def _judge(self, code: str, number: int, record: str, sentence: str, field: str) -> Finding:
        weight = WEIGHTS[code]
        is_forgiven = weight.is_lenient and self._lenient and self._is_bare
        severity = Severity.WARNING if is_forgiven else weight.severity
        finding = Finding(code, severity, weight.scope, number, record, field, sentence)
        self._findings.add(finding)
        return finding
