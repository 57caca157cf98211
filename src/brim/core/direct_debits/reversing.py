"""Reversals of wrong debits: how they are requested, sent, booked and returned, and what a return of the debit does.

A reversal ends its top-up at once, as a return of the debit would. Whichever comes first of a reversal that has not
left and a return of the debit, the balance is debited once; a return after the reversal has left pays the customer
twice, and is listed. All hold the top-up first, then its entry, then its reversal.
"""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Final

import msgspec
import structlog

from brim.base.actor import Actor
from brim.base.clock import Clock
from brim.base.errors import ResourceMissingError
from brim.base.ids import IdFactory, Ids
from brim.base.scope import AccountScope
from brim.core import audit, refunds, reversals
from brim.core.audit import Action, ObjectType
from brim.core.direct_debits import entry_store, file_store
from brim.core.direct_debits.credits import (
    AT_THE_BANK,
    MOST,
    RETURN_BREAKS,
    check_at_the_bank,
    check_return,
    end_each,
    find_credited_entry,
    given_up_on,
    has_left,
    list_come_back,
    list_credit,
    settle_by_return,
)
from brim.core.direct_debits.encoding import OutgoingCredit, PlacedCredit, names_of, reversing
from brim.core.direct_debits.rules import AchFile, Entry, EntryStatus, FileStatus
from brim.core.direct_debits.sent_lists import read_sent_lists
from brim.core.dishonors import ReturnStatus, list_returns_of_topup
from brim.core.events import BY_ITSELF, Cause, Renderers
from brim.core.originators import find_originator, name_of
from brim.core.rails import Fail, Return
from brim.core.rails.ach import (
    OriginatorProfile,
    next_cutoff_ms,
    reverses_in_time,
    reversible_until_ms,
)
from brim.core.reconciliation import BreakKind, find_open_breaks
from brim.core.reversals import (
    REVERSAL_PREFIX,
    DebitFacts,
    NotReversibleError,
    Reversal,
    ReversalReason,
    ReversalStatus,
    TooLateToReverseError,
    check_reversible,
)
from brim.core.time import OwnerTime, lock_owner_time
from brim.core.topups import (
    BankConfirmation,
    BankStep,
    Change,
    Status,
    Topup,
    confirm_by_bank,
    follow,
    lock_topup,
    post_balance_step,
)
from brim.core.topups import write_changes as write_topup_changes
from brim.platform.database import Conn, Database
from brim.platform.vault import Vault

_FAILURE: Final = "could_not_process"
_MESSAGES: Final = {
    ReversalReason.WRONG_AMOUNT: "The debit had a wrong amount and was reversed.",
    ReversalReason.WRONG_RECEIVER: "The debit was from the wrong account and was reversed.",
    ReversalReason.WRONG_DATE: "The debit had a wrong date and was reversed.",
    ReversalReason.DUPLICATE: "The debit was a duplicate and was reversed.",
    None: "The debit was reversed.",
}
_DISPUTED: Final = frozenset({ReturnStatus.DISHONORED, ReturnStatus.MONEY_BACK})
_AT_THE_CUSTOMER: Final = frozenset({ReversalStatus.REQUESTED, ReversalStatus.SETTLED})
"""The statuses of reversals that have left whose money is the customer's, or on its way there."""
_log = structlog.get_logger()


