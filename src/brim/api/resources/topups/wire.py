"""How top-ups are written for clients. Source of every field: Stripe API reference and SDK types (Top-up, Source)."""

import hashlib
from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any, Final

import msgspec

from brim.api.framework.schema import (
    CURRENCY,
    LIVEMODE,
    METADATA,
    REFERENCE,
    TEXT,
    TIME,
    constant,
    described,
    expandable,
    identifier,
    or_null,
)
from brim.base.currency import MAX_AMOUNT
from brim.base.json_codec import encode
from brim.base.wire import Expandable
from brim.core.direct_debits import Entry, EntryStatus, RetryStanding
from brim.core.money_at_risk import Clocks, returnable_on
from brim.core.rails import FAILURES
from brim.core.rails.ach.nacha import CHANGE_CODES, RETURN_CODES, Actor, Retry
from brim.core.topups import (
    MAX_DESCRIPTION,
    MAX_STATEMENT_DESCRIPTOR,
    FoundTopups,
    Status,
    StatusCount,
    Topup,
)

NO_DATE_PROMISED: Final = "rail_promises_no_date"
"""Why a preview has no availability: what would carry the money does not say when it arrives."""
_RETURNABLE: Final = frozenset({EntryStatus.IN_FILE, EntryStatus.CONFIRMED, EntryStatus.RELEASED})
"""Where an entry stands that its bank may return."""


class SkippedDayObject(msgspec.Struct, frozen=True, kw_only=True):
    """A day that did not count."""

    date: Annotated[date, described("The day.")]
    name: Annotated[str | None, described("The holiday's name; null on a weekend.", **TEXT)]
    reason: Annotated[str, described("Why it did not count.", enum=["holiday", "weekend"])]


class AvailabilityObject(msgspec.Struct, frozen=True, kw_only=True):
    """Why a top-up's money is available when it is: the days counted, the days skipped, and the cut-off.

    Without a bank's calendar, only the two times are set. Of a live top-up by ACH the calendar is set too, because its
    days follow the agreement with the bank.
    """

    available_on: Annotated[int | None, described("When the money is expected to be available.", **TIME)]
    business_days: Annotated[
        tuple[date, ...], described("The banking days that were counted. On the last one the money is available.")
    ] = ()
    calendar: Annotated[
        str | None,
        described("The calendar whose banking days count. Null if the sandbox settles after a fixed delay."),
    ] = None
    counted_from: Annotated[
        date | None,
        described("The banking day from which days are counted: the day of submission, or the next banking day."),
    ] = None
    cutoff: Annotated[
        int | None, described("The cut-off of the day of submission. Null on a day without one.", **TIME)
    ] = None
    missed_cutoff: Annotated[
        bool | None, described("Whether it was submitted after that cut-off, so that the next banking day counts.")
    ] = None
    settlement_days: Annotated[int | None, described("How many banking days the money takes.")] = None
    skipped: Annotated[
        tuple[SkippedDayObject, ...], described("The weekends and holidays that did not count, in order.")
    ] = ()
    submitted: Annotated[int, described("When the top-up was submitted.", **TIME)]
    time_zone: Annotated[str | None, described("The bank's time zone, by its IANA name.", **TEXT)] = None


class AvailabilityPreviewObject(msgspec.Struct, frozen=True, kw_only=True):
    """When the money of a top-up created now would be available. If no date can be promised, `reason` says why."""

    object: Annotated[str, constant("brim.availability_preview")] = "brim.availability_preview"
    availability: Annotated[
        AvailabilityObject | None,
        described("When the money would be available, and why then. Null if no date can be promised."),
    ]
    currency: Annotated[str, CURRENCY]
    livemode: Annotated[bool, LIVEMODE]
    reason: Annotated[
        str | None, described("Why no date can be promised. Null if one can.", enum=[NO_DATE_PROMISED, None])
    ]


class RailReturnObject(msgspec.Struct, frozen=True, kw_only=True):
    """Why the bank returned an entry, and what you can do about it."""

    actor: Annotated[
        str | None,
        described("Who has to act. Null for an unknown code.", enum=[*(each.value for each in Actor), None]),
    ]
    code: Annotated[str, described("The network's return code, such as `R01`.", **TEXT)]
    meaning: Annotated[str | None, described("What the code means. Null for an unknown code.", **TEXT)]
    note: Annotated[str | None, described("More information about the code.", **TEXT)]
    retry: Annotated[
        str | None,
        described(
            "Whether the same debit may be re-presented. Null for an unknown code.",
            enum=[*(each.value for each in Retry), None],
        ),
    ]
    returned: Annotated[int | None, described("When the return was applied.", **TIME)]
    trace: Annotated[str | None, described("The trace number of the return.", **TEXT)]


