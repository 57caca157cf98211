"""The questions that every rail answers, and the three answers there are."""

from typing import Protocol, TypeAlias

import msgspec

from brim.domain.topups import Topup


class Succeed(msgspec.Struct, frozen=True):
    """The money arrived."""


class Fail(msgspec.Struct, frozen=True):
    """The bank refused. `code` is the wire's `failure_code`, `message` the sentence that goes with it."""

    code: str
    message: str


class Wait(msgspec.Struct, frozen=True):
    """Nothing came back, and nothing will by itself."""


Outcome: TypeAlias = Succeed | Fail | Wait


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What a rail promises for a new top-up.

    `expected_availability_date` is the Unix second from which the money should be usable; `settle_due_ms` is when
    to ask for the outcome (Unix milliseconds), None when there will be none by itself.
    """

    expected_availability_date: int | None
    settle_due_ms: int | None


class Rail(Protocol):
    """One way for money to come in."""

    def plan(self, *, source: str | None, payment_method: str | None, now_ms: int) -> Plan:
        """Return what to expect of a top-up made now from this source; neither means the default one."""
        ...

    def outcome(self, topup: Topup) -> Outcome:
        """Return what came back for a pending top-up whose answer is due."""
        ...
