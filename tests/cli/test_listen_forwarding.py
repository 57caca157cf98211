"""How `stripe listen` and `brim listen` pass events on: with headers of the user's own, and over TLS."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import stripe
from stripe import StripeClient

from brim.testing.catcher import BackgroundCatcher, catching_in_background
from tests.support.brim_process import brim_command, brim_environment, run_brim
from tests.support.certificates import self_signed
from tests.support.polling import until
from tests.support.service import Server
from tests.support.stripe_cli import RunningCli, StripeCli, attempts_of, listening
from tests.support.wire import PENDING, Wire

WISH: Any = {"amount": 2000, "currency": "usd", "source": PENDING}
SETTLING: Any = {"amount": 2000, "currency": "usd", "source": "btok_us_verified"}
BOTH_FORMS = pytest.mark.parametrize("form", ["--all-snapshot", "--all-thin"])


@pytest.fixture
def catcher() -> Iterator[BackgroundCatcher]:
    """A local target that answers 200."""
    with catching_in_background() as catcher:
        yield catcher


@pytest.fixture
def tls_catcher(tmp_path: Path) -> Iterator[BackgroundCatcher]:
    """A local target for https whose certificate nobody vouches for."""
    with catching_in_background(tls=self_signed(tmp_path)) as catcher:
        yield catcher


@pytest.fixture
def below(server: Server, account: str, connect: Callable[[str], StripeClient]) -> StripeClient:
    """The official client of an account under this test's own."""
    return connect(server.make_key(server.make_account(platform=account).id))


# Headers.


@BOTH_FORMS
@pytest.mark.parametrize("flag", ["--headers", "-H"])
def test_headers_of_ones_own_come_beside_the_signature(
    stripe_cli: StripeCli, client: StripeClient, catcher: BackgroundCatcher, form: str, flag: str
) -> None:
    headers = "X-Tenant: books, Authorization: Bearer let-me-in"
    with listening(stripe_cli, form, flag, headers, "--forward-to", catcher.url) as command:
        client.v1.topups.create(WISH)
        command.wait_for("[200] POST")
    (post,) = catcher.caught
    assert (post.headers["x-tenant"], post.headers["authorization"]) == ("books", "Bearer let-me-in")
    assert post.headers["stripe-signature"].startswith("t=")


@BOTH_FORMS
def test_events_of_accounts_below_have_headers_of_their_own(
    stripe_cli: StripeCli, client: StripeClient, below: StripeClient, catcher: BackgroundCatcher, form: str
) -> None:
    headers = ("--headers", "X-Whose: ours", "--connect-headers", "X-Whose: theirs")
    with listening(stripe_cli, form, *headers, "--forward-to", catcher.url) as command:
        for each in (below, client):
            each.v1.topups.create(WISH)
            command.wait_for("[200] POST")
    assert [post.headers["x-whose"] for post in catcher.caught] == ["theirs", "ours"]


def test_a_header_of_ones_own_is_never_told_to_the_service(
    stripe_cli: StripeCli, client: StripeClient, wire: Wire, catcher: BackgroundCatcher
) -> None:
    with listening(stripe_cli, "--all-snapshot", "-H", "X-Token: hidden", "--forward-to", catcher.url) as command:
        client.v1.topups.create(WISH)
        command.wait_for("[200] POST")
        event_id = catcher.caught[0].event_id
        kept = until(lambda: attempts_told(wire, event_id), what="the attempt")
    assert "hidden" not in str(kept)
    assert kept[0]["request_headers"]["Forwarded-To"] == catcher.url


def attempts_told(wire: Wire, event_id: str) -> list[Any]:
    """Return the attempts of an event as the API tells them."""
    found: list[Any] = wire.get(f"/v1/events/{event_id}/attempts").json["data"]
    return found


# TLS.


@BOTH_FORMS
def test_without_verification_an_event_reaches_a_target_that_nobody_vouches_for(
    stripe_cli: StripeCli, server: Server, account: str, client: StripeClient, tls_catcher: BackgroundCatcher, form: str
) -> None:
    assert tls_catcher.url.startswith("https://")
    with listening(stripe_cli, form, "--skip-verify", "--forward-to", tls_catcher.url) as command:
        client.v1.topups.create(WISH)
        command.wait_for("[200] POST")
        kept = until(lambda: attempts_of(server, account), what="the attempt")
    assert kept == [("delivered", 200, "ok")]
    assert len(tls_catcher.caught) == 1


