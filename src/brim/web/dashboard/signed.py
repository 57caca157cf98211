"""What all pages of the dashboard share: nobody sees one without a session, and no form is taken from elsewhere."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, TypeAlias
from urllib.parse import quote, unquote, urlencode

import msgspec

from brim.base.errors import BrimError
from brim.core.accounts import NotOperatorError, NotPlatformError
from brim.core.changes import Watchers
from brim.core.operators import list_operators
from brim.http.message import Reply
from brim.web.api_client import AnsweringApi, ApiRefusedError, Caller
from brim.web.dashboard.lacking import MISSING_PERMISSION, lacking
from brim.web.dashboard.who import Names, names_of
from brim.web.dashboard.wording import DONE
from brim.web.key_management import KeyManagement
from brim.web.operators.people import OperatorDirectory
from brim.web.pages import Pages, redirect
from brim.web.routes import Handler, NoSuchPageError, Route, crashed
from brim.web.session import TEST_PREFIX, TOKEN_FIELD, Session, Sessions, carries_token, to_sign_in
from brim.web.visit import Visit
from brim.web.zones import ViewerZone, zone_of

SignedHandler: TypeAlias = Callable[["SignedVisit"], Awaitable[Reply]]

ONLY_LIVE: Final = frozenset(
    {
        "live-money",
        "live-readiness",
        "money-at-risk",
        "ach",
        "breaks",
        "bank-statements",
        "statement-lines",
        "line-settlements",
        "refunds",
        "statement-mappings",
    }
)
"""How the paths begin that test mode does not have."""

NOT_THIS_ACCOUNT: Final = "Not available for this account"
_ONLY_PLATFORM: Final = "Only available to the platform account. Switch accounts in the menu."
_FOR_PLATFORMS: Final = frozenset({str(NotPlatformError()), str(NotOperatorError())})
"""What the API says to a key of an account that has no such thing; on pages nobody uses a key."""

_KEY_ENDED: Final = 401
_IN_PATHS: Final = "%/:@!$&'()*+,;="
_TITLES: Final = {403: "Permission denied", 404: "Not found", 503: "Temporarily unavailable"}


class PageDependencies(msgspec.Struct, frozen=True):
    """What pages of the dashboard work with.

    Attributes:
        pages: the templates.
        api: the API of this process.
        sessions: recognises who looks.
        watchers: tell pages of changes.
        keys: what may be done with API keys.
        people: the ways to operators; None where nobody can be asked anew who they are.
    """

    pages: Pages
    api: AnsweringApi
    sessions: Sessions
    watchers: Watchers
    keys: KeyManagement
    people: OperatorDirectory | None = None


class SignedVisit:
    """A request for a page by somebody who is signed in.

    Attributes:
        visit: the request.
        session: who looks, and at whose data.
        api: the API, with the rights of whoever looks.
        watchers: tell of changes.
        people: the ways to operators; None where nobody can be asked anew who they are.
    """

    def __init__(self, visit: Visit, session: Session, parts: PageDependencies) -> None:
        self.visit = visit
        self.session = session
        self.api = Caller(
            parts.api, key=session.key, account=session.acting_for, told=session.told, explain=self._explain
        )
        self.watchers = parts.watchers
        self.people = parts.people
        self._parts = parts

    @property
    def path_params(self) -> Mapping[str, str]:
        """What stands in the path at the placeholders of the route's pattern."""
        return self.visit.path_params

    @property
    def query(self) -> Mapping[str, str]:
        """The parameters of the address, without those that are empty, as forms send them."""
        return {name: value for name, value in self.visit.query.items() if value != ""}

    @property
    def zone(self) -> ViewerZone:
        """In which zone the page shows times, and takes the days that people type."""
        return zone_of(self.visit.cookies)

    @property
    def form(self) -> Mapping[str, str]:
        """The fields of the form that was sent."""
        return self.visit.form

    @property
    def path(self) -> str:
        """The path as it is in either mode, such as `/topups`."""
        return self.visit.request.path.removeprefix(self.session.prefix) or "/"

    def link(self, path: str, /, **query: object) -> str:
        """Return the address of another page of the same mode, as pages refer to it; what is None is left out.

        Whatever id stands in the path, it gets neither a query nor a fragment.
        """
        return self._parts.pages.url(self._target(path, query))

    def target(self, path: str, /, **query: object) -> str:
        """Return the path and query of another page, without its mode: where a switch to another account leads."""
        return self._target(path, query).removeprefix(self.session.prefix)

    def changed_link(self, **changes: object) -> str:
        """Return this page's address with some parameters set, or with None removed."""
        return self.link(self.path, **{**self.query, **changes})

    @property
    def current_link(self) -> str:
        """This very page's address, without what it said after a form."""
        return self.changed_link(done=None)

    @property
    def current_path(self) -> str:
        """This very page's path and query, of its mode, without the prefix that a proxy puts before all paths."""
        return self._target(self.path, {name: value for name, value in self.query.items() if name != "done"})

    def nearest_page(self, address: str) -> str:
        """Return a path with its query where it can be opened, else the nearest one above it that can.

        The page that answers a form stands at the form's own path, which may have no other page.
        """
        has_page = self._parts.pages.global_value("has_page")
        path = address.partition("?")[0]
        if has_page is None or has_page(unquote(path)):
            return address
        while path and not has_page(unquote(path)):
            path = path.rpartition("/")[0]
        return path or "/"

    @property
    def navigation(self) -> list[tuple[str, list[Any]]]:
        """The side navigation: groups of the pages that whoever looks has."""
        groups = self._parts.pages.global_value("navigation") or ()
        shown = [(title, [item for item in items if item.is_shown_to(self.session)]) for title, items in groups]
        return [(title, items) for title, items in shown if items]

    def absolute_link(self, path: str) -> str:
        """Return the address of a page that is of neither mode, such as `/docs/api`."""
        return self._parts.pages.url(path)

    def is_under(self, *paths: str) -> bool:
        """Tell whether this page belongs to one at a path."""
        return any(self.path == path or self.path.startswith(path + "/") for path in paths)

    def other_mode_link(self) -> str:
        """Return the address of this kind of page in the other mode; an object is in one mode only."""
        mode = TEST_PREFIX if self.session.livemode else ""
        kind = "/".join(self.path.split("/")[1:2])
        return self._parts.pages.url(f"{mode}/{'balance/overview' if kind in ONLY_LIVE else kind}")

    def reply(self, template: str, *, status: int = 200, **values: Any) -> Reply:
        """Return a page of the dashboard; its template extends `dashboard/layout.html`."""
        return self._parts.pages.reply(
            self.visit,
            template,
            status=status,
            page=self,
            session=self.session,
            token_field=TOKEN_FIELD,
            done=DONE.get(self.query.get("done", "")),
            **values,
        )

    async def read_names(self) -> Names:
        """Return who is who, for pages that say who did something; the API knows operators by their ids alone."""
        people = self._parts.people
        return names_of(await list_operators(people.database) if people else (), you=self.session.operator)

    async def is_still_signed_in(self) -> bool:
        """Tell whether the session that a long reply began with goes on, with the same rights on the same account."""
        session = await self._parts.sessions.find(self.visit, livemode=self.session.livemode)
        return session is not None and (session.account, session.key) == (self.session.account, self.session.key)

    def redirect(self, path: str, /, *, done: str | None = None, **query: object) -> Reply:
        """Return what leads on after a form; `done` is a word of `wording.DONE`, which the next page says."""
        return redirect(self._target(path, {"done": done, **query}))

    def _explain(self, message: str) -> str:
        """Return why the API refuses something, for people: by what their role or account lacks, not by a key."""
        missing = MISSING_PERMISSION.search(message)
        if missing:
            return lacking(self.session.role, missing[1], livemode=self.session.livemode)
        return _ONLY_PLATFORM if message in _FOR_PLATFORMS else message

    def refusal(self, error: ApiRefusedError) -> Reply:
        """Return the page that says what the API said."""
        is_elsewhere = error.message == _ONLY_PLATFORM
        title = NOT_THIS_ACCOUNT if is_elsewhere else _TITLES.get(error.status, "Request failed")
        return self.reply("dashboard/refusal.html", status=error.status, title=title, advice=error.message)

    def failure(self, reference: str) -> Reply:
        """Return the page that says that we failed, with what the log is searched for."""
        advice = f"Try again. Reference: {reference}"
        return self.reply("dashboard/refusal.html", status=500, title="Something went wrong", advice=advice)

    def _target(self, path: str, query: Mapping[str, object]) -> str:
        """Return the path and query of a page of the same mode."""
        given = {name: value for name, value in query.items() if value is not None}
        return self.session.prefix + quote(path, safe=_IN_PATHS) + (f"?{urlencode(given)}" if given else "")


