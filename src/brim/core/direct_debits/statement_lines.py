"""What a statement does: it is placed among those of its bank account, and what is new in it is applied."""

from collections import Counter, defaultdict
from collections.abc import Collection, Container, Sequence
from collections.abc import Set as AbstractSet
from datetime import date
from typing import Any

import msgspec

from brim.base.ids import IdFactory
from brim.core.direct_debits.announcing import list_break
from brim.core.direct_debits.file_pieces import (
    Applying,
    OpenStatement,
    Pace,
    Plan,
    ReadFile,
    ReadOtherwiseError,
    positions_of,
    runs_of,
    said_by,
    weight_of,
)
from brim.core.direct_debits.file_reading import FileReading, Finding
from brim.core.direct_debits.line_applying import apply_lines, apply_payments
from brim.core.direct_debits.line_matching import accounts_in, match_line, may_take_back, transfer_texts
from brim.core.direct_debits.line_rows import NewLine, reference_of, row_of
from brim.core.originators import list_originators, read_account_number
from brim.core.push import (
    RETURN_BODY,
    find_naming_numbers,
    find_references,
    hold_for_itemizing,
    itemize_transfer,
    names_in,
    return_reference_of,
)
from brim.core.rails.ach import Transfers
from brim.core.reconciliation import (
    LINE_PREFIX,
    AnnouncedAlone,
    BankAccountName,
    BreakKind,
    ForeseenStatement,
    LineStatus,
    MatchKind,
    StatementLineRow,
    TakenStatement,
    facts_of,
    fetch_lines,
    find_entries,
    list_announced_alone,
    list_announced_together,
    list_payment_facts,
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
    """Apply the lines of a statement: match each, and list as a break what nothing explains.

    A file of more lines than a piece has is applied to a part, on from where the pieces before it have ended.

    Raises:
        ReadOtherwiseError: a part of it was applied, and it is read otherwise by now.
    """
    read = reading.read = reading.read or await _read(reading)
    findings: list[Finding] = [
        {"code": each.code, "where": each.where, "sentence": each.sentence} for each in read.file.findings
    ]
    if reading.applying is not None and read.line_count != reading.file.line_count:
        raise ReadOtherwiseError(reading.file.id)
    if read.file.verdict is Verdict.HOLD:
        reading.is_held = True
        return findings
    number = await read_account_number(reading.conn, reading.vault, reading.originator)
    if reading.applying is None:
        if (misplaced := await _why_misplaced(reading, read.file, number)) is not None:
            reading.is_held = True
            return [*findings, misplaced]
        reading.applying = Applying(mapping=read.mapping)
    applying = reading.applying
    room = reading.piece if read.weight > reading.piece else read.weight + 1
    while applying.statement < len(read.postable):
        if room <= 0:
            reading.is_partial = True
            return findings
        statement, lines = read.postable[applying.statement]
        if applying.plan is not None or is_of_account(read.file, statement, number):
            if reading.open is None:
                reading.open = await (_take if applying.plan is None else _take_again)(reading, statement, lines)
            room -= await _apply_some(reading, reading.open, room)
            if reading.open.plan.done < len(reading.open.order):
                reading.is_partial = True
                return findings
            await _itemize_all_known(reading, reading.open)
            reading.open = None
        else:
            await _list_anothers(reading, statement, lines, applying.statement)
        applying.plan, applying.statement, applying.lines = None, applying.statement + 1, applying.lines + len(lines)
    await _list_what_waits(reading, read.file)
    return findings


async def _read(reading: FileReading) -> ReadFile:
    """Return the file as its bank account's mapping reads it, or the one by which it was begun."""
    if reading.applying is not None:
        mapping = reading.applying.mapping
    else:
        saved = await find_mapping(reading.conn, reading.originator.scope, reading.originator.profile.bank_account)
        mapping = saved.mapping if saved else None
    file = read_statement(reading.content, mapping=mapping)
    return ReadFile(file, mapping if file.format == CSV else None, tuple(file.postable_statements()))


async def _list_anothers(
    reading: FileReading, statement: Statement, lines: Sequence[StatementLine], number_in_file: int
) -> None:
    """List the lines of a statement that is of another bank account."""
    for line in lines:
        await reading.open_break(
            BreakKind.LINE,
            cause=f"{reading.file.id}/{line.where}/{number_in_file}/{line.position}",
            detail=f"The statement is of another bank account, ending in {statement.account_number[-4:]}.",
            amount=line.amount_minor,
            currency=line.currency,
        )


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
                    f"It is a statement of the bank account of {other.id}, ending in {other.last4}. Put it "
                    f"in the folder of that originator, then resolve this break."
                )
                return {"code": "wrong_account", "where": "file", "sentence": sentence}
    return None


