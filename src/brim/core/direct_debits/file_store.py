"""Files in the database: those that leave with their batches, and those that came from the bank."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final, NamedTuple

import msgspec

from brim.base.json_codec import encode_text
from brim.base.paging import Page, Window, page_of
from brim.base.scope import AccountScope
from brim.core.direct_debits.entry_store import Group
from brim.core.direct_debits.file_pieces import Applying, read_applying
from brim.core.direct_debits.rules import AchFile, Approval, Batch, FileStatus
from brim.core.originators import Originator, originator_from_record
from brim.core.rails.ach import MANDATES, REVERSAL_DESCRIPTION
from brim.platform.database import Conn
from brim.platform.sql import columns, load_queries

_SQL: Final = load_queries(__package__, "files")
_COLUMNS: Final = tuple(name for name in AchFile.__struct_fields__ if name not in {"scope", "status"})


class Counters(NamedTuple):
    """An originator, and the next trace and batch number that it gives."""

    originator: Originator
    next_trace: int
    next_batch: int


class FoundBatch(msgspec.Struct, frozen=True, kw_only=True):
    """A batch as a line of a statement or an acknowledgment finds it."""

    file: str
    number: int
    sec_code: str
    total_debit: int
    total_credit: int
    effective_date: date
    status: str
    settled_by: str | None
    description: str | None = None
    company_name: str | None = None
    company_id: str | None = None

    @property
    def is_sepa(self) -> bool:
        """Whether it is of collections by SEPA."""
        return self.sec_code in MANDATES

    @property
    def is_of_reversals(self) -> bool:
        """Whether its entries take debits back."""
        return self.description == REVERSAL_DESCRIPTION

    @property
    def is_unbooked(self) -> bool:
        """Whether no statement has booked it, and the bank has not refused it."""
        return self.settled_by is None and self.status != "rejected"


class BankFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file that came from the bank; `findings` is JSON, what was wrong with it and where.

    `imported_by` has brought it by hand; `delivered_ms` is when the bank's own channel has brought the same bytes, too.
    `approved_mapping` is the version of the mapping by which it was approved (`mapping_version`), where it is CSV;
    `one_person` says that nobody else could approve it. While it is applied in pieces, `lines_applied` of `line_count`
    lines are, in the books of the bank account `applying_to`; all three are None otherwise.
    """

    id: str
    originator: str
    kind: str
    name: str
    status: str
    byte_count: int
    findings: str
    received_ms: int
    applied_ms: int | None
    sha256: bytes
    imported_by: str | None = None
    delivered_ms: int | None = None
    approved_by: str | None = None
    approved_ms: int | None = None
    approved_mapping: str | None = None
    one_person: bool = False
    rejected_by: str | None = None
    rejected_ms: int | None = None
    reject_reason: str | None = None
    applying_to: str | None = None
    line_count: int | None = None
    lines_applied: int | None = None


class FilesStanding(NamedTuple):
    """How many files stand at a status, since when the first does (Unix milliseconds), and how many are held."""

    status: str
    files: int
    since_ms: int
    held: int


class FilesWaiting(NamedTuple):
    """How many files from banks are still to be applied, and when the first came; None where there is none."""

    files: int
    since_ms: int | None


class SealedBytes(NamedTuple):
    """The name of a file from the bank, the hash of its bytes, and these as they are sealed; None once gone."""

    name: str
    sha256: bytes
    sealed: bytes | None


class Received(NamedTuple):
    """A file from the bank that is to be applied, with its bytes as they are sealed."""

    scope: AccountScope
    sha256: bytes
    id: str
    originator: str
    name: str
    sealed: bytes
    received_ms: int

    @property
    def place(self) -> str:
        """What its bytes are sealed for."""
        return bank_file_place(self.scope, self.id)


def bank_file_place(scope: AccountScope, file_id: str) -> str:
    """Return what the bytes of a file from the bank are sealed for."""
    return f"bank_file/{scope.account}/{scope.livemode}/{file_id}"


async def lock_counters(conn: Conn, scope: AccountScope, originator_id: str) -> Counters | None:
    """Return an originator with its counters; nobody else makes a file of it until the transaction ends."""
    record = await conn.fetchrow(_SQL["lock_originator_counters"], scope.account, scope.livemode, originator_id)
    if record is None:
        return None
    return Counters(originator_from_record(record), record["next_trace"], record["next_batch"])


