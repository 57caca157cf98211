"""Who may sign in, the audit log and logins of the official CLI, as the pages show and change them."""

import csv
import io
import re
from html import unescape
from typing import Any
from urllib.parse import quote, urlsplit

import pytest

from brim.base import json_codec
from brim.base.actor import Actor, ActorKind
from brim.base.clock import system_clock_ms
from brim.core.access.service import create_account, list_accounts
from brim.core.operators.rules import Role
from brim.core.operators.service import rename_operator
from brim.core.operators.sign_in_rules import DASHBOARD_PATH
from brim.platform.database import Database
from brim.testing.terminal import typed
from tests.support.browsing import Browser
from tests.support.people import BY, IDS
from tests.support.people_house import PASSWORD, House
from tests.support.polling import until
from tests.support.wire import Wire

CHOSEN = "difference engine 1822"
PAGES = (
    "/settings/profile",
    "/settings/operators",
    "/settings/operators/new",
    "/settings/audit-log",
    "/settings/legal-holds",
    "/test/balance/overview",
)


# Roles


@pytest.mark.parametrize(("role", "statuses"), [(Role.ADMIN, [200] * 6), (Role.VIEWER, [200, 403, 403, 200, 200, 200])])
def test_each_role_sees_what_is_for_it(house: House, role: Role, statuses: list[int]) -> None:
    browser = house.signed_in(role)
    assert [browser.open(path).status for path in PAGES] == statuses
    assert ("/settings/operators" in browser.page.body.decode()) is (role is Role.ADMIN)


@pytest.mark.parametrize("role", [Role.DEVELOPER, Role.VIEWER])
def test_only_admins_change_operators(house: House, role: Role) -> None:
    grace = house.add(Role.VIEWER)
    browser = house.signed_in(role)
    browser.open("/settings/profile")
    token = browser.form_token
    for path, form in {
        "/settings/operators/new": {"email": "x@example.com", "name": "X", "role": "admin", "way": "link"},
        f"/settings/operators/{grace.id}/role": {"role": "admin"},
        f"/settings/operators/{grace.id}/disable": {},
        f"/settings/operators/{grace.id}/link": {},
        f"/settings/operators/{grace.id}/reset-codes": {},
        f"/settings/operators/{grace.id}/unbind": {},
        "/settings/legal-holds/new": {"kind": "installation", "reason": "x"},
        "/settings/legal-holds/lh_x/lift": {},
    }.items():
        assert browser.post(path, form_token=token, **form).status == 403, path
    assert house.signed_in(operator=grace).open("/settings/profile").status == 200


def test_every_form_without_the_token_is_refused_and_changes_nothing(house: House) -> None:
    grace = house.add(Role.VIEWER)
    browser = house.signed_in()
    one = f"/settings/operators/{grace.id}"
    for path in (
        *("/settings/profile", "/settings/profile/password", "/settings/profile/sign-out-elsewhere"),
        *("/settings/profile/codes", "/settings/profile/codes/confirm", "/settings/profile/codes/off"),
        *("/settings/operators/new", f"{one}/role", f"{one}/disable", f"{one}/enable", f"{one}/link"),
        *(f"{one}/reset-codes", f"{one}/unbind", "/sign-out", "/test/account"),
    ):
        for form in ({}, {"form_token": "x"}):
            assert browser.post(path, **form).status == 403, path
        assert "expired" in browser.text
    assert house.signed_in(operator=grace).open("/settings/profile").status == 200


def test_no_page_is_kept_by_a_browser(house: House) -> None:
    browser = house.signed_in()
    for path in (*PAGES, "/sign-in/code", "/settings/profile/codes"):
        assert browser.get(path).headers["cache-control"] == "no-store"


# Operators


