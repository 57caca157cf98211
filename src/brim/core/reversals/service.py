"""Keeps reversals, and records their progress with its events; `ach` calls it with files and what the bank sends."""

from datetime import date

import msgspec
import structlog

from brim.base.errors import ResourceMissingError
from brim.base.paging import Page, PageRequest, window_of
from brim.base.scope import AccountScope
from brim.core.events import BY_ITSELF, Cause, EventType, Renderers, insert_events, new_event
from brim.core.reversals import store
from brim.core.reversals.rules import REVERSAL_PREFIX, AlreadyReversedError, Reversal, ReversalFilters, ReversalStatus
from brim.core.time import OwnerTime
from brim.platform import lookups
from brim.platform.database import Conn, Database

_KIND = "reversal"
_ANNOUNCED = {
    ReversalStatus.REQUESTED: EventType.ACH_REVERSAL_CREATED,
    ReversalStatus.SETTLED: EventType.ACH_REVERSAL_SETTLED,
    ReversalStatus.RETURNED: EventType.ACH_REVERSAL_RETURNED,
    ReversalStatus.MISSED: EventType.ACH_REVERSAL_MISSED,
    ReversalStatus.SUPERSEDED: EventType.ACH_REVERSAL_SUPERSEDED,
}

_log = structlog.get_logger()


async def request(
    conn: Conn, requested: Reversal, *, renderers: Renderers, moment: OwnerTime, cause: Cause = BY_ITSELF
) -> None:
    """Write a new reversal of a debit that the caller's transaction holds, with its event.

    Raises:
        AlreadyReversedError: the top-up has one.
    """
    if not await store.insert_reversal(conn, requested):
        raise AlreadyReversedError(requested.topup, None)
    await _announce(conn, requested, renderers=renderers, moment=moment, cause=cause)


async def write_settled(
    conn: Conn, found: Reversal, *, settled_on: date, settled_by: str, renderers: Renderers, moment: OwnerTime
) -> Reversal:
    """Record that the bank has booked a reversal that the transaction holds; one that has ended keeps its status."""
    after = msgspec.structs.replace(found, settled_on=settled_on, settled_by=settled_by)
    if found.status is not ReversalStatus.REQUESTED:
        await store.update_reversal(conn, after)
        return after
    return await _end(conn, after, ReversalStatus.SETTLED, renderers=renderers, moment=moment)


async def write_returned(
    conn: Conn, found: Reversal, *, code: str, trace: str, is_credited: bool, renderers: Renderers, moment: OwnerTime
) -> Reversal:
    """Record that the receiving bank has returned a reversal that the transaction holds."""
    after = msgspec.structs.replace(found, return_code=code, return_trace=trace, is_credited=is_credited)
    return await _end(conn, after, ReversalStatus.RETURNED, renderers=renderers, moment=moment)


async def write_returned_by(conn: Conn, found: Reversal, *, returned_by: str) -> Reversal:
    """Record the statement's line that brought back the money of a reversal that the transaction holds."""
    after = msgspec.structs.replace(found, returned_by=returned_by)
    await store.update_reversal(conn, after)
    return after


async def write_missed(conn: Conn, found: Reversal, *, renderers: Renderers, moment: OwnerTime) -> Reversal:
    """Record that no file took a reversal that the transaction holds in time; the balance has its money back."""
    after = msgspec.structs.replace(found, is_credited=True)
    return await _end(conn, after, ReversalStatus.MISSED, renderers=renderers, moment=moment)


async def write_superseded(conn: Conn, found: Reversal, *, renderers: Renderers, moment: OwnerTime) -> Reversal:
    """Record that a reversal that the transaction holds must not leave any more."""
    return await _end(conn, found, ReversalStatus.SUPERSEDED, renderers=renderers, moment=moment)


async def _end(
    conn: Conn, found: Reversal, status: ReversalStatus, *, renderers: Renderers, moment: OwnerTime
) -> Reversal:
    after = msgspec.structs.replace(found, status=status, ended_ms=moment.now_ms)
    await store.update_reversal(conn, after)
    await _announce(conn, after, renderers=renderers, moment=moment, cause=BY_ITSELF)
    return after


async def _announce(conn: Conn, found: Reversal, *, renderers: Renderers, moment: OwnerTime, cause: Cause) -> None:
    """Announce a reversal's new status to its platform, in the caller's transaction."""
    kind = _ANNOUNCED[found.status]
    payload = renderers.payload(kind, found)
    await insert_events(conn, [new_event(found.scope, kind, found.id, payload, moment, cause)])
    _log.info("ach reversal updated", ach_reversal=found.id, status=found.status, topup=found.topup)


async def retrieve_reversal(database: Database, scope: AccountScope, reversal_id: str) -> Reversal:
    """Return a platform's reversal.

    Raises:
        ResourceMissingError: there is none of that id.
    """
    return await lookups.retrieve(database, scope, reversal_id, store.fetch_reversals, kind=_KIND)


async def list_reversals(
    database: Database, scope: AccountScope, request: PageRequest, filters: ReversalFilters
) -> Page[Reversal]:
    """Return a page of a platform's reversals, newest first; a top-up has one at most.

    Raises:
        ResourceMissingError: a cursor names none of them.
        ExclusiveParametersError: both cursors are given.
    """
    await lookups.check_cursors(database, scope, request, kind=_KIND, exists=_exists)
    async with database.connection() as conn:
        if filters.topup is None:
            return await store.page_reversals(conn, scope, window_of(REVERSAL_PREFIX, None, request), filters)
        found = list((await store.find_of_topups(conn, scope, [filters.topup])).values())
    if filters.status is not None:
        found = [each for each in found if each.status is filters.status]
    if filters.file is not None:
        found = [each for each in found if each.file == filters.file]
    is_first = request.starting_after is None and request.ending_before is None
    return Page(found if is_first else [], has_more=False)


async def hold_reversal(conn: Conn, found: Reversal) -> Reversal:
    """Return a reversal as it is now, held until the transaction ends.

    Raises:
        ResourceMissingError: there is none any more.
    """
    held = await store.lock_reversal_of(conn, found.scope, found.topup)
    if held is None:
        raise ResourceMissingError(_KIND, found.id, param=_KIND, in_path=True)
    return held


async def _exists(conn: Conn, scope: AccountScope, reversal_id: str) -> bool:
    return reversal_id in await store.fetch_reversals(conn, scope, [reversal_id])
