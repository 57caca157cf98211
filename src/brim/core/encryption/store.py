"""Sealed secrets in the database: the server's own, and those of rows; nothing here can open them."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from brim.platform.database import Conn
from brim.platform.sql import load_queries

_SQL: Final = load_queries(__package__, fragments=__package__)


class SealedTable(NamedTuple):
    """A table with a sealed secret in each row, by the name that its statements have after `lock_` and `replace_`."""

    name: str


class SealedRow(NamedTuple):
    """One row's key and its secret."""

    account: str
    livemode: bool
    id: str
    sealed: bytes


SEALED_TABLES: Final = (
    SealedTable("sealed_funding_sources"),
    SealedTable("sealed_bank_tokens"),
    SealedTable("sealed_webhook_endpoints"),
    SealedTable("old_sealed_webhook_endpoints"),
    SealedTable("sealed_operators"),
    SealedTable("sealed_operator_keys"),
    SealedTable("sealed_originators"),
    SealedTable("sealed_ach_files"),
    SealedTable("sealed_ach_entries"),
    SealedTable("sealed_bank_files"),
)
"""Every table with sealed secrets; a change of encryption keys walks them all."""


async def find_service_secret(conn: Conn, name: str) -> bytes | None:
    """Return a secret of the server's own, sealed; None when it was never made."""
    sealed: bytes | None = await conn.fetchval(_SQL["find_service_secret"], name)
    return sealed


async def keep_service_secret(conn: Conn, name: str, sealed: bytes) -> bytes:
    """Store a secret of the server's own unless there is one; return the one that is there then."""
    await conn.execute(_SQL["keep_service_secret"], name, sealed)
    kept: bytes = await conn.fetchval(_SQL["find_service_secret"], name)
    return kept


async def lock_service_secrets(conn: Conn) -> dict[str, bytes]:
    """Return the server's own secrets by name, held until the caller's transaction ends."""
    return {record["name"]: record["sealed"] for record in await conn.fetch(_SQL["lock_service_secrets"])}


async def replace_service_secret(conn: Conn, name: str, sealed: bytes) -> None:
    """Store a secret of the server's own in another form."""
    await conn.execute(_SQL["replace_service_secret"], name, sealed)


async def lock_sealed(conn: Conn, table: SealedTable, *, after: SealedRow, limit: int) -> list[SealedRow]:
    """Return the next rows of a table by its key, held until the caller's transaction ends."""
    records = await conn.fetch(_SQL[f"lock_{table.name}"], after.account, after.livemode, after.id, limit)
    return [SealedRow(record["account"], record["livemode"], record["id"], record["sealed"]) for record in records]


async def replace_sealed(conn: Conn, table: SealedTable, rows: Sequence[SealedRow]) -> None:
    """Store the secrets of rows in another form."""
    await conn.execute(
        _SQL[f"replace_{table.name}"],
        [row.account for row in rows],
        [row.livemode for row in rows],
        [row.id for row in rows],
        [row.sealed for row in rows],
    )
