"""The JSON schemas of what replies hold: the wire's structs, with what their Python types cannot say.

Types, order and nullability come from the structs of `brim.domain.wire`; the tables below add meaning, formats,
bounds and words. A property without a row here is an error when the document is built, so none is forgotten.
"""

from typing import Any, Final, get_args

import msgspec

from brim.api.errors import ErrorDetail, ErrorObject
from brim.api.kinds import MAX_EMAIL
from brim.api.params import Schema
from brim.domain import (
    account_wire,
    balance_wire,
    books_wire,
    clock_wire,
    destination_wire,
    event_wire,
    funding_sources,
    funding_wire,
    thin_events,
    topup_wire,
    verification_wire,
    webhook_wire,
    wire,
)
from brim.domain.accounts import BUSINESS_TYPES, MAX_SETTLEMENT_DAYS, TYPES
from brim.domain.clocks import MAX_NAME
from brim.domain.endpoints import MAX_DESCRIPTION as MAX_ENDPOINT_DESCRIPTION
from brim.domain.endpoints import MAX_NAME as MAX_ENDPOINT_NAME
from brim.domain.endpoints import MAX_URL
from brim.domain.events import EventType
from brim.domain.ledger import LedgerAccount, TransferKind
from brim.domain.listener_wire import SessionObject
from brim.domain.metadata import MAX_KEY_LENGTH, MAX_KEYS, MAX_VALUE_LENGTH
from brim.domain.request_log_wire import RequestLogObject
from brim.domain.topups import MAX_DESCRIPTION, MAX_STATEMENT_DESCRIPTOR, Status
from brim.domain.webhooks import DeliveryState, EventPayload, Outcome
from brim.kit.currency import MAX_AMOUNT

_REFERENCE: Final = "#/components/schemas/{name}"
_TEXT: Final[Schema] = {"maxLength": 5000}
_TIME: Final[Schema] = {"format": "unix-time"}
_DATE_TIME: Final[Schema] = {"format": "date-time"}
_CURRENCY: Final[Schema] = {"description": "The currency's ISO code, in lower case.", "examples": ["usd"]}
_LIVEMODE: Final[Schema] = {"description": "Whether the object lives in live mode, as the key that made it."}
_METADATA: Final[Schema] = {
    "description": "Key-value pairs of yours.",
    "maxProperties": MAX_KEYS,
    "propertyNames": {"maxLength": MAX_KEY_LENGTH},
    "additionalProperties": {"type": "string", "maxLength": MAX_VALUE_LENGTH},
}
_TRANSFER_KINDS: Final = [kind.value for kind in TransferKind]

NAMES: Final[dict[type[msgspec.Struct], str]] = {
    topup_wire.TopupObject: "topup",
    topup_wire.TopupExtras: "topup_extras",
    topup_wire.AvailabilityObject: "availability",
    topup_wire.SkippedDayObject: "skipped_day",
    balance_wire.BalanceTransactionObject: "balance_transaction",
    balance_wire.BalanceObject: "balance",
    balance_wire.BalanceEntry: "balance_entry",
    clock_wire.ClockObject: "test_helpers.test_clock",
    clock_wire.ClockStatusDetails: "test_clock_status_details",
    clock_wire.AdvancingDetails: "test_clock_advancing",
    account_wire.AccountObject: "account",
    account_wire.AccountExtras: "account_extras",
    account_wire.BusinessProfile: "account_business_profile",
    webhook_wire.WebhookEndpointObject: "webhook_endpoint",
    webhook_wire.EndpointExtras: "webhook_endpoint_extras",
    webhook_wire.EndpointDelivery: "webhook_endpoint_delivery",
    webhook_wire.WebhookAttemptObject: "webhook_attempt",
    webhook_wire.WebhookDeliveryObject: "webhook_delivery",
    destination_wire.EventDestinationObject: "v2.core.event_destination",
    destination_wire.DestinationStatusDetails: "v2.core.event_destination_status_details",
    destination_wire.DisabledDetails: "v2.core.event_destination_disabled",
    destination_wire.DestinationTarget: "v2.core.event_destination_webhook_endpoint",
    destination_wire.DeletedDestination: "v2.core.deleted_event_destination",
    thin_events.ThinEventObject: "v2.core.event",
    thin_events.RelatedObject: "v2.core.event_related_object",
    thin_events.Reason: "v2.core.event_reason",
    thin_events.ReasonRequest: "v2.core.event_reason_request",
    wire.DeletedObject: "deleted_object",
    funding_wire.PaymentMethodObject: "payment_method",
    funding_wire.BillingDetailsObject: "billing_details",
    funding_wire.UsBankAccountObject: "us_bank_account",
    funding_wire.NetworksObject: "bank_account_networks",
    funding_wire.FundingStateObject: "brim.funding_state",
    funding_wire.VerificationObject: "brim.funding_verification",
    funding_wire.SourceObject: "source",
    funding_wire.AchDebitObject: "ach_debit",
    funding_wire.SourceOwnerObject: "source_owner",
    funding_wire.TokenObject: "token",
    funding_wire.BankAccountObject: "bank_account",
    funding_wire.DefaultFundingObject: "brim.default_funding_source",
    funding_sources.Address: "address",
    event_wire.EventObject: "event",
    event_wire.EventExtras: "event_extras",
    event_wire.EventData: "event_data",
    event_wire.EventRequest: "event_request",
    books_wire.BalanceOverviewObject: "brim.balance_overview",
    books_wire.CurrencyOverviewObject: "brim.currency_overview",
    books_wire.BalanceDayObject: "brim.balance_day",
    books_wire.InFlightObject: "brim.in_flight",
    books_wire.TransferObject: "brim.transfer",
    verification_wire.VerificationRunObject: "brim.verification",
    verification_wire.DifferenceObject: "brim.verification_difference",
    RequestLogObject: "brim.request_log",
    SessionObject: "stripecli.session",
    ErrorObject: "error",
    ErrorDetail: "error_detail",
}
"""The published name of each struct."""


