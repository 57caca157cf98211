"""Where a statement belongs among those of its bank account, and which of its lines are new. Pure.

Banks send a statement twice, send a day again with more lines, correct one, and send them out of order; many give their
lines no reference that is theirs alone. So lines are paired with what is known of their days, and the balances say
whether paired ones are the same: a statement that opens where another of its day closed goes on from it, and its lines
are new, however alike. What the balances leave open is not guessed.
"""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from enum import StrEnum
from typing import NamedTuple

import msgspec

from brim.base.json_codec import encode


class LineFacts(NamedTuple):
    """What a line says, however it is stored: `amount` is signed minor units."""

    booked_on: date
    amount: int
    bank_reference: str
    reference: str
    description: str


class StatementFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What places a statement: its days, its balances in minor units, the bank's number for it, and its lines."""

    first_day: date
    last_day: date
    opening: int
    closing: int
    sequence: str
    lines: tuple[LineFacts, ...]

    @property
    def content(self) -> bytes:
        """What makes two statements the same, whatever number the bank has given each: 32 bytes."""
        said = (self.first_day, self.last_day, self.opening, self.closing, sorted(self.lines))
        return hashlib.sha256(encode(said)).digest()


class KnownStatement(msgspec.Struct, frozen=True, kw_only=True):
    """A statement that came before; `content` is that of its `StatementFacts`.

    One that another has replaced only tells that it came.
    """

    id: str
    first_day: date
    last_day: date
    opening: int
    closing: int
    sequence: str
    content: bytes
    is_replaced: bool = False


class Place(StrEnum):
    """Where a statement belongs."""

    FIRST = "first"
    """Nothing is known of the account before."""
    CONTINUES = "continues"
    """It opens where one closed."""
    PRECEDES = "precedes"
    """It closes where one opened: it comes late."""
    REPLACES = "replaces"
    """It says again what others of its days said, and more or other things."""
    OVERLAPS = "overlaps"
    """It says again the end of what one said and goes on from there, or goes before one and says its beginning."""
    REPEATS = "repeats"
    """Everything in it is known."""
    GAP = "gap"
    """It meets no other: something between is missing, or one of them is wrong."""
    UNDECIDED = "undecided"
    """It may be the same statement again, or another with the same lines."""


class Placement(msgspec.Struct, frozen=True, kw_only=True):
    """Where a statement belongs, beside which others, and which of its lines (by position from 0) are new.

    `vanished` are known lines that a statement which replaces others does not have any more; `tied` are lines of it
    that may be known or new.
    """

    place: Place
    beside: tuple[str, ...] = ()
    new: tuple[int, ...] = ()
    vanished: tuple[LineFacts, ...] = ()
    tied: tuple[int, ...] = ()


class Pairing(NamedTuple):
    """Lines of one statement against those of others: positions that are new, lines that vanished, and ties."""

    new: list[int]
    vanished: list[LineFacts]
    tied: list[int]


def place(
    statement: StatementFacts,
    known: Sequence[KnownStatement],
    lines: Sequence[LineFacts],
    *,
    is_correction: bool = False,
) -> Placement:
    """Return where a statement belongs.

    Args:
        statement: the one that came.
        known: those of the account that end on its first day or later, and the last before that is in force.
        lines: what is known of the account on its days.
        is_correction: the bank says that it corrects an earlier one.
    """
    for other in known:
        if other.content == statement.content:
            is_open = _is_passed(statement, other) and not all(line.bank_reference for line in statement.lines)
            return Placement(place=Place.UNDECIDED if is_open else Place.REPEATS, beside=(other.id,))
    known = [other for other in known if not other.is_replaced]
    found = pair(lines, statement.lines)
    alike = set(range(len(statement.lines))).difference(found.new, found.tied)
    meeting = _met(statement, known)
    sharing = [other for other in known if _shares_a_day(statement, other)]
    is_same = _is_same(statement, sharing, moved=sum(statement.lines[position].amount for position in found.new))
    if meeting is not None and alike and meeting[1] in sharing and is_same:
        is_known = all(statement.lines[position].bank_reference for position in alike)
        if not is_known and not _is_numbered_apart(statement, meeting[1]):
            return Placement(place=Place.UNDECIDED, beside=(meeting[1].id,))
        meeting = None if is_known else meeting
    if meeting is not None and (not alike or meeting[1] in sharing):
        return Placement(place=meeting[0], beside=(meeting[1].id,), new=tuple(range(len(statement.lines))))
    if is_same:
        return _again(statement, sharing, found, is_correction=is_correction)
    if meeting is not None:
        return Placement(place=meeting[0], beside=(meeting[1].id,), new=tuple(found.new), tied=tuple(found.tied))
    return Placement(place=Place.GAP if known else Place.FIRST, new=tuple(found.new), tied=tuple(found.tied))


