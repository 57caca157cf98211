"""Deliveries: an event on its way to an endpoint, the attempts to bring it there, and what they look like.

Source of headers and of what counts as success: Stripe's guide to webhooks; `Brim-Sequence` is ours.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

import msgspec

from brim.base import json_codec
from brim.base.scope import AccountScope
from brim.core.events import Event, ObjectType, Renderers
from brim.core.webhooks.rules import (
    Cause,
    DeliveryState,
    Endpoint,
    EventPayload,
    NextAttempt,
    Outcome,
    next_attempt_ms,
    sign,
)

LEASE_MARGIN_S: Final = 60.0
"""How much longer than an attempt may take a delivery is leased: time enough to write down what came of it."""

KEPT_ANSWER: Final = 1024
"""Bytes of an answer's body that are kept."""

MOST_JUDGED: Final = 1_000
"""Attempts by which an endpoint is judged."""

MOST_COUNTED: Final = 10_000
"""Up to where deliveries are counted."""

_USER_AGENT: Final = "Stripe/1.0 (+https://stripe.com/docs/webhooks)"


class EndpointKey(NamedTuple):
    """Which endpoint."""

    scope: AccountScope
    id: str


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """One event on its way to one endpoint, leased by whoever has it in hand.

    `attempts` counts those made since `created_ms`; `number` is the event's among those of its own account.
    `undelivered` is how many endpoints have not received the event, this one among them.
    """

    endpoint: Endpoint
    event: Event
    number: int
    attempts: int
    created_ms: int
    leased_until_ms: int
    undelivered: int
    cause: str = Cause.SCHEDULE

    @property
    def key(self) -> EndpointKey:
        """The endpoint it is meant for."""
        return EndpointKey(self.endpoint.scope, self.endpoint.id)


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one request: a status and the beginning of the body, or a sentence why there is neither."""

    outcome: Outcome
    http_status: int | None = None
    error: str | None = None
    body_head: bytes | None = None

    @property
    def is_success(self) -> bool:
        """Whether the event has arrived."""
        return self.outcome is Outcome.DELIVERED


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """One request that was made for a delivery, when (Unix milliseconds), how long it took, and what came of it."""

    id: str
    delivery: Delivery
    attempted_ms: int
    duration_ms: int
    headers: dict[str, str]
    answer: Answer

    @property
    def next_attempt_ms(self) -> int | None:
        """When its delivery is tried again; None when there is no more to do."""
        if self.answer.is_success:
            return None
        made = self.delivery.attempts + 1
        return next_attempt_ms(made, failed_ms=self.attempted_ms)


class DeliveryStanding(msgspec.Struct, frozen=True, kw_only=True):
    """Where the delivery of an event to an endpoint stands.

    `url` is the endpoint's; `next_attempt_ms` (Unix milliseconds) is when it is tried next, None where there is no more
    to do, or no time can be named; `plan` says which. `attempts` counts those made since `created_ms`, when it was
    begun; where the event has arrived, `created_ms` is the first attempt's time.
    """

    endpoint: EndpointKey
    url: str
    event_owner: AccountScope
    event: str
    state: DeliveryState
    attempts: int
    created_ms: int
    next_attempt_ms: int | None
    leased_until_ms: int | None = None
    plan: NextAttempt | None = None


class PastAttempt(msgspec.Struct, frozen=True, kw_only=True):
    """One attempt as it was written down.

    `event_owner` is whose event was sent, `event_type` its type, None where it was pruned; `cause` says why the attempt
    was made. `next_attempt_ms` (Unix milliseconds) is when the same event is next sent to the same endpoint, as things
    stand now; None where it is not, or no time can be named; `plan` says which.
    """

    id: str
    endpoint: EndpointKey
    event_owner: AccountScope
    event: str
    attempted_ms: int
    duration_ms: int
    cause: str
    headers: dict[str, str]
    answer: Answer
    next_attempt_ms: int | None = None
    leased_until_ms: int | None = None
    plan: NextAttempt | None = None
    event_type: str | None = None


class EndpointHealth(msgspec.Struct, frozen=True, kw_only=True):
    """How an endpoint does.

    `attempts` are its newest ones, at most `MOST_JUDGED`, since `since_ms`; so many of them `delivered`, half of them
    took up to `median_ms`, nineteen of twenty up to `most_ms`. `pending` deliveries wait and `failed` were given up,
    each counted up to `MOST_COUNTED`. `next_ms` is when it is tried next, now or later; None where nothing waits.
    `is_overdue` is whether that should have been a while ago.
    """

    attempts: int
    delivered: int
    since_ms: int | None
    median_ms: int | None
    most_ms: int | None
    pending: int
    failed: int
    next_ms: int | None
    is_overdue: bool


class Recovery(msgspec.Struct, frozen=True, kw_only=True):
    """What came of having events sent that an endpoint has missed.

    `queued` are to be sent, the last one at `last_ms`; `after` is where to go on, None where all were looked at: an
    account and the last of its events that was.
    """

    queued: int
    last_ms: int | None
    after: tuple[str, str] | None


def answer_of_status(status: int, body_head: bytes) -> Answer:
    """Return what an answer with this HTTP status means: 2xx is success, and a redirect leads nowhere."""
    outcome = Outcome.DELIVERED if 200 <= status < 300 else Outcome.REFUSED
    return Answer(outcome=outcome, http_status=status, body_head=body_head)


def render_body(delivery: Delivery, renderers: Renderers) -> bytes:
    """Return what is sent: the event thin or in its endpoint's version, with its account where a platform listens."""
    endpoint = delivery.endpoint
    account = delivery.event.scope.account if endpoint.connect else None
    if endpoint.event_payload is EventPayload.THIN:
        return json_codec.pretty(renderers.render(ObjectType.EVENT_NOTIFICATION, delivery.event, context=account))
    return json_codec.pretty(
        renderers.render(
            ObjectType.EVENT,
            msgspec.structs.replace(delivery.event, api_version=endpoint.rendered_version),
            pending_webhooks=delivery.undelivered,
            account=account,
        )
    )


def render_headers(body: bytes, *, timestamp: int, secrets: Sequence[str], number: int) -> dict[str, str]:
    """Return the headers that an event is sent with.

    Args:
        body: exactly what is sent.
        timestamp: the Unix second of this attempt; a receiver refuses one long past.
        secrets: those in force.
        number: the event's number, by which a receiver can tell that it missed none.
    """
    return {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": _USER_AGENT,
        "Stripe-Signature": sign(body, timestamp=timestamp, secrets=secrets),
        "Brim-Sequence": str(number),
    }
