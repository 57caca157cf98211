"""Where a statement belongs among those of its bank account, and which of its lines are new. Pure.

Banks send a statement twice, send a day again with more lines, correct one, and send them out of order; many give their
lines no reference that is theirs alone. So lines are paired with what is known of their days, and the balances say
whether paired ones are the same: a statement that opens where another of its day closed goes on from it, and its lines
are new, however alike. What the balances leave open is not guessed.
"""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
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


class KnownLine(NamedTuple):
    """A line that is posted, and the file in which it came."""

    facts: LineFacts
    bank_file: str


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
    """A statement that came before, in `bank_file`, with `line_count` lines; `content` is that of its `StatementFacts`.

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
    line_count: int = 0
    bank_file: str = ""


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
    that may be known or new. `is_apart` says that one before it is missing, or wrong.
    """

    place: Place
    beside: tuple[str, ...] = ()
    new: tuple[int, ...] = ()
    vanished: tuple[LineFacts, ...] = ()
    tied: tuple[int, ...] = ()
    is_apart: bool = False


class Pairing(NamedTuple):
    """Lines of one statement against those of others: positions that are new, lines that vanished, and ties.

    `guessed` are positions of lines that are taken for known ones by day and amount alone; `renamed` are those of them
    where both have a reference of the bank's, and not the same.
    """

    new: list[int]
    vanished: list[LineFacts]
    tied: list[int]
    guessed: list[int]
    renamed: list[int]


def span(statement: StatementFacts, known: Iterable[KnownStatement]) -> tuple[date, date]:
    """Return the first and the last of a statement's days, and of those of the statements that share one with it."""
    around = [other for other in known if not other.is_replaced and _shares_a_day(statement, other)]
    return (
        min([statement.first_day, *(other.first_day for other in around)]),
        max([statement.last_day, *(other.last_day for other in around)]),
    )


def place(
    statement: StatementFacts,
    known: Sequence[KnownStatement],
    posted: Sequence[KnownLine],
    *,
    is_correction: bool = False,
) -> Placement:
    """Return where a statement belongs.

    Args:
        statement: the one that came.
        known: those of the account that end on its first day or later, and the last before that is in force.
        posted: the account's lines on the days of `span`.
        is_correction: the bank says that it corrects an earlier one.
    """
    said_before = _said_before(statement, known)
    if said_before is not None:
        return said_before
    known = [other for other in known if not other.is_replaced]
    lines = [each for each in posted if statement.first_day <= each.facts.booked_on <= statement.last_day]
    found = pair([each.facts for each in lines], statement.lines)
    alike = set(range(len(statement.lines))).difference(found.new, found.tied)
    meeting = _met(statement, known)
    sharing = [other for other in known if _shares_a_day(statement, other)]
    is_same = _is_same(statement, sharing, moved=sum(statement.lines[position].amount for position in found.new))
    goes_on = meeting is not None and meeting[1] in sharing
    if goes_on:
        alike.difference_update(found.renamed)  # the balances say that these are others
    is_doubtful = any(other.closing == statement.opening for other in sharing) or all(
        other.opening != statement.opening for other in sharing
    )
    if meeting is not None and alike and goes_on and is_same:
        is_known = all(statement.lines[position].bank_reference for position in alike)
        if not is_known and not _is_numbered_apart(statement, meeting[1]):
            return Placement(place=Place.UNDECIDED, beside=(meeting[1].id,))
        meeting, goes_on = None if is_known else meeting, not is_known
    if is_same and not goes_on and (alike or meeting is None):
        if is_doubtful:
            found = found._replace(tied=sorted({*found.tied, *found.renamed}))
        return _again(statement, sharing, found, is_correction=is_correction)
    unnamed = _unnamed(statement, alike, found) if sharing else ()
    tied = sorted({*found.tied, *unnamed})
    if meeting is not None:
        after = _following(statement, known)
        new = found.new
        if goes_on or (sharing and all(other.id in after for other in sharing)):
            outstanding = len(posted) - sum(other.line_count for other in sharing)
            announced = _announced(lines, sharing) if outstanding > 0 else []
            new, tied = _not_announced(statement, announced, outstanding)
        return Placement(
            place=meeting[0],
            beside=(meeting[1].id,),
            new=tuple(new),
            tied=tuple(tied),
            is_apart=meeting[0] is Place.PRECEDES and _is_apart(statement, known, after),
        )
    if not known:
        return Placement(place=Place.FIRST, new=tuple(found.new), tied=tuple(found.tied))
    return Placement(place=Place.GAP, new=tuple(found.new), tied=tuple(tied), is_apart=True)


