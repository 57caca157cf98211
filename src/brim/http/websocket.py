"""A websocket on a connection: taken over from the HTTP protocol once a client asks for one.

Frames, handshake and closing are the `websockets` library's, whose core does no input or output of its own. What a
client may make us do and keep is bounded here: it is read from a little at a time and in turn with all other
websockets, and not at all while it is not read what it sent, or does not read what it is sent.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from typing import Final, Protocol

from uvicorn.server import ServerState
from websockets.datastructures import Headers
from websockets.exceptions import InvalidState
from websockets.frames import CloseCode, Frame, Opcode
from websockets.http11 import Request as Handshake
from websockets.protocol import State
from websockets.server import ServerProtocol
from websockets.typing import Subprotocol

from brim.http.intake import Intake, Share

MAX_MESSAGE: Final = 256 * 1024
MAX_FRAGMENTS: Final = 1_000
"""Pieces of one message: browsers make a few of the longest one, and an empty piece says nothing."""

MAX_CONTROL_FRAMES: Final = 100
"""Pings and their answers in one second; the official CLI pings every two seconds."""

SILENT_FOR_S: Final = 30.0
"""Whoever says nothing, or reads nothing, for so long is gone; the official CLI pings every two seconds."""

_SLICE: Final = 2_048
"""Bytes that one websocket may have taken apart in one turn of the loop: with empty frames, two milliseconds' work."""

_MAX_UNREAD_BYTES: Final = 64 * 1024
_MAX_UNREAD: Final = 100
"""Messages, or their bytes, that wait for the conversation before we stop reading."""

_CLOSE_WITHIN_S: Final = 3.0
_NORMAL: Final = 1000
_NEVER: Final = float("inf")
_PLAIN_HEAD: Final = b"GET / HTTP/1.1\r\n\r\n"
"""For the library, which wants to read a head itself; the true one was read by a stricter parser."""

_received: Final = memoryview(bytearray(_SLICE))
"""Where the system writes what it received; each connection copies it at once."""


class Socket(Protocol):
    """A websocket, as a conversation uses it: one on the network, or one inside the process."""

    def accept(self) -> None:
        """Agree to the handshake."""
        ...

    def mark_known(self) -> None:
        """Keep the connection whoever else needs its place: its client has shown who they are."""
        ...

    def refuse(self, status: int, text: str) -> None:
        """Answer the handshake with an error."""
        ...

    async def receive(self) -> str | None:
        """Return the next text message; None when there will be none."""
        ...

    async def send(self, text: str) -> None:
        """Send a text message."""
        ...

    def ping(self) -> None:
        """Ask for a sign of life."""
        ...

    def shutdown(self) -> None:
        """Say goodbye."""
        ...