async def move_counters(conn: Conn, group: Group, *, traces: int, batches: int) -> None:
    """Take traces and batch numbers."""
    await conn.execute(
        _SQL["move_originator_counters"],
        group.scope.account,
        group.scope.livemode,
        group.originator,
        traces,
        batches,
    )


async def modifiers_used(conn: Conn, group: Group, file_date: date) -> set[str]:
    """Return which file id modifiers the originator's files of a day have."""
    records = await conn.fetch(
        _SQL["modifiers_used"], group.scope.account, group.scope.livemode, group.originator, file_date
    )
    return {record["modifier"] for record in records}


async def insert_file(conn: Conn, file: AchFile, batches: Sequence[Batch], sealed: bytes) -> None:
    """Store a file with its batches and its sealed bytes."""
    await conn.execute(
        _SQL["insert_file"],
        file.scope.account,
        file.scope.livemode,
        file.id,
        file.originator,
        file.test_clock,
        file.status,
        file.name,
        file.file_date,
        file.file_time,
        file.modifier,
        file.effective_date,
        file.entry_count,
        file.total_debit,
        file.total_credit,
        file.byte_count,
        file.sha256,
        sealed,
        file.held_because,
        file.built_ms,
        file.approved_ms,
        file.approved_by,
        file.approvals_needed,
        file.currency,
    )
    rows = [
        (
            b.number,
            b.sec_code,
            b.entry_count,
            b.total_debit,
            b.total_credit,
            b.company_name,
            b.company_id,
            b.description,
        )
        for b in batches
    ]
    await conn.execute(
        _SQL["insert_batches"], file.scope.account, file.scope.livemode, file.id, file.effective_date, *columns(rows)
    )


async def insert_approval(conn: Conn, file: AchFile, approval: Approval) -> None:
    """Record an approval of a file that the transaction holds; the table refuses those who prepared the file."""
    await conn.execute(
        _SQL["insert_approval"],
        file.scope.account,
        file.scope.livemode,
        file.id,
        approval.number,
        approval.approved_by,
        approval.approved_ms,
        approval.sha256,
        list(approval.prepared_by),
        approval.one_person,
    )


async def list_approvals(conn: Conn, scope: AccountScope, file_id: str) -> list[Approval]:
    """Return the approvals of a file, the first one first."""
    records = await conn.fetch(_SQL["list_approvals"], scope.account, scope.livemode, file_id)
    return [Approval(**{**record, "prepared_by": tuple(record["prepared_by"])}) for record in records]


async def lock_file(conn: Conn, scope: AccountScope, file_id: str) -> AchFile | None:
    """Return a file that nobody else can change until the transaction ends."""
    record = await conn.fetchrow(_SQL["lock_file"], scope.account, scope.livemode, file_id)
    return _file_from_record(record) if record else None


async def read_sealed_bytes(conn: Conn, file: AchFile) -> bytes | None:
    """Return the bytes of a file, as they are sealed; None when they were removed by age."""
    sealed: bytes | None = await conn.fetchval(
        _SQL["read_file_bytes"], file.scope.account, file.scope.livemode, file.id
    )
    return sealed


async def update_file(conn: Conn, file: AchFile) -> None:
    """Write where a file that the transaction holds stands."""
    await conn.execute(
        _SQL["update_file"],
        file.scope.account,
        file.scope.livemode,
        file.id,
        file.status,
        file.held_because,
        file.approved_ms,
        file.approved_by,
        file.sent_ms,
        file.acknowledged_ms,
        file.settled_ms,
        file.rejected_ms,
        file.reject_reason,
        file.voided_ms,
    )


async def files_to_send(conn: Conn) -> list[AchFile]:
    """Return the files of all platforms that may leave, in the order in which they were made."""
    return [_file_from_record(record) for record in await conn.fetch(_SQL["files_to_send"])]


async def files_not_sent(conn: Conn) -> list[AchFile]:
    """Return the files of all platforms that wait for approval or to be sent."""
    return [_file_from_record(record) for record in await conn.fetch(_SQL["files_not_sent"])]


async def files_unanswered(conn: Conn) -> list[AchFile]:
    """Return the files of all platforms that the bank has not answered."""
    return [_file_from_record(record) for record in await conn.fetch(_SQL["files_unanswered"])]


