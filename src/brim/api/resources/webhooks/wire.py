"""How webhook endpoints, and what was tried with them, are written for clients.

Source: Stripe API reference and SDK types (Webhook Endpoint); attempts, and what stands under `brim`, are ours.
"""

import msgspec

from brim.base import json_codec
from brim.base.json_codec import encode
from brim.core.webhooks import DeliveryStanding, Endpoint, OpenSecret, PastAttempt, application_of, notice_of


class EndpointDelivery(msgspec.Struct, frozen=True, kw_only=True):
    """How an endpoint is served, beyond the vendor's object. Times are Unix seconds."""

    connect: bool
    disabled_at: int | None
    disabled_because: str | None
    event_payload: str
    failing_since: int | None
    notice: str | None
    old_secret_until: int | None
    rendered_version: str


class EndpointExtras(msgspec.Struct, frozen=True, kw_only=True):
    """What Brim knows of an endpoint beyond the vendor's object; there only when it is asked for."""

    delivery: EndpointDelivery


class WebhookEndpointObject(msgspec.Struct, frozen=True, kw_only=True):
    """The Webhook Endpoint object; its secret is there only in the reply that tells it for the first time."""

    id: str
    object: str = "webhook_endpoint"
    api_version: str | None
    application: str | None
    brim: EndpointExtras | msgspec.UnsetType = msgspec.UNSET
    created: int
    description: str | None
    enabled_events: tuple[str, ...]
    livemode: bool
    metadata: dict[str, str]
    secret: str | msgspec.UnsetType = msgspec.UNSET
    status: str
    url: str


class WebhookAttemptObject(msgspec.Struct, frozen=True, kw_only=True):
    """One attempt to bring an event to an endpoint. Times are Unix seconds."""

    id: str
    object: str = "webhook_attempt"
    account: str | msgspec.UnsetType = msgspec.UNSET
    cause: str
    created: int
    duration_ms: int
    error: str | None
    event: str
    http_status: int | None
    livemode: bool
    next_attempt: int | None
    outcome: str
    request_headers: dict[str, str]
    response_head: str | None
    webhook_endpoint: str


class WebhookDeliveryObject(msgspec.Struct, frozen=True, kw_only=True):
    """Where the delivery of an event to an endpoint stands. Times are Unix seconds."""

    object: str = "webhook_delivery"
    account: str | msgspec.UnsetType = msgspec.UNSET
    attempts: int
    created: int
    event: str
    livemode: bool
    next_attempt: int | None
    state: str
    url: str
    webhook_endpoint: str


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
