"""The sandbox: no bank at all. What becomes of a top-up is the scenario that its funding source plays.

Under a test clock it keeps the banks' days; in real time a banking day takes as long as the setting says.
"""

from typing import Final

import msgspec

from brim.core.calendars import after_business_days, after_calendar_days, availability, calendar_named, calendar_of
from brim.core.rails.protocol import Fail, Instruction, Outcome, Plan, PresentAgain, Return, Succeed, Wait
from brim.core.rails.sandbox.scenarios import SCENARIOS, Dispute, Scenario

SANDBOX: Final = "sandbox"


def dispute_of(scenario: str | None) -> Dispute | None:
    """Return what comes of the return of a top-up that plays a scenario; None for nothing."""
    return SCENARIOS[scenario].dispute


class SandboxRail(msgspec.Struct, frozen=True):
    """The rail of test mode; live money is none of its business, so it never has an answer for it.

    `settle_after_s` is how long a banking day takes where no test clock runs: one until the first answer, two until
    a return, sixty until a late one.
    """

    settle_after_s: float

    @property
    def name(self) -> str:
        """The name that its top-ups keep."""
        return SANDBOX

    def plan(
        self,
        *,
        currency: str,
        scenario: str | None,
        settlement_days: int | None,
        now_ms: int,
        is_frozen: bool,
    ) -> Plan:
        """Return the moment at which a top-up made now gets its answer; its money is usable in that very second.

        A top-up that will fail, or wait for ever, is expected then all the same: nobody knows when it is made.
        """
        days, calendar_name = None, None
        settles_ms = now_ms + self._days_ms(1)
        if is_frozen:
            calendar = calendar_of(currency)
            calendar_name = calendar.name
            days = calendar.settlement_days if settlement_days is None else settlement_days
            settles_ms = availability(calendar, submitted_ms=now_ms, settlement_days=days).available_on * 1000
        waits = isinstance(SCENARIOS[scenario].first, Wait)
        return Plan(
            expected_availability_date=settles_ms // 1000,
            due_ms=None if waits else settles_ms,
            settlement_days=days,
            calendar=calendar_name,
        )

    def outcome(self, instruction: Instruction, *, now_ms: int) -> Outcome:
        """Return what the counterparty's scenario holds for the money now."""
        if instruction.scope.livemode:
            return Wait()
        scenario = SCENARIOS[instruction.scenario]
        if instruction.is_collected:
            return self._disputed(instruction, scenario, scenario.returns or Wait(), now_ms)
        if scenario.is_rejected:
            return self._present_again(instruction, scenario, now_ms)
        if scenario.returns:
            return Succeed(return_due_ms=self._return_due_ms(instruction, scenario, now_ms))
        return self._disputed(instruction, scenario, scenario.first, now_ms)

    def _disputed(self, instruction: Instruction, scenario: Scenario, outcome: Outcome, now_ms: int) -> Outcome:
        """Return an outcome with the moment at which its dishonor, if there is one, comes to its first step."""
        if scenario.dispute is None or not isinstance(outcome, Fail | Return):
            return outcome
        disputed_ms = self.after_days_ms(
            1, currency=instruction.currency, now_ms=now_ms, is_frozen=instruction.is_frozen
        )
        return msgspec.structs.replace(outcome, disputed_ms=disputed_ms)

    def after_days_ms(self, days: int, *, currency: str, now_ms: int, is_frozen: bool) -> int:
        """Return the moment that many banking days after another: at the opening, if a test clock keeps the time."""
        if is_frozen:
            return after_business_days(calendar_of(currency), moment_ms=now_ms, days=days)
        return now_ms + self._days_ms(days)

    def _present_again(self, instruction: Instruction, scenario: Scenario, now_ms: int) -> PresentAgain:
        """Return when a re-sent debit gets its answer: as long after now as the first presentment took."""
        settles_ms = now_ms + self._days_ms(1)
        if instruction.is_frozen:
            calendar = calendar_named(instruction.calendar) or calendar_of(instruction.currency)
            days = calendar.settlement_days if instruction.settlement_days is None else instruction.settlement_days
            settles_ms = availability(calendar, submitted_ms=now_ms, settlement_days=days).available_on * 1000
        return PresentAgain(due_ms=settles_ms, expected_availability_date=settles_ms // 1000, scenario=scenario.then)

    def _return_due_ms(self, instruction: Instruction, scenario: Scenario, now_ms: int) -> int:
        """Return when money that arrives now goes back (Unix milliseconds)."""
        if not instruction.is_frozen:
            return now_ms + self._days_ms(scenario.days)
        calendar = calendar_named(instruction.calendar) or calendar_of(instruction.currency)
        count = after_calendar_days if scenario.late else after_business_days
        return count(calendar, moment_ms=now_ms, days=scenario.days)

    def _days_ms(self, days: int) -> int:
        return round(self.settle_after_s * 1000 * days)
