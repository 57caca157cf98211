"""A database server that a test may stop or freeze, and a service on it."""

import os
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest
import pytest_asyncio

from brim.host.embedded import EmbeddedPostgres
from tests.support.brim_process import RunningBrim, descendants

DATABASE_TIMEOUT_S: Final = 1.0


@pytest_asyncio.fixture
async def postgres_of_ours(short_path: Path) -> AsyncIterator[EmbeddedPostgres]:
    """A database server that the test may stop."""
    server = EmbeddedPostgres(short_path / "postgres")
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
def brim(start_brim: Callable[..., RunningBrim], postgres_of_ours: EmbeddedPostgres) -> RunningBrim:
    """A service on that server, which gives up on a statement after a second."""
    return start_brim(
        arguments=["--workers", "2", "--database-url", postgres_of_ours.urls.owner],
        env={"BRIM_DATABASE_TIMEOUT": f"{DATABASE_TIMEOUT_S}s", "BRIM_SANDBOX_SETTLE_AFTER": "100ms"},
    )


@contextmanager
def frozen(server: EmbeddedPostgres) -> Iterator[None]:
    """Let the database server neither answer nor end for as long as the block lasts."""
    processes = [server.pid, *descendants(server.pid)]
    for pid in processes:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in reversed(processes):
            os.kill(pid, signal.SIGCONT)
