"""What a statement does: it is placed among those of its bank account, and what is new in it is applied."""

from collections import Counter, defaultdict
from collections.abc import Container, Sequence
from datetime import date
from typing import Any

import msgspec

from brim.core.direct_debits.announcing import list_break
from brim.core.direct_debits.file_reading import FileReading, Finding
from brim.core.direct_debits.line_applying import apply_lines, apply_payments
from brim.core.direct_debits.line_matching import match_line, may_take_back, transfer_texts
from brim.core.direct_debits.line_rows import NewLine, reference_of, row_of
from brim.core.originators import list_originators, read_account_number
from brim.core.push import find_naming_numbers, hold_for_itemizing, itemize_transfer
from brim.core.rails.ach import Transfers
from brim.core.reconciliation import (
    LINE_PREFIX,
    AnnouncedAlone,
    BankAccountName,
    BreakKind,
    LineStatus,
    MatchKind,
    StatementLineRow,
    TakenStatement,
    facts_of,
    fetch_lines,
    find_entries,
    list_announced_alone,
    list_announced_together,
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
    UnreadLine,
    Verdict,
    read_statement,
)
from brim.core.reconciliation.formats import Severity as StatementSeverity
from brim.core.statement_mappings import find_mapping


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
    if (misplaced := await _why_misplaced(reading, statement_file, number)) is not None:
        reading.is_held = True
        return [*findings, misplaced]
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


async def _why_misplaced(reading: FileReading, file: StatementFile, number: str) -> Finding | None:
    """Return whose a file is all of whose statements are of another originator's bank account; None where it is not."""
    numbers = {each.account_number.lstrip("0") for each in file.statements}
    if not numbers or any(is_of_account(file, each, number) for each in file.statements):
        return None
    for other in await list_originators(reading.conn, reading.originator.scope):
        if other.id != reading.originator.id and other.last4 in {each[-4:] for each in numbers}:
            theirs = await read_account_number(reading.conn, reading.vault, other)
            if any(is_of_account(file, each, theirs) for each in file.statements):
                sentence = (
                    f"It is a statement of the bank account of {other.id}, ending in {other.last4}. Put it into the "
                    "folder of that originator, and resolve this break then."
                )
                return {"code": "wrong_account", "where": "file", "sentence": sentence}
    return None


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
    in_announced = await _announced_together(reading, of, rows, taken)
    times = Counter[tuple[str, date, int]]()
    recalls = await _recalls(reading, lines, taken.lines)
    known = set(range(len(rows))).difference(taken.in_doubt)
    in_order = sorted(taken.lines, key=recalls.__contains__)  # what one takes back may be further down
    new_lines = []
    for position in in_order:
        row = msgspec.structs.replace(rows[position], statement=taken.statement)
        times[row.line_key, row.booked_on, row.amount] += 1
        number = times[row.line_key, row.booked_on, row.amount]
        if number > 1:  # lines of one statement are never the same
            row = msgspec.structs.replace(row, line_key=f"{row.line_key}/again/{number}")
        new_lines.append(
            NewLine(
                line=lines[position],
                row=row,
                payment_ids=payment_ids[position],
                is_announced=position in in_announced,
            )
        )
    applied = await apply_lines(reading, new_lines, is_new=taken.is_certain, elsewhere=elsewhere, announced=announced)
    known.difference_update(in_order[each] for each in applied)
    for position in sorted(known):
        await _itemize_known(
            reading, lines[position], rows, position, of=of, payment_ids=payment_ids[position], announced=announced
        )
    for new in taken.breaks:
        opened = await list_break(reading.conn, reading.renderers, new, now_ms=reading.now_ms, ids=reading.ids)
        reading.breaks += opened is not None


async def _recalls(reading: FileReading, lines: Sequence[StatementLine], positions: Sequence[int]) -> set[int]:
    """Return the positions of debits that name a transfer, by a reference or a virtual account number."""
    debits = {position: transfer_texts(lines[position]) for position in positions if lines[position].amount_minor < 0}
    by_number = await find_naming_numbers(reading.conn, reading.originator.scope, debits)
    return by_number | {position for position in debits if may_take_back(lines[position])}


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


async def _announced_together(
    reading: FileReading, of: BankAccountName, rows: Sequence[StatementLineRow], taken: TakenStatement
) -> frozenset[int]:
    """Return the positions of new credits that may be payments which a notification has brought as one entry.

    Some banks notify payments together and book them one by one. An entry that this statement repeats was booked so.
    """
    credits_ = [position for position in taken.lines if rows[position].amount > 0]
    if not credits_ or reading.originator.profile.transfers is Transfers.OFF:
        return frozenset()
    days = [rows[position].booked_on for position in credits_]
    entries = await list_announced_together(
        reading.conn, of, first_day=min(days), last_day=max(days), not_in=reading.file.id
    )
    if not entries:
        return frozenset()
    repeated = AnnouncedAlone([facts_of(row) for position, row in enumerate(rows) if position not in taken.lines])
    waiting = [each for each in entries if not repeated.take([each.entry])]
    announced = AnnouncedAlone([payment for each in waiting for payment in each.payments])
    found = announced.take([facts_of(rows[position]) for position in credits_])
    return frozenset(credits_[position] for position in found)


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
    row = rows[position]
    if not payments_of(line):
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
        payments = (await match_line(reading, line, row)).payments or payments_of(line)
        await _compare_payments(reading, named[0], row, payments)
        return
    found = (await fetch_lines(reading.conn, of.scope, [named[0].id]))[named[0].id]
    entry = found.unmatched(of.scope)
    payments = (await match_line(reading, line, entry)).payments
    if not payments:
        return  # as when it came first: it may be one thing as a whole, such as a batch
    if found.matched is None and found.break_id is not None:
        held = await lock_break(reading.conn, of.scope, found.break_id)
        if found.status is LineStatus.OPEN and held is not None and held.resolved_ms is None:
            await apply_payments(reading, entry, payments, payment_ids, announced)
    elif found.matched is not None and found.matched_kind == MatchKind.TRANSFER and found.break_id is None:
        told: Any = {"now_ms": reading.now_ms, "ids": reading.ids}
        transfer = await hold_for_itemizing(reading.conn, of.scope, found.matched, **told)
        if transfer is not None:
            await apply_payments(reading, entry, payments, payment_ids, announced)
            await itemize_transfer(reading.conn, transfer, **told)


async def _compare_payments(
    reading: FileReading, entry: KnownEntry, row: StatementLineRow, payments: Sequence[StatementLine]
) -> None:
    """List that the bank lists other payments of an entry than before: what was posted of them may be wrong."""
    if entry.bank_reference is None or entry.bank_reference != row.bank_reference:
        return  # it may be another entry
    before = await list_payments_of_entry(reading.conn, row.scope, entry.id)
    now = [(payment.amount_minor, reference_of(payment)) for payment in payments]
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
