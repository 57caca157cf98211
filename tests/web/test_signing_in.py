"""Signing in as a person does it: the pages at the door, what they refuse, and how a session ends."""

import re
from collections.abc import Callable
from html import unescape

import pyotp
import pytest
from segno import make_qr

from brim.base.clock import system_clock_ms
from brim.base.paging import PageRequest
from brim.core.audit.rules import Action, AuditEntry
from brim.core.audit.service import list_audit_log
from brim.core.operators.password_links import make_password_link
from brim.core.operators.rules import Operator, Role
from brim.core.operators.sign_in_rules import DASHBOARD_PATH
from tests.support.brim_process import RunningBrim
from tests.support.browsing import Browser
from tests.support.people import BY, IDS
from tests.support.people_house import PASSWORD, House, set_up_device
from tests.support.polling import until
from tests.support.qr_modules import modules_of
from tests.support.wire import Wire

CHOSEN = "difference engine 1822"


def audit_log(house: House) -> list[AuditEntry]:
    """Return the newest lines of the audit log."""
    return list(house.run(lambda database: list_audit_log(database, PageRequest(limit=100))).items)


@pytest.fixture
def ada(house: House) -> Operator:
    """An admin."""
    return house.add()


# The first admin


def test_whoever_opens_the_printed_link_becomes_the_first_admin(start_brim: Callable[..., RunningBrim]) -> None:
    brim = start_brim()
    found = re.search(r"/first-run\?token=(\w+)", brim.banner)
    assert found
    browser = Browser(brim.url)
    browser.open("/sign-in")
    assert "Nobody can sign in yet." in browser.text
    browser.open(found[0])
    asked = {"token": found[1], "email": "ada@example.com", "name": "Ada"}
    browser.post("/first-run", **asked, password="short", password_again="short")
    assert (browser.page.status, browser.cookies) == (400, {})
    assert "fewer than 12 characters" in browser.text
    assert "short" not in browser.page.body.decode().replace("too short", "")
    browser.post("/first-run", **asked, password=PASSWORD, password_again=PASSWORD + " ")
    assert "Passwords don't match." in browser.text
    browser.post("/first-run", **asked, platform="x" * 61, password=PASSWORD, password_again=PASSWORD)
    assert "Enter a name of at most 60 characters" in browser.text
    browser.post("/first-run", **asked, platform=" Acme & Sons ", password=PASSWORD, password_again=PASSWORD)
    assert (browser.page.status, browser.location) == (303, DASHBOARD_PATH)
    assert browser.open(DASHBOARD_PATH).status == 200
    assert "Ada" in browser.text
    assert browser.open("/settings/operators").status == 200
    browser.open("/settings/platform")
    assert "Brim , Acme & Sons Dashboard" in browser.text
    assert 'value="Acme &amp; Sons"' in browser.page.body.decode()
    browser.post("/settings/platform", name=" ", form_token=browser.form_token)
    assert browser.page.status == 400
    browser.open("/settings/platform")
    browser.post("/settings/platform", name="Fjord Freight", form_token=browser.form_token)
    assert browser.open("/settings/platform").status == 200
    assert "Fjord Freight" in browser.text

    again = Browser(brim.url)
    assert again.open(found[0]).status == 410
    again.post("/first-run", **asked, password=PASSWORD, password_again=PASSWORD)
    assert (again.page.status, again.cookies) == (410, {})
    again.sign_in("ada@example.com", PASSWORD)
    assert again.location == DASHBOARD_PATH
    log = brim.log_path.read_text(encoding="utf-8")
    for secret in (found[1], PASSWORD, browser.cookies["brim_session"]):
        assert secret not in log


# The form


