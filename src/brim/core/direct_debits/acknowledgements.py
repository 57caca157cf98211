"""Reads a bank's acknowledgment of a file: CSV, a line about the file and one about each batch.

The columns are those of `COLUMNS`, in any order. A file is known by what its header says: the date, the time and the
file id modifier, of this originator. Pure.
"""

import csv
import io
from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

import msgspec

from brim.base.errors import BrimError

COLUMNS: Final = (
    "immediate_origin",
    "immediate_destination",
    "file_date",
    "file_time",
    "file_id_modifier",
    "reference_code",
    "level",
    "batch_number",
    "status",
    "entries",
    "total_debit",
    "total_credit",
    "reason_code",
    "reason",
)
_STATUSES: Final = frozenset({"accepted", "rejected"})


class AcknowledgementLine(msgspec.Struct, frozen=True, kw_only=True):
    """What a bank says of a file (`batch` is None) or of one of its batches. Totals are in cents."""

    file_date: date
    file_time: str
    modifier: str
    batch: int | None
    is_accepted: bool
    entries: int
    total_debit: int
    total_credit: int
    reason: str


class AcknowledgementError(BrimError):
    """The acknowledgment cannot be read; nothing of it may be applied."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(f"Line {line} of the acknowledgment cannot be read: {reason}")


def is_acknowledgement(content: bytes) -> bool:
    """Tell whether a file begins as an acknowledgment does: with a line that names the columns."""
    first = content[:1000].partition(b"\n")[0].decode("utf-8-sig", "replace")
    return {"file_id_modifier", "level", "status"} <= {name.strip() for name in first.split(",")}


def read_acknowledgement(content: bytes) -> Sequence[AcknowledgementLine]:
    """Return what a bank says, line by line.

    Raises:
        AcknowledgementError: a line cannot be understood, or there is none.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise AcknowledgementError(1, "it isn't text.") from None
    rows = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    missing = sorted(set(COLUMNS) - set(rows.fieldnames or ()))
    if missing:
        raise AcknowledgementError(1, f"it lacks the columns {', '.join(missing)}.")
    try:
        lines = [_line(row, rows.line_num) for row in rows]
    except csv.Error as error:
        raise AcknowledgementError(rows.line_num, f"{error}.") from None
    if not lines:
        raise AcknowledgementError(1, "it mentions no file.")
    return lines


def _line(row: dict[str, str], number: int) -> AcknowledgementLine:
    if None in row or any(value is None for value in row.values()):
        raise AcknowledgementError(number, "it doesn't have as many fields as there are columns.")
    if row["status"] not in _STATUSES or row["level"] not in {"file", "batch"}:
        raise AcknowledgementError(number, "its level or its status is unknown.")
    try:
        return AcknowledgementLine(
            file_date=datetime.strptime(row["file_date"], "%y%m%d").date(),  # noqa: DTZ007  a day, not a moment
            file_time=row["file_time"],
            modifier=row["file_id_modifier"],
            batch=int(row["batch_number"]) if row["level"] == "batch" else None,
            is_accepted=row["status"] == "accepted",
            entries=int(row["entries"]),
            total_debit=int(row["total_debit"]),
            total_credit=int(row["total_credit"]),
            reason=" ".join(part for part in (row["reason_code"], row["reason"]) if part),
        )
    except ValueError:
        raise AcknowledgementError(number, "it contains an invalid date or number.") from None
