"""Keeps refunds and posts their money, each step with its event; `ach` calls it with files and what the bank sends."""

from datetime import date
from typing import Final

import msgspec
import structlog

from brim.base.errors import ResourceMissingError
from brim.base.ids import created_of
from brim.base.paging import Page, PageRequest, window_of
from brim.base.scope import AccountScope
from brim.core import ledger
from brim.core.events import BY_ITSELF, Cause, EventType, Renderers, insert_events, new_event
from brim.core.ledger import Balance
from brim.core.negative_balances import Crossing, announce_crossings
from brim.core.refunds import store
from brim.core.refunds.rules import (
    CURRENCY,
    REFUND_PREFIX,
    FailureReason,
    Refund,
    RefundFilters,
    RefundFundsError,
    RefundStatus,
    bank_posting,
    failure_posting,
    refund_posting,
)
from brim.core.time import OwnerTime
from brim.core.topups import BankConfirmation, BankStep, note_confirmation
from brim.platform import lookups
from brim.platform.database import Conn, Database

_KIND: Final = "refund"
_ANNOUNCED: Final = {
    RefundStatus.PENDING: EventType.REFUND_CREATED,
    RefundStatus.SUCCEEDED: EventType.REFUND_SUCCEEDED,
    RefundStatus.FAILED: EventType.REFUND_FAILED,
    RefundStatus.CANCELED: EventType.REFUND_CANCELED,
}

_log = structlog.get_logger()


async def request(
    conn: Conn, requested: Refund, *, renderers: Renderers, moment: OwnerTime, cause: Cause = BY_ITSELF
) -> None:
    """Write a new refund of a top-up that the caller's transaction holds, and take its money from the balance.

    Raises:
        RefundFundsError: less is available.
    """
    scope = requested.owner_scope
    available = (await ledger.lock_balances(conn, {(scope, CURRENCY)}))[scope][CURRENCY]
    if available < requested.amount:
        raise RefundFundsError(available=available, amount=requested.amount)
    await _write(conn, requested, renderers=renderers, moment=moment, cause=cause)


async def learn(conn: Conn, left: Refund, *, renderers: Renderers, moment: OwnerTime) -> None:
    """Write a refund that has left as a file says after a restore: its money is gone, whatever is available."""
    scope = left.owner_scope
    balance = (await ledger.lock_balances(conn, {(scope, CURRENCY)}))[scope][CURRENCY]
    await _write(conn, left, may_overdraw=True, renderers=renderers, moment=moment, cause=BY_ITSELF)
    await store.update_refund(conn, left)
    await _announce_crossing(conn, scope, before=balance, after=balance - left.amount, renderers=renderers, at=moment)


async def _write(
    conn: Conn,
    requested: Refund,
    *,
    may_overdraw: bool = False,
    renderers: Renderers,
    moment: OwnerTime,
    cause: Cause,
) -> None:
    await store.insert_refund(conn, requested)
    posting = refund_posting(
        requested,
        entry_id=moment.new_id("je_"),
        created=created_of(requested.balance_transaction),
        may_overdraw=may_overdraw,
    )
    await ledger.post_entries(conn, [posting])
    await _announce(conn, requested, renderers=renderers, moment=moment, cause=cause)


async def write_booked(
    conn: Conn, found: Refund, *, bank_account: str, booked_on: date, reference: str, renderers: Renderers,
    moment: OwnerTime,
) -> Refund:  # fmt: skip
    """Post that the bank has booked a refund that the transaction holds; one that has ended keeps its status.

    Raises:
        ConfirmedOtherwiseError: another line of a statement has booked it.
    """
    await _confirm(conn, found, BankStep.REFUND, bank_account=bank_account, reference=reference, moment=moment)
    after = msgspec.structs.replace(found, settled_on=booked_on, settled_by=reference)
    if found.status is not RefundStatus.PENDING:
        await store.update_refund(conn, after)
        return after
    after = msgspec.structs.replace(after, status=RefundStatus.SUCCEEDED, ended_ms=moment.now_ms)
    await store.update_refund(conn, after)
    await _announce(conn, after, renderers=renderers, moment=moment, cause=BY_ITSELF)
    return after


async def write_booked_back(
    conn: Conn, found: Refund, *, bank_account: str, reference: str, moment: OwnerTime
) -> Refund:
    """Post that the bank has booked back the money of a refund that the transaction holds.

    Raises:
        ConfirmedOtherwiseError: another line of a statement has booked it back.
    """
    await _confirm(conn, found, BankStep.REFUND_RETURN, bank_account=bank_account, reference=reference, moment=moment)
    after = msgspec.structs.replace(found, returned_by=reference)
    await store.update_refund(conn, after)
    return after


async def _confirm(
    conn: Conn, found: Refund, step: BankStep, *, bank_account: str, reference: str, moment: OwnerTime
) -> None:
    confirmation = BankConfirmation(
        scope=found.owner_scope,
        topup=found.id,
        step=step,
        bank_account=bank_account,
        amount=found.amount,
        reference=reference,
    )
    if await note_confirmation(conn, confirmation, CURRENCY, now_ms=moment.now_ms):
        posting = bank_posting(
            found, step, bank_account=bank_account, entry_id=moment.new_id("je_"), created=moment.now_ms // 1000
        )
        await ledger.post_entries(conn, [posting])


