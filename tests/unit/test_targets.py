"""Which URLs are understood, and which addresses may be dialled, in live and in test mode."""

from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brim.platform.egress.targets import Target, TargetBlockedError, check_addresses, is_public, parse_target

NEVER_LIVE = (
    "127.0.0.1 127.8.9.10 0.0.0.0 0.1.2.3 10.0.0.1 172.16.0.1 172.31.255.255 192.168.1.1 169.254.169.254 100.64.0.1 "
    "100.100.100.200 192.0.0.1 192.0.2.1 198.18.0.1 198.51.100.7 203.0.113.9 224.0.0.1 240.0.0.1 255.255.255.255 "
    ":: ::1 ::ffff:127.0.0.1 ::ffff:8.8.8.8 ::127.0.0.1 fc00::1 fd12::1 fe80::1 ff02::1 64:ff9b::7f00:1 64:ff9b:1::1 "
    "2002:7f00:1::1 2001::1 2001:db8::1 fd00:ec2::254 100::1 fec0::1"
).split()
PUBLIC = "8.8.8.8 1.1.1.1 172.15.255.255 172.32.0.1 100.63.255.255 100.128.0.1 2606:4700::1111 2a00:1450::1".split()
OF_ONES_OWN = "127.0.0.1 10.0.0.1 172.16.0.1 192.168.1.1 ::1 fd12::1".split()
NEVER = "169.254.1.1 0.0.0.0 100.100.100.201 224.0.0.1 fe80::1 :: 64:ff9b::7f00:1".split()
METADATA = (
    "168.63.129.16 169.254.169.254 169.254.169.253 169.254.170.2 169.254.170.23 169.254.0.23 169.254.42.42 "
    "100.100.100.200 192.0.0.192 fd00:ec2::254 fd00:ec2::23 fd20:ce::254 fd00:c1::a9fe:a9fe fd00:42::42 "
    "fd00:a9fe:a9fe::1 fe80::a9fe:a9fe ::ffff:168.63.129.16 ::168.63.129.16 64:ff9b::a83f:8110 64:ff9b::a9fe:a9fe "
    "64:ff9b:1::a9fe:a9fe 2002:a83f:8110::1 ::ffff:169.254.169.254 ::ffff:100.100.100.200"
).split()
METADATA_URLS = (
    "https://metadata.google.internal/computeMetadata/v1/ https://METADATA.google.internal./ https://metadata.goog/ "
    "https://instance-data.ec2.internal/ https://metadata.tencentyun.com/ https://metadata.packet.net/"
).split()
EVERYWHERE = "0.0.0.0/0 ::/0"


def check(address: str, *, livemode: bool, url: str = "https://hooks.example/x", allow: str = "") -> None:
    allowed = [ip_network(network) for network in allow.split()]
    check_addresses(parse_target(url), [ip_address(address)], livemode=livemode, allowed=allowed)


@pytest.mark.parametrize("address", NEVER_LIVE)
def test_live_mode_dials_no_address_that_is_not_public(address: str) -> None:
    with pytest.raises(TargetBlockedError, match=r"not a public address|metadata service"):
        check(address, livemode=True)


@pytest.mark.parametrize("address", PUBLIC)
def test_both_modes_dial_public_addresses(address: str) -> None:
    check(address, livemode=True)
    check(address, livemode=False, url="http://hooks.example:8080")


@pytest.mark.parametrize("address", OF_ONES_OWN)
def test_test_mode_dials_this_machine_and_private_networks_on_any_port(address: str) -> None:
    check(address, livemode=False, url="http://hooks.example:3000/")


@pytest.mark.parametrize("address", NEVER)
def test_test_mode_dials_nothing_reserved_and_nothing_in_disguise(address: str) -> None:
    with pytest.raises(TargetBlockedError, match="neither"):
        check(address, livemode=False)


@pytest.mark.parametrize("allow", ["", EVERYWHERE], ids=["as it comes", "everywhere allowed"])
@pytest.mark.parametrize("livemode", [True, False])
@pytest.mark.parametrize("address", METADATA)
def test_no_mode_and_no_setting_dials_a_metadata_service(address: str, livemode: bool, allow: str) -> None:
    with pytest.raises(TargetBlockedError, match="metadata service"):
        check(address, livemode=livemode, allow=allow)


@pytest.mark.parametrize("url", METADATA_URLS)
def test_the_name_of_a_metadata_service_is_refused_before_it_is_looked_up(url: str) -> None:
    with pytest.raises(TargetBlockedError, match="metadata service"):
        parse_target(url)


