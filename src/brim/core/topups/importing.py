"""Takes in top-ups that another service collected: their rows, and what they post, in one transaction.

They are history: no rail is ever asked about them, no event announces them, and a bank file never debits them. The
money is where it was collected, so what clears in `funding:clearing` is confirmed at once by that place's own balance
transaction, on a bank account of its own (`HOLDER`).
"""

from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from brim.base.ids import IdFactory
from brim.core import ledger
from brim.core.ledger import BalanceTransaction, Posting
from brim.core.time import OwnerTime
from brim.core.topups import import_store as store
from brim.core.topups.bank_confirmation_rules import BankConfirmation, BankStep
from brim.core.topups.bank_confirmations import confirm_by_bank
from brim.core.topups.events import EVENT_OF_STATUS
from brim.core.topups.posting import posting_of
from brim.core.topups.rules import Status, Topup
from brim.core.topups.verification import EVENT_RULES
from brim.platform.database import Conn

IMPORT_RAIL: Final = "import"
"""The rail that imported top-ups name. It is none of the registry: nothing asks it, and it collects nothing."""

HOLDER: Final = "stripe"
"""The bank account that holds what was collected elsewhere; its ledger account is `bank:stripe`."""


class History(msgspec.Struct, frozen=True, kw_only=True):
    """A top-up that has come to its end elsewhere, and the balance transactions that it has there."""

    topup: Topup
    credit: BalanceTransaction | None = None
    reversal: BalanceTransaction | None = None


async def import_history(
    conn: Conn,
    new: Sequence[History],
    revised: Sequence[tuple[Topup, History]],
    *,
    now_ms: int,
    ids: IdFactory,
) -> tuple[int, int]:
    """Write top-ups that are new and those that differ from what was seen; return how many of each were written.

    What somebody else wrote in the meantime is left alone.

    Args:
        conn: the caller's transaction.
        new: of one account, those that were not there.
        revised: imported ones as they were seen, and as they are at their source.
        now_ms: when it is posted.
        ids: make ids of journal entries.
    """
    moment = OwnerTime(now_ms, ids)
    written = await store.import_topups(conn, [each.topup for each in new], EVENT_RULES) if new else set()
    changed = (
        await store.revise_topups(conn, [_revision(seen, each) for seen, each in revised], rail=IMPORT_RAIL)
        if revised
        else set()
    )
    postings = [
        posting
        for each in new
        if each.topup.id in written
        for posting in _postings(each, each.credit, each.reversal, ids)
    ]
    for seen, each in revised:
        if each.topup.id in changed and seen.status is Status.SUCCEEDED:
            postings += _postings(each, None, each.reversal, ids)
    await _post(conn, postings, moment)
    return len(written), len(changed)


async def _post(conn: Conn, postings: Sequence[Posting], moment: OwnerTime) -> None:
    """Post what became usable and what was taken back, with the confirmation of each."""
    if not postings:
        return
    shown = [posting.balance_transaction for posting in postings if posting.balance_transaction]
    await ledger.lock_balances(conn, {(each.scope, each.currency) for each in shown})
    await ledger.post_entries(conn, postings)
    await confirm_by_bank(conn, [(_confirmation(each), moment) for each in shown])


def _postings(
    each: History, credit: BalanceTransaction | None, reversal: BalanceTransaction | None, ids: IdFactory
) -> Iterable[Posting]:
    for status, shown in ((Status.SUCCEEDED, credit), (Status.REVERSED, reversal)):
        if shown is not None:
            then = msgspec.structs.replace(each.topup, status=status)
            posting = posting_of(then, entry_id=ids.new("je_"), transaction_id=shown.id)
            yield msgspec.structs.replace(posting, balance_transaction=shown)


def _confirmation(shown: BalanceTransaction) -> BankConfirmation:
    return BankConfirmation(
        scope=shown.scope,
        topup=shown.source,
        step=BankStep.CREDIT if shown.amount > 0 else BankStep.RETURN,
        bank_account=HOLDER,
        amount=abs(shown.amount),
        reference=shown.id,
    )


def _revision(seen: Topup, each: History) -> tuple[Status, Topup, str | None]:
    status = each.topup.status
    return seen.status, each.topup, EVENT_OF_STATUS[status] if status is not seen.status else None
