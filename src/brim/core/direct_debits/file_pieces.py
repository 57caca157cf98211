"""How far a long file of statements is applied that is applied in pieces, and what was decided of the rest (ADR 35).

What is judged of a statement as a whole, its place and which of its lines are new, is decided with its first piece and
kept with the file, so that whoever goes on, perhaps another worker after a crash, decides nothing again. Pure.
"""

import hashlib
from collections.abc import Container, Iterable, Sequence
from itertools import chain
from typing import Final, NamedTuple

import msgspec

from brim.base.errors import BrimError
from brim.base.ids import IdFactory
from brim.base.json_codec import decoder, encode
from brim.core.reconciliation import AnnouncedAlone, BankAccountName, StatementLineRow, facts_of
from brim.core.reconciliation.formats import Statement, StatementFile, StatementLine, StatementMapping

MOST_IN_PIECE: Final = 1_000
"""Lines of a piece, about a second of a core; a file of no more is one transaction."""

FEWEST: Final = 8
"""Lines that are tried as a set at first, and after one that had to be applied alone."""

Run = tuple[int, int]
"""Positions that follow each other: the first of them, and how many."""


class Plan(msgspec.Struct, kw_only=True):
    """What is done with a statement, as it was decided when it was taken, and how far that is; positions are from 0.

    `order` are the positions of what may be new, as they are applied, and `done` how many of them are; the last
    `tail` of them are one piece: what comes and goes back in one statement is never usable between. `begun_ms` and
    `moment` are when the ids of its lines are from, `said` is the hash of what these say. `known` are applied ones that
    were not new, of entries with payments, and `itemized` the ids of entries whose payments became lines, where
    notifications may have brought some.
    """

    begun_ms: int
    moment: tuple[int, int]
    said: str
    statement: str | None
    is_certain: bool
    order: list[Run]
    tail: int = 0
    in_announced: list[Run]
    in_doubt: list[Run]
    done: int = 0
    known: list[int] = []
    itemized: list[str] = []

    def ids(self) -> IdFactory:
        """Return what makes the ids of the statement's lines, the same each time but for what is random in them."""
        return IdFactory.after(*self.moment)


class ReadOtherwiseError(BrimError):
    """A file of which a part is applied is read otherwise than at first, so what is left of it is not certain."""

    def __init__(self, file_id: str) -> None:
        super().__init__(
            f"This version of Brim reads {file_id} differently from the version that has applied a part of it: let "
            "that version finish."
        )


class Applying(msgspec.Struct, kw_only=True):
    """How far a file is applied: `statement` of it are, with `lines` lines, and of the next what its `plan` says.

    `mapping` is what CSV was read by at first, and `unbooked` as in `FileReading`.
    """

    mapping: StatementMapping | None = None
    statement: int = 0
    lines: int = 0
    plan: Plan | None = None
    unbooked: list[int] | None = None
    breaks: int = 0

    @property
    def lines_applied(self) -> int:
        """How many lines of the file are applied."""
        return self.lines + (0 if self.plan is None else self.plan.done)


read_applying: Final = decoder(Applying)


class ReadFile(NamedTuple):
    """A file of statements as it was read: by which mapping, and its statements with the lines that may be posted."""

    file: StatementFile
    mapping: StatementMapping | None
    postable: Sequence[tuple[Statement, Sequence[StatementLine]]]

    @property
    def line_count(self) -> int:
        """How many lines may be posted."""
        return sum(len(lines) for _, lines in self.postable)

    @property
    def weight(self) -> int:
        """How many lines become of them at most, with payments that the bank lists."""
        return sum(weight_of(line) for _, lines in self.postable for line in lines)


class Pace(msgspec.Struct):
    """How many lines are tried next as a set, and how many alone where they cannot be one."""

    together: int = FEWEST
    alone: int = 1


class OpenStatement(msgspec.Struct, kw_only=True):
    """A statement while it is applied, in memory: its `plan`, what its lines become, and what is asked about them.

    `order` are the positions of what is applied, in that order; whoever goes on elsewhere makes all of it anew.
    """

    plan: Plan
    of: BankAccountName
    lines: Sequence[StatementLine]
    rows: list[StatementLineRow]
    payment_ids: list[list[str]]
    order: list[int]
    in_announced: frozenset[int]
    elsewhere: Container[object]
    announced: AnnouncedAlone
    pace: Pace


def runs_of(positions: Iterable[int]) -> list[Run]:
    """Return positions in their order, shorter."""
    runs: list[Run] = []
    for position in positions:
        if runs and position == sum(runs[-1]):
            runs[-1] = (runs[-1][0], runs[-1][1] + 1)
        else:
            runs.append((position, 1))
    return runs


def positions_of(runs: Sequence[Run]) -> list[int]:
    """Return what `runs_of` was given."""
    return list(chain.from_iterable(range(first, first + count) for first, count in runs))


def said_by(rows: Iterable[StatementLineRow]) -> str:
    """Return the hash of what lines say, and are known by."""
    return hashlib.sha256(encode([(row.position, row.line_key, facts_of(row)) for row in rows])).hexdigest()


def weight_of(line: StatementLine) -> int:
    """Return how many lines become of a line at most: itself, and the payments that it lists."""
    return 1 + (len(line.details) if len(line.details) > 1 else 0)
