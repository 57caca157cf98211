"""What one process keeps for its clients: connections by address, bytes of what is half sent and of what is not read.

Nobody has shown who they are while they send a request, so nothing but these bounds keeps one client from taking the
memory and the connections of all; nor may the bounds themselves shut anybody out. A believed proxy's address stands for
all of its clients: it has no bound of its own, and what it sends is counted for the client that it names.
"""

from collections.abc import Callable, Iterable
from ipaddress import IPv6Address, ip_address
from typing import Final, Protocol

import msgspec

from brim.http.message import Request
from brim.http.origin import Proxies
from brim.http.strangers import Strangers
from brim.http.turns import Turns

BELIEVE_NOBODY: Final = Proxies()
_NETWORK_BITS: Final = 64
"""Whoever has one IPv6 address has all of its network. Source: RFC 6177."""

SMALL: Final = 128 * 1024
"""Bytes of a request that takes the place of larger ones: the largest metadata, percent-encoded, need fewer."""

_DROPPED_TOGETHER: Final = 64
"""Where there is no room, this part of all is given up at once, for finding the largest costs a look at all sources."""


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """What one client may take: bytes, connections of one process, seconds.

    `max_upload` bounds a body that holds a file, where that is more than `max_body`. `max_unfinished` bounds the bytes
    of all requests and messages that one process has received a part of and not answered, and as many of replies that
    clients do not read.
    """

    max_body: int
    max_upload: int = 0
    max_header: int
    max_connections: int
    max_connections_per_address: int
    max_unfinished: int
    max_unfinished_per_address: int
    idle_timeout_s: float
    read_timeout_s: float


class Owner(Protocol):
    """Whose share it is: a connection, as HTTP or as a websocket."""

    def drop_unfinished(self) -> None:
        """Give up what has arrived in part and nobody works on, and close."""
        ...

    def drop_unsent(self) -> None:
        """Give up what the client has not read, and close."""
        ...


class _Source:
    """What is kept for one source: by connection, and in all."""

    __slots__ = ("sizes", "total")

    def __init__(self) -> None:
        self.sizes: dict[Share, int] = {}
        self.total = 0


