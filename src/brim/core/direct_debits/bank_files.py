"""What acknowledgments, returns and notifications of change do; `statement_lines` has what statements do."""

import io
import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from brim.base.currency import dollars, written_amount
from brim.core.direct_debits import entry_store, file_store
from brim.core.direct_debits.acknowledgements import AcknowledgementError, AcknowledgementLine, read_acknowledgement
from brim.core.direct_debits.applying import Applied, apply_return, confirm_batch, hold_presented
from brim.core.direct_debits.counting import uncount_batch
from brim.core.direct_debits.credits import find_credit, find_credited_entry
from brim.core.direct_debits.disputing import apply_contest, note_return
from brim.core.direct_debits.file_reading import (
    FileReading,
    Finding,
    as_sent,
    entries_of_trace,
    is_anothers,
    settle_file,
)
from brim.core.direct_debits.file_store import FoundBatch
from brim.core.direct_debits.microdeposit_entries import with_amounts
from brim.core.direct_debits.refund_outcomes import apply_returned_refund
from brim.core.direct_debits.refunding import report_rejected_refunded
from brim.core.direct_debits.reversing import (
    apply_returned_reversal,
    paid_twice_by,
    report_rejected,
)
from brim.core.direct_debits.rules import AchFile, Entry, FileStatus, moved
from brim.core.events import EventType
from brim.core.rails.ach import Confirmation, local_day, nacha
from brim.core.rails.ach.nacha import ChangeAddenda, Contest, Item, ReturnInfo, Severity
from brim.core.reconciliation import BreakKind
from brim.core.refunds import Refund
from brim.core.return_rates import ReturnedDebit, count_returned
from brim.core.reversals import Reversal

DUPLICATE: Final = "DUPLICATE"
"""How the reason begins with which a bank refuses a file whose header it knows."""
_CORRECTED_DATA: Final = "corrected_data"
"""What the codec finds where the corrected data of a notification of change say nothing that could be applied."""
_ITEM_WORDS: Final = {
    nacha.ItemKind.DISHONOUR: "dishonored return of somebody else's",
    nacha.ItemKind.FORWARD: "debit or credit",
    nacha.ItemKind.REFUSED_CHANGE: "refused notification of change",
}
"""What items are that are not applied, for people."""
_UNKNOWN_TRACE: Final = "no entry has it"
_TRACE: Final = re.compile(r"[0-9]{15}")


async def apply_acknowledgement(reading: FileReading) -> list[Finding]:
    """Apply what the bank says of files and batches that were sent; return what is wrong with the acknowledgment."""
    try:
        lines = read_acknowledgement(reading.content)
    except AcknowledgementError as error:
        reading.is_held = True
        return [{"code": "unreadable", "sentence": error.message}]
    for line in lines:
        file = await file_store.find_sent_file(
            reading.conn,
            reading.originator.scope,
            reading.originator.id,
            file_date=line.file_date,
            file_time=line.file_time,
            modifier=line.modifier,
        )
        if file is None:
            await reading.open_break(
                BreakKind.ACKNOWLEDGEMENT,
                cause=f"{line.file_date}/{line.file_time}/{line.modifier}",
                detail=f"The bank acknowledges an unknown file of {line.file_date} {line.file_time} {line.modifier}.",
            )
        elif line.batch is None:
            await acknowledge_file(reading, file, line)
        else:
            await acknowledge_batch(reading, file, line)
    return []


