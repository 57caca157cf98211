"""What the bank's word does to entries and their top-ups: confirmed or returned, once, however often it is told."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Final

from brim.base.actor import Actor, ActorKind
from brim.base.ids import IdFactory
from brim.base.scope import AccountScope
from brim.core import reversals
from brim.core.direct_debits import entry_store, file_store, prenote_store
from brim.core.direct_debits.entry_store import Confirmed
from brim.core.direct_debits.microdeposit_entries import release_stated
from brim.core.direct_debits.microdeposits import watch_returns
from brim.core.direct_debits.prenotes import ask_prenote_again, fail_prenote
from brim.core.direct_debits.refunding import settle_failed_refunds, stop_refunds
from brim.core.direct_debits.representing import failure_of, is_retried, present_again
from brim.core.direct_debits.retry_rules import NEVER_AUTHORIZED
from brim.core.direct_debits.reversing import apply_beside_reversal
from brim.core.direct_debits.rules import Entry, EntryStatus
from brim.core.events import BY_ITSELF, Renderers
from brim.core.originators import KnownMandate, ToldMandate, end_by_return, end_used, note_told
from brim.core.rails import Fail, Return
from brim.core.rails.ach import OriginatorProfile
from brim.core.reconciliation import BreakKind, find_open_break, settle_break
from brim.core.time import OwnerTime, lock_owner_time
from brim.core.topups import (
    BankConfirmation,
    BankStep,
    Change,
    Status,
    Topup,
    ask_again,
    confirm_by_bank,
    follow,
    hold_pending,
    lock_topup,
    wake,
)
from brim.core.topups import write_changes as write_topup_changes
from brim.platform.database import Conn

_DOES_NOT_FIT: Final = Fail("could_not_process", "The details of the bank account on file can't be used for a debit.")
LAPSED: Final = Fail("debit_not_authorized", "The mandate has lapsed: nothing was collected under it for 36 months.")
_BY_JOB: Final = Actor(kind=ActorKind.JOB, name="returns")


class Applied(StrEnum):
    """What became of a return."""

    FAILED = "failed"
    """The top-up was pending, or it verifies a bank account, and has failed."""
    WAITING = "waiting"
    """The top-up was pending and stays pending: its debit is presented again."""
    REVERSED = "reversed"
    """The money was usable, and is taken back."""
    ENDED = "ended"
    """The top-up was ended by a reversal, which does not leave any more, or had failed."""
    KNOWN = "known"
    """It was applied before."""
    CONFLICT = "conflict"
    """Another return of the same entry was applied before, or the top-up came to another end: a person has to look."""


async def confirm_batch(
    conn: Conn, scope: AccountScope, file_id: str, batch: int, *, by: str, now_ms: int, only_prenotes: bool = False
) -> list[Confirmed]:
    """Write that the bank has taken a batch, or its prenotes, and ask at once about top-ups that waited for it."""
    entries = await entry_store.list_entries_of_batch(conn, scope, file_id, batch)
    entries = [entry for entry in entries if entry.is_prenote or not only_prenotes]
    if not entries:
        return []
    await hold_presented(conn, entries)
    confirmed = await entry_store.confirm_entries(
        conn, scope, file_id, batch, by=by, now_ms=now_ms, only_prenotes=only_prenotes
    )
    await release_stated(conn, [entry for entry in entries if entry.is_microdeposit])
    await wake(
        conn,
        [
            (AccountScope(entry.owner, scope.livemode), entry.topup)
            for entry in confirmed
            if entry.status is EntryStatus.CONFIRMED
        ],
        now_ms=now_ms,
    )
    return confirmed


async def hold_presented(conn: Conn, entries: Sequence[Entry]) -> None:
    """Hold the pending top-ups of entries, then the entries: all do so in this order, so nobody waits in a ring."""
    await hold_pending(conn, [(entry.owner_scope, entry.topup) for entry in entries if not entry.verifies])
    await entry_store.hold_entries(conn, entries)


async def post_bank_steps(
    conn: Conn,
    entries: Sequence[Entry],
    step: BankStep,
    *,
    bank_account: str,
    reference: str,
    amount: int | None = None,
    now_ms: int,
    ids: IdFactory,
) -> None:
    """Post that the bank's statement has confirmed a step of top-ups, in the caller's transaction.

    Prenotes among the entries move nothing, and micro-deposits are posted elsewhere. `amount` is what the bank has
    moved of one entry, where it may be more than that: the rest is its fee. A one-off mandate ends once its collection
    is settled, whatever becomes of that later.

    Raises:
        ConfirmedOtherwiseError: another line has confirmed it.
    """
    entries = [entry for entry in entries if not entry.verifies]
    moments = {
        owner: await lock_owner_time(conn, owner, now_ms=now_ms, ids=ids)
        for owner in sorted({entry.owner_scope for entry in entries})
    }
    await confirm_by_bank(
        conn,
        [
            (
                BankConfirmation(
                    scope=entry.owner_scope,
                    topup=entry.topup,
                    step=step,
                    number=entry.number,
                    bank_account=bank_account,
                    amount=entry.amount if amount is None else amount,
                    reference=reference,
                ),
                moments[entry.owner_scope],
            )
            for entry in entries
        ],
    )
    if step is not BankStep.CREDIT:
        return  # what a collection has told banks of its mandate, it told when it was settled
    used = [
        (entry.owner_scope, entry.authorization_id, entry.topup)
        for entry in entries
        if entry.is_one_off and entry.authorization_id is not None
    ]
    await end_used(conn, used, now_ms=now_ms, ids=ids)
    await note_told(conn, await _told_mandates(conn, entries), now_ms=now_ms)


async def _told_mandates(conn: Conn, entries: Sequence[Entry]) -> list[ToldMandate]:
    """Return the mandates of whose amendments banks were told by entries that are settled."""
    found = []
    batches: dict[tuple[str, int], file_store.FoundBatch | None] = {}
    for entry in entries:
        if entry.amendment is None or entry.authorization_id is None or entry.effective_date is None:
            continue
        place = (entry.file or "", entry.batch or 0)
        if place not in batches:
            batches[place] = await file_store.find_batch(conn, entry.scope, *place)
        if (batch := batches[place]) is not None:
            mandate = KnownMandate(
                scope=entry.owner_scope,
                id=entry.authorization_id,
                creditor_identifier=batch.company_id,
                creditor_name=batch.company_name,
            )
            found.append(
                ToldMandate(
                    mandate=mandate,
                    topup=entry.topup,
                    presented_on=entry.effective_date,
                    former_creditor_identifier=entry.former_creditor_identifier,
                    former_creditor_name=entry.former_creditor_name,
                )
            )
    return found


async def apply_return(
    conn: Conn,
    entry: Entry,
    *,
    code: str,
    trace: str,
    profile: OriginatorProfile,
    renderers: Renderers,
    now_ms: int,
    ids: IdFactory,
) -> Applied:
    """Apply a return to an entry and to its top-up or prenote, in the caller's transaction.

    A top-up stays pending if the originator's profile has its debit presented again. A return that says that the holder
    has not authorized the debit, or has revoked that, ends the authorization, even where it cannot be applied.

    Raises:
        ClockAdvancingError: the account's test clock is advancing.
    """
    moment = await lock_owner_time(conn, entry.owner_scope, now_ms=now_ms, ids=ids)
    topup = None
    if entry.verifies:
        prenote = await prenote_store.lock_prenote(conn, entry.owner_scope, entry.topup)
        source = None if prenote is None else prenote.funding_source
    else:
        topup = await lock_topup(conn, entry.owner_scope, entry.topup)
        source = None if topup is None else topup.payment_method or topup.source
    held = await entry_store.lock_entry(conn, entry)
    if held is None or held.trace != entry.trace:
        return Applied.CONFLICT  # it was presented anew meanwhile, under another trace
    if held.return_code is not None and (held.return_code, held.return_trace) == (code, trace):
        return Applied.KNOWN
    await _end_authorization(conn, held, source, code=code, now_ms=now_ms, ids=ids)
    if held.return_code is not None:
        return Applied.CONFLICT
    if entry.verifies:
        failed = await fail_prenote(conn, entry, return_code=code, renderers=renderers, moment=moment)
        if not failed and not entry.is_microdeposit:  # of a set, each entry may come back
            return Applied.CONFLICT
        await entry_store.return_entry(conn, entry, code=code, trace=trace, now_ms=moment.now_ms)
        if failed and entry.is_microdeposit:
            await watch_returns(conn, renderers, entry, moment)
        return Applied.FAILED
    reversal = await reversals.lock_reversal_of(conn, entry.scope, entry.topup)
    if reversal is not None and reversal.number == entry.number:
        is_applied = await apply_beside_reversal(
            conn, reversal, code=code, trace=trace, profile=profile, renderers=renderers, moment=moment
        )
        applied = Applied.ENDED if is_applied else Applied.CONFLICT
    else:
        applied = await _end_returned(conn, held, topup, code=code, profile=profile, renderers=renderers, moment=moment)
    if applied is not Applied.CONFLICT:
        await entry_store.return_entry(conn, entry, code=code, trace=trace, now_ms=moment.now_ms)
        await _settle_taken_back(conn, entry, code, now_ms=now_ms, ids=ids)
    return applied


async def _settle_taken_back(conn: Conn, entry: Entry, code: str, *, now_ms: int, ids: IdFactory) -> None:
    """Settle the break that lists a debit which the statement took back before its return was applied.

    And those that say of its refunds that the customer was not paid.
    """
    found = await find_open_break(conn, entry.scope, [BreakKind.TAKEN_BACK], [entry.trace or ""])
    if found is not None:
        resolution = f"The return {code} was applied."
        await settle_break(conn, entry.scope, found, resolution=resolution, by=_BY_JOB, now_ms=now_ms, ids=ids)
    await settle_failed_refunds(conn, entry, code=code, now_ms=now_ms, ids=ids)


async def _end_authorization(
    conn: Conn, entry: Entry, source: str | None, *, code: str, now_ms: int, ids: IdFactory
) -> None:
    """End the authorization under which a debit was sent if its return says that there was none, whatever else it does.

    In the time of a test clock it is not known whether the authorization is a newer one, so it ends.
    """
    if code not in NEVER_AUTHORIZED or source is None or entry.is_credit:
        return
    file = (await file_store.fetch_files(conn, entry.scope, [entry.file or ""])).get(entry.file or "")
    sent_ms = entry.claimed_ms if file is None else file.built_ms
    await end_by_return(
        conn,
        entry.owner_scope,
        source,
        code=code,
        detail=f"{entry.topup}: {code}",
        before_ms=None if entry.test_clock is not None else sent_ms,
        mandate=entry.authorization_id,
        now_ms=now_ms,
        ids=ids,
    )


async def _end_returned(
    conn: Conn,
    entry: Entry,
    topup: Topup | None,
    *,
    code: str,
    profile: OriginatorProfile,
    renderers: Renderers,
    moment: OwnerTime,
) -> Applied:
    """Let the top-up of a returned entry fail or be reversed, unless its debit is presented again."""
    applied = await _applied_to(conn, entry, topup, code=code, profile=profile, renderers=renderers, moment=moment)
    if topup is None or applied in {Applied.CONFLICT, Applied.WAITING}:
        return Applied.CONFLICT if topup is None else applied
    if applied in {Applied.REVERSED, Applied.FAILED}:  # after a restore, also what is pending may have a refund
        await stop_refunds(conn, entry, code=code, profile=profile, renderers=renderers, moment=moment)
    failure_code, message = failure_of(code)
    outcome = Fail(failure_code, message) if applied is Applied.FAILED else Return(failure_code, message)
    transition = follow(topup, outcome, moment, BY_ITSELF, renderers=renderers)
    if transition is not None:
        await write_topup_changes(conn, [Change(transition, topup, moment, BY_ITSELF)], renderers=renderers)
    return applied


async def _applied_to(
    conn: Conn,
    entry: Entry,
    topup: Topup | None,
    *,
    code: str,
    profile: OriginatorProfile,
    renderers: Renderers,
    moment: OwnerTime,
) -> Applied:
    """Return what a return does to a top-up; if its debit is to be presented again, plan that."""
    if topup is None or topup.status not in {Status.PENDING, Status.SUCCEEDED}:
        return Applied.CONFLICT
    has_later, was_presented_again = await entry_store.is_presented_again(conn, entry)
    if has_later:
        # Only after a restore can a debit with an unknown return have a later presentment.
        return Applied.WAITING if was_presented_again and is_retried(code) else Applied.CONFLICT
    if topup.status is Status.SUCCEEDED:
        return Applied.REVERSED
    is_planned = await present_again(conn, entry, topup, code=code, profile=profile, renderers=renderers, moment=moment)
    return Applied.WAITING if is_planned else Applied.FAILED


async def withdraw(conn: Conn, entries: Sequence[Entry], *, moment: OwnerTime) -> None:
    """Take entries that must not leave out of the queue, and ask at once about what they belong to.

    It stands as before its cut-off then: it is queued anew, as things are now, or listed as stuck with the reason, and
    a top-up can be canceled. The transaction holds all of it.
    """
    await entry_store.withdraw_entries(conn, entries)
    await ask_again(conn, [(entry.owner_scope, entry.topup) for entry in entries if not entry.verifies], moment)
    for entry in entries:
        if entry.verifies:
            await ask_prenote_again(conn, entry, moment)


async def refuse_unfit(
    conn: Conn, entries: Sequence[Entry], *, failure: Fail = _DOES_NOT_FIT, renderers: Renderers, moment: OwnerTime
) -> None:
    """Let top-ups and prenotes fail that cannot be in a file; nothing of them has been sent."""
    for entry in entries:
        if entry.verifies:
            await fail_prenote(conn, entry, reason=failure.message, renderers=renderers, moment=moment)
            continue
        topup = await lock_topup(conn, entry.owner_scope, entry.topup)
        if topup is not None and topup.status is Status.PENDING:
            transition = follow(topup, failure, moment, BY_ITSELF, renderers=renderers)
            if transition is not None:
                await write_topup_changes(conn, [Change(transition, topup, moment, BY_ITSELF)], renderers=renderers)
    await entry_store.refuse_entries(conn, entries)
