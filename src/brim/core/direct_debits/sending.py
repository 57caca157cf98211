"""Hands files to the bank: the stored bytes, under the stored name, and no others.

Whoever is interrupted between the folder and the database hands over the same bytes under the same name again; a bank
knows a file by its header and does not process it twice. What has left is listed beside the folder (`sent_lists`).
"""

from pathlib import Path
from typing import Final, NamedTuple

import msgspec
import structlog

from brim.base.ids import IdFactory
from brim.base.scope import AccountScope
from brim.core import corrections, dishonors, refunds, reversals
from brim.core.direct_debits import entry_store, file_store, lineage_store, reading_store
from brim.core.direct_debits.announcing import announce_file, list_break
from brim.core.direct_debits.counting import count_file
from brim.core.direct_debits.encoding import wrong_with_stored
from brim.core.direct_debits.lateness import is_late
from brim.core.direct_debits.refunding import report_refunds_left, why_refunds_unsendable
from brim.core.direct_debits.reversing import report_left, why_unsendable
from brim.core.direct_debits.rules import AchFile, BytesForgottenError, EntryStatus, FileStatus, count_missing, moved
from brim.core.direct_debits.sent_lists import hand_over, unknown_sent_files
from brim.core.direct_debits.trouble import done_or_listed
from brim.core.events import EventType, Renderers
from brim.core.originators import Originator, find_originator, list_active_originators, may_send
from brim.core.rails.ach import is_sftp
from brim.core.reconciliation import BreakKind, NewBreak
from brim.platform.database import Conn, Database
from brim.platform.vault import Vault

UNKNOWN_FILES: Final = "the folder's list names files that this database does not know: compare"
"""How the reason begins for which files are held after an older database was restored."""
RESTORED: Final = "this database was restored, or a standby took over: compare"
"""How the reason begins for which files are held before anybody has looked into the folder's list."""

_HOUR_MS: Final = 60 * 60 * 1000

_log = structlog.get_logger()


async def send_due(database: Database, vault: Vault, renderers: Renderers, *, now_ms: int, ids: IdFactory) -> int:
    """Send every file that may leave for a local folder, one transaction each; return how many were sent.

    One that is late stays, whoever comes to it first: its debits belong into the next file. A file whose bytes are not
    those that were approved is held and reported instead.
    """
    async with database.connection() as conn:
        files = await file_store.files_to_send(conn)
        remote = await remote_originators(conn) if files else set()
    sent = 0
    for file in files:
        if (file.scope, file.originator) in remote:
            continue  # `sftp_sending` sends it

        async def work(conn: Conn, file: AchFile = file) -> bool:
            return await _send(conn, vault, renderers, file.scope, file.id, now_ms=now_ms, ids=ids)

        doing = f"send {file.id}"
        is_sent = await done_or_listed(
            database, work, renderers, scope=file.scope, cause=file.id, doing=doing, now_ms=now_ms, ids=ids
        )
        sent += bool(is_sent)
    return sent


async def void_late(database: Database, *, now_ms: int) -> int:
    """Give up files that were not sent in time for the day that their entries name; return how many.

    Their entries wait for the next file, which has new traces and a day that the bank still takes; that tells their
    accounts of the new date. A file that may have left is never given up.
    """
    async with database.connection() as conn:
        files = await file_store.files_not_sent(conn)
    voided = 0
    for file in files:

        async def work(conn: Conn, file: AchFile = file) -> bool:
            return await _void_if_late(conn, file.scope, file.id, now_ms=now_ms)

        voided += await database.transact(work)
    return voided


async def _void_if_late(conn: Conn, scope: AccountScope, file_id: str, *, now_ms: int) -> bool:
    file = await file_store.lock_file(conn, scope, file_id)
    if file is None or file.status not in {FileStatus.BUILT, FileStatus.APPROVED} or file.held_because is not None:
        return False
    profile = (await find_originator(conn, scope, file.originator)).profile
    if not await is_late(conn, file, profile, now_ms=now_ms):
        return False
    await file_store.update_file(conn, moved(file, FileStatus.VOIDED, voided_ms=now_ms))
    await entry_store.requeue_entries(conn, scope, file_id, standing_at=[EntryStatus.IN_FILE])
    await corrections.requeue_refusals(conn, scope, file_id)
    await dishonors.requeue_dishonors(conn, scope, file_id)
    await reversals.requeue_reversals(conn, scope, file_id)
    await refunds.requeue_refunds(conn, scope, file_id)
    _log.warning("ach file was not sent in time", file=file.id, effective_date=str(file.effective_date))
    return True


