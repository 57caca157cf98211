"""Makes the bytes of a file from entries, and checks them with a reader that shares nothing with the writer."""

import hashlib
import io
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple

import msgspec

from brim.core.corrections import Refusal
from brim.core.direct_debits.rules import (
    CHECKING_CREDIT,
    CHECKING_DEBIT,
    SAVINGS_CREDIT,
    SAVINGS_DEBIT,
    AchFile,
    Batch,
    Entry,
)
from brim.core.dishonors import Dishonor
from brim.core.rails.ach import REFUND_DESCRIPTION, REVERSAL_DESCRIPTION, Offset, OriginatorProfile
from brim.core.rails.ach.nacha import Batch as NachaBatch
from brim.core.rails.ach.nacha import (
    BatchHeader,
    FieldError,
    FileFormat,
    FileHeader,
    LineEnding,
    Movement,
    RefusedChangeAddenda,
    make_entry,
    make_notification,
    to_ach_text,
    to_yymmdd,
    write_file,
)
from brim.core.rails.ach.nacha import Entry as NachaEntry
from brim.core.rails.ach.nacha.records import ENTRY_DETAIL
from brim.core.rails.ach.totals import Recount, recount
from brim.core.rails.sepa import Recount as MessageRecount
from brim.core.rails.sepa import recount as recount_message
from brim.core.refunds import Refund
from brim.core.reversals import Reversal

_NAME_LENGTH = 22
_XML = b"<?xml"
_CORRECTED_DATA_LENGTH = 29
OFFSET_ID = "OFFSET"
"""The individual identification number of an offset."""
REFUSAL_CLASS = "COR"
"""The standard entry class of a batch of refusals."""


class PlacedRefusal(msgspec.Struct, frozen=True, kw_only=True):
    """A refused notification of change in a file: about which entry, or its reversal, and where it stands."""

    refusal: Refusal
    entry: Entry
    is_of_credit: bool
    account_number: str
    batch: int
    trace: str


class PlacedDishonor(msgspec.Struct, frozen=True, kw_only=True):
    """A dishonored return in a file, and its position."""

    dishonor: Dishonor
    batch: int
    trace: str


class CreditBatch(NamedTuple):
    """What the credits of one batch have in common; no company stands for that of the profile."""

    sec_code: str
    company_name: str | None
    company_id: str | None
    description: str


class OutgoingCredit(msgspec.Struct, frozen=True, kw_only=True):
    """A credit to a customer that is in no file yet: what it is, which batches can have it, and its entry."""

    found: Reversal | Refund
    batch: CreditBatch
    movement: Movement

    @property
    def amount(self) -> int:
        """What it pays, in cents."""
        return self.found.amount

    def is_due(self, now_ms: int) -> bool:
        """Whether it is due to leave, even in a file of its own."""
        return self.found.leaves_ms <= now_ms

    @property
    def fits(self) -> bool:
        """Whether its entry fits into a record."""
        try:
            ENTRY_DETAIL.write(make_entry(self.movement, trace_number="0" * 15).detail)
        except FieldError:
            return False
        return True


class PlacedCredit(msgspec.Struct, frozen=True, kw_only=True):
    """A credit in a file, and its position."""

    credit: OutgoingCredit
    batch: int
    trace: str


class Header(msgspec.Struct, frozen=True, kw_only=True):
    """What tells a file from the originator's others: when it was made, at the originator's, and its modifier."""

    made: datetime
    modifier: str
    effective_date: date
    reference: str


