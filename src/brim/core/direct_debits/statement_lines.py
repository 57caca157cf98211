"""What a statement does: its lines are matched to batches, returns, dishonors, reversals and refunds, and posted."""

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Container, Sequence
from datetime import date
from typing import Any, Final

import msgspec

from brim.base.ids import IdFactory
from brim.base.paging import PageRequest, window_of
from brim.base.scope import AccountScope
from brim.core import refunds, reversals
from brim.core.direct_debits import file_store
from brim.core.direct_debits.announcing import list_break
from brim.core.direct_debits.applying import Applied, apply_return, confirm_batch, hold_presented, post_bank_steps
from brim.core.direct_debits.batch_entries import booked_for, entries_of, refunded_in
from brim.core.direct_debits.collection_lines import match_collection_line
from brim.core.direct_debits.credits import Credit, CreditBookedOtherwiseError, find_credit
from brim.core.direct_debits.disputing import (
    DishonorBookedOtherwiseError,
    book_back,
    find_in_line,
    post_what_waited,
    take_again,
)
from brim.core.direct_debits.file_reading import (
    FileReading,
    Finding,
    entries_of_trace,
    is_anothers,
    settle_file,
)
from brim.core.direct_debits.file_store import FoundBatch
from brim.core.direct_debits.line_match import MOST_FEE, WHAT_MOVES, LineMatch
from brim.core.direct_debits.microdeposit_entries import PostedBeforeError, post_booked, post_returned, with_amounts
from brim.core.direct_debits.microdeposit_rules import MICRODEPOSIT_DESCRIPTION, signed_total
from brim.core.direct_debits.refund_outcomes import book_refunds, book_returned_refund
from brim.core.direct_debits.reversing import (
    book_returned_reversal,
    book_reversals,
)
from brim.core.direct_debits.rules import FILE_PREFIX, AchFile, Entry, FileStatus
from brim.core.dishonors import AchReturn, list_in_file
from brim.core.originators import Originator, find_originator, read_account_number
from brim.core.push import (
    RETURN_BODY,
    TRANSFER_PREFIX,
    TransferLine,
    find_references,
    find_taken_back,
    hold_for_itemizing,
    itemize_transfer,
    policy_of,
    receive_line,
    take_back_line,
)
from brim.core.rails.ach import REVERSAL_DESCRIPTION, Transfers, local_day
from brim.core.reconciliation import (
    LINE_PREFIX,
    AnnouncedAlone,
    BankAccountName,
    BreakKind,
    LineStatus,
    MatchKind,
    StatementLineRow,
    TakenStatement,
    explain_by_payments,
    facts_of,
    fetch_lines,
    find_entries,
    insert_new_line,
    list_announced_alone,
    list_payments_of_entry,
    lock_break,
    payments_of,
    said_elsewhere,
    take_statement,
)
from brim.core.reconciliation import Entry as KnownEntry
from brim.core.reconciliation.formats import (
    CSV,
    Scope,
    Statement,
    StatementFile,
    StatementLine,
    TransactionDetail,
    UnreadLine,
    Verdict,
    read_statement,
)
from brim.core.reconciliation.formats import Severity as StatementSeverity
from brim.core.refunds import Refund
from brim.core.reversals import Reversal
from brim.core.statement_mappings import find_mapping
from brim.core.time import lock_owner_time
from brim.core.topups import (
    BankStep,
    ConfirmedOtherwiseError,
    Status,
    UnexpectedBankAmountError,
    fetch_topups,
    is_confirmed,
)
from brim.platform.database import Conn

_BATCH_REFERENCE: Final = re.compile(r"(?P<company>[0-9A-Za-z]{1,10})-(?P<batch>[0-9]{7})")
BOOKED_OTHERWISE: Final = (
    ConfirmedOtherwiseError,
    UnexpectedBankAmountError,
    DishonorBookedOtherwiseError,
    CreditBookedOtherwiseError,
    PostedBeforeError,
)
"""Why a line of a statement that was matched cannot be posted."""
UNBOOKED: Final = (FileStatus.SENT, FileStatus.ACKNOWLEDGED)
_FILES_SEARCHED: Final = 30
"""Files that are sent, and as many that are acknowledged, whose batches a line without a reference may be."""
_PAID_OUT: Final = frozenset({REVERSAL_DESCRIPTION, MICRODEPOSIT_DESCRIPTION})
"""The entry descriptions of batches that the bank may book as a debit of ours."""
_LONGEST_REFERENCE: Final = 200
"""Characters; formats allow 35, and some banks write more."""
_TRACE: Final = re.compile(r"[0-9]{15}")
_MAY_BE_KNOWN: Final = (
    "Another file has a line that says the same, and neither balances nor a reference of the bank's tell whether this "
    "is that one again: {}"
)
_MAY_BE_ANNOUNCED: Final = (
    "A notification has brought a payment of this amount and day by itself, and this may be that one again: {}"
)


