"""HTTP/1.1 on a connection: a lean protocol over httptools, plugged into uvicorn as its `http` class.

It reads whole requests within limits, hands them to the application one at a time in order, and writes whole
replies, or pieces of one as they come, for a good deal less processor time than uvicorn's own ASGI protocol
(docs/adr/0003). Framing is llhttp's in
its strict mode, which refuses a Content-Length beside Transfer-Encoding, two lengths, bad chunks.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from contextlib import aclosing
from http import HTTPStatus
from typing import Any, Final, Protocol, cast

import httptools
import msgspec
import structlog
from uvicorn.config import Config
from uvicorn.server import ServerState

from brim.api.message import Reply, Request, StreamedReply
from brim.api.websocket import WebSocket, handshake_head

_STATUS_LINES: Final = {status.value: f"HTTP/1.1 {status.value} {status.phrase}\r\n" for status in HTTPStatus}
MAX_HEADERS: Final = 100
# Requests that a client may send ahead of their replies before we stop reading from it.
MAX_PIPELINED: Final = 16
# After a refusal we go on reading, and dropping, for this long, so that the client gets to see the answer.
LINGER_S: Final = 2.0

log = structlog.get_logger()


class Application(Protocol):
    """What the protocol serves."""

    limits: "Limits"
    subprotocols: Sequence[str]

    async def handle(self, request: Request) -> Reply:
        """Return the reply to a request; never raises."""
        ...

    def serves_websocket(self, path: str) -> bool:
        """Tell whether a websocket may be asked for there."""
        ...

    async def converse(self, request: Request, socket: WebSocket) -> None:
        """Accept or refuse a websocket, and serve it to its end; never raises."""
        ...


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """What one client may take: bytes, connections of one process, seconds."""

    max_body: int
    max_header: int
    max_connections: int
    idle_timeout_s: float
    read_timeout_s: float


class RefusedError(Exception):
    """The request breaks a limit: answer with this status and close."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


