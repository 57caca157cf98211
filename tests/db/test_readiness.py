"""Ready means that a create would be answered, also while other programs use up PostgreSQL's connections."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import pytest_asyncio

from brim.core.topups.batches import Batches
from brim.host.preparation import prepare_database
from brim.platform.database import Database
from brim.platform.readiness import find_obstacle
from tests.support.batches import batches_on, new_topup
from tests.support.roles import OwnRoles, quoted, run_as

_LIMIT = 8


@pytest_asyncio.fixture
async def database(own_roles: OwnRoles) -> AsyncIterator[Database]:
    """The service's connections to a migrated database, of which it may have a few."""
    await prepare_database(own_roles.urls, now_ms=1)
    await run_as(own_roles.superuser, f"ALTER ROLE {quoted(own_roles.service_role)} CONNECTION LIMIT {_LIMIT}")
    database = await Database.connect(own_roles.service)
    yield database
    await database.close()


@asynccontextmanager
async def connections_used_up(url: str) -> AsyncIterator[None]:
    """Have every connection that is left for as long as the block lasts."""
    taken = []
    try:
        while True:
            try:
                taken.append(await asyncpg.connect(url))
            except asyncpg.TooManyConnectionsError:
                break
        yield
    finally:
        for conn in taken:
            await conn.close()


async def _can_create(batches: Batches) -> bool:
    return await batches.create(new_topup()) is None


async def test_one_connection_that_answers_is_not_ready(database: Database, own_roles: OwnRoles) -> None:
    batches_on(database)  # has connected to nothing yet
    async with database.connection():
        pass
    async with connections_used_up(own_roles.service):
        obstacle = await find_obstacle(database)
    assert obstacle is not None
    assert "max_connections" in obstacle
    assert "too many connections for role" in obstacle
    assert await find_obstacle(database) is None


async def test_who_was_ready_before_others_came_still_is(database: Database, own_roles: OwnRoles) -> None:
    batches = batches_on(database)
    assert await find_obstacle(database) is None
    async with connections_used_up(own_roles.service):
        assert await find_obstacle(database) is None
        assert await _can_create(batches)


async def test_connections_that_broke_are_opened_again_before_it_is_ready(
    database: Database, own_roles: OwnRoles
) -> None:
    batches = batches_on(database)
    assert await find_obstacle(database) is None
    await run_as(
        own_roles.superuser,
        "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE usename LIKE 'Service of%'"
        " AND datname = current_database()",
    )
    async with connections_used_up(own_roles.service):
        assert await find_obstacle(database) is not None
    assert await find_obstacle(database) is None
    assert await _can_create(batches)