def test_somebody_is_added_by_a_link_that_the_admin_passes_on(house: House) -> None:
    browser = house.signed_in()
    browser.open("/settings/operators/new")
    browser.submit("/settings/operators/new", email="Mary@example.com", name="Mary", role="developer", way="link")
    link = re.search(rf"{house.url}(/set-password\?token=\w+)", browser.text)
    assert link, browser.text
    mary = house.browser()
    mary.open(link[1])
    token = link[1].partition("=")[2]
    mary.post("/set-password", token=token, password=CHOSEN, password_again=CHOSEN)
    assert mary.location == DASHBOARD_PATH
    mary.open("/settings/profile")
    assert "mary@example.com" in mary.text
    assert "Developer" in mary.text


def test_what_cannot_be_used_is_told_at_its_field(house: House) -> None:
    ada = house.add()
    browser = house.signed_in()
    browser.open("/settings/operators/new")
    right = {"email": "new@example.com", "name": "New", "role": "viewer", "way": "password", "password": PASSWORD}
    for wrong, said in (
        ({"email": "nobody"}, "isn't an email address"),
        ({"email": ada.email}, "An operator with the email"),
        ({"name": ""}, "A name must have 1 to 100 printable characters"),
        ({"password": "short"}, "fewer than 12 characters"),
    ):
        browser.submit("/settings/operators/new", **{**right, **wrong})
        assert browser.page.status == 400
        assert said in browser.text
    browser.submit("/settings/operators/new", **right)
    assert "Operator added." in browser.text
    assert house.browser().sign_in("new@example.com", PASSWORD).status == 303


def test_an_operator_is_disabled_and_let_in_again(house: House) -> None:
    grace = house.add(Role.VIEWER)
    hers, browser = house.signed_in(operator=grace), house.signed_in()
    here = f"/settings/operators/{grace.id}"
    browser.open(here)
    browser.submit(f"{here}/disable")
    assert "Operator disabled" in browser.text
    until(lambda: hers.get("/settings/profile").status == 303, what="her session to have ended")
    assert house.browser().sign_in(grace.email, PASSWORD).status == 403
    browser.submit(f"{here}/link")
    assert browser.page.status == 400
    browser.submit(f"{here}/enable")
    assert house.browser().sign_in(grace.email, PASSWORD).status == 303


def test_another_role_counts_from_the_next_page_on(house: House) -> None:
    grace = house.add(Role.VIEWER)
    hers, browser = house.signed_in(operator=grace), house.signed_in()
    browser.open(f"/settings/operators/{grace.id}")
    browser.submit(f"/settings/operators/{grace.id}/role", role="admin")
    assert "Role changed." in browser.text
    until(lambda: hers.get("/settings/operators").status == 200, what="her pages to know of it")


def test_an_address_of_nobody_has_no_page(house: House) -> None:
    browser = house.signed_in()
    for nobody in ("op_nobody", "%00", "x@example.com"):
        assert browser.get(f"/settings/operators/{nobody}").status == 404


# The audit log


def test_the_audit_log_is_read_page_by_page(house: House) -> None:
    ada = house.add()

    async def rename_often(database: Database) -> None:
        for number in range(60):
            await rename_operator(database, ada.id, f"Ada {number}", by=BY, now_ms=system_clock_ms(), ids=IDS)

    house.run(rename_often)
    browser = house.signed_in(Role.VIEWER)
    browser.open("/settings/audit-log")
    assert "Renamed an operator Ada 58 to Ada 59" in browser.text
    assert "root (command line)" in browser.text
    assert browser.address in browser.text
    older = re.search(r'href="([^"]+)" rel="next"', browser.page.body.decode())
    assert older
    browser.open(unescape(older[1]))
    assert "Ada Lovelace to Ada 0" in browser.text
    assert "Ada 58 to Ada 59" not in browser.text
    newer = re.search(r'href="([^"]+)" rel="prev"', browser.page.body.decode())
    assert newer
    browser.open(unescape(newer[1]))
    assert "Ada 58 to Ada 59" in browser.text
    browser.get("/settings/audit-log?starting_after=aud_nothing")
    assert browser.location == "/settings/audit-log"


