"""Uploads files to a bank's SFTP server: the same bytes under the same name, however often the connection is cut.

A file is written under a temporary name. Only when it is whole there is its line written into the list of what has left
(`sent_lists`), and only then is it renamed, so what was cut off before has certainly not left, and goes the way of any
file that is not sent in time. Afterwards the server is asked: its name is there with our bytes, or the temporary one
is, or the bank has taken it meanwhile. No transaction is open while a server is waited for.

Where the server forbids renaming, a file is made empty under its own name before its line is written, so that what the
server refuses is not taken for what has left.
"""

import posixpath
from collections.abc import Callable
from pathlib import Path
from typing import Final

import structlog

from brim.base.errors import BrimError
from brim.base.ids import IdFactory
from brim.core.direct_debits import file_store
from brim.core.direct_debits.announcing import list_break
from brim.core.direct_debits.bank_servers import BankServers, one_at_a_time
from brim.core.direct_debits.rules import AchFile, FileStatus
from brim.core.direct_debits.sending import Outgoing, check_outgoing, mark_sent
from brim.core.direct_debits.sent_lists import SENT_LIST, begin_list, has_list, list_sent, read_sent_lists
from brim.core.direct_debits.trouble import list_trouble
from brim.core.events import Renderers
from brim.core.originators import Originator
from brim.core.rails.ach import Upload, parse_sftp_folder
from brim.core.reconciliation import BreakKind, NewBreak
from brim.platform.database import Conn, Database
from brim.platform.sftp import RemoteFile, RemoteFolders, SftpRefusedError
from brim.platform.vault import Vault

_log = structlog.get_logger()

_PICKED_UP: Final = (
    "{name} was uploaded to the bank's server, which did not confirm renaming it, and neither name is there now: most "
    "likely the bank has picked it up. It counts as sent, and nothing is sent again. Ask the bank whether it has the "
    "file. If it does not, download it (brim ach files download {file}) and upload the same bytes under the same name."
)


