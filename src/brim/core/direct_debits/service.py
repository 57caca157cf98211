"""What people do with files: look, approve, void, resubmit. Each with its audit entry, in the caller's transaction."""

import hashlib
from pathlib import Path
from typing import Final, NamedTuple

import msgspec

from brim.base.actor import Actor
from brim.base.errors import ResourceMissingError
from brim.base.ids import IdFactory
from brim.base.paging import Page, PageRequest, window_of
from brim.base.scope import AccountScope
from brim.core import audit, corrections, dishonors, refunds, reversals
from brim.core.audit import Action, ObjectType
from brim.core.direct_debits import entry_store, file_store
from brim.core.direct_debits.announcing import announce_file
from brim.core.direct_debits.encoding import REFUSAL_CLASS
from brim.core.direct_debits.file_store import BankFile, FoundBatch
from brim.core.direct_debits.lateness import is_late, may_have_left, time_of_file
from brim.core.direct_debits.refunding import find_ended_refund
from brim.core.direct_debits.rules import (
    BANK_FILE_PREFIX,
    FILE_PREFIX,
    AchFile,
    Approval,
    BytesForgottenError,
    Entry,
    EntryStatus,
    FileChangedError,
    FileStateError,
    FileStatus,
    UnexpectedStatusError,
    count_missing,
    moved,
)
from brim.core.direct_debits.sent_lists import read_sent_lists
from brim.core.events import BY_ITSELF, Cause, EventType, Renderers
from brim.core.originators import Originator, SecondPersonError, check_person, find_originator, hold_originator, name_of
from brim.core.rails.ach import GRACE_MS, last_moment_ms, next_cutoff_ms
from brim.core.reconciliation import BreakKind, ShownLine, find_open_break, list_lines_by_reference
from brim.platform import lookups
from brim.platform.database import Conn, Database
from brim.platform.vault import Vault

_PROCESSED: Final = frozenset({EntryStatus.CONFIRMED, EntryStatus.RELEASED, EntryStatus.RETURNED})
"""Where an entry stands of which the bank has said that it took it."""
LARGEST_SHOWN: Final = 5
"""How many of its largest entries an approver sees of a file."""
_TOO_LATE: Final = "it was not approved in time for the day that it names, so its debits go out in the next one"


class EntryPage(NamedTuple):
    """Entries of a file in the order of their traces, and whether there are more in the direction travelled."""

    entries: list[Entry]
    has_more: bool


class FileWithBatches(NamedTuple):
    """A file, and its batches in order."""

    file: AchFile
    batches: list[FoundBatch]


class FileReview(NamedTuple):
    """What an approver sees of a file besides its row.

    Attributes:
        approvals: those it has, the first one first.
        missing: how many people have yet to approve it.
        largest: its largest entries, the largest first.
        cutoff_ms: the cut-off that it belongs to.
        send_before_ms: until when it can be sent: for its effective date, and with its dishonors and reversals in time.
    """

    approvals: list[Approval]
    missing: int
    largest: list[Entry]
    cutoff_ms: int
    send_before_ms: int


async def find_file(conn: Conn, scope: AccountScope, file_id: str) -> AchFile:
    """Return a platform's file, held until the transaction ends.

    Raises:
        ResourceMissingError: there is none of that id.
    """
    file = await file_store.lock_file(conn, scope, file_id)
    if file is None:
        raise ResourceMissingError("ACH file", file_id, param="file", in_path=True)
    return file


async def _see_file(conn: Conn, scope: AccountScope, file_id: str) -> AchFile:
    found = (await file_store.fetch_files(conn, scope, [file_id])).get(file_id)
    if found is None:
        raise ResourceMissingError("ACH file", file_id, param="file", in_path=True)
    return found


async def read_bytes(conn: Conn, vault: Vault, file: AchFile) -> bytes:
    """Return the bytes of a file.

    Raises:
        BytesForgottenError: they were removed by age.
        FileChangedError: they are not those that were stored.
        NoEncryptionKeyError, SecretUnreadableError: the server cannot read what is encrypted.
    """
    sealed = await file_store.read_sealed_bytes(conn, file)
    if sealed is None:
        raise BytesForgottenError(file.id)
    content = vault.open(sealed, place=file.place)
    if hashlib.sha256(content).digest() != file.sha256:
        raise FileChangedError(file.id, "its bytes are not those that were stored.")
    return content


