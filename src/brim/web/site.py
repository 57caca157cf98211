"""The site: finds the handler of a page, and answers with a page even when something is wrong."""

import re
from collections.abc import Sequence
from time import perf_counter
from typing import Any, Final

import structlog

from brim.api.framework.errors import render_error
from brim.base.errors import BrimError
from brim.base.public_url import PublicUrl
from brim.http.message import Reply, Request
from brim.http.parameter_errors import NullCharacterError
from brim.http.websocket import Socket
from brim.platform.telemetry.metrics import REQUESTS, method_label
from brim.web.assets import PREFIX, Assets
from brim.web.pages import Pages, redirect
from brim.web.routes import Match, NoSuchPageError, Route, RouteTable, SocketRoute, crashed
from brim.web.session import TEST_PREFIX, Session, Sessions
from brim.web.visit import Visit

_UNMATCHED: Final = "unmatched page"
_READS: Final = {"HEAD": "GET"}
_LOCATION: Final = "Location: "
_COOKIE_PATH: Final = re.compile(r"; Path=(/[^;]*)")
_ASSETS: Final = f"{PREFIX}/{{version}}/{{name*}}"

log = structlog.get_logger()


class Site:
    """Serves pages.

    Args:
        routes: what each part of the site brings; see `brim.web.parts`.
        pages: the templates.
        assets: what the pages refer to.
        sockets: websockets that pages open.
        public: where people reach the pages; None where that is not set.
        sessions: recognises who looks, for the bar of a page that is missing; None where nobody signs in.
    """

    def __init__(
        self,
        routes: Sequence[Route],
        pages: Pages,
        assets: Assets,
        sockets: Sequence[SocketRoute] = (),
        *,
        public: PublicUrl | None = None,
        sessions: Sessions | None = None,
    ) -> None:
        self._public = public
        self._sessions = sessions
        self.subprotocols = tuple(route.subprotocol for route in sockets)
        self._sockets = {route.path: route.handler for route in sockets}
        self._pages = pages
        self._assets = assets
        own = (Route("GET", _ASSETS, self._asset), Route("GET", "/favicon.ico", self._favicon))
        self.table = RouteTable([*routes, *own])

    def knows(self, path: str) -> bool:
        """Tell whether there is a page at a path."""
        return self.table.find(path) is not None

    def has_page(self, path: str) -> bool:
        """Tell whether a browser can open a path: what a form is sent to may have no page of its own."""
        match = self.table.find(path)
        return match is not None and "GET" in match.routes

    def serves_websocket(self, path: str) -> bool:
        """Tell whether a websocket may be asked for there."""
        return path in self._sockets

    async def converse(self, request: Request, socket: Socket) -> None:
        """Serve a websocket to its end."""
        try:
            await self._sockets[request.path](request, socket)
        except Exception:
            log.exception("a websocket failed", path=request.path)
            socket.shutdown()

    async def handle(self, request: Request) -> Reply:
        """Return the reply to a request; whatever goes wrong becomes a page that says so."""
        started = perf_counter()
        match = self.table.find(request.path)
        route = match.routes.get(_READS.get(request.method, request.method)) if match else None
        visit = Visit(request, match.path_params if match else {}, self._public)
        try:
            _refuse_nulls(request)
            reply = await route.handler(visit) if route else await self._no_route(visit, match)
        except NoSuchPageError:
            reply = await self.not_found(visit)
        except BrimError as error:
            status, _ = render_error(error)
            reply = self._failure(visit, status, "Request failed", str(error))
        except Exception as error:  # noqa: BLE001  it is logged, under the reference that the page shows
            advice = f"Try again. Reference: {crashed(visit, error)}"
            reply = self._failure(visit, 500, "Something went wrong", advice)
        pattern = route.pattern if route else _UNMATCHED
        REQUESTS.observe((pattern, method_label(request.method), str(reply.status)), perf_counter() - started)
        if self._public and self._public.prefix:
            reply.headers = [_placed(header, self._public) for header in reply.headers]
        return reply

    async def not_found(self, visit: Visit) -> Reply:
        """Return the page for an address where there is none."""
        advice = "Check the address, or start from the home page."
        return self._failure(visit, 404, "Page not found", advice, **await self._who_looks(visit))

    async def _who_looks(self, visit: Visit) -> dict[str, Session | None]:
        """Return the session for the bar of a page; nothing where nobody can tell, as without a database."""
        if self._sessions is None:
            return {}
        livemode = not f"{visit.request.path}/".startswith(f"{TEST_PREFIX}/")
        try:
            return {"session": await self._sessions.find(visit, livemode=livemode)}
        except BrimError:
            return {}

    async def _no_route(self, visit: Visit, match: Match | None) -> Reply:
        if match is None:
            return await self.not_found(visit)
        reply = self._failure(visit, 405, "Method not allowed", "This address doesn't accept this kind of request.")
        reply.headers.append(f"Allow: {', '.join(sorted(match.routes))}")
        return reply

    def _failure(self, visit: Visit, status: int, title: str, advice: str, **values: Any) -> Reply:
        return self._pages.reply(visit, "failure.html", status=status, title=title, advice=advice, **values)

    async def _asset(self, visit: Visit) -> Reply:
        return self._assets.serve(visit) or await self.not_found(visit)

    async def _favicon(self, _visit: Visit) -> Reply:
        return redirect(self._assets.url("brim.svg"), status=302)


def _refuse_nulls(request: Request) -> None:
    """Refuse a query or a form with U+0000, which no text in the database can hold; files are not taken by pages.

    Raises:
        NullCharacterError: it has one.
    """
    for sent in (request.query, request.body):
        if b"%00" in sent or b"\0" in sent:
            raise NullCharacterError


def _placed(header: str, public: PublicUrl) -> str:
    """Return a header whose path of ours, of a redirection or of a cookie, is below the prefix."""
    if header.startswith(_LOCATION):
        return _LOCATION + public.path(header.removeprefix(_LOCATION))
    if header.startswith("Set-Cookie: "):
        return _COOKIE_PATH.sub(lambda found: f"; Path={public.path(found[1]).rstrip('/')}", header)
    return header
