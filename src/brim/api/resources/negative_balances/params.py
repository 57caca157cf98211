"""The parameters of the operations on negative balances and reserves. Ours."""

from typing import Final

from brim.api.framework.common_params import page_in_order
from brim.api.framework.kinds import Amount, Boolean, BoundedInteger, CurrencyCode, Text
from brim.api.framework.params import Hash, Parameter

BALANCE_LIST: Final = (
    Parameter(name="account", kind=Text(), description="Only negative balances of this account."),
    Parameter(name="currency", kind=CurrencyCode(), description="Only negative balances in this currency."),
    *page_in_order(),
)
TOP_UP: Final = (
    Parameter(
        name="amount", kind=Amount(), description="The amount, in minor units. Default: the full negative balance."
    ),
    Parameter(name="description", kind=Text(), description="An arbitrary string attached to the top-up."),
    Parameter(name="payment_method", kind=Text(), description="The bank account to debit, as a payment method."),
    Parameter(
        name="source", kind=Text(), description="The bank account to debit; by default, the account's default one."
    ),
    Parameter(
        name="brim",
        kind=Hash(
            (
                Parameter(
                    name="allow_duplicate",
                    kind=Boolean(),
                    description="Create it even though pending top-ups will recover the balance, or an equal one was "
                    "created within the last hour.",
                ),
            )
        ),
        description="Brim's own options.",
    ),
)
TEST_HOLD: Final = (
    Parameter(name="amount", kind=Amount(), required=True, description="The amount to spend, in minor units."),
    Parameter(name="currency", kind=CurrencyCode(), required=True, description="The currency of the balance."),
)
RESERVE_SET: Final = (
    Parameter(name="account", kind=Text(), description="The connected account. Default: your own account."),
    Parameter(
        name="amount",
        kind=BoundedInteger(least=0, most=99_999_999_999),
        required=True,
        description="The reserve, in minor units; 0 removes it.",
    ),
    Parameter(name="currency", kind=CurrencyCode(), required=True, description="The currency of the reserve."),
)
