"""The parameters of every operation, in the order in which their errors are reported.

Source: the parameter types of the official SDKs and the published schemas; where they leave a bound open it is
ours. Neighbours: `operations` puts these into the table, `kinds` has what they may hold.
"""

from typing import Final

from brim.api.kinds import (
    Amount,
    Boolean,
    ClampedInteger,
    CurrencyCode,
    Descriptor,
    Enum,
    Expand,
    Integer,
    IntegerRange,
    Metadata,
    Text,
    TextList,
)
from brim.api.params import Hash, Parameter
from brim.domain.clocks import MAX_NAME
from brim.domain.ledger import TransferKind
from brim.domain.pages import DEFAULT_LIMIT, MAX_LIMIT
from brim.domain.topups import MAX_DESCRIPTION, Status
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
        description="An id: the page holds the objects just newer than this one. Not with `starting_after`.",
    ),
    Parameter(
        name="limit",
        kind=ClampedInteger(least=1, most=MAX_LIMIT, default=DEFAULT_LIMIT),
        description="The most objects of one page. A number outside the bounds becomes the nearest inside.",
    ),
    Parameter(
        name="starting_after",
        kind=Text(),
        description="An id: the page holds the objects older than this one. Not with `ending_before`.",
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
    _created("events"),
    Parameter(
        name="delivery_success",
        kind=Boolean(),
        description="Only events that every webhook endpoint has received, or only those that some has not.",
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

REQUEST_LOG_LIST: Final = (
    _created("requests"),
    Parameter(name="method", kind=Enum(("DELETE", "GET", "POST")), description="Only requests with that method."),
    Parameter(name="path", kind=Text(), description="Only requests of exactly that path, without its query."),
    Parameter(name="request_id", kind=Text(), description="Only the request that was answered under that id."),
    Parameter(
        name="status",
        kind=IntegerRange(),
        description="Only requests that were answered with that HTTP status, or one between the given bounds.",
    ),
    *_PAGE,
)

MAX_CLI_FEATURES: Final = 10
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
        description="What to send: `webhooks` for events, `request_logs` for requests.",
    ),
    Parameter(name="filters", kind=Text(), description="Which requests to send, as JSON: the flags of `logs tail`."),
    *(
        Parameter(
            name=name, kind=Text(clearable=True), description="Where the CLI passes events on; it does so itself."
        )
        for name in (
            *("forward_to_url", "forward_connect_to_url"),
            *("forward_thin_to_url", "forward_thin_connect_to_url"),
        )
    ),
)