async def apply_statement(reading: FileReading) -> list[Finding]:
    """Apply the lines of a statement: match each, and list as a break what nothing explains."""
    saved = await find_mapping(reading.conn, reading.originator.scope, reading.originator.profile.bank_account)
    statement_file = read_statement(reading.content, mapping=saved.mapping if saved else None)
    findings: list[Finding] = [
        {"code": each.code, "where": each.where, "sentence": each.sentence} for each in statement_file.findings
    ]
    if statement_file.verdict is Verdict.HOLD:
        reading.is_held = True
        return findings
    number = await read_account_number(reading.conn, reading.vault, reading.originator)
    for number_in_file, (statement, lines) in enumerate(statement_file.postable_statements()):
        if not is_of_account(statement_file, statement, number):
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


def is_of_account(file: StatementFile, statement: Statement, number: str) -> bool:
    """Tell whether a statement is of the bank account with a number; CSV need not name one."""
    if file.format == CSV and not statement.account_number:
        return True
    return statement.account_number.lstrip("0") == number.lstrip("0")


async def _take(reading: FileReading, statement: Statement, lines: Sequence[StatementLine]) -> None:
    """Apply what is new in a statement, and list as a break what about it is open."""
    rows, payment_ids = list[StatementLineRow](), list[list[str]]()
    for line in lines:
        rows.append(
            row_of(reading.originator, reading.file.id, statement, line, now_ms=reading.now_ms, ids=reading.ids)
        )
        payment_ids.append([reading.ids.new_at(LINE_PREFIX, reading.now_ms) for _ in payments_of(line)])
    of = BankAccountName(reading.originator.scope, reading.originator.profile.bank_account, statement.currency)
    taken = await take_statement(
        reading.conn,
        statement,
        rows,
        of=of,
        bank_file=reading.file.id,
        now_ms=reading.now_ms,
        ids=reading.ids,
    )
    elsewhere: Container[object] = ()
    if not taken.is_certain:
        elsewhere = await said_elsewhere(reading.conn, of, rows)
    announced = await _announced_alone(reading, of, rows, taken) if any(payment_ids) else AnnouncedAlone(())
    times = Counter[tuple[str, date, int]]()
    recalls = {position for position in taken.lines if _may_take_back(lines[position])}
    known = set(range(len(rows))).difference(taken.in_doubt)
    for position in sorted(taken.lines, key=recalls.__contains__):  # what one takes back may be further down
        row = msgspec.structs.replace(rows[position], statement=taken.statement)
        times[row.line_key, row.booked_on, row.amount] += 1
        number = times[row.line_key, row.booked_on, row.amount]
        if number > 1:  # lines of one statement are never the same
            row = msgspec.structs.replace(row, line_key=f"{row.line_key}/again/{number}")
        if await _apply_line(
            reading,
            lines[position],
            row,
            is_new=taken.is_certain,
            elsewhere=elsewhere,
            payment_ids=payment_ids[position],
            announced=announced,
        ):
            known.discard(position)
    for position in sorted(known):
        await _itemize_known(
            reading, lines[position], rows, position, of=of, payment_ids=payment_ids[position], announced=announced
        )
    for new in taken.breaks:
        opened = await list_break(reading.conn, reading.renderers, new, now_ms=reading.now_ms, ids=reading.ids)
        reading.breaks += opened is not None


async def _announced_alone(
    reading: FileReading, of: BankAccountName, rows: Sequence[StatementLineRow], taken: TakenStatement
) -> AnnouncedAlone:
    """Return what other files have notified payment by payment, less what this one repeats so."""
    days, new = [row.booked_on for row in rows], set(taken.lines) if taken.is_certain else set()
    announced = AnnouncedAlone(
        await list_announced_alone(reading.conn, of, first_day=min(days), last_day=max(days), not_in=reading.file.id)
    )
    announced.take([facts_of(row) for position, row in enumerate(rows) if position not in new])
    return announced


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