def gap_after(statement: StatementFacts, known: Sequence[KnownStatement]) -> KnownStatement | None:
    """Return the statement that does not open where one closes that meets no other, and is before all that are known.

    Then it is that one which lacks something before it, and not the one that came.
    """
    known = [other for other in known if not other.is_replaced]
    if any(other.first_day < statement.last_day for other in known):
        return None
    closings = {other.closing for other in known}
    heads = [other for other in known if other.opening not in closings]
    return min(heads, key=lambda other: (other.first_day, other.id), default=None)


def new_in_notification(
    lines: Sequence[LineFacts],
    known: Iterable[KnownStatement],
    posted: Iterable[KnownLine],
    payments: Iterable[LineFacts] = (),
) -> tuple[int, ...]:
    """Return the positions of a notification's lines that no statement has brought, nor one like them.

    A statement repeats what was notified, so a line that is left out here though it is another one comes with its
    statement, while one that is taken twice would stay. Some banks notify each payment and book them together.

    Args:
        lines: those of the notification.
        known: the account's statements of their days.
        posted: the account's lines on their days.
        payments: those of the statements' entries that are lines of their own.
    """
    files = {each.bank_file for each in known}
    brought = [each.facts for each in posted if each.bank_file in files]
    return tuple(pair([*brought, *payments], lines).new)


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
    found = Pairing([], [], [], [], [])
    for what in {**known_of, **of}:
        olds, news = known_of.get(what, []), of.get(what, [])
        if len(olds) == len(news):
            found.guessed.extend(news)
            if all(line.bank_reference for line in (*olds, *(lines[position] for position in news))):
                found.renamed.extend(news)
        elif not olds:
            found.new.extend(news)
        elif not news:
            found.vanished.extend(olds)
        else:
            found.tied.extend(news)
    return found._replace(new=sorted(found.new), tied=sorted(found.tied))


def _said_before(statement: StatementFacts, known: Sequence[KnownStatement]) -> Placement | None:
    """Return where a statement belongs that says what another has said; None where none has."""
    content = statement.content
    for other in known:
        if other.content == content:
            is_open = _is_passed(statement, other, known) and not all(line.bank_reference for line in statement.lines)
            return Placement(place=Place.UNDECIDED if is_open else Place.REPEATS, beside=(other.id,))
    return None


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


def _announced(lines: Iterable[KnownLine], sharing: Iterable[KnownStatement]) -> list[LineFacts]:
    """Return the lines that no statement has brought, such as those of a notification."""
    files = {other.bank_file for other in sharing}
    return [each.facts for each in lines if each.bank_file not in files]


def _not_announced(
    statement: StatementFacts, announced: Sequence[LineFacts], outstanding: int
) -> tuple[list[int], list[int]]:
    """Return which lines are new in a statement that goes on from one of its day, and which may have been announced.

    `outstanding` is how many lines of its days no statement has repeated yet.
    """
    found = pair(announced, statement.lines)
    alike = set(range(len(statement.lines))).difference(found.new, found.tied)
    if len(alike) > outstanding:  # another statement has repeated some of them
        return found.new, sorted({*found.tied, *alike})
    return found.new, sorted({*found.tied, *_unnamed(statement, alike, found)})


def _unnamed(statement: StatementFacts, alike: Iterable[int], found: Pairing) -> Iterator[int]:
    """Yield which of the lines that are like known ones have no reference in common with them."""
    guessed = set(found.guessed)
    for position in alike:
        if position in guessed or not statement.lines[position].bank_reference:
            yield position


def _following(statement: StatementFacts, known: Iterable[KnownStatement]) -> set[str]:
    """Return the ids of those that go on from a statement, one after another."""
    opening: dict[int, list[KnownStatement]] = defaultdict(list)
    for other in known:
        if statement.last_day <= other.first_day:
            opening[other.opening].append(other)
    after: set[str] = set()
    balances = [statement.closing]
    while balances:
        following = opening.pop(balances.pop(), [])
        after.update(other.id for other in following)
        balances += [other.closing for other in following]
    return after


def _is_apart(statement: StatementFacts, known: Iterable[KnownStatement], after: Container[str]) -> bool:
    """Tell whether others are before a statement, and none of them closes where it opens."""
    before = [other for other in known if other.id not in after and other.last_day <= statement.first_day]
    return bool(before) and all(other.closing != statement.opening for other in before)


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


def _is_passed(statement: StatementFacts, other: KnownStatement, known: Iterable[KnownStatement]) -> bool:
    """Tell whether the account was again at the balance where one opens that says the same, and has another number."""
    is_back = other.opening == other.closing or any(
        each.closing == statement.opening and each is not other and _shares_a_day(statement, each)
        for each in known
        if not each.is_replaced
    )
    return is_back and _is_numbered_apart(statement, other)


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
