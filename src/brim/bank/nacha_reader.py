"""Reads a NACHA file by the positions of its fields, strictly: every record has 94 characters.

It is written apart from Brim's own reader on purpose. Source: Nacha Operating Rules, appendix three.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

RECORD: Final = 94
BLOCK: Final = 10


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a file or a batch: a code for programs, a sentence for people."""

    code: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Dishonor:
    """What the addenda of a dishonored return says: its reason, the entry and the return that it is about."""

    code: str
    original_trace: str
    return_trace: str
    settlement: str
    return_code: str
    information: str


@dataclass(slots=True)
class Entry:
    """An entry detail record, with the number of addenda that followed it."""

    code: str
    routing: str
    account: str
    amount: int
    individual_id: str
    name: str
    discretionary: str
    has_addenda: bool
    trace: str
    addenda: int = 0
    bad_addenda: bool = False
    dishonor: "Dishonor | None" = None

    @property
    def is_credit(self) -> bool:
        """Whether the receiver gets the money."""
        return self.code[1] in "234"

    @property
    def is_prenote(self) -> bool:
        """Whether it only announces entries to come."""
        return self.code[1] in "38"


REFUSALS: Final = "COR"
"""The class of notifications of change, and of their refusals, which an originator sends."""
_REFUSAL: Final = re.compile(r"798C6[1-9]\d{15} {6}\d{8}.{29}C\d\d\d{7} {5}\d{15}")
"""Source: Nacha Operating Rules, appendix five, the addenda of a refused notification of change."""


_DISHONOR: Final = re.compile(
    r"799(?P<code>R6[12789]|R70)(?P<original>\d{15}) {6}\d{8} {3}(?P<trace>\d{15})(?P<settlement>\d{3}| {3})"
    r"(?P<reason>\d\d)(?P<information>[ -~]{21})\d{15}"
)
"""Source: Nacha Operating Rules, appendix four, the addenda of a dishonored return."""


@dataclass(slots=True)
class Totals:
    """What a control record says, or what the records before it add up to."""

    entries: int = 0
    routing_hash: int = 0
    debit: int = 0
    credit: int = 0


@dataclass(slots=True)
class Batch:
    """A batch: its header, its entries and its control."""

    service_class: str
    company_name: str
    company_id: str
    sec: str
    description: str
    effective: str
    odfi: str
    number: int
    entries: list[Entry] = field(default_factory=list)
    totals: Totals = field(default_factory=Totals)


@dataclass(slots=True)
class NachaFile:
    """What could be read of a file, and the first thing that is wrong with it, if anything is."""

    origin_field: str = ""
    destination: str = ""
    date: str = ""
    time: str = ""
    modifier: str = ""
    origin_name: str = ""
    reference: str = ""
    batches: list[Batch] = field(default_factory=list)
    totals: Totals = field(default_factory=Totals)
    fault: Fault | None = None

    @property
    def origin(self) -> str:
        """The immediate origin without its blanks."""
        return self.origin_field.strip()


class _Unreadable(Exception):  # noqa: N818  it carries a fault out of the reader, nothing more
    def __init__(self, code: str, sentence: str) -> None:
        self.fault = Fault(code, sentence)


def read_nacha(content: bytes) -> NachaFile:
    """Return what a file says; reading ends at the first fault of the file as a whole."""
    file = NachaFile()
    try:
        _read_into(file, list(_records(content)))
    except _Unreadable as stop:
        file.fault = stop.fault
    return file


def _records(content: bytes) -> Iterator[str]:
    try:
        text = content.decode("ascii")
    except UnicodeDecodeError as error:
        raise _Unreadable("NOT_ASCII", f"byte {error.start + 1} is not ASCII") from None
    lines = text.replace("\r\n", "\n").split("\n")
    if lines and not lines[-1]:
        lines.pop()
    if len(lines) == 1:  # no line ends: cut at 94
        lines = [text[start : start + RECORD] for start in range(0, len(lines[0]), RECORD)]
    for number, line in enumerate(lines, 1):
        if len(line) != RECORD:
            raise _Unreadable("RECORD_LENGTH", f"record {number} has {len(line)} characters instead of {RECORD}")
        if not line.isprintable():
            raise _Unreadable("CHARACTER", f"record {number} has a control character")
        yield line


def _read_into(file: NachaFile, records: list[str]) -> None:
    if not records or records[0][0] != "1":
        raise _Unreadable("STRUCTURE", "the file does not begin with a file header")
    _read_header(file, records[0])
    batch: Batch | None = None
    for place, record in enumerate(records[1:], 2):
        kind = record[0]
        if kind == "5" and batch is None:
            batch = _read_batch_header(record, place)
            file.batches.append(batch)
        elif kind == "6" and batch is not None:
            _add_entry(batch, record, place)
        elif kind == "7" and batch is not None and batch.entries:
            _add_addenda(batch, record)
        elif kind == "8" and batch is not None:
            _check_batch_control(batch, record, place)
            _add_totals(file.totals, batch.totals)
            batch = None
        elif kind == "9" and batch is None:
            _check_file_control(file, record, place, len(records))
            _check_padding(records, place)
            return
        else:
            raise _Unreadable("STRUCTURE", f"a record of type {kind} cannot be record {place}")
    raise _Unreadable("STRUCTURE", "the file ends without a file control")


