"""Real PostgreSQL and real `brim serve` processes for the tests.

`database_url` is a fresh, migrated database for each test, `database` a connection pool on it. What shall hold
on a stock PostgreSQL too takes `each_database_url` or `each_database` and runs twice. `start_brim` starts whole
services.
"""

import asyncio
import os
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

import asyncpg
import pytest
import pytest_asyncio

from brim.host.embedded import EmbeddedPostgres
from brim.kit.ids import random_base62
from brim.store.database import Database
from brim.store.migrate import migrate
from brim_process import RunningBrim, brim_command, brim_environment

STOCK_BINARIES: Final = Path(os.environ.get("STOCK_POSTGRES_BIN", "/usr/lib/postgresql/15/bin"))
_TEMPLATE: Final = "brim_template"


class PostgresForTests:
    """One PostgreSQL server for the session, with a migrated database that each test's own is copied from."""

    def __init__(self, folder: Path, binaries: Path | None) -> None:
        self._server = EmbeddedPostgres(folder, binaries=binaries)

    async def start(self) -> None:
        await self._server.start()
        await self._execute(f"CREATE DATABASE {_TEMPLATE}")
        await migrate(self.url_of(_TEMPLATE), now_ms=0)

    async def stop(self) -> None:
        await self._server.stop()

    def url_of(self, name: str) -> str:
        return self._server.urls.owner.replace("/postgres?", f"/{name}?", 1)

    async def create_database(self, *, template: str = _TEMPLATE) -> str:
        """Return the name of a new database."""
        name = "test_" + random_base62(12).lower()
        await self._execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    async def drop_database(self, name: str) -> None:
        await self._execute(f"DROP DATABASE {name} WITH (FORCE)")

    async def _execute(self, sql: str) -> None:
        conn = await asyncpg.connect(self._server.urls.owner)
        try:
            await conn.execute(sql)
        finally:
            await conn.close()


def _serve_postgres(folder: Path, binaries: Path | None) -> Iterator[PostgresForTests]:
    server = PostgresForTests(folder, binaries)
    with asyncio.Runner() as runner:  # the server outlives the event loop of each test
        runner.run(server.start())
        try:
            yield server
        finally:
            runner.run(server.stop())


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresForTests]:
    """The embedded PostgreSQL."""
    yield from _serve_postgres(tmp_path_factory.mktemp("postgres"), None)


@pytest.fixture(scope="session")
def stock_binaries() -> Path:
    """The programs of the oldest PostgreSQL that Brim supports, as Debian ships them."""
    if not (STOCK_BINARIES / "postgres").exists():
        reason = f"no stock PostgreSQL in {STOCK_BINARIES}: install postgresql-15 or set STOCK_POSTGRES_BIN"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return STOCK_BINARIES


@pytest.fixture(scope="session")
def stock_postgres(tmp_path_factory: pytest.TempPathFactory, stock_binaries: Path) -> Iterator[PostgresForTests]:
    """A stock PostgreSQL."""
    yield from _serve_postgres(tmp_path_factory.mktemp("stock"), stock_binaries)


async def _lend_database_url(server: PostgresForTests, template: str = _TEMPLATE) -> AsyncIterator[str]:
    name = await server.create_database(template=template)
    yield server.url_of(name)
    await server.drop_database(name)


async def _lend_database(url: str) -> AsyncIterator[Database]:
    database = await Database.connect(url)
    yield database
    await database.close()


@pytest_asyncio.fixture
async def database_url(postgres: PostgresForTests) -> AsyncIterator[str]:
    """A fresh, migrated database."""
    async for url in _lend_database_url(postgres):
        yield url


@pytest_asyncio.fixture
async def empty_database_url(postgres: PostgresForTests) -> AsyncIterator[str]:
    """A fresh database without any table."""
    async for url in _lend_database_url(postgres, "template1"):
        yield url


@pytest_asyncio.fixture
async def stock_database_url(stock_postgres: PostgresForTests) -> AsyncIterator[str]:
    """A fresh, migrated database on a stock PostgreSQL."""
    async for url in _lend_database_url(stock_postgres):
        yield url


@pytest.fixture(params=["embedded", "stock"])
def each_database_url(request: pytest.FixtureRequest) -> str:
    """A fresh, migrated database: once on the embedded PostgreSQL, once on a stock one."""
    url: str = request.getfixturevalue("database_url" if request.param == "embedded" else "stock_database_url")
    return url


@pytest_asyncio.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """Connections to a fresh, migrated database."""
    async for database in _lend_database(database_url):
        yield database


@pytest_asyncio.fixture
async def each_database(each_database_url: str) -> AsyncIterator[Database]:
    """Connections to a fresh, migrated database: once on the embedded PostgreSQL, once on a stock one."""
    async for database in _lend_database(each_database_url):
        yield database


@pytest.fixture
def start_brim(tmp_path: Path) -> Iterator[Callable[..., RunningBrim]]:
    """A function that starts `brim serve` and returns it once it is ready.

    Its arguments, all by name: `arguments` (more flags), `env` (more variables), `data_dir`, `prefix` (a command to
    run it under) and `ready` (False to return at once).
    """
    started: list[RunningBrim] = []

    def start(
        *,
        arguments: Sequence[str] = (),
        env: Mapping[str, str] | None = None,
        data_dir: Path = tmp_path / "brim-data",
        prefix: Sequence[str] = (),
        ready: bool = True,
    ) -> RunningBrim:
        log_path = tmp_path / f"brim-{len(started)}.log"
        flags = ["--port", "0", "--workers", "1", "--data-dir", str(data_dir), *arguments]
        with log_path.open("w") as log:
            process = subprocess.Popen(
                [*prefix, *brim_command("serve", *flags)],
                env=brim_environment(env),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                start_new_session=True,
            )
        brim = RunningBrim(process, data_dir, log_path)
        started.append(brim)
        if ready:
            brim.wait_until_ready()
        return brim

    yield start
    for brim in started:
        brim.close()


@pytest.fixture
def brim_server(start_brim: Callable[..., RunningBrim]) -> RunningBrim:
    """A running service of this test's own."""
    return start_brim()
