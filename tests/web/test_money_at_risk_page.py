"""Money at risk by the API and on its page, and the two clocks of a top-up."""

from datetime import date
from pathlib import Path

import pytest

from tests.support.ach_objects import AchObjects
from tests.support.page_visitors import Person
from tests.support.service import Server
from tests.support.signing import SignedIn
from tests.support.wire import Wire

NOTHING = {"amount": 0, "topups": 0}
ONE = {"amount": 5_000, "topups": 1}


@pytest.fixture
def live(server: Server, live_key: str) -> Wire:
    return Wire(server.url, live_key)


@pytest.fixture
def objects(server: Server, account: str, tmp_path: Path) -> AchObjects:
    return AchObjects(server, account, tmp_path)


@pytest.fixture
def person(pages_url: str, account: str, key: str, live_key: str) -> Person:
    return Person(pages_url, SignedIn(keys={f"{account}/live": live_key, f"{account}/test": key}))


def test_what_is_at_risk_and_what_is_to_come_are_told_with_both_clocks(
    person: Person, live: Wire, objects: AchObjects, account: str
) -> None:
    assert "No money at risk" in person.read("/money-at-risk")
    assert "No live top-up is pending" in person.read("/money-at-risk")
    paid, pending = objects.paid_debit(), objects.sent_debit()
    shown = live.get(f"/v1/topups/{paid}?expand[]=brim.rail").json
    found = live.get("/v1/brim/money_at_risk").json
    (row,) = found["sources"]
    source = row["funding_source"]
    assert (row["account"], source[:4], row["currency"]) == (account, "src_", "usd")
    sums = ("unconfirmed", "returnable", "returnable_as_unauthorized", "total")
    assert [row[name] for name in sums] == [ONE, NOTHING, NOTHING, ONE]
    assert found["currencies"] == [row | {"account": None, "funding_source": None}]
    (arrival,) = found["arrivals"]
    assert (arrival["stage"], arrival["amount"], arrival["topups"], arrival["hold_days"]) == ("in_file", 5_000, 1, 3)
    assert arrival["usable_on"] > arrival["confirmed_on"]
    assert (found["is_complete"], found["arrivals_are_complete"], found["more_sources"]) == (True, True, False)
    page = person.read("/money-at-risk")
    assert f"{account} Bank account ··6789 Not confirmed: 50.00 USD 1 top-up" in page
    assert arrival["reason"] in page
    rail = shown["brim"]["rail"]
    assert (rail["usable"] is not None, rail["booked"]) == (True, None)
    debited = date.fromisoformat(rail["entries"][0]["effective_date"])
    assert 2 <= (date.fromisoformat(rail["returnable_until"]) - debited).days <= 5
    assert 61 <= (date.fromisoformat(rail["returnable_as_unauthorized_until"]) - debited).days <= 64
    clocks = person.read(f"/topups/{paid}")
    assert "On a bank statement Not yet Returnable until" in clocks
    assert "as unauthorized until" in clocks
    assert "Available Not yet On a bank statement Not yet" in person.read(f"/topups/{pending}")


def test_test_mode_has_no_money_at_risk(server: Server, person: Person, key: str) -> None:
    assert person.visit("/test/money-at-risk").status == 404
    reply = Wire(server.url, key).get("/v1/brim/money_at_risk")
    assert (reply.status, "live" in reply.error["message"]) == (400, True)
