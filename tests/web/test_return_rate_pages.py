"""Return rates by the API and on the pages: read by platforms, overridden by two people."""

import time
from pathlib import Path
from typing import Any

import pytest

from brim.api.wire_formats import WIRE_FORMATS
from brim.base.ids import IdFactory
from brim.base.scope import AccountScope
from brim.core import originators, return_rates
from brim.core.rails.ach import local_day
from brim.platform.database import Database
from tests.support.ach_objects import AchObjects
from tests.support.page_visitors import Person, text_of
from tests.support.service import Server
from tests.support.signing import SignedIn
from tests.support.wire import Wire, assert_error

RATES = "/v1/brim/ach/return_rates"


@pytest.fixture
def live(server: Server, live_key: str) -> Wire:
    return Wire(server.url, live_key)


@pytest.fixture
def originator(server: Server, account: str, tmp_path: Path) -> str:
    """The active originator of the platform."""
    return AchObjects(server, account, tmp_path).active_originator()


def count(server: Server, account: str, originator: str, owner: str, debits: int, *codes: str) -> None:
    """Count debits of an account, and returns of them, as of now."""
    now_ms = int(time.time() * 1000)

    async def work(database: Database) -> None:
        async with database.transaction() as conn:
            found = await originators.find_originator(conn, AccountScope(account, livemode=True), originator)
            day = local_day(found.profile, now_ms)
            how: dict[str, Any] = {"renderers": WIRE_FORMATS, "now_ms": now_ms, "ids": IdFactory()}
            await return_rates.count_sent(conn, found, {(owner, day): debits}, **how)
            returned = [return_rates.ReturnedDebit(owner, day, code) for code in codes]
            await return_rates.count_returned(conn, found, returned, **how)

    server.run(work)


def test_rates_are_listed_of_the_originator_and_of_accounts_that_stand_out(
    server: Server, live: Wire, account: str, originator: str
) -> None:
    under, fine = server.make_account(platform=account).id, server.make_account(platform=account).id
    count(server, account, originator, fine, 100_000)
    count(server, account, originator, under, 1_000, "R10", "R10", "R10")
    whole, one = live.get(RATES).json["data"]
    assert (whole["id"], whole["account"], one["id"], one["account"]) == (originator, None, under, under)
    assert [(each["kind"], each["level"]) for each in one["rates"]] == [
        ("unauthorized", "warned"),
        ("administrative", "clear"),
        ("overall", "clear"),
    ]
    unauthorized = one["rates"][0]
    assert (unauthorized["rate"], unauthorized["limit"], unauthorized["returns"]) == (3_000, 5_000, 3)
    assert unauthorized["since"] is not None
    assert live.get(f"{RATES}/{fine}").json["rates"][0]["debits"] == 100_000
    (event,) = live.get("/v1/events?type=brim.return_rate.warned").json["data"]
    assert event["data"]["object"]["rates"] == [unauthorized]


def test_a_reached_limit_refuses_a_create_with_an_error_of_its_own(
    server: Server, live: Wire, account: str, originator: str
) -> None:
    count(server, account, originator, account, 100, "R03", "R03", "R03")
    found = live.get(f"{RATES}/{originator}").json
    assert [each["level"] for each in found["rates"]] == ["clear", "reached", "clear"]
    assert [each["name"] for each in found["actions"]] == ["override"]


def test_a_key_of_one_person_asks_and_never_approves(live: Wire, originator: str) -> None:
    until = int(time.time()) + 86_400
    asked = live.post(f"{RATES}/{originator}/override", {"reason": "The bank knows.", "until": until})
    assert (asked.status, asked.json["asked_override"]["reason"], asked.json["override"]) == (
        200, "The bank knows.", None,
    )  # fmt: skip
    reply = live.post(f"{RATES}/{originator}/approve_override", {"expected_until": until})
    assert_error(
        reply, 403, "API keys can't approve. An operator has to, in the dashboard.", code="second_person_required"
    )
    ended = live.post(f"{RATES}/{originator}/end_override", {})
    assert ended.json["asked_override"] is None
    again = live.post(f"{RATES}/{originator}/end_override", {})
    assert_error(again, 400, "No override is requested or in force.")


def test_an_override_ends_within_thirty_days_and_has_a_reason(live: Wire, originator: str) -> None:
    for until in (int(time.time()) - 1, int(time.time()) + 31 * 86_400):
        reply = live.post(f"{RATES}/{originator}/override", {"reason": "x", "until": until})
        assert_error(reply, 400, "An override must end within the next 30 days.", param="until")
    assert live.post(f"{RATES}/{originator}/override", {"until": int(time.time()) + 60}).status == 400


def test_nobody_elses_rates_are_shown(server: Server, live: Wire, originator: str) -> None:
    other = server.make_account().id
    assert live.get(f"{RATES}/{other}").status == 404
    stranger = Wire(server.url, server.make_key(other, livemode=True))
    assert stranger.get(f"{RATES}/{originator}").status == 404
    assert stranger.get(RATES).json["data"] == []


def test_the_pages_show_rates_and_ask_for_an_override(
    server: Server, pages_url: str, account: str, key: str, live_key: str, originator: str
) -> None:
    person = Person(pages_url, SignedIn(keys={f"{account}/live": live_key, f"{account}/test": key}))
    under = server.make_account(platform=account).id
    count(server, account, originator, under, 1_000, *["R10"] * 5)
    shown = person.visit("/ach/return-rates")
    assert "Limit reached" in text_of(shown)
    assert "All accounts, BRIM TESTS" in text_of(shown)
    assert f"/ach/return-rates/{under}" in shown.body.decode()
    page = f"/ach/return-rates/{under}"
    assert "0.50" in text_of(person.visit(page))
    assert "Debits through BRIM TESTS that settled" in text_of(person.visit(page))
    empty = person.send(page, f"{page}/override", {"reason": " ", "until": "tomorrow"})
    assert (empty.status, 'id="error-reason"' in empty.body.decode(), 'id="error-until"' in empty.body.decode()) == (
        400, True, True,
    )  # fmt: skip
    too_late = person.send(page, f"{page}/override", {"reason": "x", "until": "2090-01-01"})
    assert (too_late.status, "in the next 30 days" in text_of(too_late)) == (400, True)
    day = time.strftime("%Y-%m-%d", time.gmtime(time.time() + 3 * 86_400))
    assert person.send(page, f"{page}/override", {"reason": "The bank knows.", "until": day}).status == 303
    assert "The bank knows." in text_of(person.visit(page))
    assert person.send(page, f"{page}/end-override").status == 303
    assert "The bank knows." not in text_of(person.visit(page))
