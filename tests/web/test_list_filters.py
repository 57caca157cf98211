"""The filters of lists beside that of top-ups: what they show, count, save and export."""

import csv
import io
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from brim.base.ids import created_of
from brim.core.reconciliation import BreakKind
from tests.support.ach_objects import AchObjects
from tests.support.page_visitors import Person
from tests.support.service import Server
from tests.support.signing import SignedIn
from tests.support.wire import Wire


@pytest.fixture
def live(server: Server, live_key: str) -> Wire:
    return Wire(server.url, live_key)


@pytest.fixture
def person(pages_url: str, account: str, key: str, live_key: str) -> Person:
    return Person(pages_url, SignedIn(keys={f"{account}/live": live_key, f"{account}/test": key}))


@pytest.fixture
def objects(server: Server, account: str, tmp_path: Path) -> AchObjects:
    return AchObjects(server, account, tmp_path)


def shown(person: Person, path: str) -> list[str]:
    """Return the ids of the objects on a page of a list, in its order."""
    page = person.visit(path)
    assert page.status == 200, page.body
    return re.findall(r'class="row-link[^"]*" href="[^"]*/(\w+)"', page.body.decode())


def day(shift: int, of: str | None = None) -> str:
    """Return a day near today, or near the creation of an object, in UTC."""
    start = datetime.fromtimestamp(created_of(of), UTC) if of else datetime.now(UTC)
    return (start + timedelta(days=shift)).date().isoformat()


def test_every_list_of_live_money_is_filtered_by_day_and_counted_by_status(person: Person, objects: AchObjects) -> None:
    made = {
        "/ach/bank-files": objects.bank_file(),
        "/ach/returns": objects.ach_return(),
        "/ach/reversals": objects.reversal(),
        "/ach/corrections": objects.open_correction(),
        "/breaks": objects.open_break(),
        "/line-settlements": objects.settlement(),
        "/statement-lines": objects.line(),
        "/incoming-transfers": objects.suspended_transfer(),
        "/ach/files": objects.file().id,
        "/refunds": objects.refund(),
    }
    counted = {"/ach/returns", "/ach/reversals", "/breaks", "/line-settlements", "/incoming-transfers", "/refunds"}
    for path, object_id in made.items():
        today = f"{path}?created_from={day(0, object_id)}&created_to={day(0, object_id)}"
        assert object_id in shown(person, today), path
        assert object_id not in shown(person, f"{path}?created_from={day(1, object_id)}"), path
        assert object_id not in shown(person, f"{path}?status=all&created_to={day(-1, object_id)}"), path
        page = person.visit(today).body.decode()
        if path in counted:
            assert re.search(r'aria-current="true">[\w -]+ <span class="count figure">\d+</span>', page), path
    assert person.visit("/refunds?status=lost").status == 404
    assert "such as 2026-11-22" in person.read("/refunds?created_from=soon")


def test_a_list_is_narrowed_to_what_it_is_about_and_exported_so(
    person: Person, live: Wire, objects: AchObjects
) -> None:
    refund = live.get(f"/v1/brim/refunds/{objects.refund(description='=1+1')}").json
    unreadable = objects.open_break(kind=BreakKind.ITEM)
    other = objects.open_break(kind=BreakKind.SILENCE)
    assert shown(person, f"/refunds?topup={refund['topup']}") == [refund["id"]]
    assert shown(person, "/refunds?topup=tu_0") == []
    assert "No matching refunds" in person.read("/refunds?topup=tu_0")
    assert shown(person, "/breaks?kind=unreadable_item") == [unreadable]
    assert {unreadable, other} <= set(shown(person, "/breaks?kind="))
    assert "Choose a kind from the list." in person.read("/breaks?kind=x")
    page = person.visit(f"/refunds?topup={refund['topup']}").body.decode()
    assert f'href="/refunds.csv?topup={refund["topup"]}" download' in page
    reply = person.visit(f"/refunds.csv?topup={refund['topup']}")
    assert f"-live-{refund['topup']}.csv" in reply.headers["content-disposition"]
    (row,) = csv.DictReader(io.StringIO(reply.body.decode("utf-8-sig")))
    assert (row["id"], row["amount"], row["description"]) == (refund["id"], f"{refund['amount'] / 100:.2f}", "'=1+1")
    kinds = [each["kind"] for each in rows(person, "/breaks.csv?kind=silent_bank")]
    assert kinds == ["silent_bank"]
    assert {"open"} == {each["status"] for each in rows(person, "/breaks.csv")}
    transfer = objects.suspended_transfer()
    assert transfer in {each["id"] for each in rows(person, "/incoming-transfers.csv")}
    returned, reversal = objects.ach_return(), objects.reversal()
    assert returned in {each["id"] for each in rows(person, "/ach/returns.csv?status=all")}
    assert reversal in {each["id"] for each in rows(person, "/ach/reversals.csv")}
    assert [person.visit(f"/test{each}.csv").status for each in ("/ach/returns", "/incoming-transfers")] == [200, 200]
    assert person.visit("/test/refunds.csv").status == 404
    assert person.visit("/breaks.csv?kind=x").headers["location"] == "/breaks?kind=x"