async def acknowledge_file(reading: FileReading, file: AchFile, line: AcknowledgementLine) -> None:
    """Apply what the bank says of a whole file."""
    file = await as_sent(reading, file)
    if line.is_accepted:
        if (line.entries, line.total_debit, line.total_credit) != (
            file.entry_count,
            file.total_debit,
            file.total_credit,
        ):
            currency = reading.originator.profile.currency
            await reading.open_break(
                BreakKind.ACKNOWLEDGEMENT,
                cause=file.id,
                detail=f"The bank counts {line.entries} entries of {written_amount(line.total_debit, currency)} in "
                f"{file.id}, which has {file.entry_count} of {written_amount(file.total_debit, currency)}.",
                amount=line.total_debit,
                currency=reading.originator.profile.currency,
            )
            return
        if file.status is FileStatus.SENT:
            acknowledged = moved(file, FileStatus.ACKNOWLEDGED, acknowledged_ms=reading.now_ms)
            await reading.move_file(acknowledged, EventType.ACH_FILE_ACKNOWLEDGED)
            for batch in await file_store.list_batches(reading.conn, file.scope, file.id):
                await _confirm_prenotes(reading, batch)
        elif file.status not in {FileStatus.ACKNOWLEDGED, FileStatus.SETTLED}:
            await _contradiction(reading, file, f"{file.id}/accepted", f"accepts {file.id}, which is {file.status}")
        return
    batches = await file_store.list_batches(reading.conn, file.scope, file.id)
    has_settled = any(batch.status == "settled" for batch in batches)
    if line.reason.startswith(DUPLICATE):
        await reading.open_break(
            BreakKind.ACKNOWLEDGEMENT,
            cause=f"{file.id}/duplicate",
            detail=f"The bank refused a second file with the header of {file.id}. The first file is unaffected.",
        )
    elif file.status in {FileStatus.SENT, FileStatus.ACKNOWLEDGED} and not has_settled:
        rejected = moved(file, FileStatus.REJECTED, rejected_ms=reading.now_ms, reject_reason=line.reason)
        await reading.move_file(rejected, EventType.ACH_FILE_REJECTED)
        await _reject_batches(reading, batches, line.reason)
        await reading.open_break(
            BreakKind.REJECTED,
            cause=file.id,
            detail=f"The bank has rejected {file.id}: {line.reason}. Once it is certain that none of its entries was "
            "processed, they can be resubmitted.",
            amount=file.total_debit,
            currency=reading.originator.profile.currency,
        )
    elif file.status is not FileStatus.REJECTED:
        where = f"{file.id}, which is {file.status}" + (", and has booked a batch of it" if has_settled else "")
        await _contradiction(reading, file, f"{file.id}/rejected", f"rejects {where}: {line.reason}")


async def _reject_batches(reading: FileReading, batches: Sequence[FoundBatch], reason: str) -> None:
    """Write that the bank has refused batches; one that it had refused before stays as it is, and counts once."""
    for batch in batches:
        if batch.status != "rejected":
            await _reject_batch(reading, batch, reason)


async def _reject_batch(reading: FileReading, batch: FoundBatch, reason: str) -> None:
    """Write that the bank has refused a batch; that it had accepted it before counts no more.

    Its top-ups are held first, as everywhere: one that succeeds just now has succeeded, and does not go out again.
    """
    entries = await entry_store.list_entries_of_batch(reading.conn, reading.originator.scope, batch.file, batch.number)
    await hold_presented(reading.conn, entries)
    await file_store.set_batch_status(reading.conn, reading.originator.scope, batch, "rejected", reason=reason)
    await entry_store.unconfirm_entries(reading.conn, reading.originator.scope, batch.file, batch.number)
    await report_rejected(reading.conn, reading.renderers, entries, now_ms=reading.now_ms, ids=reading.ids)
    await report_rejected_refunded(reading.conn, reading.renderers, entries, now_ms=reading.now_ms, ids=reading.ids)
    await uncount_batch(
        reading.conn, reading.originator, batch, renderers=reading.renderers, now_ms=reading.now_ms, ids=reading.ids
    )


async def _confirm_prenotes(reading: FileReading, batch: FoundBatch) -> None:
    """Write that the bank has taken the prenotes of a batch: of these no statement says anything."""
    if batch.status == "rejected":
        return
    scope, by = reading.originator.scope, reading.file.id
    await confirm_batch(reading.conn, scope, batch.file, batch.number, by=by, now_ms=reading.now_ms, only_prenotes=True)


