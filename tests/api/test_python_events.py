"""What becomes of events: who waits for them, sending them again, and reading them by number."""

from typing import Any

import pytest
from stripe import StripeClient

from brim.base.clock import system_clock_ms
from brim.core.webhooks.delivery_store import number_events
from brim.platform.database import Database
from tests.support.polling import until
from tests.support.service import Server
from tests.support.wire import Wire, assert_error, assert_golden

NOBODY = "http://127.0.0.1:9/"
"""Where nothing listens: what is sent there is never received."""


def number_all(server: Server) -> None:
    """Give every event a number, if no worker was faster."""

    async def number(database: Database) -> None:
        async with database.connection() as conn:
            while (await number_events(conn, from_place=0, limit=1000, now_ms=system_clock_ms())).taken:
                pass

    server.run(number)


def create_endpoint(wire: Wire, **more: object) -> str:
    reply = wire.post("/v1/webhook_endpoints", {"url": NOBODY, "enabled_events[]": "*", **more})
    assert reply.status == 200, reply.body
    return str(reply.json["id"])


def newest_event(wire: Wire) -> Any:
    return wire.get("/v1/events?limit=1").json["data"][0]


def when_addressed(server: Server, wire: Wire, event_id: str, count: int) -> Any:
    """Return an event once so many endpoints wait for it."""
    number_all(server)
    return until(
        lambda: found if (found := wire.get(f"/v1/events/{event_id}").json)["pending_webhooks"] == count else None,
        what=f"{count} endpoints to wait for the event",
    )


def let_arrive(server: Server, account: str) -> None:
    """Let an account's events arrive wherever they are owed, as far as deliveries tell of it."""
    _write(server, "DELETE FROM webhook_deliveries WHERE event_account = $1", account)


def give_up(server: Server, account: str) -> None:
    """Let every delivery of an account's events fail for good."""
    change = "UPDATE webhook_deliveries SET next_attempt_ms = NULL, leased_until_ms = NULL WHERE event_account = $1"
    _write(server, change, account)


def _write(server: Server, statement: str, account: str) -> None:
    async def write(database: Database) -> None:
        async with database.connection() as conn:
            await conn.execute(statement, account)

    server.run(write)


def test_an_event_counts_the_endpoints_that_have_not_received_it(
    server: Server, wire: Wire, account: str, client: StripeClient
) -> None:
    wire.create()
    before = newest_event(wire)["id"]
    number_all(server)
    create_endpoint(wire)
    create_endpoint(wire)
    create_endpoint(wire, **{"enabled_events[]": "topup.failed"})
    wire.create()
    event = newest_event(wire)["id"]
    assert when_addressed(server, wire, event, 2)["id"] == event
    counts = {each.id: each.pending_webhooks for each in client.v1.events.list().data}
    assert (counts[event], counts[before]) == (2, 0)
    assert [each.id for each in client.v1.events.list({"delivery_success": False}).data] == [event]
    assert [each.id for each in client.v1.events.list({"delivery_success": True}).data] == [before]
    let_arrive(server, account)
    assert client.v1.events.retrieve(event).pending_webhooks == 0
    assert client.v1.events.list({"delivery_success": False}).data == []


def test_an_event_is_sent_again_as_the_official_command_line_asks(server: Server, wire: Wire, account: str) -> None:
    endpoint = create_endpoint(wire)
    wire.create()
    event = newest_event(wire)["id"]
    when_addressed(server, wire, event, 1)
    let_arrive(server, account)
    path = f"/v1/events/{event}/retry"
    for_listeners = wire.post(path, {"for_stripecli": "true"})
    assert (for_listeners.status, for_listeners.json["pending_webhooks"]) == (200, 0)
    to_one = wire.post(path, {"webhook_endpoint": endpoint, "account": account})
    assert (to_one.json["id"], to_one.json["pending_webhooks"]) == (event, 1)
    let_arrive(server, account)
    assert wire.post(path).json["pending_webhooks"] == 1
    give_up(server, account)
    key = {"Idempotency-Key": "again"}
    first = wire.post(f"/v1/webhook_endpoints/{endpoint}/test", headers=key)
    assert (first.json["id"], first.json["pending_webhooks"]) == (event, 1)
    assert wire.post(f"/v1/webhook_endpoints/{endpoint}/test", headers=key).body == first.body


def test_what_cannot_be_sent_again_is_refused(server: Server, wire: Wire) -> None:
    endpoint = create_endpoint(wire)
    refused = wire.post(f"/v1/webhook_endpoints/{endpoint}/test")
    nothing = f"There is no event yet that the webhook endpoint {endpoint} is subscribed to."
    assert_error(refused, 400, f"{nothing} Create one first, for example with a top-up.")
    wire.create()
    path = f"/v1/events/{newest_event(wire)['id']}/retry"
    missing: Any = {"code": "resource_missing"}
    assert_error(wire.post("/v1/events/evt_x/retry"), 404, "No such notification: 'evt_x'", param="id", **missing)
    assert_error(
        wire.post(path, {"webhook_endpoint": "we_x"}),
        400,
        "No such webhook endpoint: 'we_x'",
        param="webhook_endpoint",
        **missing,
    )
    stranger = server.make_account().id
    assert_error(
        wire.post(path, {"account": stranger}), 400, f"No such account: '{stranger}'", param="account", **missing
    )
    wire.post(f"/v1/webhook_endpoints/{endpoint}", {"disabled": "true"})
    message = f"The webhook endpoint {endpoint} is disabled, so nothing is sent to it. Enable it first: disabled=false."
    for refused in (
        wire.post(path, {"webhook_endpoint": endpoint}),
        wire.post(f"/v1/webhook_endpoints/{endpoint}/test"),
    ):
        assert_error(refused, 400, message, param="webhook_endpoint")
    assert wire.post(f"/v1/events/{newest_event(wire)['id']}/retry", {"foo": "1"}).error["param"] == "foo"


