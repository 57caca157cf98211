"""What else a reply shows: every id that may be expanded, every event and every stream needs the right to read it.

A key with `topups=read` alone once read balance transactions by expanding them, and one with `stripecli=write` alone
heard every event and request of its account.
"""

from itertools import pairwise
from typing import Final

import pytest

from brim.api.framework.expansion import EXPANDABLE, expanded_objects
from brim.api.framework.rights import RESOURCE_OF_EVENT, RESOURCE_OF_OBJECT, RESOURCES_OF_STREAM
from brim.core.access.rules import RESOURCES
from brim.core.events.rules import EventType
from tests.support.permissions import BANK_ACCOUNT, assert_right_wanted
from tests.support.polling import until
from tests.support.service import Server
from tests.support.wire import Wire, WireReply

SESSIONS: Final = "/v1/stripecli/sessions"
SHOWN_IN_SNAPSHOTS: Final = (
    *("topups", "balance", "test_clocks", "webhook_endpoints", "ach", "authorizations", "reporting"),
)
LEADS_NOWHERE: Final = {
    *(("account", "brim"), ("payment_method", "brim"), ("payment_method", "customer")),
    ("reporting.report_run", "result"),
}
"""Properties that may be expanded and show no other object: a state, a customer who is nobody, a file that is there."""

EXPANSIONS: Final = [
    ("/v1/topups/{topup}", "balance_transaction", ("topups", "balance_transactions")),
    ("/v1/topups/{topup}", "payment_method", ("topups", "payment_methods")),
    ("/v1/topups/{topup}", "source", ("topups", "sources")),
    ("/v1/topups/{topup}", "balance_transaction.source", ("topups", "balance_transactions")),
    ("/v1/topups/{topup}", "balance_transaction.source.payment_method",
     ("topups", "balance_transactions", "payment_methods")),
    ("/v1/topups", "data.balance_transaction", ("topups", "balance_transactions")),
    ("/v1/topups", "data.payment_method", ("topups", "payment_methods")),
    ("/v1/balance_transactions/{line}", "source", ("balance_transactions", "topups")),
    ("/v1/balance_transactions", "data.source", ("balance_transactions", "topups")),
    ("/v1/balance_transactions", "data.source.payment_method", ("balance_transactions", "topups", "payment_methods")),
    ("/v1/balance/history/{line}", "source", ("balance_transactions", "topups")),
    ("/v1/balance/history", "data.source", ("balance_transactions", "topups")),
    ("/v1/topups/{topup}", "brim.availability", ("topups",)),
    ("/v1/payment_methods/{method}", "brim", ("payment_methods",)),
    ("/v1/payment_methods/{method}", "customer", ("payment_methods",)),
]  # fmt: skip
"""A path, what is expanded there, and the resources that are shown, in the order in which they are asked for."""


