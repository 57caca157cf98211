"""Where a request comes from, and under which address its client knows us, past the proxies that are believed.

Anybody can send the headers by which proxies tell of their clients, so they count only where a believed proxy is at the
other end of the connection. Source: the headers' common use, as RFC 7239 section 1 describes it.
"""

import re
from ipaddress import ip_address
from typing import Final

import msgspec

from brim.api.message import Request
from brim.kit.config import Networks

_NAMED_HOST: Final = re.compile(r"[A-Za-z0-9.-]+(:\d+)?|\[[0-9A-Fa-f:]+\](:\d+)?")
_VENDORS: Final = ".stripe.com"


class Proxies(msgspec.Struct, frozen=True):
    """The networks in which proxies stand that are believed."""

    networks: Networks = ()

    def address_of(self, request: Request) -> str | None:
        """Return the client's address: the nearest one that is no believed proxy's; None where there is no network."""
        address = request.address
        for earlier in reversed((request.header(b"x-forwarded-for") or "").split(",")):
            if not self.believes(address) or not _is_address(earlier.strip()):
                return address
            address = earlier.strip()
        return address

    def is_https(self, request: Request) -> bool:
        """Tell whether the client's own connection is encrypted; ours to the proxy never is."""
        told = (request.header(b"x-forwarded-proto") or "").rpartition(",")[2]
        return self.believes(request.address) and told.strip().lower() == "https"

    def base_url(self, request: Request, *, own_url: str) -> str:
        """Return where a browser, and the official CLI by whatever way, reach this server.

        Over the Unix socket the CLI names the vendor's host, which must be sent neither a person nor a secret: then it
        is `own_url`, the address that this process listens on.
        """
        host = request.header(b"host") or ""
        if host.partition(":")[0].endswith(_VENDORS) or not _NAMED_HOST.fullmatch(host):
            return own_url
        return f"{'https' if self.is_https(request) else 'http'}://{host}"

    def believes(self, address: str | None) -> bool:
        """Tell whether a proxy is at an address that is believed."""
        if address is None or not self.networks:
            return False
        parsed = ip_address(address)
        return any(parsed in network for network in self.networks)


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