class NameTakenError(SftpRefusedError):
    """The bank's server has a file of our name with other bytes; it is left alone."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"The bank's server has a file {name} with other bytes than ours. Brim doesn't replace it. Ask the bank."
        )


class RecordsMissingError(BrimError):
    """The list of what has left is missing, for example because a file system is not mounted."""

    trouble = "list"

    def __init__(self, records: Path) -> None:
        super().__init__(
            f"{records / SENT_LIST} is missing, although files were sent. Nothing is sent until it is restored: "
            "mount or restore the records folder."
        )


class SftpSending:
    """Sends the files of originators whose outgoing folder is on an SFTP server."""

    def __init__(self, vault: Vault, renderers: Renderers, servers: BankServers) -> None:
        self._vault = vault
        self._renderers = renderers
        self._servers = servers

    async def send_due(
        self, database: Database, originator: Originator, *, clock: Callable[[], int], ids: IdFactory
    ) -> int:
        """Send every file of an originator that may leave; return how many were sent.

        What the server refuses of one file is listed, and does not hold up the others.

        Raises:
            SftpError: the server cannot be used; what was not sent is tried again.
            OSError: the records folder cannot be used.
        """
        profile = originator.profile
        with one_at_a_time(Path(profile.list_folder), "outgoing") as is_ours:
            if not is_ours:
                return 0
            waiting = [each.id for each in await self._find_due(database, originator)]
            if not waiting:
                return 0
            await self._begin_list(database, originator)
            folder = parse_sftp_folder(profile.outgoing_folder)
            sent = 0
            async with self._servers.reach(originator, folder) as remote:
                for file_id in waiting:
                    sending = _Sending(self, database, originator, remote, folder.path, clock, ids)
                    try:
                        sent += await sending.send(file_id)
                    except SftpRefusedError as error:
                        await list_trouble(
                            database,
                            self._renderers,
                            error,
                            scope=originator.scope,
                            reference=file_id,
                            doing=f"send {file_id}",
                            now_ms=clock(),
                            ids=ids,
                        )
            return sent

    async def _begin_list(self, database: Database, originator: Originator) -> None:
        """Create the list in the records folder, unless it should already have one.

        Raises:
            RecordsMissingError: it has none, and the bank has files that it has not done with.
        """
        records = Path(originator.profile.list_folder)
        if has_list(records):
            return
        async with database.transaction() as conn:
            for status in (FileStatus.SENT, FileStatus.ACKNOWLEDGED):
                if await file_store.files_standing_at(conn, originator.scope, originator.id, status):
                    raise RecordsMissingError(records)
        begin_list(records)

    async def _find_due(self, database: Database, originator: Originator) -> list[AchFile]:
        async with database.connection() as conn:
            files = await file_store.files_to_send(conn)
        return [each for each in files if (each.scope, each.originator) == (originator.scope, originator.id)]

    async def check(
        self, conn: Conn, originator: Originator, file_id: str, *, now_ms: int, ids: IdFactory
    ) -> Outgoing | None:
        """Return a file if it may leave now for this originator's folder, in the caller's transaction."""
        if file_id not in {each.id for each in await file_store.files_to_send(conn)}:
            return None  # given up, or the rail was stopped
        found = await check_outgoing(
            conn, self._vault, self._renderers, originator.scope, file_id, now_ms=now_ms, ids=ids
        )
        same = found is not None and found.originator.profile.outgoing_folder == originator.profile.outgoing_folder
        return found if same else None

    async def finish(
        self, conn: Conn, file: AchFile, originator: Originator, *, is_known: bool, now_ms: int, ids: IdFactory
    ) -> None:
        """Record that a file has left, in the caller's transaction; list a break if that is only most likely."""
        await mark_sent(conn, self._renderers, file, originator, now_ms=now_ms, ids=ids)
        if not is_known:
            unconfirmed = NewBreak(
                scope=file.scope,
                kind=BreakKind.FAILED_WORK,
                cause=f"unconfirmed/{file.id}",
                detail=_PICKED_UP.format(name=file.name, file=file.id),
                amount=file.total_debit,
                currency=file.currency,
                reference=file.id,
            )
            await list_break(conn, self._renderers, unconfirmed, now_ms=now_ms, ids=ids)


