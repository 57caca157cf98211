"""Narrow windows stack the cells of a table: dates, and amounts if a row has several, then carry the column's name."""

import re
from typing import Final

_TABLE: Final = re.compile(r'(<table class="stacked">)(.*?)(</table>)', re.DOTALL)
_HEADING: Final = re.compile(r"<th\b[^>]*>(.*?)</th>", re.DOTALL)
_ROW: Final = re.compile(r"<tr\b[^>]*>.*?</tr>", re.DOTALL)
_CELL: Final = re.compile(r"<td\b([^>]*)>(.*?)</td>", re.DOTALL)
_TAG: Final = re.compile(r"<[^>]*>")
_OWN_WORDS: Final = ("narrow-word", "wide-word")
"""Cells that have a label of their own, or that narrow windows don't show."""


def label_cells(html: str) -> str:
    """Return a page of ours whose stacked tables name such cells by `data-label`, which the stylesheet shows."""
    return _TABLE.sub(_labelled_table, html) if "stacked" in html else html


def _labelled_table(table: re.Match[str]) -> str:
    head, mark, body = table[2].partition("</thead>")
    names = [_TAG.sub("", heading).strip() for heading in _HEADING.findall(head)]
    rows = [_CELL.findall(row) for row in _ROW.findall(body)]
    dated = {number for row in rows for number, cell in enumerate(row) if _is_date(*cell)}
    amounts = {number for row in rows for number, cell in enumerate(row) if "amount" in cell[0]}
    labelled = dated | (amounts if len(amounts) > 1 else set())
    return table[1] + head + mark + _ROW.sub(lambda row: _labelled_row(row[0], names, labelled), body) + table[3]


def _labelled_row(row: str, names: list[str], labelled: set[int]) -> str:
    number = -1

    def label(cell: re.Match[str]) -> str:
        nonlocal number
        number += 1
        has_own = "data-label" in cell[1] or any(word in cell[2] for word in _OWN_WORDS)
        is_named = number in labelled and number < len(names) and not has_own
        return f'<td{cell[1]} data-label="{names[number]}">{cell[2]}</td>' if is_named else cell[0]

    return _CELL.sub(label, row)


def _is_date(attributes: str, content: str) -> bool:
    """Tell whether a cell shows a moment, or a day or an age, which are kept together."""
    return "<time" in content or "together" in attributes
