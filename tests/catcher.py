"""A web server that webhooks are sent to: it keeps what it got and behaves, or misbehaves, as it is told."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import TypeAlias

import msgspec

PATIENCE_S = 30.0


class Caught(msgspec.Struct, frozen=True):
    """One request. Names of headers are in lower case."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def event_id(self) -> str:
        """The id of the event that it brought."""
        return str(msgspec.json.decode(self.body)["id"])


Reply: TypeAlias = Callable[[Caught, asyncio.StreamWriter], Awaitable[None]]


def status(code: int, body: bytes = b"ok", **headers: str) -> Reply:
    """Answer with a status and a body."""

    async def reply(_caught: Caught, writer: asyncio.StreamWriter) -> None:
        lines = [f"HTTP/1.1 {code} X", f"Content-Length: {len(body)}"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        writer.write("\r\n".join([*lines, "", ""]).encode() + body)
        await writer.drain()

    return reply


class Catcher:
    """What arrived, by path in order; `reply` says what becomes of the next request."""

    def __init__(self) -> None:
        self.caught: list[Caught] = []
        self.reply: Reply = status(200)
        self.connections = 0
        self.port = 0
        self._arrived = asyncio.Condition()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}/hooks"

    async def wait_for(self, count: int) -> list[Caught]:
        """Return what was caught once that many requests have come."""
        async with asyncio.timeout(PATIENCE_S), self._arrived:
            await self._arrived.wait_for(lambda: len(self.caught) >= count)
        return self.caught

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take one request; connections are not used again."""
        self.connections += 1
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError):
                caught = await _read(reader)
                async with self._arrived:
                    self.caught.append(caught)
                    self._arrived.notify_all()
                await self.reply(caught, writer)
        finally:
            writer.close()


async def _read(reader: asyncio.StreamReader) -> Caught:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:] if line)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Caught(head[0].split(" ")[1], headers, body)


@asynccontextmanager
async def catching(*, host: str = "127.0.0.1") -> AsyncIterator[Catcher]:
    """A catcher that listens on a free port."""
    catcher = Catcher()
    tasks: set[asyncio.Task[None]] = set()

    def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(catcher.serve(reader, writer))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    server = await asyncio.start_server(connected, host, 0)
    catcher.port = server.sockets[0].getsockname()[1]
    try:
        yield catcher
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(0)  # the sockets are closed by the loop, a turn later
