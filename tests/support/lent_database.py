"""One database for the tests of a file, emptied between them, with connections that stay open.

A new database and its connections cost a test some fifty milliseconds, and half a millisecond more for each statement
that is planned for the first time: more than most tests do themselves. So where a test leaves nothing but rows, these
are deleted, and the next one has the same database. Where it leaves anything else, the next one has a new database:
a change of the catalogs or of what the template holds, a lock, a connection of its own, an open transaction.
"""

import asyncio
from typing import Any, Final

import asyncpg

from brim.host.database_urls import DatabaseUrls
from brim.platform.database import Database, HeldConnection
from tests.support.postgres import PostgresForTests

_CATALOGS: Final = (
    "pg_class", "pg_attribute", "pg_attrdef", "pg_constraint", "pg_index", "pg_trigger", "pg_proc", "pg_type",
    "pg_rewrite", "pg_namespace", "pg_statistic", "pg_statistic_ext", "pg_policy", "pg_default_acl", "pg_extension",
    "pg_authid", "pg_auth_members", "pg_db_role_setting",
)  # fmt: skip
_CHANGES: Final = " UNION ALL ".join(f"SELECT count(*), max(xmin::text::bigint) FROM {name}" for name in _CATALOGS)
"""How many rows there are, and which transaction was the last to write one that is there still."""

_TABLES: Final = """
SELECT oid::regclass::text FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"""
_WRITTEN: Final = f"{_TABLES} AND pg_relation_size(oid) > 0"
_SOMEBODY: Final = """
SELECT EXISTS (
    SELECT FROM pg_stat_activity
    WHERE datname = current_database() AND NOT pid = ANY ($1::int[]) AND backend_type NOT LIKE 'Citus %'
)
    OR EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory')
    OR EXISTS (SELECT FROM pg_prepared_xacts)"""


class _LentConnections(Database):
    """Connections of one test after the other."""

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        self._spare: list[HeldConnection] = []

    def hold(self) -> HeldConnection:
        return self._spare.pop() if self._spare else super().hold()

    @property
    def _open(self) -> list[Any]:
        """The connections that are open, as the driver has them."""
        lent = [holder._con for holder in self._pool._holders]
        return [conn for conn in (*lent, *(held._conn for held in self._held)) if conn is not None]

    @property
    def pids(self) -> list[int]:
        """The server's processes of the connections."""
        return [conn.get_server_pid() for conn in self._open]

    def take_back(self) -> bool:
        """Let the next test have what this one held; return whether nothing is in use any more."""
        self._spare = list(self._held)
        is_idle = self._pool.get_idle_size() == self._pool.get_size()
        return (
            is_idle
            and not self._pool.is_closing()
            and not any(conn.is_closed() or conn.is_in_transaction() for conn in self._open)
        )


class LentDatabase:
    """Lends a fresh, migrated database to one test after the other."""

    def __init__(self, server: PostgresForTests, *, timeout_s: float) -> None:
        self._server = server
        self._timeout_s = timeout_s
        self._name: str | None = None
        self._keeper: Any = None
        self._pools: dict[str, _LentConnections] = {}
        self._before: list[Any] = []
        self._brought: list[str] = []

    async def urls(self) -> DatabaseUrls:
        """Return where a fresh database is."""
        if self._name is None:
            self._name = await self._server.create_database()
            await self._begin_to_keep(self._server.urls_of(self._name).owner)
        return self._server.urls_of(self._name)

    async def connect(self, url: str) -> Database:
        """Return connections to the database that is lent, which stay open."""
        if url not in self._pools:
            self._pools[url] = await _LentConnections.connect(url, timeout_s=self._timeout_s)
        return self._pools[url]

    async def take_back(self) -> None:
        """End what the test has left running, and make the database what it was, or drop it."""
        await _end_other_tasks()
        if not await self._is_made_empty():
            await self.drop()

    async def drop(self) -> None:
        """Drop the database, if there is one."""
        for pool in self._pools.values():
            await pool.close()
        if self._keeper is not None:
            await self._keeper.close()
        name, self._name, self._keeper, self._pools = self._name, None, None, {}
        if name is not None:
            await self._server.drop_database(name)

    async def _begin_to_keep(self, url: str) -> None:
        self._keeper = await asyncpg.connect(url)
        await self._keeper.execute("SET session_replication_role = replica")  # so that no trigger keeps a row
        tables = [name for (name,) in await self._keeper.fetch(_TABLES)]
        holding = " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT FROM {name})" for name in tables)
        self._brought = [name for (name,) in await self._keeper.fetch(holding)]
        self._before = await self._read_what_stays()

    async def _read_what_stays(self) -> list[Any]:
        rows = [
            await self._keeper.fetch(f"SELECT array_agg(r::text ORDER BY r::text) FROM {name} AS r")
            for name in self._brought
        ]
        return [await self._keeper.fetch(_CHANGES), *rows]

    async def _is_made_empty(self) -> bool:
        if self._keeper is None or self._keeper.is_closed():
            return False
        are_idle = [pool.take_back() for pool in self._pools.values()]
        if not all(are_idle):
            return False
        try:
            async with asyncio.timeout(self._timeout_s):
                ours = [self._keeper.get_server_pid(), *(pid for pool in self._pools.values() for pid in pool.pids)]
                if await self._keeper.fetchval(_SOMEBODY, ours) or await self._read_what_stays() != self._before:
                    return False
                written = {name for (name,) in await self._keeper.fetch(_WRITTEN)}
                deletes = [f"DELETE FROM {name};" for name in written.difference(self._brought)]
                await self._keeper.execute("\n".join(["BEGIN;", *deletes, "COMMIT;"]))
        except (asyncpg.PostgresError, OSError, TimeoutError):
            return False
        return True


async def _end_other_tasks() -> None:
    """Cancel what still runs in the loop: it would write into what the next test finds."""
    left = asyncio.all_tasks() - {asyncio.current_task()}
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)
