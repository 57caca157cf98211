"""What should be true of some accounts' money: a small ledger in memory, without SQL, batches or races.

Moments are Unix milliseconds of the owner's time.
"""

from collections import Counter
from dataclasses import dataclass, field

from brim.base.scope import AccountScope
from brim.core.calendars.rules import after_business_days, after_calendar_days, availability, calendar_of

BANKING_DAY_MS = 1_000
"""How long a banking day takes in real time: the setting that the simulated service runs with."""

FAILING = {"btok_us_verified_noAccount", "btok_us_verified_accountClosed"}
RETURNED = "btok_us_verified_reversed"
RETURNED_LATE = "btok_us_verified_reversedLate"
WAITING = "btok_us_verified_pending"
SOURCES = [None, "btok_us_verified", *sorted(FAILING), RETURNED, RETURNED_LATE, WAITING]


@dataclass
class ModelTopup:
    """A top-up as it should stand."""

    scope: AccountScope
    amount: int
    currency: str
    source: str | None
    due_ms: int | None
    status: str = "pending"
    is_frozen: bool = False


@dataclass
class Model:
    """Top-ups by id, balances, clocks and how many events of each type there should be."""

    now_ms: int
    topups: dict[str, ModelTopup] = field(default_factory=dict)
    balances: Counter[tuple[AccountScope, str]] = field(default_factory=Counter)
    events: Counter[tuple[AccountScope, str]] = field(default_factory=Counter)
    clocks: dict[AccountScope, int] = field(default_factory=dict)

    def time_of(self, scope: AccountScope) -> int:
        """Return an owner's time."""
        return self.clocks[scope] * 1000 if scope in self.clocks else self.now_ms

    def create(
        self, topup_id: str, scope: AccountScope, *, amount: int, currency: str, source: str | None
    ) -> ModelTopup:
        """Add a top-up that was made now."""
        is_frozen = scope in self.clocks
        due_ms = self.now_ms + BANKING_DAY_MS
        if is_frozen:
            calendar = calendar_of(currency)
            why = availability(calendar, submitted_ms=self.time_of(scope), settlement_days=calendar.settlement_days)
            due_ms = why.available_on * 1000
        topup = ModelTopup(scope, amount, currency, source, due_ms, is_frozen=is_frozen)
        if source == WAITING:
            topup.due_ms, topup.is_frozen = None, False
        self.topups[topup_id] = topup
        self.events[scope, "topup.created"] += 1
        return topup

    def end(self, topup: ModelTopup, status: str) -> None:
        """Bring a top-up to a status for good."""
        topup.status, topup.due_ms, topup.is_frozen = status, None, False
        self.events[topup.scope, f"topup.{status}"] += 1
        if status == "succeeded":
            self.balances[topup.scope, topup.currency] += topup.amount
        if status == "reversed":
            self.balances[topup.scope, topup.currency] -= topup.amount

    def answer(self, topup: ModelTopup, at_ms: int) -> None:
        """Let the bank say what it has to say about a top-up that is due."""
        if topup.status == "succeeded":
            self.end(topup, "reversed")
        elif topup.source in FAILING:
            self.end(topup, "failed")
        else:
            is_frozen = topup.is_frozen
            self.end(topup, "succeeded")
            if topup.source in (RETURNED, RETURNED_LATE):
                topup.due_ms, topup.is_frozen = self.return_of(topup, at_ms, is_frozen=is_frozen), is_frozen

    def return_of(self, topup: ModelTopup, at_ms: int, *, is_frozen: bool) -> int:
        """Return when money that arrives at a moment goes back."""
        days = 2 if topup.source == RETURNED else 60
        if not is_frozen:
            return at_ms + days * BANKING_DAY_MS
        count = after_business_days if topup.source == RETURNED else after_calendar_days
        return count(calendar_of(topup.currency), moment_ms=at_ms, days=days)

    def settle(self) -> None:
        """Let everything happen that is due in real time."""
        for topup in self.topups.values():
            if topup.due_ms is not None and not topup.is_frozen and topup.due_ms <= self.now_ms:
                self.answer(topup, self.now_ms)

    def freeze(self, scope: AccountScope, frozen_time: int) -> None:
        """Stop an owner's time; what waits, waits in it."""
        self.clocks[scope] = frozen_time
        for topup in self.topups.values():
            if topup.scope == scope and topup.due_ms is not None:
                topup.is_frozen = True

    def thaw(self, scope: AccountScope) -> None:
        """Give an owner back to real time."""
        del self.clocks[scope]
        for topup in self.topups.values():
            if topup.scope == scope:
                topup.is_frozen = False

    def advance(self, scope: AccountScope, frozen_time: int) -> None:
        """Let an owner's time run, one thing after the other."""
        while due := [topup for topup in self.topups.values() if self._is_due(topup, scope, frozen_time)]:
            earliest = min(due, key=lambda topup: topup.due_ms or 0)
            self.answer(earliest, max(earliest.due_ms or 0, self.clocks[scope] * 1000))
        self.clocks[scope] = frozen_time

    def _is_due(self, topup: ModelTopup, scope: AccountScope, frozen_time: int) -> bool:
        is_his = topup.scope == scope and topup.is_frozen
        return is_his and topup.due_ms is not None and topup.due_ms <= frozen_time * 1000
