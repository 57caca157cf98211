"""Webhook endpoints, what is sent to them, how it is signed, and when it is tried again.

Source: Stripe API reference, Webhook Endpoints, and its guide to webhook signatures; the schedule is ours.
"""

import hashlib
import hmac
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Final

import msgspec

from brim.base.scope import AccountScope
from brim.core.events import ENDPOINT_EVENTS, SUBSCRIBABLE

ATTEMPT_PREFIX: Final = "wa_"
OWN_EVENTS: Final = "@self"

EVENTS_OF_ACCOUNTS: Final = "@accounts"


ALL_EVENTS: Final = "*"
_KNOWN_EVENTS: Final = frozenset(ENDPOINT_EVENTS)
MAX_ENDPOINTS: Final = 16
"""Of one account and mode. Source: Stripe's documentation of webhooks."""

LONGEST_OVERLAP_S: Final = 24 * 60 * 60
"""How long an old secret may sign beside a new one. Source: Stripe's documentation of rolled secrets."""

SCHEDULE_S: Final = (5, 60, 300, 1_800, 7_200, 18_000, *(36_000,) * 6)
"""Seconds from one failed attempt to the next: 67.6 hours in sum; after the last one the delivery has failed."""

DISABLE_AFTER_S: Final = 72 * 60 * 60
"""How long an endpoint may fail all the time before it is disabled; longer than `SCHEDULE_S` in sum."""


FAILURES_BORNE: Final = 5
"""Failures in a row after which an endpoint is left alone for a while."""

_OVERDUE_MS: Final = 120_000

FIRST_REST_MS: Final = 1_000
LONGEST_REST_MS: Final = 60_000

RECOVERED_PER_S: Final = 50
"""How many missed events an endpoint is sent a second at most; what happens meanwhile is sent among them."""

MOST_RECOVERED: Final = 10_000
"""How many missed events one request has sent again."""


class Cause(StrEnum):
    """Why an event is sent to an endpoint."""

    SCHEDULE = "schedule"  # it has happened, or is tried again
    RESEND = "resend"  # somebody wants this one sent now
    TEST = "test"  # the same, to see whether the endpoint answers
    RECOVERY = "recovery"  # somebody wants all sent that the endpoint has missed


class NextAttempt(StrEnum):
    """How certain the next attempt of a delivery is."""

    SCHEDULED = "scheduled"  # at a time that can be named
    NOW = "now"  # it is due or under way
    QUEUED = "queued"  # after other events, of an endpoint that fails: nobody knows when


class DeliveryState(StrEnum):
    """Where the delivery of one event to one endpoint stands."""

    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"


class Outcome(StrEnum):
    """What became of one attempt."""

    DELIVERED = "delivered"
    REFUSED = "refused"  # answered, but not with 2xx
    TIMED_OUT = "timed_out"
    UNREACHABLE = "unreachable"
    BLOCKED = "blocked"  # the target may not be reached: see the vetting of addresses
    GARBLED = "garbled"  # answered with what is no HTTP


class EventPayload(StrEnum):
    """What an endpoint is sent of an event. Source: Stripe API reference, Event Destinations."""

    SNAPSHOT = "snapshot"  # the object as it was, in the endpoint's version
    THIN = "thin"  # which object it is about, in no version


class Endpoint(msgspec.Struct, frozen=True, kw_only=True):
    """Where an account's events are sent.

    `api_version` is the one asked for, None where none was; `rendered_version` the one that events are written in.
    `secret` and `old_secret` are sealed; the old one signs too until `old_secret_until_ms` (Unix milliseconds).
    `failing_since_ms` is the first failure since the last success; `disabled_because` is `scope` or `failures`, since
    `disabled_ms`. `updated` is the Unix second of the last change, None where there was none.
    """

    scope: AccountScope
    id: str
    url: str
    enabled_events: tuple[str, ...]
    rendered_version: str
    secret: bytes
    created: int
    api_version: str | None = None
    connect: bool = False
    name: str | None = None
    description: str | None = None
    metadata: dict[str, str] = {}
    event_payload: EventPayload = EventPayload.SNAPSHOT
    old_secret: bytes | None = None
    old_secret_until_ms: int | None = None
    failing_since_ms: int | None = None
    disabled_because: str | None = None
    disabled_ms: int | None = None
    updated: int | None = None

    @property
    def is_enabled(self) -> bool:
        """Whether events are sent to it."""
        return self.disabled_because is None

    def wants(self, event_type: str) -> bool:
        """Tell whether it is subscribed to a type of event."""
        return ALL_EVENTS in self.enabled_events or event_type in self.enabled_events

    @property
    def subscribed_types(self) -> Sequence[str]:
        """The types that it is sent: without pings, which go to the destination that is tried and to nobody else."""
        return sorted(SUBSCRIBABLE) if ALL_EVENTS in self.enabled_events else self.enabled_events


