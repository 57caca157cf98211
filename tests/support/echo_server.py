"""A server on the HTTP protocol that says what it was asked."""

import asyncio
import socket
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any
from urllib.parse import unquote_to_bytes

import msgspec
import uvicorn

from brim.http.admission import Admission, Guest, Held, Ticket
from brim.http.connections import sweep_connections
from brim.http.intake import Intake, Limits
from brim.http.message import ConstantReply, Reply, Request, StreamedReply
from brim.http.origin import Proxies
from brim.http.protocol import HttpProtocol
from brim.http.websocket import WebSocket
from brim.platform.settings import parse_networks
from tests.support.waiting import PATIENCE_S

LIMITS = Limits(
    max_body=1000,
    max_header=2000,
    max_connections=50,
    max_connections_per_address=50,
    max_unfinished=1_000_000,
    max_unfinished_per_address=1_000_000,
    idle_timeout_s=120.0,
    read_timeout_s=120.0,
)


SHED = Reply(429, b"too many", ["Retry-After: 1"], content_type="text/plain")


class Echo:
    """Replies with what it was asked; `/wait` is answered when the test says so. `/socket` echoes messages."""

    subprotocols = ("echo",)

    def __init__(self, limits: Limits) -> None:
        self.intake = Intake(limits)
        self.admission: Admission | None = None
        self.held: asyncio.Queue[str] = asyncio.Queue()
        self.may_go_on = asyncio.Event()
        self.waiting = asyncio.Event()
        self.begun: asyncio.Queue[str] = asyncio.Queue()
        self.ended = asyncio.Event()
        self.handled: list[str] = []
        self.requests: list[Request] = []
        self.pieces = 0

    async def handle(self, request: Request) -> Reply:
        if request.path == "/wait":
            self.waiting.set()
            self.begun.put_nowait(request.path)
            await self.may_go_on.wait()
        self.handled.append(request.path)
        self.requests.append(request)
        if request.path in {"/header", "/header-of-a-stream"}:
            return self.with_header(request)
        if request.path in {"/file", "/torn", "/news"}:
            pieces = self.stream(request.path)
            return StreamedReply(200, pieces, content_type="text/plain", endless=request.path == "/news")
        if request.path in {"/large", "/constant"}:
            kind = Reply if request.path == "/large" else ConstantReply
            return kind(200, b"x" * int(request.query or 5_000_000), content_type="text/plain")
        return Reply(200, f"{request.method} {request.path} {len(request.body)}".encode(), content_type="text/plain")

    def with_header(self, request: Request) -> Reply:
        """Return a reply with a header that is whatever the query says."""
        headers = [unquote_to_bytes(request.query).decode("latin-1")]
        if request.path == "/header":
            return Reply(200, b"the body", headers, content_type="text/plain")
        return StreamedReply(200, self.stream("/file"), headers, content_type="text/plain")

    async def stream(self, path: str) -> AsyncGenerator[bytes, None]:
        """Yield two pieces, then what the path says: a large rest, a failure, or news that nobody ever has."""
        try:
            yield b"one,"
            yield b""
            yield b"two,"
            self.waiting.set()
            if path == "/torn":
                raise RuntimeError("the rest is lost")
            if path == "/news":
                await asyncio.get_running_loop().create_future()
            await self.may_go_on.wait()
            for _ in range(100):
                self.pieces += 1
                yield b"x" * 100_000
        finally:
            self.ended.set()

    def admit(self, request: Request, guest: Guest | None) -> Ticket | Held | Reply | None:
        """Take every request, unless a test has set a bound."""
        if self.admission is None:
            return None
        if ticket := self.admission.enter(""):
            return ticket
        held = self.admission.hold(guest, "", SHED, len(request.body)) if guest else None
        if held:
            self.held.put_nowait(request.path)
        return held or SHED

    def serves_websocket(self, path: str) -> bool:
        return path == "/socket"

    async def converse(self, request: Request, socket: WebSocket) -> None:
        if request.query == b"refuse":
            socket.refuse(400, "not you")
            return
        socket.accept()
        if request.query != b"stranger":
            socket.mark_known()
        if request.query == b"wait":
            await self.may_go_on.wait()
        while (text := await socket.receive()) is not None:
            await socket.send(text)
        self.handled.append(request.path)


class Serving:
    """A server in this event loop."""

    def __init__(self, app: Echo, server: uvicorn.Server, port: int) -> None:
        self.app = app
        self.server = server
        self.port = port

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection("127.0.0.1", self.port)

    async def send(self, *pieces: bytes) -> bytes:
        """Send pieces on a connection of their own and return all that comes back until the server closes it."""
        reader, writer = await self.connect()
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
        answer = await asyncio.wait_for(reader.read(), PATIENCE_S)
        writer.close()
        return answer

    async def until_handling(self, count: int) -> None:
        """Return once so many requests to `/wait` are being worked on."""
        for _ in range(count):
            await asyncio.wait_for(self.app.begun.get(), PATIENCE_S)

    async def until_held(self, path: str) -> None:
        """Return once a request waits for a place, as the next one that does."""
        assert await asyncio.wait_for(self.app.held.get(), PATIENCE_S) == path

    async def until_one_is(self, state: str) -> None:
        """Return once some connection is in a state, named by its private attribute."""
        while not any(getattr(connection, state) for connection in self.server.server_state.connections):  # noqa: ASYNC110  uvicorn offers no event for it
            await asyncio.sleep(0)

    def believe(self, networks: str) -> None:
        """Believe proxies in networks from now on."""
        self.app.intake = Intake(self.app.intake.limits, Proxies(parse_networks(networks)))

    async def until_refused(self) -> None:
        """Connect until nobody listens any more."""
        with suppress(ConnectionRefusedError):
            while True:
                await self.send()


@asynccontextmanager
async def echoing(**changes: Any) -> AsyncIterator[Serving]:
    """Run a server for the length of a block."""
    app = Echo(msgspec.structs.replace(LIMITS, **changes))
    config = uvicorn.Config(
        app,  # type: ignore[arg-type]  # served by our own protocol, which needs no ASGI
        http=HttpProtocol,
        ws="none",
        interface="asgi3",
        lifespan="off",
        log_config=None,
        proxy_headers=False,
        server_header=False,
    )
    server = uvicorn.Server(config)
    listener = socket.create_server(("127.0.0.1", 0))
    task = asyncio.create_task(server._serve([listener]))
    sweeper = asyncio.create_task(sweep_connections(server.server_state, interval_s=0.05))
    while not server.started:  # noqa: ASYNC110  uvicorn offers no event for it
        await asyncio.sleep(0)
    try:
        yield Serving(app, server, listener.getsockname()[1])
    finally:
        server.should_exit = True
        app.may_go_on.set()
        await asyncio.wait_for(task, PATIENCE_S)
        sweeper.cancel()


def status_of(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


def request(path: str = "/", *, body: bytes = b"", extra: str = "Connection: close\r\n") -> bytes:
    method = "POST" if body else "GET"
    length = f"Content-Length: {len(body)}\r\n" if body else ""
    return f"{method} {path} HTTP/1.1\r\nHost: x\r\n{length}{extra}\r\n".encode() + body
