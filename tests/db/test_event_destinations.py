"""Thin events on their way, pings, and what an owner is told of an endpoint that was disabled."""

from datetime import UTC, datetime

import msgspec
import pytest
import stripe

from brim.api.framework.errors import render_error, render_v2_error
from brim.api.resources.v2_core.destination_wire import destination_json, reveal_secret
from brim.api.resources.webhooks.wire import endpoint_json
from brim.api.wire_formats import WIRE_FORMATS
from brim.base.ids import IdFactory
from brim.base.scope import AccountScope
from brim.core.events import Event
from brim.core.events.rules import DEFAULT_API_VERSION, EventType
from brim.core.idempotency.rules import KeyClaim
from brim.core.idempotency.service import RequestContext
from brim.core.webhooks import destinations as event_destinations
from brim.core.webhooks import service as webhooks
from brim.core.webhooks.deliveries import EndpointKey
from brim.core.webhooks.endpoints import EndpointDisabledError, EndpointEdit, EndpointRules, NewEndpoint
from brim.core.webhooks.event_deliveries import send_newest
from brim.core.webhooks.rules import EventPayload
from brim.core.webhooks.service import EndpointParameters, EndpointReplies
from brim.platform.database import Database
from brim.testing.catcher import Caught, catching, status
from tests.support.audits import TESTER
from tests.support.books import NOW_MS, OWNER, rows
from tests.support.hooks import IDS, SECRET, VAULT, Hooks, add_endpoint, add_events, states

HOUR_MS = 3_600_000
CLIENT = stripe.StripeClient("sk_test_1")
LONG_AGO_S = 100 * 365 * 24 * 3600
OUT_OF_ORDER = status(500)


def read_notification(caught: Caught) -> object:
    """Return a notification as the official SDK reads it, its signature verified; tests live in the past."""
    return CLIENT.parse_event_notification(caught.body, caught.headers["stripe-signature"], SECRET, LONG_AGO_S)


def context_of(key: str | None = None, *, now_ms: int = NOW_MS) -> RequestContext:
    claim = KeyClaim(key, b"same") if key else None
    return RequestContext(
        scope=OWNER,
        claim=claim,
        request_id="req_1",
        api_version=DEFAULT_API_VERSION,
        now_ms=now_ms,
        by=TESTER,
        ids=IdFactory(),
    )


