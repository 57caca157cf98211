"""Values of events and webhooks."""

from typing import Final

from brim.api.resources.meanings.vocabulary import Vocabulary
from brim.core.events import EventType

_SENTENCES: Final = {
    "topup.created": "A top-up was created.",
    "topup.succeeded": "A top-up's money arrived in the balance.",
    "topup.failed": "A top-up failed; `failure_code` says why.",
    "topup.canceled": "A pending top-up was canceled.",
    "topup.reversed": "A top-up that had succeeded was reversed.",
    "brim.topup.rescheduled": "A pending top-up's expected date changed, for example because its file was rejected.",
    "brim.topup.retry_scheduled": "A returned debit will be re-presented automatically.",
    "balance.available": "Your available balance changed.",
    "test_helpers.test_clock.created": "A test clock was created.",
    "test_helpers.test_clock.advancing": "A test clock began to advance.",
    "test_helpers.test_clock.ready": "A test clock finished advancing.",
    "test_helpers.test_clock.deleted": "A test clock was deleted.",
    "brim.webhook_endpoint.disabled": "A webhook endpoint was disabled after three days of failures.",
    "brim.ach_file.created": "A file for the bank was created.",
    "brim.ach_file.approved": "A file was approved by as many people as it needs.",
    "brim.ach_file.sent": "A file was sent to the bank.",
    "brim.ach_file.acknowledged": "The bank acknowledged a file.",
    "brim.ach_file.rejected": "The bank rejected a file.",
    "brim.ach_file.settled": "The bank's statement booked all of a file.",
    "brim.ach_file.held": "Something keeps a file from being sent; `held_because` says what.",
    "brim.bank_file.awaiting_approval": "A statement was imported by hand and needs another operator's approval.",
    "brim.bank_file.approved": "An imported statement was approved.",
    "brim.bank_file.rejected": "An imported statement was rejected; nothing of it is posted.",
    "brim.bank_file.delivered": "The bank delivered the same statement that was imported by hand.",
    "brim.return_rate.warned": "A return rate reached 60% of its limit.",
    "brim.return_rate.limit_reached": "A return rate reached its limit.",
    "brim.return_rate.cleared": "A return rate fell below its limit.",
    "brim.break.opened": "The bank's records don't match the books.",
    "brim.prenote.created": "A prenote was started.",
    "brim.prenote.verified": "A prenote verified a bank account.",
    "brim.prenote.failed": "A prenote was returned, so the bank account is not verified.",
    "brim.prenote.canceled": "A prenote was canceled.",
    "brim.microdeposits.created": "Micro-deposits were started.",
    "brim.microdeposits.verified": "The amounts of micro-deposits were confirmed, which verified a bank account.",
    "brim.microdeposits.failed": "Micro-deposits failed, so the bank account is not verified.",
    "brim.microdeposits.canceled": "Micro-deposits were canceled.",
    "brim.microdeposits.limit_reached": "Micro-deposits reached a limit of the originator's profile.",
    "brim.negative_balance.created": "A returned or reversed top-up took a balance below zero.",
    "brim.negative_balance.recovered": "A negative balance was recovered.",
    "brim.funding_source.corrected": "A bank corrected the details of a bank account on file.",
    "brim.ach_return.dishonored": "You dishonored a return.",
    "brim.ach_return.dishonor_accepted": "A dishonored return can no longer be contested; you keep the money.",
    "brim.ach_return.contested": "The receiving bank contested a dishonored return. The return stands.",
    "brim.ach_reversal.created": "A reversal of a debit was requested.",
    "brim.ach_reversal.settled": "The bank booked a reversal.",
    "brim.ach_reversal.returned": "The receiving bank returned a reversal.",
    "brim.ach_reversal.missed": "A reversal was not sent in time, or no statement booked it.",
    "brim.ach_reversal.superseded": "A reversal was not needed: its debit was already returned.",
    "brim.refund.created": "A refund was requested.",
    "brim.refund.succeeded": "The bank booked a refund.",
    "brim.refund.failed": "A refund failed; its money is back in the balance.",
    "brim.refund.canceled": "A refund was canceled before it was sent.",
    "brim.incoming_transfer.credited": "A bank transfer was added to the balance.",
    "brim.incoming_transfer.suspended": "A bank transfer needs a decision before it is credited.",
    "brim.incoming_transfer.returned": "A bank transfer was sent back.",
    "brim.incoming_transfer.recalled": "The payer's bank recalled a bank transfer.",
    "reporting.report_run.succeeded": "A report run finished.",
    "reporting.report_run.failed": "A report run failed.",
    "v2.core.event_destination.ping": "You sent a test ping to an event destination.",
}
EVENT_TYPE: Final[Vocabulary] = _SENTENCES
THIN_EVENT_TYPE: Final[Vocabulary] = {
    kind.value if kind.value.startswith(("brim.", "v2.")) else f"v1.{kind.value}": _SENTENCES[kind.value]
    for kind in EventType
}
ENABLED_EVENT: Final[Vocabulary] = {
    "*": "Every event, including types that are added later.",
    **_SENTENCES,
    **THIN_EVENT_TYPE,
}
"""For lists of types to subscribe to. They hold every type of Stripe's; one that is not here never occurs."""

