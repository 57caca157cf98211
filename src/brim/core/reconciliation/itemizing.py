"""The payments of an entry as lines of their own. Pure.

Banks book a batch of returns or of incoming transfers as one entry and list the payments in it (camt's TxDtls). Where
they are all there and add up, each is matched by itself, and the entry is the parent of their lines: it alone counts in
the statement's balance and is what a repeated statement is compared with.
"""

from typing import Final

import msgspec

from brim.core.reconciliation.formats import LineStatus, StatementLine, TransactionDetail
from brim.core.reconciliation.formats.statement import remittance_of

MOST_PAYMENTS: Final = 10_000
"""Payments of an entry that become lines. They are matched in one transaction, which should not take minutes."""


def payments_of(line: StatementLine) -> tuple[StatementLine, ...]:
    """Return the payments of an entry as lines of its day and place; none unless all of it is listed.

    Each says how much it is, in the entry's currency, they are as many as the bank says, and their sum is the entry's
    amount to the cent: charges that are in the entry and in no payment leave it one line.
    """
    details = line.details
    if not 1 < len(details) <= MOST_PAYMENTS or line.status is not LineStatus.BOOKED or line.is_parked:
        return ()
    if line.batch_items not in {None, len(details)}:
        return ()
    if any(not each.amount_minor or each.currency != line.currency for each in details):
        return ()
    if sum(each.amount_minor or 0 for each in details) != line.amount_minor:
        return ()
    return tuple(_payment(line, each) for each in details)


def _payment(line: StatementLine, detail: TransactionDetail) -> StatementLine:
    return msgspec.structs.replace(
        line,
        amount_minor=detail.amount_minor or 0,
        is_return=line.is_return or bool(detail.return_reason),
        bank_reference=detail.bank_reference,
        customer_reference="",
        entry_reference="",
        end_to_end_id=detail.end_to_end_id,
        mandate_id=detail.mandate_id,
        message_id=detail.message_id,
        payment_information_id=detail.payment_information_id,
        batches=(),
        batch_items=None,
        charges_minor=detail.charges_minor,
        return_reason=detail.return_reason,
        details=(detail,),
        text=" ".join(text for text in (detail.counterparty_name, detail.return_reason, detail.return_text) if text),
        remittance=remittance_of((detail,)),
    )