@BOTH_FORMS
def test_with_verification_the_cli_says_why_it_fails_and_goes_on(
    stripe_cli: StripeCli, client: StripeClient, wire: Wire, tls_catcher: BackgroundCatcher, form: str
) -> None:
    """It says so to its user alone: the service hears only that the event has arrived, and keeps no attempt."""
    with listening(stripe_cli, form, "--forward-to", tls_catcher.url) as command:
        for _ in range(2):
            client.v1.topups.create(WISH)
            assert "failed to verify certificate" in command.wait_for("Failed to POST")
    event_ids = [event["id"] for event in wire.get("/v1/events").json["data"]]
    assert [attempts_told(wire, event_id) for event_id in event_ids] == [[], []]
    assert not tls_catcher.caught


# The same with brim listen.


@pytest.fixture
def start(server: Server, key: str, tmp_path: Path) -> Callable[..., RunningCli]:
    """A function that starts `brim listen` and returns it once it is ready."""
    there = ("--api-base", server.url, "--api-key", key, "--data-dir", str(tmp_path / "none"))

    def start(*arguments: str) -> RunningCli:
        command = RunningCli(brim_command("listen", *arguments, *there), brim_environment())
        command.wait_for("Ready.")
        return command

    return start


@pytest.mark.parametrize("form", [(), ("--thin",)])
def test_a_certificate_that_nobody_vouches_for_is_an_attempt_that_says_so(
    start: Callable[..., RunningCli],
    client: StripeClient,
    wire: Wire,
    tls_catcher: BackgroundCatcher,
    form: tuple[str, ...],
) -> None:
    with start(*form, "--forward-to", tls_catcher.url) as command:
        client.v1.topups.create(WISH)
        event_id = command.wait_for("The certificate could not be verified").split()[-1]
        (kept,) = until(lambda: attempts_told(wire, event_id), what="the attempt")
    assert (kept["outcome"], kept["http_status"], kept["response_head"]) == ("unreachable", None, None)
    assert kept["problem"].startswith("The certificate could not be verified: self-signed certificate")
    assert kept["request_headers"]["Forwarded-To"] == tls_catcher.url
    assert not tls_catcher.caught


def test_brim_listen_reaches_it_without_verification(
    start: Callable[..., RunningCli], client: StripeClient, wire: Wire, tls_catcher: BackgroundCatcher
) -> None:
    with start("--skip-verify", "--forward-to", tls_catcher.url) as command:
        client.v1.topups.create(WISH)
        event_id = command.wait_for("[200]").split()[-1]
        (kept,) = until(lambda: attempts_told(wire, event_id), what="the attempt")
    assert (kept["outcome"], kept["problem"]) == ("delivered", None)


def test_brim_listen_passes_thin_events_on_that_the_sdk_verifies(
    start: Callable[..., RunningCli],
    server: Server,
    account: str,
    key: str,
    client: StripeClient,
    catcher: BackgroundCatcher,
) -> None:
    secret = run_brim("listen", "--thin", "--print-secret", "--api-base", server.url, "--api-key", key).stdout.strip()
    with start("--thin", "--events", "v1.topup.canceled", "--forward-to", catcher.url) as command:
        topup = client.v1.topups.create(WISH)
        client.v1.topups.cancel(topup.id)
        shown = command.wait_for("v1.topup.canceled").split()
        command.wait_for("[200]")
        kept = until(lambda: attempts_of(server, account), what="the attempt")
    assert kept == [("delivered", 200, "ok")]
    (post,) = catcher.caught
    assert shown[1:] == ["v1.topup.canceled", topup.id, account, post.event_id]
    notification = client.parse_event_notification(post.body, post.headers["stripe-signature"], secret)
    assert notification.type == "v1.topup.canceled"
    with pytest.raises(stripe.SignatureVerificationError):
        client.parse_event_notification(post.body, post.headers["stripe-signature"], "whsec_other")


def test_brim_listen_shows_a_thin_event_of_a_balance_and_of_an_account_below(
    start: Callable[..., RunningCli], server: Server, account: str, connect: Callable[[str], StripeClient]
) -> None:
    theirs = server.make_account(platform=account).id
    with start("--thin") as command:
        connect(server.make_key(theirs)).v1.topups.create(SETTLING)
        shown = command.wait_for("v1.balance.available").split()
    assert shown[2:4] == ["balance", theirs]
