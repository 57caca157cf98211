"""Dishonored returns: how they are dishonored, booked and contested, and when the customer is credited.

A dishonor changes no status of a top-up. Its money waits in `funding:clearing` from the statement that books it until
it can no longer be contested and everything that the bank has sent by then is read; only then is the balance credited.
"""

from collections.abc import Sequence
from datetime import date
from typing import Final, Protocol

import structlog

from brim.base.actor import Actor, ActorKind
from brim.base.clock import Clock
from brim.base.currency import dollars
from brim.base.errors import BrimError
from brim.base.ids import IdFactory, Ids
from brim.base.scope import AccountScope
from brim.core import audit, dishonors
from brim.core.audit import Action, ObjectType
from brim.core.direct_debits import entry_store, file_store, reading_store
from brim.core.direct_debits.announcing import list_break
from brim.core.direct_debits.reading_rules import UnreadBankError, check_read
from brim.core.direct_debits.rules import Entry
from brim.core.direct_debits.trouble import done_or_listed
from brim.core.dishonors import RETURN_PREFIX, AchReturn, ReturnStatus, Standing
from brim.core.events import BY_ITSELF, Cause, Renderers
from brim.core.originators import Originator, find_originator
from brim.core.rails.ach import day_of_year, dishonorable_until_ms, next_cutoff_ms, unanswered_ms
from brim.core.rails.ach.nacha import Contest, Item, ReturnInfo
from brim.core.reconciliation import BreakKind, BreakResolvedError, NewBreak, find_open_breaks, settle_break
from brim.core.reversals import find_of_topups
from brim.core.time import ClockAdvancingError, OwnerTime, lock_owner_time
from brim.core.topups import (
    BankConfirmation,
    BankStep,
    KnownRetry,
    Status,
    confirm_by_bank,
    fetch_topups,
    is_confirmed,
    lock_topup,
    post_balance_step,
    retries_of,
)
from brim.platform.database import Conn, Database
from brim.platform.vault import Vault

_CONTESTS: Final = (BreakKind.RETURN, BreakKind.ITEM)
"""The kinds of breaks for contests that could not be applied."""
_LINES: Final = (BreakKind.LINE, BreakKind.LINE_AMOUNT)
"""The kinds of breaks for statement lines that could not be posted."""
_BY_JOB: Final = Actor(kind=ActorKind.JOB, name="dishonors")
_UNPOSTED: Final = "unposted"
"""How the cause of a break goes on for a line whose money was not posted; the line follows."""
_KEPT_MS: Final = 24 * 60 * 60 * 1000
_MOST: Final = 100

_log = structlog.get_logger()


class DishonorBookedOtherwiseError(BrimError):
    """A statement line moves the money of a dishonored return that was already moved, or cannot be."""

    def __init__(self, found: AchReturn, what: str) -> None:
        super().__init__(f"The line is about the dishonored return {found.id}, {what}.")