async def request_reversal(  # noqa: PLR0913  who says what, when and why
    conn: Conn,
    scope: AccountScope,
    topup_id: str,
    *,
    reason: ReversalReason,
    renderers: Renderers,
    cause: Cause = BY_ITSELF,
    by: Actor,
    now_ms: int,
    ids: IdFactory,
) -> Reversal:
    """Reverse the newest debit of a top-up, in the caller's transaction, with its audit entry.

    The top-up fails or is reversed at once, and the reversal goes out with the next file.

    Raises:
        ResourceMissingError: the platform has debited no such top-up.
        ClockAdvancingError: the account's test clock is advancing.
        DebitNotSentError, AlreadyReversedError, NotReversibleError: the debit cannot be reversed.
        TooLateToReverseError: the deadline has passed.
    """
    presented = await entry_store.list_entries_of_topups(conn, scope, [topup_id])
    owner = presented[-1].owner_scope if presented else scope
    moment = await lock_owner_time(conn, owner, now_ms=now_ms, ids=ids)
    topup = await lock_topup(conn, owner, topup_id)
    if topup is None:
        raise ResourceMissingError("debit", topup_id, param="topup")
    presented = await entry_store.list_entries_of_topups(conn, scope, [topup_id])
    entry = await entry_store.lock_entry(conn, presented[-1]) if presented else None
    if entry is not None and entry.is_sepa:
        raise NotReversibleError(topup_id, "SEPA collections can't be reversed.")
    check_reversible(await _read_facts(conn, scope, topup, entry))
    if entry is None or entry.effective_date is None:
        raise ResourceMissingError("debit", topup_id, param="topup")
    profile = (await find_originator(conn, scope, entry.originator)).profile
    if moment.now_ms >= reversible_until_ms(profile, entry.effective_date, amount=entry.amount):
        raise TooLateToReverseError(topup_id, entry.effective_date)
    requested = await _new_reversal(conn, entry, entry.effective_date, profile, moment=moment)
    requested = msgspec.structs.replace(requested, reason=reason, requested_by=name_of(by))
    await reversals.request(conn, requested, renderers=renderers, moment=moment, cause=cause)
    await _end_debit(conn, topup, entry, reason, renderers=renderers, moment=moment, cause=cause)
    await audit.record(
        conn,
        by,
        Action.ACH_REVERSAL_REQUESTED,
        object_type=ObjectType.ACH_REVERSAL,
        object_id=requested.id,
        after=requested,
        detail=topup_id,
        scope=scope,
        now_ms=now_ms,
        ids=ids,
    )
    return requested


async def _read_facts(conn: Conn, scope: AccountScope, topup: Topup, entry: Entry | None) -> DebitFacts:
    """Return what decides whether a held top-up's newest entry, held too, can be reversed."""
    known = await reversals.find_of_topups(conn, scope, [topup.id])
    facts = DebitFacts(
        topup=topup.id,
        status=topup.status,
        is_queued=entry is not None,
        is_sent=False,
        reversal=known[topup.id].id if topup.id in known else None,
    )
    if entry is None or entry.file is None or entry.trace is None:
        return facts
    file = (await file_store.fetch_files(conn, scope, [entry.file])).get(entry.file)
    batches = await file_store.list_batches(conn, scope, entry.file)
    is_rejected = (
        entry.status is EntryStatus.REJECTED
        or (file is not None and file.status is FileStatus.REJECTED)
        or any(batch.number == entry.batch and batch.status == "rejected" for batch in batches)
    )
    returns = await list_returns_of_topup(conn, scope, topup.id)
    refunded = (await refunds.find_of_topups(conn, scope, [topup.id])).get(topup.id, [])
    disputed = [each.id for each in returns if each.number == entry.number and each.status in _DISPUTED]
    unclear = [each.id for each in await find_open_breaks(conn, scope, RETURN_BREAKS, names_of(entry))]
    is_waiting = file is not None and file.status in {FileStatus.BUILT, FileStatus.APPROVED}
    return msgspec.structs.replace(
        facts,
        is_sent=file is not None and file.status in AT_THE_BANK,
        unsent_in=entry.file if is_waiting else None,
        rejected_in=entry.file if is_rejected else None,
        return_code=entry.return_code,
        open_return=next(iter(disputed + unclear), None),
        has_account_number=bool(entry.sealed),
        refund=next((each.id for each in refunded if each.has_money), None),
    )


async def _new_reversal(
    conn: Conn, entry: Entry, debited_on: date, profile: OriginatorProfile, *, moment: OwnerTime
) -> Reversal:
    """Return a reversal of an entry, of an unknown reason and by nobody."""
    batch = await file_store.find_batch(conn, entry.scope, entry.file or "", entry.batch)
    return Reversal(
        scope=entry.scope,
        id=moment.new_id(REVERSAL_PREFIX),
        owner=entry.owner,
        originator=entry.originator,
        topup=entry.topup,
        number=entry.number,
        reason=None,
        amount=entry.amount,
        original_trace=entry.trace or "",
        debited_on=debited_on,
        sec_code=entry.sec_code,
        company_name=None if batch is None else batch.company_name,
        company_id=None if batch is None else batch.company_id,
        status=ReversalStatus.REQUESTED,
        requested_by="",
        requested_ms=moment.now_ms,
        sendable_until_ms=reversible_until_ms(profile, debited_on, amount=entry.amount),
        leaves_ms=next_cutoff_ms(profile, moment.now_ms, amount=entry.amount),
    )


