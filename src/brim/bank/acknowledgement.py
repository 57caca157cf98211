"""Writes the acknowledgment of a file: a line about the file and a line about each of its batches."""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from brim.bank.nacha_reader import Fault, NachaFile, Totals

_COLUMNS: Final = (
    "immediate_origin,immediate_destination,file_date,file_time,file_id_modifier,reference_code,level,batch_number,"
    "status,entries,total_debit,total_credit,reason_code,reason"
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the bank decided about a file or a batch; one that is accepted may have a notice as its reason."""

    accepted: bool
    reason: Fault | None = None

    @property
    def status(self) -> str:
        """The word for it."""
        return "accepted" if self.accepted else "rejected"


def write_acknowledgement(file: NachaFile, verdict: Verdict, batches: Iterable[Verdict]) -> bytes:
    """Return the acknowledgment as CSV; amounts are cents."""
    text = io.StringIO(f"{_COLUMNS}\n")
    text.seek(0, io.SEEK_END)
    rows = csv.writer(text, lineterminator="\n")
    head = (file.origin, file.destination, file.date, file.time, file.modifier, file.reference)
    total = Totals(
        entries=sum(len(batch.entries) for batch in file.batches),
        debit=sum(batch.totals.debit for batch in file.batches),
        credit=sum(batch.totals.credit for batch in file.batches),
    )
    rows.writerow((*head, "file", "", *_line(verdict, total.entries, total)))
    for batch, decided in zip(file.batches, batches, strict=True):
        rows.writerow((*head, "batch", f"{batch.number:07}", *_line(decided, len(batch.entries), batch.totals)))
    return text.getvalue().encode("ascii", "replace")


def _line(verdict: Verdict, entries: int, totals: Totals) -> tuple[object, ...]:
    reason = verdict.reason or Fault("", "")
    return (verdict.status, entries, totals.debit, totals.credit, reason.code, reason.sentence)
