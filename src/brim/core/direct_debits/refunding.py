"""Refunds of top-ups: how they are requested, canceled and sent, and what a return of the debit does to them.

A refund takes its money from the balance at once and leaves the top-up as it is. All hold the top-up first, then its
entry, then its refunds, then the balance; `refund_outcomes` has what the bank says of them.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import msgspec

from brim.base.actor import Actor
from brim.base.currency import written_amount
from brim.base.errors import ResourceMissingError
from brim.base.ids import IdFactory, Ids
from brim.base.scope import AccountScope
from brim.core import audit, refunds, reversals
from brim.core.audit import Action, ObjectType
from brim.core.direct_debits import entry_store, file_store
from brim.core.direct_debits.claiming import NO_NAME
from brim.core.direct_debits.credits import MOST, RETURN_BREAKS, has_left, list_credit, settle_by_return
from brim.core.direct_debits.encoding import OutgoingCredit, PlacedCredit, names_of, refunding
from brim.core.direct_debits.entry_store import ClaimTerms
from brim.core.direct_debits.microdeposit_rules import class_of
from brim.core.direct_debits.rules import AchFile, Entry, EntryStatus, FileStatus
from brim.core.direct_debits.sent_lists import read_sent_lists
from brim.core.dishonors import ReturnStatus, list_returns_of_topup
from brim.core.events import BY_ITSELF, Cause, Renderers
from brim.core.funding import reveal_number
from brim.core.originators import find_originator, name_of
from brim.core.rails.ach import (
    OriginatorProfile,
    entry_cap_of_file_made,
    local_day,
    next_cutoff_ms,
    refundable_from_ms,
)
from brim.core.rails.ach.nacha import EntryDetail
from brim.core.reconciliation import BreakKind, find_open_breaks
from brim.core.refunds import (
    REFUND_PREFIX,
    FailureReason,
    PaymentFacts,
    Refund,
    RefundStatus,
    check_cancelable,
    check_refundable,
    refunded_of,
)
from brim.core.time import OwnerTime, lock_owner_time
from brim.core.topups import BankStep, Topup, fetch_topups, is_confirmed, lock_topup
from brim.platform.database import Conn
from brim.platform.vault import Vault

_KIND: Final = "refund"
_UNCLEAR: Final = (*RETURN_BREAKS, BreakKind.TAKEN_BACK)
"""The kinds of breaks that say that a debit may have come back."""
_DISPUTED: Final = frozenset({ReturnStatus.DISHONORED, ReturnStatus.MONEY_BACK})
_PAY_OTHERWISE: Final = "The account's balance has the money again; pay the customer another way."
_NOT_OWED: Final = "The account's balance has the money of the refund again; do not pay the customer another way."


class RefundRequest(NamedTuple):
    """What is to be refunded: an amount in cents, None for what is left; and what the refund is to say."""

    amount: int | None = None
    description: str | None = None
    metadata: Mapping[str, str] = {}


async def request_refund(  # noqa: PLR0913  who says what, when and why
    conn: Conn,
    scope: AccountScope,
    topup_id: str,
    wanted: RefundRequest,
    *,
    renderers: Renderers,
    cause: Cause = BY_ITSELF,
    by: Actor,
    now_ms: int,
    ids: IdFactory,
) -> Refund:
    """Refund a top-up, in the caller's transaction, with its audit entry.

    The money leaves the balance at once, and the refund goes out with the next file.

    Raises:
        ResourceMissingError: the platform has debited no such top-up.
        ClockAdvancingError: the account's test clock is advancing.
        NotRefundableError, AlreadyRefundedError, RefundTooLargeError, DebitReturnableError: it cannot be refunded.
        RefundFundsError: less is available.
    """
    presented = await entry_store.list_entries_of_topups(conn, scope, [topup_id])
    owner = presented[-1].owner_scope if presented else scope
    moment = await lock_owner_time(conn, owner, now_ms=now_ms, ids=ids)
    topup = await lock_topup(conn, owner, topup_id)
    if topup is None:
        raise ResourceMissingError("debit", topup_id, param="topup")
    presented = await entry_store.list_entries_of_topups(conn, scope, [topup_id])
    entry = await entry_store.lock_entry(conn, presented[-1]) if presented else None
    known = await refunds.lock_refunds_of(conn, scope, topup_id)
    facts = await _read_facts(conn, scope, topup, entry, refunded=refunded_of(known))
    amount = check_refundable(facts, wanted.amount, now_ms=moment.now_ms)
    if entry is None or entry.effective_date is None:
        raise ResourceMissingError("debit", topup_id, param="topup")
    profile = (await find_originator(conn, scope, entry.originator)).profile
    requested = _new_refund(entry, amount, profile, by=name_of(by), moment=moment)
    requested = msgspec.structs.replace(requested, description=wanted.description, metadata=dict(wanted.metadata))
    await refunds.request(conn, requested, renderers=renderers, moment=moment, cause=cause)
    await audit.record(
        conn,
        by,
        Action.REFUND_REQUESTED,
        object_type=ObjectType.REFUND,
        object_id=requested.id,
        after=requested,
        detail=topup_id,
        scope=scope,
        now_ms=now_ms,
        ids=ids,
    )
    return requested


async def _read_facts(
    conn: Conn, scope: AccountScope, topup: Topup, entry: Entry | None, *, refunded: int
) -> PaymentFacts:
    """Return what decides whether a held top-up, with its newest entry held too, can be refunded."""
    reversal = (await reversals.find_of_topups(conn, scope, [topup.id])).get(topup.id)
    facts = PaymentFacts(
        topup=topup.id,
        status=topup.status,
        amount=topup.amount,
        refunded=refunded,
        rail=topup.rail,
        is_collected=entry is not None and entry.effective_date is not None,
        reversal=None if reversal is None or reversal.is_credited else reversal.id,
    )
    if entry is None or entry.effective_date is None:
        return facts
    profile = (await find_originator(conn, scope, entry.originator)).profile
    returns = await list_returns_of_topup(conn, scope, topup.id)
    disputed = [each.id for each in returns if each.number == entry.number and each.status in _DISPUTED]
    unclear = [each.id for each in await find_open_breaks(conn, scope, _UNCLEAR, names_of(entry))]
    terms = (await entry_store.read_claim_terms(conn, [_terms_wanted(topup)]))[topup.id]
    return msgspec.structs.replace(
        facts,
        return_code=entry.return_code,
        rejected_in=entry.file if await _is_debit_rejected(conn, entry) else None,
        open_return=next(iter(disputed + unclear), None),
        is_taken_back=await _is_taken_back(conn, entry),
        returnable_until_ms=refundable_from_ms(profile, entry.effective_date),
        is_detached=terms.is_detached,
        has_account_number=bool(terms.sealed),
        is_account_ended=terms.is_ended,
    )


def _terms_wanted(topup: Topup) -> tuple[AccountScope, str, str]:
    return topup.scope, topup.id, topup.payment_method or topup.source or ""


async def _is_debit_rejected(conn: Conn, entry: Entry) -> bool:
    if entry.status is EntryStatus.REJECTED:
        return True
    batches = await file_store.list_batches(conn, entry.scope, entry.file or "")
    return any(batch.number == entry.batch and batch.status == "rejected" for batch in batches)


async def _is_taken_back(conn: Conn, entry: Entry) -> bool:
    """Tell whether a statement has taken the money of a debit back, whether or not a return was applied."""
    return await is_confirmed(conn, entry.owner_scope, entry.topup, BankStep.RETURN, entry.number)


async def _why_not_owed(conn: Conn, entry: Entry) -> str | None:
    """Return why the customer, who has the money of a debit, is owed no refund of it; None if one is."""
    if await _is_debit_rejected(conn, entry):
        return f"The bank has rejected the debit of {entry.topup}"
    if await _is_taken_back(conn, entry):
        return f"A statement has debited the return of {entry.topup}"
    return None


def _new_refund(entry: Entry, amount: int, profile: OriginatorProfile, *, by: str, moment: OwnerTime) -> Refund:
    """Return a refund of an entry that has settled."""
    return Refund(
        scope=entry.scope,
        id=moment.new_id(REFUND_PREFIX),
        owner=entry.owner,
        originator=entry.originator,
        topup=entry.topup,
        number=entry.number,
        amount=amount,
        debited_on=entry.effective_date or local_day(profile, moment.now_ms),
        sec_code=class_of(entry.sec_code, is_debit=False),
        requested_by=by,
        requested_ms=moment.now_ms,
        leaves_ms=next_cutoff_ms(profile, moment.now_ms, amount=amount),
        balance_transaction=moment.new_id("txn_"),
    )


async def cancel_refund(
    conn: Conn,
    scope: AccountScope,
    refund_id: str,
    *,
    renderers: Renderers,
    cause: Cause = BY_ITSELF,
    by: Actor,
    now_ms: int,
    ids: IdFactory,
) -> Refund:
    """Cancel a refund that has not left, in the caller's transaction; the balance has its money again.

    One that is in a file that nobody has approved can be canceled, and keeps that file from leaving; one that the bank
    has rejected, too.

    Raises:
        ResourceMissingError: the platform has none of that id.
        ClockAdvancingError: the account's test clock is advancing.
        RefundNotCancelableError: its file was approved, or it has ended.
    """
    seen = (await refunds.fetch_refunds(conn, scope, [refund_id])).get(refund_id)
    if seen is None:
        raise ResourceMissingError(_KIND, refund_id, param=_KIND, in_path=True)
    moment = await lock_owner_time(conn, seen.owner_scope, now_ms=now_ms, ids=ids)
    await lock_topup(conn, seen.owner_scope, seen.topup)
    before = await refunds.hold_refund(conn, scope, refund_id)
    check_cancelable(before, is_unsent=await _is_unsent(conn, before))
    after = await refunds.write_canceled(conn, before, by=name_of(by), renderers=renderers, moment=moment, cause=cause)
    await audit.record(
        conn,
        by,
        Action.REFUND_CANCELED,
        object_type=ObjectType.REFUND,
        object_id=after.id,
        before=before,
        after=after,
        detail=after.topup,
        scope=scope,
        now_ms=now_ms,
        ids=ids,
    )
    return after


async def _is_unsent(conn: Conn, found: Refund) -> bool:
    """Tell whether a held refund is in no file, in one that nobody has approved, or in a batch that the bank rejected.

    One that it has booked all the same is not.
    """
    if found.file is None:
        return True
    file = (await file_store.fetch_files(conn, found.scope, [found.file])).get(found.file)
    if file is not None and file.status is FileStatus.BUILT:
        return True
    batch = await file_store.find_batch(conn, found.scope, found.file, found.batch)
    if batch is None or batch.status != "rejected" or batch.settled_by is not None:
        return False
    contradictions = await find_open_breaks(conn, found.scope, [BreakKind.ACKNOWLEDGEMENT], [found.file])
    return found.settled_by is None and not contradictions


async def hold_refunds(
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
    """Return the refunds that the next file of an originator can take, held: those in whose time it is made.

    Each goes to the bank account as it is on file now. Those of which it is unclear whether the debit has come back
    wait; those whose debit was rejected or taken back, or that no file can carry, fail.
    """
    cap = entry_cap_of_file_made(profile, moment.now_ms)
    waiting = await refunds.hold_waiting(conn, scope, originator, test_clock=test_clock, cap=cap, limit=MOST)
    if not waiting:
        return []
    entries = await entry_store.list_entries_of_topups(conn, scope, sorted({each.topup for each in waiting}))
    presented = {(entry.topup, entry.number): entry for entry in entries}
    terms = await _read_terms(conn, waiting)
    unclear = await _find_unclear(conn, scope, entries)
    leaving = []
    for found in waiting:
        entry = presented.get((found.topup, found.number))
        if entry is None or entry.topup in unclear:
            continue
        not_owed = await _why_not_owed(conn, entry)
        if not_owed is not None:
            detail = f"{not_owed}, so its refund {found.id} isn't sent. {_NOT_OWED}"
            await _fail(conn, found, FailureReason.DISPUTED, "rejected", detail, renderers=renderers, moment=moment)
            continue
        outgoing = _outgoing(vault, found, entry, terms.get(found.topup))
        if outgoing is not None and outgoing.fits:
            leaving.append(outgoing)
            continue
        detail = (
            f"The refund {found.id} of {found.topup} can't be put into a file: its bank account has no usable number. "
            f"{_PAY_OTHERWISE}"
        )
        await _fail(conn, found, FailureReason.UNKNOWN, "unfit", detail, renderers=renderers, moment=moment)
    return leaving


async def _read_terms(conn: Conn, waiting: Sequence[Refund]) -> dict[str, ClaimTerms]:
    topups = [
        topup
        for owner in sorted({each.owner_scope for each in waiting})
        for topup in await fetch_topups(conn, owner, [each.topup for each in waiting if each.owner_scope == owner])
    ]
    return await entry_store.read_claim_terms(conn, [_terms_wanted(topup) for topup in topups])


async def _find_unclear(conn: Conn, scope: AccountScope, entries: Sequence[Entry]) -> set[str]:
    """Return those top-ups of entries whose debit may have come back, as an open break says."""
    named = {name: entry.topup for entry in entries for name in names_of(entry)}
    found = await find_open_breaks(conn, scope, _UNCLEAR, list(named))
    return {named[each.reference] for each in found}


def _outgoing(vault: Vault, found: Refund, entry: Entry, terms: ClaimTerms | None) -> OutgoingCredit | None:
    if terms is None or not terms.sealed or terms.funding_source is None:
        return None
    number = reveal_number(vault, terms.sealed, scope=found.owner_scope, object_id=terms.funding_source)
    return refunding(
        found,
        entry,
        number,
        routing_number=terms.routing_number or "",
        is_savings=terms.account_type == "savings",
        holder_name=terms.holder_name or NO_NAME,
    )


async def _fail(
    conn: Conn,
    found: Refund,
    reason: FailureReason,
    what: str,
    detail: str,
    *,
    renderers: Renderers,
    moment: OwnerTime,
) -> None:
    await refunds.write_failed(conn, found, reason, renderers=renderers, moment=moment)
    await list_credit(conn, renderers, found, BreakKind.REFUND, what, detail, now_ms=moment.now_ms, ids=moment.ids)


async def put_refunds_in_file(conn: Conn, vault: Vault, file_id: str, placed: Sequence[PlacedCredit]) -> None:
    """Record the file, batches, traces and bank accounts of refunds that the transaction holds."""
    for each in placed:
        found, movement = each.credit.found, each.credit.movement
        if isinstance(found, Refund):
            await refunds.put_in_file(
                conn,
                msgspec.structs.replace(
                    found,
                    file=file_id,
                    batch=each.batch,
                    trace=each.trace,
                    transaction_code=int(movement.transaction_code),
                    routing_number=movement.routing_number,
                    last4=movement.account_number[-4:],
                    receiver_name=movement.individual_name,
                    sealed=vault.seal(movement.account_number.encode(), place=found.place),
                ),
            )


async def why_refunds_unsendable(conn: Conn, file: AchFile, profile: OriginatorProfile) -> str | None:
    """Return why a file must not leave because of a refund in it, None if it may.

    Its refunds are held from here on, so that nothing ends them while the file is sent. A file that the list names has
    left, and this comes too late.
    """
    held = await refunds.hold_in_file(conn, file.scope, file.id)
    if not held or file.id in read_sent_lists(Path(profile.list_folder)):
        return None
    ended = await find_ended_refund(conn, file)
    if ended is not None:
        return ended
    topups = sorted({each.topup for each in held})
    entries = await entry_store.list_entries_of_topups(conn, file.scope, topups)
    unclear = await _find_unclear(conn, file.scope, entries)
    presented = {(entry.topup, entry.number): entry for entry in entries}
    for each in held:
        if each.topup in unclear:
            return (
                f"a return of the debit of {each.topup} could not be applied, so its refund {each.id} must not be "
                "sent. Resolve that, and void the file."
            )
        entry = presented.get((each.topup, each.number))
        not_owed = None if entry is None else await _why_not_owed(conn, entry)
        if not_owed is not None:
            return f"{not_owed}, so its refund {each.id} must not be sent. Void the file."
    return None


async def find_ended_refund(conn: Conn, file: AchFile) -> str | None:
    """Return that a refund in a file has ended, so that the file must not leave; None if none has."""
    for each in await refunds.list_in_file(conn, file.scope, file.id):
        if each.status is not RefundStatus.PENDING:
            return f"its refund {each.id} is {each.status} and must not be sent. Void the file."
    return None


async def report_refunds_left(conn: Conn, renderers: Renderers, file: AchFile, *, now_ms: int, ids: Ids) -> None:
    """List the refunds in a file that has left although they had ended: the customer and the balance have the money."""
    for each in await refunds.list_in_file(conn, file.scope, file.id):
        if each.status in {RefundStatus.FAILED, RefundStatus.CANCELED}:
            await report_refund_left(conn, renderers, each, now_ms=now_ms, ids=ids)


async def report_refund_left(conn: Conn, renderers: Renderers, ended: Refund, *, now_ms: int, ids: Ids) -> None:
    """List once a refund that has left although it had ended, or that the bank books although it had rejected it."""
    detail = (
        f"The refund {ended.id} of {ended.topup} was {ended.status}, but was sent with trace number "
        f"{ended.trace}: the customer is paid, and the account's balance has the money, too. Collect it from the "
        "account."
    )
    await list_credit(conn, renderers, ended, BreakKind.PAID_TWICE, "left", detail, now_ms=now_ms, ids=ids)


async def stop_refunds(
    conn: Conn, entry: Entry, *, code: str, profile: OriginatorProfile, renderers: Renderers, moment: OwnerTime
) -> None:
    """End the refunds of a debit that its bank has returned, where they have not left; list those that have.

    The top-up and its entry are held. The balance gets the money of what does not leave, and loses that of the debit as
    by any return.
    """
    for each in await refunds.lock_refunds_of(conn, entry.scope, entry.topup):
        if each.number != entry.number or not each.has_money:
            continue
        if each.status is RefundStatus.PENDING and not await has_left(conn, each, profile):
            await refunds.write_failed(conn, each, FailureReason.DISPUTED, renderers=renderers, moment=moment)
            continue
        detail = (
            f"The debit of {each.topup} was returned with {code}, and its refund {each.id} of "
            f"{written_amount(each.amount, refunds.CURRENCY)} was sent with trace number {each.trace}: the customer "
            "has that amount twice. If the return was improper, dishonor it; otherwise ask the customer's bank to "
            "withdraw it because of the refund, or collect the amount from the customer again."
        )
        await list_credit(
            conn, renderers, each, BreakKind.PAID_TWICE, "returned", detail, now_ms=moment.now_ms, ids=moment.ids
        )


async def settle_failed_refunds(conn: Conn, entry: Entry, *, code: str, now_ms: int, ids: IdFactory) -> None:
    """Settle the breaks of failed refunds whose debit was returned: what was still to be paid, the customer has."""
    found = (await refunds.find_of_topups(conn, entry.scope, [entry.topup])).get(entry.topup, ())
    resolution = f"The debit was returned with {code}, so the customer has the money."
    for each in found:
        if each.number == entry.number and not each.has_money:
            await settle_by_return(conn, each, [BreakKind.REFUND], resolution, now_ms=now_ms, ids=ids)


async def report_rejected_refunded(
    conn: Conn, renderers: Renderers, entries: Sequence[Entry], *, now_ms: int, ids: Ids
) -> None:
    """List the refunds, in files, of debits that the bank has now rejected, which were never made."""
    if not entries:
        return
    found = await refunds.find_of_topups(conn, entries[0].scope, [entry.topup for entry in entries])
    for entry in entries:
        for each in found.get(entry.topup, ()):
            if each.number != entry.number or not each.has_money or each.file is None:
                continue
            detail = (
                f"The bank has rejected the debit of {each.topup} (trace number {entry.trace}), and its refund "
                f"{each.id} is in {each.file}. If that was sent, the customer is paid for a debit that was never made. "
                "Ask your bank."
            )
            await list_credit(conn, renderers, each, BreakKind.PAID_TWICE, "rejected", detail, now_ms=now_ms, ids=ids)


class SentRefund(NamedTuple):
    """A refund as a file has it that has left, and who says so."""

    file: str
    batch: int
    detail: EntryDetail
    by: str


async def learn_refund(
    conn: Conn,
    vault: Vault,
    entry: Entry,
    sent: SentRefund,
    *,
    profile: OriginatorProfile,
    renderers: Renderers,
    moment: OwnerTime,
) -> None:
    """Record that a refund of an entry has left, after a restore.

    One that this database does not know is written, and its money leaves the balance, which may fall below zero: the
    customer has it.
    """
    await lock_topup(conn, entry.owner_scope, entry.topup)
    held = await entry_store.lock_entry(conn, entry) or entry
    amount = sent.detail.amount_cents
    for known in await refunds.lock_refunds_of(conn, entry.scope, entry.topup):
        if known.status is RefundStatus.PENDING and known.file is None and known.amount == amount:
            await refunds.put_in_file(conn, _as_sent(vault, known, sent))
            return
    made = _new_refund(held, amount, profile, by=sent.by, moment=moment)
    await refunds.learn(conn, _as_sent(vault, made, sent), renderers=renderers, moment=moment)


def _as_sent(vault: Vault, found: Refund, sent: SentRefund) -> Refund:
    detail = sent.detail
    number = detail.dfi_account_number.strip()
    return msgspec.structs.replace(
        found,
        file=sent.file,
        batch=sent.batch,
        trace=detail.trace_number,
        transaction_code=int(detail.transaction_code),
        routing_number=detail.rdfi_identification + detail.check_digit,
        last4=number[-4:],
        receiver_name=detail.individual_name.strip(),
        sealed=vault.seal(number.encode(), place=found.place),
    )
