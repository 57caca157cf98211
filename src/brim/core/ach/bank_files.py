"""What each kind of file from the bank does: acknowledgements, returns and notifications of change, statements."""

import hashlib
import io
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final

import msgspec

from brim.base.ids import IdFactory
from brim.core.ach import entry_store, file_store
from brim.core.ach.acknowledgements import AcknowledgementError, AcknowledgementLine, read_acknowledgement
from brim.core.ach.announcing import announce_file, list_break
from brim.core.ach.applying import Applied, apply_return, confirm_batch, hold_presented, post_bank_steps
from brim.core.ach.correcting import Correcting
from brim.core.ach.counting import count_file, uncount_batch
from brim.core.ach.disputing import (
    DishonorBookedOtherwiseError,
    apply_contest,
    book_back,
    find_in_line,
    note_return,
    take_again,
)
from brim.core.ach.file_store import BankFile, FoundBatch
from brim.core.ach.microdeposit_entries import PostedBeforeError, post_booked, post_returned, with_amounts
from brim.core.ach.microdeposit_rules import MICRODEPOSIT_DESCRIPTION, signed_total
from brim.core.ach.reversing import (
    ReversalBookedOtherwiseError,
    apply_returned_reversal,
    book_returned_reversal,
    book_reversals,
    find_entry_of,
    find_reversal,
    paid_twice_by,
    report_left,
    report_rejected,
)
from brim.core.ach.rules import AchFile, Entry, FileStatus, moved
from brim.core.dishonors import AchReturn, list_in_file
from brim.core.events import EventType, Renderers
from brim.core.originators import Originator, read_account_number
from brim.core.rails.ach import REVERSAL_DESCRIPTION, Confirmation, local_day, nacha
from brim.core.rails.ach.nacha import ChangeAddenda, Contest, Item, ReturnInfo, Severity
from brim.core.reconciliation import (
    BankAccountName,
    Break,
    BreakKind,
    MatchKind,
    NewBreak,
    StatementLineRow,
    insert_new_line,
    take_statement,
)
from brim.core.reconciliation.formats import (
    Scope,
    Statement,
    StatementFile,
    StatementLine,
    UnreadLine,
    Verdict,
    read_statement,
)
from brim.core.reconciliation.formats import Severity as StatementSeverity
from brim.core.return_rates import ReturnedDebit, count_returned
from brim.core.reversals import Reversal
from brim.core.reversals import list_in_file as list_reversals_in_file
from brim.core.time import lock_owner_time
from brim.core.topups import BankStep, ConfirmedOtherwiseError, Status, UnexpectedBankAmountError, fetch_topups
from brim.platform.database import Conn
from brim.platform.vault import Vault

Finding = dict[str, Any]

_BATCH_REFERENCE: Final = re.compile(r"(?P<company>[0-9A-Za-z]{1,10})-(?P<batch>[0-9]{7})")
_DUPLICATE: Final = "DUPLICATE"
"""How the reason begins with which a bank refuses a file whose header it knows."""
_CORRECTED_DATA: Final = "corrected_data"
"""What the codec finds where the corrected data of a notification of change say nothing that could be applied."""
MOST_FEE: Final = 5_000
"""The largest excess over a returned debit, in cents, that counts as the bank's fee; a person looks at anything above.

Banks charge a few dollars for a return, and some tens for one of a large amount.
"""
_BOOKED_OTHERWISE: Final = (
    ConfirmedOtherwiseError,
    UnexpectedBankAmountError,
    DishonorBookedOtherwiseError,
    ReversalBookedOtherwiseError,
    PostedBeforeError,
)
"""Why a line of a statement that was matched cannot be posted."""
_PAID_OUT: Final = frozenset({REVERSAL_DESCRIPTION, MICRODEPOSIT_DESCRIPTION})
"""The entry descriptions of batches that the bank may book as a debit of ours."""
_ITEM_WORDS: Final = {
    nacha.ItemKind.DISHONOUR: "dishonored return of somebody else's",
    nacha.ItemKind.FORWARD: "debit or credit",
    nacha.ItemKind.REFUSED_CHANGE: "refused notification of change",
}
"""What items are that are not applied, for people."""
_LONGEST_REFERENCE: Final = 200
"""Characters; formats allow 35, and some banks write more."""
_CURRENCY: Final = "usd"
"""What ACH moves."""
_UNKNOWN_TRACE: Final = "no entry has it"
_TRACE: Final = re.compile(r"[0-9]{15}")


