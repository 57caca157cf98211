"""How events are written for clients, as snapshots. Source of every field: Stripe API reference and SDK types (Event).

Neighbour: `v2_core.event_wire` has the thin form.
"""

from typing import Annotated, Final

import msgspec

from brim.api.framework.schema import LIVEMODE, REFERENCE, TEXT, TIME, constant, described, identifier
from brim.base.json_codec import encode
from brim.core.events import Event, EventType

_SUBJECTS: Final = (
    "topup",
    "balance",
    "test_helpers.test_clock",
    "v2.core.event_destination",
    "brim.ach_file",
    "brim.break",
    "brim.incoming_transfer",
    "reporting.report_run",
)


class EventData(msgspec.Struct, frozen=True):
    """The object that an event is about, as it was when the event occurred."""

    object: Annotated[
        msgspec.Raw,
        described(
            "The object as it was when the event occurred. Retrieve it by its id for its current state.",
            anyOf=[{"$ref": REFERENCE.format(name=name)} for name in _SUBJECTS],
        ),
    ]


class EventRequest(msgspec.Struct, frozen=True, kw_only=True):
    """The API request that caused an event. Both attributes are null if a bank caused it."""

    id: Annotated[
        str | None,
        described(
            "The API request that caused the event, by its id. Null if a bank, a test clock or a schedule caused it.",
            **TEXT,
        ),
    ]
    idempotency_key: Annotated[
        str | None, described("The idempotency key of that request. Null if it had none.", maxLength=255)
    ]


class EventExtras(msgspec.Struct, frozen=True):
    """What Brim adds to an event: its number among all events of its account, without gaps."""

    sequence: Annotated[
        int,
        described(
            "Its number among all events of its account and mode. Numbers have no gaps, so a missing one shows a "
            "missed event.",
            minimum=1,
        ),
    ]


class EventObject(msgspec.Struct, frozen=True, kw_only=True):
    """The Event object (snapshot)."""

    id: Annotated[str, identifier("evt", "event")]
    object: Annotated[str, constant("event")] = "event"
    account: Annotated[
        str | msgspec.UnsetType,
        described("The connected account in which the event occurred. Only present if a platform reads it.", **TEXT),
    ] = msgspec.UNSET
    api_version: Annotated[
        str,
        described(
            "The API version that the event states: in a delivery the webhook endpoint's, otherwise that of the "
            "request that caused the event. `data` is the same in every version.",
            **TEXT,
        ),
    ]
    brim: Annotated[
        EventExtras | msgspec.UnsetType,
        described("What Brim adds to the Stripe object. Only present in a list with `after_sequence`."),
    ] = msgspec.UNSET
    created: Annotated[
        int, described("When the event occurred, in Unix seconds; under a test clock, in the clock's time.", **TIME)
    ]
    data: Annotated[EventData, described("The object that the event is about.")]
    livemode: Annotated[bool, LIVEMODE]
    pending_webhooks: Annotated[
        int,
        described(
            "How many webhook endpoints have not received the event yet. It decreases as they respond with a 2xx "
            "status, or are no longer tried.",
            minimum=0,
        ),
    ] = 0
    request: Annotated[EventRequest, described("The API request that caused the event.")]
    type: Annotated[
        str,
        described(
            "What occurred. The part before the last dot names the object.", enum=[kind.value for kind in EventType]
        ),
    ]


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
