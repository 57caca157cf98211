"""Thin events: an event written as a notification that names its object instead of showing it.

One event has both forms under one id, so whoever is told of it in one form can look it up in the other. Neighbour:
`events.wire` has the snapshot form. Source: the SDKs' types of `v2.core.event` and of each `v1.*` notification.
"""

from datetime import UTC, datetime
from typing import Annotated

import msgspec

from brim.api.framework.schema import (
    DATE_TIME,
    LIVEMODE,
    TEXT,
    constant,
    described,
    identifier,
    or_null,
)
from brim.base.json_codec import encode
from brim.core import events
from brim.core.events import OBJECT_OF_EVENT, OBJECT_TYPES, Event, EventType, thin_name


class RelatedObject(msgspec.Struct, frozen=True, kw_only=True):
    """The object that an event is about.

    It is always present, because libraries that don't know an event's type read the id without checking for one.
    Source: `RelatedObject` in the official PHP SDK 21.0 and `UnknownEventNotification` in Python's 16.1.
    """

    id: Annotated[str | None, described("Its id; null for a balance, because an account has only one.", **TEXT)]
    type: Annotated[str, described("The kind of object.", **TEXT)]
    url: Annotated[str, described("The path to retrieve it by.", **TEXT)]


class ReasonRequest(msgspec.Struct, frozen=True, kw_only=True):
    """The API request that caused an event, and its idempotency key.

    It is omitted without a request: the SDKs' types don't allow null.
    """

    id: Annotated[str, described("The request's id.", **TEXT)]
    idempotency_key: Annotated[str, described("Its idempotency key; empty if it had none.", **TEXT)]


class Reason(msgspec.Struct, frozen=True, kw_only=True):
    """Why an event happened."""

    type: Annotated[str, described("The type of reason.", const="request")] = "request"
    request: Annotated[ReasonRequest, described("The request.")]


class ThinEventObject(msgspec.Struct, frozen=True, kw_only=True):
    """A thin event."""

    id: Annotated[str, identifier("evt", "event")]
    object: Annotated[str, constant("v2.core.event")] = "v2.core.event"
    changes: Annotated[None, described("Always null: what changed is read from the object.")] = None
    context: Annotated[
        str | None,
        described("The connected account in which the event occurred, if a platform reads it. Otherwise null.", **TEXT),
    ]
    created: Annotated[str, described("When the event occurred; under a test clock, in the clock's time.", **DATE_TIME)]
    livemode: Annotated[bool, LIVEMODE]
    reason: Annotated[
        Reason | None,
        described(
            "The API request that caused the event. Null if a bank, a test clock or a schedule caused it.",
            **or_null("v2.core.event_reason"),
        ),
    ]
    related_object: Annotated[RelatedObject, described("The object that the event is about. Retrieve it by its `url`.")]
    snapshot_event: Annotated[str, described("The id of the snapshot event, which is this event's own.", **TEXT)]
    type: Annotated[str, described("What occurred.", enum=[events.thin_name(kind) for kind in EventType])]


def write_second(second: int) -> str:
    """Return a Unix second as the second version of the API writes times, such as `2026-11-22T05:14:22.000Z`."""
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def read_second(time: str) -> int:
    """Return the Unix second of a time as `write_second` writes it."""
    return round(datetime.fromisoformat(time).timestamp())


def thin_json(event: Event, *, context: str | None = None) -> bytes:
    """Return an event's compact JSON in thin form, as it is read from the API.

    Args:
        event: what to write.
        context: whose event it is, where a platform is told; None for one's own.
    """
    return encode(_thin(event, context))


def notification_json(event: Event, *, context: str | None = None) -> bytes:
    """Return an event's compact JSON in thin form, as it is delivered.

    What nobody asked for has no `reason` then, not a null one: the official PHP SDK looks into whatever stands there,
    and its warning is an exception in most frameworks. Source: `EventNotification` in version 21.0 of it.

    Args:
        event: what to write.
        context: whose event it is, where a platform is told; None for one's own.
    """
    fields = msgspec.structs.asdict(_thin(event, context))
    if fields["reason"] is None:
        del fields["reason"]
    return encode(fields)


def _thin(event: Event, context: str | None) -> ThinEventObject:
    return ThinEventObject(
        id=event.id,
        context=context,
        created=write_second(event.created),
        livemode=event.scope.livemode,
        reason=_reason(event),
        related_object=_related_object(event),
        snapshot_event=event.id,
        type=thin_name(event.type),
    )


def _reason(event: Event) -> Reason | None:
    if event.request_id is None:
        return None
    return Reason(request=ReasonRequest(id=event.request_id, idempotency_key=event.idempotency_key or ""))


def _related_object(event: Event) -> RelatedObject:
    object_type = OBJECT_TYPES[event.type]
    place = OBJECT_OF_EVENT[event.type]
    if place.is_only_one:
        return RelatedObject(id=None, type=object_type, url=place.path)
    return RelatedObject(id=event.object_id, type=object_type, url=place.path + event.object_id)
