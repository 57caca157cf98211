"""API keys. A key's secret never gets here, only its SHA-256."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

import msgspec

from brim.base import json_codec
from brim.base.scope import AccountScope
from brim.core.access.rules import ApiKey, EndedKey, OwnedKey
from brim.platform.database import Conn
from brim.platform.sql import load_queries

_QUERIES: Final = load_queries(__package__)


async def find_by_hash(conn: Conn, digest: bytes) -> ApiKey | None:
    """Return the key whose SHA-256 is `digest`, expired or not; None when there is none."""
    return _key(await conn.fetchrow(_QUERIES["find_by_hash"], digest))


async def lock_by_id(conn: Conn, key_id: str) -> ApiKey | None:
    """Return the key with this id, held against changes until the transaction ends."""
    return _key(await conn.fetchrow(_QUERIES["lock_by_id"], key_id))


async def list_keys(conn: Conn, account: str | None) -> list[ApiKey]:
    """Return one account's keys, or with None those of all accounts, oldest first."""
    return [key_from_record(row) for row in await conn.fetch(_QUERIES["list_keys"], account)]


async def list_owner_keys(conn: Conn, scope: AccountScope, *, ended_after_ms: int, limit: int) -> list[OwnedKey]:
    """Return an account's keys, newest first, without those that ended before a time (Unix milliseconds)."""
    records = await conn.fetch(_QUERIES["list_owner_keys"], scope.account, scope.livemode, ended_after_ms, limit)
    return [OwnedKey(key_from_record(record), record["operator"]) for record in records]


async def lock_owner_key(conn: Conn, scope: AccountScope, key_id: str) -> OwnedKey | None:
    """Return an account's key, held against changes until the transaction ends; None where it has none of that id."""
    record = await conn.fetchrow(_QUERIES["lock_owner_key"], scope.account, scope.livemode, key_id)
    return OwnedKey(key_from_record(record), record["operator"]) if record else None


async def insert_key(conn: Conn, key: ApiKey) -> bool:
    """Add a key, and tell whether it was: not where its account has one of the same id."""
    permissions = None if key.permissions is None else json_codec.encode_text(key.permissions)
    made = await conn.fetchval(
        _QUERIES["insert_key"],
        key.hash,
        key.account,
        key.livemode,
        key.id,
        key.kind,
        key.name,
        key.redacted,
        permissions,
        key.created,
        key.expires_ms,
    )
    return made is not None


async def expire_key(conn: Conn, key: ApiKey, expires_ms: int) -> ApiKey:
    """End a key at that time, unless it ends before, and return it as it is then."""
    ends = await conn.fetchval(_QUERIES["expire_key"], key.account, key.livemode, key.id, expires_ms)
    return msgspec.structs.replace(key, expires_ms=ends)


async def expire_keys_of_account(conn: Conn, account: str, expires_ms: int) -> list[EndedKey]:
    """End all keys of an account at that time, in both modes, unless they end before; return those that did not."""
    return ended_keys(await conn.fetch(_QUERIES["expire_keys_of_account"], account, expires_ms))


async def write_last_use(conn: Conn, used: Mapping[bytes, int], *, exact_to_ms: int) -> None:
    """Write when keys were last used (Unix milliseconds), by the SHA-256 of each; at most so often for each."""
    hashes = sorted(used)
    await conn.execute(_QUERIES["write_last_use"], hashes, [used[each] for each in hashes], exact_to_ms)


def ended_keys(records: Iterable[Any]) -> list[EndedKey]:
    """Return the keys in records that have `worked_until_ms` beside the columns of one, by id."""
    after = [(key_from_record(record), record["worked_until_ms"]) for record in records]
    ended = [EndedKey(msgspec.structs.replace(key, expires_ms=before_ms), key) for key, before_ms in after]
    return sorted(ended, key=lambda each: each.after.id)


def key_from_record(row: Any) -> ApiKey:
    """Return the key in a record that has the columns of one."""
    permissions = row["permissions"]
    return ApiKey(
        hash=row["hash"],
        account=row["account"],
        livemode=row["livemode"],
        id=row["id"],
        kind=row["kind"],
        name=row["name"],
        redacted=row["redacted"],
        permissions=None if permissions is None else json_codec.decode(permissions, type=dict[str, str]),
        created=row["created"],
        expires_ms=row["expires_ms"],
        deleted_below=row.get("deleted_below") or 0,
        last_used_ms=row.get("last_used_ms"),
    )


def _key(row: Any) -> ApiKey | None:
    return key_from_record(row) if row else None