async def _take(reading: FileReading, statement: Statement, lines: Sequence[StatementLine]) -> OpenStatement:
    """Decide what is new in a statement, which is kept for its pieces, and list as a break what about it is open."""
    moment = reading.ids.tick(reading.now_ms)
    rows, payment_ids = _rows(reading, statement, lines, now_ms=reading.now_ms, ids=reading.ids)
    of = _name_of(reading, statement)
    taken = await take_statement(
        reading.conn,
        statement,
        rows,
        of=of,
        bank_file=reading.file.id,
        now_ms=reading.now_ms,
        ids=reading.ids,
    )
    recalls = await _recalls(reading, lines, taken.lines)
    recalled = _recalled(lines, rows, taken.lines, recalls)
    plan = Plan(
        begun_ms=reading.now_ms,
        moment=moment,
        said=said_by(rows),
        statement=taken.statement,
        is_certain=taken.is_certain,
        order=runs_of(sorted(taken.lines, key=lambda each: (each in recalls, each in recalled))),
        tail=len(recalls) + len(recalled) if recalled else 0,
        in_announced=runs_of(sorted(await announced_together(reading, of, rows, taken))),
        in_doubt=runs_of(taken.in_doubt),
    )
    for new in taken.breaks:
        opened = await list_break(reading.conn, reading.renderers, new, now_ms=reading.now_ms, ids=reading.ids)
        reading.breaks += opened is not None
    if reading.applying is not None:
        reading.applying.plan = plan
    return await _open(reading, plan, of, lines, rows, payment_ids)


async def _take_again(reading: FileReading, statement: Statement, lines: Sequence[StatementLine]) -> OpenStatement:
    """Go on with a statement that was taken before, as it was decided then.

    Raises:
        ReadOtherwiseError: its lines are not those that were decided about.
    """
    plan = reading.applying.plan if reading.applying is not None else None
    if plan is None:
        raise RuntimeError("a statement goes on that was not begun")
    rows, payment_ids = _rows(reading, statement, lines, now_ms=plan.begun_ms, ids=plan.ids())
    if said_by(rows) != plan.said:
        raise ReadOtherwiseError(reading.file.id)
    opened = await _open(reading, plan, _name_of(reading, statement), lines, rows, payment_ids)
    for entry in plan.itemized:
        opened.announced.take(await list_payment_facts(reading.conn, reading.originator.scope, entry))
    return opened


def _name_of(reading: FileReading, statement: Statement) -> BankAccountName:
    return BankAccountName(reading.originator.scope, reading.originator.profile.bank_account, statement.currency)


def _rows(
    reading: FileReading, statement: Statement, lines: Sequence[StatementLine], *, now_ms: int, ids: IdFactory
) -> tuple[list[StatementLineRow], list[list[str]]]:
    """Return what lines become, and the ids that their payments have, should these become lines."""
    rows, payment_ids = list[StatementLineRow](), list[list[str]]()
    for line in lines:
        rows.append(row_of(reading.originator, reading.file.id, statement, line, now_ms=now_ms, ids=ids))
        payment_ids.append([ids.new_at(LINE_PREFIX, now_ms) for _ in payments_of(line)])
    return rows, payment_ids


async def _open(
    reading: FileReading,
    plan: Plan,
    of: BankAccountName,
    lines: Sequence[StatementLine],
    rows: list[StatementLineRow],
    payment_ids: list[list[str]],
) -> OpenStatement:
    """Return a statement as it is applied by its plan. Nothing else is settled of its bank account until it is."""
    elsewhere: Container[object] = ()
    if not plan.is_certain:
        elsewhere = await said_elsewhere(reading.conn, of, rows)
    order = positions_of(plan.order)
    announced = AnnouncedAlone(())
    if any(payment_ids):
        announced = await announced_alone(reading, of, rows, frozenset(order if plan.is_certain else ()))
    times = Counter[tuple[str, date, int]]()
    for position in order:
        row = rows[position]
        times[row.line_key, row.booked_on, row.amount] += 1
        number = times[row.line_key, row.booked_on, row.amount]
        again = f"/again/{number}" if number > 1 else ""  # lines of one statement are never the same
        rows[position] = msgspec.structs.replace(row, statement=plan.statement, line_key=row.line_key + again)
    return OpenStatement(
        plan=plan,
        of=of,
        lines=lines,
        rows=rows,
        payment_ids=payment_ids,
        order=order,
        in_announced=frozenset(positions_of(plan.in_announced)),
        elsewhere=elsewhere,
        announced=announced,
        pace=Pace(),
    )