ENDPOINT_STATUS: Final[Vocabulary] = {
    "disabled": "Nothing is sent. Events that occur meanwhile can be resent later.",
    "enabled": "Events are sent.",
}
DISABLED_BECAUSE: Final[Vocabulary] = {
    "failures": "Every attempt failed for three days.",
    "owner": "You or an operator disabled it.",
}
EVENT_PAYLOAD: Final[Vocabulary] = {
    "snapshot": "The event carries the whole object as it was when the event occurred.",
    "thin": "The event carries the object's id and URL only; you retrieve the object.",
}
ATTEMPT_CAUSE: Final[Vocabulary] = {
    "recovery": "Missed events were resent to the endpoint.",
    "resend": "This event was resent.",
    "schedule": "The first delivery, or an automatic retry.",
    "test": "A test event was sent.",
}
NEXT_ATTEMPT: Final[Vocabulary] = {
    "now": "It is due or in progress.",
    "queued": "The endpoint is failing and is tried with one event at a time, so no time can be given.",
    "scheduled": "It is made at `next_attempt`.",
}
ATTEMPT_OUTCOME: Final[Vocabulary] = {
    "delivered": "The endpoint responded with a 2xx status.",
    "refused": "The endpoint responded with another status. Redirects are not followed.",
    "timed_out": "The endpoint didn't respond in time.",
    "unreachable": "No connection could be made: the name did not resolve, or the connection or TLS failed.",
    "blocked": "The URL leads to an address that the server's settings forbid.",
    "garbled": "The response was not HTTP.",
}
DELIVERY_STATE: Final[Vocabulary] = {
    "pending": "An attempt will be made, for the first time or again.",
    "delivered": "The endpoint has received it.",
    "failed": "It is no longer retried. It can be resent.",
}
DESTINATION_TYPE: Final[Vocabulary] = {"webhook_endpoint": "A webhook endpoint: events are sent to its URL."}
EVENTS_FROM: Final[Vocabulary] = {
    "@self": "Events of your own account.",
    "self": "The same as `@self`.",
    "@accounts": "Events of your connected accounts.",
    "other_accounts": "The same as `@accounts`.",
}
INCLUDE: Final[Vocabulary] = {
    "webhook_endpoint.signing_secret": "The signing secret; only when the destination is created.",
    "webhook_endpoint.url": "The URL.",
}
LOG_METHOD: Final[Vocabulary] = {
    "DELETE": "Requests that delete.",
    "GET": "Requests that read.",
    "POST": "Requests that create or change.",
}
LOG_SOURCE: Final[Vocabulary] = {
    "api": "Requests from your programs.",
    "dashboard": "Requests from the dashboard.",
}
ERROR_TYPE: Final[Vocabulary] = {
    "api_error": "Something failed on the server. Retry with the same idempotency key.",
    "card_error": "A bank account cannot be debited.",
    "idempotency_error": "The idempotency key was used before with other parameters.",
    "invalid_request_error": "Something about the request is wrong; `param` says which part.",
}

ALL: Final = (
    EVENT_TYPE,
    THIN_EVENT_TYPE,
    ENDPOINT_STATUS,
    DISABLED_BECAUSE,
    EVENT_PAYLOAD,
    ATTEMPT_CAUSE,
    NEXT_ATTEMPT,
    ATTEMPT_OUTCOME,
    DELIVERY_STATE,
    DESTINATION_TYPE,
    EVENTS_FROM,
    INCLUDE,
    LOG_METHOD,
    LOG_SOURCE,
    ERROR_TYPE,
)
PLACES: Final = {
    **dict.fromkeys(
        (
            "PostWebhookEndpoints.enabled_events",
            "PostWebhookEndpointsWebhookEndpoint.enabled_events",
            "PostV2CoreEventDestinations.enabled_events",
            "PostV2CoreEventDestinationsId.enabled_events",
        ),
        ENABLED_EVENT,
    ),
    **dict.fromkeys(
        (
            "GetV2CoreEventDestinations.include",
            "GetV2CoreEventDestinationsId.include",
            "PostV2CoreEventDestinationsId.include",
        ),
        INCLUDE,
    ),
}
