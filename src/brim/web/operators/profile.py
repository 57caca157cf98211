"""One's own profile: name, password, one-time codes, and where one is signed in."""

from typing import Final

import msgspec

from brim.base.errors import OverloadedError
from brim.core.operators import (
    CodesEnabledError,
    CodesNotBegunError,
    InvalidNameError,
    Operator,
    SessionEndedError,
    TooManyTriesError,
    WeakPasswordError,
    WrongCodeError,
    WrongPasswordError,
    begin_codes,
    find_enrolment,
    find_operator,
    hash_token,
    list_sessions,
    rename_operator,
)
from brim.http.message import Reply
from brim.web.dashboard.forms import Form
from brim.web.dashboard.signed import SignedPages, SignedVisit
from brim.web.operators.links import chosen_password, note
from brim.web.operators.people import OperatorDirectory
from brim.web.operators.qr_picture import qr_picture
from brim.web.operators.wording import NOT_YOURS, too_many_tries
from brim.web.routes import Route
from brim.web.session import to_sign_in

PROFILE: Final = "/settings/profile"
_CODES: Final = f"{PROFILE}/codes"


class Browser(msgspec.Struct, frozen=True):
    """A session as its account sees it: times in Unix seconds, `is_this` for the one that looks."""

    created: int
    seen: int
    address: str | None
    is_this: bool