def test_events_are_read_by_number_without_a_gap(server: Server, wire: Wire) -> None:
    for _ in range(7):
        wire.create()
    number_all(server)
    reached, pages, has_more = 0, [], True
    while has_more:
        page = wire.get(f"/v1/events?after_sequence={reached}&limit=3").json
        pages.append(page["data"])
        reached, has_more = page["data"][-1]["brim"]["sequence"], page["has_more"]
    assert [[event["brim"]["sequence"] for event in page] for page in pages] == [[1, 2, 3], [4, 5, 6], [7]]
    listed = {event["id"] for event in wire.get("/v1/events").json["data"]}
    assert {event["id"] for page in pages for event in page} == listed
    assert "brim" not in newest_event(wire)
    assert wire.get(f"/v1/events?after_sequence={reached}").json["data"] == []
    assert_golden(wire.get("/v1/events?after_sequence=6").body, "event_list_by_sequence.json")


@pytest.mark.parametrize(
    "other",
    ["starting_after=evt_x", "ending_before=evt_x", "type=*", "types[]=*", "created=1", "delivery_success=true"],
)
def test_a_list_by_number_takes_no_other_filter(wire: Wire, other: str) -> None:
    name = other.partition("=")[0].removesuffix("[]")
    assert_error(
        wire.get(f"/v1/events?after_sequence=0&{other}"),
        400,
        f"Received both after_sequence and {name} parameters. Please pass in only one.",
    )
    assert wire.get("/v1/events?after_sequence=-1").error["message"] == "This value must be greater than or equal to 0."


def test_the_deliveries_of_an_event_say_where_each_stands(server: Server, wire: Wire) -> None:
    endpoint = create_endpoint(wire)
    wire.create()
    event = when_addressed(server, wire, newest_event(wire)["id"], 1)
    path = f"/v1/events/{event['id']}"
    attempt = until(lambda: wire.get(f"{path}/attempts").json["data"], what="a first attempt")[0]
    (delivery,) = wire.get(f"{path}/deliveries").json["data"]
    assert (delivery["state"], delivery["webhook_endpoint"], delivery["url"]) == ("pending", endpoint, NOBODY)
    assert (attempt["webhook_endpoint"], attempt["outcome"]) == (endpoint, "unreachable")
    assert attempt["created"] < attempt["next_attempt"]
    assert wire.get(f"/v1/webhook_endpoints/{endpoint}/attempts").json["data"][-1]["id"] == attempt["id"]
    wire.send("DELETE", f"/v1/webhook_endpoints/{endpoint}")
    assert wire.get(f"{path}/deliveries").json["data"] == []
    assert wire.get(f"{path}/attempts").json["data"][0]["next_attempt"] is None


def test_an_account_under_a_platform_is_not_told_of_the_platforms_endpoints(server: Server, wire: Wire) -> None:
    under = wire.post("/v1/accounts").json["id"]
    own = Wire(server.url, server.make_key(under))
    endpoint = create_endpoint(wire, connect="true")
    own.create()
    event = when_addressed(server, own, newest_event(own)["id"], 1)
    path = f"/v1/events/{event['id']}"
    as_platform = {"Stripe-Account": under}
    until(lambda: wire.get(f"{path}/attempts", headers=as_platform).json["data"], what="a first attempt")
    (told,) = wire.get(f"{path}/deliveries", headers=as_platform).json["data"]
    assert (told["webhook_endpoint"], told["account"]) == (endpoint, under)
    assert own.get(f"{path}/deliveries").json["data"] == []
    assert own.get(f"{path}/attempts").json["data"] == []


def test_attempts_of_an_event_are_paged_by_its_own(server: Server, wire: Wire) -> None:
    for _ in range(2):
        create_endpoint(wire)
    wire.create()
    event = when_addressed(server, wire, newest_event(wire)["id"], 2)
    path = f"/v1/events/{event['id']}/attempts"
    newest, oldest = until(
        lambda: found if len(found := wire.get(path).json["data"]) == 2 else None, what="two attempts"
    )
    page = wire.get(f"{path}?limit=1&starting_after={newest['id']}").json
    assert ([each["id"] for each in page["data"]], page["has_more"]) == ([oldest["id"]], False)
    assert wire.get(f"{path}?starting_after=wa_x").error["param"] == "starting_after"
    assert wire.get("/v1/events/evt_x/attempts").status == 404
