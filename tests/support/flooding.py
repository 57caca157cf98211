"""Floods a server, as somebody does who has shown no key: `python flooding.py HOST:PORT KIND SECONDS KEY`.

The key is for what only a pane of the Shell can do that was opened with one.

It runs as a process of its own, so that its work does not slow down whoever measures the server. It prints `SENT` once
the server has all that is sent once, or refuses more of it, and goes on until it is ended, or the time is up.
"""

import base64
import json
import os
import selectors
import socket
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from typing import Final, cast

SUBPROTOCOLS: Final = {"/shell/socket": "brim-shell-v1", "/subscribe/acct_1/test": "stripecli-devproxy-v1"}
_NO_MASK: Final = b"\0\0\0\0"
_PIECE: Final = 65_536
_PATIENCE_S: Final = 30.0
SENT: Final = "sent"


def tell_sent() -> None:
    """Tell whoever measures that the flood is there."""
    print(SENT, flush=True)


def frame(opcode: int, data: bytes = b"", *, fin: bool = True, length: int | None = None) -> bytes:
    """Return a client's frame; with a length of its own it is one that is never finished."""
    length = len(data) if length is None else length
    size = bytes([0x80 | length]) if length < 126 else bytes([0x80 | 127]) + length.to_bytes(8, "big")
    return bytes([(0x80 if fin else 0) | opcode]) + size + _NO_MASK + data


def handshake(place: str, path: str = "/shell/socket") -> bytes:
    """Return what opens a websocket, as a page of the server does."""
    return (
        f"GET {path} HTTP/1.1\r\nHost: {place}\r\nOrigin: http://{place}\r\n"
        "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}\r\n"
        f"Sec-WebSocket-Protocol: {SUBPROTOCOLS[path]}\r\n\r\n"
    ).encode()


def connect(place: str) -> socket.socket:
    host, _, port = place.rpartition(":")
    return socket.create_connection((host, int(port)), timeout=_PATIENCE_S)


def open_websocket(place: str) -> socket.socket:
    """Return a connection on which a websocket was accepted."""
    connection = connect(place)
    connection.sendall(handshake(place))
    answer = b""
    while b"\r\n\r\n" not in answer:
        answer += connection.recv(4096)
    assert answer.startswith(b"HTTP/1.1 101 "), answer
    return connection


def pour(connections: list[socket.socket], flood: bytes, seconds: float) -> int:
    """Send one text again and again on all connections without reading; return how many bytes were taken."""
    selector = selectors.DefaultSelector()
    begun = dict.fromkeys(connections, 0)
    untold = dict.fromkeys(connections, min(len(flood), _PIECE))  # what each of them has to take until it is told
    for connection in connections:
        connection.setblocking(False)
        selector.register(connection, selectors.EVENT_WRITE)
    ends, taken = time.monotonic() + seconds, 0
    while selector.get_map() and (left := ends - time.monotonic()) > 0:
        for ready, _ in selector.select(left):
            connection = cast("socket.socket", ready.fileobj)
            try:
                sent = connection.send(flood[begun[connection] :])
                begun[connection] = (begun[connection] + sent) % len(flood)
                taken += sent
            except BlockingIOError:
                continue
            except OSError:  # the server has had enough
                selector.unregister(ready.fileobj)
                sent = _PIECE
            if connection in untold:
                untold[connection] -= sent
                if untold[connection] <= 0:
                    del untold[connection]
                    if not untold:
                        tell_sent()
    if left := max(0.0, ends - time.monotonic()):
        time.sleep(left)
    return taken


