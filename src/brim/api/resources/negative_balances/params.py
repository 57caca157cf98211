"""The parameters of the operations on negative balances and reserves. Ours."""

from typing import Final

from brim.api.framework.kinds import Amount, Boolean, BoundedInteger, CurrencyCode, Text
from brim.api.framework.params import Hash, Parameter

TOP_UP: Final = (
    Parameter(name="amount", kind=Amount(), description="How much, in minor units: all that is below zero, or less."),
    Parameter(name="description", kind=Text(), description="An arbitrary string attached to the top-up."),
    Parameter(
        name="payment_method", kind=Text(), description="The bank account to debit, where it is a payment method."
    ),
    Parameter(name="source", kind=Text(), description="The bank account to debit; the account's default for none."),
    Parameter(
        name="brim",
        kind=Hash(
            (
                Parameter(
                    name="allow_duplicate",
                    kind=Boolean(),
                    description="That it is intended though pending top-ups will recover the balance, or an equal one "
                    "was created within an hour.",
                ),
            )
        ),
        description="Brim's own options.",
    ),
)
TEST_HOLD: Final = (
    Parameter(name="amount", kind=Amount(), required=True, description="How much of it, in minor units."),
    Parameter(name="currency", kind=CurrencyCode(), required=True, description="In which currency."),
)
RESERVE_SET: Final = (
    Parameter(name="account", kind=Text(), description="Whose money: a connected account; your own for none."),
    Parameter(
        name="amount",
        kind=BoundedInteger(least=0, most=99_999_999_999),
        required=True,
        description="How much is kept back, in minor units; 0 for nothing any more.",
    ),
    Parameter(name="currency", kind=CurrencyCode(), required=True, description="In which currency."),
)
