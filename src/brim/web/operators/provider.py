"""Signing in by a provider of OpenID Connect: sending a browser there, and what it brings back.

The browser comes back from another site, so there is no form whose origin could be asked for: what shows that we have
sent it is the sealed state in its cookie.
"""

from typing import Final
from urllib.parse import quote, unquote

from brim.core.operators import (
    AUTHORIZATION_KEPT_MS,
    AuthorizationExpiredError,
    IdentityMismatchError,
    InvalidEmailError,
    NoOperatorError,
    OpenId,
    OperatorDisabledError,
    ProviderFailedError,
    SessionEndedError,
    UnverifiedEmailError,
)
from brim.http.message import Reply
from brim.web.operators.entrance import SIGN_IN, Entrance
from brim.web.operators.own_forms import own_path
from brim.web.operators.people import OperatorDirectory
from brim.web.pages import redirect
from brim.web.routes import Route
from brim.web.visit import Visit

_COOKIE: Final = "brim_openid"
_BACK: Final = f"{SIGN_IN}/openid"
_KEPT_S: Final = AUTHORIZATION_KEPT_MS // 1000
_REFUSED: Final = (
    *(NoOperatorError, OperatorDisabledError, UnverifiedEmailError, InvalidEmailError),
    *(IdentityMismatchError, SessionEndedError),
)


class ProviderPages:
    """The way to the provider and back.

    Args:
        people: the ways to operators.
        openid: that of the provider.
        entrance: shows what went wrong.
    """

    def __init__(self, people: OperatorDirectory, openid: OpenId, entrance: Entrance) -> None:
        self._people = people
        self._openid = openid
        self._entrance = entrance

    def routes(self) -> tuple[Route, ...]:
        """Return the routes of both ends."""
        return Route("GET", f"{_BACK}/begin", self.begin), Route("GET", _BACK, self.finish)

    async def begin(self, visit: Visit) -> Reply:
        """`GET /sign-in/openid/begin`: send the browser to the provider.

        It is a link and no form, for the pages' policy lets no form lead to another site.
        """
        try:
            departure = await self._openid.begin(self._people.url_of(visit, _BACK), now_ms=self._people.clock())
        except ProviderFailedError as error:
            return await self._entrance.refuse(visit, error.message, status=502)
        follows = quote(own_path(visit.query.get("next", "")), safe="")
        reply = redirect(departure.url)
        reply.headers.append(self._cookie(visit, f"{departure.state_cookie}.{follows}", _KEPT_S))
        return reply

    async def finish(self, visit: Visit) -> Reply:
        """`GET /sign-in/openid`: sign in whom the provider speaks for."""
        reply = await self._finish(visit)
        reply.headers.append(self._cookie(visit, "", 0))
        return reply

    async def _finish(self, visit: Visit) -> Reply:
        people = self._people
        state_cookie, _, follows = visit.cookies.get(_COOKIE, "").partition(".")
        address, now_ms = people.address_of(visit), people.clock()
        try:
            operator = await self._openid.finish(state_cookie, visit.query, address=address, now_ms=now_ms)
            return await people.enter_as(visit, operator, own_path(unquote(follows)))
        except ProviderFailedError as error:
            return await self._entrance.refuse(visit, error.message, status=502)
        except AuthorizationExpiredError as error:
            return await self._entrance.refuse(visit, error.message, status=400)
        except _REFUSED as error:
            return await self._entrance.refuse(visit, error.message, status=403)

    def _cookie(self, visit: Visit, value: str, life_s: int) -> str:
        secure = "; Secure" if self._people.is_https(visit) else ""
        return f"Set-Cookie: {_COOKIE}={value}; Path={SIGN_IN}; Max-Age={life_s}; HttpOnly; SameSite=Lax{secure}"
