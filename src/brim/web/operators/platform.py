"""The settings of the platform: its name, which every page and mail shows."""

from typing import Final

from brim.core.accounts import LONGEST_PLATFORM_NAME, PlatformName, PlatformNameError, name_platform
from brim.http.message import Reply
from brim.web.dashboard.forms import Form
from brim.web.dashboard.signed import SignedPages, SignedVisit
from brim.web.operators.management import admins_only
from brim.web.operators.people import OperatorDirectory
from brim.web.routes import Route

PLATFORM: Final = "/settings/platform"


class PlatformPages:
    """The page of the platform's settings.

    Args:
        people: the ways to operators.
        name: what this process knows of the platform's name.
    """

    def __init__(self, people: OperatorDirectory, name: PlatformName) -> None:
        self._people = people
        self._name = name

    def routes(self, signed: SignedPages) -> tuple[Route, ...]:
        """Return the routes of this page."""
        return (*signed.get(PLATFORM, admins_only(self.show)), *signed.post(PLATFORM, admins_only(self.save)))

    async def show(self, page: SignedVisit) -> Reply:
        """`GET /settings/platform`."""
        await self._name.read()
        return self._reply(page, Form(values={"name": self._name.get() or ""}))

    async def save(self, page: SignedVisit) -> Reply:
        """`POST /settings/platform`: give the platform a name."""
        people, form = self._people, Form(values={"name": page.form.get("name", "")})
        try:
            await name_platform(
                people.database, form.values["name"], by=page.session.actor, now_ms=people.clock(), ids=people.ids
            )
        except PlatformNameError as error:
            form.errors["name"] = error.message
            return self._reply(page, form, status=400)
        await self._name.read()
        return page.redirect(PLATFORM, done="updated")

    def _reply(self, page: SignedVisit, form: Form, *, status: int = 200) -> Reply:
        return page.reply("operators/platform.html", status=status, form=form, longest=LONGEST_PLATFORM_NAME)
