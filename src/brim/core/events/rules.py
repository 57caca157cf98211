"""What is announced, written in the transaction of what it announces."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Final, NamedTuple

import msgspec

from brim.base.paging import Range
from brim.base.scope import AccountScope

DEFAULT_API_VERSION: Final = "2026-10-28.endive"
"""Used where a request names none. Source: pinned by stripe-python 16.1.0 and stripe-node 23.1.0."""


KEPT_MS: Final = 30 * 24 * 60 * 60 * 1000
"""How long an event is there: longer than any answer kept under an idempotency key, which may stand in an event.

Source: Stripe API reference, Events.
"""


class EventType(StrEnum):
    """The types there are. Source: Stripe's list of event types."""

    TOPUP_CREATED = "topup.created"
    TOPUP_SUCCEEDED = "topup.succeeded"
    TOPUP_FAILED = "topup.failed"
    TOPUP_CANCELED = "topup.canceled"
    TOPUP_REVERSED = "topup.reversed"
    TOPUP_RESCHEDULED = "brim.topup.rescheduled"  # ours: the vendor's dates do not move
    TOPUP_RETRY_SCHEDULED = "brim.topup.retry_scheduled"  # its debit came back and is presented again; it stays pending
    BALANCE_AVAILABLE = "balance.available"
    CLOCK_CREATED = "test_helpers.test_clock.created"
    CLOCK_ADVANCING = "test_helpers.test_clock.advancing"
    CLOCK_READY = "test_helpers.test_clock.ready"
    CLOCK_DELETED = "test_helpers.test_clock.deleted"
    ENDPOINT_DISABLED = "brim.webhook_endpoint.disabled"  # ours: the vendor sends an e-mail instead
    ACH_FILE_CREATED = "brim.ach_file.created"  # these to the platform, whose files they are
    ACH_FILE_APPROVED = "brim.ach_file.approved"
    ACH_FILE_SENT = "brim.ach_file.sent"
    ACH_FILE_ACKNOWLEDGED = "brim.ach_file.acknowledged"
    ACH_FILE_REJECTED = "brim.ach_file.rejected"
    ACH_FILE_SETTLED = "brim.ach_file.settled"
    ACH_FILE_HELD = "brim.ach_file.held"
    BANK_FILE_AWAITING_APPROVAL = "brim.bank_file.awaiting_approval"  # of statements that people import
    BANK_FILE_APPROVED = "brim.bank_file.approved"
    BANK_FILE_REJECTED = "brim.bank_file.rejected"
    BANK_FILE_DELIVERED = "brim.bank_file.delivered"  # by the bank's own channel: it needs no approval any more
    RETURN_RATE_WARNED = "brim.return_rate.warned"
    RETURN_RATE_LIMIT_REACHED = "brim.return_rate.limit_reached"
    RETURN_RATE_CLEARED = "brim.return_rate.cleared"
    BREAK_OPENED = "brim.break.opened"
    PRENOTE_CREATED = "brim.prenote.created"
    PRENOTE_VERIFIED = "brim.prenote.verified"
    PRENOTE_FAILED = "brim.prenote.failed"
    PRENOTE_CANCELED = "brim.prenote.canceled"
    MICRODEPOSITS_CREATED = "brim.microdeposits.created"
    MICRODEPOSITS_VERIFIED = "brim.microdeposits.verified"
    MICRODEPOSITS_FAILED = "brim.microdeposits.failed"
    MICRODEPOSITS_CANCELED = "brim.microdeposits.canceled"
    MICRODEPOSITS_LIMIT_REACHED = "brim.microdeposits.limit_reached"  # to the platform, whose profile has the limit
    NEGATIVE_BALANCE_CREATED = "brim.negative_balance.created"  # to the account whose balance it is
    NEGATIVE_BALANCE_RECOVERED = "brim.negative_balance.recovered"
    FUNDING_SOURCE_CORRECTED = "brim.funding_source.corrected"  # to the account whose bank account it is
    ACH_RETURN_DISHONORED = "brim.ach_return.dishonored"  # these to the platform, who dishonors
    ACH_RETURN_DISHONOR_ACCEPTED = "brim.ach_return.dishonor_accepted"
    ACH_RETURN_CONTESTED = "brim.ach_return.contested"
    ACH_REVERSAL_CREATED = "brim.ach_reversal.created"  # these to the platform, who reverses
    ACH_REVERSAL_SETTLED = "brim.ach_reversal.settled"
    ACH_REVERSAL_RETURNED = "brim.ach_reversal.returned"
    ACH_REVERSAL_MISSED = "brim.ach_reversal.missed"
    ACH_REVERSAL_SUPERSEDED = "brim.ach_reversal.superseded"
    REFUND_CREATED = "brim.refund.created"  # these to the platform, who refunds
    REFUND_SUCCEEDED = "brim.refund.succeeded"
    REFUND_FAILED = "brim.refund.failed"
    REFUND_CANCELED = "brim.refund.canceled"
    TRANSFER_CREDITED = "brim.incoming_transfer.credited"  # these to the platform, whose bank account it is
    TRANSFER_SUSPENDED = "brim.incoming_transfer.suspended"
    TRANSFER_RETURNED = "brim.incoming_transfer.returned"
    TRANSFER_RECALLED = "brim.incoming_transfer.recalled"
    REPORT_RUN_SUCCEEDED = "reporting.report_run.succeeded"
    REPORT_RUN_FAILED = "reporting.report_run.failed"
    PING = "v2.core.event_destination.ping"