def test_who_signs_in_is_led_to_where_they_wanted(house: House, ada: Operator) -> None:
    browser = house.browser()
    browser.get("/test/balance/overview?x=1")
    assert browser.location == "/sign-in?next=/test/balance/overview%3Fx%3D1"
    browser.get(browser.location)
    assert 'value="/test/balance/overview?x=1"' in browser.page.body.decode()
    browser.sign_in(ada.email, PASSWORD, follows="/test/balance/overview?x=1")
    assert browser.location == "/test/balance/overview?x=1"
    assert browser.open(browser.location).status == 200
    browser.get("/sign-in?next=/settings/profile")
    assert browser.location == "/settings/profile"


@pytest.mark.parametrize(
    "elsewhere",
    [
        "//evil.example/",
        "/\\evil.example/",
        "https://evil.example/",
        "javascript:alert(1)",
        "/x\r\nSet-Cookie: a=b",
        "/\t/evil.example",
        "/sign-in",
        "/é",
        "",
    ],
)
def test_nobody_is_led_to_another_site(house: House, ada: Operator, elsewhere: str) -> None:
    browser = house.browser()
    browser.sign_in(ada.email, PASSWORD, follows=elsewhere)
    assert browser.location == DASHBOARD_PATH
    assert list(browser.cookies) == ["brim_session"]


def test_a_wrong_password_and_an_unknown_address_are_told_the_same(house: House, ada: Operator) -> None:
    said = set()
    for email, password in ((ada.email, "wrong"), ("nobody@example.com", PASSWORD), ("", ""), ("a\x7fb", "\x7f")):
        browser = house.browser()
        browser.sign_in(email, password)
        assert (browser.page.status, browser.cookies) == (403, {})
        said.add(re.search(r'role="alert">([^<]*)<', browser.page.body.decode())[1])  # type: ignore[index]
    assert said == {"Wrong email address or password."}


def test_what_was_typed_is_shown_again_but_for_the_password(house: House) -> None:
    browser = house.browser()
    browser.sign_in('"><script>alert(1)</script>', "my secret password")
    assert "&lt;script&gt;" in browser.page.body.decode()
    assert "<script>alert" not in browser.page.body.decode()
    assert "my secret password" not in browser.page.body.decode()


def test_after_too_many_tries_the_page_says_how_long_to_wait(house: House, ada: Operator) -> None:
    browser = house.browser()
    for _ in range(5):
        browser.sign_in(ada.email, "wrong")
    until(lambda: browser.sign_in(ada.email, "wrong").status == 429, what="a pause that has not passed yet")
    assert re.search(r"Too many attempts\. Try again in \d+ seconds?\.", browser.text)
    assert int(browser.page.headers["retry-after"]) >= 1
    browser.sign_in(ada.email, PASSWORD)
    assert (browser.page.status, browser.cookies) == (429, {})


@pytest.mark.parametrize("origin", ["https://evil.example", "null", None])
def test_a_form_of_another_site_signs_nobody_in(house: House, ada: Operator, origin: str | None) -> None:
    browser = house.browser()
    browser.post("/sign-in", origin=origin, email=ada.email, password=PASSWORD)
    assert (browser.page.status, browser.cookies) == (403, {})
    assert "came from another page" in browser.text


@pytest.mark.parametrize(
    ("site", "status"), [("cross-site", 403), ("same-site", 403), ("none", 403), ("same-origin", 303)]
)
def test_what_the_browser_says_of_the_sender_counts_first(house: House, ada: Operator, site: str, status: int) -> None:
    browser = house.browser(Sec_Fetch_Site=site)
    browser.sign_in(ada.email, PASSWORD)
    assert browser.page.status == status


def test_behind_a_proxy_that_rewrites_host_the_page_says_what_to_set(house: House, ada: Operator) -> None:
    """The browser's address and `Host` differ then, which looks like a form of another site."""
    browser = house.browser()
    browser.post("/sign-in", origin="https://pay.example.test", email=ada.email, password=PASSWORD)
    assert browser.page.status == 403
    assert (
        f"The browser's address is https://pay.example.test, and this server expected {browser.host} (the header Host)."
        in browser.text
    )
    assert "Set --public-url to the address people use, or make the proxy pass Host" in browser.text
    token = "nothing"
    for path in ("/first-run", "/set-password"):
        browser.post(path, origin="https://pay.example.test", token=token)
        assert "Set --public-url" in browser.text, path


