"""The parameters of the operations on accounts. Source: Stripe API reference, Accounts; `brim` is ours."""

from typing import Final

from brim.api.declarations.common import METADATA, PAGE, created, expand
from brim.api.kinds import BoundedInteger, Country, CurrencyCode, Email, Enum, Text
from brim.api.params import Hash, Parameter
from brim.domain.accounts import BUSINESS_TYPES, MAX_SETTLEMENT_DAYS, TYPES

_BUSINESS_PROFILE: Final = Hash(
    (
        Parameter(
            name="name",
            kind=Text(clearable=True),
            description="The name that it does business under. Sent empty, it becomes null.",
        ),
    )
)
_AGREEMENT: Final = Hash(
    (
        Parameter(
            name="settlement_days",
            kind=BoundedInteger(least=0, most=MAX_SETTLEMENT_DAYS, clearable=True),
            description=(
                "How many banking days money takes by the account's own agreement, in the mode of the key. Sent empty, "
                "it takes as many as the rail says."
            ),
        ),
    )
)
_ACCOUNT_DETAILS: Final = (
    Parameter(name="brim", kind=_AGREEMENT, description="What is agreed with the account beyond the vendor's object."),
    Parameter(name="business_profile", kind=_BUSINESS_PROFILE, description="What the account's customers see of it."),
    Parameter(name="business_type", kind=Enum(BUSINESS_TYPES), description="What kind of business it is."),
    Parameter(
        name="default_currency",
        kind=CurrencyCode(),
        description="The three-letter ISO code of the currency it mostly uses.",
    ),
    Parameter(
        name="email",
        kind=Email(),
        description="An address to tell the account from others; nothing is sent there. Sent empty, it becomes null.",
    ),
    METADATA,
)
ACCOUNT_CREATE: Final = (
    *_ACCOUNT_DETAILS,
    Parameter(name="country", kind=Country(), description="The two-letter ISO code of its country; `US` if left out."),
    Parameter(
        name="type",
        kind=Enum(TYPES),
        description="A word of the vendor's for who looks after the account; kept, and without effect here.",
    ),
    expand("account"),
)
ACCOUNT_UPDATE: Final = (*_ACCOUNT_DETAILS, expand("account"))
ACCOUNT_RETRIEVE: Final = (expand("account"),)
ACCOUNT_LIST: Final = (created("accounts"), *PAGE, expand("account", in_list=True))
