"""Changes the key under which secrets are stored, row by row, while the service runs."""

from collections.abc import Awaitable, Callable
from typing import Final, TypeAlias

from brim.base.ids import IdFactory
from brim.core.audit import Action, Actor, ObjectType, record
from brim.core.encryption import store as secrets
from brim.core.encryption.store import SEALED_TABLES, SealedRow, SealedTable
from brim.platform.database import Conn, Database
from brim.platform.vault import Vault

_STEP: Final = 500
"""Rows of one transaction: each is held until it commits."""

Tell: TypeAlias = Callable[[Conn, str], Awaitable[None]]
"""Adds a line to the audit log, in the transaction of what it tells."""


async def rotate_encryption(
    database: Database, vault: Vault, *, by: Actor, now_ms: int, ids: IdFactory, step: int = _STEP
) -> int:
    """Store every secret under the vault's first key, and return how many there are.

    The audit log gets a line with each transaction that stores some, and one at the end: a change that stopped half-way
    has the first and not the last.

    When it returns, the other keys open nothing any more, provided that every running process seals with the first.

    Raises:
        NoEncryptionKeyError: the vault has no key.
        SecretUnreadableError: a secret opens under none of its keys; those before it are stored anew.
    """
    vault.check()

    async def tell(conn: Conn, detail: str) -> None:
        await record(
            conn,
            by,
            Action.ENCRYPTION_ROTATED,
            object_type=ObjectType.ENCRYPTION,
            detail=detail,
            now_ms=now_ms,
            ids=ids,
        )

    count = await _rotate_service_secrets(database, vault, tell)
    for table in SEALED_TABLES:
        count += await _rotate_table(database, vault, table, step, tell)
    await database.transact(lambda conn: tell(conn, f"all {count} secrets"))
    return count


async def _rotate_service_secrets(database: Database, vault: Vault, tell: Tell) -> int:
    async def work(conn: Conn) -> int:
        held = await secrets.lock_service_secrets(conn)
        for name, sealed in held.items():
            await secrets.replace_service_secret(conn, name, vault.reseal(sealed))
        if held:
            await tell(conn, f"{len(held)} of service_secrets")
        return len(held)

    return await database.transact(work)


async def _rotate_table(database: Database, vault: Vault, table: SealedTable, step: int, tell: Tell) -> int:
    """Store a table's secrets anew, walking its key; return how many there were."""
    count, after = 0, SealedRow("", livemode=False, id="", sealed=b"")

    async def work(conn: Conn) -> list[SealedRow]:
        rows = await secrets.lock_sealed(conn, table, after=after, limit=step)
        await secrets.replace_sealed(
            conn, table, [SealedRow(row.account, row.livemode, row.id, vault.reseal(row.sealed)) for row in rows]
        )
        if rows:
            await tell(conn, f"{len(rows)} of {table.name}")
        return rows

    while True:
        rows = await database.transact(work)
        if not rows:
            return count
        count, after = count + len(rows), rows[-1]