async def write_returned(
    conn: Conn, found: Refund, *, code: str, trace: str, renderers: Renderers, moment: OwnerTime
) -> Refund:
    """Record that the receiving bank has returned a refund that the transaction holds; the balance has its money."""
    returned = msgspec.structs.replace(found, return_code=code, return_trace=trace)
    return await write_failed(conn, returned, FailureReason.DECLINED, renderers=renderers, moment=moment)


async def write_failed(
    conn: Conn, found: Refund, reason: FailureReason, *, renderers: Renderers, moment: OwnerTime
) -> Refund:
    """Record that a refund that the transaction holds has failed; the balance has its money."""
    failed = msgspec.structs.replace(found, status=RefundStatus.FAILED, failure_reason=reason)
    return await _give_back(conn, failed, renderers=renderers, moment=moment, cause=BY_ITSELF)


async def write_canceled(
    conn: Conn, found: Refund, *, by: str, renderers: Renderers, moment: OwnerTime, cause: Cause = BY_ITSELF
) -> Refund:
    """Record that somebody has canceled a refund that the transaction holds; the balance has its money."""
    canceled = msgspec.structs.replace(found, status=RefundStatus.CANCELED, canceled_by=by)
    return await _give_back(conn, canceled, renderers=renderers, moment=moment, cause=cause)


async def _give_back(conn: Conn, ended: Refund, *, renderers: Renderers, moment: OwnerTime, cause: Cause) -> Refund:
    """Credit the balance with the money of a refund that has ended, and announce both."""
    scope = ended.owner_scope
    after = msgspec.structs.replace(
        ended, failure_balance_transaction=(transaction_id := moment.new_id("txn_")), ended_ms=moment.now_ms
    )
    balances = (await ledger.lock_balances(conn, {(scope, CURRENCY)}))[scope]
    posting = failure_posting(
        after, entry_id=moment.new_id("je_"), transaction_id=transaction_id, created=created_of(transaction_id)
    )
    await ledger.post_entries(conn, [posting])
    await store.update_refund(conn, after)
    await _announce(conn, after, renderers=renderers, moment=moment, cause=cause)
    before = balances[CURRENCY]
    balances[CURRENCY] += after.amount
    shown = [Balance(currency=currency, available=balances[currency]) for currency in sorted(balances)]
    kind = EventType.BALANCE_AVAILABLE
    payload = renderers.payload(kind, scope, shown)
    await insert_events(conn, [new_event(scope, kind, scope.account, payload, moment, cause)])
    await _announce_crossing(conn, scope, before=before, after=balances[CURRENCY], renderers=renderers, at=moment)
    return after


async def _announce_crossing(
    conn: Conn, scope: AccountScope, *, before: int, after: int, renderers: Renderers, at: OwnerTime
) -> None:
    if (before < 0) != (after < 0):
        crossing = Crossing(scope=scope, currency=CURRENCY, is_negative=after < 0, moment=at, cause=BY_ITSELF)
        await announce_crossings(conn, [crossing], renderers=renderers)


async def _announce(conn: Conn, found: Refund, *, renderers: Renderers, moment: OwnerTime, cause: Cause) -> None:
    """Announce a refund's new status to its platform, in the caller's transaction."""
    kind = _ANNOUNCED[found.status]
    payload = renderers.payload(kind, found)
    await insert_events(conn, [new_event(found.scope, kind, found.id, payload, moment, cause)])
    _log.info("refund updated", refund=found.id, status=found.status, topup=found.topup)


async def put_in_file(conn: Conn, placed: Refund) -> None:
    """Record the file, batch, trace and bank account of a refund that the transaction holds."""
    await store.update_refund(conn, placed)


async def hold_refund(conn: Conn, scope: AccountScope, refund_id: str) -> Refund:
    """Return a refund as it is now, held until the transaction ends.

    Raises:
        ResourceMissingError: there is none of that id.
    """
    held = await store.lock_refund(conn, scope, refund_id)
    if held is None:
        raise ResourceMissingError(_KIND, refund_id, param=_KIND, in_path=True)
    return held


async def retrieve_refund(database: Database, scope: AccountScope, refund_id: str) -> Refund:
    """Return a platform's refund.

    Raises:
        ResourceMissingError: there is none of that id.
    """
    return await lookups.retrieve(database, scope, refund_id, store.fetch_refunds, kind=_KIND)


async def list_refunds(
    database: Database, scope: AccountScope, request: PageRequest, filters: RefundFilters
) -> Page[Refund]:
    """Return a page of a platform's refunds, newest first.

    Raises:
        ResourceMissingError: a cursor names none of them.
        ExclusiveParametersError: both cursors are given.
    """
    await lookups.check_cursors(database, scope, request, kind=_KIND, exists=_exists)
    async with database.connection() as conn:
        return await store.page_refunds(conn, scope, window_of(REFUND_PREFIX, None, request), filters)


async def _exists(conn: Conn, scope: AccountScope, refund_id: str) -> bool:
    return refund_id in await store.fetch_refunds(conn, scope, [refund_id])