def _identifier(prefix: str, noun: str) -> Schema:
    return {"description": f"The {noun}'s id.", "pattern": f"^{prefix}_[0-9A-Za-z]{{24}}$", **_TEXT}


def _constant(value: str) -> Schema:
    return {"description": "The kind of object.", "const": value}


def _expandable(component: str, description: str) -> Schema:
    reference = {"$ref": _REFERENCE.format(name=component)}
    return {"description": description, "anyOf": [{"type": "string", **_TEXT}, reference, {"type": "null"}]}


_TOPUP: Final[dict[str, Schema]] = {
    "id": _identifier("tu", "top-up"),
    "object": _constant("topup"),
    "amount": {"description": "How much is moved, in minor units.", "minimum": 1, "maximum": MAX_AMOUNT},
    "balance_transaction": _expandable("balance_transaction", "What booked the money on the balance, once it arrived."),
    "brim": {"description": "What is known beyond the rest; there only when `brim.availability` is expanded."},
    "created": {"description": "When it was made.", **_TIME},
    "currency": _CURRENCY,
    "description": {"description": "A text of yours.", "maxLength": MAX_DESCRIPTION},
    "expected_availability_date": {"description": "When the money is expected to be usable.", **_TIME},
    "failure_code": {"description": "Why it failed or was returned, as a word for programs.", **_TEXT},
    "failure_message": {"description": "Why it failed or was returned, as a sentence for people.", **_TEXT},
    "initiated_by": {"description": "Who asked for it.", "enum": ["stripe", "user"]},
    "livemode": _LIVEMODE,
    "metadata": _METADATA,
    "payment_method": _expandable("payment_method", "The PaymentMethod that pays."),
    "payment_method_options": {"description": "The options that were given for the payment method."},
    "source": {
        "description": "The bank account that pays, always in full.",
        "anyOf": [{"$ref": _REFERENCE.format(name="source")}, {"type": "null"}],
    },
    "statement_descriptor": {
        "description": "What the statement of the debited account shows.",
        "maxLength": MAX_STATEMENT_DESCRIPTOR,
    },
    "status": {"description": "Where the top-up stands.", "enum": sorted(status.value for status in Status)},
    "transfer_group": {"description": "The group that you put it in.", **_TEXT},
}
_TOPUP_EXTRAS: Final[dict[str, Schema]] = {
    "availability": {"description": "Why the money is usable when it is."},
}
_AVAILABILITY: Final[dict[str, Schema]] = {
    "available_on": {"description": "When the money is expected to be usable.", **_TIME},
    "business_days": {"description": "The banking days that were counted, the last being that of the money."},
    "calendar": {"description": "Whose banking days count; null where the sandbox went by its own setting."},
    "counted_from": {"description": "The banking day that counts as the day of submission."},
    "cutoff": {"description": "The cut-off of the day of submission; null on a day without one.", **_TIME},
    "missed_cutoff": {"description": "Whether it came too late for that day."},
    "settlement_days": {"description": "How many banking days money takes."},
    "skipped": {"description": "The days passed over, in order."},
    "submitted": {"description": "When it was handed in.", **_TIME},
    "time_zone": {"description": "The bank's time zone, by its IANA name.", **_TEXT},
}
_SKIPPED_DAY: Final[dict[str, Schema]] = {
    "date": {"description": "The day."},
    "name": {"description": "The holiday's name; null on a weekend.", **_TEXT},
    "reason": {"description": "Why it did not count.", "enum": ["holiday", "weekend"]},
}
_BALANCE_TRANSACTION: Final[dict[str, Schema]] = {
    "id": _identifier("txn", "balance transaction"),
    "object": _constant("balance_transaction"),
    "amount": {"description": "What it adds to the balance before fees, in minor units; negative when it takes away."},
    "available_on": {"description": "When its net becomes usable.", **_TIME},
    "balance_type": {
        "description": "Which balance it belongs to.",
        "enum": ["issuing", "payments", "refund_and_dispute_prefunding", "risk_reserved"],
    },
    "created": {"description": "When it was booked.", **_TIME},
    "currency": _CURRENCY,
    "description": {"description": "The description of what caused it.", **_TEXT},
    "exchange_rate": {"description": "Null: no currency is exchanged."},
    "fee": {"description": "What it costs, in minor units."},
    "fee_details": {"description": "What the fee is made of."},
    "net": {"description": "The amount without the fee, in minor units."},
    "reporting_category": {"description": "What it is for the books.", "enum": _TRANSFER_KINDS},
    "source": _expandable("topup", "The object that caused it."),
    "status": {"description": "Whether its net is usable yet.", "enum": ["available", "pending"]},
    "type": {"description": "What kind of movement it is.", "enum": _TRANSFER_KINDS},
}
_BALANCE: Final[dict[str, Schema]] = {
    "object": _constant("balance"),
    "available": {"description": "What is usable, by currency."},
    "livemode": _LIVEMODE,
    "pending": {"description": "What is booked but not usable yet, by currency."},
}
_BALANCE_ENTRY: Final[dict[str, Schema]] = {
    "amount": {"description": "In minor units; below zero after money was returned late."},
    "currency": _CURRENCY,
    "source_types": {"description": "The same, by the kind of account it came from."},
}
_CLOCK: Final[dict[str, Schema]] = {
    "id": _identifier("clock", "test clock"),
    "object": _constant("test_helpers.test_clock"),
    "created": {"description": "When it was made, in real time.", **_TIME},
    "deletes_after": {"description": "When it goes by itself, in real time.", **_TIME},
    "frozen_time": {"description": "The time in which the account's test mode lives.", **_TIME},
    "livemode": _LIVEMODE,
    "name": {"description": "What you call it.", "maxLength": MAX_NAME},
    "status": {"description": "Whether it stands or moves.", "enum": ["advancing", "ready"]},
    "status_details": {"description": "Where it goes, while it moves."},
}
_CLOCK_STATUS_DETAILS: Final[dict[str, Schema]] = {
    "advancing": {"description": "There only while it moves."},
}
_CLOCK_ADVANCING: Final[dict[str, Schema]] = {
    "target_frozen_time": {"description": "Where it will stand.", **_TIME},
}
_ACCOUNT: Final[dict[str, Schema]] = {
    "id": {"description": "The account's id.", "pattern": "^acct_[0-9A-Za-z]{16}$", **_TEXT},
    "object": _constant("account"),
    "brim": {"description": "What is known beyond the rest, in the mode of the key."},
    "business_profile": {"description": "What the account's customers see of it."},
    "business_type": {"description": "What kind of business it is.", "enum": [*BUSINESS_TYPES, None]},
    "capabilities": {"description": "Empty: nothing has to be requested."},
    "charges_enabled": {"description": "Always true: an account is ready when it is made."},
    "country": {"description": "Its country's ISO code, in upper case.", "pattern": "^[A-Z]{2}$"},
    "created": {"description": "When it was made.", **_TIME},
    "default_currency": _CURRENCY,
    "details_submitted": {"description": "Always true: no details are asked for."},
    "email": {"description": "Its address, to tell it from others.", "maxLength": MAX_EMAIL},
    "metadata": _METADATA,
    "payouts_enabled": {"description": "Always true: an account is ready when it is made."},
    "type": {"description": "The type it was made with.", "enum": list(TYPES)},
}
_ACCOUNT_EXTRAS: Final[dict[str, Schema]] = {
    "settlement_days": {
        "description": "How many banking days money takes by its own agreement; null leaves it to the rail.",
        "minimum": 0,
        "maximum": MAX_SETTLEMENT_DAYS,
    },
}
_BUSINESS_PROFILE: Final[dict[str, Schema]] = {"name": {"description": "The name it does business under.", **_TEXT}}
_PAYLOADS: Final = sorted(payload.value for payload in EventPayload)
_WEBHOOK_ENDPOINT: Final[dict[str, Schema]] = {
    "id": _identifier("(we|ed)", "webhook endpoint"),
    "object": _constant("webhook_endpoint"),
    "api_version": {"description": "The version of the API that was asked for, in which events are written.", **_TEXT},
    "application": {"description": "The platform's application, where its accounts' events are sent.", **_TEXT},
    "brim": {"description": "What is known beyond the rest; there only when `brim.delivery` is expanded."},
    "created": {"description": "When it was made, in real time.", **_TIME},
    "description": {"description": "What it is for.", "maxLength": MAX_ENDPOINT_DESCRIPTION},
    "enabled_events": {"description": "The types of events that are sent; `*` for all."},
    "livemode": _LIVEMODE,
    "metadata": _METADATA,
    "secret": {"description": "What deliveries are signed with; only in the reply that makes it.", **_TEXT},
    "status": {"description": "Whether events are sent to it.", "enum": ["disabled", "enabled"]},
    "url": {"description": "Where events are sent.", "format": "uri", "maxLength": MAX_URL},
}
_ENDPOINT_EXTRAS: Final[dict[str, Schema]] = {"delivery": {"description": "How it is served."}}
_ENDPOINT_DELIVERY: Final[dict[str, Schema]] = {
    "connect": {"description": "Whether it gets the events of the accounts under this platform, not its own."},
    "disabled_at": {"description": "When it was disabled, in real time; null while it is enabled.", **_TIME},
    "disabled_because": {
        "description": "Who disabled it: its owner, or three days of failures; null while it is enabled.",
        "enum": ["failures", "owner", None],
    },
    "event_payload": {"description": "What is sent of an event.", "enum": _PAYLOADS},
    "failing_since": {"description": "The first failure since anything was received.", **_TIME},
    "notice": {"description": "What its owner should know of it, as a sentence; null where all is well.", **_TEXT},
    "old_secret_until": {"description": "Until when the secret before this one signs too.", **_TIME},
    "rendered_version": {"description": "The version in which events are written.", **_TEXT},
}
_WEBHOOK_ATTEMPT: Final[dict[str, Schema]] = {
    "id": _identifier("wa", "attempt"),
    "object": _constant("webhook_attempt"),
    "account": {"description": "Whose event was sent; there only where it is not the endpoint's own account's."},
    "cause": {"description": "Why it was made.", "enum": ["resend", "schedule", "test"]},
    "created": {"description": "When it was made, in real time.", **_TIME},
    "duration_ms": {"description": "How long it took, in milliseconds.", "minimum": 0},
    "error": {"description": "Why there is no answer, as a sentence; null where there is one.", **_TEXT},
    "event": {"description": "The id of the event that was sent.", **_TEXT},
    "http_status": {"description": "The status of the answer; null where there was none."},
    "livemode": _LIVEMODE,
    "next_attempt": {
        "description": "When the same event is next sent to the same endpoint; null where it is not.",
        **_TIME,
    },
    "outcome": {"description": "What became of it.", "enum": [outcome.value for outcome in Outcome]},
    "request_headers": {"description": "The headers that the event was sent with."},
    "response_head": {"description": "The first 1024 bytes of the answer's body, as text."},
    "webhook_endpoint": {"description": "The id of the endpoint.", **_TEXT},
}
_WEBHOOK_DELIVERY: Final[dict[str, Schema]] = {
    "object": _constant("webhook_delivery"),
    "account": {"description": "Whose event it is; there only where it is not the endpoint's own account's."},
    "attempts": {"description": "How many attempts were made since it was last begun.", "minimum": 0},
    "created": {"description": "When it was begun, in real time.", **_TIME},
    "event": {"description": "The id of the event.", **_TEXT},
    "livemode": _LIVEMODE,
    "next_attempt": {"description": "When it is tried next; null where there is no more to do.", **_TIME},
    "state": {"description": "Where it stands.", "enum": [state.value for state in DeliveryState]},
    "url": {"description": "Where the endpoint is."},
    "webhook_endpoint": {"description": "The id of the endpoint.", **_TEXT},
}
_DESTINATION: Final[dict[str, Schema]] = {
    "id": _identifier("(we|ed)", "event destination"),
    "object": _constant("v2.core.event_destination"),
    "amazon_eventbridge": {"description": "Always null: events are sent by webhook only."},
    "azure_event_grid": {"description": "Always null: events are sent by webhook only."},
    "created": {"description": "When it was made, in real time.", **_DATE_TIME},
    "description": {"description": "What it is for.", "maxLength": MAX_ENDPOINT_DESCRIPTION},
    "enabled_events": {"description": "The types of events that are sent; `*` for all."},
    "event_payload": {"description": "What is sent of an event.", "enum": _PAYLOADS},
    "events_from": {"description": "Whose events are sent: `@self` or `@accounts`."},
    "livemode": _LIVEMODE,
    "metadata": _METADATA,
    "name": {"description": "What you call it; its id where it has no name.", "maxLength": MAX_ENDPOINT_NAME},
    "snapshot_api_version": {"description": "The version of snapshots; null where thin events are sent.", **_TEXT},
    "status": {"description": "Whether events are sent to it.", "enum": ["disabled", "enabled"]},
    "status_details": {
        "description": "Why it is disabled; null while it is enabled.",
        "anyOf": [{"$ref": _REFERENCE.format(name="v2.core.event_destination_status_details")}, {"type": "null"}],
    },
    "type": {"description": "How events are sent.", "const": "webhook_endpoint"},
    "updated": {"description": "When it was changed last, in real time.", **_DATE_TIME},
    "webhook_endpoint": {"description": "Where events are sent."},
}
_DESTINATION_STATUS_DETAILS: Final[dict[str, Schema]] = {"disabled": {"description": "Why it is disabled."}}
_DESTINATION_DISABLED: Final[dict[str, Schema]] = {
    "reason": {
        "description": "Who disabled it: its owner, or three days of failures.",
        "enum": [destination_wire.BY_FAILURES, destination_wire.BY_USER],
    },
}
_DESTINATION_TARGET: Final[dict[str, Schema]] = {
    "signing_secret": {"description": "What deliveries are signed with; null unless included in a create.", **_TEXT},
    "url": {"description": "Where events are sent; null unless included.", "format": "uri", "maxLength": MAX_URL},
}
_DELETED_DESTINATION: Final[dict[str, Schema]] = {
    "id": {"description": "The id it had.", **_TEXT},
    "object": _constant("v2.core.event_destination"),
}
_THIN_EVENT: Final[dict[str, Schema]] = {
    "id": _identifier("evt", "event"),
    "object": _constant("v2.core.event"),
    "changes": {"description": "Always null: what changed is read from the object."},
    "context": {"description": "Whose event it is, where a platform is told; else null.", **_TEXT},
    "created": {"description": "When it happened, in the account's time.", **_DATE_TIME},
    "livemode": _LIVEMODE,
    "reason": {
        "description": "The request that caused it; null for what happened by itself.",
        "anyOf": [{"$ref": _REFERENCE.format(name="v2.core.event_reason")}, {"type": "null"}],
    },
    "related_object": {"description": "Which object it is about."},
    "snapshot_event": {"description": "The id of the same event in snapshot form: the same.", **_TEXT},
    "type": {"description": "What happened.", "enum": [thin_events.thin_name(kind) for kind in EventType]},
}
_RELATED_OBJECT: Final[dict[str, Schema]] = {
    "id": {"description": "Its id; not there for a balance, of which an account has one.", **_TEXT},
    "type": {"description": "The kind of object.", **_TEXT},
    "url": {"description": "Where it is read.", **_TEXT},
}
_REASON: Final[dict[str, Schema]] = {
    "type": {"description": "The kind of reason.", "const": "request"},
    "request": {"description": "The request."},
}
_REASON_REQUEST: Final[dict[str, Schema]] = {
    "id": {"description": "The request's id.", **_TEXT},
    "idempotency_key": {"description": "The key it came under; null where it had none.", **_TEXT},
}
_DELETED: Final[dict[str, Schema]] = {
    "id": {"description": "The id it had.", **_TEXT},
    "object": {"description": "The kind of object it was.", **_TEXT},
    "deleted": {"description": "Always true.", "const": True},
}
_BANK_ACCOUNT_PARTS: Final[dict[str, Schema]] = {
    "bank_name": {"description": "The bank's name, if it is known.", **_TEXT},
    "fingerprint": {"description": "The same for equal routing and account numbers, and nobody can tell them by it."},
    "last4": {"description": "The last digits of the account number.", "maxLength": 4},
    "routing_number": {"description": "The bank's ACH routing number.", "pattern": "^[0-9]{9}$"},
}
_HOLDER_TYPE: Final[Schema] = {"description": "What kind of holder it has: `individual` or `company`."}
_ACCOUNT_TYPE: Final[Schema] = {"description": "What kind of account it is: `checking` or `savings`."}
_COUNTRY: Final[Schema] = {"description": "The bank's country, as two letters."}
_METADATA_OBJECT: Final[Schema] = _TOPUP["metadata"]
_REDISPLAY: Final[Schema] = {
    "description": "Whether it may be shown again.",
    "enum": ["always", "limited", "unspecified"],
}
_PERSON: Final[dict[str, Schema]] = {
    "address": {"description": "The address."},
    "email": {"description": "Email address.", **_TEXT},
    "name": {"description": "Full name.", **_TEXT},
    "phone": {"description": "Phone number.", **_TEXT},
}
_PAYMENT_METHOD: Final[dict[str, Schema]] = {
    "id": {"description": "The payment method's id, or a test id.", **_TEXT},
    "object": _constant("payment_method"),
    "allow_redisplay": _REDISPLAY,
    "billing_details": {"description": "Whose it is."},
    "brim": {"description": "Its state, when it is asked for with `expand[]=brim`; ours."},
    "created": {"description": "When it was made.", **_TIME},
    "customer": {"description": "Null: it belongs to the account."},
    "livemode": _LIVEMODE,
    "metadata": _METADATA_OBJECT,
    "type": {"description": "The kind of payment method.", "const": "us_bank_account"},
    "us_bank_account": {"description": "The bank account."},
}
_BILLING_DETAILS: Final[dict[str, Schema]] = {**_PERSON, "tax_id": {"description": "Null: nobody asks for it."}}
_ADDRESS: Final[dict[str, Schema]] = {
    "city": {"description": "City.", **_TEXT},
    "country": {"description": "Two-letter country code.", **_TEXT},
    "line1": {"description": "Street and number.", **_TEXT},
    "line2": {"description": "Flat, floor or building.", **_TEXT},
    "postal_code": {"description": "Postal code.", **_TEXT},
    "state": {"description": "State or province.", **_TEXT},
}
_US_BANK_ACCOUNT: Final[dict[str, Schema]] = {
    **_BANK_ACCOUNT_PARTS,
    "account_holder_type": _HOLDER_TYPE,
    "account_type": _ACCOUNT_TYPE,
    "financial_connections_account": {"description": "Null: numbers are given by hand."},
    "networks": {"description": "Which networks reach it."},
    "status_details": {"description": "Empty: nothing blocks it."},
}
_NETWORKS: Final[dict[str, Schema]] = {
    "preferred": {"description": "The one that is used."},
    "supported": {"description": "All of them."},
}
_FUNDING_STATE: Final[dict[str, Schema]] = {
    "detached": {"description": "Whether no new top-up can be paid from it."},
    "verification": {"description": "Whether it may be debited."},
}
_VERIFICATION: Final[dict[str, Schema]] = {
    "attempts_remaining": {"description": "How often its micro-deposits may still be guessed wrong.", "minimum": 0},
    "status": {"description": "How far it is.", "enum": sorted(funding_sources.Verification)},
}
_SOURCE: Final[dict[str, Schema]] = {
    "id": _identifier("src", "source"),
    "object": _constant("source"),
    "ach_debit": {"description": "The bank account."},
    "allow_redisplay": _REDISPLAY,
    "amount": {"description": "Null: it pays any amount."},
    "client_secret": {"description": "A secret of the source's own.", **_TEXT},
    "code_verification": {"description": "How far its verification is; left out once it is verified."},
    "created": {"description": "When it was made.", **_TIME},
    "currency": {"description": "The currency of the account.", "examples": ["usd"]},
    "flow": {"description": "How it is verified.", "const": "code_verification"},
    "livemode": _LIVEMODE,
    "metadata": _METADATA_OBJECT,
    "owner": {"description": "Whose it is."},
    "statement_descriptor": {"description": "Null: a top-up has its own."},
    "status": {"description": "Whether it can be debited.", "enum": ["chargeable", "consumed", "failed", "pending"]},
    "type": {"description": "The kind of source.", "const": "ach_debit"},
    "usage": {"description": "Whether it can be debited again.", "const": "reusable"},
}
_ACH_DEBIT: Final[dict[str, Schema]] = {**_BANK_ACCOUNT_PARTS, "country": _COUNTRY, "type": _HOLDER_TYPE}
_SOURCE_OWNER: Final[dict[str, Schema]] = {
    **_PERSON,
    **{f"verified_{name}": {"description": "Null: nobody verifies it."} for name in _PERSON},
}
_TOKEN: Final[dict[str, Schema]] = {
    "id": _identifier("btok", "token"),
    "object": _constant("token"),
    "bank_account": {"description": "The bank account."},
    "client_ip": {"description": "Null: it is not kept."},
    "created": {"description": "When it was made.", **_TIME},
    "livemode": _LIVEMODE,
    "type": {"description": "The kind of token.", "const": "bank_account"},
    "used": {"description": "Whether it has become a source."},
}
_BANK_ACCOUNT: Final[dict[str, Schema]] = {
    **_BANK_ACCOUNT_PARTS,
    "id": _identifier("ba", "bank account"),
    "object": _constant("bank_account"),
    "account_holder_name": {"description": "The holder's name.", **_TEXT},
    "account_holder_type": _HOLDER_TYPE,
    "account_type": _ACCOUNT_TYPE,
    "country": _COUNTRY,
    "currency": {"description": "The currency of the account.", "examples": ["usd"]},
    "status": {"description": "Always new.", "const": "new"},
}
_DEFAULT_FUNDING: Final[dict[str, Schema]] = {
    "id": {"description": "The currency, or `implicit`.", **_TEXT},
    "object": _constant("brim.default_funding_source"),
    "currency": {"description": "What it pays for; null for every currency that has no default of its own."},
    "funding_source": {"description": "The id of the payment method or source; null for test mode's own."},
    "implicit": {"description": "Whether it is the bank account that test mode has by itself."},
    "livemode": _LIVEMODE,
}
_EVENT: Final[dict[str, Schema]] = {
    "id": _identifier("evt", "event"),
    "object": _constant("event"),
    "account": {"description": "Whose event it is, where a platform reads it; else left out.", **_TEXT},
    "api_version": {"description": "The version of the API in which the object in `data` is written.", **_TEXT},
    "brim": {"description": "What is known beyond the rest; there only in a list with `after_sequence`."},
    "created": {"description": "When it happened.", **_TIME},
    "data": {"description": "What it is about."},
    "livemode": _LIVEMODE,
    "pending_webhooks": {"description": "How many endpoints have not received it yet.", "minimum": 0},
    "request": {"description": "What caused it."},
    "type": {"description": "What happened.", "enum": [kind.value for kind in EventType]},
}
_EVENT_EXTRAS: Final[dict[str, Schema]] = {
    "sequence": {"description": "Its number among all events of its account and mode, without a gap.", "minimum": 1},
}
_EVENT_DATA: Final[dict[str, Schema]] = {
    "object": {
        "description": "The object as it was when the event happened.",
        "anyOf": [{"$ref": _REFERENCE.format(name=name)} for name in ("topup", "balance", "test_helpers.test_clock")],
    },
}
_EVENT_REQUEST: Final[dict[str, Schema]] = {
    "id": {"description": "The request's id; null for what the bank did.", **_TEXT},
    "idempotency_key": {"description": "The key that the request was made under, if any.", "maxLength": 255},
}
_LEDGER_ACCOUNTS: Final = [account.value for account in LedgerAccount]
_BALANCE_OVERVIEW: Final[dict[str, Schema]] = {
    "object": _constant("brim.balance_overview"),
    "currencies": {"description": "Each currency that has a balance or something on its way."},
    "days_from": {"description": "From when on every day is there.", **_TIME},
    "in_flight_is_complete": {"description": "Whether all that is on its way was counted; else there is more."},
    "livemode": _LIVEMODE,
}
_CURRENCY_OVERVIEW: Final[dict[str, Schema]] = {
    "available": {"description": "What can be used, in minor units; below zero after a return."},
    "currency": _CURRENCY,
    "days": {"description": "The last thirty days of UTC in their order."},
    "in_flight": {"description": "What pending top-ups will bring."},
}
_BALANCE_DAY: Final[dict[str, Schema]] = {
    "available": {"description": "What could be used at the end of the day, in minor units."},
    "received": {"description": "What came to the balance that day.", "minimum": 0},
    "returned": {"description": "What banks took back that day.", "minimum": 0},
    "start": {"description": "The first second of the day.", **_TIME},
}
_IN_FLIGHT: Final[dict[str, Schema]] = {
    "amount": {"description": "The sum of the pending top-ups, in minor units.", "minimum": 0},
    "topups": {"description": "How many they are.", "minimum": 0},
}
_TRANSFER: Final[dict[str, Schema]] = {
    "id": {"description": "The transfer's id.", **_TEXT},
    "object": _constant("brim.transfer"),
    "amount": {"description": "How much was moved, in minor units.", "minimum": 1, "maximum": MAX_AMOUNT},
    "created": {"description": "When it was booked.", **_TIME},
    "credit_account": {"description": "The ledger account that received it.", "enum": _LEDGER_ACCOUNTS},
    "currency": _CURRENCY,
    "debit_account": {"description": "The ledger account that gave it.", "enum": _LEDGER_ACCOUNTS},
    "kind": {"description": "Which step of the top-up it books.", "enum": _TRANSFER_KINDS},
    "livemode": _LIVEMODE,
    "topup": {"description": "The top-up that it belongs to.", **_TEXT},
}
_VERIFICATION_RUN: Final[dict[str, Schema]] = {
    "id": {"description": "Which verification it is; null before the first.", **_TEXT},
    "object": _constant("brim.verification"),
    "created": {"description": "When it began.", **_TIME},
    "differences": {"description": "What does not agree, first things first; at most the first few are named."},
    "duration_ms": {"description": "How long it took, in milliseconds.", "minimum": 0},
    "heads": {"description": "How many hash chains there are; null when they were not followed.", "minimum": 0},
    "sealed": {"description": "How many transfers are sealed; null when the chains were not followed.", "minimum": 0},
    "status": {"description": "Whether everything agrees.", "enum": ["agree", "differ", "none_yet"]},
    "transfers": {"description": "How many transfers there are; null when not followed.", "minimum": 0},
    "unsealed": {"description": "How many transfers wait for their seal; null when not followed.", "minimum": 0},
}
_DIFFERENCE: Final[dict[str, Schema]] = {
    "account": {"description": "Whose row it is.", **_TEXT},
    "expected": {"description": "What it should be; null when it should not be there."},
    "found": {"description": "What it is; null when it is not there."},
    "livemode": _LIVEMODE,
    "row": {"description": "The table and what names the row in it."},
}
_REQUEST_LOG: Final[dict[str, Schema]] = {
    "id": _identifier("resp", "entry"),
    "object": _constant("brim.request_log"),
    "api_version": {"description": "The version of the API that was in force.", **_TEXT},
    "created": {"description": "When it was answered.", **_TIME},
    "duration_ms": {"description": "Milliseconds from the last byte received to the reply.", "minimum": 0},
    "error": {"description": "What was answered in place of an object."},
    "idempotency_key": {"description": "The key that it was made under, if any.", **_TEXT},
    "livemode": _LIVEMODE,
    "method": {"description": "The HTTP method.", **_TEXT},
    "parameters": {"description": "What was sent, without what is secret; null where it was too much."},
    "path": {"description": "The path, without its query.", **_TEXT},
    "related_object": {"description": "The id of the object that was answered.", **_TEXT},
    "request_id": {"description": "The id that the reply and the events it caused carry.", **_TEXT},
    "status": {"description": "The HTTP status of the reply."},
    "user_agent": {"description": "What the client said it was.", **_TEXT},
}
_CLI_SESSION: Final[dict[str, Schema]] = {
    "display_connect_filter_warning": {"description": "Always false."},
    "reconnect_delay": {"description": "Seconds after which the CLI connects anew.", "minimum": 1},
    "secret": {"description": "What messages are signed with; the same each time for one device.", **_TEXT},
    "websocket_authorized_feature": {"description": "What will be sent, to be said when connecting.", **_TEXT},
    "websocket_id": {"description": "The credential of the websocket.", **_TEXT},
    "websocket_url": {"description": "Where the websocket is.", "format": "uri"},
    "default_version": {"description": "The version of the API in which events are written.", **_TEXT},
    "latest_version": {"description": "The latest version of the API.", **_TEXT},
    "device_token": {"description": "The name under which attempts are kept.", **_TEXT},
}
_ERROR: Final[dict[str, Schema]] = {"error": {"description": "What went wrong."}}
_ERROR_DETAIL: Final[dict[str, Schema]] = {
    "code": {"description": "What went wrong, as a word for programs; left out where none fits."},
    "doc_url": {"description": "Where the code is explained.", "format": "uri"},
    "message": {"description": "What went wrong, as a sentence for people.", "maxLength": 40000},
    "param": {"description": "The parameter that it is about, if it is about one."},
    "type": {
        "description": "The class of error.",
        "enum": ["api_error", "card_error", "idempotency_error", "invalid_request_error"],
    },
}
_REFINEMENTS: Final[dict[type[msgspec.Struct], dict[str, Schema]]] = {
    topup_wire.TopupObject: _TOPUP,
    topup_wire.TopupExtras: _TOPUP_EXTRAS,
    topup_wire.AvailabilityObject: _AVAILABILITY,
    topup_wire.SkippedDayObject: _SKIPPED_DAY,
    balance_wire.BalanceTransactionObject: _BALANCE_TRANSACTION,
    balance_wire.BalanceObject: _BALANCE,
    balance_wire.BalanceEntry: _BALANCE_ENTRY,
    clock_wire.ClockObject: _CLOCK,
    clock_wire.ClockStatusDetails: _CLOCK_STATUS_DETAILS,
    clock_wire.AdvancingDetails: _CLOCK_ADVANCING,
    account_wire.AccountObject: _ACCOUNT,
    account_wire.AccountExtras: _ACCOUNT_EXTRAS,
    account_wire.BusinessProfile: _BUSINESS_PROFILE,
    wire.DeletedObject: _DELETED,
    funding_wire.PaymentMethodObject: _PAYMENT_METHOD,
    funding_wire.BillingDetailsObject: _BILLING_DETAILS,
    funding_wire.UsBankAccountObject: _US_BANK_ACCOUNT,
    funding_wire.NetworksObject: _NETWORKS,
    funding_wire.FundingStateObject: _FUNDING_STATE,
    funding_wire.VerificationObject: _VERIFICATION,
    funding_wire.SourceObject: _SOURCE,
    funding_wire.AchDebitObject: _ACH_DEBIT,
    funding_wire.SourceOwnerObject: _SOURCE_OWNER,
    funding_wire.TokenObject: _TOKEN,
    funding_wire.BankAccountObject: _BANK_ACCOUNT,
    funding_wire.DefaultFundingObject: _DEFAULT_FUNDING,
    funding_sources.Address: _ADDRESS,
    webhook_wire.WebhookEndpointObject: _WEBHOOK_ENDPOINT,
    webhook_wire.EndpointExtras: _ENDPOINT_EXTRAS,
    webhook_wire.EndpointDelivery: _ENDPOINT_DELIVERY,
    webhook_wire.WebhookAttemptObject: _WEBHOOK_ATTEMPT,
    webhook_wire.WebhookDeliveryObject: _WEBHOOK_DELIVERY,
    destination_wire.EventDestinationObject: _DESTINATION,
    destination_wire.DestinationStatusDetails: _DESTINATION_STATUS_DETAILS,
    destination_wire.DisabledDetails: _DESTINATION_DISABLED,
    destination_wire.DestinationTarget: _DESTINATION_TARGET,
    destination_wire.DeletedDestination: _DELETED_DESTINATION,
    thin_events.ThinEventObject: _THIN_EVENT,
    thin_events.RelatedObject: _RELATED_OBJECT,
    thin_events.Reason: _REASON,
    thin_events.ReasonRequest: _REASON_REQUEST,
    event_wire.EventObject: _EVENT,
    event_wire.EventExtras: _EVENT_EXTRAS,
    event_wire.EventData: _EVENT_DATA,
    event_wire.EventRequest: _EVENT_REQUEST,
    books_wire.BalanceOverviewObject: _BALANCE_OVERVIEW,
    books_wire.CurrencyOverviewObject: _CURRENCY_OVERVIEW,
    books_wire.BalanceDayObject: _BALANCE_DAY,
    books_wire.InFlightObject: _IN_FLIGHT,
    books_wire.TransferObject: _TRANSFER,
    verification_wire.VerificationRunObject: _VERIFICATION_RUN,
    verification_wire.DifferenceObject: _DIFFERENCE,
    RequestLogObject: _REQUEST_LOG,
    SessionObject: _CLI_SESSION,
    ErrorObject: _ERROR,
    ErrorDetail: _ERROR_DETAIL,
}


