"""How events are written for clients, as snapshots. Source of every field: Stripe API reference and SDK types (Event).

Neighbour: `v2_core.event_wire` has the thin form.
"""

import msgspec

from brim.base.json_codec import encode
from brim.core.events import Event


class EventData(msgspec.Struct, frozen=True):
    """What an event is about, as it was then."""

    object: msgspec.Raw


class EventRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Which request caused an event; both null for what the bank did."""

    id: str | None
    idempotency_key: str | None


class EventExtras(msgspec.Struct, frozen=True):
    """What Brim knows of an event beyond the vendor's object: its number among all of its account's, without a gap."""

    sequence: int


class EventObject(msgspec.Struct, frozen=True, kw_only=True):
    """The Event object (snapshot). `account` is there only for the platform of the account that it happened in."""

    id: str
    object: str = "event"
    account: str | msgspec.UnsetType = msgspec.UNSET
    api_version: str
    brim: EventExtras | msgspec.UnsetType = msgspec.UNSET
    created: int
    data: EventData
    livemode: bool
    pending_webhooks: int = 0
    request: EventRequest
    type: str


def event_json(
    event: Event, *, pending_webhooks: int = 0, account: str | None = None, sequence: int | None = None
) -> bytes:
    """Return an event's compact JSON; its object is the snapshot taken when it happened.

    Args:
        event: what to write.
        pending_webhooks: how many endpoints have not received it yet.
        account: whose event it is, where a platform reads it; else None.
        sequence: its number, where it was asked for; else None.
    """
    return encode(
        EventObject(
            id=event.id,
            account=account or msgspec.UNSET,
            api_version=event.api_version,
            brim=msgspec.UNSET if sequence is None else EventExtras(sequence),
            created=event.created,
            data=EventData(msgspec.Raw(event.payload)),
            livemode=event.scope.livemode,
            pending_webhooks=pending_webhooks,
            request=EventRequest(id=event.request_id, idempotency_key=event.idempotency_key),
            type=event.type,
        )
    )