async def approve_file(  # noqa: PLR0913  what was seen of the file, by whom
    conn: Conn,
    scope: AccountScope,
    file_id: str,
    *,
    sha256: bytes | None,
    expected_status: FileStatus | None = None,
    approvers: int,
    renderers: Renderers,
    cause: Cause = BY_ITSELF,
    by: Actor,
    now_ms: int,
    ids: IdFactory,
) -> AchFile:
    """Approve the bytes of a file; once it has all the approvals it needs, it can be sent.

    Args:
        conn: the transaction.
        scope: the platform.
        file_id: which file.
        sha256: the hash of the bytes that the approver has seen; None where they saw the file's row only.
        expected_status: where the approver has seen it stand; None for wherever.
        approvers: how many operators could approve.
        renderers: write what the event shows.
        cause: the request, if there is one.
        by: who approves.
        now_ms: the time.
        ids: makes the id of the audit entry.

    Raises:
        ResourceMissingError: there is no such file.
        FileStateError: it is not one that waits for approval, or the day has passed for which it was made.
        ClockAdvancingError: the test clock that keeps its time is on its way.
        UnexpectedStatusError: it does not stand where the approver has seen it.
        FileChangedError: its bytes are others than the approver has seen, it is held, or a refund in it has ended.
        SecondPersonError: this actor may not approve, or has approved it.
    """
    seen = await _see_file(conn, scope, file_id)
    originator = await hold_originator(conn, scope, seen.originator)  # before the file, as in building files
    before = await find_file(conn, scope, file_id)
    preparers = await find_preparers(conn, before, originator)
    check_approver(by, preparers, approvers=approvers)
    _check_status(before, expected_status)
    if before.held_because is not None:
        raise FileChangedError(file_id, before.held_because)
    ended = await find_ended_refund(conn, before)
    if ended is not None:
        raise FileChangedError(file_id, ended)
    if sha256 is not None and sha256 != before.sha256:
        raise FileChangedError(file_id, "its hash differs from the approved one.")
    after = moved(before, FileStatus.APPROVED, approved_ms=now_ms, approved_by=name_of(by))
    await time_of_file(conn, before, now_ms=now_ms)  # while it moves, nobody knows whether it is late
    if await is_late(conn, before, originator.profile, now_ms=now_ms):
        raise FileStateError(before, _TOO_LATE)
    approval = Approval(
        number=len(preparers.approved) + 1,
        approved_by=name_of(by),
        approved_ms=now_ms,
        sha256=before.sha256,
        prepared_by=preparers.names,
        one_person=approvers <= 1,
    )
    await file_store.insert_approval(conn, before, approval)
    missing = count_missing(before, await file_store.list_approvals(conn, scope, file_id))
    after = before if missing else after
    detail = _told_of_approval(before, approval)
    await _record(conn, by, Action.ACH_FILE_APPROVED, before, after, detail=detail, now_ms=now_ms, ids=ids)
    if missing:
        return before
    await file_store.update_file(conn, after)
    kind = EventType.ACH_FILE_APPROVED
    await announce_file(conn, renderers, after, kind, now_ms=now_ms, ids=ids, cause=cause)
    return after


def _told_of_approval(file: AchFile, approval: Approval) -> str:
    """Return an approval's audit detail: its bytes, which approval of how many, and whether nobody else could."""
    which = f", approval {approval.number} of {file.approvals_needed}" if (file.approvals_needed or 1) > 1 else ""
    alone = ", without a second person: no other operator handles live money" if approval.one_person else ""
    return f"SHA-256 {approval.sha256.hex()}{which}{alone}"


