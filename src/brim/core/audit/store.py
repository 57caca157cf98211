"""The audit log in the database: lines are added and read, and nothing else; the service's role could do no more."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from brim.base import json_codec
from brim.base.actor import Actor, ActorKind
from brim.base.paging import Page, PageRequest, Range, Window, page_of, window_of
from brim.base.scope import AccountScope
from brim.core.audit.rules import ENTRY_PREFIX, AuditEntry, AuditFilters
from brim.platform.database import Conn
from brim.platform.sql import load_queries

_SQL: Final = load_queries(__package__, fragments=__package__)


async def insert_entry(conn: Conn, entry: AuditEntry) -> None:
    """Add a line."""
    await conn.execute(
        _SQL["insert_entry"],
        *(entry.id, entry.at_ms),
        *(entry.actor.kind.value, entry.actor.id, entry.actor.name, entry.actor.address),
        *(entry.action, entry.object),
        *((entry.scope.account, entry.scope.livemode) if entry.scope else (None, None)),
        entry.detail,
        *(entry.actor.request_id, entry.object_type, _json(entry.before), _json(entry.after)),
    )


async def list_entries(conn: Conn, created: Range | None, request: PageRequest) -> Page[AuditEntry]:
    """Return a page of the log, newest first."""
    window = window_of(ENTRY_PREFIX, created, request)
    records = await conn.fetch(_SQL["list_entries"], window.low, window.high, window.newest_first, window.wanted)
    return page_of([_entry(record) for record in records], window)


async def walk(conn: Conn, name: str, value: str, window: Window, *, limit: int) -> list[str]:
    """Return the ids of up to `limit` entries by one filter, from the end of a window that its page begins at."""
    bounds = (window.low, window.high, window.newest_first)
    return [record["id"] for record in await conn.fetch(_SQL[f"walk_by_{name}"], value, *bounds, limit)]


async def read_fitting(conn: Conn, ids: Sequence[str], filters: AuditFilters, *, limit: int) -> list[AuditEntry]:
    """Return up to `limit` of some entries that pass all filters, in the order given."""
    wanted = (filters.actor, filters.action, filters.object, filters.account)
    return [_entry(record) for record in await conn.fetch(_SQL["fitting_entries"], ids, *wanted, limit)]


async def find_entry_about(conn: Conn, action: str, object_id: str, *, low: str, high: str) -> AuditEntry | None:
    """Return the first line between two ids that tells of an act on an object."""
    record = await conn.fetchrow(_SQL["find_entries_about"], low, high, object_id, action)
    return _entry(record) if record else None


async def entry_exists(conn: Conn, entry_id: str) -> bool:
    """Tell whether the log has a line of that id."""
    return bool(await conn.fetchval(_SQL["entry_exists"], entry_id))


def _entry(record: Any) -> AuditEntry:
    account = record["account"]
    return AuditEntry(
        id=record["id"],
        at_ms=record["at_ms"],
        actor=Actor(
            kind=ActorKind(record["actor_kind"]),
            id=record["actor"],
            name=record["actor_name"],
            address=record["address"],
            request_id=record["request_id"],
        ),
        action=record["action"],
        object=record["object"],
        object_type=record["object_type"],
        before=_fields(record["before"]),
        after=_fields(record["after"]),
        scope=None if account is None else AccountScope(account, record["livemode"]),
        detail=record["detail"],
    )


def _json(fields: Mapping[str, Any] | None) -> str | None:
    return None if fields is None else json_codec.encode_text(fields)


def _fields(text: str | None) -> dict[str, Any] | None:
    return None if text is None else json_codec.decode(text, type=dict[str, Any])
