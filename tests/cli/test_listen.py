"""`stripe listen`: every event reaches the listener once, signed, and what its local target answered is kept."""

import json
from collections.abc import Callable, Iterator

import pytest
import stripe
from stripe import StripeClient
from websockets.exceptions import ConnectionClosedOK
from websockets.sync.client import connect as websocket
from websockets.typing import Subprotocol

from brim.core.access.service import list_keys, revoke_key
from brim.platform.database import Database
from brim.testing.catcher import BackgroundCatcher, catching_in_background, status
from brim.testing.terminal import typed
from tests.support.polling import until
from tests.support.service import Server
from tests.support.stripe_cli import PATIENCE_S, StripeCli, attempts_of, listening
from tests.support.wire import PENDING, Wire


@pytest.fixture
def catcher() -> Iterator[BackgroundCatcher]:
    """A local target that answers 200."""
    with catching_in_background() as catcher:
        yield catcher


def test_an_event_is_forwarded_and_its_signature_is_right(
    stripe_cli: StripeCli, client: StripeClient, catcher: BackgroundCatcher
) -> None:
    secret = stripe_cli.run("listen", "--print-secret").text.strip()
    with listening(stripe_cli, "--all-snapshot", "--forward-to", catcher.url) as command:
        topup = client.v1.topups.create({"amount": 2000, "currency": "usd", "source": PENDING})
        command.wait_for("--> topup.created")
        command.wait_for("[200] POST")
    (post,) = catcher.caught
    event = stripe.Webhook.construct_event(post.body, post.headers["stripe-signature"], secret)
    assert event.data.object["id"] == topup.id


def test_the_secret_is_one_for_each_device(stripe_cli: StripeCli) -> None:
    first, second = (stripe_cli.run("listen", "--print-secret").text.strip() for _ in range(2))
    other = stripe_cli.run("listen", "--print-secret", env={"STRIPE_DEVICE_NAME": "laptop"}).text.strip()
    assert first.startswith("whsec_")
    assert first == second
    assert other != first


@pytest.mark.parametrize(("code", "outcome"), [(200, "delivered"), (500, "refused")])
def test_what_the_local_target_answers_is_kept_as_an_attempt(
    stripe_cli: StripeCli, server: Server, account: str, client: StripeClient, code: int, outcome: str
) -> None:
    with (
        catching_in_background(status(code, b"caught")) as catcher,
        listening(stripe_cli, "--all-snapshot", "--forward-to", catcher.url) as command,
    ):
        client.v1.topups.create({"amount": 2000, "currency": "usd", "source": PENDING})
        command.wait_for(f"[{code}] POST")
        kept = until(lambda: attempts_of(server, account), what="the attempt")
    assert kept == [(outcome, code, "caught")]


def test_the_latest_version_can_be_asked_for(
    stripe_cli: StripeCli, client: StripeClient, catcher: BackgroundCatcher
) -> None:
    with listening(stripe_cli, "--all-snapshot", "--latest", "--forward-to", catcher.url) as command:
        client.v1.topups.create({"amount": 2000, "currency": "usd", "source": PENDING})
        command.wait_for("[200] POST")
    assert len(catcher.caught) == 1


def test_two_listeners_both_hear_of_it(stripe_cli: StripeCli, client: StripeClient, catcher: BackgroundCatcher) -> None:
    with (
        listening(stripe_cli, "--all-snapshot", "--forward-to", catcher.url) as one,
        listening(stripe_cli, "--format", "JSON") as other,
    ):
        topup = client.v1.topups.create({"amount": 2000, "currency": "usd", "source": PENDING})
        one.wait_for("[200] POST")
        other.wait_for(topup.id)


def test_only_the_types_asked_for_are_shown(
    stripe_cli: StripeCli, client: StripeClient, catcher: BackgroundCatcher
) -> None:
    with listening(stripe_cli, "--events", "topup.canceled", "--forward-to", catcher.url) as command:
        topup = client.v1.topups.create({"amount": 2000, "currency": "usd", "source": PENDING})
        client.v1.topups.cancel(topup.id)
        command.wait_for("[200] POST")
    assert [json.loads(post.body)["type"] for post in catcher.caught] == ["topup.canceled"]


def test_it_works_over_the_unix_socket(each_cli: StripeCli, client: StripeClient, catcher: BackgroundCatcher) -> None:
    with listening(each_cli, "--all-snapshot", "--forward-to", catcher.url) as command:
        client.v1.topups.create({"amount": 2000, "currency": "usd", "source": PENDING})
        command.wait_for("[200] POST")


