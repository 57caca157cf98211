"""The parameters of the operations on webhook endpoints. Source: Stripe API reference, Webhook Endpoints."""

from typing import Final

from brim.api.framework.common_params import ATTEMPT_LIST, METADATA, PAGE, created, expand, optional
from brim.api.framework.kinds import MAX_BIGINT, Boolean, BoundedInteger, Text
from brim.api.framework.params import Parameter
from brim.api.resources.webhooks.kinds import ApiVersion, EventTypes
from brim.core.webhooks import LONGEST_OVERLAP_S, MAX_DESCRIPTION, MAX_URL

URL: Final = Parameter(
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
ENDPOINT_DESCRIPTION: Final = Parameter(
    name="description",
    kind=Text(max_length=MAX_DESCRIPTION, clearable=True),
    description="What the endpoint is for. Sent empty, it becomes null.",
)

WEBHOOK_ENDPOINT_CREATE: Final = (
    _ENABLED_EVENTS,
    URL,
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
    ENDPOINT_DESCRIPTION,
    METADATA,
    expand("webhook_endpoint"),
)
WEBHOOK_ENDPOINT_RETRIEVE: Final = (expand("webhook_endpoint"),)
WEBHOOK_ENDPOINT_UPDATE: Final = (
    ENDPOINT_DESCRIPTION,
    Parameter(
        name="disabled",
        kind=Boolean(),
        description="Whether nothing is sent; what was still to be sent then is given up.",
    ),
    optional(_ENABLED_EVENTS),
    METADATA,
    optional(URL),
    expand("webhook_endpoint"),
)
WEBHOOK_ENDPOINT_LIST: Final = (*PAGE, expand("webhook_endpoint", in_list=True))
WEBHOOK_ENDPOINT_TEST: Final = (
    Parameter(
        name="type",
        kind=Text(),
        description="The type of event to send. By default, the newest event that the endpoint subscribes to.",
    ),
    expand("event"),
)
WEBHOOK_ENDPOINT_RESEND: Final = (
    Parameter(
        name="since",
        kind=BoundedInteger(least=0, most=MAX_BIGINT),
        required=True,
        description="Only events created at that time or later, in Unix seconds.",
    ),
    Parameter(
        name="include_delivered",
        kind=Boolean(),
        description="Whether to resend events that the endpoint has received, too. Default: false.",
    ),
    Parameter(
        name="cursor",
        kind=Text(),
        description="Where to continue: `next` of an earlier reply with the same `since`.",
    ),
)
ENDPOINT_ATTEMPT_LIST: Final = (
    Parameter(name="failed", kind=Boolean(), description="Only attempts that failed, if true."),
    created("attempts"),
    *ATTEMPT_LIST,
)
WEBHOOK_ENDPOINT_ROLL: Final = (
    Parameter(
        name="expires_in",
        kind=BoundedInteger(least=0, most=LONGEST_OVERLAP_S),
        description=(
            "For how many seconds the old secret signs beside the new one: a day where nothing is said, 0 for a secret "
            "that has become known."
        ),
    ),
    expand("webhook_endpoint"),
)
