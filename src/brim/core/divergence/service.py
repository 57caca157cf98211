"""Compares two copies of the database, the one that goes on and one that was left, by what clients were told."""

from collections.abc import AsyncIterator, Collection
from typing import Final

from brim.core.divergence import store
from brim.core.divergence.rules import Kind, Undone
from brim.platform.database import Database

_PAGE: Final = 1_000


async def find_undone(here: Database, there: Database) -> AsyncIterator[Undone]:
    """Yield what the copy that was left has and this one has not, or has otherwise: top-ups, then events.

    What this one has beyond it was written since, and is not told.
    """
    async with here.connection() as ours, there.connection() as theirs:
        after = store.START
        while topups := await store.page_topups(theirs, after, _PAGE):
            known = await store.known_topups(ours, topups)
            for topup in topups:
                if topup.id not in known:
                    detail = f"{topup.currency} {topup.amount}, {topup.status}"
                    yield Undone(kind=Kind.TOPUP, scope=topup.scope, id=topup.id, detail=detail)
                elif known[topup.id] != topup.status:
                    detail = f"was {topup.status}, is {known[topup.id]}"
                    yield Undone(kind=Kind.TOPUP_STATUS, scope=topup.scope, id=topup.id, detail=detail)
            after = topups[-1].key
        after = store.START
        while events := await store.page_events(theirs, after, _PAGE):
            known_here = await store.known_events(ours, events)
            lost = [event for event in events if event.id not in known_here]
            sent = await store.count_sent(theirs, lost)
            for event in lost:
                detail = f"{event.type} of {event.object_id}"
                yield Undone(kind=Kind.EVENT, scope=event.scope, id=event.id, detail=detail, sent=sent.get(event.id, 0))
            after = events[-1].key


async def find_unknown_ids(here: Database, ids: Collection[str]) -> list[str]:
    """Return which ids of events and top-ups, known from elsewhere, are not in this copy."""
    unknown = set(ids)
    async with here.connection() as conn:
        after = store.START
        while unknown and (topups := await store.page_topups(conn, after, _PAGE)):
            unknown.difference_update(topup.id for topup in topups)
            after = topups[-1].key
        after = store.START
        while unknown and (events := await store.page_events(conn, after, _PAGE)):
            unknown.difference_update(event.id for event in events)
            after = events[-1].key
    return sorted(unknown)
