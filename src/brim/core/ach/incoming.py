"""What comes from the bank: files are stored first, known by their content, and applied once.

A file whose controls fail is held as a whole. An item that cannot be understood, or that fits nothing, becomes a break,
and its neighbours are applied. Each file is applied in one transaction, so none is half booked.
"""

import hashlib
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Final, NamedTuple

import structlog

from brim.base.actor import Actor
from brim.base.ids import IdFactory
from brim.base.json_codec import encode_text
from brim.core import audit
from brim.core.ach import file_store
from brim.core.ach.acknowledgements import is_acknowledgement
from brim.core.ach.bank_files import (
    FileReading,
    apply_acknowledgement,
    apply_nacha,
    apply_statement,
)
from brim.core.ach.file_store import BankFile, Received, bank_file_place
from brim.core.ach.rules import BANK_FILE_PREFIX
from brim.core.ach.sent_lists import unknown_sent_files
from brim.core.ach.trouble import done_or_listed
from brim.core.audit import Action, ObjectType
from brim.core.events import Renderers
from brim.core.originators import Originator, list_active_originators
from brim.core.reconciliation import BreakKind
from brim.core.time import ClockAdvancingError
from brim.platform.database import Conn, Database
from brim.platform.vault import Vault

LARGEST_FILE: Final = 200_000_000
"""Bytes of a file from the bank; a larger one is left where it is, and reported."""

_log = structlog.get_logger()


class Kind(StrEnum):
    """What a file from the bank is, by its content."""

    NACHA = "nacha"
    ACKNOWLEDGEMENT = "acknowledgement"
    STATEMENT = "statement"
    EMPTY = "empty"


def kind_of(content: bytes) -> Kind:
    """Return what a file is; what is nothing else is read as a statement, which says what is wrong with it."""
    if not content.strip():
        return Kind.EMPTY
    if content.lstrip()[:3] == b"101":
        return Kind.NACHA
    if is_acknowledgement(content):
        return Kind.ACKNOWLEDGEMENT
    if content.lstrip()[:1] in b"56":
        return Kind.NACHA  # bare batches, or entries without any header: the codec says what is missing
    return Kind.STATEMENT


class TakenFile(NamedTuple):
    """A file from the bank as it is stored, and whether its content is new."""

    file: BankFile
    is_new: bool


async def store_bank_file(
    conn: Conn,
    vault: Vault,
    originator: Originator,
    name: str,
    content: bytes,
    *,
    by: Actor | None = None,
    now_ms: int,
    ids: IdFactory,
) -> TakenFile:
    """Store a file from an originator's bank, in the caller's transaction; a worker applies it.

    It is known by its content: of bytes that are there already nothing is stored, and the file is returned that has
    them. Where somebody brings it by hand (`by`), the audit log tells of a new one.
    """
    file_id = ids.new_at(BANK_FILE_PREFIX, now_ms)
    sha256 = hashlib.sha256(content).digest()
    is_new = await file_store.insert_bank_file(
        conn,
        originator.scope,
        sha256=sha256,
        file_id=file_id,
        originator=originator.id,
        name=name,
        byte_count=len(content),
        sealed=vault.seal(content, place=bank_file_place(originator.scope, file_id)),
        now_ms=now_ms,
    )
    if is_new and by is not None:
        await audit.record(
            conn,
            by,
            Action.BANK_FILE_IMPORTED,
            object_type=ObjectType.BANK_FILE,
            object_id=file_id,
            scope=originator.scope,
            detail=name,
            now_ms=now_ms,
            ids=ids,
        )
    found = await file_store.find_bank_file(conn, originator.scope, sha256)
    if found is None:
        raise RuntimeError("a file from the bank that was just stored is not there")
    return TakenFile(found, is_new)


