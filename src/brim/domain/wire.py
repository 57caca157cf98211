"""How each object is written for clients: every attribute present, `id`, `object`, then alphabetical.

An object is a msgspec struct whose fields stand in the wire's order, so encoding is one call and the order
cannot drift. Events and stored replies hold the compact form; `pretty` gives the two-space form of a reply.
Source of every field: Stripe's API reference and SDK types (Top-up, Balance, Balance Transaction, Event,
Source, PaymentMethod).
"""

import hashlib
from datetime import date
from typing import Any, Final, TypeAlias

import msgspec

from brim.domain.clocks import TestClock
from brim.domain.events import Event
from brim.domain.ledger import Balance, BalanceTransaction
from brim.domain.topups import Owner, Topup

Expandable: TypeAlias = str | msgspec.Raw | None
"""An id, or in its place the object it names, already encoded."""

_encoder: Final = msgspec.json.Encoder()


class SkippedDayObject(msgspec.Struct, frozen=True, kw_only=True):
    """A day that did not count."""

    date: date
    name: str | None
    reason: str


class AvailabilityObject(msgspec.Struct, frozen=True, kw_only=True):
    """Why a top-up's money is usable when it is: the days counted, those passed over, and the cut-off.

    Where no bank's calendar was asked, only the two times are there.
    """

    available_on: int | None
    business_days: tuple[date, ...] = ()
    calendar: str | None = None
    counted_from: date | None = None
    cutoff: int | None = None
    missed_cutoff: bool | None = None
    settlement_days: int | None = None
    skipped: tuple[SkippedDayObject, ...] = ()
    submitted: int
    time_zone: str | None = None


class TopupExtras(msgspec.Struct, frozen=True, kw_only=True):
    """What Brim knows of a top-up beyond the vendor's object; there only when it is asked for."""

    availability: AvailabilityObject


class TopupObject(msgspec.Struct, frozen=True, kw_only=True):
    """The Top-up object. `balance_transaction` and `payment_method` may stand expanded."""

    id: str
    object: str = "topup"
    amount: int
    balance_transaction: Expandable
    brim: TopupExtras | msgspec.UnsetType = msgspec.UNSET
    created: int
    currency: str
    description: str | None
    expected_availability_date: int | None
    failure_code: str | None
    failure_message: str | None
    initiated_by: str = "user"
    livemode: bool
    metadata: dict[str, str]
    payment_method: Expandable
    payment_method_options: dict[str, dict[str, str]] | None
    source: dict[str, Any] | msgspec.Raw | None
    statement_descriptor: str | None
    status: str
    transfer_group: str | None


class BalanceTransactionObject(msgspec.Struct, frozen=True, kw_only=True):
    """The Balance Transaction object; it has no livemode and no metadata. `source` may stand expanded."""

    id: str
    object: str = "balance_transaction"
    amount: int
    available_on: int
    balance_type: str = "payments"
    created: int
    currency: str
    description: str | None
    exchange_rate: float | None = None
    fee: int
    fee_details: tuple[()] = ()
    net: int
    reporting_category: str
    source: Expandable
    status: str
    type: str


class BalanceEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One currency of a Balance."""

    amount: int
    currency: str
    source_types: dict[str, int]


class BalanceObject(msgspec.Struct, frozen=True, kw_only=True):
    """The Balance object."""

    object: str = "balance"
    available: list[BalanceEntry]
    livemode: bool
    pending: list[BalanceEntry]


class AdvancingDetails(msgspec.Struct, frozen=True):
    """Where a test clock goes."""

    target_frozen_time: int


class ClockStatusDetails(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is to be said about a test clock's status: nothing, unless it is advancing."""

    advancing: AdvancingDetails | msgspec.UnsetType = msgspec.UNSET


class ClockObject(msgspec.Struct, frozen=True, kw_only=True):
    """The Test Clock object."""

    id: str
    object: str = "test_helpers.test_clock"
    created: int
    deletes_after: int
    frozen_time: int
    livemode: bool
    name: str | None
    status: str
    status_details: ClockStatusDetails


class DeletedObject(msgspec.Struct, frozen=True, kw_only=True):
    """What is left of an object that was deleted."""

    id: str
    object: str
    deleted: bool = True