async def note_return(  # noqa: PLR0913  what came, in which file, and what it is about
    conn: Conn,
    vault: Vault,
    originator: Originator,
    item: Item,
    info: ReturnInfo,
    entry: Entry | None,
    *,
    bank_file: str,
    made_on: date,
    is_applied: bool,
    break_id: str | None,
    renderers: Renderers,
    now_ms: int,
    ids: IdFactory,
) -> None:
    """Keep a return of a debit, so that it can be dishonored; a return that moves no money is left out.

    The break of one that could not be applied at first is settled once it is; where it was dishonored meanwhile, that
    is a break of its own.

    Args:
        conn: the caller's transaction.
        vault: seals the record of the entry.
        originator: whose bank has sent it.
        item: as it was read.
        info: what it says.
        entry: the debit that it names, None where none is known.
        bank_file: the file that it came in.
        made_on: the day of that file; the return settled then, unless its batch says otherwise.
        is_applied: whether the top-up has failed or was reversed by it.
        break_id: lists it, where it could not be applied.
        renderers: write what events show.
        now_ms: the time.
        ids: makes its id.
    """
    if item.batch is None or not info.is_debit or not info.amount_cents or (entry is not None and entry.verifies):
        return
    settled_on = day_of_year(item.batch.settlement_date, made_on)
    received = AchReturn(
        scope=originator.scope,
        id=ids.new_at(RETURN_PREFIX, now_ms),
        owner=originator.scope.account if entry is None else entry.owner,
        originator=originator.id if entry is None else entry.originator,
        topup=None if entry is None else entry.topup,
        number=None if entry is None else entry.number,
        bank_file=bank_file,
        break_id=break_id,
        code=info.code,
        original_trace=info.original_trace_number,
        original_rdfi=info.original_rdfi_identification,
        trace=info.trace_number,
        amount=info.amount_cents,
        sec_code=item.batch.standard_entry_class_code,
        settled_on=settled_on,
        debited_on=None if entry is None else entry.effective_date,
        is_applied=is_applied,
        status=ReturnStatus.RETURNED,
        dishonorable_until_ms=dishonorable_until_ms(originator.profile, settled_on),
        received_ms=now_ms,
    )
    before = await dishonors.note_return(conn, vault, received, item.raw[0])
    if before is None:
        return
    if before.status in {ReturnStatus.RETURNED, ReturnStatus.MISSED}:
        await _settle(conn, before, "The bank has sent the return again, and it was applied.", now_ms=now_ms, ids=ids)
        return
    detail = (
        f"The return {before.id} could not be applied at first, and is {before.status}. The bank has sent it "
        f"again, and that one was applied to {received.topup}: money that the bank credits for it is neither posted "
        "nor credited to the customer. Find out with your bank whether the return stands."
    )
    await _list(conn, renderers, before, "applied", detail, now_ms=now_ms, ids=ids)


async def dishonor_return(  # noqa: PLR0913  who says what, when and why
    conn: Conn,
    scope: AccountScope,
    return_id: str,
    *,
    code: str,
    information: str | None = None,
    renderers: Renderers,
    cause: Cause = BY_ITSELF,
    by: Actor,
    now_ms: int,
    ids: IdFactory,
) -> AchReturn:
    """Dishonor a return with a code (R61 to R70), in the caller's transaction, with its audit entry.

    The dishonor goes out with the next file.

    Raises:
        ResourceMissingError: the platform has none of that id.
        ClockAdvancingError: the account's test clock is advancing.
        NotDishonorableError: its status is not `returned`.
        TooLateToDishonorError: its deadline has passed.
        UnfitDishonorError: the code does not fit it.
    """
    named = await dishonors.see_return(conn, scope, return_id)
    moment = await lock_owner_time(conn, named.owner_scope, now_ms=now_ms, ids=ids)
    if named.topup is not None:
        await lock_topup(conn, named.owner_scope, named.topup)  # nobody presents or retries it meanwhile
    found = await dishonors.hold_return(conn, scope, return_id)
    if found.topup is not None and found.topup != named.topup:
        await lock_topup(conn, found.owner_scope, found.topup)
    profile = (await find_originator(conn, scope, found.originator)).profile
    after = await dishonors.dishonor(
        conn,
        found,
        await read_standing(conn, found),
        code=code,
        information=information,
        leaves_ms=next_cutoff_ms(profile, moment.now_ms),
        renderers=renderers,
        cause=cause,
        by=by,
        moment=moment,
    )
    await audit.record(
        conn,
        by,
        Action.ACH_RETURN_DISHONORED,
        object_type=ObjectType.ACH_RETURN,
        object_id=after.id,
        before=found,
        after=after,
        scope=scope,
        now_ms=now_ms,
        ids=ids,
    )
    return after


async def read_standing(conn: Conn, found: AchReturn) -> Standing:
    """Return whether a return's debit was returned earlier or is presented again."""
    if found.topup is None:
        return Standing(is_repeated=False, is_presented_again=False)
    entries = await entry_store.list_entries_of_topups(conn, found.scope, [found.topup])
    topups = await fetch_topups(conn, found.owner_scope, [found.topup])
    retries = await retries_of(conn, found.owner_scope, found.topup)
    return Standing(
        is_repeated=await dishonors.has_earlier_return(conn, found),
        is_presented_again=(
            any(entry.number > (found.number or 0) for entry in entries)
            or (found.is_applied and any(topup.status is Status.PENDING for topup in topups))
            or await is_retry_sent(conn, found.scope, retries)
        ),
    )


