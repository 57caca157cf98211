"""The limits of a process: who makes more requests a second is turned away, and nobody else.

A process of its own lets one request a second pass, so that a test need not be fast to empty a bucket.
"""

import http.client
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import stripe
from stripe import StripeClient

from brim.api.app import MAX_WRONG_KEYS
from brim.core.pairing import MAX_A_MINUTE_OF_ONE
from tests.support.brim_process import brim_command, brim_environment
from tests.support.service import Server, serving
from tests.support.wire import Wire, WireReply, assert_error

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


def test_a_key_pays_for_accounts_that_it_may_not_act_for(limited_url: str, key: str) -> None:
    wire = Wire(limited_url, key)
    with ThreadPoolExecutor(12) as pool:
        made_up = [f"acct_{number:016d}" for number in range(12)]
        replies = list(pool.map(lambda each: wire.get("/v1/balance", headers={"Stripe-Account": each}), made_up))
    assert {reply.status for reply in replies} == {403, 429}


def test_keys_that_nobody_has_are_refused_by_address_and_a_good_one_never(limited_url: str, server: Server) -> None:
    made_up = [f"sk_test_{number:030d}" for number in range(MAX_WRONG_KEYS * 3)]
    with ThreadPoolExecutor(12) as pool:
        replies = list(pool.map(lambda each: Wire(limited_url, each).get("/v1/balance"), made_up))
        assert {reply.status for reply in replies} == {401, 429}
        again = list(pool.map(lambda each: Wire(limited_url, each).get("/v1/balance"), made_up[:20]))
        assert turned_away(again)
        assert Wire(limited_url, server.make_account().key).get("/v1/balance").status == 200


def test_one_address_begins_so_many_logins_a_minute_and_another_still_may(server: Server, tmp_path: Path) -> None:
    def begin(client: str) -> int:
        with closing(http.client.HTTPConnection(urlsplit(url).netloc, source_address=(client, 0))) as connection:
            connection.request("POST", "/stripecli/auth", body="device_name=x")
            return connection.getresponse().status

    def command(port: int) -> list[str]:
        return brim_command("api", "--port", str(port), "--database-url", server.database_url)

    with serving(command, brim_environment(), tmp_path / "brim.log") as url:
        assert [begin("127.0.0.2") for _ in range(MAX_A_MINUTE_OF_ONE + 1)] == [200] * MAX_A_MINUTE_OF_ONE + [429]
        assert begin("127.0.0.3") == 200


def test_an_official_client_tries_again_by_itself(limited_url: str, key: str) -> None:
    patient = StripeClient(key, base_addresses={"api": limited_url}, max_network_retries=8)
    for _ in range(3):
        assert patient.v1.balance.retrieve().object == "balance"
    hasty = StripeClient(key, base_addresses={"api": limited_url}, max_network_retries=0)
    with pytest.raises(stripe.RateLimitError), ThreadPoolExecutor(12) as pool:
        list(pool.map(lambda _: hasty.v1.balance.retrieve(), range(12)))


def test_without_the_setting_the_sandbox_has_no_limit(server: Server, key: str) -> None:
    assert not turned_away(at_once(Wire(server.url, key), 40))
