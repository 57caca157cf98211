"""How one bank writes its statements as CSV: which column says what, and how dates and amounts are written."""

import re
from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from typing import Final

import msgspec

from brim.base.errors import BrimError
from brim.core.reconciliation.formats.amounts import UnreadableAmountError, currency_of, minor_of_decimal

MAX_COLUMNS: Final = 200
"""Columns of a file; a bank's export has some tens."""
MAX_NAME: Final = 200
"""Characters of a column's name, a label or a word."""
MAX_SKIPPED: Final = 100
"""Rows before the header, and after the lines."""
MAX_FORMAT: Final = 40
_FIRST_YEAR: Final = 1900
_TOKENS: Final = re.compile(r"YYYY|YY|MMM|MM|M|DD|D|HH|mm|ss|.", re.DOTALL)
_TOKEN_PATTERNS: Final = {
    "YYYY": "(?P<year>[0-9]{4})",
    "YY": "(?P<year>[0-9]{2})",
    "MMM": "(?P<month>[A-Za-z]{3})",
    "MM": "(?P<month>[0-9]{2})",
    "M": "(?P<month>[0-9]{1,2})",
    "DD": "(?P<day>[0-9]{2})",
    "D": "(?P<day>[0-9]{1,2})",
    "HH": "[0-9]{2}",
    "mm": "[0-9]{2}",
    "ss": "[0-9]{2}",
}
_LITERALS: Final = frozenset("-./ ,:T")
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MINUS: Final = "\N{MINUS SIGN}"
_SPACES: Final = "[ \N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{THIN SPACE}]"


class Delimiter(StrEnum):
    """What separates the cells of a row."""

    COMMA = "comma"
    SEMICOLON = "semicolon"
    TAB = "tab"
    PIPE = "pipe"


class Encoding(StrEnum):
    """How characters are written as bytes. A byte order mark is passed over."""

    UTF_8 = "utf-8"
    WINDOWS_1252 = "windows-1252"
    LATIN_1 = "iso-8859-1"
    UTF_16 = "utf-16"


class DecimalSign(StrEnum):
    """What separates the decimals of an amount."""

    POINT = "point"
    COMMA = "comma"


class ThousandsSign(StrEnum):
    """What separates the thousands of an amount. Where there is one, an amount may also be written without it."""

    NONE = "none"
    COMMA = "comma"
    POINT = "point"
    SPACE = "space"
    APOSTROPHE = "apostrophe"


DELIMITERS: Final = {Delimiter.COMMA: ",", Delimiter.SEMICOLON: ";", Delimiter.TAB: "\t", Delimiter.PIPE: "|"}
_DECIMAL_SIGNS: Final = {DecimalSign.POINT: r"\.", DecimalSign.COMMA: ","}
_THOUSANDS_SIGNS: Final = {
    ThousandsSign.COMMA: ",",
    ThousandsSign.POINT: r"\.",
    ThousandsSign.SPACE: _SPACES,
    ThousandsSign.APOSTROPHE: "['\N{RIGHT SINGLE QUOTATION MARK}]",
}


