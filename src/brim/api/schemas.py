"""The JSON schemas of what replies hold: the wire's structs, with what their Python types cannot say.

Types, order and nullability come from the structs of `brim.domain.wire`; the tables below add meaning, formats,
bounds and words. A property without a row here is an error when the document is built, so none is forgotten.
"""

from typing import Any, Final

import msgspec

from brim.api.errors import ErrorDetail, ErrorObject
from brim.api.params import Schema
from brim.domain import wire
from brim.domain.clocks import MAX_NAME
from brim.domain.events import EventType
from brim.domain.ledger import TransferKind
from brim.domain.listener_wire import SessionObject
from brim.domain.metadata import MAX_KEY_LENGTH, MAX_KEYS, MAX_VALUE_LENGTH
from brim.domain.request_log_wire import RequestLogObject
from brim.domain.topups import MAX_DESCRIPTION, MAX_STATEMENT_DESCRIPTOR, Status
from brim.kit.currency import MAX_AMOUNT

_REFERENCE: Final = "#/components/schemas/{name}"
_TEXT: Final[Schema] = {"maxLength": 5000}
_TIME: Final[Schema] = {"format": "unix-time"}
_CURRENCY: Final[Schema] = {"description": "The currency's ISO code, in lower case.", "examples": ["usd"]}
_LIVEMODE: Final[Schema] = {"description": "Whether the object lives in live mode, as the key that made it."}
_TRANSFER_KINDS: Final = [kind.value for kind in TransferKind]

