"""What a bank's status report (pain.002) does: it accepts or rejects a file, a batch of it, or single collections.

An acceptance moves no money, and a rejection counts for all that is below it. A rejected collection was never made, so
its top-up fails with the bank's reason, and what the bank books for its batch is less by it. Where a bank rejects the
whole as well, a collection with a reason of its own fails for it, and does not go out again with the others.
"""

from typing import Final

from brim.core.direct_debits import entry_store, file_store
from brim.core.direct_debits.acknowledgements import AcknowledgementLine
from brim.core.direct_debits.applying import Applied, apply_return
from brim.core.direct_debits.bank_files import DUPLICATE, acknowledge_batch, acknowledge_file
from brim.core.direct_debits.file_reading import FileReading, Finding, as_sent, settle_file
from brim.core.direct_debits.messages import batch_named, file_named
from brim.core.direct_debits.rules import NO_REASON, REJECTED_BY_REPORT, AchFile
from brim.core.rails.sepa import CURRENCY, Blame, find_reason
from brim.core.reconciliation import BreakKind
from brim.core.reconciliation.formats import (
    ReportedBatch,
    ReportedPayment,
    ReportStatus,
    StatusReason,
    StatusReport,
    read_status_report,
)

_DUPLICATES: Final = frozenset({"AM05", "DU01", "DU02"})
"""Reasons that say that the bank has the message, or the batch, already. Source: ISO 20022 external status reasons."""
_OF_ONE_COLLECTION: Final = frozenset({"MD02"})
"""Reasons about what was sent that are about one collection: the data of its mandate."""
_COUNTS: Final = frozenset({ReportStatus.ACCEPTED, ReportStatus.PARTLY})


async def apply_status_report(reading: FileReading) -> list[Finding]:
    """Apply what a bank says of a message that was sent; return what is wrong with the report."""
    report = read_status_report(reading.content)
    if report.problem:
        reading.is_held = True
        return [{"code": "unreadable", "sentence": report.problem}]
    file = await _find_file(reading, report)
    if file is None:
        await reading.open_break(
            BreakKind.ACKNOWLEDGEMENT,
            cause=report.original,
            detail=f"The bank reports the status of the message {report.original[:35]}, which is unknown.",
        )
        return []
    unknown = [each for each in _statuses(report) if each is ReportStatus.UNKNOWN]
    if unknown:
        await reading.open_break(
            BreakKind.ITEM,
            cause=f"{file.id}/{report.id}/status",
            detail=f"The bank reports a status of {file.id} that is not known: look into the file.",
            reference=file.id,
        )
    await _apply_to_file(reading, file, report)
    for batch in report.batches:
        await _apply_to_batch(reading, file, report, batch)
    return []


async def _find_file(reading: FileReading, report: StatusReport) -> AchFile | None:
    """Return the message of the platform's that a report is about."""
    file_id = file_named(report.original)
    scope = reading.originator.scope
    found = await file_store.fetch_files(reading.conn, scope, [file_id]) if file_id else {}
    file = found.get(file_id or "")
    if file is None or file.currency != CURRENCY or reading.originator.profile.sepa is None:
        return None
    return await file_store.lock_file(reading.conn, scope, file.id)


async def _apply_to_file(reading: FileReading, file: AchFile, report: StatusReport) -> None:
    """Apply the status of a whole message; one that has none is accepted as far as something below it is."""
    status = report.status
    if status is None and any(batch.status in _COUNTS for batch in report.batches):
        status = ReportStatus.PARTLY
    if status is ReportStatus.REJECTED and report.reason.code.upper() in _DUPLICATES:
        await _refuse_duplicate(reading, file, report.reason)
    elif status is ReportStatus.REJECTED:
        await acknowledge_file(reading, file, _line(file, is_accepted=False, reason=report.reason))
    elif status in _COUNTS:
        if report.count is not None and report.count != file.entry_count:
            await reading.open_break(
                BreakKind.ACKNOWLEDGEMENT,
                cause=file.id,
                detail=f"The bank counts {report.count} collections in {file.id}, which has {file.entry_count}.",
                amount=file.total_debit,
                currency=reading.originator.profile.currency,
                reference=file.id,
            )
            return
        await acknowledge_file(reading, file, _line(file, is_accepted=True))
    else:
        await as_sent(reading, file)


async def _refuse_duplicate(reading: FileReading, file: AchFile, reason: StatusReason) -> None:
    """List that the bank has refused a message that it has already: what it did with the first one stands."""
    told = StatusReason(code=DUPLICATE, text=f"{reason.code} {reason.text}".strip())
    await acknowledge_file(reading, file, _line(file, is_accepted=False, reason=told))


