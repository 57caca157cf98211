"""Brings an exported account into this installation: all of it in one transaction, or nothing."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from brim.base import json_codec
from brim.base.actor import Actor
from brim.base.ids import Ids
from brim.base.scope import AccountScope
from brim.core import accounts
from brim.core.audit import Action, ObjectType, record
from brim.core.installation import find_kind
from brim.core.portability import store
from brim.core.portability.change_rules import CHANGES, Arrival
from brim.core.portability.export_keys import ExportSecret
from brim.core.portability.reading import Batch, Checked, check_export, reading_export
from brim.core.portability.row_rules import raw, read_row, values_of
from brim.core.portability.rules import (
    AccountThereError,
    ExportBrokenError,
    ExportKind,
    FirstAccountError,
    ForReadingError,
    Header,
    LiveMoneyError,
    OtherInstallationError,
    OtherSchemaError,
    UnfitPlatformError,
)
from brim.core.portability.table_rules import EXPORTED, columns_read, place_of
from brim.platform.database import Conn, Database
from brim.platform.vault import Vault

OnRows = Callable[[int], None]
"""Told how many rows were read up to now."""


class ImportChoices(NamedTuple):
    """What whoever imports decides.

    Attributes:
        platform: the account here that the imported one comes under; None leaves it a platform.
        as_first: whether it may become the account whose keys administer the installation.
        with_keys: whether its API keys work here, too.
    """

    platform: str | None = None
    as_first: bool = False
    with_keys: bool = False


async def import_account(  # noqa: PLR0913  from where, where to, by whom
    database: Database,
    vault: Vault,
    path: Path,
    secret: ExportSecret | None,
    choices: ImportChoices,
    *,
    by: Actor,
    now_ms: int,
    ids: Ids,
    on_rows: OnRows = lambda _rows: None,
) -> Checked:
    """Import what was exported, with its ids, times, numbers and chain; return what there was in the file.

    It is read twice: to check all of it, and then to write it.

    Args:
        database: where to.
        vault: encrypts its secrets.
        path: the file.
        secret: what it is encrypted with.
        choices: what whoever imports decides.
        by: who asks.
        now_ms: the time.
        ids: makes the ids of the audit log's lines.
        on_rows: told how many rows were written.

    Raises:
        ExportBrokenError, SealBrokenError: the file is not, to the byte, what was exported.
        ForReadingError, OtherSchemaError, OtherInstallationError: it cannot be imported here.
        LiveMoneyError: it has live money that the source still works on.
        UnfitPlatformError, FirstAccountError: it does not fit where it is to come.
        AccountThereError: something of it is here.
        UnfitRowsError: the database does not take its rows.
        NoEncryptionKeyError: the server cannot store its secrets.
    """
    checked = check_export(path, secret)
    header = checked.manifest.header
    if header.kind is not ExportKind.ACCOUNT:
        raise ForReadingError
    if reasons := checked.live.reasons:
        raise LiveMoneyError(reasons)
    _check_wanted_platform(header, checked, choices.platform)
    vault.check()
    async with database.transaction() as conn:
        await _check_target(conn, header, choices)
        before = await accounts.find_first_account(conn)
        await _Import(conn, vault, checked, choices, now_ms, on_rows).write(path, secret)
        first = await accounts.find_first_account(conn)
        if before is not None and first != before and not choices.as_first:
            raise FirstAccountError(header.account, before)
        await _record(conn, checked, by=by, now_ms=now_ms, ids=ids)
    return checked


def _check_wanted_platform(header: Header, checked: Checked, platform: str | None) -> None:
    if platform is None and header.platform is not None:
        raise UnfitPlatformError(f"it was under the platform {header.platform}. Say under which one here: --platform")
    if platform is None:
        return
    if len(header.accounts) > 1:
        raise UnfitPlatformError("it has accounts under it, so it cannot be under another one itself")
    if any(part.name.startswith(("originators/", "ach_files/")) for part in checked.manifest.parts):
        raise UnfitPlatformError("it has an originator of its own, as only a platform has")


async def _check_target(conn: Conn, header: Header, choices: ImportChoices) -> None:
    ours = await store.read_schema_version(conn)
    if header.schema != ours:
        raise OtherSchemaError(header.schema, ours)
    kind = await find_kind(conn)
    if header.installation != kind:
        raise OtherInstallationError(header.installation, kind)
    columns = {table.name: await store.read_columns(conn, table.name) for table in EXPORTED}
    if header.tables != columns:
        raise ExportBrokenError("its tables are not those of this version of the schema")
    if choices.platform is not None:
        is_there = await accounts.hold_account(conn, choices.platform)
        found = await accounts.find_account(conn, choices.platform)
        if found is None or not is_there:
            raise UnfitPlatformError(f"there is no account {choices.platform} here")
        if found.platform is not None:
            raise UnfitPlatformError(f"{choices.platform} is under a platform itself")
    for table in EXPORTED:
        if table.is_imported and (account := await store.find_with_rows(conn, table, header.accounts)):
            raise AccountThereError(account, table.name)


async def _record(conn: Conn, checked: Checked, *, by: Actor, now_ms: int, ids: Ids) -> None:
    header = checked.manifest.header
    for account in header.accounts:
        await record(
            conn,
            by,
            Action.ACCOUNT_IMPORTED,
            object_type=ObjectType.ACCOUNT,
            object_id=account,
            scope=AccountScope(account, livemode=True),
            detail=f"with {header.account}, {checked.manifest.total.rows} rows, SHA-256 {checked.sha256}",
            now_ms=now_ms,
            ids=ids,
        )


class _Import:
    """One import, in its transaction."""

    def __init__(
        self, conn: Conn, vault: Vault, checked: Checked, choices: ImportChoices, now_ms: int, on_rows: OnRows
    ) -> None:
        self._conn = conn
        self._vault = vault
        self._checked = checked
        self._choices = choices
        self._arrival = Arrival(checked.manifest.header.account, choices.platform, checked.live.ended)
        self._now_ms = now_ms
        self._on_rows = on_rows

    async def write(self, path: Path, secret: ExportSecret | None) -> None:
        rows = 0
        with reading_export(path, secret, check_rows=False) as reader:
            for batch in reader.batches():
                if batch.table.name == "new_events":
                    await self._number(batch)
                elif self._is_wanted(batch):
                    text = b"[" + b",".join(self._changed(batch, reader.vault)) + b"]"
                    await store.put_rows(self._conn, batch.table, text.decode())
                rows += len(batch.lines)
                self._on_rows(rows)
            if reader.sha256 != self._checked.sha256:
                raise ExportBrokenError("the file was changed while it was read")

    async def _number(self, batch: Batch) -> None:
        """Number events that the source had not numbered yet, in the order in which it would have."""
        events: dict[AccountScope, list[str]] = {}
        for line in batch.lines:
            row = values_of(read_row(line), ("account", "livemode", "event"))
            events.setdefault(AccountScope(row["account"], row["livemode"]), []).append(row["event"])
        for scope, ids in events.items():
            await store.number_events(self._conn, scope, ids, now_ms=self._now_ms)

    def _is_wanted(self, batch: Batch) -> bool:
        return batch.table.is_imported and (batch.table.name != "api_keys" or self._choices.with_keys)

    def _changed(self, batch: Batch, theirs: Vault | None) -> list[bytes]:
        """Return rows as they are to be here: most are written as they were."""
        change = CHANGES.get(batch.table.name)
        if change is None and not batch.table.sealed:
            return batch.lines
        changed = []
        for line in batch.lines:
            row = read_row(line)
            seen = values_of(row, columns_read(batch.table))
            for column in batch.table.sealed:
                sealed = json_codec.decode(row[column])
                if sealed is not None and theirs is not None:
                    place = place_of(batch.table, column, seen)
                    plain = theirs.open(sealed.encode(), place=place)
                    row[column] = raw(self._vault.seal(plain, place=place).decode())
            if change is not None:
                change(row, self._arrival)
            changed.append(json_codec.encode(row))
        return changed
