"""Plain HTTP to one server: each request on a connection of its own, each reply byte for byte."""

import http.client
import json
import socket
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple, TypeAlias
from urllib.parse import urlencode, urlsplit

Form: TypeAlias = Mapping[str, object] | Sequence[tuple[str, object]]

TIMEOUT_S: Final = 60.0
_READ_AT_ONCE: Final = 65_536


class Reply(NamedTuple):
    """One answer; `headers` in the order and the spelling in which they came."""

    status: int
    reason: str
    headers: Sequence[tuple[str, str]]
    text: str

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.text)

    def header(self, name: str) -> str | None:
        """Return the first header of a name, in any spelling."""
        return next((value for each, value in self.headers if each.lower() == name.lower()), None)


class Wire:
    """Sends requests to one address.

    Attributes:
        url: such as `http://127.0.0.1:40123`.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self._host = urlsplit(url).hostname or ""
        self._port = urlsplit(url).port or 80

    def send(self, method: str, target: str, *, body: bytes | None = None, headers: Mapping[str, str]) -> Reply:
        """Send a request and return the answer."""
        connection = http.client.HTTPConnection(self._host, self._port, timeout=TIMEOUT_S)
        try:
            connection.request(method, target, body, {"User-Agent": "record-wire", **headers})
            answer = connection.getresponse()
            text = answer.read().decode("utf-8", "backslashreplace")
            return Reply(answer.status, answer.reason, answer.getheaders(), text)
        finally:
            connection.close()

    def send_raw(self, request: bytes) -> str:
        """Send bytes as they are and return all that is answered until the server ends the connection."""
        with socket.create_connection((self._host, self._port), timeout=TIMEOUT_S) as connection:
            connection.sendall(request)
            connection.shutdown(socket.SHUT_WR)
            answer = b""
            while some := connection.recv(_READ_AT_ONCE):
                answer += some
        return answer.decode("utf-8", "backslashreplace")


def encode(form: Form) -> str:
    """Return a form as a body or a query has it; brackets and addresses stay readable."""
    return urlencode(form, safe="[]:/")
