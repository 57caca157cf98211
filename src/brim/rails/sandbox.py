"""The sandbox: no bank at all. A top-up's outcome follows from the test id it was made with.

Source of the tokens: Stripe's Connect testing guide. Source of the payment methods: Stripe's ACH Direct Debit
testing guide. Ours, where no documented id has the effect: `btok_us_verified_reversed`, `btok_us_verified_pending`.
"""

from typing import Final

import msgspec

from brim.domain.topups import Topup
from brim.rails.rail import Fail, Outcome, Plan, Succeed, Wait

_SUCCEED: Final = Succeed()
_WAIT: Final = Wait()
_NO_ACCOUNT: Final = Fail("no_account", "The bank could not find an account with the details on file.")
_ACCOUNT_CLOSED: Final = Fail("account_closed", "The bank account has been closed, so it cannot be debited.")
_INSUFFICIENT_FUNDS: Final = Fail("insufficient_funds", "The bank account holds too little to cover this top-up.")
_DEBIT_NOT_AUTHORIZED: Final = Fail(
    "debit_not_authorized", "The owner of the bank account has not authorized this debit."
)
_INVALID_CURRENCY: Final = Fail("invalid_currency", "The bank account cannot be debited in the top-up's currency.")

SOURCE_OUTCOMES: Final[dict[str, Outcome]] = {
    "btok_us_verified": _SUCCEED,
    "btok_us_verified_noAccount": _NO_ACCOUNT,
    "btok_us_verified_accountClosed": _ACCOUNT_CLOSED,
    "btok_us_verified_insufficientFunds": _INSUFFICIENT_FUNDS,
    "btok_us_verified_debitNotAuthorized": _DEBIT_NOT_AUTHORIZED,
    "btok_us_verified_invalidCurrency": _INVALID_CURRENCY,
    "btok_us_verified_reversed": _SUCCEED,  # the money arrives first; the bank takes it back later
    "btok_us_verified_pending": _WAIT,
}

PAYMENT_METHOD_OUTCOMES: Final[dict[str, Outcome]] = {
    "pm_usBankAccount_success": _SUCCEED,
    "pm_usBankAccount_noAccount": _NO_ACCOUNT,
    "pm_usBankAccount_accountClosed": _ACCOUNT_CLOSED,
    "pm_usBankAccount_insufficientFunds": _INSUFFICIENT_FUNDS,
    "pm_usBankAccount_debitNotAuthorized": _DEBIT_NOT_AUTHORIZED,
    "pm_usBankAccount_invalidCurrency": _INVALID_CURRENCY,
    "pm_usBankAccount_dispute": _SUCCEED,  # a dispute comes after the money
    "pm_usBankAccount_processing": _WAIT,  # documented to stay in processing for ever
}


def is_known_source(token: str) -> bool:
    """Tell whether the sandbox has an outcome for a `source`; there are no others."""
    return token in SOURCE_OUTCOMES


def is_known_payment_method(payment_method: str) -> bool:
    """Tell whether the sandbox has an outcome for a `payment_method`; there are no others."""
    return payment_method in PAYMENT_METHOD_OUTCOMES


class SandboxRail(msgspec.Struct, frozen=True):
    """The rail of test mode; live money is none of its business, so it never has an answer for it.

    `settle_after_s` is how long a top-up stays pending.
    """

    settle_after_s: float

    def plan(self, *, source: str | None, payment_method: str | None, now_ms: int) -> Plan:
        """Return the moment at which a top-up made now settles; its money is usable in that very second.

        A top-up that will fail, or wait for ever, is expected then all the same: nobody knows when it is made.
        """
        settles_ms = now_ms + round(self.settle_after_s * 1000)
        waits = isinstance(_outcome_of(source, payment_method), Wait)
        return Plan(expected_availability_date=settles_ms // 1000, settle_due_ms=None if waits else settles_ms)

    def outcome(self, topup: Topup) -> Outcome:
        """Return what the test id of a top-up stands for."""
        if topup.owner.livemode:
            return _WAIT
        return _outcome_of(topup.source, topup.payment_method)


def _outcome_of(source: str | None, payment_method: str | None) -> Outcome:
    """Return the outcome of what pays; the default funding source, named by neither, always works."""
    if source is not None:
        return SOURCE_OUTCOMES[source]
    if payment_method is not None:
        return PAYMENT_METHOD_OUTCOMES[payment_method]
    return _SUCCEED
