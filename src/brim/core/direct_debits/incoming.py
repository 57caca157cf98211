"""What comes from the bank: files are stored first, known by their content, and applied once.

A statement that a person imports waits for another's approval first (`imported_statements`).
A file whose controls fail is held as a whole. An item that cannot be understood, or that fits nothing, becomes a break,
and its neighbours are applied. Each file is applied in one transaction, so none is half booked, but for statements of
very many lines: those are applied in pieces that commit, and are not `applied` before the last one (ADR 35).
"""

import hashlib
import os
import re
import socket
import stat
from collections.abc import Awaitable, Callable, Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec
import structlog

from brim.base.actor import Actor, ActorKind
from brim.base.clock import Clock
from brim.base.ids import IdFactory
from brim.base.json_codec import encode_text
from brim.core import audit
from brim.core.audit import Action, ObjectType
from brim.core.direct_debits import file_store, lineage_store, reading_store
from brim.core.direct_debits.acknowledgements import is_acknowledgement
from brim.core.direct_debits.announcing import announce_bank_file
from brim.core.direct_debits.bank_files import apply_acknowledgement, apply_nacha
from brim.core.direct_debits.correcting import Correcting
from brim.core.direct_debits.file_pieces import MOST_IN_PIECE, Applying, OpenStatement, ReadFile
from brim.core.direct_debits.file_reading import MOST_TOGETHER, FileReading, Finding
from brim.core.direct_debits.file_store import BankFile, Received, bank_file_place
from brim.core.direct_debits.imported_statements import AWAITING, deliver_bank_file, is_approval_void
from brim.core.direct_debits.rules import BANK_FILE_PREFIX
from brim.core.direct_debits.sent_lists import unknown_sent_files
from brim.core.direct_debits.statement_lines import apply_statement
from brim.core.direct_debits.status_reports import apply_status_report
from brim.core.direct_debits.trouble import done_or_listed
from brim.core.events import EventType, Renderers
from brim.core.funding import BankSecrets
from brim.core.originators import Originator, OriginatorStatus, list_active_originators, name_of
from brim.core.rails.ach import ACH, is_sftp
from brim.core.rails.sepa import SEPA
from brim.core.reconciliation import (
    BankAccountName,
    BreakKind,
    StatementBeingAppliedError,
    check_applied_whole,
    find_open_break_of_cause,
    lock_bank_account,
    settle_break,
)
from brim.core.reconciliation.formats import is_status_report
from brim.core.time import ClockAdvancingError
from brim.platform.database import Conn, Database
from brim.platform.vault import Vault

READING_EVERY_MS: Final = 5_000
"""How often it is written how far a folder was read."""
LARGEST_FILE: Final = 200_000_000
"""Bytes of a file from the bank; a larger one is left where it is, and reported."""
UNFINISHED_SUFFIXES: Final = (".part", ".tmp")
"""The suffixes of files that are still being written."""

_DELIMITER: Final = re.compile(rb"[,;\t|]")
_HOST: Final = socket.gethostname()
_BY_ITSELF: Final = Actor(kind=ActorKind.JOB, name="statements")
_Mark = tuple[str, int, int]
"""A file that was seen: its path, its size, and when it was changed."""

_log = structlog.get_logger()


class Kind(StrEnum):
    """What a file from the bank is, by its content."""

    NACHA = "nacha"
    ACKNOWLEDGEMENT = "acknowledgement"
    STATUS_REPORT = "status_report"
    STATEMENT = "statement"
    EMPTY = "empty"


_APPLY: Final[Mapping[Kind, Callable[[FileReading], Awaitable[list[Finding]]]]] = {
    Kind.NACHA: apply_nacha,
    Kind.ACKNOWLEDGEMENT: apply_acknowledgement,
    Kind.STATUS_REPORT: apply_status_report,
    Kind.STATEMENT: apply_statement,
}
_CALLED: Final = {
    Kind.NACHA: "a NACHA file",
    Kind.ACKNOWLEDGEMENT: "an acknowledgment of ACH",
    Kind.STATUS_REPORT: "a status report of SEPA (pain.002)",
}
"""What files are that one rail alone has, for people."""


