"""Endpoints ask for whatever the vendor can announce: programs set up one endpoint for all that they handle."""

import pytest
from stripe import StripeClient

from brim.core.events.names import ENDPOINT_EVENTS, ONLY_THIN_NAMES, V2_NAMES
from brim.core.events.rules import SUBSCRIBABLE
from tests.support.sdk_types import words_of
from tests.support.wire import Wire, assert_error

URL = "http://127.0.0.1:9/hooks"
OF_THE_SDK = words_of("params/_webhook_endpoint_create_params.py", "WebhookEndpointCreateParams", "enabled_events")


def destination(*names: str, payload: str = "thin") -> dict[str, object]:
    return {
        "name": "Hooks",
        "type": "webhook_endpoint",
        "event_payload": payload,
        "enabled_events": list(names),
        "webhook_endpoint": {"url": URL},
    }


def test_the_names_are_the_sdks_and_our_own() -> None:
    assert {*ENDPOINT_EVENTS, "*"} == {*OF_THE_SDK, *SUBSCRIBABLE}
    assert list(ENDPOINT_EVENTS) == sorted(ENDPOINT_EVENTS)


def test_every_event_that_the_sdk_knows_is_taken_and_kept(client: StripeClient, wire: Wire) -> None:
    for at_a_time in (OF_THE_SDK[1:100], OF_THE_SDK[100:200], OF_THE_SDK[200:]):
        made = client.v1.webhook_endpoints.create({"url": URL, "enabled_events": at_a_time})  # type: ignore[typeddict-item]
        assert made.enabled_events == at_a_time
        assert wire.get(f"/v1/webhook_endpoints/{made.id}").json["enabled_events"] == at_a_time


def test_an_endpoint_for_what_never_happens_is_sent_nothing(wire: Wire) -> None:
    form = {"url": URL, "enabled_events[]": "charge.succeeded"}
    endpoint = wire.post("/v1/webhook_endpoints", form).json["id"]
    topup = wire.create()["id"]
    (event,) = wire.get("/v1/events").json["data"]
    assert event["data"]["object"]["id"] == topup
    assert wire.get(f"/v1/events/{event['id']}/deliveries").json["data"] == []
    refused = wire.post(f"/v1/webhook_endpoints/{endpoint}/test")
    assert refused.error["message"].startswith("There is no event yet")


def test_an_unknown_event_is_refused_with_all_that_are_known(wire: Wire) -> None:
    form = [("url", URL), ("enabled_events[]", "charge.succeeded"), ("enabled_events[]", "charge.suceeded")]
    known = f"{', '.join(ENDPOINT_EVENTS[:-1])}, or {ENDPOINT_EVENTS[-1]}"
    refused = wire.post("/v1/webhook_endpoints", form)
    assert_error(refused, 400, f"Invalid enabled_events[1]: must be one of {known}", param="enabled_events[1]")


@pytest.mark.parametrize("name", ["charge.suceeded", "v1.", "v2.core.nothing", "topup.*", "", "CHARGE.SUCCEEDED"])
def test_a_destination_refuses_what_nobody_knows(wire: Wire, name: str) -> None:
    refused = wire.send_json("POST", "/v2/core/event_destinations", destination("v1.topup.created", name))
    assert (refused.status, refused.error["type"]) == (400, "invalid_request_error")


@pytest.mark.parametrize(
    "names",
    [
        ("v1.charge.succeeded", "v1.topup.created", "v1.account.updated"),
        ONLY_THIN_NAMES,
        V2_NAMES,
        ("*",),
    ],
)
def test_a_destination_takes_and_keeps_thin_names(wire: Wire, names: tuple[str, ...]) -> None:
    made = wire.send_json("POST", "/v2/core/event_destinations", destination(*names))
    assert (made.status, made.json["enabled_events"]) == (200, list(names))


def test_a_destination_for_snapshots_takes_and_keeps_their_names(wire: Wire) -> None:
    names = ("charge.succeeded", "topup.created", "customer.created")
    made = wire.send_json("POST", "/v2/core/event_destinations", destination(*names, payload="snapshot"))
    assert (made.status, made.json["enabled_events"]) == (200, list(names))
