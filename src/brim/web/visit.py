"""A request for a page, as its handler sees it."""

from collections.abc import Mapping
from functools import cached_property
from urllib.parse import parse_qsl

from brim.api.message import Request


class Visit:
    """One request for a page.

    Attributes:
        request: as it came.
        places: what stands in the path at the placeholders of the route's pattern, unquoted.
    """

    def __init__(self, request: Request, places: Mapping[str, str]) -> None:
        self.request = request
        self.places = places

    @cached_property
    def query(self) -> Mapping[str, str]:
        """The parameters after the path's question mark; of equal names the last one counts."""
        return dict(parse_qsl(self.request.query.decode("latin-1"), keep_blank_values=True))

    @property
    def accepts_gzip(self) -> bool:
        """Whether the browser takes a packed reply."""
        return "gzip" in (self.request.header(b"accept-encoding") or "")

    @property
    def accepts_page(self) -> bool:
        """Whether a person's browser asks, rather than a program."""
        return "text/html" in (self.request.header(b"accept") or "")