def test_a_form_that_the_browser_itself_calls_foreign_is_not_blamed_on_a_proxy(house: House, ada: Operator) -> None:
    browser = house.browser(Sec_Fetch_Site="cross-site")
    browser.post("/sign-in", origin="https://evil.example", email=ada.email, password=PASSWORD)
    assert browser.page.status == 403
    assert "--public-url" not in browser.text


# The cookie


def test_the_cookie_is_for_this_site_and_no_script(house: House, ada: Operator) -> None:
    browser = house.browser()
    browser.sign_in(ada.email, PASSWORD)
    [cookie] = browser.page.set_cookies
    assert re.fullmatch(r"brim_session=\w{43}; Path=/; Max-Age=43200; HttpOnly; SameSite=Lax", cookie)
    assert browser.page.headers["cache-control"] == "no-store"


def test_over_https_the_cookie_never_goes_over_plain_http(house: House, ada: Operator) -> None:
    browser = house.browser(X_Forwarded_Proto="https")
    browser.sign_in(ada.email, PASSWORD)
    [cookie] = browser.page.set_cookies
    assert cookie.startswith("__Host-brim_session=")
    assert cookie.endswith("; Secure")
    assert browser.open("/settings/profile").status == 200


def test_a_made_up_cookie_is_nobodys(house: House) -> None:
    browser = house.browser()
    for made_up in ("x", "", "%00", "\xe9"):
        browser.cookies = {"brim_session": made_up}
        assert browser.get("/settings/profile").status == 303


# One-time codes


def test_with_a_device_the_password_alone_opens_nothing(house: House, ada: Operator) -> None:
    device, recovery = set_up_device(house.signed_in(operator=ada))
    browser = house.browser()
    browser.sign_in(ada.email, PASSWORD, follows="/settings/profile")
    assert browser.location == "/sign-in/code?next=%2Fsettings%2Fprofile"
    assert browser.get("/settings/profile").status == 303
    browser.get("/sign-in/code?next=%2Fsettings%2Fprofile")
    asked = {"form_token": browser.form_token, "next": "/settings/profile"}
    browser.post("/sign-in/code", **asked, code="000000")
    assert browser.page.status == 403
    assert "The code is wrong" in browser.text
    half_way = dict(browser.cookies)
    browser.post("/sign-in/code", next="/settings/profile", code=recovery[0], form_token="another")
    assert (browser.page.status, browser.cookies) == (403, half_way)
    browser.post("/sign-in/code", **asked, code=recovery[0].upper())
    assert browser.location == "/settings/profile"
    assert browser.cookies != half_way
    assert browser.open("/settings/profile").status == 200
    browser.submit("/settings/profile/codes/off", code="123456")
    assert browser.page.status == 403
    browser.submit("/settings/profile/codes/off", code=recovery[1])
    assert "One-time codes turned off." in browser.text
    assert device.secret not in house.log_path.read_text(encoding="utf-8")


def test_a_code_without_a_password_before_it_leads_to_the_beginning(house: House) -> None:
    browser = house.browser()
    browser.post("/sign-in/code", code="000000")
    assert browser.location == "/sign-in?said=expired"
    browser.cookies = {"brim_session": "x" * 43}
    browser.get("/sign-in/code")
    browser.post("/sign-in/code", code="000000", form_token=browser.form_token)
    assert (browser.location, browser.cookies) == ("/sign-in?said=expired", {})