async def files_without_money(conn: Conn) -> list[AchFile]:
    """Return the files of all platforms that have prenotes only, were sent, and have not come to their end."""
    return [_file_from_record(record) for record in await conn.fetch(_SQL["files_without_money"])]


async def files_standing_at(conn: Conn, scope: AccountScope, originator_id: str, status: FileStatus) -> list[AchFile]:
    """Return an originator's files that stand at a status, held until the transaction ends."""
    records = await conn.fetch(_SQL["files_standing_at"], scope.account, scope.livemode, originator_id, status)
    return [_file_from_record(record) for record in records]


async def release_held(conn: Conn, scope: AccountScope, originator_id: str, *, because: str) -> int:
    """Let files go that were held for a reason which begins so; return how many."""
    return len(await conn.fetch(_SQL["release_held_files"], scope.account, scope.livemode, originator_id, because))


async def known_files(conn: Conn, scope: AccountScope, ids: Sequence[str]) -> set[str]:
    """Return which of the named files the database has."""
    return {record["id"] for record in await conn.fetch(_SQL["known_files"], scope.account, scope.livemode, list(ids))}


async def find_sent_file(
    conn: Conn, scope: AccountScope, originator_id: str, *, file_date: date, file_time: str, modifier: str
) -> AchFile | None:
    """Return the file whose header says so, held until the transaction ends."""
    record = await conn.fetchrow(
        _SQL["find_sent_file"], scope.account, scope.livemode, originator_id, file_date, file_time, modifier
    )
    return _file_from_record(record) if record else None


async def list_batches(conn: Conn, scope: AccountScope, file_id: str) -> list[FoundBatch]:
    """Return the batches of a file."""
    records = await conn.fetch(_SQL["list_batches"], scope.account, scope.livemode, file_id)
    return [_batch_from_record(record, file_id) for record in records]


async def find_batch(conn: Conn, scope: AccountScope, file_id: str, number: int | None) -> FoundBatch | None:
    """Return a batch of a file; None if it has none of that number."""
    return next((batch for batch in await list_batches(conn, scope, file_id) if batch.number == number), None)


async def find_batches_by_number(conn: Conn, scope: AccountScope, originator_id: str, number: int) -> list[FoundBatch]:
    """Return an originator's batches of a number, newest file first."""
    records = await conn.fetch(_SQL["find_batches_by_number"], scope.account, scope.livemode, number, originator_id)
    return [_batch_from_record(record, record["file"]) for record in records]


async def find_batches_by_numbers(
    conn: Conn, scope: AccountScope, originator_id: str, numbers: Sequence[int]
) -> dict[int, list[FoundBatch]]:
    """Return an originator's batches of some numbers by number, newest file first."""
    found: dict[int, list[FoundBatch]] = {number: [] for number in numbers}
    arguments = (scope.account, scope.livemode, list(found), originator_id)
    for record in await conn.fetch(_SQL["find_batches_by_numbers"], *arguments):
        found[record["number"]].append(_batch_from_record(record, record["file"]))
    return found


async def reopen_batch(conn: Conn, scope: AccountScope, batch: FoundBatch, *, status: str, settled_by: str) -> None:
    """Write that a line has not booked a batch of a file that the transaction holds after all, and where it stands."""
    await conn.execute(
        _SQL["reopen_batch"], scope.account, scope.livemode, batch.file, batch.number, status, settled_by
    )


async def set_batch_status(
    conn: Conn,
    scope: AccountScope,
    batch: FoundBatch,
    status: str,
    *,
    reason: str | None = None,
    settled_by: str | None = None,
) -> None:
    """Write where a batch stands."""
    await conn.execute(
        _SQL["set_batch_status"],
        scope.account,
        scope.livemode,
        batch.file,
        batch.number,
        status,
        reason,
        settled_by,
    )


async def insert_bank_file(  # noqa: PLR0913  a row
    conn: Conn,
    scope: AccountScope,
    *,
    sha256: bytes,
    file_id: str,
    originator: str,
    name: str,
    byte_count: int,
    sealed: bytes,
    now_ms: int,
    kind: str = "unknown",
    status: str = "received",
    imported_by: str | None = None,
    one_person: bool = False,
) -> bool:
    """Store what came from an originator's bank; return whether that content is new there."""
    done: str = await conn.execute(
        _SQL["insert_bank_file"],
        scope.account,
        scope.livemode,
        sha256,
        file_id,
        originator,
        kind,
        name,
        byte_count,
        sealed,
        now_ms,
        status,
        imported_by,
        one_person,
    )
    return done == "INSERT 0 1"