def kind_of(content: bytes, name: str = "") -> Kind:
    """Return what a file is; what is nothing else is read as a statement, which says what is wrong with it.

    A file with the `name` of a CSV file may begin with the digits of an ACH file.
    """
    if not content.strip():
        return Kind.EMPTY
    is_csv = name.lower().endswith(".csv")
    first_line = content.lstrip()[:1000].partition(b"\n")[0]
    if first_line[:3] == b"101" and not (is_csv and _DELIMITER.search(first_line)):
        return Kind.NACHA
    if is_acknowledgement(content):
        return Kind.ACKNOWLEDGEMENT
    if is_status_report(content):
        return Kind.STATUS_REPORT
    if content.lstrip()[:1] in b"56" and not is_csv:
        return Kind.NACHA  # bare batches, or entries without any header: the codec says what is missing
    return Kind.STATEMENT


class _Done(StrEnum):
    """What became of a file that was to be applied."""

    NOTHING = "nothing"
    """It waits for something, somebody else applies it, or it was applied before."""
    A_PIECE = "a_piece"
    ALL = "all"


class _Halfway(NamedTuple):
    """A file of which this process has just applied a piece, as it was when that was committed."""

    file: str
    applying: Applying
    read: ReadFile
    open: OpenStatement | None


class TakenFile(NamedTuple):
    """A file from the bank as it is stored, and whether its content is new."""

    file: BankFile
    is_new: bool


async def store_bank_file(  # noqa: PLR0913  what came, and who has brought it
    conn: Conn,
    vault: Vault,
    renderers: Renderers,
    originator: Originator,
    name: str,
    content: bytes,
    *,
    by: Actor | None = None,
    approvers: int = 0,
    now_ms: int,
    ids: IdFactory,
) -> TakenFile:
    """Store a file from an originator's bank, in the caller's transaction; a worker applies it.

    It is known by its content: of bytes that came for that originator before nothing is stored, and the file is
    returned that has them. What was brought for another one is stored, too: it changes what it could not change there.

    Args:
        conn: the transaction.
        vault: encrypts the bytes.
        renderers: write what events show.
        originator: whose bank it is from.
        name: what it is called.
        content: its bytes.
        by: who brings it by hand; None for the bank's own channel. The audit log tells of a new one. A statement is not
            applied before somebody else approves it, or the channel brings it, too.
        approvers: how many operators have to do with live money; where there is one at most, nobody else is asked for.
        now_ms: Unix milliseconds.
        ids: makes the file's id.
    """
    file_id = ids.new_at(BANK_FILE_PREFIX, now_ms)
    sha256 = hashlib.sha256(content).digest()
    is_alone = by is not None and approvers <= 1
    kind = "unknown" if by is None else kind_of(content, name)
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
        kind=kind,
        status=AWAITING if by is not None and kind == Kind.STATEMENT and not is_alone else "received",
        imported_by=None if by is None else name_of(by),
        one_person=is_alone and kind == Kind.STATEMENT,
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
    found = await file_store.find_bank_file(conn, originator.scope, sha256, originator.id)
    if found is None:
        raise RuntimeError("a file from the bank that was just stored is not there")
    if is_new and found.status == AWAITING:
        kind_of_event = EventType.BANK_FILE_AWAITING_APPROVAL
        await announce_bank_file(conn, renderers, originator.scope, found, kind_of_event, now_ms=now_ms, ids=ids)
    if by is None and found.imported_by is not None and found.delivered_ms is None:
        found = await deliver_bank_file(conn, renderers, originator.scope, found, now_ms=now_ms, ids=ids)
    return TakenFile(found, is_new)


class _Reading(msgspec.Struct):
    """One reading of an originator's folder: when it began, and what has kept it from being complete."""

    originator: Originator
    began_ms: int
    problem: str | None = None


