"""What reversals and refunds have in common: credits to customers that leave in our files and that statements book."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Final, TypeAlias, TypeVar

from brim.base.actor import Actor, ActorKind
from brim.base.clock import Clock
from brim.base.errors import BrimError
from brim.base.ids import IdFactory, Ids
from brim.base.scope import AccountScope
from brim.core import refunds, reversals
from brim.core.direct_debits import entry_store, file_store
from brim.core.direct_debits.announcing import list_break
from brim.core.direct_debits.lateness import may_have_left
from brim.core.direct_debits.rules import AchFile, Entry, FileStatus
from brim.core.direct_debits.trouble import done_or_listed
from brim.core.events import Renderers
from brim.core.originators import SecondPersonError, find_originator, name_of
from brim.core.rails.ach import OriginatorProfile, unanswered_ms
from brim.core.reconciliation import Break, BreakKind, NewBreak, find_open_breaks, settle_break
from brim.core.refunds import FailureReason, Refund
from brim.core.reversals import Reversal, ReversalStatus
from brim.core.time import ClockAdvancingError, OwnerTime
from brim.platform.database import Conn, Database

MOST: Final = 500
"""How many reversals, or refunds, one file takes."""
AT_THE_BANK: Final = frozenset({FileStatus.SENT, FileStatus.ACKNOWLEDGED, FileStatus.SETTLED})
_LEFT: Final = AT_THE_BANK | {FileStatus.REJECTED}
RETURN_BREAKS: Final = (BreakKind.RETURN, BreakKind.ITEM)
"""The kinds of breaks for returns that could not be applied."""
_BY_JOB: Final = Actor(kind=ActorKind.JOB, name="returns")
_UNANSWERED: Final = "unanswered"
"""How the cause of a break ends whose resolution ends a credit."""

Credit: TypeAlias = Reversal | Refund
_Credit = TypeVar("_Credit", bound=Credit)


class CreditBookedOtherwiseError(BrimError):
    """A statement line moves the money of a reversal or refund that was already moved, or cannot be."""

    def __init__(self, found: Credit, what: str) -> None:
        kind = "reversal" if isinstance(found, Reversal) else "refund"
        super().__init__(f"The line is about the {kind} {found.id}, {what}.")


def check_return(found: Credit, named: Credit, *, code: str, trace: str, was_paid: bool) -> tuple[bool, str | None]:
    """Tell whether a return of a credit is to be applied, and why it cannot be; one that was applied before is not.

    Args:
        found: the credit, which the transaction holds.
        named: it as the return names it.
        code: why it comes back.
        trace: what the bank calls the return.
        was_paid: whether the customer has the money, as far as is known.
    """
    if found.return_code is not None:
        is_known = (found.return_code, found.return_trace) == (code, trace)
        return False, None if is_known else f"{found.id} was already returned, with {found.return_code}"
    if found.trace != named.trace:
        return False, f"{found.id} has another trace by now"
    return (True, None) if was_paid else (False, f"{found.id} is {found.status}")


def check_at_the_bank(found: Credit, named: Credit, *, moved_by: str | None, moved: str) -> None:
    """Let a credit pass whose money a statement may move now.

    Args:
        found: the credit, which the transaction holds.
        named: it as the statement names it.
        moved_by: the line that has moved it so before, if one has.
        moved: what that line has done, as it reads after "which was" or "whose money was".

    Raises:
        CreditBookedOtherwiseError: it was moved so before, has not left, or was given up.
    """
    if moved_by is not None:
        raise CreditBookedOtherwiseError(found, f"{moved} by {moved_by}")
    if found.file is None or found.trace != named.trace:
        raise CreditBookedOtherwiseError(found, "which is in no file")
    if found.status is ReversalStatus.MISSED or (
        isinstance(found, Refund) and found.failure_reason is FailureReason.UNKNOWN
    ):
        raise CreditBookedOtherwiseError(found, "which was missed, and whose money is in the balance again")


async def find_credit(conn: Conn, scope: AccountScope, traces: Sequence[str], *, originator: str) -> Credit | None:
    """Return the credit that one of some traces names; of several, the newest of the originator whose bank speaks."""
    if not traces:
        return None
    found: list[Credit] = [*await reversals.find_by_trace(conn, scope, traces)]
    found += await refunds.find_by_trace(conn, scope, traces)
    return min(found, key=lambda each: (each.originator != originator, -each.requested_ms), default=None)


async def find_credited_entry(conn: Conn, found: Credit) -> Entry | None:
    """Return the entry that a credit takes back or pays back."""
    entries = await entry_store.list_entries_of_topups(conn, found.scope, [found.topup])
    return next((entry for entry in entries if entry.number == found.number), None)


async def is_rejected(conn: Conn, found: Credit) -> bool:
    """Tell whether the bank has rejected the file or the batch that a credit is in."""
    file = await _file_of(conn, found)
    if file is None:
        return False
    batches = await file_store.list_batches(conn, found.scope, file.id)
    return any(batch.number == found.batch and batch.status == "rejected" for batch in batches)


async def has_left(conn: Conn, found: Credit, profile: OriginatorProfile) -> bool:
    """Tell whether a credit is with the bank, or may be."""
    file = await _file_of(conn, found)
    if file is None:
        return False
    if file.status is FileStatus.APPROVED:
        return may_have_left(file, profile)
    return file.status in AT_THE_BANK and not await is_rejected(conn, found)


async def _file_of(conn: Conn, found: Credit) -> AchFile | None:
    if found.file is None:
        return None
    return (await file_store.fetch_files(conn, found.scope, [found.file])).get(found.file)


async def list_credit(
    conn: Conn,
    renderers: Renderers,
    found: Credit,
    kind: BreakKind,
    what: str,
    detail: str,
    *,
    now_ms: int,
    ids: Ids,
) -> bool:
    """List once what a person has to look at of a credit; return whether it is news."""
    new = NewBreak(
        scope=found.scope,
        kind=kind,
        cause=f"{found.id}/{what}",
        detail=detail,
        amount=found.amount,
        currency="usd",
        reference=found.id,
    )
    return await list_break(conn, renderers, new, now_ms=now_ms, ids=ids) is not None


async def list_come_back(conn: Conn, renderers: Renderers, found: Credit, *, now_ms: int, ids: Ids) -> None:
    """List that the money of a credit has come back whose return was not applied, until it is."""
    is_reversal = isinstance(found, Reversal)
    what = "reversal" if is_reversal else "refund"
    detail = (
        f"A statement credits the money of the {what} {found.id} (trace number {found.trace}), and no applied return "
        "explains it. The customer may not have been paid. Ask the bank for the return: it credits the balance."
    )
    kind = BreakKind.REVERSAL if is_reversal else BreakKind.REFUND
    await list_credit(conn, renderers, found, kind, "booked_back", detail, now_ms=now_ms, ids=ids)


async def settle_by_return(
    conn: Conn, found: Credit, kinds: Sequence[BreakKind], resolution: str, *, now_ms: int, ids: IdFactory
) -> None:
    """Settle the open breaks of some kinds about a credit: a return that was applied says what became of it."""
    for each in await find_open_breaks(conn, found.scope, kinds, [found.id]):
        await settle_break(conn, found.scope, each.id, resolution=resolution, by=_BY_JOB, now_ms=now_ms, ids=ids)


async def end_each(
    database: Database,
    renderers: Renderers,
    unanswered: Sequence[_Credit],
    end: Callable[[Conn, _Credit, int], Awaitable[bool]],
    *,
    clock: Clock,
    ids: IdFactory,
) -> int:
    """End credits that no statement has booked, each in the time of its own transaction; return how many ended."""
    ended = 0
    for each in unanswered:

        async def work(conn: Conn, each: _Credit = each) -> bool:
            try:
                return await end(conn, each, clock())
            except ClockAdvancingError:
                return False

        done = await done_or_listed(
            database,
            work,
            renderers,
            scope=each.scope,
            cause=each.id,
            doing=f"end {each.id}",
            now_ms=clock(),
            ids=ids,
        )
        ended += bool(done)
    return ended


async def given_up_on(
    conn: Conn, renderers: Renderers, found: Credit, kind: BreakKind, detail: str, moment: OwnerTime, *, now_ms: int
) -> bool:
    """Tell whether a person has resolved the break of a credit that no statement books; list it before.

    `detail` says what that does, after the sentence that says what has happened. Only a credit that has left, and
    long enough ago, is listed: anew for each file, since it may go out again.
    """
    file = await _file_of(conn, found)
    profile = (await find_originator(conn, found.scope, found.originator)).profile
    if file is None or file.status not in _LEFT or moment.now_ms < unanswered_ms(profile, file.effective_date):
        return False
    if await find_open_breaks(conn, found.scope, [kind], [found.id]):
        return False
    kind_of_credit = "reversal" if isinstance(found, Reversal) else "refund"
    told = (
        f"The {kind_of_credit} {found.id} of the debit of {found.topup} was sent in {file.id} for "
        f"{file.effective_date}, and no statement has booked it. Ask your bank. If it has paid the customer, get its "
        "statement. "
    )
    what = f"{file.id}/{_UNANSWERED}"
    return not await list_credit(conn, renderers, found, kind, what, told + detail, now_ms=now_ms, ids=moment.ids)


async def who_requested_what_it_ends(conn: Conn, scope: AccountScope, found: Break) -> str | None:
    """Return who requested the credit that resolving a break ends, so that the balance has its money again.

    None for a break whose resolution ends none.
    """
    if found.reference is None or not found.cause.endswith(f"/{_UNANSWERED}"):
        return None
    credit: Credit | None = None
    if found.kind == BreakKind.REVERSAL:
        credit = (await reversals.fetch_reversals(conn, scope, [found.reference])).get(found.reference)
    elif found.kind == BreakKind.REFUND:
        credit = (await refunds.fetch_refunds(conn, scope, [found.reference])).get(found.reference)
    return None if credit is None else credit.requested_by


def check_credits_by_second_person(by: Actor, requested_by: str | None, *, approvers: int) -> None:
    """Let an actor pass who resolves a break, if it ends no credit, or one that somebody else has requested.

    What ends a reversal or refund that no statement books credits the balance.

    Args:
        by: who resolves it.
        requested_by: who requested the credit; None where the break ends none.
        approvers: how many operators have to do with live money; where there is one at most, nobody else is asked for.

    Raises:
        SecondPersonError: they requested it, or it is no operator where there are several.
    """
    if requested_by is None or approvers <= 1:
        return
    if by.kind is not ActorKind.OPERATOR:
        raise SecondPersonError("This credits a balance, and operators can do it in the dashboard.")
    if name_of(by) == requested_by:
        raise SecondPersonError(
            "You requested the reversal or refund that this ends, so another operator has to do it."
        )
