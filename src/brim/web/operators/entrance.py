"""Signing in with a password, showing a one-time code, and signing out."""

from typing import Final
from urllib.parse import urlencode

from brim.base.errors import OverloadedError
from brim.core.operators import (
    ForgedFormError,
    SessionEndedError,
    TooManyTriesError,
    WrongCodeError,
    WrongPasswordError,
    check_form_token,
    form_token,
    operators_exist,
)
from brim.http.message import Reply
from brim.web.dashboard.forms import Form
from brim.web.operators.own_forms import is_own_form, own_path, refusal_of_form
from brim.web.operators.people import OperatorDirectory
from brim.web.operators.wording import BUSY, SAID, too_many_tries
from brim.web.pages import Pages, redirect
from brim.web.routes import Route
from brim.web.session import TOKEN_FIELD
from brim.web.visit import Visit

SIGN_IN: Final = "/sign-in"
_CODE: Final = "/sign-in/code"
_NEXT: Final = "next"


class Entrance:
    """The pages at the door.

    Args:
        people: the ways to operators.
        pages: the templates.
    """

    def __init__(self, people: OperatorDirectory, pages: Pages) -> None:
        self._people = people
        self._pages = pages

    def routes(self) -> tuple[Route, ...]:
        """Return the routes of these pages."""
        return (
            Route("GET", SIGN_IN, self.show),
            Route("POST", SIGN_IN, self.sign_in),
            Route("GET", _CODE, self.show_code),
            Route("POST", _CODE, self.confirm_code),
            Route("POST", "/sign-out", self.sign_out),
        )

    async def show(self, visit: Visit) -> Reply:
        """`GET /sign-in`: the form, unless somebody is signed in already."""
        token = self._people.token_of(visit)
        if token and await self._people.sessions.recognise(token):
            return redirect(own_path(visit.query.get(_NEXT, "")))
        return await self._page(visit, Form())

    async def sign_in(self, visit: Visit) -> Reply:
        """`POST /sign-in`: begin a session, or ask for a one-time code."""
        email, password = visit.form.get("email", ""), visit.form.get("password", "")
        form = Form(values={"email": email})
        if not is_own_form(visit):
            form.message = refusal_of_form(visit)
            return await self._page(visit, form, status=403)
        people = self._people
        try:
            new = await people.sign_in.sign_in(
                email,
                password,
                address=people.address_of(visit),
                now_ms=people.clock(),
                replaced=people.token_of(visit),
            )
        except WrongPasswordError as error:
            form.message = error.message
            return await self._page(visit, form, status=403)
        except TooManyTriesError as error:
            form.message = too_many_tries(error)
            return _wait(await self._page(visit, form, status=429), error)
        except OverloadedError:
            form.message = BUSY
            return await self._page(visit, form, status=429)
        follows = own_path(visit.form.get(_NEXT, ""))
        return people.enter(
            visit, new, f"{_CODE}?{urlencode({_NEXT: follows})}" if new.session.awaits_code else follows
        )

    async def show_code(self, visit: Visit) -> Reply:
        """`GET /sign-in/code`: ask for a one-time code."""
        token = self._people.token_of(visit)
        return self._code_page(visit, token, Form()) if token else redirect(SIGN_IN)

    async def confirm_code(self, visit: Visit) -> Reply:
        """`POST /sign-in/code`: begin the session of somebody who has shown a password and a code."""
        people, form = self._people, Form()
        token = people.token_of(visit)
        if token is None:
            return redirect(f"{SIGN_IN}?said=expired")
        try:
            check_form_token(token, visit.form.get(TOKEN_FIELD, ""))
            new = await people.sign_in.confirm_code(
                token, visit.form.get("code", ""), address=people.address_of(visit), now_ms=people.clock()
            )
        except SessionEndedError:
            return people.leave(visit, f"{SIGN_IN}?said=expired")
        except (ForgedFormError, WrongCodeError) as error:
            form.errors["code"] = error.message
            return self._code_page(visit, token, form, status=403)
        except TooManyTriesError as error:
            form.errors["code"] = too_many_tries(error)
            return _wait(self._code_page(visit, token, form, status=429), error)
        return people.enter(visit, new, own_path(visit.form.get(_NEXT, "")))

    async def sign_out(self, visit: Visit) -> Reply:
        """`POST /sign-out`: end the session."""
        people = self._people
        token = people.token_of(visit)
        if token and await people.sessions.recognise(token):
            try:
                check_form_token(token, visit.form.get(TOKEN_FIELD, ""))
            except ForgedFormError as error:
                return self._pages.reply(
                    visit, "failure.html", status=403, title="This form has expired", advice=error.message
                )
            await people.sign_in.sign_out(token, address=people.address_of(visit), now_ms=people.clock())
            people.sessions.forget(token)
        return people.leave(visit, f"{SIGN_IN}?said=signed_out")

    async def refuse(self, visit: Visit, sentence: str, *, status: int) -> Reply:
        """Return the form with a sentence of somebody else's who could not sign a person in."""
        return await self._page(visit, Form(message=sentence), status=status)

    async def _page(self, visit: Visit, form: Form, *, status: int = 200) -> Reply:
        follows = visit.form.get(_NEXT) or visit.query.get(_NEXT, "")
        return self._pages.reply(
            visit,
            "operators/sign_in.html",
            status=status,
            form=form,
            follows=own_path(follows),
            said=None if form.message else SAID.get(visit.query.get("said", "")),
            provider=self._people.provider,
            is_first=not await operators_exist(self._people.database),
        )

    def _code_page(self, visit: Visit, token: str, form: Form, *, status: int = 200) -> Reply:
        follows = visit.form.get(_NEXT) or visit.query.get(_NEXT, "")
        return self._pages.reply(
            visit,
            "operators/code.html",
            status=status,
            form=form,
            follows=own_path(follows),
            token_field=TOKEN_FIELD,
            form_token=form_token(token),
        )


def _wait(reply: Reply, error: TooManyTriesError) -> Reply:
    reply.headers.append(f"Retry-After: {error.wait_s}")
    return reply
