"""The dashboard's pages for developers in a browser: tests/node/developers.mjs on a server of ours."""

import json
from typing import Any

import pytest

from tests.support.chromium import run_in_browser
from tests.support.page_visitors import Person
from tests.support.polling import until
from tests.support.wire import Wire

NOBODY = "http://127.0.0.1:9/an/address/of/such/a/length/that/it/must/be/broken/in/a/narrow/window"


def make_things_to_show(wire: Wire) -> list[str]:
    """Fill an account with something of each kind, and return the addresses of all pages."""
    endpoint = wire.post("/v1/webhook_endpoints", {"url": NOBODY, "enabled_events[]": "*"}).json["id"]
    destination = {"name": "Thin", "type": "webhook_endpoint", "event_payload": "thin", "enabled_events": ["*"]}
    thin = wire.send_json("POST", "/v2/core/event_destinations", {**destination, "webhook_endpoint": {"url": NOBODY}})
    wire.create(description="Before the weekend", **{"metadata[order_id]": "6735"})
    refused = wire.post("/v1/topups", {"amount": 0, "currency": "usd"}).headers["request-id"]
    under = wire.post("/v1/accounts", {"business_profile[name]": "Rocket Rides"}).json["id"]
    event: Any = wire.get("/v1/events").json["data"][0]
    until(lambda: wire.get(f"/v1/events/{event['id']}/attempts").json["data"], what="an attempt")
    until(lambda: wire.get(f"/v1/brim/request_logs?request_id={refused}").json["data"], what="the request log")
    hook = f"/webhooks/{endpoint}"
    attempt = wire.get(f"/v1/webhook_endpoints/{endpoint}/attempts").json["data"][0]["id"]
    paths = [
        "/events",
        "/events?delivery_success=false",
        "/events?type=topup.created&created_from=2026-01-01",
        f"/events/{event['id']}",
    ]
    paths += ["/webhooks", "/webhooks/new", hook, f"{hook}/edit", f"{hook}/roll", f"{hook}/delete"]
    paths += [f"{hook}?failed=true&created_from=2026-01-01", f"{hook}/resend", f"{hook}/attempts/{attempt}"]
    paths += [f"/webhooks/{thin.json['id']}", "/logs", "/logs?method=DELETE", f"/logs/{event['request']['id']}"]
    paths += [f"/logs/{refused}", "/apikeys", "/apikeys/new", "/apikeys/new?kind=restricted", "/accounts"]
    paths += ["/accounts/new", f"/accounts/{under}", "/events/evt_nobodys"]
    return [f"/test{path}" for path in paths] + ["/events", "/webhooks", "/logs", "/apikeys/new", "/accounts?limit=1"]


@pytest.mark.slow
@pytest.mark.long_form
def test_the_pages_for_developers_work_in_a_browser(person: Person, wire: Wire) -> None:
    environment = {
        "BASE_URL": person.wire.url,
        "COOKIE": person.cookie,
        "PAGES": json.dumps(make_things_to_show(wire)),
        "TEST_KEY": wire.key or "",
    }
    run_in_browser("developers.mjs", environment, at_least=7)
