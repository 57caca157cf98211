"""The Shell's page over its websocket, as the script of the page uses it."""

import json
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from websockets.sync.client import ClientConnection
from websockets.sync.client import connect as connect_socket
from websockets.typing import Origin, Subprotocol

PATIENCE_S = 60.0


class Page:
    """What a page's script would say and hear."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket

    def say(self, kind: str, **values: object) -> None:
        self._socket.send(json.dumps({"type": kind, **values}))

    def say_raw(self, text: str) -> None:
        self._socket.send(text)

    def hear(self) -> dict[str, Any]:
        message: dict[str, Any] = json.loads(self._socket.recv(timeout=PATIENCE_S))
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
    with connect_socket(
        address,
        origin=given,
        ssl=context,
        subprotocols=[Subprotocol("brim-shell-v1")],
        open_timeout=PATIENCE_S,
        close_timeout=PATIENCE_S,
        proxy=None,
    ) as socket:
        yield Page(socket)
