"""How top-ups are written for clients. Source of every field: Stripe API reference and SDK types (Top-up, Source)."""

import hashlib
from datetime import date
from typing import Any, Final

import msgspec

from brim.base.json_codec import encode
from brim.base.wire import Expandable
from brim.core.topups import Topup

NO_DATE_PROMISED: Final = "rail_promises_no_date"
"""Why a preview has no availability: what would carry the money does not say when it arrives."""


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


class AvailabilityPreviewObject(msgspec.Struct, frozen=True, kw_only=True):
    """What a top-up would be promised if it were made now; where that is nothing, `reason` says why."""

    object: str = "brim.availability_preview"
    availability: AvailabilityObject | None
    currency: str
    livemode: bool
    reason: str | None


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
    return encode(
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
            livemode=topup.scope.livemode,
            metadata=dict(sorted(topup.metadata.items())) if len(topup.metadata) > 1 else topup.metadata,
            payment_method=msgspec.Raw(payment_method) if payment_method else topup.payment_method,
            payment_method_options={"us_bank_account": {"network": network}} if network else None,
            source=_source(topup),
            statement_descriptor=topup.statement_descriptor,
            status=topup.status,
            transfer_group=topup.transfer_group,
        )
    )


def preview_json(topup: Topup, availability: AvailabilityObject) -> bytes:
    """Return the compact JSON of what a top-up would be promised.

    Args:
        topup: the one that would be made.
        availability: as it would show it.
    """
    is_promised = availability.available_on is not None
    return encode(
        AvailabilityPreviewObject(
            availability=availability if is_promised else None,
            currency=topup.currency,
            livemode=topup.scope.livemode,
            reason=None if is_promised else NO_DATE_PROMISED,
        )
    )


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
    digest = hashlib.sha256(f"{topup.scope.account}:{topup.source}".encode()).hexdigest()
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
        "livemode": topup.scope.livemode,
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
