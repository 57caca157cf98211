"""Events: made, read, listed."""

import msgspec

from brim.base.ids import created_of
from brim.base.paging import Page, PageRequest
from brim.base.scope import AccountScope
from brim.core.events import store as events_store
from brim.core.events.rules import Cause, Event, EventFilters, EventType
from brim.core.time import OwnerTime
from brim.platform import lookups
from brim.platform.database import Conn, Database
from brim.platform.lookups import check_cursors
from brim.platform.telemetry.tracing import current_trace


async def list_events(
    database: Database, scope: AccountScope, filters: EventFilters, request: PageRequest
) -> Page[Event]:
    """Return a page of an account's events.

    Raises:
        ResourceMissingError: a cursor names no event of the account.
        ExclusiveParametersError: both cursors are given.
    """
    # An unknown cursor is a "notification" on the wire. Source: a recorded reply of the vendor's.
    await check_cursors(database, scope, request, kind="notification", exists=_event_exists)
    return await events_store.list_events(database, scope, filters, request)


async def _event_exists(conn: Conn, scope: AccountScope, event_id: str) -> bool:
    return event_id in await events_store.fetch_events(conn, scope, [event_id])


class NumberedPage(msgspec.Struct, frozen=True):
    """Events with their numbers, in the order of these, and whether more follow."""

    items: list[tuple[int, Event]]
    has_more: bool


async def retrieve_event(database: Database, scope: AccountScope, event_id: str) -> Event:
    """Return an event.

    Raises:
        ResourceMissingError: the account has none of that id.
    """
    return await lookups.retrieve(database, scope, event_id, events_store.fetch_events, kind="event")


async def page_events(
    database: Database, scope: AccountScope, filters: EventFilters, request: PageRequest
) -> Page[Event]:
    """Return a page of an account's events. A cursor need not exist any more: events go while pages are turned."""
    return await events_store.list_events(database, scope, filters, request)


async def list_after(database: Database, scope: AccountScope, number: int, *, limit: int) -> NumberedPage:
    """Return an account's events after a number.

    Numbers have no gap: whoever gets n + 1 after n has missed nothing. The first that is there may be greater than 1,
    because events are not kept for ever.
    """
    async with database.connection() as conn:
        found = await events_store.list_events_after(conn, scope, number, limit=limit + 1)
    return NumberedPage(found[:limit], len(found) > limit)


def new_event(
    scope: AccountScope, event_type: EventType, object_id: str, payload: bytes, moment: OwnerTime, cause: Cause
) -> Event:
    """Return an event that happens at this moment."""
    event_id = moment.new_id("evt_")
    return Event(
        scope=scope,
        id=event_id,
        type=event_type,
        created=created_of(event_id),
        api_version=cause.api_version,
        object_id=object_id,
        payload=payload,
        request_id=cause.request_id,
        idempotency_key=cause.idempotency_key,
        trace=current_trace(),
    )
