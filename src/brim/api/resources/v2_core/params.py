"""The parameters of the operations below `/v2/core`. Source: Stripe API reference, v2 Events and Event Destinations."""

from typing import Final

from brim.api.framework.common_params import LIMIT, METADATA, optional
from brim.api.framework.kinds import Enum, Text, TextList
from brim.api.framework.params import Hash, Parameter
from brim.api.framework.v2_kinds import DestinationEvents, EventsFrom, Include, PageToken, TimestampRange
from brim.api.resources.events.params import MAX_EVENT_TYPES
from brim.api.resources.webhooks.kinds import ApiVersion
from brim.api.resources.webhooks.params import ENDPOINT_DESCRIPTION, URL
from brim.core.webhooks import MAX_NAME, EventPayload

_V2_PAGE: Final = (
    LIMIT,
    Parameter(
        name="page",
        kind=PageToken(),
        description="The page to return, as in `next_page_url` and `previous_page_url`.",
    ),
)
V2_EVENT_LIST: Final = (
    Parameter(
        name="created",
        kind=TimestampRange(),
        description="Only events created within these bounds, in RFC 3339 or in Unix seconds.",
    ),
    Parameter(name="object_id", kind=Text(), description="Only events about the object with this id."),
    Parameter(
        name="types",
        kind=TextList(max_items=MAX_EVENT_TYPES),
        description="Only events of these types, such as `v1.topup.created`. `*` stands for any ending.",
    ),
    *_V2_PAGE,
)

_TARGET: Final = Parameter(
    name="webhook_endpoint", kind=Hash((URL,)), required=True, description="Where events are sent."
)
_INCLUDE: Final = Parameter(
    name="include",
    kind=Include(("webhook_endpoint.url",)),
    description="Which attributes to include in the response; they are null otherwise.",
)
_NAME: Final = Parameter(
    name="name", kind=Text(max_length=MAX_NAME), required=True, description="A name for the destination."
)
_DESTINATION_EVENTS: Final = Parameter(
    name="enabled_events",
    kind=DestinationEvents(),
    required=True,
    description="The types of events to send, such as `v1.topup.created`. `*` stands for every type.",
)
EVENT_DESTINATION_CREATE: Final = (
    _DESTINATION_EVENTS,
    Parameter(
        name="event_payload",
        kind=Enum(tuple(sorted(EventPayload))),
        required=True,
        description="How much of an event to send.",
    ),
    _NAME,
    Parameter(
        name="type",
        kind=Enum(("webhook_endpoint",)),
        required=True,
        description="The type of destination.",
    ),
    _TARGET,
    ENDPOINT_DESCRIPTION,
    Parameter(
        name="events_from",
        kind=EventsFrom(),
        description="Whose events to send.",
    ),
    Parameter(
        name="include",
        kind=Include(("webhook_endpoint.signing_secret", "webhook_endpoint.url")),
        description=(
            "Which attributes to include in the response; they are null otherwise. The secret can only be included "
            "here."
        ),
    ),
    METADATA,
    Parameter(
        name="snapshot_api_version",
        kind=ApiVersion(max_length=100),
        description=(
            "The API version to render snapshots in. It can't be changed later. By default, the version of "
            "this request."
        ),
    ),
)
EVENT_DESTINATION_UPDATE: Final = (
    ENDPOINT_DESCRIPTION,
    optional(_DESTINATION_EVENTS),
    _INCLUDE,
    METADATA,
    optional(_NAME),
    optional(_TARGET),
)
EVENT_DESTINATION_RETRIEVE: Final = (_INCLUDE,)
EVENT_DESTINATION_LIST: Final = (_INCLUDE, *_V2_PAGE)
