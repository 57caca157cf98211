"""A Citus cluster on this machine: a coordinator and two workers in one folder, each behind a Unix socket of its own.

Citus is not part of this tree. Name an installation with `CITUS_PG_CONFIG`, the `pg_config` of a PostgreSQL
in which it is installed.
"""

import asyncio
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import asyncpg

from brim.base.ids import random_base62
from brim.host.database_passwords import scram_verifier
from brim.host.database_socket import OWNER, SERVICE_ROLE
from brim.host.database_urls import DatabaseUrls
from brim.host.embedded import EmbeddedPostgres
from brim.host.preparation import prepare_embedded
from brim.platform.roles import keep_service_role
from tests.support.postgres import TEMPLATE, PostgresForTests

VARIABLE: Final = "CITUS_PG_CONFIG"
NOT_AT_HAND: Final = f"no Citus: set {VARIABLE} to the pg_config of a PostgreSQL that has it"
WORKERS: Final = 2
_DATABASE: Final = "postgres"
_PORT: Final = 5432


def citus_binaries() -> Path | None:
    """Return where the programs of the PostgreSQL with Citus are, None where none is named.

    Raises:
        FileNotFoundError: one is named, and it has no Citus.
    """
    pg_config = os.environ.get(VARIABLE)
    if not pg_config:
        return None
    library, binaries = (
        Path(subprocess.run([pg_config, option], check=True, capture_output=True, text=True).stdout.strip())
        for option in ("--pkglibdir", "--bindir")
    )
    if not (library / "citus.so").exists():
        raise FileNotFoundError(library / "citus.so")
    return binaries


class Node(EmbeddedPostgres):
    """One PostgreSQL with Citus."""

    def _server_settings(self) -> dict[str, str]:
        return super()._server_settings() | {
            "shared_preload_libraries": "citus",
            "shared_buffers": "128MB",
            "wal_level": "logical",  # shards are moved by logical replication
            "max_prepared_transactions": "200",
            "max_worker_processes": "32",
            "citus.recover_2pc_interval": "5s",
            "citus.enable_statistics_collection": "off",  # it would report to its makers
            "citus.show_shards_for_app_name_prefixes": "brim-shards",
        }

    @property
    def socket(self) -> Path:
        """The folder of its socket, which is its host name to others."""
        if self._socket_folder is None:
            raise RuntimeError("the server was not started")
        return self._socket_folder


class CitusCluster(PostgresForTests):
    """A coordinator and workers with the same passwords, so that each may connect to the others.

    Where `PostgresForTests` is taken, tests run on databases of the coordinator whose tables are not distributed.
    """

    def __init__(self, folder: Path, binaries: Path) -> None:
        self._folder = folder
        self.coordinator = Node(folder / "c", binaries=binaries)
        self.workers = [Node(folder / f"w{number}", binaries=binaries) for number in range(1, WORKERS + 1)]

    @property
    def nodes(self) -> Sequence[Node]:
        """All servers, the coordinator first."""
        return [self.coordinator, *self.workers]

    async def start(self) -> None:
        """Start all servers."""
        self.coordinator.choose_socket()
        for number in range(1, WORKERS + 1):
            shutil.copy(self._folder / "c.passwords", self._folder / f"w{number}.passwords")
        await asyncio.gather(*(node.start() for node in self.nodes))
        for node in self.nodes:
            verifier = scram_verifier(self._logins[SERVICE_ROLE])
            await keep_service_role(node.urls.owner, SERVICE_ROLE, verifier=verifier)

    async def stop(self) -> None:
        """Stop all servers."""
        await asyncio.gather(*(node.stop() for node in self.nodes))

    def urls_of(self, name: str) -> DatabaseUrls:
        """Return how a database is reached at the coordinator."""
        return self._urls_at(self.coordinator, name)

    async def create_database(self, *, template: str = TEMPLATE) -> str:
        """Return the name of a new database that is on every node: a migrated one, or one without any table."""
        name = "test_" + random_base62(12).lower()
        for node in self.nodes:
            await self._execute_at(node, f"CREATE DATABASE {name}")
        await self._join(name)
        if template == TEMPLATE:
            await prepare_embedded(self.urls_of(name), now_ms=0)
        return name

    async def drop_database(self, name: str) -> None:
        """Remove a database from every node."""
        for node in self.nodes:  # Citus connects again by itself
            await self._execute_at(node, f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
            await self._execute_at(node, f"DROP DATABASE {name} WITH (FORCE)")

    async def _join(self, name: str) -> None:
        """Have Citus know a database and the nodes that it may be distributed over."""
        for node in self.nodes:
            conn = await asyncpg.connect(self._urls_at(node, name).owner)
            try:
                await conn.execute("CREATE EXTENSION citus")
                for role, password in self._logins.items():
                    await conn.execute(f"INSERT INTO pg_dist_authinfo VALUES (0, '{role}', 'password={password}')")
            finally:
                await conn.close()
        conn = await asyncpg.connect(self.urls_of(name).owner)
        try:
            await conn.execute("SELECT citus_set_coordinator_host($1, $2)", str(self.coordinator.socket), _PORT)
            for worker in self.workers:
                await conn.execute("SELECT citus_add_node($1, $2)", str(worker.socket), _PORT)
        finally:
            await conn.close()

    def _urls_at(self, node: Node, name: str) -> DatabaseUrls:
        def of(url: str) -> str:
            return url.replace(f"/{_DATABASE}?", f"/{name}?", 1)

        return DatabaseUrls(of(node.urls.owner), of(node.urls.service), SERVICE_ROLE)

    @property
    def _logins(self) -> dict[str, str]:
        """The roles and their passwords."""
        urls = self.coordinator.urls
        return {OWNER: urlsplit(urls.owner).password or "", SERVICE_ROLE: urlsplit(urls.service).password or ""}

    async def _execute_at(self, node: Node, sql: str) -> None:
        conn = await asyncpg.connect(node.urls.owner)
        try:
            await conn.execute("SET citus.enable_create_database_propagation = off")
            await conn.execute(sql)
        finally:
            await conn.close()
