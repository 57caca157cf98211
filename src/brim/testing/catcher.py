"""A web server that webhooks are sent to: it keeps what it got and behaves, or misbehaves, as it is told."""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Final, TypeAlias, TypeVar

from brim.base.clock import system_clock_ms

Found = TypeVar("Found")

PATIENCE_S: Final = 30.0
_TURNS: Final = 8
"""Turns of the loop after which a connection that it has accepted is known here; closed earlier, it would be lost."""


@dataclass(frozen=True)
class Caught:
    """One request, and the Unix second at which it came. Names of headers are in lower case."""

    path: str
    headers: Mapping[str, str]
    body: bytes
    arrived: int = 0

    @property
    def event(self) -> dict[str, Any]:
        """The event that it brought."""
        event: dict[str, Any] = json.loads(self.body)
        return event

    @property
    def event_id(self) -> str:
        """The id of the event that it brought."""
        return str(self.event["id"])


Reply: TypeAlias = Callable[[Caught, asyncio.StreamWriter], Awaitable[None]]


def status(code: int, body: bytes = b"ok", **headers: str) -> Reply:
    """Answer with a status and a body."""

    async def reply(_caught: Caught, writer: asyncio.StreamWriter) -> None:
        lines = [f"HTTP/1.1 {code} X", f"Content-Length: {len(body)}", "Connection: close"]
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
        self.scheme = "http"
        self.port = 0
        self._arrived = asyncio.Condition()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"{self.scheme}://127.0.0.1:{self.port}/hooks"

    async def wait_for(self, count: int) -> list[Caught]:
        """Return what was caught once that many requests have come."""
        return await self.wait_until(lambda caught: caught if len(caught) >= count else None)

    async def wait_until(self, look: Callable[[list[Caught]], Found | None], *, within_s: float = PATIENCE_S) -> Found:
        """Return the first true value that `look` finds in what was caught.

        Raises:
            TimeoutError: there was none in time.
        """
        async with asyncio.timeout(within_s), self._arrived:
            while not (found := look(self.caught)):
                await self._arrived.wait()
        return found

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
            with suppress(OSError):
                await writer.wait_closed()


async def _read(reader: asyncio.StreamReader) -> Caught:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:] if line)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Caught(head[0].split(" ")[1], headers, body, system_clock_ms() // 1000)


@asynccontextmanager
async def catching(*, host: str = "127.0.0.1", tls: ssl.SSLContext | None = None) -> AsyncIterator[Catcher]:
    """A catcher that listens on a free port; with `tls`, which has its certificate, for https alone."""
    catcher = Catcher()
    catcher.scheme = "https" if tls else "http"
    tasks: set[asyncio.Task[None]] = set()
    writers: set[asyncio.StreamWriter] = set()

    def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.add(writer)
        task = asyncio.ensure_future(catcher.serve(reader, writer))
        tasks.add(task)
        task.add_done_callback(tasks.discard)
        task.add_done_callback(lambda _: writers.discard(writer))

    server = await asyncio.start_server(connected, host, 0, ssl=tls)
    catcher.port = server.sockets[0].getsockname()[1]
    try:
        yield catcher
    finally:
        for listener in server.sockets:
            asyncio.get_running_loop().remove_reader(listener)  # nobody else is accepted
        for _ in range(_TURNS):
            await asyncio.sleep(0)
        server.close()
        for writer in list(writers):
            writer.transport.abort()  # also those that have still to send something
        for task in list(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(0)  # the sockets are closed by the loop, a turn later


class BackgroundCatcher:
    """A catcher in a thread of its own, for tests without an event loop."""

    def __init__(self, catcher: Catcher, loop: asyncio.AbstractEventLoop) -> None:
        self._catcher = catcher
        self._loop = loop

    @property
    def url(self) -> str:
        """Where it listens."""
        return self._catcher.url

    @property
    def caught(self) -> Sequence[Caught]:
        """What has arrived so far."""
        return list(self._catcher.caught)

    def answer_with(self, reply: Reply) -> None:
        """Say what becomes of the next request."""
        self._catcher.reply = reply

    def call_in_thread(self, callback: Callable[[], object]) -> None:
        """Call something in the catcher's own thread, soon."""
        self._loop.call_soon_threadsafe(callback)

    def wait_for(self, count: int) -> list[Caught]:
        """Return what was caught once that many requests have come."""
        return self.wait_until(lambda caught: list(caught) if len(caught) >= count else None)

    def wait_until(self, look: Callable[[list[Caught]], Found | None], *, within_s: float = PATIENCE_S) -> Found:
        """Return the first true value that `look` finds in what was caught.

        Raises:
            TimeoutError: there was none in time.
        """
        waiting = self._catcher.wait_until(look, within_s=within_s)
        return asyncio.run_coroutine_threadsafe(waiting, self._loop).result()


@contextmanager
def catching_in_background(
    reply: Reply | None = None, *, tls: ssl.SSLContext | None = None
) -> Iterator[BackgroundCatcher]:
    """A catcher that listens on a free port in a thread of its own.

    Args:
        reply: what becomes of requests; None answers 200.
        tls: has the certificate of a catcher for https; None for http.
    """
    ready: Future[tuple[BackgroundCatcher, asyncio.Event]] = Future()

    async def serve() -> None:
        stopped, loop = asyncio.Event(), asyncio.get_running_loop()
        async with catching(tls=tls) as catcher:
            catcher.reply = reply or catcher.reply
            ready.set_result((BackgroundCatcher(catcher, loop), stopped))
            await stopped.wait()

    with ThreadPoolExecutor(1, thread_name_prefix="brim-catcher") as thread:
        served = thread.submit(asyncio.run, serve())
        either: list[Future[Any]] = [ready, served]
        wait(either, timeout=PATIENCE_S, return_when=FIRST_COMPLETED)
        if served.done():  # it could not even begin
            served.result()
        catcher, stopped = ready.result(0)
        try:
            yield catcher
        finally:
            catcher.call_in_thread(stopped.set)
