"""Writes the audit log, in the transaction of what is done, and reads it.

Exempt is the money path where no operator's page asks: creating, updating and canceling top-ups, their settlement, and
their forced outcomes in test mode. Each of those writes an event in its transaction already, and a create by a key may
not cost one more row.
"""

from typing import Any, Final

import msgspec

from brim.base.actor import Actor
from brim.base.errors import ExclusiveParametersError, ResourceMissingError
from brim.base.ids import Ids, first_id_at
from brim.base.paging import Page, PageRequest, Window, page_of, window_of
from brim.base.scope import AccountScope
from brim.core.audit import store as audit
from brim.core.audit.fields import ObjectType, changes
from brim.core.audit.rules import ENTRY_PREFIX, UPDATES, Action, AuditEntry, AuditFilters
from brim.platform.database import Conn, Database

ALL_ENTRIES: Final = AuditFilters()
_STEP: Final = 1_000
"""Entries that one step of a search looks at."""

_AROUND_S: Final = 2
"""How far the time of an act and that of its line may be apart."""


async def record(  # noqa: PLR0913  what happened, by whom, to what
    conn: Conn,
    by: Actor,
    action: str,
    *,
    object_type: ObjectType | None = None,
    object_id: str | None = None,
    before: Any = None,
    after: Any = None,
    scope: AccountScope | None = None,
    detail: str | None = None,
    now_ms: int,
    ids: Ids,
) -> None:
    """Add a line to the audit log, which stands if the caller's transaction does; none about an update of nothing.

    Args:
        conn: the transaction in which it is done.
        by: who does it.
        action: noun and verb; see `brim.core.audit.rules.Action`.
        object_type: what kind of object it is done to; without one, nothing is written of `before` and `after`.
        object_id: what it is done to.
        before: the object as it was, None where there was none; of it, what `fields.FIELDS` lists is written.
        after: the object as it is then, None where it is gone.
        scope: whose that is; None for what belongs to the whole installation.
        detail: a few words for people; never a secret.
        now_ms: the time.
        ids: makes the line's id.
    """
    if action in UPDATES and before == after:
        return
    was, became = changes(object_type, before, after) if object_type else (None, None)
    entry = AuditEntry(
        id=ids.new_at(ENTRY_PREFIX, now_ms),
        at_ms=now_ms,
        actor=by,
        action=action,
        object=object_id,
        object_type=object_type,
        before=was,
        after=became,
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
    ids: Ids,
) -> None:
    """Add a line about something that was done elsewhere, such as by a request to the API; see `record`."""
    async with database.connection() as conn:
        await record(conn, by, action, object_id=object_id, scope=scope, detail=detail, now_ms=now_ms, ids=ids)


async def find_entry(conn: Conn, action: Action, object_id: str, *, at_ms: int) -> AuditEntry | None:
    """Return the line that tells of an act on an object at a moment, known to a few seconds; None without one."""
    seconds = at_ms // 1000
    low, high = (first_id_at(ENTRY_PREFIX, max(seconds + each, 0)) for each in (-_AROUND_S, _AROUND_S + 1))
    return await audit.find_entry_about(conn, action, object_id, low=low, high=high)


async def list_audit_log(
    database: Database, request: PageRequest, filters: AuditFilters = ALL_ENTRIES
) -> Page[AuditEntry]:
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
        if not filters.given:
            return await audit.list_entries(conn, filters.created, request)
        return await _search(conn, window_of(ENTRY_PREFIX, filters.created, request), filters)


async def _search(conn: Conn, window: Window, filters: AuditFilters) -> Page[AuditEntry]:
    """Return a page of the entries that pass filters: along the index of one, leaving out what the others do."""
    name, value = await _shortest(conn, window, filters)
    step = _STEP if len(filters.given) > 1 else window.wanted
    found: list[AuditEntry] = []
    while len(found) < window.wanted:
        ids = await audit.walk(conn, name, value, window, limit=step)
        if ids:
            found += await audit.read_fitting(conn, ids, filters, limit=window.wanted - len(found))
        if len(ids) < step:
            break
        end = {"high": ids[-1]} if window.newest_first else {"low": ids[-1]}
        window = msgspec.structs.replace(window, **end)
    return page_of(found, window)


async def _shortest(conn: Conn, window: Window, filters: AuditFilters) -> tuple[str, str]:
    """Return the filter to search along: one that leaves few entries, where there is one."""
    given = list(filters.given.items())
    if len(given) > 1:
        for name, value in given:
            if len(await audit.walk(conn, name, value, window, limit=_STEP)) < _STEP:
                return name, value
    return given[0]