def pour_websockets(count: int, beginning: bytes, again: bytes) -> Callable[[str, float], int]:
    """Return a flood over so many websockets."""

    def run(place: str, seconds: float) -> int:
        connections = [open_websocket(place) for _ in range(count)]
        for connection in connections:
            with suppress(OSError):  # the server has had enough
                connection.sendall(beginning)
        return pour(connections, again * (_PIECE // len(again) or 1), seconds)

    return run


def send_halves(count: int, half: Callable[[str], bytes]) -> Callable[[str, float], int]:
    """Return a flood of so many requests or messages of which the end never comes, all at once."""

    def run(place: str, seconds: float) -> int:
        ends, taken, connections = time.monotonic() + seconds, 0, []
        for _ in range(count):
            connection = connect(place)
            connections.append(connection)
            try:
                connection.sendall(half(place))
                taken += 1
            except OSError:  # the server has had enough
                continue
        tell_sent()
        time.sleep(max(0.0, ends - time.monotonic()))
        return taken

    return run


def pour_into_pane(place: str, seconds: float) -> int:
    """Flood a pane that works with a key and whose page never reads what it is sent."""
    connection = open_websocket(place)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    for message in ({"type": "key", "key": sys.argv[4]}, {"type": "run", "line": "stripe help"}):
        connection.sendall(frame(1, json.dumps(message).encode()))
    long = {"type": "complete", "id": 1, "line": "stripe " + " " * 250_000, "cursor": 7}
    return pour([connection], frame(1, json.dumps(long).encode()), seconds)


def leave_unread(count: int, path: str) -> Callable[[str, float], int]:
    """Return a flood of so many connections that ask four times for something long and read none of it."""

    def run(place: str, seconds: float) -> int:
        host, _, port = place.rpartition(":")
        with ExitStack() as stack:
            for _ in range(count):
                connection = stack.enter_context(socket.socket())
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
                connection.connect((host, int(port)))
                connection.sendall(f"GET {path} HTTP/1.1\r\nHost: {place}\r\n\r\n".encode() * 4)
            tell_sent()
            time.sleep(seconds)
        return count

    return run


HEAD: Final = "POST /v1/topups HTTP/1.1\r\nHost: x\r\n"
FLOODS: Final[dict[str, Callable[[str, float], int]]] = {
    "empty continuations": pour_websockets(4, frame(1, fin=False), frame(0, fin=False)),
    "pings": pour_websockets(20, b"", frame(9, b"p" * 125)),
    "empty pings": pour_websockets(20, b"", frame(9)),
    "pongs": pour_websockets(4, b"", frame(10)),
    "messages that say nothing": pour_websockets(4, b"", frame(1, b"{}")),
    "empty messages": pour_websockets(20, b"", frame(1)),
    "a pane that does not read": pour_into_pane,
    "half messages": pour_websockets(300, frame(1, b"x" * 250_000, length=256_000), b"x"),
    "messages in small pieces": pour_websockets(100, frame(1, b"x", fin=False), frame(0, b"x", fin=False)),
    "messages before an answer": send_halves(
        100, lambda place: handshake(place) + frame(1, b"x" * 250_000, fin=False) + frame(9) * 10_000
    ),
    "half bodies": send_halves(
        400, lambda _: f"{HEAD}Content-Length: 1048576\r\n\r\n".encode() + b"a" * 1_048_575
    ),
    "half chunks": send_halves(
        400, lambda _: f"{HEAD}Transfer-Encoding: chunked\r\n\r\n100000\r\n".encode() + b"a" * 1_048_575
    ),
    "bodies that wait": send_halves(
        50,
        lambda place: b"".join(
            [
                f"GET /readyz HTTP/1.1\r\nHost: {place}\r\n\r\n".encode(),
                *[f"{HEAD}Content-Length: 1000000\r\n\r\n".encode() + b"a" * 1_000_000] * 15,
                f"{HEAD}Content-Length: 1000001\r\n\r\n".encode() + b"a" * 1_000_000,
            ]
        ),
    ),
    "replies that nobody reads": leave_unread(400, "/openapi.json"),
    "half heads": send_halves(
        1_000, lambda _: (HEAD + "".join(f"A{number}: {'b' * 4_000}\r\n" for number in range(7))).encode()
    ),
}  # fmt: skip

if __name__ == "__main__":
    FLOODS[sys.argv[2]](sys.argv[1], float(sys.argv[3]))
