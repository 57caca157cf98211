"""Tells when a session of PostgreSQL has begun to wait for a lock, which PostgreSQL announces to nobody."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

import asyncpg

from brim.platform.database import Database

PATIENCE_S: Final = 60.0
"""How long tests wait for what comes in a moment: only what never comes takes so long, whatever the machine does."""

_WAITING: Final = "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


async def until_somebody_waits(database_url: str) -> None:
    """Return once a session of this database waits for a lock.

    It looks from a connection of its own: a transaction that asked once who is there is told of nobody that came
    later, so whoever holds the lock cannot be the one to ask.

    Raises:
        TimeoutError: nobody waited within a minute.
    """
    conn = await asyncpg.connect(database_url)
    try:
        async with asyncio.timeout(PATIENCE_S):
            while not await conn.fetch(_WAITING):  # noqa: ASYNC110  PostgreSQL announces no waiting session
                await asyncio.sleep(0.01)
    finally:
        await conn.close()


async def while_held(
    database: Database, database_url: str, held: str, work: Callable[[], Awaitable[object]], then: str
) -> None:
    """Let some work wait for rows that are held, and take what it must not have taken yet."""
    async with database.transaction() as conn:
        await conn.execute(held)
        working = asyncio.ensure_future(work())
        waiting = asyncio.ensure_future(until_somebody_waits(database_url))
        await asyncio.wait((working, waiting), return_when=asyncio.FIRST_COMPLETED)
        assert not working.done()
        await waiting
        await conn.execute(then)
    await working
