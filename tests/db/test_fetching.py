"""What the operator's provider does costs nobody else a thread."""

import asyncio
from contextlib import suppress

from brim.platform.egress.operator_server import FetchFailedError, fetch

MANY = 40
"""More than the threads that a process shares."""


async def test_a_provider_that_never_answers_takes_no_thread_from_those_who_check_passwords() -> None:
    asked, ended = asyncio.Event(), asyncio.Event()
    held: list[asyncio.Task[None] | None] = []

    async def hold(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        held.append(asyncio.current_task())
        asked.set()
        await ended.wait()
        writer.close()
        await writer.wait_closed()

    async with await asyncio.start_server(hold, "127.0.0.1", 0) as server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        waiting = [asyncio.ensure_future(fetch(url, None, {})) for _ in range(MANY)]
        await asked.wait()
        assert await asyncio.wait_for(asyncio.to_thread(lambda: "a thread"), 60) == "a thread"
        for task in waiting:
            task.cancel()
        with suppress(FetchFailedError):
            await asyncio.gather(*waiting, return_exceptions=True)
        ended.set()
        await asyncio.gather(*(task for task in held if task))