def row_of(
    originator: Originator, bank_file: str, statement: Statement, line: StatementLine, *, now_ms: int, ids: IdFactory
) -> StatementLineRow:
    """Return a line as it is kept, matched to nothing yet."""
    return StatementLineRow(
        id=ids.new_at(LINE_PREFIX, now_ms),
        scope=originator.scope,
        bank_account=originator.profile.bank_account,
        line_key=_bounded(_line_key(statement, line)),
        bank_file=bank_file,
        position=line.position,
        booked_on=line.booking_date or statement.period_to or local_day(originator.profile, now_ms),
        amount=line.amount_minor,
        currency=line.currency,
        type_code=line.type_code,
        bank_reference=_bounded(line.bank_reference) or None,
        reference=_reference_of(line),
        description=line.text,
        matched_kind=None,
        matched=None,
        created_ms=now_ms,
        remittance=line.remittance or None,
    )


async def _apply_line(
    reading: FileReading,
    line: StatementLine,
    plain: StatementLineRow,
    *,
    is_new: bool = True,
    elsewhere: Container[object] = (),
    payment_ids: Sequence[str] = (),
    announced: AnnouncedAlone | None = None,
    is_announced: bool = False,
) -> bool:
    """Store a line with what it is about, and post that; return whether it was new.

    A credit that may be known (it is said `elsewhere`, or `is_announced`) is left to a person.
    """
    match = await _match_line(reading, line, plain)
    is_said = not plain.bank_reference and facts_of(plain) in elsewhere
    if is_said or is_announced:
        match = _in_doubt(match, line, plain, _MAY_BE_ANNOUNCED if is_announced else _MAY_BE_KNOWN)
    matched = msgspec.structs.replace(plain, matched_kind=match.kind, matched=match.id)
    if match.payments:
        matched = msgspec.structs.replace(matched, remittance=None)  # it is on the lines of its payments
    row = await insert_new_line(reading.conn, matched, is_new=is_new)
    if row is None:
        return False
    if match.payments:
        await _apply_payments(reading, row, match.payments, payment_ids, announced)
        return True
    problem, rest = match.problem, row.amount
    if match.booked_though_rejected is not None:
        await _keep_from_going_out_again(reading, match.booked_though_rejected, row)
        if problem is None:
            await _list_contradiction(reading, match.booked_though_rejected)
    if problem is None:
        try:
            async with reading.conn.transaction():
                problem, rest = await post_match(reading, match, row)
        except BOOKED_OTHERWISE as error:
            problem, rest = error.message, row.amount
    if problem is not None:
        await reading.open_break(
            BreakKind.LINE if match.id is None else BreakKind.LINE_AMOUNT,
            cause=f"{row.bank_account}/{row.line_key}",
            detail=problem,
            amount=rest,
            currency=row.currency,
            reference=row.reference or row.bank_reference,
        )
    return True


def _in_doubt(match: LineMatch, line: StatementLine, plain: StatementLineRow, problem: str) -> LineMatch:
    """Return why a person has to look at a line that may be known, where it would be credited; else what it matched."""
    is_credit = match.transfer is not None or (bool(match.payments) and line.amount_minor > 0)
    return LineMatch(problem=problem.format(plain.description).rstrip(": ")) if is_credit else match


async def _apply_payments(
    reading: FileReading,
    entry: StatementLineRow,
    payments: Sequence[StatementLine],
    ids: Sequence[str],
    announced: AnnouncedAlone | None,
) -> None:
    """Store the payments of an entry as lines, and post what each is about; the entry itself posts nothing.

    One that a notification may have brought by itself is left to a person.
    """
    await explain_by_payments(reading.conn, entry, payments=len(payments), now_ms=reading.now_ms, ids=reading.ids)
    rows = [
        msgspec.structs.replace(
            entry,
            id=line_id,
            parent=entry.id,
            line_key=f"{entry.line_key}/payment/{number}",
            bank_file=reading.file.id,
            amount=payment.amount_minor,
            bank_reference=_bounded(payment.bank_reference) or None,
            reference=_reference_of(payment),
            description=payment.text,
            remittance=payment.remittance or None,
            created_ms=reading.now_ms,
        )
        for number, (line_id, payment) in enumerate(zip(ids, payments, strict=True), 1)
    ]
    known = announced.take([facts_of(row) for row in rows]) if announced is not None else frozenset[int]()
    for position, (payment, row) in enumerate(zip(payments, rows, strict=True)):
        await _apply_line(reading, payment, row, is_announced=position in known)


