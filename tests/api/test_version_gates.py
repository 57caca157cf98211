"""Which events the libraries that mind a version let in: the gates of .NET, Go and Java, against what is delivered.

A library is pinned to one version of the API. It names that version in each request, or its user pins it when the
endpoint is made; either way what is sent there must pass. Source of the gates: the libraries' own code, as they are
described in each function.
"""

import json
from typing import Any

import pytest
from stripe import StripeClient

from tests.support.receiving import Receiver
from tests.support.service import Server
from tests.support.wire import PENDING, Wire

VERSIONS = ["2026-10-28.endive", "2026-09-30.endive", "2026-08-26.dahlia", "2025-03-31.basil", "2024-09-30.acacia"]


def train_of(version: str) -> str | None:
    """Return a version's release train, None for one from before there were any."""
    return version.partition(".")[2] or None


def dotnet_lets_in(event: Any, pinned: str) -> bool:
    """Tell what `EventUtility.ConstructEvent` decides, which throws on another version: equal, or of the same train."""
    version = event["api_version"]
    return version is not None and (version == pinned or train_of(version) == train_of(pinned))


def older_dotnet_lets_in(event: Any, pinned: str) -> bool:
    """Tell what the same decides up to version 26: equal and nothing else."""
    return bool(event["api_version"] == pinned)


def go_lets_in(event: Any, pinned: str) -> bool:
    """Tell what `webhook.ConstructEvent` decides: of the same train, and a version without one never is."""
    version = event["api_version"] or ""
    return train_of(version) is not None and train_of(version) == train_of(pinned)


def java_lets_in(event: Any, pinned: str) -> bool:
    """Tell whether `getDataObjectDeserializer().getObject()` is there: equal to `Stripe.API_VERSION` only."""
    return bool(event["api_version"] == pinned)


GATES = [dotnet_lets_in, older_dotnet_lets_in, go_lets_in, java_lets_in]


def delivered(client: StripeClient, receiver: Receiver) -> Any:
    """Return the event of a new top-up as it was delivered."""
    client.v1.topups.create({"amount": 700, "currency": "usd", "source": PENDING})
    [caught] = receiver.of(client.v1.events.list({"type": "topup.created", "limit": 1}).data[0].id)
    return json.loads(caught.body)


@pytest.mark.parametrize("pinned", VERSIONS)
def test_an_endpoint_pinned_to_a_librarys_version_gets_what_that_library_lets_in(
    client: StripeClient, receiver: Receiver, pinned: str
) -> None:
    client.v1.webhook_endpoints.create({"url": receiver.url, "enabled_events": ["*"], "api_version": pinned})  # type: ignore[typeddict-item]
    event = delivered(client, receiver)
    assert event["api_version"] == pinned
    assert all(lets_in(event, pinned) for lets_in in GATES)


@pytest.mark.parametrize("pinned", VERSIONS)
def test_an_endpoint_made_by_a_library_gets_what_that_library_lets_in(
    server: Server, key: str, client: StripeClient, receiver: Receiver, pinned: str
) -> None:
    wanted = {"url": receiver.url, "enabled_events[]": "*"}
    made = Wire(server.url, key).post("/v1/webhook_endpoints", wanted, headers={"Stripe-Version": pinned})
    assert made.json["api_version"] is None
    assert all(lets_in(delivered(client, receiver), pinned) for lets_in in GATES)


def test_a_destination_of_snapshots_gets_what_its_library_lets_in(
    client: StripeClient, wire: Wire, receiver: Receiver
) -> None:
    wanted = {
        "name": "Till",
        "type": "webhook_endpoint",
        "event_payload": "snapshot",
        "enabled_events": ["*"],
        "webhook_endpoint": {"url": receiver.url},
        "snapshot_api_version": "2025-03-31.basil",
    }
    assert wire.send_json("POST", "/v2/core/event_destinations", wanted).status == 200
    event = delivered(client, receiver)
    assert all(lets_in(event, "2025-03-31.basil") for lets_in in GATES)
    assert not any(lets_in(event, "2026-10-28.endive") for lets_in in GATES)


def test_a_thin_event_has_no_version_to_be_refused_for(client: StripeClient, wire: Wire, receiver: Receiver) -> None:
    wanted = {
        "name": "Till",
        "type": "webhook_endpoint",
        "event_payload": "thin",
        "enabled_events": ["*"],
        "webhook_endpoint": {"url": receiver.url},
    }
    assert wire.send_json("POST", "/v2/core/event_destinations", wanted).status == 200
    assert "api_version" not in delivered(client, receiver)
