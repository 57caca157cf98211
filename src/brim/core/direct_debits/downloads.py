"""The bytes of files, with the numbers of bank accounts in them: who takes them is written down with the taking.

Nothing gives them to a program: there is no operation of the API for it.
"""

import hashlib
from typing import NamedTuple

from brim.base.actor import Actor
from brim.base.errors import ResourceMissingError
from brim.base.ids import IdFactory
from brim.base.scope import AccountScope
from brim.core import audit
from brim.core.audit import Action, ObjectType
from brim.core.direct_debits import file_store
from brim.core.direct_debits.rules import BytesForgottenError, FileChangedError
from brim.core.direct_debits.service import read_bytes
from brim.platform.database import Conn
from brim.platform.vault import Vault


class Download(NamedTuple):
    """A file's name, as it went to the bank or came from there, and its bytes."""

    name: str
    content: bytes


async def download_file(
    conn: Conn, vault: Vault, scope: AccountScope, file_id: str, *, by: Actor, now_ms: int, ids: IdFactory
) -> Download:
    """Return the bytes of a file for the bank; the audit log tells of it once the caller's transaction commits.

    Raises:
        ResourceMissingError: there is none of that id.
        FileChangedError: they are not those that were stored.
        NoEncryptionKeyError, SecretUnreadableError: the server cannot read what is encrypted.
    """
    found = (await file_store.fetch_files(conn, scope, [file_id])).get(file_id)
    if found is None:
        raise ResourceMissingError("ACH file", file_id, param="file", in_path=True)
    content = await read_bytes(conn, vault, found)
    await _record(
        conn, by, Action.ACH_FILE_DOWNLOADED, ObjectType.ACH_FILE, scope, file_id, found.sha256, now_ms=now_ms, ids=ids
    )
    return Download(found.name, content)


async def download_bank_file(
    conn: Conn, vault: Vault, scope: AccountScope, file_id: str, *, by: Actor, now_ms: int, ids: IdFactory
) -> Download:
    """Return the bytes of a file from the bank, as `download_file` does."""
    found = await file_store.find_bank_bytes(conn, scope, file_id)
    if found is None:
        raise ResourceMissingError("bank file", file_id, param="bank_file", in_path=True)
    if found.sealed is None:
        raise BytesForgottenError(file_id)
    content = vault.open(found.sealed, place=file_store.bank_file_place(scope, file_id))
    if hashlib.sha256(content).digest() != found.sha256:
        raise FileChangedError(file_id, "its bytes are not those that were stored.")
    await _record(
        conn,
        by,
        Action.BANK_FILE_DOWNLOADED,
        ObjectType.BANK_FILE,
        scope,
        file_id,
        found.sha256,
        now_ms=now_ms,
        ids=ids,
    )
    return Download(found.name, content)


async def _record(  # noqa: PLR0913  what was taken, by whom
    conn: Conn,
    by: Actor,
    action: Action,
    object_type: ObjectType,
    scope: AccountScope,
    file_id: str,
    sha256: bytes,
    *,
    now_ms: int,
    ids: IdFactory,
) -> None:
    await audit.record(
        conn,
        by,
        action,
        object_type=object_type,
        object_id=file_id,
        scope=scope,
        detail=f"SHA-256 {sha256.hex()}",
        now_ms=now_ms,
        ids=ids,
    )
