"""Brim below a path prefix of another host: every page is walked, and nothing on any of them leads outside."""

import json
import re
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import pytest
from stripe import StripeClient

from brim.api.resources.operations import OPERATIONS
from brim.base.clock import system_clock_ms
from brim.base.public_url import OWN_SEGMENTS
from brim.core.changes.service import Watchers
from brim.web.app_router import API_PREFIXES
from brim.web.assets import STATIC
from brim.web.parts import SiteDependencies, build_site
from brim.web.site import Site
from tests.support.books import execute
from tests.support.browsing import Browser, Links
from tests.support.long_form import IS_LONG, long_form
from tests.support.people_house import PASSWORD, House, open_house
from tests.support.polling import until
from tests.support.shell_pages import open_page
from tests.support.signing import NO_KEYS, UNUSED, CookieSessions
from tests.support.wire import Wire

PREFIX: Final = "/brim"
ORIGIN: Final = "https://pay.example.test"
PUBLIC: Final = f"{ORIGIN}{PREFIX}"

_IN_A_LANGUAGE: Final = re.compile(r"[^?]*(?=\?lang=)")
_NOT_WALKED: Final = {
    "/first-run",
    "/live",
    "/set-password",
    "/sign-in/openid",
    "/stripecli/confirm_auth",
    "/test/accounts/{account}/open",
    "/test/live",
    "/test/reports/{report_run}/{file}",
}
"""What needs a token in its address, or never ends, see the tests below; a link of messages; a file that is no page."""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A service with operators that people reach at `PUBLIC`."""
    with open_house(tmp_path_factory.mktemp("prefix"), {"BRIM_PUBLIC_URL": PUBLIC}) as house:
        yield house


class Walk:
    """Walks through pages by their links, each address once; in the short form each language of code on one page.

    Args:
        browser: who walks.
        removes: whether the proxy removes the prefix from requests.
    """

    def __init__(self, browser: Browser, *, removes: bool) -> None:
        self.seen: set[str] = set()
        self.outside: list[tuple[str, str]] = []
        self._browser = browser
        self._removes = removes

    def open(self, address: str) -> None:
        """Open an address below the prefix, and all that can be reached from there."""
        waiting = [address]
        while waiting:
            target = waiting.pop().partition("#")[0]
            kind = re.sub(r"[a-z]+_[A-Za-z0-9_]{10,}", "{id}", target)
            if not IS_LONG:
                kind = _IN_A_LANGUAGE.sub("each", kind)
            if kind in self.seen or "/live" in target:
                continue
            self.seen.add(kind)
            waiting += self._look_at(target)

    def _look_at(self, target: str) -> list[str]:
        reply = self._browser.get(target.removeprefix(PREFIX) if self._removes else target)
        assert reply.status in {200, 302, 303}, (target, reply.status, reply.body[-500:])
        location = reply.headers.get("location")
        if location:
            return [] if location.startswith("http") else self._checked(target, [("redirect", "location", location)])
        if "text/html" not in reply.headers["content-type"]:
            return []
        text = reply.body.decode()
        assert self._browser.host not in text, f"{target} names the address behind the proxy"
        links = Links(text)
        self._checked(target, links.addresses)
        return [page for page in links.pages if page.startswith(f"{PREFIX}/")]

    def _checked(self, target: str, addresses: list[tuple[str, str, str]]) -> list[str]:
        for tag, name, value in addresses:
            if value != PREFIX and not value.startswith(f"{PREFIX}/"):
                self.outside.append((target, f"<{tag} {name}={value}>"))
        return [value for _, _, value in addresses]


def fill(house: House) -> None:
    """Make one of everything that has a page."""
    wire = Wire(house.url, house.server.test_key)
    wire.create(description="pending")
    wire.post(f"/v1/test_helpers/topups/{wire.create()['id']}/succeed")
    spent = wire.create(currency="eur", amount=700)["id"]  # another currency than what is shown elsewhere
    wire.post(f"/v1/test_helpers/topups/{spent}/succeed")
    wire.post("/v1/test_helpers/balance/hold", {"amount": 700, "currency": "eur"})
    wire.post(f"/v1/test_helpers/topups/{spent}/reverse")
    bank = {"us_bank_account[account_number]": "000123456789", "us_bank_account[routing_number]": "110000000"}
    method = wire.post("/v1/payment_methods", {"type": "us_bank_account", **bank}).json["id"]
    wire.post("/v1/brim/default_funding_sources", {"currency": "usd", "funding_source": method})
    wire.post("/v1/payment_methods", {"type": "us_bank_account", **bank, "brim[verification]": "microdeposits"})
    wanted = wire.post("/v1/brim/funding_instructions", {"currency": "usd", "amount": 5_000}).json["id"]
    wire.post(f"/v1/test_helpers/funding_instructions/{wanted}/fund", {"scenario": "short"})
    wire.post("/v1/webhook_endpoints", {"url": "http://127.0.0.1:9/hooks", "enabled_events[]": "*"})
    wire.post("/v1/accounts", {"business_profile[name]": "Under it"})
    returned = wire.create(source="btok_us_verified_dishonored")["id"]
    chat = "(id, kind, name, sealed, host, created_ms) VALUES ('nch_1', 'chat', '#x', '', 'x', 1)"
    house.run(lambda database: execute(database, f"INSERT INTO notification_channels {chat}"))
    until(lambda: wire.get(f"/v1/topups/{returned}").json["status"] == "failed", what="a debit to come back")


def site_with_operators() -> Site:
    """Return the whole site, for the sake of its routes."""
    people: Any = SimpleNamespace(openid=object(), database=UNUSED)
    return build_site(
        SiteDependencies(
            operations=OPERATIONS,
            api=people,
            sessions=CookieSessions(),
            watchers=Watchers(UNUSED),
            keys=NO_KEYS,
            clock=system_clock_ms,
            people=people,
        )
    )


@pytest.mark.slow
@pytest.mark.long_form
@pytest.mark.parametrize(
    "removes",
    long_form([True, False], short=[True]),
    ids=lambda removes: "the proxy removes it" if removes else "the proxy passes the prefix on",
)
def test_nothing_on_any_page_leads_outside_the_prefix(house: House, *, removes: bool) -> None:
    fill(house)
    patterns = {route.pattern for route in site_with_operators().table.routes if route.method == "GET"}
    starts = sorted(pattern for pattern in patterns - _NOT_WALKED if "{" not in pattern)
    walks = [Walk(browser, removes=removes) for browser in (house.browser(), house.signed_in())]
    for walk in walks:
        for start in (*starts, "/docs/api/search?q=topup"):
            walk.open(PREFIX + start)
    assert [found for walk in walks for found in walk.outside] == []
    # Pages of live mode are those of test mode, but live mode has no objects here.
    wanted = {pattern for pattern in patterns if pattern.startswith(("/test/", "/docs/", "/settings/"))} - _NOT_WALKED
    assert {pattern for pattern in wanted if not _is_reached(pattern, walks[1].seen)} == set()


def _is_reached(pattern: str, reached: set[str]) -> bool:
    wanted = re.compile(PREFIX + re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(pattern)) + r"(\?.*)?")
    return any(wanted.fullmatch(address) for address in reached)


def test_pages_that_links_lead_to_are_below_the_prefix_too(house: House) -> None:
    login = Wire(house.url, None).post("/stripecli/auth", {"device_name": "devbox"}).json
    assert login["browser_url"].startswith(f"{PUBLIC}/stripecli/confirm_auth?t=")
    assert login["poll_url"].startswith(f"{house.url}/stripecli/auth/")
    browser = house.browser()
    for path in (house.first_run, "/set-password?token=x", "/nothing", login["browser_url"].removeprefix(PUBLIC)):
        text = browser.get(PREFIX + path).body.decode()
        addresses = Links(text).addresses
        assert addresses, path
        assert [value for _, _, value in addresses if not value.startswith(f"{PREFIX}/")] == [], path


def test_a_path_is_served_with_the_prefix_and_without_it(house: House) -> None:
    visitor = Wire(house.url, None)
    for path, status in (("", 302), ("/", 302), ("/healthz", 200), ("/v1/topups", 401), ("/docs/api", 200)):
        assert visitor.get(PREFIX + path).status == status, path
        assert visitor.get(path or "/").status == status, path
    assert visitor.get("/brimful/healthz").status == 404
    assert visitor.get(f"{PREFIX}{PREFIX}/healthz").status == 404


def test_redirections_and_cookies_are_below_the_prefix(house: House) -> None:
    browser = house.browser()
    assert browser.get("/").headers["location"] == f"{PREFIX}/docs/api"
    assert browser.get("/test/topups?status=failed").headers["location"] == (
        f"{PREFIX}/sign-in?next=/test/topups%3Fstatus%3Dfailed"
    )
    operator = house.add()
    reply = browser.sign_in(operator.email, PASSWORD, follows="/test/topups")
    assert reply.headers["location"] == f"{PREFIX}/test/topups"
    [cookie] = reply.set_cookies
    assert re.fullmatch(r"__Secure-brim_session=\w+; Path=/brim; Max-Age=43200; HttpOnly; SameSite=Lax; Secure", cookie)
    assert (
        browser.get("/docs/api/topups/create?lang=go").set_cookies[0].startswith("brim_language=go; Path=/brim/docs;")
    )
    account = Wire(house.url, house.server.test_key).get("/v1/account").json["id"]
    browser.get("/test/accounts")
    browser.post("/test/account", account=account, form_token=browser.form_token)
    assert browser.page.set_cookies[0].startswith(f"brim_account={account}; Path=/brim; ")
    browser.get("/test/accounts")
    ended = browser.post("/sign-out", form_token=browser.form_token)
    assert ended.headers["location"] == f"{PREFIX}/sign-in?said=signed_out"
    assert ended.set_cookies[0].startswith("__Secure-brim_session=; Path=/brim; Max-Age=0;")


def test_a_provider_sends_people_back_to_the_public_url(house: House) -> None:
    reply = house.browser().get(f"{PREFIX}/sign-in/openid/begin?next=/test/topups")
    target = urlsplit(reply.headers["location"])
    assert parse_qs(target.query)["redirect_uri"] == [f"{PUBLIC}/sign-in/openid"]
    assert f"{target.scheme}://{target.netloc}" == house.provider.url
    assert "; Path=/brim/sign-in; " in reply.set_cookies[0]


def test_what_is_printed_and_written_for_people_names_the_public_url(house: House) -> None:
    browser = house.signed_in()
    for language in ("curl", "python", "node", "ruby", "php", "go", "java", "dotnet"):
        text = browser.open(f"/docs/api/topups/create?lang={language}").body.decode()
        assert "pay.example.test" in text, language
    document = Wire(house.url, None).get("/openapi.json").json
    assert document["servers"][0]["url"] == PUBLIC
    browser.open("/settings/operators/new")
    browser.submit("/settings/operators/new", email="grace@example.com", name="Grace", role="viewer", way="link")
    assert f"{PUBLIC}/set-password?token=" in browser.text


def test_forms_are_taken_from_pages_of_the_public_url(house: House) -> None:
    operator = house.add()
    browser = house.browser()
    taken = browser.post("/sign-in", origin=ORIGIN, email=operator.email, password=PASSWORD)
    assert taken.status == 303
    refused = house.browser()
    refused.post("/sign-in", origin="https://other.example.test", email=operator.email, password=PASSWORD)
    assert refused.page.status == 403
    assert f"this server expected {ORIGIN} (--public-url)" in refused.text


def test_a_pane_of_the_shell_works_below_the_prefix(house: House) -> None:
    with open_page(f"{house.url}{PREFIX}", origin=ORIGIN) as page:
        assert page.sign_in(house.server.test_key)["type"] == "ready"
        status, printed = page.run("stripe topups list --dry-run")
        assert (status, f"{PUBLIC}/v1/topups" in printed) == (0, True), printed
        assert page.run("stripe topups list")[0] == 0


def test_scripts_ask_only_for_what_is_placed() -> None:
    """A path in a script is of the API or of a page, so it goes through the function that puts the prefix before it."""
    literal = re.compile(r"""(placed\()?(["'`])(/[a-z][^"'`]*)\2""")
    found = [
        (file.name, path)
        for file in STATIC.glob("js/**/*.js")
        for placed, _, path in literal.findall(file.read_text(encoding="utf-8"))
        if not placed and path != "/assets/"
    ]
    assert found == []


def test_every_first_segment_of_ours_is_kept_from_being_a_prefix() -> None:
    patterns = [
        *(route.pattern for route in site_with_operators().table.routes),
        *API_PREFIXES,
        "/healthz",
        "/readyz",
        "/metrics",
    ]
    patterns += ["/openapi.json", "/shell/socket"]
    assert {pattern.split("/")[1] for pattern in patterns} - {""} == OWN_SEGMENTS


def test_lists_of_the_second_version_are_paged_below_the_prefix(house: House) -> None:
    """Addresses of other pages are relative to the base that the client knows, which has the prefix already."""
    wire = Wire(house.url, house.server.test_key)
    wire.create()
    wire.create()
    client = StripeClient(house.server.test_key, base_addresses={"api": f"{house.url}{PREFIX}"}, max_network_retries=0)
    events = client.v2.core.events.list({"limit": 1})
    assert json.loads(json.dumps(events.data[0].id))
    assert len({event.id for event in events.auto_paging_iter()}) >= 2
    assert client.v1.topups.list({"limit": 1}).data
