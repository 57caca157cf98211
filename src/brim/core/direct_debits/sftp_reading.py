"""Reads what a bank puts into a folder of its SFTP server, and stores it as `incoming` does for local folders.

A reading is one listing of which every file is stored. It waits for files that are still being written or were moved
during it; all others are stored anyway. If files are removed from the server once they are stored, a
sealed copy stays in the records folder, so that a restored database has them again.
"""

import asyncio
import hashlib
import posixpath
from collections.abc import Callable
from pathlib import Path
from typing import Final, NamedTuple

import structlog

from brim.base.ids import IdFactory
from brim.core.direct_debits import file_store, lineage_store
from brim.core.direct_debits.bank_servers import BankServers, one_at_a_time
from brim.core.direct_debits.incoming import LARGEST_FILE, UNFINISHED_SUFFIXES, Incoming
from brim.core.direct_debits.sent_lists import put_durably
from brim.core.originators import Originator
from brim.core.rails.ach import AfterReading, archive_of, parse_sftp_folder
from brim.platform.database import Database
from brim.platform.sftp import RemoteFile, RemoteFolders, SftpRefusedError
from brim.platform.vault import Vault

READ_COPIES: Final = ".brim-read.d"
"""The folder of sealed copies of what was removed from the server once it was stored, by the hashes of the bytes."""

_SETTLE_S: Final = 1.5
"""How long a new file must not have changed before it is read: the bank may be writing it."""
_ROUNDS: Final = 3
"""How often a folder is listed anew because a listed file is no longer there."""

_ASIDE: Final = ".brim-read"
"""How the name ends, after a dot at its beginning, of a file that is about to be removed or moved."""

_log = structlog.get_logger()


class _Mark(NamedTuple):
    """A file that was stored: its name, its size and when it was changed."""

    name: str
    size: int | None
    changed: int | None


class SftpReading:
    """Reads the incoming folders of originators that are on SFTP servers, in one process."""

    def __init__(self, incoming: Incoming, vault: Vault, servers: BankServers, *, settle_s: float = _SETTLE_S) -> None:
        self._incoming = incoming
        self._vault = vault
        self._servers = servers
        self._settle_s = settle_s
        self._seen: dict[str, set[_Mark]] = {}
        self._copies: dict[str, str] = {}

    async def read(
        self, database: Database, originator: Originator, *, clock: Callable[[], int], ids: IdFactory
    ) -> bool:
        """Store new files of a folder, and have `Incoming` record the reading; return whether it was complete.

        Raises:
            SftpError: the server cannot be used; what was stored before that stays.
            OSError: the records folder cannot be used.
        """
        records = Path(originator.profile.sftp_records_folder or "")
        with one_at_a_time(records, "incoming") as is_ours:
            if not is_ours:
                return True  # another process reads, and notes it
            await self._store_copies(database, originator, records, clock=clock, ids=ids)
            folder = parse_sftp_folder(originator.profile.incoming_folder)
            async with self._servers.reach(originator, folder) as remote:
                for _ in range(_ROUNDS):
                    began_ms = clock()
                    looking = _Looking(self, database, originator, remote, folder.path, records, clock, ids)
                    await looking.look()
                    if not looking.has_vanished:
                        break
        self._incoming.add_reading(originator, began_ms=began_ms, problem=looking.problem)
        return looking.problem is None

    async def _store_copies(
        self, database: Database, originator: Originator, records: Path, *, clock: Callable[[], int], ids: IdFactory
    ) -> None:
        """Store copies of files removed from the server, if this database does not have them, as after a restore."""
        async with database.connection() as conn:
            copy = await lineage_store.read_copy(conn)
        if self._copies.get(originator.id) == copy:
            return
        for path in sorted((records / READ_COPIES).glob("[0-9a-f]*")):
            async with database.connection() as conn:
                sha256 = bytes.fromhex(path.name)
                if await file_store.find_bank_file(conn, originator.scope, sha256, originator.id) is not None:
                    continue
            sealed = await asyncio.to_thread(path.read_bytes)
            name, _, content = self._vault.open(sealed, place=_place(originator, path.name)).partition(b"\n")
            await self._incoming.receive(database, originator, name.decode(), content, now_ms=clock(), ids=ids)
        self._seen[originator.id] = set()
        self._copies[originator.id] = copy

    def seen(self, originator: Originator) -> set[_Mark]:
        """Return what was stored of an originator's files, to be added to."""
        return self._seen.setdefault(originator.id, set())

    async def store(
        self, database: Database, originator: Originator, name: str, content: bytes, *, now_ms: int, ids: IdFactory
    ) -> None:
        """Store a file."""
        await self._incoming.receive(database, originator, _shown(name), content, now_ms=now_ms, ids=ids)

    async def settle(self) -> None:
        """Wait for as long as a file must stay unchanged."""
        await asyncio.sleep(self._settle_s)

    def keep_copy(self, originator: Originator, records: Path, name: str, content: bytes) -> None:
        """Keep a file that is about to be removed from the server, durably and sealed."""
        sha256 = hashlib.sha256(content).hexdigest()
        (records / READ_COPIES).mkdir(exist_ok=True)
        sealed = self._vault.seal(_shown(name).encode() + b"\n" + content, place=_place(originator, sha256))
        put_durably(records / READ_COPIES / sha256, sealed)