async def _itemize_known(
    reading: FileReading,
    line: StatementLine,
    rows: Sequence[StatementLineRow],
    position: int,
    *,
    of: BankAccountName,
    payment_ids: Sequence[str],
    announced: AnnouncedAlone,
) -> None:
    """Have the payments of an entry that is known and unexplained take its place, if they were not listed before.

    So a statement may come without them and a notification bring them, or the other way round. The entry is the one
    with the bank's reference, or the only one of its day and amount where either has none. What a person has said of
    it, or what the matcher has found, stays.
    """
    payments, row = payments_of(line), rows[position]
    if not payments:
        return
    entries = await find_entries(reading.conn, of, booked_on=row.booked_on, amount=row.amount)
    named = [each for each in entries if each.bank_reference and each.bank_reference == row.bank_reference]
    if not named:
        alike = sum((each.booked_on, each.amount) == (row.booked_on, row.amount) for each in rows)
        named = [each for each in entries if not (each.bank_reference and row.bank_reference)]
        named = named if alike == len(entries) == 1 else []
    if len(named) != 1:
        return
    if named[0].is_itemized:
        await _compare_payments(reading, named[0], row, payments)
        return
    found = (await fetch_lines(reading.conn, of.scope, [named[0].id]))[named[0].id]
    entry = found.unmatched(of.scope)
    if not (await _match_line(reading, line, entry)).payments:
        return  # as when it came first: it may be one thing as a whole, such as a batch
    if found.matched is None and found.break_id is not None:
        held = await lock_break(reading.conn, of.scope, found.break_id)
        if found.status is LineStatus.OPEN and held is not None and held.resolved_ms is None:
            await _apply_payments(reading, entry, payments, payment_ids, announced)
    elif found.matched is not None and found.matched_kind == MatchKind.TRANSFER and found.break_id is None:
        told: Any = {"now_ms": reading.now_ms, "ids": reading.ids}
        transfer = await hold_for_itemizing(reading.conn, of.scope, found.matched, **told)
        if transfer is not None:
            await _apply_payments(reading, entry, payments, payment_ids, announced)
            await itemize_transfer(reading.conn, transfer, **told)


async def _compare_payments(
    reading: FileReading, entry: KnownEntry, row: StatementLineRow, payments: Sequence[StatementLine]
) -> None:
    """List that the bank lists other payments of an entry than before: what was posted of them may be wrong."""
    if entry.bank_reference is None or entry.bank_reference != row.bank_reference:
        return  # it may be another entry
    before = await list_payments_of_entry(reading.conn, row.scope, entry.id)
    now = [(payment.amount_minor, _reference_of(payment)) for payment in payments]
    if not all(reference for _, reference in (*before, *now)):
        before, now = [(amount, None) for amount, _ in before], [(amount, None) for amount, _ in now]
    if Counter(before) == Counter(now):
        return
    await reading.open_break(
        BreakKind.WITHDRAWN,
        cause=f"{entry.id}/{reading.file.id}",
        detail=f"The bank lists other payments of the entry {row.bank_reference} on {row.booked_on} than before, whose "
        "lines were posted.",
        amount=row.amount,
        currency=row.currency,
        reference=row.bank_reference,
    )


async def _match_line(  # noqa: PLR0911  a ladder of what it may be
    reading: FileReading, line: StatementLine, plain: StatementLineRow
) -> LineMatch:
    """Return what a line is about: something that we have sent, a transfer from somebody, or one that goes back.

    An entry of several payments is about all of them, unless it is one thing as a whole.

    What goes back is known by its reference, also once no more transfers are taken.
    """
    match = await _match(reading, line, is_payment=plain.parent is not None)
    payments = payments_of(line)
    if not match.is_unexplained:
        is_of_one = match.problem is not None and match.kind not in {None, MatchKind.BATCH}
        return LineMatch(payments=payments) if payments and is_of_one else match
    texts = _transfer_texts(line)
    if line.amount_minor > 0:
        is_taken = reading.originator.profile.transfers is not Transfers.OFF
        if not payments and not is_taken:
            return match
        if not find_references(texts) and await _may_be_batch(reading, plain):
            return match
        if payments:
            return LineMatch(payments=payments)
        transfer = TransferLine(
            row=plain,
            texts=texts,
            transfer=reading.ids.new_at(TRANSFER_PREFIX, reading.now_ms),
            payments=_payments_in(line),
        )
        return LineMatch(kind=MatchKind.TRANSFER, id=transfer.transfer, transfer=transfer)
    found = await find_taken_back(
        reading.conn,
        reading.originator.scope,
        texts,
        amount=-line.amount_minor,
        currency=line.currency,
        bank_account=plain.bank_account,
    )
    if found is None:
        return LineMatch(payments=payments) if payments else match
    return LineMatch(kind=MatchKind.TRANSFER_BACK, id=found, taken_back=found)


