"""The fields of a mapping as a form has them: lists with a line for each item, choices as words."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from brim.core.reconciliation.formats import DecimalSign, Delimiter, Encoding, StatementMapping, ThousandsSign
from brim.http.form import Field

FIELDS: Final = StatementMapping.__struct_fields__
LISTS: Final = ("text_columns", "ignored_columns", "debit_words", "credit_words")
CHOICES: Final[Mapping[str, Sequence[tuple[str, str]]]] = {
    "delimiter": [(each.value, each.value.capitalize()) for each in Delimiter],
    "encoding": [
        (Encoding.UTF_8, "UTF-8"),
        (Encoding.WINDOWS_1252, "Windows-1252"),
        (Encoding.LATIN_1, "ISO 8859-1"),
        (Encoding.UTF_16, "UTF-16"),
    ],
    "decimal_sign": [(each.value, each.value.capitalize()) for each in DecimalSign],
    "thousands_sign": [(each.value, each.value.capitalize()) for each in ThousandsSign],
    "newest_first": [("false", "Oldest first"), ("true", "Newest first")],
    "debit_is_negative": [("false", "Without a sign"), ("true", "With a minus sign")],
}
REQUIRED: Final = ("date_format", "booking_date_column")


class FormField(msgspec.Struct, frozen=True):
    """A field of the form; `kind` is how it is filled in."""

    name: str
    label: str
    hint: str = ""

    @property
    def kind(self) -> str:
        """How it is filled in: a choice, several lines, or a line."""
        return "choice" if self.name in CHOICES else "area" if self.name in LISTS else "field"


GROUPS: Final = (
    (
        "File",
        (
            FormField("delimiter", "Delimiter"),
            FormField("encoding", "Encoding"),
            FormField("rows_before_header", "Rows before the header", "Including blank rows."),
            FormField("footer_rows", "Rows after the statement lines", "Not counting blank rows."),
            FormField("newest_first", "Order of the statement lines"),
            FormField(
                "ignored_columns", "Columns to ignore", "One per line. A file with any other unknown column is held."
            ),
        ),
    ),
    (
        "Dates",
        (
            FormField("date_format", "Date format", "Such as MM/DD/YYYY, DD.MM.YY or YYYY-MM-DD HH:mm:ss."),
            FormField("booking_date_column", "Booking date column"),
            FormField("value_date_column", "Value date column"),
        ),
    ),
    (
        "Amounts",
        (
            FormField("decimal_sign", "Decimal separator"),
            FormField("thousands_sign", "Thousands separator"),
            FormField("amount_column", "Amount column", "With a sign, or with the direction in another column."),
            FormField("direction_column", "Direction column"),
            FormField("debit_words", "Words for debits", "One per line."),
            FormField("credit_words", "Words for credits", "One per line."),
            FormField("debit_column", "Debit column", "If debits and credits are in separate columns."),
            FormField("credit_column", "Credit column"),
            FormField("debit_is_negative", "Amounts in the debit column"),
            FormField("currency", "Currency", "If the file has no currency column."),
            FormField("currency_column", "Currency column"),
        ),
    ),
    (
        "Descriptions and references",
        (
            FormField("text_columns", "Description columns", "One per line."),
            FormField("key_column", "Unique reference column", "The bank's reference, unique to each line."),
            FormField("reference_column", "Your reference column"),
            FormField("end_to_end_column", "End-to-end ID column"),
            FormField("type_column", "Type code column"),
            FormField("account_column", "Account number column", "If it contains the full number."),
        ),
    ),
    (
        "Balances",
        (
            FormField("balance_column", "Balance column", "The balance after each line."),
            FormField("opening_balance_label", "Label of the opening balance", "The first cell of the row."),
            FormField("closing_balance_label", "Label of the closing balance", "The first cell of the row."),
        ),
    ),
)


def empty_values() -> dict[str, str]:
    """Return a form's values for a new mapping."""
    values = dict.fromkeys(FIELDS, "") | {name: str(choices[0][0]) for name, choices in CHOICES.items()}
    return values | {"rows_before_header": "0", "footer_rows": "0", "currency": "usd"}


def values_of(mapping: Mapping[str, Any]) -> dict[str, str]:
    """Return a form's values for a mapping as the API has it."""
    return {name: _text(mapping[name]) for name in FIELDS}


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return "\n".join(value) if isinstance(value, list) else str(value)


def mapping_of(values: Mapping[str, str], *, is_new: bool) -> dict[str, Field]:
    """Return the API's parameters of a mapping: what is empty is left out of a new one, removed from a saved one."""
    found: dict[str, Field] = {}
    for name in FIELDS:
        items = [line.strip() for line in values[name].splitlines() if line.strip()]
        if items:
            found[name] = items if name in LISTS else items[0]
        elif not is_new and name not in CHOICES:
            found[name] = ""
    return found
