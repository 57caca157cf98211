"""The limits of a process: who makes more requests a second is turned away, and nobody else.

A process of its own lets one request a second pass, so that a test need not be fast to empty a bucket.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import stripe
from stripe import StripeClient

from api.wire import Wire, WireReply, assert_error
from brim_process import brim_command, brim_environment
from service import Server, serving

LIMITED = "Request rate limit exceeded. Learn more about rate limits here https://stripe.com/docs/rate-limits."


@pytest.fixture(scope="module")
def limited_url(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of one more API process, which answers one test request a second."""

    def command(port: int) -> list[str]:
        return brim_command("api", "--port", str(port), "--database-url", server.database_url)

    with serving(
        command, brim_environment({"BRIM_RATE_LIMIT_TEST": "1"}), tmp_path_factory.mktemp("limited") / "brim.log"
    ) as url:
        yield url


def at_once(wire: Wire, count: int, path: str = "/v1/balance", **more: str) -> list[WireReply]:
    """Send so many requests at once and return the answers."""
    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(lambda _: wire.get(path, headers=more), range(count)))


def turned_away(replies: list[WireReply]) -> list[WireReply]:
    return [reply for reply in replies if reply.status == 429]


def test_a_key_that_asks_too_often_is_turned_away_as_the_vendor_does(limited_url: str, key: str) -> None:
    refused = turned_away(at_once(Wire(limited_url, key), 12))
    assert refused
    for reply in refused:
        assert_error(reply, 429, LIMITED, code="rate_limit")
        assert reply.headers["stripe-should-retry"] == "true"
        assert reply.headers["stripe-rate-limited-reason"] == "global-rate"
        assert reply.headers["access-control-allow-origin"] == "*"


def test_another_account_is_answered_meanwhile(limited_url: str, key: str, server: Server) -> None:
    noisy, quiet = Wire(limited_url, key), Wire(limited_url, server.make_account().key)
    assert turned_away(at_once(noisy, 12))
    assert quiet.get("/v1/balance").status == 200


def test_writes_have_a_bucket_of_their_own(limited_url: str, key: str) -> None:
    wire = Wire(limited_url, key)
    assert turned_away(at_once(wire, 12))
    assert wire.post("/v1/topups", {"amount": 100, "currency": "usd"}).status == 200


def test_an_account_has_one_bucket_for_all_its_keys(limited_url: str, server: Server, account: str) -> None:
    wires = [Wire(limited_url, server.make_key(account)) for _ in range(12)]
    with ThreadPoolExecutor(len(wires)) as pool:
        replies = list(pool.map(lambda wire: wire.get("/v1/balance"), wires))
    assert turned_away(replies)


def test_a_platforms_key_has_one_bucket_for_all_its_accounts(
    limited_url: str, server: Server, account: str, key: str
) -> None:
    below = [server.make_account(platform=account).id for _ in range(12)]
    with ThreadPoolExecutor(len(below)) as pool:
        replies = list(
            pool.map(lambda each: Wire(limited_url, key).get("/v1/balance", headers={"Stripe-Account": each}), below)
        )
    assert turned_away(replies)


def test_an_official_client_tries_again_by_itself(limited_url: str, key: str) -> None:
    patient = StripeClient(key, base_addresses={"api": limited_url}, max_network_retries=8)
    for _ in range(3):
        assert patient.v1.balance.retrieve().object == "balance"
    hasty = StripeClient(key, base_addresses={"api": limited_url}, max_network_retries=0)
    with pytest.raises(stripe.RateLimitError), ThreadPoolExecutor(12) as pool:
        list(pool.map(lambda _: hasty.v1.balance.retrieve(), range(12)))


def test_without_the_setting_the_sandbox_has_no_limit(server: Server, key: str) -> None:
    assert not turned_away(at_once(Wire(server.url, key), 40))
