"""How webhook endpoints, and what was tried with them, are written for clients.

Source: Stripe API reference and SDK types (Webhook Endpoint); attempts, and what stands under `brim`, are ours.
"""

from typing import Annotated, Final

import msgspec

from brim.api.framework.schema import LIVEMODE, METADATA, TEXT, TIME, constant, described, identifier
from brim.base import json_codec
from brim.base.json_codec import encode
from brim.core.webhooks import (
    MAX_DESCRIPTION,
    MAX_URL,
    DeliveryStanding,
    DeliveryState,
    Endpoint,
    EventPayload,
    OpenSecret,
    Outcome,
    PastAttempt,
    application_of,
    notice_of,
)

PAYLOADS: Final = sorted(payload.value for payload in EventPayload)


class EndpointDelivery(msgspec.Struct, frozen=True, kw_only=True):
    """How an endpoint is served, beyond the vendor's object. Times are Unix seconds."""

    connect: Annotated[bool, described("Whether it gets the events of the accounts under this platform, not its own.")]
    disabled_at: Annotated[
        int | None, described("When it was disabled, in real time; null while it is enabled.", **TIME)
    ]
    disabled_because: Annotated[
        str | None,
        described(
            "Who disabled it: its owner, or three days of failures; null while it is enabled.",
            enum=["failures", "owner", None],
        ),
    ]
    event_payload: Annotated[str, described("What is sent of an event.", enum=PAYLOADS)]
    failing_since: Annotated[int | None, described("The first failure since anything was received.", **TIME)]
    notice: Annotated[
        str | None, described("What its owner should know of it, as a sentence; null where all is well.", **TEXT)
    ]
    old_secret_until: Annotated[int | None, described("Until when the secret before this one signs too.", **TIME)]
    rendered_version: Annotated[str, described("The version in which events are written.", **TEXT)]


class EndpointExtras(msgspec.Struct, frozen=True, kw_only=True):
    """What Brim knows of an endpoint beyond the vendor's object; there only when it is asked for."""

    delivery: Annotated[EndpointDelivery, described("How it is served.")]


class WebhookEndpointObject(msgspec.Struct, frozen=True, kw_only=True):
    """The Webhook Endpoint object; its secret is there only in the reply that tells it for the first time."""

    id: Annotated[str, identifier("(we|ed)", "webhook endpoint")]
    object: Annotated[str, constant("webhook_endpoint")] = "webhook_endpoint"
    api_version: Annotated[
        str | None, described("The version of the API that was asked for, in which events are written.", **TEXT)
    ]
    application: Annotated[
        str | None, described("The platform's application, where its accounts' events are sent.", **TEXT)
    ]
    brim: Annotated[
        EndpointExtras | msgspec.UnsetType,
        described("What is known beyond the rest; there only when `brim.delivery` is expanded."),
    ] = msgspec.UNSET
    created: Annotated[int, described("When it was made, in real time.", **TIME)]
    description: Annotated[str | None, described("What it is for.", maxLength=MAX_DESCRIPTION)]
    enabled_events: Annotated[tuple[str, ...], described("The types of events that are sent; `*` for all.")]
    livemode: Annotated[bool, LIVEMODE]
    metadata: Annotated[dict[str, str], METADATA]
    secret: Annotated[
        str | msgspec.UnsetType, described("What deliveries are signed with; only in the reply that makes it.", **TEXT)
    ] = msgspec.UNSET
    status: Annotated[str, described("Whether events are sent to it.", enum=["disabled", "enabled"])]
    url: Annotated[str, described("Where events are sent.", format="uri", maxLength=MAX_URL)]


class WebhookAttemptObject(msgspec.Struct, frozen=True, kw_only=True):
    """One attempt to bring an event to an endpoint. Times are Unix seconds."""

    id: Annotated[str, identifier("wa", "attempt")]
    object: Annotated[str, constant("webhook_attempt")] = "webhook_attempt"
    account: Annotated[
        str | msgspec.UnsetType,
        described("Whose event was sent; there only where it is not the endpoint's own account's."),
    ] = msgspec.UNSET
    cause: Annotated[str, described("Why it was made.", enum=["resend", "schedule", "test"])]
    created: Annotated[int, described("When it was made, in real time.", **TIME)]
    duration_ms: Annotated[int, described("How long it took, in milliseconds.", minimum=0)]
    error: Annotated[str | None, described("Why there is no answer, as a sentence; null where there is one.", **TEXT)]
    event: Annotated[str, described("The id of the event that was sent.", **TEXT)]
    http_status: Annotated[int | None, described("The status of the answer; null where there was none.")]
    livemode: Annotated[bool, LIVEMODE]
    next_attempt: Annotated[
        int | None, described("When the same event is next sent to the same endpoint; null where it is not.", **TIME)
    ]
    outcome: Annotated[str, described("What became of it.", enum=[outcome.value for outcome in Outcome])]
    request_headers: Annotated[dict[str, str], described("The headers that the event was sent with.")]
    response_head: Annotated[str | None, described("The first 1024 bytes of the answer's body, as text.")]
    webhook_endpoint: Annotated[str, described("The id of the endpoint.", **TEXT)]


