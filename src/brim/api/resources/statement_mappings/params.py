"""The parameters of the operations on mappings of CSV statements; a mapping's fields are named as in the core. Ours."""

from enum import StrEnum
from typing import Final

from brim.api.framework.common_params import PAGE
from brim.api.framework.kinds import Boolean, BoundedInteger, Enum, FileContent, FileName, Text, TextList
from brim.api.framework.params import Hash, Kind, Parameter
from brim.core.reconciliation.formats import DecimalSign, Delimiter, Encoding, ThousandsSign

_MAX_NAME: Final = 200
_MAX_COLUMNS: Final = 200
_MAX_ROWS: Final = 100
_MAX_ACCOUNT: Final = 32


def _words(kind: type[StrEnum]) -> Enum:
    return Enum(tuple(each.value for each in kind))


_COLUMN: Final = Text(max_length=_MAX_NAME, clearable=True)
_COLUMNS: Final = TextList(_MAX_COLUMNS, clearable=True)
_ROWS: Final = BoundedInteger(least=0, most=_MAX_ROWS)
_REQUIRED: Final[dict[str, tuple[Kind, str]]] = {
    "booking_date_column": (Text(max_length=_MAX_NAME), "The column with the day on which the bank booked the line."),
    "date_format": (
        Text(max_length=40),
        (
            "How dates are written: with `YYYY` or `YY`, `MMM` (Jan), `MM` or `M`, `DD` or `D`; `HH`, `mm`, `ss` are "
            "read and ignored."
        ),
    ),
    "decimal_sign": (_words(DecimalSign), "The decimal separator of amounts."),
    "delimiter": (_words(Delimiter), "The delimiter between the cells of a row."),
}
_OPTIONAL: Final[dict[str, tuple[Kind, str]]] = {
    "account_column": (_COLUMN, "The column with the number of the bank account, if the file has it in full."),
    "amount_column": (
        _COLUMN,
        "The column with the amount: with its sign, or without one if there is a `direction_column`.",
    ),
    "balance_column": (_COLUMN, "The column with the balance after each line."),
    "closing_balance_label": (
        _COLUMN,
        "The text that begins the row with the closing balance, before the header or after the lines.",
    ),
    "credit_column": (_COLUMN, "The column with credits, instead of `amount_column`."),
    "credit_words": (_COLUMNS, "The words in `direction_column` that mean credit."),
    "currency": (Text(max_length=3, clearable=True), "The currency of all lines."),
    "currency_column": (_COLUMN, "The column with the currency, instead of `currency`."),
    "debit_column": (_COLUMN, "The column with debits, instead of `amount_column`."),
    "debit_is_negative": (Boolean(), "Whether amounts in `debit_column` have a minus sign. Default: `false`."),
    "debit_words": (_COLUMNS, "The words in `direction_column` that mean debit."),
    "direction_column": (_COLUMN, "The column that says in words whether a line is a debit or a credit."),
    "encoding": (_words(Encoding), "The encoding of the file. Default: `utf-8`."),
    "end_to_end_column": (_COLUMN, "The column with the end-to-end id."),
    "footer_rows": (_ROWS, "The number of rows after the lines, not counting blank ones. Default: 0."),
    "ignored_columns": (_COLUMNS, "Columns of the file to ignore. Any other unknown column is an error."),
    "key_column": (_COLUMN, "The column with the bank's reference, which is unique for each line."),
    "newest_first": (Boolean(), "Whether the newest line comes first. Default: `false`."),
    "opening_balance_label": (
        _COLUMN,
        "The text that begins the row with the opening balance, before the header or after the lines.",
    ),
    "reference_column": (_COLUMN, "The column with your reference."),
    "rows_before_header": (_ROWS, "The number of rows before the header, including blank ones. Default: 0."),
    "text_columns": (_COLUMNS, "The columns whose texts are joined into the line's description."),
    "thousands_sign": (_words(ThousandsSign), "The thousands separator of amounts. Default: `none`."),
    "type_column": (_COLUMN, "The column with the type of the line."),
    "value_date_column": (_COLUMN, "The column with the value date."),
}


def _mapping(*, is_whole: bool) -> Hash:
    fields = [(True, _REQUIRED), (False, _OPTIONAL)]
    return Hash(
        tuple(
            Parameter(name=name, kind=kind, required=is_required and is_whole, description=description)
            for is_required, group in fields
            for name, (kind, description) in group.items()
        )
    )


_BANK_ACCOUNT: Final = Parameter(
    name="bank_account",
    kind=Text(max_length=_MAX_ACCOUNT),
    required=True,
    description="The bank account, by its name in the ledger: `bank_account` of the originator's profile.",
)

MAPPING_LIST: Final = PAGE
MAPPING_CREATE: Final = (
    _BANK_ACCOUNT,
    Parameter(
        name="mapping",
        kind=_mapping(is_whole=True),
        required=True,
        description="How the bank writes statements. Columns are named as in the file's header.",
    ),
)
MAPPING_UPDATE: Final = (
    Parameter(
        name="expected_version",
        kind=BoundedInteger(least=1, most=2**31 - 1),
        description="The version that you have seen. If it has changed since, nothing is done.",
    ),
    Parameter(
        name="mapping",
        kind=_mapping(is_whole=False),
        description="The fields to change. Send an empty string to remove one.",
    ),
)
MAPPING_PREVIEW: Final = (
    _BANK_ACCOUNT,
    Parameter(
        name="file",
        kind=FileContent(),
        required=True,
        description="A file as your bank sends it: a file in `multipart/form-data`, or text.",
    ),
    Parameter(
        name="mapping",
        kind=_mapping(is_whole=False),
        description="Fields to try instead of the saved ones. If no mapping is saved, all required fields.",
    ),
    Parameter(
        name="name",
        kind=FileName(),
        description=(
            "The file name. Default: the name of the uploaded file. Its extension distinguishes a `.csv` file from "
            "an ACH file."
        ),
    ),
)