class HttpProtocol(asyncio.Protocol):
    """One connection. uvicorn makes it, counts it in `server_state`, and asks it to `shutdown` when it stops."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],  # noqa: ARG002  uvicorn passes it to every protocol
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        self._app = cast("Application", config.loaded_app)
        self._limits = self._app.limits
        self._state = server_state
        self._loop = _loop or asyncio.get_running_loop()
        self._transport: asyncio.Transport
        self._address: str | None = None
        self._parser: Any = httptools.HttpRequestParser(self)
        self._body: list[bytes] = []
        self._closing = False
        self._writable = True
        self._working = False
        self._waiting: deque[tuple[Request, bool]] = deque()
        self._deadline: float | None = None
        self._stream: _Stream | None = None
        self._in_head = False
        self._start_message()

    # What asyncio calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the connection, or turn it away when there are too many."""
        self._transport = cast("asyncio.Transport", transport)
        self._address = _remote_address(transport)
        self._state.connections.add(self)  # type: ignore[arg-type]  # the set names uvicorn's own classes
        self._deadline = self._loop.time() + self._limits.read_timeout_s
        if len(self._state.connections) > self._limits.max_connections:
            self._refuse(503, "Too many connections are open; please try again in a moment.")

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  whatever the reason, it is over
        """Forget the connection; a request in flight is finished, its reply dropped, and a stream ended."""
        self._state.connections.discard(self)
        self._closing = True
        if self._stream:
            self._stream.end()
        self._waiting.clear()
        self._parser = None  # it refers to us: without this, only the garbage collector could free the two

    def data_received(self, data: bytes) -> None:
        """Feed the parser, whose callbacks follow below."""
        if self._closing:
            return
        self._unfinished += len(data)
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserCallbackError as error:
            refused = error.__context__
            if not isinstance(refused, RefusedError):
                raise
            self._refuse(refused.status, refused.message)
        except httptools.HttpParserUpgrade:
            self._hand_over()
        except httptools.HttpParserError:
            self._refuse(400, "The request is not valid HTTP.")
        else:
            if self._in_head and self._unfinished > self._limits.max_header:
                self._refuse(431, f"The request's headers are larger than {self._limits.max_header} bytes.")

    def pause_writing(self) -> None:
        """Stop taking requests from a client that does not read its replies."""
        self._writable = False
        self._deadline = self._loop.time() + self._limits.read_timeout_s
        self._transport.pause_reading()
        if self._stream:
            self._stream.may_go_on.clear()

    def resume_writing(self) -> None:
        """Go on with what such a client has asked for."""
        self._writable = True
        if self._stream:
            self._deadline = None
            self._stream.may_go_on.set()
        self._rest_or_continue()

    # What uvicorn and the sweeper call.

    def shutdown(self) -> None:
        """Close now, or after the reply that is being worked on; one without an end ends here."""
        self._closing = True
        if not self._working:
            self._transport.close()
        elif self._stream and self._stream.endless:
            self._stream.end()

    def check_deadline(self, now: float) -> None:
        """Close a connection that rested, or dawdled over its request or our reply, for too long."""
        if self._deadline is None or now < self._deadline:
            return
        if self._closing or not self._writable:
            self._transport.abort()
        elif self._in_head or self._in_body:
            self._refuse(408, "The request took too long to arrive.")
        else:
            self._transport.close()

    # What the parser calls.

    def on_message_begin(self) -> None:
        """Start a new request."""
        self._start_message()
        self._in_head = True
        if not self._working:
            self._deadline = self._loop.time() + self._limits.read_timeout_s

    def on_url(self, url: bytes) -> None:
        """Take (a piece of) the request's target."""
        self._url += url
        self._count_head(len(url), status=414)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take one header; of equal names the last one counts, and trailers after the body count for nothing."""
        if self._in_body:
            return
        self._count_head(len(name) + len(value) + 4, status=431)
        self._headers[name.lower()] = value
        self._header_count += 1
        if self._header_count > MAX_HEADERS:
            raise RefusedError(431, f"The request has more than {MAX_HEADERS} headers.")

    def on_headers_complete(self) -> None:
        """Refuse a body that is too large before it arrives; invite one that waits to be invited."""
        self._in_head = False
        self._in_body = True
        if self._parser.should_upgrade():
            if not self._may_hand_over():
                raise RefusedError(400, "This server does not switch protocols.")
            return
        length = self._headers.get(b"content-length")
        if length is not None and int(length) > self._limits.max_body:
            raise self._too_large()
        if self._headers.get(b"expect", b"").lower() == b"100-continue":
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def on_body(self, body: bytes) -> None:
        """Take a piece of the body, whether its length was announced or it comes in chunks."""
        self._body.append(body)
        self._body_size += len(body)
        if self._body_size > self._limits.max_body:
            raise self._too_large()

    def on_message_complete(self) -> None:
        """Work on the request now, or when those before it are answered."""
        self._in_body = False
        if self._parser.should_upgrade():
            return
        path, _, query = self._url.partition(b"?")
        method = self._parser.get_method().decode("ascii")
        request = Request(method, path.decode("latin-1"), query, self._headers, b"".join(self._body), self._address)
        self._body = []
        keep_alive = self._parser.should_keep_alive()
        if self._working or not self._writable:
            self._waiting.append((request, keep_alive))
            if len(self._waiting) >= MAX_PIPELINED:
                self._transport.pause_reading()
        else:
            self._work_on(request, keep_alive=keep_alive)

    # Our own steps.

    def _may_hand_over(self) -> bool:
        """Tell whether a websocket is asked for where there is one, by a request that waits for no other."""
        path = self._url.partition(b"?")[0].decode("latin-1")
        is_websocket = self._headers.get(b"upgrade", b"").lower() == b"websocket"
        return is_websocket and not self._working and not self._waiting and self._app.serves_websocket(path)

    def _hand_over(self) -> None:
        """Leave the connection to a websocket."""
        path, _, query = self._url.partition(b"?")
        socket = WebSocket(self._state, self._app.subprotocols)
        self._state.connections.discard(self)
        self._closing = True
        socket.take_over(self._transport, handshake_head(self._url, self._headers))
        request = Request("GET", path.decode("latin-1"), query, self._headers, b"", self._address)
        task = self._loop.create_task(self._app.converse(request, socket))
        self._state.tasks.add(task)
        task.add_done_callback(self._state.tasks.discard)
        self._parser = None

    def _start_message(self) -> None:
        self._url = b""
        self._headers: dict[bytes, bytes] = {}
        self._body = []
        self._body_size = 0
        self._head_size = 0
        self._header_count = 0
        self._unfinished = 0
        self._in_body = False

    def _count_head(self, size: int, *, status: int) -> None:
        self._head_size += size
        self._unfinished = 0
        if self._head_size > self._limits.max_header:
            raise RefusedError(status, f"The request's head is larger than {self._limits.max_header} bytes.")

    def _too_large(self) -> RefusedError:
        return RefusedError(413, f"The request's body is larger than {self._limits.max_body} bytes.")

    def _work_on(self, request: Request, *, keep_alive: bool) -> None:
        self._working = True
        self._deadline = None
        task = self._loop.create_task(self._answer(request, keep_alive=keep_alive))
        self._state.tasks.add(task)
        task.add_done_callback(self._state.tasks.discard)

    async def _answer(self, request: Request, *, keep_alive: bool) -> None:
        reply = await self._app.handle(request)
        if isinstance(reply, StreamedReply):
            keep_alive = await self._write_pieces(reply, keep_alive=keep_alive, with_body=request.method != "HEAD")
        self._working = False
        self._state.total_requests += 1
        if self._transport.is_closing():
            return
        keep_alive = keep_alive and not self._closing
        if not isinstance(reply, StreamedReply):
            self._write(reply, keep_alive=keep_alive, with_body=request.method != "HEAD")
        if keep_alive:
            self._rest_or_continue()
        else:
            self._closing = True
            self._transport.close()

    def _rest_or_continue(self) -> None:
        """Take the next request that waits, or start the clock of an idle connection."""
        if self._working or not self._writable or self._closing:
            return
        if self._waiting:
            request, keep_alive = self._waiting.popleft()
            self._work_on(request, keep_alive=keep_alive)
        elif self._in_head or self._in_body:
            self._deadline = self._loop.time() + self._limits.read_timeout_s
        else:
            self._deadline = self._loop.time() + self._limits.idle_timeout_s
        if len(self._waiting) < MAX_PIPELINED and not self._transport.is_reading():
            self._transport.resume_reading()

    async def _write_pieces(self, reply: StreamedReply, *, keep_alive: bool, with_body: bool) -> bool:
        """Write a streamed reply until its end, that of the connection or ours; return whether to keep the connection.

        Whoever speaks HTTP/1.0 knows no chunks and takes the end of the connection for that of the body.
        """
        if self._transport.is_closing() or self._parser is None:
            await reply.pieces.aclose()
            return False
        chunked = self._parser.get_http_version() != "1.0"
        keep_alive = keep_alive and chunked and not self._closing
        framing = "Transfer-Encoding: chunked\r\n" if chunked else ""
        self._transport.write(self._head(reply, framing, keep_alive=keep_alive))
        if not with_body:
            await reply.pieces.aclose()
            return keep_alive
        self._stream = _Stream(reply, self._transport, chunked=chunked)
        if not self._writable:
            self._stream.may_go_on.clear()
        if self._closing and reply.endless:
            self._stream.end()
        is_whole = await self._stream.run()
        self._stream = None
        if not is_whole:
            self._transport.abort()
        return keep_alive

    def _write(self, reply: Reply, *, keep_alive: bool, with_body: bool = True) -> None:
        head = self._head(reply, f"Content-Length: {len(reply.body)}\r\n", keep_alive=keep_alive)
        self._transport.write(head + reply.body if with_body else head)

    def _head(self, reply: Reply, framing: str, *, keep_alive: bool) -> bytes:
        """Return a reply's status line and headers; `framing` is the line that tells where its body ends, if any."""
        lines = [
            _STATUS_LINES[reply.status],
            "Content-Type: ", reply.content_type, "\r\n",
            framing,
        ]  # fmt: skip
        for name, value in self._state.default_headers:
            lines += (name.decode("latin-1"), ": ", value.decode("latin-1"), "\r\n")
        for line in reply.headers:
            lines += (line, "\r\n")
        lines.append("\r\n" if keep_alive else "Connection: close\r\n\r\n")
        return "".join(lines).encode("latin-1", "replace")

    def _refuse(self, status: int, message: str) -> None:
        """Answer what never became a request, and close; a request in flight before it is answered first."""
        self._closing = True
        if self._working or self._transport.is_closing():
            return
        body = msgspec.json.format(
            msgspec.json.encode({"error": {"message": message, "type": "invalid_request_error"}}), indent=2
        )
        self._write(Reply(status, body + b"\n"), keep_alive=False)
        self._transport.write_eof()
        self._deadline = self._loop.time() + LINGER_S