def unknown_events(enabled_events: Iterable[str]) -> list[str]:
    """Return those of some subscriptions that name no type of event."""
    return [name for name in enabled_events if name != ALL_EVENTS and name not in _KNOWN_EVENTS]


def sign(body: bytes, *, timestamp: int, secrets: Sequence[str]) -> str:
    """Return the `Stripe-Signature` of a body sent at a Unix second: one `v1` for each secret that is in force."""
    message = str(timestamp).encode() + b"." + body
    digests = (hmac.new(secret.encode(), message, hashlib.sha256).hexdigest() for secret in secrets)
    return ",".join([f"t={timestamp}", *(f"v1={digest}" for digest in digests)])


def next_attempt_ms(attempts: int, *, failed_ms: int) -> int | None:
    """Return when to try again after so many failed attempts (Unix milliseconds); None when it is given up.

    Attempts count, and not the time since the event: it passes while no worker runs, too.
    """
    if attempts > len(SCHEDULE_S):
        return None
    return failed_ms + SCHEDULE_S[attempts - 1] * 1000


def rest_ms(failures: int) -> int:
    """Return how long an endpoint is left alone after so many failures in a row, in milliseconds."""
    beyond = failures - FAILURES_BORNE
    return min(FIRST_REST_MS << min(beyond, 16), LONGEST_REST_MS) if beyond >= 0 else 0


class EndpointQueue(msgspec.Struct, frozen=True, kw_only=True):
    """What decides when an endpoint is tried next; times are Unix milliseconds.

    `due_ms` is when the first two of its deliveries are due, where so many wait; `rests_until_ms` is until when it is
    left alone after failures, at the latest.
    """

    is_failing: bool
    due_ms: tuple[int, ...]
    rests_until_ms: int

    def next_ms(self, now_ms: int) -> int | None:
        """Return when the endpoint is tried next by itself, `now_ms` where it is due; None where nothing waits."""
        return max(self.due_ms[0], self.rests_until_ms, now_ms) if self.due_ms else None

    def is_overdue(self, now_ms: int) -> bool:
        """Tell whether nothing was tried for longer than any attempt takes, though it was due."""
        return bool(self.due_ms) and now_ms - max(self.due_ms[0], self.rests_until_ms) > _OVERDUE_MS

    def plan(self, due_ms: int, leased_until_ms: int | None, *, now_ms: int) -> tuple[NextAttempt, int | None]:
        """Return how certain the next attempt of a delivery is, and its time where it can be named.

        An endpoint that fails is tried with one event at a time and left alone in between, so only the first in its
        queue has a time.
        """
        if leased_until_ms is not None and leased_until_ms > now_ms:
            return NextAttempt.NOW, None
        if not self.is_failing:
            return (NextAttempt.SCHEDULED, due_ms) if due_ms > now_ms else (NextAttempt.NOW, None)
        if self.due_ms[:1] != (due_ms,) or self.due_ms[1:] == (due_ms,):
            return NextAttempt.QUEUED, None
        at_ms = max(due_ms, self.rests_until_ms)
        return (NextAttempt.SCHEDULED, at_ms) if at_ms > now_ms else (NextAttempt.NOW, None)


def queue_of(
    *, is_failing: bool, due_ms: Sequence[int], arrivals: Sequence[bool], ended_ms: int | None
) -> EndpointQueue:
    """Return an endpoint's queue, from whether its newest attempts arrived (the newest first) and when the last ended.

    A worker knows of no more failures in a row than were written down, so it is not left alone for longer.
    """
    failures = arrivals.index(True) if True in arrivals else len(arrivals)
    rests_until_ms = (ended_ms or 0) + rest_ms(failures)
    return EndpointQueue(is_failing=is_failing, due_ms=tuple(due_ms), rests_until_ms=rests_until_ms)
