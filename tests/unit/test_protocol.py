"""The HTTP protocol on real connections: framing, limits, order, draining."""

import asyncio
import socket
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import msgspec
import pytest
import uvicorn
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosedError, ConnectionClosedOK, InvalidStatus
from websockets.typing import Subprotocol

from brim.api.message import Reply, Request, StreamedReply
from brim.api.protocol import MAX_HEADERS, HttpProtocol, Limits, sweep_connections
from brim.api.websocket import MAX_MESSAGE, WebSocket

LIMITS = Limits(max_body=1000, max_header=2000, max_connections=50, idle_timeout_s=30.0, read_timeout_s=30.0)


class Echo:
    """Replies with what it was asked; `/wait` is answered when the test says so. `/socket` echoes messages."""

    subprotocols = ("echo",)

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.may_go_on = asyncio.Event()
        self.waiting = asyncio.Event()
        self.ended = asyncio.Event()
        self.handled: list[str] = []
        self.pieces = 0

    async def handle(self, request: Request) -> Reply:
        if request.path == "/wait":
            self.waiting.set()
            await self.may_go_on.wait()
        self.handled.append(request.path)
        if request.path in {"/file", "/torn", "/news"}:
            pieces = self.stream(request.path)
            return StreamedReply(200, pieces, content_type="text/plain", endless=request.path == "/news")
        if request.path == "/large":
            return Reply(200, b"x" * 5_000_000, content_type="text/plain")
        return Reply(200, f"{request.method} {request.path} {len(request.body)}".encode(), content_type="text/plain")

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

    def serves_websocket(self, path: str) -> bool:
        return path == "/socket"

    async def converse(self, request: Request, socket: WebSocket) -> None:
        if request.query == b"refuse":
            socket.refuse(400, "not you")
            return
        socket.accept()
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
        answer = await asyncio.wait_for(reader.read(), 10)
        writer.close()
        return answer

    async def until_refused(self) -> None:
        """Connect until nobody listens any more."""
        with suppress(ConnectionRefusedError):
            while True:
                await self.send()


Serve = Callable[..., Any]


@pytest.fixture
def serve() -> Serve:
    """Return what runs a server for the length of a block."""

    @asynccontextmanager
    async def run(**changes: Any) -> AsyncIterator[Serving]:
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
            await asyncio.wait_for(task, 10)
            sweeper.cancel()

    return run