async def _end_debit(
    conn: Conn,
    topup: Topup,
    entry: Entry,
    reason: ReversalReason | None,
    *,
    renderers: Renderers,
    moment: OwnerTime,
    cause: Cause,
) -> None:
    """Let a held top-up end as a return of its debit would end it; nothing waits for its entry any more."""
    if entry.status in {EntryStatus.IN_FILE, EntryStatus.CONFIRMED}:
        await entry_store.set_status(conn, [entry], EntryStatus.RELEASED, was=entry.status)
    if topup.status not in {Status.PENDING, Status.SUCCEEDED}:
        return
    ends = Fail if topup.status is Status.PENDING else Return
    transition = follow(topup, ends(_FAILURE, _MESSAGES[reason]), moment, cause, renderers=renderers)
    if transition is not None:
        await write_topup_changes(conn, [Change(transition, topup, moment, cause)], renderers=renderers)


async def learn_reversal(  # noqa: PLR0913  what has left, where, and what is known of it
    conn: Conn,
    entry: Entry,
    *,
    file: AchFile,
    batch: int,
    trace: str,
    profile: OriginatorProfile,
    by: str,
    renderers: Renderers,
    moment: OwnerTime,
) -> bool:
    """Record that a reversal of an entry has left, after a restore; return False where it should not have.

    One that this database does not know is written, and ends its top-up: the customer has the money.
    """
    topup = await lock_topup(conn, entry.owner_scope, entry.topup)
    held = await entry_store.lock_entry(conn, entry)
    known = await reversals.lock_reversal_of(conn, entry.scope, entry.topup)
    placed = {"file": file.id, "batch": batch, "trace": trace}
    if known is not None:
        if known.file is not None:
            return False
        await reversals.update_reversal(conn, msgspec.structs.replace(known, **placed))
        return known.status is ReversalStatus.REQUESTED
    if topup is None or held is None or held.effective_date is None:
        return False
    found = await _new_reversal(conn, held, held.effective_date, profile, moment=moment)
    left = msgspec.structs.replace(found, requested_by=by, **placed)
    await reversals.request(conn, left, renderers=renderers, moment=moment)
    await _end_debit(conn, topup, held, None, renderers=renderers, moment=moment, cause=BY_ITSELF)
    return True


async def hold_reversals(
    conn: Conn,
    vault: Vault,
    renderers: Renderers,
    scope: AccountScope,
    originator: str,
    profile: OriginatorProfile,
    *,
    test_clock: str | None,
    moment: OwnerTime,
) -> list[OutgoingCredit]:
    """Return the reversals that the next file of an originator can take, held: those in whose time it is made.

    Those with the least time come first. Those whose debit came back meanwhile do not leave, and those of which that is
    unclear wait. Those that no file can carry, or not in time, are given up once the bank has confirmed the debit: the
    balance has its money back.
    """
    waiting = await reversals.hold_waiting(conn, scope, originator, test_clock=test_clock, limit=MOST)
    superseded = await reversals.find_superseded(conn, scope, waiting)
    entries = await entry_store.list_entries_of_topups(conn, scope, [each.topup for each in waiting]) if waiting else []
    presented = {(entry.topup, entry.number): entry for entry in entries}
    leaving: list[tuple[int, OutgoingCredit]] = []
    for found in waiting:
        if superseded.get(found.id):
            await reversals.write_superseded(conn, found, renderers=renderers, moment=moment)
            continue
        entry = presented.get((found.topup, found.number))
        outgoing = None
        if entry is not None and entry.sealed:
            number = vault.open(entry.sealed, place=entry.place).decode()
            outgoing = reversing(found, entry, number)
        in_time = reverses_in_time(profile, found.debited_on, moment.now_ms, amount=found.amount)
        if outgoing and outgoing.fits and in_time:
            if found.id not in superseded:  # else a person finds out first whether the debit has come back
                leaving.append((found.sendable_until_ms, outgoing))
        elif entry is not None and entry.confirmed_by is not None:
            await _miss(conn, found, profile, renderers=renderers, moment=moment)
    return [credit for _, credit in sorted(leaving, key=lambda each: (each[0], each[1].found.id))]


