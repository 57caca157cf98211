"""The parameters of every operation, in the order in which their errors are reported.

Source: the parameter types of the official SDKs and the published schemas; where they leave a bound open it is
ours. Neighbours: `operations` puts these into the table, `kinds` has what they may hold.
"""

from typing import Final

import msgspec

from brim.api.bank_kinds import AccountNumber, MicrodepositAmounts, RoutingNumber
from brim.api.kinds import (
    MAX_BIGINT,
    Amount,
    Boolean,
    BoundedInteger,
    ClampedInteger,
    Country,
    CurrencyCode,
    Descriptor,
    Email,
    Enum,
    Expand,
    Integer,
    IntegerRange,
    Metadata,
    Text,
    TextList,
)
from brim.api.params import Hash, Parameter
from brim.api.v2_kinds import DestinationEvents, EventsFrom, Include, PageToken, TimestampRange
from brim.api.webhook_kinds import ApiVersion, EventTypes
from brim.domain.accounts import BUSINESS_TYPES, MAX_SETTLEMENT_DAYS, TYPES
from brim.domain.clocks import MAX_NAME
from brim.domain.endpoints import MAX_DESCRIPTION as MAX_ENDPOINT_DESCRIPTION
from brim.domain.endpoints import MAX_NAME as MAX_ENDPOINT_NAME
from brim.domain.endpoints import MAX_URL
from brim.domain.ledger import TransferKind
from brim.domain.pages import DEFAULT_LIMIT, MAX_LIMIT
from brim.domain.request_logs import RequestSource
from brim.domain.topups import MAX_DESCRIPTION, Status
from brim.domain.webhooks import LONGEST_OVERLAP_S, EventPayload
from brim.rails.failures import FAILURES

MAX_EVENT_TYPES: Final = 20
"""Source: Stripe API reference, list all events."""

_STATUS_ORDER: Final = (Status.CANCELED, Status.FAILED, Status.PENDING, Status.REVERSED, Status.SUCCEEDED)


def _expand(object_name: str, *, in_list: bool = False) -> Parameter:
    paths = "paths that begin with `data.`" if in_list else "paths"
    return Parameter(
        name="expand",
        kind=Expand(object_name, in_list=in_list),
        description=f"Which ids in the reply are replaced by the object they name: {paths} of up to four properties.",
    )


def _optional(parameter: Parameter) -> Parameter:
    return msgspec.structs.replace(parameter, required=False)


def _created(noun: str) -> Parameter:
    return Parameter(
        name="created",
        kind=IntegerRange(),
        description=f"Only {noun} made in that Unix second, or between the given bounds.",
    )