class SignedPages:
    """Makes routes of handlers that need to know who looks.

    Args:
        parts: what their pages work with.
    """

    def __init__(self, parts: PageDependencies) -> None:
        self._parts = parts

    def get(self, pattern: str, handler: SignedHandler) -> tuple[Route, ...]:
        """Return the routes of a page, in test mode and in live mode."""
        return (
            Route("GET", TEST_PREFIX + pattern, self._guarded(handler, livemode=False)),
            Route("GET", pattern, self._guarded(handler, livemode=True)),
        )

    def post(self, pattern: str, handler: SignedHandler) -> tuple[Route, ...]:
        """Return the routes of what a form does, in test mode and in live mode."""
        return (
            Route("POST", TEST_PREFIX + pattern, self._guarded(handler, livemode=False)),
            Route("POST", pattern, self._guarded(handler, livemode=True)),
        )

    def get_live(self, pattern: str, handler: SignedHandler) -> tuple[Route, ...]:
        """Return the route of a page that only live mode has."""
        return (Route("GET", pattern, self._guarded(handler, livemode=True)),)

    def post_live(self, pattern: str, handler: SignedHandler) -> tuple[Route, ...]:
        """Return the route of what a form does that only live mode has."""
        return (Route("POST", pattern, self._guarded(handler, livemode=True)),)

    def _guarded(self, handler: SignedHandler, *, livemode: bool) -> Handler:
        async def handle(visit: Visit) -> Reply:
            session = await self._parts.sessions.find(visit, livemode=livemode)
            if session is None:
                return to_sign_in(visit)
            signed = SignedVisit(visit, session, self._parts)
            if visit.request.method == "POST" and not carries_token(visit, session):
                return signed.reply("dashboard/forged.html", status=403)
            try:
                return await handler(signed)
            except ApiRefusedError as error:
                return to_sign_in(visit) if error.status == _KEY_ENDED else signed.refusal(error)
            except (BrimError, NoSuchPageError):
                raise  # the site has a page for each
            except Exception as error:  # noqa: BLE001  it is logged, under the reference that the page shows
                return signed.failure(crashed(visit, error))

        return handle
