"""Webhook endpoints in the dashboard, against a running service and a receiver of webhooks."""

import re

import pytest
import stripe

from brim.platform.database import Database
from brim.testing.catcher import Caught, status
from tests.support.page_visitors import Person, text_of
from tests.support.polling import until
from tests.support.receiving import Receiver
from tests.support.recorded_api import KEYS, RecordedApi, visit
from tests.support.service import Server
from tests.support.signing import SignedIn
from tests.support.wire import Wire, WireReply

HOOKS = "/test/webhooks"
NEW = f"{HOOKS}/new"
FIELDS = {"description": "", "api_version": "", "connect": "", "payload": "", "event": "*"}
SECRET = re.compile(r"whsec_[0-9A-Za-z]+")


def secret_in(reply: WireReply) -> str:
    """Return the secret that a page tells."""
    assert reply.status == 200, reply.body
    (secret,) = set(SECRET.findall(reply.body.decode()))
    return str(secret)


def add(person: Person, url: str, **more: str) -> tuple[str, str]:
    """Add an endpoint by its form; return where its page is, and its secret."""
    reply = person.send(NEW, NEW, {**FIELDS, "url": url, **more})
    secret = secret_in(reply)
    found = re.search(rf'href="({HOOKS}/(?:we|ed)_\w+)"', reply.body.decode())
    assert found
    return found[1], secret


def verify(caught: Caught, secret: str) -> None:
    """Check a delivery as the official library does."""
    stripe.WebhookSignature.verify_header(caught.body.decode(), caught.headers["stripe-signature"], secret)


def test_an_account_without_endpoints_is_told_what_they_are(person: Person) -> None:
    shown = person.read(HOOKS)
    assert "No webhook endpoints yet" in shown
    assert "brim listen --forward-to" in shown


def test_an_endpoint_is_added_and_its_secret_is_told_once(person: Person, wire: Wire, receiver: Receiver) -> None:
    page, secret = add(person, receiver.url, description="Credits the wallets")
    event = wire.create() and wire.get("/v1/events").json["data"][0]["id"]
    (caught,) = receiver.of(event)
    verify(caught, secret)
    shown = person.visit(page).body.decode()
    assert "Credits the wallets" in shown
    assert not SECRET.search(shown)
    assert "All" in person.read(HOOKS)


def test_the_form_loaded_anew_makes_no_other_endpoint(person: Person, wire: Wire, receiver: Receiver) -> None:
    fields = {**person.hidden(NEW, NEW), **FIELDS, "url": receiver.url}
    first, second = person.post(NEW, fields), person.post(NEW, fields)
    assert secret_in(first) == secret_in(second)
    assert len(wire.get("/v1/webhook_endpoints").json["data"]) == 1


def test_what_is_wrong_with_an_endpoint_is_said_at_its_field(person: Person, wire: Wire) -> None:
    blocked = person.send(NEW, NEW, {**FIELDS, "url": "http://169.254.169.254/latest"})
    assert (blocked.status, 'id="error-url"' in blocked.body.decode()) == (400, True)
    without_event = {name: value for name, value in FIELDS.items() if name != "event"}
    reply = person.send(NEW, NEW, {**without_event, "url": "http://127.0.0.1:9/"})
    assert (reply.status, "Choose at least one." in text_of(reply)) == (400, True)
    version = person.send(NEW, NEW, {**FIELDS, "url": "http://127.0.0.1:9/", "api_version": "soon"})
    assert 'id="error-api_version"' in version.body.decode()
    assert 'name="event" value="*" checked' in version.body.decode()
    assert wire.get("/v1/webhook_endpoints").json["data"] == []


def test_an_endpoint_can_ask_for_thin_events(person: Person, wire: Wire, receiver: Receiver) -> None:
    page, secret = add(person, receiver.url, payload="thin", event="topup.created")
    wire.create()
    (caught,) = receiver.of(wire.get("/v1/events").json["data"][0]["id"])
    verify(caught, secret)
    assert caught.event["object"] == "v2.core.event"
    assert "Thin the object's ID only" in person.read(page)
    assert "1 type Thin" in person.read(HOOKS)


