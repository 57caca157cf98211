"""A refund: the credit entry that pays a top-up back, whole or in part; when it is allowed, and what it posts."""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from typing import Final

import msgspec

from brim.base.currency import dollars, written_amount
from brim.base.errors import KeptRefusalError
from brim.base.scope import AccountScope
from brim.core.ledger import (
    AVAILABLE,
    FUNDING_CLEARING,
    BalanceTransaction,
    BalanceTransactionType,
    EntryLine,
    JournalEntry,
    Posting,
    bank_ledger_account,
)
from brim.core.rails.ach import ACH
from brim.core.topups import BankStep

REFUND_PREFIX: Final = "rfnd_"
SOURCE_TYPE: Final = "refund"
"""What the ledger calls what a refund posts."""
CURRENCY: Final = "usd"
"""What ACH moves."""


class RefundStatus(StrEnum):
    """The status of a refund. Source: Stripe API reference, the Refund object."""

    PENDING = "pending"
    """The next file takes it, or it has left and the bank has not booked it."""
    SUCCEEDED = "succeeded"
    """The bank has booked it: the customer has the money."""
    FAILED = "failed"
    """It was returned or must not leave, and the balance has the money again."""
    CANCELED = "canceled"
    """Somebody canceled it before it left, and the balance has the money again."""


class FailureReason(StrEnum):
    """Why a refund failed. Source: Stripe API reference, the Refund object, `failure_reason`."""

    DECLINED = "declined"
    """The receiving bank has returned it."""
    DISPUTED = "charge_for_pending_refund_disputed"
    """The debit was returned or rejected before the refund had left."""
    UNKNOWN = "unknown"
    """Its entry fits no file, or no statement booked it."""


class Refund(msgspec.Struct, frozen=True, kw_only=True):
    """A refund of a top-up; times are Unix milliseconds, days those of the originator, `amount` is in cents.

    `scope` is the platform's, `owner` the account of the top-up. `number` is the presentment that was paid, and
    `debited_on` the day on which it settled. `transaction_code` to `sealed` say to which bank account it went: None
    until it is in a file. `settled_by` and `returned_by` are lines of statements.
    """

    scope: AccountScope
    id: str
    owner: str
    originator: str
    topup: str
    number: int
    amount: int
    description: str | None = None
    metadata: dict[str, str] = {}
    debited_on: date
    sec_code: str
    status: RefundStatus = RefundStatus.PENDING
    failure_reason: FailureReason | None = None
    requested_by: str
    requested_ms: int
    leaves_ms: int
    balance_transaction: str
    failure_balance_transaction: str | None = None
    transaction_code: int | None = None
    routing_number: str | None = None
    last4: str | None = None
    receiver_name: str | None = None
    sealed: bytes | None = None
    file: str | None = None
    batch: int | None = None
    trace: str | None = None
    settled_on: date | None = None
    settled_by: str | None = None
    return_code: str | None = None
    return_trace: str | None = None
    returned_by: str | None = None
    canceled_by: str | None = None
    ended_ms: int | None = None

    @property
    def owner_scope(self) -> AccountScope:
        """The scope of the account whose top-up it pays back."""
        return AccountScope(self.owner, self.scope.livemode)

    @property
    def has_money(self) -> bool:
        """Whether its money is the customer's, or on its way there."""
        return self.status in {RefundStatus.PENDING, RefundStatus.SUCCEEDED}

    @property
    def place(self) -> str:
        """What its account number is sealed for."""
        return f"refund/{self.scope.account}/{self.scope.livemode}/{self.id}"


class RefundFilters(msgspec.Struct, frozen=True, kw_only=True):
    """Which refunds: all given filters hold."""

    status: RefundStatus | None = None
    topup: str | None = None
    file: str | None = None


class PaymentFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a top-up that is to be refunded.

    `refunded` is the sum of its refunds whose money has not come back, in cents. `reversal` is the reversal of its
    debit, `return_code` the debit's return, `open_return` a return that could not be applied, `rejected_in` the file
    that the bank has rejected its debit with. `is_taken_back` says that a statement has taken the debit back, whatever
    its return says. `returnable_until_ms` is when ordinary returns have arrived.
    """

    topup: str
    status: str
    amount: int
    refunded: int
    rail: str
    is_collected: bool
    reversal: str | None = None
    return_code: str | None = None
    rejected_in: str | None = None
    open_return: str | None = None
    is_taken_back: bool = False
    returnable_until_ms: int = 0
    is_detached: bool = False
    has_account_number: bool = True
    is_account_ended: bool = False

    @property
    def left(self) -> int:
        """How much of it can still be refunded, in cents."""
        return self.amount - self.refunded


class NotRefundableError(KeptRefusalError):
    """The top-up can't be refunded."""

    def __init__(self, topup: str, reason: str) -> None:
        super().__init__(f"The top-up {topup} cannot be refunded: {reason}")


class AlreadyRefundedError(KeptRefusalError):
    """The top-up has already been refunded in full."""

    def __init__(self, facts: PaymentFacts) -> None:
        super().__init__(f"The top-up {facts.topup} has already been refunded.")


class RefundTooLargeError(KeptRefusalError):
    """The amount is greater than the unrefunded amount of the top-up."""

    def __init__(self, facts: PaymentFacts, amount: int) -> None:
        super().__init__(
            f"Refund amount ({written_amount(amount, CURRENCY)}) is greater than the unrefunded amount of the top-up "
            f"({written_amount(facts.left, CURRENCY)})."
        )


class DebitReturnableError(KeptRefusalError):
    """The debit can still be returned for ordinary reasons, so the customer could be paid twice."""

    def __init__(self, topup: str) -> None:
        super().__init__(
            f"The debit of {topup} may still be returned, and then the customer would have the money twice. Refund it "
            "from the opening of the third banking day after its settlement."
        )


class RefundFundsError(KeptRefusalError):
    """The available balance is less than the refund."""

    def __init__(self, *, available: int, amount: int) -> None:
        what = (
            f"is negative ({dollars(available)}) and has to recover first"
            if available < 0
            else f"({dollars(available)}) is less than the refund ({dollars(amount)})"
        )
        super().__init__(f"Insufficient funds: the account's available balance {what}.")


class RefundNotCancelableError(KeptRefusalError):
    """The refund can no longer be canceled."""

    def __init__(self, found: Refund) -> None:
        why = f"its file {found.file} was approved. Void that first, unless it was sent"
        if found.status is not RefundStatus.PENDING:
            why = f"it is {found.status}"
        super().__init__(f"The refund {found.id} cannot be canceled: {why}.")


def check_refundable(facts: PaymentFacts, amount: int | None, *, now_ms: int) -> int:
    """Return the amount of a refund: what is left of the top-up if none is given.

    Raises:
        NotRefundableError: the top-up has not succeeded, its money went back another way or may, or its bank account
            cannot be credited.
        AlreadyRefundedError, RefundTooLargeError: nothing, or less, is left of it.
        DebitReturnableError: ordinary returns may still arrive.
    """
    reason = _went_back(facts) or _never_came(facts) or _unclear(facts) or _unreachable(facts)
    if reason is not None:
        raise NotRefundableError(facts.topup, reason)
    if not facts.left:
        raise AlreadyRefundedError(facts)
    if now_ms < facts.returnable_until_ms:
        raise DebitReturnableError(facts.topup)
    wanted = facts.left if amount is None else amount
    if wanted > facts.left:
        raise RefundTooLargeError(facts, wanted)
    return wanted


def _went_back(facts: PaymentFacts) -> str | None:
    if facts.reversal is not None:
        return f"its debit was reversed ({facts.reversal})."
    if facts.return_code is not None:
        return f"the customer's bank has returned its debit ({facts.return_code}), so the customer has the money back."
    if facts.is_taken_back:
        return "a statement has taken its debit back, so the customer has the money back."
    return None


