"""The schemas of what is below `/v2/core`: event destinations and thin events."""

from typing import Final

from brim.api.framework.params import Schema
from brim.api.framework.schema import DATE_TIME, LIVEMODE, METADATA, TEXT, Component, constant, identifier, or_null
from brim.api.resources.v2_core import destination_wire, event_wire
from brim.api.resources.webhooks.schema import PAYLOADS
from brim.core import events
from brim.core.events import EventType
from brim.core.webhooks import MAX_DESCRIPTION, MAX_NAME, MAX_URL

_DESTINATION: Final[dict[str, Schema]] = {
    "id": identifier("(we|ed)", "event destination"),
    "object": constant("v2.core.event_destination"),
    "amazon_eventbridge": {"description": "Always null: events are sent by webhook only."},
    "azure_event_grid": {"description": "Always null: events are sent by webhook only."},
    "created": {"description": "When it was made, in real time.", **DATE_TIME},
    "description": {"description": "What it is for.", "maxLength": MAX_DESCRIPTION},
    "enabled_events": {"description": "The types of events that are sent; `*` for all."},
    "event_payload": {"description": "What is sent of an event.", "enum": PAYLOADS},
    "events_from": {"description": "Whose events are sent: `@self` or `@accounts`."},
    "livemode": LIVEMODE,
    "metadata": METADATA,
    "name": {"description": "What you call it; its id where it has no name.", "maxLength": MAX_NAME},
    "snapshot_api_version": {"description": "The version of snapshots; null where thin events are sent.", **TEXT},
    "status": {"description": "Whether events are sent to it.", "enum": ["disabled", "enabled"]},
    "status_details": {
        "description": "Why it is disabled; null while it is enabled.",
        **or_null("v2.core.event_destination_status_details"),
    },
    "type": {"description": "How events are sent.", "const": "webhook_endpoint"},
    "updated": {"description": "When it was changed last, in real time.", **DATE_TIME},
    "webhook_endpoint": {"description": "Where events are sent."},
}
_DESTINATION_STATUS_DETAILS: Final[dict[str, Schema]] = {"disabled": {"description": "Why it is disabled."}}
_DESTINATION_DISABLED: Final[dict[str, Schema]] = {
    "reason": {
        "description": "Always `user`: the vendor's API has no word for an endpoint that failed for three days.",
        "const": destination_wire.BY_USER,
    },
}
_DESTINATION_TARGET: Final[dict[str, Schema]] = {
    "signing_secret": {"description": "What deliveries are signed with; null unless included in a create.", **TEXT},
    "url": {"description": "Where events are sent; null unless included.", "format": "uri", "maxLength": MAX_URL},
}
_DELETED_DESTINATION: Final[dict[str, Schema]] = {
    "id": {"description": "The id it had.", **TEXT},
    "object": constant("v2.core.event_destination"),
}
_THIN_EVENT: Final[dict[str, Schema]] = {
    "id": identifier("evt", "event"),
    "object": constant("v2.core.event"),
    "changes": {"description": "Always null: what changed is read from the object."},
    "context": {"description": "Whose event it is, where a platform is told; else null.", **TEXT},
    "created": {"description": "When it happened, in the account's time.", **DATE_TIME},
    "livemode": LIVEMODE,
    "reason": {
        "description": "The request that caused it; null for what happened by itself.",
        **or_null("v2.core.event_reason"),
    },
    "related_object": {"description": "Which object it is about."},
    "snapshot_event": {"description": "The id of the same event in snapshot form: the same.", **TEXT},
    "type": {"description": "What happened.", "enum": [events.thin_name(kind) for kind in EventType]},
}
_RELATED_OBJECT: Final[dict[str, Schema]] = {
    "id": {"description": "Its id; null for a balance, of which an account has one.", **TEXT},
    "type": {"description": "The kind of object.", **TEXT},
    "url": {"description": "Where it is read.", **TEXT},
}
_REASON: Final[dict[str, Schema]] = {
    "type": {"description": "The kind of reason.", "const": "request"},
    "request": {"description": "The request."},
}
_REASON_REQUEST: Final[dict[str, Schema]] = {
    "id": {"description": "The request's id.", **TEXT},
    "idempotency_key": {"description": "The key it came under; null where it had none.", **TEXT},
}

CORE: Final = (
    Component(destination_wire.EventDestinationObject, "v2.core.event_destination", _DESTINATION),
    Component(
        destination_wire.DestinationStatusDetails,
        "v2.core.event_destination_status_details",
        _DESTINATION_STATUS_DETAILS,
    ),
    Component(destination_wire.DisabledDetails, "v2.core.event_destination_disabled", _DESTINATION_DISABLED),
    Component(destination_wire.DestinationTarget, "v2.core.event_destination_webhook_endpoint", _DESTINATION_TARGET),
    Component(destination_wire.DeletedDestination, "v2.core.deleted_event_destination", _DELETED_DESTINATION),
    Component(event_wire.ThinEventObject, "v2.core.event", _THIN_EVENT),
    Component(event_wire.RelatedObject, "v2.core.event_related_object", _RELATED_OBJECT),
    Component(event_wire.Reason, "v2.core.event_reason", _REASON),
    Component(event_wire.ReasonRequest, "v2.core.event_reason_request", _REASON_REQUEST),
)
