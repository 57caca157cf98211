"""What a line of a statement does: it is stored with what it is about, and that is posted, or a break says why not."""

from collections.abc import Container, Sequence
from typing import Final

import msgspec

from brim.core.direct_debits import file_store
from brim.core.direct_debits.file_pieces import FEWEST, Pace
from brim.core.direct_debits.file_reading import FileReading
from brim.core.direct_debits.file_store import FoundBatch
from brim.core.direct_debits.line_matching import asked_line, match_new, named_by
from brim.core.direct_debits.line_posting import BOOKED_OTHERWISE, Unexplained, post_match
from brim.core.direct_debits.line_rows import NewLine, bounded, reference_of
from brim.core.direct_debits.line_sets import apply_together
from brim.core.reconciliation import (
    LINE_PREFIX,
    AnnouncedAlone,
    BreakKind,
    StatementLineRow,
    explain_by_payments,
    facts_of,
    insert_new_line,
)
from brim.core.reconciliation.formats import StatementLine

_MOST_ALONE: Final = 32
"""Lines that are applied alone, where none could be applied as a set, until the next attempt."""


async def apply_lines(
    reading: FileReading,
    lines: Sequence[NewLine],
    *,
    is_new: bool = True,
    elsewhere: Container[object] = (),
    announced: AnnouncedAlone | None = None,
    pace: Pace | None = None,
) -> set[int]:
    """Apply lines in their order, in sets where they allow it; return the positions (from 0) of those that were new.

    Args:
        reading: the file that they are in.
        lines: with the rows that they become.
        is_new: whether it is certain that none is known.
        elsewhere: what other files have said; a credit that says the same is left to a person.
        announced: payments that notifications have brought one by one.
        pace: how it went with the lines before, and goes with these.
    """
    new, position, pace = set[int](), 0, pace or Pace()
    while position < len(lines):
        together = min(pace.together, reading.together, len(lines) - position)
        taken = await apply_together(reading, lines[position : position + together], elsewhere=elsewhere)
        new.update(range(position, position + taken))
        position += taken
        if taken == together:
            pace.together, pace.alone = max(pace.together, 2 * together), 1
            continue
        pace.together, pace.alone = FEWEST, 1 if taken else pace.alone
        for _ in range(min(pace.alone, len(lines) - position)):
            if await apply_line(reading, lines[position], is_new=is_new, elsewhere=elsewhere, announced=announced):
                new.add(position)
            position += 1
        pace.alone = min(2 * pace.alone, _MOST_ALONE)
    return new


async def apply_line(
    reading: FileReading,
    new: NewLine,
    *,
    is_new: bool = True,
    elsewhere: Container[object] = (),
    announced: AnnouncedAlone | None = None,
) -> bool:
    """Store a line with what it is about, and post that; return whether it was new. See `apply_lines`."""
    asked = asked_line(reading, new.line, new.row)
    match = await match_new(asked, elsewhere=elsewhere, is_announced=new.is_announced)
    matched = msgspec.structs.replace(new.row, matched_kind=match.kind, matched=match.id)
    if match.payments:
        matched = msgspec.structs.replace(matched, remittance=None)  # it is on the lines of its payments
    row = await insert_new_line(reading.conn, matched, is_new=is_new)
    if row is None:
        return False
    if match.payments:
        await apply_payments(reading, row, match.payments, new.payment_ids, announced)
        return True
    rest = None if match.problem is None else Unexplained(match.problem, row.amount)
    if match.booked_though_rejected is not None:
        await _keep_from_going_out_again(reading, match.booked_though_rejected, row)
        if rest is None:
            await _list_contradiction(reading, match.booked_though_rejected)
    if rest is None:
        try:
            async with reading.conn.transaction():
                rest = await post_match(reading, match, row)
        except BOOKED_OTHERWISE as error:
            rest = Unexplained(error.message, row.amount)
    if rest is not None:
        await reading.open_break(
            BreakKind.LINE if match.id is None else BreakKind.LINE_AMOUNT,
            cause=f"{row.bank_account}/{row.line_key}",
            detail=rest.problem,
            amount=rest.amount,
            currency=row.currency,
            reference=named_by(reading, new.line, row),
        )
    return True


async def apply_payments(
    reading: FileReading,
    entry: StatementLineRow,
    payments: Sequence[StatementLine],
    ids: Sequence[str],
    announced: AnnouncedAlone | None,
) -> None:
    """Store the payments of an entry as lines, and post what each is about; the entry itself posts nothing.

    One that a notification may have brought by itself is left to a person.
    """
    more = [reading.ids.new_at(LINE_PREFIX, reading.now_ms) for _ in range(len(payments) - len(ids))]
    await explain_by_payments(reading.conn, entry, payments=len(payments), now_ms=reading.now_ms, ids=reading.ids)
    rows = [
        msgspec.structs.replace(
            entry,
            id=line_id,
            parent=entry.id,
            line_key=f"{entry.line_key}/payment/{number}",
            bank_file=reading.file.id,
            amount=payment.amount_minor,
            bank_reference=bounded(payment.bank_reference) or None,
            reference=reference_of(payment),
            description=payment.text,
            remittance=payment.remittance or None,
            created_ms=reading.now_ms,
        )
        for number, (line_id, payment) in enumerate(zip([*ids, *more][: len(payments)], payments, strict=True), 1)
    ]
    reading.itemized.append(entry.id)
    known = announced.take([facts_of(row) for row in rows]) if announced is not None else frozenset[int]()
    lines = [
        NewLine(line=payment, row=row, is_announced=position in known)
        for position, (payment, row) in enumerate(zip(payments, rows, strict=True))
    ]
    await apply_lines(reading, lines)


async def _keep_from_going_out_again(reading: FileReading, batch: FoundBatch, row: StatementLineRow) -> None:
    """Write on a rejected batch that the bank has booked it all the same: nobody can resubmit it any more."""
    scope = reading.originator.scope
    await file_store.lock_file(reading.conn, scope, batch.file)
    booked_by = f"{row.bank_account}/{row.line_key}"
    await file_store.set_batch_status(reading.conn, scope, batch, "rejected", settled_by=booked_by)


async def _list_contradiction(reading: FileReading, batch: FoundBatch) -> None:
    """List that the bank has booked credits that it had rejected: what else it has rejected of the file is in doubt."""
    await reading.open_break(
        BreakKind.ACKNOWLEDGEMENT,
        cause=f"{batch.file}/{batch.number}/booked",
        detail=f"The bank books batch {batch.number} of {batch.file}, which it has rejected before.",
        amount=batch.total_credit,
        currency=reading.originator.profile.currency,
        reference=batch.file,
    )