def _read_header(file: NachaFile, record: str) -> None:
    file.destination = record[3:13].strip()
    file.origin_field = record[13:23]
    file.date, file.time, file.modifier = record[23:29], record[29:33].strip(), record[33]
    file.origin_name, file.reference = record[63:86].strip(), record[86:94].strip()
    if record[1:3] != "01" or record[34:40] != "094101":
        raise _Unreadable("FILE_HEADER", "priority, record size, blocking factor and format must be 01, 094, 10 and 1")
    if not (file.modifier.isdigit() or "A" <= file.modifier <= "Z"):
        raise _Unreadable("FILE_ID_MODIFIER", "the file id modifier must be A to Z or 0 to 9")
    if not file.origin:
        raise _Unreadable("FILE_HEADER", "the immediate origin is blank")


def _read_batch_header(record: str, place: int) -> Batch:
    return Batch(
        service_class=record[1:4],
        company_name=record[4:20].strip(),
        company_id=record[40:50].strip(),
        sec=record[50:53],
        description=record[53:63].strip(),
        effective=record[69:75],
        odfi=record[79:87],
        number=_number(record[87:94], place, "batch number"),
    )


def _add_entry(batch: Batch, record: str, place: int) -> None:
    entry = Entry(
        code=record[1:3],
        routing=record[3:12],
        account=record[12:29].strip(),
        amount=_number(record[29:39], place, "amount"),
        individual_id=record[39:54].strip(),
        name=record[54:76].strip(),
        discretionary=record[76:78],
        has_addenda=record[78] == "1",
        trace=record[79:94],
    )
    _number(entry.trace, place, "trace number")
    _number(entry.code, place, "transaction code")
    totals = batch.totals
    totals.entries += 1
    totals.routing_hash += _number(record[3:11], place, "receiving bank")
    if entry.is_credit:
        totals.credit += entry.amount
    else:
        totals.debit += entry.amount
    batch.entries.append(entry)


def _add_addenda(batch: Batch, record: str) -> None:
    entry = batch.entries[-1]
    entry.addenda += 1
    batch.totals.entries += 1
    if batch.sec == REFUSALS:
        entry.bad_addenda = not _REFUSAL.fullmatch(record) or record[79:94] != entry.trace or entry.amount != 0
    elif record[1:3] == "99":
        entry.dishonor = _read_dishonor(record)
        entry.bad_addenda = entry.dishonor is None or record[79:94] != entry.trace or entry.code[1] != "6"
    elif record[1:3] != "05" or record[83:87] != f"{entry.addenda:04}" or record[87:94] != entry.trace[-7:]:
        entry.bad_addenda = True


def _read_dishonor(record: str) -> Dishonor | None:
    found = _DISHONOR.fullmatch(record)
    if found is None:
        return None
    return Dishonor(
        code=found["code"],
        original_trace=found["original"],
        return_trace=found["trace"],
        settlement=found["settlement"],
        return_code=f"R{found['reason']}",
        information=found["information"].rstrip(),
    )


def _check_batch_control(batch: Batch, record: str, place: int) -> None:
    where = f"of batch {batch.number}"
    _check_totals(batch.totals, record[4:10], record[10:20], record[20:32], record[32:44], place, where)
    for name, written, expected in (
        ("service class", record[1:4], batch.service_class),
        ("company identification", record[44:54].strip(), batch.company_id),
        ("ODFI", record[79:87], batch.odfi),
        ("batch number", record[87:94], f"{batch.number:07}"),
    ):
        if written != expected:
            raise _Unreadable(
                "BATCH_CONTROL", f"the {name} in the control {where} is {written}, its header's {expected}"
            )


def _check_file_control(file: NachaFile, record: str, place: int, records: int) -> None:
    if (batches := _number(record[1:7], place, "batch count")) != len(file.batches):
        raise _Unreadable("BATCH_COUNT", f"the file control counts {batches} batches, the file has {len(file.batches)}")
    blocks = -(-records // BLOCK)
    if (written := _number(record[7:13], place, "block count")) != blocks:
        raise _Unreadable("BLOCK_COUNT", f"the file control counts {written} blocks, the file has {blocks}")
    _check_totals(file.totals, record[13:21], record[21:31], record[31:43], record[43:55], place, "of the file")


def _check_totals(
    found: Totals, entries: str, routing_hash: str, debit: str, credit: str, place: int, where: str
) -> None:
    for code, name, text, actual in (
        ("ENTRY_COUNT", "entry and addenda count", entries, found.entries),
        ("ENTRY_HASH", "entry hash", routing_hash, found.routing_hash % 10**10),
        ("DEBIT_TOTAL", "total debit", debit, found.debit),
        ("CREDIT_TOTAL", "total credit", credit, found.credit),
    ):
        if (written := _number(text, place, name)) != actual:
            raise _Unreadable(code, f"the {name} {where} is {written}, its entries give {actual}")


def _check_padding(records: list[str], control: int) -> None:
    if any(record != "9" * RECORD for record in records[control:]):
        raise _Unreadable("STRUCTURE", "only lines of 9 may follow the file control")
    if len(records) % BLOCK or len(records) - control >= BLOCK:
        raise _Unreadable("BLOCKING", f"the file has {len(records)} records, which does not fill its last block of 10")


def _add_totals(to: Totals, added: Totals) -> None:
    to.entries += added.entries
    to.routing_hash += added.routing_hash
    to.debit += added.debit
    to.credit += added.credit


def _number(text: str, place: int, name: str) -> int:
    if not text.isdigit():
        raise _Unreadable("FIELD", f"the {name} in record {place} is not a number: {text.strip() or 'blank'}")
    return int(text)
