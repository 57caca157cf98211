"""Which handler answers which path, for pages."""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Final, Literal, TypeAlias

import msgspec
import structlog

from brim.base.ids import new_request_id
from brim.http.message import Reply, Request
from brim.http.route_tree import RouteTree
from brim.http.websocket import Socket
from brim.web.visit import Visit

Handler: TypeAlias = Callable[[Visit], Awaitable[Reply]]
SocketHandler: TypeAlias = Callable[[Request, Socket], Awaitable[None]]


_PLACEHOLDER: Final = re.compile(r"\{(\w+)\*?\}")

log = structlog.get_logger()


class NoSuchPageError(LookupError):
    """A handler's pattern fits an address at which there is nothing."""


def crashed(visit: Visit, error: Exception) -> str:
    """Log what a page failed of, and return the reference by which it is found in the log."""
    reference = new_request_id()
    request = visit.request
    log.error("page failed", request_id=reference, method=request.method, path=request.path, exc_info=error)
    return reference


class Route(msgspec.Struct, frozen=True):
    """What one method does at the paths of one pattern, such as `/docs/api/{resource}/{section}`.

    A placeholder stands for one segment; one that ends in `*`, at the end of the pattern, for all that follow.
    """

    method: Literal["GET", "POST"]
    pattern: str
    handler: Handler


class SocketRoute(msgspec.Struct, frozen=True):
    """Who talks on the websockets at one path, and the name of what is spoken there."""

    path: str
    subprotocol: str
    handler: SocketHandler


class Match(msgspec.Struct, frozen=True):
    """The routes whose pattern a path has, by method, and what stands at its placeholders."""

    routes: Mapping[str, Route]
    path_params: Mapping[str, str]


class RouteTable:
    """The routes of a site, in `routes`, and the one that a path has."""

    def __init__(self, routes: Sequence[Route]) -> None:
        self.routes = tuple(routes)
        self._tree = RouteTree[dict[str, Route]]()
        for route in routes:
            self._tree.add(route.pattern, {})[route.method] = route

    def find(self, path: str) -> Match | None:
        """Return what is there for a path, or None where no pattern fits."""
        found = self._tree.find(path)
        if found is None:
            return None
        routes, values = found
        pattern = next(iter(routes.values())).pattern
        return Match(routes, dict(zip(_PLACEHOLDER.findall(pattern), values, strict=True)))
