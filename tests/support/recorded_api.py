"""An API that answers by path and remembers its requests, for pages without a database."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from brim.api.resources.operations import OPERATIONS
from brim.base.clock import system_clock_ms
from brim.core.changes.service import Watchers
from brim.http.message import Reply, Request
from brim.http.websocket import Socket
from brim.web.parts import SiteDependencies, build_site
from brim.web.session import Sessions
from brim.web.site import Site
from tests.support.signing import NO_KEYS, UNUSED, CookieSessions, SignedIn, cookie_of

KEYS = {"acct_1/test": "rk_test_1", "acct_1/live": "rk_live_1", "acct_2/test": "rk_test_2", "acct_2/live": "rk_live_2"}


class RecordedApi:
    """Answers by path, and remembers what it was asked."""

    def __init__(self, answers: Mapping[str, tuple[int, Any]]) -> None:
        self.answers = answers
        self.requests: list[Request] = []

    async def handle(self, request: Request) -> Reply:
        self.requests.append(request)
        status, body = self.answers.get(request.path, (200, {"object": "list", "data": [], "has_more": False}))
        return Reply(status, json.dumps(body).encode())

    async def converse(self, request: Request, _socket: Socket) -> None:
        raise AssertionError(request.path)


def site_of(api: RecordedApi, watchers: Watchers, sessions: Sessions | None = None) -> Site:
    """Return a site without keys and without pages that sign people in."""
    return build_site(
        SiteDependencies(
            operations=OPERATIONS,
            api=api,
            sessions=sessions or CookieSessions(),
            watchers=watchers,
            keys=NO_KEYS,
            clock=system_clock_ms,
        )
    )


def refusal(message: str, **more: str) -> dict[str, Any]:
    return {"error": {"message": message, "type": "invalid_request_error", **more}}


async def visit(
    api: RecordedApi,
    target: str,
    *,
    method: str = "GET",
    signed_in: SignedIn | None = None,
    form: Mapping[str, str] | None = None,
    headers: Mapping[bytes, bytes] | None = None,
    cookies: str = "",
) -> Reply:
    """Return a page as somebody sees it who is signed in, unless they are not."""
    path, _, query = target.partition("?")
    sent = dict(headers or {})
    if signed_in is not None:
        sent[b"cookie"] = (cookie_of(signed_in) + cookies).encode()
    body = urlencode(form or {}).encode()
    request = Request(method, path, query.encode(), sent, body)
    return await site_of(api, Watchers(UNUSED)).handle(request)