async def is_retry_sent(conn: Conn, scope: AccountScope, retries: Sequence[KnownRetry]) -> bool:
    """Tell whether one of the retries of a top-up was sent, or still may be."""
    ended = [retry.topup for retry in retries if retry.status in {Status.CANCELED, Status.FAILED}]
    if len(ended) < len(retries):
        return True
    entries = await entry_store.list_entries_of_topups(conn, scope, ended) if ended else []
    return any(entry.file is not None for entry in entries)


async def report_missed(
    conn: Conn, renderers: Renderers, missed: Sequence[AchReturn], *, now_ms: int, ids: Ids
) -> None:
    """List dishonors that no file could carry, or not in time."""
    for found in missed:
        detail = (
            f"The dishonor {found.dishonor_code} of the return {found.id} was missed: it could not be sent by the last "
            "cut-off of the fifth banking day, or its entry can't be put into a file. Ask your bank what can be done "
            "outside the network."
        )
        await _list(conn, renderers, found, "missed", detail, now_ms=now_ms, ids=ids)


async def apply_contest(
    conn: Conn, scope: AccountScope, contest: Contest, *, renderers: Renderers, now_ms: int, ids: IdFactory
) -> str | None:
    """Apply a contested dishonor, in the caller's transaction; once, however often it arrives.

    Returns:
        Why it could not be applied; None if it was, now or before.

    Raises:
        ClockAdvancingError: the account's test clock is advancing.
    """
    named = await dishonors.find_by_dishonor_trace(conn, scope, [contest.dishonour_trace_number])
    if not named:
        return "no dishonored return has it"
    moment = await lock_owner_time(conn, named[0].owner_scope, now_ms=now_ms, ids=ids)
    found = await dishonors.hold_return(conn, scope, named[0].id)
    if found.status is ReturnStatus.CONTESTED:
        same = (found.contest_code, found.contest_trace) == (contest.code, contest.trace_number)
        return None if same else f"{found.id} was already contested, with {found.contest_code}"
    if (found.amount, found.trace) != (contest.amount_cents, contest.return_trace_number):
        return f"{found.id} is for {dollars(found.amount)} and the return {found.trace}"
    if found.status is ReturnStatus.ACCEPTED:
        return f"the time to contest {found.id} was over, and its money was credited to the customer"
    if found.status not in {ReturnStatus.DISHONORED, ReturnStatus.MONEY_BACK}:
        return f"{found.id} is {found.status}"
    await dishonors.write_contested(
        conn, found, code=contest.code, trace=contest.trace_number, renderers=renderers, moment=moment
    )
    return None


async def find_in_line(conn: Conn, scope: AccountScope, traces: Sequence[str], *, is_coming: bool) -> AchReturn | None:
    """Return the return whose dishonor a line of a statement names, by its trace or by that of its contest."""
    if not traces:
        return None
    named = await dishonors.find_by_dishonor_trace(conn, scope, traces)
    if named or is_coming:
        return named[0] if named else None
    returned = await dishonors.find_by_original_trace(conn, scope, traces)
    return next((each for each in returned if each.contest_trace in traces), None)


