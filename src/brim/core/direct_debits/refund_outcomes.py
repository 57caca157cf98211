"""What the bank says of refunds: booked, returned, booked back, or nothing at all."""

from collections.abc import Sequence
from datetime import date

from brim.base.clock import Clock
from brim.base.ids import IdFactory
from brim.core import refunds
from brim.core.direct_debits.credits import (
    check_at_the_bank,
    check_return,
    end_each,
    find_credited_entry,
    given_up_on,
    list_come_back,
    list_credit,
    settle_by_return,
)
from brim.core.direct_debits.refunding import report_refund_left
from brim.core.events import Renderers
from brim.core.reconciliation import BreakKind
from brim.core.refunds import FailureReason, Refund, RefundStatus
from brim.core.time import lock_owner_time
from brim.core.topups import BankStep, is_confirmed, lock_topup
from brim.platform.database import Conn, Database


async def apply_returned_refund(
    conn: Conn, named: Refund, *, code: str, trace: str, renderers: Renderers, now_ms: int, ids: IdFactory
) -> str | None:
    """Apply the return of a refund, in the caller's transaction; once, however often it arrives.

    The balance has the money back, and a break says that the customer was not paid, or that the return of the debit has
    paid them.

    Returns:
        Why it could not be applied; None if it was, now or before.

    Raises:
        ClockAdvancingError: the account's test clock is advancing.
    """
    moment = await lock_owner_time(conn, named.owner_scope, now_ms=now_ms, ids=ids)
    await lock_topup(conn, named.owner_scope, named.topup)
    found = await refunds.hold_refund(conn, named.scope, named.id)
    is_new, problem = check_return(found, named, code=code, trace=trace, was_paid=found.has_money)
    if not is_new:
        return problem
    await refunds.write_returned(conn, found, code=code, trace=trace, renderers=renderers, moment=moment)
    resolution = f"The return {code} was applied."
    kinds = [BreakKind.REFUND, BreakKind.PAID_TWICE]
    await settle_by_return(conn, found, kinds, resolution, now_ms=now_ms, ids=ids)
    detail = (
        f"The refund {found.id} of {found.topup} was returned with {code}, and so was the debit: the customer has the "
        "money once, and the refund's money is in the account's balance again. If the return of the debit is "
        "dishonored and the bank credits that money, pay the customer another way."
        if await _has_come_back(conn, found)
        else f"The refund {found.id} of {found.topup} was returned with {code}: the customer was not paid. The "
        "account's balance has the money again; pay the customer another way."
    )
    await list_credit(conn, renderers, found, BreakKind.REFUND, "returned", detail, now_ms=now_ms, ids=ids)
    return None


async def _has_come_back(conn: Conn, found: Refund) -> bool:
    """Tell whether the debit of a refund was returned, and not paid for again after a dishonor."""
    entry = await find_credited_entry(conn, found)
    if entry is None or await is_confirmed(conn, found.owner_scope, found.topup, BankStep.ACCEPTED, 1):
        return False
    return entry.return_code is not None or await is_confirmed(
        conn, found.owner_scope, found.topup, BankStep.RETURN, found.number
    )


async def book_refunds(
    conn: Conn,
    named: Sequence[Refund],
    *,
    bank_account: str,
    reference: str,
    booked_on: date,
    renderers: Renderers,
    now_ms: int,
    ids: IdFactory,
) -> int:
    """Post that the bank has booked refunds, in the caller's transaction; return how much that is, in cents.

    One that was canceled, or had failed before it left, is listed: the customer and the balance have the money.

    Raises:
        CreditBookedOtherwiseError: one was booked before, is not at the bank, or was given up.
    """
    total = 0
    for each in sorted(named, key=lambda each: (each.owner, each.topup, each.id)):
        moment = await lock_owner_time(conn, each.owner_scope, now_ms=now_ms, ids=ids)
        found = await refunds.hold_refund(conn, each.scope, each.id)
        check_at_the_bank(found, each, moved_by=found.settled_by, moved="which was booked")
        await refunds.write_booked(
            conn,
            found,
            bank_account=bank_account,
            booked_on=booked_on,
            reference=reference,
            renderers=renderers,
            moment=moment,
        )
        if not found.has_money and found.return_code is None:
            await report_refund_left(conn, renderers, found, now_ms=now_ms, ids=ids)
        total += found.amount
    return total


async def book_returned_refund(
    conn: Conn,
    named: Refund,
    *,
    bank_account: str,
    reference: str,
    renderers: Renderers,
    now_ms: int,
    ids: IdFactory,
) -> None:
    """Post that the bank has booked back the money of a refund that was returned, in the caller's transaction.

    Where no return was applied, that is listed until one is.

    Raises:
        CreditBookedOtherwiseError: it was booked back before, is not at the bank, or was given up.
    """
    moment = await lock_owner_time(conn, named.owner_scope, now_ms=now_ms, ids=ids)
    found = await refunds.hold_refund(conn, named.scope, named.id)
    check_at_the_bank(found, named, moved_by=found.returned_by, moved="whose money was booked back")
    await refunds.write_booked_back(conn, found, bank_account=bank_account, reference=reference, moment=moment)
    if found.has_money:
        await list_come_back(conn, renderers, found, now_ms=now_ms, ids=ids)


async def end_unanswered_refunds(database: Database, renderers: Renderers, *, clock: Clock, ids: IdFactory) -> int:
    """List the refunds that have left and that no statement has booked in time; return how many came to an end.

    One fails once a person resolves its break: the customer was not paid, so the balance has its money back.
    """
    async with database.connection() as conn:
        unanswered = await refunds.list_unanswered(conn, now_ms=clock())

    async def end(conn: Conn, each: Refund, now_ms: int) -> bool:
        moment = await lock_owner_time(conn, each.owner_scope, now_ms=now_ms, ids=ids)
        await lock_topup(conn, each.owner_scope, each.topup)
        found = await refunds.hold_refund(conn, each.scope, each.id)
        detail = "Once this break is resolved, the refund has failed: the account's balance has the money again."
        if found.status is not RefundStatus.PENDING or not await given_up_on(
            conn, renderers, found, BreakKind.REFUND, detail, moment, now_ms=now_ms
        ):
            return False
        await refunds.write_failed(conn, found, FailureReason.UNKNOWN, renderers=renderers, moment=moment)
        return True

    return await end_each(database, renderers, unanswered, end, clock=clock, ids=ids)
