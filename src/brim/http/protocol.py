"""HTTP/1.1 on a connection: a lean protocol over httptools, plugged into uvicorn as its `http` class.

It reads whole requests within limits (`request_reader`), hands them to the application one at a time in order, and
writes whole replies, or pieces of one as they come, for a good deal less processor time than uvicorn's own ASGI
protocol (docs/adr/0003). A request to upgrade to another protocol is ignored, as RFC 9110 section 7.8 allows, unless
it is to a websocket where there is one.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from typing import Any, Final, Protocol, cast

import httptools
import structlog
from uvicorn.config import Config
from uvicorn.server import ServerState

from brim.http.admission import Guest, Held, Ticket
from brim.http.connections import make_room, remote_address
from brim.http.intake import Intake
from brim.http.message import ConstantReply, Reply, Request, StreamedReply
from brim.http.reply_head import DefaultHeaders, IllegalHeaderError, json_refusal, write_head
from brim.http.request_reader import RefusedError, RequestReader
from brim.http.streaming import Stream
from brim.http.websocket import WebSocket

# Requests that a client may send ahead of their replies before we stop reading from it.
MAX_PIPELINED: Final = 16
# After a refusal we go on reading, and dropping, for this long, so that the client gets to see the answer.
LINGER_S: Final = 2.0
# How long a stop waits for the first request of a connection: whoever had it in mind has sent it by then.
FIRST_REQUEST_S: Final = 0.5
# Bytes that may wait for a client unread and uncounted: little enough for as many connections as there may be.
HIGH_WATER: Final = 16 * 1024
_CONTINUE: Final = b"HTTP/1.1 100 Continue\r\n\r\n"
# Connections beyond the bound that are still told so; what comes on top is cut without a word.
_TOLD_TO_WAIT: Final = 256
_TRY_AGAIN: Final = ("Retry-After: 1", "Stripe-Should-Retry: true")
_CROWDED: Final = "Too many connections are open; please try again in a moment."
_UNFINISHED: Final = "Too many unfinished requests are being sent; please try again in a moment."

_defaults: Final = DefaultHeaders()

log = structlog.get_logger()


class Application(Protocol):
    """What the protocol serves."""

    intake: Intake
    subprotocols: Sequence[str]

    def admit(self, request: Request, guest: Guest | None) -> Ticket | Held | Reply | None:
        """Take a request before any work on it, hold it for a guest, or refuse it; None where nobody is refused."""
        ...

    async def handle(self, request: Request) -> Reply:
        """Return the reply to a request; never raises."""
        ...

    def serves_websocket(self, path: str) -> bool:
        """Tell whether a websocket may be asked for there."""
        ...

    async def converse(self, request: Request, socket: WebSocket) -> None:
        """Accept or refuse a websocket, and serve it to its end; never raises."""
        ...


class HttpProtocol(RequestReader):
    """One connection. uvicorn makes it, counts it in `server_state`, and asks it to `shutdown` when it stops."""

    is_stranger = False  # it rests between requests, and then anybody's may be closed

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],  # noqa: ARG002  uvicorn passes it to every protocol
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        self._app = cast("Application", config.loaded_app)
        self._intake = self._app.intake
        super().__init__(self._intake.limits)
        self._state = server_state
        self._loop = _loop or asyncio.get_running_loop()
        self._transport: asyncio.Transport
        self._address: str | None = None
        self._closing = False
        self._is_new = True  # nothing has been asked yet
        self._is_last = False  # the request that is on its way is the last one
        self._writable = True
        self._working = False
        self._waiting: deque[tuple[Request, bool, int]] = deque()
        self._held: tuple[Request, bool, int]  # what waits for a place among those that are worked on
        self._kept = 0  # bytes of requests that wait, or are worked on after they came in pieces
        self._deadline: float | None = None
        self._stream: Stream | None = None
        self._waits_for_invitation = False
        self._constant = 0  # bytes of a body that is on its way and would be there without this client
        self._rested_since = self._loop.time()

    # What asyncio calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the connection, or turn it away when there are too many and none of those rests."""
        self._transport = cast("asyncio.Transport", transport)
        self._transport.set_write_buffer_limits(HIGH_WATER)
        self._address = remote_address(transport)
        self._share = self._intake.open(self._address, self)
        self._state.connections.add(self)  # type: ignore[arg-type]  # the set names uvicorn's own classes
        self._deadline = self._loop.time() + self._limits.read_timeout_s
        connections, most = self._state.connections, self._limits.max_connections
        if not self._has_place() or (len(connections) > most and not make_room(connections, most, self)):
            self._turn_away()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  whatever the reason, it is over
        """Forget the connection; a request in flight is finished, its reply dropped, and a stream ended."""
        self._state.connections.discard(self)
        self._share.close()
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
            self._feed(data)
        except httptools.HttpParserCallbackError as error:
            refused = error.__context__
            if not isinstance(refused, RefusedError):
                raise
            self._refuse(refused.status, refused.message)
        except httptools.HttpParserError:
            self._refuse(400, "The request is not valid HTTP.")
        else:
            if self._in_head and self._unfinished > self._limits.max_header:
                self._refuse(431, f"The request's headers are larger than {self._limits.max_header} bytes.")
            elif (self._in_head or self._in_body) and not self._holds(max(self._incoming, len(data))):
                self._refuse(503, _UNFINISHED)  # half a header is nowhere counted but in the length of what has come

    def pause_writing(self) -> None:
        """Stop taking requests from a client that does not read its replies."""
        self._writable = False
        self._deadline = self._loop.time() + self._limits.read_timeout_s
        self._transport.pause_reading()
        if self._stream:
            self._stream.may_go_on.clear()
        if self._share.source is None:
            self._share.name_client(self._headers)
        if not self._share.owe(max(0, self._transport.get_write_buffer_size() - self._constant)):
            self._loop.call_soon(self._transport.abort)  # not now: the transport is writing

    def resume_writing(self) -> None:
        """Go on with what such a client has asked for."""
        self._writable = True
        self._share.owe(0)
        if self._stream:
            self._deadline = None
            self._stream.may_go_on.set()
        self._rest_or_continue()

    # What uvicorn and the sweeper call.

    def shutdown(self) -> None:
        """Close now, or after the reply to what is asked; one without an end ends here.

        A request that is on its way is taken, and so is the first one of a new connection: it may have been sent before
        anybody could know of the stop, and closing would answer it with a reset.
        """
        if self._working:
            self._closing = True
            if self._stream and self._stream.endless:
                self._stream.end()
        elif self._in_head or self._in_body or self._is_new:
            self._is_last = True
            self._loop.call_later(FIRST_REQUEST_S, self._close_if_new)
        else:
            self._closing = True
            self._transport.close()

    def _close_if_new(self) -> None:
        if self._is_new:
            self._transport.close()

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

    # What the parser calls at a request's beginning and end.

    def on_message_begin(self) -> None:
        """Start a new request."""
        self._start_message()
        self._in_head = True
        self._is_new = False
        if not self._working:
            self._deadline = self._loop.time() + self._limits.read_timeout_s

    def on_message_complete(self) -> None:
        """Work on the request now, or when those before it are answered."""
        self._in_body = False
        self._waits_for_invitation = False
        if self._parser.should_upgrade():
            return
        path, _, query = self._url.partition(b"?")
        method = self._parser.get_method().decode("ascii")
        request = Request(method, path.decode("latin-1"), query, self._headers, b"".join(self._body), self._address)
        self._body = []
        keep_alive = self._parser.should_keep_alive() and not self._is_last
        if self._working or not self._writable:
            size = self._incoming
            if not self._holds(size):
                raise RefusedError(503, _UNFINISHED)
            self._kept += size
            self._waiting.append((request, keep_alive, size))
            if len(self._waiting) >= MAX_PIPELINED:
                self._transport.pause_reading()
            return
        size = self._share.held - self._kept  # none for a request that came at once
        self._kept += size
        self._work_on(request, keep_alive=keep_alive, size=size)

    # What admission calls for a request that is held.

    @property
    def is_gone(self) -> bool:
        """Whether the client is gone."""
        return self._transport.is_closing()

    def take_place(self, ticket: Ticket) -> None:
        """Begin to work on the request that was held."""
        request, keep_alive, size = self._held
        self._begin(request, ticket, keep_alive=keep_alive, size=size)

    def refuse(self, reply: Reply) -> None:
        """Answer the request that was held too long."""
        request, keep_alive, size = self._held
        self._shed(reply, request, keep_alive=keep_alive, size=size)

    # Our own steps.

    @property
    def rested_since(self) -> float | None:
        """Since when nothing has been asked here; None while something is."""
        is_busy = self._working or self._waiting or self._in_head or self._in_body or self._closing
        return None if is_busy or self._transport.get_write_buffer_size() else self._rested_since

    @property
    def source(self) -> str | None:
        """Where the connection comes from, as connections are counted."""
        return self._share.source

    def let_go(self) -> None:
        """Close a connection that rests, to make room."""
        self._closing = True
        self._state.connections.discard(self)
        self._share.close()
        self._transport.close()

    def drop_unfinished(self) -> None:
        """Give up the requests that nobody works on, and close, to make room for others."""
        self._refuse(503, _UNFINISHED)
        self._drop_requests()

    def drop_unsent(self) -> None:
        """Give up what the client does not read, and close, to make room for others."""
        self._share.owe(0)
        self._transport.abort()

    def _holds(self, incoming: int) -> bool:
        """Tell whether there is room for what has come of a request, besides what is kept."""
        if self._share.source is None:
            self._share.name_client(self._headers)
        return self._share.hold(self._kept + incoming)

    def _feed(self, data: bytes) -> None:
        """Parse what has come. Whoever asks for another protocol gets a websocket, or goes on as if they had not."""
        rest: bytes | memoryview = data
        while (end := self._parse(rest)) is not None:
            rest = memoryview(rest)[end:]
            if self._may_hand_over():
                self._hand_over(bytes(rest))
                return
            self._parse_without_upgrade()

    def _has_place(self) -> bool:
        """Tell whether there is a place for this connection among those of its client."""
        most, source = self._limits.max_connections_per_address, self._share.source
        return not self._share.is_crowded or make_room(self._state.connections, most, self, source=source)

    def _turn_away(self) -> None:
        if len(self._state.connections) > self._limits.max_connections + _TOLD_TO_WAIT:
            self._closing = True
            self._transport.abort()
        else:
            self._refuse(503, _CROWDED)

    def _invite(self) -> None:
        """Invite the body that waits for it once the requests before it are answered; old clients know no such answer.

        Source: RFC 9110 section 10.1.1.
        """
        self._waits_for_invitation = self._working or bool(self._waiting) or not self._writable
        if not self._waits_for_invitation and self._parser.get_http_version() != "1.0":
            self._transport.write(_CONTINUE)

    def _may_hand_over(self) -> bool:
        """Tell whether a websocket is asked for where there is one, by a request that waits for no other."""
        headers = self._headers
        if headers.get(b"upgrade", b"").lower() != b"websocket" or self._working or self._waiting:
            return False
        if self._parser.get_method() != b"GET" or self._parser.get_http_version() == "1.0":
            return False
        if b"transfer-encoding" in headers or headers.get(b"content-length", b"0") != b"0":
            return False
        return self._app.serves_websocket(self._url.partition(b"?")[0].decode("latin-1"))

    def _hand_over(self, rest: bytes) -> None:
        """Leave the connection to a websocket; `rest` is what came after the head."""
        path, _, query = self._url.partition(b"?")
        self._share.adopt(self._headers)
        if not self._has_place():
            self._refuse(503, _CROWDED)
            return
        socket = WebSocket(self._state, self._intake, self._share, self._app.subprotocols)
        self._state.connections.discard(self)
        self._closing = True
        self._share.hold(0)
        self._parser = None
        if not socket.take_over(self._transport, [*self._repeated, *self._headers.items()], rest):
            return
        request = Request("GET", path.decode("latin-1"), query, self._headers, b"", self._address)
        task = self._loop.create_task(self._app.converse(request, socket))
        self._state.tasks.add(task)
        task.add_done_callback(self._state.tasks.discard)

    def _work_on(self, request: Request, *, keep_alive: bool, size: int, may_wait: bool = True) -> None:
        entry = self._app.admit(request, self if may_wait else None)
        if entry is None or isinstance(entry, Ticket):
            self._begin(request, entry, keep_alive=keep_alive, size=size)
        elif isinstance(entry, Reply):
            self._shed(entry, request, keep_alive=keep_alive, size=size)
        else:
            self._working = True
            self._deadline = None
            self._held = (request, keep_alive, size)

    def _begin(self, request: Request, ticket: Ticket | None, *, keep_alive: bool, size: int) -> None:
        self._working = True
        self._deadline = None
        task = self._loop.create_task(self._answer(request, ticket, keep_alive=keep_alive, size=size))
        self._state.tasks.add(task)
        task.add_done_callback(self._state.tasks.discard)

    def _shed(self, refusal: Reply, request: Request, *, keep_alive: bool, size: int) -> None:
        """Answer a request that was never worked on."""
        self._working = False
        self._release(size)
        self._finish(refusal, request, keep_alive=keep_alive)

    def _release(self, size: int) -> None:
        """Give back what was kept of a request."""
        if size:
            self._kept -= size
            self._share.hold(self._share.held - size)

    async def _answer(self, request: Request, ticket: Ticket | None, *, keep_alive: bool, size: int) -> None:
        reply = await self._app.handle(request)
        if ticket is not None:
            ticket.leave()
        self._release(size)
        if isinstance(reply, StreamedReply):
            keep_alive = await self._write_pieces(reply, keep_alive=keep_alive, with_body=request.method != "HEAD")
        self._working = False
        self._finish(reply, request, keep_alive=keep_alive)

    def _finish(self, reply: Reply, request: Request, *, keep_alive: bool) -> None:
        """Write a whole reply, and go on with what is asked next, or close."""
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
            request, keep_alive, size = self._waiting.popleft()
            # It has waited behind another one: with every one held in turn, the last would wait for very long.
            self._work_on(request, keep_alive=keep_alive, size=size, may_wait=False)
        elif self._in_head or self._in_body:
            self._deadline = self._loop.time() + self._limits.read_timeout_s
            if self._waits_for_invitation:
                self._invite()
        else:
            self._rested_since = now = self._loop.time()
            self._deadline = now + self._limits.idle_timeout_s
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
        try:
            head = self._head(reply, framing, keep_alive=keep_alive)
        except IllegalHeaderError as error:
            await reply.pieces.aclose()
            self._write(_spoilt(error), keep_alive=keep_alive, with_body=with_body)
            return keep_alive
        self._transport.write(head)
        if not with_body:
            await reply.pieces.aclose()
            return keep_alive
        self._stream = Stream(reply, self._transport, chunked=chunked)
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
        try:
            head = self._head(reply, f"Content-Length: {len(reply.body)}\r\n", keep_alive=keep_alive)
        except IllegalHeaderError as error:
            self._write(_spoilt(error), keep_alive=keep_alive, with_body=with_body)
            return
        if not with_body:
            self._transport.write(head)
        elif len(reply.body) <= HIGH_WATER:
            self._transport.write(head + reply.body)
        else:  # what the transport cannot send at once it keeps as it is: a copy would be this connection's own
            self._constant = len(reply.body) if isinstance(reply, ConstantReply) else 0
            self._transport.writelines((head, reply.body))
            self._constant = 0

    def _head(self, reply: Reply, framing: str, *, keep_alive: bool) -> bytes:
        defaults = _defaults.written(self._state.default_headers)
        return write_head(reply, framing, defaults, keep_alive=keep_alive)

    def _refuse(self, status: int, message: str) -> None:
        """Answer what never became a request, and close; a request in flight before it is answered first."""
        self._closing = True
        if self._working or self._transport.is_closing():
            return
        headers = [*_TRY_AGAIN] if status == 503 else None
        self._write(json_refusal(status, message, headers, kind="invalid_request_error"), keep_alive=False)
        self._transport.write_eof()
        self._drop_requests()
        self._deadline = self._loop.time() + LINGER_S

    def _drop_requests(self) -> None:
        """Forget the requests that nobody works on: those that wait, and what has come of the next one."""
        self._kept -= sum(size for _, _, size in self._waiting)
        self._waiting.clear()
        self._start_message()
        self._share.hold(self._kept)


def _spoilt(error: IllegalHeaderError) -> Reply:
    """Return what is answered instead of a reply whose headers are not what headers may be."""
    log.error("a response had an invalid header", reason=str(error))
    return json_refusal(500, "Something went wrong. The server's log has the details.", kind="api_error")