async def report_silence(database: Database, renderers: Renderers, *, now_ms: int, ids: IdFactory) -> int:
    """List files that the bank has not answered for longer than their profile allows; return how many are new there.

    Silence is never success, and never a reason to send again.
    """
    async with database.connection() as conn:
        files = await file_store.files_unanswered(conn)
        new = 0
        for file in files:
            profile = (await find_originator(conn, file.scope, file.originator)).profile
            hours = (now_ms - (file.sent_ms or now_ms)) // _HOUR_MS
            if file.test_clock is None and hours >= profile.alarm_after_hours:
                silence = NewBreak(
                    scope=file.scope,
                    kind=BreakKind.SILENCE,
                    cause=file.id,
                    detail=f"The bank has not acknowledged {file.name} within {profile.alarm_after_hours} hours. Ask "
                    "whether it has the file. Don't send it again manually.",
                    amount=file.total_debit,
                    currency=profile.currency,
                    reference=file.name,
                )
                async with conn.transaction():
                    opened = await list_break(conn, renderers, silence, now_ms=now_ms, ids=ids)
                    new += opened is not None
        return new


async def remote_originators(conn: Conn) -> set[tuple[AccountScope, str]]:
    """Return the originators whose files leave by SFTP."""
    active = await list_active_originators(conn)
    return {(each.scope, each.id) for each in active if is_sftp(each.profile.outgoing_folder)}


class Outgoing(NamedTuple):
    """A file that may leave now, locked by the caller's transaction: its bytes, and those as they are sealed."""

    file: AchFile
    originator: Originator
    content: bytes
    sealed: bytes


async def check_outgoing(
    conn: Conn, vault: Vault, renderers: Renderers, scope: AccountScope, file_id: str, *, now_ms: int, ids: IdFactory
) -> Outgoing | None:
    """Return a file if it may leave now, in the caller's transaction; None if it may not.

    A file is held if its bytes are not the approved ones, or if it is unknown what else has left.
    """
    file = await file_store.lock_file(conn, scope, file_id)
    if file is None or file.status is not FileStatus.APPROVED or file.held_because is not None:
        return None
    originator = await find_originator(conn, scope, file.originator)
    if not await may_send(conn, scope, originator.profile.rail):
        return None  # stopped since the list of files to send was read
    if await is_late(conn, file, originator.profile, now_ms=now_ms):
        return None  # it is about to be given up
    if await reading_store.is_reading_awaited(conn, (scope, originator.id)):
        return None  # what is unread may say what must not go out
    sealed = await file_store.read_sealed_bytes(conn, file)
    if sealed is None:
        raise BytesForgottenError(file.id)  # never of a file that waits
    content = vault.open(sealed, place=file.place)
    reason = wrong_with_stored(content, file)
    if reason is None and count_missing(file, await file_store.list_approvals(conn, scope, file_id)):
        reason = "it lacks an approval that it needs, or its approvals are of other bytes."
    reason = reason or await why_unsendable(conn, file, originator.profile)
    reason = reason or await why_refunds_unsendable(conn, file, originator.profile)
    unknown = await unknown_sent_files(conn, originator)
    if unknown:
        reason = f"{UNKNOWN_FILES} ({', '.join(list(unknown)[:3])})."
    elif not await lineage_store.is_compared(conn, scope, file.originator):
        reason = f"{RESTORED} (brim ach compare)."
    if reason is not None:
        held = await _hold(conn, file, reason)
        await announce_file(conn, renderers, held, EventType.ACH_FILE_HELD, now_ms=now_ms, ids=ids)
        return None
    return Outgoing(file, originator, content, sealed)


async def mark_sent(
    conn: Conn, renderers: Renderers, file: AchFile, originator: Originator, *, now_ms: int, ids: IdFactory
) -> None:
    """Write that a file that the caller's transaction holds has left."""
    sent = moved(file, FileStatus.SENT, sent_ms=now_ms)
    await file_store.update_file(conn, sent)
    await count_file(conn, originator, sent, renderers=renderers, now_ms=now_ms, ids=ids)
    await report_left(conn, renderers, sent, now_ms=now_ms, ids=ids)
    await report_refunds_left(conn, renderers, sent, now_ms=now_ms, ids=ids)
    await announce_file(conn, renderers, sent, EventType.ACH_FILE_SENT, now_ms=now_ms, ids=ids)
    _log.info("ach file sent", file=file.id, name=file.name)


async def _send(
    conn: Conn,
    vault: Vault,
    renderers: Renderers,
    scope: AccountScope,
    file_id: str,
    *,
    now_ms: int,
    ids: IdFactory,
) -> bool:
    outgoing = await check_outgoing(conn, vault, renderers, scope, file_id, now_ms=now_ms, ids=ids)
    if outgoing is None or is_sftp(outgoing.originator.profile.outgoing_folder):
        return False
    file, originator, content, sealed = outgoing
    folder = Path(originator.profile.outgoing_folder)
    hand_over(folder, file.name, content, file_id=file.id, sealed=sealed, originator=originator.id)
    await mark_sent(conn, renderers, file, originator, now_ms=now_ms, ids=ids)
    return True


async def _hold(conn: Conn, file: AchFile, reason: str) -> AchFile:
    _log.error("ach file is held", file=file.id, reason=reason)
    held = msgspec.structs.replace(file, held_because=reason)
    await file_store.update_file(conn, held)
    return held
