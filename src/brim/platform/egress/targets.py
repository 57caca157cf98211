"""Where a webhook may be sent: which URLs are understood, and which addresses may be dialled.

Whoever writes an endpoint's URL makes this server connect to it, so the rule decides what of the operator's network
they can reach. One rule serves the saving of an endpoint, a test delivery and every attempt. It judges the addresses
that a name stands for at that moment; whoever dials takes one of those, never the name again.
Source of the networks: the IANA registries of special-purpose IPv4 and IPv6 addresses.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final, TypeAlias
from urllib.parse import urlsplit

import msgspec

from brim.base.errors import BrimError

Address: TypeAlias = IPv4Address | IPv6Address
Networks: TypeAlias = Sequence[IPv4Network | IPv6Network]

_DEFAULT_PORTS: Final = {"http": 80, "https": 443}
_HOST: Final = re.compile(r"(?=.{1,253}\.?$)[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?(\.[A-Za-z0-9_-]+)*\.?")
_PRINTABLE: Final = re.compile(r"[!-~]+")
# Systems read these as IPv4 addresses in notations of old: decimal, octal, hexadecimal, shortened.
_ENDS_IN_A_NUMBER: Final = re.compile(r"(^|.*\.)([0-9]+|0[xX][0-9A-Fa-f]*)\.?")

_NEVER_PUBLIC: Final[Networks] = (
    *map(IPv4Network, ("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12")),
    *map(IPv4Network, ("192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24")),
    *map(IPv4Network, ("192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24")),
    IPv4Network("224.0.0.0/3"),  # multicast, reserved, broadcast
    *map(IPv6Network, ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "2620:4f:8000::/48")),
)
_PUBLIC_IPV6: Final = IPv6Network("2000::/3")
"""All that is given out so far; what carries an IPv4 address inside (mapped, NAT64) lies outside it."""

_OF_ONES_OWN: Final[Networks] = (
    *map(IPv4Network, ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")),
    *map(IPv6Network, ("::1/128", "fc00::/7")),
)
_LOCALHOST: Final[Sequence[Address]] = (IPv4Address("127.0.0.1"), IPv6Address("::1"))
_METADATA: Final[Networks] = (
    IPv4Network("168.63.129.16/32"),  # Azure's WireServer, among the public addresses
    IPv4Network("100.100.100.200/32"),  # Alibaba Cloud
    IPv4Network("192.0.0.192/32"),  # Oracle Cloud, its first address
    # Amazon, Google, Azure, Oracle, DigitalOcean and others; beside it Amazon's DNS, clock and containers' credentials.
    *map(IPv4Network, ("169.254.169.0/24", "169.254.170.0/24")),
    IPv4Network("169.254.0.23/32"),  # Tencent Cloud
    IPv4Network("169.254.42.42/32"),  # Scaleway
    # Amazon, Google, Oracle, Scaleway and Linode, in the midst of the private addresses.
    *map(IPv6Network, ("fd00:ec2::/32", "fd20:ce::254/128", "fd00:c1::a9fe:a9fe/128", "fd00:42::42/128")),
    IPv6Network("fd00:a9fe:a9fe::/48"),
    IPv6Network("fe80::a9fe:a9fe/128"),  # OpenStack
)
"""What tells a virtual machine its credentials: never reached, in no mode, whatever networks an operator allows."""

_METADATA_NAMES: Final = frozenset(
    "metadata.google.internal metadata.goog instance-data.ec2.internal"
    " metadata.tencentyun.com api.metadata.cloud.ibm.com metadata.platformequinix.com metadata.packet.net".split()
)
"""Names of the same services: refused as soon as they are written, before anybody looks them up."""

_CARRY_IPV4: Final[Networks] = tuple(map(IPv6Network, ("::/96", "::ffff:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48")))
"""IPv6 addresses whose last 32 bits are an IPv4 address: compatible, mapped, and translated by NAT64."""


class TargetBlockedError(BrimError):
    """The URL isn't allowed for webhooks; the message says why."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"Invalid URL: {reason}")
        self.reason = reason


class TargetUnreachableError(OSError):
    """A target that no connection can be made to, for a reason of ours rather than the system's; it is a sentence."""


class Target(msgspec.Struct, frozen=True):
    """A URL taken apart. `host` is as it was written, without brackets; `path` is what is asked for, query included."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def is_tls(self) -> bool:
        """Whether the connection is encrypted."""
        return self.scheme == "https"

    @property
    def host_header(self) -> str:
        """The `Host` that a request names."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def own_addresses(self) -> Sequence[Address]:
        """The addresses that the host stands for whomever one asks; none for a name that has to be looked up.

        Source: RFC 6761 section 6.3: names that end in localhost are this machine.
        """
        if f".{self.host}".rstrip(".").endswith(".localhost"):
            return _LOCALHOST
        try:
            return [ip_address(self.host)]
        except ValueError:
            return []


