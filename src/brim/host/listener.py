"""The TCP socket that clients connect to: opened once, before anything slow, and shared by all API processes.

Its neighbour `unix_socket` has the other one. Whoever holds them holds the queue of connections not yet accepted, so
none is lost while an API process is replaced.
"""

import asyncio
import errno
import socket
from collections.abc import Callable
from typing import Final

from brim.base.errors import BrimError
from brim.platform.settings import LISTEN_BACKLOG

_POLL_S: Final = 0.02
_WILDCARDS: Final = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  recognised, not listened on


class TakenError(BrimError):
    """Another program listens there; it may stop doing so."""


class PortTakenError(TakenError):
    """Another program listens on the port."""

    def __init__(self, host: str, port: int) -> None:
        super().__init__(
            f"Port {port} on {host} is in use by another program. Stop that one, or choose another port with --port."
        )


class CannotListenError(BrimError):
    """The address is not one that this machine can listen on."""

    def __init__(self, host: str, port: int, reason: str) -> None:
        super().__init__(f"Cannot listen on {host}, port {port}: {reason}. Choose others with --host and --port.")


def open_listener(host: str, port: int) -> socket.socket:
    """Return a listening TCP socket.

    Args:
        host: an address or a name.
        port: 0 means any free one.

    Raises:
        PortTakenError: another program listens there.
        CannotListenError: there can be no listening there.
    """
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        return socket.create_server((str(address[0]), int(address[1])), family=family, backlog=LISTEN_BACKLOG)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise PortTakenError(host, port) from None
        raise CannotListenError(host, port, error.strerror or str(error)) from None


async def wait_for_listener(host: str, port: int, *, patience_s: float) -> socket.socket:
    """Return a listening socket as `open_listener` does; a taken port is tried again for `patience_s` first."""
    return await open_patiently(lambda: open_listener(host, port), patience_s=patience_s)


async def open_patiently(open_one: Callable[[], socket.socket], *, patience_s: float) -> socket.socket:
    """Return what `open_one` returns; while another program listens there, try again for `patience_s`."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + patience_s
    while True:
        try:
            return open_one()
        except TakenError:
            if loop.time() >= deadline:
                raise
        await asyncio.sleep(_POLL_S)


def listener_url(listener: socket.socket) -> str:
    """Return the URL under which a client on this machine reaches the socket."""
    host, port = _reachable_address(listener)
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


async def wait_until_answering(listener: socket.socket) -> None:
    """Return once whoever accepts from the socket answers a health check."""
    while not await _answers(listener):  # noqa: ASYNC110  another process is waited for: it sets no event of ours
        await asyncio.sleep(_POLL_S)


async def _answers(listener: socket.socket) -> bool:
    """Tell whether a health check succeeds; the question waits in the socket's queue until somebody accepts it."""
    try:
        reader, writer = await asyncio.open_connection(*_reachable_address(listener))
    except OSError:
        return False
    try:
        writer.write(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        return (await reader.readline()).startswith(b"HTTP/1.1 200")
    except OSError:  # the process that accepted it died
        return False
    finally:
        writer.close()


def _reachable_address(listener: socket.socket) -> tuple[str, int]:
    host, port = listener.getsockname()[:2]
    return _WILDCARDS.get(host, host), port
