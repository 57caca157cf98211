"""Where a request comes from, and under which address its client knows us, past the proxies that are believed.

Anybody can send the headers by which proxies tell of their clients, so they count only where a believed proxy is at the
other end of the connection. Source: the headers' common use, as RFC 7239 section 1 describes it.
"""

import re
from ipaddress import ip_address
from typing import Final

import msgspec

from brim.base.public_url import PublicUrl
from brim.http.message import Request
from brim.platform.settings import Networks

_NAMED_HOST: Final = re.compile(r"[A-Za-z0-9.-]+(:\d+)?|\[[0-9A-Fa-f:]+\](:\d+)?")
_VENDORS: Final = ".stripe.com"


def is_own_origin(request: Request, public: PublicUrl | None) -> bool:
    """Tell whether a page of this server sent a request, by what the browser says of where the page is.

    The page is at the public URL, or at the host that was asked for; then the scheme may differ, as a proxy may end TLS
    before us. Source: RFC 6454 section 7, the header Origin.
    """
    origin, host = request.header(b"origin") or "", request.header(b"host")
    if public is not None and origin == public.origin:
        return True
    return bool(host) and origin.partition("://")[2] == host


def explain_origin(request: Request, public: PublicUrl | None) -> str | None:
    """Return what to set where a proxy may have rewritten `Host`; None where the request does not look like that."""
    origin, host = request.header(b"origin") or "", request.header(b"host") or ""
    if not _NAMED_HOST.fullmatch(origin.partition("://")[2]):
        return None
    expected = f"{public.origin} (--public-url)" if public else f"{host} (the header Host)"
    return (
        f"The browser's address is {origin}, and this server expected {expected}. If a proxy stands in front of it: "
        "Set --public-url to the address people use, or make the proxy pass Host (see docs/proxies.md)."
    )


class Proxies(msgspec.Struct, frozen=True):
    """The networks in which proxies stand that are believed, and the address at which people reach us through one."""

    networks: Networks = ()
    public: PublicUrl | None = None

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
        if self.public is not None:
            return self.public.is_https
        return self._is_told_https(request)

    def base_url(self, request: Request, *, own_url: str) -> str:
        """Return where a browser reaches this server: the public URL where one is set, else by the request's `Host`."""
        return str(self.public) if self.public is not None else self._asked_url(request, own_url=own_url)

    def program_url(self, request: Request, *, own_url: str) -> str:
        """Return where the program that asks reaches this server: at the public URL only if it came that way.

        The official CLI comes by the Unix socket or the loopback interface, where no proxy is.
        """
        if self.public is not None and self._came_by_public_url(request):
            return str(self.public)
        return self._asked_url(request, own_url=own_url)

    def _asked_url(self, request: Request, *, own_url: str) -> str:
        """Return the address that a request names.

        Over the Unix socket the CLI names the vendor's host, which must be sent neither a person nor a secret: then it
        is `own_url`, the address that this process listens on.
        """
        host = request.header(b"host") or ""
        if host.partition(":")[0].endswith(_VENDORS) or not _NAMED_HOST.fullmatch(host):
            return own_url
        return f"{'https' if self._is_told_https(request) else 'http'}://{host}"

    def _came_by_public_url(self, request: Request) -> bool:
        """Tell whether a request was meant for the public URL: its `Host` says so, or a believed proxy passed it on."""
        by_host = self.public is not None and request.header(b"host") == self.public.netloc
        return by_host or (self.believes(request.address) and request.header(b"x-forwarded-for") is not None)

    def _is_told_https(self, request: Request) -> bool:
        told = (request.header(b"x-forwarded-proto") or "").rpartition(",")[2]
        return self.believes(request.address) and told.strip().lower() == "https"

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