class Preparers(NamedTuple):
    """Those who may not approve a file, as `originators.name_of` has them.

    They changed its profile, resubmitted what is in it, dishonored returns or requested reversals or refunds in
    it, or approved it already.
    """

    profile: str
    resubmitted: frozenset[str]
    dishonored: frozenset[str]
    reversed_: frozenset[str]
    refunded: frozenset[str]
    approved: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Those who prepared it, once each; those who approved it are not among them."""
        return tuple(sorted({self.profile, *self.resubmitted, *self.dishonored, *self.reversed_, *self.refunded}))


async def find_preparers(conn: Conn, file: AchFile, originator: Originator) -> Preparers:
    """Return who prepared a file of an originator."""
    disputed = await dishonors.list_in_file(conn, file.scope, file.id)
    taken_back = await reversals.list_in_file(conn, file.scope, file.id)
    refunded = await refunds.list_in_file(conn, file.scope, file.id)
    waits = file.status is FileStatus.BUILT
    approvals = await file_store.list_approvals(conn, file.scope, file.id) if waits else []
    return Preparers(
        originator.changed_by,
        await entry_store.who_resubmitted(conn, file.scope, file.id)
        | await dishonors.who_resubmitted(conn, file.scope, file.id)
        | await reversals.who_resubmitted(conn, file.scope, file.id)
        | await refunds.who_resubmitted(conn, file.scope, file.id),
        frozenset(each.dishonored_by for each in disputed if each.dishonored_by),
        frozenset(each.requested_by for each in taken_back),
        frozenset(each.requested_by for each in refunded),
        tuple(approval.approved_by for approval in approvals),
    )


def check_approver(by: Actor, preparers: Preparers, *, approvers: int) -> None:
    """Let an actor pass who may approve a file.

    Raises:
        SecondPersonError: see `originators.check_person`; or they let rejected entries in it go out again, dishonored a
            return or requested a reversal or refund in it, or have approved it, where two people have to.
    """
    check_person(by, prepared_by=preparers.profile, approvers=approvers)
    if approvers > 1 and name_of(by) in preparers.resubmitted:
        raise SecondPersonError("You resubmitted entries in this file, so another operator has to approve it.")
    if approvers > 1 and name_of(by) in preparers.dishonored:
        raise SecondPersonError("You dishonored a return in this file, so another operator has to approve it.")
    if approvers > 1 and name_of(by) in preparers.reversed_:
        raise SecondPersonError("You requested a reversal in this file, so another operator has to approve it.")
    if approvers > 1 and name_of(by) in preparers.refunded:
        raise SecondPersonError("You requested a refund in this file, so another operator has to approve it.")
    if name_of(by) in preparers.approved:
        raise SecondPersonError("You already approved this file; another operator has to approve it too.")


async def void_file(
    conn: Conn,
    scope: AccountScope,
    file_id: str,
    *,
    expected_status: FileStatus | None = None,
    by: Actor,
    now_ms: int,
    ids: IdFactory,
) -> AchFile:
    """Give up a file that was never sent; its entries wait for the next one.

    Raises:
        ResourceMissingError: there is no such file.
        FileStateError: it was sent.
        FileChangedError: it may have been sent: the list of its folder names it.
        UnexpectedStatusError: it does not stand at `expected_status`.
    """
    before = await find_file(conn, scope, file_id)
    _check_status(before, expected_status)
    after = moved(before, FileStatus.VOIDED, voided_ms=now_ms)
    originator = await find_originator(conn, scope, before.originator)
    if file_id in read_sent_lists(Path(originator.profile.list_folder)):
        raise FileChangedError(file_id, "the list of its folder says that it was sent, so it cannot be voided.")
    if may_have_left(before, originator.profile):
        raise FileChangedError(
            file_id,
            "the list of sent files is not on this host, so it cannot be voided here. Run "
            "brim ach files void on a worker's host.",
        )
    await file_store.update_file(conn, after)
    await entry_store.requeue_entries(conn, scope, file_id, standing_at=[EntryStatus.IN_FILE])
    await corrections.requeue_refusals(conn, scope, file_id)
    await dishonors.requeue_dishonors(conn, scope, file_id)
    await reversals.requeue_reversals(conn, scope, file_id)
    await refunds.requeue_refunds(conn, scope, file_id)
    await _record(conn, by, Action.ACH_FILE_VOIDED, before, after, now_ms=now_ms, ids=ids)
    return after


async def resubmit_file(
    conn: Conn,
    scope: AccountScope,
    file_id: str,
    *,
    expected_status: FileStatus | None = None,
    by: Actor,
    now_ms: int,
    ids: IdFactory,
) -> int:
    """Let the entries of a file that the bank has rejected, or of its rejected batches, wait for the next one.

    Returns how many do. Whoever calls it says that the bank has processed none of them; it is refused where the bank
    has said otherwise.

    Raises:
        ResourceMissingError: there is no such file.
        FileStateError: the bank has rejected nothing of it, or has processed something of what it rejected.
        UnexpectedStatusError: it does not stand at `expected_status`.
    """
    before = await find_file(conn, scope, file_id)
    _check_status(before, expected_status)
    batches = await file_store.list_batches(conn, scope, file_id)
    is_whole = before.status is FileStatus.REJECTED
    rejected = [batch for batch in batches if is_whole or batch.status == "rejected"]
    if not rejected:
        raise FileStateError(before, "the bank has rejected neither it nor a batch of it")
    contradiction = await find_open_break(conn, scope, [BreakKind.ACKNOWLEDGEMENT], [file_id])
    if contradiction is not None:
        raise FileStateError(before, f"what the bank has said of it contradicts itself ({contradiction} is open)")
    for batch in rejected:
        await _check_unprocessed(conn, scope, before, batch)
        if batch.sec_code == REFUSAL_CLASS:
            await corrections.requeue_refusals(conn, scope, file_id)
    topups = await entry_store.requeue_entries(
        conn,
        scope,
        file_id,
        standing_at=[EntryStatus.IN_FILE],
        batches=[batch.number for batch in rejected],
        resubmitted_by=name_of(by),
    )
    numbers, who = [batch.number for batch in rejected], name_of(by)
    disputed = await dishonors.requeue_dishonors(conn, scope, file_id, numbers, resubmitted_by=who)
    taken_back = await reversals.requeue_reversals(conn, scope, file_id, numbers, resubmitted_by=who)
    refunded = await refunds.requeue_refunds(conn, scope, file_id, numbers, resubmitted_by=who)
    count = len(topups) + len(disputed) + len(taken_back) + len(refunded)
    if count:
        detail = f"{count} entries"
        await _record(conn, by, Action.ACH_FILE_RESUBMITTED, before, before, detail=detail, now_ms=now_ms, ids=ids)
    return count


async def _check_unprocessed(conn: Conn, scope: AccountScope, file: AchFile, batch: FoundBatch) -> None:
    """Let a rejected batch pass of which the bank has processed nothing, as far as it has told."""
    if batch.settled_by is not None:
        raise FileStateError(file, f"the bank has booked batch {batch.number}, which it had rejected")
    entries = await entry_store.list_entries_of_batch(conn, scope, file.id, batch.number)
    taken_back = await reversals.list_in_file(conn, scope, file.id, batch=batch.number)
    refunded = await refunds.list_in_file(conn, scope, file.id, batch=batch.number)
    booked = any(each.settled_by or each.return_code for each in taken_back)
    if booked or any(each.settled_by or each.return_code for each in refunded):
        raise FileStateError(file, f"the bank has booked or returned credits of batch {batch.number}")
    reversed_ = await reversals.find_of_topups(conn, scope, [entry.topup for entry in entries])
    processed = [entry for entry in entries if entry.status in _PROCESSED and not entry.was_rejected]
    unconfirmed = {entry.topup for entry in entries if entry.topup in reversed_ and entry.confirmed_by is None}
    if any(entry.return_code is not None or entry.topup not in unconfirmed for entry in processed):
        raise FileStateError(file, f"the bank has confirmed or returned entries of batch {batch.number}")


def _check_status(file: AchFile, expected: FileStatus | None) -> None:
    if expected is not None and file.status is not expected:
        raise UnexpectedStatusError(file, expected)


async def retrieve_file(database: Database, scope: AccountScope, file_id: str) -> FileWithBatches:
    """Return a platform's file with its batches.

    Raises:
        ResourceMissingError: there is none of that id.
    """
    file = await lookups.retrieve(database, scope, file_id, file_store.fetch_files, kind="ACH file")
    async with database.connection() as conn:
        return FileWithBatches(file, await file_store.list_batches(conn, scope, file_id))


async def review_file(conn: Conn, file: AchFile, *, largest: int = LARGEST_SHOWN) -> FileReview:
    """Return what an approver sees of a file besides its row, with this many of its largest entries."""
    profile = (await find_originator(conn, file.scope, file.originator)).profile
    approvals = await file_store.list_approvals(conn, file.scope, file.id)
    disputed = await dishonors.list_in_file(conn, file.scope, file.id)
    until = [last_moment_ms(profile, file.effective_date, file.built_ms)]
    until += [each.dishonorable_until_ms + GRACE_MS for each in disputed]
    taken_back = await reversals.list_in_file(conn, file.scope, file.id)
    until += [each.sendable_until_ms + GRACE_MS for each in taken_back]
    return FileReview(
        approvals=approvals,
        missing=count_missing(file, approvals) if file.status is FileStatus.BUILT else 0,
        largest=await entry_store.largest_entries(conn, file.scope, file.id, limit=largest),
        cutoff_ms=next_cutoff_ms(profile, file.built_ms - GRACE_MS),
        send_before_ms=min(until),
    )


async def page_entries(database: Database, scope: AccountScope, file_id: str, request: PageRequest) -> EntryPage:
    """Return a page of the entries of a platform's file; the cursors are traces, and the first entry comes first.

    Raises:
        ResourceMissingError: there is no such file, or a cursor names no entry of it.
        ExclusiveParametersError: both cursors are given.
    """
    await lookups.retrieve(database, scope, file_id, file_store.fetch_files, kind="ACH file")

    async def exists(conn: Conn, scope: AccountScope, trace: str) -> bool:
        return await entry_store.has_entry(conn, scope, file_id, trace)

    await lookups.check_cursors(database, scope, request, kind="ACH entry", exists=exists)
    backwards = request.ending_before is not None
    async with database.connection() as conn:
        found = await entry_store.page_entries(
            conn,
            scope,
            file_id,
            after=request.starting_after or "",
            before=request.ending_before or "~",
            backwards=backwards,
            limit=request.limit + 1,
        )
    shown = found[-request.limit :] if backwards else found[: request.limit]
    return EntryPage(shown, has_more=len(found) > request.limit)


async def list_lines_of_topup(database: Database, scope: AccountScope, topup: str) -> list[ShownLine]:
    """Return the lines of statements that have moved the money of a top-up of a platform; none for an unknown one."""
    async with database.connection() as conn:
        references = await entry_store.references_of_topup(conn, scope, topup)
        return await list_lines_by_reference(conn, scope, references)


async def page_files(
    database: Database, scope: AccountScope, request: PageRequest, *, status: FileStatus | None
) -> Page[AchFile]:
    """Return a page of a platform's files, newest first.

    Raises:
        ResourceMissingError: a cursor names none of them.
        ExclusiveParametersError: both cursors are given.
    """
    await lookups.check_cursors(database, scope, request, kind="ACH file", exists=_file_exists)
    async with database.connection() as conn:
        return await file_store.page_files(conn, scope, window_of(FILE_PREFIX, None, request), status=status)


async def _file_exists(conn: Conn, scope: AccountScope, file_id: str) -> bool:
    return file_id in await file_store.fetch_files(conn, scope, [file_id])


async def retrieve_bank_file(database: Database, scope: AccountScope, file_id: str) -> BankFile:
    """Return what came from a platform's bank, without its bytes.

    Raises:
        ResourceMissingError: there is none of that id.
    """
    return await lookups.retrieve(database, scope, file_id, file_store.fetch_bank_files, kind="bank file")


async def page_bank_files(
    database: Database, scope: AccountScope, request: PageRequest, *, status: str | None = None
) -> Page[BankFile]:
    """Return a page of what came from a platform's bank, newest first, all of it or what stands at a status.

    Raises:
        ResourceMissingError: a cursor names none of it.
        ExclusiveParametersError: both cursors are given.
    """
    await lookups.check_cursors(database, scope, request, kind="bank file", exists=_bank_file_exists)
    async with database.connection() as conn:
        window = window_of(BANK_FILE_PREFIX, None, request)
        return await file_store.page_bank_files(conn, scope, window, status=status)


async def _bank_file_exists(conn: Conn, scope: AccountScope, file_id: str) -> bool:
    return file_id in await file_store.fetch_bank_files(conn, scope, [file_id])


async def _record(
    conn: Conn,
    by: Actor,
    action: Action,
    before: AchFile,
    after: AchFile,
    *,
    detail: str | None = None,
    now_ms: int,
    ids: IdFactory,
) -> None:
    await audit.record(
        conn,
        by,
        action,
        object_type=ObjectType.ACH_FILE,
        object_id=after.id,
        before=before,
        after=msgspec.structs.replace(after),
        detail=detail,
        scope=after.scope,
        now_ms=now_ms,
        ids=ids,
    )