class FileReading(msgspec.Struct, kw_only=True):
    """One file from the bank as it is applied, in one transaction."""

    conn: Conn
    vault: Vault
    renderers: Renderers
    correcting: Correcting
    originator: Originator
    file: BankFile
    content: bytes
    now_ms: int
    ids: IdFactory
    made_on: date | None = None
    is_held: bool = False
    breaks: int = 0
    returned: list[ReturnedDebit] = msgspec.field(default_factory=list)

    async def open_break(self, kind: BreakKind, *, cause: str, detail: str, **more: Any) -> Break | None:
        """List something in the file that does not match; return the break, None if it was listed before."""
        new = NewBreak(
            scope=self.originator.scope, kind=kind, cause=cause, detail=detail, bank_file=self.file.id, **more
        )
        opened = await list_break(self.conn, self.renderers, new, now_ms=self.now_ms, ids=self.ids)
        self.breaks += opened is not None
        return opened

    async def move_file(self, file: AchFile, kind: EventType) -> None:
        """Write where a file stands now, and tell it."""
        await file_store.update_file(self.conn, file)
        await announce_file(self.conn, self.renderers, file, kind, now_ms=self.now_ms, ids=self.ids)


async def apply_acknowledgement(reading: FileReading) -> list[Finding]:
    """Apply what the bank says of files and batches that were sent; return what is wrong with the acknowledgement."""
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
                detail=f"The bank acknowledges a file of {line.file_date} {line.file_time} {line.modifier}, which is "
                "none of ours.",
            )
        elif line.batch is None:
            await _acknowledge_file(reading, file, line)
        else:
            await _acknowledge_batch(reading, file, line)
    return []


async def _acknowledge_file(reading: FileReading, file: AchFile, line: AcknowledgementLine) -> None:
    file = await _as_sent(reading, file)
    if line.is_accepted:
        if (line.entries, line.total_debit, line.total_credit) != (
            file.entry_count,
            file.total_debit,
            file.total_credit,
        ):
            await reading.open_break(
                BreakKind.ACKNOWLEDGEMENT,
                cause=file.id,
                detail=f"The bank counts {line.entries} entries of {line.total_debit} cents in {file.id}, which has "
                f"{file.entry_count} of {file.total_debit}.",
                amount=line.total_debit,
                currency="usd",
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
    if line.reason.startswith(_DUPLICATE):
        await reading.open_break(
            BreakKind.ACKNOWLEDGEMENT,
            cause=f"{file.id}/duplicate",
            detail=f"The bank has refused a second file with the header of {file.id}; the first one stands as it was.",
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
            currency="usd",
        )
    elif file.status is not FileStatus.REJECTED:
        where = f"{file.id}, which is {file.status}" + (", and has booked a batch of it" if has_settled else "")
        await _contradiction(reading, file, f"{file.id}/rejected", f"rejects {where}: {line.reason}")


async def _as_sent(reading: FileReading, file: AchFile) -> AchFile:
    """Return a file of which the bank speaks: it has left, even where whoever sent it could not write that down."""
    if file.status is not FileStatus.APPROVED:
        return file
    sent = moved(file, FileStatus.SENT, sent_ms=reading.now_ms)
    await file_store.update_file(reading.conn, sent)
    await count_file(
        reading.conn, reading.originator, sent, renderers=reading.renderers, now_ms=reading.now_ms, ids=reading.ids
    )
    await report_left(reading.conn, reading.renderers, sent, now_ms=reading.now_ms, ids=reading.ids)
    return sent


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
        currency="usd",
        reference=file.id,
    )


async def _acknowledge_batch(reading: FileReading, file: AchFile, line: AcknowledgementLine) -> None:
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
            await _settle_file(reading, file.id)
        await reading.open_break(
            BreakKind.REJECTED,
            cause=f"{file.id}/{batch.number}",
            detail=f"The bank has rejected batch {batch.number} of {file.id}: {line.reason}. Once it is certain that "
            "none of its entries was processed, they can be resubmitted.",
            amount=batch.total_debit,
            currency="usd",
        )
    elif line.is_accepted and batch.status == "rejected":
        what = f"accepts batch {batch.number} of {file.id}, which it has rejected before"
        await _contradiction(reading, file, f"{file.id}/{batch.number}/accepted", what)
    elif batch.status == "open":
        await file_store.set_batch_status(reading.conn, file.scope, batch, "acknowledged")
        await _confirm_prenotes(reading, batch)
        if any(each.status == "settled" for each in batches):
            await _settle_file(reading, file.id)
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
        sentences = "; ".join(finding.sentence for finding in item.findings)
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
            detail=f"Line {item.line} is a {_ITEM_WORDS.get(item.kind, item.kind)}, which is kept here until a person "
            "looks at it.",
            raw=_without_account(item),
        )


