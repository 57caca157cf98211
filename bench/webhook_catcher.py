"""A web server that takes webhooks as fast as it can and tells when each event came: `/arrivals` answers with that.

What is sent to `/dead` gets no answer. Run as `python -m bench.webhook_catcher PORT`.
"""

import asyncio
import re
import sys
import time
from typing import Final

import msgspec
import uvloop

_EVENT: Final = re.compile(rb'"id": "(evt_\w+)"')
_LENGTH: Final = re.compile(rb"content-length: (\d+)", re.IGNORECASE)
_OK: Final = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
_arrivals: list[tuple[str, str, int]] = []


class Catcher(asyncio.Protocol):
    """One connection, one request."""

    def __init__(self) -> None:
        self._received = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment]

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, _, body = self._received.partition(b"\r\n\r\n")
        length = _LENGTH.search(head)
        if len(body) < (int(length[1]) if length else 0) or not self._transport:
            return
        path = head.split(b" ", 2)[1].decode()
        if path == "/arrivals":
            told = msgspec.json.encode(_arrivals)
            _arrivals.clear()
            self._transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(told) + told)
        elif path != "/dead" and (event := _EVENT.search(body)):
            _arrivals.append((event[1].decode(), path, time.time_ns()))
            self._transport.write(_OK)
        if path != "/dead":
            self._transport.close()


async def _serve(port: int) -> None:
    server = await asyncio.get_running_loop().create_server(Catcher, "127.0.0.1", port, backlog=4096)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(_serve(int(sys.argv[1])))
