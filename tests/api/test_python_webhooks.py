"""A webhook from its endpoint's creation to the verified signature, as somebody who uses the official SDK lives it."""

from typing import Any

import pytest
import stripe
from stripe import StripeClient

from brim.testing.catcher import Caught, status
from tests.support.polling import until
from tests.support.receiving import Receiver
from tests.support.wire import PENDING, Wire


def announce(client: StripeClient) -> str:
    """Create a top-up that never moves and return the id of its event."""
    topup = client.v1.topups.create({"amount": 700, "currency": "usd", "source": PENDING})
    events = client.v1.events.list({"type": "topup.created", "limit": 1}).data
    assert events[0].data.object["id"] == topup.id
    return events[0].id


def verified(caught: Caught, secret: str) -> Any:
    """Return the event that a delivery brought, as the official SDK makes it once it has checked the signature."""
    return stripe.Webhook.construct_event(caught.body, caught.headers["stripe-signature"], secret)


def test_what_happens_arrives_signed_with_the_secret_that_was_told(client: StripeClient, receiver: Receiver) -> None:
    endpoint = client.v1.webhook_endpoints.create({"url": receiver.url, "enabled_events": ["topup.created"]})
    event_id = announce(client)
    [caught] = receiver.of(event_id)
    event = verified(caught, endpoint.secret or "")
    assert (event.id, event.type, event.api_version) == (event_id, "topup.created", stripe.api_version)
    assert event.data.object.amount == 700
    with pytest.raises(stripe.SignatureVerificationError):
        verified(caught, "whsec_another")
    until(lambda: client.v1.events.retrieve(event_id).pending_webhooks == 0, what="the event to be known as delivered")


def test_both_secrets_verify_while_one_is_rolled_and_only_the_new_one_at_once(
    client: StripeClient, wire: Wire, receiver: Receiver
) -> None:
    endpoint = client.v1.webhook_endpoints.create({"url": receiver.url, "enabled_events": ["*"]})
    path = f"/v1/webhook_endpoints/{endpoint.id}/roll_secret"
    second = wire.post(path).json["secret"]
    [caught] = receiver.of(announce(client))
    assert verified(caught, endpoint.secret or "").id == verified(caught, second).id
    third = wire.post(path, {"expires_in": 0}).json["secret"]
    [caught] = receiver.of(announce(client))
    verified(caught, third)
    with pytest.raises(stripe.SignatureVerificationError):
        verified(caught, second)


def test_an_event_is_sent_again_on_demand_and_each_attempt_is_written_down(
    client: StripeClient, wire: Wire, receiver: Receiver
) -> None:
    receiver.catcher.answer_with(status(500, b"no room"))
    endpoint = client.v1.webhook_endpoints.create({"url": receiver.url, "enabled_events": ["*"]})
    event_id = announce(client)
    receiver.of(event_id)
    path = f"/v1/webhook_endpoints/{endpoint.id}/attempts"
    [refused] = until(lambda: wire.get(path).json["data"], what="the attempt to be written down")
    assert (refused["http_status"], refused["outcome"], refused["response_head"]) == (500, "refused", "no room")
    assert refused["request_headers"]["Brim-Sequence"] == "1"
    receiver.catcher.answer_with(status(200))
    assert wire.post(f"/v1/events/{event_id}/retry", {"webhook_endpoint": endpoint.id}).status == 200
    first, again, *_ = receiver.of(event_id, 2)
    assert first.body == again.body
    newest = until(lambda: found if len(found := wire.get(path).json["data"]) > 1 else None, what="the second attempt")[
        0
    ]
    assert (newest["cause"], newest["outcome"], newest["event"]) == ("resend", "delivered", event_id)
    assert client.v1.events.list({"delivery_success": False}).data == []