class RailChangeObject(msgspec.Struct, frozen=True, kw_only=True):
    """A bank's notification of change."""

    code: Annotated[str, described("The network's change code, such as `C01`.", **TEXT)]
    meaning: Annotated[str | None, described("What the code means. Null for an unknown code.", **TEXT)]


class RetryObject(msgspec.Struct, frozen=True, kw_only=True):
    """How often a returned debit was re-presented, and whether it will be again."""

    last_day: Annotated[
        date | None, described("The last day on which a re-presentment may settle; null if it isn't re-presented.")
    ]
    next_presentment: Annotated[
        int | None,
        described("The cut-off at which it is re-presented; null if that isn't planned.", **TIME),
    ]
    retried_by: Annotated[str | None, described("The top-up that retries this one.", **TEXT)]
    retries: Annotated[
        int,
        described("How often the debit was re-presented, including by the top-ups that this one retries.", minimum=0),
    ]
    retry_of: Annotated[str | None, described("The top-up that this one retries.", **TEXT)]
    return_code: Annotated[str | None, described("The code of its latest return; null if it wasn't returned.", **TEXT)]


class RailEntryObject(msgspec.Struct, frozen=True, kw_only=True):
    """One presentment of a top-up to the bank. `file`, `batch` and `trace` are null before it is in a file."""

    amount: Annotated[int, described("The amount that was presented, in cents.", minimum=1)]
    batch: Annotated[int | None, described("The number of its batch.", minimum=1)]
    change: Annotated[RailChangeObject | None, described("The bank's notification of change; null if there is none.")]
    confirmed: Annotated[int | None, described("When the bank's confirmation was applied. Null until then.", **TIME)]
    confirmed_by: Annotated[str | None, described("What confirmed it: a bank file, or a statement line.", **TEXT)]
    effective_date: Annotated[date | None, described("The day on which the banks settle it.")]
    file: Annotated[str | None, described("The ACH file that it is in; null for a connected account.", **TEXT)]
    number: Annotated[int, described("Which presentment it is, counting from 1.", minimum=1)]
    retry: Annotated[
        int, described("Which re-presentment of a returned debit it is, counting from 1; 0 for none.", minimum=0)
    ]
    returned: Annotated[RailReturnObject | None, described("Why it was returned; null if it wasn't.")]
    status: Annotated[str, described("The status of this presentment.", enum=[status.value for status in EntryStatus])]
    trace: Annotated[str | None, described("Its trace number, which identifies it to banks.", **TEXT)]


class RailObject(msgspec.Struct, frozen=True, kw_only=True):
    """How a top-up's money moves."""

    amount_refunded: Annotated[
        int,
        described(
            "How much of it was refunded, in cents, including refunds that are pending; less than the top-up's amount "
            "if it is a partial refund.",
            minimum=0,
        ),
    ]
    booked: Annotated[
        int | None,
        described("When the latest bank statement that books the money was read. Null until then.", **TIME),
    ]
    entries: Annotated[list[RailEntryObject], described("Its presentments to the bank, in order.")]
    name: Annotated[
        str,
        described(
            "The rail: `ach` or `sepa` for live debits, `push` for transfers that arrived, `sandbox` for test money, "
            "`import` for imported history.",
            **TEXT,
        ),
    ]
    returnable_as_unauthorized_until: Annotated[
        date | None,
        described(
            "The last day on which its debit can be returned as unauthorized. Null until it is in a file, and once "
            "it was returned or rejected. Always null for debits of companies."
        ),
    ]
    returnable_until: Annotated[
        date | None,
        described(
            "The last day on which its debit can be returned for ordinary reasons, such as insufficient funds. "
            "Null until it is in a file, and once it was returned or rejected."
        ),
    ]
    usable: Annotated[
        int | None, described("When the money became available. Null until then, and if it never did.", **TIME)
    ]


class TopupExtras(msgspec.Struct, frozen=True, kw_only=True):
    """What Brim adds to a top-up. Each attribute is only present when it is expanded."""

    availability: Annotated[
        AvailabilityObject | msgspec.UnsetType,
        described(
            "Why the money is available when it is: the days counted and skipped, and the cut-off. Only present "
            "when `brim.availability` is expanded."
        ),
    ] = msgspec.UNSET
    rail: Annotated[
        RailObject | msgspec.UnsetType,
        described(
            "How the money moves: the rail, each presentment to the bank, and until when it can be returned. Only "
            "present when `brim.rail` is expanded."
        ),
    ] = msgspec.UNSET
    retry: Annotated[
        RetryObject | msgspec.UnsetType,
        described(
            "How often its debit was re-presented, and which top-up retries it. Only present when `brim.retry` "
            "is expanded, and in `brim.topup.retry_scheduled`."
        ),
    ] = msgspec.UNSET


