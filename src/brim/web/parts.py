"""Puts the site together: each part brings its routes. Add a part here."""

from brim.api.message import Reply
from brim.api.operations import OPERATIONS
from brim.kit.clock import Clock
from brim.web.assets import Assets
from brim.web.pages import Pages, redirect
from brim.web.routes import Route
from brim.web.shell.part import shell_routes, shell_sockets
from brim.web.shell.session import Application
from brim.web.site import Site
from brim.web.visit import Visit


def build_site(api: Application, clock: Clock) -> Site:
    """Return the site of one process; what pages show of an account they ask the API for."""
    assets = Assets()
    pages = Pages(assets)
    routes = (Route("GET", "/", _home), *shell_routes(pages))
    return Site(routes, pages, assets, shell_sockets(api, OPERATIONS, clock))


async def _home(_visit: Visit) -> Reply:
    return redirect("/docs/api", status=302)
