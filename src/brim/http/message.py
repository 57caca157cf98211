"""A request and its reply, as the rooms of the API see them: no framework, and whole but for streamed replies."""

from collections.abc import AsyncGenerator
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from brim.base.actor import Actor

JSON: Final = "application/json"


class Request:
    """One whole request.

    `headers` has lower-case names; `path` is as sent, still percent-encoded; `address` is whom the connection leads to,
    such as `203.0.113.7`, None where there is no network between. `operator` is set by pages: who is
    signed in. `credentials` is what stands for them in memory, once that was needed.
    """

    __slots__ = ("address", "body", "credentials", "headers", "method", "operator", "path", "query")

    def __init__(
        self,
        method: str,
        path: str,
        query: bytes,
        headers: dict[bytes, bytes],
        body: bytes,
        address: str | None = None,
    ) -> None:
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body
        self.address = address
        self.operator: Actor | None = None
        self.credentials: bytes | None = None

    @property
    def by_operator(self) -> bool:
        """Whether a page asks for somebody who is signed in."""
        return self.operator is not None

    def header(self, name: bytes) -> str | None:
        """Return a header's text, or None."""
        value = self.headers.get(name)
        return None if value is None else value.decode("latin-1").strip()


class Reply:
    """One whole reply. `headers` are complete lines without their ends; length and date are the protocol's."""

    __slots__ = ("body", "content_type", "headers", "status")

    def __init__(self, status: int, body: bytes, headers: list[str] | None = None, content_type: str = JSON) -> None:
        self.status = status
        self.body = body
        self.headers = headers or []
        self.content_type = content_type


class ConstantReply(Reply):
    """A reply whose body is the same object for everybody, so that clients who do not read it cost no memory."""

    __slots__ = ()


class StreamedReply(Reply):
    """A reply whose body comes in pieces: a long file, or news for as long as somebody listens.

    The protocol takes the next piece once the client has read those before, and closes `pieces` when the client goes.

    Args:
        status: the HTTP status.
        pieces: the body; what it raises cuts the connection, so that nobody takes half of a file for all of it.
        headers: complete lines without their ends.
        content_type: of the whole.
        endless: whether it ends only when somebody ends it, so that a server that stops does not wait for it.
    """

    __slots__ = ("endless", "pieces")

    def __init__(
        self,
        status: int,
        pieces: AsyncGenerator[bytes, None],
        headers: list[str] | None = None,
        content_type: str = JSON,
        *,
        endless: bool = False,
    ) -> None:
        super().__init__(status, b"", headers, content_type)
        self.pieces = pieces
        self.endless = endless
