"""The parameters of the operations on the books as people look at them. Ours."""

from typing import Final

from brim.api.framework.kinds import Boolean, CurrencyCode, Integer
from brim.api.framework.params import Parameter

BALANCE_SUMMARY: Final = (
    Parameter(
        name="interval_end",
        kind=Integer(),
        required=True,
        description="The end of the period, exclusive, in Unix seconds: a multiple of 60.",
    ),
    Parameter(
        name="interval_start",
        kind=Integer(),
        required=True,
        description="The start of the period, inclusive, in Unix seconds: a multiple of 60.",
    ),
    Parameter(
        name="connected_accounts",
        kind=Boolean(),
        description="Whether to include the balances of connected accounts. Only for platforms.",
    ),
    Parameter(name="currency", kind=CurrencyCode(), description="Only this currency."),
)