_DESCRIPTION: Final = Parameter(
    name="description",
    kind=Text(max_length=MAX_DESCRIPTION, clearable=True),
    description="A text of yours to show beside the top-up. Sent empty, it becomes null.",
)
_METADATA: Final = Parameter(
    name="metadata",
    kind=Metadata(),
    description=(
        "Key-value pairs of yours. Those sent are merged into those that are there; a key sent empty is removed, "
        "and `metadata` itself sent empty removes all."
    ),
)
_PAGE: Final = (
    Parameter(
        name="ending_before",
        kind=Text(),
        description=(
            "An id: the page holds the objects just newer than this one. Mutually exclusive with `starting_after`."
        ),
    ),
    Parameter(
        name="limit",
        kind=ClampedInteger(least=1, most=MAX_LIMIT, default=DEFAULT_LIMIT),
        description="The most objects of one page. A number outside the bounds becomes the nearest inside.",
    ),
    Parameter(
        name="starting_after",
        kind=Text(),
        description="An id: the page holds the objects older than this one. Mutually exclusive with `ending_before`.",
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

TOPUP_CREATE: Final = (
    Parameter(
        name="amount",
        kind=Amount(),
        required=True,
        description="How much to move, in the currency's smallest unit; at most twelve digits.",
    ),
    Parameter(
        name="currency",
        kind=CurrencyCode(),
        required=True,
        description="The currency's three-letter ISO code, in lower case.",
    ),
    _DESCRIPTION,
    _METADATA,
    Parameter(
        name="payment_method",
        kind=Text(),
        description="The id of a PaymentMethod of type `us_bank_account` to take the money from. Not with `source`.",
    ),
    Parameter(
        name="payment_method_options",
        kind=_PAYMENT_METHOD_OPTIONS,
        description="Options for the kind of payment method.",
    ),
    Parameter(
        name="source",
        kind=Text(),
        description=(
            "The id of a source or bank token to take the money from; without it, the account's own for the currency. "
            "In test mode a test token decides the outcome."
        ),
    ),
    Parameter(
        name="statement_descriptor",
        kind=Descriptor(),
        description="What the statement of the debited bank account shows.",
    ),
    Parameter(
        name="transfer_group",
        kind=Text(),
        description="A text of yours that marks the top-up as part of a group.",
    ),
    _expand("topup"),
)
TOPUP_UPDATE: Final = (_DESCRIPTION, _METADATA, _expand("topup"))
TOPUP_RETRIEVE: Final = (_expand("topup"),)
TOPUP_CANCEL: Final = (_expand("topup"),)
TOPUP_LIST: Final = (
    Parameter(
        name="amount",
        kind=IntegerRange(),
        description="Only top-ups of that amount in minor units, or between the given bounds.",
    ),
    _created("top-ups"),
    Parameter(
        name="status",
        kind=Enum(tuple(status.value for status in _STATUS_ORDER)),
        description="Only top-ups that stand there now.",
    ),
    *_PAGE,
    _expand("topup", in_list=True),
)

_FAILURE_CODE: Final = Parameter(
    name="failure_code",
    kind=Enum(tuple(FAILURES)),
    description="Why; the object and its event then say so.",
)
TOPUP_SUCCEED: Final = (_expand("topup"),)
TOPUP_FAIL: Final = (_FAILURE_CODE, _expand("topup"))
TOPUP_REVERSE: Final = (_FAILURE_CODE, _expand("topup"))

_FROZEN_TIME: Final = Parameter(
    name="frozen_time",
    kind=Integer(),
    required=True,
    description="The Unix second at which the clock shall stand.",
)
TEST_CLOCK_CREATE: Final = (
    _FROZEN_TIME,
    Parameter(name="name", kind=Text(max_length=MAX_NAME), description="What you call it."),
    _expand("test_clock"),
)
TEST_CLOCK_ADVANCE: Final = (_FROZEN_TIME, _expand("test_clock"))
TEST_CLOCK_RETRIEVE: Final = (_expand("test_clock"),)
TEST_CLOCK_LIST: Final = (*_PAGE, _expand("test_clock", in_list=True))

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
    _METADATA,
)
ACCOUNT_CREATE: Final = (
    *_ACCOUNT_DETAILS,
    Parameter(name="country", kind=Country(), description="The two-letter ISO code of its country; `US` if left out."),
    Parameter(
        name="type",
        kind=Enum(TYPES),
        description="A word of the vendor's for who looks after the account; kept, and without effect here.",
    ),
    _expand("account"),
)
ACCOUNT_UPDATE: Final = (*_ACCOUNT_DETAILS, _expand("account"))
ACCOUNT_RETRIEVE: Final = (_expand("account"),)
ACCOUNT_LIST: Final = (_created("accounts"), *_PAGE, _expand("account", in_list=True))

BALANCE_RETRIEVE: Final = (_expand("balance"),)

BALANCE_TRANSACTION_RETRIEVE: Final = (_expand("balance_transaction"),)
BALANCE_TRANSACTION_LIST: Final = (
    _created("balance transactions"),
    Parameter(name="currency", kind=CurrencyCode(), description="Only balance transactions in that currency."),
    Parameter(name="payout", kind=Text(), description="Only balance transactions that this payout paid out."),
    Parameter(name="source", kind=Text(), description="Only balance transactions of the object with this id."),
    Parameter(
        name="type",
        kind=Text(),
        description=f"Only balance transactions of that type: {' or '.join(f'`{kind}`' for kind in TransferKind)}.",
    ),
    *_PAGE,
    _expand("balance_transaction", in_list=True),
)

EVENT_RETRIEVE: Final = (_expand("event"),)
EVENT_LIST: Final = (
    Parameter(
        name="after_sequence",
        kind=BoundedInteger(least=0, most=MAX_BIGINT),
        description=(
            "Only events with a greater number, in the order of numbers: 0 begins at the first that is kept. Each then "
            "tells its number as `brim.sequence`; as numbers have no gap, a reader can prove that it missed none. Not "
            "with any other parameter but `limit`."
        ),
    ),
    _created("events"),
    Parameter(
        name="delivery_success",
        kind=Boolean(),
        description="Only events that every endpoint they are addressed to has received, or those that some has not.",
    ),
    Parameter(
        name="type",
        kind=Text(),
        description="Only events of that type; `*` stands for any ending, as in `topup.*`. Not with `types`.",
    ),
    Parameter(
        name="types",
        kind=TextList(max_items=MAX_EVENT_TYPES),
        description="Only events of one of those types. Not with `type`.",
    ),
    *_PAGE,
    _expand("event", in_list=True),
)

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
    name="account_holder_type", kind=Enum(("company", "individual")), description="What kind of holder it has."
)
_ACCOUNT_TYPE: Final = Parameter(
    name="account_type", kind=Enum(("checking", "savings")), description="What kind of account it is."
)
_ALLOW_REDISPLAY: Final = Parameter(
    name="allow_redisplay",
    kind=Enum(("always", "limited", "unspecified")),
    description="Whether it may be shown again to whom it belongs.",
)
_ADDRESS: Final = Parameter(
    name="address",
    kind=Hash(
        tuple(
            Parameter(name=name, kind=Text(clearable=True), description=f"{meaning} Sent empty, it becomes null.")
            for name, meaning in (
                ("city", "City."),
                ("country", "Two-letter country code."),
                ("line1", "Street and number."),
                ("line2", "Flat, floor or building."),
                ("postal_code", "Postal code."),
                ("state", "State or province."),
            )
        )
    ),
    description="The address; what is sent is merged into what is there.",
)
_PARTY: Final = Hash(
    (
        _ADDRESS,
        Parameter(name="email", kind=Text(clearable=True), description="Email address."),
        Parameter(name="name", kind=Text(clearable=True), description="Full name."),
        Parameter(name="phone", kind=Text(clearable=True), description="Phone number."),
    )
)
_BILLING_DETAILS: Final = Parameter(name="billing_details", kind=_PARTY, description="Whose it is.")
_OWNER: Final = Parameter(name="owner", kind=_PARTY, description="Whose it is.")
_BRIM: Final = Parameter(
    name="brim",
    kind=Hash(
        (
            Parameter(
                name="verification",
                kind=Enum(("microdeposits",)),
                required=True,
                description="Verify by micro-deposits even a test account that would be verified at once.",
            ),
        )
    ),
    description="What only Brim has.",
)
_US_BANK_ACCOUNT: Final = "us_bank_account"
_AMOUNTS: Final = Parameter(
    name="amounts",
    kind=MicrodepositAmounts(),
    description="What the two micro-deposits were, in cents. In test mode 32 and 45. Not with `descriptor_code`.",
)