async def book_back(  # noqa: PLR0913  what, by which line, and what is told
    conn: Conn,
    named: Sequence[AchReturn],
    *,
    originator: Originator,
    bank_account: str,
    reference: str,
    booked_on: date,
    renderers: Renderers,
    now_ms: int,
    ids: IdFactory,
) -> int:
    """Post that the bank has booked back the money of dishonored returns, in the caller's transaction.

    Returns how much that is, in cents.

    Raises:
        DishonorBookedOtherwiseError: it was booked before, or is not at the bank.
    """
    total = 0
    for each in named:
        moment = await lock_owner_time(conn, each.owner_scope, now_ms=now_ms, ids=ids)
        found = await dishonors.hold_return(conn, each.scope, each.id)
        if found.booked_by is not None:
            raise DishonorBookedOtherwiseError(found, f"whose money was booked by {found.booked_by}")
        if found.status not in {ReturnStatus.DISHONORED, ReturnStatus.CONTESTED}:
            raise DishonorBookedOtherwiseError(found, f"which is {found.status}")
        await dishonors.write_booked(conn, found, profile=originator.profile, booked_on=booked_on, booked_by=reference)
        if not await _post(
            conn, found, BankStep.DISHONOR, bank_account=bank_account, reference=reference, moment=moment
        ):
            await _report_unposted(conn, renderers, found, reference, "booked back", now_ms=now_ms, ids=ids)
        total += found.amount
    return total


async def take_again(
    conn: Conn,
    named: AchReturn,
    *,
    bank_account: str,
    reference: str,
    renderers: Renderers,
    now_ms: int,
    ids: IdFactory,
) -> None:
    """Post that the bank has taken again what it had booked back of a dishonored return.

    Raises:
        DishonorBookedOtherwiseError: it was taken before, or is the customer's by now.
    """
    moment = await lock_owner_time(conn, named.owner_scope, now_ms=now_ms, ids=ids)
    found = await dishonors.hold_return(conn, named.scope, named.id)
    if found.taken_by is not None:
        raise DishonorBookedOtherwiseError(found, f"whose money was taken again by {found.taken_by}")
    if found.status not in {ReturnStatus.DISHONORED, ReturnStatus.MONEY_BACK, ReturnStatus.CONTESTED}:
        raise DishonorBookedOtherwiseError(found, f"which is {found.status}")
    await dishonors.write_taken(conn, found, taken_by=reference)
    if not await _post(conn, found, BankStep.CONTEST, bank_account=bank_account, reference=reference, moment=moment):
        await _report_unposted(conn, renderers, found, reference, "taken again", now_ms=now_ms, ids=ids)


async def _post(
    conn: Conn, found: AchReturn, step: BankStep, *, bank_account: str, reference: str, moment: OwnerTime
) -> bool:
    """Post a step of a dishonored return, where the bank's taking of the money was posted, too.

    Returns False where it was not, though the top-up is known: a person has to look at that.
    """
    if found.topup is None:
        return True
    if not await _was_taken(conn, found):
        return False
    confirmation = BankConfirmation(
        scope=found.owner_scope,
        topup=found.topup,
        step=step,
        number=found.number or 1,
        bank_account=bank_account,
        amount=found.amount,
        reference=reference,
    )
    await confirm_by_bank(conn, [(confirmation, moment)])
    return True


async def post_what_waited(conn: Conn, entry: Entry, *, now_ms: int, ids: IdFactory) -> None:
    """Post what the bank moved of a dishonored return before the line came by which it had taken the money.

    Its caller's transaction has just posted that line, of a return that could not be applied. The breaks that listed
    the other lines are settled.
    """
    for each in await dishonors.list_returns_of_topup(conn, entry.scope, entry.topup):
        if each.number != entry.number or each.is_applied:
            continue
        moment = await lock_owner_time(conn, each.owner_scope, now_ms=now_ms, ids=ids)
        found = await dishonors.hold_return(conn, each.scope, each.id)
        listed = await find_open_breaks(conn, found.scope, [BreakKind.DISHONOR], [found.id])
        for step, line in ((BankStep.DISHONOR, found.booked_by), (BankStep.CONTEST, found.taken_by)):
            waiting = [open_break for open_break in listed if open_break.cause == f"{found.id}/{_UNPOSTED}/{line}"]
            bank_account = (line or "").partition("/")[0]
            if waiting and await _post(
                conn, found, step, bank_account=bank_account, reference=line or "", moment=moment
            ):
                resolution = "The statement line with the bank's debit arrived; both are posted."
                for open_break in waiting:
                    await settle_break(
                        conn, found.scope, open_break.id, resolution=resolution, by=_BY_JOB, now_ms=now_ms, ids=ids
                    )


