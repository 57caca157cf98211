"""Writes everything of an account into one file, from one snapshot, while Brim runs."""

import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BufferedWriter
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec

import brim
from brim.base import json_codec
from brim.base.actor import Actor
from brim.base.errors import ResourceMissingError
from brim.base.folders import sync_folder
from brim.base.ids import Ids
from brim.base.scope import AccountScope
from brim.core.audit import Action, ObjectType, record
from brim.core.installation import find_kind
from brim.core.portability import store, tar
from brim.core.portability.export_keys import EXPORT, ExportSecret, name_of, vault_of
from brim.core.portability.live_rules import WATCHED, LiveMoney
from brim.core.portability.reading import part_of, total_of
from brim.core.portability.row_rules import RawRow, raw, read_row, values_of
from brim.core.portability.rules import (
    FORMAT,
    HEADER_NAME,
    MANIFEST_NAME,
    PART_BYTES,
    ExportKind,
    FileExistsAlreadyError,
    Header,
    Manifest,
    OthersEntriesError,
    Part,
)
from brim.core.portability.table_rules import EXPORTED, Table, columns_read, place_of
from brim.platform.database import Conn, Database
from brim.platform.sealing import Sealer
from brim.platform.vault import Vault

OnRows = Callable[[int], None]
"""Told how many rows were written up to now."""

_NOTHING: Final = msgspec.Raw(b"null")


class Exported(NamedTuple):
    """A file that was written; `sha256` is of all of it."""

    manifest: Manifest
    sha256: str
    size: int


async def export_account(  # noqa: PLR0913  of what, where to, by whom
    database: Database,
    vault: Vault,
    to: Path,
    account: str,
    *,
    secret: ExportSecret | None,
    with_connected: bool,
    by: Actor,
    now_ms: int,
    ids: Ids,
    on_rows: OnRows = lambda _rows: None,
) -> Exported:
    """Write an account into a new file, which is there once it is whole and the audit log tells of it.

    Args:
        database: where the account is.
        vault: opens its secrets; not asked where `secret` is None.
        to: the file.
        account: which one.
        secret: what the file is encrypted with; None writes one for reading, without secrets.
        with_connected: whether the accounts under it are exported, too.
        by: who asks.
        now_ms: the time.
        ids: makes the id of the audit log's line.
        on_rows: told how far it is.

    Raises:
        ResourceMissingError: there is no such account.
        FileExistsAlreadyError: there is such a file.
        OthersEntriesError: its ACH files hold debits of accounts that are not exported.
        SecretUnreadableError, NoEncryptionKeyError: the server cannot read its secrets.
    """
    with _new_file(to) as file:
        sink = _Sink(file, secret)
        async with database.transaction(isolation="repeatable_read", readonly=True) as conn:
            header = await _header(conn, account, secret, with_connected=with_connected, now_ms=now_ms)
            export = _Export(conn, header, vault, sink, on_rows)
            manifest = await export.write()
        digest, size = sink.finish()
        file.flush()
        os.fsync(file.fileno())
        async with database.transaction() as conn:
            detail = f"{header.kind}, {len(header.accounts)} accounts, {manifest.total.rows} rows, SHA-256 {digest}"
            await record(
                conn,
                by,
                Action.ACCOUNT_EXPORTED,
                object_type=ObjectType.ACCOUNT,
                object_id=account,
                scope=AccountScope(account, livemode=True),
                detail=detail,
                now_ms=now_ms,
                ids=ids,
            )
    return Exported(manifest, digest, size)


async def _header(
    conn: Conn, account: str, secret: ExportSecret | None, *, with_connected: bool, now_ms: int
) -> Header:
    found = await store.list_exported_accounts(conn, account, with_connected=with_connected)
    if not found:
        raise ResourceMissingError("account", account, param="account")
    accounts = sorted(each.account for each in found)
    if secret is not None and await store.lists_others_entries(conn, account, accounts):
        raise OthersEntriesError(account)
    return Header(
        format=FORMAT,
        kind=ExportKind.READING if secret is None else ExportKind.ACCOUNT,
        brim=brim.__version__,
        schema=await store.read_schema_version(conn),
        installation=await find_kind(conn),
        account=account,
        platform=next(each.platform for each in found if each.account == account),
        accounts=accounts,
        exported_ms=now_ms,
        tables={table.name: await store.read_columns(conn, table.name) for table in EXPORTED},
    )


