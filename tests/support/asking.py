"""Asks a site for pages without a network between."""

from brim.http.message import Reply, Request
from brim.web.site import Site

BROWSER = {b"accept": b"text/html,application/xhtml+xml", b"accept-encoding": b"gzip, br"}


def request_for(target: str, *, method: str = "GET", headers: dict[bytes, bytes] | None = None) -> Request:
    """Return a request as a program sends it, or with `headers` as somebody else does."""
    path, _, query = target.partition("?")
    return Request(method, path, query.encode(), headers or {}, b"")


async def ask(site: Site, target: str, *, method: str = "GET", headers: dict[bytes, bytes] | None = None) -> Reply:
    """Return what a site answers."""
    return await site.handle(request_for(target, method=method, headers=headers))


def header_of(reply: Reply, name: str) -> str | None:
    """Return a header's value, or None."""
    for line in reply.headers:
        key, _, value = line.partition(": ")
        if key.lower() == name.lower():
            return value
    return None


def headers_of(reply: Reply) -> dict[str, str]:
    """Return all headers by lower-case name."""
    pairs = (line.partition(": ") for line in reply.headers)
    return {name.lower(): value for name, _, value in pairs}