class Budget:
    """Bytes of one kind that a process keeps for its clients.

    Whoever is refused here is refused for what others do. So a small request never is: it takes the place of the
    largest of the source that has the most.

    Args:
        most: bytes in all.
        most_of_one: bytes of one source.
        most_connections: connections of one source that hold any; behind a proxy nothing else counts them.
        drop: makes a connection give up what it holds.

    Attributes:
        held: bytes that are kept now.
    """

    def __init__(self, most: int, most_of_one: int, most_connections: int, drop: "Callable[[Share], None]") -> None:
        self.held = 0
        self._most = most
        self._most_of_one = most_of_one
        self._most_connections = most_connections
        self._drop = drop
        self._sources: dict[str | None, _Source] = {}

    @property
    def is_empty(self) -> bool:
        """Whether nothing is kept for anybody."""
        return not self.held and not self._sources

    def resize(self, share: "Share", source: str | None, size: int) -> bool:
        """Tell whether a connection may hold so many bytes from now on, more or fewer than before.

        Args:
            share: the connection's.
            source: whom it counts for; None for nobody, then only what is held in all is bounded.
            size: bytes in all.
        """
        found = self._sources.get(source)
        before = found.sizes.get(share, 0) if found else 0
        if size > before and not self._has_room(source, size, before):
            return False
        found = self._sources.setdefault(source, _Source())  # who gave way may have been the last of this source
        found.total += size - before
        self.held += size - before
        if size:
            found.sizes[share] = size
        else:
            found.sizes.pop(share, None)
            if not found.sizes:
                del self._sources[source]
        return True

    def _has_room(self, source: str | None, size: int, before: int) -> bool:
        """Tell whether there is room, where a small request makes some."""
        more, found = size - before, self._sources.get(source)
        if source is not None:
            if found and not before and len(found.sizes) >= self._most_connections:
                return False
            over = (found.total if found else 0) + more - self._most_of_one
            if over > 0 and not (found and self._make_room([found], size, over)):
                return False
        over = self.held + more - self._most
        if over <= 0:
            return True
        largest_first = sorted(self._sources.values(), key=lambda each: each.total, reverse=True)
        return self._make_room(largest_first, size, over)

    def _make_room(self, sources: Iterable[_Source], size: int, over: int) -> bool:
        """Tell whether so many bytes were given up by those that hold more than the small request does."""
        if size > SMALL:
            return False
        aim = self.held - max(over, self._most // _DROPPED_TOGETHER)
        enough = self.held - over
        for source in sources:
            for share, held in sorted(source.sizes.items(), key=lambda each: each[1], reverse=True):
                if held <= size or self.held <= aim:
                    break
                self._drop(share)
        return self.held <= enough


class Intake:
    """The bounds of one process.

    Args:
        limits: what may be taken.
        proxies: those that are believed.

    Attributes:
        unfinished: bytes of what is half sent, of all connections.
        unsent: bytes of replies that clients do not read.
        strangers: websockets of clients that have not shown who they are.
        turns: in which websockets are read from.
    """

    def __init__(self, limits: Limits, proxies: Proxies = BELIEVE_NOBODY) -> None:
        self.limits = limits
        bounds = (limits.max_unfinished, limits.max_unfinished_per_address, limits.max_connections_per_address)
        self.unfinished = Budget(*bounds, Share.drop_unfinished)
        self.unsent = Budget(*bounds, Share.drop_unsent)
        self.strangers = Strangers(limits.max_connections, limits.max_connections_per_address)
        self.turns = Turns()
        self._proxies = proxies
        self._connections: dict[str, int] = {}

    @property
    def is_empty(self) -> bool:
        """Whether nothing is counted of anybody."""
        return not self._connections and self.unfinished.is_empty and self.unsent.is_empty

    def open(self, address: str | None, owner: Owner) -> "Share":
        """Return the share of a new connection; close it in the end."""
        return Share(self, address, owner)

    def believes(self, address: str | None) -> bool:
        """Tell whether a proxy is at an address that is believed when it names its clients."""
        return self._proxies.believes(address)

    def client_of(self, address: str | None, headers: dict[bytes, bytes]) -> str | None:
        """Return the address of the client that a request's headers name, past believed proxies."""
        return self._proxies.address_of(Request("", "", b"", headers, b"", address))

    def connections_of(self, source: str) -> int:
        """Return how many connections a source has."""
        return self._connections.get(source, 0)

    def count(self, source: str, change: int) -> None:
        """Count a connection of a source, or one fewer."""
        count = self._connections.get(source, 0) + change
        if count:
            self._connections[source] = count
        else:
            del self._connections[source]


class Share:
    """What one connection takes of its process: itself, and the bytes that are kept for it.

    Attributes:
        owner: the connection; None once it is closed.
        source: where it comes from, as it is counted: an IPv4 address or the network of an IPv6 one. None where nothing
            is bounded for each: on a Unix socket, and for a believed proxy.
        held: bytes of what has arrived in part.
        unsent: bytes that the client has not read.
    """

    __slots__ = ("_address", "_holder", "_intake", "_is_open", "held", "owner", "source", "unsent")

    def __init__(self, intake: Intake, address: str | None, owner: Owner) -> None:
        self._intake = intake
        self._address = address
        self.owner: Owner | None = owner
        self.source = None if address is None or intake.believes(address) else source_of(address)
        self._holder = self.source
        self._is_open = True
        self.held = 0
        self.unsent = 0
        if self.source is not None:
            intake.count(self.source, 1)

    @property
    def is_crowded(self) -> bool:
        """Whether there are more connections from the same source than there may be."""
        most = self._intake.limits.max_connections_per_address
        return self.source is not None and self._intake.connections_of(self.source) > most

    def name_client(self, headers: dict[bytes, bytes]) -> None:
        """Count what is held from now on for the client that a request through a believed proxy names."""
        if self.source is None and self._address is not None and not self.held and not self.unsent:
            client = self._intake.client_of(self._address, headers)
            self._holder = None if client in {None, self._address} else source_of(str(client))

    def adopt(self, headers: dict[bytes, bytes]) -> None:
        """Count a proxy's connection for the client that its request names, who has it to the end."""
        if self.source is None:
            self.hold(0)
            self.owe(0)
            self.name_client(headers)
            self.source = self._holder
            if self.source is not None:
                self._intake.count(self.source, 1)

    def hold(self, size: int) -> bool:
        """Tell whether so many bytes may have arrived in part from now on, more or fewer than before."""
        if not self._is_open or size == self.held:
            return True
        if not self._intake.unfinished.resize(self, self._holder, size):
            return False
        self.held = size
        return True

    def owe(self, size: int) -> bool:
        """Tell whether so many bytes may wait for the client to read them from now on."""
        if not self._is_open or size == self.unsent:
            return True
        if not self._intake.unsent.resize(self, self._holder, size):
            return False
        self.unsent = size
        return True

    def drop_unfinished(self) -> None:
        """Let the connection give up what has arrived in part."""
        if self.owner:
            self.owner.drop_unfinished()

    def drop_unsent(self) -> None:
        """Let the connection give up what its client has not read."""
        if self.owner:
            self.owner.drop_unsent()

    def close(self) -> None:
        """Give back everything; to close it again does nothing."""
        if not self._is_open:
            return
        self.hold(0)
        self.owe(0)
        self._is_open = False
        self.owner = None  # which refers to us: without this, only the garbage collector could free the two
        if self.source is not None:
            self._intake.count(self.source, -1)


def source_of(address: str) -> str:
    """Return what an address is counted under."""
    if ":" not in address:
        return address
    parsed = ip_address(address.partition("%")[0])
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return f"{IPv6Address(int(parsed) >> _NETWORK_BITS << _NETWORK_BITS)}/{_NETWORK_BITS}"