SUBSCRIBABLE: Final = frozenset(EventType) - {EventType.PING}
"""What an endpoint may ask for: a ping goes to the one that is tried, and to nobody else."""


class EventObject(NamedTuple):
    """What an event is about: its name, where it is read, and the resource whose permission that takes.

    Its id completes the path, unless it is the only one.
    """

    type: str
    path: str
    resource: str
    is_only_one: bool = False


_OBJECTS: Final = {
    "topup": EventObject("topup", "/v1/topups/", "topups"),
    "balance": EventObject("balance", "/v1/balance", "balance", is_only_one=True),
    "test_helpers.test_clock": EventObject("test_helpers.test_clock", "/v1/test_helpers/test_clocks/", "test_clocks"),
    "brim.topup": EventObject("topup", "/v1/topups/", "topups"),
    "brim.ach_file": EventObject("brim.ach_file", "/v1/brim/ach/files/", "ach"),
    "brim.bank_file": EventObject("brim.bank_file", "/v1/brim/ach/bank_files/", "ach"),
    "brim.ach_return": EventObject("brim.ach_return", "/v1/brim/ach/returns/", "ach"),
    "brim.ach_reversal": EventObject("brim.ach_reversal", "/v1/brim/ach/reversals/", "ach"),
    "brim.refund": EventObject("brim.refund", "/v1/brim/refunds/", "ach"),
    "brim.incoming_transfer": EventObject("brim.incoming_transfer", "/v1/brim/incoming_transfers/", "ach"),
    "brim.return_rate": EventObject("brim.return_rate", "/v1/brim/ach/return_rates/", "ach"),
    "brim.break": EventObject("brim.break", "/v1/brim/breaks/", "ach"),
    "brim.prenote": EventObject("brim.prenote", "/v1/brim/prenotes/", "authorizations"),
    "brim.microdeposits": EventObject("brim.microdeposits", "/v1/brim/microdeposits/", "authorizations"),
    "brim.negative_balance": EventObject("brim.negative_balance", "/v1/brim/negative_balances/", "balance"),
    "brim.funding_source": EventObject("brim.correction", "/v1/brim/corrections/", "ach"),
    "reporting.report_run": EventObject("reporting.report_run", "/v1/reporting/report_runs/", "reporting"),
    "brim.webhook_endpoint": EventObject("webhook_endpoint", "/v1/webhook_endpoints/", "webhook_endpoints"),
    "v2.core.event_destination": EventObject(
        "v2.core.event_destination", "/v2/core/event_destinations/", "webhook_endpoints"
    ),
}
OBJECT_OF_EVENT: Final = {kind: _OBJECTS[kind.rpartition(".")[0]] for kind in EventType}
"""The object of each type: what stands before the last full stop."""


_BEFORE_TRACE: Final = ";"
"""Stands in no request id, and in no trace."""


class Cause(msgspec.Struct, frozen=True, kw_only=True):
    """What brought something about: a request and its idempotency key, or, with neither, the bank or the clock."""

    api_version: str = DEFAULT_API_VERSION
    request_id: str | None = None
    idempotency_key: str | None = None


BY_ITSELF: Final = Cause()
"""No request stands behind it."""


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """One announcement.

    `payload` is the object as it was then, compact JSON in the wire's key order; `request_id` and
    `idempotency_key` are None for what the bank did by itself. `trace` is the request's, as W3C writes it, where that
    was sampled; it is kept behind the id of the request (ADR 22).
    """

    scope: AccountScope
    id: str
    type: EventType
    created: int
    api_version: str
    object_id: str
    payload: bytes
    request_id: str | None = None
    idempotency_key: str | None = None
    trace: str | None = None

    @property
    def kept_request_id(self) -> str | None:
        """The request's id as it is written down: with its trace, if there is one."""
        return f"{self.request_id}{_BEFORE_TRACE}{self.trace}" if self.request_id and self.trace else self.request_id


def without_trace(kept: str | None) -> tuple[str | None, str | None]:
    """Return the id of a request, and its trace, of what is written down as `kept_request_id`."""
    if kept is None or _BEFORE_TRACE not in kept:
        return kept, None
    request_id, _, trace = kept.partition(_BEFORE_TRACE)
    return request_id, trace


class EventFilters(msgspec.Struct, frozen=True, kw_only=True):
    """Which events: any of `types`, each exact or ending in `*`; None for all. `created` is in Unix seconds.

    `object_id` is what they are about.
    `delivery_success` asks for events that every webhook endpoint has received, or for those that some has not.
    """

    created: Range | None = None
    types: tuple[str, ...] | None = None
    delivery_success: bool | None = None
    object_id: str | None = None


def matching_event_types(patterns: Iterable[str]) -> frozenset[EventType]:
    """Return the event types that any of some patterns names, each exact or ending in `*`."""
    return frozenset(kind for kind in EventType for pattern in patterns if _matches(kind, pattern))


def _matches(kind: EventType, pattern: str) -> bool:
    return kind.startswith(pattern[:-1]) if pattern.endswith("*") else kind == pattern
