"""Real `brim worker` processes."""

import asyncio
import re
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager

from tests.support.brim_process import brim_command, brim_environment

PATIENCE_S = 30.0


class WorkerProcess:
    """A real `brim worker`."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.log = ""

    async def read_until(self, pattern: str) -> None:
        """Read the log until a line matches."""
        assert self.process.stderr is not None
        async with asyncio.timeout(PATIENCE_S):
            async for line in self.process.stderr:
                self.log += line.decode()
                if re.search(pattern, line.decode()):
                    return
        raise AssertionError(f"the worker ended without {pattern}:\n{self.log}")

    async def ended(self) -> int:
        """Return the exit status, once there is one."""
        async with asyncio.timeout(PATIENCE_S):
            return await self.process.wait()


@asynccontextmanager
async def running_worker(
    database_url: str,
    *,
    alive_fd: int | None = None,
    env: dict[str, str] | None = None,
    prefix: Sequence[str] = (),
) -> AsyncIterator[WorkerProcess]:
    """A worker on a database; it is gone afterwards, whatever happened."""
    variables = {"BRIM_DATABASE_URL": database_url, "BRIM_LOG_FORMAT": "json", **(env or {})}
    if alive_fd is not None:
        variables["BRIM_INTERNAL_ALIVE_FD"] = str(alive_fd)
    process = await asyncio.create_subprocess_exec(
        *prefix,
        *brim_command("worker"),
        env=brim_environment(variables),
        stderr=subprocess.PIPE,
        pass_fds=() if alive_fd is None else (alive_fd,),
    )
    worker = WorkerProcess(process)
    try:
        await worker.read_until("worker started")
        yield worker
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    """Wait for something that another process does to the database."""
    async with asyncio.timeout(PATIENCE_S):
        while not await condition():  # noqa: ASYNC110  another process announces nothing to this one
            await asyncio.sleep(0.01)