def test_the_picture_holds_the_link_that_stands_beside_it(house: House, ada: Operator) -> None:
    browser = house.signed_in(operator=ada)
    browser.open("/settings/profile")
    browser.submit("/settings/profile/codes")
    page = browser.page.body.decode()
    link = re.search(r'href="(otpauth://[^"]+)"', page)
    picture = re.search(
        r'<div class="qr" role="img" aria-label="QR code [^"]+">(<svg .*?</svg>)</div>', page, re.DOTALL
    )
    assert link
    assert picture
    code = make_qr(unescape(link[1]), error="m")
    shown = modules_of(picture[1])
    assert [row[4:-4] for row in shown[4:-4]] == [[bool(module) for module in row] for row in code.matrix]


def test_a_wrong_code_at_the_set_up_leaves_the_device_to_be_confirmed(house: House) -> None:
    browser = house.signed_in()
    browser.open("/settings/profile")
    browser.submit("/settings/profile/codes")
    key = re.search(r'data-full="(\w+)"', browser.page.body.decode())
    browser.submit("/settings/profile/codes/confirm", code="000000", password=PASSWORD)
    assert browser.page.status == 400
    assert key
    assert key[1] in browser.page.body.decode()


def test_a_device_is_set_up_only_by_who_knows_the_password(house: House, ada: Operator) -> None:
    browser = house.signed_in(operator=ada)
    browser.open("/settings/profile")
    browser.submit("/settings/profile/codes")
    key = re.search(r'data-full="(\w+)"', browser.page.body.decode())
    assert key
    for wrong in ({}, {"password": "wrong"}):
        browser.submit("/settings/profile/codes/confirm", code=pyotp.TOTP(key[1]).now(), **wrong)
        assert browser.page.status == 403
        assert "Wrong password." in browser.text
        assert "wrong" not in browser.page.body.decode()
    assert house.browser().sign_in(ada.email, PASSWORD).headers["location"] == DASHBOARD_PATH
    browser.submit("/settings/profile/codes/confirm", code=pyotp.TOTP(key[1]).now(), password=PASSWORD)
    assert browser.page.status == 200
    assert house.browser().sign_in(ada.email, PASSWORD).headers["location"].startswith("/sign-in/code")


def test_guesses_of_the_password_at_the_set_up_have_to_wait(house: House, ada: Operator) -> None:
    browser = house.signed_in(operator=ada)
    browser.open("/settings/profile")
    browser.submit("/settings/profile/codes")
    asked = {"form_token": browser.form_token, "code": "000000", "password": "wrong"}

    def guess() -> bool:
        return browser.post("/settings/profile/codes/confirm", **asked).status == 429

    until(guess, what="a pause between guesses")
    assert "Too many attempts." in browser.text


# How a session ends


@pytest.mark.parametrize("is_same", [True, False])
def test_who_signs_in_again_leaves_no_session_behind(house: House, ada: Operator, is_same: bool) -> None:
    browser = house.signed_in(operator=ada)
    browser.open(DASHBOARD_PATH)
    before = dict(browser.cookies)
    other = ada if is_same else house.add()
    browser.sign_in(other.email, PASSWORD)
    assert browser.page.status == 303
    assert browser.cookies != before
    assert browser.open("/settings/profile").status == 200
    assert other.email in browser.text
    forgotten = house.browser()
    forgotten.cookies = before
    assert forgotten.get("/settings/profile").status == 303
    ended = [line for line in audit_log(house) if line.action == Action.SIGNED_OUT and line.actor.id == ada.id]
    assert [line.detail for line in ended] == ["signed in again"]


def test_the_old_session_ends_before_a_code_is_shown_and_a_wrong_password_ends_none(
    house: House, ada: Operator
) -> None:
    _, recovery = set_up_device(house.signed_in(operator=ada))
    browser = house.signed_in()
    before = dict(browser.cookies)
    browser.sign_in(ada.email, "wrong")
    assert browser.cookies == before
    assert browser.open("/settings/profile").status == 200
    browser.sign_in(ada.email, PASSWORD)
    half_way = dict(browser.cookies)
    for cookies in (before, half_way):
        other = house.browser()
        other.cookies = dict(cookies)
        assert other.get("/settings/profile").status == 303
    browser.get("/sign-in/code")
    browser.post("/sign-in/code", form_token=browser.form_token, code=recovery[0])
    assert browser.open("/settings/profile").status == 200


