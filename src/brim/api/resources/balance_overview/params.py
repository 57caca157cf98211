"""The parameters of the operations on the books as people look at them. Ours."""

from typing import Final

from brim.api.framework.kinds import Boolean, CurrencyCode, Integer
from brim.api.framework.params import Parameter

BALANCE_SUMMARY: Final = (
    Parameter(
        name="interval_end",
        kind=Integer(),
        required=True,
        description="The Unix second at which the period ends, itself not in it: a multiple of 60.",
    ),
    Parameter(
        name="interval_start",
        kind=Integer(),
        required=True,
        description="The Unix second at which the period begins: a multiple of 60.",
    ),
    Parameter(
        name="connected_accounts",
        kind=Boolean(),
        description="Whether the balances of your connected accounts are included; for platforms.",
    ),
    Parameter(name="currency", kind=CurrencyCode(), description="Only this currency."),
)
