"""What the parser calls as a request arrives, up to its end: what has come of it, and the limits that it must keep.

`protocol` has the connection: it feeds the parser, works on whole requests and writes replies. It is a subclass, for
the parser calls its methods for each piece of each request, and a second object between the two would cost a call each.
"""

import asyncio
import re
from abc import abstractmethod
from typing import Any, Final

import httptools

from brim.http.intake import Limits
from brim.http.multipart import is_multipart

MAX_HEADERS: Final = 100
# Source: RFC 3986 section 3.2.2, and RFC 9110 section 7.2.
_HOST: Final = re.compile(rb"(?:\[[0-9A-Fa-fvV:.]+\]|[A-Za-z0-9._~!$&'()*+,;=%-]*)(?::[0-9]*)?")


class RefusedError(Exception):
    """The request breaks a limit: answer with this status and close."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


class RequestReader(asyncio.Protocol):
    """Collects one request after the other; callbacks raise `RefusedError` for what breaks a limit.

    Framing is llhttp's in its strict mode, which refuses a Content-Length beside Transfer-Encoding, two lengths, bad
    chunks.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._parser: Any = httptools.HttpRequestParser(self)
        self._good_host = b""
        self._in_head = False
        self._start_message()

    def _start_message(self) -> None:
        """Forget what has come of a request, to begin the next one."""
        self._url = b""
        self._headers: dict[bytes, bytes] = {}
        self._repeated: tuple[tuple[bytes, bytes], ...] = ()
        self._body: list[bytes] = []
        self._body_size = 0
        self._max_body = self._limits.max_body
        self._head_size = 0
        self._unfinished = 0
        self._in_body = False

    @abstractmethod
    def _invite(self) -> None:
        """Invite the body that a client waits to send."""

    # What the parser calls; the connection has what it calls at a request's beginning and end.

    def on_url(self, url: bytes) -> None:
        """Take (a piece of) the request's target."""
        self._url += url
        self._head_size += len(url)
        self._unfinished = 0
        if self._head_size > self._limits.max_header:
            raise self._large_head(414)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take one header; of equal names the last one counts, and trailers after the body count for nothing."""
        if self._in_body:
            return
        self._head_size += len(name) + len(value) + 4
        self._unfinished = 0
        if self._head_size > self._limits.max_header:
            raise self._large_head(431)
        name = name.lower()
        headers = self._headers
        if name in headers:
            self._repeated = (*self._repeated, (name, headers[name]))
        headers[name] = value

    def on_headers_complete(self) -> None:
        """Refuse a body that is too large before it arrives; invite one that waits to be invited."""
        self._in_head = False
        self._in_body = True
        if len(self._headers) + len(self._repeated) > MAX_HEADERS:
            raise RefusedError(431, f"The request has more than {MAX_HEADERS} headers.")
        if self._headers.get(b"host") != self._good_host or self._repeated:
            self._check_host()
        if self._parser.should_upgrade():
            if self._parser.get_method() == b"CONNECT":
                raise RefusedError(400, "This server isn't a proxy.")
            return
        length = self._headers.get(b"content-length")
        self._max_body = self._limits.max_body
        if is_multipart(self._headers.get(b"content-type", b"")):
            self._max_body = max(self._max_body, self._limits.max_upload)
        if length is not None and int(length) > self._max_body:
            raise self._too_large()
        if self._headers.get(b"expect", b"").lower() == b"100-continue":
            self._invite()

    def on_body(self, body: bytes) -> None:
        """Take a piece of the body, whether its length was announced or it comes in chunks."""
        self._body.append(body)
        self._body_size += len(body)
        if self._body_size > self._max_body:
            raise self._too_large()

    # What the connection calls.

    @property
    def _incoming(self) -> int:
        """How many bytes have come of the request that is arriving."""
        return self._head_size + self._unfinished + self._body_size

    def _parse(self, data: bytes | memoryview) -> int | None:
        """Return where a head ends that asks for another protocol; None when all was parsed."""
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            return int(upgrade.args[0])
        return None

    def _parse_without_upgrade(self) -> None:
        """Parse the same head once more without its header Upgrade, for this parser takes no body after one."""
        version = self._parser.get_http_version().encode()
        lines = [b"%b %b HTTP/%b" % (self._parser.get_method(), self._url, version)]
        headers = [*self._repeated, *self._headers.items()]
        lines += [name + b": " + value for name, value in headers if name != b"upgrade"]
        self._parser = httptools.HttpRequestParser(self)
        self._parser.feed_data(b"\r\n".join(lines) + b"\r\n\r\n")

    # Its own steps.

    def _check_host(self) -> None:
        """Refuse a request that names no host or several. Source: RFC 9112 section 3.2."""
        host = self._headers.get(b"host")
        if host is None:
            if self._parser.get_http_version() == "1.0":
                return
            raise RefusedError(400, "The request has no Host header.")
        if any(name == b"host" for name, _ in self._repeated):
            raise RefusedError(400, "The request has more than one Host header.")
        if not _HOST.fullmatch(host):
            raise RefusedError(400, "The request's Host header is not valid.")
        self._good_host = host

    def _large_head(self, status: int) -> RefusedError:
        return RefusedError(status, f"The request's head is larger than {self._limits.max_header} bytes.")

    def _too_large(self) -> RefusedError:
        return RefusedError(413, f"The request's body is larger than {self._max_body} bytes.")