@pytest.mark.parametrize("address", ["168.63.129.15", "168.63.129.17", "8.8.8.8"])
def test_neighbours_of_a_metadata_service_are_public(address: str) -> None:
    check(address, livemode=True)


@pytest.mark.parametrize("address", ["10.1.2.3", "::ffff:10.1.2.3", "fd12::1"])
def test_what_the_operator_allows_is_dialled_in_live_mode_by_any_scheme_and_port(address: str) -> None:
    check(address, livemode=True, url="http://hooks.example:3000/", allow="10.1.0.0/16 fd12::/16")
    with pytest.raises(TargetBlockedError):
        check(address, livemode=True, url="http://hooks.example:3000/", allow="10.2.0.0/16")


def test_one_bad_address_among_many_blocks_all() -> None:
    addresses = [ip_address("8.8.8.8"), ip_address("10.0.0.1")]
    with pytest.raises(TargetBlockedError, match=r"10\.0\.0\.1"):
        check_addresses(parse_target("https://x.example"), addresses, livemode=True, allowed=())
    with pytest.raises(TargetBlockedError, match="no address"):
        check_addresses(parse_target("https://x.example"), [], livemode=True, allowed=())


@pytest.mark.parametrize("url", ["http://x.example", "https://x.example:8443", "https://x.example:22", "http://x:443"])
def test_live_mode_takes_https_on_its_own_port(url: str) -> None:
    with pytest.raises(TargetBlockedError, match="https"):
        check("8.8.8.8", livemode=True, url=url)


@pytest.mark.parametrize(
    "url",
    [
        *"file:///etc/passwd gopher://x.example/ ftp://x.example javascript:x //x.example x.example unix:/x".split(),
        *"https://user@x.example https://user:pass@x.example https://@x.example https://a@b@x.example".split(),
        *"http://2130706433 http://0x7f000001 http://0x7f.1 http://0177.0.0.1 http://127.1 http://127.0.0.01".split(),
        *"http://127.0.0.1. http://0 http://1.2.3.4.5 http://a.0x7f http://256.0.0.1 http://4294967296".split(),
        *"http://[::1 http://[fe80::1%25eth0] http://[fe80::1%eth0] http://[x] http://[127.0.0.1]".split(),
        *"http:///x http:// https://:443 http://x.example:99999 http://x.example:0 http://x.example:-1".split(),
        *"http://x.example\\@y http://%31%32%37.0.0.1 http://-x.example http://x..example http://x,y".split(),
        "https://ex\u0430mple.com",  # a Cyrillic letter
        "http://\u2460\u2461\u2466.0.0.1",  # digits in circles, which some normalise
        "http://\uff4c\uff4f\uff43\uff41\uff4clhost",
        "http://x.example/\r\nHost: y",
        "http://x.example/ ",
        " http://x.example",
        "http://x.example/\t",
        "",
    ],
)
def test_what_systems_might_read_differently_is_refused(url: str) -> None:
    with pytest.raises(TargetBlockedError):
        parse_target(url)


@pytest.mark.parametrize(
    ("url", "target", "host_header"),
    [
        ("https://x.example", Target("https", "x.example", 443, "/"), "x.example"),
        ("HTTPS://X.Example/a?b=c#d", Target("https", "x.example", 443, "/a?b=c"), "x.example"),
        ("http://localhost.:3000/", Target("http", "localhost.", 3000, "/"), "localhost.:3000"),
        ("http://my_service:80/x", Target("http", "my_service", 80, "/x"), "my_service"),
        ("http://[::1]:8080?x", Target("http", "::1", 8080, "/?x"), "[::1]:8080"),
        ("https://xn--exmple-cua.com/", Target("https", "xn--exmple-cua.com", 443, "/"), "xn--exmple-cua.com"),
    ],
)
def test_a_url_is_taken_apart(url: str, target: Target, host_header: str) -> None:
    assert parse_target(url) == target
    assert target.host_header == host_header


@given(st.integers(0, 2**32 - 1))
def test_no_ipv4_address_is_public_that_python_calls_private(number: int) -> None:
    address = ip_address(number)
    assert not (is_public(address) and (address.is_private or address.is_multicast or address.is_reserved))


@given(st.text(max_size=60))
def test_any_text_is_a_target_or_refused(text: str) -> None:
    for url in (text, f"http://{text}", f"https://x.example:{text}"):
        try:
            target = parse_target(url)
        except TargetBlockedError:
            continue
        assert target.host
        assert target.host.isascii()
        assert "\r" not in target.path + target.host
