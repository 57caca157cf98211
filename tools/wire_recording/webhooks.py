"""Webhook endpoints and event destinations, what they are sent, and every event in both of its forms."""

from collections.abc import Iterator
from typing import Any, Final

from wire_recording.browser import Browser
from wire_recording.caller import Call, Caller, until
from wire_recording.receiver import Caught, Receiver
from wire_recording.topups import HELPERS, PENDING, wait_until_available

_GROUP: Final = "webhooks"
_V1: Final = "/v1/webhook_endpoints"
_V2: Final = "/v2/core/event_destinations"
_TYPES: Final = ("topup.created", "topup.succeeded", "topup.failed", "topup.canceled", "topup.reversed")
_PENDING: Final = {"amount": 400, "currency": "usd", "source": PENDING}
_DESTINATION: Final[dict[str, object]] = {
    "name": "Wallets", "description": "Thin", "type": "webhook_endpoint", "event_payload": "thin",
    "enabled_events": list(_TYPES), "metadata": {"a": "b"},
    "include": ["webhook_endpoint.signing_secret", "webhook_endpoint.url"],
}  # fmt: skip


def play_webhooks(caller: Caller, receiver: Receiver, connected: str, browser: Browser) -> None:
    """Record endpoints of both versions, what happens to one that fails, and what all of them are sent.

    Only one of them listens at a time, and none afterwards: of what is sent at once either may arrive first.
    """
    endpoint = _play_snapshots(caller, receiver)
    _change_endpoint(caller, receiver, endpoint)
    _play_connect(caller, receiver, connected)
    _play_version(caller, receiver)
    _play_failing(caller, receiver, browser)
    _refuse_endpoints(caller, receiver)
    _play_snapshot_destination(caller, receiver)
    _play_thin_destination(caller, receiver)
    _record_caught(caller, receiver)


def record_events(caller: Caller, group: str) -> None:
    """Record every event of an account, the oldest first, as a snapshot and in thin form."""
    listed: list[Any] = []
    path = "/v1/events?limit=100"
    while True:
        page = caller.read(path if not listed else f"{path}&starting_after={listed[-1]['id']}")
        listed += page["data"]
        if not page["has_more"]:
            break
    for event in reversed(listed):
        for version, events in (("snapshot", "/v1/events"), ("thin", "/v2/core/events")):
            call = Call("GET", f"{events}/{event['id']}")
            caller.call(group, f"{event['type']} {version}", call, kind="events")


def _play_snapshots(caller: Caller, receiver: Receiver) -> str:
    # What is available is announced together with a success, so another endpoint is told of it.
    form = {"url": f"{receiver.url}/balance", "enabled_events[]": "balance.available"}
    balances = caller.post(_GROUP, "endpoint of balances", _V1, form).json["id"]
    types = {f"enabled_events[{place}]": kind for place, kind in enumerate(_TYPES)}
    form = {"url": f"{receiver.url}/snapshot", "description": "All of top-ups", "metadata[a]": "b", **types}
    endpoint = caller.make(_GROUP, "endpoint", _V1, form)
    path = f"{_V1}/{endpoint}"
    caller.get(_GROUP, "endpoint retrieve", path)
    caller.get(_GROUP, "endpoint retrieve expanded", f"{path}?expand[]=brim.delivery")
    for count, ending in ((2, "cancel"), (4, "fail"), (7, "reverse")):
        _live(caller, ending)
        _wait_until_caught(caller, receiver, "/snapshot", count)
    _record_deliveries(caller)
    caller.get(_GROUP, "attempts of endpoint", f"{path}/attempts?limit=3")
    event = caller.read("/v1/events?type=topup.canceled&limit=1")["data"][0]["id"]
    caller.post(_GROUP, "retry", f"/v1/events/{event}/retry", {"webhook_endpoint": endpoint}, Idempotency_Key="retry")
    _wait_until_caught(caller, receiver, "/snapshot", 8)
    caller.get(_GROUP, "attempts after retry", f"/v1/events/{event}/attempts")
    caller.post(_GROUP, "retry to nobody", f"/v1/events/{event}/retry")
    caller.post(_GROUP, "retry to unknown", f"/v1/events/{event}/retry", {"webhook_endpoint": "we_none"})
    caller.make(_GROUP, "endpoint test", f"{path}/test")
    _wait_until_caught(caller, receiver, "/snapshot", 9)
    _disable(caller, balances)
    return endpoint


def _play_connect(caller: Caller, receiver: Receiver, connected: str) -> None:
    form = {"url": f"{receiver.url}/connect", "enabled_events[]": "topup.created", "connect": "true"}
    endpoint = caller.post(_GROUP, "endpoint of connect", _V1, form).json["id"]
    caller.post(_GROUP, "topup of a connected account", "/v1/topups", _PENDING, Stripe_Account=connected)
    _wait_until_caught(caller, receiver, "/connect", 1)
    attempts = f"{_V1}/{endpoint}/attempts"
    caller.wait(attempts, lambda seen: bool(seen["data"]))
    caller.get(_GROUP, "attempts of connect", attempts)
    _disable(caller, endpoint)