class Incoming:
    """Takes what banks put into their folders, in one process; files that were read are remembered by name and size.

    How far each folder was read is written down once what was found is stored and was tried to be applied. In another
    copy of the database, as after a restore or where a standby has taken over, everything is read again.
    """

    def __init__(
        self,
        secrets: BankSecrets,
        vault: Vault,
        renderers: Renderers,
        *,
        together: int = MOST_TOGETHER,
        piece: int = MOST_IN_PIECE,
    ) -> None:
        self._secrets = secrets
        self._together = together
        self._piece = piece
        self._halfway: _Halfway | None = None
        self._correcting = Correcting(secrets, vault, renderers)
        self._vault = vault
        self._renderers = renderers
        self._copy: str | None = None
        self._seen: set[_Mark] = set()
        self._waiting: set[str] = set()
        self._too_large: set[_Mark] = set()
        self._readings: list[_Reading] = []
        self._noted: dict[str, _Reading] = {}

    async def receive_all(self, database: Database, *, now_ms: int, ids: IdFactory) -> int:
        """Store new files from all originators' local folders; return how many were stored."""
        async with database.connection() as conn:
            originators = await list_active_originators(conn)
            copy = await lineage_store.read_copy(conn)
        if copy != self._copy:  # what was stored in another one may be missing here
            self._seen.clear()
            self._noted.clear()
            self._copy = copy
        new = 0
        for originator in originators:
            if is_sftp(originator.profile.incoming_folder):
                continue  # `sftp_reading` reads it
            reading = _Reading(originator, began_ms=now_ms)
            for path, mark in self._unseen(reading):
                try:
                    content = path.read_bytes()
                except FileNotFoundError:
                    reading.problem = _vanished(path)
                    continue
                except OSError as error:  # one that may not be read does not hold up the others
                    _log.error("bank file cannot be read", name=_name(path), reason=str(error))
                    reading.problem = f"The file {_name(path)} cannot be read on {_HOST}: {error.strerror}."
                    continue
                taken = await self.receive(database, originator, _name(path), content, now_ms=now_ms, ids=ids)
                new += taken.is_new
                self._seen.add(mark)
            self._readings.append(reading)
        return new

    def add_reading(self, originator: Originator, *, began_ms: int, problem: str | None) -> None:
        """Have a reading recorded once applying what it stored was attempted.

        Args:
            originator: whose folder was read.
            began_ms: when.
            problem: what kept it from being complete; None where nothing did.
        """
        self._readings.append(_Reading(originator, began_ms, problem))

    def _unseen(self, reading: _Reading) -> Iterator[tuple[Path, "_Mark"]]:
        folder = Path(reading.originator.profile.incoming_folder)
        try:
            found = sorted(folder.iterdir())
        except OSError as error:
            reading.problem = f"The folder {folder} cannot be read on {_HOST}: {error.strerror}."
            return
        for path in found:
            if path.name.startswith(".") or path.suffix in UNFINISHED_SUFFIXES:
                continue
            try:
                status = path.stat()
            except FileNotFoundError:
                reading.problem = _vanished(path)
                continue
            except OSError as error:
                reading.problem = f"The file {_name(path)} cannot be read on {_HOST}: {error.strerror}."
                continue
            mark = (str(path), status.st_size, status.st_mtime_ns)
            if not stat.S_ISREG(status.st_mode) or mark in self._seen:
                continue
            if status.st_size > LARGEST_FILE:
                if mark not in self._too_large:
                    _log.error("bank file is too large", name=_name(path), bytes=status.st_size)
                    self._too_large.add(mark)
                reading.problem = f"The file {_name(path)} is too large. Remove it from the folder."
                continue
            yield path, mark

    async def receive(
        self, database: Database, originator: Originator, name: str, content: bytes, *, now_ms: int, ids: IdFactory
    ) -> TakenFile:
        """Store a file that an originator's bank has brought through its own channel."""
        async with database.transaction() as conn:
            return await store_bank_file(
                conn, self._vault, self._renderers, originator, name, content, now_ms=now_ms, ids=ids
            )

    async def apply_all(
        self,
        database: Database,
        *,
        clock: Clock,
        ids: IdFactory,
        waits: bool = True,
        tell: Callable[[BankFile], None] | None = None,
        is_stopping: Callable[[], bool] = lambda: False,
    ) -> int:
        """Apply what was stored and not applied yet; return how many files were, to their ends.

        A file may take minutes, so each of its transactions has a time of its own, for which whoever reads an interval
        waits. A file has one transaction, or one for each piece.

        Args:
            database: where.
            clock: tells the time of each transaction.
            ids: makes ids.
            waits: whether to wait for somebody else who applies a file at the moment, and go on with it by turns.
            tell: hears of each file of which a piece was applied, how far it is.
            is_stopping: whether the next piece of a file is left to somebody else.
        """
        readings, self._readings = self._readings, []
        async with database.connection() as conn:
            waiting = await file_store.bank_files_to_apply(conn)
            originators = {each.id: each for each in await list_active_originators(conn)}
        if waiting:
            await self._secrets.prepare()
        applied = 0
        for received in waiting:
            originator = originators.get(received.originator)
            if originator is None:
                continue

            async def work(conn: Conn, received: Received = received, originator: Originator = originator) -> _Step:
                try:
                    async with conn.transaction():
                        return await self._apply(conn, originator, received, waits=waits, now_ms=clock(), ids=ids)
                except (ClockAdvancingError, StatementBeingAppliedError):
                    return _NOTHING  # it is applied once the clock has arrived, or the other file is applied

            doing = f"apply {received.name}"
            step: _Step | None = _Step(_Done.A_PIECE)
            while step is not None and step.done is _Done.A_PIECE:
                step = await done_or_listed(
                    database,
                    work,
                    self._renderers,
                    scope=received.scope,
                    cause=received.id,
                    doing=doing,
                    now_ms=clock(),
                    ids=ids,
                )
                self._halfway = None if step is None else step.halfway  # only what is committed goes on from memory
                if tell is not None and step is not None and step.file is not None:
                    tell(step.file)
                if is_stopping():
                    break
            applied += step is not None and step.done is _Done.ALL
        for reading in readings:
            await self._note(database, reading)
        return applied

    async def _note(self, database: Database, reading: _Reading) -> None:
        """Write how far a folder was read, unless this process has written the same a moment ago."""
        originator = reading.originator
        noted = self._noted.get(originator.id)
        is_due = noted is None or noted.problem != reading.problem or noted.originator.profile != originator.profile
        if not is_due and noted and 0 <= reading.began_ms - noted.began_ms < READING_EVERY_MS:
            return
        whose = (originator.scope, originator.id)
        async with database.connection() as conn:
            problem = reading.problem or await _not_compared(conn, originator) or await _not_activated(conn, originator)
            if problem is not None:
                await reading_store.note_problem(conn, whose, problem, now_ms=reading.began_ms)
            else:
                folder = originator.profile.incoming_folder
                await reading_store.note_reading(conn, whose, folder, began_ms=reading.began_ms)
        self._noted[originator.id] = reading

    async def _apply(
        self, conn: Conn, originator: Originator, received: Received, *, waits: bool, now_ms: int, ids: IdFactory
    ) -> "_Step":
        halfway, self._halfway = self._halfway, None
        if waits:
            stored = await file_store.find_bank_file(conn, received.scope, received.sha256, received.originator)
        else:
            stored = await file_store.take_bank_file(conn, received)
        if stored is None or stored.status != "received":
            return _NOTHING
        if await self._waits(conn, originator, stored):
            return _NOTHING
        reading = FileReading(
            conn=conn,
            vault=self._vault,
            renderers=self._renderers,
            correcting=self._correcting,
            originator=originator,
            file=stored,
            content=b"",
            together=self._together,
            piece=self._piece,
            now_ms=now_ms,
            ids=ids,
        )
        if stored.applying_to is not None:
            await _go_on(reading, halfway)
        if reading.read is None:
            reading.content = self._vault.open(received.sealed, place=received.place)
        kind = Kind.STATEMENT if reading.applying is not None else kind_of(reading.content, stored.name)
        if reading.applying is None and not await _may_begin(reading, kind):
            return _NOTHING
        findings = await _read(reading, kind)
        if reading.is_partial:
            return await _keep_piece(reading, kind)
        await self._finish(reading, received, kind, findings)
        return _Step(_Done.ALL)

    async def _waits(self, conn: Conn, originator: Originator, stored: BankFile) -> bool:
        """Tell whether a file may speak of what has left, which is unknown until that was compared."""
        is_compared = await lineage_store.is_compared(conn, originator.scope, originator.id)
        if is_compared and not await unknown_sent_files(conn, originator):
            return False
        if stored.id not in self._waiting:
            _log.error("bank file waits for brim ach compare", file=stored.id)
            self._waiting.add(stored.id)
        return True

    async def _finish(self, reading: FileReading, received: Received, kind: Kind, findings: list[Finding]) -> None:
        """Write what became of a file that is applied to its end, or held."""
        stored = reading.file
        if reading.is_held:
            await reading.open_break(
                BreakKind.FILE,
                cause=stored.id,
                detail=f"{stored.name} is held: {'; '.join(_said(each) for each in findings[:3])}",
            )
        elif kind is Kind.STATEMENT:
            await self._settle_held(reading.conn, reading.originator, stored, now_ms=reading.now_ms, ids=reading.ids)
        await file_store.finish_bank_file(
            reading.conn,
            received,
            status="held" if reading.is_held else "applied",
            kind=kind,
            findings=encode_text(findings),
            now_ms=reading.now_ms,
        )
        _log.info("bank file applied", file=stored.id, kind=kind, held=reading.is_held, breaks=reading.breaks)

    async def _settle_held(
        self, conn: Conn, originator: Originator, stored: BankFile, *, now_ms: int, ids: IdFactory
    ) -> None:
        """Settle the break of a file that was held, and was read now by the mapping of its bank account."""
        found = await find_open_break_of_cause(conn, originator.scope, BreakKind.FILE, stored.id)
        if found is not None:
            resolution = "The file was read by the mapping of its bank account."
            await settle_break(
                conn, originator.scope, found, resolution=resolution, by=_BY_ITSELF, now_ms=now_ms, ids=ids
            )