class TopupObject(msgspec.Struct, frozen=True, kw_only=True):
    """The Top-up object. `balance_transaction` and `payment_method` can be expanded."""

    id: Annotated[str, identifier("tu", "top-up")]
    object: Annotated[str, constant("topup")] = "topup"
    amount: Annotated[
        int,
        described(
            "The amount to add to your balance, in the currency's smallest unit: `2000` is $20.00, or ¥2,000.",
            minimum=1,
            maximum=MAX_AMOUNT,
        ),
    ]
    balance_transaction: Annotated[
        Expandable,
        expandable(
            "balance_transaction",
            "The balance transaction that added the money to your balance. Null until the top-up succeeds.",
        ),
    ]
    brim: Annotated[
        TopupExtras | msgspec.UnsetType,
        described(
            "What Brim adds to the Stripe object. Only present when `brim.availability`, `brim.rail` or "
            "`brim.retry` is expanded."
        ),
    ] = msgspec.UNSET
    created: Annotated[int, described("When the top-up was created, in Unix seconds.", **TIME)]
    currency: Annotated[str, CURRENCY]
    description: Annotated[
        str | None,
        described(
            "An arbitrary string that you attach to the top-up, for example to show to your users. You can change "
            "it at any time.",
            maxLength=MAX_DESCRIPTION,
        ),
    ]
    expected_availability_date: Annotated[
        int | None,
        described(
            "When the money is expected to be available, in Unix seconds. It changes if the bank rejects a file "
            "or a debit is re-presented, and has no meaning once the top-up has failed or been canceled. Expand "
            "`brim.availability` to see how it was calculated.",
            **TIME,
        ),
    ]
    failure_code: Annotated[
        str | None,
        described(
            "Why the top-up failed or was reversed, as a code; `could_not_process` if you reversed the debit. "
            "Otherwise null.",
            enum=[*FAILURES, None],
        ),
    ]
    failure_message: Annotated[
        str | None,
        described(
            "Why the top-up failed or was reversed, as a message that you can show to people. Its wording may "
            "change; rely on `failure_code` instead.",
            **TEXT,
        ),
    ]
    initiated_by: Annotated[str, described("Who created the top-up.", enum=["stripe", "user"])] = "user"
    livemode: Annotated[bool, LIVEMODE]
    metadata: Annotated[dict[str, str], METADATA]
    payment_method: Annotated[
        Expandable, expandable("payment_method", "The PaymentMethod that is debited. Null if none is.")
    ]
    payment_method_options: Annotated[
        dict[str, dict[str, str]] | None,
        described("The `payment_method_options` of the request. Null if there were none."),
    ]
    source: Annotated[
        dict[str, Any] | msgspec.Raw | None,
        described(
            "The bank account that is debited, always as an expanded Source object. Null if a PaymentMethod is "
            "debited, if a bank transfer arrived, and for the bank account that test mode debits by default.",
            **or_null("source"),
        ),
    ]
    statement_descriptor: Annotated[
        str | None,
        described(
            "The text that appears on the bank statement of the debited account.", maxLength=MAX_STATEMENT_DESCRIPTOR
        ),
    ]
    status: Annotated[
        str,
        described(
            "The top-up's status. It starts as `pending`; `failed`, `canceled` and `reversed` are final, and "
            "`succeeded` can only become `reversed`.",
            enum=sorted(status.value for status in Status),
        ),
    ]
    transfer_group: Annotated[
        str | None, described("A string that you chose to identify the top-up as part of a group.", **TEXT)
    ]


class TopupSearchObject(msgspec.Struct, frozen=True, kw_only=True):
    """A page of top-ups that match a search, in the format of Stripe's search results."""

    object: Annotated[str, constant("search_result")] = "search_result"
    data: Annotated[list[msgspec.Raw], described("The top-ups found.", items={"$ref": REFERENCE.format(name="topup")})]
    has_more: Annotated[bool, described("Whether the search can be continued.")]
    next_page: Annotated[str | None, described("Send it as `page` to continue the search. Null at the end.", **TEXT)]
    searched_to: Annotated[
        int | None,
        described(
            "When the last top-up that was examined was created, if the search reached its limit before the "
            "page was full. Continue the search to look further.",
            **TIME,
        ),
    ]
    url: Annotated[str, described("The path of the search.", **TEXT)]


class TopupCountObject(msgspec.Struct, frozen=True, kw_only=True):
    """How many top-ups of a status match."""

    count: Annotated[int, described("How many of the newest 1,000 of this status match.", minimum=0)]
    has_more: Annotated[bool, described("Whether there are older ones of this status, which were not counted.")]
    status: Annotated[str, described("The status that was counted.", enum=sorted(status.value for status in Status))]