def test_a_provider_and_a_link_replace_a_session_too(house: House) -> None:
    grace = house.add(Role.VIEWER, password=None)
    browser = house.signed_in()
    first = dict(browser.cookies)
    token = house.run(lambda database: make_password_link(database, grace.id, by=BY, now_ms=system_clock_ms(), ids=IDS))
    browser.post("/set-password", token=token, password=CHOSEN, password_again=CHOSEN)
    second = dict(browser.cookies)
    house.provider.claims = {"email": grace.email, "sub": grace.id}
    come_back(house, browser)
    assert browser.location == DASHBOARD_PATH
    assert browser.open("/settings/profile").status == 200
    assert len({each["brim_session"] for each in (first, second, browser.cookies)}) == 3
    for cookies in (first, second):
        other = house.browser()
        other.cookies = dict(cookies)
        assert other.get("/settings/profile").status == 303


def page_key(browser: Browser) -> str:
    """Return the secret of the key that somebody's pages use, as the API reference shows it to them."""
    page = browser.open("/docs/api/topups/create").body.decode()
    masked = re.search(r'<meta name="own-key" content="([^"]+)">', page)
    token = re.search(r'<meta name="csrf-token" content="([^"]+)">', page)
    assert masked, browser.text
    assert token, browser.text
    return str(browser.post("/docs/api/own-key", form_token=token[1], _key=masked[1]).json["key"])


@pytest.mark.parametrize("way", ["sign out", "sign out elsewhere", "new password", "password link", "sign in again"])
def test_a_copied_key_of_pages_ends_with_the_session(house: House, ada: Operator, way: str) -> None:
    browser, other = house.signed_in(operator=ada), house.signed_in(operator=ada)
    api = Wire(house.url, page_key(browser))
    assert api.get("/v1/topups").status == 200
    browser.open("/settings/profile")
    if way == "sign out":
        browser.submit("/sign-out")
    elif way == "sign out elsewhere":
        other.open("/settings/profile")
        other.submit("/settings/profile/sign-out-elsewhere")
    elif way == "new password":
        path = "/settings/profile/password"
        browser.submit(path, old_password=PASSWORD, password=CHOSEN, password_again=CHOSEN)
    elif way == "password link":
        token = house.run(
            lambda database: make_password_link(database, ada.id, by=BY, now_ms=system_clock_ms(), ids=IDS)
        )
        house.browser().post("/set-password", token=token, password=CHOSEN, password_again=CHOSEN)
    else:
        browser.sign_in(ada.email, PASSWORD)
    until(lambda: api.get("/v1/topups").status == 401, what="the key to have ended")
    if way in {"sign out", "sign out elsewhere", "sign in again"}:  # the other browser's pages have a key of theirs
        until(lambda: other.open(DASHBOARD_PATH).status == 200, what="the other browser's page")


def test_signing_out_ends_the_session(house: House, ada: Operator) -> None:
    browser = house.signed_in(operator=ada)
    kept = dict(browser.cookies)
    browser.open("/settings/profile")
    browser.post("/sign-out", form_token="another")
    assert (browser.page.status, browser.cookies) == (403, kept)
    browser.open("/settings/profile")
    browser.submit("/sign-out")
    assert "You're signed out." in browser.text
    assert browser.cookies == {}
    browser.cookies = kept
    assert browser.get("/settings/profile").status == 303