def test_an_endpoint_is_tested_and_its_attempts_are_shown(person: Person, wire: Wire, receiver: Receiver) -> None:
    page, _ = add(person, receiver.url)
    nothing = person.send(page, f"{page}/test")
    assert (nothing.status, "There is no event yet" in text_of(nothing)) == (400, True)
    receiver.catcher.answer_with(status(503, b"<b>closed</b>"))
    wire.create()
    event = wire.get("/v1/events").json["data"][0]["id"]
    receiver.of(event)
    # That it fails is written a moment after the attempt.
    refused = until(lambda: text if "Every attempt since" in (text := person.read(page)) else None, what="a failure")
    assert "Refused 503" in refused
    assert "Brim-Sequence: 1" in refused
    assert "<b>closed</b>" in refused
    assert re.search(r"next: \w{3} \d+, 20\d\d, ", refused)
    receiver.catcher.answer_with(status(200))
    before = wire.get(f"/v1/webhook_endpoints/{page.rpartition('/')[2]}/attempts").json["data"][0]["id"]
    assert person.send(page, f"{page}/test").headers["location"] == f"{page}?done=tested&awaits={before}"
    receiver.of(event, 2)
    until(lambda: "Delivered 200" in person.read(page), what="the test's attempt")
    assert "hx-get=" not in person.visit(f"{page}?awaits={before}").body.decode().partition("<main")[2]


def test_why_an_endpoint_missed_events_is_found_and_they_are_recovered(
    person: Person, wire: Wire, receiver: Receiver
) -> None:
    """The developer's walk: from the list to the cause, then one event and all the others, without scripts."""
    page, secret = add(person, receiver.url)
    receiver.catcher.answer_with(status(500, b"signing secret is wrong"))
    missed = [wire.create() and wire.get("/v1/events").json["data"][0]["id"] for _ in range(3)]
    for event in missed:
        receiver.of(event)
    person.send(page, f"{page}/disable")  # what waits is given up, and later events are not addressed
    missed.append(wire.create() and wire.get("/v1/events").json["data"][0]["id"])
    until(lambda: wire.get(f"/v1/events/{missed[-1]}").json["pending_webhooks"] == 0, what="its number")
    person.send(page, f"{page}/enable")
    shown = until(lambda: text if "0%" in (text := person.read(HOOKS)) else None, what="the success rate")
    assert "0% delivered" in shown
    failed = person.visit(f"{page}?failed=true").body.decode()
    assert "topup.created" in failed
    attempt = re.search(rf'href="({page}/attempts/wa_\w+)"', failed)
    assert attempt
    cause = person.read(attempt[1])
    assert f"POST {receiver.url}" in cause
    assert "Stripe-Signature: t=" in cause
    assert '"pending_webhooks"' in cause
    assert "signing secret is wrong" in cause
    receiver.catcher.answer_with(status(200))  # the cause is repaired
    event = re.search(r"evt_\w+", cause)
    assert event
    before = len(receiver.of(event[0]))
    reply = person.send(attempt[1], f"{attempt[1]}/resend")
    assert reply.headers["location"].startswith(f"{page}?done=resent&awaits=wa_")
    verify(receiver.of(event[0], before + 1)[-1], secret)
    until(lambda: wire.get(f"/v1/events/{event[0]}").json["pending_webhooks"] == 0, what="the resent event's end")
    fields = {**person.hidden(f"{page}/resend", f"{page}/resend"), "since": "0"}
    queued = person.post(f"{page}/resend", fields)
    assert f"{len(missed) - 1} events are queued" in text_of(queued)
    assert text_of(person.post(f"{page}/resend", fields)) == text_of(queued)  # loaded anew
    until(lambda: set(missed) <= {caught.event_id for caught in receiver.catcher.caught[3:]}, what="what was missed")
    until(lambda: not wire.get("/v1/events?delivery_success=false").json["data"], what="nothing to be missing")
    fields = {**person.hidden(f"{page}/resend", f"{page}/resend"), "since": "0"}
    assert "Nothing to resend" in text_of(person.post(f"{page}/resend", fields))
    assert "Resend them once" not in person.read(page)