class TopupCountsObject(msgspec.Struct, frozen=True, kw_only=True):
    """How many top-ups match, by status."""

    object: Annotated[str, constant("brim.topup_counts")] = "brim.topup_counts"
    livemode: Annotated[bool, LIVEMODE]
    statuses: Annotated[list[TopupCountObject], described("One for each status.")]


def search_json(items: list[bytes], found: FoundTopups, *, url: str) -> bytes:
    """Return the compact JSON of a page of a search, from its encoded top-ups."""
    return encode(
        TopupSearchObject(
            data=[msgspec.Raw(item) for item in items],
            has_more=found.next_page is not None,
            next_page=found.next_page,
            searched_to=found.searched_to,
            url=url,
        )
    )


def counts_json(counts: Sequence[StatusCount], *, livemode: bool) -> bytes:
    """Return the compact JSON of how many top-ups fit."""
    statuses = [TopupCountObject(count=each.count, has_more=each.is_cut, status=each.status) for each in counts]
    return encode(TopupCountsObject(livemode=livemode, statuses=statuses))


def topup_json(
    topup: Topup,
    retry: RetryStanding | None = None,
    *,
    balance_transaction: bytes | None = None,
    payment_method: bytes | None = None,
    extras: TopupExtras | msgspec.UnsetType = msgspec.UNSET,
) -> bytes:
    """Return a top-up's compact JSON.

    Args:
        topup: what to write.
        retry: what is known about presenting its debit again, if it is to be shown.
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
            brim=TopupExtras(retry=retry_object(retry)) if retry is not None else extras,
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


def retry_object(standing: RetryStanding) -> RetryObject:
    """Return how often a debit was presented again, and whether it will be."""
    return RetryObject(
        last_day=standing.last_day,
        next_presentment=_seconds(standing.next_presentment_ms),
        retried_by=standing.retried_by,
        retries=standing.retries,
        retry_of=standing.retry_of,
        return_code=standing.return_code,
    )


def rail_object(
    topup: Topup, entries: Sequence[Entry], *, refunded: int, clocks: Clocks, with_files: bool
) -> RailObject:
    """Return how a top-up's money moves.

    Args:
        topup: which one.
        entries: its presentments, in order.
        refunded: how much of it was refunded, in cents.
        clocks: when its money became usable, and when the bank booked it.
        with_files: whether the platform asks, to which files belong; others do not see which file it was.
    """
    ordinary, unauthorized = _returnable_until(entries)
    return RailObject(
        amount_refunded=refunded,
        booked=clocks.booked,
        name=topup.rail,
        returnable_as_unauthorized_until=unauthorized,
        returnable_until=ordinary,
        usable=clocks.usable,
        entries=[_entry_object(entry, with_files=with_files) for entry in entries],
    )


def _returnable_until(entries: Sequence[Entry]) -> tuple[date | None, date | None]:
    """Return until when the newest debit can be returned: as a matter of course, and as unauthorized."""
    entry = entries[-1] if entries else None
    if entry is None or entry.effective_date is None or entry.status not in _RETURNABLE:
        return None, None
    return returnable_on(entry.effective_date, entry.sec_code)


def _entry_object(entry: Entry, *, with_files: bool) -> RailEntryObject:
    hidden = {} if with_files else {"batch": None, "confirmed_by": None, "file": None}
    return RailEntryObject(**(entry_fields(entry) | hidden))


def entry_fields(entry: Entry) -> dict[str, Any]:
    """Return the fields of a presentment to the bank, as its platform sees it."""
    change = CHANGE_CODES.get(entry.change_code) if entry.change_code else None
    return {
        "amount": entry.amount,
        "batch": entry.batch,
        "change": RailChangeObject(code=entry.change_code, meaning=change.title if change else None)
        if entry.change_code
        else None,
        "confirmed": _seconds(entry.confirmed_ms),
        "confirmed_by": entry.confirmed_by,
        "effective_date": entry.effective_date,
        "file": entry.file,
        "number": entry.number,
        "retry": entry.retry,
        "returned": _return_object(entry, entry.return_code) if entry.return_code else None,
        "status": entry.status,
        "trace": entry.trace,
    }


def _return_object(entry: Entry, code: str) -> RailReturnObject:
    known = RETURN_CODES.get(code)
    return RailReturnObject(
        actor=known.actor if known else None,
        code=code,
        meaning=known.title if known else None,
        note=(known.note or None) if known else None,
        retry=known.retry if known else None,
        returned=_seconds(entry.returned_ms),
        trace=entry.return_trace,
    )


def _seconds(milliseconds: int | None) -> int | None:
    return None if milliseconds is None else milliseconds // 1000


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