def test_a_new_password_ends_all_sessions_but_begins_one_here(house: House, ada: Operator) -> None:
    here, there = house.signed_in(operator=ada), house.signed_in(operator=ada)
    before = dict(here.cookies)
    here.open("/settings/profile")
    path = "/settings/profile/password"
    here.submit(path, old_password="wrong", password=CHOSEN, password_again=CHOSEN)
    assert (here.page.status, here.cookies) == (403, before)
    here.submit(path, old_password=PASSWORD, password="short", password_again="short")
    assert here.page.status == 400
    here.submit(path, old_password=PASSWORD, password=CHOSEN, password_again=CHOSEN)
    assert "Password changed" in here.text
    assert here.cookies != before
    until(lambda: there.get("/settings/profile").status == 303, what="the other session to have ended")
    here.cookies = before
    assert here.get("/settings/profile").status == 303
    assert house.browser().sign_in(ada.email, PASSWORD).status == 403
    assert house.browser().sign_in(ada.email, CHOSEN).status == 303


def test_who_signs_out_elsewhere_stays_here(house: House, ada: Operator) -> None:
    here, there = house.signed_in(operator=ada), house.signed_in(operator=ada)
    here.open("/settings/profile")
    assert there.address in here.text
    here.submit("/settings/profile/sign-out-elsewhere")
    assert "Signed out on other devices." in here.text
    assert there.address not in here.text
    until(lambda: there.get("/settings/profile").status == 303, what="the other session to have ended")


def test_a_profile_has_a_name_to_change(house: House) -> None:
    browser = house.signed_in()
    browser.open("/settings/profile")
    browser.submit("/settings/profile", name="  Ada King ")
    assert "Signed in: Ada King" in browser.text
    browser.submit("/settings/profile", name="")
    assert browser.page.status == 400
    assert "A name must have 1 to 100 printable characters" in browser.text


# Links


def test_a_link_lets_somebody_choose_their_password(house: House) -> None:
    grace = house.add(Role.VIEWER, password=None)
    token = house.run(lambda database: make_password_link(database, grace.id, by=BY, now_ms=system_clock_ms(), ids=IDS))
    browser = house.browser()
    browser.open(f"/set-password?token={token}")
    assert grace.email in browser.text
    browser.post("/set-password", token=token, password=CHOSEN, password_again="x")
    assert browser.page.status == 400
    browser.post("/set-password", token=token, origin="https://evil.example", password=CHOSEN, password_again=CHOSEN)
    assert browser.page.status == 403
    browser.post("/set-password", token=token, password=CHOSEN, password_again=CHOSEN)
    assert browser.location == DASHBOARD_PATH
    assert browser.open(DASHBOARD_PATH).status == 200
    assert house.browser().get(f"/set-password?token={token}").status == 410
    assert token not in house.log_path.read_text(encoding="utf-8")


def test_a_link_does_not_go_round_a_device(house: House, ada: Operator) -> None:
    set_up_device(house.signed_in(operator=ada))
    token = house.run(lambda database: make_password_link(database, ada.id, by=BY, now_ms=system_clock_ms(), ids=IDS))
    browser = house.browser()
    browser.post("/set-password", token=token, password=CHOSEN, password_again=CHOSEN)
    assert (browser.location, browser.cookies) == ("/sign-in?said=password_set", {})
    browser.sign_in(ada.email, CHOSEN)
    assert browser.location == "/sign-in/code?next=%2Ftest%2Fbalance%2Foverview"


# By a provider


def come_back(house: House, browser: Browser) -> None:
    """Go to the provider and come back."""
    browser.get("/sign-in/openid/begin")
    assert browser.location
    brought = house.provider.visit(browser.location)
    browser.get("/sign-in/openid?" + "&".join(f"{name}={value}" for name, value in brought.items()))