def test_a_test_event_of_any_type_is_triggered_where_there_is_none(
    person: Person, wire: Wire, receiver: Receiver
) -> None:
    page, _ = add(person, receiver.url, event="topup.canceled")
    sent = person.send(page, f"{page}/test", {"type": "topup.reversed"})
    assert sent.headers["location"].startswith(f"{page}?done=tested")
    [event] = wire.get("/v1/events?type=topup.reversed").json["data"]
    assert receiver.of(event["id"])[0].event["type"] == "topup.reversed"
    never = person.send(page, f"{page}/test", {"type": "brim.negative_balance.created"})
    assert "There is no event of the type brim.negative_balance.created" in text_of(never)


def test_a_page_that_waits_for_an_attempt_looks_again_so_often_and_no_more(person: Person) -> None:
    page, _ = add(person, "http://127.0.0.1:9/")
    waiting = person.visit(f"{page}?done=tested&awaits=none").body.decode()
    assert f'hx-get="{page}?awaits=none&amp;looks=1"' in waiting
    assert f'hx-get="{page}?awaits=none&amp;looks=10"' in person.visit(f"{page}?awaits=none&looks=9").body.decode()
    for over in ("awaits=none&looks=10", "awaits=none&looks=x", "awaits=wa_1", ""):
        assert "hx-get=" not in person.visit(f"{page}?{over}").body.decode().partition("<main")[2]


def test_attempts_are_paged_backwards_in_time(person: Person, wire: Wire, receiver: Receiver) -> None:
    page, _ = add(person, receiver.url)
    for _ in range(21):
        wire.create()
    until(lambda: 'rel="next"' in person.visit(page).body.decode(), what="more attempts than a page shows")
    body = person.visit(page).body.decode()
    older = body.partition('rel="next"')[0].rpartition('href="')[2].partition('"')[0]
    assert older.startswith(f"{page}?starting_after=wa_")
    rest = person.visit(older).body.decode()
    assert f'href="{page}" rel="prev"' in rest
    assert "Delivered" in rest


def test_a_disabled_endpoint_gets_nothing_until_it_is_enabled(person: Person, wire: Wire, receiver: Receiver) -> None:
    page, _ = add(person, receiver.url)
    assert person.send(page, f"{page}/disable").headers["location"] == f"{page}?done=endpoint_disabled"
    missed = wire.create() and wire.get("/v1/events").json["data"][0]["id"]
    assert "Disabled" in person.read(page)
    assert "manually" in person.read(page)
    until(lambda: wire.get(f"/v1/events/{missed}").json["pending_webhooks"] == 0, what="nobody to wait for it")
    assert person.send(page, f"{page}/enable").headers["location"] == f"{page}?done=endpoint_enabled"
    wire.create()
    later = wire.get("/v1/events").json["data"][0]["id"]
    receiver.of(later)
    assert [caught.event_id for caught in receiver.catcher.caught] == [later]


def test_a_rolled_secret_signs_beside_the_old_one_as_long_as_is_chosen(
    person: Person, wire: Wire, receiver: Receiver
) -> None:
    page, old = add(person, receiver.url)
    fields = {**person.hidden(f"{page}/roll", f"{page}/roll"), "expires_in": "3600"}
    rolled = person.post(f"{page}/roll", fields)
    new = secret_in(rolled)
    assert secret_in(person.post(f"{page}/roll", fields)) == new != old
    assert "The previous secret also signs" in person.read(page)
    wire.create()
    (caught,) = receiver.of(wire.get("/v1/events").json["data"][0]["id"])
    verify(caught, old)
    verify(caught, new)
    newest = secret_in(person.send(f"{page}/roll", f"{page}/roll", {"expires_in": "0"}))
    wire.create()
    (caught,) = receiver.of(wire.get("/v1/events").json["data"][0]["id"])
    verify(caught, newest)
    with pytest.raises(stripe.SignatureVerificationError):
        verify(caught, new)


