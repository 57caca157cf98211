"""What a line of a statement is about where the originator collects by SEPA: a batch, or a collection coming back."""

from collections import Counter
from collections.abc import Sequence
from typing import Final

import msgspec

from brim.base.currency import written_amount
from brim.core.direct_debits import entry_store, file_store
from brim.core.direct_debits.batch_entries import booked_for
from brim.core.direct_debits.file_reading import FileReading, entries_of_trace
from brim.core.direct_debits.file_store import FoundBatch
from brim.core.direct_debits.line_match import MOST_FEE, LineMatch
from brim.core.direct_debits.messages import batches_named_in, name_of_batch
from brim.core.direct_debits.rules import NO_REASON, Entry, FileStatus
from brim.core.rails.sepa import find_reason, is_identifier
from brim.core.reconciliation import MatchKind, payments_of
from brim.core.reconciliation.formats import StatementLine

_LONGEST_CODE: Final = 35
"""Characters. Source: ISO 20022, Max35Text of a reason of the bank's own."""


async def match_collected_batch(reading: FileReading, line: StatementLine) -> LineMatch | None:
    """Return the batch that a credit names, by its own id or by that of the only collection in it."""
    batch = await _find_batch(reading, line)
    return None if batch is None else _match_batch(line, batch, expected=await booked_for(reading, batch))


async def match_returned_collection(reading: FileReading, line: StatementLine) -> LineMatch | None:
    """Return the collection that a debit names by its end-to-end id."""
    entry = await _find_entry(reading, line)
    return None if entry is None else _match_return(line, entry)


async def match_net_batch(reading: FileReading, line: StatementLine) -> LineMatch | None:
    """Return the parts of an entry that books a batch less returns: the batch as one, then each collection back.

    None unless the collections that it lists are exactly those of one batch, or all but what the bank has rejected of
    it, and everything else that it lists is a collection that comes back.
    """
    payments = payments_of(msgspec.structs.replace(line, batch_items=None))  # banks count what is collected alone
    coming = [each for each in payments if each.amount_minor > 0]
    going = [each for each in payments if each.amount_minor < 0]
    if not coming or not going:
        return None
    batch = await _find_batch(reading, line) or await _find_batch_of(reading, coming)
    if batch is None or batch.status == "rejected" or not await _is_all_of(reading, batch, coming):
        return None
    for each in going:
        entry = await _find_entry(reading, each)
        if entry is None or _match_return(each, entry).problem is not None:
            return None
    whole = msgspec.structs.replace(
        coming[0],
        amount_minor=sum(each.amount_minor for each in coming),
        payment_information_id=name_of_batch(batch.file, batch.number),
        bank_reference="",
        end_to_end_id="",
        mandate_id="",
        details=(),
        text=line.text,
        remittance="",
    )
    return LineMatch(payments=(whole, *going))


async def _find_batch_of(reading: FileReading, coming: Sequence[StatementLine]) -> FoundBatch | None:
    """Return the batch that the first of listed collections is in."""
    entry = await _find_entry(reading, coming[0])
    if entry is None or entry.file is None or entry.batch is None:
        return None
    return await _batch(reading, entry.file, entry.batch)


async def _is_all_of(reading: FileReading, batch: FoundBatch, coming: Sequence[StatementLine]) -> bool:
    """Tell whether listed collections are all of a batch, with those that the bank has rejected alone or without."""
    scope = reading.originator.scope
    entries = await entry_store.list_entries_of_batch(reading.conn, scope, batch.file, batch.number)
    listed = Counter((each.end_to_end_id, each.amount_minor) for each in coming)
    whole = Counter((entry.trace or "", entry.amount) for entry in entries)
    taken = Counter((entry.trace or "", entry.amount) for entry in entries if not entry.was_rejected)
    is_known = sum(entry.amount for entry in entries) == batch.total_debit
    return is_known and listed in (whole, taken)


async def _find_batch(reading: FileReading, line: StatementLine) -> FoundBatch | None:
    """Return the batch that a line names by its own id, or by that of the only collection in it."""
    texts = (line.payment_information_id, line.customer_reference, line.end_to_end_id, line.entry_reference, line.text)
    for text in texts:
        for file, number in batches_named_in(text):
            if (found := await _batch(reading, file, number)) is not None:
                return found
    entry = await _find_entry(reading, line)
    if entry is None or entry.file is None or entry.batch is None:
        return None
    together = await entry_store.list_entries_of_batch(reading.conn, entry.scope, entry.file, entry.batch)
    return await _batch(reading, entry.file, entry.batch) if len(together) == 1 else None


async def _batch(reading: FileReading, file: str, number: int) -> FoundBatch | None:
    """Return a batch of a message of the platform's, perhaps of an originator that had the bank account before."""
    scope = reading.originator.scope
    found = (await file_store.fetch_files(reading.conn, scope, [file])).get(file)
    if found is None or found.status is FileStatus.VOIDED:
        return None
    batch = await file_store.find_batch(reading.conn, scope, file, number)
    return batch if batch is not None and batch.is_sepa else None


def _match_batch(line: StatementLine, batch: FoundBatch, *, expected: int) -> LineMatch:
    """Match a batch that is booked without the collections that the bank has rejected, or with them.

    Where they are booked, each comes back by a line of its own.
    """
    name = f"{batch.file}/{batch.number}"
    if batch.status == "rejected":
        problem = f"The bank booked batch {batch.number}, which it has rejected: its entries may have gone out again."
        return LineMatch(kind=MatchKind.BATCH, id=name, booked_though_rejected=batch, problem=problem)
    is_whole = line.amount_minor == batch.total_debit
    if not is_whole and expected != line.amount_minor:
        return LineMatch(
            kind=MatchKind.BATCH,
            id=name,
            problem=f"The bank booked {_euros(line.amount_minor)} for batch {batch.number}, which is of "
            f"{_euros(expected)}.",
        )
    if batch.settled_by is not None and "/" in batch.settled_by:  # by a line, and not because all of it was rejected
        return LineMatch(kind=MatchKind.BATCH, id=name, problem=f"Batch {batch.number} was booked before.")
    return LineMatch(kind=MatchKind.BATCH, id=name, batch=batch)


async def _find_entry(reading: FileReading, line: StatementLine) -> Entry | None:
    """Return the collection that a line names by its end-to-end id; refunds come after another originator took over."""
    name = line.end_to_end_id.strip()
    if not name or not is_identifier(name):
        return None
    entries = await entries_of_trace(reading, name)
    return next((each for each in entries if each.is_sepa), None)


def _match_return(line: StatementLine, entry: Entry) -> LineMatch:
    """Match a collection that is returned or refunded; what is taken beyond it is the banks' charge, within a bound.

    It has come back for whatever reason the bank says, or for none. Only where the bank does not call it a return may
    it be something else that names the collection: nobody has a code then.
    """
    name = f"{entry.topup}/{entry.number}"
    reason = find_reason(line.return_reason)
    code = reason.code if reason is not None else line.return_reason.strip()[:_LONGEST_CODE] or None
    if code is None and line.is_return:
        code = NO_REASON
    fee = -line.amount_minor - entry.amount
    if fee and not (code is not None and 0 < fee <= MOST_FEE):
        problem = (
            f"The bank debited {_euros(-line.amount_minor)} for the return of a collection of {_euros(entry.amount)}."
        )
        return LineMatch(kind=MatchKind.RETURN, id=name, problem=problem)
    return LineMatch(kind=MatchKind.RETURN, id=name, entry=entry, return_code=code)


def _euros(cents: int) -> str:
    return written_amount(cents, "eur")