class _Step(NamedTuple):
    """What a transaction has done of a file; of a piece, how far the file is, and what is left in memory."""

    done: _Done
    file: BankFile | None = None
    halfway: _Halfway | None = None


_NOTHING: Final = _Step(_Done.NOTHING)


def _bank_account_of(originator: Originator) -> BankAccountName:
    return BankAccountName(originator.scope, originator.profile.bank_account, originator.profile.currency)


async def _may_begin(reading: FileReading, kind: Kind) -> bool:
    """Tell whether a file may be begun: its approval is not void, and no other of its bank account is half applied.

    Raises:
        StatementBeingAppliedError: one is.
    """
    told: Any = {"now_ms": reading.now_ms, "ids": reading.ids}
    if await is_approval_void(
        reading.conn, reading.renderers, reading.originator, reading.file, reading.content, **told
    ):
        _log.warning("bank file awaits approval again: its mapping has changed", file=reading.file.id)
        return False
    if kind is Kind.STATEMENT:
        await check_applied_whole(reading.conn, _bank_account_of(reading.originator))
    return True


async def _go_on(reading: FileReading, halfway: _Halfway | None) -> None:
    """Go on with a file where its last piece has ended, from memory if this process has applied that.

    Its lines are those of the bank account that was theirs at first, whatever that is called by now.
    """
    stored, whose = reading.file, reading.originator
    profile = msgspec.structs.replace(whose.profile, bank_account=stored.applying_to or whose.profile.bank_account)
    reading.originator = msgspec.structs.replace(whose, profile=profile)
    await lock_bank_account(reading.conn, _bank_account_of(reading.originator), bank_file=stored.id)
    applying = await file_store.find_applying(reading.conn, whose.scope, stored.id)
    if halfway is not None and halfway.file == stored.id:
        reading.read = halfway.read
        if halfway.applying == applying:
            applying, reading.open = halfway.applying, halfway.open
    reading.applying, reading.breaks = applying, applying.breaks
    reading.unbooked = None if applying.unbooked is None else frozenset(applying.unbooked)