NAMES: Final[dict[type[msgspec.Struct], str]] = {
    wire.TopupObject: "topup",
    wire.TopupExtras: "topup_extras",
    wire.AvailabilityObject: "availability",
    wire.SkippedDayObject: "skipped_day",
    wire.BalanceTransactionObject: "balance_transaction",
    wire.BalanceObject: "balance",
    wire.BalanceEntry: "balance_entry",
    wire.ClockObject: "test_helpers.test_clock",
    wire.ClockStatusDetails: "test_clock_status_details",
    wire.AdvancingDetails: "test_clock_advancing",
    wire.DeletedObject: "deleted_object",
    wire.EventObject: "event",
    wire.EventData: "event_data",
    wire.EventRequest: "event_request",
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
    "metadata": {
        "description": "Key-value pairs of yours.",
        "maxProperties": MAX_KEYS,
        "propertyNames": {"maxLength": MAX_KEY_LENGTH},
        "additionalProperties": {"type": "string", "maxLength": MAX_VALUE_LENGTH},
    },
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
_DELETED: Final[dict[str, Schema]] = {
    "id": {"description": "The id it had.", **_TEXT},
    "object": {"description": "The kind of object it was.", **_TEXT},
    "deleted": {"description": "Always true.", "const": True},
}
_EVENT: Final[dict[str, Schema]] = {
    "id": _identifier("evt", "event"),
    "object": _constant("event"),
    "account": {"description": "Whose event it is, where a platform reads its accounts' events.", **_TEXT},
    "api_version": {"description": "The version of the API in which the object in `data` is written.", **_TEXT},
    "created": {"description": "When it happened.", **_TIME},
    "data": {"description": "What it is about."},
    "livemode": _LIVEMODE,
    "pending_webhooks": {"description": "How many endpoints have not received it yet.", "minimum": 0},
    "request": {"description": "What caused it."},
    "type": {"description": "What happened.", "enum": [kind.value for kind in EventType]},
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
    wire.TopupObject: _TOPUP,
    wire.TopupExtras: _TOPUP_EXTRAS,
    wire.AvailabilityObject: _AVAILABILITY,
    wire.SkippedDayObject: _SKIPPED_DAY,
    wire.BalanceTransactionObject: _BALANCE_TRANSACTION,
    wire.BalanceObject: _BALANCE,
    wire.BalanceEntry: _BALANCE_ENTRY,
    wire.ClockObject: _CLOCK,
    wire.ClockStatusDetails: _CLOCK_STATUS_DETAILS,
    wire.AdvancingDetails: _CLOCK_ADVANCING,
    wire.DeletedObject: _DELETED,
    wire.EventObject: _EVENT,
    wire.EventData: _EVENT_DATA,
    wire.EventRequest: _EVENT_REQUEST,
    RequestLogObject: _REQUEST_LOG,
    SessionObject: _CLI_SESSION,
    ErrorObject: _ERROR,
    ErrorDetail: _ERROR_DETAIL,
}
_INLINE_OBJECTS: Final[dict[str, Schema]] = {
    "source": {
        "type": "object",
        "description": "The bank account behind a source, as a top-up carries it.",
        "properties": {
            "id": {"type": "string", "description": "The source's id.", **_TEXT},
            "object": {"type": "string", "const": "source", "description": "The kind of object."},
            "ach_debit": {"type": "object", "description": "Bank, routing number and last digits of the account."},
            "created": {"type": "integer", "description": "When it was made.", **_TIME},
            "currency": {"type": ["string", "null"], **_CURRENCY},
            "livemode": {"type": "boolean", **_LIVEMODE},
            "metadata": {"type": "object", "description": "Key-value pairs."},
            "status": {"type": "string", "description": "Whether it can be debited."},
            "type": {"type": "string", "description": "The kind of source.", "examples": ["ach_debit"]},
            "usage": {"type": ["string", "null"], "description": "Whether it can be debited again."},
        },
        "required": ["id", "object", "created", "livemode", "status", "type"],
    },
    "payment_method": {
        "type": "object",
        "description": "The bank account behind a payment method.",
        "properties": {
            "id": {"type": "string", "description": "The payment method's id.", **_TEXT},
            "object": {"type": "string", "const": "payment_method", "description": "The kind of object."},
            "billing_details": {"type": "object", "description": "Whose it is."},
            "created": {"type": "integer", "description": "When it was made.", **_TIME},
            "livemode": {"type": "boolean", **_LIVEMODE},
            "metadata": {"type": ["object", "null"], "description": "Key-value pairs."},
            "type": {"type": "string", "const": "us_bank_account", "description": "The kind of payment method."},
            "us_bank_account": {"type": "object", "description": "Bank, routing number and last digits."},
        },
        "required": ["id", "object", "created", "livemode", "type"],
    },
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


def component_schemas() -> dict[str, Schema]:
    """Return the published schemas by name."""
    _, generated = msgspec.json.schema_components(tuple(NAMES), ref_template=_REFERENCE)
    published = {NAMES[struct]: _component(struct, generated[struct.__name__]) for struct in NAMES}
    return published | _INLINE_OBJECTS


def _component(struct: type[msgspec.Struct], generated: Schema) -> Schema:
    """Return a struct's schema. Every property is always there, save those that its encoding leaves out as unset."""
    rows = _REFINEMENTS[struct]
    properties = {name: _refined(schema, rows[name]) for name, schema in generated["properties"].items()}
    omitted = {field.name for field in msgspec.structs.fields(struct) if field.default is msgspec.UNSET}
    always = (
        generated.get("required", [])
        if struct.__struct_config__.omit_defaults
        else [name for name in properties if name not in omitted]
    )
    return {
        "type": "object",
        "description": generated["description"],
        "properties": properties,
        "required": always,
    }


def _refined(generated: Schema, row: Schema) -> Schema:
    """Return a property's schema: what its type says, unless the row says it all, and what the row adds."""
    if "anyOf" in row:
        return row
    schema = _renamed(_joined(generated))
    schema.pop("default", None)
    return {**schema, **row}


def _joined(schema: Schema) -> Schema:
    """Return `{"type": ["string", "null"]}` for a choice between a schema and null."""
    choices = schema.get("anyOf", [])
    if len(choices) != 2 or choices[1] != {"type": "null"}:
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