class _Export:
    """One export that is written."""

    def __init__(self, conn: Conn, header: Header, vault: Vault, sink: "_Sink", on_rows: OnRows) -> None:
        self._conn = conn
        self._header = header
        self._vault = vault
        self._sink = sink
        self._on_rows = on_rows
        self._accounts = frozenset(header.accounts)
        self._live = LiveMoney(is_connected=header.platform is not None)
        self._parts: list[Part] = []
        self._rows = 0

    async def write(self) -> Manifest:
        self._sink.put(HEADER_NAME, json_codec.encode(self._header))
        for table in EXPORTED:
            await self._write_table(table)
        manifest = Manifest(
            header=self._header, parts=self._parts, total=total_of(self._parts), refusals=self._live.reasons
        )
        self._sink.put(MANIFEST_NAME, json_codec.encode(manifest))
        return manifest

    async def _write_table(self, table: Table) -> None:
        lines: list[bytes] = []
        size, number = 0, 1
        async for rows in store.read_rows(self._conn, table, self._header.accounts):
            for row in rows:
                line = self._line(table, row)
                if line is None:
                    continue
                lines.append(line)
                size += len(line) + 1
                if size >= PART_BYTES:
                    self._write_part(table, number, lines)
                    lines, size, number = [], 0, number + 1
        if lines:
            self._write_part(table, number, lines)

    def _write_part(self, table: Table, number: int, lines: list[bytes]) -> None:
        content = b"\n".join([*lines, b""])
        name = f"{table.name}/{number:06}.jsonl"
        self._parts.append(part_of(name, lines, content))
        self._sink.put(name, content)
        self._rows += len(lines)
        self._on_rows(self._rows)

    def _line(self, table: Table, text: str) -> bytes | None:
        """Return a row as it is written; None for one that is about an account outside."""
        if not table.sealed and not table.others and table.name not in WATCHED:
            return text.replace("\n", " ").encode()
        row = read_row(text.replace("\n", " ").encode())
        seen = values_of(row, columns_read(table))
        if any(seen[name] and seen[name] not in self._accounts for name in table.others):
            return None
        self._live.look(table.name, seen)
        for column in table.sealed:
            self._reseal(table, column, row, seen)
        return json_codec.encode(row)

    def _reseal(self, table: Table, column: str, row: RawRow, seen: dict[str, Any]) -> None:
        if self._sink.vault is None:
            row[column] = _NOTHING
            return
        stored = json_codec.decode(row[column])
        if stored is None:
            return
        place = place_of(table, column, seen)
        secret = self._vault.open(bytes.fromhex(stored.removeprefix("\\x")), place=place)
        row[column] = raw(self._sink.vault.seal(secret, place=place).decode())


class _Sink:
    """The file, which is encrypted as it is written if there is something to do so with."""

    def __init__(self, file: BufferedWriter, secret: ExportSecret | None) -> None:
        self._file = file
        self._digest = hashlib.sha256()
        self._size = 0
        self._sealer: Sealer | None = None
        self.vault: Vault | None = None
        if secret is not None:
            begin, key = secret.begin()
            self._sealer = Sealer(key, name=name_of(begin), purpose=EXPORT)
            self.vault = vault_of(key)
            self._write(begin + self._sealer.header)

    def put(self, name: str, content: bytes) -> None:
        """Write one file of the archive."""
        for piece in tar.member(name, content):
            self._write(self._sealer.update(piece) if self._sealer else piece)

    def finish(self) -> tuple[str, int]:
        """Write the end; return the SHA-256 and the size of all of it."""
        self._write(self._sealer.update(tar.end()) + self._sealer.finish() if self._sealer else tar.end())
        return self._digest.hexdigest(), self._size

    def _write(self, piece: bytes) -> None:
        self._digest.update(piece)
        self._size += len(piece)
        self._file.write(piece)


@contextmanager
def _new_file(to: Path) -> Iterator[BufferedWriter]:
    """Yield a file under another name that only its owner may read; it gets its own when the block has ended well.

    Raises:
        FileExistsAlreadyError: one of either name is there.
    """
    unfinished = to.with_name(to.name + ".part")
    if to.exists():
        raise FileExistsAlreadyError(to)
    try:
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise FileExistsAlreadyError(unfinished) from None
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
        unfinished.rename(to)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
    sync_folder(to.absolute().parent)