async def test_a_thin_event_names_its_object_and_a_retry_sends_the_same_bytes(each_database: Database) -> None:
    async with catching() as catcher:
        catcher.reply = OUT_OF_ORDER
        await add_endpoint(each_database, catcher.url, event_payload=EventPayload.THIN)
        [event] = await add_events(each_database, 1)
        hooks = Hooks(each_database)
        await hooks.pass_time(0)
        catcher.reply = status(200)
        await hooks.pass_time(5_000)
    first, again = catcher.caught
    assert first.body == again.body
    assert first.headers["stripe-signature"] != again.headers["stripe-signature"]
    assert isinstance(read_notification(again), stripe.events.V1TopupCreatedEventNotification)
    assert msgspec.json.decode(first.body) == {
        "id": event,
        "object": "v2.core.event",
        "changes": None,
        "context": None,
        "created": datetime.fromtimestamp(NOW_MS // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "livemode": False,
        "related_object": {"id": "tu_x", "type": "topup", "url": "/v1/topups/tu_x"},
        "snapshot_event": event,
        "type": "v1.topup.created",
    }
    assert await states(each_database) == {"delivered": 1}


@pytest.mark.parametrize("kind", [kind for kind in EventType if kind is not EventType.PING])
async def test_every_type_of_event_has_a_thin_form_that_the_sdk_reads(database: Database, kind: EventType) -> None:
    async with catching() as catcher:
        await add_endpoint(database, catcher.url, event_payload=EventPayload.THIN)
        await add_events(database, 1, kind=kind)
        await Hooks(database).pass_time(0)
    notification = read_notification(catcher.caught[0])
    assert isinstance(notification, stripe.v2.core.EventNotification)
    is_vendors = not kind.startswith("brim.")
    is_known = is_vendors and not kind.startswith("reporting.")  # the SDK has no class for events of reports
    assert isinstance(notification, stripe.events.UnknownEventNotification) != is_known
    assert notification.type == (f"v1.{kind}" if is_vendors else kind)


async def test_a_ping_has_a_number_of_its_own_and_one_receiver(each_database: Database) -> None:
    async with catching() as catcher:
        thin = await add_endpoint(
            each_database, catcher.url, event_payload=EventPayload.THIN, enabled_events=("topup.failed",)
        )
        everything = await add_endpoint(each_database, catcher.url + "?everything")
        await add_events(each_database, 1)
        hooks = Hooks(each_database)
        await hooks.pass_time(0)
        replies = [
            await event_destinations.ping_destination(
                each_database,
                context_of("ping"),
                thin.id,
                ids=IDS,
                renderers=WIRE_FORMATS,
                render_error=render_v2_error,
            )
            for _ in range(2)
        ]
        await add_events(each_database, 1)
        await hooks.pass_time(1_000)
    assert replies[0].body == replies[1].body
    ping = msgspec.json.decode(replies[0].body)
    sent = await rows(each_database, "SELECT endpoint FROM webhook_attempts WHERE event = $1", ping["id"])
    assert [row["endpoint"] for row in sent] == [thin.id]
    [caught] = [caught for caught in catcher.caught if "?everything" not in caught.path]
    assert isinstance(read_notification(caught), stripe.events.V2CoreEventDestinationPingEventNotification)
    assert caught.headers["brim-sequence"] == "2"
    numbers = await rows(each_database, "SELECT number FROM event_numbers ORDER BY number")
    assert [row["number"] for row in numbers] == [1, 2, 3]
    assert everything.id not in {row["endpoint"] for row in sent}


async def test_a_test_without_a_type_never_sends_a_ping(each_database: Database) -> None:
    """Also where the endpoint asks for all events, and a ping of another destination is the newest one."""
    thin = await add_endpoint(each_database, "http://127.0.0.1:9/", event_payload=EventPayload.THIN)
    everything = await add_endpoint(each_database, "http://127.0.0.1:9/?everything")
    await add_events(each_database, 1)
    await event_destinations.ping_destination(
        each_database, context_of("ping"), thin.id, ids=IDS, renderers=WIRE_FORMATS, render_error=render_v2_error
    )
    sent: list[str] = []

    def render(event: Event, _pending: int) -> bytes:
        sent.append(event.type)
        return b"{}"

    for number, endpoint in enumerate((everything, thin)):
        await send_newest(
            each_database,
            context_of(f"test {number}"),
            endpoint.id,
            event_type=None,
            render=render,
            render_error=render_v2_error,
        )
    assert len(sent) == 2
    assert EventType.PING not in sent


async def test_a_ping_to_a_disabled_destination_is_refused_and_leaves_nothing(database: Database) -> None:
    off = await add_endpoint(database, "http://127.0.0.1:9/", disabled_because="owner")
    with pytest.raises(EndpointDisabledError):
        await event_destinations.ping_destination(
            database, context_of("ping"), off.id, ids=IDS, renderers=WIRE_FORMATS, render_error=render_v2_error
        )
    assert await rows(database, "SELECT FROM events UNION ALL SELECT FROM event_counters") == []


async def _fail_for_three_days(database: Database, hooks: Hooks) -> None:
    """Let something be tried each hour until three days and an hour are over."""
    for _ in range(73):
        await add_events(database, 1, kind="topup.failed")
        await hooks.pass_time(HOUR_MS)


async def test_an_endpoint_that_was_turned_off_is_told_of_to_the_accounts_other_endpoints(
    database: Database,
) -> None:
    async with catching() as broken, catching() as well, catching() as stranger:
        broken.reply = OUT_OF_ORDER
        key = await add_endpoint(database, broken.url, enabled_events=("topup.failed",))
        await add_endpoint(database, well.url, enabled_events=("brim.webhook_endpoint.disabled",))
        await add_endpoint(database, stranger.url, scope=AccountScope("acct_stranger", livemode=False))
        hooks = Hooks(database)
        await _fail_for_three_days(database, hooks)
        assert well.caught == []
        await hooks.pass_time(HOUR_MS)
        await hooks.pass_time(HOUR_MS)
    [caught] = well.caught
    event = msgspec.json.decode(caught.body)
    assert (event["type"], event["request"]) == (
        "brim.webhook_endpoint.disabled",
        {"id": None, "idempotency_key": None},
    )
    told = event["data"]["object"]
    assert (told["id"], told["status"]) == (key.id, "disabled")
    assert told["brim"]["delivery"]["disabled_because"] == "failures"
    assert told["brim"]["delivery"]["disabled_at"] == (NOW_MS + 73 * HOUR_MS) // 1000
    assert told["brim"]["delivery"]["failing_since"] == (NOW_MS + HOUR_MS) // 1000
    assert (
        "disabled because every attempt since Nov 14, 2023, 23:13 UTC has failed"
        in (told["brim"]["delivery"]["notice"])
    )
    assert "secret" not in told
    assert event["created"] == (NOW_MS + 73 * HOUR_MS) // 1000
    assert stranger.caught == []
    found = await rows(database, "SELECT object_id FROM events WHERE type = 'brim.webhook_endpoint.disabled'")
    assert [row["object_id"] for row in found] == [key.id]


async def test_a_failing_endpoint_warns_before_and_forgets_it_when_it_is_turned_on_again(database: Database) -> None:
    async with catching() as broken:
        broken.reply = OUT_OF_ORDER
        key = await add_endpoint(database, broken.url)
        hooks = Hooks(database)
        assert await _notice(database, key) is None
        await add_events(database, 1)
        await hooks.pass_time(HOUR_MS)
        assert "is disabled" in str(await _notice(database, key))
        await _fail_for_three_days(database, hooks)
        assert "was disabled" in str(await _notice(database, key))
        await webhooks.update_endpoint(
            database,
            context_of(now_ms=hooks.now_ms),
            key.id,
            EndpointEdit(disabled=False),
            rules=EndpointRules(),
            replies=EndpointReplies(lambda endpoint, _: endpoint_json(endpoint), render_error, lambda _: None),
        )
        assert await _notice(database, key) is None
        broken.reply = status(200)
        made = len(broken.caught)
        await add_events(database, 1)
        await hooks.pass_time(HOUR_MS)
    fresh = {caught.event_id for caught in broken.caught[made:]}
    assert len(fresh) >= 1
    assert (await webhooks.retrieve_endpoint(database, OWNER, key.id)).updated == (hooks.now_ms - HOUR_MS) // 1000


async def _notice(database: Database, key: EndpointKey) -> object:
    """Return what is told of an endpoint's health."""
    endpoint = await webhooks.retrieve_endpoint(database, key.scope, key.id)
    reply = msgspec.json.decode(endpoint_json(endpoint, with_extras=True))
    return reply["brim"]["delivery"]["notice"]


async def test_a_kept_reply_holds_no_secret_in_the_clear(database: Database) -> None:
    await rows(database, "INSERT INTO accounts (account, created) VALUES ($1, 0)", OWNER.account)
    wanted = EndpointParameters(
        new=NewEndpoint(url="http://127.0.0.1:9/", enabled_events=("*",), secret="whsec_clear"),
        rules=EndpointRules(),
        ids=IDS,
        vault=VAULT,
        render=lambda endpoint, secret: destination_json(endpoint, secret=secret),
        reveal=reveal_secret,
        render_error=render_v2_error,
    )
    answer = await event_destinations.create_destination(database, context_of("once"), wanted)
    assert b"whsec_clear" in answer.body
    [kept] = await rows(database, "SELECT response_body::text AS body FROM idempotency_keys")
    assert "whsec_clear" not in kept["body"]
