"""A bank that writes statements as CSV in any layout, for the tests of the reader: it uses nothing of its."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from tests.support.statement_writers import DIGITS

_CODECS = {"utf-8": "utf-8", "windows-1252": "cp1252", "iso-8859-1": "latin-1", "utf-16": "utf-16"}
_SIGNS = {
    "comma": ",",
    "semicolon": ";",
    "tab": "\t",
    "pipe": "|",
    "point": ".",
    "space": " ",
    "apostrophe": "'",
    "none": "",
}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True)
class Line:
    """A movement, `amount` in minor units and positive to the customer."""

    on: date
    amount: int
    text: tuple[str, ...] = ()
    key: str = ""
    reference: str = ""


def simple(**changes: Any) -> dict[str, Any]:
    """Return the fields of a plain mapping of dollars, with some changed."""
    return {
        "delimiter": "comma",
        "decimal_sign": "point",
        "date_format": "MM/DD/YYYY",
        "booking_date_column": "Date",
        "amount_column": "Amount",
        "balance_column": "Balance",
        "text_columns": ["Description"],
        "currency": "usd",
        **changes,
    }


def csv_file(
    mapping: Mapping[str, Any],
    opening: int,
    lines: Sequence[Line],
    *,
    currency: str = "usd",
    account: str = "9876543210",
    order: Sequence[int] = (),
    quote_all: bool = False,
    line_end: str = "\r\n",
    has_mark: bool = False,
) -> bytes:
    """Return a file with lines, oldest first, as the fields of a mapping say.

    Columns that are ignored have texts; `order` is a key for each column, by which they are sorted.
    """
    balance = opening
    rows = []
    for line in lines:
        balance += line.amount
        rows.append(_cells(mapping, line, balance, currency, account))
    closing = balance
    if mapping.get("newest_first"):
        rows.reverse()
    names = list(rows[0] if rows else _cells(mapping, Line(date(2026, 1, 1), 1), 0, currency, account))
    places = sorted(range(len(names)), key=lambda index: (order[index % len(order)] if order else 0, index))
    table = [[names[index] for index in places]]
    table += [[row[names[index]] for index in places] for row in rows]
    before, after = _around(mapping, opening, closing, currency)
    delimiter = _SIGNS[mapping["delimiter"]]
    text = "".join(
        delimiter.join(_quoted(cell, delimiter, always=quote_all) for cell in row) + line_end
        for row in [*before, *table, *after]
    )
    encoding = mapping.get("encoding", "utf-8")
    return text.encode("utf-8-sig" if has_mark and encoding == "utf-8" else _CODECS[encoding])


def _around(
    mapping: Mapping[str, Any], opening: int, closing: int, currency: str
) -> tuple[list[list[str]], list[list[str]]]:
    """Return the rows before the header and after the lines, with the balances where the mapping has labels."""
    before = [["Account statement", "", "printed"] for _ in range(mapping.get("rows_before_header", 0))]
    after = [["End", "of", "file"] for _ in range(mapping.get("footer_rows", 0))]
    if mapping.get("opening_balance_label"):
        said = f"{_money(mapping, opening, currency)} {currency.upper()}"
        opened = [mapping["opening_balance_label"] + ":", "", said]
        closed = [mapping["closing_balance_label"], _money(mapping, closing, currency), ""]
        (before or after)[0] = opened
        (after or before)[-1] = closed
    return before, after


def _cells(mapping: Mapping[str, Any], line: Line, balance: int, currency: str, account: str) -> dict[str, str]:
    cells = {mapping["booking_date_column"]: _day(mapping["date_format"], line.on)}
    amount = mapping.get("amount_column")
    if amount and mapping.get("direction_column"):
        cells[amount] = _money(mapping, abs(line.amount), currency)
        words = mapping["debit_words"] if line.amount < 0 else mapping["credit_words"]
        cells[mapping["direction_column"]] = words[len(line.text) % len(words)]
    elif amount:
        cells[amount] = _money(mapping, line.amount, currency)
    else:
        debit = line.amount if mapping.get("debit_is_negative") else -line.amount
        cells[mapping["debit_column"]] = _money(mapping, debit, currency) if line.amount < 0 else ""
        cells[mapping["credit_column"]] = "" if line.amount < 0 else _money(mapping, line.amount, currency)
    texts = dict(zip(mapping.get("text_columns", ()), (*line.text, *[""] * 9), strict=False))
    more = {
        mapping.get("value_date_column"): _day(mapping["date_format"], line.on),
        mapping.get("currency_column"): currency.upper(),
        mapping.get("key_column"): line.key,
        mapping.get("reference_column"): line.reference,
        mapping.get("account_column"): account,
        mapping.get("balance_column"): _money(mapping, balance, currency),
        **dict.fromkeys(mapping.get("ignored_columns", ()), "=1+1"),
    }
    return {**cells, **texts, **{name: cell for name, cell in more.items() if name}}


def _money(mapping: Mapping[str, Any], amount: int, currency: str) -> str:
    digits = DIGITS[currency]
    figures = str(abs(amount)).rjust(digits + 1, "0")
    whole, fraction = (figures[:-digits], figures[-digits:]) if digits else (figures, "")
    sign = _SIGNS[mapping.get("thousands_sign", "none")]
    groups: list[str] = []
    while len(whole) > 3:
        groups.insert(0, whole[-3:])
        whole = whole[:-3]
    text = sign.join([whole, *groups]) + (_SIGNS[mapping["decimal_sign"]] + fraction if fraction else "")
    return f"-{text}" if amount < 0 else text


def _day(pattern: str, on: date) -> str:
    parts = {
        "YYYY": f"{on.year:04}",
        "YY": f"{on.year % 100:02}",
        "MMM": _MONTHS[on.month - 1],
        "MM": f"{on.month:02}",
        "DD": f"{on.day:02}",
        "HH:mm:ss": "23:59:59",
    }
    text = pattern
    for name, part in parts.items():
        if name not in {"YY", "MM"} or (name * 2 not in pattern and f"{name}M" not in pattern):
            text = text.replace(name, part, 1)
    if "M" in pattern and "MM" not in pattern:
        text = text.replace("M", str(on.month), 1).replace("D", str(on.day), 1)
    return text


def _quoted(cell: str, delimiter: str, *, always: bool) -> str:
    needs = always or any(sign in cell for sign in (delimiter, '"', "\n", "\r"))
    return '"' + cell.replace('"', '""') + '"' if needs else cell