class EventData(msgspec.Struct, frozen=True):
    """What an event is about, as it was then."""

    object: msgspec.Raw


class EventRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Which request caused an event; both null for what the bank did."""

    id: str | None
    idempotency_key: str | None


class EventObject(msgspec.Struct, frozen=True, kw_only=True):
    """The Event object (snapshot)."""

    id: str
    object: str = "event"
    account: str | msgspec.UnsetType = msgspec.UNSET
    api_version: str
    created: int
    data: EventData
    livemode: bool
    pending_webhooks: int = 0
    request: EventRequest
    type: str


class ListObject(msgspec.Struct, frozen=True, kw_only=True):
    """The envelope of every list; `url` carries no query."""

    object: str = "list"
    data: list[msgspec.Raw]
    has_more: bool
    url: str


def encode(obj: msgspec.Struct) -> bytes:
    """Return the compact JSON of a wire object."""
    return _encoder.encode(obj)


def pretty(compact: bytes) -> bytes:
    """Return JSON indented by two spaces, ending in a newline, as replies are written."""
    return msgspec.json.format(compact, indent=2) + b"\n"


def topup_json(
    topup: Topup,
    *,
    balance_transaction: bytes | None = None,
    payment_method: bytes | None = None,
    extras: TopupExtras | msgspec.UnsetType = msgspec.UNSET,
) -> bytes:
    """Return a top-up's compact JSON.

    Args:
        topup: what to write.
        balance_transaction: the encoded object to stand in place of its id, if it was to be expanded.
        payment_method: likewise.
        extras: what was asked for beyond the vendor's object.
    """
    network = topup.payment_method_network
    return _encoder.encode(
        TopupObject(
            id=topup.id,
            amount=topup.amount,
            balance_transaction=msgspec.Raw(balance_transaction) if balance_transaction else topup.balance_transaction,
            brim=extras,
            created=topup.created,
            currency=topup.currency,
            description=topup.description,
            expected_availability_date=topup.expected_availability_date,
            failure_code=topup.failure_code,
            failure_message=topup.failure_message,
            livemode=topup.owner.livemode,
            metadata=dict(sorted(topup.metadata.items())) if len(topup.metadata) > 1 else topup.metadata,
            payment_method=msgspec.Raw(payment_method) if payment_method else topup.payment_method,
            payment_method_options={"us_bank_account": {"network": network}} if network else None,
            source=_source(topup),
            statement_descriptor=topup.statement_descriptor,
            status=topup.status,
            transfer_group=topup.transfer_group,
        )
    )


def balance_transaction_json(line: BalanceTransaction, *, source: bytes | None = None) -> bytes:
    """Return a balance transaction's compact JSON; it is booked when the money is usable, so it is always available.

    Args:
        line: what to write.
        source: the encoded object to stand in place of the source's id, if it was to be expanded.
    """
    return _encoder.encode(
        BalanceTransactionObject(
            id=line.id,
            amount=line.amount,
            available_on=line.available_on,
            created=line.created,
            currency=line.currency,
            description=line.description,
            fee=line.fee,
            net=line.net,
            reporting_category=line.type,
            source=msgspec.Raw(source) if source else line.source,
            status="available",
            type=line.type,
        )
    )


def balance_json(owner: Owner, balances: list[Balance]) -> bytes:
    """Return the Balance of an owner; a fresh account shows zero US dollars.

    A pending top-up is in neither list: its balance transaction exists from success on.
    """
    shown = balances or [Balance(currency="usd", available=0)]
    return _encoder.encode(
        BalanceObject(
            available=[_entry(balance.currency, balance.available) for balance in shown],
            livemode=owner.livemode,
            pending=[_entry(balance.currency, 0) for balance in shown],
        )
    )


def clock_json(clock: TestClock) -> bytes:
    """Return a test clock's compact JSON."""
    target = clock.target_frozen_time
    return _encoder.encode(
        ClockObject(
            id=clock.id,
            created=clock.created,
            deletes_after=clock.deletes_after,
            frozen_time=clock.frozen_time,
            livemode=clock.owner.livemode,
            name=clock.name,
            status="advancing" if clock.is_advancing else "ready",
            status_details=ClockStatusDetails() if target is None else ClockStatusDetails(AdvancingDetails(target)),
        )
    )