def _may_take_back(line: StatementLine) -> bool:
    texts = _transfer_texts(line)
    return line.amount_minor < 0 and bool(find_references(texts) or find_references(texts, length=RETURN_BODY))


async def _may_be_batch(reading: FileReading, plain: StatementLineRow) -> bool:
    """Tell whether a batch that no statement has booked has a line's total: a person says which of both it is."""
    if reading.unbooked is None:
        found = await unbooked_batches(reading.conn, plain.scope, plain.bank_account)
        reading.unbooked = frozenset(batch.total_debit for _, _, batch in found if batch.total_debit)
    return plain.currency == reading.originator.profile.currency and plain.amount in reading.unbooked


async def unbooked_batches(
    conn: Conn, scope: AccountScope, bank_account: str
) -> list[tuple[Originator, AchFile, FoundBatch]]:
    """Return the batches of a bank account, in the newest files that left, that no statement has booked."""
    found: list[tuple[Originator, AchFile, FoundBatch]] = []
    for status in UNBOOKED:
        window = window_of(FILE_PREFIX, None, PageRequest(limit=_FILES_SEARCHED))
        for file in (await file_store.page_files(conn, scope, window, status=status)).items:
            originator = await find_originator(conn, scope, file.originator)
            if originator.profile.bank_account != bank_account:
                continue
            batches = await file_store.list_batches(conn, scope, file.id)
            found += [(originator, file, each) for each in batches if each.is_unbooked]
    return found


def _transfer_texts(line: StatementLine) -> tuple[str, ...]:
    """Return where a payer's reference may be, the fields that are for it first."""
    details = [text for each in line.details for text in _texts_of(each)]
    mine = (line.customer_reference, line.end_to_end_id, line.payment_information_id, line.entry_reference, line.text)
    return tuple(text for text in (*details, *mine) if text)


def _texts_of(payment: TransactionDetail) -> tuple[str, ...]:
    return payment.creditor_reference, payment.text, payment.end_to_end_id, payment.counterparty_name


def _payments_in(line: StatementLine) -> tuple[tuple[str, ...], ...]:
    """Return where the reference of each payment may be, where the bank has booked several as one line."""
    unnamed = max((line.batch_items or 0) - len(line.details), 0)
    payments = (*(_texts_of(each) for each in line.details), *((),) * unnamed)
    return payments if len(payments) > 1 else ()


async def _match(reading: FileReading, line: StatementLine, *, is_payment: bool) -> LineMatch:
    """Return what a line is about, on the rail that its originator collects by.

    What the payer wrote counts only where a line `is_payment` of an entry, which the bank's own words are not about.
    """
    profile = reading.originator.profile
    if line.currency != profile.currency:
        problem = f"The line is in {line.currency.upper()}, and {WHAT_MOVES[profile.rail]}."
        return LineMatch(problem=problem, is_unexplained=True)
    if profile.sepa is not None:
        return await match_collection_line(reading, line)
    return await _match_entry_line(reading, line, is_payment=is_payment)


async def _match_entry_line(reading: FileReading, line: StatementLine, *, is_payment: bool) -> LineMatch:
    """Return what a line of ACH is about: first by the reference of a batch, then by the trace of a return."""
    texts = [line.customer_reference, line.end_to_end_id, line.payment_information_id, line.entry_reference, line.text]
    if is_payment:
        texts += [text for each in line.details for text in (each.instruction_id, each.transaction_id, each.text)]
    for text in texts:
        for found in _BATCH_REFERENCE.finditer(text):
            matched = await _match_batch(reading, line, found["company"], int(found["batch"]))
            if matched is not None:
                return matched
    traces = [trace for text in texts for trace in _TRACE.findall(text)]
    is_coming = line.amount_minor >= 0
    whose = reading.originator
    dishonored = await find_in_line(reading.conn, whose.scope, traces, is_coming=is_coming)
    credit = await find_credit(reading.conn, whose.scope, traces, originator=whose.id)
    is_own = credit is not None and credit.originator == whose.id
    if dishonored is not None and not (
        (is_own and dishonored.originator != whose.id)
        or await is_anothers(reading, dishonored.originator, traces, is_credit=is_coming)
    ):
        return _match_dishonor(line, dishonored)
    if credit is not None and not await is_anothers(reading, credit.originator, traces, is_credit=is_coming):
        return _match_credit(line, credit)
    for trace in traces:
        entries = [each for each in await entries_of_trace(reading, trace) if each.is_credit is is_coming]
        if entries:
            (entry,) = await with_amounts(reading.conn, reading.vault, entries[:1])
            return _match_return(line, entry)
    return LineMatch(problem=f"Nothing explains this line: {line.type_code} {line.text}".strip(), is_unexplained=True)


