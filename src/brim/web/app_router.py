"""The front of the service: sends a request for the API to the API, and any other to the site."""

from typing import Final

from brim.api.app import Api
from brim.api.resources.stripe_cli.pairing import CONFIRM
from brim.http.admission import Guest, Held, Ticket
from brim.http.message import Reply, Request
from brim.http.origin import Proxies
from brim.http.websocket import Socket
from brim.web.site import Site
from brim.web.visit import Visit

_ONLY_TLS: Final = "Strict-Transport-Security: max-age=63072000"
"""For two years, as the vendor says; not for all subdomains of a name that is the operator's."""

API_PREFIXES: Final = ("/v1/", "/v2/", "/stripecli/", "/subscribe/")


class AppRouter:
    """The application that the protocol serves: `Api` and `Site` at one address.

    What is at no page is the site's to refuse when a browser asks, and the API's, in its own manner, when a program
    does.

    Args:
        api: the API.
        site: the pages.
        proxies: know how clients come, and the prefix that requests may carry: some proxies remove it, others do not.
    """

    def __init__(self, api: Api, site: Site, proxies: Proxies) -> None:
        self._api = api
        self._site = site
        self._proxies = proxies
        self.intake = api.intake
        self._public = proxies.public if proxies.public and proxies.public.prefix else None
        self.subprotocols = (*api.subprotocols, *site.subprotocols)

    def admit(self, request: Request, guest: Guest | None) -> Ticket | Held | Reply | None:
        """Take a request, hold it for a guest, or reject it because of overload."""
        path = self._public.inner_path(request.path) if self._public else request.path
        return self._api.admit(request, guest, path)

    async def handle(self, request: Request) -> Reply:
        """Return the reply to a request; by TLS browsers are told to come by nothing else from then on."""
        self._enter(request)
        reply = await self._answer(request)
        if self._proxies.is_https(request):
            reply.headers.append(_ONLY_TLS)
        return reply

    async def _answer(self, request: Request) -> Reply:
        path = request.path
        if path == CONFIRM:  # a person's page among what the official CLI asks for
            return await self._site.handle(request)
        if path.startswith(API_PREFIXES) or self._api.serves_system(path):
            return await self._api.handle(request)
        if self._site.knows(path) or Visit(request, {}).accepts_page:
            return await self._site.handle(request)
        return await self._api.handle(request)

    def serves_websocket(self, path: str) -> bool:
        """Tell whether a websocket may be asked for there."""
        if self._public:
            path = self._public.inner_path(path)
        return self._site.serves_websocket(path) or self._api.serves_websocket(path)

    async def converse(self, request: Request, socket: Socket) -> None:
        """Serve a websocket to its end."""
        self._enter(request)
        owner = self._site if self._site.serves_websocket(request.path) else self._api
        await owner.converse(request, socket)

    def _enter(self, request: Request) -> None:
        """Take the prefix off a request's path, so that nothing inside has to know of it."""
        if self._public:
            request.path = self._public.inner_path(request.path)
