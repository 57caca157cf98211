"""What one process has taken in and not dealt with yet: connections by address, and the bytes of what is half sent.

Nobody has shown who they are while they send a request, so nothing but these bounds keeps one client from taking the
memory and the connections of all. A believed proxy's address stands for all of its clients: it has no bound of its own,
and what it sends is counted for the client that it names.
"""

from ipaddress import IPv6Address, ip_address
from typing import Final

import msgspec

from brim.http.message import Request
from brim.http.origin import Proxies
from brim.http.turns import Turns

BELIEVE_NOBODY: Final = Proxies()
_NETWORK_BITS: Final = 64
"""Whoever has one IPv6 address has all of its network. Source: RFC 6177."""


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """What one client may take: bytes, connections of one process, seconds.

    `max_unfinished` counts the bytes of all requests and messages that one process has received a part of and not
    answered.
    """

    max_body: int
    max_header: int
    max_connections: int
    max_connections_per_address: int
    max_unfinished: int
    max_unfinished_per_address: int
    idle_timeout_s: float
    read_timeout_s: float


class _Tally:
    """What has come from one source."""

    __slots__ = ("connections", "held")

    def __init__(self) -> None:
        self.connections = 0
        self.held = 0


class Intake:
    """The bounds of one process.

    Args:
        limits: what may be taken.
        proxies: those that are believed.

    Attributes:
        held: bytes of what is half sent, of all connections.
        turns: in which websockets are read from.
    """

    def __init__(self, limits: Limits, proxies: Proxies = BELIEVE_NOBODY) -> None:
        self.limits = limits
        self.held = 0
        self.turns = Turns()
        self._proxies = proxies
        self._tallies: dict[str, _Tally] = {}

    def open(self, address: str | None) -> "Share":
        """Return the share of a new connection; close it in the end."""
        return Share(self, address)

    def believes(self, address: str | None) -> bool:
        """Tell whether a proxy is at an address that is believed when it names its clients."""
        return self._proxies.believes(address)

    def client_of(self, address: str | None, headers: dict[bytes, bytes]) -> str | None:
        """Return the address of the client that a request's headers name, past believed proxies."""
        return self._proxies.address_of(Request("", "", b"", headers, b"", address))

    def tally(self, source: str) -> _Tally:
        """Return what is counted of a source."""
        return self._tallies.setdefault(source, _Tally())

    def drop_empty(self, source: str) -> None:
        """Forget a source of which nothing is left."""
        tally = self._tallies.get(source)
        if tally and not tally.connections and not tally.held:
            del self._tallies[source]


class Share:
    """What one connection takes of its process: itself, and the bytes that it holds.

    Attributes:
        source: where it comes from, as it is counted: an IPv4 address or the network of an IPv6 one. None where nothing
            is bounded for each: on a Unix socket, and for a believed proxy.
    """

    __slots__ = ("_address", "_holder", "_intake", "_is_open", "held", "source")

    def __init__(self, intake: Intake, address: str | None) -> None:
        self._intake = intake
        self._address = address
        self.source = None if address is None or intake.believes(address) else source_of(address)
        self._holder = self.source
        self._is_open = True
        self.held = 0
        if self.source is not None:
            intake.tally(self.source).connections += 1

    @property
    def is_crowded(self) -> bool:
        """Whether there are more connections from the same source than there may be."""
        most = self._intake.limits.max_connections_per_address
        return self.source is not None and self._intake.tally(self.source).connections > most

    def name_client(self, headers: dict[bytes, bytes]) -> None:
        """Count what is held from now on for the client that a request through a believed proxy names."""
        if self.source is None and self._address is not None and not self.held:
            client = self._intake.client_of(self._address, headers)
            self._holder = None if client in {None, self._address} else source_of(str(client))

    def hold(self, size: int) -> bool:
        """Tell whether the connection may hold so many bytes in all from now on, more or fewer than before."""
        if not self._is_open:
            return True
        more, limits = size - self.held, self._intake.limits
        tally = None if self._holder is None else self._intake.tally(self._holder)
        if more > 0 and (
            self._intake.held + more > limits.max_unfinished
            or (tally and tally.held + more > limits.max_unfinished_per_address)
        ):
            return False
        self.held = size
        self._intake.held += more
        if tally:
            tally.held += more
        return True

    def close(self) -> None:
        """Give back everything; to close it again does nothing."""
        if not self._is_open:
            return
        self.hold(0)
        self._is_open = False
        if self._holder is not None:
            self._intake.drop_empty(self._holder)
        if self.source is not None:
            self._intake.tally(self.source).connections -= 1
            self._intake.drop_empty(self.source)


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