async def _contradiction(reading: FileReading, file: AchFile, cause: str, what: str) -> None:
    """List that the bank says of a file what cannot be after all that it has said before; nothing else changes.

    While the break is open, nothing of the file can be resubmitted.
    """
    await reading.open_break(
        BreakKind.ACKNOWLEDGEMENT,
        cause=cause,
        detail=f"The bank {what}.",
        amount=file.total_debit,
        currency=reading.originator.profile.currency,
        reference=file.id,
    )


async def acknowledge_batch(reading: FileReading, file: AchFile, line: AcknowledgementLine) -> None:
    """Apply what the bank says of one batch."""
    batches = await file_store.list_batches(reading.conn, file.scope, file.id)
    batch = next((each for each in batches if each.number == line.batch), None)
    if batch is None:
        await reading.open_break(
            BreakKind.ACKNOWLEDGEMENT,
            cause=f"{file.id}/{line.batch}",
            detail=f"The bank acknowledges batch {line.batch} of {file.id}, which has none of that number.",
        )
    elif not line.is_accepted and batch.status == "settled":
        what = f"rejects batch {batch.number} of {file.id}, which it has booked: {line.reason}"
        await _contradiction(reading, file, f"{file.id}/{batch.number}/rejected", what)
    elif not line.is_accepted and batch.status != "rejected":
        await _reject_batch(reading, batch, line.reason)
        if any(each.status == "settled" for each in batches):
            await settle_file(reading, file.id)
        await reading.open_break(
            BreakKind.REJECTED,
            cause=f"{file.id}/{batch.number}",
            detail=f"The bank has rejected batch {batch.number} of {file.id}: {line.reason}. Once it is certain that "
            "none of its entries was processed, they can be resubmitted.",
            amount=batch.total_debit,
            currency=reading.originator.profile.currency,
        )
    elif line.is_accepted and batch.status == "rejected":
        what = f"accepts batch {batch.number} of {file.id}, which it has rejected before"
        await _contradiction(reading, file, f"{file.id}/{batch.number}/accepted", what)
    elif batch.status == "open":
        await file_store.set_batch_status(reading.conn, file.scope, batch, "acknowledged")
        await _confirm_prenotes(reading, batch)
        if any(each.status == "settled" for each in batches):
            await settle_file(reading, file.id)
        if reading.originator.profile.confirmation is Confirmation.ACKNOWLEDGEMENT:
            await confirm_batch(
                reading.conn, file.scope, file.id, batch.number, by=reading.file.id, now_ms=reading.now_ms
            )


async def apply_nacha(reading: FileReading) -> list[Finding]:
    """Apply returns and notifications of change; return what is wrong with the file."""
    report = nacha.check(io.BytesIO(reading.content), lenient=False)
    findings = [_finding(each) for each in report.findings]
    if report.verdict is nacha.Verdict.HOLD:
        reading.is_held = True
        return findings
    reading.made_on = _made_on(report)
    for item in nacha.entries(io.BytesIO(reading.content), lenient=False):
        await _apply_item(reading, item)
    await count_returned(
        reading.conn,
        reading.originator,
        reading.returned,
        renderers=reading.renderers,
        now_ms=reading.now_ms,
        ids=reading.ids,
    )
    return findings


def _made_on(report: nacha.FileReport) -> date | None:
    """Return the creation date that a file states, None if it is not a date."""
    try:
        return datetime.strptime(report.header.file_creation_date if report.header else "", "%y%m%d").date()  # noqa: DTZ007  a day, not a moment
    except ValueError:
        return None


async def _apply_item(reading: FileReading, item: Item) -> None:
    where = f"{reading.file.id}/{item.line}"
    change = _change_in(item)
    if change is not None:
        await _apply_change(reading, item, change)
    elif item.is_parked or item.entry is None:
        sentences = "; ".join(_said(finding) for finding in item.findings)
        await reading.open_break(
            BreakKind.ITEM,
            cause=where,
            detail=f"Line {item.line} cannot be read: {sentences}",
            reference=_trace_named(item),
            raw=_without_account(item),
        )
    elif isinstance(item.notice, ReturnInfo):
        await _apply_return(reading, item, item.notice)
    elif isinstance(item.notice, Contest):
        await _apply_contest(reading, item, item.notice)
    else:
        await reading.open_break(
            BreakKind.ITEM,
            cause=where,
            detail=f"Line {item.line} is a {_ITEM_WORDS.get(item.kind, item.kind)}, which needs a decision.",
            raw=_without_account(item),
        )