def test_the_audit_log_is_filtered_and_exported_as_it_is_shown(house: House) -> None:
    """Every filter by itself and together; the files have exactly what the page has, over several pages."""
    ada, eve = house.add(), house.add()

    async def act(database: Database) -> None:
        for who, number in ((ada, 3), (eve, 60)):
            for n in range(number):
                by = Actor(kind=ActorKind.OPERATOR, id=ada.id, name=f"={ada.email}")
                await rename_operator(database, who.id, f"X {n}", by=by, now_ms=system_clock_ms(), ids=IDS)

    house.run(act)
    browser = house.signed_in(Role.VIEWER)

    def lines(query: str) -> list[dict[str, Any]]:
        reply = browser.get(f"/settings/audit-log.jsonl?{query}")
        assert (reply.status, reply.headers["content-type"]) == (200, "application/jsonl; charset=utf-8")
        return [json_codec.decode(line) for line in reply.body.splitlines()]

    by_ada = lines(f"who={quote(ada.email)}&action=operator.renamed")
    assert len(by_ada) == 63
    assert {line["actor"]["id"] for line in by_ada} == {ada.id}
    assert [line["id"] for line in by_ada] == sorted((line["id"] for line in by_ada), reverse=True)
    assert len(lines(f"who={ada.id}&object={ada.id}")) == 3
    assert lines(f"who={ada.id}&object={ada.id}&created_to=2020-01-01") == []
    assert lines(f"object={ada.id}&action=operator.renamed&who=nobody") == []
    rows = list(
        csv.DictReader(io.StringIO(browser.get(f"/settings/audit-log.csv?who={ada.id}").body.decode("utf-8-sig")))
    )
    assert [row["id"] for row in rows] == [line["id"] for line in lines(f"who={ada.id}")]
    assert rows[0]["actor_name"] == f"'={ada.email}"  # no formula
    page = f"/settings/audit-log?who={quote(ada.email)}&action=operator.renamed"
    browser.open(page)
    assert browser.text.count("Renamed an operator") == 50 + 1  # a page, and the choice of the filter
    older = re.search(r'href="([^"]+)" rel="next"', browser.page.body.decode())
    assert older
    browser.open(unescape(older[1]))
    assert browser.text.count("Renamed an operator") == 13 + 1
    browser.open("/settings/audit-log?account=acct_nothing")
    assert "No matching entries" in browser.text


# Logins of the official CLI


@pytest.fixture
def login(house: House) -> Any:
    """What a CLI is told that asks to be let in."""
    form = {"device_name": "<b>devbox</b>", "client_version": "1.52.0"}
    return Wire(house.url, None).post("/stripecli/auth", form).json


def page_of(login: Any) -> str:
    parts = urlsplit(login["browser_url"])
    return f"{parts.path}?{parts.query}"


def decide(browser: Browser, login: Any, decision: str, **more: str) -> None:
    token = urlsplit(login["browser_url"]).query.partition("=")[2]
    browser.open(page_of(login))
    browser.submit("/stripecli/confirm_auth", t=token, decision=decision, **more)


def answer_to(house: House, login: Any) -> Any:
    return Wire(house.url, None).get(login["poll_url"].removeprefix(house.url))


def test_a_stranger_sees_the_words_and_is_led_to_sign_in_and_back(house: House, login: Any) -> None:
    browser = house.browser()
    browser.open(page_of(login))
    assert login["verification_code"] in browser.text
    assert "&lt;b&gt;devbox&lt;/b&gt;" in browser.page.body.decode()
    assert "form_token" not in browser.page.body.decode()
    found = re.search(r'href="(/sign-in\?next=[^"]+)"', browser.page.body.decode())
    assert found
    browser.open(found[1])
    follows = re.search(r'name="next" value="([^"]+)"', browser.page.body.decode())
    assert follows
    browser.sign_in(house.add().email, PASSWORD, follows=follows[1])
    assert browser.location == page_of(login)


