"""How webhook endpoints are written as event destinations, which is what the second version of the API calls them.

Neighbour: `webhooks.wire` writes the same endpoints for the first version. Source: the SDKs' types of
`v2.core.event_destination`.
"""

from typing import Annotated, Final

import msgspec

from brim.api.framework.schema import (
    DATE_TIME,
    LIVEMODE,
    METADATA,
    TEXT,
    constant,
    described,
    identifier,
    or_null,
)
from brim.api.resources.v2_core.event_wire import write_second
from brim.api.resources.webhooks.wire import PAYLOADS
from brim.base import json_codec
from brim.base.json_codec import encode
from brim.core.events import thin_name
from brim.core.webhooks import (
    EVENTS_OF_ACCOUNTS,
    MAX_DESCRIPTION,
    MAX_NAME,
    MAX_URL,
    OWN_EVENTS,
    Endpoint,
    EventPayload,
    OpenSecret,
)

BY_USER: Final = "user"


class DisabledDetails(msgspec.Struct, frozen=True, kw_only=True):
    """Why a destination is disabled.

    Stripe has no reason for a destination that was disabled after failures; `brim.delivery` of the endpoint has it.
    """

    reason: Annotated[
        str,
        described(
            "Always `user`: Stripe's API has no value for an endpoint that was disabled after failures.", const=BY_USER
        ),
    ]


class DestinationStatusDetails(msgspec.Struct, frozen=True, kw_only=True):
    """Details of a disabled destination."""

    disabled: Annotated[DisabledDetails, described("Why it is disabled.")]


class DestinationTarget(msgspec.Struct, frozen=True, kw_only=True):
    """Where events are sent. Attributes are null unless you include them."""

    signing_secret: Annotated[
        str | None,
        described(
            "The secret that signs deliveries. Null unless you include it when you create the destination.", **TEXT
        ),
    ] = None
    url: Annotated[
        str | None,
        described("The URL that events are sent to. Null unless you include it.", format="uri", maxLength=MAX_URL),
    ] = None


class EventDestinationObject(msgspec.Struct, frozen=True, kw_only=True):
    """A webhook endpoint as an event destination. Times are in RFC 3339."""

    id: Annotated[str, identifier("(we|ed)", "event destination")]
    object: Annotated[str, constant("v2.core.event_destination")] = "v2.core.event_destination"
    amazon_eventbridge: Annotated[None, described("Always null: events are sent by webhook only.")] = None
    azure_event_grid: Annotated[None, described("Always null: events are sent by webhook only.")] = None
    created: Annotated[str, described("When it was created. Real time, also under a test clock.", **DATE_TIME)]
    description: Annotated[str, described("An arbitrary string that says what it is for.", maxLength=MAX_DESCRIPTION)]
    enabled_events: Annotated[
        tuple[str, ...],
        described("The types of events that are sent. `*` stands for every type, including later ones."),
    ]
    event_payload: Annotated[str, described("How much of an event is sent.", enum=PAYLOADS)]
    events_from: Annotated[
        tuple[str, ...],
        described("Whose events are sent: those of your own account (`@self`) or of connected accounts (`@accounts`)."),
    ]
    livemode: Annotated[bool, LIVEMODE]
    metadata: Annotated[dict[str, str], METADATA]
    name: Annotated[str, described("The name that you gave it. Its id if it has none.", maxLength=MAX_NAME)]
    snapshot_api_version: Annotated[
        str | None, described("The API version of snapshots. Null for thin events.", **TEXT)
    ]
    status: Annotated[str, described("Whether events are sent to it.", enum=["disabled", "enabled"])]
    status_details: Annotated[
        DestinationStatusDetails | None,
        described(
            "Why it is disabled. Null while it is enabled.", **or_null("v2.core.event_destination_status_details")
        ),
    ]
    type: Annotated[str, described("The type of destination.", const="webhook_endpoint")] = "webhook_endpoint"
    updated: Annotated[str, described("When it was last changed. Real time, also under a test clock.", **DATE_TIME)]
    webhook_endpoint: Annotated[DestinationTarget, described("The webhook endpoint.")]


class DeletedDestination(msgspec.Struct, frozen=True, kw_only=True):
    """A deleted destination."""

    id: Annotated[str, described("The id of the deleted object.", **TEXT)]
    object: Annotated[str, constant("v2.core.event_destination")] = "v2.core.event_destination"


def destination_json(endpoint: Endpoint, *, with_url: bool = False, secret: str | None = None) -> bytes:
    """Return an endpoint's compact JSON as an event destination.

    Args:
        endpoint: what to write; one that was made as an endpoint has its id for a name.
        with_url: whether to tell its URL.
        secret: told in this reply; None leaves it out.
    """
    is_thin = endpoint.event_payload is EventPayload.THIN
    names = endpoint.enabled_events
    return encode(
        EventDestinationObject(
            id=endpoint.id,
            created=write_second(endpoint.created),
            description=endpoint.description or "",
            enabled_events=tuple(map(thin_name, names)) if is_thin else names,
            event_payload=endpoint.event_payload,
            events_from=(EVENTS_OF_ACCOUNTS if endpoint.connect else OWN_EVENTS,),
            livemode=endpoint.scope.livemode,
            metadata=dict(sorted(endpoint.metadata.items())),
            name=endpoint.name or endpoint.id,
            snapshot_api_version=None if is_thin else endpoint.rendered_version,
            status="enabled" if endpoint.is_enabled else "disabled",
            status_details=_status_details(endpoint),
            updated=write_second(endpoint.updated or endpoint.created),
            webhook_endpoint=DestinationTarget(signing_secret=secret, url=endpoint.url if with_url else None),
        )
    )


def reveal_secret(body: bytes, open_secret: OpenSecret) -> bytes:
    """Return a destination's reply with the secret in it opened, where it has one."""
    reply = json_codec.decode(body, type=EventDestinationObject)
    sealed = reply.webhook_endpoint.signing_secret
    if sealed is None:
        return body
    target = msgspec.structs.replace(reply.webhook_endpoint, signing_secret=open_secret(reply.id, sealed))
    return encode(msgspec.structs.replace(reply, webhook_endpoint=target))


def _status_details(endpoint: Endpoint) -> DestinationStatusDetails | None:
    if endpoint.is_enabled:
        return None
    return DestinationStatusDetails(disabled=DisabledDetails(reason=BY_USER))