def _play_version(caller: Caller, receiver: Receiver) -> None:
    form = {"url": f"{receiver.url}/versioned", "enabled_events[]": "topup.canceled", "api_version": "2024-06-20"}
    endpoint = caller.post(_GROUP, "endpoint of a version", _V1, form).json["id"]
    _live(caller, "cancel")
    _wait_until_caught(caller, receiver, "/versioned", 1)
    _disable(caller, endpoint)


def _play_failing(caller: Caller, receiver: Receiver, browser: Browser) -> None:
    """Record an endpoint between its second attempt, after five seconds, and its third, a minute later."""
    form = {"url": f"{receiver.url}/failing", "enabled_events[]": "topup.canceled"}
    endpoint = caller.post(_GROUP, "endpoint that fails", _V1, form).json["id"]
    _live(caller, "cancel")
    attempts = f"{_V1}/{endpoint}/attempts"
    caller.wait(attempts, lambda seen: len(seen["data"]) == 2)
    event = caller.get(_GROUP, "attempts that failed", attempts).json["data"][0]["event"]
    caller.get(_GROUP, "deliveries that failed", f"/v1/events/{event}/deliveries")
    caller.get(_GROUP, "endpoint that fails retrieve", f"{_V1}/{endpoint}?expand[]=brim.delivery")
    for path in ("webhooks", f"webhooks/{endpoint}", f"events/{event}", "events?delivery_success=false"):
        browser.show("failing", f"/test/{path}")
    receiver.heal()
    caller.post(_GROUP, "retry what failed", f"/v1/events/{event}/retry", {"webhook_endpoint": endpoint})
    caller.wait(f"/v1/events/{event}", lambda seen: not seen["pending_webhooks"])
    _disable(caller, endpoint)


def _play_snapshot_destination(caller: Caller, receiver: Receiver) -> None:
    wanted = {**_DESTINATION, "event_payload": "snapshot", "snapshot_api_version": "2024-06-20"}
    wanted |= {"events_from": ["@self"], "enabled_events": ["topup.created"]}
    wanted |= {"webhook_endpoint": {"url": f"{receiver.url}/destination"}}
    path = f"{_V2}/{caller.post_json(_GROUP, 'destination of snapshots', _V2, wanted).json['id']}"
    caller.post_json(_GROUP, "destination of snapshots ping", f"{path}/ping")
    _wait_until_caught(caller, receiver, "/destination", 1)
    _live(caller, "cancel")
    _wait_until_caught(caller, receiver, "/destination", 2)
    caller.post_json(_GROUP, "destination of snapshots disable", f"{path}/disable")


def _play_thin_destination(caller: Caller, receiver: Receiver) -> None:
    wanted = {**_DESTINATION, "webhook_endpoint": {"url": f"{receiver.url}/thin"}}
    doomed = caller.post_json(_GROUP, "destination to delete", _V2, wanted).json["id"]
    caller.delete(_GROUP, "destination delete", f"{_V2}/{doomed}")
    caller.delete(_GROUP, "destination delete again", f"{_V2}/{doomed}")
    path = f"{_V2}/{caller.post_json(_GROUP, 'destination', _V2, wanted).json['id']}"
    caller.get(_GROUP, "destination retrieve", path)
    caller.get(_GROUP, "destination retrieve with address", f"{path}?include[]=webhook_endpoint.url")
    caller.post_json(_GROUP, "destination update", path, {"name": "Wallets 2", "metadata": {"a": None, "c": "d"}})
    for step in ("disable", "disable", "enable", "enable", "ping"):
        caller.post_json(_GROUP, f"destination {step}", f"{path}/{step}")
    caller.get(_GROUP, "destinations", _V2)
    _wait_until_caught(caller, receiver, "/thin", 1)
    for count, ending in ((3, "cancel"), (5, "fail"), (8, "reverse")):
        _live(caller, ending)
        _wait_until_caught(caller, receiver, "/thin", count)
    _record_deliveries(caller)
    caller.post_json(_GROUP, "destination disable at last", f"{path}/disable")


def _live(caller: Caller, ending: str) -> None:
    """Record the life of one top-up, at which each step has been announced before the next."""
    topup = caller.post(_GROUP, f"topup to {ending}", "/v1/topups", _PENDING).json["id"]
    _wait_until_announced(caller)
    if ending == "reverse":
        caller.post(_GROUP, "succeed", f"{HELPERS}/{topup}/succeed")
        wait_until_available(caller)
        _wait_until_announced(caller)
    path = f"/v1/topups/{topup}/cancel" if ending == "cancel" else f"{HELPERS}/{topup}/{ending}"
    caller.post(_GROUP, ending, path, Idempotency_Key=f"{ending} {topup}")
    _wait_until_announced(caller)


def _wait_until_announced(caller: Caller) -> None:
    """Return once every event is numbered and was sent: an endpoint made before that would get it too."""
    newest = caller.read("/v1/events?limit=1")["data"][0]["id"]
    until(lambda: list(_numbered(caller)), lambda ids: newest in ids, what="events to be numbered")
    until(lambda: list(_undelivered(caller)), lambda found: not found, what="everything to be delivered")


