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
    RETURN = "bank_return"
    """It was taken from our bank account again."""
    DISHONOR = "bank_dishonor"
    """The money came back because the return was dishonored; it may be contested."""
    CONTEST = "bank_contest"
    """The money was taken again because the dishonor was contested."""
    ACCEPTED = "topup_dishonored_return"
    """The money stays: the dishonor was not contested in time, so the customer is credited."""


COMING: Final = (BankStep.CREDIT, BankStep.DISHONOR)
"""The steps that bring money into our bank account."""
GOING: Final = (BankStep.RETURN, BankStep.CONTEST)
"""The steps that take it out."""


class BankConfirmation(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a bank's statement that is about a top-up.

    `number` counts those of one step, since a debit that was returned may be presented again. `amount` is the bank's,
    positive, in minor units of the top-up's currency; `reference` names the line of the statement.
    """

    scope: AccountScope
    topup: str
    step: BankStep
    number: int = 1
    bank_account: str
    amount: int
    reference: str

    @property
    def numbered_step(self) -> str:
        """The step as the ledger calls it."""
        return numbered_step(self.step, self.number)


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


def bank_posting(confirmation: BankConfirmation, *, amount: int, currency: str, entry_id: str, created: int) -> Posting:
    """Return what a confirmation posts of a top-up of `amount`.

    What a bank takes back beyond the top-up is a fee, and never the customer's.

    Raises:
        UnexpectedBankAmountError: another amount came, or less was taken back than the top-up's.
    """
    fee = confirmation.amount - amount
    if fee < 0 or (fee and confirmation.step is not BankStep.RETURN):
        raise UnexpectedBankAmountError(confirmation, amount)
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


def accepted_posting(topup: Topup, *, entry_id: str, transaction_id: str, created: int) -> Posting:
    """Return what credits a customer for a top-up whose return was dishonored; its status does not change."""
    step = BalanceTransactionType.TOPUP_DISHONORED_RETURN
    line = EntryLine(
        debit_account=FUNDING_CLEARING, credit_account=AVAILABLE, amount=topup.amount, currency=topup.currency
    )
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
        amount=topup.amount,
        available_on=created,
        created=created,
        currency=topup.currency,
        description=topup.description,
        fee=0,
        net=topup.amount,
        source=topup.id,
        type=step,
    )
    return Posting(entry=entry, balance_transaction=transaction)