class Shown:
    """An account with a settled top-up and a payment method, and keys that may read what a test says."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self.account = server.make_account().id
        self.wire = Wire(server.url, server.make_key(self.account))
        self.method = self.wire.post("/v1/payment_methods", BANK_ACCOUNT).json["id"]
        self.topup = self.wire.post("/v1/topups", {"amount": 1000, "currency": "usd"}).json["id"]
        done = until(lambda: self.wire.get("/v1/events?type=topup.succeeded").json["data"], what="topup.succeeded")
        self.event = done[0]["id"]
        self.line = done[0]["data"]["object"]["balance_transaction"]

    def reading(self, *resources: str, **levels: str) -> Wire:
        """Return a wire whose key may read these resources, and what else is said."""
        permissions = {**dict.fromkeys(resources, "read"), **levels}
        return Wire(self._server.url, self._server.make_key(self.account, permissions=permissions))


@pytest.fixture(scope="module")
def shown(server: Server) -> Shown:
    """The account whose objects are looked at."""
    return Shown(server)


def test_everything_that_may_be_expanded_has_a_right() -> None:
    for object_name, properties in EXPANDABLE.items():
        for name in properties:
            found = list(expanded_objects(object_name, [name]))
            assert bool(found) != ((object_name, name) in LEADS_NOWHERE), (object_name, name)
            assert {RESOURCE_OF_OBJECT[each] for each in found} <= set(RESOURCES)


def test_every_event_and_every_stream_has_a_right() -> None:
    assert set(RESOURCE_OF_EVENT) == set(EventType)
    needed = {*RESOURCE_OF_EVENT.values(), *(each for stream in RESOURCES_OF_STREAM.values() for each in stream)}
    assert needed <= set(RESOURCES)


@pytest.mark.parametrize(("path", "expand", "resources"), EXPANSIONS)
def test_an_expanded_object_needs_the_right_to_read_it(
    shown: Shown, path: str, expand: str, resources: tuple[str, ...]
) -> None:
    path = path.format(topup=shown.topup, line=shown.line, method=shown.method) + f"?expand[]={expand}"
    for count, (_, missing) in enumerate(pairwise(resources), start=1):
        assert_right_wanted(shown.reading(*resources[:count]).get(path), missing)
    assert shown.reading(*resources).get(path).status == 200


def test_a_write_expands_no_more_than_a_read_and_does_nothing_where_it_may_not(shown: Shown) -> None:
    form = {"description": "Seen", "expand[]": "balance_transaction"}
    reply = shown.reading(topups="write").post(f"/v1/topups/{shown.topup}", form)
    assert_right_wanted(reply, "balance_transactions")
    assert shown.wire.get(f"/v1/topups/{shown.topup}").json["description"] is None
    allowed = shown.reading("balance_transactions", topups="write").post(f"/v1/topups/{shown.topup}", form)
    assert allowed.json["balance_transaction"]["id"] == shown.line


def test_an_event_needs_the_right_to_read_its_object(shown: Shown) -> None:
    assert_right_wanted(shown.reading("events").get(f"/v1/events/{shown.event}"), "topups")
    assert shown.reading("events", "topups").get(f"/v1/events/{shown.event}").status == 200
    assert_right_wanted(shown.reading(events="write").post(f"/v1/events/{shown.event}/retry"), "topups")
    assert shown.reading("topups", events="write").post(f"/v1/events/{shown.event}/retry").status == 200
    assert shown.reading("events").get(f"/v2/core/events/{shown.event}").status == 200  # it shows a name only


def test_a_list_of_events_shows_those_whose_objects_may_be_read(shown: Shown) -> None:
    def types(wire: Wire, query: str = "") -> set[str]:
        return {event["type"].partition(".")[0] for event in wire.get(f"/v1/events{query}").json["data"]}

    until(lambda: types(shown.wire) == {"topup", "balance"}, what="balance.available")
    assert types(shown.reading("events", "topups")) == {"topup"}
    assert types(shown.reading("events", "balance")) == {"balance"}
    assert types(shown.reading("events", "balance", "topups")) == {"balance", "topup"}
    assert types(shown.reading("events", "topups"), "?types[]=topup.*&types[]=balance.*") == {"topup"}
    assert types(shown.reading("events", "topups"), "?type=charge.succeeded") == set()
    assert_right_wanted(shown.reading("events").get("/v1/events"), "topups")
    assert_right_wanted(shown.reading("events", "topups").get("/v1/events?type=balance.available"), "balance")


def test_a_list_by_number_has_no_gap_for_want_of_a_right(shown: Shown) -> None:
    for count, missing in enumerate(SHOWN_IN_SNAPSHOTS):
        reader = shown.reading("events", *SHOWN_IN_SNAPSHOTS[:count])
        assert_right_wanted(reader.get("/v1/events?after_sequence=0"), missing)
    assert shown.reading("events", *SHOWN_IN_SNAPSHOTS).get("/v1/events?after_sequence=0").status == 200


@pytest.mark.parametrize(
    ("feature", "resources"),
    [
        ("webhooks", ("events", *SHOWN_IN_SNAPSHOTS)),
        ("v2_events", ("events",)),
        ("thin_events", ("events",)),
        ("request_logs", ("request_logs",)),
    ],
)
def test_a_stream_needs_the_right_to_read_what_it_shows(shown: Shown, feature: str, resources: tuple[str, ...]) -> None:
    form = {"device_name": "x", "websocket_features[]": feature}
    for count, missing in enumerate(resources):
        listener = shown.reading(*resources[:count], stripecli="write")
        assert_right_wanted(listener.post(SESSIONS, form), missing)
    assert_right_wanted(shown.reading(*resources).post(SESSIONS, form), "stripecli", "write")
    assert shown.reading(*resources, stripecli="write").post(SESSIONS, form).status == 200


ENDPOINTS: Final = "/v1/webhook_endpoints"
DESTINATIONS: Final = "/v2/core/event_destinations"
ELSEWHERE: Final = "http://127.0.0.1:9/elsewhere"


def subscription(events: str) -> dict[str, object]:
    return {"url": "http://127.0.0.1:9/hooks", "enabled_events[]": events}


def destination(payload: str, *events: str) -> dict[str, object]:
    return {
        "name": "x",
        "type": "webhook_endpoint",
        "event_payload": payload,
        "enabled_events": events,
        "webhook_endpoint": {"url": "http://127.0.0.1:9/hooks"},
    }


@pytest.mark.parametrize(
    ("events", "resources"),
    [
        ("*", ("events", *(each for each in SHOWN_IN_SNAPSHOTS if each != "webhook_endpoints"))),
        ("topup.created", ("events", "topups")),
        ("balance.available", ("events", "balance")),
        ("test_helpers.test_clock.ready", ("events", "test_clocks")),
        ("charge.succeeded", ("events",)),  # nothing is ever sent of it
    ],
)
def test_an_endpoint_needs_the_right_to_read_what_it_is_sent(
    shown: Shown, events: str, resources: tuple[str, ...]
) -> None:
    for version in ("v1", "v2"):

        def create(*given: str, version: str = version) -> WireReply:
            wire = shown.reading(*given, webhook_endpoints="write")
            if version == "v1":
                return wire.post(ENDPOINTS, subscription(events))
            return wire.send_json("POST", DESTINATIONS, destination("snapshot", events))

        for count, missing in enumerate(resources):
            assert_right_wanted(create(*resources[:count]), missing)
        made = create(*resources)
        assert made.status == 200, made.body
        shown.wire.send("DELETE", f"{ENDPOINTS}/{made.json['id']}")


def test_a_thin_destination_needs_the_right_to_read_events(shown: Shown) -> None:
    thin = destination("thin", "*")
    assert_right_wanted(shown.reading(webhook_endpoints="write").send_json("POST", DESTINATIONS, thin), "events")
    made = shown.reading("events", webhook_endpoints="write").send_json("POST", DESTINATIONS, thin)
    assert made.status == 200
    shown.wire.send("DELETE", f"{ENDPOINTS}/{made.json['id']}")


def test_an_endpoint_is_turned_elsewhere_only_by_who_may_read_what_it_is_sent(shown: Shown) -> None:
    """Whoever changed its URL or rolled its secret once received, or could forge, what they could not read."""
    made = shown.wire.post(ENDPOINTS, subscription("*")).json
    path, destination_path = f"{ENDPOINTS}/{made['id']}", f"{DESTINATIONS}/{made['id']}"
    writer = shown.reading(webhook_endpoints="write")
    reader = shown.reading("events", "topups", webhook_endpoints="write")
    turned = {"webhook_endpoint": {"url": ELSEWHERE}}
    for wire, missing in ((writer, "events"), (reader, "balance")):
        assert_right_wanted(wire.post(path, {"url": ELSEWHERE}), missing)
        # What was addressed to it already may be of any type still.
        assert_right_wanted(wire.post(path, {"url": ELSEWHERE, "enabled_events[]": "topup.created"}), missing)
        assert_right_wanted(wire.post(f"{path}/roll_secret"), missing)
        assert_right_wanted(wire.send_json("POST", destination_path, turned), missing)
    assert shown.wire.get(path).json["url"] == made["url"]

    assert writer.post(path, {"description": "Ours", "metadata[a]": "b"}).status == 200
    assert writer.post(path, {"disabled": "true"}).status == 200
    assert_right_wanted(writer.post(path, {"disabled": "false"}), "events")
    assert_right_wanted(writer.send_json("POST", f"{destination_path}/enable"), "events")
    assert shown.wire.get(path).json["status"] == "disabled"

    assert shown.wire.post(path, {"enabled_events[]": "topup.created", "disabled": "false"}).status == 200
    assert_right_wanted(reader.post(path, {"enabled_events[]": "*"}), "balance")
    assert_right_wanted(writer.post(path, {"url": ELSEWHERE}), "events")
    assert reader.post(path, {"url": ELSEWHERE}).json["url"] == ELSEWHERE
    assert reader.post(f"{path}/roll_secret").status == 200
    shown.wire.send("DELETE", path)


def test_a_replay_shows_no_more_than_a_first_reply(shown: Shown) -> None:
    """Under another key's idempotency key its rolled secret was told, and the event that it had sent again."""
    made = shown.wire.post(ENDPOINTS, subscription("topup.succeeded")).json["id"]
    writer = shown.reading("events", webhook_endpoints="write")
    for path in (f"{ENDPOINTS}/{made}/roll_secret", f"{ENDPOINTS}/{made}/test"):
        same = {"headers": {"Idempotency-Key": f"same {path}"}}
        assert shown.wire.post(path, **same).status == 200
        assert_right_wanted(writer.post(path, **same), "topups")
        assert shown.wire.post(path, **same).headers["idempotent-replayed"] == "true"
    again, same = f"/v1/events/{shown.event}/retry", {"headers": {"Idempotency-Key": "same event"}}
    assert shown.wire.post(again, **same).status == 200
    assert_right_wanted(shown.reading(events="write").post(again, **same), "topups")
    shown.wire.send("DELETE", f"{ENDPOINTS}/{made}")
