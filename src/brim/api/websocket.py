"""A websocket on a connection: taken over from the HTTP protocol once a client asks for one.

Frames, handshake and closing are the `websockets` library's, whose core does no input or output of its own.
"""

import asyncio
from collections.abc import Sequence
from typing import Final, Protocol

from uvicorn.server import ServerState
from websockets.exceptions import InvalidState
from websockets.frames import Frame, Opcode
from websockets.http11 import Request as Handshake
from websockets.server import ServerProtocol
from websockets.typing import Subprotocol

MAX_MESSAGE: Final = 256 * 1024
SILENT_FOR_S: Final = 30.0
"""Whoever says nothing for so long is gone; the official CLI pings every two seconds."""

_CLOSE_WITHIN_S: Final = 3.0
_NORMAL: Final = 1000
_MAX_UNREAD: Final = 1_000


class Socket(Protocol):
    """A websocket, as a conversation uses it: one on the network, or one inside the process."""

    def accept(self) -> None:
        """Agree to the handshake."""
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


class WebSocket(asyncio.Protocol):
    """One websocket, as the server sees it and as a conversation uses it.

    uvicorn counts it in `server_state` and asks it to `shutdown` when it stops; the sweeper checks its deadline.
    """

    def __init__(self, server_state: ServerState, subprotocols: Sequence[str]) -> None:
        self._state = server_state
        self._loop = asyncio.get_running_loop()
        self._core = ServerProtocol(subprotocols=[Subprotocol(name) for name in subprotocols], max_size=MAX_MESSAGE)
        self._transport: asyncio.Transport
        self._handshake: Handshake
        self._pieces: list[bytes] = []
        self._messages: asyncio.Queue[str | None] = asyncio.Queue()
        self._writable = asyncio.Event()
        self._writable.set()
        self._deadline = self._loop.time() + SILENT_FOR_S
        self._closing = False

    # What a conversation does.

    def accept(self) -> None:
        """Agree to the handshake; one that is no valid handshake is refused."""
        response = self._core.accept(self._handshake)
        self._core.send_response(response)
        self._flush()
        if response.status_code != 101:
            self._transport.close()

    def refuse(self, status: int, text: str) -> None:
        """Answer the handshake with an error."""
        self._core.send_response(self._core.reject(status, text))
        self._flush()
        self._transport.close()

    async def receive(self) -> str | None:
        """Return the next text message; None when there will be none."""
        return await self._messages.get()

    async def send(self, text: str) -> None:
        """Send a text message once the client reads what it was sent before; to one that is gone, nothing is sent."""
        await self._writable.wait()
        try:
            self._core.send_text(text.encode())
        except InvalidState:  # it is closing
            return
        self._flush()

    def ping(self) -> None:
        """Ask the client for a sign of life, which every browser gives; a silent one's connection is cut in time."""
        try:
            self._core.send_ping(b"")
        except InvalidState:  # it is closing
            return
        self._flush()

    # What asyncio calls.

    def take_over(self, transport: asyncio.Transport, head: bytes) -> None:
        """Go on with a connection on which the head of a handshake has arrived."""
        self._transport = transport
        self._state.connections.add(self)  # type: ignore[arg-type]  # the set names uvicorn's own classes
        transport.set_protocol(self)
        self._core.receive_data(head)
        for event in self._core.events_received():
            if isinstance(event, Handshake):
                self._handshake = event

    def data_received(self, data: bytes) -> None:
        """Take in frames; pings are answered by the way."""
        self._deadline = self._loop.time() + SILENT_FOR_S
        self._core.receive_data(data)
        for event in self._core.events_received():
            if isinstance(event, Frame):
                self._take(event)
        self._flush()
        if self._core.close_expected() and not self._closing:
            self._closing = True
            self._deadline = self._loop.time() + _CLOSE_WITHIN_S
            self._messages.put_nowait(None)

    def eof_received(self) -> None:
        """Close when the client does."""
        self._core.receive_eof()
        self._flush()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  whatever the reason, it is over
        """End the conversation."""
        self._state.connections.discard(self)
        self._writable.set()
        self._core.receive_eof()
        self._messages.put_nowait(None)

    def pause_writing(self) -> None:
        """Make a conversation wait whose client does not read."""
        self._writable.clear()

    def resume_writing(self) -> None:
        """Let it go on."""
        self._writable.set()

    # What uvicorn and the sweeper call.

    def shutdown(self) -> None:
        """Say goodbye; the client closes, and comes back a moment later."""
        try:
            self._core.send_close(_NORMAL)
        except InvalidState:
            self._transport.close()
            return
        self._flush()
        self._deadline = self._loop.time() + _CLOSE_WITHIN_S
        self._messages.put_nowait(None)

    def check_deadline(self, now: float) -> None:
        """Cut the connection of a client that is silent or does not close."""
        if now >= self._deadline:
            self._transport.abort()

    # Our own steps.

    def _take(self, frame: Frame) -> None:
        """Take a frame; a message may come in several."""
        if frame.opcode not in {Opcode.TEXT, Opcode.BINARY, Opcode.CONT}:
            return
        self._pieces.append(bytes(frame.data))
        if not frame.fin:
            return
        message, self._pieces = b"".join(self._pieces), []
        if self._messages.qsize() >= _MAX_UNREAD:  # nobody acknowledges a thousand messages in one moment
            self._transport.abort()
            return
        self._messages.put_nowait(message.decode("utf-8", "replace"))

    def _flush(self) -> None:
        """Write what the library has to say; an empty piece is its word for the end."""
        for piece in self._core.data_to_send():
            if self._transport.is_closing():
                return
            if piece:
                self._transport.write(piece)
            else:
                self._transport.close()


def handshake_head(url: bytes, headers: dict[bytes, bytes]) -> bytes:
    """Return a request's head as it may have come, for the library to read."""
    lines = [b"GET " + url + b" HTTP/1.1", *(name + b": " + value for name, value in headers.items()), b"", b""]
    return b"\r\n".join(lines)