async def _apply_some(reading: FileReading, opened: OpenStatement, room: int) -> int:
    """Apply the next lines of a statement, as many as there is room for, and one at least; return how many they were.

    A line is together with the payments that it lists.
    """
    plan, weight, positions = opened.plan, 0, list[int]()
    last_cut = len(opened.order) - plan.tail
    for position in opened.order[plan.done :]:
        more = weight_of(opened.lines[position])
        if positions and weight + more > room and plan.done + len(positions) <= last_cut:
            break
        positions.append(position)
        weight += more
    applied = await apply_lines(
        reading,
        [
            NewLine(
                line=opened.lines[position],
                row=msgspec.structs.replace(opened.rows[position], created_ms=reading.now_ms),
                payment_ids=opened.payment_ids[position],
                is_announced=position in opened.in_announced,
            )
            for position in positions
        ],
        is_new=plan.is_certain,
        elsewhere=opened.elsewhere,
        announced=opened.announced,
        pace=opened.pace,
    )
    plan.done += len(positions)
    known = (position for number, position in enumerate(positions) if number not in applied)
    plan.known += [position for position in known if opened.payment_ids[position]]
    if opened.announced.is_any:
        plan.itemized += reading.itemized
    reading.itemized.clear()
    return weight


async def _itemize_all_known(reading: FileReading, opened: OpenStatement) -> None:
    """Have payments take the place of entries that are known: those that are not new, but for what is in doubt."""
    plan = opened.plan
    known = set(range(len(opened.rows))).difference(opened.order, positions_of(plan.in_doubt)).union(plan.known)
    for position in sorted(known):
        await _itemize_known(
            reading,
            opened.lines[position],
            opened.rows,
            position,
            of=opened.of,
            payment_ids=opened.payment_ids[position],
            announced=opened.announced,
        )
    reading.itemized.clear()


async def _recalls(reading: FileReading, lines: Sequence[StatementLine], positions: Sequence[int]) -> set[int]:
    """Return the positions of debits that name a transfer, by a reference or a virtual account number."""
    debits = {position: transfer_texts(lines[position]) for position in positions if lines[position].amount_minor < 0}
    by_number = await find_naming_numbers(reading.conn, reading.originator.scope, debits)
    return by_number | {position for position in debits if may_take_back(lines[position])}


def _recalled(
    lines: Sequence[StatementLine],
    rows: Sequence[StatementLineRow],
    positions: Sequence[int],
    recalls: AbstractSet[int],
) -> set[int]:
    """Return the positions of credits that a debit of the statement may take back, and of those that name the same.

    They keep their order, and are posted together with the debits, so that nobody can use meanwhile what has gone back.
    A debit may name the reference by which one was sent back: after a restore both are read for the first time.
    """
    if not recalls:
        return set()
    wanted: dict[int, set[str]] = defaultdict(set)
    for position in recalls:
        for amount in _amounts_in(lines[position]):
            wanted[amount] |= _names_in(lines[position])
            wanted[amount].update(find_references(transfer_texts(lines[position]), length=RETURN_BODY))
    credits_ = [position for position in positions if lines[position].amount_minor > 0]
    names, sent_back = set[str](), set[int]()
    for position in credits_:
        asked = set[str]().union(*(wanted[amount] for amount in _amounts_in(lines[position]) & wanted.keys()))
        if asked and return_reference_of(rows[position], 1) in asked:
            sent_back.add(position)
            names |= _names_in(lines[position])
        elif asked:
            names |= asked & _names_in(lines[position])
    return sent_back | {position for position in credits_ if names and not names.isdisjoint(_names_in(lines[position]))}


def _names_in(line: StatementLine) -> set[str]:
    return names_in(transfer_texts(line), accounts_in(line))


def _amounts_in(line: StatementLine) -> set[int]:
    return {abs(line.amount_minor), *(abs(each.amount_minor or 0) for each in line.details)}


async def announced_alone(
    reading: FileReading, of: BankAccountName, rows: Sequence[StatementLineRow], new: Collection[int]
) -> AnnouncedAlone:
    """Return what other files have notified payment by payment, less what this one repeats so.

    `new` are the positions of the rows that are certainly new.
    """
    days = [row.booked_on for row in rows]
    announced = AnnouncedAlone(
        await list_announced_alone(reading.conn, of, first_day=min(days), last_day=max(days), not_in=reading.file.id)
    )
    announced.take([facts_of(row) for position, row in enumerate(rows) if position not in new])
    return announced


async def announced_together(
    reading: FileReading,
    of: BankAccountName,
    rows: Sequence[StatementLineRow],
    taken: TakenStatement | ForeseenStatement,
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
        detail=f"The bank now lists different payments for the entry {row.bank_reference} on {row.booked_on}. The "
        "lines of the previous ones are posted.",
        amount=row.amount,
        currency=row.currency,
        reference=row.bank_reference,
    )
