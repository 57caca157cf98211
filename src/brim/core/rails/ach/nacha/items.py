"""One entry of a file that is read: its record, its addenda, what they say, and what is wrong with them.

Returns and notifications of change are known by their addenda alone: some banks leave the forward transaction code on
them. What cannot be understood is an item too, with its records as they stood.
"""

from collections.abc import Callable
from typing import Final, NamedTuple

import msgspec

from brim.core.rails.ach.nacha.addenda import ItemKind, code_of, kind_of, layout_for, notices_in
from brim.core.rails.ach.nacha.codes import INTERNATIONAL_CLASS, TRANSACTION_CODES, Purpose
from brim.core.rails.ach.nacha.errors import CorrectionError
from brim.core.rails.ach.nacha.findings import Finding, Severity
from brim.core.rails.ach.nacha.records import ENTRY_DETAIL, Addenda, BatchHeader, Entry, EntryDetail, PaymentAddenda
from brim.core.rails.ach.nacha.returns import Notice, notice_of
from brim.core.rails.ach.nacha.routing import check_digit


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """One entry as it was read.

    `entry` is None where one of its records could not be read, `batch` where that of its batch could not; `raw` has the
    records as they stood, always. `notice` is what the addenda of a return or a change say.
    """

    line: int
    kind: ItemKind
    batch: BatchHeader | None
    entry: Entry | None
    notice: Notice | None
    raw: tuple[str, ...]
    findings: tuple[Finding, ...] = ()

    @property
    def is_parked(self) -> bool:
        """Whether it must wait for a person."""
        return any(finding.severity is Severity.ERROR for finding in self.findings)

    def __repr__(self) -> str:
        return f"Item(line {self.line}, {self.kind})"


class Line(NamedTuple):
    """One record: its number in the file and its 94 characters."""

    number: int
    text: str


class Amounts(NamedTuple):
    """What an entry adds to totals, by positions alone, so that even one that is unreadable counts."""

    rdfi_identification: int
    amount_cents: int
    is_debit: bool | None

    @classmethod
    def of(cls, text: str) -> "Amounts":
        """Return what an entry's record says; 0 where there are no digits, None where the direction is unknown."""
        code = text[1:3]
        is_debit = None
        if code in TRANSACTION_CODES:
            is_debit = TRANSACTION_CODES[code].is_debit
        elif code[1] in "123456789":
            is_debit = code[1] in "56789"
        return cls(_number(text[3:11]), _number(text[29:39]), is_debit)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() else 0


Judge = Callable[[str, int, str, str, str], Finding]
"""Makes a finding of a code, line, record, sentence and field, and counts it."""