def encode_file(  # noqa: PLR0913, PLR0917  each kind of entry that a file may have
    profile: OriginatorProfile,
    header: Header,
    batches: Sequence[Batch],
    entries: Sequence[Entry],
    account_numbers: Mapping[str, str],
    refusals: Sequence[PlacedRefusal] = (),
    dishonors: Sequence[PlacedDishonor] = (),
    credits_: Sequence[PlacedCredit] = (),
    own_account: str = "",
) -> bytes:
    """Return the bytes of a file.

    Args:
        profile: the originator's.
        header: what tells the file from others.
        batches: in the order of their numbers.
        entries: with their batches and traces; of each batch in the order of its traces.
        account_numbers: the account number of each top-up's entry.
        refusals: refused notifications of change, in the order of their traces.
        dishonors: dishonored returns, of each batch in the order of its traces.
        credits_: reversals and refunds of debits, of each batch in the order of its traces.
        own_account: the number of the originator's account, where batches have an offset.

    Raises:
        FieldError: something does not fit its field; nothing of the file may be used.
    """
    written = write_file(
        FileHeader(
            immediate_destination=profile.immediate_destination or profile.odfi_routing_number,
            immediate_origin=profile.immediate_origin,
            file_creation_date=to_yymmdd(header.made.date()),
            file_creation_time=header.made.strftime("%H%M"),
            file_id_modifier=header.modifier,
            immediate_destination_name=profile.odfi_name,
            immediate_origin_name=profile.origin_name,
            reference_code=header.reference,
        ),
        [
            NachaBatch(
                BatchHeader(
                    company_name=batch.company_name or profile.company_name,
                    company_identification=batch.company_id or profile.company_id,
                    standard_entry_class_code=batch.sec_code,
                    company_entry_description=batch.description or profile.entry_description,
                    effective_entry_date=to_yymmdd(header.effective_date),
                    odfi_identification=profile.odfi_routing_number[:8],
                    batch_number=batch.number,
                ),
                [
                    make_entry(_movement(entry, account_numbers[entry.topup]), trace_number=entry.trace or "")
                    for entry in entries
                    if entry.batch == batch.number
                ]
                + [
                    make_entry(each.credit.movement, trace_number=each.trace)
                    for each in credits_
                    if each.batch == batch.number
                ]
                + ([] if batch.offset_trace is None else [_offset(profile, batch, own_account)])
                + [_refusal(each) for each in refusals if each.batch == batch.number]
                + [_dishonor(each) for each in dishonors if each.batch == batch.number],
            )
            for batch in batches
        ],
        FileFormat(line_ending=LineEnding(profile.line_ending)),
    )
    return written.content


def _offset(profile: OriginatorProfile, batch: Batch, own_account: str) -> NachaEntry:
    """Return the entry that credits the originator's account with a batch's debits, or debits it for its credits."""
    codes = (CHECKING_DEBIT, SAVINGS_DEBIT) if batch.has_credits else (CHECKING_CREDIT, SAVINGS_CREDIT)
    code = codes[profile.offset is Offset.SAVINGS]
    movement = Movement(
        transaction_code=str(code),
        routing_number=profile.odfi_routing_number,
        account_number=own_account,
        amount_cents=batch.total_credit,
        individual_identification_number=OFFSET_ID,
        individual_name=profile.company_name,
    )
    return make_entry(movement, trace_number=batch.offset_trace or "")


def _refusal(placed: PlacedRefusal) -> NachaEntry:
    """Return the entry by which the bank of a notification of change is told that it is refused."""
    correction, entry = placed.refusal.correction, placed.entry
    return make_notification(
        Movement(
            transaction_code=f"{str(entry.transaction_code)[0]}{1 if placed.is_of_credit else 6}",
            routing_number=entry.routing_number,
            account_number=placed.account_number,
            amount_cents=0,
            individual_identification_number=entry.individual_id,
            individual_name=to_ach_text(entry.receiver_name, _NAME_LENGTH),
        ),
        RefusedChangeAddenda(
            refused_change_code=correction.refusal_code or "",
            original_trace_number=correction.original_trace or "",
            original_rdfi_identification=entry.routing_number[:8],
            corrected_data=to_ach_text(placed.refusal.corrected_data, _CORRECTED_DATA_LENGTH),
            change_code=correction.change_code,
            trace_sequence_number=correction.trace[-7:],
            trace_number=placed.trace,
        ),
    )


def _dishonor(placed: PlacedDishonor) -> NachaEntry:
    """Return the entry that dishonors a return."""
    return make_notification(placed.dishonor.movement, placed.dishonor.addenda(placed.trace))


def reversing(found: Reversal, entry: Entry, account_number: str) -> OutgoingCredit:
    """Return the credit that reverses a debit: as it was sent, in a batch of the same company."""
    is_savings = entry.transaction_code == SAVINGS_DEBIT
    code = SAVINGS_CREDIT if is_savings else CHECKING_CREDIT
    debit = _movement(entry, account_number)
    return OutgoingCredit(
        found=found,
        batch=CreditBatch(found.sec_code, found.company_name, found.company_id, REVERSAL_DESCRIPTION),
        movement=msgspec.structs.replace(debit, transaction_code=str(code), amount_cents=found.amount),
    )


