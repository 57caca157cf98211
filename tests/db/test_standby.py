"""What Brim does on a primary whose standby doesn't answer, and on a server that isn't the primary anymore."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Final

import asyncpg
import pytest
import pytest_asyncio

from brim.base.errors import DatabaseUnavailableError
from brim.host.embedded import EmbeddedPostgres
from brim.platform.database import Database
from tests.support.outages import postgres_of_ours
from tests.support.waiting import PATIENCE_S

__all__ = ["postgres_of_ours"]

_TIMEOUT_S: Final = 1.5
_WAITING: Final = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"


async def set_standby(owner: asyncpg.Connection, name: str) -> None:
    """Let commits wait for a standby; an empty name ends that."""
    await owner.execute(f"ALTER SYSTEM SET synchronous_standby_names = '{name}'")
    await owner.execute("SELECT pg_reload_conf()")
    await until_it_returns(owner, "SELECT current_setting('synchronous_standby_names')", name)


async def until_it_returns(owner: asyncpg.Connection, query: str, value: object) -> None:
    """Return once a query returns a value."""
    async with asyncio.timeout(PATIENCE_S):
        while await owner.fetchval(query) != value:  # noqa: ASYNC110  PostgreSQL announces none of it
            await asyncio.sleep(0.01)


@pytest_asyncio.fixture
async def owner(postgres_of_ours: EmbeddedPostgres) -> AsyncIterator[asyncpg.Connection]:
    """A connection that looks at the server from outside."""
    conn = await asyncpg.connect(postgres_of_ours.urls.owner)
    await conn.execute("CREATE TABLE kept (number integer PRIMARY KEY)")
    yield conn
    await conn.close()


@pytest_asyncio.fixture
async def impatient(postgres_of_ours: EmbeddedPostgres) -> AsyncIterator[Database]:
    """Brim's way to the same database, giving up soon."""
    database = await Database.connect(postgres_of_ours.urls.owner, timeout_s=_TIMEOUT_S)
    yield database
    await database.close()


Insert = Callable[[Database, asyncpg.Connection], Awaitable[None]]


async def insert_in_a_transaction(database: Database, _owner: asyncpg.Connection) -> None:
    async with database.transaction() as conn:
        await conn.execute("INSERT INTO kept VALUES (1)")


async def insert_alone(database: Database, _owner: asyncpg.Connection) -> None:
    async with database.connection() as conn:
        await conn.execute("INSERT INTO kept VALUES (1)")


async def insert_on_a_held_connection(database: Database, _owner: asyncpg.Connection) -> None:
    async with database.hold().connection() as conn:
        await conn.execute("INSERT INTO kept VALUES (1)")


async def insert_and_be_cancelled(database: Database, owner: asyncpg.Connection) -> None:
    inserting = asyncio.create_task(insert_in_a_transaction(database, owner))
    await until_it_returns(owner, _WAITING, 1)
    inserting.cancel()
    await asyncio.wait({inserting})
    raise DatabaseUnavailableError


@pytest.mark.parametrize(
    "insert", [insert_in_a_transaction, insert_alone, insert_on_a_held_connection, insert_and_be_cancelled]
)
async def test_a_commit_that_waits_for_the_standby_is_given_up_and_never_cancelled(
    impatient: Database, owner: asyncpg.Connection, insert: Insert
) -> None:
    """A cancelled commit has happened on the primary alone: a retry would be told of it, and a failover loses it."""
    await set_standby(owner, "nobody")
    with pytest.raises(DatabaseUnavailableError):
        await insert(impatient, owner)
    assert await owner.fetchval(_WAITING) == 1
    assert await owner.fetchval("SELECT count(*) FROM kept") == 0
    with pytest.raises(DatabaseUnavailableError):  # a retry waits for the one that waits
        await insert_alone(impatient, owner)
    assert await owner.fetchval("SELECT count(*) FROM kept") == 0
    await set_standby(owner, "")
    await until_it_returns(owner, "SELECT count(*) FROM kept", 1)
    async with impatient.connection() as conn:
        assert await conn.fetchval("SELECT count(*) FROM kept") == 1


async def test_a_statement_that_is_given_up_ends(impatient: Database, owner: asyncpg.Connection) -> None:
    """Nobody cancels it: PostgreSQL looks every second whether its client is still there."""
    with pytest.raises(DatabaseUnavailableError):
        async with impatient.connection() as conn:
            await conn.execute("SELECT pg_sleep(3600)")

    await until_it_returns(owner, "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'", 0)


async def test_a_connection_to_a_server_that_only_reads_is_replaced(
    impatient: Database, owner: asyncpg.Connection
) -> None:
    """So is a standby, and a primary that was demoted: clients got a 500, and the connection was kept."""
    held = impatient.hold()
    role = await owner.fetchval("SELECT current_user")
    await owner.execute(f"ALTER ROLE {role} SET default_transaction_read_only = on")
    for lend in (impatient.connection, impatient.transaction, held.connection):
        with pytest.raises(DatabaseUnavailableError):
            async with lend() as conn:
                await conn.execute("INSERT INTO kept VALUES (1)")
    await owner.execute(f"ALTER ROLE {role} SET default_transaction_read_only = off")
    async with held.connection() as conn:
        await conn.execute("INSERT INTO kept VALUES (2)")
    await insert_in_a_transaction(impatient, owner)
