"""What a bank's statement says of a top-up, and what that posts."""

from enum import StrEnum
from typing import Final

import msgspec

from brim.base.errors import BrimError
from brim.base.scope import AccountScope
from brim.core.ledger import (
    AVAILABLE,
    FEES,
    FUNDING_CLEARING,
    BalanceTransaction,
    BalanceTransactionType,
    EntryLine,
    JournalEntry,
    Posting,
    bank_ledger_account,
    numbered_step,
)
from brim.core.topups.posting import SOURCE_TYPE
from brim.core.topups.rules import Topup


class BankStep(StrEnum):
    """What the bank did with a top-up's money. The names are those of the steps that are posted."""

    CREDIT = "bank_credit"
    """It came to our bank account."""
    CREDIT_UNDONE = "bank_credit_undone"
    """People had said that a line was this money, and it was not: whether it came is open again."""
    RETURN = "bank_return"
    """It was taken from our bank account again."""
    DISHONOR = "bank_dishonor"
    """The money came back because the return was dishonored; it may be contested."""
    CONTEST = "bank_contest"
    """The money was taken again because the dishonor was contested."""
    ACCEPTED = "topup_dishonored_return"
    """The money stays: the dishonor was not contested in time, so the customer is credited."""
    REVERSAL = "bank_reversal"
    """The money was taken from our bank account by the reversal of the debit."""
    REVERSAL_RETURN = "bank_reversal_return"
    """The reversal was returned, and its money came back to our bank account."""
    REFUND = "bank_refund"
    """The money was taken from our bank account by a refund."""
    REFUND_RETURN = "bank_refund_return"
    """The refund was returned, and its money came back to our bank account."""
    REVERSAL_FAILURE = "topup_reversal_failure"
    """The reversal was returned, or never left: the customer is credited."""
    RETURNED_AFTER = "topup_return"
    """The debit was returned after its reversal had failed: the customer is debited."""


COMING: Final = (BankStep.CREDIT, BankStep.DISHONOR, BankStep.REVERSAL_RETURN)
"""The steps that bring money into our bank account."""
GOING: Final = (BankStep.RETURN, BankStep.CONTEST, BankStep.REVERSAL, BankStep.CREDIT_UNDONE)
"""The steps that take it out."""
MAY_BE_UNDONE: Final = (BankStep.CREDIT, BankStep.CREDIT_UNDONE)
"""The steps of which there may be several with one number, each undone but the last."""
OF_REFUNDS: Final = (BankStep.REFUND, BankStep.REFUND_RETURN)
"""The steps that are those of a refund, and no top-up's."""


class BalanceStep(msgspec.Struct, frozen=True):
    """What a step that changes the customer's balance moves, beside the status of its top-up, which stays as it is."""

    debit_account: str
    credit_account: str
    sign: int


_CREDITED: Final = BalanceStep(FUNDING_CLEARING, AVAILABLE, 1)
BALANCE_STEPS: Final[dict[BankStep, BalanceStep]] = {
    BankStep.ACCEPTED: _CREDITED,
    BankStep.REVERSAL_FAILURE: _CREDITED,
    BankStep.RETURNED_AFTER: BalanceStep(AVAILABLE, FUNDING_CLEARING, -1),
}
"""The steps that change the customer's balance; the balance transaction's type has the name of the step."""


class BankConfirmation(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a bank's statement that is about a top-up.

    `number` counts those of one step, since a debit that was returned may be presented again, and `again` how often it
    was confirmed, since people may undo that. `amount` is the bank's, positive, in minor units of the top-up's
    currency; `reference` names the line of the statement. For the steps of a refund (`OF_REFUNDS`), `topup` is the id
    of the refund.
    """

    scope: AccountScope
    topup: str
    step: BankStep
    number: int = 1
    again: int = 1
    bank_account: str
    amount: int
    reference: str

    @property
    def numbered_step(self) -> str:
        """The step as the ledger calls it: `bank_credit`, `bank_credit:2`, or `bank_credit:1/2` the second time."""
        return numbered_step(self.step, self.number) if self.again == 1 else f"{self.step}:{self.number}/{self.again}"


class UnexpectedBankAmountError(BrimError):
    """The bank's amount is not what the top-up calls for; a person has to look."""

    def __init__(self, confirmation: BankConfirmation, expected: int) -> None:
        super().__init__(
            f"The bank's {confirmation.step} of {confirmation.topup} is {confirmation.amount}, not {expected}."
        )


class ConfirmedOtherwiseError(BrimError):
    """The step of the top-up was confirmed before, by another line of a statement; a person has to look."""

    def __init__(self, confirmation: BankConfirmation, known: BankConfirmation) -> None:
        super().__init__(
            f"{confirmation.numbered_step} of {confirmation.topup} was confirmed by {known.reference}"
            f" ({known.amount}), not {confirmation.reference} ({confirmation.amount})."
        )


def is_expected(confirmation: BankConfirmation, amount: int) -> bool:
    """Tell whether the bank's amount is what a top-up of `amount` calls for, with a fee where it was taken back."""
    fee = confirmation.amount - amount
    return fee == 0 or (fee > 0 and confirmation.step is BankStep.RETURN)


def bank_posting(confirmation: BankConfirmation, *, amount: int, currency: str, entry_id: str, created: int) -> Posting:
    """Return what a confirmation posts of a top-up of `amount`.

    What a bank takes back beyond the top-up is a fee, and never the customer's.

    Raises:
        UnexpectedBankAmountError: another amount came, or less was taken back than the top-up's.
    """
    if not is_expected(confirmation, amount):
        raise UnexpectedBankAmountError(confirmation, amount)
    fee = confirmation.amount - amount
    bank = bank_ledger_account(confirmation.bank_account)
    debit, credit = (bank, FUNDING_CLEARING) if confirmation.step in COMING else (FUNDING_CLEARING, bank)
    lines = [EntryLine(debit_account=debit, credit_account=credit, amount=amount, currency=currency)]
    if fee:
        lines.append(EntryLine(debit_account=FEES, credit_account=bank, amount=fee, currency=currency))
    entry = JournalEntry(
        scope=confirmation.scope,
        id=entry_id,
        source_type=SOURCE_TYPE,
        source=confirmation.topup,
        step=confirmation.numbered_step,
        lines=tuple(lines),
        created=created,
    )
    return Posting(entry=entry)


def balance_posting(topup: Topup, step: BankStep, *, entry_id: str, transaction_id: str, created: int) -> Posting:
    """Return what a step of `BALANCE_STEPS` posts of a top-up; its status does not change."""
    rule = BALANCE_STEPS[step]
    line = EntryLine(
        debit_account=rule.debit_account,
        credit_account=rule.credit_account,
        amount=topup.amount,
        currency=topup.currency,
    )
    amount = topup.amount * rule.sign
    entry = JournalEntry(
        scope=topup.scope,
        id=entry_id,
        source_type=SOURCE_TYPE,
        source=topup.id,
        step=step,
        lines=(line,),
        created=created,
    )
    transaction = BalanceTransaction(
        scope=topup.scope,
        id=transaction_id,
        amount=amount,
        available_on=created,
        created=created,
        currency=topup.currency,
        description=topup.description,
        fee=0,
        net=amount,
        source=topup.id,
        type=BalanceTransactionType(step.value),
    )
    return Posting(entry=entry, balance_transaction=transaction, may_overdraw=rule.sign < 0)
