"""Top-ups in the dashboard, as somebody without scripts uses it, against a running service."""

import re
from html import unescape

import pytest

from tests.support.page_visitors import Person, text_of
from tests.support.polling import until
from tests.support.wire import PENDING, Wire

NEW = "/test/topups/new"


def newest(wire: Wire) -> list[str]:
    return [topup["id"] for topup in wire.get("/v1/topups?limit=100").json["data"]]


def link_of(page: str, relation: str) -> str:
    """Return where a page's link of that relation leads."""
    found = re.search(rf'<a class="button" href="([^"]*)" rel="{relation}">', page)
    assert found, page
    return unescape(found[1])


def test_an_account_without_topups_is_told_how_to_begin(person: Person) -> None:
    page = person.read("/test/balance/overview")
    assert "No balance yet" in page
    assert "stripe topups create" in page
    assert "No top-ups yet" in person.read("/test/topups")


def test_adding_to_the_balance_makes_a_topup_with_the_currencys_decimals(person: Person, wire: Wire) -> None:
    fields = {"amount": "1,234.5", "currency": "bhd", "funding": PENDING, "statement_descriptor": "ADS"}
    reply = person.send(NEW, NEW, {**fields, "description": "For ads", "transfer_group": ""})
    assert reply.status == 303
    (topup_id,) = newest(wire)
    assert reply.headers["location"] == f"/test/topups/{topup_id}?done=created"
    topup = wire.get(f"/v1/topups/{topup_id}").json
    assert (topup["amount"], topup["currency"]) == (1_234_500, "bhd")
    assert (topup["statement_descriptor"], topup["description"]) == ("ADS", "For ads")
    page = person.read(f"/test/topups/{topup_id}?done=created")
    assert "Top-up created." in page
    assert "1,234.500 BHD" in page
    assert "BHD 0.000 1,234.500" in person.read("/test/balance/overview")


def test_the_example_of_an_amount_has_the_currencys_decimals(person: Person) -> None:
    for currency, example in (("usd", "20.00"), ("jpy", "2000"), ("bhd", "20.000")):
        page = person.visit(f"{NEW}?currency={currency}").body.decode()
        assert f'placeholder="{example}"' in page
        assert f'<option value="{currency}" data-example="{example}" selected>' in page


def test_live_mode_without_a_bank_account_leads_to_adding_one(person: Person) -> None:
    page = person.visit("/topups/new").body.decode()
    assert "No verified bank account" in page
    assert 'href="/funding-sources/new"' in page
    assert 'name="amount"' not in page


def test_a_form_that_is_sent_twice_makes_one_topup(person: Person, wire: Wire) -> None:
    fields = {**person.hidden(NEW, NEW), "amount": "5", "currency": "usd", "funding": PENDING}
    first, second = person.post(NEW, fields), person.post(NEW, fields)
    assert first.headers["location"] == second.headers["location"]
    assert len(newest(wire)) == 1


def test_what_the_api_refuses_is_said_at_its_field_and_nothing_typed_is_lost(person: Person, wire: Wire) -> None:
    fields = {"amount": "20", "currency": "usd", "funding": PENDING, "statement_descriptor": "123"}
    reply = person.send(NEW, NEW, {**fields, "description": "<kept>"})
    assert reply.status == 400
    page = reply.body.decode()
    assert 'id="error-statement_descriptor"' in page
    assert 'value="&lt;kept&gt;"' in page
    assert 'value="20"' in page
    assert newest(wire) == []


def test_an_amount_that_cannot_be_read_is_not_sent(person: Person, wire: Wire) -> None:
    for amount, currency, words in (
        ("1.234", "usd", "USD has at most 2 decimals."),
        ("1.5", "jpy", "JPY has no decimals."),
        ("-5", "usd", "Enter an amount, such as 1234.50."),
        ("1e9", "usd", "Enter an amount, such as 1234.50."),
    ):
        reply = person.send(NEW, NEW, {"amount": amount, "currency": currency, "funding": PENDING})
        assert (reply.status, words in text_of(reply)) == (400, True), amount
    assert newest(wire) == []


def test_a_pending_topup_can_be_canceled_once(person: Person, wire: Wire) -> None:
    topup_id = wire.create()["id"]
    page, action = f"/test/topups/{topup_id}", f"/test/topups/{topup_id}/cancel"
    hidden = person.hidden(page, action)
    assert person.post(action, hidden).headers["location"] == f"{page}?done=canceled"
    assert person.post(action, hidden).status == 303  # the same form again: the same answer
    refused = person.post(action, {**hidden, "idempotency_key": "another"})
    assert refused.status == 400
    assert "could not be canceled because it has a status of canceled" in text_of(refused)
    shown = person.visit(page).body.decode()
    assert "Top-up canceled" in shown
    assert action not in shown