async def find_bank_file(conn: Conn, scope: AccountScope, sha256: bytes, originator: str) -> BankFile | None:
    """Return what came from an originator's bank by its content, held until the transaction ends."""
    record = await conn.fetchrow(_SQL["find_bank_file"], scope.account, scope.livemode, sha256, originator)
    return BankFile(**dict(record)) if record else None


async def take_bank_file(conn: Conn, received: Received) -> BankFile | None:
    """Return a file that is to be applied, held until the transaction ends; None where somebody else holds it."""
    whose = (received.scope.account, received.scope.livemode, received.sha256, received.originator)
    record = await conn.fetchrow(_SQL["take_bank_file"], *whose)
    return BankFile(**dict(record)) if record else None


async def find_applying(conn: Conn, scope: AccountScope, file_id: str) -> Applying:
    """Return how far a file is applied that is applied in pieces."""
    return read_applying(await conn.fetchval(_SQL["read_applying"], scope.account, scope.livemode, file_id))


async def note_applying(
    conn: Conn, scope: AccountScope, file_id: str, applying: Applying, *, kind: str, bank_account: str, lines: int
) -> None:
    """Write how far a file of so many lines is applied that the transaction holds."""
    await conn.execute(
        _SQL["note_applying"],
        scope.account,
        scope.livemode,
        file_id,
        kind,
        bank_account,
        encode_text(applying),
        lines,
        applying.lines_applied,
    )


async def lock_bank_file(conn: Conn, scope: AccountScope, file_id: str) -> BankFile | None:
    """Return what came from the bank by its id, held until the transaction ends."""
    record = await conn.fetchrow(_SQL["lock_bank_file"], scope.account, scope.livemode, file_id)
    return BankFile(**dict(record)) if record else None


async def deliver_bank_file(conn: Conn, scope: AccountScope, file_id: str, *, now_ms: int) -> None:
    """Write that the bank's own channel has brought what somebody had imported."""
    await conn.execute(_SQL["deliver_bank_file"], scope.account, scope.livemode, file_id, now_ms)


async def approve_bank_file(conn: Conn, scope: AccountScope, file: BankFile) -> None:
    """Write the approval of a file that the transaction holds; the table refuses its importer, and who rejected it."""
    await conn.execute(
        _SQL["approve_bank_file"],
        scope.account,
        scope.livemode,
        file.id,
        file.approved_by,
        file.approved_ms,
        file.approved_mapping,
        file.one_person,
    )


async def void_bank_file_approval(conn: Conn, scope: AccountScope, file_id: str) -> None:
    """Have a file that the transaction holds wait for another approval."""
    await conn.execute(_SQL["void_bank_file_approval"], scope.account, scope.livemode, file_id)


async def reject_bank_file(conn: Conn, scope: AccountScope, file: BankFile) -> None:
    """Write who has rejected a file that the transaction holds, and why."""
    await conn.execute(
        _SQL["reject_bank_file"],
        scope.account,
        scope.livemode,
        file.id,
        file.rejected_by,
        file.rejected_ms,
        file.reject_reason,
    )


async def find_bank_bytes(conn: Conn, scope: AccountScope, file_id: str) -> SealedBytes | None:
    """Return the bytes of what came from the bank, None where there is nothing of that id."""
    record = await conn.fetchrow(_SQL["find_bank_bytes"], scope.account, scope.livemode, file_id)
    return SealedBytes(record["name"], record["sha256"], record["sealed"]) if record else None


async def receive_held_csv_again(conn: Conn, scope: AccountScope, originator: str) -> list[str]:
    """Have an originator's held CSV files applied again; return the ids of those that will be."""
    records = await conn.fetch(_SQL["receive_held_csv_again"], scope.account, scope.livemode, originator)
    return [record["id"] for record in records]


