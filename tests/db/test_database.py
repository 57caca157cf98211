"""What the driver's errors become, and that a connection which broke is replaced."""

import asyncio

import asyncpg
import pytest

from brim.kit.errors import DatabaseUnavailableError
from brim.store.database import Database

AWAY = [
    ConnectionResetError(),
    TimeoutError(),
    asyncpg.InterfaceError("connection is closed"),
    asyncpg.CannotConnectNowError("the database system is starting up"),
    asyncpg.InternalClientError("cannot switch to state 12; another operation (2) is in progress"),
]


@pytest.mark.parametrize("error", AWAY, ids=lambda error: type(error).__name__)
async def test_whatever_means_that_the_database_is_away_says_so(database: Database, error: Exception) -> None:
    """The last was seen when PostgreSQL was killed while a batch was about to be sent; it had become a 500."""
    held = database.hold()
    for lend in (database.connection, database.transaction, held.connection):
        with pytest.raises(DatabaseUnavailableError):
            async with lend():
                raise error
        async with lend() as conn:
            assert await conn.fetchval("SELECT 1") == 1


async def test_a_mistake_of_ours_is_no_outage(database: Database) -> None:
    with pytest.raises(asyncpg.InterfaceError, match="expects 1 argument"):
        async with database.connection() as conn:
            await conn.fetchval("SELECT $1::int")


async def test_a_held_connection_is_kept_until_the_server_cuts_it(database: Database) -> None:
    held = database.hold()
    async with held.connection() as conn:
        first = await conn.fetchval("SELECT pg_backend_pid()")
    async with held.connection() as conn:
        assert await conn.fetchval("SELECT pg_backend_pid()") == first
    async with database.connection() as other:
        await other.execute("SELECT pg_terminate_backend($1)", first)
    async with asyncio.timeout(10):
        while held.is_open:  # noqa: ASYNC110  the driver tells nobody when the server hangs up
            await asyncio.sleep(0.001)
    async with held.connection() as conn:
        assert await conn.fetchval("SELECT pg_backend_pid()") != first
