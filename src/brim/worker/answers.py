"""What a worker says of itself over HTTP, where it is given a port: that it lives, that it can work, its metrics.

For those who watch it, and for nobody else: it takes one short request a connection, and few connections.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Final

import structlog

from brim.core.gauges import Gauges
from brim.platform.database import Database
from brim.platform.readiness import find_obstacle
from brim.platform.telemetry import metrics

_LONGEST_HEAD: Final = 8 * 1024
_MOST_AT_ONCE: Final = 16
_PATIENCE_S: Final = 15.0
_PLAIN: Final = "text/plain; charset=utf-8"
_TITLES: Final = {200: "OK", 404: "Not Found", 503: "Service Unavailable"}

_log = structlog.get_logger()


@asynccontextmanager
async def answering(host: str, port: int | None, database: Database, gauges: Gauges) -> AsyncIterator[int | None]:
    """Answer requests meanwhile, and yield the port; without a port nothing is answered.

    Raises:
        OSError: the port is taken.
    """
    if port is None:
        yield None
        return
    answers = _Answers(database, gauges)
    server = await asyncio.start_server(answers.serve, host, port, limit=_LONGEST_HEAD)
    bound: int = server.sockets[0].getsockname()[1]
    _log.info("worker serves health checks", host=host, port=bound)
    try:
        yield bound
    finally:
        server.close()


class _Answers:
    """Answers one request on each connection."""

    def __init__(self, database: Database, gauges: Gauges) -> None:
        self._database = database
        self._gauges = gauges
        self._open = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer and hang up; whoever is one too many, slow or unreadable is told nothing."""
        self._open += 1
        try:
            if self._open <= _MOST_AT_ONCE:
                async with asyncio.timeout(_PATIENCE_S):
                    head = await reader.readuntil(b"\r\n\r\n")
                    writer.write(await self._answer(head))
                    await writer.drain()
        except (TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, OSError):
            return
        finally:
            self._open -= 1
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    async def _answer(self, head: bytes) -> bytes:
        method, _, rest = head.partition(b" ")
        path = rest.partition(b" ")[0].partition(b"?")[0]
        if method != b"GET":
            return _reply(404, b"Only GET.\n")
        if path == b"/healthz":
            return _reply(200, b"ok\n")
        if path == b"/readyz":
            obstacle = await find_obstacle(self._database)
            return _reply(200, b"ok\n") if obstacle is None else _reply(503, obstacle.encode() + b"\n")
        if path == b"/metrics":
            return _reply(200, metrics.render_metrics(await self._gauges.read()), metrics.CONTENT_TYPE)
        return _reply(404, b"Only /healthz, /readyz and /metrics.\n")


def _reply(status: int, body: bytes, content_type: str = _PLAIN) -> bytes:
    lines = [
        f"HTTP/1.1 {status} {_TITLES[status]}",
        f"Content-Type: {content_type}",
        f"Content-Length: {len(body)}",
        "Connection: close",
    ]
    return "\r\n".join([*lines, "\r\n"]).encode() + body
