"""Saves how a bank account's statements are written as CSV, and has the files read again that waited for it."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from brim.base.actor import Actor
from brim.base.errors import ResourceMissingError
from brim.base.ids import IdFactory
from brim.base.scope import AccountScope
from brim.core import statement_mappings
from brim.core.direct_debits import file_store
from brim.core.direct_debits.incoming import Kind, kind_of
from brim.core.originators import Originator, list_originators
from brim.core.reconciliation.formats import StatementFile, StatementMapping, held_file, read_statement
from brim.core.statement_mappings import SavedMapping
from brim.platform.database import Conn

PREVIEW_BYTES: Final = 2 * 1024 * 1024
"""How large a file is read while somebody waits: about ten thousand lines, in less than a second."""


async def create_statement_mapping(
    conn: Conn,
    scope: AccountScope,
    bank_account: str,
    mapping: StatementMapping,
    *,
    by: Actor,
    now_ms: int,
    ids: IdFactory,
) -> SavedMapping:
    """Save the first mapping of an originator's bank account, in the caller's transaction.

    CSV files of the bank account that are held, with a break that nobody has resolved, are read again by a worker.

    Raises:
        ResourceMissingError: no originator's profile names that bank account.
        MappingError, MappingExistsError: see `statement_mappings.create_mapping`.
    """
    if not await _originators_of(conn, scope, bank_account):
        raise ResourceMissingError("bank account", bank_account, param="bank_account")
    saved = await statement_mappings.create_mapping(conn, scope, bank_account, mapping, by=by, now_ms=now_ms, ids=ids)
    await _read_again(conn, saved)
    return saved


async def update_statement_mapping(
    conn: Conn,
    scope: AccountScope,
    mapping_id: str,
    changes: Mapping[str, Any],
    *,
    expected_version: int | None = None,
    by: Actor,
    now_ms: int,
    ids: IdFactory,
) -> SavedMapping:
    """Save another version of a mapping, in the caller's transaction; held files are read again as after the first.

    Raises:
        ResourceMissingError, MappingChangedError, MappingError: see `statement_mappings.update_mapping`.
    """
    saved = await statement_mappings.update_mapping(
        conn, scope, mapping_id, changes, expected_version=expected_version, by=by, now_ms=now_ms, ids=ids
    )
    await _read_again(conn, saved)
    return saved


async def _originators_of(conn: Conn, scope: AccountScope, bank_account: str) -> list[Originator]:
    return [each for each in await list_originators(conn, scope) if each.profile.bank_account == bank_account]


async def _read_again(conn: Conn, saved: SavedMapping) -> None:
    for originator in await _originators_of(conn, saved.scope, saved.bank_account):
        await file_store.receive_held_csv_again(conn, saved.scope, originator.id)


async def preview_statement(
    conn: Conn, scope: AccountScope, bank_account: str, content: bytes, changes: Mapping[str, Any], *, name: str = ""
) -> StatementFile:
    """Return what a file would give by the saved mapping of a bank account, with some of its fields changed.

    Args:
        conn: reads the mapping; nothing is written.
        scope: the platform.
        bank_account: its name in the ledger.
        content: the file.
        changes: the fields to try, by name.
        name: what the file is called: one that ends in .csv is a statement whatever digit it begins with.

    Raises:
        ResourceMissingError: no originator's profile names that bank account.
        MappingError: no file could be read with the changes.
    """
    if not await _originators_of(conn, scope, bank_account):
        raise ResourceMissingError("bank account", bank_account, param="bank_account")
    saved = await statement_mappings.find_mapping(conn, scope, bank_account)
    mapping = saved.mapping if saved else None
    if changes:
        before = msgspec.structs.asdict(mapping) if mapping else {}
        mapping = statement_mappings.mapping_of({**before, **changes})
    kind = kind_of(content, name)
    if kind not in (Kind.STATEMENT, Kind.EMPTY):
        return held_file("not_a_statement", f"The file isn't a statement: it would be read as {kind}.")
    return read_statement(content, mapping=mapping, max_bytes=PREVIEW_BYTES)
