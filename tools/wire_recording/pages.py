"""Pages: the reference, the ways in, what forms do, and the whole dashboard as each role sees it."""

import re
from typing import Any, Final

from wire_recording.browser import Browser
from wire_recording.caller import Caller, next_second
from wire_recording.crawl import Crawler, record_assets
from wire_recording.funding import METHOD
from wire_recording.recording import Recording
from wire_recording.server import Server
from wire_recording.topups import PENDING, wait_until_available
from wire_recording.wire import Wire

PASSWORD: Final = "analytical engine 1837"
_EMAIL: Final = "ada@example.com"
_START: Final = "/test/balance/overview"
_STARTS: Final = (
    _START, "/test/logs?method=POST", "/test/logs?method=POST&status=4xx", "/logs?method=POST",
    "/test/topups?status=failed",
    "/test/topups?amount=abc", "/test/topups.csv", "/topups.csv", "/test/topups.csv?status=succeeded",
    "/test/apikeys/new?kind=restricted", "/test/webhooks/create", "/test/developers", "/test/settings",
    "/test/connect/accounts/overview", "/test/dashboard", "/balance", "/settings/profile", "/settings/operators",
    "/settings/audit-log", "/shell", "/", "/nope", "/test/nope", "/test/topups/tu_none", "/test/events/evt_none",
    "/test/funding-sources/pm_none", "/test/webhooks/we_none", "/test/apikeys/mk_none", "/test/accounts/acct_none",
    "/test/logs/req_none", "/settings/operators/op_none", "/test/topups?starting_after=tu_none", "/test/topups%00",
)  # fmt: skip
_DOORS: Final = (
    "/", "/sign-in", "/sign-in?said=expired", "/sign-in?said=signed_out", "/sign-in?said=password_set",
    "/sign-in?next=/test/topups", "/sign-in/code", "/first-run", "/first-run?token=wrong", "/set-password",
    "/set-password?token=wrong", "/sign-out", "/test/topups", "/topups", "/settings/profile", "/shell", "/nope",
    "/assets/nope", "/stripecli/confirm_auth", "/stripecli/confirm_auth?t=wrong", "/favicon.ico",
)  # fmt: skip
_MOST_PAGES: Final = 1500
_MOST_AS_OTHERS: Final = 60


class People:
    """Operators in front of their browsers.

    Args:
        server: where they sign in.
        wire: the same, for browsers.
        recording: where pages go.
    """

    def __init__(self, server: Server, wire: Wire, recording: Recording) -> None:
        self._server = server
        self._wire = wire
        self._recording = recording
        self.assets: set[str] = set()

    def browser(self) -> Browser:
        """Return a browser that has not been here before."""
        return Browser(self._wire, self._recording)

    def read_reference(self) -> None:
        """Record every page of the reference as a stranger sees it, word by word."""
        browser = Browser(self._wire, self._recording, self._recording.masks.known)
        crawler = Crawler(browser, "reference", most=_MOST_PAGES)
        searches = [f"/docs/api/search?q={words}" for words in ("topup", "cancel", "", "%3Cb%3E", "zzz")]
        crawler.walk(["/docs/api", *searches, "/docs/api/nope", "/docs/api/topups/nope"])
        self.assets |= crawler.assets

    def knock(self) -> None:
        """Record what strangers are shown, before there is any operator."""
        browser = self.browser()
        for path in _DOORS:
            browser.show("door", path)

    def begin(self, browser: Browser) -> None:
        """Record how the first admin is made, in their browser."""
        group = "first-run"
        path = self._server.first_run_path
        browser.show(group, path)
        form = {"email": _EMAIL, "name": "Ada Lovelace", "password": PASSWORD, "password_again": PASSWORD}
        for what, wrong in (
            ("other passwords", {"password_again": "other"}),
            ("weak password", {"password": "a", "password_again": "a"}),
            ("no email", {"email": "ada"}),
            ("no name", {"name": ""}),
        ):
            browser.submit(group, path, "/first-run", {**form, **wrong}, note=what)
        browser.submit(group, path, "/first-run", form)
        browser.show(group, path)

    def add_others(self) -> tuple[Browser, Browser]:
        """Add a developer and a viewer by the command line, and return their browsers, signed in."""
        for role in ("developer", "viewer"):
            email = f"{role}@example.com"
            self._server.command(
                "operators", "add", email, "--role", role, "--name", role.title(), stdin=PASSWORD + "\n"
            )
        developer, viewer = self.browser(), self.browser()
        group = "sign-in"
        for what, email, password in (
            ("wrong password", "viewer@example.com", "wrong"),
            ("unknown", "nobody@example.com", "wrong"),
            ("nothing", "", ""),
        ):
            viewer.submit(group, "/sign-in", "/sign-in", {"email": email, "password": password}, note=what)
        viewer.post(group, "/sign-in", {"email": "", "password": ""}, origin="https://example.com", note="elsewhere")
        for browser, role in ((developer, "developer"), (viewer, "viewer")):
            next_second()  # their first page makes a key
            browser.submit(group, "/sign-in", "/sign-in", {"email": f"{role}@example.com", "password": PASSWORD})
        viewer.show(group, "/sign-in?next=/test/topups")
        return developer, viewer

    def walk(self, browser: Browser, group: str, *, most: int = _MOST_PAGES) -> None:
        """Record the whole dashboard as one browser sees it."""
        crawler = Crawler(browser, group, most=most)
        next_second()
        crawler.walk(_STARTS)
        self.assets |= crawler.assets

    def glance(self, browser: Browser, group: str) -> None:
        """Record a part of the dashboard as somebody sees it who may do less."""
        self.walk(browser, group, most=_MOST_AS_OTHERS)

    def record_assets(self) -> None:
        """Record the files that pages referred to."""
        record_assets(self.browser(), self.assets)


