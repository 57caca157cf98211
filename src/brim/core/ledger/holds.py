"""Holds: money set aside for what will spend it.

`reserve` moves an amount from the available to the reserved balance; `post_hold` spends it, or a part of it and gives
the rest back; `void_hold` gives all of it back. Each happens once, however often it is asked for.
"""

import msgspec

from brim.base.scope import AccountScope
from brim.core.ledger import hold_store as holds
from brim.core.ledger.chart import AVAILABLE, RESERVED
from brim.core.ledger.hold_rules import POST_STEP, RESERVE_STEP, VOID_STEP, Hold, HoldConflictError, HoldStatus
from brim.core.ledger.posting_store import post_entries
from brim.core.ledger.rules import (
    BalanceTransaction,
    EntryLine,
    InsufficientFundsError,
    JournalEntry,
    Posting,
)
from brim.core.ledger.store import lock_balances
from brim.core.time import OwnerTime
from brim.platform.database import Conn


async def reserve(
    conn: Conn, scope: AccountScope, *, source_type: str, source: str, amount: int, currency: str, moment: OwnerTime
) -> Hold:
    """Set aside a positive amount of the available balance for a source; return its hold, also when it was made before.

    Raises:
        InsufficientFundsError: less than that is available.
        HoldConflictError: the source has a hold of another amount or currency.
    """
    balances = await lock_balances(conn, {(scope, currency)})
    known = await holds.lock_hold_of_source(conn, scope, source)
    if known:
        if (known.amount, known.currency) != (amount, currency):
            raise HoldConflictError(f"{source} already has a hold of {known.amount} {known.currency}.")
        return known
    available = balances[scope][currency]
    if available < amount:
        raise InsufficientFundsError(available=available, wanted=amount, currency=currency)
    hold = Hold(
        scope=scope,
        id=moment.new_id("hold_"),
        source_type=source_type,
        source=source,
        amount=amount,
        currency=currency,
        status=HoldStatus.RESERVED,
        created_ms=moment.now_ms,
    )
    await holds.insert_hold(conn, hold)
    await post_entries(conn, [Posting(entry=_entry(hold, RESERVE_STEP, [_line(hold, AVAILABLE, RESERVED)], moment))])
    return hold


async def find_hold(conn: Conn, scope: AccountScope, source: str) -> Hold:
    """Return the hold of a source, held until the transaction ends.

    Raises:
        HoldConflictError: it has none.
    """
    known = await holds.lock_hold_of_source(conn, scope, source)
    if known is None:
        raise HoldConflictError(f"There is no hold of {source}.")
    return known


async def post_hold(
    conn: Conn,
    hold: Hold,
    *,
    amount: int,
    credit_account: str,
    balance_transaction: BalanceTransaction,
    moment: OwnerTime,
) -> Hold:
    """Spend `amount` of a hold on a ledger account, give the rest back, and return the hold as it is then.

    Raises:
        ValueError: the amount is not positive and within the hold's, or the balance transaction is of another amount.
        HoldConflictError: the hold has ended another way.
    """
    if not 0 < amount <= hold.amount or balance_transaction.net != -amount:
        raise ValueError(f"{amount} of a hold of {hold.amount}, shown as {balance_transaction.net}")
    await lock_balances(conn, {(hold.scope, hold.currency)})
    known = await _lock(conn, hold)
    if known.status is not HoldStatus.RESERVED:
        if known.posted != amount:
            raise HoldConflictError(f"{hold.id} is {known.status}.")
        return known
    lines = [_line(hold, RESERVED, credit_account, amount)]
    if amount < hold.amount:
        lines.append(_line(hold, RESERVED, AVAILABLE, hold.amount - amount))
    entry = _entry(hold, POST_STEP, lines, moment)
    await post_entries(conn, [Posting(entry=entry, balance_transaction=balance_transaction)])
    return await _end(conn, known, HoldStatus.POSTED, moment, posted=amount)


async def void_hold(conn: Conn, hold: Hold, *, moment: OwnerTime) -> Hold:
    """Give everything back that a hold set aside, and return the hold as it is then.

    Raises:
        HoldConflictError: it has been posted.
    """
    await lock_balances(conn, {(hold.scope, hold.currency)})
    known = await _lock(conn, hold)
    if known.status is HoldStatus.VOIDED:
        return known
    if known.status is HoldStatus.POSTED:
        raise HoldConflictError(f"{hold.id} is {known.status}.")
    await post_entries(conn, [Posting(entry=_entry(hold, VOID_STEP, [_line(hold, RESERVED, AVAILABLE)], moment))])
    return await _end(conn, known, HoldStatus.VOIDED, moment)


async def _lock(conn: Conn, hold: Hold) -> Hold:
    known = await holds.lock_hold_of_source(conn, hold.scope, hold.source)
    if known is None:
        raise HoldConflictError(f"There is no hold {hold.id}.")
    return known


async def _end(conn: Conn, hold: Hold, status: HoldStatus, moment: OwnerTime, *, posted: int | None = None) -> Hold:
    ended = msgspec.structs.replace(hold, status=status, posted=posted, ended_ms=moment.now_ms)
    await holds.end_hold(conn, ended)
    return ended


def _line(hold: Hold, debit_account: str, credit_account: str, amount: int | None = None) -> EntryLine:
    return EntryLine(
        debit_account=debit_account,
        credit_account=credit_account,
        amount=hold.amount if amount is None else amount,
        currency=hold.currency,
    )


def _entry(hold: Hold, step: str, lines: list[EntryLine], moment: OwnerTime) -> JournalEntry:
    return JournalEntry(
        scope=hold.scope,
        id=moment.new_id("je_"),
        source_type=hold.source_type,
        source=hold.source,
        step=step,
        lines=tuple(lines),
        created=moment.now_ms // 1000,
    )
