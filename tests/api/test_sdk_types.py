"""What is answered is as the official SDK's types say: null only where they know null, and no word but theirs.

The walk finds an object by its `object`, so whatever holds one is looked into: lists, events, expanded ids.
"""

import json
from typing import Any

import msgspec
import pytest

from brim.api.resources.operations import OPERATIONS
from brim.api.resources.v2_core.destination_wire import destination_json
from brim.api.resources.v2_core.event_wire import notification_json, thin_json
from brim.api.resources.webhooks.wire import endpoint_json
from brim.base.scope import AccountScope
from brim.core.events.rules import DEFAULT_API_VERSION, Event, EventType
from brim.core.webhooks.endpoints import DISABLED_BY_FAILURES, DISABLED_BY_OWNER
from brim.core.webhooks.rules import Endpoint, EventPayload
from tests.support.permissions import BANK_ACCOUNT, BANK_SOURCE, BANK_TOKEN
from tests.support.polling import until
from tests.support.sdk_types import violations
from tests.support.wire import GOLDEN, PENDING, Wire

OWNER = AccountScope("acct_1", livemode=False)
ENDPOINT = Endpoint(
    scope=OWNER,
    id="ed_1",
    url="https://example.com/hooks",
    enabled_events=("*",),
    rendered_version=DEFAULT_API_VERSION,
    secret=b"",
    created=1_795_000_000,
)
OUTCOMES = {
    "canceled": "/v1/topups/{}/cancel",
    "failed": "/v1/test_helpers/topups/{}/fail",
    "succeeded": "/v1/test_helpers/topups/{}/succeed",
    "reversed": "/v1/test_helpers/topups/{}/reverse",
}


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"amount": None}, ["$.amount is null"]),
        ({"amount": "5"}, ["$.amount is no int"]),
        ({"livemode": 1}, ["$.livemode is no bool"]),
        ({"status": "lost"}, ["$.status is 'lost'"]),
        ({"description": None}, []),
    ],
)
def test_the_walk_finds_what_is_not_as_the_types_say(change: dict[str, Any], found: list[str]) -> None:
    topup = json.loads((GOLDEN / "topup_full.json").read_text())
    assert violations(topup | change) == found
    listed = {"object": "list", "data": [{"object": "event", "data": {"object": topup | change}}]}
    assert [each for each in violations(listed) if each.startswith("$.data[0].data.object.")] == [
        each.replace("$", "$.data[0].data.object") for each in found
    ]


def test_the_walk_finds_what_is_missing() -> None:
    topup = json.loads((GOLDEN / "topup_full.json").read_text())
    del topup["currency"]
    assert violations(topup) == ["$.currency is missing"]


@pytest.mark.parametrize("path", sorted(GOLDEN.glob("*.json")), ids=lambda path: str(path.name))
def test_the_golden_replies_are_as_the_types_say(path: Any) -> None:
    assert violations(json.loads(path.read_text())) == []


@pytest.mark.parametrize("because", [None, DISABLED_BY_OWNER, DISABLED_BY_FAILURES])
@pytest.mark.parametrize("payload", EventPayload)
def test_endpoints_and_destinations_in_every_state_are_as_the_types_say(
    because: str | None, payload: EventPayload
) -> None:
    endpoint = msgspec.structs.replace(
        ENDPOINT, disabled_because=because, disabled_ms=because and 1_795_000_000_000, event_payload=payload
    )
    for body in (endpoint_json(endpoint), destination_json(endpoint), destination_json(endpoint, with_url=True)):
        assert violations(json.loads(body)) == []


@pytest.mark.parametrize("event_type", EventType)
@pytest.mark.parametrize("cause", [(None, None), ("req_1", None), ("req_1", "key")])
def test_thin_events_of_every_type_and_cause_are_as_the_types_say(
    event_type: EventType, cause: tuple[str | None, str | None]
) -> None:
    request_id, idempotency_key = cause
    event = Event(
        scope=OWNER,
        id="evt_1",
        type=event_type,
        created=1_795_000_000,
        api_version=DEFAULT_API_VERSION,
        object_id="tu_1",
        payload=b"{}",
        request_id=request_id,
        idempotency_key=idempotency_key,
    )
    for body in (thin_json(event), notification_json(event), thin_json(event, context="acct_2")):
        assert violations(json.loads(body)) == []


def make_one_of_each(wire: Wire) -> None:
    """Make a top-up in every status, bank accounts, an endpoint and a destination, and an account."""
    for status, path in OUTCOMES.items():
        topup = wire.create(source=PENDING, description=status)["id"]
        if status == "reversed":
            assert wire.post(OUTCOMES["succeeded"].format(topup)).status == 200
        assert wire.post(path.format(topup)).json["status"] == status
    wire.create()
    for path, form in (
        ("/v1/payment_methods", BANK_ACCOUNT),
        ("/v1/sources", BANK_SOURCE),
        ("/v1/tokens", BANK_TOKEN),
        ("/v1/webhook_endpoints", {"url": "http://127.0.0.1:9/hooks", "enabled_events[]": "topup.created"}),
        ("/v1/accounts", {}),
    ):
        assert violations(wire.post(path, form).json) == []
    destination = {
        "name": "Hooks",
        "type": "webhook_endpoint",
        "event_payload": "thin",
        "enabled_events": ["*"],
        "webhook_endpoint": {"url": "http://127.0.0.1:9/thin"},
    }
    made = wire.send_json("POST", "/v2/core/event_destinations", destination)
    assert violations(made.json) == []
    disabled = wire.send_json("POST", f"/v2/core/event_destinations/{made.json['id']}/disable")
    assert disabled.json["status_details"] == {"disabled": {"reason": "user"}}
    assert violations(disabled.json) == []


def test_everything_that_can_be_read_is_as_the_types_say(wire: Wire) -> None:
    make_one_of_each(wire)
    settled = "/v1/events?type=balance.available"
    until(lambda: wire.get(settled).json["data"], what="balance.available")
    paths = [each.path for each in OPERATIONS if each.method == "GET" and "{" not in each.path]
    paths += ["/v1/topups?expand[]=data.balance_transaction&expand[]=data.payment_method"]
    read = [reply for reply in map(wire.get, paths) if reply.status == 200]
    assert len(read) > 10
    for reply in read:
        assert violations(reply.json) == []
        for item in reply.json.get("data", []) if isinstance(reply.json.get("data"), list) else []:
            related = item.get("related_object")
            if isinstance(related, dict):
                assert violations(wire.get(related["url"]).json) == []


def test_an_event_of_a_request_without_a_key_tells_an_empty_one(wire: Wire) -> None:
    wire.create()
    (event,) = wire.get("/v2/core/events").json["data"]
    assert event["reason"]["request"]["idempotency_key"] == ""
