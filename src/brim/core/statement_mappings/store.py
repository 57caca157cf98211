"""Mappings in the database. A platform has one for each bank account whose statements come as CSV."""

from collections.abc import Sequence
from typing import Any, Final

from brim.base import json_codec
from brim.base.paging import Page, Window, page_of
from brim.base.scope import AccountScope
from brim.core.reconciliation.formats import StatementMapping
from brim.core.statement_mappings.rules import SavedMapping
from brim.platform.database import Conn
from brim.platform.sql import load_queries

_SQL: Final = load_queries(__package__)
_decode: Final = json_codec.decoder(StatementMapping)


async def insert_mapping(conn: Conn, new: SavedMapping) -> bool:
    """Save the first mapping of a bank account; tell whether it had none."""
    found = await conn.fetchval(
        _SQL["insert_mapping"],
        new.scope.account,
        new.scope.livemode,
        new.id,
        new.bank_account,
        new.version,
        json_codec.encode_text(new.mapping),
        new.created_ms,
        new.updated_ms,
        new.changed_by,
    )
    return found is not None


async def update_mapping(conn: Conn, after: SavedMapping) -> None:
    """Save another version of a mapping that the caller's transaction holds."""
    await conn.execute(
        _SQL["update_mapping"],
        after.scope.account,
        after.scope.livemode,
        after.id,
        after.version,
        json_codec.encode_text(after.mapping),
        after.updated_ms,
        after.changed_by,
    )


async def lock_mapping(conn: Conn, scope: AccountScope, mapping_id: str) -> SavedMapping | None:
    """Return a mapping that nobody else can change until the caller's transaction ends."""
    record = await conn.fetchrow(_SQL["lock_mapping"], scope.account, scope.livemode, mapping_id)
    return _saved(scope, record) if record else None


async def find_mapping(conn: Conn, scope: AccountScope, bank_account: str) -> SavedMapping | None:
    """Return the mapping of a bank account, by its name in the ledger."""
    record = await conn.fetchrow(_SQL["find_mapping"], scope.account, scope.livemode, bank_account)
    return _saved(scope, record) if record else None


async def fetch_mappings(conn: Conn, scope: AccountScope, ids: Sequence[str]) -> dict[str, SavedMapping]:
    """Return a platform's mappings by id; those that do not exist are left out."""
    records = await conn.fetch(_SQL["fetch_mappings"], scope.account, scope.livemode, list(ids))
    return {record["id"]: _saved(scope, record) for record in records}


async def page_mappings(conn: Conn, scope: AccountScope, window: Window) -> Page[SavedMapping]:
    """Return a page of a platform's mappings."""
    records = await conn.fetch(
        _SQL["page_mappings"],
        scope.account,
        scope.livemode,
        window.low,
        window.high,
        window.newest_first,
        window.wanted,
    )
    return page_of([_saved(scope, record) for record in records], window)


def _saved(scope: AccountScope, record: Any) -> SavedMapping:
    return SavedMapping(**{**dict(record), "scope": scope, "mapping": _decode(record["mapping"])})
