"""Puts the site together: each part brings its routes. Add a part here."""

from collections.abc import Sequence

from brim.api.message import Reply
from brim.api.operation import Operation
from brim.services.watching import Watchers
from brim.web.assets import Assets
from brim.web.calling import Application
from brim.web.dashboard.parts import dashboard_routes
from brim.web.dashboard.signed import Parts
from brim.web.key_desk import KeyDesk
from brim.web.pages import Pages, redirect
from brim.web.reference.pages import Reference
from brim.web.routes import Route
from brim.web.session import Sessions
from brim.web.site import Site
from brim.web.visit import Visit


def build_site(
    operations: Sequence[Operation], application: Application, sessions: Sessions, watchers: Watchers, keys: KeyDesk
) -> Site:
    """Return the site of one process.

    Args:
        operations: the table that the reference is made from.
        application: the API, which pages call.
        sessions: recognises who looks.
        watchers: tell pages of changes.
        keys: what pages do with API keys.
    """
    assets = Assets()
    pages = Pages(assets)
    dashboard = dashboard_routes(Parts(pages, application, sessions, watchers, keys))
    return Site((Route("GET", "/", _home), *Reference(operations, pages).routes(), *dashboard), pages, assets)


async def _home(_visit: Visit) -> Reply:
    return redirect("/docs/api", status=302)
