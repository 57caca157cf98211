"""A proxy for tests that is asked to CONNECT: it keeps what it was asked and leads wherever the test says."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from typing import TypeAlias

Behave: TypeAlias = Callable[[asyncio.StreamWriter], Awaitable[None]]


class ConnectProxy:
    """Takes CONNECT for the addresses in `routes` and leads to the ports of this machine that stand beside them.

    `requests` holds what was asked, head by head; `behave`, where there is one, is what it does instead of connecting.
    """

    def __init__(self, routes: Mapping[str, int], behave: Behave | None = None) -> None:
        self.routes = routes
        self.behave = behave
        self.requests: list[str] = []
        self.port = 0

    @property
    def asked(self) -> list[str]:
        """The first lines of what was asked."""
        return [request.split("\r\n")[0] for request in self.requests]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take one connection."""
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError):
                head = await reader.readuntil(b"\r\n\r\n")
                self.requests.append(head.decode())
                if self.behave:
                    await self.behave(writer)
                else:
                    await self._lead(head.decode().split(" ")[1], reader, writer)
        finally:
            writer.close()

    async def _lead(self, place: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if place not in self.routes:
            writer.write(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
            return
        inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", self.routes[place])
        writer.write(b"HTTP/1.1 200 Connection established\r\nVia: 1.1 test\r\n\r\n")
        try:
            await asyncio.gather(_copy(reader, inner_writer), _copy(inner_reader, writer))
        finally:
            inner_writer.close()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()
        writer.write_eof() if writer.can_write_eof() else writer.close()


@asynccontextmanager
async def proxying(
    routes: Mapping[str, int] | None = None, behave: Behave | None = None
) -> AsyncIterator[ConnectProxy]:
    """A proxy on a free port."""
    proxy = ConnectProxy(routes or {}, behave)
    tasks: set[asyncio.Task[None]] = set()

    def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(proxy.serve(reader, writer))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    proxy.port = server.sockets[0].getsockname()[1]
    try:
        yield proxy
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(0)
