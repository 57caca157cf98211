"""The questions that every rail answers, and the answers there are."""

from typing import Protocol, TypeAlias

import msgspec

from brim.base.scope import AccountScope


class Succeed(msgspec.Struct, frozen=True):
    """The money arrived. `return_due_ms` is when the bank will be asked for it back (Unix milliseconds), if ever."""

    return_due_ms: int | None = None


class Fail(msgspec.Struct, frozen=True):
    """The bank refused. `code` is the wire's `failure_code`, `message` the sentence that goes with it.

    `disputed_ms` is when the money of this return is back (Unix milliseconds), if it is dishonored.
    """

    code: str
    message: str
    disputed_ms: int | None = None


class Return(msgspec.Struct, frozen=True):
    """The bank took back money that had arrived; `code`, `message` and `disputed_ms` as for a refusal."""

    code: str
    message: str
    disputed_ms: int | None = None


class Wait(msgspec.Struct, frozen=True):
    """Nothing came back, and nothing will by itself."""


class PresentAgain(msgspec.Struct, frozen=True):
    """The bank rejected the file with the debit, and debited nothing: the debit goes out again.

    `due_ms` is when to ask for the next answer (Unix milliseconds), `expected_availability_date` the Unix second from
    which the money should now be usable, and `scenario` what the counterparty plays from then on.
    """

    due_ms: int
    expected_availability_date: int
    scenario: str | None


Outcome: TypeAlias = Succeed | Fail | Return | Wait | PresentAgain


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What a rail promises for a new top-up.

    `expected_availability_date` is the Unix second from which the money should be usable; `due_ms` is when to ask for
    the outcome (Unix milliseconds), None when there will be none by itself; `settlement_days` is how many banking
    days that is, and `calendar` names the calendar they were counted by, None where no bank's calendar was asked.
    """

    expected_availability_date: int | None
    due_ms: int | None
    settlement_days: int | None = None
    calendar: str | None = None


class Instruction(msgspec.Struct, frozen=True, kw_only=True):
    """Money to be collected, as a rail sees it: it knows nothing of what the money is for.

    `id` is that of the object on whose behalf it is collected; `amount` is in minor units of `currency`; `scenario`
    is what the counterparty plays, which only the rail reads. `calendar` names the one that the promise was made by,
    None if none was used, and `settlement_days` are the banking days of that promise. `is_collected` says that the
    money has already arrived, so only a return can follow; `is_frozen` that the time is a test clock's.
    """

    scope: AccountScope
    id: str
    amount: int
    currency: str
    scenario: str | None = None
    calendar: str | None = None
    is_collected: bool = False
    is_frozen: bool = False
    settlement_days: int | None = None


class Rail(Protocol):
    """One way for money to come in."""

    @property
    def name(self) -> str:
        """The rail's name in the registry, which its top-ups keep."""
        ...

    def plan(
        self, *, currency: str, scenario: str | None, settlement_days: int | None, now_ms: int, is_frozen: bool
    ) -> Plan:
        """Return what to expect of a top-up made now.

        Args:
            currency: what it is in, which decides whose calendar counts.
            scenario: what its funding source plays in the sandbox; None for plain success.
            settlement_days: the account's own agreement; None leaves it to the rail.
            now_ms: the account's time.
            is_frozen: whether that is the time of a test clock.
        """
        ...


class AnsweringRail(Rail, Protocol):
    """A rail that knows by itself what came back, such as the sandbox; of the others, their banks' files tell."""

    def outcome(self, instruction: Instruction, *, now_ms: int) -> Outcome:
        """Return what came back for an instruction whose answer is due."""
        ...
