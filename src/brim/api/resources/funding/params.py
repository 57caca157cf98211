"""The parameters of the operations on payment methods, sources, tokens and defaults.

Source: Stripe API reference, PaymentMethods, Sources and Tokens; what stands under `brim` is ours.
"""

from typing import Final

import msgspec

from brim.api.framework.common_params import METADATA, PAGE, expand
from brim.api.framework.kinds import CurrencyCode, Enum, Text
from brim.api.framework.params import Hash, Parameter
from brim.api.resources.funding.kinds import AccountNumber, Iban, MicrodepositAmounts, RoutingNumber

_ACCOUNT_NUMBER: Final = Parameter(
    name="account_number",
    kind=AccountNumber(),
    required=True,
    description="The account number. It is stored encrypted; only its last four digits are ever shown again.",
)
_ROUTING_NUMBER: Final = Parameter(
    name="routing_number", kind=RoutingNumber(), required=True, description="The bank's ACH routing number."
)
_HOLDER_TYPE: Final = Parameter(
    name="account_holder_type", kind=Enum(("company", "individual")), description="The type of account holder."
)
_ACCOUNT_TYPE: Final = Parameter(
    name="account_type", kind=Enum(("checking", "savings")), description="The type of account."
)
_ALLOW_REDISPLAY: Final = Parameter(
    name="allow_redisplay",
    kind=Enum(("always", "limited", "unspecified")),
    description="Whether it may be shown to the customer again. Kept for compatibility.",
)
_ADDRESS: Final = Parameter(
    name="address",
    kind=Hash(
        tuple(
            Parameter(name=name, kind=Text(clearable=True), description=f"{meaning} Send an empty string to remove it.")
            for name, meaning in (
                ("city", "City."),
                ("country", "Two-letter country code."),
                ("line1", "Street address."),
                ("line2", "Apartment, suite, unit or building."),
                ("postal_code", "Postal code."),
                ("state", "State or province."),
            )
        )
    ),
    description="The address. Fields that you don't send stay unchanged.",
)
_PARTY: Final = Hash(
    (
        _ADDRESS,
        Parameter(name="email", kind=Text(clearable=True), description="Email address."),
        Parameter(name="name", kind=Text(clearable=True), description="Full name."),
        Parameter(name="phone", kind=Text(clearable=True), description="Phone number."),
    )
)
_BILLING_DETAILS: Final = Parameter(
    name="billing_details", kind=_PARTY, description="The billing details of the account holder."
)
_OWNER: Final = Parameter(name="owner", kind=_PARTY, description="The billing details of the account holder.")
_BRIM: Final = Parameter(
    name="brim",
    kind=Hash(
        (
            Parameter(
                name="verification",
                kind=Enum(("microdeposits",)),
                required=True,
                description="Verify by micro-deposits, even if a test account would be verified immediately.",
            ),
        )
    ),
    description="Parameters that only Brim has. Stripe would reject them.",
)
_US_BANK_ACCOUNT: Final = "us_bank_account"
_AMOUNTS: Final = Parameter(
    name="amounts",
    kind=MicrodepositAmounts(),
    description=(
        "The amounts of the two micro-deposits, in cents. In test mode, 32 and 45 are right. Not with "
        "`descriptor_code`."
    ),
)