def pair(known: Sequence[LineFacts], lines: Sequence[LineFacts]) -> Pairing:
    """Pair lines with those that are known: by all that they say, then by the bank's reference, then by day and amount.

    Where so many lines of a day and an amount are left on both sides, they are the same. Where some are left on both,
    but not as many, nobody can tell which of them are new.
    """
    left_known, left = list(known), list(range(len(lines)))
    for key in (_whole, _by_reference):
        left_known, left = _paired(left_known, left, lines, key)
    known_of: dict[tuple[date, int], list[LineFacts]] = defaultdict(list)
    for line in left_known:
        known_of[line.booked_on, line.amount].append(line)
    of: dict[tuple[date, int], list[int]] = defaultdict(list)
    for position in left:
        of[lines[position].booked_on, lines[position].amount].append(position)
    found = Pairing([], [], [])
    for what in {**known_of, **of}:
        olds, news = known_of.get(what, []), of.get(what, [])
        if len(olds) == len(news):
            continue
        if not olds:
            found.new.extend(news)
        elif not news:
            found.vanished.extend(olds)
        else:
            found.tied.extend(news)
    return Pairing(sorted(found.new), found.vanished, sorted(found.tied))


def _is_same(statement: StatementFacts, sharing: Iterable[KnownStatement], *, moved: int) -> bool:
    """Tell whether the balances allow that lines which are alike are the same, where the others moved an amount."""
    return any(
        other.opening == statement.opening
        or other.closing + moved == statement.closing
        or statement.opening + moved == other.opening
        or (not moved and _is_longer(other, statement))
        for other in sharing
    )


def _again(
    statement: StatementFacts, sharing: Sequence[KnownStatement], found: Pairing, *, is_correction: bool
) -> Placement:
    """Place a statement that says again what others said: with more lines, other ones, or, if it is older, fewer."""
    within = [
        other for other in sharing if statement.first_day <= other.first_day and other.last_day <= statement.last_day
    ]
    is_newer = is_correction or any(statement.sequence and other.sequence == statement.sequence for other in within)
    if not found.new and not found.tied and not (found.vanished and is_newer):
        return Placement(place=Place.REPEATS, beside=tuple(other.id for other in sharing))
    return Placement(
        place=Place.REPLACES if within else Place.OVERLAPS,
        beside=tuple(other.id for other in within or sharing),
        new=tuple(found.new),
        vanished=tuple(found.vanished),
        tied=tuple(found.tied),
    )


def _met(statement: StatementFacts, known: Sequence[KnownStatement]) -> tuple[Place, KnownStatement] | None:
    """Return the statement that closed where one opens, or opened where it closes, unless another is there already."""
    sharing = [other for other in known if _shares_a_day(statement, other)]
    before = [other for other in known if other.closing == statement.opening and other.last_day <= statement.first_day]
    if before:
        latest = max(before, key=lambda other: (other.last_day, other.id))
        is_free = all(other is latest or other.opening != statement.opening for other in sharing)
        return (Place.CONTINUES, latest) if is_free else None
    after = [other for other in known if other.opening == statement.closing and statement.last_day <= other.first_day]
    if after:
        earliest = min(after, key=lambda other: (other.first_day, other.id))
        is_free = all(other is earliest or other.closing != statement.closing for other in sharing)
        return (Place.PRECEDES, earliest) if is_free else None
    return None


def _is_passed(statement: StatementFacts, other: KnownStatement) -> bool:
    """Tell whether one that opens at the same balance comes before: it moved nothing in all, and has another number."""
    return other.opening == other.closing and _is_numbered_apart(statement, other)


def _is_numbered_apart(statement: StatementFacts, other: KnownStatement) -> bool:
    """Tell whether the bank itself has numbered two statements, differently."""
    return bool(statement.sequence and other.sequence and statement.sequence != other.sequence)


def _is_longer(other: KnownStatement, statement: StatementFacts) -> bool:
    """Tell whether one has all days of a statement, and others."""
    spans = other.first_day <= statement.first_day and statement.last_day <= other.last_day
    return spans and (other.first_day, other.last_day) != (statement.first_day, statement.last_day)


def _shares_a_day(statement: StatementFacts, other: KnownStatement) -> bool:
    return other.first_day <= statement.last_day and statement.first_day <= other.last_day


def _whole(line: LineFacts) -> tuple[object, ...] | None:
    return line


def _by_reference(line: LineFacts) -> tuple[object, ...] | None:
    """Return what a line is known by where the bank gives it a reference; the day may be corrected."""
    return (line.amount, line.bank_reference) if line.bank_reference else None


def _paired(
    known: Iterable[LineFacts],
    positions: Iterable[int],
    lines: Sequence[LineFacts],
    key: Callable[[LineFacts], tuple[object, ...] | None],
) -> tuple[list[LineFacts], list[int]]:
    """Take away what has the same key on both sides, one for one; return what is left of each."""
    waiting: dict[tuple[object, ...], list[LineFacts]] = defaultdict(list)
    left_known: list[LineFacts] = []
    for line in known:
        name = key(line)
        if name is None:
            left_known.append(line)
        else:
            waiting[name].append(line)
    left = []
    for position in positions:
        name = key(lines[position])
        found = waiting.get(name) if name is not None else None
        if found:
            found.pop()
        else:
            left.append(position)
    return left_known + [line for rest in waiting.values() for line in rest], left
