"""Puts the site together: each part brings its routes. Add a part here."""

from collections.abc import Sequence

from brim.api.message import Reply
from brim.api.operation import Operation
from brim.web.assets import Assets
from brim.web.pages import Pages, redirect
from brim.web.reference.pages import Reference
from brim.web.routes import Route
from brim.web.site import Site
from brim.web.visit import Visit


def build_site(operations: Sequence[Operation]) -> Site:
    """Return the site of one process; `operations` is the table that its pages are made from."""
    assets = Assets()
    pages = Pages(assets)
    return Site((Route("GET", "/", _home), *Reference(operations, pages).routes()), pages, assets)


async def _home(_visit: Visit) -> Reply:
    return redirect("/docs/api", status=302)