class WebSocket(asyncio.BufferedProtocol):
    """One websocket, as the server sees it and as a conversation uses it.

    uvicorn counts it in `server_state` and asks it to `shutdown` when it stops; the sweeper checks its deadline.

    Args:
        server_state: what uvicorn counts.
        intake: the process's bounds.
        share: what the connection takes of them; it is closed with the connection.
        subprotocols: those that there are.
    """

    def __init__(self, server_state: ServerState, intake: Intake, share: Share, subprotocols: Sequence[str]) -> None:
        self._state = server_state
        self._turns = intake.turns
        self._share = share
        self._loop = asyncio.get_running_loop()
        self._core = ServerProtocol(subprotocols=[Subprotocol(name) for name in subprotocols], max_size=MAX_MESSAGE)
        self._transport: asyncio.Transport
        self._arrived = b""
        self._is_queued = False
        self._message = bytearray()
        self._fragments = 0
        self._control_frames = 0
        self._counted_from = 0.0
        self._unread: deque[str] = deque()
        self._unread_bytes = 0
        self._ended = False
        self._stirred = asyncio.Event()
        self._writable = asyncio.Event()
        self._writable.set()
        self._deadline = self._loop.time() + SILENT_FOR_S
        self._strangers = intake.strangers
        self._opened = self._loop.time()
        share.owner = self

    # What a conversation does.

    def accept(self) -> None:
        """Agree to the handshake, and begin to read."""
        if self._ended:  # it gave way to others
            return
        self._core.send_response(self._response)
        self._flush()
        self._read_on()

    def mark_known(self) -> None:
        """Keep the connection whoever else needs its place."""
        self._strangers.forget(self)

    def refuse(self, status: int, text: str) -> None:
        """Answer the handshake with an error."""
        if self._ended:  # it gave way to others
            return
        self._core.send_response(self._core.reject(status, text))
        self._end()

    async def receive(self) -> str | None:
        """Return the next text message; None when there will be none."""
        while not self._unread:
            if self._ended:
                return None
            self._stirred.clear()
            await self._stirred.wait()
        text = self._unread.popleft()
        self._unread_bytes -= len(text)
        self._hold()
        self._read_on()
        return text

    async def send(self, text: str) -> None:
        """Send a text message once the client reads what it was sent before; to one that is gone, nothing is sent."""
        while not self._writable.is_set():  # another sender may have come first
            await self._writable.wait()
        try:
            self._core.send_text(text.encode())
        except InvalidState:  # it is closing
            return
        self._flush()

    def ping(self) -> None:
        """Ask the client for a sign of life, which every browser gives; a silent one's connection is cut in time."""
        if not self._writable.is_set():
            return
        try:
            self._core.send_ping(b"")
        except InvalidState:  # it is closing
            return
        self._flush()

    # What asyncio calls.

    def take_over(self, transport: asyncio.Transport, headers: Sequence[tuple[bytes, bytes]], rest: bytes) -> bool:
        """Tell whether a handshake is one; else it is refused. Nothing more is read before it is accepted.

        Args:
            transport: the connection.
            headers: those of the handshake.
            rest: what came after it.
        """
        self._transport = transport
        self._state.connections.add(self)  # type: ignore[arg-type]  # the set names uvicorn's own classes
        self._strangers.admit(self)
        transport.pause_reading()
        transport.set_protocol(self)
        self._core.receive_data(_PLAIN_HEAD)
        self._core.events_received()
        pairs = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in headers]
        self._response = self._core.accept(Handshake("/", Headers(pairs)))
        if self._response.status_code != 101:
            self._core.send_response(self._response)
            self._end()
            return False
        self._arrived = rest
        return True

    def get_buffer(self, sizehint: int) -> memoryview:  # noqa: ARG002  no more than a slice is wanted
        """Return where to write what was received."""
        return _received

    def buffer_updated(self, nbytes: int) -> None:
        """Take what was received, and no more until its turn has come."""
        self._arrived = bytes(_received[:nbytes])
        self._deadline = self._loop.time() + SILENT_FOR_S
        self._transport.pause_reading()
        self._read_on()

    def eof_received(self) -> None:
        """Close when the client does."""
        self._core.receive_eof()
        self._flush()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  whatever the reason, it is over
        """End the conversation."""
        self._state.connections.discard(self)
        self._strangers.forget(self)
        self._share.close()
        self._arrived = b""
        self._message = bytearray()
        self._writable.set()
        self._core.receive_eof()
        self._stop_receiving()

    def pause_writing(self) -> None:
        """Make a conversation wait whose client does not read; what that client sends is not read either."""
        self._writable.clear()
        self._deadline = self._loop.time() + SILENT_FOR_S
        if not self._transport.is_closing():
            self._transport.pause_reading()
        if not self._share.owe(self._transport.get_write_buffer_size()):
            self._loop.call_soon(self._transport.abort)  # not now: the transport is writing

    def resume_writing(self) -> None:
        """Let it go on."""
        self._writable.set()
        self._share.owe(0)
        self._read_on()

    # What uvicorn, the sweeper and the turns call.

    def shutdown(self) -> None:
        """Say goodbye; the client closes, and comes back a moment later."""
        try:
            self._core.send_close(_NORMAL)
        except InvalidState:
            self._transport.close()
            return
        self._flush()
        self._begin_to_close()

    def check_deadline(self, now: float) -> None:
        """Cut the connection of a client that is silent, does not read or does not close."""
        if now >= self._deadline:
            self._transport.abort()

    @property
    def is_stranger(self) -> bool:
        """Whether its client has not shown who they are."""
        return self in self._strangers

    @property
    def rested_since(self) -> float | None:
        """Since when a stranger has had the connection; somebody who is known keeps it."""
        return self._opened if self.is_stranger else None

    @property
    def source(self) -> str | None:
        """Where the connection comes from, as connections are counted."""
        return self._share.source

    def let_go(self) -> None:
        """Close a stranger's connection, to make room."""
        self._strangers.forget(self)
        self._state.connections.discard(self)
        self._share.close()
        if self._core.state is State.CONNECTING:
            self._core.send_response(self._core.reject(503, "Too many connections are open.\n"))
        else:
            self._fail(CloseCode.TRY_AGAIN_LATER, "others need the connection")
        self._end()
        self._loop.call_later(_CLOSE_WITHIN_S, self._transport.abort)  # the sweeper sees it no more

    def drop_unfinished(self) -> None:
        """Give up what nobody has read yet, and close, to make room for others."""
        self._fail(CloseCode.TRY_AGAIN_LATER, "too much is being sent at once")
        self._unread.clear()
        self._unread_bytes = 0
        self._hold()
        self._flush()
        self._begin_to_close()

    def drop_unsent(self) -> None:
        """Give up what the client does not read, and close, to make room for others."""
        self._share.owe(0)
        self._transport.abort()

    def take_turn(self) -> None:
        """Take apart what has arrived; pings are answered by the way."""
        self._is_queued = False
        data, self._arrived = self._arrived[:_SLICE], self._arrived[_SLICE:]
        if self._transport.is_closing():
            return
        self._core.receive_data(data)
        for event in self._core.events_received():
            if isinstance(event, Frame):
                self._take(event)
        if not self._hold():
            self._fail(CloseCode.TRY_AGAIN_LATER, "too much is being sent at once")
        self._flush()
        if self._core.close_expected():
            self._begin_to_close()
        self._read_on()

    # Our own steps.

    @property
    def _is_behind(self) -> bool:
        """Whether the conversation has enough to read."""
        return self._unread_bytes >= _MAX_UNREAD_BYTES or len(self._unread) >= _MAX_UNREAD

    def _read_on(self) -> None:
        """Go on with what has arrived, or with reading, unless somebody has to catch up first."""
        if self._is_queued or self._transport.is_closing() or not self._writable.is_set():
            return
        if self._is_behind and not self._ended:
            self._deadline = _NEVER  # it is not the client's fault
        elif self._arrived:
            self._is_queued = True
            self._turns.queue(self)
        elif not self._transport.is_reading():
            if not self._ended:
                self._deadline = self._loop.time() + SILENT_FOR_S
            self._transport.resume_reading()

    def _take(self, frame: Frame) -> None:
        """Take a frame; a message may come in several."""
        if frame.opcode not in {Opcode.TEXT, Opcode.BINARY, Opcode.CONT}:
            self._count_control_frame()
            return
        self._message += frame.data
        self._fragments += 1
        if not frame.fin:
            if self._fragments > MAX_FRAGMENTS:
                self._fail(CloseCode.POLICY_VIOLATION, "too many fragments")
            return
        message = self._message.decode("utf-8", "replace")
        self._message = bytearray()
        self._fragments = 0
        if not self._ended:
            self._unread.append(message)
            self._unread_bytes += len(message)
            self._stirred.set()

    def _count_control_frame(self) -> None:
        now = self._loop.time()
        if now - self._counted_from >= 1:
            self._counted_from, self._control_frames = now, 0
        self._control_frames += 1
        if self._control_frames > MAX_CONTROL_FRAMES:
            self._fail(CloseCode.POLICY_VIOLATION, "too many control frames")

    def _hold(self) -> bool:
        """Tell whether there is room for what is kept of the client's: half a frame, half a message, unread ones."""
        half_a_frame = len(self._arrived) + len(self._core.reader.buffer)
        return self._share.hold(half_a_frame + len(self._message) + self._unread_bytes)

    def _fail(self, code: CloseCode, reason: str) -> None:
        """Say why nothing more is taken, and close."""
        if not self._core.eof_sent:
            self._core.fail(code, reason)
        self._arrived = b""
        self._message = bytearray()

    def _begin_to_close(self) -> None:
        """Wait a little for the client's end of the connection."""
        if not self._ended:
            self._deadline = self._loop.time() + _CLOSE_WITHIN_S
        self._stop_receiving()

    def _stop_receiving(self) -> None:
        """Let the conversation know that there will be no more messages."""
        self._ended = True
        self._stirred.set()

    def _end(self) -> None:
        """Write what is left, and close."""
        self._flush()
        self._begin_to_close()
        self._transport.close()

    def _flush(self) -> None:
        """Write what the library has to say; an empty piece is its word for the end."""
        pieces = self._core.data_to_send()
        if not pieces or self._transport.is_closing():
            return
        said = b"".join(pieces)
        if said:
            self._transport.write(said)
        if not pieces[-1]:
            self._transport.close()
