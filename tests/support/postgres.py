"""A PostgreSQL server with a migrated database to copy from."""

from pathlib import Path
from typing import Final

import asyncpg

from brim.base.ids import random_base62
from brim.host.database_socket import SERVICE_ROLE
from brim.host.database_urls import DatabaseUrls
from brim.host.embedded import EmbeddedPostgres
from brim.host.preparation import prepare_embedded

TEMPLATE: Final = "brim_template"


class PostgresForTests:
    """One PostgreSQL server for the session, with a migrated database that each test's own is copied from."""

    def __init__(self, folder: Path, binaries: Path | None) -> None:
        self._server = EmbeddedPostgres(folder, binaries=binaries)

    async def start(self) -> None:
        await self._server.start()
        await self._execute(f"CREATE DATABASE {TEMPLATE}")
        await prepare_embedded(self.urls_of(TEMPLATE), now_ms=0)

    async def stop(self) -> None:
        await self._server.stop()

    def urls_of(self, name: str) -> DatabaseUrls:
        def of(url: str) -> str:
            return url.replace("/postgres?", f"/{name}?", 1)

        return DatabaseUrls(of(self._server.urls.owner), of(self._server.urls.service), SERVICE_ROLE)

    async def create_database(self, *, template: str = TEMPLATE) -> str:
        """Return the name of a new database."""
        name = "test_" + random_base62(12).lower()
        await self._execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        return name

    async def drop_database(self, name: str) -> None:
        await self._execute(f"DROP DATABASE {name} WITH (FORCE)")

    async def _execute(self, sql: str) -> None:
        conn = await asyncpg.connect(self._server.urls.owner)
        try:
            await conn.execute(sql)
        finally:
            await conn.close()
