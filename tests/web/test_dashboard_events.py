"""Events and the request log in the dashboard, against a running service."""

import re
from typing import Any

import pytest

from tests.support.page_visitors import Person, text_of
from tests.support.polling import until
from tests.support.receiving import Receiver
from tests.support.service import Server
from tests.support.wire import Wire

EVENTS = "/test/events"
LOGS = "/test/logs"


def newest_event(wire: Wire) -> Any:
    return wire.get("/v1/events?limit=1").json["data"][0]


def add_endpoint(wire: Wire, url: str) -> str:
    reply = wire.post("/v1/webhook_endpoints", {"url": url, "enabled_events[]": "*"})
    assert reply.status == 200, reply.body
    return str(reply.json["id"])


def logged(wire: Wire, request_id: str) -> None:
    """Wait until a request is kept."""
    until(lambda: wire.get(f"/v1/brim/request_logs?request_id={request_id}").json["data"], what="the request log")


def logged_key(wire: Wire) -> str:
    """Return the id of the key that the newest request was made with."""
    return str(wire.get("/v1/brim/request_logs?limit=1").json["data"][0]["api_key"])


def test_an_account_without_events_is_told_what_they_are(person: Person) -> None:
    assert "No events yet" in person.read(EVENTS)


def test_events_are_listed_and_filtered_by_type_and_delivery(person: Person, wire: Wire) -> None:
    first, second = wire.create(), wire.create(amount=4200)
    wire.post(f"/v1/topups/{second['id']}/cancel")
    assert "Top-up canceled 42.00 USD topup.canceled None pending" in person.read(EVENTS)
    of_type = person.read(f"{EVENTS}?type=topup.created&delivery_success=")
    assert of_type.count("Top-up created") == 2
    assert "topup.canceled None pending" not in of_type
    assert "No matching events" in person.read(f"{EVENTS}?delivery_success=false")
    assert first["id"] != second["id"]


def test_events_are_paged_by_their_cursors_with_the_filter_kept(person: Person, wire: Wire) -> None:
    for _ in range(21):
        wire.create()
    page = person.visit(f"{EVENTS}?type=topup.created").body.decode()
    older = page.partition('rel="next"')[0].rpartition('href="')[2].partition('"')[0].replace("&amp;", "&")
    assert older.startswith(f"{EVENTS}?type=topup.created&starting_after=evt_")
    assert person.read(older).count("Top-up created") == 1


def test_an_event_shows_its_object_its_request_and_who_received_it(
    person: Person, wire: Wire, receiver: Receiver
) -> None:
    endpoint = add_endpoint(wire, receiver.url)
    topup = wire.create(description="<script>alert(1)</script>")
    event = newest_event(wire)
    receiver.of(event["id"])
    shown = until(
        lambda: body if "badge-good" in (body := person.visit(f"{EVENTS}/{event['id']}").body.decode()) else None,
        what="the delivery",
    )
    assert f'href="/test/topups/{topup["id"]}"' in shown
    assert f'href="/test/logs/{event["request"]["id"]}"' in shown
    assert f'href="/test/webhooks/{endpoint}"' in shown
    assert receiver.url in shown
    assert '<span class="nt">"pending_webhooks"</span>' in shown
    assert "&lt;script&gt;" in shown
    assert "<script>alert" not in shown


def test_an_event_is_sent_again_to_one_endpoint(person: Person, wire: Wire, receiver: Receiver) -> None:
    endpoint = add_endpoint(wire, receiver.url)
    wire.create()
    event = newest_event(wire)["id"]
    receiver.of(event)
    page = f"{EVENTS}/{event}"
    reply = person.send(page, f"{page}/resend", {"endpoint": endpoint})
    assert reply.headers["location"].startswith(f"{page}?done=resent&awaits=")
    receiver.of(event, 2)
    shown = until(lambda: text if "Resent" in (text := person.read(page)) else None, what="the attempt")
    assert "Reason Automatic" in shown


def test_what_cannot_be_sent_again_is_said_at_the_event(person: Person, wire: Wire, receiver: Receiver) -> None:
    endpoint = add_endpoint(wire, receiver.url)
    wire.create()
    event = newest_event(wire)["id"]
    receiver.of(event)
    wire.post(f"/v1/webhook_endpoints/{endpoint}", {"disabled": "true"})
    reply = person.send(f"{EVENTS}/{event}", f"{EVENTS}/{event}/resend", {"endpoint": endpoint})
    assert (reply.status, "is disabled, so nothing is sent to it" in text_of(reply)) == (400, True)


