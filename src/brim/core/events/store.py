"""Events in the database: written with what they announce, read by id, by page and by number."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from brim.base.ids import BODY_CHARS, created_of, first_id_at
from brim.base.paging import Page, PageRequest, page_of, window_of
from brim.base.scope import AccountScope
from brim.core.events.rules import Event, EventFilters, EventType, matching_event_types, without_trace
from brim.platform.database import Conn, Database
from brim.platform.pages import fetch_ids
from brim.platform.sql import columns, load_queries

_TOPUP_ID: Final = re.compile(rf"tu_[0-9A-Za-z]{{{BODY_CHARS}}}")


_SQL: Final = load_queries(__package__)


async def insert_events(conn: Conn, events: Sequence[Event]) -> None:
    """Write events, of which there is at least one, in the transaction of what they announce."""
    rows = [(each.scope.account, each.scope.livemode, each.id, *announcement_of(each)) for each in events]
    await conn.execute(_SQL["insert_events"], *columns(rows))


def announcement_of(event: Event) -> tuple[Any, ...]:
    """Return what a row of `events` has beside its key, in the order in which statements take it."""
    return (
        event.created,
        event.type,
        event.object_id,
        event.api_version,
        event.kept_request_id,
        event.idempotency_key,
        event.payload.decode(),
    )


async def fetch_events(conn: Conn, scope: AccountScope, ids: Sequence[str]) -> dict[str, Event]:
    """Return an account's events by id; those that do not exist are left out."""
    records = await conn.fetch(_SQL["fetch_events"], scope.account, scope.livemode, ids)
    return {record["id"]: event_from_record(record) for record in records}


def event_from_record(record: Mapping[str, Any]) -> Event:
    """Return the event in a row that has every column of `events`."""
    request_id, trace = without_trace(record["request_id"])
    return Event(
        scope=AccountScope(record["account"], record["livemode"]),
        id=record["id"],
        type=EventType(record["type"]),
        created=record["created"],
        api_version=record["api_version"],
        object_id=record["object_id"],
        payload=record["payload"].encode(),
        request_id=request_id,
        idempotency_key=record["idempotency_key"],
        trace=trace,
    )


async def list_events(
    database: Database, scope: AccountScope, filters: EventFilters, request: PageRequest
) -> Page[Event]:
    """Return a page of an account's events; a type that never happens here finds none.

    An event that goes to no endpoint, or has no number yet, counts as delivered.
    """
    async with database.connection() as conn:
        return await find_events(conn, scope, filters, request)


async def find_events(conn: Conn, scope: AccountScope, filters: EventFilters, request: PageRequest) -> Page[Event]:
    """Return a page of an account's events as `list_events` does, read on the caller's connection."""
    window = window_of("evt_", filters.created, request)
    kinds = frozenset(EventType) if filters.types is None else matching_event_types(filters.types)
    if not kinds:
        return Page(items=[], has_more=False)
    if filters.object_id is not None:
        name, *values = _object_walk(filters.object_id, kinds, delivered=filters.delivery_success)
    else:
        name, *values = _event_walk(kinds, delivered=filters.delivery_success)
    ids = await fetch_ids(conn, _SQL[name], scope, window, values)
    found = await fetch_events(conn, scope, ids)
    return page_of(found.values(), window)


def _object_walk(
    object_id: str, kinds: frozenset[EventType], *, delivered: bool | None
) -> tuple[str, *tuple[Any, ...]]:
    """Return the statement that finds the events of one object, and what it takes beside the window.

    The creation of a top-up is in no index of objects. It was announced in the second in which the top-up was made, or,
    at its end, in the next; what has no id of ours was never created.
    """
    first, end = "", ""
    if _TOPUP_ID.fullmatch(object_id):
        second = created_of(object_id)
        first, end = first_id_at("evt_", second), first_id_at("evt_", second + 2)
    return "event_ids_of_object", sorted(kinds), object_id, first, end, delivered


def _event_walk(kinds: frozenset[EventType], *, delivered: bool | None) -> tuple[str, *tuple[Any, ...]]:
    """Return the statement whose index serves the filters, and what it takes beside the window."""
    if delivered is False:
        return "event_ids_undelivered", sorted(kinds)
    only_delivered = delivered is True
    if len(kinds) == len(EventType):
        return "event_ids_by_key", only_delivered
    if EventType.TOPUP_CREATED in kinds:
        return "event_ids_with_creations", sorted(kinds), only_delivered
    return "event_ids_without_creations", sorted(kinds), only_delivered


async def list_events_after(conn: Conn, scope: AccountScope, number: int, *, limit: int) -> list[tuple[int, Event]]:
    """Return up to `limit` of an account's events with the numbers after a given one, in their order."""
    records = await conn.fetch(_SQL["events_after"], scope.account, scope.livemode, number, limit)
    return [(record["number"], event_from_record(record)) for record in records]
