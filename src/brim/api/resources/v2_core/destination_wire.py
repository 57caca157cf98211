"""How webhook endpoints are written as event destinations, which is what the second version of the API calls them.

Neighbour: `webhooks.wire` writes the same endpoints for the first version. Source: the SDKs' types of
`v2.core.event_destination`.
"""

from typing import Final

import msgspec

from brim.api.resources.v2_core.event_wire import write_second
from brim.base import json_codec
from brim.base.json_codec import encode
from brim.core.events import thin_name
from brim.core.webhooks import EVENTS_OF_ACCOUNTS, OWN_EVENTS, Endpoint, EventPayload, OpenSecret

BY_USER: Final = "user"


class DisabledDetails(msgspec.Struct, frozen=True, kw_only=True):
    """Why a destination is turned off: always `user`, the only one of the vendor's words that could be meant.

    They have none for a destination that only ever failed; `brim.delivery` of the endpoint tells that.
    """

    reason: str


class DestinationStatusDetails(msgspec.Struct, frozen=True, kw_only=True):
    """What there is to say of a destination that is turned off."""

    disabled: DisabledDetails


class DestinationTarget(msgspec.Struct, frozen=True, kw_only=True):
    """Where events are sent; each is null unless it was asked for, and the secret but once."""

    signing_secret: str | None = None
    url: str | None = None


class EventDestinationObject(msgspec.Struct, frozen=True, kw_only=True):
    """A webhook endpoint as an event destination. Times are in RFC 3339."""

    id: str
    object: str = "v2.core.event_destination"
    amazon_eventbridge: None = None
    azure_event_grid: None = None
    created: str
    description: str
    enabled_events: tuple[str, ...]
    event_payload: str
    events_from: tuple[str, ...]
    livemode: bool
    metadata: dict[str, str]
    name: str
    snapshot_api_version: str | None
    status: str
    status_details: DestinationStatusDetails | None
    type: str = "webhook_endpoint"
    updated: str
    webhook_endpoint: DestinationTarget


class DeletedDestination(msgspec.Struct, frozen=True, kw_only=True):
    """What is left of a destination that was deleted."""

    id: str
    object: str = "v2.core.event_destination"


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
