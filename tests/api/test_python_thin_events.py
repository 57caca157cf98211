"""Thin events and their destinations, as somebody who uses the official Python SDK lives them."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
import stripe
from stripe import StripeClient
from stripe.events import (
    UnknownEventNotification,
    V1TopupCanceledEventNotification,
    V1TopupCreatedEventNotification,
    V1TopupSucceededEventNotification,
    V2CoreEventDestinationPingEventNotification,
)

from tests.support.polling import until
from tests.support.receiving import Receiver
from tests.support.service import Connect, Server
from tests.support.wire import PENDING, Wire, assert_error

DESTINATIONS = "/v2/core/event_destinations"
EVENTS = "/v2/core/events"
TOLD = ["webhook_endpoint.signing_secret", "webhook_endpoint.url"]


def add_destination(client: StripeClient, url: str, **more: Any) -> Any:
    """Create a destination of thin events that tells its secret."""
    wanted: dict[str, Any] = {
        "name": "Ledger",
        "type": "webhook_endpoint",
        "event_payload": "thin",
        "enabled_events": ["v1.topup.created", "v1.topup.canceled"],
        "webhook_endpoint": {"url": url},
        "include": TOLD,
    }
    return client.v2.core.event_destinations.create({**wanted, **more})  # type: ignore[typeddict-item]


def create_topup(client: StripeClient, source: str = PENDING, **options: Any) -> tuple[stripe.Topup, str]:
    """Return a new top-up and the id of the event that announces it."""
    topup = client.v1.topups.create({"amount": 700, "currency": "usd", "source": source}, options)  # type: ignore[arg-type]
    events = client.v2.core.events.list({"object_id": topup.id, "types": ["v1.topup.created"]}, options).data  # type: ignore[arg-type]
    return topup, events[0].id


def test_a_thin_event_is_verified_looked_up_and_followed_to_its_object(
    client: StripeClient, receiver: Receiver
) -> None:
    destination = add_destination(client, receiver.url)
    topup, event_id = create_topup(client)
    [caught] = receiver.of(event_id)
    secret = destination.webhook_endpoint.signing_secret
    notification = client.parse_event_notification(caught.body, caught.headers["stripe-signature"], secret)
    assert isinstance(notification, V1TopupCreatedEventNotification)
    assert (notification.id, notification.type, notification.livemode) == (event_id, "v1.topup.created", False)
    assert (notification.related_object.id, notification.related_object.type) == (topup.id, "topup")
    assert notification.context is None
    assert notification.reason
    assert notification.reason.request
    snapshot = client.v1.events.retrieve(event_id)
    assert snapshot.request
    assert notification.reason.request.id == snapshot.request.id
    assert notification.reason.request.idempotency_key == snapshot.request.idempotency_key
    assert datetime.fromisoformat(notification.created) == datetime.fromtimestamp(snapshot.created, UTC)
    assert notification.fetch_related_object() == client.v1.topups.retrieve(topup.id)
    event = notification.fetch_event()
    assert (event.id, event.snapshot_event, event.related_object.url) == (event_id, event_id, f"/v1/topups/{topup.id}")
    assert event.fetch_related_object().id == topup.id
    with pytest.raises(stripe.SignatureVerificationError):
        client.parse_event_notification(caught.body, caught.headers["stripe-signature"], "whsec_other")
    with pytest.raises(ValueError, match="thin event notification"):
        stripe.Webhook.construct_event(caught.body, caught.headers["stripe-signature"], secret)


def test_what_the_bank_does_has_no_reason_and_a_balance_a_null_id(client: StripeClient, receiver: Receiver) -> None:
    destination = add_destination(client, receiver.url, enabled_events=["*"])
    topup, _ = create_topup(client, "btok_us_verified")
    found = until(
        lambda: client.v2.core.events.list({"types": ["v1.topup.succeeded", "v1.balance.available"]}).data[1:] and True,
        what="the top-up to succeed",
    )
    assert found
    for event in client.v2.core.events.list({"types": ["v1.topup.succeeded", "v1.balance.available"]}).data:
        [caught] = receiver.of(event.id)
        secret = destination.webhook_endpoint.signing_secret
        notification = client.parse_event_notification(caught.body, caught.headers["stripe-signature"], secret)
        assert notification.reason is None
        delivered = json.loads(caught.body)
        assert "reason" not in delivered
        assert event.reason is None
        related: Any = notification.fetch_related_object()  # type: ignore[union-attr]
        if isinstance(notification, V1TopupSucceededEventNotification):
            assert (related.id, related.status) == (topup.id, "succeeded")
        else:
            assert delivered["related_object"] == {"id": None, "type": "balance", "url": "/v1/balance"}
            assert related.object == "balance"


def test_following_an_event_without_blocking_sends_a_parameter_that_nobody_meant(
    client: StripeClient, wire: Wire
) -> None:
    """Raw, as the Python SDK 16.1 sends `fetch_related_object_async` and `fetch_event_async`; both were refused."""
    topup, event_id = create_topup(client)
    following = {"Stripe-Request-Trigger": f"event={event_id}"}
    for usage in ("usage[0]=fetch_related_object", "usage[0]=fetch_related_object&usage[1]=unknown_event"):
        assert wire.get(f"/v1/topups/{topup.id}?{usage}", headers=following).json["id"] == topup.id
    usage = "usage[0]=pushed_event_pull&usage[1]=pushed_event_pull_async"
    assert wire.get(f"{EVENTS}/{event_id}?{usage}", headers=following).json["id"] == event_id


def test_what_follows_no_event_is_refused_that_parameter_as_any_other(client: StripeClient, wire: Wire) -> None:
    topup, event_id = create_topup(client)
    refusal: dict[str, Any] = {"code": "parameter_unknown", "param": "usage[0]"}
    reply = wire.get(f"/v1/topups/{topup.id}?usage[0]=x")
    assert_error(reply, 400, "Received unknown parameter: usage[0]", **refusal)
    following = {"Stripe-Request-Trigger": f"event={event_id}"}
    reply = wire.post(f"/v1/topups/{topup.id}", {"usage[0]": "x"}, headers=following)
    assert_error(reply, 400, "Received unknown parameter: usage[0]", **refusal)


def test_a_platform_follows_the_events_of_its_accounts_by_their_context(
    server: Server, account: str, client: StripeClient, receiver: Receiver
) -> None:
    under = server.make_account(platform=account).id
    destination = add_destination(client, receiver.url, events_from=["@accounts"])
    topup, event_id = create_topup(client, stripe_account=under)
    _, own_event = create_topup(client)
    [caught] = receiver.of(event_id)
    secret = destination.webhook_endpoint.signing_secret
    notification = client.parse_event_notification(caught.body, caught.headers["stripe-signature"], secret)
    assert isinstance(notification, V1TopupCreatedEventNotification)
    assert str(notification.context) == under
    assert notification.fetch_related_object().id == topup.id
    assert notification.fetch_event().context == under
    assert own_event not in [caught.event_id for caught in receiver.catcher.caught]


def test_a_context_leads_to_no_account_that_is_not_under_the_key(
    server: Server, account: str, key: str, connect: Connect, wire: Wire
) -> None:
    under, foreign = server.make_account(platform=account).id, server.make_account().id
    topup = connect(key).v1.topups.create(
        {"amount": 700, "currency": "usd", "source": PENDING}, {"stripe_account": under}
    )
    for context in (under, f"{account}/{under}"):
        assert wire.get(f"/v1/topups/{topup.id}", headers={"Stripe-Context": context}).json["id"] == topup.id
    assert wire.get(f"/v1/topups/{topup.id}", headers={"Stripe-Context": account}).status == 404
    for context in (foreign, f"{foreign}/{under}", f"{account}/{foreign}", f"{under}/{account}", "/"):
        reply = wire.get(f"/v1/topups/{topup.id}", headers={"Stripe-Context": context})
        assert (reply.status, reply.error["code"]) == (403, "account_invalid")
    both = {"Stripe-Context": under, "Stripe-Account": account}
    reply = wire.get(f"/v1/topups/{topup.id}", headers=both)
    assert_error(reply, 400, "Stripe-Account and Stripe-Context name different accounts. Please send only one of them.")
    assert wire.get(f"/v1/topups/{topup.id}", headers={**both, "Stripe-Account": under}).status == 200


def test_a_destination_lives_through_all_its_operations(client: StripeClient, wire: Wire) -> None:
    service = client.v2.core.event_destinations
    made = add_destination(client, "http://127.0.0.1:9/hooks", metadata={"team": "ledger", "old": "x"}, description="D")
    assert made.id.startswith("ed_")
    assert made.webhook_endpoint.signing_secret.startswith("whsec_")
    assert made.webhook_endpoint.url == "http://127.0.0.1:9/hooks"
    assert (made.status, made.events_from, made.snapshot_api_version) == ("enabled", ["@self"], None)
    assert made.enabled_events == ["v1.topup.created", "v1.topup.canceled"]
    silent = service.retrieve(made.id)
    assert silent.webhook_endpoint
    assert (silent.webhook_endpoint.url, silent.webhook_endpoint.signing_secret) == (None, None)
    told = service.retrieve(made.id, {"include": ["webhook_endpoint.url"]})
    assert told.webhook_endpoint
    assert told.webhook_endpoint.url == "http://127.0.0.1:9/hooks"
    changed = service.update(
        made.id,
        {
            "name": "Books",
            "enabled_events": ["v1.topup.failed"],
            "metadata": {"old": None, "new": "y"},
            "webhook_endpoint": {"url": "http://127.0.0.1:9/other"},
            "include": ["webhook_endpoint.url"],
        },
    )
    assert changed.webhook_endpoint
    assert (changed.name, changed.description, changed.webhook_endpoint.url) == (
        *("Books", "D"),
        "http://127.0.0.1:9/other",
    )
    assert changed.enabled_events == ["v1.topup.failed"]
    assert changed.to_dict()["metadata"] == {"team": "ledger", "new": "y"}
    disabled = service.disable(made.id)
    assert disabled.status_details
    assert disabled.status_details.disabled
    assert (disabled.status, disabled.status_details.disabled.reason) == ("disabled", "user")
    with pytest.raises(stripe.InvalidRequestError, match="is disabled"):
        service.ping(made.id)
    assert service.enable(made.id).status_details is None
    assert wire.get(f"/v1/webhook_endpoints/{made.id}").json["enabled_events"] == ["topup.failed"]
    gone = service.delete(made.id)
    assert (gone.id, gone.object) == (made.id, "v2.core.event_destination")
    with pytest.raises(stripe.InvalidRequestError) as refused:
        service.retrieve(made.id)
    assert (refused.value.http_status, refused.value.code) == (404, "not_found")


def test_a_ping_goes_to_its_destination_and_to_nobody_else(
    client: StripeClient, wire: Wire, receiver: Receiver
) -> None:
    other = client.v1.webhook_endpoints.create({"url": receiver.url, "enabled_events": ["*"]})
    destination = add_destination(client, receiver.url, enabled_events=["v1.topup.failed"])
    event = client.v2.core.event_destinations.ping(destination.id)
    [caught] = receiver.of(event.id)
    secret = destination.webhook_endpoint.signing_secret
    notification = client.parse_event_notification(caught.body, caught.headers["stripe-signature"], secret)
    assert isinstance(notification, V2CoreEventDestinationPingEventNotification)
    assert notification.fetch_related_object().id == destination.id
    assert notification.fetch_event().id == event.id
    _, next_event = create_topup(client)
    receiver.of(next_event)
    assert len(receiver.of(event.id)) == 1
    assert {each["event"] for each in wire.get(f"/v1/webhook_endpoints/{other.id}/attempts").json["data"]} <= {
        next_event
    }
    assert [each["id"] for each in wire.get("/v1/events?after_sequence=0").json["data"]] == [event.id, next_event]


def test_a_destination_of_snapshots_gets_what_an_endpoint_gets(client: StripeClient, receiver: Receiver) -> None:
    destination = add_destination(
        client,
        receiver.url,
        event_payload="snapshot",
        enabled_events=["topup.created"],
        snapshot_api_version="2025-03-31.basil",
    )
    assert destination.snapshot_api_version == "2025-03-31.basil"
    topup, event_id = create_topup(client)
    [caught] = receiver.of(event_id)
    secret = destination.webhook_endpoint.signing_secret
    event = stripe.Webhook.construct_event(caught.body, caught.headers["stripe-signature"], secret)
    assert (event.data.object["id"], event.api_version) == (topup.id, "2025-03-31.basil")
    with pytest.raises(ValueError, match="construct_event"):
        client.parse_event_notification(caught.body, caught.headers["stripe-signature"], secret)


def test_an_endpoint_of_the_first_version_is_a_destination_too(client: StripeClient) -> None:
    endpoint = client.v1.webhook_endpoints.create({"url": "http://127.0.0.1:9/", "enabled_events": ["topup.created"]})
    seen = client.v2.core.event_destinations.retrieve(endpoint.id)
    assert (seen.id, seen.name, seen.event_payload) == (endpoint.id, endpoint.id, "snapshot")
    assert seen.enabled_events == ["topup.created"]
    assert client.v2.core.event_destinations.list().data == [seen]


def test_lists_are_paged_by_the_urls_they_give(client: StripeClient, wire: Wire) -> None:
    ids = [create_topup(client)[1] for _ in range(5)]
    listed = client.v2.core.events.list({"limit": 2, "types": ["v1.topup.created"]})
    assert [event.id for event in listed.data] == ids[:2:-1]
    assert [event.id for event in listed.auto_paging_iter()] == ids[::-1]
    first = wire.get(f"{EVENTS}?limit=2&types[0]=v1.topup.created").json
    assert list(first) == ["data", "next_page_url", "previous_page_url"]
    assert first["previous_page_url"] is None
    second = wire.get(first["next_page_url"]).json
    third = wire.get(second["next_page_url"]).json
    assert [event["id"] for event in third["data"]] == ids[:1]
    assert third["next_page_url"] is None
    assert wire.get(third["previous_page_url"]).json["data"] == second["data"]
    back = wire.get(second["previous_page_url"]).json
    assert back["data"] == first["data"]
    assert back["previous_page_url"] is None
    assert wire.get(back["next_page_url"]).json["data"] == second["data"]
    for _ in range(3):
        add_destination(client, "http://127.0.0.1:9/")
    pages = client.v2.core.event_destinations.list({"limit": 2, "include": ["webhook_endpoint.url"]})
    found = list(pages.auto_paging_iter())
    assert [each.id for each in found] == sorted((each.id for each in found), reverse=True)
    assert {each.webhook_endpoint and each.webhook_endpoint.url for each in found} == {"http://127.0.0.1:9/"}
    assert len(found) == 3


def test_events_are_found_by_object_and_by_time(client: StripeClient, wire: Wire) -> None:
    topup, created = create_topup(client)
    other, _ = create_topup(client)
    client.v1.topups.cancel(topup.id)
    about = client.v2.core.events.list({"object_id": topup.id}).data
    assert [event.type for event in about] == ["v1.topup.canceled", "v1.topup.created"]
    assert about[1].id == created
    assert [event.type for event in client.v2.core.events.list({"object_id": other.id}).data] == ["v1.topup.created"]
    assert client.v2.core.events.list({"object_id": "tu_nobodys"}).data == []
    first = wire.get(f"{EVENTS}?object_id={topup.id}&limit=1").json
    assert [event["id"] for event in wire.get(first["next_page_url"]).json["data"]] == [created]
    moment = about[1].created
    assert created in [event.id for event in client.v2.core.events.list({"created": {"gte": moment}}).data]
    assert created not in [event.id for event in client.v2.core.events.list({"created": {"gt": moment}}).data]
    assert client.v2.core.events.list({"created": {"lt": "2020-01-01T00:00:00+01:00"}}).data == []
    assert client.v2.core.events.list({"types": ["v1.charge.failed"]}).data == []


def test_a_range_of_unix_seconds_is_understood_as_go_sends_it(client: StripeClient, wire: Wire) -> None:
    ids = [create_topup(client)[1] for _ in range(3)]
    second = client.v1.events.retrieve(ids[0]).created
    page = wire.get(f"{EVENTS}?created[gte]={second}&limit=2&types[0]=v1.topup.created").json
    rest = wire.get(page["next_page_url"]).json["data"]
    assert [event["id"] for event in page["data"] + rest] == ids[::-1]
    assert wire.get(f"{EVENTS}?created[lt]={second}").json["data"] == []


def test_equal_requests_under_one_key_make_one_destination_and_tell_its_secret_again(wire: Wire) -> None:
    wanted = {
        "name": "Ledger",
        "type": "webhook_endpoint",
        "event_payload": "thin",
        "enabled_events": ["*"],
        "webhook_endpoint": {"url": "http://127.0.0.1:9/"},
        "include": TOLD,
    }
    headers = {"Idempotency-Key": "once"}
    first = wire.send_json("POST", DESTINATIONS, wanted, headers=headers)
    again = wire.send_json("POST", DESTINATIONS, wanted, headers=headers)
    assert first.status == 200
    assert first.body == again.body
    assert again.headers["idempotent-replayed"] == "true"
    other = wire.send_json("POST", DESTINATIONS, {**wanted, "name": "Other"}, headers=headers)
    assert (other.status, other.error["type"]) == (409, "idempotency_error")
    assert other.headers["stripe-should-retry"] == "false"
    path = f"{DESTINATIONS}/{first.json['id']}"
    gone = [wire.send_json("DELETE", path, headers={"Idempotency-Key": "gone"}) for _ in range(2)]
    assert [reply.status for reply in gone] == [200, 200]
    assert gone[1].headers["idempotent-replayed"] == "true"
    assert wire.send_json("DELETE", path, headers={"Idempotency-Key": "new"}).status == 404


@pytest.mark.parametrize(
    ("change", "param", "code"),
    [
        ({"name": None}, "name", "parameter_invalid_empty"),
        ({"type": "amazon_eventbridge"}, "type", None),
        ({"event_payload": "fat"}, "event_payload", None),
        ({"enabled_events": ["v1.topup.created", "v1.charge.fails"]}, "enabled_events[1]", None),
        ({"enabled_events": [1]}, "enabled_events[0]", None),
        ({"webhook_endpoint": {}}, "webhook_endpoint[url]", "parameter_missing"),
        ({"webhook_endpoint": {"url": "http://169.254.169.254/"}}, "url", "url_invalid"),
        ({"webhook_endpoint": {"url": "http://127.0.0.1:9/", "x": 1}}, "webhook_endpoint[x]", "parameter_unknown"),
        ({"events_from": ["@self", "@accounts"]}, "events_from", None),
        ({"events_from": ["@organization_members"]}, "events_from[0]", None),
        ({"include": ["webhook_endpoint.secret"]}, "include[0]", None),
        ({"snapshot_api_version": "2025-03-31.basil"}, "snapshot_api_version", None),
        ({"amazon_eventbridge": {"aws_account_id": "1"}}, "amazon_eventbridge[aws_account_id]", "parameter_unknown"),
    ],
)
def test_a_wish_that_cannot_be_met_is_refused_and_names_its_parameter(
    wire: Wire, change: dict[str, object], param: str, code: str | None
) -> None:
    wanted = {
        "name": "Ledger",
        "type": "webhook_endpoint",
        "event_payload": "thin",
        "enabled_events": ["*"],
        "webhook_endpoint": {"url": "http://127.0.0.1:9/"},
    }
    reply = wire.send_json("POST", DESTINATIONS, {**wanted, **change})
    assert (reply.status, reply.error.get("param"), reply.error.get("code")) == (400, param, code)
    assert wire.get(DESTINATIONS).json["data"] == []


@pytest.mark.parametrize("body", [b"{", b"[]", b"1", b'"x"', b"\xff", b"name=x", b"[" * 100_000])
def test_a_body_that_is_no_json_object_is_refused(wire: Wire, body: bytes) -> None:
    reply = wire.send("POST", DESTINATIONS, body=body, headers={"Content-Type": "application/json"})
    assert_error(reply, 400, "Invalid request body: it must be a JSON object, in UTF-8.")


def test_a_form_is_refused_where_json_is_spoken(wire: Wire) -> None:
    reply = wire.post(DESTINATIONS, {"name": "x"})
    assert_error(reply, 400, "Invalid request (check that your POST content type is application/json).")


def test_a_secret_is_told_once_and_kept_nowhere_else(wire: Wire, client: StripeClient) -> None:
    made = add_destination(client, "http://127.0.0.1:9/")
    secret = made.webhook_endpoint.signing_secret
    for path in (f"{DESTINATIONS}/{made.id}", DESTINATIONS, f"/v1/webhook_endpoints/{made.id}", EVENTS):
        assert secret not in wire.get(path).body.decode()
    logged = until(
        lambda: wire.get(f"/v1/brim/request_logs?method=POST&path={DESTINATIONS}").json["data"],
        what="the request to be logged",
    )
    assert secret not in json.dumps(logged)
    assert logged[0]["parameters"]["webhook_endpoint"] == {"url": "http://127.0.0.1:9/"}


def test_an_event_that_the_sdk_does_not_know_is_read_all_the_same(client: StripeClient, receiver: Receiver) -> None:
    body = {
        "id": "evt_1",
        "object": "v2.core.event",
        "type": "brim.webhook_endpoint.disabled",
        "created": "2026-11-22T05:14:22.000Z",
        "livemode": False,
        "related_object": {"id": "we_1", "type": "webhook_endpoint", "url": "/v1/webhook_endpoints/we_1"},
    }
    assert receiver.url
    assert isinstance(client.parse_event_notification_without_verification(json.dumps(body)), UnknownEventNotification)


def test_a_cancel_by_request_names_the_request(client: StripeClient, receiver: Receiver) -> None:
    destination = add_destination(client, receiver.url)
    topup, _ = create_topup(client)
    client.v1.topups.cancel(topup.id, options={"idempotency_key": "stop"})
    event = client.v2.core.events.list({"object_id": topup.id, "types": ["v1.topup.canceled"]}).data[0]
    [caught] = receiver.of(event.id)
    secret = destination.webhook_endpoint.signing_secret
    notification = client.parse_event_notification(caught.body, caught.headers["stripe-signature"], secret)
    assert isinstance(notification, V1TopupCanceledEventNotification)
    assert notification.reason
    assert notification.reason.request
    assert notification.reason.request.idempotency_key == "stop"
    assert "brim-sequence" in caught.headers