PAYMENT_METHOD_CREATE: Final = (
    Parameter(
        name="type", kind=Enum((_US_BANK_ACCOUNT,)), required=True, description="The kind: always a US bank account."
    ),
    Parameter(
        name=_US_BANK_ACCOUNT,
        kind=Hash((_ACCOUNT_NUMBER, _ROUTING_NUMBER, _HOLDER_TYPE, _ACCOUNT_TYPE)),
        required=True,
        description="The bank account.",
    ),
    _ALLOW_REDISPLAY,
    _BILLING_DETAILS,
    _BRIM,
    _METADATA,
    _expand("payment_method"),
)
PAYMENT_METHOD_UPDATE: Final = (
    _ALLOW_REDISPLAY,
    _BILLING_DETAILS,
    _METADATA,
    Parameter(
        name=_US_BANK_ACCOUNT,
        kind=Hash((_HOLDER_TYPE, _ACCOUNT_TYPE)),
        description="What may be corrected of the bank account.",
    ),
    _expand("payment_method"),
)
PAYMENT_METHOD_RETRIEVE: Final = (_expand("payment_method"),)
PAYMENT_METHOD_DETACH: Final = (_expand("payment_method"),)
PAYMENT_METHOD_LIST: Final = (
    Parameter(name="type", kind=Text(), description="Only payment methods of that type; there is one only."),
    *_PAGE,
    _expand("payment_method", in_list=True),
)
PAYMENT_METHOD_VERIFY: Final = (
    _AMOUNTS,
    Parameter(
        name="descriptor_code",
        kind=Text(),
        description="The code in the micro-deposit's descriptor, such as `SM11AA`, which is right in test mode.",
    ),
    _expand("payment_method"),
)

