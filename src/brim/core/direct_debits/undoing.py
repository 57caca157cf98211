"""Undo that a line was a batch, as people had said: counter entries unconfirm its top-ups, and it waits again.

A one-off mandate that ended with it is in force again. A top-up that is pending waits for the bank's word again. One
that has succeeded stays so: its money is usable, and no statement has booked it.
"""

from collections.abc import Sequence
from typing import Final

from brim.core import refunds, reversals
from brim.core.direct_debits import entry_store, file_store
from brim.core.direct_debits.applying import hold_presented, post_bank_steps
from brim.core.direct_debits.batch_entries import entries_of, refunded_in
from brim.core.direct_debits.file_reading import FileReading
from brim.core.direct_debits.file_store import FoundBatch
from brim.core.direct_debits.rules import AchFile, Entry, EntryStatus, FileStatus, moved
from brim.core.dishonors import list_in_file
from brim.core.line_settlements import MatchedSettlementError, Part
from brim.core.originators import reinstate_used
from brim.core.reconciliation import StatementLineRow
from brim.core.time import lock_owner_time
from brim.core.topups import BankStep

_STANDING: Final = frozenset({EntryStatus.IN_FILE, EntryStatus.CONFIRMED, EntryStatus.RELEASED})
"""Where an entry stands of which nothing was heard but that the bank has taken it."""


async def undo_batch(
    reading: FileReading, file: AchFile, part: Part, row: StatementLineRow, *, settlement: str, is_trial: bool
) -> None:
    """Undo that a line (`row`) was a batch, in the caller's transaction, which holds the file.

    `is_trial` only tells whether that can be.

    Raises:
        MatchedSettlementError: the batch was booked otherwise, it is no batch of debits of top-ups, or one of these was
            returned, reversed or refunded since.
        ClockAdvancingError: the test clock of an account is on its way.
    """
    scope, reference = reading.originator.scope, f"{row.bank_account}/{row.line_key}"
    number = int((part.target or "").partition("/")[2])
    batches = await file_store.list_batches(reading.conn, scope, file.id)
    batch = next((each for each in batches if each.number == number), None)
    if batch is None or batch.settled_by != reference:
        raise MatchedSettlementError(settlement, f"batch {part.target} is no longer booked by this line.")
    if await _has_others(reading, batch):
        raise MatchedSettlementError(settlement, f"batch {part.target} contains more than debits of top-ups.")
    entries = await entries_of(reading, batch, booked=part.amount)
    for owner in sorted({entry.owner_scope for entry in entries}):
        await lock_owner_time(reading.conn, owner, now_ms=reading.now_ms, ids=reading.ids)
    await hold_presented(reading.conn, entries)
    entries = await entries_of(reading, batch, booked=part.amount)
    await _check_entries(reading, entries, settlement=settlement)
    if is_trial:
        return
    await post_bank_steps(
        reading.conn,
        entries,
        BankStep.CREDIT_UNDONE,
        bank_account=row.bank_account,
        reference=reference,
        now_ms=reading.now_ms,
        ids=reading.ids,
    )
    one_offs = [
        (entry.owner_scope, entry.authorization_id, entry.topup)
        for entry in entries
        if entry.is_one_off and entry.authorization_id is not None
    ]
    await reinstate_used(reading.conn, one_offs, now_ms=reading.now_ms, ids=reading.ids)
    await entry_store.unconfirm_entries_of_line(reading.conn, scope, file.id, batch.number, by=reference)
    was_acknowledged = file.acknowledged_ms is not None
    await file_store.reopen_batch(
        reading.conn, scope, batch, status="acknowledged" if was_acknowledged else "open", settled_by=reference
    )
    if file.status is FileStatus.SETTLED:
        wanted = FileStatus.ACKNOWLEDGED if was_acknowledged else FileStatus.SENT
        await file_store.update_file(reading.conn, moved(file, wanted, settled_ms=None))


async def _has_others(reading: FileReading, batch: FoundBatch) -> bool:
    """Tell whether a batch has anything else than debits of top-ups."""
    disputed = await list_in_file(reading.conn, reading.originator.scope, batch.file, batch=batch.number)
    if disputed or batch.is_of_reversals or await refunded_in(reading, batch):
        return True
    return any(entry.verifies for entry in await entries_of(reading, batch))


async def _check_entries(reading: FileReading, entries: Sequence[Entry], *, settlement: str) -> None:
    """Raise MatchedSettlementError if something came of a debit since that the confirmation was needed for."""
    for entry in entries:
        if entry.status not in _STANDING or entry.return_code is not None:
            raise MatchedSettlementError(settlement, f"the debit of {entry.topup} has been returned since.")
    scope, topups = reading.originator.scope, [entry.topup for entry in entries]
    for found, what in (
        (await reversals.find_of_topups(reading.conn, scope, topups), "reversed"),
        (await refunds.find_of_topups(reading.conn, scope, topups), "refunded"),
    ):
        if found:
            raise MatchedSettlementError(settlement, f"the debit of {min(found)} has been {what} since.")
