"""CSV files that are opened in spreadsheets, which take a cell that begins with certain characters for a formula.

Such a cell gets an apostrophe in front. Source: OWASP, CSV Injection; RFC 4180 for quoting.
"""

import csv
import io
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Final

BYTE_ORDER_MARK: Final = "\N{ZERO WIDTH NO-BREAK SPACE}"
"""By which spreadsheets know that the file is in UTF-8."""
_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n")


def safe_cell(text: str | None) -> str:
    """Return a text as a cell that no spreadsheet takes for a formula, whatever form its first character has.

    Spreadsheets in East Asian settings read the fullwidth and small forms of the signs as the signs, which is what the
    compatibility decomposition does too; blanks and invisible characters before them do not count.
    """
    if text is None:
        return ""
    visible = (letter for letter in text if letter in "\t\r\n" or unicodedata.category(letter)[0] not in "ZC")
    first = unicodedata.normalize("NFKC", next(visible, ""))
    return "'" + text if first.startswith(_FORMULA_STARTS) else text


def csv_lines(rows: Iterable[Sequence[str]]) -> str:
    """Return rows as lines of a CSV file."""
    written = io.StringIO()
    csv.writer(written).writerows(rows)
    return written.getvalue()