async def _miss(
    conn: Conn, found: Reversal, profile: OriginatorProfile, *, renderers: Renderers, moment: OwnerTime
) -> None:
    await _credit(conn, found, profile.bank_account, renderers=renderers, moment=moment)
    await reversals.write_missed(conn, found, renderers=renderers, moment=moment)
    detail = (
        f"The reversal {found.id} of the debit of {found.topup} was missed: it could not be sent by the last cut-off "
        "of the fifth banking day, or its entry can't be put into a file. The account's balance has the money; pay the "
        "customer another way."
    )
    await list_credit(
        conn, renderers, found, BreakKind.REVERSAL, "missed", detail, now_ms=moment.now_ms, ids=moment.ids
    )


async def _credit(conn: Conn, found: Reversal, bank_account: str, *, renderers: Renderers, moment: OwnerTime) -> None:
    """Credit the balance with the money of a reversal that has failed."""
    await post_balance_step(
        conn,
        found.owner_scope,
        found.topup,
        BankStep.REVERSAL_FAILURE,
        bank_account=bank_account,
        reference=found.id,
        renderers=renderers,
        moment=moment,
    )


async def put_reversals_in_file(conn: Conn, file_id: str, placed: Sequence[PlacedCredit]) -> None:
    """Record the file, batches and traces of reversals that the transaction holds."""
    for each in placed:
        found = each.credit.found
        if isinstance(found, Reversal):
            in_file = msgspec.structs.replace(found, file=file_id, batch=each.batch, trace=each.trace)
            await reversals.update_reversal(conn, in_file)


async def why_unsendable(conn: Conn, file: AchFile, profile: OriginatorProfile) -> str | None:
    """Return why a file that the transaction holds must not leave because of a reversal in it, None if it may.

    Its reversals are held from here on, so that no return supersedes them while the file is sent. A file that the list
    names has left, and this comes too late.
    """
    held = await reversals.hold_in_file(conn, file.scope, file.id)
    if not held or file.id in read_sent_lists(Path(profile.list_folder)):
        return None
    superseded = await reversals.find_superseded(conn, file.scope, held)
    gone = [each for each in held if each.id in superseded or each.status is not ReversalStatus.REQUESTED]
    if not gone:
        return None
    return (
        f"the debit of {gone[0].topup} was returned or rejected, so its reversal {gone[0].id} must not be sent. "
        "Void the file."
    )


async def end_unanswered_reversals(database: Database, renderers: Renderers, *, clock: Clock, ids: IdFactory) -> int:
    """List the reversals that have left and that no statement has booked in time; return how many came to an end.

    One ends once a person resolves its break: the customer was not paid, so the balance has its money back.
    """
    async with database.connection() as conn:
        unanswered = await reversals.list_unanswered(conn, now_ms=clock())

    async def end(conn: Conn, each: Reversal, now_ms: int) -> bool:
        return await _end_unanswered(conn, each, renderers=renderers, now_ms=now_ms, ids=ids)

    return await end_each(database, renderers, unanswered, end, clock=clock, ids=ids)


async def _end_unanswered(conn: Conn, each: Reversal, *, renderers: Renderers, now_ms: int, ids: IdFactory) -> bool:
    moment = await lock_owner_time(conn, each.owner_scope, now_ms=now_ms, ids=ids)
    await lock_topup(conn, each.owner_scope, each.topup)
    entry = await find_credited_entry(conn, each)
    entry = None if entry is None else await entry_store.lock_entry(conn, entry)
    found = await reversals.hold_reversal(conn, each)
    if found.status is not ReversalStatus.REQUESTED:
        return False
    detail = (
        "Once this break is resolved, the reversal counts as never made: the account's balance has the money again."
    )
    if not await given_up_on(conn, renderers, found, BreakKind.REVERSAL, detail, moment, now_ms=now_ms):
        return False
    superseded = await reversals.find_superseded(conn, found.scope, [found])
    if superseded.get(found.id):
        await reversals.write_superseded(conn, found, renderers=renderers, moment=moment)
        return True
    if superseded or entry is None or entry.confirmed_by is None:
        return False  # whether the customer was debited, and has the money back, is not known either
    profile = (await find_originator(conn, found.scope, found.originator)).profile
    await _credit(conn, found, profile.bank_account, renderers=renderers, moment=moment)
    await reversals.write_missed(conn, found, renderers=renderers, moment=moment)
    return True