async def _apply_return(reading: FileReading, item: Item, info: ReturnInfo) -> None:
    """Apply a return: of a reversal, if what came back is a credit of ours, or else of a debit."""
    traces, whose = [info.original_trace_number], reading.originator
    reversal = None
    if not info.is_debit:
        reversal = await find_reversal(reading.conn, whose.scope, traces, originator=whose.id)
    if reversal is not None and await _is_anothers(reading, reversal.originator, traces, is_credit=True):
        reversal = None
    if reversal is None:
        await _apply_returned_debit(reading, item, info)
    else:
        await _apply_returned_reversal(reading, item, info, reversal)


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
        reason = "its top-up has come to another end, or was returned before"
        twice = await paid_twice_by(reading.conn, entry)
        if twice is not None:
            kind, reason = BreakKind.PAID_TWICE, twice
    opened = await reading.open_break(
        kind,
        cause=f"{info.original_trace_number}/{info.code}/{info.trace_number}",
        detail=f"A return {info.code} of {info.amount_cents} cents names trace {info.original_trace_number}: {reason}.",
        amount=info.amount_cents,
        currency="usd",
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
        return "it is a micro-deposit of another amount" if is_secret else f"the debit was of {entry.amount} cents"
    is_same = await _is_of_account(reading, entry, info.account_number)
    return "" if is_same else "the debit was from another bank account"


async def _apply_returned_reversal(reading: FileReading, item: Item, info: ReturnInfo, reversal: Reversal) -> None:
    """Apply the return of a reversal, or list why it could not be applied."""
    entry = await find_entry_of(reading.conn, reversal)
    reason: str | None
    if reversal.amount != info.amount_cents:
        reason = f"the reversal was of {reversal.amount} cents"
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
        await reading.open_break(
            BreakKind.RETURN,
            cause=f"{info.original_trace_number}/{info.code}/{info.trace_number}",
            detail=f"A return {info.code} of {info.amount_cents} cents names the reversal {reversal.id} with trace "
            f"{info.original_trace_number}: {reason}.",
            amount=info.amount_cents,
            currency="usd",
            reference=info.original_trace_number,
            raw=_without_account(item),
        )


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
        detail=f"A contested dishonor {contest.code} of {contest.amount_cents} cents names the dishonored return "
        f"{contest.dishonour_trace_number}: {reason}.",
        amount=contest.amount_cents,
        currency="usd",
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
    reversal = None
    if entry is None:
        traces = [change.original_trace_number]
        reversal = await find_reversal(reading.conn, whose.scope, traces, originator=whose.id)
        entry = None if reversal is None else await find_entry_of(reading.conn, reversal)
    if entry is not None:
        problem = await reading.correcting.apply(
            reading.conn,
            entry,
            change,
            is_of_reversal=reversal is not None,
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
        detail=f"A notification of change {change.change_code} names the trace {change.original_trace_number}: "
        f"{reason}.",
        reference=change.original_trace_number,
        raw=_without_account(item),
    )


async def _find_entry(reading: FileReading, trace: str, rdfi: str) -> tuple[Entry | None, str]:
    """Return the entry that a trace means, the first of those that fit, or why there is none."""
    found = await _entries_of_trace(reading, trace)
    fitting = [entry for entry in found if entry.routing_number[:8] == rdfi[:8]]
    if not found:
        return None, _UNKNOWN_TRACE
    if not fitting:
        return None, "the entry that has it went to another bank"
    return fitting[0], ""


async def _entries_of_trace(reading: FileReading, trace: str) -> list[Entry]:
    """Return the entries of a trace, those of the originator whose bank speaks first, and of these the newest.

    Each originator counts its own traces, and two of one bank begin them alike.
    """
    found = await entry_store.find_by_trace(reading.conn, reading.originator.scope, trace)
    return sorted(found, key=lambda entry: entry.originator != reading.originator.id)


async def _is_anothers(reading: FileReading, originator: str, traces: Sequence[str], *, is_credit: bool) -> bool:
    """Tell whether what has a trace is another originator's, and an entry of the one whose bank speaks has it, too."""
    if originator == reading.originator.id:
        return False
    for trace in traces:
        entries = await _entries_of_trace(reading, trace)
        if any(each.originator == reading.originator.id and each.is_credit is is_credit for each in entries):
            return True
    return False


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
    return {"code": finding.code, "where": f"line {finding.line}", "sentence": finding.sentence}


def _without_account(item: Item) -> str:
    """Return the records of an item without the account number, which is in positions 13 to 29 of an entry."""
    return "\n".join(line[:12] + "*" * 17 + line[29:] if line[:1] == "6" else line for line in item.raw)


async def apply_statement(reading: FileReading) -> list[Finding]:
    """Apply the lines of a statement: match each, and list as a break what nothing explains."""
    statement_file = read_statement(reading.content)
    findings: list[Finding] = [
        {"code": each.code, "where": each.where, "sentence": each.sentence} for each in statement_file.findings
    ]
    if statement_file.verdict is Verdict.HOLD:
        reading.is_held = True
        return findings
    number = await read_account_number(reading.conn, reading.vault, reading.originator)
    for number_in_file, (statement, lines) in enumerate(statement_file.postable_statements()):
        if statement.account_number.lstrip("0") != number.lstrip("0"):
            for line in lines:
                await reading.open_break(
                    BreakKind.LINE,
                    cause=f"{reading.file.id}/{line.where}/{number_in_file}/{line.position}",
                    detail=f"The statement is of another bank account, ending in {statement.account_number[-4:]}.",
                    amount=line.amount_minor,
                    currency=line.currency,
                )
            continue
        await _take(reading, statement, lines)
    await _list_what_waits(reading, statement_file)
    return findings


async def _take(reading: FileReading, statement: Statement, lines: Sequence[StatementLine]) -> None:
    """Apply what is new in a statement, and list as a break what about it is open."""
    rows = [_row(reading, statement, line) for line in lines]
    taken = await take_statement(
        reading.conn,
        statement,
        rows,
        of=BankAccountName(reading.originator.scope, reading.originator.profile.bank_account, statement.currency),
        bank_file=reading.file.id,
        now_ms=reading.now_ms,
        ids=reading.ids,
    )
    times: Counter[tuple[str, date, int]] = Counter()
    for position in taken.lines:
        row = rows[position]
        times[row.line_key, row.booked_on, row.amount] += 1
        number = times[row.line_key, row.booked_on, row.amount]
        if number > 1:  # lines of one statement are never the same
            row = msgspec.structs.replace(row, line_key=f"{row.line_key}/again/{number}")
        await _apply_line(reading, lines[position], row, is_new=taken.is_certain)
    for new in taken.breaks:
        opened = await list_break(reading.conn, reading.renderers, new, now_ms=reading.now_ms, ids=reading.ids)
        reading.breaks += opened is not None


async def _list_what_waits(reading: FileReading, statement_file: StatementFile) -> None:
    """List each statement that is not posted as a break, and each line that is not."""
    listed: dict[int, set[int]] = defaultdict(set)
    waiting: dict[int, dict[int, StatementLine | UnreadLine]] = {}
    for found in statement_file.findings:
        if found.severity is not StatementSeverity.ERROR or found.statement is None:
            continue
        statement = statement_file.statements[found.statement]
        of = _called(statement)
        if found.scope is Scope.STATEMENT:
            await reading.open_break(
                BreakKind.STATEMENT,
                cause=f"{reading.file.id}/{found.statement}/{found.code}",
                detail=f"None of the {len(statement.lines)} lines of {of} are posted: {found.sentence}",
                amount=statement.booked_minor,
                currency=statement.currency or None,
            )
        elif found.scope is Scope.LINE and found.line is not None:
            listed[found.statement].add(found.line)
            if found.statement not in waiting:
                kept: tuple[StatementLine | UnreadLine, ...] = (*statement.lines, *statement.unread_lines)
                waiting[found.statement] = {each.position: each for each in kept}
            line = waiting[found.statement].get(found.line)
            await reading.open_break(
                BreakKind.ITEM,
                cause=f"{reading.file.id}/{found.statement}/{found.line}/{found.code}",
                detail=f"Line {found.line} of {of} is not posted: {found.sentence}",
                amount=line.amount_minor if isinstance(line, StatementLine) else None,
                currency=line.currency if isinstance(line, StatementLine) else None,
                raw=line.raw if isinstance(line, UnreadLine) else None,
            )
    for index, statement in enumerate(statement_file.statements):
        parked = sum(line.is_parked for line in statement.lines)
        unlisted = len(statement.unread_lines) + parked - len(listed[index])
        if unlisted > 0:
            await reading.open_break(
                BreakKind.ITEM,
                cause=f"{reading.file.id}/{index}/more",
                detail=f"{unlisted} more lines of {_called(statement)} are not posted, and too many to be listed.",
            )


def _called(statement: Statement) -> str:
    name = statement.sequence or statement.statement_id
    return f"the statement {name}" if name else f"the statement of {statement.period_to}"


def _row(reading: FileReading, statement: Statement, line: StatementLine) -> StatementLineRow:
    """Return a line as it is kept, matched to nothing yet."""
    return StatementLineRow(
        scope=reading.originator.scope,
        bank_account=reading.originator.profile.bank_account,
        line_key=_bounded(_line_key(statement, line)),
        bank_file=reading.file.id,
        position=line.position,
        booked_on=line.booking_date or statement.period_to or local_day(reading.originator.profile, reading.now_ms),
        amount=line.amount_minor,
        currency=line.currency,
        type_code=line.type_code,
        bank_reference=_bounded(line.bank_reference) or None,
        reference=_bounded(line.customer_reference or line.end_to_end_id or line.payment_information_id) or None,
        description=line.text,
        matched_kind=None,
        matched=None,
        created_ms=reading.now_ms,
    )


async def _apply_line(reading: FileReading, line: StatementLine, plain: StatementLineRow, *, is_new: bool) -> None:
    match = await _match(reading, line)
    matched = msgspec.structs.replace(plain, matched_kind=match.kind, matched=match.id)
    row = await insert_new_line(reading.conn, matched, is_new=is_new)
    if row is None:
        return
    problem = match.problem
    if match.booked_though_rejected is not None:
        await _keep_from_going_out_again(reading, match.booked_though_rejected, row)
    if problem is None:
        try:
            async with reading.conn.transaction():
                problem = await _post(reading, match, row)
        except _BOOKED_OTHERWISE as error:
            problem = error.message
    if problem is not None:
        await reading.open_break(
            BreakKind.LINE if match.id is None else BreakKind.LINE_AMOUNT,
            cause=f"{row.bank_account}/{row.line_key}",
            detail=problem,
            amount=row.amount,
            currency=row.currency,
            reference=row.reference or row.bank_reference,
        )


class _Match(msgspec.Struct, frozen=True, kw_only=True):
    """What a line is about, or why nothing is known of it."""

    kind: MatchKind | None = None
    id: str | None = None
    batch: FoundBatch | None = None
    booked_though_rejected: FoundBatch | None = None
    entry: Entry | None = None
    dishonored: AchReturn | None = None
    reversal: Reversal | None = None
    problem: str | None = None


async def _match(reading: FileReading, line: StatementLine) -> _Match:
    """Return what a line is about: first by the reference of a batch, then by the trace of a return."""
    if line.currency != _CURRENCY:
        return _Match(problem=f"The line is in {line.currency.upper()}, and ACH moves US dollars alone.")
    texts = [line.customer_reference, line.end_to_end_id, line.payment_information_id, line.entry_reference, line.text]
    for text in texts:
        for found in _BATCH_REFERENCE.finditer(text):
            matched = await _match_batch(reading, line, found["company"], int(found["batch"]))
            if matched is not None:
                return matched
    traces = [trace for text in texts for trace in _TRACE.findall(text)]
    is_coming = line.amount_minor >= 0
    whose = reading.originator
    dishonored = await find_in_line(reading.conn, whose.scope, traces, is_coming=is_coming)
    reversal = await find_reversal(reading.conn, whose.scope, traces, originator=whose.id)
    is_own = reversal is not None and reversal.originator == whose.id
    if dishonored is not None and not (
        (is_own and dishonored.originator != whose.id)
        or await _is_anothers(reading, dishonored.originator, traces, is_credit=is_coming)
    ):
        return _match_dishonor(line, dishonored)
    if reversal is not None and not await _is_anothers(reading, reversal.originator, traces, is_credit=is_coming):
        return _match_reversal(line, reversal)
    for trace in traces:
        entries = [each for each in await _entries_of_trace(reading, trace) if each.is_credit is is_coming]
        if entries:
            (entry,) = await with_amounts(reading.conn, reading.vault, entries[:1])
            return _match_return(line, entry)
    return _Match(problem=f"Nothing explains this line: {line.type_code} {line.text}".strip())


async def _match_batch(  # noqa: PLR0911  a ladder of what may be wrong
    reading: FileReading, line: StatementLine, company: str, number: int
) -> _Match | None:
    """Match a line that names a batch; None if the company is not ours, or it takes money for what brings it.

    Reversals have the company of their debits, which may have been another one then.
    """
    scope, profile = reading.originator.scope, reading.originator.profile
    batches = await file_store.find_batches_by_number(reading.conn, scope, reading.originator.id, number)
    is_ours = company == profile.company_id.strip()
    if not is_ours and not (batches and batches[0].is_of_reversals and batches[0].company_id == company):
        return None
    if line.amount_minor < 0 and not (batches and batches[0].description in _PAID_OUT):
        return None
    if not batches:
        return _Match(problem=f"The line names batch {number}, which is none of ours.")
    batch = batches[0]
    name = f"{batch.file}/{batch.number}"
    if batch.status == "rejected":
        problem = f"The bank booked batch {number}, which it has rejected: its entries may have gone out again."
        return _Match(kind=MatchKind.BATCH, id=name, booked_though_rejected=batch, problem=problem)
    expected = await _booked_for(reading, batch)
    if expected != line.amount_minor:
        return _Match(
            kind=MatchKind.BATCH,
            id=name,
            problem=f"The bank booked {line.amount_minor} cents for batch {number}, which is of {expected}.",
        )
    if batch.settled_by is not None:
        return _Match(kind=MatchKind.BATCH, id=name, problem=f"Batch {number} was booked before.")
    return _Match(kind=MatchKind.BATCH, id=name, batch=batch)


async def _booked_for(reading: FileReading, batch: FoundBatch) -> int:
    """Return what the bank books for a batch in cents, negative where it is paid out."""
    if batch.is_of_reversals:
        return -batch.total_credit
    if batch.description == MICRODEPOSIT_DESCRIPTION:
        return signed_total(await _entries_of(reading, batch))
    return batch.total_debit


async def _entries_of(reading: FileReading, batch: FoundBatch) -> list[Entry]:
    """Return the entries of a batch, with the amounts of micro-deposits."""
    scope = reading.originator.scope
    entries = await entry_store.list_entries_of_batch(reading.conn, scope, batch.file, batch.number)
    return await with_amounts(reading.conn, reading.vault, entries)


async def _keep_from_going_out_again(reading: FileReading, batch: FoundBatch, row: StatementLineRow) -> None:
    """Write on a rejected batch that the bank has booked it all the same: nobody can resubmit it any more."""
    scope = reading.originator.scope
    await file_store.lock_file(reading.conn, scope, batch.file)
    booked_by = f"{row.bank_account}/{row.line_key}"
    await file_store.set_batch_status(reading.conn, scope, batch, "rejected", settled_by=booked_by)


def _match_dishonor(line: StatementLine, dishonored: AchReturn) -> _Match:
    """Match a line that names a dishonored return: its money comes back, or is taken again after a contest."""
    kind = MatchKind.DISHONOR if line.amount_minor >= 0 else MatchKind.CONTEST
    if abs(line.amount_minor) != dishonored.amount:
        problem = (
            f"The bank has booked {line.amount_minor} cents for {dishonored.id}, which is for {dishonored.amount}."
        )
        return _Match(kind=kind, id=dishonored.id, problem=problem)
    return _Match(kind=kind, id=dishonored.id, dishonored=dishonored)


def _match_reversal(line: StatementLine, reversal: Reversal) -> _Match:
    """Match a line that names a reversal: its money goes, or comes back because it was returned."""
    kind = MatchKind.REVERSAL_RETURN if line.amount_minor >= 0 else MatchKind.REVERSAL
    if abs(line.amount_minor) != reversal.amount:
        problem = f"The bank has booked {line.amount_minor} cents for {reversal.id}, which is of {reversal.amount}."
        return _Match(kind=kind, id=reversal.id, problem=problem)
    return _Match(kind=kind, id=reversal.id, reversal=reversal)


def _match_return(line: StatementLine, entry: Entry) -> _Match:
    name = f"{entry.topup}/{entry.number}"
    fee = abs(line.amount_minor) - entry.amount
    if entry.is_credit and fee:
        return _Match(kind=MatchKind.RETURN, id=name, problem="The bank gives back another amount than was sent.")
    if fee and not (entry.return_code is not None and 0 < fee <= MOST_FEE):
        return _Match(
            kind=MatchKind.RETURN,
            id=name,
            problem=f"The bank has taken back {-line.amount_minor} cents of a debit of {entry.amount}.",
        )
    return _Match(kind=MatchKind.RETURN, id=name, entry=entry)


async def _post(reading: FileReading, match: _Match, row: StatementLineRow) -> str | None:
    """Post what a matched line confirms; return what it does not explain."""
    reference = f"{row.bank_account}/{row.line_key}"
    scope = reading.originator.scope
    if match.batch is not None:
        await file_store.lock_file(reading.conn, scope, match.batch.file)
        entries = await _entries_of(reading, match.batch)
        for owner in sorted({entry.owner_scope for entry in entries}):
            await lock_owner_time(reading.conn, owner, now_ms=reading.now_ms, ids=reading.ids)
        await hold_presented(reading.conn, entries)
        await post_bank_steps(
            reading.conn,
            entries,
            BankStep.CREDIT,
            bank_account=row.bank_account,
            reference=reference,
            now_ms=reading.now_ms,
            ids=reading.ids,
        )
        await post_booked(
            reading.conn, scope, entries, bank_account=row.bank_account, now_ms=reading.now_ms, ids=reading.ids
        )
        await file_store.set_batch_status(reading.conn, scope, match.batch, "settled", settled_by=reference)
        await confirm_batch(
            reading.conn, scope, match.batch.file, match.batch.number, by=reference, now_ms=reading.now_ms
        )
        await _settle_file(reading, match.batch.file)
        disputed = await list_in_file(reading.conn, scope, match.batch.file, batch=match.batch.number)
        rest = row.amount - signed_total(entries) - await _book_back(reading, disputed, row)
        taken_back = await list_reversals_in_file(reading.conn, scope, match.batch.file, batch=match.batch.number)
        rest += await _book_reversals(reading, taken_back, row)
        if rest:
            return f"{rest} cents of batch {match.batch.number} belong to no top-up that is in it."
    elif match.entry is not None and match.entry.is_microdeposit:
        await post_returned(
            reading.conn,
            scope,
            match.entry,
            amount=abs(row.amount),
            bank_account=row.bank_account,
            now_ms=reading.now_ms,
            ids=reading.ids,
        )
    elif match.entry is not None:
        await post_bank_steps(
            reading.conn,
            [match.entry],
            BankStep.RETURN,
            bank_account=row.bank_account,
            reference=reference,
            amount=-row.amount,
            now_ms=reading.now_ms,
            ids=reading.ids,
        )
        await _list_taken_back(reading, match.entry)
    elif match.dishonored is not None:
        await _post_dishonor(reading, match.dishonored, row)
    elif match.reversal is not None:
        await _post_reversal(reading, match.reversal, row)
    return None


async def _post_reversal(reading: FileReading, reversal: Reversal, row: StatementLineRow) -> None:
    """Post a line that moves the money of one reversal, whose batch is settled once all of it is booked."""
    scope, reference = reading.originator.scope, f"{row.bank_account}/{row.line_key}"
    if row.amount >= 0:
        await book_returned_reversal(
            reading.conn,
            reversal,
            bank_account=row.bank_account,
            reference=reference,
            now_ms=reading.now_ms,
            ids=reading.ids,
        )
        return
    if reversal.file is None or reversal.batch is None:
        raise ReversalBookedOtherwiseError(reversal, "which is in no file")
    await file_store.lock_file(reading.conn, scope, reversal.file)
    await _book_reversals(reading, [reversal], row)
    batches = await file_store.list_batches(reading.conn, scope, reversal.file)
    batch = next((each for each in batches if each.number == reversal.batch), None)
    together = await list_reversals_in_file(reading.conn, scope, reversal.file, batch=reversal.batch)
    if batch is not None and batch.settled_by is None and all(each.settled_by for each in together):
        await file_store.set_batch_status(reading.conn, scope, batch, "settled", settled_by=reference)
        await _settle_file(reading, reversal.file)


async def _book_reversals(reading: FileReading, taken_back: Sequence[Reversal], row: StatementLineRow) -> int:
    return await book_reversals(
        reading.conn,
        taken_back,
        bank_account=row.bank_account,
        reference=f"{row.bank_account}/{row.line_key}",
        booked_on=row.booked_on,
        renderers=reading.renderers,
        now_ms=reading.now_ms,
        ids=reading.ids,
    )


async def _list_taken_back(reading: FileReading, entry: Entry) -> None:
    """List that a statement has taken back a debit whose top-up has succeeded, until a return is applied."""
    if entry.return_code is not None:
        return
    found = (await fetch_topups(reading.conn, entry.owner_scope, [entry.topup]))[0]
    if found.status is not Status.SUCCEEDED:
        return  # what is pending does not succeed any more
    await reading.open_break(
        BreakKind.TAKEN_BACK,
        cause=f"{entry.topup}/{entry.number}",
        detail=f"The bank has taken back the debit of {entry.topup} (trace {entry.trace}), which has succeeded, and no "
        "return that was applied says why. Ask the bank for the return: it reverses the top-up.",
        amount=-entry.amount,
        currency="usd",
        reference=entry.trace,
    )


async def _post_dishonor(reading: FileReading, dishonored: AchReturn, row: StatementLineRow) -> None:
    """Post a line that moves the money of one dishonored return, whose batch is settled once all of it is booked."""
    if row.amount < 0:
        await take_again(
            reading.conn,
            dishonored,
            bank_account=row.bank_account,
            reference=f"{row.bank_account}/{row.line_key}",
            renderers=reading.renderers,
            now_ms=reading.now_ms,
            ids=reading.ids,
        )
        return
    scope = reading.originator.scope
    if dishonored.file is None or dishonored.batch is None:
        raise DishonorBookedOtherwiseError(dishonored, "which is in no file")
    await file_store.lock_file(reading.conn, scope, dishonored.file)
    await _book_back(reading, [dishonored], row)
    batches = await file_store.list_batches(reading.conn, scope, dishonored.file)
    batch = next((each for each in batches if each.number == dishonored.batch), None)
    together = await list_in_file(reading.conn, scope, dishonored.file, batch=dishonored.batch)
    if batch is not None and batch.settled_by is None and all(each.booked_by for each in together):
        reference = f"{row.bank_account}/{row.line_key}"
        await file_store.set_batch_status(reading.conn, scope, batch, "settled", settled_by=reference)
        await _settle_file(reading, dishonored.file)


async def _book_back(reading: FileReading, disputed: Sequence[AchReturn], row: StatementLineRow) -> int:
    return await book_back(
        reading.conn,
        disputed,
        originator=reading.originator,
        bank_account=row.bank_account,
        reference=f"{row.bank_account}/{row.line_key}",
        booked_on=row.booked_on,
        renderers=reading.renderers,
        now_ms=reading.now_ms,
        ids=reading.ids,
    )


async def _settle_file(reading: FileReading, file_id: str) -> None:
    """Write that a file is settled once each of its batches is."""
    scope = reading.originator.scope
    batches = await file_store.list_batches(reading.conn, scope, file_id)
    file = await file_store.lock_file(reading.conn, scope, file_id)
    is_whole = all(batch.status in {"settled", "rejected"} or _is_done(batch) for batch in batches)
    if file is not None:
        file = await _as_sent(reading, file)
    if is_whole and file is not None and file.status in {FileStatus.SENT, FileStatus.ACKNOWLEDGED}:
        settled = moved(file, FileStatus.SETTLED, settled_ms=reading.now_ms)
        await reading.move_file(settled, EventType.ACH_FILE_SETTLED)


def _is_done(batch: FoundBatch) -> bool:
    """Tell whether nothing more will be heard of a batch: it has prenotes only, so no statement books it."""
    return batch.status == "acknowledged" and not batch.total_debit and not batch.total_credit


def _line_key(statement: Statement, line: StatementLine) -> str:
    """Return what names a line: the bank's own reference, or else what stands in it and its place."""
    if line.bank_reference:
        return line.bank_reference
    day = line.booking_date or statement.period_to
    return f"{day}/{statement.statement_id or statement.sequence}/{line.position}/{line.amount_minor}"


def _bounded(text: str) -> str:
    """Return a reference that an index can hold: no bank has a longer one, but a made-up file may."""
    if len(text) <= _LONGEST_REFERENCE:
        return text
    return f"{text[:_LONGEST_REFERENCE]}.../{hashlib.sha256(text.encode()).hexdigest()}"
