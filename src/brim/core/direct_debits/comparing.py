"""After an older database was restored: learns from what has left what the bank may have, and lets files go again.

The lists beside the outgoing folders name what has left, and sealed copies have its bytes (`sent_lists`). Each file
that the database does not know is written into it as sent (`learning_sent`). All of it in the caller's transaction.
"""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from brim.base.actor import Actor
from brim.base.errors import BrimError
from brim.base.ids import IdFactory
from brim.base.scope import AccountScope
from brim.core import audit
from brim.core.audit import Action
from brim.core.direct_debits import entry_store, file_store, lineage_store, reading_store
from brim.core.direct_debits.comparing_messages import (
    is_message,
    is_of_creditor,
)
from brim.core.direct_debits.learning_sent import CompareError, SentLearning, named_in, read_sent_message
from brim.core.direct_debits.rules import (
    FileStatus,
)
from brim.core.direct_debits.sending import RESTORED, UNKNOWN_FILES
from brim.core.direct_debits.sent_lists import (
    SENT_LIST,
    ListedFile,
    has_list,
    last_folder,
    list_sent,
    read_sent_copy,
    read_sent_lists,
    unknown_sent_files,
)
from brim.core.events import Renderers
from brim.core.originators import Originator, find_originator
from brim.platform.database import Conn
from brim.platform.vault import Vault


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """What a comparison came to: files and entries that were written as sent, files given up, breaks, files let go.

    `went_on` is the folder in which files were sent later than in the profile's, None where it is still that one.
    """

    files: int = 0
    entries: int = 0
    voided: int = 0
    breaks: int = 0
    released: int = 0
    went_on: str | None = None


class GivenFile(NamedTuple):
    """A file that somebody says has left, with the name that it has."""

    name: str
    content: bytes


class ListMissingError(BrimError):
    """The list of what has left is not there, or is an older one; nothing was changed, and files stay held."""

    def __init__(self, folder: Path, file_id: str | None) -> None:
        lacks = "is missing" if file_id is None else f"does not name {file_id}, which was sent"
        super().__init__(
            f"The list {folder / SENT_LIST} {lacks}, so it is unknown which files the bank may have. Restore the "
            f"newest copy. If it is lost, or nothing was ever sent, ask the bank for all files that it has "
            f"received from you, and then compare with --without-list."
        )


async def compare_sent(  # noqa: PLR0913  who asks, when and by what means
    conn: Conn,
    vault: Vault,
    renderers: Renderers,
    scope: AccountScope,
    originator_id: str,
    *,
    by: Actor,
    now_ms: int,
    ids: IdFactory,
    without_list: bool = False,
    given: Sequence[GivenFile] = (),
) -> Comparison:
    """Write what has left into the database, and release outgoing files; in the caller's transaction.

    Files that were made and not sent are given up: their traces may be used, or what comes in may forbid their entries.
    These wait for the next file, but for those that the unknown files have. Nothing leaves before all is read that the
    bank has sent by now. Done again, it changes nothing.
    In a database that was restored, the folder must have its list, unless somebody says that there is none
    (`without_list`). What has left may be `given` where no copy of it was kept, and messages of SEPA, which name
    themselves, where no list does; these are listed then.

    Raises:
        ResourceMissingError: there is no such originator.
        ListMissingError: the database was restored, and the folder's list is missing or older than it.
        CompareError: the copy of a file is missing, or it is not what the list says; or a file that is given is none of
            the originator's that has left.
        NoEncryptionKeyError, SecretUnreadableError: the server cannot read what is encrypted.
    """
    originator = await find_originator(conn, scope, originator_id)
    await entry_store.hold_clocks(conn, scope)
    counters = await file_store.lock_counters(conn, scope, originator_id)
    if counters is None:
        raise CompareError(originator_id, "its originator is gone.")
    folder = Path(originator.profile.list_folder)
    is_restored = not await lineage_store.is_compared(conn, scope, originator_id)
    if not without_list and is_restored:
        await _require_list(conn, originator, folder)
    listed_before = await unknown_sent_files(conn, originator)
    unlisted = await _unlisted(conn, vault, originator, folder, given, listed_before)
    # In the order in which they were made: what was rejected and went out again is in the later one.
    unknown = dict(sorted({**listed_before, **unlisted}.items()))
    comparing = SentLearning(conn, vault, renderers, counters, now_ms=now_ms, ids=ids)
    is_anew = is_restored and not without_list  # without a list, it may have left
    unsent = await comparing.hold_unsent(set(read_sent_lists(folder))) if unknown or is_anew else []
    await comparing.hold_presented(
        name
        for file_id, listed in unknown.items()
        for name in named_in(file_id, _opened(vault, scope, file_id, listed, given))
    )
    await comparing.void(unsent)
    for file_id, listed in unknown.items():
        await comparing.learn(file_id, listed, _opened(vault, scope, file_id, listed, given))
        if file_id in unlisted:
            _list_anew(vault, originator, file_id, listed, given)
    await comparing.move_counters()
    await comparing.promise()
    await lineage_store.set_compared(conn, scope, originator_id)
    if unknown or is_restored:
        await reading_store.await_reading(conn, (scope, originator_id), since_ms=now_ms)
    released = 0
    for reason in (UNKNOWN_FILES, RESTORED):
        released += await file_store.release_held(conn, scope, originator_id, because=reason)
    last = last_folder(folder)
    found = Comparison(
        files=len(unknown),
        entries=comparing.entries,
        voided=len(unsent),
        breaks=comparing.breaks,
        released=released,
        went_on=None if last == folder else str(last),
    )
    detail = (
        f"{originator_id}: {found.files} files and {found.entries} entries learned, {found.voided} unsent files given "
        f"up, {found.breaks} breaks"
    )
    await audit.record(conn, by, Action.ACH_COMPARED, scope=scope, detail=detail, now_ms=now_ms, ids=ids)
    return found