class _Looking:
    """One listing of a folder, and what happens to each file in it."""

    def __init__(
        self,
        reading: SftpReading,
        database: Database,
        originator: Originator,
        remote: RemoteFolders,
        path: str,
        records: Path,
        clock: Callable[[], int],
        ids: IdFactory,
    ) -> None:
        self._reading = reading
        self._database = database
        self._originator = originator
        self._remote = remote
        self._path = path
        self._records = records
        self._clock = clock
        self._ids = ids
        self.problem: str | None = None
        self.has_vanished = False

    async def look(self) -> None:
        """Store listed files that were not stored before."""
        unseen = [each for each in await self._remote.list_files(self._path) if self._is_unseen(each)]
        if not unseen:
            return
        await self._reading.settle()
        there = {each.name: each for each in await self._remote.list_files(self._path)}
        for file in unseen:
            if file.name not in there:
                self._vanish(file)
            elif not _is_same(file, there[file.name]):
                self._wait_for(file)
            else:
                await self._take(file)

    def _is_unseen(self, file: RemoteFile) -> bool:
        is_put_aside = _name_of(file) != file.name
        if not is_put_aside and (file.name.startswith(".") or file.name.endswith(UNFINISHED_SUFFIXES)):
            return False
        return file.is_regular and file.size != 0 and _Mark(*file[:3]) not in self._reading.seen(self._originator)

    async def _take(self, file: RemoteFile) -> None:
        if (file.size or 0) > LARGEST_FILE:
            self.problem = f"The file {_shown(file.name)} is too large to be read. Remove it from the bank's folder."
            return
        path = posixpath.join(self._path, file.name)
        try:
            content = await self._remote.read_file(path, most=LARGEST_FILE)
        except SftpRefusedError as error:  # one that may not be read does not hold up the others
            _log.error("bank file cannot be read", name=_shown(file.name), reason=str(error))
            self.problem = str(error)
            return
        if content is None:
            self._vanish(file)
            return
        after = await self._remote.find_file(path)
        is_whole = file.size in {None, len(content)} and (after is None or after.size in {None, len(content)})
        if not is_whole or (after is not None and not _is_same(file, after)):
            self._wait_for(file)
            return
        await self._reading.store(
            self._database, self._originator, _name_of(file), content, now_ms=self._clock(), ids=self._ids
        )
        is_there = after is None or await self._stays(path, file, content)
        if is_there and file.changed is not None:  # without that, another file of the name might not be noticed
            self._reading.seen(self._originator).add(_Mark(*file[:3]))

    async def _stays(self, path: str, file: RemoteFile, content: bytes) -> bool:
        """Remove or move a stored file, as the profile says; return whether it stays, which is harmless.

        It is put aside first, under a name that the bank does not write to: what is there by then is what goes. If that
        is something else, it is waited for and read under that name.
        """
        profile = self._originator.profile
        if profile.sftp_after_reading is AfterReading.KEEP:
            return True
        name = _name_of(file)
        await asyncio.to_thread(self._reading.keep_copy, self._originator, self._records, name, content)
        archive = archive_of(profile)
        aside = posixpath.join(self._path, f".{name}{_ASIDE}")
        try:
            if path != aside:
                await self._remote.rename_file(path, aside)
            there = await self._remote.read_file(aside, most=len(content))
            if there != content:
                self._wait_for(file)
            elif archive is None:
                await self._remote.remove_file(aside)
            else:
                await self._archive(aside, posixpath.join(archive.path, name), content)
        except SftpRefusedError as error:
            _log.error("bank file could not be removed from the server", name=_shown(name), reason=str(error))
            return True
        return False

    async def _archive(self, path: str, target: str, content: bytes) -> None:
        if await self._remote.find_file(target) is not None:
            target = f"{target}.{hashlib.sha256(content).hexdigest()[:12]}"
        await self._remote.rename_file(path, target)

    def _vanish(self, file: RemoteFile) -> None:
        self.has_vanished = True
        self.problem = f"The file {_shown(file.name)} was removed while the folder was being read."

    def _wait_for(self, file: RemoteFile) -> None:
        self.problem = f"The file {_shown(file.name)} is still being written by the bank."


def _is_same(listed: RemoteFile, found: RemoteFile) -> bool:
    """Tell whether a file has not changed, as far as both listings say."""
    sizes, moments = {listed.size, found.size} - {None}, {listed.changed, found.changed} - {None}
    return len(sizes) < 2 and len(moments) < 2


def _name_of(file: RemoteFile) -> str:
    """Return what the bank has called a file, whether it was put aside or not."""
    is_put_aside = file.name.startswith(".") and file.name.endswith(_ASIDE)
    return file.name[1 : -len(_ASIDE)] if is_put_aside else file.name


def _shown(name: str) -> str:
    """Return a file name that the database can store: invalid and control characters are replaced."""
    text = name.encode(errors="surrogateescape").decode(errors="replace")
    return "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text)


def _place(originator: Originator, sha256: str) -> str:
    """Return the encryption context of a copy of a file from a bank."""
    return f"bank_copy/{originator.scope.account}/{originator.scope.livemode}/{originator.id}/{sha256}"