def test_the_bank_can_be_played_in_test_mode(person: Person, wire: Wire) -> None:
    topup_id = wire.create(amount=700)["id"]
    page = f"/test/topups/{topup_id}"
    assert person.send(page, f"{page}/succeed").headers["location"] == f"{page}?done=succeeded"
    shown = person.read(page)
    assert "Timeline Top-up succeeded" in shown
    assert "Top-up arrived Funding clearing Balance 7.00 USD" in shown
    assert "USD 7.00 0.00 +7.00" in person.read("/test/balance/overview")
    reply = person.send(page, f"{page}/reverse", {"failure_code": "account_closed"})
    assert reply.headers["location"] == f"{page}?done=reversed"
    shown = person.read(page)
    assert "The bank account has been closed, so it cannot be debited. account_closed" in shown
    assert "Top-up returned Balance Funding clearing 7.00 USD" in shown
    assert shown.index("Top-up reversed") < shown.index("Top-up succeeded")


def test_a_refused_debit_tells_why(person: Person, wire: Wire) -> None:
    topup_id = wire.create()["id"]
    page = f"/test/topups/{topup_id}"
    person.send(page, f"{page}/fail", {"failure_code": "no_account"})
    assert wire.get(f"/v1/topups/{topup_id}").json["failure_code"] == "no_account"
    assert "Top-up failed" in person.read(page)


def test_metadata_are_edited_row_by_row(person: Person, wire: Wire) -> None:
    topup_id = wire.create(**{"metadata[keep]": "1", "metadata[rename]": "2", "metadata[drop]": "3"})["id"]
    page = f"/test/topups/{topup_id}"
    rows = {"key-0": "drop", "value-0": "", "key-1": "keep", "value-1": "1", "key-2": "renamed", "value-2": "2"}
    hidden = person.hidden(page, page)
    assert [hidden[f"was-{index}"] for index in range(5)] == ["drop", "keep", "rename", "", ""]
    reply = person.send(page, page, {**rows, "key-3": "ä b", "value-3": "x&y=z", "description": "Now told"})
    assert reply.headers["location"] == f"{page}?done=updated"
    topup = wire.get(f"/v1/topups/{topup_id}").json
    assert topup["metadata"] == {"keep": "1", "renamed": "2", "ä b": "x&y=z"}
    assert topup["description"] == "Now told"


def test_metadata_that_are_refused_stay_in_the_form(person: Person, wire: Wire) -> None:
    topup_id = wire.create()["id"]
    page = f"/test/topups/{topup_id}"
    reply = person.send(page, page, {"key-0": "k" * 41, "value-0": "typed", "description": ""})
    assert reply.status == 400
    assert 'value="typed"' in reply.body.decode()


def test_somebody_who_may_only_look_is_offered_nothing_to_change(viewer: Person, wire: Wire) -> None:
    topup_id = wire.create()["id"]
    for target in ("/test/balance/overview", "/test/topups", f"/test/topups/{topup_id}"):
        shown = viewer.visit(target).body.decode()
        assert shown.count('method="post"') == shown.count('action="/sign-out"')
        assert "Add to balance" not in shown
    refused = viewer.post(f"/test/topups/{topup_id}/cancel", {"form_token": "token-of-this-session"})
    assert refused.status == 403
    assert wire.get(f"/v1/topups/{topup_id}").json["status"] == "pending"


def test_another_accounts_topup_is_not_there(person: Person, wire: Wire) -> None:
    assert person.visit("/test/topups/tu_nobodys").status == 404
    mine = wire.create()["id"]
    assert person.visit(f"/topups/{mine}").status == 404  # made in test mode, asked for in live mode
    assert person.visit(f"/test/topups/{mine}%2Fcancel").status == 404


def test_the_list_is_filtered_by_its_address_and_paged_by_cursors(person: Person, wire: Wire) -> None:
    made = [wire.create(amount=amount)["id"] for amount in range(1000, 3500, 100)]
    wire.post(f"/v1/topups/{made[0]}/cancel")
    first = person.visit("/test/topups?status=pending&amount_from=11&amount_to=33.00").body.decode()
    shown = [topup_id for topup_id in made if f"/test/topups/{topup_id}" in first]
    assert shown == made[4:24]  # the newest twenty of those from 11.00 to 33.00
    older = link_of(first, "next")
    second = person.visit(older).body.decode()
    assert [topup_id for topup_id in made if f"/test/topups/{topup_id}" in second] == made[1:4]
    third = person.visit(link_of(second, "prev")).body.decode()
    assert [topup_id for topup_id in made if f"/test/topups/{topup_id}" in third] == shown
    assert 'rel="prev"' not in third


