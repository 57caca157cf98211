"""One file from the bank as it is applied, and what all kinds of files ask of the files and entries that were sent."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

import msgspec

from brim.base.ids import IdFactory
from brim.core.direct_debits import entry_store, file_store
from brim.core.direct_debits.announcing import announce_file, list_break
from brim.core.direct_debits.correcting import Correcting
from brim.core.direct_debits.counting import count_file
from brim.core.direct_debits.file_pieces import MOST_IN_PIECE, Applying, OpenStatement, ReadFile
from brim.core.direct_debits.file_store import BankFile, FoundBatch
from brim.core.direct_debits.known_names import KnownNames
from brim.core.direct_debits.refunding import report_refunds_left
from brim.core.direct_debits.reversing import report_left
from brim.core.direct_debits.rules import AchFile, Entry, FileStatus, moved
from brim.core.events import EventType, Renderers
from brim.core.originators import Originator
from brim.core.reconciliation import (
    Break,
    BreakKind,
    NewBreak,
)
from brim.core.return_rates import ReturnedDebit
from brim.platform.database import Conn
from brim.platform.vault import Vault

Finding = dict[str, Any]
MOST_TOGETHER: Final = 500
"""Lines of a set: what is held in memory for it, and looked up again where one of it has to be applied alone."""


class FileReading(msgspec.Struct, kw_only=True):
    """One file from the bank, or a piece of one, as it is applied in one transaction."""

    conn: Conn
    vault: Vault
    renderers: Renderers
    correcting: Correcting
    originator: Originator
    file: BankFile
    content: bytes
    now_ms: int
    ids: IdFactory
    made_on: date | None = None
    is_held: bool = False
    breaks: int = 0
    returned: list[ReturnedDebit] = msgspec.field(default_factory=list)
    unbooked: frozenset[int] | None = None
    """The totals of batches that no statement had booked before this file, in cents, once somebody has asked."""
    together: int = MOST_TOGETHER
    """Lines of a statement that are applied as a set at most."""
    known: KnownNames | None = None
    """What the names in the lines that are matched belong to, where it was looked up for all of them."""
    piece: int = MOST_IN_PIECE
    """Lines of statements that are applied in one transaction at most, if they are not all."""
    read: ReadFile | None = None
    """The statements of the file, once they were read."""
    applying: Applying | None = None
    """How far the file was applied before, by the pieces that were committed; None where it was not begun."""
    open: OpenStatement | None = None
    """The statement that is half applied, where this process has applied the piece before."""
    itemized: list[str] = msgspec.field(default_factory=list)
    """The entries whose payments have become lines."""
    is_partial: bool = False
    """Whether something is left for the next transaction."""

    async def open_break(self, kind: BreakKind, *, cause: str, detail: str, **more: Any) -> Break | None:
        """List something in the file that does not match; return the break, None if it was listed before."""
        new = NewBreak(
            scope=self.originator.scope, kind=kind, cause=cause, detail=detail, bank_file=self.file.id, **more
        )
        opened = await list_break(self.conn, self.renderers, new, now_ms=self.now_ms, ids=self.ids)
        self.breaks += opened is not None
        return opened

    async def move_file(self, file: AchFile, kind: EventType) -> None:
        """Write where a file stands now, and tell it."""
        await file_store.update_file(self.conn, file)
        await announce_file(self.conn, self.renderers, file, kind, now_ms=self.now_ms, ids=self.ids)


async def as_sent(reading: FileReading, file: AchFile) -> AchFile:
    """Return a file of which the bank speaks: it has left, even where whoever sent it could not write that down."""
    if file.status is not FileStatus.APPROVED:
        return file
    sent = moved(file, FileStatus.SENT, sent_ms=reading.now_ms)
    await file_store.update_file(reading.conn, sent)
    await count_file(
        reading.conn, reading.originator, sent, renderers=reading.renderers, now_ms=reading.now_ms, ids=reading.ids
    )
    await report_left(reading.conn, reading.renderers, sent, now_ms=reading.now_ms, ids=reading.ids)
    await report_refunds_left(reading.conn, reading.renderers, sent, now_ms=reading.now_ms, ids=reading.ids)
    return sent


async def entries_of_trace(reading: FileReading, trace: str) -> list[Entry]:
    """Return the entries of a trace, those of the originator whose bank speaks first, and of these the newest.

    Each originator counts its own traces, and two of one bank begin them alike.
    """
    found = None if reading.known is None else reading.known.entries.get(trace)
    if found is None:
        found = await entry_store.find_by_trace(reading.conn, reading.originator.scope, trace)
    return sorted(found, key=lambda entry: entry.originator != reading.originator.id)


async def is_anothers(reading: FileReading, originator: str, traces: Sequence[str], *, is_credit: bool) -> bool:
    """Tell whether what has a trace is another originator's, and an entry of the one whose bank speaks has it, too."""
    if originator == reading.originator.id:
        return False
    for trace in traces:
        entries = await entries_of_trace(reading, trace)
        if any(each.originator == reading.originator.id and each.is_credit is is_credit for each in entries):
            return True
    return False


async def settle_file(reading: FileReading, file_id: str) -> None:
    """Write that a file is settled once each of its batches is."""
    scope = reading.originator.scope
    batches = await file_store.list_batches(reading.conn, scope, file_id)
    file = await file_store.lock_file(reading.conn, scope, file_id)
    is_whole = all(batch.status in {"settled", "rejected"} or is_done(batch) for batch in batches)
    if file is not None:
        file = await as_sent(reading, file)
    if is_whole and file is not None and file.status in {FileStatus.SENT, FileStatus.ACKNOWLEDGED}:
        settled = moved(file, FileStatus.SETTLED, settled_ms=reading.now_ms)
        await reading.move_file(settled, EventType.ACH_FILE_SETTLED)


def is_done(batch: FoundBatch) -> bool:
    """Tell whether nothing more will be heard of a batch: it has prenotes only, so no statement books it."""
    return batch.status == "acknowledged" and not batch.total_debit and not batch.total_credit
