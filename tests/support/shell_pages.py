"""The Shell's page over its websocket, as the script of the page uses it.

The library's own synchronous client reads and writes in two threads, which OpenSSL forbids for one TLS connection
(openssl/openssl#20446): about one connection in a thousand hung until its test was ended.
"""

import json
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from websockets.asyncio.client import ClientConnection
from websockets.asyncio.client import connect as connect_socket
from websockets.typing import Origin, Subprotocol

from tests.support.background_loop import BackgroundLoop

PATIENCE_S = 60.0


class Page:
    """What a page's script would say and hear."""

    def __init__(self, socket: ClientConnection, loop: BackgroundLoop) -> None:
        self._socket = socket
        self._loop = loop

    def say(self, kind: str, **values: object) -> None:
        self.say_raw(json.dumps({"type": kind, **values}))

    def say_raw(self, text: str) -> None:
        self._loop.wait_for(self._socket.send(text), PATIENCE_S)

    def hear(self) -> dict[str, Any]:
        message: dict[str, Any] = json.loads(self._loop.wait_for(self._socket.recv(), PATIENCE_S))
        return message

    def sign_in(self, key: str) -> dict[str, Any]:
        """Give the key and return what is answered."""
        assert self.hear() == {"type": "key_needed"}
        self.say("key", key=key)
        return self.hear()

    def run(self, line: str) -> tuple[int, str]:
        """Run a line to its end and return its status and what it printed."""
        self.say("run", line=line)
        printed = ""
        while True:
            message = self.hear()
            if message["type"] == "done":
                return message["status"], printed
            assert message["type"] == "output"
            printed += message["text"]

    def hear_until(self, wanted: str) -> str:
        """Return what is printed up to the message that holds a text."""
        printed = ""
        while wanted not in printed:
            printed += self.hear()["text"]
        return printed


@contextmanager
def open_page(url: str, origin: str | None = None, *, context: ssl.SSLContext | None = None) -> Iterator[Page]:
    """Open a pane, as a page of the service itself does or as one of another origin; an empty one is none."""
    given = Origin(origin or url) if origin != "" else None
    address = f"ws{url.removeprefix('http')}/shell/socket"
    loop = BackgroundLoop()
    try:
        connecting = connect_socket(
            address,
            origin=given,
            ssl=context,
            subprotocols=[Subprotocol("brim-shell-v1")],
            open_timeout=PATIENCE_S,
            close_timeout=PATIENCE_S,
            proxy=None,
        )
        socket = loop.wait_for(connecting, PATIENCE_S)
        try:
            yield Page(socket, loop)
        finally:
            loop.wait_for(socket.close(), PATIENCE_S)
    finally:
        loop.close()