def test_an_attempt_that_failed_says_when_the_next_one_is(person: Person, wire: Wire) -> None:
    add_endpoint(wire, "http://127.0.0.1:9/nobody")
    wire.create()
    event = newest_event(wire)["id"]
    named = re.compile(r"http://127\.0\.0\.1:9/nobody Pending \d attempts? \w{3} \d+, 20\d\d, ")
    shown = until(lambda: text if named.search(text := person.read(f"{EVENTS}/{event}")) else None, what="an attempt")
    assert "Unreachable http://127.0.0.1:9/nobody" in shown
    assert re.search(r"next: \w{3} \d+, 20\d\d, ", shown)


def test_who_may_only_look_is_offered_nothing_to_send(viewer: Person, wire: Wire) -> None:
    wire.create()
    event = newest_event(wire)["id"]
    assert "Resend" not in viewer.read(f"{EVENTS}/{event}")
    assert viewer.post(f"{EVENTS}/{event}/resend", {"form_token": "token-of-this-session"}).status == 403


def test_another_accounts_event_is_not_there(person: Person, server: Server) -> None:
    foreign = Wire(server.url, server.make_key(server.make_account().id))
    foreign.create()
    assert person.visit(f"{EVENTS}/{newest_event(foreign)['id']}").status == 404


def test_requests_are_listed_and_filtered_without_those_of_pages(person: Person, wire: Wire) -> None:
    assert "No API requests yet" in person.read(LOGS)
    for amount in (2000, 0):
        logged(wire, wire.post("/v1/topups", {"amount": amount, "currency": "usd"}).headers["request-id"])
    everything = person.read(LOGS)
    assert "200 POST /v1/topups" in everything
    assert "400 POST /v1/topups parameter_invalid_integer" in everything
    key = logged_key(wire)
    for query in (f"api_key={key}", "path=/v1/top", "method=POST&created_from=2026-01-01", "status=2xx"):
        assert "200 POST /v1/topups" in person.read(f"{LOGS}?{query}"), query
    for query in ("api_key=mk_other", "path=/v1/topups/x", "created_to=2026-01-01"):
        assert "No matching requests" in person.read(f"{LOGS}?{query}"), query
    only_refused = person.read(f"{LOGS}?status=4xx")
    assert ("400 POST" in only_refused, "200 POST" in only_refused) == (True, False)
    assert "No matching requests" in person.read(f"{LOGS}?method=DELETE")
    assert "No matching requests" in person.read(f"{LOGS}?path=/v1/nothing")
    of_pages = until(
        lambda: text if "GET /v1/brim/request_logs" in (text := person.read(f"{LOGS}?source=dashboard")) else None,
        what="the pages' own requests",
    )
    assert "POST /v1/topups" not in of_pages


def test_a_request_leads_to_its_object_and_its_event_and_back(person: Person, wire: Wire) -> None:
    topup = wire.create(**{"metadata[order_id]": "6735"})
    event = newest_event(wire)
    request = event["request"]["id"]
    logged(wire, request)
    assert person.visit(f"{LOGS}?request_id={request}").headers["location"] == f"{LOGS}/{request}"
    shown = person.visit(f"{LOGS}/{request}").body.decode()
    assert f'href="/test/topups/{topup["id"]}"' in shown
    assert f'href="/test/events/{event["id"]}"' in shown
    assert "6735" in shown
    assert "Object at the time of the request" in shown


def test_a_refused_request_shows_why_and_no_secret(person: Person, wire: Wire, key: str) -> None:
    refused = wire.post("/v1/topups", {"amount": 1, "currency": "usd", "source": key})
    request = refused.headers["request-id"]
    logged(wire, request)
    shown = person.visit(f"{LOGS}/{request}").body.decode()
    assert "sk_test_***" in shown
    assert key not in shown
    assert refused.error["code"] in shown


@pytest.mark.parametrize("path", ["/test/events/evt_nowhere", "/test/logs/req_nowhere"])
def test_what_is_not_there_has_a_page_that_says_so(person: Person, path: str) -> None:
    assert person.visit(path).status == 404
