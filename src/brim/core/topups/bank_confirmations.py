"""Post what a bank's statement says of top-ups, so that what was clearing returns to zero.

A confirmation may come before the money becomes usable, and a failed top-up may have one: it says what the bank did,
and changes no status.
"""

from collections.abc import Sequence
from typing import Final

from brim.base.errors import ResourceMissingError
from brim.core import ledger
from brim.core.time import OwnerTime
from brim.core.topups import bank_confirmation_store as store
from brim.core.topups.bank_confirmation_rules import (
    BankConfirmation,
    ConfirmedOtherwiseError,
    bank_posting,
)
from brim.core.topups.bank_confirmation_store import NewConfirmation
from brim.core.topups.store import fetch_topups
from brim.platform.database import Conn

_AT_ONCE: Final = 500


async def confirm_by_bank(conn: Conn, confirmations: Sequence[tuple[BankConfirmation, OwnerTime]]) -> int:
    """Post confirmations, each at its moment, in the caller's transaction; return how many were new.

    One that is known already, by its top-up, step and number, posts nothing again. All are posted or none: where it
    raises, the caller undoes the transaction, or the savepoint around it.

    Raises:
        ResourceMissingError: there is no such top-up.
        UnexpectedBankAmountError: an amount is not what the top-up calls for.
        ConfirmedOtherwiseError: another line of a statement has confirmed the same step.
    """
    count = 0
    in_order = sorted(confirmations, key=lambda each: (each[0].scope, each[0].topup))
    for first in range(0, len(in_order), _AT_ONCE):
        count += await _confirm(conn, in_order[first : first + _AT_ONCE])
    return count


async def _confirm(conn: Conn, confirmations: Sequence[tuple[BankConfirmation, OwnerTime]]) -> int:
    topups = await fetch_topups(conn, [(each.scope, each.topup) for each, _ in confirmations])
    new: list[NewConfirmation] = []
    postings = []
    for (confirmation, moment), topup in zip(confirmations, topups, strict=True):
        if topup is None:
            raise ResourceMissingError("topup", confirmation.topup, param="topup")
        postings.append(
            bank_posting(
                confirmation,
                amount=topup.amount,
                currency=topup.currency,
                entry_id=moment.new_id("je_"),
                created=moment.now_ms // 1000,
            )
        )
        new.append(NewConfirmation(confirmation, topup.currency, moment.now_ms))
    are_new = await store.insert(conn, new)
    for (confirmation, _), is_new in zip(confirmations, are_new, strict=True):
        if not is_new and (known := await store.find_known(conn, confirmation)) != confirmation:
            raise ConfirmedOtherwiseError(confirmation, known)
    to_post = [posting for posting, is_new in zip(postings, are_new, strict=True) if is_new]
    if to_post:
        await ledger.post_entries(conn, to_post)
    return len(to_post)