def test_a_filter_that_fits_nothing_or_cannot_be_read_says_so(person: Person, wire: Wire) -> None:
    wire.create()
    assert "No matching top-ups" in person.read("/test/topups?created_to=2020-01-01")
    assert "Enter a date, such as" in person.read("/test/topups?created_from=yesterday")
    assert "Choose a status." not in person.read("/test/topups?status=pending")


def events_shown(person: Person, topup_id: str) -> list[str]:
    """Return the ids of the events on a top-up's page, newest first."""
    return re.findall('href="/test/events/(evt_[^"]+)"', person.visit(f"/test/topups/{topup_id}").body.decode())


def events_about(wire: Wire, topup_id: str) -> dict[str, str]:
    """Return the ids of a top-up's events by their types, newest first."""
    events = wire.get("/v1/events?limit=100").json["data"]
    return {event["type"]: event["id"] for event in events if event["data"]["object"].get("id") == topup_id}


def test_the_timeline_finds_the_events_of_a_topup_that_was_returned(person: Person, wire: Wire) -> None:
    topup_id = wire.create(source="btok_us_verified")["id"]
    wire.create(source="btok_us_verified")
    until(lambda: wire.get(f"/v1/topups/{topup_id}").json["status"] == "succeeded", what="success")
    person.send(f"/test/topups/{topup_id}", f"/test/topups/{topup_id}/reverse")
    events = events_about(wire, topup_id)
    assert list(events) == ["topup.reversed", "topup.succeeded", "topup.created"]
    assert events_shown(person, topup_id) == list(events.values())
    shown = person.visit(f"/test/topups/{topup_id}").body.decode()
    assert shown.count('href="/test/logs?request_id=req_') == 2  # nobody asked for the success


@pytest.mark.parametrize(("verb", "status"), [("fail", "failed"), ("cancel", "canceled")])
def test_the_timeline_finds_the_event_of_an_end_without_a_line(
    person: Person, wire: Wire, verb: str, status: str
) -> None:
    topup_id = wire.create(source="btok_us_verified_pending")["id"]
    person.send(f"/test/topups/{topup_id}", f"/test/topups/{topup_id}/{verb}")
    events = events_about(wire, topup_id)
    assert list(events) == [f"topup.{status}", "topup.created"]
    assert events_shown(person, topup_id) == list(events.values())


def test_a_failed_top_up_is_tried_again_with_the_same_values(person: Person, wire: Wire) -> None:
    topup_id = wire.create(source="btok_us_verified_pending", amount="1234")["id"]
    page = f"/test/topups/{topup_id}"
    body = person.visit(page).body.decode()
    assert "Try again" not in body
    assert body.index("Cancel this top-up?") < body.index("Cancel top-up<")  # it is asked first, without scripts
    person.send(page, f"{page}/fail")
    link = person.visit(page).body.decode().partition(">Try again<")[0].rpartition('href="')[2].partition('"')[0]
    form = person.visit(link.replace("&amp;", "&")).body.decode()
    assert 'value="12.34"' in form


def test_a_dishonored_return_of_test_mode_has_its_pages_as_in_live_mode(person: Person, wire: Wire) -> None:
    won = wire.create(source="btok_us_verified_dishonored")["id"]
    lost = wire.create(source="btok_us_verified_dishonorContested")["id"]
    returns = "/v1/brim/ach/returns"

    def ended() -> dict[str, str]:
        found = wire.get(returns).json["data"]
        return {each["topup"]: each["id"] for each in found if each["status"] in {"accepted", "contested"}}

    until(lambda: len(ended()) == 2, what="both dishonors to end")
    ids = ended()
    for topup, words in ((won, "The dishonored return was not contested in time."), (lost, "Contested: R76")):
        page = person.read(f"/test/topups/{topup}")
        assert "Its return was dishonored:" in page
        assert ("Dishonored return" in page) == (topup == won)  # what was booked
        shown = person.read(f"/test/ach/returns/{ids[topup]}")
        assert words in shown
        assert "R03" in shown
    listed = person.read("/test/ach/returns?status=accepted")
    assert won in listed
    assert lost not in listed
    assert (wire.get(f"{returns}/{ids[won]}").json["originator"], wire.get("/v1/balance").json["available"]) == (
        None,
        [{"amount": 1000, "currency": "usd", "source_types": {"bank_account": 1000}}],
    )
