"""Brim refuses to work through a connection pooler, and says so."""

import asyncio
import os
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from brim.host.database_urls import DatabaseUrls
from brim.platform.database import Database, PoolerError
from brim.platform.migrate import migrate
from brim.platform.readiness import find_obstacle, require_schema
from tests.support.polling import until

_PGBOUNCER: Final = shutil.which("pgbouncer", path="/usr/sbin:/usr/bin")
_SOCKET: Final = ".s.PGSQL.5432"
_KEY: Final = b"K"
"""The message that names the process which serves a session, and what cancels its statements."""

_IGNORED: Final = (
    "plan_cache_mode,enable_seqscan,enable_bitmapscan,enable_hashjoin,enable_mergejoin,enable_sort,"
    "enable_incremental_sort,enable_memoize,jit,client_connection_check_interval"
)


@asynccontextmanager
async def in_front_of(url: str, folder: Path, *, process: int | None = None) -> AsyncIterator[str]:
    """Yield another URL of a database, where every session is told of another process, if one is given."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        place = f"{parse_qs(urlsplit(url).query)['host'][0]}/{_SOCKET}"
        server_reader, server_writer = await asyncio.open_unix_connection(place)

        async def ask() -> None:
            while data := await reader.read(65536):
                server_writer.write(data)
            server_writer.close()

        asking = asyncio.create_task(ask())
        try:
            while True:
                head = await server_reader.readexactly(5)
                body = await server_reader.readexactly(int.from_bytes(head[1:], "big") - 4)
                if head[:1] == _KEY and process is not None:
                    body = process.to_bytes(4, "big") + body[4:]
                writer.write(head + body)
        except asyncio.IncompleteReadError:
            writer.close()
        await asking

    server = await asyncio.start_unix_server(serve, folder / _SOCKET)
    try:
        yield f"{url.partition('?')[0]}?host={folder}"
    finally:
        server.close()


@asynccontextmanager
async def pgbouncer_on(url: str, *settings: str) -> AsyncIterator[str]:
    """Yield the URL of PgBouncer in transaction mode, as the user of the tests' server if we are root."""
    parts = urlsplit(url)
    name, password = unquote(parts.username or ""), unquote(parts.password or "")
    as_user = ["-u", "nobody"] if os.geteuid() == 0 else []
    with tempfile.TemporaryDirectory(prefix="brim-pgbouncer-") as folder:
        place = Path(folder)
        lines = (
            "[databases]", f"* = host={folder}/server port=5432", "[pgbouncer]", "pool_mode = transaction",
            f"unix_socket_dir = {folder}", "listen_port = 5432", "auth_type = plain", f"auth_file = {folder}/users",
            *settings,
        )  # fmt: skip
        (place / "ini").write_text("\n".join(lines), encoding="utf-8")
        (place / "users").write_text(f'"{name}" "{password}"\n', encoding="utf-8")
        (place / "server").mkdir()
        for each in (place, place / "server"):
            each.chmod(0o777)
        async with in_front_of(url, place / "server"):
            (place / "server" / _SOCKET).chmod(0o777)
            process = await asyncio.create_subprocess_exec(str(_PGBOUNCER), "-q", *as_user, f"{folder}/ini")
            try:
                await asyncio.to_thread(until, (place / _SOCKET).exists, what="PgBouncer")
                yield f"{url.partition('?')[0]}?host={folder}"
            finally:
                process.kill()
                await process.wait()


async def assert_refused(url: str) -> None:
    """See that processes don't start, readiness says why, and nothing is migrated."""
    database = await Database.connect(url, max_connections=2)
    try:
        with pytest.raises(PoolerError, match="Connect to PostgreSQL directly"):
            await require_schema(database)
        assert "PgBouncer" in (await find_obstacle(database) or "")
    finally:
        await database.close()
    with pytest.raises(PoolerError):
        await migrate(url, now_ms=1)


async def test_a_session_that_another_process_serves_is_refused(database_urls: DatabaseUrls, short_path: Path) -> None:
    async with in_front_of(database_urls.service, short_path, process=7) as url:
        await assert_refused(url)


@pytest.mark.skipif(_PGBOUNCER is None, reason="needs PgBouncer (Debian's pgbouncer)")
@pytest.mark.parametrize("settings", [[], [f"ignore_startup_parameters = {_IGNORED}"]], ids=["plain", "lenient"])
async def test_pgbouncer_is_refused(database_urls: DatabaseUrls, settings: list[str]) -> None:
    """As it comes it knows few of Brim's settings; told to ignore them, it lends the session to others in between."""
    async with pgbouncer_on(database_urls.service, *settings) as url:
        await assert_refused(url)
