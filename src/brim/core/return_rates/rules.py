"""Nacha's return rates: which returns count where, the limits, and when a rate is near one or has reached it.

Source: Nacha's operating rules on ODFI return rate reporting, as banks publish them. A rate is the debits that were
returned in the last sixty days, over the debits that were originated in them: unauthorized ones (R05, R07, R10, R11,
R29, R51) may be 0.5 %, administrative ones (R02, R03, R04) 3 %, all of them 15 %. Prenotes move no money and count
nowhere; neither do entries of a file or batch that the bank has rejected.
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import Final

import msgspec

from brim.base.errors import BrimError

WINDOW_DAYS: Final = 60
WARN_PERCENT: Final = 60
"""From what share of a limit on it is announced."""
MINIMUM_RETURNS: Final = 3
"""How many returns of a kind there are at least before a rate of them says anything: one return among a hundred debits
is twice Nacha's limit for unauthorized ones, and no sign of anything."""
LONGEST_OVERRIDE_DAYS: Final = 30


class RateKind(StrEnum):
    """Which returns a rate counts."""

    UNAUTHORIZED = "unauthorized"
    """The holder of the bank account says that they did not authorize the debit."""
    ADMINISTRATIVE = "administrative"
    """There is no such bank account."""
    OVERALL = "overall"
    """All of them."""


LIMITS: Final = {RateKind.UNAUTHORIZED: 5, RateKind.ADMINISTRATIVE: 30, RateKind.OVERALL: 150}
"""How many of a thousand debits may come back."""

_CODES: Final = {
    RateKind.UNAUTHORIZED: frozenset({"R05", "R07", "R10", "R11", "R29", "R51"}),
    RateKind.ADMINISTRATIVE: frozenset({"R02", "R03", "R04"}),
}


class Level(StrEnum):
    """How near a rate is to its limit."""

    CLEAR = "clear"
    WARNED = "warned"
    REACHED = "reached"


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """Debits of sixty days, and how many came back in them, by kind; `returned` is all of them."""

    debits: int = 0
    unauthorized: int = 0
    administrative: int = 0
    returned: int = 0

    def returns(self, kind: RateKind) -> int:
        """Return how many returns a rate counts."""
        if kind is RateKind.OVERALL:
            return self.returned
        return self.unauthorized if kind is RateKind.UNAUTHORIZED else self.administrative


class Guard(msgspec.Struct, frozen=True, kw_only=True):
    """A rate that is near its limit or has reached it, of an account (`owner`), or of all together (it is empty).

    `since_ms` is when it came to this level, in Unix milliseconds.
    """

    owner: str
    kind: RateKind
    level: Level
    debits: int
    returns: int
    since_ms: int


class OverrideStatus(StrEnum):
    """Where an override stands."""

    ASKED = "asked"
    APPROVED = "approved"


class Override(msgspec.Struct, frozen=True, kw_only=True):
    """That debits of an account, or of all (`owner` is empty), go on although a limit is reached, until `until_ms`.

    `one_person` tells that whoever asked for it has approved it, because nobody else could.
    """

    owner: str
    status: OverrideStatus
    reason: str
    until_ms: int
    asked_by: str
    asked_ms: int
    approved_by: str | None = None
    approved_ms: int | None = None
    one_person: bool = False


class NoOverrideError(BrimError):
    """No override is requested or in force."""

    def __init__(self, status: OverrideStatus) -> None:
        super().__init__(
            "No override is awaiting approval."
            if status is OverrideStatus.ASKED
            else "No override is requested or in force."
        )


class OverrideEndError(BrimError):
    """The override must end within the next 30 days."""

    def __init__(self) -> None:
        super().__init__(f"An override must end within the next {LONGEST_OVERRIDE_DAYS} days.")
        self.param = "until"


def kinds_of(return_code: str) -> tuple[RateKind, ...]:
    """Return the rates in which a return of a debit counts."""
    return (*(kind for kind, codes in _CODES.items() if return_code in codes), RateKind.OVERALL)


def level_of(kind: RateKind, counts: Counts, *, minimum_debits: int) -> Level:
    """Return how near a rate is to its limit; fewer debits or returns than the minimum say nothing.

    It is exact: at the limit itself, and at the share of it from which on it is announced, the level is reached.
    """
    returns = counts.returns(kind)
    if counts.debits < minimum_debits or returns < MINIMUM_RETURNS:
        return Level.CLEAR
    allowed = LIMITS[kind] * counts.debits
    if returns * 1000 >= allowed:
        return Level.REACHED
    return Level.WARNED if returns * 1000 * 100 >= allowed * WARN_PERCENT else Level.CLEAR


def changed_guards(
    before: Iterable[Guard], owner: str, counts: Counts, *, minimum_debits: int, now_ms: int
) -> list[tuple[Guard, Level]]:
    """Return the guards of an owner as they have to be now, each with the level that it had; unchanged ones too.

    One that is clear, and was, is left out.
    """
    known = {guard.kind: guard for guard in before if guard.owner == owner}
    found = []
    for kind in RateKind:
        level = level_of(kind, counts, minimum_debits=minimum_debits)
        was = known.get(kind)
        if was is None and level is Level.CLEAR:
            continue
        since_ms = was.since_ms if was is not None and was.level is level else now_ms
        guard = Guard(
            owner=owner,
            kind=kind,
            level=level,
            debits=counts.debits,
            returns=counts.returns(kind),
            since_ms=since_ms,
        )
        found.append((guard, Level.CLEAR if was is None else was.level))
    return found
