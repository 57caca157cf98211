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
    description=(
        "The URL to send events to. In live mode it must be https; in test mode it can be in a private network, too."
    ),
)
_ENABLED_EVENTS: Final = Parameter(
    name="enabled_events",
    kind=EventTypes(),
    required=True,
    description="The types of events to send. `*` stands for every type, including later ones.",
)
ENDPOINT_DESCRIPTION: Final = Parameter(
    name="description",
    kind=Text(max_length=MAX_DESCRIPTION, clearable=True),
    description="An arbitrary string that says what the endpoint is for. Send an empty string to remove it.",
)

WEBHOOK_ENDPOINT_CREATE: Final = (
    _ENABLED_EVENTS,
    URL,
    Parameter(
        name="api_version",
        kind=ApiVersion(max_length=100),
        description=(
            "The API version to render events in. It can't be changed later. By default, the version of this request."
        ),
    ),
    Parameter(
        name="connect",
        kind=Boolean(),
        description="Whether to send the events of connected accounts instead of your own.",
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
        description="Whether to disable the endpoint. Pending events are discarded; they can be resent later.",
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
        description="Where to continue: the `next` of an earlier response with the same `since`.",
    ),
)
ENDPOINT_ATTEMPT_LIST: Final = (
    Parameter(name="failed", kind=Boolean(), description="If `true`, only failed attempts."),
    created("attempts"),
    *ATTEMPT_LIST,
)
WEBHOOK_ENDPOINT_ROLL: Final = (
    Parameter(
        name="expires_in",
        kind=BoundedInteger(least=0, most=LONGEST_OVERLAP_S),
        description=(
            "For how many seconds deliveries are also signed with the old secret. The default is a day; send 0 if "
            "the secret is compromised."
        ),
    ),
    expand("webhook_endpoint"),
)
