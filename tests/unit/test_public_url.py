"""The public URL: how it is read, and how paths get below its prefix and out again."""

from ipaddress import ip_network

import pytest

from brim.base.public_url import PublicUrl, parse_public_url
from brim.http.message import Request
from brim.http.origin import Proxies
from brim.platform.settings import InvalidSettingError, load_settings

BRIM = PublicUrl("https://pay.example.test", "/brim")


@pytest.mark.parametrize(
    ("text", "origin", "prefix"),
    [
        ("https://pay.example.test/brim", "https://pay.example.test", "/brim"),
        ("https://pay.example.test/brim/", "https://pay.example.test", "/brim"),
        ("HTTPS://Pay.Example.test:443/a/b", "https://pay.example.test", "/a/b"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080", ""),
        ("http://[::1]:80/", "http://[::1]", ""),
    ],
)
def test_it_is_read_and_written_again(text: str, origin: str, prefix: str) -> None:
    url = parse_public_url(text)
    assert url == PublicUrl(origin, prefix)
    assert parse_public_url(str(url)) == url
    settings = load_settings({"public_url": text}, {})
    assert load_settings({}, settings.to_environment()).public_url == url


@pytest.mark.parametrize(
    "text",
    [
        "pay.example.test/brim",
        "ftp://pay.example.test",
        "https:///brim",
        "https://user@pay.example.test",
        "https://pay.example.test/brim?a=b",
        "https://pay.example.test/#brim",
        "https://pay.example.test//brim",
        "https://pay.example.test/a/../b",
        "https://pay.example.test/%62rim",
        'https://pay.example.test/"brim',
        "https://pay.example.test/test",
        "https://pay.example.test/v1/brim",
        "https://pay.example.test:http/",
        "https://pay.exa mple.test/",
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(InvalidSettingError, match="--public-url cannot be"):
        load_settings({"public_url": text}, {})


def test_paths_get_below_the_prefix_and_out_again() -> None:
    assert BRIM.path("/docs/api") == "/brim/docs/api"
    assert BRIM.path("https://other.example.test/") == "https://other.example.test/"
    for outer, inner in (("/brim/v1/topups", "/v1/topups"), ("/brim", "/"), ("/brim/", "/"), ("/brimful", "/brimful")):
        assert BRIM.inner_path(outer) == inner
    assert BRIM.inner_path("/v1/topups") == "/v1/topups"
    assert PublicUrl("https://pay.example.test").inner_path("/v1/topups") == "/v1/topups"


def test_people_are_sent_to_the_public_url_and_programs_to_where_they_came() -> None:
    proxies = Proxies((ip_network("10.0.0.0/8"),), BRIM)

    def urls(host: str, peer: str = "127.0.0.1", **headers: str) -> tuple[str, str]:
        named = {name.replace("_", "-").encode(): value.encode() for name, value in headers.items()}
        request = Request("POST", "/stripecli/auth", b"", {b"host": host.encode(), **named}, b"", peer)
        return proxies.base_url(request, own_url="http://own"), proxies.program_url(request, own_url="http://own")

    assert urls("127.0.0.1:12111") == (str(BRIM), "http://127.0.0.1:12111")
    assert urls("dashboard.stripe.com") == (str(BRIM), "http://own")
    assert urls("pay.example.test") == (str(BRIM), str(BRIM))
    assert urls("127.0.0.1:12111", "10.0.0.1", x_forwarded_for="203.0.113.7") == (str(BRIM), str(BRIM))
    assert urls("127.0.0.1:12111", "192.0.2.1", x_forwarded_for="203.0.113.7") == (str(BRIM), "http://127.0.0.1:12111")
