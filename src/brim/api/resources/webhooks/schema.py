"""The schemas of webhook endpoints, and what was tried with them."""

from typing import Final

from brim.api.framework.params import Schema
from brim.api.framework.schema import LIVEMODE, METADATA, TEXT, TIME, Component, constant, identifier
from brim.api.resources.webhooks import wire as webhook_wire
from brim.core.webhooks import MAX_DESCRIPTION, MAX_URL, DeliveryState, EventPayload, Outcome

PAYLOADS: Final = sorted(payload.value for payload in EventPayload)
_WEBHOOK_ENDPOINT: Final[dict[str, Schema]] = {
    "id": identifier("(we|ed)", "webhook endpoint"),
    "object": constant("webhook_endpoint"),
    "api_version": {"description": "The version of the API that was asked for, in which events are written.", **TEXT},
    "application": {"description": "The platform's application, where its accounts' events are sent.", **TEXT},
    "brim": {"description": "What is known beyond the rest; there only when `brim.delivery` is expanded."},
    "created": {"description": "When it was made, in real time.", **TIME},
    "description": {"description": "What it is for.", "maxLength": MAX_DESCRIPTION},
    "enabled_events": {"description": "The types of events that are sent; `*` for all."},
    "livemode": LIVEMODE,
    "metadata": METADATA,
    "secret": {"description": "What deliveries are signed with; only in the reply that makes it.", **TEXT},
    "status": {"description": "Whether events are sent to it.", "enum": ["disabled", "enabled"]},
    "url": {"description": "Where events are sent.", "format": "uri", "maxLength": MAX_URL},
}
_ENDPOINT_EXTRAS: Final[dict[str, Schema]] = {"delivery": {"description": "How it is served."}}
_ENDPOINT_DELIVERY: Final[dict[str, Schema]] = {
    "connect": {"description": "Whether it gets the events of the accounts under this platform, not its own."},
    "disabled_at": {"description": "When it was disabled, in real time; null while it is enabled.", **TIME},
    "disabled_because": {
        "description": "Who disabled it: its owner, or three days of failures; null while it is enabled.",
        "enum": ["failures", "owner", None],
    },
    "event_payload": {"description": "What is sent of an event.", "enum": PAYLOADS},
    "failing_since": {"description": "The first failure since anything was received.", **TIME},
    "notice": {"description": "What its owner should know of it, as a sentence; null where all is well.", **TEXT},
    "old_secret_until": {"description": "Until when the secret before this one signs too.", **TIME},
    "rendered_version": {"description": "The version in which events are written.", **TEXT},
}
_WEBHOOK_ATTEMPT: Final[dict[str, Schema]] = {
    "id": identifier("wa", "attempt"),
    "object": constant("webhook_attempt"),
    "account": {"description": "Whose event was sent; there only where it is not the endpoint's own account's."},
    "cause": {"description": "Why it was made.", "enum": ["resend", "schedule", "test"]},
    "created": {"description": "When it was made, in real time.", **TIME},
    "duration_ms": {"description": "How long it took, in milliseconds.", "minimum": 0},
    "error": {"description": "Why there is no answer, as a sentence; null where there is one.", **TEXT},
    "event": {"description": "The id of the event that was sent.", **TEXT},
    "http_status": {"description": "The status of the answer; null where there was none."},
    "livemode": LIVEMODE,
    "next_attempt": {
        "description": "When the same event is next sent to the same endpoint; null where it is not.",
        **TIME,
    },
    "outcome": {"description": "What became of it.", "enum": [outcome.value for outcome in Outcome]},
    "request_headers": {"description": "The headers that the event was sent with."},
    "response_head": {"description": "The first 1024 bytes of the answer's body, as text."},
    "webhook_endpoint": {"description": "The id of the endpoint.", **TEXT},
}
_WEBHOOK_DELIVERY: Final[dict[str, Schema]] = {
    "object": constant("webhook_delivery"),
    "account": {"description": "Whose event it is; there only where it is not the endpoint's own account's."},
    "attempts": {"description": "How many attempts were made since then.", "minimum": 0},
    "created": {
        "description": "When it was last begun, in real time; where the event has arrived, when it was first tried.",
        **TIME,
    },
    "event": {"description": "The id of the event.", **TEXT},
    "livemode": LIVEMODE,
    "next_attempt": {"description": "When it is tried next; null where there is no more to do.", **TIME},
    "state": {"description": "Where it stands.", "enum": [state.value for state in DeliveryState]},
    "url": {"description": "Where the endpoint is."},
    "webhook_endpoint": {"description": "The id of the endpoint.", **TEXT},
}

WEBHOOKS: Final = (
    Component(webhook_wire.WebhookEndpointObject, "webhook_endpoint", _WEBHOOK_ENDPOINT),
    Component(webhook_wire.EndpointExtras, "webhook_endpoint_extras", _ENDPOINT_EXTRAS),
    Component(webhook_wire.EndpointDelivery, "webhook_endpoint_delivery", _ENDPOINT_DELIVERY),
    Component(webhook_wire.WebhookAttemptObject, "webhook_attempt", _WEBHOOK_ATTEMPT),
    Component(webhook_wire.WebhookDeliveryObject, "webhook_delivery", _WEBHOOK_DELIVERY),
)
