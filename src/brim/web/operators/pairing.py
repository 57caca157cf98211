"""The page that `stripe login` sends a person to: whether the CLI on that device may have a key."""

from typing import Final

from brim.api.resources.stripe_cli.pairing import CONFIRM
from brim.core.access import UnknownAccountError
from brim.core.operators import Role, find_operator
from brim.core.pairing import PairingState, UnknownPairingError, approve_pairing, code_of, deny_pairing, find_pairing
from brim.http.message import Reply
from brim.web.operators.people import OperatorDirectory
from brim.web.pages import Pages
from brim.web.routes import Route
from brim.web.session import TOKEN_FIELD, Session, Sessions, carries_token, to_sign_in
from brim.web.visit import Visit

_TOKEN: Final = "t"  # noqa: S105  a field's name, no secret
_DECIDERS: Final = (Role.ADMIN, Role.DEVELOPER)


class PairingPages:
    """The page of a login, and what its two buttons do.

    Args:
        people: the ways to operators.
        pages: the templates.
        sessions: recognises who looks.
    """

    def __init__(self, people: OperatorDirectory, pages: Pages, sessions: Sessions) -> None:
        self._people = people
        self._pages = pages
        self._sessions = sessions

    def routes(self) -> tuple[Route, ...]:
        """Return the routes of this page."""
        return Route("GET", CONFIRM, self.show), Route("POST", CONFIRM, self.decide)

    async def show(self, visit: Visit) -> Reply:
        """`GET /stripecli/confirm_auth`: which device asks, its words, and for who is signed in the two buttons.

        Who is not may still compare the words, and decide at the command line.
        """
        session = await self._sessions.find(visit, livemode=False)
        return await self._page(visit, visit.query.get(_TOKEN, ""), session)

    async def decide(self, visit: Visit) -> Reply:
        """`POST /stripecli/confirm_auth`: let the CLI have a test key, or refuse it."""
        session = await self._sessions.find(visit, livemode=False)
        if session is None:
            return to_sign_in(visit)
        token = visit.form.get(_TOKEN, "")
        if not carries_token(visit, session):
            return await self._page(visit, token, session, status=403, refused="This form has expired. Try again.")
        if session.role not in _DECIDERS:
            return await self._page(visit, token, session, status=403)
        try:
            await self._decide(visit, session, token)
        except UnknownAccountError as error:
            return await self._page(visit, token, session, status=400, refused=error.message)
        except UnknownPairingError:  # decided already, perhaps in another window: the page says how it stands
            pass
        return await self._page(visit, token, session)

    async def _decide(self, visit: Visit, session: Session, token: str) -> None:
        people, now_ms = self._people, self._people.clock()
        await find_pairing(people.database, token, now_ms=now_ms)
        code, by = code_of(token), people.actor(visit, await find_operator(people.database, session.operator))
        if visit.form.get("decision") == "allow":
            account = visit.form.get("account") or session.account
            await approve_pairing(people.database, code, account=account, by=by, now_ms=now_ms, ids=people.ids)
        else:
            await deny_pairing(people.database, code, by=by, now_ms=now_ms, ids=people.ids)

    async def _page(
        self, visit: Visit, token: str, session: Session | None, *, status: int = 200, refused: str | None = None
    ) -> Reply:
        try:
            pairing = await find_pairing(self._people.database, token, now_ms=self._people.clock())
        except UnknownPairingError as error:
            return self._pages.reply(visit, "failure.html", status=404, title="Login not found", advice=error.message)
        return self._pages.reply(
            visit,
            "operators/pairing.html",
            status=status,
            pairing=pairing,
            code=code_of(token),
            token=token,
            session=session,
            token_field=TOKEN_FIELD,
            refused=refused,
            sign_in=_sign_in_link(token),
            waits=pairing.state is PairingState.PENDING,
            was_denied=pairing.state is PairingState.DENIED,
            may_decide=session is not None and session.role in _DECIDERS,
        )


def _sign_in_link(token: str) -> str:
    """Return the address that leads to this page by signing in."""
    return f"/sign-in?next={CONFIRM}%3Ft%3D{token}"
