"""Where a request comes from: proxies are believed where an operator says so, and nobody else is."""

from ipaddress import ip_network

import pytest

from brim.http.message import Request
from brim.http.origin import Proxies

TRUSTED = Proxies((ip_network("10.0.0.0/8"), ip_network("::1/128")))
NOBODY = Proxies()


def asked(address: str | None, **headers: str) -> Request:
    named = {name.replace("_", "-").encode(): value.encode() for name, value in headers.items()}
    return Request("GET", "/", b"", named, b"", address)


@pytest.mark.parametrize(
    ("proxies", "peer", "told", "address"),
    [
        (NOBODY, "10.0.0.1", "203.0.113.7", "10.0.0.1"),
        (TRUSTED, "203.0.113.9", "198.51.100.1", "203.0.113.9"),
        (TRUSTED, "10.0.0.1", "203.0.113.7", "203.0.113.7"),
        (TRUSTED, "::1", "2001:db8::7", "2001:db8::7"),
        (TRUSTED, "10.0.0.1", "198.51.100.1, 203.0.113.7, 10.0.0.2", "203.0.113.7"),
        (TRUSTED, "10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3"),
        (TRUSTED, "10.0.0.1", "203.0.113.7, unknown", "10.0.0.1"),
        (TRUSTED, "10.0.0.1", "", "10.0.0.1"),
        (TRUSTED, None, "203.0.113.7", None),
    ],
)
def test_an_address_is_the_nearest_that_is_no_believed_proxys(
    proxies: Proxies, peer: str | None, told: str, address: str | None
) -> None:
    assert proxies.address_of(asked(peer, x_forwarded_for=told)) == address


def test_only_a_believed_proxy_tells_of_https() -> None:
    def is_https(peer: str | None, told: str) -> bool:
        return TRUSTED.is_https(asked(peer, x_forwarded_proto=told))

    assert is_https("10.0.0.1", "https")
    assert is_https("10.0.0.1", "http, HTTPS")
    assert not is_https("10.0.0.1", "https, http")
    assert not is_https("10.0.0.1", "")
    assert not is_https("203.0.113.7", "https")
    assert not is_https(None, "https")


def test_a_name_from_outside_is_our_address_only_if_it_is_one() -> None:
    def base(host: str, peer: str = "203.0.113.7") -> str:
        return TRUSTED.base_url(asked(peer, host=host, x_forwarded_proto="https"), own_url="http://own")

    assert base("brim.example:8080") == "http://brim.example:8080"
    assert base("[::1]:80") == "http://[::1]:80"
    assert base("brim.example", "10.0.0.1") == "https://brim.example"
    for strange in ("dashboard.stripe.com", "x/../y", "a b", ""):
        assert base(strange) == "http://own"
