"""`stripe listen` for thin events: sent, signed, filtered, sent again and kept just as snapshots are."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import stripe
from stripe import StripeClient
from stripe.events import V1TopupCreatedEventNotification

from brim.testing.catcher import BackgroundCatcher, catching_in_background, status
from tests.support.polling import until
from tests.support.service import Server
from tests.support.stripe_cli import StripeCli, attempts_of, listening
from tests.support.wire import PENDING

WISH: Any = {"amount": 2000, "currency": "usd", "source": PENDING}
EITHER_WAY = pytest.mark.parametrize(
    "flags", [("--all-thin", "--forward-to"), ("--thin-events", "v1.topup.created", "--forward-thin-to")]
)


@pytest.fixture
def catcher() -> Iterator[BackgroundCatcher]:
    """A local target that answers 200."""
    with catching_in_background() as catcher:
        yield catcher


@pytest.fixture
def other_catcher() -> Iterator[BackgroundCatcher]:
    """Another local target that answers 200."""
    with catching_in_background() as catcher:
        yield catcher


@pytest.fixture
def below(server: Server, account: str, connect: Callable[[str], StripeClient]) -> StripeClient:
    """The official client of an account under this test's own."""
    return connect(server.make_key(server.make_account(platform=account).id))


def about(catcher: BackgroundCatcher) -> list[tuple[str, str]]:
    """Return type and top-up of the thin events that were caught."""
    return [(caught.event["type"], caught.event["related_object"]["id"]) for caught in catcher.caught]


@EITHER_WAY
def test_a_thin_event_is_forwarded_with_a_signature_that_the_sdk_verifies(
    stripe_cli: StripeCli, client: StripeClient, catcher: BackgroundCatcher, flags: tuple[str, ...]
) -> None:
    secret = stripe_cli.run("listen", "--print-secret").text.strip()
    with listening(stripe_cli, *flags, catcher.url) as command:
        topup = client.v1.topups.create(WISH)
        command.wait_for("--> v1.topup.created")
        command.wait_for("[200] POST")
    (post,) = catcher.caught
    notification = client.parse_event_notification(post.body, post.headers["stripe-signature"], secret)
    assert isinstance(notification, V1TopupCreatedEventNotification)
    assert notification.fetch_related_object().id == topup.id
    assert notification.fetch_event().id == notification.id
    with pytest.raises(stripe.SignatureVerificationError):
        client.parse_event_notification(post.body, post.headers["stripe-signature"], "whsec_other")


@pytest.mark.parametrize(("code", "outcome"), [(200, "delivered"), (500, "refused")])
def test_what_is_answered_to_a_thin_event_is_kept_as_an_attempt(
    stripe_cli: StripeCli, server: Server, account: str, client: StripeClient, code: int, outcome: str
) -> None:
    with (
        catching_in_background(status(code, b"caught")) as catcher,
        listening(stripe_cli, "--all-thin", "--forward-to", catcher.url) as command,
    ):
        client.v1.topups.create(WISH)
        command.wait_for(f"[{code}] POST")
        kept = until(lambda: attempts_of(server, account), what="the attempt")
    assert kept == [(outcome, code, "caught")]


@pytest.mark.parametrize(
    "flags",
    [
        ("--events", "v1.topup.canceled", "--forward-to"),
        ("--thin-events", "v1.topup.canceled", "--forward-thin-to"),
        ("--thin-events", "v1.topup.canceled,v1.topup.failed", "--forward-thin-to"),
    ],
)
def test_only_the_thin_events_asked_for_are_forwarded(
    stripe_cli: StripeCli, client: StripeClient, catcher: BackgroundCatcher, flags: tuple[str, ...]
) -> None:
    with listening(stripe_cli, *flags, catcher.url) as command:
        topup = client.v1.topups.create(WISH)
        client.v1.topups.cancel(topup.id)
        command.wait_for("[200] POST")
    assert about(catcher) == [("v1.topup.canceled", topup.id)]


def test_one_session_forwards_both_forms_each_to_its_own_target(
    stripe_cli: StripeCli,
    server: Server,
    account: str,
    client: StripeClient,
    catcher: BackgroundCatcher,
    other_catcher: BackgroundCatcher,
) -> None:
    snapshots = ("--events", "topup.created", "--forward-to", catcher.url)
    thin = ("--thin-events", "v1.topup.created", "--forward-thin-to", other_catcher.url)
    with listening(stripe_cli, *snapshots, *thin) as command:
        topup = client.v1.topups.create(WISH)
        command.wait_for("[200] POST")
        command.wait_for("[200] POST")
        kept = until(lambda: attempts_of(server, account)[1:], what="both attempts")
    assert kept == [("delivered", 200, "ok")]
    (snapshot,), (notification,) = catcher.caught, other_catcher.caught
    assert snapshot.event["data"]["object"]["id"] == topup.id
    assert notification.event["snapshot_event"] == snapshot.event["id"] == notification.event["id"]


