"""Bytes of files leave with their entry in the audit log, or not at all."""

import hashlib
from collections.abc import Awaitable, Callable
from datetime import date

import asyncpg
import msgspec
import pytest

from brim.base.actor import Actor, ActorKind
from brim.base.errors import ResourceMissingError
from brim.base.scope import AccountScope
from brim.core.direct_debits import AchFile, Download, FileChangedError, FileStatus, download_bank_file, download_file
from brim.core.direct_debits.file_store import bank_file_place, insert_bank_file, insert_file
from brim.core.direct_debits.rules import Batch
from brim.platform.database import Conn, Database
from tests.support.books import execute, rows
from tests.support.people import IDS, NOW_MS, VAULT

SCOPE = AccountScope("acct_platform", livemode=True)
CONTENT = b"101 a file\r\n\xff"
SHA256 = hashlib.sha256(CONTENT).digest()
BY = Actor(kind=ActorKind.OPERATOR, id="op_1", name="grace@example.com", address="203.0.113.7")
FILE = AchFile(
    scope=SCOPE,
    id="achf_1",
    originator="orig_1",
    test_clock=None,
    status=FileStatus.SENT,
    name="debits.ach",
    file_date=date(2026, 12, 1),
    file_time="1700",
    modifier="A",
    effective_date=date(2026, 12, 2),
    entry_count=1,
    total_debit=5_000,
    total_credit=0,
    byte_count=len(CONTENT),
    sha256=SHA256,
    built_ms=NOW_MS,
)
BATCH = Batch(number=1, sec_code="WEB", effective_date=FILE.effective_date, entry_count=1, total_debit=5_000)
TAKES = {"achf_1": download_file, "bankf_1": download_bank_file}
EACH = pytest.mark.parametrize("file_id", TAKES)


async def store(database: Database, content: bytes = CONTENT) -> None:
    """Put a file for the bank and one from it there, with the hash of `CONTENT`."""
    async with database.connection() as conn:
        await insert_file(conn, FILE, [BATCH], VAULT.seal(content, place=FILE.place))
        await insert_bank_file(
            conn,
            SCOPE,
            sha256=SHA256,
            file_id="bankf_1",
            originator="orig_1",
            name="debits.ach",
            byte_count=len(CONTENT),
            sealed=VAULT.seal(content, place=bank_file_place(SCOPE, "bankf_1")),
            now_ms=NOW_MS,
        )


def taking(database: Database, file_id: str, *, scope: AccountScope = SCOPE) -> Callable[[], Awaitable[Download]]:
    async def work(conn: Conn) -> Download:
        return await TAKES[file_id](conn, VAULT, scope, file_id, by=BY, now_ms=NOW_MS, ids=IDS)

    return lambda: database.transact(work)


@EACH
async def test_the_bytes_come_as_they_were_stored_with_an_entry_of_who_took_them(
    each_database: Database, file_id: str
) -> None:
    await store(each_database)
    assert await taking(each_database, file_id)() == Download("debits.ach", CONTENT)
    [entry] = await rows(each_database, "SELECT * FROM audit_log")
    kind = "ach_file" if file_id == "achf_1" else "bank_file"
    assert (entry["action"], entry["object"], entry["object_type"]) == (f"{kind}.downloaded", file_id, kind)
    assert (entry["actor"], entry["actor_name"], entry["address"]) == ("op_1", BY.name, BY.address)
    assert (entry["account"], entry["livemode"]) == (SCOPE.account, True)
    assert entry["detail"] == f"SHA-256 {SHA256.hex()}"


@EACH
async def test_no_byte_leaves_without_its_entry(database: Database, owner_database: Database, file_id: str) -> None:
    await store(database)
    await execute(
        owner_database,
        "CREATE FUNCTION refuse_entry() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'no commit with this entry'; END $$",
        "CREATE CONSTRAINT TRIGGER refuse_entries AFTER INSERT ON audit_log DEFERRABLE INITIALLY DEFERRED "
        "FOR EACH ROW EXECUTE FUNCTION refuse_entry()",
    )
    with pytest.raises(asyncpg.RaiseError, match="no commit with this entry"):
        await taking(database, file_id)()


@EACH
async def test_other_bytes_than_those_that_were_stored_are_given_to_nobody(database: Database, file_id: str) -> None:
    await store(database, CONTENT + b" ")
    with pytest.raises(FileChangedError, match="its bytes are not those that were stored"):
        await taking(database, file_id)()
    assert await rows(database, "SELECT * FROM audit_log") == []


@EACH
async def test_only_its_platform_finds_a_file(database: Database, file_id: str) -> None:
    await store(database)
    for scope in (AccountScope("acct_other", livemode=True), msgspec.structs.replace(SCOPE, livemode=False)):
        with pytest.raises(ResourceMissingError):
            await taking(database, file_id, scope=scope)()
    assert await rows(database, "SELECT * FROM audit_log") == []
