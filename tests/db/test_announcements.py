"""Who listens is told at once that there is something to look at, also after its connection was lost."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from brim.base.clock import system_clock_ms
from brim.base.ids import IdFactory
from brim.core.topups.batches import Batches
from brim.platform.announcements.service import Announcer, listen
from brim.platform.announcements.store import Announcement
from brim.platform.database import Database
from tests.support.books import new_topup, rows

PATIENCE_S = 60.0


@asynccontextmanager
async def woken_by(database: Database, announcement: Announcement) -> AsyncIterator[asyncio.Event]:
    """Listen for the time of the block, which is entered once that is so; the event is set at each announcement."""
    woken = asyncio.Event()
    listening = asyncio.create_task(listen(database, announcement, woken.set, again_after_s=0.01))
    try:
        async with asyncio.timeout(PATIENCE_S):
            await woken.wait()  # once at the beginning, for what was announced before
            woken.clear()
            yield woken
    finally:
        listening.cancel()


@pytest.mark.parametrize("announcement", Announcement)
async def test_who_listens_is_told_at_once(database: Database, announcement: Announcement) -> None:
    async with woken_by(database, announcement) as woken:
        Announcer(database, announcement).announce()
        await woken.wait()


async def test_a_create_wakes_a_worker_that_listens(database: Database) -> None:
    async with woken_by(database, Announcement.NEW_EVENTS) as woken:
        announcer = Announcer(database, Announcement.NEW_EVENTS)
        await Batches(database, system_clock_ms, announce=announcer.announce).create(new_topup(IdFactory()))
        await woken.wait()


async def test_who_listens_hears_again_after_the_connection_was_lost(database: Database) -> None:
    async with woken_by(database, Announcement.NEW_EVENTS) as woken:
        await rows(
            database,
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND query ILIKE 'listen%' AND pid <> pg_backend_pid()",
        )
        await woken.wait()