def test_whoever_only_watches_is_shown_each_event_once(stripe_cli: StripeCli, client: StripeClient) -> None:
    with listening(stripe_cli) as command:
        client.v1.topups.cancel(client.v1.topups.create(WISH).id)
        command.wait_for("--> topup.canceled")
    types = shown(command.lines)
    assert types.count("topup.created") == 1
    assert not [each for each in types if each.startswith("v1.")]


def shown(lines: list[str]) -> list[str]:
    """Return the types of the events that the CLI has printed."""
    return [line.split("--> ")[1].split()[0] for line in list(lines) if "--> " in line]


@pytest.mark.parametrize(
    "flags",
    [
        ("--all-thin", "--forward-to", "{own}", "--forward-connect-to", "{below}"),
        ("--thin-events", "*", "--forward-thin-to", "{own}", "--forward-thin-connect-to", "{below}"),
    ],
)
def test_thin_events_of_accounts_below_go_to_their_own_target(
    stripe_cli: StripeCli,
    client: StripeClient,
    below: StripeClient,
    catcher: BackgroundCatcher,
    other_catcher: BackgroundCatcher,
    flags: tuple[str, ...],
) -> None:
    targets = {"own": catcher.url, "below": other_catcher.url}
    with listening(stripe_cli, *(flag.format(**targets) for flag in flags)) as command:
        theirs = below.v1.topups.create(WISH)
        command.wait_for("--> connect v1.topup.created")
        command.wait_for("[200] POST")
        ours = client.v1.topups.create(WISH)
        command.wait_for("--> v1.topup.created")
        command.wait_for("[200] POST")
    assert about(catcher) == [("v1.topup.created", ours.id)]
    assert about(other_catcher) == [("v1.topup.created", theirs.id)]
    assert [caught.event["context"] for caught in catcher.caught] == [None]
    (context,) = [caught.event["context"] for caught in other_catcher.caught]
    assert client.v1.topups.retrieve(theirs.id, options={"stripe_account": context}).id == theirs.id


@pytest.mark.parametrize(("chosen", "is_theirs"), [("@self", False), ("@accounts", True)])
def test_one_chooses_whose_thin_events_to_hear_of(
    stripe_cli: StripeCli,
    client: StripeClient,
    below: StripeClient,
    catcher: BackgroundCatcher,
    *,
    chosen: str,
    is_theirs: bool,
) -> None:
    with listening(stripe_cli, "--all-thin", "--events-from", chosen, "--forward-to", catcher.url) as command:
        theirs, ours = (each.v1.topups.create(WISH).id for each in (below, client))
        command.wait_for("[200] POST")
    assert about(catcher) == [("v1.topup.created", theirs if is_theirs else ours)]


def test_a_thin_event_that_is_sent_again_comes_again_and_is_kept_again(
    stripe_cli: StripeCli, server: Server, account: str, client: StripeClient, catcher: BackgroundCatcher
) -> None:
    with listening(stripe_cli, "--all-thin", "--forward-to", catcher.url) as command:
        client.v1.topups.create(WISH)
        command.wait_for("[200] POST")
        event_id = json.loads(catcher.caught[0].body)["id"]
        assert stripe_cli.run("events", "resend", event_id).json["id"] == event_id
        command.wait_for("[200] POST")
        until(lambda: len(attempts_of(server, account)) == 2, what="the second attempt")
    first, second = catcher.caught
    assert first.event == second.event


def test_thin_events_come_over_the_unix_socket_too(
    each_cli: StripeCli, client: StripeClient, catcher: BackgroundCatcher
) -> None:
    with listening(each_cli, "--all-thin", "--forward-to", catcher.url) as command:
        client.v1.topups.create(WISH)
        command.wait_for("[200] POST")


def test_another_accounts_thin_events_never_reach_a_session(
    stripe_cli: StripeCli,
    server: Server,
    client: StripeClient,
    connect: Callable[[str], StripeClient],
    catcher: BackgroundCatcher,
) -> None:
    stranger = connect(server.make_key(server.make_account().id))
    with listening(stripe_cli, "--all-thin", "--forward-to", catcher.url) as command:
        stranger.v1.topups.create(WISH)
        ours = client.v1.topups.create(WISH)
        command.wait_for("[200] POST")
    assert about(catcher) == [("v1.topup.created", ours.id)]
