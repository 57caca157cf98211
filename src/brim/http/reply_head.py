"""Writes the status line and headers of a reply: the one place where headers become bytes.

Whatever a header's text is made of, no reply can carry more headers than its handler named, and no second reply:
text with a control character in it is refused here.
"""

import re
from http import HTTPStatus
from typing import Final

from brim.base import json_codec
from brim.http.message import Reply

_STATUS_LINES: Final = {status.value: f"HTTP/1.1 {status.value} {status.phrase}\r\n" for status in HTTPStatus}

_ILLEGAL: Final = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
"""What no field value may hold; a tab and what is beyond ASCII are legal. Source: RFC 9110 section 5.5."""


class IllegalHeaderError(ValueError):
    """A reply's header holds a control character, or nothing; only the header's name is repeated."""

    def __init__(self, line: str) -> None:
        name = line.partition(":")[0]
        super().__init__(f"The header {name[:50]!r} holds a character that no header may have.")


class DefaultHeaders:
    """The headers that every reply has, such as the date: written out once for each list that uvicorn makes of them."""

    __slots__ = ("_list", "text")

    def __init__(self) -> None:
        self._list: list[tuple[bytes, bytes]] = []
        self.text = ""

    def written(self, headers: list[tuple[bytes, bytes]]) -> str:
        """Return these headers as lines."""
        if headers is not self._list:
            self._list = headers
            self.text = "".join(f"{name.decode('latin-1')}: {value.decode('latin-1')}\r\n" for name, value in headers)
        return self.text


def write_head(reply: Reply, framing: str, default_lines: str, *, keep_alive: bool) -> bytes:
    """Return a reply's status line and headers.

    Args:
        reply: the reply.
        framing: the line that tells where its body ends, with its end; empty for a body that ends with the connection.
        default_lines: what every reply has.
        keep_alive: whether the connection stays open.

    Raises:
        IllegalHeaderError: a header is not what a header may be.
    """
    headers = reply.headers
    # `isprintable` costs a tenth of the search, and it is true of nearly every reply.
    if not ("".join(headers).isprintable() and reply.content_type.isprintable() and all(headers)):
        _check_each(reply)
    lines = f"{line}\r\n" if (line := "\r\n".join(headers)) else ""
    end = "\r\n" if keep_alive else "Connection: close\r\n\r\n"
    head = f"{_STATUS_LINES[reply.status]}Content-Type: {reply.content_type}\r\n{framing}{default_lines}{lines}{end}"
    return head.encode("latin-1", "replace")


def json_refusal(status: int, message: str, headers: list[str] | None = None, *, kind: str) -> Reply:
    """Return an error in the API's form that the protocol itself answers with; `kind` is the error's `type`."""
    body = json_codec.encode({"error": {"message": message, "type": kind}})
    return Reply(status, json_codec.pretty(body), headers)


def _check_each(reply: Reply) -> None:
    for line in (f"Content-Type: {reply.content_type}", *reply.headers):
        if not line or _ILLEGAL.search(line):
            raise IllegalHeaderError(line)
