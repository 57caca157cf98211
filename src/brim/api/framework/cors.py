"""Lets scripts of any site read what the API answers, as api.stripe.com does: no browser sends a key by itself.

Pages have cookies, so theirs are other paths, which no script of another site may read. Source of the headers: public
recordings of api.stripe.com's replies.
"""

import re
from typing import Final

from brim.http.message import Reply, Request

_EXPOSED: Final = (
    "Request-Id",
    "Stripe-Manage-Version",
    "Stripe-Should-Retry",
    "X-Stripe-External-Auth-Required",
    "X-Stripe-Privileged-Session-Required",
)
HEADERS: Final = (
    "Access-Control-Allow-Credentials: true",
    "Access-Control-Allow-Methods: GET, HEAD, PUT, PATCH, POST, DELETE",
    "Access-Control-Allow-Origin: *",
    f"Access-Control-Expose-Headers: {', '.join(_EXPOSED)}",
    "Access-Control-Max-Age: 300",
)
"""On every reply. With `*` for an origin a browser sends no cookies, whatever the first line says."""

_PREFIXES: Final = ("/v1/", "/v2/")
_DOCUMENT: Final = "/openapi.json"
_HEADER_NAMES: Final = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+(?: *, *[A-Za-z0-9!#$%&'*+.^_`|~-]+)*")


def is_open(path: str) -> bool:
    """Tell whether scripts of other sites may read what is answered at a path."""
    return path.startswith(_PREFIXES) or path == _DOCUMENT


def preflight(request: Request) -> Reply | None:
    """Return the answer to a browser that asks what it may send, which needs no key; None for any other request."""
    asks = request.method == "OPTIONS" and b"access-control-request-method" in request.headers
    if not asks or b"origin" not in request.headers or not is_open(request.path):
        return None
    headers = list(HEADERS)
    names = request.header(b"access-control-request-headers") or ""
    if _HEADER_NAMES.fullmatch(names):
        headers.append(f"Access-Control-Allow-Headers: {names}")
    return Reply(200, b"", headers)