class Profile:
    """The pages of one's own profile.

    Args:
        people: the ways to operators.
    """

    def __init__(self, people: OperatorDirectory) -> None:
        self._people = people

    def routes(self, signed: SignedPages) -> tuple[Route, ...]:
        """Return the routes of these pages."""
        return (
            *signed.get("/settings", self.lead_there),
            *signed.get(PROFILE, self.show),
            *signed.post(PROFILE, self.rename),
            *signed.post(f"{PROFILE}/password", self.change_password),
            *signed.post(f"{PROFILE}/sign-out-elsewhere", self.sign_out_elsewhere),
            *signed.get(_CODES, self.show_codes),
            *signed.post(_CODES, self.begin_codes),
            *signed.post(f"{_CODES}/confirm", self.confirm_codes),
            *signed.post(f"{_CODES}/off", self.turn_codes_off),
        )

    async def lead_there(self, page: SignedVisit) -> Reply:
        """`GET /settings`."""
        return page.redirect(PROFILE)

    async def show(self, page: SignedVisit) -> Reply:
        """`GET /settings/profile`."""
        return await self._page(page)

    async def rename(self, page: SignedVisit) -> Reply:
        """`POST /settings/profile`: take another name."""
        people, operator, name = self._people, await self._operator(page), page.form.get("name", "")
        form, by = Form(values={"name": name}), people.actor(page.visit, operator)
        try:
            await rename_operator(people.database, operator.id, name, by=by, now_ms=people.clock(), ids=people.ids)
        except InvalidNameError as error:
            note(form, error)
            return await self._page(page, name_form=form, status=400)
        self._forget(page)
        return page.redirect(PROFILE, done="profile_saved")

    async def change_password(self, page: SignedVisit) -> Reply:
        """`POST /settings/profile/password`: all sessions end, and this browser gets a new one."""
        people, operator, form = self._people, await self._operator(page), Form()
        address, now_ms = people.address_of(page.visit), people.clock()
        password = chosen_password(page.visit, form)
        if not form.is_right:
            return await self._page(page, password_form=form, status=400)
        try:
            old = page.form.get("old_password", "")
            await people.sign_in.change_password(operator, old, password, address=address, now_ms=now_ms)
        except WrongPasswordError:
            form.errors["old_password"] = NOT_YOURS
            return await self._page(page, password_form=form, status=403)
        except TooManyTriesError as error:
            form.message = too_many_tries(error)
            return await self._page(page, password_form=form, status=429)
        except (WeakPasswordError, OverloadedError) as error:
            note(form, error)
            return await self._page(page, password_form=form, status=400)
        return await people.enter_as(page.visit, operator, page.link(PROFILE, done="password_changed"))

    async def sign_out_elsewhere(self, page: SignedVisit) -> Reply:
        """`POST /settings/profile/sign-out-elsewhere`."""
        people = self._people
        try:
            await people.sign_in.sign_out_elsewhere(
                people.token_of(page.visit) or "", address=people.address_of(page.visit), now_ms=people.clock()
            )
        except SessionEndedError:
            return to_sign_in(page.visit)
        return page.redirect(PROFILE, done="signed_out_elsewhere")

    async def show_codes(self, page: SignedVisit) -> Reply:
        """`GET /settings/profile/codes`: what the device needs, until it has shown a code."""
        return await self._codes_page(page, Form())

    async def begin_codes(self, page: SignedVisit) -> Reply:
        """`POST /settings/profile/codes`: begin to set up a device."""
        try:
            await begin_codes(self._people.database, self._people.vault, page.session.operator)
        except CodesEnabledError:
            return page.redirect(PROFILE)
        return page.redirect(_CODES)

    async def confirm_codes(self, page: SignedVisit) -> Reply:
        """`POST /settings/profile/codes/confirm`: ask for codes from now on, and show the recovery codes, this once."""
        people, operator, form = self._people, await self._operator(page), Form()
        password, code = page.form.get("password", ""), page.form.get("code", "")
        address, now_ms = people.address_of(page.visit), people.clock()
        try:
            recovery = await people.sign_in.turn_on_codes(operator, password, code, address=address, now_ms=now_ms)
        except WrongPasswordError:
            form.errors["password"] = NOT_YOURS
            return await self._codes_page(page, form, status=403)
        except WrongCodeError as error:
            form.errors["code"] = error.message
            return await self._codes_page(page, form, status=400)
        except TooManyTriesError as error:
            form.message = too_many_tries(error)
            return await self._codes_page(page, form, status=429)
        except OverloadedError as error:
            note(form, error)
            return await self._codes_page(page, form, status=429)
        except (CodesNotBegunError, CodesEnabledError):
            return page.redirect(PROFILE)
        return page.reply("operators/recovery_codes.html", recovery=recovery)

    async def turn_codes_off(self, page: SignedVisit) -> Reply:
        """`POST /settings/profile/codes/off`: ask for codes no more, one having been shown."""
        people, operator, form = self._people, await self._operator(page), Form()
        try:
            await people.sign_in.turn_off_codes(
                operator, page.form.get("code", ""), address=people.address_of(page.visit), now_ms=people.clock()
            )
        except WrongCodeError as error:
            form.errors["code"] = error.message
            return await self._page(page, codes_form=form, status=403)
        except TooManyTriesError as error:
            form.errors["code"] = too_many_tries(error)
            return await self._page(page, codes_form=form, status=429)
        return page.redirect(PROFILE, done="codes_off")

    async def _operator(self, page: SignedVisit) -> Operator:
        return await find_operator(self._people.database, page.session.operator)

    def _forget(self, page: SignedVisit) -> None:
        """Let the next page know at once what has just changed of its operator."""
        self._people.sessions.forget(self._people.token_of(page.visit) or "")

    async def _page(
        self,
        page: SignedVisit,
        *,
        name_form: Form | None = None,
        password_form: Form | None = None,
        codes_form: Form | None = None,
        status: int = 200,
    ) -> Reply:
        operator = await self._operator(page)
        return page.reply(
            "operators/profile.html",
            status=status,
            operator=operator,
            name_form=name_form or Form(values={"name": operator.name}),
            password_form=password_form or Form(),
            codes_form=codes_form or Form(),
            browsers=await self._browsers(page),
            provider=self._people.provider,
        )

    async def _codes_page(self, page: SignedVisit, form: Form, *, status: int = 200) -> Reply:
        people = self._people
        try:
            enrolment = await find_enrolment(people.database, people.vault, page.session.operator)
        except (CodesNotBegunError, CodesEnabledError):
            return page.redirect(PROFILE)
        secret = " ".join(enrolment.secret[start : start + 4] for start in range(0, len(enrolment.secret), 4))
        return page.reply(
            "operators/codes.html",
            status=status,
            form=form,
            operator=await self._operator(page),
            secret=secret,
            uri=enrolment.uri,
            picture=qr_picture(enrolment.uri),
        )

    async def _browsers(self, page: SignedVisit) -> list[Browser]:
        people = self._people
        found = await list_sessions(
            people.database, page.session.operator, idle_ms=people.idle_ms, now_ms=people.clock()
        )
        this = hash_token(people.token_of(page.visit) or "")
        return [
            Browser(each.created_ms // 1000, each.seen_ms // 1000, each.address, each.hash == this) for each in found
        ]
