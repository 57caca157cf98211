"""Tells a platform what becomes of its files and what does not match: events, written with the change."""

from brim.base.ids import Ids
from brim.base.scope import AccountScope
from brim.core.direct_debits.file_store import BankFile
from brim.core.direct_debits.rules import AchFile
from brim.core.events import BY_ITSELF, Cause, EventType, Renderers, insert_events, new_event
from brim.core.reconciliation import Break, NewBreak, open_break
from brim.core.time import OwnerTime
from brim.platform.database import Conn


async def announce_file(
    conn: Conn,
    renderers: Renderers,
    file: AchFile,
    *kinds: EventType,
    now_ms: int,
    ids: Ids,
    cause: Cause = BY_ITSELF,
) -> None:
    """Write events about a file, as it is then, in the caller's transaction."""
    moment = OwnerTime(now_ms, ids)
    await insert_events(
        conn,
        [new_event(file.scope, kind, file.id, renderers.payload(kind, file), moment, cause) for kind in kinds],
    )


async def announce_bank_file(
    conn: Conn, renderers: Renderers, scope: AccountScope, file: BankFile, kind: EventType, *, now_ms: int, ids: Ids
) -> None:
    """Write an event about a file from the bank, as it is then, in the caller's transaction."""
    payload = renderers.payload(kind, scope, file)
    await insert_events(conn, [new_event(scope, kind, file.id, payload, OwnerTime(now_ms, ids), BY_ITSELF)])


async def list_break(conn: Conn, renderers: Renderers, new: NewBreak, *, now_ms: int, ids: Ids) -> Break | None:
    """List what does not match, and tell it, in the caller's transaction; return it, None if it was listed before."""
    opened = await open_break(conn, new, now_ms=now_ms, ids=ids)
    if opened is None:
        return None
    kind = EventType.BREAK_OPENED
    payload = renderers.payload(kind, new.scope, opened)
    await insert_events(conn, [new_event(new.scope, kind, opened.id, payload, OwnerTime(now_ms, ids), BY_ITSELF)])
    return opened