SOURCE_CREATE: Final = (
    Parameter(name="type", kind=Enum(("ach_debit",)), required=True, description="The kind: always an ACH debit."),
    Parameter(
        name="token",
        kind=Text(),
        required=True,
        description="The bank token that becomes the source; in test mode a test token too.",
    ),
    _BRIM,
    Parameter(name="currency", kind=CurrencyCode(), description="The currency; what the token says of it goes before."),
    _METADATA,
    _OWNER,
    Parameter(name="usage", kind=Enum(("reusable",)), description="Whether it can be debited again: always."),
    _expand("source"),
)
SOURCE_UPDATE: Final = (_METADATA, _OWNER, _expand("source"))
SOURCE_RETRIEVE: Final = (
    Parameter(name="client_secret", kind=Text(), description="The source's secret. Not needed with a secret key."),
    _expand("source"),
)
SOURCE_DETACH: Final = (_expand("source"),)
SOURCE_LIST: Final = (*_PAGE, _expand("source", in_list=True))
SOURCE_VERIFY: Final = (
    Parameter(
        name="values",
        kind=MicrodepositAmounts(),
        required=True,
        description="What the two micro-deposits were, in cents. In test mode 32 and 45.",
    ),
    _expand("source"),
)

TOKEN_CREATE: Final = (
    Parameter(
        name="bank_account",
        kind=Hash(
            (
                _ACCOUNT_NUMBER,
                Parameter(name="country", kind=Enum(("US",)), required=True, description="Where the bank is."),
                _ROUTING_NUMBER,
                Parameter(name="account_holder_name", kind=Text(), description="The holder's name."),
                _HOLDER_TYPE,
                _ACCOUNT_TYPE,
                Parameter(name="currency", kind=CurrencyCode(), description="The account's currency; usd if left out."),
            )
        ),
        required=True,
        description="The bank account.",
    ),
    _expand("token"),
)
TOKEN_RETRIEVE: Final = (_expand("token"),)

