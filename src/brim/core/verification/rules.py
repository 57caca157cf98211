"""What a verification of the books says, and who may read it."""

from collections import Counter
from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Final, TypeAlias

import msgspec

from brim.base.scope import AccountScope

MAX_DIFFERENCES: Final = 20
"""How many differences are named; from there on a person has to look anyway."""

OnProgress: TypeAlias = Callable[[int, int], None]
"""Told how many rows are done, and how many there are by a first estimate that is raised when it proves low."""


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """One contradiction: which row, what it should say, what it says; None where there is nothing.

    It is stored as JSON, in which the account and mode are called `owner`.
    """

    scope: AccountScope = msgspec.field(name="owner")
    row: str
    expected: str | None
    found: str | None

    def __str__(self) -> str:
        expected, found = self.expected or "nothing", self.found or "nothing"
        return f"{self.scope.account} ({mode_of(self.scope)}): {self.row}: expected {expected}, found {found}"


class ClearingTopup(msgspec.Struct, frozen=True, kw_only=True):
    """What of one top-up is posted between the bank and the balance, signed minor units, and since when (Unix seconds).

    Above zero the balance has it and no statement confirms it yet; below zero it is the other way round.
    """

    account: str
    livemode: bool
    topup: str
    amount: int
    currency: str
    since: int


class Clearing(msgspec.Struct, frozen=True, kw_only=True):
    """What is clearing of all top-ups whose bank confirms by a statement, and of their refunds.

    `topups` is how many of both they are, `amounts` how much of each currency (signed minor units), `oldest` some of
    them.
    """

    topups: int = 0
    amounts: dict[str, int] = {}
    oldest: tuple[ClearingTopup, ...] = ()

    def with_topups(self, topups: Sequence[ClearingTopup]) -> "Clearing":
        """Return this with more top-ups, or parts of them."""
        amounts = Counter(self.amounts)
        for topup in topups:
            amounts[topup.currency] += topup.amount
        oldest = sorted((*self.oldest, *topups), key=lambda topup: (topup.since, topup.topup))
        return Clearing(topups=self.topups + len(topups), amounts=dict(amounts), oldest=tuple(oldest[:MAX_DIFFERENCES]))

    def with_refunds(self, refunds: "Clearing") -> "Clearing":
        """Return this with what is clearing of refunds, each of which counts as one more."""
        amounts = Counter(self.amounts)
        for currency, amount in refunds.amounts.items():
            amounts[currency] += amount
        oldest = sorted((*self.oldest, *refunds.oldest), key=lambda topup: (topup.since, topup.topup))
        return Clearing(
            topups=self.topups + refunds.topups, amounts=dict(amounts), oldest=tuple(oldest[:MAX_DIFFERENCES])
        )


class ChainReport(msgspec.Struct, frozen=True, kw_only=True):
    """What a walk along the chains met, and what does not fit.

    `entries` are all there are, `sealed` those in a chain and `unsealed` those that wait for it; `heads` is how many
    chains there are. The counts stop where the walk stopped, which is when enough differences were found.
    """

    entries: int
    sealed: int
    unsealed: int
    heads: int
    differences: list[Difference]


class RunStatus(StrEnum):
    """Where a verification stands."""

    WAITING = "waiting"  # somebody has asked for it
    RUNNING = "running"
    INTERRUPTED = "interrupted"  # it did not get to its end
    AGREE = "agree"
    DIFFER = "differ"


class RunWarning(StrEnum):
    """Why a result says less than it seems to."""

    NOTHING_CHECKED = "nothing_checked"  # the books are empty
    CHAIN_NOT_CHECKED = "chain_not_checked"  # the books only
    STOPPED_EARLY = "stopped_early"  # after so many differences
    UNSEALED_ENTRIES = "unsealed_entries"  # no chain covers them yet
    COVERAGE_UNKNOWN = "coverage_unknown"  # an earlier version did not write it down
    OUTDATED = "outdated"  # several turns ago


class Covered(msgspec.Struct, frozen=True, kw_only=True):
    """How many rows of each table a verification has read, and whether it has read all."""

    rows: dict[str, int]
    is_complete: bool


class CurrencyTotal(msgspec.Struct, frozen=True, kw_only=True):
    """What the balances of a currency come to, in one mode: of how many accounts, and minor units."""

    livemode: bool
    currency: str
    accounts: int
    available: int
    reserved: int


class VerificationRun(msgspec.Struct, frozen=True, kw_only=True):
    """One verification that got to its end: when (Unix milliseconds) and what it found, first things first.

    The counts are those of the walk along the chain, None where only the books were recomputed; `clearing`, `covered`
    and `totals` are None for runs of versions that did not look. `asked_by` is whoever wanted it, None for a turn.
    """

    id: str
    began_ms: int
    ended_ms: int
    entries: int | None = None
    sealed: int | None = None
    unsealed: int | None = None
    heads: int | None = None
    clearing: Clearing | None = None
    differences: list[Difference]
    covered: Covered | None = None
    totals: list[CurrencyTotal] | None = None
    asked_by: str | None = None

    @property
    def warnings(self) -> list[RunWarning]:
        """Why the result says less than it seems to."""
        found = []
        if self.covered is None:
            found.append(RunWarning.COVERAGE_UNKNOWN)
        elif not any(self.covered.rows.values()) and not self.entries:
            found.append(RunWarning.NOTHING_CHECKED)
        elif not self.covered.is_complete:
            found.append(RunWarning.STOPPED_EARLY)
        if self.sealed is None:
            found.append(RunWarning.CHAIN_NOT_CHECKED)
        if self.unsealed:
            found.append(RunWarning.UNSEALED_ENTRIES)
        return found


class PastRun(msgspec.Struct, frozen=True, kw_only=True):
    """A verification in the history; `run` is None until it got to its end, times are Unix milliseconds."""

    id: str
    status: RunStatus
    began_ms: int
    is_turn: bool
    asked_by: str | None
    run: VerificationRun | None


def mode_of(scope: AccountScope) -> str:
    """Return an account's mode as people say it."""
    return "live" if scope.livemode else "test"
