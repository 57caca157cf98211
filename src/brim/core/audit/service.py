"""Writes the audit log, in the transaction of what is told wherever there is one, and reads it."""

from brim.base.errors import ExclusiveParametersError, ResourceMissingError
from brim.base.ids import IdFactory
from brim.base.paging import Page, PageRequest
from brim.base.scope import AccountScope
from brim.core.audit import store as audit
from brim.core.audit.rules import ENTRY_PREFIX, Actor, AuditEntry
from brim.platform.database import Conn, Database


async def record(
    conn: Conn,
    by: Actor,
    action: str,
    *,
    object_id: str | None = None,
    scope: AccountScope | None = None,
    detail: str | None = None,
    now_ms: int,
    ids: IdFactory,
) -> None:
    """Add a line to the audit log, which stands if the caller's transaction does.

    Args:
        conn: the transaction in which it is done.
        by: who does it.
        action: noun and verb; see `brim.core.audit.rules.Action`.
        object_id: what it is done to.
        scope: whose that is; None for what belongs to the whole installation.
        detail: a few words for people; never a secret.
        now_ms: the time.
        ids: makes the line's id.
    """
    entry = AuditEntry(
        id=ids.new_at(ENTRY_PREFIX, now_ms),
        at_ms=now_ms,
        actor=by,
        action=action,
        object=object_id,
        scope=scope,
        detail=detail,
    )
    await audit.insert_entry(conn, entry)


async def record_alone(
    database: Database,
    by: Actor,
    action: str,
    *,
    object_id: str | None = None,
    scope: AccountScope | None = None,
    detail: str | None = None,
    now_ms: int,
    ids: IdFactory,
) -> None:
    """Add a line about something that was done elsewhere, such as by a request to the API; see `record`."""
    async with database.connection() as conn:
        await record(conn, by, action, object_id=object_id, scope=scope, detail=detail, now_ms=now_ms, ids=ids)


async def list_audit_log(database: Database, request: PageRequest) -> Page[AuditEntry]:
    """Return a page of the audit log, newest first.

    Raises:
        ResourceMissingError: a cursor names no line of it.
        ExclusiveParametersError: both cursors are given.
    """
    given = {"starting_after": request.starting_after, "ending_before": request.ending_before}
    cursors = {param: cursor for param, cursor in given.items() if cursor is not None}
    if len(cursors) > 1:
        raise ExclusiveParametersError(*cursors)
    async with database.connection() as conn:
        for param, cursor in cursors.items():
            if not cursor.isprintable() or not await audit.entry_exists(conn, cursor):
                raise ResourceMissingError("audit log entry", cursor, param=param)
        return await audit.list_entries(conn, request)