async def _match_batch(  # noqa: PLR0911  a ladder of what may be wrong
    reading: FileReading, line: StatementLine, company: str, number: int
) -> LineMatch | None:
    """Match a line that names a batch; None if the company is not ours, or it takes money for what brings it.

    Reversals have the company of their debits, and refunds that of their file, which may have been another one then.
    """
    scope, profile = reading.originator.scope, reading.originator.profile
    batches = await file_store.find_batches_by_number(reading.conn, scope, reading.originator.id, number)
    batch = batches[0] if batches else None
    refunded = [] if batch is None else await refunded_in(reading, batch)
    is_ours = company == profile.company_id.strip()
    if batch is not None and (refunded or batch.is_of_reversals):
        is_ours = is_ours or batch.company_id == company
    if not is_ours:
        return None
    if line.amount_minor < 0 and not (batch and (refunded or batch.description in _PAID_OUT)):
        return None
    if batch is None:
        return LineMatch(problem=f"The line names batch {number}, which is none of ours.")
    name = f"{batch.file}/{batch.number}"
    is_rejected = batch.status == "rejected"
    if is_rejected and not await _has_all_credits(reading, batch):
        problem = f"The bank booked batch {number}, which it has rejected: its entries may have gone out again."
        return LineMatch(kind=MatchKind.BATCH, id=name, booked_though_rejected=batch, problem=problem)
    expected = await booked_for(reading, batch)
    if expected != line.amount_minor:
        return LineMatch(
            kind=MatchKind.BATCH,
            id=name,
            problem=f"The bank booked {line.amount_minor} cents for batch {number}, which is of {expected}.",
        )
    if batch.settled_by is not None:
        return LineMatch(kind=MatchKind.BATCH, id=name, problem=f"Batch {number} was booked before.")
    return LineMatch(kind=MatchKind.BATCH, id=name, batch=batch, booked_though_rejected=batch if is_rejected else None)


async def _has_all_credits(reading: FileReading, batch: FoundBatch) -> bool:
    """Tell whether a batch has reversals or refunds, none of which has left it to go out again."""
    found = await _credits_in(reading, batch.file, batch.number)
    return bool(found) and sum(each.amount for each in found) == batch.total_credit


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


def _match_dishonor(line: StatementLine, dishonored: AchReturn) -> LineMatch:
    """Match a line that names a dishonored return: its money comes back, or is taken again after a contest."""
    kind = MatchKind.DISHONOR if line.amount_minor >= 0 else MatchKind.CONTEST
    if abs(line.amount_minor) != dishonored.amount:
        problem = (
            f"The bank has booked {line.amount_minor} cents for {dishonored.id}, which is for {dishonored.amount}."
        )
        return LineMatch(kind=kind, id=dishonored.id, problem=problem)
    return LineMatch(kind=kind, id=dishonored.id, dishonored=dishonored)


def _match_credit(line: StatementLine, credit: Credit) -> LineMatch:
    """Match a line that names a reversal or refund: its money goes, or comes back because it was returned."""
    going, coming = (
        (MatchKind.REVERSAL, MatchKind.REVERSAL_RETURN)
        if isinstance(credit, Reversal)
        else (MatchKind.REFUND, MatchKind.REFUND_RETURN)
    )
    kind = coming if line.amount_minor >= 0 else going
    if abs(line.amount_minor) != credit.amount:
        problem = f"The bank has booked {line.amount_minor} cents for {credit.id}, which is of {credit.amount}."
        return LineMatch(kind=kind, id=credit.id, problem=problem)
    return LineMatch(kind=kind, id=credit.id, credit=credit)


