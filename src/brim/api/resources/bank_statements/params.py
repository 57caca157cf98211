"""The parameters of the operations on bank statements. Ours."""

from typing import Final

from brim.api.framework.common_params import PAGE
from brim.api.framework.kinds import CurrencyCode, Day, Enum, Text
from brim.api.framework.params import Parameter

STATEMENT_LIST: Final = (
    *PAGE,
    Parameter(
        name="bank_account",
        kind=Text(max_length=32),
        description="Only statements of this bank account, by its name in the ledger, such as `operating`.",
    ),
    Parameter(name="bank_file", kind=Text(), description="Only statements that this file from the bank has brought."),
    Parameter(name="currency", kind=CurrencyCode(), description="Only statements in this currency."),
    Parameter(name="first_day", kind=Day(), description="Only statements of this day or later ones: `2026-11-30`."),
    Parameter(name="last_day", kind=Day(), description="Only statements of this day or earlier ones: `2026-11-30`."),
    Parameter(
        name="status",
        kind=Enum(("in_force", "replaced")),
        description="Only statements in force, or only those that a later one has replaced.",
    ),
    Parameter(
        name="breaks",
        kind=Enum(("open", "none")),
        description="`open` for statements with open breaks, `none` for those without.",
    ),
)
STATEMENT_LINES: Final = PAGE
LINE_LIST: Final = (
    *PAGE,
    Parameter(
        name="status",
        kind=Enum(("open",)),
        description="`open` for lines that are not posted, or not with their whole amount.",
    ),
    Parameter(
        name="topup",
        kind=Text(),
        description="Only the lines that have moved the money of this top-up: all of them, on one page.",
    ),
)
