"""Look up the names of webhooks' hosts: asynchronously, cached, shared, and bounded per account and in all.

`getaddrinfo` waits in one of the few threads that a process has, and a time-out does not free the thread: ten names
whose servers never answer would stop everybody's look-ups. Here a look-up without an answer holds one place of the
account that wanted it, and nothing else. c-ares reads `/etc/hosts` and `/etc/resolv.conf` as the system does, search
domains, `ndots` and later changes included; what only modules of nsswitch.conf know (mDNS, NIS) it does not find.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from functools import partial
from ipaddress import ip_address
from socket import SOCK_STREAM
from typing import TYPE_CHECKING, Final, TypeAlias

import aiodns
import msgspec

from brim.platform.egress.targets import Address, TargetUnreachableError

if TYPE_CHECKING:
    from pycares import AddrInfoResult

_Flight: TypeAlias = "asyncio.Future[AddrInfoResult]"

MOST_IN_FLIGHT: Final = 512
"""Look-ups under way in one process."""

MOST_PER_ACCOUNT: Final = 32
"""Look-ups under way for one account: one for each of the endpoints that it may have by default in both modes."""

_MOST_NAMES: Final = 4_096
_MOST_ADDRESSES: Final = 16
"""Addresses of a name that are kept. With names of 253 bytes at most, this bounds the cache to some 8 MB."""

_LEAST_TTL_S: Final = 5.0
_LONGEST_TTL_S: Final = 300.0
_FAILED_TTL_S: Final = 3.0
"""Shorter than the pause before the first retry, so that a retry looks the name up again."""

_FIRST_WAIT_S: Final = 1.0
_TRIES: Final = 3
"""For a server's answer; the wait doubles from one try to the next, so c-ares itself soon gives up what has none."""

_LOOKUPS_PER_RESOLVER: Final = 256
_RESOLVER_LIVES_S: Final = 300.0
"""c-ares keeps answers too, of up to 64 KiB each and for up to an hour: a new one begins with an empty memory. It reads
`resolv.conf` as well, whose changes c-ares does not notice where a container has it mounted."""


class NameLookupError(TargetUnreachableError):
    """A name that cannot be looked up now."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"The host name couldn't be resolved: {reason}.")


class _Found(msgspec.Struct, frozen=True):
    """What a look-up came to, and until when that counts (the event loop's seconds)."""

    addresses: Sequence[Address]
    failure: str | None
    until_s: float


class NameResolver:
    """Looks names up. Make it inside the running event loop, and close it there.

    Args:
        servers: addresses of DNS servers, with ports where they are not 53; none means those of the system.
        timeout_s: how long somebody waits for an answer.
    """

    def __init__(self, *, servers: Sequence[str] = (), timeout_s: float) -> None:
        self._servers = servers
        self._timeout_s = timeout_s
        self._loop = asyncio.get_running_loop()
        self._cache: OrderedDict[str, _Found] = OrderedDict()  # the least recently used first
        self._in_flight: dict[str, _Flight] = {}
        self._per_account: dict[str, int] = {}
        self._freed = asyncio.Event()
        self._resolver: aiodns.DNSResolver | None = None
        self._lookups_left = 0
        self._resolver_until_s = 0.0

    async def __call__(self, host: str, account: str) -> Sequence[Address]:
        """Return the addresses that a name stands for, looked up on behalf of an account.

        Raises:
            NameLookupError: there are none, or nobody says in time.
        """
        try:
            async with asyncio.timeout(self._timeout_s):
                found = await self._find(host.lower(), account)
        except TimeoutError:
            raise NameLookupError(f"there was no answer within {self._timeout_s:g} seconds") from None
        if found.failure is not None:
            raise NameLookupError(found.failure)
        return found.addresses

    async def close(self) -> None:
        """Give up what is under way."""
        if self._resolver is not None:
            await self._resolver.close()

    async def _find(self, name: str, account: str) -> _Found:
        """Return what is known of a name, once something is; who waits shares what is under way for it."""
        while (found := self._known(name)) is None:
            if flight := self._in_flight.get(name) or self._start(name, account):
                await asyncio.wait((flight,))  # does not end it for the others when this one waits no longer
            else:
                await self._freed.wait()
        return found

    def _known(self, name: str) -> _Found | None:
        found = self._cache.get(name)
        if found is None or found.until_s <= self._loop.time():
            return None
        self._cache.move_to_end(name)
        return found

    def _start(self, name: str, account: str) -> "_Flight | None":
        """Begin to look a name up; return None where there is no place for it."""
        of_account = self._per_account.get(account, 0)
        if of_account >= MOST_PER_ACCOUNT or len(self._in_flight) >= MOST_IN_FLIGHT:
            return None
        resolver = self._next_resolver()
        flight = resolver.getaddrinfo(name, type=SOCK_STREAM)
        self._in_flight[name] = flight
        self._per_account[account] = of_account + 1
        flight.add_done_callback(partial(self._end, name, account, resolver))
        return flight

    def _next_resolver(self) -> aiodns.DNSResolver:
        """Return what the next look-up goes through; the one before goes with the last of its look-ups."""
        now_s = self._loop.time()
        if self._resolver is None or not self._lookups_left or now_s >= self._resolver_until_s:
            servers = list(self._servers) or None
            self._resolver = aiodns.DNSResolver(servers, self._loop, timeout=_FIRST_WAIT_S, tries=_TRIES)
            self._lookups_left, self._resolver_until_s = _LOOKUPS_PER_RESOLVER, now_s + _RESOLVER_LIVES_S
        self._lookups_left -= 1
        return self._resolver

    def _end(
        self,
        name: str,
        account: str,
        _resolver: aiodns.DNSResolver,  # held until now: it ends what is under way when nobody holds it
        flight: _Flight,
    ) -> None:
        """Free a look-up's place and keep what it came to."""
        del self._in_flight[name]
        self._per_account[account] -= 1
        if not self._per_account[account]:
            del self._per_account[account]
        self._keep(name, _read(flight, self._loop.time()))
        freed, self._freed = self._freed, asyncio.Event()
        freed.set()

    def _keep(self, name: str, found: _Found) -> None:
        self._cache[name] = found
        self._cache.move_to_end(name)
        if len(self._cache) > _MOST_NAMES:
            self._cache.popitem(last=False)


def _read(flight: _Flight, now_s: float) -> _Found:
    """Return what a look-up that has ended came to."""
    if flight.cancelled():
        return _Found((), "the lookup was canceled", now_s + _FAILED_TTL_S)
    if error := flight.exception():
        reason = str(error.args[-1]) if error.args else "no reason was given"
        return _Found((), reason, now_s + _FAILED_TTL_S)
    nodes = flight.result().nodes
    addresses = list(dict.fromkeys(ip_address(node.addr[0].decode()) for node in nodes))[:_MOST_ADDRESSES]
    ttl_s = min((node.ttl for node in nodes), default=0)
    return _Found(tuple(addresses), None, now_s + min(max(ttl_s, _LEAST_TTL_S), _LONGEST_TTL_S))
