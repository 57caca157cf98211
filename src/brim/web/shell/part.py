"""What the Shell brings to the site: its page and its websocket. The dock is on every page, by `base.html`."""

from collections.abc import Sequence

from brim.api.framework.operation import Operation
from brim.base.clock import Clock
from brim.base.public_url import PublicUrl
from brim.http.message import Reply
from brim.web.pages import Pages
from brim.web.routes import Route, SocketRoute
from brim.web.session import Sessions, find_test_session
from brim.web.shell.commands import build_commands
from brim.web.shell.conversation import PATH, SUBPROTOCOL, ShellGateway
from brim.web.shell.session import ConversingApi, FindSession
from brim.web.visit import Visit


def shell_routes(pages: Pages, sessions: Sessions) -> tuple[Route, ...]:
    """Return the route of the page."""

    async def show(visit: Visit) -> Reply:
        session = await find_test_session(sessions, visit)
        return pages.reply(visit, "shell.html", public=session is None, session=session)

    return (Route("GET", "/shell", show),)


def shell_sockets(
    api: ConversingApi,
    operations: Sequence[Operation],
    clock: Clock,
    find_session: FindSession | None = None,
    *,
    public: PublicUrl | None = None,
) -> tuple[SocketRoute, ...]:
    """Return the route of the websocket behind each pane."""
    door = ShellGateway(api, build_commands(operations), clock=clock, find_session=find_session, public=public)
    return (SocketRoute(PATH, SUBPROTOCOL, door.converse),)