def parse_target(url: str) -> Target:
    """Return the parts of a webhook's URL.

    Raises:
        TargetBlockedError: it is no URL of http or https, carries a password, or names its host ambiguously.
    """
    if not _PRINTABLE.fullmatch(url) or "\\" in url:
        raise TargetBlockedError("it may hold printable ASCII characters only; write other names in Punycode.")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise TargetBlockedError("it cannot be read.") from None
    if parts.scheme not in _DEFAULT_PORTS:
        raise TargetBlockedError("it must begin with http:// or https://.")
    if "@" in parts.netloc:
        raise TargetBlockedError("it may not hold a user name or password.")
    if port == 0:
        raise TargetBlockedError("port 0 is not a port.")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    host = _check_host(parts.hostname or "", in_brackets="[" in parts.netloc)
    return Target(parts.scheme, host, port or _DEFAULT_PORTS[parts.scheme], path)


def _check_host(host: str, *, in_brackets: bool) -> str:
    """Return a host that every system reads in the same way."""
    try:
        if in_brackets:
            return str(IPv6Address(host if "%" not in host else ""))  # a zone names one of this machine's networks
        if _ENDS_IN_A_NUMBER.fullmatch(host):
            return str(IPv4Address(host))
    except ValueError:
        raise TargetBlockedError("its host looks like an address, but is not written as one.") from None
    if not _HOST.fullmatch(host):
        raise TargetBlockedError("its host is not a name.")
    if host.lower().rstrip(".") in _METADATA_NAMES:
        raise TargetBlockedError("its host is the name of a cloud's metadata service.")
    return host


def check_addresses(target: Target, addresses: Sequence[Address], *, livemode: bool, allowed: Networks) -> None:
    """Return quietly when every address that a target's host stands for may be dialled.

    Live mode reaches public addresses by https on port 443. Test mode reaches those, this machine and private networks,
    on any port. What the operator allows is reached in both. Metadata services of clouds are reached in neither.

    Raises:
        TargetBlockedError: one may not, and the sentence says which and why.
    """
    if not addresses:
        raise TargetBlockedError(f"the name {target.host} stands for no address.")
    for address in addresses:
        if _is_metadata(address):
            raise TargetBlockedError(f"{address} is an address of a cloud's metadata service.")
        if not is_within(address, allowed):
            _check_address(target, address, livemode=livemode)


def is_within(address: Address, networks: Networks) -> bool:
    """Tell whether an address lies in one of some networks; an IPv4 address written as an IPv6 one counts as itself."""
    return _is_in((isinstance(address, IPv6Address) and address.ipv4_mapped) or address, networks)


def is_public(address: Address) -> bool:
    """Tell whether an address is one of the public Internet's, and no other address in disguise."""
    if isinstance(address, IPv6Address) and address not in _PUBLIC_IPV6:
        return False
    return not _is_in(address, _NEVER_PUBLIC) and not _is_metadata(address)


def _check_address(target: Target, address: Address, *, livemode: bool) -> None:
    if is_public(address):
        if livemode and (target.scheme, target.port) != ("https", 443):
            raise TargetBlockedError("in live mode it must begin with https:// and use port 443.")
        return
    if livemode:
        raise TargetBlockedError(f"{address} is not a public address, which live mode asks for.")
    if not _is_in(address, _OF_ONES_OWN):
        raise TargetBlockedError(f"{address} is neither a public address nor one of a private network.")


@lru_cache(4_096)  # asked at every attempt; an entry is of fixed size
def _is_metadata(address: Address) -> bool:
    """Tell whether an address belongs to a metadata service, or carries one that does."""
    return any(_is_in(form, _METADATA) for form in (address, *_carried_ipv4(address)))


def _carried_ipv4(address: Address) -> list[IPv4Address]:
    """Return the IPv4 addresses that an IPv6 address leads to where it is translated or tunnelled."""
    if isinstance(address, IPv4Address):
        return []
    tunnelled = [address.sixtofour, *(address.teredo or ())]
    last_bits = IPv4Address(int(address) & 0xFFFFFFFF) if _is_in(address, _CARRY_IPV4) else None
    return [found for found in (*tunnelled, last_bits) if found is not None]


def _is_in(address: Address, networks: Networks) -> bool:
    return any(address.version == network.version and address in network for network in networks)
