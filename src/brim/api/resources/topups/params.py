"""The parameters of the operations on top-ups. Source: Stripe API reference, Top-ups."""

from typing import Final

from brim.api.framework.common_params import LIMIT, METADATA, PAGE, created, expand
from brim.api.framework.kinds import Amount, Boolean, CurrencyCode, Descriptor, Enum, IntegerRange, Metadata, Text
from brim.api.framework.params import Hash, Parameter
from brim.core.topups import MAX_DESCRIPTION, Status, TopupOrder

_STATUS_ORDER: Final = (Status.CANCELED, Status.FAILED, Status.PENDING, Status.REVERSED, Status.SUCCEEDED)

_DESCRIPTION: Final = Parameter(
    name="description",
    kind=Text(max_length=MAX_DESCRIPTION, clearable=True),
    description=(
        "An arbitrary string to attach to the top-up, for example to show to your users. Send an empty "
        "string to remove it."
    ),
)
_PAYMENT_METHOD_OPTIONS: Final = Hash(
    (
        Parameter(
            name="us_bank_account",
            kind=Hash(
                (
                    Parameter(
                        name="network",
                        kind=Enum(("ach",)),
                        required=True,
                        description="The network that carries the debit.",
                    ),
                )
            ),
            description="Options for a US bank account.",
        ),
    )
)

_CURRENCY: Final = Parameter(
    name="currency",
    kind=CurrencyCode(),
    required=True,
    description="Three-letter ISO currency code, in lowercase.",
)
_PAYMENT_METHOD: Final = Parameter(
    name="payment_method",
    kind=Text(),
    description=(
        "The PaymentMethod of type `us_bank_account` to debit, by its id. Don't send it together with `source`."
    ),
)
_SOURCE: Final = Parameter(
    name="source",
    kind=Text(),
    description=(
        "The source or bank token to debit, by its id. Without it, the currency's default funding source is debited. "
        "In test mode, a test token decides the outcome."
    ),
)

_BRIM: Final = Parameter(
    name="brim",
    kind=Hash(
        (
            Parameter(
                name="allow_duplicate",
                kind=Boolean(),
                description=(
                    "Create a live top-up even if it looks like one that was just created: the same amount from the "
                    "same bank account."
                ),
            ),
            Parameter(
                name="retry_of",
                kind=Text(),
                description=(
                    "The live top-up that this one retries, which failed or was reversed because its debit was "
                    "returned. Without `source` and `payment_method`, the same bank account is debited. After R01 and "
                    "R09, that debit must be for the same amount; after other return codes, the retry is refused until "
                    "the cause is fixed; after some, it is always refused."
                ),
            ),
        )
    ),
    description="Parameters that only Brim has. Stripe would reject them.",
)

TOPUP_CREATE: Final = (
    Parameter(
        name="amount",
        kind=Amount(),
        required=True,
        description=(
            "A positive integer: how much to add to your balance, in the currency's smallest unit (`2000` "
            "is $20.00, or ¥2,000)."
        ),
    ),
    _BRIM,
    _CURRENCY,
    _DESCRIPTION,
    METADATA,
    _PAYMENT_METHOD,
    Parameter(
        name="payment_method_options",
        kind=_PAYMENT_METHOD_OPTIONS,
        description="Options for the type of payment method.",
    ),
    _SOURCE,
    Parameter(
        name="statement_descriptor",
        kind=Descriptor(),
        description=(
            "The text for the bank statement of the debited account: at least one letter, and none of `<`, "
            "`>`, `\\`, `\"`, `'` and `*`."
        ),
    ),
    Parameter(
        name="transfer_group",
        kind=Text(),
        description="A string that identifies the top-up as part of a group.",
    ),
    expand("topup"),
)
AVAILABILITY_PREVIEW: Final = (
    Parameter(
        name="amount",
        kind=Amount(),
        description=(
            "The amount of the top-up. It does not change the date; an amount that the currency doesn't "
            "allow is refused."
        ),
    ),
    _CURRENCY,
    _PAYMENT_METHOD,
    _SOURCE,
)
TOPUP_UPDATE: Final = (_DESCRIPTION, METADATA, expand("topup"))
TOPUP_RETRIEVE: Final = (expand("topup"),)
TOPUP_CANCEL: Final = (expand("topup"),)
_AMOUNT_FILTER: Final = Parameter(
    name="amount",
    kind=IntegerRange(),
    description="Only top-ups of this amount, in the currency's smallest unit, or within these bounds.",
)
_STATUS_FILTER: Final = Parameter(
    name="status",
    kind=Enum(tuple(status.value for status in _STATUS_ORDER)),
    description="Only top-ups with this status.",
)
TOPUP_LIST: Final = (
    _AMOUNT_FILTER,
    created("top-ups"),
    _STATUS_FILTER,
    *PAGE,
    expand("topup", in_list=True),
)
_SEARCH_FILTERS: Final = (
    _AMOUNT_FILTER,
    created("top-ups"),
    Parameter(name="currency", kind=CurrencyCode(), description="Only top-ups in this currency."),
    Parameter(
        name="description",
        kind=Text(max_length=MAX_DESCRIPTION),
        description="Only top-ups whose description contains this text, ignoring the case of the letters A to Z.",
    ),
    Parameter(
        name="failure_code", kind=Text(), description="Only top-ups that failed or were reversed with this code."
    ),
    Parameter(
        name="funding_source",
        kind=Text(),
        description="Only top-ups funded by this source or PaymentMethod, by its id; in test mode also a test token.",
    ),
    Parameter(
        name="metadata",
        kind=Metadata(),
        description="Only top-ups with all of these key-value pairs in their metadata.",
    ),
)
TOPUP_SEARCH: Final = (
    *_SEARCH_FILTERS,
    _STATUS_FILTER,
    LIMIT,
    Parameter(
        name="order",
        kind=Enum(tuple(order.value for order in TopupOrder)),
        description="The sort order, by time of creation or by amount. The default is `newest`.",
    ),
    Parameter(
        name="page",
        kind=Text(),
        description="A cursor for pagination: the `next_page` of the previous page. Omit it for the first page.",
    ),
    expand("topup", in_list=True),
)
TOPUP_COUNTS: Final = _SEARCH_FILTERS
