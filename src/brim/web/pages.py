"""Renders templates to replies, with the headers that every page has."""

import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from brim import __version__
from brim.base.public_url import PublicUrl
from brim.http.message import Reply
from brim.web.assets import Assets
from brim.web.table_labels import label_cells
from brim.web.visit import Visit
from brim.web.zones import times_in, zone_of

TEMPLATES: Final = Path(__file__).parent / "templates"
HTML: Final = "text/html; charset=utf-8"
_NEEDS_NO_PACKING: Final = 1024
_IN_ADDRESSES: Final = "%:/?#[]@!$&'()*+,;="
"""Source: RFC 3986 section 2.2, and the percent sign of what is escaped already."""

PAGE_HEADERS: Final = (
    (
        "Content-Security-Policy: default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
        "img-src 'self' data:; object-src 'none'"
    ),
    "X-Content-Type-Options: nosniff",
    "Referrer-Policy: same-origin",
    "Cross-Origin-Opener-Policy: same-origin",
    "Permissions-Policy: camera=(), geolocation=(), microphone=(), payment=()",
)
"""Nothing comes from elsewhere, no script or style stands in a page itself, and nobody frames a page."""


class Pages:
    """The templates, and what all of them can use: `url(path)`, `asset(name)`, `version`, and `visit` for the request.

    Args:
        assets: what pages refer to.
        templates: their folder.
        public: below whose prefix all addresses on pages are; None where there is none.
        is_rehearsal: tells whether the installation only rehearses, which every page says.
        platform_name: tells the name of the platform, which every page shows; None where it has none.
    """

    def __init__(
        self,
        assets: Assets,
        templates: Path = TEMPLATES,
        *,
        public: PublicUrl | None = None,
        is_rehearsal: Callable[[], bool] = lambda: False,
        platform_name: Callable[[], str | None] = lambda: None,
    ) -> None:
        self._public = public
        self._environment = Environment(
            loader=FileSystemLoader(templates),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self._environment.globals.update(
            url=self.url,
            asset=lambda name: self.url(assets.url(name)),
            version=__version__,
            is_rehearsal=is_rehearsal,
            platform_name=platform_name,
        )

    def url(self, path: str) -> str:
        """Return the address of a path of ours, as pages refer to it."""
        return self._public.path(path) if self._public else path

    def add_filters(self, **filters: Callable[..., Any]) -> None:
        """Let templates use what a part of the site has of its own."""
        self._environment.filters.update(filters)

    def add_globals(self, **values: Any) -> None:
        """Let templates use values that are the same for every page of a part."""
        self._environment.globals.update(values)

    def global_value(self, name: str) -> Any:
        """Return one of the values that `add_globals` has made known; None where it was not."""
        return self._environment.globals.get(name)

    def html(self, template: str, **values: Any) -> str:
        """Return a template's text; used alone for pieces of a page."""
        return label_cells(self._environment.get_template(template).render(**values))

    def reply(
        self,
        visit: Visit,
        template: str,
        *,
        status: int = 200,
        cache: str = "no-store",
        public: bool = False,
        **values: Any,
    ) -> Reply:
        """Return a whole page.

        Args:
            visit: the request.
            template: the template's name.
            status: the HTTP status.
            cache: the value of Cache-Control.
            public: whether the page holds nothing of anybody's; only such are packed, as the size of a packed page
                tells of its secrets to who can put words into it.
            values: what the template shows.
        """
        zone = zone_of({} if public else visit.cookies)
        with times_in(zone):
            text = self.html(template, visit=visit, path=visit.request.path, zone=zone, **values).encode()
        return page_reply(visit, text, status=status, cache=cache, public=public)


def page_reply(visit: Visit, text: bytes, *, status: int = 200, cache: str = "no-store", public: bool = False) -> Reply:
    """Return a rendered page as it goes out; the arguments are those of `Pages.reply`."""
    headers = [*PAGE_HEADERS, f"Cache-Control: {cache}"]
    if public and len(text) > _NEEDS_NO_PACKING:
        headers.append("Vary: Accept-Encoding")
        if visit.accepts_gzip:
            return Reply(status, gzip.compress(text, 6, mtime=0), [*headers, "Content-Encoding: gzip"], HTML)
    return Reply(status, text, headers, HTML)


def redirect(location: str, *, status: int = 303) -> Reply:
    """Return a reply that sends the browser elsewhere: to a path of ours, without the prefix, or to another site.

    What no address may hold is escaped; what is escaped stays so.
    """
    target = quote(location, safe=_IN_ADDRESSES)
    return Reply(status, b"", [*PAGE_HEADERS, f"Location: {target}", "Cache-Control: no-store"], HTML)
