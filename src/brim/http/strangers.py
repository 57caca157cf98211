"""Websockets of clients that have not shown who they are: a few of all connections, and the first to be closed."""

from typing import Final, Protocol

_PART_OF_ALL: Final = 8
"""Such a websocket may stay open for minutes, so all of them together get this part of the connections."""

_PART_OF_ONE: Final = 16
"""Those of one client get this part of the connections of one address."""


class Stranger(Protocol):
    """A websocket of somebody unknown."""

    @property
    def source(self) -> str | None:
        """Where it comes from, as connections are counted; None where nothing is bounded for each."""
        ...

    def let_go(self) -> None:
        """Close it; it forgets itself."""
        ...


class Strangers:
    """Those of one process. A newcomer is always taken in, and one that was there before makes room.

    Args:
        max_connections: of the process.
        max_connections_per_address: of one client.
    """

    def __init__(self, max_connections: int, max_connections_per_address: int) -> None:
        self._most = max(1, max_connections // _PART_OF_ALL)
        self._most_of_one = max(1, max_connections_per_address // _PART_OF_ONE)
        self._oldest_first: dict[Stranger, None] = {}

    def __contains__(self, websocket: Stranger) -> bool:
        """Tell whether a websocket's client is unknown."""
        return websocket in self._oldest_first

    def admit(self, newcomer: Stranger) -> None:
        """Take in one more; where there are too many, the oldest of its client goes, or of the one with the most."""
        by_source: dict[str | None, list[Stranger]] = {}
        for each in self._oldest_first:
            by_source.setdefault(each.source, []).append(each)
        own = by_source.get(newcomer.source, [])
        if newcomer.source is not None and len(own) >= self._most_of_one:
            own[0].let_go()
        elif len(self._oldest_first) >= self._most:
            max(by_source.values(), key=len)[0].let_go()
        self._oldest_first[newcomer] = None

    def forget(self, websocket: Stranger) -> None:
        """Count a websocket no more: its client is known now, or gone."""
        self._oldest_first.pop(websocket, None)