@pytest.mark.parametrize("role", [Role.ADMIN, Role.DEVELOPER])
def test_an_allowed_login_gets_a_test_key_and_is_in_the_audit_log(house: House, login: Any, role: Role) -> None:
    browser = house.signed_in(role)
    decide(browser, login, "allow")
    assert "Access granted" in browser.text
    answer = answer_to(house, login).json
    assert answer["redeemed"]
    assert Wire(house.url, answer["testmode_key_secret"]).get("/v1/topups").status == 200
    browser.open("/settings/audit-log")
    assert "Allowed CLI access" in browser.text


def test_the_key_is_for_the_account_that_was_chosen(house: House, login: Any) -> None:
    made = house.run(lambda database: create_account(database, platform=None, **typed()))
    browser = house.signed_in()
    decide(browser, login, "allow", account="acct_nobody")
    assert browser.page.status == 400
    decide(browser, login, "allow", account=made.account)
    assert answer_to(house, login).json["account_id"] == made.account
    assert made.account in {each.account for each in house.run(list_accounts)}


def test_a_denied_login_gets_nothing(house: House, login: Any) -> None:
    browser = house.signed_in()
    decide(browser, login, "deny")
    assert "Access denied" in browser.text
    assert answer_to(house, login).status == 403
    browser.open(page_of(login))
    assert 'name="decision"' not in browser.page.body.decode()


def test_a_viewer_decides_nothing(house: House, login: Any) -> None:
    browser = house.signed_in(Role.VIEWER)
    browser.open("/settings/profile")
    form_token = browser.form_token
    browser.open(page_of(login))
    assert "Viewers can't allow access" in browser.text
    token = urlsplit(login["browser_url"]).query.partition("=")[2]
    browser.post("/stripecli/confirm_auth", form_token=form_token, t=token, decision="allow")
    assert browser.page.status == 403
    assert not answer_to(house, login).json["redeemed"]


def test_a_login_is_decided_by_a_form_of_ours_alone(house: House, login: Any) -> None:
    browser = house.signed_in()
    token = urlsplit(login["browser_url"]).query.partition("=")[2]
    browser.post("/stripecli/confirm_auth", t=token, decision="allow", form_token="x")
    assert browser.page.status == 403
    assert house.browser().post("/stripecli/confirm_auth", t=token, decision="allow").status == 303
    assert not answer_to(house, login).json["redeemed"]


def test_a_link_of_no_login_is_told_so(house: House) -> None:
    browser = house.signed_in()
    for token, status in (("made_up", 404), ("", 404), ("%ff", 404), ("%00%ff", 400)):
        assert browser.get(f"/stripecli/confirm_auth?t={token}").status == status


# Legal holds


def test_an_admin_places_and_lifts_a_legal_hold(house: House) -> None:
    admin, viewer = house.signed_in(Role.ADMIN), house.signed_in(Role.VIEWER)
    new = "/settings/legal-holds/new"
    admin.open("/settings/legal-holds")
    right = {"kind": "account", "account": "", "reason": "Case 7", "reference": "2026/17"}
    assert admin.submit(new, **right).status == 400, "an account that does not exist"
    right["account"] = Wire(house.url, house.server.test_key).get("/v1/account").json["id"]
    assert "1 to 500 printable characters" in admin.submit(new, **{**right, "reason": " "}).body.decode()
    admin.submit(new, **right)
    shown = admin.page.body.decode()
    assert "Legal hold placed." in shown
    hold = re.search(r"/settings/legal-holds/(lh_\w+)/lift", shown)
    assert hold is not None
    looked = viewer.open("/settings/legal-holds").body.decode()
    assert "Case 7" in looked
    assert "/lift" not in looked
    admin.submit(hold[0])
    assert "Legal hold lifted." in admin.page.body.decode()
    assert admin.post(hold[0], form_token=admin.form_token).status == 400
    assert "Lifted a legal hold" in admin.open("/settings/audit-log").body.decode()