def test_another_accounts_events_never_reach_a_session(
    stripe_cli: StripeCli, server: Server, client: StripeClient, connect: Callable[[str], StripeClient]
) -> None:
    stranger = connect(server.make_key(server.make_account().id))
    with listening(stripe_cli, "--format", "JSON") as command:
        theirs = stranger.v1.topups.create({"amount": 1, "currency": "usd", "source": PENDING})
        ours = client.v1.topups.create({"amount": 2, "currency": "usd", "source": PENDING})
        command.wait_for(ours.id)
    assert theirs.id not in "".join(command.lines)


def test_as_many_as_may_listen_at_once(stripe_cli: StripeCli, wire: Wire) -> None:
    form = {"device_name": "x", "websocket_features[]": "webhooks"}
    assert [wire.post("/v1/stripecli/sessions", form).status for _ in range(51)] == [200] * 50 + [429]
    assert "too many" in stripe_cli.run("listen", "--print-secret").errors


UPGRADE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Protocol": "stripecli-devproxy-v1",
}


def test_an_unknown_session_is_refused_in_the_words_that_the_cli_waits_for(wire: Wire, account: str) -> None:
    for path in (f"/subscribe/{account}/test", f"/subscribe/{account}/live", "/subscribe/nobody"):
        refused = wire.get(path, headers={**UPGRADE, "Websocket-Id": "cliws_made_up"})
        assert (refused.status, refused.json) == (400, {"error": {"message": "Unknown WebSocket ID."}})


def test_a_session_connects_with_its_own_account_and_mode_only(server: Server, wire: Wire, account: str) -> None:
    session = wire.post("/v1/stripecli/sessions", {"device_name": "x", "websocket_features[]": "webhooks"}).json
    other = server.make_account().id
    for path in (f"/subscribe/{other}/test", f"/subscribe/{account}/live"):
        assert wire.get(path, headers={**UPGRADE, "Websocket-Id": session["websocket_id"]}).status == 400


def test_nothing_but_a_websocket_is_served_there(wire: Wire, account: str) -> None:
    assert wire.get(f"/subscribe/{account}/test").status == 404
    assert wire.get("/v1/topups", headers=UPGRADE).status == 200


@pytest.mark.parametrize(
    ("left_out", "status"),
    [("Sec-WebSocket-Key", 400), ("Sec-WebSocket-Version", 400), ("Sec-WebSocket-Protocol", 400)],
)
def test_a_handshake_that_is_none_is_refused_at_once(wire: Wire, account: str, left_out: str, status: int) -> None:
    session = wire.post("/v1/stripecli/sessions", {"device_name": "x", "websocket_features[]": "webhooks"}).json
    headers = {name: value for name, value in UPGRADE.items() if name != left_out}
    refused = wire.get(f"/subscribe/{account}/test", headers={**headers, "Websocket-Id": session["websocket_id"]})
    assert refused.status == status
    assert refused.body.startswith(b"Failed to open a WebSocket connection")


def test_a_session_needs_its_right(server: Server, account: str) -> None:
    restricted = Wire(server.url, server.make_key(account, permissions={"topups": "write"}))
    assert restricted.post("/v1/stripecli/sessions", {"device_name": "x"}).status == 403


def test_an_event_that_is_sent_again_comes_again_and_its_attempt_says_so(
    stripe_cli: StripeCli, server: Server, account: str, client: StripeClient, catcher: BackgroundCatcher
) -> None:
    with listening(stripe_cli, "--all-snapshot", "--forward-to", catcher.url) as command:
        client.v1.topups.create({"amount": 2000, "currency": "usd", "source": PENDING})
        command.wait_for("[200] POST")
        event_id = json.loads(catcher.caught[0].body)["id"]
        assert stripe_cli.run("events", "resend", event_id).json["id"] == event_id
        command.wait_for("[200] POST")
        kept = until(lambda: len(attempts_of(server, account)) == 2, what="the second attempt")
    assert kept
    assert [json.loads(post.body)["id"] for post in catcher.caught] == [event_id, event_id]


@pytest.mark.parametrize("sent", ["[]", '{"a": 1}', "nonsense"])
def test_filters_that_are_none_are_refused(wire: Wire, sent: str) -> None:
    reply = wire.post("/v1/stripecli/sessions", {"device_name": "x", "filters": sent})
    assert (reply.status, reply.error["param"]) == (400, "filters")


@pytest.fixture
def below(server: Server, account: str, connect: Callable[[str], StripeClient]) -> StripeClient:
    """The official client of an account under this test's own."""
    return connect(server.make_key(server.make_account(platform=account).id))


@pytest.fixture
def connect_catcher() -> Iterator[BackgroundCatcher]:
    """Another local target, for events of accounts under the own."""
    with catching_in_background() as catcher:
        yield catcher


def ids_in(catcher: BackgroundCatcher) -> list[str]:
    """Return the top-ups whose events were caught."""
    return [caught.event["data"]["object"]["id"] for caught in catcher.caught]


