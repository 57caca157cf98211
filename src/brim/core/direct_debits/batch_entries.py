"""What is in a batch when the bank books it, and how much that is."""

from brim.core import refunds, reversals
from brim.core.direct_debits import entry_store
from brim.core.direct_debits.credits import Credit
from brim.core.direct_debits.file_reading import FileReading
from brim.core.direct_debits.file_store import FoundBatch
from brim.core.direct_debits.microdeposit_entries import with_amounts
from brim.core.direct_debits.microdeposit_rules import MICRODEPOSIT_DESCRIPTION, signed_total
from brim.core.direct_debits.rules import Entry
from brim.core.dishonors import list_in_file
from brim.core.refunds import Refund


async def booked_for(reading: FileReading, batch: FoundBatch) -> int:
    """Return what the bank books for a batch in cents, negative where it is paid out.

    After a restore the batch may have debits whose top-ups are not there any more; they are booked all the same.
    """
    if batch.is_sepa:
        scope = reading.originator.scope
        entries = await entry_store.list_entries_of_batch(reading.conn, scope, batch.file, batch.number)
        return batch.total_debit - sum(entry.amount for entry in entries if entry.was_rejected)
    if batch.is_of_reversals or await refunded_in(reading, batch):
        return -batch.total_credit
    if batch.description == MICRODEPOSIT_DESCRIPTION:
        return signed_total(await entries_of(reading, batch))
    return batch.total_debit


async def known_of(reading: FileReading, batch: FoundBatch) -> int:
    """Return how much of what the bank books for a batch belongs to what is in the books: all, but after a restore."""
    disputed = await list_in_file(reading.conn, reading.originator.scope, batch.file, batch=batch.number)
    paid = await credits_in(reading, batch.file, batch.number)
    coming = signed_total(await entries_of(reading, batch)) + sum(each.amount for each in disputed)
    return coming - sum(each.amount for each in paid)


async def refunded_in(reading: FileReading, batch: FoundBatch) -> list[Refund]:
    """Return the refunds that a batch pays."""
    return await refunds.list_in_file(reading.conn, reading.originator.scope, batch.file, batch=batch.number)


async def entries_of(reading: FileReading, batch: FoundBatch, *, booked: int | None = None) -> list[Entry]:
    """Return the entries that the bank takes of a batch, with the amounts of micro-deposits.

    Those that it has rejected alone are among them if what it has `booked` is all of the batch.
    """
    scope = reading.originator.scope
    entries = await entry_store.list_entries_of_batch(reading.conn, scope, batch.file, batch.number)
    is_whole = batch.is_sepa and booked == batch.total_debit
    taken = [entry for entry in entries if is_whole or not entry.was_rejected]
    return await with_amounts(reading.conn, reading.vault, taken)


async def credits_in(reading: FileReading, file_id: str, batch: int) -> list[Credit]:
    """Return the reversals or refunds in a batch."""
    scope = reading.originator.scope
    found: list[Credit] = [*await reversals.list_in_file(reading.conn, scope, file_id, batch=batch)]
    return [*found, *await refunds.list_in_file(reading.conn, scope, file_id, batch=batch)]
