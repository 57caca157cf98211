"""Puts the site together: each part brings its routes. Add a part here."""

from collections.abc import Callable, Sequence

import msgspec

from brim.api.framework.operation import Operation
from brim.base.clock import Clock
from brim.base.public_url import PublicUrl
from brim.core.accounts import PlatformName
from brim.core.changes import Watchers
from brim.core.operators import DASHBOARD_PATH
from brim.http.message import Reply, Request
from brim.web.assets import Assets
from brim.web.dashboard.parts import dashboard_routes
from brim.web.dashboard.signed import PageDependencies, SignedPages
from brim.web.key_management import KeyManagement
from brim.web.operators.parts import operator_routes
from brim.web.operators.people import OperatorDirectory
from brim.web.pages import Pages, redirect
from brim.web.reference.explorer import Explorer
from brim.web.reference.pages import Reference
from brim.web.routes import Route
from brim.web.session import Session, Sessions
from brim.web.shell.part import shell_routes, shell_sockets
from brim.web.shell.session import ConversingApi
from brim.web.site import Site
from brim.web.visit import Visit


class SiteDependencies(msgspec.Struct, frozen=True, kw_only=True):
    """What the site of one process is built from.

    Attributes:
        operations: the table that the reference and the Shell's commands are made from.
        api: what pages and the Shell call.
        sessions: recognises who looks.
        watchers: tell pages of changes.
        keys: what pages do with API keys.
        clock: real time.
        people: the ways to operators; None leaves out the pages that sign them in.
        public: where people reach the pages; None where that is not set.
        is_rehearsal: tells whether the installation only rehearses; every page says so.
        platform: knows the name of the platform, which every page shows; None where nothing does.
    """

    operations: Sequence[Operation]
    api: ConversingApi
    sessions: Sessions
    watchers: Watchers
    keys: KeyManagement
    clock: Clock
    people: OperatorDirectory | None = None
    public: PublicUrl | None = None
    is_rehearsal: Callable[[], bool] = lambda: False
    platform: PlatformName | None = None


def build_site(supplies: SiteDependencies) -> Site:
    """Return the site of one process."""
    operations, api, sessions = supplies.operations, supplies.api, supplies.sessions

    async def find_session(request: Request) -> Session | None:
        visit = Visit(request, {})
        return await sessions.find(visit, livemode=visit.query.get("mode") == "live")

    async def home(visit: Visit) -> Reply:
        is_signed_in = await sessions.find(visit, livemode=False) is not None
        return redirect(DASHBOARD_PATH if is_signed_in else "/docs/api", status=302)

    assets = Assets()
    name = supplies.platform
    pages = Pages(
        assets,
        public=supplies.public,
        is_rehearsal=supplies.is_rehearsal,
        platform_name=name.get if name else lambda: None,
    )
    parts = PageDependencies(pages, api, sessions, supplies.watchers, supplies.keys, supplies.people)
    reference = Reference(operations, pages, Explorer(api, sessions))
    routes = [*reference.routes(), *dashboard_routes(parts), *shell_routes(pages, sessions)]
    if supplies.people is not None:
        routes += operator_routes(pages, supplies.people, sessions, SignedPages(parts), operations, name)
    sockets = shell_sockets(api, operations, supplies.clock, find_session, public=supplies.public)
    site = Site((Route("GET", "/", home), *routes), pages, assets, sockets, public=supplies.public, sessions=sessions)
    pages.add_globals(has_page=site.has_page)
    return site