def test_a_platform_has_events_of_accounts_under_it_passed_on_to_their_own_target(
    stripe_cli: StripeCli,
    client: StripeClient,
    below: StripeClient,
    catcher: BackgroundCatcher,
    connect_catcher: BackgroundCatcher,
) -> None:
    targets = ("--forward-to", catcher.url, "--forward-connect-to", connect_catcher.url)
    with listening(stripe_cli, "--all-snapshot", *targets) as command:
        theirs = below.v1.topups.create({"amount": 1, "currency": "usd", "source": PENDING})
        command.wait_for("--> connect topup.created")
        command.wait_for("[200] POST")
        ours = client.v1.topups.create({"amount": 2, "currency": "usd", "source": PENDING})
        command.wait_for("[200] POST")
    assert (ids_in(catcher), ids_in(connect_catcher)) == ([ours.id], [theirs.id])


@pytest.mark.parametrize(("chosen", "is_theirs"), [("@self", False), ("@accounts", True)])
def test_one_chooses_whose_events_to_hear_of(
    stripe_cli: StripeCli,
    client: StripeClient,
    below: StripeClient,
    catcher: BackgroundCatcher,
    *,
    chosen: str,
    is_theirs: bool,
) -> None:
    with listening(stripe_cli, "--all-snapshot", "--events-from", chosen, "--forward-to", catcher.url) as command:
        made = [
            each.v1.topups.create({"amount": 1, "currency": "usd", "source": PENDING}).id for each in (below, client)
        ]
        command.wait_for("[200] POST")
    assert ids_in(catcher) == [made[0] if is_theirs else made[1]]


def test_an_event_of_an_account_below_is_sent_again_to_its_platform(
    stripe_cli: StripeCli, server: Server, account: str, below: StripeClient, catcher: BackgroundCatcher
) -> None:
    with listening(stripe_cli, "--all-snapshot", "--forward-to", catcher.url) as command:
        below.v1.topups.create({"amount": 1, "currency": "usd", "source": PENDING})
        command.wait_for("[200] POST")
        event = catcher.caught[0].event
        again = stripe_cli.run("events", "resend", event["id"], "--account", event["account"]).json
        command.wait_for("[200] POST")
        kept = until(lambda: len(attempts_of(server, account)) == 2, what="the second attempt")
    assert kept
    assert again["id"] == event["id"]
    assert [caught.event for caught in catcher.caught] == [event, event]


@pytest.mark.parametrize("flag", ["-a", "--use-configured-webhooks", "--load-from-webhooks-api"])
def test_endpoints_that_are_configured_are_found_at_the_local_target(
    stripe_cli: StripeCli, client: StripeClient, catcher: BackgroundCatcher, flag: str
) -> None:
    client.v1.webhook_endpoints.create({"url": "http://127.0.0.1:9/configured", "enabled_events": ["topup.created"]})
    base = catcher.url.removesuffix("/hooks")
    with listening(stripe_cli, "--all-snapshot", flag, "--forward-to", base) as command:
        topup = client.v1.topups.create({"amount": 1, "currency": "usd", "source": PENDING})
        client.v1.topups.cancel(topup.id)
        command.wait_for("--> topup.canceled")
        until(lambda: catcher.caught, what="the event that the endpoint asks for")
    assert [(caught.path, caught.event["type"]) for caught in catcher.caught] == [("/configured", "topup.created")]


def revoke(server: Server, account: str, secret: str) -> None:
    """End the key of a test."""

    async def find_and_revoke(database: Database) -> None:
        [found] = [key for key in await list_keys(database, account=account) if key.redacted.endswith(secret[-4:])]
        await revoke_key(database, key_id=found.id, **typed())

    server.run(find_and_revoke)


@pytest.mark.slow  # the CLI rests ten seconds before it asks for another session
def test_a_listener_ends_with_its_key(stripe_cli: StripeCli, server: Server, account: str, key: str) -> None:
    with listening(stripe_cli, "--format", "JSON") as command:
        revoke(server, account, key)
        command.wait_for("status=401")
        assert command.process.wait(PATIENCE_S) == 1


def test_a_connection_is_closed_soon_after_its_keys_end(server: Server, wire: Wire, account: str, key: str) -> None:
    session = wire.post("/v1/stripecli/sessions", {"device_name": "x", "websocket_features[]": "webhooks"}).json
    with websocket(
        session["websocket_url"],
        additional_headers={"Websocket-Id": session["websocket_id"]},
        subprotocols=[Subprotocol(UPGRADE["Sec-WebSocket-Protocol"])],
    ) as line:
        revoke(server, account, key)
        with pytest.raises(ConnectionClosedOK):
            line.recv(timeout=PATIENCE_S)
    refused = wire.get(f"/subscribe/{account}/test", headers={**UPGRADE, "Websocket-Id": session["websocket_id"]})
    assert (refused.status, refused.json) == (400, {"error": {"message": "Unknown WebSocket ID."}})