async def bank_files_to_apply(conn: Conn) -> list[Received]:
    """Return what came from the banks of all platforms and was not applied yet, oldest first."""
    return [
        Received(
            scope=AccountScope(record["account"], record["livemode"]),
            sha256=record["sha256"],
            id=record["id"],
            originator=record["originator"],
            name=record["name"],
            sealed=record["sealed"],
            received_ms=record["received_ms"],
        )
        for record in await conn.fetch(_SQL["bank_files_to_apply"])
    ]


async def finish_bank_file(
    conn: Conn, received: Received, *, status: str, kind: str, findings: str, now_ms: int
) -> None:
    """Write what became of a file from the bank."""
    whose = (received.scope.account, received.scope.livemode, received.sha256, received.originator)
    await conn.execute(_SQL["finish_bank_file"], *whose, status, kind, findings, now_ms)


async def fetch_files(conn: Conn, scope: AccountScope, ids: Sequence[str]) -> dict[str, AchFile]:
    """Return a platform's files by id; those that do not exist are left out."""
    records = await conn.fetch(_SQL["fetch_files"], scope.account, scope.livemode, ids)
    return {record["id"]: _file_from_record(record) for record in records}


async def page_files(conn: Conn, scope: AccountScope, place: Window, *, status: FileStatus | None) -> Page[AchFile]:
    """Return a page of a platform's files."""
    arguments = (scope.account, scope.livemode, place.low, place.high, place.newest_first, place.wanted, status)
    return page_of((_file_from_record(record) for record in await conn.fetch(_SQL["page_files"], *arguments)), place)


async def count_held_files(conn: Conn, scope: AccountScope) -> int:
    """Return how many of a platform's files are held though they could be sent."""
    return int(await conn.fetchval(_SQL["count_held_files"], scope.account, scope.livemode))


async def outstanding_files(conn: Conn, *, most: int) -> list[FilesStanding]:
    """Return how many files of all platforms wait to be approved, sent or answered, of `most` on either side."""
    return [FilesStanding(**record) for record in await conn.fetch(_SQL["outstanding_files"], most)]


async def waiting_bank_files(conn: Conn, *, most: int) -> FilesWaiting:
    """Return how many files of all platforms' banks wait to be applied, counted up to `most`."""
    record = await conn.fetchrow(_SQL["waiting_bank_files"], most)
    return FilesWaiting(record["files"], record["since_ms"])


async def unapproved_bank_files(conn: Conn, scope: AccountScope, *, most: int) -> FilesWaiting:
    """Return how many imported statements of a platform wait for an approval, counted up to `most`."""
    record = await conn.fetchrow(_SQL["unapproved_bank_files"], scope.account, scope.livemode, most)
    return FilesWaiting(record["files"], record["since_ms"])


async def fetch_bank_files(conn: Conn, scope: AccountScope, ids: Sequence[str]) -> dict[str, BankFile]:
    """Return what came from a platform's bank by id; what does not exist is left out."""
    records = await conn.fetch(_SQL["fetch_bank_files"], scope.account, scope.livemode, ids)
    return {record["id"]: BankFile(**dict(record)) for record in records}


async def page_bank_files(
    conn: Conn, scope: AccountScope, place: Window, *, status: str | None = None
) -> Page[BankFile]:
    """Return a page of what came from a platform's bank."""
    arguments = (scope.account, scope.livemode, place.low, place.high, place.newest_first, place.wanted)
    if status is None:
        records = await conn.fetch(_SQL["page_bank_files"], *arguments)
    else:
        records = await conn.fetch(_SQL["page_bank_files_by_status"], *arguments, status)
    return page_of((BankFile(**dict(record)) for record in records), place)


def _file_from_record(record: Mapping[str, Any]) -> AchFile:
    fields = {name: record[name] for name in _COLUMNS}
    scope = AccountScope(record["account"], record["livemode"])
    return AchFile(scope=scope, status=FileStatus(record["status"]), **fields)


def _batch_from_record(record: Mapping[str, Any], file_id: str) -> FoundBatch:
    return FoundBatch(
        file=file_id,
        number=record["number"],
        sec_code=record["sec_code"],
        total_debit=record["total_debit"],
        total_credit=record["total_credit"],
        effective_date=record["effective_date"],
        status=record["status"],
        settled_by=record["settled_by"],
        description=record["description"],
        company_name=record["company_name"],
        company_id=record["company_id"],
    )
