"""Where everything stands in a file: batches with their totals, and the traces of their entries, in order."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

import msgspec

from brim.core import corrections, dishonors, refunds, reversals
from brim.core.direct_debits import entry_store
from brim.core.direct_debits.encoding import (
    REFUSAL_CLASS,
    CreditBatch,
    Header,
    OutgoingCredit,
    PlacedCredit,
    PlacedDishonor,
    PlacedRefusal,
)
from brim.core.direct_debits.file_store import Counters
from brim.core.direct_debits.microdeposit_rules import MICRODEPOSIT_DESCRIPTION, batch_kind
from brim.core.direct_debits.rules import CHECKING_CREDIT, Batch, Entry, EntryStatus
from brim.core.originators import Originator
from brim.core.rails.ach import RETRY_DESCRIPTION, Offset
from brim.core.rails.ach.nacha import trace_number
from brim.core.refunds import Refund
from brim.platform.database import Conn
from brim.platform.vault import Vault

TRACES: Final = 10**7
"""Traces have seven digits; after these the first is used again."""
BATCH_NUMBERS: Final = TRACES - 1
"""Batch numbers have seven digits too, and begin with 1."""
_DESCRIPTIONS: Final = {1: RETRY_DESCRIPTION, 2: MICRODEPOSIT_DESCRIPTION, 3: MICRODEPOSIT_DESCRIPTION}
"""The entry descriptions of batches that have one of their own, by `batch_kind`."""


def place_entries(
    taken: Sequence[Entry], file_id: str, header: Header, originator: Originator, next_trace: int, next_batch: int
) -> tuple[list[Entry], list[Batch]]:
    """Return entries with their positions in a file, and the batches.

    Each class has a batch, another one for re-presentments, and one each for the credits and debits of micro-deposits.
    """
    by_class: dict[tuple[str, int], list[Entry]] = defaultdict(list)
    for entry in taken:
        by_class[entry.sec_code, batch_kind(entry)].append(entry)
    profile = originator.profile
    odfi = profile.odfi_routing_number[:8]
    placed: list[Entry] = []
    batches: list[Batch] = []
    sequence = next_trace
    for offset, (sec_code, kind) in enumerate(sorted(by_class)):
        together = by_class[sec_code, kind]
        number = (next_batch + offset - 1) % BATCH_NUMBERS + 1
        total = sum(entry.amount for entry in together)
        has_offset = bool(total) and profile.offset is not Offset.NONE
        has_credits = together[0].is_credit
        batch = Batch(
            number=number,
            sec_code=sec_code,
            effective_date=header.effective_date,
            entry_count=len(together) + has_offset,
            total_debit=total if has_offset or not has_credits else 0,
            total_credit=total if has_offset or has_credits else 0,
            company_name=profile.company_name,
            company_id=profile.company_id,
            description=_DESCRIPTIONS.get(kind, profile.entry_description),
            has_credits=has_credits,
        )
        for entry in together:
            placed.append(
                msgspec.structs.replace(
                    entry,
                    status=EntryStatus.IN_FILE,
                    file=file_id,
                    batch=number,
                    effective_date=header.effective_date,
                    trace=trace_number(odfi, sequence % TRACES),
                )
            )
            sequence += 1
        if has_offset:  # its trace follows those of the batch
            batch = msgspec.structs.replace(batch, offset_trace=trace_number(odfi, sequence % TRACES))
            sequence += 1
        batches.append(batch)
    return placed, batches


async def place_refusals(
    conn: Conn,
    vault: Vault,
    refusals: Sequence[corrections.Refusal],
    header: Header,
    originator: Originator,
    counters: Counters,
    entries: Sequence[Entry],
    batches: Sequence[Batch],
) -> tuple[list[PlacedRefusal], list[Batch]]:
    """Return refusals with their places behind the entries of a file, and their batch."""
    if not refusals:
        return [], []
    topups = sorted({refusal.correction.topup for refusal in refusals})
    found = await entry_store.list_entries_of_topups(conn, originator.scope, topups)
    presented = {(entry.topup, entry.number): entry for entry in found}
    taken_back = await reversals.find_of_topups(conn, originator.scope, topups)
    refunded = {
        each.trace: each
        for those in (await refunds.find_of_topups(conn, originator.scope, topups)).values()
        for each in those
        if each.trace and each.sealed
    }
    number = (counters.next_batch + len(batches) - 1) % BATCH_NUMBERS + 1
    odfi = originator.profile.odfi_routing_number[:8]
    placed = []
    before = len(entries) + sum(batch.offset_trace is not None for batch in batches)
    for offset, refusal in enumerate(refusals, counters.next_trace + before):
        entry = presented[refusal.correction.topup, refusal.correction.number]
        reversal = taken_back.get(entry.topup)
        is_of_reversal = reversal is not None and reversal.trace == refusal.correction.original_trace
        number_on_file = vault.open(entry.sealed, place=entry.place).decode()
        refund = refunded.get(refusal.correction.original_trace or "")
        if refund is not None:
            entry = _as_refunded(entry, refund)
            number_on_file = vault.open(refund.sealed or b"", place=refund.place).decode()
        placed.append(
            PlacedRefusal(
                refusal=refusal,
                entry=entry,
                is_of_credit=entry.is_credit or is_of_reversal,
                account_number=number_on_file,
                batch=number,
                trace=trace_number(odfi, offset % TRACES),
            )
        )
    return placed, [
        Batch(
            number=number,
            sec_code=REFUSAL_CLASS,
            effective_date=header.effective_date,
            entry_count=len(placed),
            total_debit=0,
        )
    ]


def _as_refunded(entry: Entry, refund: Refund) -> Entry:
    """Return an entry as its refund presented it to the bank."""
    return msgspec.structs.replace(
        entry,
        routing_number=refund.routing_number or "",
        receiver_name=refund.receiver_name or "",
        transaction_code=refund.transaction_code or CHECKING_CREDIT,
    )


def place_dishonors(
    disputed: Sequence[dishonors.Dishonor],
    header: Header,
    originator: Originator,
    counters: Counters,
    entries_before: int,
    batches_before: int,
) -> tuple[list[PlacedDishonor], list[Batch]]:
    """Return dishonors with their positions after the other entries of a file, and their batches, one per class."""
    by_class: dict[str, list[dishonors.Dishonor]] = defaultdict(list)
    for dishonor in disputed:
        by_class[dishonor.found.sec_code].append(dishonor)
    odfi = originator.profile.odfi_routing_number[:8]
    sequence = counters.next_trace + entries_before
    placed: list[PlacedDishonor] = []
    batches: list[Batch] = []
    for offset, sec_code in enumerate(sorted(by_class), counters.next_batch + batches_before):
        number = (offset - 1) % BATCH_NUMBERS + 1
        for dishonor in by_class[sec_code]:
            placed.append(PlacedDishonor(dishonor=dishonor, batch=number, trace=trace_number(odfi, sequence % TRACES)))
            sequence += 1
        batches.append(
            Batch(
                number=number,
                sec_code=sec_code,
                effective_date=header.effective_date,
                entry_count=len(by_class[sec_code]),
                total_debit=sum(dishonor.found.amount for dishonor in by_class[sec_code]),
            )
        )
    return placed, batches


def place_credits(
    credits_: Sequence[OutgoingCredit],
    header: Header,
    originator: Originator,
    counters: Counters,
    entries_before: int,
    batches_before: int,
) -> tuple[list[PlacedCredit], list[Batch]]:
    """Return credits with their positions at the end of a file, and their batches."""
    together: dict[CreditBatch, list[OutgoingCredit]] = defaultdict(list)
    for credit in credits_:
        together[credit.batch].append(credit)
    profile = originator.profile
    odfi = profile.odfi_routing_number[:8]
    sequence = counters.next_trace + entries_before
    placed: list[PlacedCredit] = []
    batches: list[Batch] = []
    for offset, (of, those) in enumerate(together.items(), counters.next_batch + batches_before):
        number = (offset - 1) % BATCH_NUMBERS + 1
        total = sum(credit.amount for credit in those)
        for credit in those:
            placed.append(PlacedCredit(credit=credit, batch=number, trace=trace_number(odfi, sequence % TRACES)))
            sequence += 1
        has_offset = profile.offset is not Offset.NONE
        batch = Batch(
            number=number,
            sec_code=of.sec_code,
            effective_date=header.effective_date,
            entry_count=len(those) + has_offset,
            total_debit=total if has_offset else 0,
            total_credit=total,
            company_name=of.company_name or profile.company_name,
            company_id=of.company_id or profile.company_id,
            description=of.description,
            has_credits=True,
        )
        if has_offset:
            batch = msgspec.structs.replace(batch, offset_trace=trace_number(odfi, sequence % TRACES))
            sequence += 1
        batches.append(batch)
    return placed, batches