async def _apply_return(reading: FileReading, item: Item, info: ReturnInfo) -> None:
    """Apply a return: of a reversal or refund, if what came back is a credit of ours, or else of a debit."""
    traces, whose = [info.original_trace_number], reading.originator
    credit = None
    if not info.is_debit:
        credit = await find_credit(reading.conn, whose.scope, traces, originator=whose.id)
    if credit is None or await is_anothers(reading, credit.originator, traces, is_credit=True):
        await _apply_returned_debit(reading, item, info)
    elif isinstance(credit, Reversal):
        await _apply_returned_reversal(reading, item, info, credit)
    else:
        await _apply_returned_refund(reading, item, info, credit)


async def _apply_returned_debit(reading: FileReading, item: Item, info: ReturnInfo) -> None:
    entry, reason = await _find_entry(reading, info.original_trace_number, info.original_rdfi_identification)
    is_known, kind = reason != _UNKNOWN_TRACE, BreakKind.RETURN
    if entry is not None:
        (entry,) = await with_amounts(reading.conn, reading.vault, [entry])
        reason = await _unlike(reading, entry, info)
    if entry is not None and not reason:
        applied = await apply_return(
            reading.conn,
            entry,
            code=info.code,
            trace=info.trace_number,
            profile=reading.originator.profile,
            renderers=reading.renderers,
            now_ms=reading.now_ms,
            ids=reading.ids,
        )
        if applied in {Applied.FAILED, Applied.WAITING, Applied.REVERSED, Applied.ENDED}:
            if entry.is_debit:
                reading.returned.append(_returned(reading, entry, info.code))
            await _note_return(reading, item, info, entry)
        if applied is not Applied.CONFLICT:
            return
        reason = "its top-up has ended another way, or the debit was already returned"
        twice = await paid_twice_by(reading.conn, entry)
        if twice is not None:
            kind, reason = BreakKind.PAID_TWICE, twice
    opened = await reading.open_break(
        kind,
        cause=f"{info.original_trace_number}/{info.code}/{info.trace_number}",
        detail=f"A return {info.code} of {dollars(info.amount_cents)} names trace number "
        f"{info.original_trace_number}: {reason}.",
        amount=info.amount_cents,
        currency=reading.originator.profile.currency,
        reference=(info.original_trace_number if is_known else _name_in(item)) or info.original_trace_number,
        raw=_without_account(item),
    )
    if opened is not None:
        if entry is not None and kind is BreakKind.PAID_TWICE:
            reading.returned.append(_returned(reading, entry, info.code))
        await _note_return(reading, item, info, entry, break_id=opened.id)


async def _unlike(reading: FileReading, entry: Entry, info: ReturnInfo) -> str:
    """Return in what a return does not say what its entry does; nothing where it does."""
    if entry.amount != info.amount_cents:
        is_secret = entry.is_microdeposit
        return "it is a micro-deposit of another amount" if is_secret else f"the debit was of {dollars(entry.amount)}"
    is_same = await _is_of_account(reading, entry, info.account_number)
    return "" if is_same else "the debit was from another bank account"


