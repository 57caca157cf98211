"""Looking lasts as long as somebody is there, and no failure ends it."""

import asyncio

import pytest

from brim.base.errors import DatabaseUnavailableError
from brim.platform.announcements.poller import Looking
from brim.platform.announcements.service import Announcer
from brim.platform.announcements.store import Announcement
from brim.platform.database import Database

PATIENCE_S = 60.0


class Guests:
    """Those who are there: some, until they have gone. Counts the looks."""

    def __init__(self) -> None:
        self.present = 1
        self.looks = 0
        self.fail: Exception | None = None
        self._looked = asyncio.Condition()

    async def look(self) -> None:
        async with self._looked:
            self.looks += 1
            self._looked.notify_all()
        if self.fail is not None:
            raise self.fail

    async def wait_for_more_looks(self, more: int) -> None:
        """Return after so many looks from now on."""
        enough = self.looks + more
        async with asyncio.timeout(PATIENCE_S), self._looked:
            await self._looked.wait_for(lambda: self.looks >= enough)

    async def leave(self, looking: Looking) -> None:
        self.present = 0
        async with asyncio.timeout(PATIENCE_S):
            await looking.close()


@pytest.mark.parametrize("failure", [DatabaseUnavailableError(), ZeroDivisionError()])
async def test_a_look_that_fails_is_tried_again(database: Database, failure: Exception) -> None:
    guests = Guests()
    guests.fail = failure
    looking = Looking(database, guests.look, lambda: guests.present, whose="guests", every_s=0.01)
    looking.begin()
    await guests.wait_for_more_looks(3)
    await guests.leave(looking)


async def test_looking_ends_with_the_last_guest_and_begins_with_the_next(database: Database) -> None:
    guests = Guests()
    looking = Looking(database, guests.look, lambda: guests.present, whose="guests", every_s=PATIENCE_S)
    looking.begin()
    await guests.wait_for_more_looks(1)
    await guests.leave(looking)
    looking.wake()  # there is nobody to look for
    looks = guests.looks
    guests.present = 1
    looking.begin()
    await guests.wait_for_more_looks(1)
    await guests.leave(looking)
    assert guests.looks > looks


async def test_numbered_events_are_looked_for_as_soon_as_they_are_announced(database: Database) -> None:
    guests = Guests()
    looking = Looking(database, guests.look, lambda: guests.present, whose="guests", every_s=10 * PATIENCE_S)
    looking.begin()
    await guests.wait_for_more_looks(2)  # the second when the connection that hears is there
    Announcer(database, Announcement.NUMBERED_EVENTS).announce()
    await guests.wait_for_more_looks(1)
    await guests.leave(looking)
