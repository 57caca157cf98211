"""A connection without a network, byte by byte as a test says, on the HTTP protocol and what takes over from it."""

import asyncio
from collections.abc import AsyncGenerator, Iterable, Iterator
from types import SimpleNamespace
from typing import Any, cast

from brim.http.intake import Intake, Limits
from brim.http.message import Reply, Request, StreamedReply
from brim.http.protocol import HttpProtocol
from brim.http.websocket import Socket

LIMITS = Limits(
    max_body=2_000,
    max_header=4_000,
    max_connections=10,
    max_connections_per_address=10,
    max_unfinished=1_000_000,
    max_unfinished_per_address=1_000_000,
    idle_timeout_s=30.0,
    read_timeout_s=30.0,
)
_TURNS = 5
"""Turns of the loop in which whatever was begun comes to an end, where nothing waits for anything else."""

_LAST_TURNS = 500
"""Turns before the client hangs up: websockets are read in turns, and the last piece may hold many messages."""


class Echo:
    """Answers every request and remembers it; at `/socket`, it echoes the messages of a websocket."""

    subprotocols = ("echo",)

    def __init__(self) -> None:
        self.intake = Intake(LIMITS)
        self.requests: list[Request] = []
        self.messages: list[str] = []

    async def handle(self, request: Request) -> Reply:
        self.requests.append(request)
        if request.path == "/stream":
            return StreamedReply(200, self.pieces(), content_type="text/plain")
        # What a request says comes back as a header, as some do: it must never become two.
        headers = [f"Echo: {request.header(b'echo') or ''}", f"Path: {request.path}"]
        return Reply(200, request.body, headers, content_type="text/plain")

    async def pieces(self) -> AsyncGenerator[bytes, None]:
        yield b"one"
        yield b"two"

    def admit(self, request: Request, guest: object) -> None:
        """Take every request."""

    def serves_websocket(self, path: str) -> bool:
        return path == "/socket"

    async def converse(self, request: Request, socket: Socket) -> None:  # noqa: ARG002  it is like any other
        socket.accept()
        socket.mark_known()
        while (text := await socket.receive()) is not None:
            self.messages.append(text)
            await socket.send(text)


class Wired:
    """The transport of one connection, and what a client does at the other end."""

    def __init__(self, app: Echo) -> None:
        self.app = app
        self.state = SimpleNamespace(
            connections=set(), tasks=set(), total_requests=0, default_headers=[(b"date", b"x")]
        )
        self.written = bytearray()
        self.protocol: Any = None
        self._reading = True
        self._closing = False

    # What the protocol calls.

    def get_extra_info(self, name: str) -> object:
        return ("192.0.2.1", 1) if name == "peername" else None

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        self.protocol = protocol

    def write(self, data: bytes) -> None:
        assert not self._closing, "it writes after it has closed"
        self.written += data

    def write_eof(self) -> None:
        pass

    def close(self) -> None:
        self._closing = True

    def abort(self) -> None:
        self._closing = True

    def is_closing(self) -> bool:
        return self._closing

    def is_reading(self) -> bool:
        return self._reading

    def pause_reading(self) -> None:
        self._reading = False

    def resume_reading(self) -> None:
        self._reading = True

    def set_write_buffer_limits(self, high: int) -> None:
        pass

    def writelines(self, pieces: Iterable[bytes]) -> None:
        self.write(b"".join(pieces))

    def get_write_buffer_size(self) -> int:
        return 0

    # What the client does.

    async def send(self, pieces: Iterator[bytes] | list[bytes]) -> None:
        """Send pieces, each once the server has dealt with those before, and hang up."""
        self.protocol = HttpProtocol(cast("Any", SimpleNamespace(loaded_app=self.app)), cast("Any", self.state), {})
        self.protocol.connection_made(self)
        for piece in pieces:
            await self._deliver(piece)
        await self._settle(_LAST_TURNS)
        self._closing = True
        self.protocol.connection_lost(None)
        while self.state.tasks:
            await asyncio.wait(list(self.state.tasks), timeout=10)

    async def _deliver(self, piece: bytes) -> None:
        while piece and not self._closing:
            while not self._reading and not self._closing:
                await self._settle()
            if isinstance(self.protocol, asyncio.BufferedProtocol):
                buffer = memoryview(self.protocol.get_buffer(-1))
                size = min(len(buffer), len(piece))
                buffer[:size] = piece[:size]
                self.protocol.buffer_updated(size)
                piece = piece[size:]
            else:
                self.protocol.data_received(piece)
                piece = b""
            await self._settle()

    async def _settle(self, turns: int = _TURNS) -> None:
        for _ in range(turns):
            await asyncio.sleep(0)

    def check_nothing_is_left(self) -> None:
        """Fail where something is still counted of a connection that is gone."""
        assert self.state.connections == set()
        assert self.app.intake.is_empty


def send_all(pieces: list[bytes]) -> Wired:
    """Send pieces on a connection of their own and return what became of it; an unhandled exception fails."""

    async def run() -> Wired:
        failures: list[dict[str, Any]] = []
        asyncio.get_running_loop().set_exception_handler(lambda _, context: failures.append(context))
        wired = Wired(Echo())
        await wired.send(pieces)
        wired.check_nothing_is_left()
        assert failures == []
        return wired

    return asyncio.run(run())
