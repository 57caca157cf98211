"""Create and change the mappings of bank accounts, each with its audit entry, and read them."""

from collections.abc import Mapping
from typing import Any

import msgspec

from brim.base.actor import Actor
from brim.base.errors import ResourceMissingError
from brim.base.ids import IdFactory
from brim.base.paging import Page, PageRequest, window_of
from brim.base.scope import AccountScope
from brim.core import audit
from brim.core.audit import Action, ObjectType
from brim.core.reconciliation.formats import StatementMapping, check_mapping
from brim.core.statement_mappings import store
from brim.core.statement_mappings.rules import (
    MAPPING_PREFIX,
    MappingChangedError,
    MappingExistsError,
    SavedMapping,
    mapping_of,
)
from brim.core.statement_mappings.store import find_mapping
from brim.platform import lookups
from brim.platform.database import Conn, Database

__all__ = ["create_mapping", "find_mapping", "page_mappings", "retrieve_mapping", "update_mapping"]

_KIND = "statement mapping"


async def create_mapping(
    conn: Conn,
    scope: AccountScope,
    bank_account: str,
    mapping: StatementMapping,
    *,
    by: Actor,
    now_ms: int,
    ids: IdFactory,
) -> SavedMapping:
    """Save the first mapping of a bank account, in the caller's transaction.

    Raises:
        MappingError: no file could be read with it.
        MappingExistsError: the bank account has one.
    """
    check_mapping(mapping)
    new = SavedMapping(
        scope=scope,
        id=ids.new_at(MAPPING_PREFIX, now_ms),
        bank_account=bank_account,
        mapping=mapping,
        created_ms=now_ms,
        updated_ms=now_ms,
        changed_by=_name_of(by),
    )
    if not await store.insert_mapping(conn, new):
        found = await store.find_mapping(conn, scope, bank_account)
        raise MappingExistsError(found or new)
    await _record(conn, by, Action.STATEMENT_MAPPING_MADE, None, new, now_ms=now_ms, ids=ids)
    return new


async def update_mapping(
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
    """Save another version of a mapping, in the caller's transaction; the same again changes nothing.

    Args:
        conn: the transaction.
        scope: the platform.
        mapping_id: of which mapping.
        changes: the fields that change, by name.
        expected_version: the version that was seen.
        by: who does it.
        now_ms: the time.
        ids: makes the id of the audit entry.

    Raises:
        ResourceMissingError: there is none of that id.
        MappingChangedError: it has another version by now.
        MappingError: no file could be read with it.
    """
    before = await store.lock_mapping(conn, scope, mapping_id)
    if before is None:
        raise ResourceMissingError(_KIND, mapping_id, param="id", in_path=True)
    if expected_version is not None and before.version != expected_version:
        raise MappingChangedError(before, expected_version)
    mapping = mapping_of({**msgspec.structs.asdict(before.mapping), **changes})
    if mapping == before.mapping:
        return before
    after = msgspec.structs.replace(
        before, mapping=mapping, version=before.version + 1, updated_ms=now_ms, changed_by=_name_of(by)
    )
    await store.update_mapping(conn, after)
    await _record(conn, by, Action.STATEMENT_MAPPING_UPDATED, before, after, now_ms=now_ms, ids=ids)
    return after


async def retrieve_mapping(database: Database, scope: AccountScope, mapping_id: str) -> SavedMapping:
    """Return a platform's mapping.

    Raises:
        ResourceMissingError: there is none of that id.
    """
    return await lookups.retrieve(database, scope, mapping_id, store.fetch_mappings, kind=_KIND)


async def page_mappings(database: Database, scope: AccountScope, request: PageRequest) -> Page[SavedMapping]:
    """Return a page of a platform's mappings, newest first.

    Raises:
        ResourceMissingError: a cursor names none of them.
        ExclusiveParametersError: both cursors are given.
    """
    await lookups.check_cursors(database, scope, request, kind=_KIND, exists=_exists)
    async with database.connection() as conn:
        return await store.page_mappings(conn, scope, window_of(MAPPING_PREFIX, None, request))


async def _exists(conn: Conn, scope: AccountScope, mapping_id: str) -> bool:
    return mapping_id in await store.fetch_mappings(conn, scope, [mapping_id])


def _name_of(by: Actor) -> str:
    return by.id or by.name or by.kind


async def _record(
    conn: Conn,
    by: Actor,
    action: Action,
    before: SavedMapping | None,
    after: SavedMapping,
    *,
    now_ms: int,
    ids: IdFactory,
) -> None:
    await audit.record(
        conn,
        by,
        action,
        object_type=ObjectType.STATEMENT_MAPPING,
        object_id=after.id,
        before=before,
        after=after,
        scope=after.scope,
        now_ms=now_ms,
        ids=ids,
    )