async def _keep_piece(reading: FileReading, kind: Kind) -> _Step:
    """Write how far a file is applied whose next piece is another transaction."""
    applying, read, scope = reading.applying, reading.read, reading.originator.scope
    if applying is None or read is None:
        raise RuntimeError("a file is applied to a part that was not read")
    applying.breaks = reading.breaks
    applying.unbooked = None if reading.unbooked is None else sorted(reading.unbooked)
    bank_account, lines = reading.originator.profile.bank_account, read.line_count
    await file_store.note_applying(
        reading.conn, scope, reading.file.id, applying, kind=kind, bank_account=bank_account, lines=lines
    )
    file = msgspec.structs.replace(
        reading.file, applying_to=bank_account, line_count=lines, lines_applied=applying.lines_applied
    )
    _log.info("part of a bank file applied", file=file.id, lines_applied=file.lines_applied, lines=lines)
    return _Step(_Done.A_PIECE, file, _Halfway(file.id, applying, read, reading.open))


async def _read(reading: FileReading, kind: Kind) -> list[Finding]:
    """Apply a file by what it is; return what is wrong with it."""
    if (misplaced := _why_misplaced(kind, reading.originator)) is not None:
        reading.is_held = True
        return [misplaced]
    return [] if kind is Kind.EMPTY else await _APPLY[kind](reading)