def status_of(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


def request(path: str = "/", *, body: bytes = b"", extra: str = "Connection: close\r\n") -> bytes:
    method = "POST" if body else "GET"
    length = f"Content-Length: {len(body)}\r\n" if body else ""
    return f"{method} {path} HTTP/1.1\r\nHost: x\r\n{length}{extra}\r\n".encode() + body


async def test_a_request_is_answered_with_length_and_date(serve: Serve) -> None:
    async with serve() as serving:
        answer = await serving.send(request("/a?b=c", body=b"12345"))
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 9\r\ndate: ")
    assert head.endswith(b"\r\nConnection: close")
    assert body == b"POST /a 5"


async def test_a_chunked_body_is_one_body(serve: Serve) -> None:
    chunks = (
        b"POST / HTTP/1.1\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
    )
    async with serve() as serving:
        assert (await serving.send(chunks)).endswith(b"POST / 5")


async def test_a_request_may_arrive_byte_by_byte(serve: Serve) -> None:
    async with serve() as serving:
        answer = await serving.send(*[bytes([byte]) for byte in request("/slow", body=b"abc")])
    assert answer.endswith(b"POST /slow 3")


async def test_requests_sent_ahead_are_answered_in_order(serve: Serve) -> None:
    paths = [f"/{number}" for number in range(40)]
    ahead = b"".join(request(path, extra="") for path in paths[:-1]) + request(paths[-1])
    async with serve() as serving:
        answer = await serving.send(ahead)
        assert serving.app.handled == paths
    bodies = [line.split()[1].decode() for line in answer.split(b"\r\n") if b"GET /" in line]
    assert [body.removesuffix("HTTP/1.1") for body in bodies] == paths


async def test_head_is_answered_without_a_body(serve: Serve) -> None:
    async with serve() as serving:
        answer = await serving.send(b"HEAD / HTTP/1.1\r\nConnection: close\r\n\r\n")
    assert answer.endswith(b"\r\n\r\n")


async def test_an_old_client_is_answered_and_let_go(serve: Serve) -> None:
    async with serve() as serving:
        assert status_of(await serving.send(b"GET / HTTP/1.0\r\n\r\n")) == 200


async def test_a_body_that_waits_to_be_invited_is_invited(serve: Serve) -> None:
    async with serve() as serving:
        reader, writer = await serving.connect()
        head, body = request("/", body=b"abc", extra="Expect: 100-continue\r\n").split(b"abc")[0], b"abc"
        writer.write(head)
        assert await reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
        writer.write(body)
        assert await reader.readuntil(b"POST / 3")
        writer.close()


@pytest.mark.parametrize(
    ("what", "hostile", "status"),
    [
        (
            "two ways to frame",
            b"POST / HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            400,
        ),
        ("two lengths", b"POST / HTTP/1.1\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", 400),
        ("a negative length", b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 400),
        ("a bad chunk size", b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400),
        ("a space before the colon", b"GET / HTTP/1.1\r\nHost : x\r\n\r\n", 400),
        ("no HTTP at all", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400),
        ("a protocol switch", b"GET / HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n", 400),
        ("a long target", b"GET /" + b"a" * 3000 + b" HTTP/1.1\r\n\r\n", 414),
        ("a large header", b"GET / HTTP/1.1\r\nA: " + b"a" * 3000 + b"\r\n\r\n", 431),
        ("a header that never ends", b"GET / HTTP/1.1\r\nA: " + b"a" * 600_000, 431),
        ("many headers", b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * (MAX_HEADERS + 1) + b"\r\n", 431),
        ("a large body announced", b"POST / HTTP/1.1\r\nContent-Length: 1001\r\n\r\n", 413),
        ("a large body in chunks", b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n7d0\r\n" + b"a" * 2000, 413),
    ],
)
async def test_a_hostile_request_is_refused_at_once(serve: Serve, what: str, hostile: bytes, status: int) -> None:
    async with serve() as serving:
        reader, writer = await serving.connect()
        writer.write(hostile)
        answer = await asyncio.wait_for(reader.read(), 10)
        writer.close()
        assert serving.app.handled == [], what
    assert status_of(answer) == status
    error = msgspec.json.decode(answer.partition(b"\r\n\r\n")[2])["error"]
    assert error["type"] == "invalid_request_error"
    assert error["message"]


async def test_trailers_do_not_become_headers(serve: Serve) -> None:
    seen: list[dict[bytes, bytes]] = []
    async with serve() as serving:
        handle = serving.app.handle

        async def remember(incoming: Request) -> Reply:
            seen.append(incoming.headers)
            reply: Reply = await handle(incoming)
            return reply

        serving.app.handle = remember
        await serving.send(
            b"POST / HTTP/1.1\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nAuthorization: x\r\n\r\n"
        )
    assert b"authorization" not in seen[0]


async def test_a_request_that_dawdles_is_refused(serve: Serve) -> None:
    async with serve(read_timeout_s=0.1) as serving:
        assert status_of(await serving.send(b"POST / HTTP/1.1\r\nContent-Length: 10\r\n\r\nabc")) == 408
        assert status_of(await serving.send(b"GET / HTT")) == 408


async def test_a_connection_that_rests_is_closed(serve: Serve) -> None:
    async with serve(idle_timeout_s=0.1) as serving:
        answer = await serving.send(request(extra=""))
        assert answer.count(b"HTTP/1.1") == 1


async def test_one_connection_too_many_is_turned_away(serve: Serve) -> None:
    async with serve(max_connections=2) as serving:
        kept = [await serving.connect() for _ in range(2)]
        for reader, writer in kept:
            writer.write(request(extra=""))
            await reader.readuntil(b"GET / 0")
        assert status_of(await serving.send()) == 503
        for _, writer in kept:
            writer.close()


async def test_a_client_that_does_not_read_is_dropped_and_holds_up_nobody(serve: Serve) -> None:
    async with serve(read_timeout_s=0.2) as serving:
        _, deaf = await serving.connect()
        deaf.write(request("/large", extra="") * 8)
        await deaf.drain()
        assert status_of(await serving.send(request())) == 200
        while len(serving.server.server_state.connections):  # noqa: ASYNC110  the sweeper runs on its own clock
            await asyncio.sleep(0.01)
        assert serving.app.handled.count("/large") < 8
        deaf.transport.abort()


async def test_a_client_that_leaves_harms_nobody(serve: Serve) -> None:
    async with serve() as serving:
        _, leaver = await serving.connect()
        leaver.write(request("/wait"))
        await serving.app.waiting.wait()
        leaver.transport.abort()
        serving.app.may_go_on.set()
        assert status_of(await serving.send(request())) == 200


async def test_a_stop_lets_requests_in_flight_finish(serve: Serve) -> None:
    async with serve() as serving:
        reader, writer = await serving.connect()
        _, idle = await serving.connect()
        writer.write(request("/wait", extra=""))
        await serving.app.waiting.wait()
        serving.server.should_exit = True
        await serving.until_refused()
        serving.app.may_go_on.set()
        answer = await asyncio.wait_for(reader.read(), 10)
        assert answer.endswith(b"GET /wait 0")
        assert b"Connection: close" in answer
        writer.close()
        idle.close()


async def test_a_websocket_is_taken_over_and_pieces_of_a_message_are_put_together(serve: Serve) -> None:
    async with serve() as serving:
        async with connect(f"ws://127.0.0.1:{serving.port}/socket", subprotocols=[Subprotocol("echo")]) as client:
            assert client.subprotocol == "echo"
            await client.send(["one ", "message ", "in pieces"])
            assert await client.recv() == "one message in pieces"
            await (await client.ping())
        assert await serving.send(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")


async def test_a_websocket_may_be_refused_with_a_text(serve: Serve) -> None:
    async with serve() as serving:
        with pytest.raises(InvalidStatus) as refused:
            await connect(f"ws://127.0.0.1:{serving.port}/socket?refuse")
        assert (refused.value.response.status_code, refused.value.response.body) == (400, b"not you")


async def test_a_websocket_says_goodbye_when_the_server_stops(serve: Serve) -> None:
    async with (
        serve() as serving,
        connect(f"ws://127.0.0.1:{serving.port}/socket", subprotocols=[Subprotocol("echo")]) as client,
    ):
        await client.send("hello")
        await client.recv()
        serving.server.should_exit = True
        with pytest.raises(ConnectionClosedOK):
            await asyncio.wait_for(client.recv(), 10)
        assert client.close_code == 1000


async def test_a_message_that_is_too_large_ends_the_websocket(serve: Serve) -> None:
    async with (
        serve() as serving,
        connect(f"ws://127.0.0.1:{serving.port}/socket", subprotocols=[Subprotocol("echo")]) as client,
    ):
        await client.send("x" * (MAX_MESSAGE + 1))
        with pytest.raises(ConnectionClosedError):
            await asyncio.wait_for(client.recv(), 10)
        assert client.close_code == 1009


# Streamed replies.

STREAM = b"4\r\none,\r\n4\r\ntwo,\r\n"


async def test_a_streamed_reply_comes_in_chunks_as_they_are_made(serve: Serve) -> None:
    async with serve() as serving:
        reader, writer = await serving.connect()
        writer.write(request("/file", extra=""))
        head = await reader.readuntil(b"\r\n\r\n")
        assert b"\r\nTransfer-Encoding: chunked\r\n" in head
        assert b"Content-Length" not in head
        assert await reader.readexactly(len(STREAM)) == STREAM
        serving.app.may_go_on.set()
        rest = await reader.readexactly(100 * len(b"186a0\r\n\r\n") + 10_000_000 + len(b"0\r\n\r\n"))
        assert rest.endswith(b"\r\n0\r\n\r\n")
        writer.write(request("/next"))
        assert (await asyncio.wait_for(reader.read(), 10)).endswith(b"GET /next 0")
        writer.close()


async def test_an_old_client_gets_a_streamed_reply_without_chunks(serve: Serve) -> None:
    async with serve() as serving:
        serving.app.may_go_on.set()
        head, _, body = (await serving.send(b"GET /file HTTP/1.0\r\n\r\n")).partition(b"\r\n\r\n")
    assert b"Transfer-Encoding" not in head
    assert body == b"one,two," + b"x" * 10_000_000


async def test_head_of_a_streamed_reply_makes_nothing_of_its_body(serve: Serve) -> None:
    async with serve() as serving:
        answer = await serving.send(b"HEAD /file HTTP/1.1\r\nConnection: close\r\n\r\n")
        assert answer.endswith(b"\r\n\r\n")
        assert not serving.app.waiting.is_set()


async def test_a_stream_that_fails_is_never_taken_for_whole(serve: Serve) -> None:
    async with serve() as serving:
        reader, writer = await serving.connect()
        writer.write(request("/torn"))
        received = b""
        with suppress(ConnectionResetError):
            while piece := await asyncio.wait_for(reader.read(1000), 10):
                received += piece
        assert not received.endswith(b"0\r\n\r\n")
        writer.close()


async def test_a_stream_ends_with_its_client(serve: Serve) -> None:
    async with serve() as serving:
        reader, writer = await serving.connect()
        writer.write(request("/news", extra=""))
        await reader.readuntil(STREAM)
        writer.close()
        await asyncio.wait_for(serving.app.ended.wait(), 10)


async def test_a_stream_waits_for_a_client_that_does_not_read(serve: Serve) -> None:
    async with serve(read_timeout_s=0.2) as serving:
        reader, writer = await serving.connect()
        writer.transport.pause_reading()
        serving.app.may_go_on.set()
        writer.write(request("/file", extra=""))
        await asyncio.wait_for(serving.app.ended.wait(), 10)  # it dawdled for too long
        assert serving.app.pieces < 100
        writer.close()
        del reader


async def test_a_stream_without_an_end_does_not_hold_up_a_stop(serve: Serve) -> None:
    async with serve() as serving:
        reader, writer = await serving.connect()
        writer.write(request("/news", extra=""))
        await reader.readuntil(STREAM)
        serving.server.should_exit = True
        assert await asyncio.wait_for(reader.read(), 10) == b"0\r\n\r\n"
        assert serving.app.ended.is_set()
        writer.close()


async def test_a_file_that_is_being_sent_is_finished_at_a_stop(serve: Serve) -> None:
    async with serve() as serving:
        reader, writer = await serving.connect()
        writer.write(request("/file", extra=""))
        await reader.readuntil(STREAM)
        serving.server.should_exit = True
        await serving.until_refused()
        serving.app.may_go_on.set()
        rest = await asyncio.wait_for(reader.read(), 10)
        assert rest.count(b"x") == 10_000_000
        assert rest.endswith(b"\r\n0\r\n\r\n")
        writer.close()
