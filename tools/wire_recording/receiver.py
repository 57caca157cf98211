"""A catcher of webhooks on loopback. It answers 200, and until it is healed 500 at addresses with `/failing`."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple


class Caught(NamedTuple):
    """One webhook as it came."""

    path: str
    headers: Sequence[tuple[str, str]]
    body: str


class Receiver:
    """What was caught so far.

    Attributes:
        url: where webhooks are sent to.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self._caught: list[Caught] = []
        self._lock = threading.Lock()
        self._healed = threading.Event()

    def add(self, caught: Caught) -> None:
        """Keep one more."""
        with self._lock:
            self._caught.append(caught)

    def heal(self) -> None:
        """Answer 200 everywhere from now on."""
        self._healed.set()

    def status_at(self, path: str) -> int:
        """Return what is answered at an address."""
        return 500 if path.startswith("/failing") and not self._healed.is_set() else 200

    def all(self) -> list[Caught]:
        """Return all that was caught so far."""
        with self._lock:
            return list(self._caught)


@contextmanager
def receiving() -> Iterator[Receiver]:
    """Catch webhooks until the block ends."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.receiver = receiver = Receiver(f"http://127.0.0.1:{server.server_port}")  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "receiver"
    sys_version = ""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0"))).decode()
        receiver: Receiver = self.server.receiver  # type: ignore[attr-defined]
        receiver.add(Caught(self.path, self.headers.items(), body))
        said = b"received"
        with suppress(ConnectionError):  # who sent it was killed meanwhile
            self.send_response(receiver.status_at(self.path))
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base class decides the name
        """Print nothing."""