async def _was_taken(conn: Conn, found: AchReturn) -> bool:
    """Tell whether a return takes the money of its debit out of the books, now or later.

    One that could not be applied does, if the statement has booked it anyway and no other return has.
    """
    if found.is_applied:
        return True
    entries = await entry_store.list_entries_of_topups(conn, found.scope, [found.topup or ""])
    if any(entry.number == found.number and entry.return_code is not None for entry in entries):
        return False
    return await is_confirmed(conn, found.owner_scope, found.topup or "", BankStep.RETURN, found.number or 1)


async def end_contests(database: Database, renderers: Renderers, *, clock: Clock, ids: IdFactory) -> int:
    """Give customers the money of dishonored returns that cannot be contested any more; return how many came to an end.

    A dishonor that has left, and of which nothing comes, is listed as a break, and ends once a person resolves that.
    One that cannot be ended is listed, and holds up no other. Each has the time of its own transaction, for which
    whoever reads an interval waits. What a return came with is forgotten once it can be neither dishonored nor
    contested.
    """
    async with database.connection() as conn:
        waiting = await dishonors.list_money_back(conn, now_ms=clock())
        unanswered = await dishonors.list_unanswered(conn, now_ms=clock())
    ended = 0
    for each, end in [*((each, _accept) for each in waiting), *((each, _end_unanswered) for each in unanswered)]:

        async def work(conn: Conn, each: AchReturn = each, end: _End = end) -> bool:
            try:
                return await end(conn, each, renderers=renderers, now_ms=clock(), ids=ids)
            except (ClockAdvancingError, UnreadBankError) as error:
                _log.debug("dishonor is not final yet", ach_return=each.id, reason=str(error))
                return False

        done = await done_or_listed(
            database,
            work,
            renderers,
            scope=each.scope,
            cause=each.id,
            doing=f"end the dishonor of {each.id}",
            now_ms=clock(),
            ids=ids,
        )
        ended += bool(done)
    async with database.connection() as conn:
        await dishonors.forget_records(conn, before_ms=clock() - _KEPT_MS, limit=_MOST)
    return ended


class _End(Protocol):
    """Ends a dishonor in the caller's transaction; returns whether it has."""

    async def __call__(
        self, conn: Conn, each: AchReturn, /, *, renderers: Renderers, now_ms: int, ids: IdFactory
    ) -> bool: ...


async def _accept(conn: Conn, each: AchReturn, *, renderers: Renderers, now_ms: int, ids: IdFactory) -> bool:
    moment = await lock_owner_time(conn, each.owner_scope, now_ms=now_ms, ids=ids)
    found = await dishonors.hold_return(conn, each.scope, each.id)
    if found.status is not ReturnStatus.MONEY_BACK or found.taken_by is not None:
        return False
    if moment.now_ms < (found.final_ms or 0):
        return False
    whose = (found.scope, found.originator)
    readings = await reading_store.read_readings(conn, [whose])
    check_read(
        readings.get(whose),
        since_ms=found.final_ms or 0,
        now_ms=moment.now_ms,
        by_clock=moment.test_clock is not None,
    )
    told = found.dishonor_trace or ""
    about = await find_open_breaks(conn, found.scope, _CONTESTS, [told, found.original_trace])
    about += await find_open_breaks(conn, found.scope, _LINES, [told])
    if any(open_break.id != found.break_id for open_break in about):
        return False  # it may be a contest that could not be applied
    if found.is_applied and found.topup is not None and not await _was_paid_back(conn, found):
        bank_account = (await find_originator(conn, found.scope, found.originator)).profile.bank_account
        is_new = await post_balance_step(
            conn,
            found.owner_scope,
            found.topup,
            BankStep.ACCEPTED,
            bank_account=bank_account,
            reference=found.id,
            renderers=renderers,
            moment=moment,
        )
        if not is_new:
            await _report_second(conn, renderers, found, now_ms=now_ms, ids=ids)
    await dishonors.write_accepted(conn, found, renderers=renderers, moment=moment)
    resolution = f"The return was dishonored with {found.dishonor_code}, and nobody has contested that in time."
    await _settle(conn, found, resolution, now_ms=now_ms, ids=ids)
    return True