def test_an_endpoint_is_edited(person: Person, wire: Wire) -> None:
    page, _ = add(person, "http://127.0.0.1:9/before", event="topup.failed")
    edit = f"{page}/edit"
    assert "http://127.0.0.1:9/before Edit the endpoint" in person.read(edit)
    assert 'value="topup.failed" checked' in person.visit(edit).body.decode()
    changed = {"url": "http://127.0.0.1:9/after", "description": "Moved", "event": "topup.created"}
    assert person.send(edit, edit, changed).headers["location"] == f"{page}?done=updated"
    (endpoint,) = wire.get("/v1/webhook_endpoints").json["data"]
    assert endpoint["enabled_events"] == ["topup.created"]
    assert (endpoint["url"], endpoint["description"]) == ("http://127.0.0.1:9/after", "Moved")
    reply = person.send(edit, edit, {**changed, "url": "ftp://127.0.0.1/"})
    assert (reply.status, 'id="error-url"' in reply.body.decode()) == (400, True)


def test_an_endpoint_is_deleted_after_a_question(person: Person, wire: Wire) -> None:
    page, _ = add(person, "http://127.0.0.1:9/")
    assert "Delete the endpoint?" in person.read(f"{page}/delete")
    assert person.send(f"{page}/delete", f"{page}/delete").headers["location"] == f"{HOOKS}?done=endpoint_deleted"
    assert wire.get("/v1/webhook_endpoints").json["data"] == []
    assert person.visit(page).status == 404


def test_one_that_was_turned_off_for_failures_says_so(person: Person, server: Server, wire: Wire) -> None:
    page, _ = add(person, "http://127.0.0.1:9/")

    async def turn_off(database: Database) -> None:
        async with database.connection() as conn:
            await conn.execute(
                "UPDATE webhook_endpoints SET failing_since_ms = 1795000000000, disabled_ms = 1795259200000,"
                " disabled_because = 'failures' WHERE id = $1",
                page.rpartition("/")[2],
            )

    server.run(turn_off)
    for path in (page, HOOKS):
        assert "This endpoint was disabled because every attempt since Nov 18, 2026" in person.read(path)
    assert wire.get("/v1/webhook_endpoints").json["data"][0]["status"] == "disabled"


@pytest.mark.parametrize(
    ("path", "leads_to"),
    [("/test/webhooks/create", NEW), ("/test/developers", HOOKS), ("/webhooks/create", "/webhooks/new")],
)
def test_paths_of_the_vendors_tools_lead_there(person: Person, path: str, leads_to: str) -> None:
    assert person.visit(path).headers["location"] == leads_to


async def test_missed_events_are_looked_for_from_before_the_first_failure_and_in_a_test_clocks_time() -> None:
    """An event is created before its first attempt fails."""
    endpoint = {"id": "we_1", "url": "https://a.example", "brim": {"delivery": {"failing_since": 1_700_000_000}}}
    api = RecordedApi({"/v1/webhook_endpoints/we_1": (200, endpoint)})
    page = (await visit(api, f"{HOOKS}/we_1/resend", signed_in=SignedIn(keys=KEYS))).body.decode()
    assert '<option value="1699999100" selected>Since it started failing</option>' in page
    clocks = {"object": "list", "data": [{"frozen_time": 1_600_003_600}], "has_more": False}
    api.answers = {**api.answers, "/v1/test_helpers/test_clocks": (200, clocks)}
    page = (await visit(api, f"{HOOKS}/we_1/resend", signed_in=SignedIn(keys=KEYS))).body.decode()
    assert '<option value="1600000000">In the last hour</option>' in page
    assert "started failing" not in page
    assert '<option value="0">At any time</option>' in page
