"""Retrieve an event."""

from brim.domain.errors import ResourceMissingError
from brim.domain.events import Event
from brim.domain.topups import Owner
from brim.store import reads
from brim.store.database import Database


async def retrieve_event(database: Database, owner: Owner, event_id: str) -> Event:
    """Return an event.

    Raises:
        ResourceMissingError: the owner has none of that id.
    """
    other = Owner(owner.account, not owner.livemode)
    async with database.connection() as conn:
        found = await reads.fetch_events(conn, owner, [event_id])
        if not found:
            in_other_mode = await reads.fetch_events(conn, other, [event_id])
            raise ResourceMissingError(
                "event",
                event_id,
                param="id",
                in_path=True,
                other_mode_of=owner.livemode if in_other_mode else None,
            )
    return found[event_id]