async def _apply_returned_reversal(reading: FileReading, item: Item, info: ReturnInfo, reversal: Reversal) -> None:
    """Apply the return of a reversal, or list why it could not be applied."""
    entry = await find_credited_entry(reading.conn, reversal)
    reason: str | None
    if reversal.amount != info.amount_cents:
        reason = f"the reversal was of {dollars(reversal.amount)}"
    elif entry is not None and entry.routing_number[:8] != info.original_rdfi_identification[:8]:
        reason = "the reversal that has it went to another bank"
    elif entry is not None and entry.sealed and not await _is_of_account(reading, entry, info.account_number):
        reason = "the reversal was to another bank account"
    else:
        reason = await apply_returned_reversal(
            reading.conn,
            reversal,
            code=info.code,
            trace=info.trace_number,
            renderers=reading.renderers,
            now_ms=reading.now_ms,
            ids=reading.ids,
        )
    if reason is not None:
        await _list_unapplied(reading, item, info, f"reversal {reversal.id}", reason)


async def _apply_returned_refund(reading: FileReading, item: Item, info: ReturnInfo, refund: Refund) -> None:
    """Apply the return of a refund, or list why it could not be applied."""
    reason: str | None
    if refund.amount != info.amount_cents:
        reason = f"the refund was of {dollars(refund.amount)}"
    elif (refund.routing_number or "")[:8] != info.original_rdfi_identification[:8]:
        reason = "the refund that has it went to another bank"
    elif refund.sealed and not await _is_to_account(reading, refund, info.account_number):
        reason = "the refund was to another bank account"
    else:
        reason = await apply_returned_refund(
            reading.conn,
            refund,
            code=info.code,
            trace=info.trace_number,
            renderers=reading.renderers,
            now_ms=reading.now_ms,
            ids=reading.ids,
        )
    if reason is not None:
        await _list_unapplied(reading, item, info, f"refund {refund.id}", reason)


async def _list_unapplied(reading: FileReading, item: Item, info: ReturnInfo, named: str, reason: str) -> None:
    """List a return that names a credit of ours, and could not be applied."""
    await reading.open_break(
        BreakKind.RETURN,
        cause=f"{info.original_trace_number}/{info.code}/{info.trace_number}",
        detail=f"A return {info.code} of {dollars(info.amount_cents)} names the {named} with trace "
        f"{info.original_trace_number}: {reason}.",
        amount=info.amount_cents,
        currency=reading.originator.profile.currency,
        reference=info.original_trace_number,
        raw=_without_account(item),
    )


async def _is_to_account(reading: FileReading, refund: Refund, account_number: str) -> bool:
    """Tell whether an account number is that of a refund, or what its bank has made of it."""
    numbers = [reading.vault.open(refund.sealed or b"", place=refund.place).decode()]
    numbers.append(await reading.correcting.number_of_topup(reading.conn, refund.scope, refund.topup) or numbers[0])
    return _plain_number(account_number) in map(_plain_number, numbers)


async def _note_return(
    reading: FileReading, item: Item, info: ReturnInfo, entry: Entry | None, *, break_id: str | None = None
) -> None:
    """Keep a return so that it can be dishonored; one with a break could not be applied."""
    await note_return(
        reading.conn,
        reading.vault,
        reading.originator,
        item,
        info,
        entry,
        bank_file=reading.file.id,
        made_on=reading.made_on or local_day(reading.originator.profile, reading.now_ms),
        is_applied=break_id is None,
        break_id=break_id,
        renderers=reading.renderers,
        now_ms=reading.now_ms,
        ids=reading.ids,
    )


async def _apply_contest(reading: FileReading, item: Item, contest: Contest) -> None:
    reason = await apply_contest(
        reading.conn,
        reading.originator.scope,
        contest,
        renderers=reading.renderers,
        now_ms=reading.now_ms,
        ids=reading.ids,
    )
    if reason is None:
        return
    await reading.open_break(
        BreakKind.RETURN,
        cause=f"{contest.dishonour_trace_number}/{contest.code}/{contest.trace_number}",
        detail=f"A contested dishonor {contest.code} of {dollars(contest.amount_cents)} names the dishonored return "
        f"{contest.dishonour_trace_number}: {reason}.",
        amount=contest.amount_cents,
        currency=reading.originator.profile.currency,
        reference=contest.dishonour_trace_number,
        raw=_without_account(item),
    )


