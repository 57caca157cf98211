"""Announcements: what one process tells all others, so that they need not wait until they next look by themselves.

PostgreSQL keeps none for those who were not listening, so nothing may rest on one: whoever listens also looks.
"""

from collections.abc import Callable
from enum import StrEnum
from typing import Final

from brim.platform.database import Conn, Database
from brim.platform.sql import load_queries

_SQL: Final = load_queries(__package__)


class Announcement(StrEnum):
    """What is announced, by the channel that it goes by."""

    NEW_EVENTS = "brim_new_events"
    """Events were written, and wait for their numbers."""

    NUMBERED_EVENTS = "brim_numbered_events"
    """Events have numbers now, or are to be sent again to who listens."""


async def announce(conn: Conn, announcement: Announcement) -> None:
    """Tell whoever listens, in a transaction of its own."""
    await conn.execute(_SQL["announce"], announcement)


async def announce_with_commit(conn: Conn, announcement: Announcement) -> None:
    """Tell whoever listens once the caller's transaction is committed."""
    await conn.execute(_SQL["announce_with_commit"], announcement)


async def listen(database: Database, announcement: Announcement, wake: Callable[[], None]) -> None:
    """Call `wake` at the beginning and at each announcement, until the connection is lost.

    Raises:
        DatabaseUnavailableError: it could not be made.
    """
    await database.listen(announcement, wake)
