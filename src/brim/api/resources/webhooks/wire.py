"""How webhook endpoints, and what was tried with them, are written for clients.

Source: Stripe API reference and SDK types (Webhook Endpoint); attempts, and what stands under `brim`, are ours.
"""

from typing import Annotated, Final

import msgspec

from brim.api.framework.schema import LIVEMODE, METADATA, TEXT, TIME, constant, described, identifier
from brim.base import json_codec
from brim.base.errors import ResourceMissingError
from brim.base.json_codec import encode
from brim.core.webhooks import (
    MAX_DESCRIPTION,
    MAX_URL,
    Cause,
    DeliveryStanding,
    DeliveryState,
    Endpoint,
    EndpointHealth,
    EventPayload,
    NextAttempt,
    OpenSecret,
    Outcome,
    PastAttempt,
    Recovery,
    application_of,
    notice_of,
)

_CURSOR_SEPARATOR: Final = "/"
PAYLOADS: Final = sorted(payload.value for payload in EventPayload)


_NEXT_ATTEMPT_STATUS: Final = described(
    "When the next attempt is made. Null if there is none.",
    enum=[*sorted(status.value for status in NextAttempt), None],
)


class EndpointDelivery(msgspec.Struct, frozen=True, kw_only=True):
    """How events are delivered to an endpoint. Times are in Unix seconds."""

    connect: Annotated[
        bool, described("Whether it receives the events of connected accounts instead of the platform's own.")
    ]
    disabled_at: Annotated[int | None, described("When it was disabled. Null while it is enabled.", **TIME)]
    disabled_because: Annotated[
        str | None,
        described(
            "Why it was disabled. Null while it is enabled.",
            enum=["failures", "owner", None],
        ),
    ]
    event_payload: Annotated[str, described("How much of an event is sent.", enum=PAYLOADS)]
    failing_since: Annotated[
        int | None,
        described("When the first attempt failed after the last successful one. Null while it works.", **TIME),
    ]
    notice: Annotated[
        str | None, described("What you should know about the endpoint, as a sentence. Null if all is well.", **TEXT)
    ]
    old_secret_until: Annotated[
        int | None,
        described(
            "Until when deliveries are also signed with the previous secret. Null if it has expired or there is none.",
            **TIME,
        ),
    ]
    rendered_version: Annotated[str, described("The API version in which events are rendered for it.", **TEXT)]


class EndpointExtras(msgspec.Struct, frozen=True, kw_only=True):
    """What Brim adds to a webhook endpoint. Only present when it is expanded."""

    delivery: Annotated[EndpointDelivery, described("How events are delivered to it.")]


class WebhookEndpointObject(msgspec.Struct, frozen=True, kw_only=True):
    """The Webhook Endpoint object. Its secret is only present in the response that returns it for the first time."""

    id: Annotated[str, identifier("(we|ed)", "webhook endpoint")]
    object: Annotated[str, constant("webhook_endpoint")] = "webhook_endpoint"
    api_version: Annotated[
        str | None,
        described(
            "The API version that you asked for, in which events are rendered. Null if you asked for none; then it "
            "is that of the request that created the endpoint.",
            **TEXT,
        ),
    ]
    application: Annotated[
        str | None,
        described(
            "The platform's application, if the endpoint receives the events of connected accounts. Otherwise null.",
            **TEXT,
        ),
    ]
    brim: Annotated[
        EndpointExtras | msgspec.UnsetType,
        described("What Brim adds to the Stripe object. Only present when `brim.delivery` is expanded."),
    ] = msgspec.UNSET
    created: Annotated[
        int, described("When it was created, in Unix seconds. Real time, also under a test clock.", **TIME)
    ]
    description: Annotated[
        str | None, described("An arbitrary string that says what the endpoint is for.", maxLength=MAX_DESCRIPTION)
    ]
    enabled_events: Annotated[
        tuple[str, ...],
        described("The types of events that are sent to it. `*` stands for every type, including later ones."),
    ]
    livemode: Annotated[bool, LIVEMODE]
    metadata: Annotated[dict[str, str], METADATA]
    secret: Annotated[
        str | msgspec.UnsetType,
        described(
            "The secret that signs deliveries (`whsec_…`). Only present when the endpoint is created or its secret "
            "is rolled, so keep it then.",
            **TEXT,
        ),
    ] = msgspec.UNSET
    status: Annotated[
        str,
        described(
            "Whether events are sent to it. It is disabled by you, or after three days in which every attempt failed.",
            enum=["disabled", "enabled"],
        ),
    ]
    url: Annotated[str, described("The URL that events are sent to, by POST.", format="uri", maxLength=MAX_URL)]