def _match_return(line: StatementLine, entry: Entry) -> LineMatch:
    name = f"{entry.topup}/{entry.number}"
    fee = abs(line.amount_minor) - entry.amount
    if entry.is_credit and fee:
        return LineMatch(kind=MatchKind.RETURN, id=name, problem="The bank gives back another amount than was sent.")
    if fee and not (entry.return_code is not None and 0 < fee <= MOST_FEE):
        return LineMatch(
            kind=MatchKind.RETURN,
            id=name,
            problem=f"The bank has taken back {-line.amount_minor} cents of a debit of {entry.amount}.",
        )
    return LineMatch(kind=MatchKind.RETURN, id=name, entry=entry)


async def post_match(  # noqa: C901  one branch for each that a line can be about
    reading: FileReading, match: LineMatch, row: StatementLineRow
) -> tuple[str | None, int]:
    """Post what a matched line confirms; return what it does not explain, and how much that is in cents."""
    reference = f"{row.bank_account}/{row.line_key}"
    scope = reading.originator.scope
    if match.batch is not None:
        await file_store.lock_file(reading.conn, scope, match.batch.file)
        entries = await entries_of(reading, match.batch, booked=row.amount)
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
        await settle_file(reading, match.batch.file)
        disputed = await list_in_file(reading.conn, scope, match.batch.file, batch=match.batch.number)
        rest = row.amount - signed_total(entries) - await _book_back(reading, disputed, row)
        credits_ = await _credits_in(reading, match.batch.file, match.batch.number)
        rest += await _book_credits(reading, credits_, row)
        if rest:
            return f"{rest} cents of batch {match.batch.number} belong to no top-up that is in it.", rest
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
        if match.return_code is not None:
            await _apply_stated_return(reading, match.entry, match.return_code, row)
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
        if match.return_code is None:
            await _list_taken_back(reading, match.entry)
        await post_what_waited(reading.conn, match.entry, now_ms=reading.now_ms, ids=reading.ids)
    elif match.transfer is not None:
        await receive_line(
            reading.conn,
            msgspec.structs.replace(match.transfer, row=row),
            policy=policy_of(reading.originator.profile),
            renderers=reading.renderers,
            now_ms=reading.now_ms,
            ids=reading.ids,
        )
    elif match.taken_back is not None:
        problem = await take_back_line(
            reading.conn,
            scope,
            match.taken_back,
            line=reference,
            renderers=reading.renderers,
            now_ms=reading.now_ms,
            ids=reading.ids,
        )
        return problem, row.amount if problem else 0
    elif match.dishonored is not None:
        await _post_dishonor(reading, match.dishonored, row)
    elif match.credit is not None:
        await _post_credit(reading, match.credit, row)
    return None, 0


async def _apply_stated_return(reading: FileReading, entry: Entry, code: str, row: StatementLineRow) -> None:
    """Apply a return whose reason the statement itself has, or list why it could not be applied.

    A collection that was rejected has failed; one that was booked all the same comes back without a word more.
    """
    credit = (entry.owner_scope, entry.topup, BankStep.CREDIT, entry.number)
    if entry.was_rejected and await is_confirmed(reading.conn, *credit):
        return
    applied = await apply_return(
        reading.conn,
        entry,
        code=code,
        trace=row.bank_reference or row.line_key,
        profile=reading.originator.profile,
        renderers=reading.renderers,
        now_ms=reading.now_ms,
        ids=reading.ids,
    )
    if applied is not Applied.CONFLICT:
        return
    await reading.open_break(
        BreakKind.RETURN,
        cause=f"{entry.trace}/{code}/{row.line_key}",
        detail=f"The statement takes back {entry.trace} with {code}: its top-up has come to another end, or was "
        "returned before.",
        amount=row.amount,
        currency=row.currency,
        reference=entry.trace,
    )


async def _post_credit(reading: FileReading, credit: Credit, row: StatementLineRow) -> None:
    """Post a line that moves the money of one reversal or refund; its batch is settled once all of it is booked."""
    scope, reference = reading.originator.scope, f"{row.bank_account}/{row.line_key}"
    if row.amount >= 0:
        told = {"bank_account": row.bank_account, "reference": reference}
        if isinstance(credit, Reversal):
            await book_returned_reversal(
                reading.conn, credit, **told, renderers=reading.renderers, now_ms=reading.now_ms, ids=reading.ids
            )
        else:
            await book_returned_refund(
                reading.conn, credit, **told, renderers=reading.renderers, now_ms=reading.now_ms, ids=reading.ids
            )
        return
    if credit.file is None or credit.batch is None:
        raise CreditBookedOtherwiseError(credit, "which is in no file")
    await file_store.lock_file(reading.conn, scope, credit.file)
    await _book_credits(reading, [credit], row)
    batch = await file_store.find_batch(reading.conn, scope, credit.file, credit.batch)
    together = await _credits_in(reading, credit.file, credit.batch)
    if batch is not None and batch.settled_by is None and all(each.settled_by for each in together):
        await file_store.set_batch_status(reading.conn, scope, batch, "settled", settled_by=reference)
        await settle_file(reading, credit.file)


