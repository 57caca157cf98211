"""The payments of an entry as lines of their own. Pure.

Banks book a batch of returns or of incoming transfers as one entry and list the payments in it (camt's TxDtls). Where
they are all there and add up, each is matched by itself, and the entry is the parent of their lines: it alone counts in
the statement's balance and is what a repeated statement is compared with.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from brim.core.reconciliation.formats import LineStatus, StatementLine, TransactionDetail
from brim.core.reconciliation.formats.statement import remittance_of
from brim.core.reconciliation.placing import LineFacts

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


class AnnouncedAlone:
    """Payments that notifications have brought one by one, and that no entry has been found to repeat yet.

    Some banks notify each payment and book them together: then those of the entry are known.

    Args:
        announced: what they say.
    """

    def __init__(self, announced: Iterable[LineFacts]) -> None:
        self._waiting: dict[tuple[object, int], list[LineFacts]] = defaultdict(list)
        for each in announced:
            self._waiting[each.booked_on, each.amount].append(each)
        self.is_any = bool(self._waiting)
        """Whether there were any."""

    def take(self, lines: Sequence[LineFacts]) -> frozenset[int]:
        """Return the positions of the lines that may be one of these, each of which is taken once.

        Those of a day and amount are where they share a reference, and may be where either has none of its payer.
        """
        found: set[int] = set()
        for is_strict in (True, False):
            for position, line in enumerate(lines):
                waiting = self._waiting.get((line.booked_on, line.amount))
                if not waiting or position in found:
                    continue
                twin = next((each for each in waiting if _is_alike(line, each, is_strict=is_strict)), None)
                if twin is not None:
                    waiting.remove(twin)
                    found.add(position)
        return frozenset(found)


def _is_alike(line: LineFacts, other: LineFacts, *, is_strict: bool) -> bool:
    if not is_strict:
        return not (line.reference and other.reference)
    is_named = bool(line.bank_reference) and line.bank_reference == other.bank_reference
    return is_named or (bool(line.reference) and line.reference == other.reference)


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
