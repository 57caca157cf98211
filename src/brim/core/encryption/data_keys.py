"""Data keys: made, wrapped by another key, retired and removed. What they seal is changed by `rotation`."""

import asyncio
from typing import Final

from brim.base.errors import BrimError
from brim.base.ids import IdFactory
from brim.core.audit import Action, Actor, ObjectType, record
from brim.core.encryption import data_key_store as store
from brim.core.encryption.data_key_store import DataKey
from brim.core.encryption.keyring import SETTLES_IN_S, find_sealing
from brim.core.encryption.rotation import count_secrets
from brim.platform.database import Conn, Database
from brim.platform.kms import Kms, KmsError
from brim.platform.vault import find_key_id, new_encryption_key

SEALS_AFTER_MS: Final = 30_000
"""How long a new data key waits: several times what a process takes to learn of it."""


class DataKeyInUseError(BrimError):
    """A data key cannot be removed."""

    def __init__(self, key_id: str, reason: str) -> None:
        super().__init__(f"The data key {key_id} cannot be removed: {reason}")


class NoSuchDataKeyError(BrimError):
    """There is no data key of that id."""

    def __init__(self, key_id: str) -> None:
        super().__init__(f"There is no data key {key_id}. Run brim keys encryption to list them.")


class NothingElseSealsError(BrimError):
    """The data keys cannot be retired: nothing would be left to seal with."""

    def __init__(self) -> None:
        super().__init__("Without data keys, nothing could be encrypted. Set --encryption-key for every process first.")


async def create_data_key(
    database: Database,
    kms: Kms,
    *,
    has_plain: bool,
    by: Actor,
    now_ms: int,
    ids: IdFactory,
    after_ms: int = SEALS_AFTER_MS,
) -> DataKey:
    """Make a data key, have it wrapped and store it; running processes seal with it once `after_ms` have passed.

    Args:
        database: where it is stored.
        kms: wraps it.
        has_plain: whether processes have a key by the setting; with no key at all the new one seals at once.
        by: who asks.
        now_ms: the time.
        ids: makes the id of the audit log's line.
        after_ms: how long the keys before it go on to seal.

    Raises:
        KmsError: it was not wrapped.
    """
    key = new_encryption_key()
    key_id = find_key_id(key)
    wrapped = await asyncio.to_thread(_wrap, kms, key.encode(), key_id)

    async def work(conn: Conn) -> DataKey:
        await store.lock_data_keys(conn)
        is_first = not has_plain and not await store.list_data_keys(conn)
        made = DataKey(key_id, wrapped, kms.name, kms.key, now_ms, now_ms if is_first else now_ms + after_ms)
        await store.insert_data_key(conn, made)
        await _tell(conn, Action.DATA_KEY_MADE, f"{key_id}, wrapped by {kms.key}", by=by, now_ms=now_ms, ids=ids)
        return made

    return await database.transact(work)


async def rewrap_data_keys(database: Database, kms: Kms, *, by: Actor, now_ms: int, ids: IdFactory) -> int:
    """Have the data keys wrapped by the key that the settings name now; return for how many that was another one.

    Raises:
        KmsError: one of the two keys is not there.
    """
    async with database.connection() as conn:
        held = [key for key in await store.list_data_keys(conn) if key.kms_key != kms.key]
    if not held:
        return 0
    renewed = await asyncio.to_thread(_rewrap, kms, held)

    async def work(conn: Conn) -> None:
        for key in renewed:
            await store.rewrap_data_key(conn, key)
            await _tell(conn, Action.DATA_KEY_REWRAPPED, f"{key.id}, by {kms.key}", by=by, now_ms=now_ms, ids=ids)

    await database.transact(work)
    return len(renewed)


async def retire_data_keys(database: Database, *, has_plain: bool, by: Actor, now_ms: int, ids: IdFactory) -> int:
    """Let the setting's first key seal again instead of data keys, which go on to open; return how many there are.

    Raises:
        NothingElseSealsError: the setting has none.
    """
    if not has_plain:
        raise NothingElseSealsError

    async def work(conn: Conn) -> int:
        await store.lock_data_keys(conn)
        held = [key for key in await store.list_data_keys(conn) if key.retired_ms is None]
        for key in held:
            await store.retire_data_key(conn, key.id, now_ms=now_ms)
            await _tell(conn, Action.DATA_KEY_RETIRED, key.id, by=by, now_ms=now_ms, ids=ids)
        return len(held)

    return await database.transact(work)


async def remove_data_key(
    database: Database,
    key_id: str,
    *,
    has_plain: bool,
    by: Actor,
    now_ms: int,
    ids: IdFactory,
    rest_s: float = SETTLES_IN_S,
) -> None:
    """Forget a data key that has sealed nothing that is still there.

    It is retired first, and what is sealed with it is counted once every process knows that: none seals with it any
    more, whatever its clock says.

    Args:
        database: where it is.
        key_id: which one.
        has_plain: whether processes have a key by the setting.
        by: who asks.
        now_ms: the time.
        ids: makes the ids of the audit log's lines.
        rest_s: how long to wait between the two.

    Raises:
        NoSuchDataKeyError: there is none.
        DataKeyInUseError: it is the one that seals, or something is still sealed with it.
    """

    async def retire(conn: Conn) -> None:
        await store.lock_data_keys(conn)
        held = await store.list_data_keys(conn)
        key = next((key for key in held if key.id == key_id), None)
        if key is None:
            raise NoSuchDataKeyError(key_id)
        sealing = find_sealing(held, now_ms=now_ms, has_plain=has_plain)
        if key == sealing or (key.retired_ms is None and key.seals_from_ms > now_ms):
            raise DataKeyInUseError(key_id, "new secrets are sealed with it.")
        if key.retired_ms is None:
            await store.retire_data_key(conn, key_id, now_ms=now_ms)
            await _tell(conn, Action.DATA_KEY_RETIRED, key_id, by=by, now_ms=now_ms, ids=ids)

    async def delete(conn: Conn) -> None:
        await store.delete_data_key(conn, key_id)
        await _tell(conn, Action.DATA_KEY_REMOVED, key_id, by=by, now_ms=now_ms, ids=ids)

    await _check_unused(database, key_id)
    await database.transact(retire)
    await asyncio.sleep(rest_s)
    await _check_unused(database, key_id)
    await database.transact(delete)


async def _check_unused(database: Database, key_id: str) -> None:
    counts = await count_secrets(database)
    if counts[key_id] or counts[None]:
        raise DataKeyInUseError(key_id, "secrets are sealed with it. Run brim keys rotate-encryption first.")


def _wrap(kms: Kms, key: bytes, key_id: str) -> bytes:
    """Return a key as the system wraps it, once it has shown that it can undo that."""
    with kms.open() as session:
        wrapped = session.wrap(key, key_id=key_id)
        if session.unwrap(wrapped, kms_key=kms.key, key_id=key_id) != key:
            raise KmsError("it unwraps another key than it was given to wrap.")
    return wrapped


def _rewrap(kms: Kms, keys: list[DataKey]) -> list[DataKey]:
    with kms.open() as session:
        found = [session.unwrap(key.wrapped, kms_key=key.kms_key, key_id=key.id) for key in keys]
        return [
            key._replace(wrapped=session.wrap(data, key_id=key.id), kms=kms.name, kms_key=kms.key)
            for key, data in zip(keys, found, strict=True)
        ]


async def _tell(conn: Conn, action: Action, detail: str, *, by: Actor, now_ms: int, ids: IdFactory) -> None:
    await record(conn, by, action, object_type=ObjectType.ENCRYPTION, detail=detail, now_ms=now_ms, ids=ids)