async def _was_paid_back(conn: Conn, found: AchReturn) -> bool:
    """Tell whether the debit that was returned was reversed as well: the customer has its money already."""
    reversal = (await find_of_topups(conn, found.scope, [found.topup or ""])).get(found.topup or "")
    return reversal is not None and reversal.number == found.number and reversal.has_paid


async def _end_unanswered(conn: Conn, each: AchReturn, *, renderers: Renderers, now_ms: int, ids: IdFactory) -> bool:
    """List a dishonor that the bank has not answered in time; where a person has resolved that, end it."""
    moment = await lock_owner_time(conn, each.owner_scope, now_ms=now_ms, ids=ids)
    found = await dishonors.hold_return(conn, each.scope, each.id)
    if found.status is ReturnStatus.DISHONORED and found.file is not None:
        file = (await file_store.fetch_files(conn, found.scope, [found.file])).get(found.file)
        if file is None:
            return False
        profile = (await find_originator(conn, found.scope, found.originator)).profile
        due_ms = unanswered_ms(profile, file.effective_date)
        what = "unanswered"
        detail = (
            f"The dishonor {found.dishonor_code} of the return {found.id} was sent in {file.id} for "
            f"{file.effective_date}, and no statement has booked its money."
        )
    elif found.status is ReturnStatus.MONEY_BACK and found.taken_by is not None:
        due_ms = found.final_ms or 0
        what = "unanswered/taken"
        detail = (
            f"The bank has debited the money of the dishonored return {found.id} again ({found.taken_by}), and no "
            "contest explains it."
        )
    else:
        return False
    if moment.now_ms < due_ms:
        return False
    detail += " Ask your bank. Once this break is resolved, the dishonor has ended, and the return stands."
    await _list(conn, renderers, found, what, detail, now_ms=now_ms, ids=ids)
    if await find_open_breaks(conn, found.scope, [BreakKind.DISHONOR], [found.id]):
        return False
    await dishonors.write_missed(conn, found, now_ms=moment.now_ms)
    return True


async def _settle(conn: Conn, found: AchReturn, resolution: str, *, now_ms: int, ids: IdFactory) -> None:
    """Settle the break of a return that could not be applied: it counts no more, or was applied after all."""
    if found.break_id is None:
        return
    try:
        await settle_break(conn, found.scope, found.break_id, resolution=resolution, by=_BY_JOB, now_ms=now_ms, ids=ids)
    except BreakResolvedError:
        _log.info("break was already resolved", break_id=found.break_id)


async def _report_second(conn: Conn, renderers: Renderers, found: AchReturn, *, now_ms: int, ids: IdFactory) -> None:
    detail = (
        f"The bank has credited the money of {found.topup} a second time, for the dishonored return {found.id}. The "
        "customer was credited once; the second amount is in funding:clearing."
    )
    await _list(conn, renderers, found, "second", detail, now_ms=now_ms, ids=ids)


async def _report_unposted(
    conn: Conn, renderers: Renderers, found: AchReturn, reference: str, what: str, *, now_ms: int, ids: IdFactory
) -> None:
    detail = (
        f"The bank has {what} {dollars(found.amount)} for the dishonored return {found.id} of "
        f"{found.topup} (the line {reference}). That it took the money by this return was not posted, so neither is "
        "this. Compare both with the statements."
    )
    await _list(conn, renderers, found, f"{_UNPOSTED}/{reference}", detail, now_ms=now_ms, ids=ids)


async def _list(
    conn: Conn, renderers: Renderers, found: AchReturn, what: str, detail: str, *, now_ms: int, ids: Ids
) -> None:
    """List once what a person has to look at of a return."""
    new = NewBreak(
        scope=found.scope,
        kind=BreakKind.DISHONOR,
        cause=f"{found.id}/{what}",
        detail=detail,
        amount=found.amount,
        currency="usd",
        reference=found.id,
    )
    await list_break(conn, renderers, new, now_ms=now_ms, ids=ids)