def test_somebody_elses_address_signs_nobody_else_in_until_an_admin_unbinds(house: House) -> None:
    ada = house.add(password=None)
    house.provider.claims = {"email": ada.email, "sub": "first"}
    first = house.browser()
    come_back(house, first)
    assert first.page.status == 303
    house.provider.claims = {"email": ada.email, "sub": "second"}
    second = house.browser()
    come_back(house, second)
    assert (second.page.status, second.cookies) == (403, {})
    assert f"{ada.email} signs in with a different account at the identity provider." in second.text
    [refused] = [line for line in audit_log(house) if line.action == Action.IDENTITY_REFUSED and line.object == ada.id]
    assert (refused.detail, refused.actor.address) == (f"second at {house.provider.url}", second.address)

    admin = house.signed_in()
    admin.open(f"/settings/operators/{ada.id}")
    assert "first" in admin.text
    token = admin.form_token
    admin.submit(f"/settings/operators/{ada.id}/unbind")
    assert "account unlinked" in admin.text
    assert "Unlink account" not in admin.text
    admin.post(f"/settings/operators/{ada.id}/unbind", form_token=token)  # in another window
    assert admin.page.status == 303
    until(lambda: first.get("/settings/profile").status == 303, what="the first one's session to have ended")
    come_back(house, second)
    assert second.page.status == 303
    [unbound] = [line for line in audit_log(house) if line.action == Action.IDENTITY_UNBOUND and line.object == ada.id]
    assert unbound.detail == f"first at {house.provider.url}"


def test_a_provider_signs_in_whom_it_speaks_for(house: House) -> None:
    ada = house.add(password=None)
    house.provider.claims = {"email": ada.email, "sub": ada.id}
    browser = house.browser()
    browser.open("/sign-in")
    assert "Sign in with 127.0.0.1" in browser.text
    browser.get("/sign-in/openid/begin?next=/settings/profile")
    [cookie] = browser.page.set_cookies
    assert re.fullmatch(r"brim_openid=\S+; Path=/sign-in; Max-Age=600; HttpOnly; SameSite=Lax", cookie)
    assert browser.location
    assert browser.location.startswith(house.provider.url)
    brought = house.provider.visit(browser.location)
    browser.get("/sign-in/openid?" + "&".join(f"{name}={value}" for name, value in brought.items()))
    assert (browser.page.status, browser.location) == (303, "/settings/profile")
    assert list(browser.cookies) == ["brim_session"]
    browser.open("/settings/profile")
    assert "No password: you sign in with 127.0.0.1." in browser.text


def test_whom_only_the_provider_knows_is_told_so(house: House) -> None:
    house.provider.claims = {"email": "stranger@example.com", "sub": "stranger"}
    browser = house.browser()
    browser.get("/sign-in/openid/begin")
    assert browser.location
    brought = house.provider.visit(browser.location)
    browser.get("/sign-in/openid?" + "&".join(f"{name}={value}" for name, value in brought.items()))
    assert (browser.page.status, browser.cookies) == (403, {})
    assert "stranger@example.com isn't an operator of this installation." in browser.text


def test_a_browser_that_was_not_sent_brings_nothing(house: House) -> None:
    browser = house.browser()
    browser.get("/sign-in/openid?state=x&code=y")
    assert (browser.page.status, browser.cookies) == (400, {})
    assert "This sign-in has expired." in browser.text


# The audit log


def test_the_audit_log_knows_from_where_somebody_signed_in(house: House, ada: Operator) -> None:
    browser = house.signed_in(operator=ada)
    found = house.run(lambda database: list_audit_log(database, PageRequest(limit=100)))
    line = next(line for line in found.items if line.actor.id == ada.id and line.action == Action.SIGNED_IN)
    assert line.actor.address == browser.address


def test_the_audit_log_knows_who_changed_something_on_a_page_by_which_request(house: House, ada: Operator) -> None:
    browser = house.signed_in(operator=ada)
    browser.open("/test/webhooks/new")
    browser.submit("/test/webhooks/new", url="http://127.0.0.1:9/hook", event="*", idempotency_key="once")
    found = house.run(lambda database: list_audit_log(database, PageRequest(limit=100)))
    [line] = [line for line in found.items if line.action == "webhook_endpoint.created"]
    assert (line.actor.kind, line.actor.id, line.actor.address) == ("operator", ada.id, browser.address)
    assert line.actor.request_id is not None
    assert line.actor.request_id.startswith("req_")
    assert line.before is None
    assert line.after is not None
    assert line.after["url"] == "http://127.0.0.1:9/hook"