DEFAULT_FUNDING_SET: Final = (
    Parameter(name="currency", kind=CurrencyCode(), required=True, description="Which top-ups it shall pay for."),
    Parameter(
        name="funding_source",
        kind=Text(),
        required=True,
        description="The id of a verified payment method or source.",
    ),
)
DEFAULT_FUNDING_LIST: Final = (_expand("default_funding_source", in_list=True),)
EVENT_RETRY: Final = (
    Parameter(
        name="account",
        kind=Text(),
        description="Whose event it is, when a platform asks for an account under it.",
    ),
    Parameter(
        name="for_stripecli",
        kind=Boolean(),
        description="Whether only those get it who listen just now with a command line, and no endpoint.",
    ),
    Parameter(
        name="webhook_endpoint",
        kind=Text(),
        description="The id of the only endpoint that gets it; without it, all that ask for events of its type.",
    ),
    _expand("event"),
)

_URL: Final = Parameter(
    name="url",
    kind=Text(max_length=MAX_URL),
    required=True,
    description="Where events are sent. In live mode https only; in test mode private networks are reached too.",
)
_ENABLED_EVENTS: Final = Parameter(
    name="enabled_events",
    kind=EventTypes(),
    required=True,
    description="The types of events to send; `*` stands for all.",
)
_ENDPOINT_DESCRIPTION: Final = Parameter(
    name="description",
    kind=Text(max_length=MAX_ENDPOINT_DESCRIPTION, clearable=True),
    description="What the endpoint is for. Sent empty, it becomes null.",
)

WEBHOOK_ENDPOINT_CREATE: Final = (
    _ENABLED_EVENTS,
    _URL,
    Parameter(
        name="api_version",
        kind=ApiVersion(max_length=100),
        description="The version that events are written in, for good; without it that of this request.",
    ),
    Parameter(
        name="connect",
        kind=Boolean(),
        description="Whether the events of the accounts under this platform are sent, in place of its own.",
    ),
    _ENDPOINT_DESCRIPTION,
    _METADATA,
    _expand("webhook_endpoint"),
)
WEBHOOK_ENDPOINT_RETRIEVE: Final = (_expand("webhook_endpoint"),)
WEBHOOK_ENDPOINT_UPDATE: Final = (
    _ENDPOINT_DESCRIPTION,
    Parameter(
        name="disabled",
        kind=Boolean(),
        description="Whether nothing is sent; what was still to be sent then is given up.",
    ),
    _optional(_ENABLED_EVENTS),
    _METADATA,
    _optional(_URL),
    _expand("webhook_endpoint"),
)
WEBHOOK_ENDPOINT_LIST: Final = (*_PAGE, _expand("webhook_endpoint", in_list=True))
WEBHOOK_ENDPOINT_TEST: Final = (_expand("event"),)
WEBHOOK_ATTEMPT_LIST: Final = tuple(parameter for parameter in _PAGE if parameter.name != "ending_before")
WEBHOOK_ENDPOINT_ROLL: Final = (
    Parameter(
        name="expires_in",
        kind=BoundedInteger(least=0, most=LONGEST_OVERLAP_S),
        description=(
            "For how many seconds the old secret signs beside the new one: a day where nothing is said, 0 for a secret "
            "that has become known."
        ),
    ),
    _expand("webhook_endpoint"),
)
REQUEST_LOG_LIST: Final = (
    _created("requests"),
    Parameter(name="method", kind=Enum(("DELETE", "GET", "POST")), description="Only requests with that method."),
    Parameter(name="path", kind=Text(), description="Only requests of exactly that path, without its query."),
    Parameter(name="request_id", kind=Text(), description="Only the request that was answered under that id."),
    Parameter(
        name="source",
        kind=Enum(tuple(source.value for source in RequestSource)),
        description="Only requests that programs made, or only those that pages of the dashboard made.",
    ),
    Parameter(
        name="status",
        kind=IntegerRange(),
        description="Only requests that were answered with that HTTP status, or one between the given bounds.",
    ),
    *_PAGE,
)