def reference_to(struct: type[msgspec.Struct]) -> Schema:
    """Return the reference to a struct's published schema."""
    return {"$ref": _REFERENCE.format(name=NAMES[struct])}


def list_of(struct: type[msgspec.Struct], path: str) -> Schema:
    """Return the schema of a list's reply."""
    return {
        "type": "object",
        "description": "A page, newest first.",
        "properties": {
            "object": {"type": "string", **_constant("list")},
            "data": {"type": "array", "items": reference_to(struct), "description": "The objects of this page."},
            "has_more": {"type": "boolean", "description": "Whether more follow in the direction travelled."},
            "url": {"type": "string", "description": "Where the list is.", "examples": [path], **_TEXT},
        },
        "required": ["object", "data", "has_more", "url"],
    }


def v2_list_of(struct: type[msgspec.Struct]) -> Schema:
    """Return the schema of a list's reply in the second version of the API."""
    url: Schema = {"type": ["string", "null"], **_TEXT}
    return {
        "type": "object",
        "description": "A page, newest first.",
        "properties": {
            "data": {"type": "array", "items": reference_to(struct), "description": "The objects of this page."},
            "next_page_url": {**url, "description": "Where the older ones are; null where there are none."},
            "previous_page_url": {**url, "description": "Where the newer ones are; null on the first page."},
        },
        "required": ["data", "next_page_url", "previous_page_url"],
    }


