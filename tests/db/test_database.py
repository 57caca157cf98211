"""What the driver's errors become, and that a connection which broke is replaced."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import asyncpg
import pytest

from brim.base.errors import DatabaseUnavailableError
from brim.host.database_urls import DatabaseUrls
from brim.platform.database import Conn, Database
from tests.support.cutting import Trip, cutting

AWAY = [
    ConnectionResetError(),
    TimeoutError(),
    asyncpg.InterfaceError("connection is closed"),
    asyncpg.CannotConnectNowError("the database system is starting up"),
    asyncpg.InternalClientError("cannot switch to state 12; another operation (2) is in progress"),
    asyncpg.DiskFullError("could not extend file: No space left on device"),
    asyncpg.OutOfMemoryError("out of memory"),
    asyncpg.DeadlockDetectedError("deadlock detected"),
    asyncpg.SerializationError("could not serialize access"),
]


@pytest.mark.parametrize("error", AWAY, ids=lambda error: type(error).__name__)
async def test_whatever_means_that_the_database_is_away_says_so(database: Database, error: Exception) -> None:
    """So it is with what PostgreSQL undid, to those who do not run it again, and with errors that come late.

    The internal one was seen when PostgreSQL was killed while a batch was about to be sent; it had become a 500.
    """
    held = database.hold()
    for lend in (database.connection, database.transaction, held.connection):
        with pytest.raises(DatabaseUnavailableError):
            async with lend():
                raise error
        async with lend() as conn:
            assert await conn.fetchval("SELECT 1") == 1


async def test_what_postgresql_undid_is_run_again_but_not_for_ever(database: Database) -> None:
    runs = 0

    async def work(_conn: Conn) -> int:
        nonlocal runs
        runs += 1
        if runs != 5:
            raise asyncpg.DeadlockDetectedError
        return runs

    assert await database.transact(work) == 5
    with pytest.raises(DatabaseUnavailableError):
        await database.transact(work)
    assert runs == 10


@pytest.mark.parametrize("lend", [lambda database: database, lambda database: database.hold()], ids=["lent", "held"])
@pytest.mark.parametrize(("kept_s", "is_renewed"), [(0.0, True), (3600.0, False)])
async def test_plans_are_made_anew_after_a_while_because_tables_grow(
    new_database_urls: DatabaseUrls, lend: Callable[[Database], Any], kept_s: float, *, is_renewed: bool
) -> None:
    database = await Database.connect(new_database_urls.service, max_connections=1, plans_kept_s=kept_s)
    lender = lend(database)

    async def expected_rows() -> int:
        async with lender.connection() as conn:
            plan = await conn.fetchval("EXPLAIN (FORMAT JSON) EXECUTE walk")
            return int(json.loads(plan)[0]["Plan"]["Plan Rows"])

    async with lender.connection() as conn:
        await conn.execute("PREPARE walk AS SELECT FROM new_events WHERE place > 0")
    before = await expected_rows()
    async with lender.connection() as conn:
        await conn.execute(
            "INSERT INTO new_events (account, livemode, event) SELECT 'acct_x', false, 'evt_' || n"
            " FROM generate_series(1, 20000) AS n"
        )
    assert (await expected_rows() > 10 * before) == is_renewed
    await database.close()


async def test_an_outage_is_left_to_the_caller(database: Database) -> None:
    runs = 0

    async def work(_conn: Conn) -> None:
        nonlocal runs
        runs += 1
        raise ConnectionResetError

    with pytest.raises(DatabaseUnavailableError):
        await database.transact(work)
    assert runs == 1


async def test_a_mistake_of_ours_is_no_outage(database: Database) -> None:
    with pytest.raises(asyncpg.InterfaceError, match="expects 1 argument"):
        async with database.connection() as conn:
            await conn.fetchval("SELECT $1::int")


async def test_a_connection_that_is_used_again_after_it_died_is_an_outage(database: Database) -> None:
    """A savepoint fails, and what is done about it is asked of the same connection."""

    async def go_on(conn: Conn) -> None:
        with pytest.raises(asyncpg.PostgresError):
            await conn.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        await conn.execute("SELECT 1")

    for lend in (database.connection, database.transaction):
        with pytest.raises(DatabaseUnavailableError):
            async with lend() as conn:
                await go_on(conn)


async def test_a_held_connection_is_kept_until_the_server_cuts_it(database: Database) -> None:
    held = database.hold()
    async with held.connection() as conn:
        first = await conn.fetchval("SELECT pg_backend_pid()")
    async with held.connection() as conn:
        assert await conn.fetchval("SELECT pg_backend_pid()") == first
    async with database.connection() as other:
        await other.execute("SELECT pg_terminate_backend($1)", first)
    async with asyncio.timeout(60):
        while held.is_open:  # noqa: ASYNC110  the driver tells nobody when the server hangs up
            await asyncio.sleep(0.001)
    async with held.connection() as conn:
        assert await conn.fetchval("SELECT pg_backend_pid()") != first


async def test_what_postgresql_says_of_its_own_types_is_asked_once_for_all_connections(service_url: str) -> None:
    trips: list[Trip] = []
    async with cutting(service_url) as proxy:
        for _ in range(2):
            proxy.obey(trips.append)
            trips.clear()
            database = await Database.connect(proxy.url)
            async with database.connection() as conn:
                found = await conn.fetchrow(
                    "SELECT $1::boolean[] AS flags, $2::integer[] AS numbers, ARRAY[ROW(1, 'x')] AS pairs",
                    [True, None],
                    [7, None],
                )
                assert found is not None
                assert dict(found) == {"flags": [True, None], "numbers": [7, None], "pairs": [(1, "x")]}
            await database.close()
    assert [trip.sql for trip in trips if "pg_type" in trip.sql] == []


async def test_types_of_a_database_are_asked_for_by_each_connection(database_urls: DatabaseUrls) -> None:
    """One of the same name may be another in the next database, or after it was made anew."""
    owner = await Database.connect(database_urls.owner)
    for number, row in ((1, "(1,)"), (2, "(1, 2)")):
        columns = ", ".join(f"c{each} integer" for each in range(number))
        async with owner.connection() as conn:
            await conn.execute(f"DROP TYPE IF EXISTS of_ours; CREATE TYPE of_ours AS ({columns})")
        database = await Database.connect(database_urls.owner)
        async with database.connection() as conn:
            values = ", ".join(str(each + 1) for each in range(number))
            found = await conn.fetchval(f"SELECT ARRAY[ROW({values})::of_ours]")
            assert str([tuple(each) for each in found]) == f"[{row}]"
        await database.close()
    await owner.close()