async def _credits_in(reading: FileReading, file_id: str, batch: int) -> list[Credit]:
    """Return the reversals or refunds in a batch."""
    scope = reading.originator.scope
    found: list[Credit] = [*await reversals.list_in_file(reading.conn, scope, file_id, batch=batch)]
    return [*found, *await refunds.list_in_file(reading.conn, scope, file_id, batch=batch)]


async def _book_credits(reading: FileReading, paid: Sequence[Credit], row: StatementLineRow) -> int:
    """Post that the bank has booked reversals and refunds; return how much they are, in cents."""
    told = {"bank_account": row.bank_account, "reference": f"{row.bank_account}/{row.line_key}"}
    total = 0
    if taken_back := [each for each in paid if isinstance(each, Reversal)]:
        total += await book_reversals(
            reading.conn,
            taken_back,
            **told,
            booked_on=row.booked_on,
            renderers=reading.renderers,
            now_ms=reading.now_ms,
            ids=reading.ids,
        )
    if refunded := [each for each in paid if isinstance(each, Refund)]:
        total += await book_refunds(
            reading.conn,
            refunded,
            **told,
            booked_on=row.booked_on,
            renderers=reading.renderers,
            now_ms=reading.now_ms,
            ids=reading.ids,
        )
    return total


async def _list_taken_back(reading: FileReading, entry: Entry) -> None:
    """List that a statement has taken back a debit whose money the balance has, until a return is applied.

    Its top-up has succeeded, or its reversal has failed. A collection of SEPA is listed whatever became of its top-up:
    no other file says why it was taken back.
    """
    if entry.return_code is not None:
        return
    found = (await fetch_topups(reading.conn, entry.owner_scope, [entry.topup]))[0]
    reversal = (await reversals.find_of_topups(reading.conn, entry.scope, [entry.topup])).get(entry.topup)
    is_credited = reversal is not None and reversal.number == entry.number and reversal.is_credited
    if found.status is not Status.SUCCEEDED and not is_credited and not entry.is_sepa:
        return  # what is pending does not succeed any more
    what = "whose reversal has failed" if is_credited else f"which has {found.status}"
    ask = "Ask the bank for the return: it takes the money from the balance."
    if entry.is_sepa:
        what = "which is pending, and does not succeed any more" if found.status is Status.PENDING else what
        ask = "Ask the bank what it is: the line does not say that it is a return."
    await reading.open_break(
        BreakKind.TAKEN_BACK,
        cause=f"{entry.topup}/{entry.number}",
        detail=f"The bank has taken back the debit of {entry.topup} (trace {entry.trace}), {what}, and no return "
        f"that was applied says why. {ask}",
        amount=-entry.amount,
        currency=reading.originator.profile.currency,
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
    batch = await file_store.find_batch(reading.conn, scope, dishonored.file, dishonored.batch)
    together = await list_in_file(reading.conn, scope, dishonored.file, batch=dishonored.batch)
    if batch is not None and batch.settled_by is None and all(each.booked_by for each in together):
        reference = f"{row.bank_account}/{row.line_key}"
        await file_store.set_batch_status(reading.conn, scope, batch, "settled", settled_by=reference)
        await settle_file(reading, dishonored.file)


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


def _line_key(statement: Statement, line: StatementLine) -> str:
    """Return what names a line: the bank's own reference, or else what stands in it and its place."""
    if line.bank_reference:
        return line.bank_reference
    day = line.booking_date or statement.period_to
    return f"{day}/{statement.statement_id or statement.sequence}/{line.position}/{line.amount_minor}"


def _reference_of(line: StatementLine) -> str | None:
    return _bounded(line.customer_reference or line.end_to_end_id or line.payment_information_id) or None


def _bounded(text: str) -> str:
    """Return a reference that an index can hold: no bank has a longer one, but a made-up file may."""
    if len(text) <= _LONGEST_REFERENCE:
        return text
    return f"{text[:_LONGEST_REFERENCE]}.../{hashlib.sha256(text.encode()).hexdigest()}"
