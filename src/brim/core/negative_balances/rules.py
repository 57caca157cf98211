"""The arithmetic of negative balances and reserves. Pure."""

from collections.abc import Iterable
from typing import Final

import msgspec

from brim.base.currency import written_amount
from brim.base.errors import BrimError
from brim.base.scope import AccountScope
from brim.core.events import Cause
from brim.core.ledger import JournalEntry, balance_change
from brim.core.time import OwnerTime

MOST_ENTRIES: Final = 2_000
"""How many journal entries of an account are searched for what took its balance below zero."""


class BalanceStep(msgspec.Struct, frozen=True, kw_only=True):
    """A journal entry that changed a balance: by how much, and what it was afterwards, in minor units.

    `step` is the ledger's, such as `topup_reversal`; `created` is in Unix seconds.
    """

    entry: str
    source: str
    step: str
    created: int
    change: int
    after: int

    @property
    def taken(self) -> int:
        """How much of it went below zero."""
        return max(0, debt(self.after) - debt(self.after - self.change))

    @property
    def recovered(self) -> int:
        """How much of it recovered what was below zero."""
        return max(0, debt(self.after - self.change) - debt(self.after))


class Episode(msgspec.Struct, frozen=True, kw_only=True):
    """What took a balance below zero, and what has recovered it since: steps in the order in which they were posted.

    The first step is the one that took it below zero, unless there are more steps than are looked at: then
    `is_complete` is false.
    """

    steps: tuple[BalanceStep, ...]
    is_complete: bool

    @property
    def since(self) -> int | None:
        """The Unix second in which the balance fell below zero; None where that is too long ago."""
        return self.steps[0].created if self.steps and self.is_complete else None

    @property
    def taken(self) -> int:
        """How much was taken below zero in total."""
        return sum(step.taken for step in self.steps)

    @property
    def recovered(self) -> int:
        """How much of that has been recovered."""
        return sum(step.recovered for step in self.steps)


class Reserve(msgspec.Struct, frozen=True, kw_only=True):
    """An account's reserve in a currency: its target, and how much of that is held.

    `hold` is the source of the hold behind it, None if nothing is held. Amounts are in minor units.
    """

    scope: AccountScope
    currency: str
    target: int
    held: int = 0
    hold: str | None = None
    set_by: str
    set_ms: int

    @property
    def id(self) -> str:
        """What it is called on the wire."""
        return balance_id(self.scope.account, self.currency)


class NegativeBalance(msgspec.Struct, frozen=True, kw_only=True):
    """An account's balance in a currency that is below zero, or was until now, and what caused that.

    `available` is in minor units; `pending` is the sum of pending top-ups, among the newest thousand.
    """

    scope: AccountScope
    currency: str
    available: int
    pending: int
    episode: Episode
    reserve: Reserve | None

    @property
    def id(self) -> str:
        """What it is called on the wire."""
        return balance_id(self.scope.account, self.currency)


class Crossing(msgspec.Struct, frozen=True, kw_only=True):
    """A balance that has just fallen below zero or recovered: when, and what caused it."""

    scope: AccountScope
    currency: str
    is_negative: bool
    moment: OwnerTime
    cause: Cause


class NotNegativeError(BrimError):
    """The balance isn't negative."""

    def __init__(self, account: str, currency: str) -> None:
        super().__init__(f"The balance of {account} in {currency} is not negative.")


class DebtTooSmallError(BrimError):
    """The requested top-up is larger than the negative balance."""

    def __init__(self, owed: int, currency: str) -> None:
        super().__init__(
            f"The balance is {written_amount(owed, currency)} below zero; a top-up to recover it cannot be larger."
        )


class DebtPendingError(BrimError):
    """Pending top-ups will recover all of it."""

    def __init__(self, pending: int, currency: str) -> None:
        super().__init__(
            f"Pending top-ups of {written_amount(pending, currency)} will recover the balance. To create another one "
            "anyway, send brim[allow_duplicate]=true."
        )


def debt(available: int) -> int:
    """Return how far a balance is below zero; 0 if it is not."""
    return max(0, -available)


def balance_id(account: str, currency: str) -> str:
    """Return the id of a negative balance."""
    return f"{account}_{currency}"


def read_balance_id(text: str) -> tuple[str, str]:
    """Return the account and the currency of a negative balance's id; empty strings if it is not one."""
    account, _, currency = text.rpartition("_")
    return account, currency


class Tracing:
    """Traces a balance back from its current amount, entry by entry, to where it fell below zero.

    Args:
        available: what the balance is now, in minor units.
        currency: its currency.
    """

    def __init__(self, available: int, currency: str) -> None:
        self._before = available
        self._currency = currency
        self._steps: list[BalanceStep] = []

    @property
    def is_over(self) -> bool:
        """Whether it has reached the point before which the balance was not below zero."""
        return bool(self._steps) and self._before >= 0

    def take(self, entries: Iterable[JournalEntry]) -> None:
        """Trace back over entries, newest first, until it is over."""
        for entry in entries:
            if self.is_over:
                return
            change = balance_change(entry.lines, self._currency).available
            if change:
                self._steps.append(
                    BalanceStep(
                        entry=entry.id,
                        source=entry.source,
                        step=entry.step,
                        created=entry.created,
                        change=change,
                        after=self._before,
                    )
                )
                self._before -= change

    def episode(self) -> Episode:
        """Return what was found."""
        return Episode(steps=tuple(reversed(self._steps)), is_complete=self.is_over)


def kept_back(available: int, held: int, target: int) -> int:
    """Return how much of an account's money its reserve should hold: the first part of it, up to the target.

    Args:
        available: its available balance, which may be below zero.
        held: what the reserve holds now.
        target: what it should hold.
    """
    return max(0, min(target, available + held))
