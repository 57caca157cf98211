"""Pages that links lead to: the first admin is made, or somebody chooses their password.

The token in the link is what gives the right, so it is in the form too; no page of these is kept by a browser.
"""

from typing import Final

from brim.base.errors import OverloadedError
from brim.core.accounts import PlatformName, PlatformNameError, checked_platform_name, name_platform
from brim.core.operators import (
    DASHBOARD_PATH,
    FIRST_RUN_PATH,
    PASSWORD_LINK_PATH,
    FirstRunOverError,
    InvalidEmailError,
    InvalidNameError,
    NewOperator,
    PasswordLinkOverError,
    Role,
    SessionEndedError,
    WeakPasswordError,
    check_first_run,
    claim_first_run,
    find_password_link,
    use_password_link,
)
from brim.http.message import Reply
from brim.web.dashboard.forms import Form
from brim.web.operators.entrance import SIGN_IN
from brim.web.operators.own_forms import is_own_form, refusal_of_form
from brim.web.operators.people import OperatorDirectory
from brim.web.operators.wording import BUSY
from brim.web.pages import Pages, redirect
from brim.web.routes import Route
from brim.web.visit import Visit

_TOKEN: Final = "token"  # noqa: S105  a field's name, no secret
_GONE: Final = 410


class Links:
    """The pages of links.

    Args:
        people: the ways to operators.
        pages: the templates.
        platform: what this process knows of the platform's name.
    """

    def __init__(self, people: OperatorDirectory, pages: Pages, platform: PlatformName) -> None:
        self._people = people
        self._pages = pages
        self._platform = platform

    def routes(self) -> tuple[Route, ...]:
        """Return the routes of these pages."""
        return (
            Route("GET", FIRST_RUN_PATH, self.show_first_run),
            Route("POST", FIRST_RUN_PATH, self.make_first),
            Route("GET", PASSWORD_LINK_PATH, self.show_password),
            Route("POST", PASSWORD_LINK_PATH, self.set_password),
        )

    async def show_first_run(self, visit: Visit) -> Reply:
        """`GET /first-run`: ask who the first admin is."""
        token = visit.query.get(_TOKEN, "")
        try:
            await check_first_run(self._people.database, token, now_ms=self._people.clock())
        except FirstRunOverError as error:
            return self._over(visit, error.message)
        await self._platform.read()
        return self._first_run_page(visit, token, Form(values={"platform": self._platform.get() or ""}))

    async def make_first(self, visit: Visit) -> Reply:
        """`POST /first-run`: make the first admin and sign them in."""
        people, token = self._people, visit.form.get(_TOKEN, "")
        form = Form(values={name: visit.form.get(name, "") for name in ("email", "name", "platform")})
        if not is_own_form(visit):
            return self._over(visit, refusal_of_form(visit), status=403)
        password = chosen_password(visit, form)
        try:
            platform = checked_platform_name(form.values["platform"]) if form.values["platform"].strip() else None
        except PlatformNameError as error:
            form.errors["platform"] = error.message
        if not form.is_right:
            return self._first_run_page(visit, token, form, status=400)
        wanted = NewOperator(email=form.values["email"], name=form.values["name"], role=Role.ADMIN, password=password)
        address, now_ms = people.address_of(visit), people.clock()
        try:
            operator = await claim_first_run(
                people.database, people.passwords, token, wanted, address=address, now_ms=now_ms, ids=people.ids
            )
        except FirstRunOverError as error:
            return self._over(visit, error.message)
        except (InvalidEmailError, InvalidNameError, WeakPasswordError, OverloadedError) as error:
            note(form, error)
            return self._first_run_page(visit, token, form, status=400)
        if platform is not None:
            by = people.actor(visit, operator)
            await name_platform(people.database, platform, by=by, now_ms=people.clock(), ids=people.ids)
            await self._platform.read()
        return await people.enter_as(visit, operator, DASHBOARD_PATH)

    async def show_password(self, visit: Visit) -> Reply:
        """`GET /set-password`: ask for the password that somebody chooses."""
        token = visit.query.get(_TOKEN, "")
        try:
            return await self._password_page(visit, token, Form())
        except PasswordLinkOverError as error:
            return self._over(visit, error.message)

    async def set_password(self, visit: Visit) -> Reply:
        """`POST /set-password`: give somebody the password that they chose, and sign them in where that is enough."""
        people, token, form = self._people, visit.form.get(_TOKEN, ""), Form()
        if not is_own_form(visit):
            return self._over(visit, refusal_of_form(visit), status=403)
        password = chosen_password(visit, form)
        address, now_ms = people.address_of(visit), people.clock()
        try:
            if not form.is_right:
                return await self._password_page(visit, token, form, status=400)
            operator = await use_password_link(
                people.database, people.passwords, token, password, address=address, now_ms=now_ms, ids=people.ids
            )
            if operator.has_codes:  # the link stands for a password, and that alone opens nothing
                return redirect(f"{SIGN_IN}?said=password_set")
            return await people.enter_as(visit, operator, DASHBOARD_PATH)
        except (PasswordLinkOverError, SessionEndedError) as error:
            return self._over(visit, error.message)
        except (WeakPasswordError, OverloadedError) as error:
            note(form, error)
            return await self._password_page(visit, token, form, status=400)

    def _first_run_page(self, visit: Visit, token: str, form: Form, *, status: int = 200) -> Reply:
        return self._pages.reply(visit, "operators/first_run.html", status=status, form=form, token=token)

    async def _password_page(self, visit: Visit, token: str, form: Form, *, status: int = 200) -> Reply:
        operator = await find_password_link(self._people.database, token, now_ms=self._people.clock())
        return self._pages.reply(
            visit, "operators/set_password.html", status=status, form=form, token=token, operator=operator
        )

    def _over(self, visit: Visit, sentence: str, *, status: int = _GONE) -> Reply:
        return self._pages.reply(visit, "failure.html", status=status, title="Link not valid", advice=sentence)


def chosen_password(visit: Visit, form: Form) -> str:
    """Return a password that was typed twice; the form says where the two differ."""
    password = visit.form.get("password", "")
    if password != visit.form.get("password_again", ""):
        form.errors["password"] = "Passwords don't match. Enter both again."  # noqa: S105  an error
    return password


_FIELDS: Final = {InvalidEmailError: "email", InvalidNameError: "name", WeakPasswordError: "password"}


def note(form: Form, error: InvalidEmailError | InvalidNameError | WeakPasswordError | OverloadedError) -> None:
    """Say at the right field of a form what was wrong with it."""
    if isinstance(error, OverloadedError):
        form.message = BUSY
    else:
        form.errors[_FIELDS[type(error)]] = error.message