def switch_account(browser: Browser, account: str) -> None:
    """Look at another account from now on."""
    browser.submit("forms accounts", "/test/accounts", "/test/account", {"account": account})


def answer_login(browser: Browser, path: str) -> None:
    """Record the page on which a login of the official CLI is allowed."""
    browser.show("login", path)
    next_second()
    browser.submit("login", path, "/stripecli/confirm_auth", {"decision": "allow"})
    browser.show("login", path)


def fill_in_forms(browser: Browser, caller: Caller) -> None:
    """Record what each form of the dashboard does, when it is right and when it is wrong."""
    for step in (_topups, _funding, _webhooks, _keys, _accounts, _events):
        step(browser, caller)
    _refused(browser)


def _topups(browser: Browser, caller: Caller) -> None:
    group, path = "forms topups", "/test/topups/new"
    waiting = {**METHOD, "us_bank_account[account_number]": "000000000009"}
    method = caller.post("forms", "method that waits", "/v1/payment_methods", waiting).json["id"]
    form = {"amount": "20.00", "currency": "usd", "description": "By a form", "statement_descriptor": "FORM"}
    form["funding"] = method
    browser.submit(group, path, path, {**form, "ask": "availability"}, note="when")
    for what, wrong in (
        ("no amount", {"amount": ""}),
        ("decimals", {"currency": "jpy"}),
        ("currency", {"currency": "x"}),
    ):
        browser.submit(group, path, path, {**form, **wrong}, note=what)
    browser.submit(group, path, path, form)
    for ending in ("cancel", "fail", "succeed", "reverse"):
        sent = {"amount": 600, "currency": "usd", "source": PENDING}
        topup = caller.post("forms", f"topup to {ending}", "/v1/topups", sent).json["id"]
        page = f"/test/topups/{topup}"
        browser.submit(group, page, page, {"description": "Edited"}, note="edit")
        if ending == "reverse":
            browser.submit(group, page, f"{page}/succeed", {})
            wait_until_available(caller)
            next_second()  # what is booked in one second is shown in an order of chance
        browser.submit(group, page, f"{page}/{ending}", {})
        wait_until_available(caller)


def _funding(browser: Browser, _caller: Caller) -> None:
    group, path = "forms funding", "/test/funding-sources/new"
    form = {
        "holder_name": "Jenny Rosen", "routing_number": "110000000", "account_number": "000123456789",
        "holder_type": "individual", "account_type": "checking",
    }  # fmt: skip
    browser.submit(group, path, path, {**form, "routing_number": "1"}, note="wrong number")
    browser.submit(group, path, path, {**form, "microdeposits": "yes"}, note="microdeposits")
    page = _last(browser, "/test/funding-sources/pm_")
    browser.submit(group, page, f"{page}/verify", {"first": "1", "second": "2"}, note="wrong")
    browser.submit(group, path, path, form)
    page = _last(browser, "/test/funding-sources/pm_")
    browser.submit(group, page, f"{page}/default", {"currency": "eur"})
    browser.submit(group, "/test/funding-sources", "/test/funding-sources/defaults/eur/remove", {})
    browser.submit(group, page, f"{page}/detach", {})


def _webhooks(browser: Browser, _caller: Caller) -> None:
    group, path = "forms webhooks", "/test/webhooks/new"
    form = {"url": "http://127.0.0.1:9/hooks", "description": "By a form"}
    browser.submit(group, path, path, {**form, "url": "nonsense"}, note="wrong address")
    browser.submit(group, path, path, form, note="without events")
    browser.submit(group, path, path, {**form, "payload": "thin", "event": "topup.reversed"}, note="thin")
    browser.submit(group, path, path, {**form, "event": "topup.failed"})
    page = _last(browser, "/test/webhooks/we_")
    browser.submit(group, f"{page}/edit", f"{page}/edit", {**form, "description": "Edited", "event": "*"})
    browser.submit(group, page, f"{page}/disable", {})
    browser.submit(group, page, f"{page}/enable", {})
    browser.submit(group, f"{page}/roll", f"{page}/roll", {"expires_in": "0"})
    browser.submit(group, f"{page}/delete", f"{page}/delete", {})