class Incoming:
    """Takes what banks put into their folders, in one process; files that were read are remembered by name and size."""

    def __init__(self, vault: Vault, renderers: Renderers) -> None:
        self._vault = vault
        self._renderers = renderers
        self._seen: set[tuple[str, int, int]] = set()
        self._waiting: set[str] = set()

    async def receive_all(self, database: Database, *, now_ms: int, ids: IdFactory) -> int:
        """Store what is new in the folders of all originators; return how many files were."""
        async with database.connection() as conn:
            originators = await list_active_originators(conn)
        new = 0
        for originator in originators:
            for path, name in self._unseen(Path(originator.profile.incoming_folder)):
                try:
                    content = path.read_bytes()
                except OSError as error:  # one that vanished, or may not be read, does not hold up the others
                    _log.error("bank file cannot be read", name=name, reason=str(error))
                    continue
                new += await self.receive(database, originator, name, content, now_ms=now_ms, ids=ids)
                self._seen.add(_mark(path))
        return new

    def _unseen(self, folder: Path) -> Iterator[tuple[Path, str]]:
        if not folder.is_dir():
            return
        for path in sorted(folder.iterdir()):
            is_whole = path.is_file() and not path.name.startswith(".") and path.suffix not in {".part", ".tmp"}
            if not is_whole or _mark(path) in self._seen:
                continue
            if path.stat().st_size > LARGEST_FILE:
                _log.error("bank file is too large", name=path.name, bytes=path.stat().st_size)
                self._seen.add(_mark(path))
                continue
            yield path, path.name

    async def receive(
        self,
        database: Database,
        originator: Originator,
        name: str,
        content: bytes,
        *,
        by: Actor | None = None,
        now_ms: int,
        ids: IdFactory,
    ) -> bool:
        """Store a file from an originator's bank; return whether its content is new."""
        async with database.transaction() as conn:
            taken = await store_bank_file(conn, self._vault, originator, name, content, by=by, now_ms=now_ms, ids=ids)
            return taken.is_new

    async def apply_all(self, database: Database, *, now_ms: int, ids: IdFactory) -> int:
        """Apply what was stored and not applied yet, one transaction each; return how many files were."""
        async with database.connection() as conn:
            waiting = await file_store.bank_files_to_apply(conn)
            originators = {each.id: each for each in await list_active_originators(conn)}
        applied = 0
        for received in waiting:
            originator = originators.get(received.originator)
            if originator is None:
                continue

            async def work(conn: Conn, received: Received = received, originator: Originator = originator) -> bool:
                try:
                    async with conn.transaction():
                        return await self._apply(conn, originator, received, now_ms=now_ms, ids=ids)
                except ClockAdvancingError:
                    return False  # it is applied once the clock has arrived

            doing = f"apply {received.name}"
            is_applied = await done_or_listed(
                database,
                work,
                self._renderers,
                scope=received.scope,
                cause=received.id,
                doing=doing,
                now_ms=now_ms,
                ids=ids,
            )
            applied += bool(is_applied)
        return applied

    async def _apply(
        self, conn: Conn, originator: Originator, received: Received, *, now_ms: int, ids: IdFactory
    ) -> bool:
        stored = await file_store.find_bank_file(conn, received.scope, received.sha256)
        if stored is None or stored.status != "received":
            return False
        if await unknown_sent_files(conn, originator):
            if stored.id not in self._waiting:
                _log.error("bank file waits: what has left was not compared", file=stored.id)
                self._waiting.add(stored.id)
            return False  # it may speak of what has left, and that is unknown until then
        content = self._vault.open(received.sealed, place=received.place)
        kind = kind_of(content)
        reading = FileReading(
            conn=conn,
            vault=self._vault,
            renderers=self._renderers,
            originator=originator,
            file=stored,
            content=content,
            now_ms=now_ms,
            ids=ids,
        )
        if kind is Kind.NACHA:
            findings = await apply_nacha(reading)
        elif kind is Kind.ACKNOWLEDGEMENT:
            findings = await apply_acknowledgement(reading)
        elif kind is Kind.STATEMENT:
            findings = await apply_statement(reading)
        else:
            findings = []
        if reading.is_held:
            await reading.open_break(
                BreakKind.FILE,
                cause=stored.id,
                detail=f"{stored.name} is held: {'; '.join(str(each['sentence']) for each in findings[:3])}",
            )
        await file_store.finish_bank_file(
            conn,
            received.scope,
            received.sha256,
            status="held" if reading.is_held else "applied",
            kind=kind,
            findings=encode_text(findings),
            now_ms=now_ms,
        )
        _log.info("bank file applied", file=stored.id, kind=kind, held=reading.is_held, breaks=reading.breaks)
        return True


def _mark(path: Path) -> tuple[str, int, int]:
    status = path.stat()
    return str(path), status.st_size, status.st_mtime_ns
