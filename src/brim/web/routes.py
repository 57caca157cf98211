"""Which handler answers which path, for pages."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Literal, TypeAlias
from urllib.parse import unquote

import msgspec
import structlog

from brim.base.ids import new_request_id
from brim.http.message import Reply, Request
from brim.http.websocket import Socket
from brim.web.visit import Visit

Handler: TypeAlias = Callable[[Visit], Awaitable[Reply]]
SocketHandler: TypeAlias = Callable[[Request, Socket], Awaitable[None]]


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
    """The routes of a site. Where a path has two patterns, the one given first counts."""

    def __init__(self, routes: Sequence[Route]) -> None:
        self._by_pattern: dict[str, dict[str, Route]] = {}
        for route in routes:
            self._by_pattern.setdefault(route.pattern, {})[route.method] = route
        self._patterns = [(pattern.split("/"), routes) for pattern, routes in self._by_pattern.items()]

    def find(self, path: str) -> Match | None:
        """Return what is there for a path, or None where no pattern fits."""
        plain = self._by_pattern.get(path)
        if plain is not None:
            return Match(plain, {})
        segments = path.split("/")
        for pattern, routes in self._patterns:
            path_params = _compare(pattern, segments)
            if path_params is not None:
                return Match(routes, path_params)
        return None


def _compare(pattern: list[str], segments: list[str]) -> dict[str, str] | None:
    """Return what stands at the placeholders, or None where the path is another."""
    path_params: dict[str, str] = {}
    for index, wanted in enumerate(pattern):
        if wanted.endswith("*}"):
            path_params[wanted[1:-2]] = unquote("/".join(segments[index:]))
            return path_params if _can_be_looked_up(path_params) else None
        if index >= len(segments):
            return None
        segment = segments[index]
        if wanted.startswith("{") and segment:
            path_params[wanted[1:-1]] = unquote(segment)
        elif wanted != segment:
            return None
    return path_params if len(pattern) == len(segments) and _can_be_looked_up(path_params) else None


def _can_be_looked_up(path_params: Mapping[str, str]) -> bool:
    """Tell whether the database can be asked for these: no text in it has U+0000, so nothing has such a name."""
    return not any("\0" in value for value in path_params.values())
