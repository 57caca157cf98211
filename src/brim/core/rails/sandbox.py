"""The sandbox: no bank at all. What becomes of a top-up is the scenario that its funding source plays.

Under a test clock it keeps the banks' days; in real time a banking day takes as long as the setting says.

Source of the tokens: Stripe's Connect testing guide. Source of the payment methods: Stripe's ACH Direct Debit
testing guide, as of the account numbers and the micro-deposits. Ours, where no documented id has the effect:
`..._reversed`, `..._reversedLate`, `..._pending`, and the account numbers that begin with 0007.
"""

from typing import Final

import msgspec

from brim.core.bank_accounts import TEST_BANK_ROUTING_NUMBER, BankNumbers, Guess, Verification
from brim.core.calendars import after_business_days, after_calendar_days, availability, calendar_of
from brim.core.rails.failures import FAILURES
from brim.core.rails.protocol import Fail, Instruction, Outcome, Plan, Return, Succeed, Wait

RETURN_DAYS: Final = 2
"""Banking days until an ordinary return. Source: Nacha, returns R01 to R04 reach the originator within two."""

LATE_RETURN_DAYS: Final = 60
"""Calendar days until a return for want of authorization. Source: Nacha, returns R05, R07, R10 and R29."""


class Scenario(msgspec.Struct, frozen=True, kw_only=True):
    """What happens to a top-up: its first answer, and how the money goes back if it does.

    `days` are banking days, or calendar days where the return is `late`.
    """

    first: Succeed | Fail | Wait = Succeed()
    returns: Return | None = None
    days: int = RETURN_DAYS
    late: bool = False


def _fails(code: str) -> Scenario:
    return Scenario(first=Fail(code, FAILURES[code]))


def _returns(code: str, *, late: bool = False) -> Scenario:
    return Scenario(returns=Return(code, FAILURES[code]), days=LATE_RETURN_DAYS if late else RETURN_DAYS, late=late)


SUCCESS: Final = Scenario()
SCENARIOS: Final[dict[str | None, Scenario]] = {
    None: SUCCESS,
    "no_account": _fails("no_account"),
    "account_closed": _fails("account_closed"),
    "insufficient_funds": _fails("insufficient_funds"),
    "debit_not_authorized": _fails("debit_not_authorized"),
    "invalid_currency": _fails("invalid_currency"),
    "returned": _returns("insufficient_funds"),
    "returned_late": _returns("debit_not_authorized", late=True),
    "disputed": _returns("debit_not_authorized"),
    "pending": Scenario(first=Wait()),
}
"""Every scenario by its name; None is plain success."""

SOURCE_SCENARIOS: Final[dict[str, str | None]] = {
    "btok_us_verified": None,
    "btok_us_verified_noAccount": "no_account",
    "btok_us_verified_accountClosed": "account_closed",
    "btok_us_verified_insufficientFunds": "insufficient_funds",
    "btok_us_verified_debitNotAuthorized": "debit_not_authorized",
    "btok_us_verified_invalidCurrency": "invalid_currency",
    "btok_us_verified_reversed": "returned",
    "btok_us_verified_reversedLate": "returned_late",
    "btok_us_verified_pending": "pending",
}
"""Scenario by test token, for a top-up's `source`."""

PAYMENT_METHOD_SCENARIOS: Final[dict[str, str | None]] = {
    "pm_usBankAccount_success": None,
    "pm_usBankAccount_noAccount": "no_account",
    "pm_usBankAccount_accountClosed": "account_closed",
    "pm_usBankAccount_insufficientFunds": "insufficient_funds",
    "pm_usBankAccount_debitNotAuthorized": "debit_not_authorized",
    "pm_usBankAccount_invalidCurrency": "invalid_currency",
    "pm_usBankAccount_dispute": "disputed",
    "pm_usBankAccount_reversed": "returned",
    "pm_usBankAccount_reversedLate": "returned_late",
    "pm_usBankAccount_processing": "pending",  # documented to stay in processing for ever
}
"""Scenario by test id, for a top-up's `payment_method`."""

UNVERIFIED_PAYMENT_METHODS: Final = frozenset({"pm_usBankAccount_failMicrodeposits"})
"""Test ids that exist, but whose bank account can never be verified."""