def _keys(browser: Browser, _caller: Caller) -> None:
    path = "/test/apikeys/new"
    _submit_key(browser, path, path, {"name": "By a form"})
    restricted = {"name": "Reads", "right-topups": "read", "right-balance": "write"}
    _submit_key(browser, f"{path}?kind=restricted", path, restricted, note="restricted")
    _submit_key(browser, f"{path}?kind=restricted", path, {"name": "Nothing"}, note="without rights")
    browser.get("/apikeys")
    _submit_key(browser, "/apikeys/new", "/apikeys/new", {"name": "Live"}, note="live")
    for step, form in (("roll", {"grace": "3600"}), ("revoke", {})):
        page = _link_on(browser, "/test/apikeys", 'href="(/test/apikeys/mk_[^"/]+)"')
        _submit_key(browser, page, f"{page}/{step}", form)


def _submit_key(browser: Browser, path: str, action: str, form: dict[str, str], *, note: str = "") -> None:
    next_second()
    browser.submit("forms keys", path, action, form, note=note)


def _accounts(browser: Browser, _caller: Caller) -> None:
    group, path = "forms accounts", "/test/accounts/new"
    form = {"name": "Form Rides", "email": "form@example.com", "country": "US", "currency": "usd"}
    browser.submit(group, path, path, {**form, "country": "XX"}, note="unknown country")
    browser.submit(group, path, path, {**form, "settlement_days": "2"})
    page = _last(browser, "/test/accounts/acct_")
    browser.submit(group, page, page, {**form, "name": "Form Rides 2", "settlement_days": "many"}, note="wrong days")
    browser.submit(group, page, page, {**form, "name": "Form Rides 2"})


def _events(browser: Browser, caller: Caller) -> None:
    event: Any = caller.read("/v1/events?type=topup.canceled&limit=1")["data"][0]["id"]
    browser.submit("forms events", f"/test/events/{event}", f"/test/events/{event}/resend", {})


def manage_operators(browser: Browser) -> None:
    """Record what an admin does with operators, and with their own profile."""
    group, path = "forms operators", "/settings/operators/new"
    form = {"email": "grace@example.com", "name": "Grace Hopper", "role": "viewer", "way": "link", "password": ""}
    browser.submit(group, path, path, {**form, "email": "grace"}, note="wrong address")
    browser.submit(group, path, path, {**form, "email": _EMAIL}, note="known address")
    browser.submit(group, path, path, form, note="link")
    browser.submit(group, path, path, {**form, "email": "g@example.com", "way": "password", "password": PASSWORD})
    page = _link_on(browser, "/settings/operators", r'href="(/settings/operators/op_[^"/]+)"[^>]*>\s*Grace')
    for step, sent in (("role", {"role": "developer"}), ("link", {}), ("disable", {}), ("enable", {})):
        browser.submit(group, page, f"{page}/{step}", sent)
    group, path = "forms profile", "/settings/profile"
    browser.submit(group, path, path, {"name": ""}, note="no name")
    browser.submit(group, path, path, {"name": "Ada King"})
    changed = {"old_password": "wrong", "password": PASSWORD, "password_again": PASSWORD}
    browser.submit(group, path, f"{path}/password", changed, note="wrong password")
    browser.submit(group, path, f"{path}/password", {**changed, "old_password": PASSWORD})
    browser.submit(group, path, f"{path}/codes", {})
    browser.submit(group, f"{path}/codes", f"{path}/codes/confirm", {"code": "000000", "password": PASSWORD})


def sign_out(browser: Browser) -> None:
    """Record how somebody signs out."""
    browser.submit("sign-out", _START, "/sign-out", {})
    browser.show("sign-out", _START)


def _refused(browser: Browser) -> None:
    for path in ("/test/topups/new", "/test/apikeys/new", "/settings/operators/new", "/sign-out"):
        browser.post("forms refused", path, {"form_token": "wrong"}, note="without its token")
    browser.post("forms refused", "/test/verification", {}, note="other method")


def _last(browser: Browser, start: str) -> str:
    """Return the address, without its query, of the page that a form led to last."""
    return _search(rf'"({start}[0-9A-Za-z]+)[/"?]', browser.page.text)


def _link_on(browser: Browser, path: str, pattern: str) -> str:
    return _search(pattern, browser.get(path).text)


def _search(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    if found is None:
        raise LookupError(f"nothing like {pattern} in: {text}")
    return found[1]