MAX_CLI_FEATURES: Final = 10
CLI_TARGETS: Final = (
    *("forward_to_url", "forward_connect_to_url"),
    *("forward_thin_to_url", "forward_thin_connect_to_url"),
)
CLI_SESSION_CREATE: Final = (
    Parameter(
        name="device_name",
        kind=Text(max_length=200),
        required=True,
        description="The computer on which somebody listens; the secret that signs is one for each.",
    ),
    Parameter(
        name="websocket_features",
        kind=TextList(max_items=MAX_CLI_FEATURES),
        description="What to send: `webhooks` for events, `v2_events` for thin ones, `request_logs` for requests.",
    ),
    Parameter(name="filters", kind=Text(), description="Which requests to send, as JSON: the flags of `logs tail`."),
    *(
        Parameter(
            name=name, kind=Text(clearable=True), description="Where the CLI passes events on; it does so itself."
        )
        for name in CLI_TARGETS
    ),
)

_V2_PAGE: Final = (
    Parameter(
        name="limit",
        kind=ClampedInteger(least=1, most=MAX_LIMIT, default=DEFAULT_LIMIT),
        description="The most objects of one page. A number outside the bounds becomes the nearest inside.",
    ),
    Parameter(
        name="page",
        kind=PageToken(),
        description="Where the page is, as `next_page_url` and `previous_page_url` say it.",
    ),
)
V2_EVENT_LIST: Final = (
    Parameter(
        name="created",
        kind=TimestampRange(),
        description="Only events made between the given bounds, which are times in RFC 3339.",
    ),
    Parameter(name="object_id", kind=Text(), description="Only events about the object with this id."),
    Parameter(
        name="types",
        kind=TextList(max_items=MAX_EVENT_TYPES),
        description="Only events of one of those types, such as `v1.topup.created`; `*` stands for any ending.",
    ),
    *_V2_PAGE,
)

_TARGET: Final = Parameter(
    name="webhook_endpoint", kind=Hash((_URL,)), required=True, description="Where events are sent."
)
_INCLUDE: Final = Parameter(
    name="include",
    kind=Include(("webhook_endpoint.url",)),
    description="What the reply tells that it otherwise leaves null.",
)
_NAME: Final = Parameter(
    name="name", kind=Text(max_length=MAX_ENDPOINT_NAME), required=True, description="What you call the destination."
)
_DESTINATION_EVENTS: Final = Parameter(
    name="enabled_events",
    kind=DestinationEvents(),
    required=True,
    description="The types of events to send, such as `v1.topup.created`; `*` stands for all.",
)
EVENT_DESTINATION_CREATE: Final = (
    _DESTINATION_EVENTS,
    Parameter(
        name="event_payload",
        kind=Enum(tuple(sorted(EventPayload))),
        required=True,
        description="Whether an event tells which object it is about (`thin`) or what that looked like (`snapshot`).",
    ),
    _NAME,
    Parameter(
        name="type",
        kind=Enum(("webhook_endpoint",)),
        required=True,
        description="How events are sent: always by webhook.",
    ),
    _TARGET,
    _ENDPOINT_DESCRIPTION,
    Parameter(
        name="events_from",
        kind=EventsFrom(),
        description="Whose events are sent: your own (`@self`), or those of the accounts under you (`@accounts`).",
    ),
    Parameter(
        name="include",
        kind=Include(("webhook_endpoint.signing_secret", "webhook_endpoint.url")),
        description="What the reply tells that it otherwise leaves null. The secret is told here and never again.",
    ),
    _METADATA,
    Parameter(
        name="snapshot_api_version",
        kind=ApiVersion(max_length=100),
        description="The version that snapshots are written in, for good; without it that of this request.",
    ),
)
EVENT_DESTINATION_UPDATE: Final = (
    _ENDPOINT_DESCRIPTION,
    _optional(_DESTINATION_EVENTS),
    _INCLUDE,
    _METADATA,
    _optional(_NAME),
    _optional(_TARGET),
)
EVENT_DESTINATION_RETRIEVE: Final = (_INCLUDE,)
EVENT_DESTINATION_LIST: Final = (_INCLUDE, *_V2_PAGE)
