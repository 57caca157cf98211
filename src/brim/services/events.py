"""Retrieve an event."""

from brim.domain.events import Event
from brim.domain.topups import Owner
from brim.services import lookups
from brim.store import reads
from brim.store.database import Database


async def retrieve_event(database: Database, owner: Owner, event_id: str) -> Event:
    """Return an event.

    Raises:
        ResourceMissingError: the owner has none of that id.
    """
    return await lookups.retrieve(database, owner, event_id, reads.fetch_events, kind="event")
