"""Post what a bank's statement says of a top-up, so that what was clearing returns to zero.

A confirmation may come before the money becomes usable, and a failed top-up may have one: it says what the bank did,
and changes no status.
"""

from brim.base.errors import ResourceMissingError
from brim.core import ledger
from brim.core.time import OwnerTime
from brim.core.topups import bank_confirmation_store as confirmations
from brim.core.topups.bank_confirmation_rules import (
    BankConfirmation,
    ConfirmedOtherwiseError,
    bank_posting,
)
from brim.core.topups.store import fetch_topups
from brim.platform.database import Conn


async def confirm_by_bank(conn: Conn, confirmation: BankConfirmation, moment: OwnerTime) -> bool:
    """Post a confirmation in the caller's transaction; return whether it was new.

    One that is known already, by its top-up, step and number, posts nothing again.

    Raises:
        ResourceMissingError: there is no such top-up.
        UnexpectedBankAmountError: the amount is not what the top-up calls for.
        ConfirmedOtherwiseError: another line of a statement has confirmed the same step.
    """
    [topup] = await fetch_topups(conn, [(confirmation.scope, confirmation.topup)])
    if topup is None:
        raise ResourceMissingError("topup", confirmation.topup, param="topup")
    posting = bank_posting(
        confirmation,
        amount=topup.amount,
        currency=topup.currency,
        entry_id=moment.new_id("je_"),
        created=moment.now_ms // 1000,
    )
    known = await confirmations.insert_or_find(conn, confirmation, currency=topup.currency, now_ms=moment.now_ms)
    if known is not None:
        if known != confirmation:
            raise ConfirmedOtherwiseError(confirmation, known)
        return False
    await ledger.post_entries(conn, [posting])
    return True