def _entry(currency: str, amount: int) -> BalanceEntry:
    return BalanceEntry(amount=amount, currency=currency, source_types={"bank_account": amount})


def event_json(event: Event, *, pending_webhooks: int = 0, account: str | None = None) -> bytes:
    """Return an event's compact JSON; its object is the snapshot taken when it happened.

    Args:
        event: what to write.
        pending_webhooks: how many endpoints have not received it yet.
        account: whose event it is, where a platform reads it; else None.
    """
    return _encoder.encode(
        EventObject(
            id=event.id,
            account=account or msgspec.UNSET,
            api_version=event.api_version,
            created=event.created,
            data=EventData(msgspec.Raw(event.payload)),
            livemode=event.owner.livemode,
            pending_webhooks=pending_webhooks,
            request=EventRequest(id=event.request_id, idempotency_key=event.idempotency_key),
            type=event.type,
        )
    )


def list_json(items: list[bytes], *, has_more: bool, url: str) -> bytes:
    """Return a list's compact JSON from its encoded items."""
    return _encoder.encode(ListObject(data=[msgspec.Raw(item) for item in items], has_more=has_more, url=url))


def _source(topup: Topup) -> dict[str, Any] | msgspec.Raw | None:
    """Return the source that pays, in full: one on file as it was, or the one that a test token stands for."""
    if topup.source_details:
        return msgspec.Raw(topup.source_details)
    return source_object(topup) if topup.source else None


def source_object(topup: Topup) -> dict[str, Any]:
    """Return the Source that a test token stands for, as a top-up carries it inline.

    Source of the shape and of the bank's name and numbers: Stripe's published fixtures (an `ach_debit` Source
    of STRIPE TEST BANK). Its id and secret follow from the top-up's id, so that every read shows the same.
    """
    body = topup.id.rpartition("_")[2]
    digest = hashlib.sha256(f"{topup.owner.account}:{topup.source}".encode()).hexdigest()
    return {
        "id": f"src_{body}",
        "object": "source",
        "ach_debit": {
            "bank_name": "STRIPE TEST BANK",
            "country": "US",
            "fingerprint": digest[:16],
            "last4": "6789",
            "routing_number": "110000000",
            "type": "individual",
        },
        "allow_redisplay": "unspecified",
        "amount": None,
        "client_secret": f"src_client_secret_{digest[16:40]}",
        "created": topup.created,
        "currency": topup.currency,
        "flow": "code_verification",
        "livemode": topup.owner.livemode,
        "metadata": {},
        "owner": {
            "address": None,
            "email": None,
            "name": None,
            "phone": None,
            "verified_address": None,
            "verified_email": None,
            "verified_name": None,
            "verified_phone": None,
        },
        "statement_descriptor": None,
        "status": "chargeable",
        "type": "ach_debit",
        "usage": "reusable",
    }


def sandbox_payment_method_json(owner: Owner, payment_method: str, *, created: int) -> bytes:
    """Return the PaymentMethod that a test id stands for, for replies that expand it."""
    digest = hashlib.sha256(f"{owner.account}:{payment_method}".encode()).hexdigest()
    address = {"city": None, "country": None, "line1": None, "line2": None, "postal_code": None, "state": None}
    return _encoder.encode(
        {
            "id": payment_method,
            "object": "payment_method",
            "allow_redisplay": "unspecified",
            "billing_details": {"address": address, "email": None, "name": None, "phone": None, "tax_id": None},
            "created": created,
            "customer": None,
            "livemode": owner.livemode,
            "metadata": {},
            "type": "us_bank_account",
            "us_bank_account": {
                "account_holder_type": "individual",
                "account_type": "checking",
                "bank_name": "STRIPE TEST BANK",
                "financial_connections_account": None,
                "fingerprint": digest[:16],
                "last4": "6789",
                "networks": {"preferred": "ach", "supported": ["ach"]},
                "routing_number": "110000000",
                "status_details": {},
            },
        }
    )
