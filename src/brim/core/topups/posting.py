"""What a top-up posts to the ledger at each step of its life."""

from typing import Final

import msgspec

from brim.base.ids import created_of
from brim.core.ledger import (
    AVAILABLE,
    FUNDING_CLEARING,
    BalanceTransaction,
    BalanceTransactionType,
    EntryLine,
    JournalEntry,
    Posting,
)
from brim.core.topups.rules import Status, Topup

SOURCE_TYPE: Final = "topup"
"""What the ledger calls what a top-up posts."""


class PostingRule(msgspec.Struct, frozen=True):
    """How a step moves a top-up's amount. The step and its balance transaction's type have the same name."""

    step: BalanceTransactionType
    debit_account: str
    credit_account: str
    sign: int
    may_overdraw: bool = False


POSTED_AT: Final[dict[Status, PostingRule]] = {
    Status.SUCCEEDED: PostingRule(BalanceTransactionType.TOPUP, FUNDING_CLEARING, AVAILABLE, 1),
    Status.REVERSED: PostingRule(
        BalanceTransactionType.TOPUP_REVERSAL, AVAILABLE, FUNDING_CLEARING, -1, may_overdraw=True
    ),
}
"""What is posted when a top-up comes to a status; the other statuses move no money."""


def posting_of(topup: Topup, *, entry_id: str, transaction_id: str) -> Posting:
    """Return what a top-up posts that has just come to a status that moves money."""
    rule = POSTED_AT[topup.status]
    line = EntryLine(
        debit_account=rule.debit_account,
        credit_account=rule.credit_account,
        amount=topup.amount,
        currency=topup.currency,
    )
    entry = JournalEntry(
        scope=topup.scope,
        id=entry_id,
        source_type=SOURCE_TYPE,
        source=topup.id,
        step=rule.step,
        lines=(line,),
        created=created_of(entry_id),
    )
    amount = topup.amount * rule.sign
    transaction = BalanceTransaction(
        scope=topup.scope,
        id=transaction_id,
        amount=amount,
        available_on=created_of(transaction_id),
        created=created_of(transaction_id),
        currency=topup.currency,
        description=topup.description,
        fee=0,
        net=amount,
        source=topup.id,
        type=rule.step,
    )
    return Posting(entry=entry, balance_transaction=transaction, may_overdraw=rule.may_overdraw)
