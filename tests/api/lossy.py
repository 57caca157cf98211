"""A network that loses a reply: what a client cannot tell from a request that never arrived."""

import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Final
from urllib.parse import urlsplit

_MANY_BYTES: Final = 65536


@contextmanager
def losing_first_reply(url: str) -> Iterator[str]:
    """Yield a URL that leads to the service: the first request gets through, and its reply is lost."""
    place = urlsplit(url)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        relay = _Relay(listener, (place.hostname or "", place.port or 0))
        relay.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        relay.stop()


class _Relay(threading.Thread):
    """Passes connections on, one after the other, until it is stopped."""

    def __init__(self, listener: socket.socket, upstream: tuple[str, int]) -> None:
        super().__init__()
        self._listener = listener
        self._upstream = upstream
        self._open: list[socket.socket] = [listener]

    def run(self) -> None:
        with ExitStack() as opened, suppress(OSError):
            for number in range(100):
                client, _ = self._listener.accept()
                opened.callback(client.close)
                server = opened.enter_context(socket.create_connection(self._upstream))
                self._open += [client, server]
                sender = threading.Thread(target=_pump, args=(client, server))
                sender.start()
                opened.callback(sender.join)
                if number == 0:
                    server.recv(_MANY_BYTES)
                else:
                    _pump(server, client)
                _hang_up(client, server)

    def stop(self) -> None:
        _hang_up(*self._open)  # closing alone would not wake a thread that waits
        self.join()


def _pump(source: socket.socket, target: socket.socket) -> None:
    """Copy bytes until either side hangs up."""
    with suppress(OSError):
        while received := source.recv(_MANY_BYTES):
            target.sendall(received)


def _hang_up(*connections: socket.socket) -> None:
    for connection in connections:
        with suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)