def component_schemas() -> dict[str, Schema]:
    """Return the published schemas by name."""
    _, generated = msgspec.json.schema_components(tuple(NAMES), ref_template=_REFERENCE)
    return {NAMES[struct]: _component(struct, generated[struct.__name__]) for struct in NAMES}


def _component(struct: type[msgspec.Struct], generated: Schema) -> Schema:
    """Return a struct's schema. Every property is always there, save those that its encoding leaves out as unset."""
    rows = _REFINEMENTS[struct]
    properties = {name: _refined(schema, rows[name]) for name, schema in generated["properties"].items()}
    always = generated["required"] if struct.__struct_config__.omit_defaults else _always_there(struct)
    return {
        "type": "object",
        "description": generated["description"],
        "properties": properties,
        "required": always,
    }


def _always_there(struct: type[msgspec.Struct]) -> list[str]:
    """Return the properties that no encoding of a struct leaves out."""
    return [field.name for field in msgspec.structs.fields(struct) if msgspec.UnsetType not in get_args(field.type)]


def _refined(generated: Schema, row: Schema) -> Schema:
    """Return a property's schema: what its type says, unless the row says it all, and what the row adds."""
    if "anyOf" in row:
        return row
    schema = _renamed(_joined(generated))
    schema.pop("default", None)
    return {**schema, **row}


def _joined(schema: Schema) -> Schema:
    """Return `{"type": ["string", "null"]}` for a choice between a type and null."""
    choices = schema.get("anyOf", [])
    if len(choices) != 2 or choices[1] != {"type": "null"} or "type" not in choices[0]:
        return dict(schema)
    return {**choices[0], "type": [choices[0]["type"], "null"]}


def _renamed(schema: Any) -> Any:
    """Return a schema whose references are to the published names."""
    if isinstance(schema, list):
        return [_renamed(inner) for inner in schema]
    if not isinstance(schema, dict):
        return schema
    return {key: _PUBLISHED.get(inner, inner) if key == "$ref" else _renamed(inner) for key, inner in schema.items()}


_PUBLISHED: Final = {
    _REFERENCE.format(name=struct.__name__): _REFERENCE.format(name=name) for struct, name in NAMES.items()
}
