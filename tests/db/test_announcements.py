"""Who listens is told at once that there is something to look at, also after its connection was lost."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import parse_qs, urlsplit

import pytest

from brim.base.clock import system_clock_ms
from brim.base.ids import IdFactory
from brim.core.topups.batches import Batches
from brim.host.database_urls import DatabaseUrls
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


async def test_a_connection_notices_that_the_host_of_the_server_is_gone(database_urls: DatabaseUrls) -> None:
    """Who only listens sends nothing: without keepalives it listened for ever to a host that was cut off."""
    parts = urlsplit(database_urls.service)
    place = f"{parse_qs(parts.query)['host'][0]}/.s.PGSQL.5432"

    async def forward(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async def copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
            while data := await source.read(65536):
                target.write(data)
            target.close()

        server_reader, server_writer = await asyncio.open_unix_connection(place)
        await asyncio.gather(copy(reader, server_writer), copy(server_reader, writer))

    server = await asyncio.start_server(forward, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    database = await Database.connect(
        f"postgresql://{parts.netloc.rpartition('@')[0]}@127.0.0.1:{port}{parts.path}?sslmode=disable"
    )
    try:
        async with database.connection() as conn:
            line = conn._con._transport.get_extra_info("socket")
            assert line.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
            tcp = (socket.TCP_KEEPIDLE, socket.TCP_KEEPINTVL, socket.TCP_KEEPCNT)
            assert [line.getsockopt(socket.IPPROTO_TCP, option) for option in tcp] == [10, 5, 3]
    finally:
        await database.close()
        server.close()
