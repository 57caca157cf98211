"""Who may sign in: admins add operators, give them roles, disable them and help those who lost something."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final, TypeAlias

from brim.base.errors import OverloadedError
from brim.core import operators
from brim.core.audit import Actor
from brim.core.operators import (
    PASSWORD_LINK_PATH,
    InvalidEmailError,
    InvalidNameError,
    LastAdminError,
    NewOperator,
    NotBoundError,
    Operator,
    OperatorDisabledError,
    OperatorExistsError,
    Role,
    UnknownOperatorError,
    WeakPasswordError,
    add_operator,
    find_operator,
    held_money_roles,
    list_operators,
    make_password_link,
)
from brim.http.message import Reply
from brim.web.dashboard.forms import Form
from brim.web.dashboard.signed import SignedHandler, SignedPages, SignedVisit
from brim.web.operators.links import note
from brim.web.operators.people import OperatorDirectory
from brim.web.operators.wording import MONEY_DUTIES, ROLES
from brim.web.routes import NoSuchPageError, Route

OPERATORS: Final = "/settings/operators"
_ONE: Final = OPERATORS + "/{operator}"
_BY_LINK: Final = "link"
_BY_PASSWORD: Final = "password"  # noqa: S105  the name of a way to get in
_BY_PROVIDER: Final = "provider"

Change: TypeAlias = Callable[[Operator, Actor], Awaitable[object]]


class Management:
    """The pages on operators, for admins.

    Args:
        people: the ways to operators.
    """

    def __init__(self, people: OperatorDirectory) -> None:
        self._people = people

    def routes(self, signed: SignedPages) -> tuple[Route, ...]:
        """Return the routes of these pages."""
        return (
            *signed.get(OPERATORS, admins_only(self.show_all)),
            *signed.get(f"{OPERATORS}/new", admins_only(self.show_new)),
            *signed.post(f"{OPERATORS}/new", admins_only(self.add)),
            *signed.get(_ONE, admins_only(self.show)),
            *signed.post(f"{_ONE}/role", admins_only(self.set_role)),
            *signed.post(f"{_ONE}/disable", admins_only(self.disable)),
            *signed.post(f"{_ONE}/enable", admins_only(self.enable)),
            *signed.post(f"{_ONE}/link", admins_only(self.make_link)),
            *signed.post(f"{_ONE}/reset-codes", admins_only(self.reset_codes)),
            *signed.post(f"{_ONE}/unbind", admins_only(self.unbind)),
        )

    async def show_all(self, page: SignedVisit) -> Reply:
        """`GET /settings/operators`."""
        async with self._people.database.connection() as conn:
            held = await held_money_roles(conn)
        found = await list_operators(self._people.database)
        return page.reply("operators/list.html", operators=found, duties=MONEY_DUTIES, held=held)

    async def show_new(self, page: SignedVisit) -> Reply:
        """`GET /settings/operators/new`."""
        return self._new_page(page, Form(values={"role": Role.VIEWER.value, "way": _BY_LINK}))

    async def add(self, page: SignedVisit) -> Reply:
        """`POST /settings/operators/new`: add somebody, and show the link by which they choose a password."""
        people, typed = self._people, page.form
        form = Form(values={name: typed.get(name, "") for name in ("email", "name", "role", "way")})
        password = typed.get("password", "") if form.values["way"] == _BY_PASSWORD else None
        try:
            wanted = NewOperator(
                email=form.values["email"],
                name=form.values["name"],
                role=_role(form.values["role"]),
                password=password,
            )
            added = await add_operator(
                people.database,
                people.passwords,
                wanted,
                by=await self._actor(page),
                now_ms=people.clock(),
                ids=people.ids,
            )
        except OperatorExistsError as error:
            form.errors["email"] = error.message
            return self._new_page(page, form, status=400)
        except (InvalidEmailError, InvalidNameError, WeakPasswordError, OverloadedError) as error:
            note(form, error)
            return self._new_page(page, form, status=400)
        if form.values["way"] == _BY_LINK:
            return await self._show_link(page, added)
        return page.redirect(f"{OPERATORS}/{added.id}", done="operator_added")

    async def show(self, page: SignedVisit) -> Reply:
        """`GET /settings/operators/{operator}`."""
        return await self._one_page(page, Form())

    async def set_role(self, page: SignedVisit) -> Reply:
        """`POST .../role`: give an operator another role."""
        role = _role(page.form.get("role", ""))
        people = self._people

        async def change(found: Operator, by: Actor) -> None:
            await operators.set_role(people.database, found.id, role, by=by, now_ms=people.clock(), ids=people.ids)

        return await self._change(page, change, done="role_set")

    async def disable(self, page: SignedVisit) -> Reply:
        """`POST .../disable`: let an operator do nothing any more."""
        people = self._people

        async def change(found: Operator, by: Actor) -> None:
            await operators.disable_operator(people.database, found.id, by=by, now_ms=people.clock(), ids=people.ids)

        return await self._change(page, change, done="operator_disabled")

    async def enable(self, page: SignedVisit) -> Reply:
        """`POST .../enable`: let a disabled operator in again."""
        people = self._people

        async def change(found: Operator, by: Actor) -> None:
            await operators.enable_operator(people.database, found.id, by=by, now_ms=people.clock(), ids=people.ids)

        return await self._change(page, change, done="operator_enabled")

    async def reset_codes(self, page: SignedVisit) -> Reply:
        """`POST .../reset-codes`: ask an operator for no codes any more, who lost their device."""
        people = self._people

        async def change(found: Operator, by: Actor) -> None:
            await operators.reset_codes(people.database, found.id, by=by, now_ms=people.clock(), ids=people.ids)

        return await self._change(page, change, done="codes_reset")

    async def unbind(self, page: SignedVisit) -> Reply:
        """`POST .../unbind`: let another account at the identity provider be the operator's."""
        people = self._people

        async def change(found: Operator, by: Actor) -> None:
            with suppress(NotBoundError):  # unbound in another window: there is nothing left to do
                await operators.unbind_identity(people.database, found.id, by=by, now_ms=people.clock(), ids=people.ids)

        return await self._change(page, change, done="identity_unbound")

    async def make_link(self, page: SignedVisit) -> Reply:
        """`POST .../link`: show a link by which an operator chooses a new password."""
        found = await self._found(page)
        try:
            return await self._show_link(page, found)
        except OperatorDisabledError as error:
            return await self._one_page(page, Form(message=error.message), status=400)

    async def _show_link(self, page: SignedVisit, operator: Operator) -> Reply:
        people = self._people
        token = await make_password_link(
            people.database, operator.id, by=await self._actor(page), now_ms=people.clock(), ids=people.ids
        )
        link = people.url_of(page.visit, f"{PASSWORD_LINK_PATH}?token={token}")
        return page.reply("operators/link.html", operator=operator, link=link)

    async def _change(self, page: SignedVisit, change: Change, *, done: str) -> Reply:
        """Change the operator that a page is about, and lead back to it."""
        found = await self._found(page)
        try:
            await change(found, await self._actor(page))
        except LastAdminError as error:
            return await self._one_page(page, Form(message=error.message), status=400)
        if found.id == page.session.operator:
            self._people.sessions.forget(self._people.token_of(page.visit) or "")
        return page.redirect(f"{OPERATORS}/{found.id}", done=done)

    async def _found(self, page: SignedVisit) -> Operator:
        try:
            return await find_operator(self._people.database, page.path_params["operator"])
        except UnknownOperatorError:
            raise NoSuchPageError from None

    async def _actor(self, page: SignedVisit) -> Actor:
        return self._people.actor(page.visit, await find_operator(self._people.database, page.session.operator))

    def _new_page(self, page: SignedVisit, form: Form, *, status: int = 200) -> Reply:
        ways = [
            (_BY_LINK, "Setup link: you pass it on"),
            (_BY_PASSWORD, "Password: you set it"),
        ]
        if self._people.openid is not None:
            ways.append((_BY_PROVIDER, f"Only through {self._people.provider}"))
        return page.reply("operators/new.html", status=status, form=form, roles=ROLES, ways=ways)

    async def _one_page(self, page: SignedVisit, form: Form, *, status: int = 200) -> Reply:
        operator = await self._found(page)
        form.values.setdefault("role", operator.role.value)
        identity = await operators.find_identity(self._people.database, operator.id)
        return page.reply(
            "operators/one.html", status=status, form=form, operator=operator, roles=ROLES, identity=identity
        )


def admins_only(handler: SignedHandler) -> SignedHandler:
    """Return a handler that refuses everybody but admins."""

    async def handle(page: SignedVisit) -> Reply:
        if page.session.role is not Role.ADMIN:
            return page.reply(
                "dashboard/refusal.html",
                status=403,
                title="For admins only",
                advice="Only admins can manage operators. Ask an admin.",
            )
        return await handler(page)

    return handle


def _role(text: str) -> Role:
    """Return the role of a form; one that was tampered with gives the least."""
    return Role(text) if text in set(Role) else Role.VIEWER