ACCOUNT_NUMBER_SCENARIOS: Final[dict[str, str | None]] = {
    "000123456789": None,
    "000111111116": "no_account",
    "000111111113": "account_closed",
    "000222222227": "insufficient_funds",
    "000333333335": "debit_not_authorized",
    "000444444440": "invalid_currency",
    "000555555559": "disputed",
    "000000000009": "pending",
    "000777777771": "returned",
    "000777777772": "returned_late",
}
"""Scenario by account number at the test bank; these are verified as soon as they are on file."""

NO_MICRODEPOSITS_NUMBER: Final = "000666666661"
"""The account number at the test bank to which micro-deposits cannot be sent."""

TOKEN_NUMBERS: Final[dict[str, str]] = {
    token: next(number for number, plays in ACCOUNT_NUMBER_SCENARIOS.items() if plays == scenario)
    for token, scenario in SOURCE_SCENARIOS.items()
}
"""Account number by test token, for the source that is made from it."""

_GUESSES: Final[dict[str | tuple[int, ...], Guess]] = {
    (32, 45): Guess.RIGHT,
    (10, 11): Guess.ONE_TOO_MANY,
    (40, 41): Guess.TOO_LATE,
    "SM11AA": Guess.RIGHT,
    "SM33CC": Guess.ONE_TOO_MANY,
    "SM44DD": Guess.TOO_LATE,
}


def behaviour_of(numbers: BankNumbers) -> tuple[str | None, Verification]:
    """Return what a test-mode bank account plays, and whether it is verified at once.

    Those with a part to play are, so that they can be used straight away; others prove themselves by micro-deposits.
    """
    if numbers.routing_number != TEST_BANK_ROUTING_NUMBER:
        return None, Verification.PENDING
    if numbers.account_number == NO_MICRODEPOSITS_NUMBER:
        return None, Verification.FAILED
    if numbers.account_number in ACCOUNT_NUMBER_SCENARIOS:
        return ACCOUNT_NUMBER_SCENARIOS[numbers.account_number], Verification.VERIFIED
    return None, Verification.PENDING


def judge_amounts(amounts: tuple[int, int]) -> Guess:
    """Return what amounts of micro-deposits, in cents and any order, are worth in test mode."""
    return _GUESSES.get(tuple(sorted(amounts)), Guess.WRONG)


def judge_descriptor_code(code: str) -> Guess:
    """Return what the code of a micro-deposit is worth in test mode."""
    return _GUESSES.get(code, Guess.WRONG)


class SandboxRail(msgspec.Struct, frozen=True):
    """The rail of test mode; live money is none of its business, so it never has an answer for it.

    `settle_after_s` is how long a banking day takes where no test clock runs: one until the first answer, two until
    a return, sixty until a late one.
    """

    settle_after_s: float

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
        days = None
        settles_ms = now_ms + self._days_ms(1)
        if is_frozen:
            calendar = calendar_of(currency)
            days = calendar.settlement_days if settlement_days is None else settlement_days
            settles_ms = availability(calendar, submitted_ms=now_ms, settlement_days=days).available_on * 1000
        waits = isinstance(SCENARIOS[scenario].first, Wait)
        return Plan(
            expected_availability_date=settles_ms // 1000,
            due_ms=None if waits else settles_ms,
            settlement_days=days,
        )

    def outcome(self, instruction: Instruction, *, now_ms: int) -> Outcome:
        """Return what the counterparty's scenario holds for the money now."""
        if instruction.scope.livemode:
            return Wait()
        scenario = SCENARIOS[instruction.scenario]
        if instruction.is_collected:
            return scenario.returns or Wait()
        if scenario.returns:
            return Succeed(return_due_ms=self._return_due_ms(instruction, scenario, now_ms))
        return scenario.first

    def _return_due_ms(self, instruction: Instruction, scenario: Scenario, now_ms: int) -> int:
        """Return when money that arrives now goes back (Unix milliseconds)."""
        if not instruction.is_frozen:
            return now_ms + self._days_ms(scenario.days)
        calendar = calendar_of(instruction.currency)
        count = after_calendar_days if scenario.late else after_business_days
        return count(calendar, moment_ms=now_ms, days=scenario.days)

    def _days_ms(self, days: int) -> int:
        return round(self.settle_after_s * 1000 * days)
