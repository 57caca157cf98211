"""Brim behind nginx and Caddy, each with the very configuration that docs/proxies.md has."""

import os
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
import stripe
from stripe import StripeClient

from tests.support.brim_process import brim_command, brim_environment, run_brim
from tests.support.browsing import Browser, Links
from tests.support.people_house import PASSWORD, House, open_house
from tests.support.ports import free_port
from tests.support.proxies import CADDY, NGINX, Proxy, running_proxy
from tests.support.shell_pages import open_page
from tests.support.stripe_cli import RunningCli
from tests.support.wire import PENDING, Wire

_WAYS: Final = [
    pytest.param(NGINX, None, id="nginx"),
    pytest.param(NGINX, ("proxy_pass http://{brim}/;", "proxy_pass http://{brim};"), id="nginx passes the prefix on"),
    pytest.param(NGINX, ("proxy_set_header Host $http_host;", ""), id="nginx rewrites Host"),
    pytest.param(CADDY, None, id="caddy"),
    pytest.param(CADDY, ("handle_path", "handle"), id="caddy passes the prefix on"),
]


class Place:
    """A Brim with operators, and the port of its public URL, on which nobody listens yet."""

    def __init__(self, house: House, port: int) -> None:
        self.house = house
        self.port = port
        self.origin = f"https://127.0.0.1:{port}"
        self.url = f"{self.origin}/brim"
        self.key = house.server.test_key


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """One that is told its public URL."""
    port = free_port()
    settings = {"BRIM_PUBLIC_URL": f"https://127.0.0.1:{port}/brim"}
    with open_house(tmp_path_factory.mktemp("proxied"), settings) as house:
        yield Place(house, port)


@pytest.mark.parametrize(("proxy", "changed"), _WAYS)
def test_everything_works_through_a_proxy(
    place: Place, proxy: Proxy, changed: tuple[str, str] | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    if changed:
        host = place.house.browser().host
        changed = (changed[0].replace("{brim}", host), changed[1].replace("{brim}", host))
    with running_proxy(proxy, brim_url=place.house.url, port=place.port, changed=changed) as authority:
        check_pages(place, authority)
        check_programs(place, authority, monkeypatch)
        check_metrics(place, authority)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become nobody")
@pytest.mark.parametrize("proxy", [NGINX, CADDY], ids=["nginx", "caddy"])
def test_the_documents_configuration_needs_no_root(place: Place, proxy: Proxy) -> None:
    with running_proxy(proxy, brim_url=place.house.url, port=place.port, as_nobody=True) as authority:
        check_pages(place, authority)


def check_pages(place: Place, authority: Path) -> None:
    """Sign in, load pages with all that they refer to, see a change live, and use the Shell."""
    context = ssl.create_default_context(cafile=authority)
    browser = Browser(place.origin, context=context)
    browser.open("/brim/")
    assert browser.page.status == 200
    operator = place.house.add()
    browser.post("/brim/sign-in", email=operator.email, password=PASSWORD, next="/test/topups")
    assert (browser.page.status, browser.location) == (303, "/brim/test/topups"), browser.text
    assert "Secure" in browser.page.set_cookies[0]
    page = browser.open("/brim/test/topups")
    for _, _, address in Links(page.body.decode()).addresses:
        if address.startswith("/brim/assets/"):
            assert browser.get(address).status == 200, address
    assert "change" in first_change(browser, Wire(place.house.url, place.key))
    with open_page(place.url, origin=place.origin, context=context) as pane:
        assert pane.sign_in(place.key)["type"] == "ready"
        assert pane.run("stripe topups list --limit=1")[0] == 0
        pane.say("run", line="stripe listen --all-snapshot")
        pane.hear_until("Ready!")


def check_metrics(place: Place, authority: Path) -> None:
    """Ask for the metrics from outside, however the path is written, and from inside."""
    browser = Browser(place.origin, context=ssl.create_default_context(cafile=authority))
    for path in ("/brim/metrics", "/brim/brim/metrics", "/brim/%6detrics", "/brim//metrics", "/brim/x/../metrics"):
        assert browser.open(path).status in {403, 404}, path
    assert b"brim_" in Wire(place.house.url, None).get("/metrics").body


def first_change(browser: Browser, wire: Wire) -> str:
    """Return the first event that the live stream tells of, after a top-up was made."""
    connection = browser.wire.connect()
    connection.request("GET", "/brim/test/live", headers=browser.sent_headers())
    with connection.getresponse() as stream:
        assert stream.headers["content-type"] == "text/event-stream"
        assert stream.readline() == b"retry: 2000\n"  # the stream is open, so nothing is missed from here on
        wire.create()
        line = stream.readline()
        while line and not line.startswith(b"event:"):
            line = stream.readline()
    connection.close()
    return line.decode()


def check_programs(place: Place, authority: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Call the API with the official SDK and with brim's own commands, and listen for events."""
    monkeypatch.setattr(stripe, "ca_bundle_path", str(authority))
    client = StripeClient(place.key, base_addresses={"api": place.url}, max_network_retries=0)
    made = client.v1.topups.create({"amount": 2000, "currency": "usd", "source": PENDING})
    assert client.v1.topups.retrieve(made.id).amount == 2000
    events = client.v2.core.events.list({"limit": 1}).auto_paging_iter()
    assert next(events).id != next(events).id

    flags = ("--api-base", place.url, "--api-key", place.key)
    environment = {"SSL_CERT_FILE": str(authority)}
    with RunningCli(brim_command("listen", *flags), brim_environment(environment)) as listening:
        listening.wait_for("Ready.")
        assert run_brim("trigger", "topup.created", *flags, env=environment).returncode == 0
        listening.wait_for("topup.created")
