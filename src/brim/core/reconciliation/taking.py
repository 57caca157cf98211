"""Takes a statement that came: finds its place, says which of its lines are new, and what about it is open."""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import msgspec

from brim.base.actor import Actor, ActorKind
from brim.base.ids import IdFactory
from brim.core.reconciliation import statement_store
from brim.core.reconciliation.formats import Statement, StatementKind
from brim.core.reconciliation.formats.amounts import written
from brim.core.reconciliation.placing import (
    KnownLine,
    KnownStatement,
    Place,
    Placement,
    StatementFacts,
    gap_after,
    new_in_notification,
    place,
    span,
)
from brim.core.reconciliation.rules import BreakKind, NewBreak, StatementLineRow
from brim.core.reconciliation.service import settle_break
from brim.core.reconciliation.statement_store import BankAccountName, facts_of
from brim.core.reconciliation.store import find_open_break
from brim.platform.database import Conn

_BY_ITSELF: Final = Actor(kind=ActorKind.JOB, name="statements")


class TakenStatement(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be done with a statement: lines to post, by position from 0, and breaks to list.

    Where lines are not `certain` to be new, one whose key says the same is known. `in_doubt` are those of which nobody
    can tell whether they are known. `statement` is the id under which it is stored.
    """

    lines: tuple[int, ...]
    is_certain: bool
    in_doubt: tuple[int, ...] = ()
    statement: str | None = None
    breaks: tuple[NewBreak, ...] = ()


async def take_statement(
    conn: Conn,
    statement: Statement,
    rows: Sequence[StatementLineRow],
    *,
    of: BankAccountName,
    bank_file: str,
    now_ms: int,
    ids: IdFactory,
) -> TakenStatement:
    """Return which lines of a statement are new, and store that it came, in the caller's transaction.

    Args:
        conn: which keeps the bank account's statements for itself until it ends.
        statement: one that is right in itself.
        rows: its booked lines.
        of: the bank account that it is of.
        bank_file: in which it came.
        now_ms: Unix milliseconds.
        ids: makes the statement's id.

    Raises:
        StatementBeingAppliedError: only a part of another file of the bank account is applied.
    """
    everything = tuple(range(len(rows)))
    await statement_store.lock_bank_account(conn, of, bank_file=bank_file)
    found = await _find_place(conn, statement, rows, of=of)
    if found is None:
        return TakenStatement(lines=await _uncertain(conn, statement, rows, of=of), is_certain=False)
    facts, known, placement = found
    if placement.place is Place.REPEATS:
        return TakenStatement(lines=(), is_certain=True)
    called = _called(statement, facts)
    if placement.place is Place.UNDECIDED:
        asked = _undecided(of, facts, called, bank_file)
        return TakenStatement(lines=(), is_certain=True, in_doubt=everything, breaks=(asked,))
    stored = await statement_store.insert_statement(
        conn, of, facts, placement, bank_file=bank_file, now_ms=now_ms, ids=ids
    )
    if placement.place is Place.REPLACES:
        await statement_store.replace_statements(conn, of, placement.beside, by=stored)
    await _close_gaps(conn, of, facts, known, called, now_ms=now_ms, ids=ids)
    return TakenStatement(
        lines=placement.new,
        is_certain=True,
        in_doubt=placement.tied,
        statement=stored,
        breaks=tuple(_open_questions(of, facts, placement, known, called, stored, bank_file)),
    )


class ForeseenStatement(msgspec.Struct, frozen=True, kw_only=True):
    """What would be done with a statement, if it came now: as `TakenStatement`, and what a person would be asked.

    `place` is None where nothing places it.
    """

    place: Place | None
    lines: tuple[int, ...]
    is_certain: bool
    in_doubt: tuple[int, ...] = ()
    questions: tuple[str, ...] = ()


class Earlier(msgspec.Struct, kw_only=True):
    """What the statements of a file would have left behind that come earlier in it, of one bank account."""

    statements: list[KnownStatement] = msgspec.field(default_factory=list)
    lines: list[KnownLine] = msgspec.field(default_factory=list)
    replaced: set[str] = msgspec.field(default_factory=set)


async def foresee_statement(
    conn: Conn, statement: Statement, rows: Sequence[StatementLineRow], *, of: BankAccountName, earlier: Earlier
) -> ForeseenStatement:
    """Return what `take_statement` would do with a statement, and note it in `earlier`, without a lock or a write."""
    bank_file = rows[0].bank_file if rows else ""
    found = await _find_place(conn, statement, rows, of=of, earlier=earlier)
    if found is None:
        lines = await _uncertain(conn, statement, rows, of=of)
        earlier.lines += [KnownLine(facts_of(rows[position]), bank_file) for position in lines]
        return ForeseenStatement(place=None, lines=lines, is_certain=False)
    facts, known, placement = found
    if placement.place is Place.REPEATS:
        return ForeseenStatement(place=placement.place, lines=(), is_certain=True)
    called = _called(statement, facts)
    if placement.place is Place.UNDECIDED:
        return ForeseenStatement(
            place=placement.place,
            lines=(),
            is_certain=True,
            in_doubt=tuple(range(len(rows))),
            questions=(_undecided(of, facts, called, bank_file).detail,),
        )
    as_known = KnownStatement(
        id=f"{called}/{len(earlier.statements)}",
        first_day=facts.first_day,
        last_day=facts.last_day,
        opening=facts.opening,
        closing=facts.closing,
        sequence=facts.sequence,
        content=facts.content,
        line_count=len(facts.lines),
        bank_file=bank_file,
    )
    earlier.statements.append(as_known)
    earlier.lines += [KnownLine(facts.lines[position], bank_file) for position in placement.new]
    if placement.place is Place.REPLACES:
        earlier.replaced.update(placement.beside)
    asked = _open_questions(of, facts, placement, known, called, as_known.id, bank_file)
    return ForeseenStatement(
        place=placement.place,
        lines=placement.new,
        is_certain=True,
        in_doubt=placement.tied,
        questions=tuple(each.detail for each in asked),
    )


class _Found(NamedTuple):
    """What a statement says, the statements that are known of its days, and where it belongs among them."""

    facts: StatementFacts
    known: Sequence[KnownStatement]
    placement: Placement


async def _find_place(
    conn: Conn,
    statement: Statement,
    rows: Sequence[StatementLineRow],
    *,
    of: BankAccountName,
    earlier: Earlier | None = None,
) -> _Found | None:
    """Return where a statement belongs, also among those that stand earlier in its file; None if nothing places it."""
    facts = facts_of_statement(statement, rows)
    if facts is None:
        return None
    known = await statement_store.list_statements(conn, of, first_day=facts.first_day)
    if earlier is not None:
        known = [
            msgspec.structs.replace(each, is_replaced=each.is_replaced or each.id in earlier.replaced)
            for each in (*known, *earlier.statements)
        ]
    first_day, last_day = span(facts, known)
    posted = await statement_store.list_lines(conn, of, first_day=first_day, last_day=last_day)
    if earlier is not None:
        posted += [each for each in earlier.lines if first_day <= each.facts.booked_on <= last_day]
    return _Found(facts, known, place(facts, known, posted, is_correction=statement.status == "correction"))


async def _uncertain(
    conn: Conn, statement: Statement, rows: Sequence[StatementLineRow], *, of: BankAccountName
) -> tuple[int, ...]:
    """Return which lines may be new of what nothing places: a notification, or a statement without balances."""
    if rows and statement.kind is StatementKind.NOTIFICATION:
        return await _new_of_notification(conn, of, rows)
    return tuple(range(len(rows)))


async def _new_of_notification(conn: Conn, of: BankAccountName, rows: Sequence[StatementLineRow]) -> tuple[int, ...]:
    """Return which lines of a notification are new; one may come after the statement that repeats it."""
    days = [row.booked_on for row in rows]
    known = await statement_store.list_statements(conn, of, first_day=min(days))
    posted = await statement_store.list_lines(conn, of, first_day=min(days), last_day=max(days))
    payments = await statement_store.list_payments(conn, of, first_day=min(days), last_day=max(days))
    return new_in_notification([facts_of(row) for row in rows], known, posted, payments)


def facts_of_statement(statement: Statement, rows: Sequence[StatementLineRow]) -> StatementFacts | None:
    """Return what places a statement; None for a notification, or one without a day or balances that its lines make.

    Some banks state a day's lines before its balance contains them.
    """
    if statement.kind is not StatementKind.STATEMENT or not statement.is_balanced:
        return None
    if statement.opening is None or statement.closing is None:
        return None
    days = [row.booked_on for row in rows] + [day for day in (statement.period_to,) if day is not None]
    if not days:
        return None
    return StatementFacts(
        first_day=min(days),
        last_day=max(days),
        opening=statement.opening.amount_minor,
        closing=statement.closing.amount_minor,
        sequence=_number(statement),
        lines=tuple(facts_of(row) for row in rows),
    )


def _number(statement: Statement) -> str:
    """Return the bank's number for a statement; one of zeros is none."""
    number = statement.sequence.lstrip("0") and statement.sequence
    return f"{number}/{statement.page}" if number and statement.page is not None else number


def _called(statement: Statement, facts: StatementFacts) -> str:
    number = statement.sequence or statement.statement_id
    return f"the statement {number} of {facts.last_day}" if number else f"the statement of {facts.last_day}"


def _undecided(of: BankAccountName, facts: StatementFacts, called: str, bank_file: str) -> NewBreak:
    return NewBreak(
        scope=of.scope,
        kind=BreakKind.STATEMENT,
        cause=f"{bank_file}/{of.name}/{facts.content.hex()[:16]}",
        detail=f"None of the {len(facts.lines)} lines of {called} are posted: they may repeat an earlier"
        " statement, or be new lines that look the same, and the balances allow both.",
        bank_file=bank_file,
        amount=sum(line.amount for line in facts.lines),
        currency=of.currency,
    )


def _open_questions(
    of: BankAccountName,
    facts: StatementFacts,
    placement: Placement,
    known: Sequence[KnownStatement],
    called: str,
    statement_id: str,
    bank_file: str,
) -> Iterator[NewBreak]:
    """Yield what a person has to look at: a gap before a statement, lines that vanished, lines that may be known."""
    if placement.is_apart:
        following = gap_after(facts, known) if placement.place is Place.GAP else None
        lacking = statement_id if following is None else following.id
        yield NewBreak(
            scope=of.scope,
            kind=BreakKind.GAP,
            cause=lacking,
            detail=_gap(of, facts, known, called) if following is None else _gap_before(of, following, facts),
            bank_file=bank_file if following is None else following.bank_file,
            currency=of.currency,
            reference=lacking,
            statement=lacking,
        )
    for line in placement.vanished:
        yield NewBreak(
            scope=of.scope,
            kind=BreakKind.WITHDRAWN,
            cause=f"{statement_id}/{line.booked_on}/{line.amount}/{line.bank_reference or line.reference}",
            detail=f"A line of {written(line.amount, of.currency)} on {line.booked_on} was posted, and {called}, which"
            f" came later, does not have it: {line.description}".rstrip(": "),
            bank_file=bank_file,
            amount=line.amount,
            currency=of.currency,
            reference=line.reference or line.bank_reference or None,
            statement=statement_id,
        )
    for position in placement.tied:
        line = facts.lines[position]
        yield NewBreak(
            scope=of.scope,
            kind=BreakKind.LINE,
            cause=f"{statement_id}/{position}",
            detail=f"A line of {written(line.amount, of.currency)} on {line.booked_on} in {called} is not posted:"
            f" known lines have the same day and amount, and it may repeat one of them: {line.description}".rstrip(
                ": "
            ),
            bank_file=bank_file,
            amount=line.amount,
            currency=of.currency,
            reference=line.reference or line.bank_reference or None,
            statement=statement_id,
        )


def _gap(of: BankAccountName, facts: StatementFacts, known: Sequence[KnownStatement], called: str) -> str:
    opens = f"{called[0].upper()}{called[1:]} opens at {written(facts.opening, of.currency)}"
    before = [
        each
        for each in known
        if not each.is_replaced and each.last_day <= facts.first_day and each.opening != facts.closing
    ]
    if not before:
        return f"{opens}, and no other that is known closes there, or opens where it closes."
    last = max(before, key=lambda each: (each.last_day, each.id))
    return (
        f"{opens}, but the one before closed at {written(last.closing, of.currency)} on {last.last_day}. One between is"
        " missing, or one of the two is wrong. What is new in it is posted."
    )


def _gap_before(of: BankAccountName, following: KnownStatement, facts: StatementFacts) -> str:
    number = f" {following.sequence}" if following.sequence else ""
    return (
        f"The statement{number} of {following.last_day} opens at {written(following.opening, of.currency)}, but the"
        f" one before closed at {written(facts.closing, of.currency)} on {facts.last_day}. One between is missing, or"
        " one of the two is wrong. What is new in it is posted."
    )


async def _close_gaps(
    conn: Conn,
    of: BankAccountName,
    facts: StatementFacts,
    known: Sequence[KnownStatement],
    called: str,
    *,
    now_ms: int,
    ids: IdFactory,
) -> None:
    """Settle the break of a gap that a statement has filled."""
    met = [each.id for each in known if each.opening == facts.closing and facts.last_day <= each.first_day]
    if not met:
        return
    found = await find_open_break(conn, of.scope, [BreakKind.GAP], met)
    if found is not None:
        resolution = f"{called[0].upper()}{called[1:]} has come, which closes where this one opens."
        await settle_break(conn, of.scope, found, resolution=resolution, by=_BY_ITSELF, now_ms=now_ms, ids=ids)
