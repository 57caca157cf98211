"""One PostgreSQL for all mutants of a group, in place of one for each run of tests."""

import asyncio
import contextlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from brim.host.database_urls import DatabaseUrls
from tests.support.postgres import PostgresForTests


@contextlib.contextmanager
def keep(folder: Path) -> Iterator[str]:
    """Run a server with its template; give what `adopt` takes.

    A process of its own starts the server and stops it, once this one ends in whatever way: event loops with child
    processes do not go together with forking.
    """
    told_read, told_write = os.pipe()
    end_read, end_write = os.pipe()
    keeper = os.fork()
    if not keeper:
        os.close(end_write)
        try:
            asyncio.run(_serve(folder, told_write, end_read))
        finally:
            os._exit(0)
    os.close(told_write)
    os.close(end_read)
    with os.fdopen(told_read, "rb") as told:
        urls = told.read().decode()
    try:
        yield urls
    finally:
        os.close(end_write)
        os.waitpid(keeper, 0)


async def _serve(folder: Path, told: int, end: int) -> None:
    place = folder / "postgres"
    place.mkdir()
    server = PostgresForTests(place, None)
    await server.start()
    urls = server._server.urls  # noqa: SLF001  where the server is
    os.write(told, json.dumps([urls.owner, urls.service, urls.service_role]).encode())
    os.close(told)
    await asyncio.to_thread(os.read, end, 1)
    await server.stop()


def adopt(told: str) -> None:
    """Let the tests of this process use a server that runs."""
    urls = DatabaseUrls(*json.loads(told))

    def begin(self: Any, *_: object) -> None:
        self._server = SimpleNamespace(urls=urls)

    async def nothing(_: object) -> None:
        pass

    patched: Any = PostgresForTests
    patched.__init__ = begin
    patched.start = patched.stop = nothing