async def _apply_to_batch(reading: FileReading, file: AchFile, report: StatusReport, batch: ReportedBatch) -> None:
    """Apply the status of a batch, then those of its collections."""
    named = batch_named(batch.id)
    if named is None or named[0] != file.id:
        await reading.open_break(
            BreakKind.ACKNOWLEDGEMENT,
            cause=f"{file.id}/{batch.id[:35]}",
            detail=f"The bank reports the status of the batch {batch.id[:35]} of {file.id}, which has none of it.",
            reference=file.id,
        )
        return
    number = named[1]
    is_whole_rejected = report.status is ReportStatus.REJECTED
    if is_whole_rejected and report.reason.code.upper() in _DUPLICATES:
        return
    if not is_whole_rejected and batch.status is ReportStatus.REJECTED and batch.reason.code.upper() in _DUPLICATES:
        await _refuse_duplicate(reading, file, batch.reason)
        return
    if not is_whole_rejected and batch.status is ReportStatus.REJECTED:
        await acknowledge_batch(reading, file, _line(file, is_accepted=False, batch=number, reason=batch.reason))
    elif not is_whole_rejected and batch.status in _COUNTS:
        await acknowledge_batch(reading, file, _line(file, is_accepted=True, batch=number))
    rejected = [payment for payment in batch.payments if payment.status is ReportStatus.REJECTED]
    if is_whole_rejected or batch.status is ReportStatus.REJECTED:
        rejected = [payment for payment in rejected if _is_about_debtor(payment.reason)]
    for payment in rejected:
        await _reject_collection(reading, file, report, payment)
    if rejected:
        await _settle_if_nothing_is_left(reading, file, number)


async def _reject_collection(
    reading: FileReading, file: AchFile, report: StatusReport, payment: ReportedPayment
) -> None:
    """Let the top-up of a rejected collection fail, or list why that cannot be."""
    reason = payment.reason.code or NO_REASON
    scope = reading.originator.scope
    entries = await entry_store.find_by_trace(reading.conn, scope, payment.end_to_end_id)
    entry = next((each for each in entries if each.file == file.id), None)
    problem = "it is unknown" if entry is None else ""
    if entry is not None:
        batch = await file_store.find_batch(reading.conn, scope, file.id, entry.batch)
        is_booked = batch is not None and batch.status == "settled"
        if entry.return_code is not None and not entry.was_rejected:
            return  # the bank has booked it all the same, and its statement has taken it back before this was read
        if payment.amount_minor is not None and payment.amount_minor != entry.amount:
            problem = f"the collection was of {entry.amount} cents"
        elif is_booked and entry.return_code is None:
            problem = "a statement has booked its batch"
        else:
            applied = await apply_return(
                reading.conn,
                entry,
                code=reason,
                trace=f"{REJECTED_BY_REPORT}{file.id}",
                profile=reading.originator.profile,
                renderers=reading.renderers,
                now_ms=reading.now_ms,
                ids=reading.ids,
            )
            if applied is Applied.CONFLICT:
                problem = "its top-up has ended another way, or the debit was already returned"
    if problem:
        await reading.open_break(
            BreakKind.RETURN,
            cause=f"{payment.end_to_end_id}/{reason}/{report.id}",
            detail=f"The bank rejects the collection {payment.end_to_end_id[:35]} with {reason}: {problem}.",
            amount=payment.amount_minor,
            currency=payment.currency or reading.originator.profile.currency,
            reference=payment.end_to_end_id[:35],
        )


async def _settle_if_nothing_is_left(reading: FileReading, file: AchFile, number: int) -> None:
    """Write that a batch is settled all of whose collections were rejected: no statement will book it."""
    scope = reading.originator.scope
    entries = await entry_store.list_entries_of_batch(reading.conn, scope, file.id, number)
    batch = await file_store.find_batch(reading.conn, scope, file.id, number)
    if batch is None or batch.status not in {"open", "acknowledged"} or not all(each.was_rejected for each in entries):
        return
    await file_store.set_batch_status(reading.conn, scope, batch, "settled", settled_by=reading.file.id)
    await settle_file(reading, file.id)


def _is_about_debtor(reason: StatusReason) -> bool:
    """Tell whether a reason is about the debtor, the account or the mandate: without the others it would be the same.

    Banks repeat at each collection why they refuse the whole (a format, a date, a creditor), and that is no reason of
    its own. A reason that is not known is left to whoever resubmits.
    """
    found = find_reason(reason.code)
    return found is not None and (found.blame is Blame.DEBTOR or found.code in _OF_ONE_COLLECTION)


def _statuses(report: StatusReport) -> list[ReportStatus | None]:
    payments = [payment.status for batch in report.batches for payment in batch.payments]
    return [report.status, *(batch.status for batch in report.batches), *payments]


def _line(
    file: AchFile, *, is_accepted: bool, batch: int | None = None, reason: StatusReason | None = None
) -> AcknowledgementLine:
    """Return what a status says of a file or a batch, as an acknowledgment does."""
    return AcknowledgementLine(
        file_date=file.file_date,
        file_time=file.file_time,
        modifier=file.modifier,
        batch=batch,
        is_accepted=is_accepted,
        entries=file.entry_count,
        total_debit=file.total_debit,
        total_credit=file.total_credit,
        reason=" ".join(part for part in (reason.code, reason.text) if part) or NO_REASON if reason else "",
    )