async def report_left(conn: Conn, renderers: Renderers, file: AchFile, *, now_ms: int, ids: Ids) -> None:
    """List the reversals in a file that has left although a return of their debit had been applied."""
    for each in await reversals.list_in_file(conn, file.scope, file.id):
        if each.status is ReversalStatus.SUPERSEDED:
            await _report_twice(conn, renderers, each, now_ms=now_ms, ids=ids)


async def report_rejected(conn: Conn, renderers: Renderers, entries: Sequence[Entry], *, now_ms: int, ids: Ids) -> None:
    """List the reversals of debits that the bank has now rejected, which were never made.

    Those that have left, and those that have failed, whose money the balance has.
    """
    if not entries:
        return
    found = await reversals.find_of_topups(conn, entries[0].scope, [entry.topup for entry in entries])
    for entry in entries:
        each = found.get(entry.topup)
        if each is None or each.number != entry.number or (each.file is None and not each.is_credited):
            continue
        detail = (
            f"The bank has rejected the debit of {each.topup} (trace number {each.original_trace}), and its reversal "
            f"{each.id} is {each.status}, so the account's balance has money that was never debited. Collect it from "
            "the account."
            if each.is_credited
            else f"The bank has rejected the debit of {each.topup} (trace number {each.original_trace}), and its "
            f"reversal {each.id} is in {each.file}. If that was sent, the customer is paid for a debit that was never "
            "made. Ask your bank."
        )
        await list_credit(conn, renderers, each, BreakKind.PAID_TWICE, "rejected", detail, now_ms=now_ms, ids=ids)


async def apply_beside_reversal(
    conn: Conn,
    reversal: Reversal,
    *,
    code: str,
    trace: str,
    profile: OriginatorProfile,
    renderers: Renderers,
    moment: OwnerTime,
) -> bool:
    """Apply a return of a debit that has a reversal, which the transaction holds; return whether it could be.

    A reversal that has not left does not leave any more: the top-up has ended already, and the balance is not debited
    again. After one that has failed, the return debits the balance, which had the money back.
    """
    if reversal.status is ReversalStatus.REQUESTED and not await has_left(conn, reversal, profile):
        await reversals.write_superseded(conn, reversal, renderers=renderers, moment=moment)
        return True
    if not reversal.is_credited:
        return False
    return await post_balance_step(
        conn,
        reversal.owner_scope,
        reversal.topup,
        BankStep.RETURNED_AFTER,
        bank_account=profile.bank_account,
        reference=f"{code} {trace}",
        renderers=renderers,
        moment=moment,
    )


async def paid_twice_by(conn: Conn, entry: Entry) -> str | None:
    """Return what a return of a debit means whose reversal has left, for people; None if there is no such reversal."""
    found = (await reversals.find_of_topups(conn, entry.scope, [entry.topup])).get(entry.topup)
    if found is None or found.number != entry.number or found.trace is None:
        return None
    if found.status not in {ReversalStatus.REQUESTED, ReversalStatus.SETTLED}:
        return None
    return (
        f"its reversal {found.id} was sent with trace number {found.trace}, so the customer is paid twice. Dishonor "
        f"the return with R62 and the information {found.trace}"
    )


async def _report_twice(conn: Conn, renderers: Renderers, found: Reversal, *, now_ms: int, ids: Ids) -> None:
    detail = (
        f"The debit of {found.topup} was returned, but its reversal {found.id} was sent with trace number "
        f"{found.trace}: the customer is paid twice. Dishonor the return with R62 and the information {found.trace}."
    )
    await list_credit(conn, renderers, found, BreakKind.PAID_TWICE, "left", detail, now_ms=now_ms, ids=ids)


