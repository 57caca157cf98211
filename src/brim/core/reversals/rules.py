"""A reversal: the credit entry that takes a wrong debit back, and when it is allowed.

Source: Nacha operating rules on reversing entries: only for a wrong amount, receiver or date, or a duplicate; the
reversing entry is available to the receiving bank within five banking days of the settlement of the erroneous one, with
its company identification, class and amount.
"""

from datetime import date
from enum import StrEnum
from typing import Final

import msgspec

from brim.base.errors import KeptRefusalError
from brim.base.scope import AccountScope

REVERSAL_PREFIX: Final = "achr_"


class ReversalReason(StrEnum):
    """What was wrong with a debit. Source: Nacha operating rules, reversing entries."""

    WRONG_AMOUNT = "wrong_amount"
    WRONG_RECEIVER = "wrong_receiver"
    WRONG_DATE = "wrong_date"
    DUPLICATE = "duplicate"


class ReversalStatus(StrEnum):
    """The status of a reversal."""

    REQUESTED = "requested"
    """The next file takes it, or it has left and the bank has not booked it."""
    SETTLED = "settled"
    """The bank has booked it: the customer has the money back."""
    RETURNED = "returned"
    """The receiving bank has returned it, and the money is in the balance again."""
    MISSED = "missed"
    """No file left with it in time, or no statement booked it, and the money is in the balance again."""
    SUPERSEDED = "superseded"
    """It did not leave, because the debit came back by itself, or the bank had rejected it."""


class Reversal(msgspec.Struct, frozen=True, kw_only=True):
    """A reversal of a debit; times are Unix milliseconds, days those of the originator, `amount` is in cents.

    `number` is the presentment of the top-up that it reverses; `original_trace`, `debited_on`, `sec_code`,
    `company_name` and `company_id` are those of that entry. `reason` is None for a reversal that was found in a file
    after a restore. `settled_by` and `returned_by` are lines of statements; `is_credited` tells whether the balance has
    the money back.
    """

    scope: AccountScope
    id: str
    owner: str
    originator: str
    topup: str
    number: int
    reason: ReversalReason | None
    amount: int
    original_trace: str
    debited_on: date
    sec_code: str
    company_name: str | None
    company_id: str | None
    status: ReversalStatus
    requested_by: str
    requested_ms: int
    sendable_until_ms: int
    leaves_ms: int
    file: str | None = None
    batch: int | None = None
    trace: str | None = None
    settled_on: date | None = None
    settled_by: str | None = None
    return_code: str | None = None
    return_trace: str | None = None
    returned_by: str | None = None
    is_credited: bool = False
    ended_ms: int | None = None

    @property
    def owner_scope(self) -> AccountScope:
        """The scope of the account whose top-up it reverses."""
        return AccountScope(self.owner, self.scope.livemode)

    @property
    def has_paid(self) -> bool:
        """Whether a statement shows that the customer was paid, and no return has taken that back."""
        return self.settled_by is not None and self.return_code is None


class ReversalFilters(msgspec.Struct, frozen=True, kw_only=True):
    """Which reversals: all given filters hold."""

    status: ReversalStatus | None = None
    topup: str | None = None
    file: str | None = None


class DebitFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of the newest debit of a top-up.

    `is_queued` says that its cut-off has passed, `unsent_in` is the file that it is in and that has not left;
    `rejected_in` the one that the bank has rejected.
    `open_return` is a return that could not be applied, or that is dishonored; `reversal` its reversal, if it has one,
    and `refund` a refund of it that has paid the customer, or is about to.
    """

    topup: str
    status: str
    is_queued: bool
    unsent_in: str | None = None
    rejected_in: str | None = None
    return_code: str | None = None
    open_return: str | None = None
    reversal: str | None = None
    refund: str | None = None
    has_account_number: bool = True
    is_sent: bool = True


class NotReversibleError(KeptRefusalError):
    """The debit can't be reversed."""

    def __init__(self, topup: str, reason: str) -> None:
        super().__init__(f"The debit of {topup} cannot be reversed: {reason}")


class DebitNotSentError(KeptRefusalError):
    """The debit has not been sent to the bank, so there is nothing to reverse."""

    def __init__(self, facts: DebitFacts) -> None:
        what = "Cancel the top-up instead."
        if facts.unsent_in is not None:
            what = (
                f"Void the file {facts.unsent_in}, detach the bank account, and cancel the top-up; or reverse the "
                "debit once the file is sent."
            )
        elif facts.is_queued:
            what = "Detach the bank account and cancel the top-up; or reverse the debit once its file is sent."
        super().__init__(f"The debit of {facts.topup} has not been sent to the bank. {what}")


class AlreadyReversedError(KeptRefusalError):
    """The debit already has a reversal."""

    def __init__(self, topup: str, reversal: str | None) -> None:
        named = f": see {reversal}" if reversal else ""
        super().__init__(
            f"The debit of {topup} already has a reversal{named}. A debit is reversed once; pay the customer another "
            "way."
        )


class TooLateToReverseError(KeptRefusalError):
    """The five banking days for reversing the debit are over."""

    def __init__(self, topup: str, settled_on: date) -> None:
        super().__init__(
            f"The debit of {topup} settled on {settled_on} and could be reversed for five banking days, until the last "
            "cut-off of the fifth. Pay the customer another way."
        )


def check_reversible(facts: DebitFacts) -> None:
    """Check that a debit can be reversed, but for its deadline.

    Raises:
        AlreadyReversedError: it has a reversal.
        DebitNotSentError: it has not been sent.
        NotReversibleError: it was canceled, returned, rejected or refunded, or a return of it is not settled.
    """
    if facts.reversal is not None:
        raise AlreadyReversedError(facts.topup, facts.reversal)
    reason = _never_debited(facts) or _has_come_back(facts)
    if reason is not None:
        raise NotReversibleError(facts.topup, reason)
    if not facts.is_sent:
        raise DebitNotSentError(facts)
    if facts.open_return is not None:
        reason = (
            f"a return of it is disputed or could not be applied ({facts.open_return}). Settle that first: otherwise "
            "the customer may be paid twice."
        )
    elif facts.refund is not None:
        reason = (
            f"it was refunded ({facts.refund}), so the customer would be paid twice. Cancel the refund first if it "
            "wasn't sent; otherwise refund the rest."
        )
    elif facts.status not in {"pending", "succeeded"}:
        reason = f"it is {facts.status}."
    elif not facts.has_account_number:
        reason = "the account number that it was sent with was erased."
    if reason is not None:
        raise NotReversibleError(facts.topup, reason)


def _never_debited(facts: DebitFacts) -> str | None:
    """Return why the customer was not debited and never will be, None otherwise."""
    if facts.status == "canceled":
        return "it was canceled before it was sent, so the customer was not debited."
    if facts.rejected_in is not None:
        return (
            f"the bank has rejected it with {facts.rejected_in}, so the customer was not debited. Do not resubmit it."
        )
    if facts.status == "failed" and not facts.is_sent:
        return "it failed before it was sent, so the customer was not debited."
    return None


def _has_come_back(facts: DebitFacts) -> str | None:
    """Return how the customer has the money back already, None otherwise."""
    if facts.return_code is None:
        return None
    returned = f"its bank has returned it ({facts.return_code})"
    if facts.status == "pending":
        return f"{returned}, and the debit will be re-presented. Cancel the top-up instead."
    return f"{returned}, so the customer has the money back."