def rows(person: Person, path: str) -> list[dict[str, str]]:
    reply = person.visit(path)
    assert reply.status == 200, reply.body
    return list(csv.DictReader(io.StringIO(reply.body.decode("utf-8-sig"))))


def test_views_are_of_the_list_that_they_were_saved_on(person: Person) -> None:
    form = "/breaks?status=resolved"
    reply = person.send(form, "/saved-views", {"name": "Done"})
    assert reply.headers["location"] == form
    person.cookie += "; " + reply.headers["set-cookie"].partition(";")[0]
    page = person.visit(form).body.decode()
    assert '<a href="/breaks?status=resolved" aria-current="true">Done</a>' in page
    assert 'aria-label="Saved views"' not in person.visit("/refunds").body.decode()
    elsewhere = person.send(form, "/saved-views", {"name": "x", "list": "//evil.example"})
    assert elsewhere.headers["location"].startswith("/topups?")


def test_a_settled_line_says_by_what(person: Person, objects: AchObjects) -> None:
    line = objects.line()
    settlement = objects.settlement("posted", line=line)
    page = person.visit("/statement-lines?status=all").body.decode()
    assert f'Settlement <a class="id" href="/line-settlements/{settlement}">' in page


def test_bank_accounts_are_found_by_status_currency_last_digits_and_name(person: Person, wire: Wire) -> None:
    pages = "/test/funding-sources"
    number = {"us_bank_account[account_number]": "000123456789", "us_bank_account[routing_number]": "110000000"}
    holder = {"type": "us_bank_account", "billing_details[name]": "Jenny Rosen", **number}
    ours = wire.post("/v1/payment_methods", holder | {"us_bank_account[account_holder_type]": "individual"}).json["id"]
    assert shown(person, f"{pages}?last4=6789&currency=usd&name=jenny") == [ours]
    assert ours in shown(person, f"{pages}?created_from={day(-1)}")
    for narrowed in ("last4=0000", "currency=eur", "name=nobody", "status=failed", f"created_from={day(2)}"):
        assert shown(person, f"{pages}?{narrowed}") == [], narrowed
    assert "No matching bank accounts" in person.read(f"{pages}?currency=eur")
    assert person.visit(f"{pages}?status=odd").status == 404


def test_negative_balances_are_narrowed_by_account_and_currency(person: Person) -> None:
    assert "No matching negative balances" in person.read("/test/negative-balances?account=acct_0&currency=jpy")
    assert "Choose a currency from the list." in person.read("/test/negative-balances?currency=odd")


def test_events_are_found_by_their_object_day_and_delivery(person: Person, wire: Wire) -> None:
    first, second = wire.create()["id"], wire.create()["id"]
    wire.post(f"/v1/topups/{second}/cancel")
    events = {each["type"]: each["id"] for each in wire.get(f"/v1/events?object_id={second}").json["data"]}
    assert set(events) == {"topup.created", "topup.canceled"}
    pages = "/test/events"
    assert shown(person, f"{pages}?object_id={second}") == [events["topup.canceled"], events["topup.created"]]
    assert shown(person, f"{pages}?object_id={second}&type=topup.created") == [events["topup.created"]]
    assert shown(person, f"{pages}?object_id={second}&delivery_success=false") == []
    assert len(shown(person, f"{pages}?object_id={second}&delivery_success=true")) == 2
    assert shown(person, f"{pages}?object_id={first}&created_to={day(-2)}") == []
    assert f'href="/test/topups/{second}"' in person.visit(f"{pages}?object_id={second}").body.decode()
    refused = wire.get(f"/v1/events?after_sequence=0&object_id={second}")
    assert refused.status == 400


def test_statuses_are_counted_over_the_api(live: Wire, objects: AchObjects) -> None:
    objects.refund()
    body = live.get("/v1/brim/status_counts?list=refunds").json
    assert body["object"] == "brim.status_counts"
    counts = {each["status"]: each["count"] for each in body["statuses"]}
    assert counts["pending"] == len(live.get("/v1/brim/refunds?status=pending&limit=100").json["data"])
    future = live.get("/v1/brim/status_counts?list=refunds&created[gte]=4000000000").json
    assert {each["count"] for each in future["statuses"]} == {0}
    returned = objects.ach_return()
    assert returned.startswith("retn_")
    dishonorable = len(live.get("/v1/brim/ach/returns?status=dishonorable&limit=100").json["data"])
    body = live.get("/v1/brim/status_counts?list=ach_returns").json
    assert {each["status"]: each["count"] for each in body["statuses"]}["dishonorable"] == dishonorable
    assert live.get("/v1/brim/status_counts").status == 400
