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
                "The account's own number of banking days until money is available, in the mode of the key: in live "
                "mode, from settlement, instead of the originator's hold; in test mode, from submission. Send an empty "
                "string to remove it."
            ),
        ),
    )
)
_ACCOUNT_DETAILS: Final = (
    Parameter(name="brim", kind=_AGREEMENT, description="What Brim adds to the Stripe object."),
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
            "An email address that identifies the account; nothing is sent to it. Send an empty string to remove it."
        ),
    ),
    METADATA,
)
_BANK_ACCOUNT: Final = (
    "the id of a bank token, or an object with `object=bank_account`, `country`, `routing_number` and "
    "`account_number`. It doesn't fund top-ups."
)
ACCOUNT_CREATE: Final = (
    *_ACCOUNT_DETAILS,
    CONTROLLER,
    Parameter(name="country", kind=Country(), description="The two-letter ISO code of its country. Default: `US`."),
    Parameter(
        name="external_account",
        kind=ExternalAccountSource(),
        description=f"A bank account for payouts: {_BANK_ACCOUNT}",
    ),
    Parameter(
        name="type",
        kind=Enum(TYPES),
        description="The type of account, as in Stripe. It is kept, and has no effect in Brim.",
    ),
    expand("account"),
)
ACCOUNT_UPDATE: Final = (
    *_ACCOUNT_DETAILS,
    Parameter(
        name="external_account",
        kind=ExternalAccountSource(),
        description=f"A bank account that replaces the default of its currency: {_BANK_ACCOUNT}",
    ),
    expand("account"),
)
ACCOUNT_RETRIEVE: Final = (expand("account"),)
ACCOUNT_DELETE: Final = ()
ACCOUNT_REJECT: Final = (
    Parameter(name="reason", kind=Enum(REASONS), required=True, description="The reason for rejecting the account."),
    Parameter(
        name="payouts_action",
        kind=Enum(("none", "pause")),
        description="What happens to payouts. Brim makes none.",
    ),
    expand("account"),
)
ACCOUNT_LIST: Final = (created("accounts"), *PAGE, expand("account", in_list=True))

CAPABILITY_LIST: Final = (expand("capability", in_list=True),)
CAPABILITY_RETRIEVE: Final = (expand("capability"),)
CAPABILITY_UPDATE: Final = (
    Parameter(
        name="requested", kind=Boolean(), description="Whether the account requests it. It is granted immediately."
    ),
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