async def _require_list(conn: Conn, originator: Originator, folder: Path) -> None:
    """Check that a folder has its list, and that it names what the bank has not answered as far as the database knows.

    Raises:
        ListMissingError: it has none, or an older one.
    """
    if not has_list(folder):
        raise ListMissingError(folder, None)
    listed = read_sent_lists(folder)
    for file in await file_store.files_unanswered(conn):
        if file.scope == originator.scope and file.originator == originator.id and file.id not in listed:
            raise ListMissingError(folder, file.id)


async def _unlisted(
    conn: Conn,
    vault: Vault,
    originator: Originator,
    folder: Path,
    given: Sequence[GivenFile],
    unknown: Mapping[str, ListedFile],
) -> dict[str, ListedFile]:
    """Return the messages among given files that no list names and the database does not know.

    One that the database knows and has not sent is listed: from now on it may have left, and is not given up.

    Raises:
        CompareError: a file is none that a list names, and no message of ours.
    """
    hashes = {file.sha256 for file in (*read_sent_lists(folder).values(), *unknown.values())}
    found: dict[str, ListedFile] = {}
    for file in given:
        sha256 = hashlib.sha256(file.content).hexdigest()
        if sha256 in hashes:
            continue
        if originator.profile.sepa is None or not is_message(file.content):
            raise CompareError(file.name, "no list names it, and only SEPA messages identify themselves.")
        sent = read_sent_message(file.name, file.content)
        if not is_of_creditor(sent, originator.profile.sepa):
            raise CompareError(file.name, "it collects for another creditor.")
        if sent.file_id in unknown:
            raise CompareError(file.name, f"it is not the file that the list names as {sent.file_id}.")
        known = (await file_store.fetch_files(conn, originator.scope, [sent.file_id])).get(sent.file_id)
        if known is not None and (known.sha256.hex() != sha256 or known.status is FileStatus.VOIDED):
            raise CompareError(file.name, f"it doesn't match {sent.file_id} in the database, which is {known.status}.")
        if known is None:
            found[sent.file_id] = ListedFile(sha256, f"{sent.file_id}.xml", folder, originator.id)
        elif known.status in {FileStatus.BUILT, FileStatus.APPROVED}:
            listed = ListedFile(sha256, known.name, folder, originator.id)
            _list_anew(vault, originator, known.id, listed, given)
    return found


def _list_anew(
    vault: Vault, originator: Originator, file_id: str, listed: ListedFile, given: Sequence[GivenFile]
) -> None:
    """Write a message that somebody has given into the list of what has left, for the next restore."""
    scope = originator.scope
    content = _opened(vault, scope, file_id, listed, given)
    sealed = vault.seal(content, place=f"ach_file/{scope.account}/{scope.livemode}/{file_id}")
    list_sent(listed.folder, listed.name, content, file_id=file_id, sealed=sealed, originator=originator.id)


def _opened(vault: Vault, scope: AccountScope, file_id: str, listed: ListedFile, given: Sequence[GivenFile]) -> bytes:
    if not listed.sha256:
        raise CompareError(f"in {listed.folder}", "files went there, and the list of them is gone.")
    by_hand = next((each for each in given if hashlib.sha256(each.content).hexdigest() == listed.sha256), None)
    if by_hand is not None:
        return by_hand.content
    try:
        sealed = read_sent_copy(file_id, listed)
    except FileNotFoundError:
        raise CompareError(file_id, "no copy of it was kept beside the list. Give it with --file.") from None
    content = vault.open(sealed, place=f"ach_file/{scope.account}/{scope.livemode}/{file_id}")
    if hashlib.sha256(content).hexdigest() != listed.sha256:
        raise CompareError(file_id, "its copy is not the file that the list names.")
    return content
