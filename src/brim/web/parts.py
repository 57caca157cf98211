"""Puts the site together: each part brings its routes. Add a part here."""

from brim.api.message import Reply
from brim.web.assets import Assets
from brim.web.pages import Pages, redirect
from brim.web.routes import Route
from brim.web.site import Site
from brim.web.visit import Visit


def build_site() -> Site:
    """Return the site of one process."""
    assets = Assets()
    pages = Pages(assets)
    return Site((Route("GET", "/", _home),), pages, assets)


async def _home(_visit: Visit) -> Reply:
    return redirect("/docs/api", status=302)