def _never_came(facts: PaymentFacts) -> str | None:
    if facts.status == "pending":
        return "it is pending. Cancel it, or reverse its debit if that was wrong."
    if facts.status != "succeeded":
        return f"it is {facts.status}."
    if facts.rejected_in is not None:
        return f"the bank has rejected its debit with {facts.rejected_in}, so the customer was not debited."
    if facts.rail != ACH or not facts.is_collected:
        return "no bank account was debited for it by ACH."
    return None


def _unclear(facts: PaymentFacts) -> str | None:
    if facts.open_return is None:
        return None
    return (
        f"a return of its debit could not be applied ({facts.open_return}). Settle that first: otherwise the customer "
        "may be paid twice."
    )


def _unreachable(facts: PaymentFacts) -> str | None:
    if facts.is_account_ended:
        return "its account was deleted or rejected. Pay the customer another way."
    if facts.is_detached:
        return "its bank account was detached. Pay the customer another way."
    if not facts.has_account_number:
        return "the number of its bank account was erased. Pay the customer another way."
    return None


def check_cancelable(found: Refund, *, is_unsent: bool) -> None:
    """Check that a refund has not ended, and is not on its way.

    Raises:
        RefundNotCancelableError: its file was approved, or it has ended.
    """
    if found.status is not RefundStatus.PENDING or not is_unsent:
        raise RefundNotCancelableError(found)


def refunded_of(found: Iterable[Refund]) -> int:
    """Return how much of a top-up its refunds have paid back, or are about to, in cents."""
    return sum(each.amount for each in found if each.has_money)


def refund_posting(refund: Refund, *, entry_id: str, created: int, may_overdraw: bool = False) -> Posting:
    """Return what a refund posts when it is requested: its money leaves the balance.

    `may_overdraw` is for one that has left already, as a file says after a restore.
    """
    shown = _shown(refund, refund.balance_transaction, BalanceTransactionType.REFUND, -refund.amount, created)
    entry = _entry(refund, shown.type, AVAILABLE, FUNDING_CLEARING, entry_id, created)
    return Posting(entry=entry, balance_transaction=shown, may_overdraw=may_overdraw)


def failure_posting(refund: Refund, *, entry_id: str, transaction_id: str, created: int) -> Posting:
    """Return what a refund posts that failed or was canceled: the balance has its money again."""
    shown = _shown(refund, transaction_id, BalanceTransactionType.REFUND_FAILURE, refund.amount, created)
    entry = _entry(refund, shown.type, FUNDING_CLEARING, AVAILABLE, entry_id, created)
    return Posting(entry=entry, balance_transaction=shown)


def bank_posting(refund: Refund, step: BankStep, *, bank_account: str, entry_id: str, created: int) -> Posting:
    """Return what a statement's line about a refund posts: its money left the bank, or came back after its return."""
    bank = bank_ledger_account(bank_account)
    debit, credit = (FUNDING_CLEARING, bank) if step is BankStep.REFUND else (bank, FUNDING_CLEARING)
    return Posting(entry=_entry(refund, step, debit, credit, entry_id, created))


def _entry(refund: Refund, step: str, debit: str, credit: str, entry_id: str, created: int) -> JournalEntry:
    line = EntryLine(debit_account=debit, credit_account=credit, amount=refund.amount, currency=CURRENCY)
    return JournalEntry(
        scope=refund.owner_scope,
        id=entry_id,
        source_type=SOURCE_TYPE,
        source=refund.id,
        step=step,
        lines=(line,),
        created=created,
    )


def _shown(
    refund: Refund, transaction_id: str, kind: BalanceTransactionType, amount: int, created: int
) -> BalanceTransaction:
    return BalanceTransaction(
        scope=refund.owner_scope,
        id=transaction_id,
        amount=amount,
        available_on=created,
        created=created,
        currency=CURRENCY,
        description=refund.description,
        fee=0,
        net=amount,
        source=refund.id,
        type=kind,
    )