def _numbered(caller: Caller) -> Iterator[str]:
    sequence = 0
    while page := caller.read(f"/v1/events?limit=100&after_sequence={sequence}")["data"]:
        yield from (event["id"] for event in page)
        sequence = page[-1]["brim"]["sequence"]


def _disable(caller: Caller, endpoint: str) -> None:
    caller.post(_GROUP, "endpoint disable", f"{_V1}/{endpoint}", {"disabled": "true"})


def _wait_until_caught(caller: Caller, receiver: Receiver, path: str, count: int) -> None:
    """Return once so much came to an address, and nothing is on its way any more."""
    until(
        lambda: [each for each in receiver.all() if each.path == path],
        lambda caught: len(caught) >= count,
        what=f"{count} webhooks at {path}",
    )
    _wait_until_announced(caller)


def _undelivered(caller: Caller) -> Iterator[Any]:
    for event in caller.read("/v1/events?limit=15")["data"]:
        deliveries = caller.read(f"/v1/events/{event['id']}/deliveries")["data"]
        yield from (each for each in deliveries if not _is_over(each))


def _is_over(delivery: Any) -> bool:
    is_refused = delivery["attempts"] > 0 and "/failing" in delivery["url"]
    return is_refused or delivery["state"] in {"delivered", "failed"}


def _record_deliveries(caller: Caller) -> None:
    events: list[Any] = caller.read("/v1/events?limit=15")["data"]
    for kind in sorted({event["type"] for event in events}):
        path = f"/v1/events/{next(each['id'] for each in events if each['type'] == kind)}"
        for part in ("", "/deliveries", "/attempts"):
            caller.get(_GROUP, f"event {kind} {part}", f"{path}{part}")


def _change_endpoint(caller: Caller, receiver: Receiver, endpoint: str) -> None:
    path = f"{_V1}/{endpoint}"
    changes = {"url": f"{receiver.url}/changed", "description": "", "metadata[c]": "d"}
    changes |= {"enabled_events[]": "*"}
    caller.post(_GROUP, "endpoint disabled", path, {"disabled": "true"})
    caller.make(_GROUP, "endpoint update", path, changes)
    caller.make(_GROUP, "endpoint roll", f"{path}/roll_secret", {"expires_in": 3600})
    caller.post(_GROUP, "endpoint roll at once", f"{path}/roll_secret", {"expires_in": 0})
    for disabled in ("true", "false", "true"):
        caller.post(_GROUP, f"endpoint disabled {disabled}", path, {"disabled": disabled})
    doomed = {"url": f"{receiver.url}/doomed", "enabled_events[]": "topup.failed"}
    doomed_path = f"{_V1}/{caller.post(_GROUP, 'endpoint to delete', _V1, doomed).json['id']}"
    caller.delete(_GROUP, "endpoint delete", doomed_path)
    caller.delete(_GROUP, "endpoint delete again", doomed_path)


def _refuse_endpoints(caller: Caller, receiver: Receiver) -> None:
    for name, form in {
        "unknown event": {"url": f"{receiver.url}/a", "enabled_events[]": "topup.nonsense"},
        "without a host": {"url": "http://", "enabled_events[]": "*"},
        "of another scheme": {"url": "ftp://example.com", "enabled_events[]": "*"},
        "with a password": {"url": "https://a:b@example.com", "enabled_events[]": "*"},
        "unknown version": {"url": f"{receiver.url}/a", "enabled_events[]": "*", "api_version": "soon"},
    }.items():
        caller.post(_GROUP, f"endpoint refused {name}", _V1, form)
    for name, data in {
        "no name": {"type": "webhook_endpoint", "event_payload": "thin", "enabled_events": ["*"]},
        "another type": {"name": "a", "type": "amazon_eventbridge", "event_payload": "thin", "enabled_events": ["*"]},
    }.items():
        caller.post_json(_GROUP, f"destination refused {name}", _V2, data)


def _record_caught(caller: Caller, receiver: Receiver) -> None:
    """Record what was sent, address by address; at one address in the order in which it came about."""
    caught = sorted(receiver.all(), key=lambda each: (each.path, _event_id(each)))
    for each in caught:
        head = "\n".join(f"{name}: {value}" for name, value in each.headers)
        text = caller.recording.masks.text(f"POST {each.path}\n{head}\n\n{each.body}")
        text = _without_length(text)
        caller.recording.write("webhooks", each.path, _type(each), text)


def _event_id(caught: Caught) -> str:
    return next((line for line in caught.body.split("\n") if '"id": "evt_' in line), "")


def _type(caught: Caught) -> str:
    return next((line for line in reversed(caught.body.split("\n")) if '  "type": ' in line), "unknown").strip()


def _without_length(text: str) -> str:
    head, _, body = text.partition("\n\n")
    kept = [line for line in head.split("\n") if not line.lower().startswith("content-length:")]
    return "\n".join(kept) + f"\n\n{body}"