class WebhookDeliveryObject(msgspec.Struct, frozen=True, kw_only=True):
    """Where the delivery of an event to an endpoint stands. Times are Unix seconds."""

    object: Annotated[str, constant("webhook_delivery")] = "webhook_delivery"
    account: Annotated[
        str | msgspec.UnsetType,
        described("Whose event it is; there only where it is not the endpoint's own account's."),
    ] = msgspec.UNSET
    attempts: Annotated[int, described("How many attempts were made since then.", minimum=0)]
    created: Annotated[
        int,
        described(
            "When it was last begun, in real time; where the event has arrived, when it was first tried.", **TIME
        ),
    ]
    event: Annotated[str, described("The id of the event.", **TEXT)]
    livemode: Annotated[bool, LIVEMODE]
    next_attempt: Annotated[int | None, described("When it is tried next; null where there is no more to do.", **TIME)]
    state: Annotated[str, described("Where it stands.", enum=[state.value for state in DeliveryState])]
    url: Annotated[str, described("Where the endpoint is.")]
    webhook_endpoint: Annotated[str, described("The id of the endpoint.", **TEXT)]


def delivery_json(standing: DeliveryStanding) -> bytes:
    """Return a delivery's compact JSON; whose event it is is told where it is not the endpoint's account's."""
    scope = standing.endpoint.scope
    return encode(
        WebhookDeliveryObject(
            account=msgspec.UNSET if standing.event_owner == scope else standing.event_owner.account,
            attempts=standing.attempts,
            created=standing.created_ms // 1000,
            event=standing.event,
            livemode=scope.livemode,
            next_attempt=_seconds(standing.next_attempt_ms),
            state=standing.state,
            url=standing.url,
            webhook_endpoint=standing.endpoint.id,
        )
    )


def attempt_json(attempt: PastAttempt) -> bytes:
    """Return an attempt's compact JSON; whose event it was is told where it was not the endpoint's account's."""
    scope, head = attempt.endpoint.scope, attempt.answer.body_head
    return encode(
        WebhookAttemptObject(
            id=attempt.id,
            account=msgspec.UNSET if attempt.event_owner == scope else attempt.event_owner.account,
            cause=attempt.cause,
            created=attempt.attempted_ms // 1000,
            duration_ms=attempt.duration_ms,
            error=attempt.answer.error,
            event=attempt.event,
            http_status=attempt.answer.http_status,
            livemode=scope.livemode,
            next_attempt=_seconds(attempt.next_attempt_ms),
            outcome=attempt.answer.outcome,
            request_headers=attempt.headers,
            response_head=None if head is None else head.decode(errors="replace"),
            webhook_endpoint=attempt.endpoint.id,
        )
    )


def endpoint_json(endpoint: Endpoint, *, secret: str | None = None, with_extras: bool = False) -> bytes:
    """Return an endpoint's compact JSON.

    Args:
        endpoint: what to write.
        secret: told in this reply; None leaves it out.
        with_extras: whether to tell how it is served.
    """
    return encode(
        WebhookEndpointObject(
            id=endpoint.id,
            api_version=endpoint.api_version,
            application=application_of(endpoint),
            brim=EndpointExtras(delivery=_delivery(endpoint)) if with_extras else msgspec.UNSET,
            created=endpoint.created,
            description=endpoint.description,
            enabled_events=endpoint.enabled_events,
            livemode=endpoint.scope.livemode,
            metadata=dict(sorted(endpoint.metadata.items())),
            secret=msgspec.UNSET if secret is None else secret,
            status="enabled" if endpoint.is_enabled else "disabled",
            url=endpoint.url,
        )
    )


def reveal_secret(body: bytes, open_secret: OpenSecret) -> bytes:
    """Return an endpoint's reply with the secret in it opened, where it has one."""
    reply = json_codec.decode(body, type=WebhookEndpointObject)
    if reply.secret is msgspec.UNSET:
        return body
    return encode(msgspec.structs.replace(reply, secret=open_secret(reply.id, reply.secret)))


def _delivery(endpoint: Endpoint) -> EndpointDelivery:
    return EndpointDelivery(
        connect=endpoint.connect,
        disabled_at=_seconds(endpoint.disabled_ms),
        disabled_because=endpoint.disabled_because,
        event_payload=endpoint.event_payload,
        failing_since=_seconds(endpoint.failing_since_ms),
        notice=notice_of(endpoint),
        old_secret_until=_seconds(endpoint.old_secret_until_ms),
        rendered_version=endpoint.rendered_version,
    )


def _seconds(milliseconds: int | None) -> int | None:
    return None if milliseconds is None else milliseconds // 1000
