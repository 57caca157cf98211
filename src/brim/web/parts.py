"""Puts the site together: each part brings its routes. Add a part here."""

from collections.abc import Sequence

from brim.api.message import Reply
from brim.api.operation import Operation
from brim.web.assets import Assets
from brim.web.calling import Application
from brim.web.dashboard.parts import dashboard_routes
from brim.web.dashboard.signed import SignedPages
from brim.web.operators.parts import operator_routes
from brim.web.operators.people import People
from brim.web.pages import Pages, redirect
from brim.web.reference.pages import Reference
from brim.web.routes import Route
from brim.web.session import Sessions
from brim.web.site import Site
from brim.web.visit import Visit


def build_site(
    operations: Sequence[Operation], application: Application, sessions: Sessions, people: People | None = None
) -> Site:
    """Return the site of one process.

    Args:
        operations: the table that the reference is made from.
        application: the API, which pages call.
        sessions: recognises who looks.
        people: the ways to operators; None leaves out the pages that sign them in.
    """
    assets = Assets()
    pages = Pages(assets)
    parts = [*Reference(operations, pages).routes(), *dashboard_routes(pages, application, sessions)]
    if people is not None:
        signed = SignedPages(pages, application, sessions)
        parts += operator_routes(pages, people, sessions, signed, operations)
    return Site((Route("GET", "/", _home), *parts), pages, assets)


async def _home(_visit: Visit) -> Reply:
    return redirect("/docs/api", status=302)