class WebhookAttemptObject(msgspec.Struct, frozen=True, kw_only=True):
    """An attempt to deliver an event to an endpoint. Times are in Unix seconds."""

    id: Annotated[str, identifier("wa", "attempt")]
    object: Annotated[str, constant("webhook_attempt")] = "webhook_attempt"
    account: Annotated[
        str | msgspec.UnsetType,
        described("The account that the event belongs to. Only present if it isn't the endpoint's own account."),
    ] = msgspec.UNSET
    cause: Annotated[
        str,
        described(
            "Why the attempt was made.",
            enum=sorted(cause.value for cause in Cause),
        ),
    ]
    created: Annotated[
        int, described("When it was created, in Unix seconds. Real time, also under a test clock.", **TIME)
    ]
    duration_ms: Annotated[int, described("How long the attempt took, in milliseconds.", minimum=0)]
    event: Annotated[str, described("The event that was sent, by its id.", **TEXT)]
    event_type: Annotated[str | None, described("The type of that event; null once it is no longer kept.", **TEXT)]
    http_status: Annotated[int | None, described("The HTTP status of the response. Null if there was none.")]
    livemode: Annotated[bool, LIVEMODE]
    next_attempt: Annotated[
        int | None,
        described(
            "When the event is next sent to this endpoint. Null if it isn't, or if no time can be given.",
            **TIME,
        ),
    ]
    next_attempt_status: Annotated[str | None, _NEXT_ATTEMPT_STATUS]
    outcome: Annotated[str, described("The result of the attempt.", enum=[outcome.value for outcome in Outcome])]
    problem: Annotated[str | None, described("Why there is no response, as a sentence. Null if there is one.", **TEXT)]
    request_headers: Annotated[dict[str, str], described("The headers that the event was sent with.")]
    response_head: Annotated[str | None, described("The first 1,024 bytes of the response body, as text.")]
    webhook_endpoint: Annotated[str, described("The webhook endpoint, by its id.", **TEXT)]


class WebhookDeliveryObject(msgspec.Struct, frozen=True, kw_only=True):
    """The delivery of an event to an endpoint. Times are in Unix seconds."""

    object: Annotated[str, constant("webhook_delivery")] = "webhook_delivery"
    account: Annotated[
        str | msgspec.UnsetType,
        described("The account that the event belongs to. Only present if it isn't the endpoint's own account."),
    ] = msgspec.UNSET
    attempts: Annotated[int, described("The number of attempts since `created`.", minimum=0)]
    created: Annotated[
        int,
        described(
            "When the delivery was last started, in real time; once it is delivered, when the first attempt was made.",
            **TIME,
        ),
    ]
    event: Annotated[str, described("The event, by its id.", **TEXT)]
    livemode: Annotated[bool, LIVEMODE]
    next_attempt: Annotated[
        int | None,
        described("When the next attempt is made. Null if there is none, or if no time can be given.", **TIME),
    ]
    next_attempt_status: Annotated[str | None, _NEXT_ATTEMPT_STATUS]
    state: Annotated[
        str, described("Whether the endpoint has received the event.", enum=[state.value for state in DeliveryState])
    ]
    url: Annotated[str, described("The URL of the endpoint.")]
    webhook_endpoint: Annotated[str, described("The webhook endpoint, by its id.", **TEXT)]


