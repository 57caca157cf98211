"""The connections of one process as a whole: which are closed when there is no room, and which dawdle."""

import asyncio
from collections.abc import Iterable
from heapq import nsmallest
from typing import Any, Final, Protocol, cast

from uvicorn.server import ServerState

_CLOSED_TOGETHER: Final = 64
"""When there is no room, this part of all connections is closed at once, for finding them costs a look at all."""


class Connection(Protocol):
    """A connection that the sweeper looks after."""

    def check_deadline(self, now: float) -> None:
        """Close what has had its time."""
        ...


class RestingConnection(Connection, Protocol):
    """A connection that can be closed to make room."""

    @property
    def is_stranger(self) -> bool:
        """Whether it is a websocket whose client has not shown who they are; those are closed first."""
        ...

    @property
    def rested_since(self) -> float | None:
        """Since when nothing has been asked there; None while something is."""
        ...

    @property
    def source(self) -> str | None:
        """Where it comes from, as connections are counted."""
        ...

    def let_go(self) -> None:
        """Close it."""
        ...


def make_room(connections: Iterable[Any], most: int, newcomer: object, *, source: str | None = None) -> bool:
    """Tell whether room was made by closing websockets of strangers, and the connections that rested longest.

    Args:
        connections: all there are; a websocket of somebody who is known never rests.
        most: how many there may be.
        newcomer: the connection that room is made for.
        source: close only those from there; None closes any.
    """
    resting = []
    for each in connections:
        since = getattr(each, "rested_since", None)
        if since is not None and each is not newcomer and source in {None, each.source}:
            resting.append((not each.is_stranger, since, id(each), cast("RestingConnection", each)))
    for *_, each in nsmallest(max(1, most // _CLOSED_TOGETHER), resting):
        each.let_go()
    return bool(resting)


def remote_address(transport: asyncio.BaseTransport) -> str | None:
    """Return the address at a connection's other end; a Unix socket has none."""
    peer = transport.get_extra_info("peername")
    return str(peer[0]) if isinstance(peer, tuple) else None


async def sweep_connections(server_state: ServerState, interval_s: float = 1.0) -> None:
    """Close connections whose deadline has passed, for as long as the task runs.

    One pass a second over all connections costs less than a timer for each request.
    """
    loop = asyncio.get_running_loop()
    while True:
        await asyncio.sleep(interval_s)
        now = loop.time()
        for connection in list(server_state.connections):
            cast("Connection", connection).check_deadline(now)