class _Sending:
    """Uploads one file."""

    def __init__(
        self,
        sending: SftpSending,
        database: Database,
        originator: Originator,
        remote: RemoteFolders,
        path: str,
        clock: Callable[[], int],
        ids: IdFactory,
    ) -> None:
        self._sending = sending
        self._database = database
        self._originator = originator
        self._remote = remote
        self._path = path
        self._clock = clock
        self._ids = ids
        self._records = Path(originator.profile.list_folder)

    async def send(self, file_id: str) -> bool:
        """Bring a file under its final name from whatever state it is in; return whether it has left."""
        outgoing = await self._check(file_id)
        if outgoing is None:
            return False
        final, waiting = self._names(outgoing)
        content = outgoing.content
        may_have_left = file_id in read_sent_lists(self._records)
        is_direct = self._originator.profile.sftp_upload is Upload.DIRECT
        found = await self._remote.find_file(final)
        if found is not None and await self._is_ours(final, found, content):
            return await self._list(file_id) and await self._finish(file_id)
        if found is not None and not (is_direct and _is_begun(found, content, is_listed=may_have_left)):
            raise NameTakenError(outgoing.file.name)
        if found is None and may_have_left and await self._remote.find_file(waiting) is None:
            _log.error("unknown whether an ach file was sent", file=file_id, name=outgoing.file.name)
            return await self._finish(file_id, is_known=False)
        if is_direct:
            if found is None:
                await self._remote.write_file(final, b"")  # what the server refuses is not listed
            return await self._write_directly(file_id, content, final, waiting)
        if not (may_have_left and await self._is_whole(waiting, content)):
            await self._write(waiting, content)
        if not await self._list(file_id):
            await self._remote.remove_file(waiting)  # it was given up meanwhile
            return False
        await self._rename(outgoing, waiting, final)
        return await self._finish(file_id)

    async def _write_directly(self, file_id: str, content: bytes, final: str, waiting: str) -> bool:
        """Write a file under its own name, which is there already."""
        if not await self._list(file_id):
            await self._remove_empty(final)  # it was given up meanwhile
            return False
        await self._write(final, content)
        await self._remote.remove_file(waiting)  # left from when the profile said `rename`
        return await self._finish(file_id)

    async def _remove_empty(self, path: str) -> None:
        found = await self._remote.find_file(path)
        if found is not None and found.size == 0:
            await self._remote.remove_file(path)

    async def _write(self, path: str, content: bytes) -> None:
        """Write a file, and check that its length is ours.

        Raises:
            SftpError: it is not known to be.
        """
        await self._remote.write_file(path, content)
        found = await self._remote.find_file(path)
        if found is not None and found.size not in {None, len(content)}:
            raise SftpRefusedError(f"The bank's server has {found.size} bytes of {path} instead of {len(content)}.")

    async def _is_whole(self, path: str, content: bytes) -> bool:
        """Tell whether a file is there with our bytes. If so, it is not written again, only renamed."""
        found = await self._remote.find_file(path)
        return found is not None and await self._is_ours(path, found, content)

    async def _rename(self, outgoing: Outgoing, waiting: str, final: str) -> None:
        """Rename a file, and check what is under its new name, unless the bank has already picked it up."""
        try:
            await self._remote.rename_file(waiting, final)
        except SftpRefusedError:
            found = await self._remote.find_file(final)
            if found is None or not await self._is_ours(final, found, outgoing.content):
                raise
            await self._remote.remove_file(waiting)
            return
        found = await self._remote.find_file(final)
        if found is not None and not await self._is_ours(final, found, outgoing.content):
            raise NameTakenError(outgoing.file.name)

    async def _is_ours(self, path: str, found: RemoteFile, content: bytes) -> bool:
        """Tell whether a file on the server has our bytes, by its size alone if it may not be read."""
        if found.size not in {None, len(content)}:
            return False
        try:
            there = await self._remote.read_file(path, most=len(content))
        except SftpRefusedError:
            return found.size is not None
        return there is None or there == content

    def _names(self, outgoing: Outgoing) -> tuple[str, str]:
        name = outgoing.file.name
        return posixpath.join(self._path, name), posixpath.join(self._path, f".{name}.part")

    async def _check(self, file_id: str) -> Outgoing | None:
        async def work(conn: Conn) -> Outgoing | None:
            return await self._sending.check(conn, self._originator, file_id, now_ms=self._clock(), ids=self._ids)

        return await self._database.transact(work)

    async def _list(self, file_id: str) -> bool:
        """Record that a file may have left, while nobody can give it up; return False if somebody already has."""

        async def work(conn: Conn) -> bool:
            outgoing = await self._sending.check(conn, self._originator, file_id, now_ms=self._clock(), ids=self._ids)
            if outgoing is None:
                return False
            file, originator, content, sealed = outgoing
            list_sent(self._records, file.name, content, file_id=file_id, sealed=sealed, originator=originator.id)
            return True

        return await self._database.transact(work)

    async def _finish(self, file_id: str, *, is_known: bool = True) -> bool:
        """Record that a file has left, whatever was stopped or held since; return whether it was not yet recorded."""

        async def work(conn: Conn) -> bool:
            file = await file_store.lock_file(conn, self._originator.scope, file_id)
            if file is None or file.status is not FileStatus.APPROVED:
                return False
            await self._sending.finish(
                conn, file, self._originator, is_known=is_known, now_ms=self._clock(), ids=self._ids
            )
            return True

        return await self._database.transact(work)


def _is_begun(found: RemoteFile, content: bytes, *, is_listed: bool) -> bool:
    """Tell whether a file under its own name is one that we have begun: before it is listed, it is empty."""
    return found.size is not None and found.size < (len(content) if is_listed else 1)