def refunding(
    found: Refund, entry: Entry, account_number: str, *, routing_number: str, is_savings: bool, holder_name: str
) -> OutgoingCredit:
    """Return the credit that refunds a debit, to the bank account as it is on file now; the debit names it to banks."""
    return OutgoingCredit(
        found=found,
        batch=CreditBatch(found.sec_code, None, None, REFUND_DESCRIPTION),
        movement=Movement(
            transaction_code=str(SAVINGS_CREDIT if is_savings else CHECKING_CREDIT),
            routing_number=routing_number,
            account_number=account_number,
            amount_cents=found.amount,
            individual_identification_number=entry.individual_id,
            individual_name=to_ach_text(holder_name, _NAME_LENGTH),
        ),
    )


def _movement(entry: Entry, account_number: str) -> Movement:
    return Movement(
        transaction_code=str(entry.transaction_code),
        routing_number=entry.routing_number,
        account_number=account_number,
        amount_cents=entry.amount,
        individual_identification_number=entry.individual_id,
        individual_name=to_ach_text(entry.receiver_name, _NAME_LENGTH),
        discretionary_data="S" if entry.sec_code == "WEB" else "",
    )


def fits(entry: Entry, account_number: str) -> bool:
    """Tell whether what is known of an entry fits its record."""
    try:
        ENTRY_DETAIL.write(make_entry(_movement(entry, account_number), trace_number=entry.trace or "").detail)
    except FieldError:
        return False
    return True


def wrong_with(
    content: bytes,
    batches: Sequence[Batch],
    entries: Sequence[Entry],
    refusals: Sequence[PlacedRefusal] = (),
    dishonors: Sequence[PlacedDishonor] = (),
    credits_: Sequence[PlacedCredit] = (),
) -> str | None:
    """Return what the bytes of a file say otherwise than its rows do, None when they agree."""
    found = _recount(content)
    if found.problems:
        return f"an independent check of the file found: {'; '.join(found.problems[:3])}."
    offset = {has_credits: _sum_of_offsets(batches, has_credits=has_credits) for has_credits in (False, True)}
    return _differences(
        found,
        entries=len(entries)
        + len(refusals)
        + len(dishonors)
        + len(credits_)
        + sum(batch.offset_trace is not None for batch in batches),
        batches=len(batches),
        debits_cents=sum(entry.amount for entry in entries if not entry.is_credit)
        + sum(each.dishonor.found.amount for each in dishonors)
        + offset[True],
        credits_cents=sum(entry.amount for entry in entries if entry.is_credit)
        + sum(each.credit.amount for each in credits_)
        + offset[False],
    )


def _sum_of_offsets(batches: Sequence[Batch], *, has_credits: bool) -> int:
    """Return what the offsets of batches of debits credit, or what those of batches of credits debit."""
    return sum(
        batch.total_debit for batch in batches if batch.offset_trace is not None and batch.has_credits is has_credits
    )


def wrong_with_stored(content: bytes, file: AchFile) -> str | None:
    """Return why the bytes of a file that is about to be sent are not those that it was made of, None when they are."""
    if hashlib.sha256(content).digest() != file.sha256:
        return "its bytes are not those that were stored: their hash differs."
    found = _recount(content)
    if found.problems:
        return f"an independent check of the file found: {'; '.join(found.problems[:3])}."
    return _differences(found, entries=file.entry_count, debits_cents=file.total_debit, credits_cents=file.total_credit)


def _recount(content: bytes) -> Recount | MessageRecount:
    """Return what the bytes of a file have, by their format."""
    return recount_message(content) if content.startswith(_XML) else recount(io.BytesIO(content))


def _differences(found: Recount | MessageRecount, **wanted: int) -> str | None:
    differing = [
        f"{name} {getattr(found, name)} instead of {value}"
        for name, value in wanted.items()
        if getattr(found, name) != value
    ]
    return f"its bytes and its rows differ: {', '.join(differing)}." if differing else None


def names_of(entry: Entry) -> list[str]:
    """Return by what a return may name an entry: its trace, and its individual identification number."""
    return [name for name in (entry.trace, entry.individual_id) if name]
