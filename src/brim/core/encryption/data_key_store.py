"""Data keys in the database, wrapped: nothing here can unwrap them."""

from typing import Final, NamedTuple

from brim.platform.database import Conn
from brim.platform.sql import load_queries

_SQL: Final = load_queries(__package__, "data_keys")


class DataKey(NamedTuple):
    """A data key as it is stored.

    Attributes:
        id: derived from the key.
        wrapped: the key, encrypted.
        kms: the kind of key management system that wrapped it.
        kms_key: the key that it did so by.
        created_ms: when it was made.
        seals_from_ms: when it begins to seal.
        retired_ms: since when it seals no more; None for one that nobody has retired.
    """

    id: str
    wrapped: bytes
    kms: str
    kms_key: str
    created_ms: int
    seals_from_ms: int
    retired_ms: int | None = None


async def list_data_keys(conn: Conn) -> list[DataKey]:
    """Return all data keys, the latest to seal first."""
    return [DataKey(*record) for record in await conn.fetch(_SQL["list_data_keys"])]


async def lock_data_keys(conn: Conn) -> None:
    """Let nobody else change data keys until the caller's transaction ends."""
    await conn.execute(_SQL["lock_data_keys"])


async def insert_data_key(conn: Conn, key: DataKey) -> None:
    """Store a data key."""
    await conn.execute(_SQL["insert_data_key"], *key[:-1])


async def rewrap_data_key(conn: Conn, key: DataKey) -> None:
    """Store a data key as another key wraps it."""
    await conn.execute(_SQL["rewrap_data_key"], key.id, key.wrapped, key.kms, key.kms_key)


async def retire_data_key(conn: Conn, key_id: str, *, now_ms: int) -> None:
    """Let a data key seal no more."""
    await conn.execute(_SQL["retire_data_key"], key_id, now_ms)


async def delete_data_key(conn: Conn, key_id: str) -> None:
    """Forget a data key."""
    await conn.execute(_SQL["delete_data_key"], key_id)
