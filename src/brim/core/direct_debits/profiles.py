"""Writes the profile of an originator whose files may be on their way, or have left."""

from pathlib import Path
from typing import Final

from brim.base.actor import Actor
from brim.base.ids import IdFactory
from brim.base.scope import AccountScope
from brim.core import originators
from brim.core.direct_debits import file_store, lineage_store
from brim.core.direct_debits.file_store import Counters
from brim.core.direct_debits.rules import FileStatus
from brim.core.direct_debits.sent_lists import SENT_LIST, go_on_in, has_list, unknown_sent_files
from brim.core.originators import Originator, ProfileChange
from brim.core.rails.ach import ProfileError
from brim.platform.database import Conn
from brim.platform.vault import Vault

_FIRST_TRACE: Final = 1


async def save_originator(
    conn: Conn, vault: Vault, scope: AccountScope, change: ProfileChange, *, by: Actor, now_ms: int, ids: IdFactory
) -> Originator:
    """Write an originator's profile, as `originators.save_originator` does, in the caller's transaction.

    One that files may have left through gets another outgoing folder only once none is on its way, and nothing unknown
    has left; the list in the old folder then names the new one. Should the transaction fail after that, the list names
    a folder in which nothing was sent, which changes nothing.

    Raises:
        ProfileError: see there; or it is not the time for another outgoing folder.
        ResourceMissingError, UnexpectedVersionError: see there.
    """
    changed = change.originator_id
    counters = None if changed is None else await file_store.lock_counters(conn, scope, changed)
    saved = await originators.save_originator(conn, vault, scope, change, by=by, now_ms=now_ms, ids=ids)
    if counters is not None and counters.originator.activated_ms is not None:
        before, after = counters.originator.profile, saved.profile
        folders = Path(before.list_folder), Path(after.list_folder)
        if (before.outgoing_folder, folders[0]) != (after.outgoing_folder, folders[1]):
            await _leave(conn, counters, *folders)
    return saved


async def _leave(conn: Conn, counters: Counters, folder: Path, new: Path) -> None:
    """Check that an originator may leave a folder: it must be known what has left there, and what may have.

    `folder` and `new` are where its lists are. They are one where its files go elsewhere on a bank's server.
    """
    originator = counters.originator
    for status in (FileStatus.BUILT, FileStatus.APPROVED):
        files = await file_store.files_standing_at(conn, originator.scope, originator.id, status)
        if files:
            raise _refusal(f"the file {files[0].id} is {status}: let it be sent, or void it, before the change.")
    unknown = list(await unknown_sent_files(conn, originator))
    if unknown:
        raise _refusal(f"{unknown[0]} was sent from the folder and is not known here: run brim ach compare first.")
    if not await lineage_store.is_compared(conn, originator.scope, originator.id):
        raise _refusal("this database was restored: run brim ach compare first.")
    if counters.next_trace > _FIRST_TRACE and not has_list(folder):
        raise _refusal(f"the list of files sent from {folder} is missing: {SENT_LIST}.")
    if folder == new:
        return
    try:
        go_on_in(folder, new)
    except OSError as error:
        raise _refusal(f"the lists of sent files in both folders have to be written here: {error}.") from None


def _refusal(reason: str) -> ProfileError:
    return ProfileError("outgoing_folder", reason)