async def apply_returned_reversal(
    conn: Conn, named: Reversal, *, code: str, trace: str, renderers: Renderers, now_ms: int, ids: IdFactory
) -> str | None:
    """Apply the return of a reversal, in the caller's transaction; once, however often it arrives.

    The balance has the money back, unless the debit was returned, too.

    Returns:
        Why it could not be applied; None if it was, now or before.

    Raises:
        ClockAdvancingError: the account's test clock is advancing.
    """
    moment = await lock_owner_time(conn, named.owner_scope, now_ms=now_ms, ids=ids)
    await lock_topup(conn, named.owner_scope, named.topup)
    found = await reversals.hold_reversal(conn, named)
    was_paid = found.status in _AT_THE_CUSTOMER
    is_new, problem = check_return(found, named, code=code, trace=trace, was_paid=was_paid)
    if not is_new:
        return problem
    has_come_back = bool(await reversals.find_superseded(conn, found.scope, [found]))
    if not has_come_back:
        profile = (await find_originator(conn, found.scope, found.originator)).profile
        await _credit(conn, found, profile.bank_account, renderers=renderers, moment=moment)
    await reversals.write_returned(
        conn, found, code=code, trace=trace, is_credited=not has_come_back, renderers=renderers, moment=moment
    )
    resolution = f"The return {code} was applied."
    await settle_by_return(conn, found, [BreakKind.REVERSAL], resolution, now_ms=now_ms, ids=ids)
    if has_come_back:
        detail = (
            f"The reversal {found.id} of the debit of {found.topup} was returned with {code}, and so was the "
            "debit: the customer has the money once, and the balance was not credited. If the return of the debit is "
            "dishonored and the bank credits that money, pay the customer another way."
        )
        await list_credit(conn, renderers, found, BreakKind.REVERSAL, "both", detail, now_ms=now_ms, ids=ids)
    return None


async def book_reversals(
    conn: Conn,
    named: Sequence[Reversal],
    *,
    bank_account: str,
    reference: str,
    booked_on: date,
    renderers: Renderers,
    now_ms: int,
    ids: IdFactory,
) -> int:
    """Post that the bank has booked reversals, in the caller's transaction; return how much that is, in cents.

    One that should not have left, because its debit has come back, is listed: the customer is paid twice.

    Raises:
        CreditBookedOtherwiseError: one was booked before, or is not at the bank.
    """
    total = 0
    for each in sorted(named, key=lambda each: (each.owner, each.topup)):
        moment = await lock_owner_time(conn, each.owner_scope, now_ms=now_ms, ids=ids)
        found = await reversals.hold_reversal(conn, each)
        check_at_the_bank(found, each, moved_by=found.settled_by, moved="which was booked")
        await _confirm(conn, found, BankStep.REVERSAL, bank_account, reference, moment)
        await reversals.write_settled(
            conn, found, settled_on=booked_on, settled_by=reference, renderers=renderers, moment=moment
        )
        if found.status is ReversalStatus.SUPERSEDED:
            await _report_twice(conn, renderers, found, now_ms=now_ms, ids=ids)
        total += found.amount
    return total


async def book_returned_reversal(
    conn: Conn,
    named: Reversal,
    *,
    bank_account: str,
    reference: str,
    renderers: Renderers,
    now_ms: int,
    ids: IdFactory,
) -> None:
    """Post that the bank has booked back the money of a reversal that was returned, in the caller's transaction.

    Where no return was applied, that is listed until one is.

    Raises:
        CreditBookedOtherwiseError: it was booked back before, or is not at the bank.
    """
    moment = await lock_owner_time(conn, named.owner_scope, now_ms=now_ms, ids=ids)
    found = await reversals.hold_reversal(conn, named)
    check_at_the_bank(found, named, moved_by=found.returned_by, moved="whose money was booked back")
    await _confirm(conn, found, BankStep.REVERSAL_RETURN, bank_account, reference, moment)
    await reversals.write_returned_by(conn, found, returned_by=reference)
    if found.status in _AT_THE_CUSTOMER:
        await list_come_back(conn, renderers, found, now_ms=now_ms, ids=ids)


async def _confirm(
    conn: Conn, found: Reversal, step: BankStep, bank_account: str, reference: str, moment: OwnerTime
) -> None:
    confirmation = BankConfirmation(
        scope=found.owner_scope,
        topup=found.topup,
        step=step,
        number=found.number,
        bank_account=bank_account,
        amount=found.amount,
        reference=reference,
    )
    await confirm_by_bank(conn, [(confirmation, moment)])
