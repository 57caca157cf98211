"""The schemas of events."""

from typing import Final

from brim.api.framework.params import Schema
from brim.api.framework.schema import LIVEMODE, REFERENCE, TEXT, TIME, Component, constant, identifier
from brim.api.resources.events import wire as event_wire
from brim.core.events import EventType

_EVENT: Final[dict[str, Schema]] = {
    "id": identifier("evt", "event"),
    "object": constant("event"),
    "account": {"description": "Whose event it is, where a platform reads it; else left out.", **TEXT},
    "api_version": {"description": "The version of the API in which the object in `data` is written.", **TEXT},
    "brim": {"description": "What is known beyond the rest; there only in a list with `after_sequence`."},
    "created": {"description": "When it happened.", **TIME},
    "data": {"description": "What it is about."},
    "livemode": LIVEMODE,
    "pending_webhooks": {"description": "How many endpoints have not received it yet.", "minimum": 0},
    "request": {"description": "What caused it."},
    "type": {"description": "What happened.", "enum": [kind.value for kind in EventType]},
}
_SUBJECTS: Final = ("topup", "balance", "test_helpers.test_clock", "v2.core.event_destination")
_EVENT_EXTRAS: Final[dict[str, Schema]] = {
    "sequence": {"description": "Its number among all events of its account and mode, without a gap.", "minimum": 1},
}
_EVENT_DATA: Final[dict[str, Schema]] = {
    "object": {
        "description": "The object as it was when the event happened.",
        "anyOf": [{"$ref": REFERENCE.format(name=name)} for name in _SUBJECTS],
    },
}
_EVENT_REQUEST: Final[dict[str, Schema]] = {
    "id": {"description": "The request's id; null for what the bank did.", **TEXT},
    "idempotency_key": {"description": "The key that the request was made under, if any.", "maxLength": 255},
}

EVENTS: Final = (
    Component(event_wire.EventObject, "event", _EVENT),
    Component(event_wire.EventExtras, "event_extras", _EVENT_EXTRAS),
    Component(event_wire.EventData, "event_data", _EVENT_DATA),
    Component(event_wire.EventRequest, "event_request", _EVENT_REQUEST),
)
