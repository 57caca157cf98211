"""The parameters of the operations on accounts. Source: Stripe API reference, Accounts; `brim` is ours."""

from typing import Final

from brim.api.framework.common_params import METADATA, PAGE, created, expand
from brim.api.framework.kinds import Boolean, BoundedInteger, Country, CurrencyCode, Email, Enum, Text
from brim.api.framework.params import Hash, Parameter
from brim.api.resources.accounts.detail_params import CONTROLLER, DETAILS
from brim.api.resources.accounts.kinds import ExternalAccountSource
from brim.core.accounts import MAX_SETTLEMENT_DAYS, TYPES

REASONS: Final = (
    "credit",
    "fraud",
    "fraud_no_intent_to_fulfill",
    "fraud_other",
    "fraud_payment_method_casher",
    "fraud_payment_method_tester",
    "other",
    "terms_of_service",
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
    *DETAILS,
    Parameter(
        name="default_currency",
        kind=CurrencyCode(),
        description="The three-letter ISO code of its default currency.",
    ),
    Parameter(
        name="email",
        kind=Email(),
        description=(
            "An address to tell the account from others; nothing is sent there. Send an empty string to remove it."
        ),
    ),
    METADATA,
)
_BANK_ACCOUNT: Final = (
    "the id of a bank token, or an object of `object=bank_account`, `country`, `routing_number` and `account_number`. "
    "It pays for no top-up."
)
ACCOUNT_CREATE: Final = (
    *_ACCOUNT_DETAILS,
    CONTROLLER,
    Parameter(name="country", kind=Country(), description="The two-letter ISO code of its country; `US` if left out."),
    Parameter(
        name="external_account",
        kind=ExternalAccountSource(),
        description=f"A bank account to be paid out to: {_BANK_ACCOUNT}",
    ),
    Parameter(
        name="type",
        kind=Enum(TYPES),
        description="A word of the vendor's for who looks after the account; kept, and without effect here.",
    ),
    expand("account"),
)
ACCOUNT_UPDATE: Final = (
    *_ACCOUNT_DETAILS,
    Parameter(
        name="external_account",
        kind=ExternalAccountSource(),
        description=f"A bank account in place of the default of its currency: {_BANK_ACCOUNT}",
    ),
    expand("account"),
)
ACCOUNT_RETRIEVE: Final = (expand("account"),)
ACCOUNT_DELETE: Final = ()
ACCOUNT_REJECT: Final = (
    Parameter(name="reason", kind=Enum(REASONS), required=True, description="Why."),
    Parameter(
        name="payouts_action",
        kind=Enum(("none", "pause")),
        description="What becomes of payouts; there are none here.",
    ),
    expand("account"),
)
ACCOUNT_LIST: Final = (created("accounts"), *PAGE, expand("account", in_list=True))

CAPABILITY_LIST: Final = (expand("capability", in_list=True),)
CAPABILITY_RETRIEVE: Final = (expand("capability"),)
CAPABILITY_UPDATE: Final = (
    Parameter(name="requested", kind=Boolean(), description="Whether the account asks for it. It is granted at once."),
    expand("capability"),
)

_DEFAULT: Final = Parameter(
    name="default_for_currency",
    kind=Boolean(),
    description="Whether it becomes the default of its currency. The first of a currency always is.",
)
EXTERNAL_ACCOUNT_CREATE: Final = (
    Parameter(
        name="external_account",
        kind=ExternalAccountSource(),
        required=True,
        description=f"The bank account: {_BANK_ACCOUNT}",
    ),
    _DEFAULT,
    METADATA,
    expand("external_account"),
)
EXTERNAL_ACCOUNT_UPDATE: Final = (
    Parameter(name="account_holder_name", kind=Text(clearable=True), description="The holder's name."),
    Parameter(
        name="account_holder_type", kind=Enum(("company", "individual")), description="The type of account holder."
    ),
    Parameter(name="account_type", kind=Enum(("checking", "savings")), description="The type of account."),
    _DEFAULT,
    METADATA,
    expand("external_account"),
)
EXTERNAL_ACCOUNT_RETRIEVE: Final = (expand("external_account"),)
EXTERNAL_ACCOUNT_LIST: Final = (
    Parameter(
        name="object",
        kind=Enum(("bank_account", "card")),
        description="Only external accounts of this type.",
    ),
    *PAGE,
    expand("external_account", in_list=True),
)
LOGIN_LINK_CREATE: Final = (expand("login_link"),)
