"""Sealed secrets in the database: the server's own, and those of rows; nothing here can open them."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from brim.platform.database import Conn
from brim.platform.sql import load_queries

_SQL: Final = load_queries(__package__, fragments=__package__)

_STEP: Final = 500
"""Rows of one transaction: each is held until it commits."""

_FILES: Final = 20
"""The same of files, which may be megabytes."""


class SealedTable(NamedTuple):
    """A table with a sealed secret in each row, by the name that its statements have after `next_` and so on."""

    name: str
    step: int = _STEP


class RowKey(NamedTuple):
    """What a row is found by, and where a walk has got to."""

    account: str
    livemode: bool
    id: str


class SealedRow(NamedTuple):
    """One row's key and its secret."""

    key: RowKey
    sealed: bytes


BEGINNING: Final = RowKey("", livemode=False, id="")

SEALED_TABLES: Final = (
    SealedTable("sealed_service_secrets"),
    SealedTable("sealed_funding_sources"),
    SealedTable("sealed_bank_tokens"),
    SealedTable("sealed_webhook_endpoints"),
    SealedTable("old_sealed_webhook_endpoints"),
    SealedTable("sealed_replies"),
    SealedTable("sealed_cli_devices"),
    SealedTable("sealed_operators"),
    SealedTable("sealed_operator_keys"),
    SealedTable("sealed_notification_channels"),
    SealedTable("sealed_originators"),
    SealedTable("sealed_prenotes"),
    SealedTable("sealed_ach_files", _FILES),
    SealedTable("sealed_ach_entries"),
    SealedTable("sealed_corrections"),
    SealedTable("sealed_ach_returns"),
    SealedTable("sealed_refunds"),
    SealedTable("sealed_bank_files", _FILES),
    SealedTable("sealed_authorizations"),
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


async def read_headers(
    conn: Conn, table: SealedTable, *, after: RowKey, limit: int
) -> list[tuple[RowKey, bytes | None]]:
    """Return the next rows of a table by key, and how the secret of each begins; None where it has none."""
    records = await conn.fetch(_SQL[f"next_{table.name}"], *after, limit)
    return [(RowKey(record["account"], record["livemode"], record["id"]), record["header"]) for record in records]


async def lock_sealed(conn: Conn, table: SealedTable, keys: Sequence[RowKey]) -> list[SealedRow]:
    """Return those of the rows that still have secrets, held until the caller's transaction ends."""
    records = await conn.fetch(_SQL[f"lock_{table.name}"], *_columns(keys))
    return [
        SealedRow(RowKey(record["account"], record["livemode"], record["id"]), record["sealed"])
        for record in records
        if record["sealed"] is not None
    ]


async def replace_sealed(conn: Conn, table: SealedTable, rows: Sequence[SealedRow]) -> None:
    """Store the secrets of rows in another form."""
    await conn.execute(
        _SQL[f"replace_{table.name}"], *_columns([row.key for row in rows]), [row.sealed for row in rows]
    )


def _columns(keys: Sequence[RowKey]) -> tuple[list[str], list[bool], list[str]]:
    return [key.account for key in keys], [key.livemode for key in keys], [key.id for key in keys]