class _Stream:
    """A streamed reply on its way: takes each piece when the client has read those before.

    Make it inside the running event loop.
    """

    def __init__(self, reply: StreamedReply, transport: asyncio.Transport, *, chunked: bool) -> None:
        self.endless = reply.endless
        self.may_go_on = asyncio.Event()
        self.may_go_on.set()
        self._pieces = reply.pieces
        self._transport = transport
        self._chunked = chunked
        self._task = asyncio.create_task(self._send())

    def end(self) -> None:
        """Let no more pieces be sent; what is half-way done for the next one is called off."""
        self._task.cancel()

    async def run(self) -> bool:
        """Return once it has ended: true when nothing of the body is missing, or more was never promised."""
        try:
            await asyncio.wait([self._task])
        finally:
            self._task.cancel()
        if self._task.cancelled():
            is_whole = self.endless
        else:
            is_whole = self._task.exception() is None
            if not is_whole:
                log.error("a streamed reply failed", exc_info=self._task.exception())
        if is_whole and self._chunked and not self._transport.is_closing():
            self._transport.write(b"0\r\n\r\n")
        return is_whole

    async def _send(self) -> None:
        async with aclosing(self._pieces):
            async for piece in self._pieces:
                await self.may_go_on.wait()
                if self._transport.is_closing():
                    return
                if piece:  # an empty chunk would be the end
                    self._transport.write(b"%x\r\n%b\r\n" % (len(piece), piece) if self._chunked else piece)


def _remote_address(transport: asyncio.BaseTransport) -> str | None:
    """Return the address at a connection's other end; a Unix socket has none."""
    peer = transport.get_extra_info("peername")
    return str(peer[0]) if isinstance(peer, tuple) else None


async def sweep_connections(server_state: ServerState, interval_s: float = 1.0) -> None:
    """Close connections whose deadline has passed, for as long as the task runs.

    One pass a second over all connections costs less than a timer for each request.
    """
    loop = asyncio.get_running_loop()
    while True:
        await asyncio.sleep(interval_s)
        now = loop.time()
        for connection in list(server_state.connections):
            cast("HttpProtocol", connection).check_deadline(now)