class StatementMapping(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a bank account's statements are written as CSV. Columns are named as the file's header names them.

    Attributes:
        delimiter: between the cells of a row.
        encoding: of the file.
        decimal_sign: of amounts.
        thousands_sign: of amounts.
        date_format: with `YYYY` or `YY`, `MMM` (Jan), `MM` or `M`, `DD` or `D`, and `HH`, `mm`, `ss` to pass over.
        rows_before_header: how many rows come before the header, blank ones included.
        footer_rows: how many rows come after the lines, without blank ones.
        newest_first: whether the last line of the day comes first.
        booking_date_column: the day on which the bank booked the line.
        value_date_column: its value date.
        amount_column: an amount with its sign, or without one beside `direction_column`.
        debit_column: what was debited, instead of `amount_column`.
        credit_column: what was credited, instead of `amount_column`.
        debit_is_negative: whether amounts of `debit_column` have a minus.
        direction_column: whether a line is a debit or a credit, in words.
        debit_words: those that say debit.
        credit_words: those that say credit.
        currency: that of all lines.
        currency_column: a line's currency, instead; a file has only one.
        text_columns: whose texts, joined, are the line's text.
        reference_column: our reference, as the bank repeats it.
        end_to_end_column: an end-to-end id.
        key_column: the bank's reference of the line, which no other line has.
        type_column: what kind of line it is.
        account_column: the number of the bank account.
        balance_column: the balance after each line.
        opening_balance_label: what stands in a row before the header, or after the lines, beside the opening balance.
        closing_balance_label: the same for the closing balance.
        ignored_columns: those that the file has and that say nothing of use.
    """

    delimiter: Delimiter
    encoding: Encoding = Encoding.UTF_8
    decimal_sign: DecimalSign
    thousands_sign: ThousandsSign = ThousandsSign.NONE
    date_format: str
    rows_before_header: int = 0
    footer_rows: int = 0
    newest_first: bool = False
    booking_date_column: str
    value_date_column: str | None = None
    amount_column: str | None = None
    debit_column: str | None = None
    credit_column: str | None = None
    debit_is_negative: bool = False
    direction_column: str | None = None
    debit_words: tuple[str, ...] = ()
    credit_words: tuple[str, ...] = ()
    currency: str | None = None
    currency_column: str | None = None
    text_columns: tuple[str, ...] = ()
    reference_column: str | None = None
    end_to_end_column: str | None = None
    key_column: str | None = None
    type_column: str | None = None
    account_column: str | None = None
    balance_column: str | None = None
    opening_balance_label: str | None = None
    closing_balance_label: str | None = None
    ignored_columns: tuple[str, ...] = ()

    @property
    def has_balances(self) -> bool:
        """Whether a file says the balances before and after its lines."""
        return self.balance_column is not None or self.closing_balance_label is not None

    def columns(self) -> Iterator[str]:
        """Yield the names of the columns that are read, some more than once."""
        for field in _COLUMN_FIELDS:
            name = getattr(self, field)
            if name is not None:
                yield name
        yield from self.text_columns


_COLUMN_FIELDS: Final = tuple(name for name in StatementMapping.__struct_fields__ if name.endswith("_column"))
_TEXT_FIELDS: Final = (*_COLUMN_FIELDS, "opening_balance_label", "closing_balance_label")
_LIST_FIELDS: Final = ("text_columns", "ignored_columns", "debit_words", "credit_words")


class MappingError(BrimError):
    """The mapping is invalid; `param` names the field."""

    def __init__(self, param: str, reason: str) -> None:
        super().__init__(f"{param} cannot be saved: {reason}")
        self.param = param


class UnreadableDateError(Exception):
    """The text is no date of the format, which the sentence says."""


def check_mapping(mapping: StatementMapping) -> None:
    """Check that files can be read with a mapping, and that no line of them could be posted twice.

    Raises:
        MappingError: a field is missing, contradicts another or cannot be read.
    """
    _check_texts(mapping)
    date_pattern(mapping)
    if _DECIMAL_SIGNS[mapping.decimal_sign] == _THOUSANDS_SIGNS.get(mapping.thousands_sign):
        raise MappingError("thousands_sign", "it must differ from decimal_sign.")
    _check_amounts(mapping)
    _check_currency(mapping)
    _check_balances(mapping)
    unread = set(mapping.ignored_columns) & set(mapping.columns())
    if unread:
        raise MappingError("ignored_columns", f"another field uses the column {min(unread)!r}.")
    for field, most in (("rows_before_header", MAX_SKIPPED), ("footer_rows", MAX_SKIPPED)):
        if not 0 <= getattr(mapping, field) <= most:
            raise MappingError(field, f"it must be from 0 to {most}.")


def _check_texts(mapping: StatementMapping) -> None:
    texts = [(field, getattr(mapping, field)) for field in _TEXT_FIELDS]
    texts += [(field, text) for field in _LIST_FIELDS for text in getattr(mapping, field)]
    for field, text in texts:
        if text is not None and (text != text.strip() or not text or len(text) > MAX_NAME or not text.isprintable()):
            raise MappingError(
                field, f"a text must be printable, without spaces around it, and have 1 to {MAX_NAME} characters."
            )
    for field in _LIST_FIELDS:
        if len(getattr(mapping, field)) > MAX_COLUMNS:
            raise MappingError(field, f"it has more than {MAX_COLUMNS} items.")


def _check_amounts(mapping: StatementMapping) -> None:
    has_two = mapping.debit_column is not None or mapping.credit_column is not None
    if (mapping.amount_column is None) is not has_two:
        raise MappingError("amount_column", "name either this, or debit_column and credit_column.")
    if has_two and (mapping.debit_column is None or mapping.credit_column is None):
        missing = "debit_column" if mapping.debit_column is None else "credit_column"
        raise MappingError(missing, "name a column for debits and one for credits.")
    if has_two and mapping.debit_column == mapping.credit_column:
        raise MappingError("credit_column", "it must differ from debit_column.")
    if mapping.debit_is_negative and not has_two:
        raise MappingError("debit_is_negative", "there is no debit_column.")
    _check_direction(mapping)


def _check_direction(mapping: StatementMapping) -> None:
    if mapping.direction_column is None:
        if mapping.debit_words or mapping.credit_words:
            raise MappingError("direction_column", "name the column in which the words are.")
        return
    if mapping.amount_column is None:
        raise MappingError("direction_column", "debits and credits have columns of their own.")
    for field in ("debit_words", "credit_words"):
        if not getattr(mapping, field):
            raise MappingError(field, "name the words that direction_column can have.")
    both = {word.casefold() for word in mapping.debit_words} & {word.casefold() for word in mapping.credit_words}
    if both:
        raise MappingError("credit_words", f"{min(both)!r} is one of debit_words.")


def _check_currency(mapping: StatementMapping) -> None:
    if (mapping.currency is None) is (mapping.currency_column is None):
        raise MappingError("currency", "give either this or currency_column.")
    if mapping.currency is None:
        return
    try:
        known = currency_of(mapping.currency)
    except UnreadableAmountError as error:
        raise MappingError("currency", f"{error}.") from None
    if mapping.currency != known:
        raise MappingError("currency", "write it in lower case.")


def _check_balances(mapping: StatementMapping) -> None:
    opening, closing = mapping.opening_balance_label, mapping.closing_balance_label
    if (opening is None) is not (closing is None):
        missing = "opening_balance_label" if opening is None else "closing_balance_label"
        raise MappingError(missing, "give both labels or neither.")
    if opening is not None and opening == closing:
        raise MappingError("closing_balance_label", "it must differ from opening_balance_label.")
    if opening is not None and not mapping.rows_before_header and not mapping.footer_rows:
        raise MappingError("opening_balance_label", "there are no rows before the header or after the lines.")
    if not mapping.has_balances and mapping.key_column is None:
        raise MappingError(
            "key_column",
            "without balances, only a key tells a repeated line from a new one: name key_column, "
            "balance_column, or opening_balance_label and closing_balance_label.",
        )


def date_pattern(mapping: StatementMapping) -> re.Pattern[str]:
    """Return the pattern of a mapping's dates, with the groups `year`, `month` and `day`.

    Raises:
        MappingError: the format does not have each of them once.
    """
    if len(mapping.date_format) > MAX_FORMAT:
        raise MappingError("date_format", f"it has more than {MAX_FORMAT} characters.")
    parts: list[str] = []
    for token in _TOKENS.findall(mapping.date_format):
        if token not in _TOKEN_PATTERNS and token not in _LITERALS:
            raise MappingError("date_format", f"{token!r} isn't part of a date: write it like DD.MM.YYYY.")
        parts.append(_TOKEN_PATTERNS.get(token) or re.escape(token))
    for name in ("year", "month", "day"):
        if sum(f"(?P<{name}>" in part for part in parts) != 1:
            raise MappingError("date_format", f"it must have the {name} once: write it like DD.MM.YYYY.")
    return re.compile("".join(parts))


def read_date(text: str, pattern: re.Pattern[str], date_format: str) -> date:
    """Return the day that a text says in a mapping's format.

    Raises:
        UnreadableDateError: it says none.
    """
    match = pattern.fullmatch(text)
    if match is None:
        raise UnreadableDateError(f"{text[:40]!r} isn't a date like {date_format}")
    month = match["month"].lower()
    year = int(match["year"]) + (0 if len(match["year"]) > len("YY") else 2000)
    try:
        number = int(month) if month.isdigit() else _MONTHS.index(month) + 1
        found = date(year, number, int(match["day"]))
    except ValueError:
        raise UnreadableDateError(f"{text[:40]!r} is a date that does not exist") from None
    if found.year < _FIRST_YEAR:
        raise UnreadableDateError(f"{text[:40]!r} is before {_FIRST_YEAR}")
    return found


def amount_pattern(mapping: StatementMapping) -> re.Pattern[str]:
    """Return the pattern of a mapping's amounts without their signs: groups `whole` and `fraction`."""
    thousands = _THOUSANDS_SIGNS.get(mapping.thousands_sign)
    whole = "[0-9]+" if thousands is None else f"[0-9]{{1,3}}(?:{thousands}[0-9]{{3}})+|[0-9]+"
    return re.compile(rf"(?P<whole>{whole})?(?:{_DECIMAL_SIGNS[mapping.decimal_sign]}(?P<fraction>[0-9]+))?")


def read_amount(text: str, pattern: re.Pattern[str], currency: str) -> int:
    """Return the minor units that a text says: `-1.234,50`, `1.234,50-` or `(1.234,50)`.

    Raises:
        UnreadableAmountError: it is no amount of the mapping's form, or of the currency.
    """
    body = text.replace(_MINUS, "-")
    is_negative = body[:1] == "-"
    if body.startswith("(") and body.endswith(")"):
        is_negative, body = True, body[1:-1]
    elif body[:1] in ("-", "+"):
        body = body[1:]
    elif body[-1:] in ("-", "+"):
        is_negative, body = body[-1] == "-", body[:-1]
    match = pattern.fullmatch(body.strip())
    if match is None or (match["whole"] is None and match["fraction"] is None):
        raise UnreadableAmountError(f"{text[:40]!r} isn't an amount as the mapping describes it")
    whole = re.sub(r"[^0-9]", "", match["whole"] or "0")
    try:
        amount = minor_of_decimal(f"{whole}.{match['fraction'] or ''}", currency)
    except UnreadableAmountError as error:
        why = f"has more decimals than {currency.upper()}" if "decimals" in str(error) else "is too large"
        raise UnreadableAmountError(f"{text[:40]!r} {why}") from None
    return -amount if is_negative else amount
