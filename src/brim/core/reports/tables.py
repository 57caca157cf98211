"""Rows of a report as CSV and as JSON, a page at a time, with their totals and hashes. Pure.

The same rows always give the same bytes. Nothing in a report is free text, so nothing in one is anybody's personal
data.
"""

import hashlib
import zlib
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Final, TypeAlias

from brim.base import json_codec
from brim.base.csv_file import csv_lines, safe_cell
from brim.core.reports.rules import (
    CLOSING,
    ENDING,
    OPENING,
    STARTING,
    Column,
    FileKind,
    Kind,
    ReportFile,
    ReportTooLongError,
    Total,
)

PART_BYTES: Final = 1 << 20
"""How much of a file, before it is compressed, is one row of the database."""

Row: TypeAlias = Mapping[str, str]
"""Cells by the names of all columns of the type, as texts; a cell that is not there is empty."""

SUMMED: Final = frozenset({Kind.AMOUNT, Kind.COUNT})
_PLACES: Final = {OPENING: 0, STARTING: 0, CLOSING: 2, ENDING: 2}


class Totals:
    """Adds up the rows of a report by currency and group, where the report has these columns.

    Args:
        columns: those of the report.
        group: the column by which a currency is divided.
    """

    def __init__(self, columns: Sequence[Column], group: str) -> None:
        names = [column.name for column in columns]
        self._keys = [name if name in names else None for name in ("currency", group)]
        self._summed = [column.name for column in columns if column.kind in SUMMED]
        self._of: dict[tuple[str, str], tuple[int, dict[str, Decimal]]] = {}

    def add(self, row: Row) -> None:
        """Add a row."""
        currency, group = (row.get(name, "") if name else "" for name in self._keys)
        rows, sums = self._of.get((currency, group)) or (0, dict.fromkeys(self._summed, Decimal(0)))
        for name in self._summed:
            if cell := row.get(name):
                sums[name] += Decimal(cell)
        self._of[currency, group] = rows + 1, sums

    def all(self) -> tuple[Total, ...]:
        """Return the totals, by currency and group: a balance before and after what changed it."""
        in_order = sorted(self._of.items(), key=lambda each: (each[0][0], _PLACES.get(each[0][1], 1), each[0][1]))
        return tuple(
            Total(currency=currency, group=group, rows=rows, sums={name: str(each) for name, each in sums.items()})
            for (currency, group), (rows, sums) in in_order
        )


class Spool:
    """A file as it grows: cuts it into compressed parts, and knows its size and hash."""

    def __init__(self, kind: FileKind) -> None:
        self.kind = kind
        self._waiting: list[bytes] = []
        self._waiting_bytes = 0
        self._hash = hashlib.sha256()
        self._bytes = 0
        self._parts = 0

    def write(self, content: bytes) -> None:
        """Add to the end."""
        self._waiting.append(content)
        self._waiting_bytes += len(content)
        self._bytes += len(content)
        self._hash.update(content)

    def take_parts(self, *, is_end: bool = False) -> Iterator[tuple[int, bytes]]:
        """Yield the parts that are whole, with their numbers from 1 on; at the end what is left, too."""
        if self._waiting_bytes < PART_BYTES and not (is_end and self._waiting_bytes):
            return
        content = b"".join(self._waiting)
        whole = len(content) if is_end else len(content) // PART_BYTES * PART_BYTES
        for first in range(0, whole, PART_BYTES):
            self._parts += 1
            yield self._parts, zlib.compress(content[first : min(first + PART_BYTES, whole)], 6)
        self._waiting, self._waiting_bytes = [content[whole:]], len(content) - whole

    def file(self) -> ReportFile:
        """Return what is known of the file once it is whole."""
        return ReportFile(kind=self.kind, bytes=self._bytes, sha256=self._hash.hexdigest(), parts=self._parts)


class ReportWriter:
    """Writes rows into the two files of a report.

    The JSON is one object whose rows stand on a line each, so that it can be read piece by piece.

    Args:
        columns: those of the report, in order.
        group: the column by which totals are given for each currency.
        most_rows: the most rows that there may be.
    """

    def __init__(self, columns: Sequence[Column], group: str, *, most_rows: int) -> None:
        self._names = [column.name for column in columns]
        self._columns = columns
        self._most = most_rows
        self._totals = Totals(columns, group)
        self.rows = 0
        self.csv, self.json = Spool(FileKind.CSV), Spool(FileKind.JSON)
        self.csv.write(csv_lines([self._names]).encode())
        self.json.write(b'{"columns":' + json_codec.encode(self._names) + b',"rows":[')

    def add(self, rows: Sequence[Row]) -> None:
        """Write rows.

        Raises:
            ReportTooLongError: there are more than there may be.
        """
        cells = [[row.get(name, "") for name in self._names] for row in rows]
        for row in rows:
            self._totals.add(row)
        if not cells:
            return
        self.csv.write(csv_lines(csv_row(self._columns, row) for row in cells).encode())
        objects = [json_row(self._names, row) for row in cells]
        self.json.write((b",\n" if self.rows else b"\n") + b",\n".join(objects))
        self.rows += len(cells)
        if self.rows > self._most:
            raise ReportTooLongError

    def end(self) -> None:
        """Complete the files."""
        self.json.write(b"\n]}\n")

    @property
    def totals(self) -> tuple[Total, ...]:
        """The totals of the rows that were written."""
        return self._totals.all()


def csv_row(columns: Sequence[Column], cells: Sequence[str]) -> list[str]:
    """Return a row as it stands in the CSV file: no spreadsheet takes a text for a formula."""
    return [safe_cell(cell) if column.kind is Kind.TEXT else cell for column, cell in zip(columns, cells, strict=True)]


def json_row(names: Sequence[str], cells: Sequence[str]) -> bytes:
    """Return a row as it stands in the JSON file; an empty cell is null."""
    return json_codec.encode({name: cell or None for name, cell in zip(names, cells, strict=True)})
