"""Legal holds: what must be kept whatever its age. Admins place and lift them; every operator sees them."""

from typing import Final

from brim.base.errors import BrimError, ExclusiveParametersError, ResourceMissingError
from brim.base.paging import PageRequest
from brim.core.audit import Actor
from brim.core.legal_holds import (
    HoldKind,
    HoldLiftedError,
    HoldTextError,
    LegalHold,
    lift_hold,
    list_holds,
    place_hold,
)
from brim.core.operators import Role, find_operator
from brim.http.message import Reply
from brim.platform.database import Conn
from brim.web.dashboard.forms import Form
from brim.web.dashboard.paging import CURSORS, paging
from brim.web.dashboard.signed import SignedPages, SignedVisit
from brim.web.operators.management import admins_only
from brim.web.operators.people import OperatorDirectory
from brim.web.routes import Route

LEGAL_HOLDS: Final = "/settings/legal-holds"
_PAGE: Final = 50
_KINDS: Final = {
    HoldKind.ACCOUNT.value: "One account",
    HoldKind.PLATFORM.value: "An account and all its connected accounts, including future ones",
    HoldKind.INSTALLATION.value: "Everything",
}
_FIELDS: Final = ("kind", "account", "reason", "reference")


class LegalHoldPages:
    """The pages of legal holds.

    Args:
        people: the ways to operators.
    """

    def __init__(self, people: OperatorDirectory) -> None:
        self._people = people

    def routes(self, signed: SignedPages) -> tuple[Route, ...]:
        """Return the routes of these pages."""
        return (
            *signed.get(LEGAL_HOLDS, self.show),
            *signed.post(f"{LEGAL_HOLDS}/new", admins_only(self.place)),
            *signed.post(f"{LEGAL_HOLDS}/{{hold}}/lift", admins_only(self.lift)),
        )

    async def show(self, page: SignedVisit) -> Reply:
        """`GET /settings/legal-holds`."""
        return await self._reply(page, Form(values={"kind": HoldKind.ACCOUNT.value}))

    async def place(self, page: SignedVisit) -> Reply:
        """`POST .../new`: place a hold."""
        form = Form(values={name: page.form.get(name, "").strip() for name in _FIELDS})
        kind = form.values["kind"] if form.values["kind"] in _KINDS else HoldKind.ACCOUNT.value
        if kind != HoldKind.INSTALLATION.value and not form.values["account"]:
            form.errors["account"] = "Enter an account ID, which begins with acct_."
            return await self._reply(page, form, status=400)
        by = await self._actor(page)

        async def work(conn: Conn) -> LegalHold:
            return await place_hold(
                conn,
                kind=HoldKind(kind),
                account=form.values["account"],
                reason=form.values["reason"],
                reference=form.values["reference"] or None,
                by=by,
                now_ms=self._people.clock(),
                ids=self._people.ids,
            )

        try:
            await self._people.database.transact(work)
        except (HoldTextError, ResourceMissingError) as error:
            form.errors[error.param] = error.message
            return await self._reply(page, form, status=400)
        return page.redirect(LEGAL_HOLDS, done="legal_hold_placed")

    async def lift(self, page: SignedVisit) -> Reply:
        """`POST .../{hold}/lift`: lift a hold."""
        by = await self._actor(page)

        async def work(conn: Conn) -> LegalHold:
            return await lift_hold(
                conn, page.path_params["hold"], by=by, now_ms=self._people.clock(), ids=self._people.ids
            )

        try:
            await self._people.database.transact(work)
        except (HoldLiftedError, ResourceMissingError) as error:
            return await self._refuse(page, error)
        return page.redirect(LEGAL_HOLDS, done="legal_hold_lifted")

    async def _refuse(self, page: SignedVisit, error: BrimError) -> Reply:
        form = Form(values={"kind": HoldKind.ACCOUNT.value}, message=error.message)
        return await self._reply(page, form, status=400)

    async def _reply(self, page: SignedVisit, form: Form, *, status: int = 200) -> Reply:
        cursor = next(({name: page.query[name]} for name in CURSORS if name in page.query), {})
        try:
            found = await list_holds(self._people.database, PageRequest(limit=_PAGE, **cursor))
        except (ResourceMissingError, ExclusiveParametersError):
            return page.redirect(LEGAL_HOLDS)
        listed = {"data": [{"id": hold.id} for hold in found.items], "has_more": found.has_more}
        return page.reply(
            "operators/legal_holds.html",
            status=status,
            form=form,
            holds=found.items,
            kinds=tuple(_KINDS.items()),
            may_change=page.session.role is Role.ADMIN,
            paging=paging(page, listed),
        )

    async def _actor(self, page: SignedVisit) -> Actor:
        return self._people.actor(page.visit, await find_operator(self._people.database, page.session.operator))
