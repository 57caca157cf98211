"""The proxy through which webhooks leave: it is asked to connect to an address that was vetted, never to a name.

What a name stands for is looked up and judged here, as without a proxy; so nothing is left for the proxy to decide but
whether it connects. TLS is spoken through it with the endpoint, for the name in the URL. The operator has chosen the
proxy, so its own address is not judged.
"""

import asyncio
import re
from base64 import b64encode
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final, NamedTuple, cast
from urllib.parse import unquote, urlsplit

from brim.platform.egress.targets import Address, Target, TargetUnreachableError

_MOST_READ: Final = 16 * 1024
_STATUS_LINE: Final = re.compile(rb"HTTP/1\.[01] (\d{3})[ \r]")

_NO_HTTP: Final = "did not answer as HTTP proxies do"
_CLOSED: Final = "closed the connection without an answer"


class ProxyError(TargetUnreachableError):
    """The proxy makes no connection; the sentence names neither its address nor what is said to it."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"The proxy for webhooks {reason}.")


@contextmanager
def aborted_on_failure(transport: asyncio.Transport) -> Iterator[None]:
    """Cut a connection if what is done with it fails or is cancelled."""
    try:
        yield
    except BaseException:
        transport.abort()
        raise


class EgressProxy(NamedTuple):
    """Where the proxy is, as a target that is dialled, and what it is told of who we are."""

    target: Target
    authorization: str | None = None

    @classmethod
    def from_url(cls, url: str) -> "EgressProxy":
        """Return the proxy of a setting, `http://[user:password@]host[:port]`; the port is 80 where none is named."""
        parts = urlsplit(url)
        target = Target("http", parts.hostname or "", parts.port or 80, "/")
        if parts.username is None:
            return cls(target)
        credentials = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        return cls(target, "Basic " + b64encode(credentials.encode()).decode("ascii"))

    async def find_addresses(self, resolve: Callable[[str, str], Awaitable[Sequence[Address]]]) -> Sequence[Address]:
        """Return the addresses of the proxy.

        Raises:
            ProxyError: its name cannot be looked up.
        """
        try:
            return self.target.own_addresses or await resolve(self.target.host, "")
        except OSError:
            raise ProxyError("could not be reached: its name could not be looked up") from None

    async def connect(self, proxy_addresses: Sequence[Address], address: Address, port: int) -> asyncio.Transport:
        """Return a connection to an address, through the proxy; nothing was said on it yet.

        Raises:
            ProxyError: there is none.
        """
        reply = await self._dial(proxy_addresses)
        with aborted_on_failure(reply.transport):
            reply.transport.write(_write_connect(address, port, self.authorization))
            failure = await reply.failure
            # What is closed now would never tell so to whoever takes it over.
            if failure or reply.transport.is_closing():
                raise ProxyError(failure or _CLOSED)
        return reply.transport

    async def _dial(self, addresses: Sequence[Address]) -> "_Reply":
        """Return a connection to the first of the proxy's addresses that takes the call."""
        loop = asyncio.get_running_loop()
        for address in addresses:
            try:
                _, reply = await loop.create_connection(_Reply, str(address), self.target.port)
            except OSError:
                continue
            return reply
        raise ProxyError("could not be reached")


class _Reply(asyncio.Protocol):
    """What a proxy answers to CONNECT: `failure` is why there is no connection, None where there is one."""

    transport: asyncio.Transport

    def __init__(self) -> None:
        self.failure: asyncio.Future[str | None] = asyncio.get_running_loop().create_future()
        self._head = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._head += data
        head, end, rest = self._head.partition(b"\r\n\r\n")
        if end:
            self._finish(_read_reply(head + b"\r", rest))
        elif len(self._head) > _MOST_READ:
            self._finish(_NO_HTTP)

    def eof_received(self) -> bool:
        self._finish(_CLOSED)
        return False

    def connection_lost(self, _exc: Exception | None) -> None:
        self._finish(_CLOSED)

    def _finish(self, failure: str | None) -> None:
        if not self.failure.done():
            self.failure.set_result(failure)


def _read_reply(head: bytes, rest: bytes) -> str | None:
    """Return why a proxy's answer is no connection; None where it is one."""
    line = _STATUS_LINE.match(head)
    if not line:
        return _NO_HTTP
    status = int(line[1])
    if status in {401, 407}:  # some say 401 where the password is wrong
        return f"refused the connection: it asks for another user name or password (HTTP {status})"
    if not 200 <= status < 300:
        return f"refused the connection or could not make it (HTTP {status})"
    # Whoever is connected to speaks second, so bytes that come with the answer are the proxy's own.
    return "sent more than an answer" if rest else None


def _write_connect(address: Address, port: int, authorization: str | None) -> bytes:
    host = f"[{address}]:{port}" if address.version == 6 else f"{address}:{port}"
    lines = [f"CONNECT {host} HTTP/1.1", f"Host: {host}"]
    if authorization is not None:
        lines.append(f"Proxy-Authorization: {authorization}")
    return "\r\n".join([*lines, "\r\n"]).encode("ascii")
