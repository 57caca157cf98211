"""A request for a page, as its handler sees it."""

from collections.abc import Mapping, Sequence
from functools import cached_property

from brim.base.public_url import PublicUrl
from brim.http.form import decode_pairs
from brim.http.message import Request
from brim.http.multipart import Part, decode_multipart, file_bytes, is_multipart
from brim.http.parameter_errors import MalformedMultipartError, TooManyParametersError


class Visit:
    """One request for a page.

    Attributes:
        request: as it came.
        path_params: what stands in the path at the placeholders of the route's pattern, unquoted.
        public: where people reach the pages; None where that is not set.
    """

    def __init__(self, request: Request, path_params: Mapping[str, str], public: PublicUrl | None = None) -> None:
        self.request = request
        self.path_params = path_params
        self.public = public

    @property
    def address(self) -> str:
        """The path with its query."""
        query = self.request.query.decode("latin-1")
        return f"{self.request.path}?{query}" if query else self.request.path

    @cached_property
    def query(self) -> Mapping[str, str]:
        """The parameters after the path's question mark; of equal names the last one counts."""
        return dict(_pairs(self.request.query))

    @cached_property
    def form(self) -> Mapping[str, str]:
        """The fields of a form that was sent; of equal names the last one counts."""
        return dict(self.form_pairs)

    @cached_property
    def form_pairs(self) -> Sequence[tuple[str, str]]:
        """The fields of a form in their order, for those that come more than once."""
        content_type = self.request.headers.get(b"content-type", b"")
        if not is_multipart(content_type):
            return _pairs(self.request.body)
        return [(part.name, part.text) for part in self._parts]

    @property
    def files(self) -> Mapping[str, tuple[str, bytes]]:
        """The files of a form by their field: what each is called, and its bytes; none where none was chosen."""
        return {part.name: (part.file_name, file_bytes(part.text)) for part in self._parts if part.file_name}

    @cached_property
    def _parts(self) -> Sequence[Part]:
        """The fields of a form that holds files: nothing where it is none."""
        try:
            return decode_multipart(self.request.headers.get(b"content-type", b""), self.request.body)
        except MalformedMultipartError:
            return ()

    @cached_property
    def cookies(self) -> Mapping[str, str]:
        """The browser's cookies, as they came."""
        pairs = (cookie.partition("=") for cookie in (self.request.header(b"cookie") or "").split(";"))
        return {name.strip(): value.strip() for name, _, value in pairs}

    @property
    def accepts_gzip(self) -> bool:
        """Whether the browser takes a packed reply."""
        return "gzip" in (self.request.header(b"accept-encoding") or "")

    @property
    def accepts_page(self) -> bool:
        """Whether a person's browser asks, rather than a program."""
        return "text/html" in (self.request.header(b"accept") or "")


def _pairs(data: bytes) -> Sequence[tuple[str, str]]:
    """Return what a query or a form holds: nothing where it is more than any page sends."""
    try:
        return decode_pairs(data)
    except TooManyParametersError:
        return ()