PAYMENT_METHOD_CREATE: Final = (
    Parameter(name="type", kind=Enum((_US_BANK_ACCOUNT,)), required=True, description="The type of payment method."),
    Parameter(
        name=_US_BANK_ACCOUNT,
        kind=Hash((_ACCOUNT_NUMBER, _ROUTING_NUMBER, _HOLDER_TYPE, _ACCOUNT_TYPE)),
        required=True,
        description="The bank account.",
    ),
    _ALLOW_REDISPLAY,
    _BILLING_DETAILS,
    _BRIM,
    METADATA,
    expand("payment_method"),
)
PAYMENT_METHOD_UPDATE: Final = (
    _ALLOW_REDISPLAY,
    _BILLING_DETAILS,
    METADATA,
    Parameter(
        name=_US_BANK_ACCOUNT,
        kind=Hash((_HOLDER_TYPE, _ACCOUNT_TYPE)),
        description="The details of the bank account that can be corrected.",
    ),
    expand("payment_method"),
)
PAYMENT_METHOD_RETRIEVE: Final = (expand("payment_method"),)
_CUSTOMER: Final = Parameter(name="customer", kind=Text(), description="The customer's id.")
_CUSTOMER_ACCOUNT: Final = Parameter(
    name="customer_account", kind=Text(), description="The id of an account that is your customer."
)
PAYMENT_METHOD_ATTACH: Final = (_CUSTOMER, _CUSTOMER_ACCOUNT, expand("payment_method"))
PAYMENT_METHOD_DETACH: Final = (expand("payment_method"),)
PAYMENT_METHOD_LIST: Final = (
    msgspec.structs.replace(_ALLOW_REDISPLAY, description="Only payment methods with this value."),
    msgspec.structs.replace(_CUSTOMER, description="Only payment methods attached to this customer."),
    msgspec.structs.replace(_CUSTOMER_ACCOUNT, description="Only payment methods attached to this account."),
    Parameter(name="type", kind=Text(), description="Only payment methods of this type."),
    *PAGE,
    expand("payment_method", in_list=True),
)
PAYMENT_METHOD_VERIFY: Final = (
    _AMOUNTS,
    Parameter(
        name="descriptor_code",
        kind=Text(),
        description="The code in the micro-deposit's descriptor. In test mode, `SM11AA` is right.",
    ),
    expand("payment_method"),
)

SOURCE_CREATE: Final = (
    Parameter(
        name="type",
        kind=Enum(("ach_debit", "sepa_debit")),
        required=True,
        description="The type of source.",
    ),
    Parameter(
        name="sepa_debit",
        kind=Hash(
            (Parameter(name="iban", kind=Iban(), required=True, description="The IBAN. It is stored encrypted."),)
        ),
        description="The bank account, for `sepa_debit`. `owner[name]` is its holder.",
    ),
    Parameter(
        name="token",
        kind=Text(),
        description="The bank token to create the source from, for `ach_debit`. In test mode, also a test token.",
    ),
    _BRIM,
    Parameter(
        name="currency", kind=CurrencyCode(), description="The currency. If the token has one, the token's is used."
    ),
    METADATA,
    _OWNER,
    Parameter(
        name="usage",
        kind=Enum(("reusable",)),
        description="Whether it can be debited more than once. Every source can.",
    ),
    expand("source"),
)
SOURCE_UPDATE: Final = (METADATA, _OWNER, expand("source"))
SOURCE_RETRIEVE: Final = (
    Parameter(name="client_secret", kind=Text(), description="The source's secret. Not needed with a secret key."),
    expand("source"),
)
SOURCE_DETACH: Final = (expand("source"),)
SOURCE_LIST: Final = (*PAGE, expand("source", in_list=True))
SOURCE_VERIFY: Final = (
    Parameter(
        name="values",
        kind=MicrodepositAmounts(),
        required=True,
        description="The amounts of the two micro-deposits, in cents. In test mode, 32 and 45 are right.",
    ),
    expand("source"),
)

TOKEN_CREATE: Final = (
    Parameter(
        name="bank_account",
        kind=Hash(
            (
                _ACCOUNT_NUMBER,
                Parameter(name="country", kind=Enum(("US",)), required=True, description="The bank's country."),
                _ROUTING_NUMBER,
                Parameter(name="account_holder_name", kind=Text(), description="The holder's name."),
                _HOLDER_TYPE,
                _ACCOUNT_TYPE,
                Parameter(
                    name="currency", kind=CurrencyCode(), description="The account's currency. The default is `usd`."
                ),
            )
        ),
        required=True,
        description="The bank account.",
    ),
    expand("token"),
)
TOKEN_RETRIEVE: Final = (expand("token"),)

DEFAULT_FUNDING_SET: Final = (
    Parameter(
        name="currency", kind=CurrencyCode(), required=True, description="The currency of the top-ups that it funds."
    ),
    Parameter(
        name="funding_source",
        kind=Text(),
        required=True,
        description="The id of a verified payment method or source.",
    ),
)
DEFAULT_FUNDING_LIST: Final = (expand("default_funding_source", in_list=True),)