class WebhookHealthObject(msgspec.Struct, frozen=True, kw_only=True):
    """The health of a webhook endpoint: its attempts in the last 24 hours, and its pending events."""

    object: Annotated[str, constant("webhook_endpoint_health")] = "webhook_endpoint_health"
    attempts: Annotated[
        int, described("Number of attempts evaluated: the latest of the last 24 hours, at most 1,000.", minimum=0)
    ]
    delivered: Annotated[int, described("How many of them got a response with a 2xx status.", minimum=0)]
    duration_median_ms: Annotated[int | None, described("Their median response time, in milliseconds.", minimum=0)]
    duration_p95_ms: Annotated[
        int | None, described("The 95th percentile of their response times, in milliseconds.", minimum=0)
    ]
    failed: Annotated[
        int,
        described("Number of events that are no longer retried and can be resent, counted up to 10,000.", minimum=0),
    ]
    livemode: Annotated[bool, LIVEMODE]
    next_attempt: Annotated[
        int | None,
        described("When the next attempt is made: now if one is due, null if nothing is pending.", **TIME),
    ]
    overdue: Annotated[
        bool,
        described("Whether an attempt has been due for minutes without being made. Check that a worker is running."),
    ]
    pending: Annotated[int, described("Number of pending events, counted up to 10,000.", minimum=0)]
    since: Annotated[
        int | None, described("When the first of these attempts was made; null if there are none.", **TIME)
    ]
    webhook_endpoint: Annotated[str, described("The webhook endpoint, by its id.", **TEXT)]


class WebhookResendObject(msgspec.Struct, frozen=True, kw_only=True):
    """The missed events that were queued for a webhook endpoint."""

    object: Annotated[str, constant("webhook_resend")] = "webhook_resend"
    has_more: Annotated[
        bool, described("Whether there may be more events: if so, repeat the request with `next` as `cursor`.")
    ]
    last_attempt: Annotated[
        int | None,
        described("When the last of them is sent if the endpoint responds; null if nothing was queued.", **TIME),
    ]
    livemode: Annotated[bool, LIVEMODE]
    next: Annotated[str | None, described("The `cursor` of the next request; null at the end.", **TEXT)]
    queued: Annotated[int, described("How many events were queued.", minimum=0)]
    since: Annotated[int, described("Only events created at that time or later.", **TIME)]
    webhook_endpoint: Annotated[str, described("The webhook endpoint, by its id.", **TEXT)]


def health_json(health: EndpointHealth, *, endpoint_id: str, livemode: bool) -> bytes:
    """Return an endpoint's health as compact JSON."""
    return encode(
        WebhookHealthObject(
            attempts=health.attempts,
            delivered=health.delivered,
            duration_median_ms=health.median_ms,
            duration_p95_ms=health.most_ms,
            failed=health.failed,
            livemode=livemode,
            next_attempt=_seconds(health.next_ms),
            overdue=health.is_overdue,
            pending=health.pending,
            since=_seconds(health.since_ms),
            webhook_endpoint=endpoint_id,
        )
    )


def recovery_json(recovery: Recovery, *, endpoint_id: str, livemode: bool, since: int) -> bytes:
    """Return what was queued as compact JSON."""
    return encode(
        WebhookResendObject(
            has_more=recovery.after is not None,
            last_attempt=_seconds(recovery.last_ms),
            livemode=livemode,
            next=None if recovery.after is None else _CURSOR_SEPARATOR.join(recovery.after),
            queued=recovery.queued,
            since=since,
            webhook_endpoint=endpoint_id,
        )
    )


def read_cursor(text: str | None) -> tuple[str, str] | None:
    """Return where a request to resend goes on, an account and an event, from what an earlier reply said.

    Raises:
        ResourceMissingError: no reply has said that.
    """
    if text is None:
        return None
    account, separator, event = text.partition(_CURSOR_SEPARATOR)
    if not separator or not account or not event:
        raise ResourceMissingError("cursor", text, param="cursor")
    return account, event


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
            next_attempt_status=standing.plan,
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
            event=attempt.event,
            event_type=attempt.event_type,
            http_status=attempt.answer.http_status,
            livemode=scope.livemode,
            next_attempt=_seconds(attempt.next_attempt_ms),
            next_attempt_status=attempt.plan,
            outcome=attempt.answer.outcome,
            problem=attempt.answer.error,
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
