"""A request for a page, as its handler sees it."""

from collections.abc import Mapping, Sequence
from functools import cached_property

from brim.base.public_url import PublicUrl
from brim.http.form import decode_pairs
from brim.http.message import Request
from brim.http.parameter_errors import TooManyParametersError


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
        return _pairs(self.request.body)

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