class ItemReader:
    """Reads one entry. `last_trace` is the trace number of the entry before it in the batch."""

    def __init__(
        self, judge: Judge, *, batch: BatchHeader | None, standard_entry_class_code: str, last_trace: str
    ) -> None:
        self._judge: Final = judge
        self._batch: Final = batch
        self._class: Final = standard_entry_class_code
        self._last_trace: Final = last_trace
        self._findings: list[Finding] = []

    def read(self, line: Line, addenda: list[Line], amounts: Amounts) -> Item:
        """Return the item that an entry's record and its addenda are."""
        detail, records = self._detail(line), self._addenda(addenda)
        kind = kind_of(records)
        if notices_in(records) > 1:
            self._find("several_notices", line, "the entry has several addenda of a return or a change")
        entry, notice = None, None
        if detail and len(records) == len(addenda):
            entry = Entry(detail, records)
            self._compare(line, entry, kind)
            notice = self._notice(line, entry, is_debit=bool(amounts.is_debit))
        elif kind is ItemKind.FORWARD:
            kind = ItemKind.UNKNOWN
        return Item(
            line=line.number,
            kind=kind,
            batch=self._batch,
            entry=entry,
            notice=notice,
            raw=(line.text, *[each.text for each in addenda]),
            findings=tuple(self._findings),
        )

    def _find(self, code: str, line: Line, sentence: str, field: str = "", record: str = ENTRY_DETAIL.name) -> None:
        self._findings.append(self._judge(code, line.number, record, sentence, field))

    def _detail(self, line: Line) -> EntryDetail | None:
        if self._class == INTERNATIONAL_CLASS:
            self._find("international", line, "international entries are not read")
            return None
        detail, problems = ENTRY_DETAIL.read(line.text)
        for problem in problems:
            code = "unreadable_entry" if problem.is_error else "item_text"
            self._find(code, line, problem.sentence, problem.field)
        if line.text[1:3] not in TRANSACTION_CODES:
            self._find(
                "unknown_transaction_code", line, f"transaction code {line.text[1:3]!r} is unknown", "transaction_code"
            )
        return detail

    def _addenda(self, lines: list[Line]) -> tuple[Addenda, ...]:
        """Return those addenda that can be read."""
        if self._class == INTERNATIONAL_CLASS:
            return ()
        records: list[Addenda] = []
        for line in lines:
            layout = layout_for(line.text)
            if layout is None:
                self._find("unknown_addenda", line, f"addenda type {line.text[1:3]!r} is unknown", "", "addenda")
                continue
            record, problems = layout.read(line.text)
            for problem in problems:
                code = "unreadable_addenda" if problem.is_error else "item_text"
                self._find(code, line, problem.sentence, problem.field, layout.name)
            if record:
                records.append(record)
        return tuple(records)

    def _notice(self, line: Line, entry: Entry, *, is_debit: bool) -> Notice | None:
        """Return what the addenda of a return or a change say."""
        code = code_of(entry)
        try:
            return notice_of(entry, is_debit=is_debit)
        except KeyError:
            is_change = code.startswith("C")
            self._find("unknown_change_code" if is_change else "unknown_return_code", line, f"code {code!r} is unknown")
        except CorrectionError as error:
            self._find("corrected_data", line, str(error), "corrected_data")
        return None

    def _compare(self, line: Line, entry: Entry, kind: ItemKind) -> None:
        """Find what does not fit together in an entry that is readable."""
        detail = entry.detail
        indicator = detail.addenda_record_indicator
        if indicator == "1" and not entry.addenda:
            self._find("missing_addenda", line, "the entry announces addenda and has none", "addenda_record_indicator")
        elif indicator != ("1" if entry.addenda else "0"):
            self._find("addenda_indicator", line, f"the indicator is {indicator}, with {len(entry.addenda)} addenda")
        if self._batch and detail.trace_number[:8] != self._batch.odfi_identification:
            self._find("trace_prefix", line, "the trace number does not begin with the batch's bank", "trace_number")
        if detail.trace_number <= self._last_trace:
            self._find("trace_order", line, "the trace number is not greater than the one before", "trace_number")
        if check_digit(detail.rdfi_identification) != detail.check_digit:
            self._find("check_digit", line, f"check digit {detail.check_digit} is wrong", "check_digit")
        self._compare_amount(line, detail, kind)
        self._compare_addenda(line, entry)

    def _compare_amount(self, line: Line, detail: EntryDetail, kind: ItemKind) -> None:
        code = TRANSACTION_CODES.get(detail.transaction_code)
        is_free = kind is ItemKind.CHANGE or kind is ItemKind.REFUSED_CHANGE
        if kind is ItemKind.FORWARD and code:
            is_free = code.purpose is Purpose.PRENOTE or code.purpose is Purpose.ZERO_DOLLAR
            if code.purpose is Purpose.LIVE and not detail.amount_cents:
                self._find("amount", line, "a live entry of nothing", "amount_cents")
        if is_free and detail.amount_cents:
            self._find("amount", line, f"{detail.amount_cents} cents where there should be none", "amount_cents")

    def _compare_addenda(self, line: Line, entry: Entry) -> None:
        trace = entry.detail.trace_number
        payments = 0
        for addenda in entry.addenda:
            if isinstance(addenda, PaymentAddenda):
                payments += 1
                if addenda.addenda_sequence_number != payments:
                    self._find(
                        "addenda_sequence", line, f"addenda {payments} has number {addenda.addenda_sequence_number}"
                    )
                if addenda.entry_detail_sequence_number != trace[8:]:
                    self._find("addenda_trace", line, "an addenda names the trace number of another entry")
            elif addenda.trace_number != trace:
                self._find(
                    "addenda_trace", line, f"the addenda has trace number {addenda.trace_number}, the entry {trace}"
                )
