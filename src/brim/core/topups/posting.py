"""What a top-up posts to the ledger at each step of its life."""

from typing import Final

from brim.base.ids import created_of
from brim.core.ledger import DEBIT_CREDIT, BalanceTransaction, Transfer, TransferKind
from brim.core.topups.rules import Status, Topup

BOOKED_AT: Final[dict[Status, TransferKind]] = {
    Status.SUCCEEDED: TransferKind.TOPUP,
    Status.REVERSED: TransferKind.TOPUP_REVERSAL,
}
"""What is booked when a top-up comes to a status; the other statuses move no money."""


def book(topup: Topup, kind: TransferKind, *, transfer_id: str) -> Transfer:
    """Return the transfer that one step of a top-up's life posts."""
    debit, credit = DEBIT_CREDIT[kind]
    return Transfer(
        scope=topup.scope,
        id=transfer_id,
        topup=topup.id,
        kind=kind,
        debit_account=debit,
        credit_account=credit,
        amount=topup.amount,
        currency=topup.currency,
        created=created_of(transfer_id),
    )


def statement_line(topup: Topup, kind: TransferKind, *, transaction_id: str) -> BalanceTransaction:
    """Return the balance transaction that one step of a top-up's life shows its account."""
    amount = topup.amount if kind is TransferKind.TOPUP else -topup.amount
    return BalanceTransaction(
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
        type=kind,
    )