def _why_misplaced(kind: Kind, originator: Originator) -> Finding | None:
    """Return why a file is not of the rail that an originator collects by; None where it may be.

    Applied all the same, it would speak of the debits of another originator, under the terms of this one.
    """
    rails = {Kind.NACHA: ACH, Kind.ACKNOWLEDGEMENT: ACH, Kind.STATUS_REPORT: SEPA}
    rail = rails.get(kind)
    if rail is None or rail == originator.profile.rail:
        return None
    sentence = (
        f"It is {_CALLED[kind]}, and {originator.id} collects by {originator.profile.rail.upper()}. Put it "
        f"in the folder of the originator for {rail.upper()}, then resolve this break."
    )
    return {"code": "wrong_rail", "where": "file", "sentence": sentence}


def _said(finding: Finding) -> str:
    """Return what is wrong with a file; of CSV, with the row and the column."""
    sentence = str(finding["sentence"])
    has_place = str(finding["code"]).startswith("csv_") and finding["where"] != "file"
    return f"{finding['where']}: {sentence}" if has_place else sentence


def _name(path: Path) -> str:
    """Return what a file is called, as the database can keep it: bytes that are no UTF-8 are replaced."""
    return os.fsencode(path.name).decode("utf-8", "replace")


def _vanished(path: Path) -> str:
    """Return why a reading does not count: what was renamed meanwhile may not have been seen."""
    return f"The file {_name(path)} was removed while the folder was being read."


async def state_all_imported(
    database: Database, originator: Originator, *, by: Actor, now_ms: int, ids: IdFactory
) -> str | None:
    """Write that a person says that everything that an originator's bank has sent until now was imported.

    Returns the id of a statement that waits for an approval, before which that does not count; None where none does.
    """
    whose = (originator.scope, originator.id)
    async with database.transaction() as conn:
        await reading_store.state_reading(conn, whose, now_ms=now_ms)
        await audit.record(
            conn,
            by,
            Action.BANK_FILES_COMPLETE,
            object_type=ObjectType.ORIGINATOR,
            object_id=originator.id,
            scope=originator.scope,
            now_ms=now_ms,
            ids=ids,
        )
        found = (await reading_store.read_readings(conn, [whose])).get(whose)
    return None if found is None else found.unapproved


async def _not_compared(conn: Conn, originator: Originator) -> str | None:
    """Return why nothing that an originator's bank sends is applied after a restore; None where it is."""
    if not await lineage_store.is_compared(conn, originator.scope, originator.id):
        return "This database was restored, or a standby took over. Run brim ach compare to find out what was sent."
    if not await unknown_sent_files(conn, originator):
        return None
    folder = originator.profile.list_folder
    return f"{folder} lists files that are unknown to this database. Run brim ach compare."


async def _not_activated(conn: Conn, originator: Originator) -> str | None:
    """Return why the reading of a folder does not count that nobody but who wrote it has seen; None where it does.

    A folder in which nothing ever lies would let everything pass that is in its hold.
    """
    if originator.status is OriginatorStatus.ACTIVE:
        return None
    whose = (originator.scope, originator.id)
    before = (await reading_store.read_readings(conn, [whose])).get(whose)
    folder = originator.profile.incoming_folder
    if before is None or before.folder == folder:
        return None
    return f"{folder} isn't the folder that was used while the originator was active. Activate the originator again."