def _returned(reading: FileReading, entry: Entry, code: str) -> ReturnedDebit:
    """Return what counts of a return. A test clock may be ahead in a rehearsal; nothing comes back before it left."""
    today = local_day(reading.originator.profile, reading.now_ms)
    return ReturnedDebit(entry.owner, max(today, entry.effective_date or today), code)


def _change_in(item: Item) -> ChangeAddenda | None:
    """Return what a notification of change says, even where its corrected data are unreadable and nothing else is."""
    errors = {finding.code for finding in item.findings if finding.severity is Severity.ERROR}
    if item.entry is None or errors - {_CORRECTED_DATA}:
        return None
    return next((each for each in item.entry.addenda if isinstance(each, ChangeAddenda)), None)


async def _apply_change(reading: FileReading, item: Item, change: ChangeAddenda) -> None:
    whose = reading.originator
    entry, reason = await _find_entry(reading, change.original_trace_number, change.original_rdfi_identification)
    credit = None
    if entry is None:
        traces = [change.original_trace_number]
        credit = await find_credit(reading.conn, whose.scope, traces, originator=whose.id)
        entry = None if credit is None else await find_credited_entry(reading.conn, credit)
    if entry is not None:
        problem = await reading.correcting.apply(
            reading.conn,
            entry,
            change,
            credit=credit,
            bank_file=reading.file.id,
            now_ms=reading.now_ms,
            ids=reading.ids,
        )
        if problem is None:
            return
        reason = problem
    await reading.open_break(
        BreakKind.RETURN,
        cause=f"{change.original_trace_number}/{change.change_code}/{change.trace_number}",
        detail=f"A notification of change {change.change_code} names the trace number {change.original_trace_number}: "
        f"{reason}.",
        reference=change.original_trace_number,
        raw=_without_account(item),
    )


async def _find_entry(reading: FileReading, trace: str, rdfi: str) -> tuple[Entry | None, str]:
    """Return the entry that a trace means, the first of those that fit, or why there is none."""
    found = await entries_of_trace(reading, trace)
    fitting = [entry for entry in found if entry.routing_number[:8] == rdfi[:8]]
    if not found:
        return None, _UNKNOWN_TRACE
    if not fitting:
        return None, "the entry that has it went to another bank"
    return fitting[0], ""


async def _is_of_account(reading: FileReading, entry: Entry, account_number: str) -> bool:
    """Tell whether an account number is that of an entry, or what its bank has made of it, however a bank pads it."""
    if not entry.sealed:
        return False
    numbers = [reading.vault.open(entry.sealed, place=entry.place).decode()]
    if entry.change_code is not None:
        numbers.append(await reading.correcting.number_of(reading.conn, entry) or numbers[0])
    return _plain_number(account_number) in map(_plain_number, numbers)


def _name_in(item: Item) -> str:
    """Return how an entry calls what it presents, as `names_of` has it; nothing where it does not say."""
    return "" if item.entry is None else item.entry.detail.individual_identification_number.strip()


def _trace_named(item: Item) -> str | None:
    """Return the trace that the addenda of a return or a change names, by its position: the item cannot be read."""
    named = [line[6:21] for line in item.raw if line[:3] in {"799", "798"}]
    return next((trace for trace in named if _TRACE.fullmatch(trace)), _name_in(item) or None)


def _plain_number(text: str) -> str:
    return re.sub(r"[ -]", "", text).lstrip("0")


def _finding(finding: nacha.Finding) -> Finding:
    return {"code": finding.code, "where": f"line {finding.line}", "sentence": _said(finding)}


def _said(finding: nacha.Finding) -> str:
    """Return what is wrong, with the name of its field as people read it: `file ID modifier`."""
    words = re.sub(r"\bid\b", "ID", finding.field.replace("_", " "))
    return finding.sentence.replace(finding.field, words) if finding.field else finding.sentence


def _without_account(item: Item) -> str:
    """Return the records of an item without the account number, which is in positions 13 to 29 of an entry."""
    return "\n".join(line[:12] + "*" * 17 + line[29:] if line[:1] == "6" else line for line in item.raw)
