"""The database goes away under load: 503 and no hang while it is gone, everything as before once it is back."""

import asyncio
import time
from typing import Any, Final

import pytest
import stripe
from stripe import StripeClient

from brim.core.integrity.books import verify_books
from brim.host.embedded import EmbeddedPostgres
from brim.platform.database import Database
from tests.support.brim_process import RunningBrim
from tests.support.load import Load, Observation
from tests.support.node import start_node
from tests.support.outages import DATABASE_TIMEOUT_S, brim, frozen, postgres_of_ours
from tests.support.polling import until
from tests.support.wire import PENDING, Wire, assert_error

__all__ = ["brim", "postgres_of_ours"]

CLIENTS: Final = 8
LONGEST_ANSWER_S: Final = 3 * DATABASE_TIMEOUT_S + 27.0
"""A request may wait for the batch before its own, for its own, and for a connection; the rest is for slow machines."""

AWAY: Final = "The database can't be reached right now. Please try again."
WISH: Final[Any] = {"amount": 1000, "currency": "usd", "source": PENDING}


async def have(load: Load, status: int, count: int, *, since: float = 0.0) -> None:
    """Return once that many requests begun since then were answered so."""
    await asyncio.to_thread(
        until, lambda: len(load.answers(status, since=since)) >= count, what=f"{count} answers {status}"
    )


def assert_refused_politely(observed: list[Observation]) -> None:
    """Every answer was a success or a 503 that invites a retry, and none took long."""
    for seen in observed:
        assert seen.status in {200, 503}, seen
        assert seen.seconds < LONGEST_ANSWER_S, seen
        if seen.status == 503:
            assert seen.should_retry == "true"
            assert seen.body == {"error": {"message": AWAY, "type": "api_error"}}


async def have_all_again(load: Load) -> float:
    """Return since when requests are answered as before: successes have come back, and then many came in a row."""
    await have(load, 200, 100, since=time.monotonic())
    settled = time.monotonic()
    await have(load, 200, 100, since=settled)
    return settled


def assert_back_for_good(load: Load, settled: float) -> None:
    """Nothing but successes came once they had come back."""
    assert {seen.status for seen in load.observed if seen.begun > settled} == {200}


async def assert_nothing_lost_or_doubled(load: Load, database_url: str) -> None:
    """Each acknowledged top-up is there, and a retry of each refused request makes exactly one."""
    refused = [seen.key for seen in load.observed if seen.status != 200]
    retried = await asyncio.to_thread(lambda: [load.create(key) for key in refused])
    assert {seen.status for seen in retried} <= {200}
    acknowledged = {seen.body["id"] for seen in [*load.answers(200), *retried]}
    assert len(acknowledged) == len(load.observed)
    database = await Database.connect(database_url)
    try:
        async with database.connection() as conn:
            records = await conn.fetch("SELECT id FROM topups")
        assert {record["id"] for record in records} == acknowledged
        assert (await verify_books(database)).differences == []
    finally:
        await database.close()


async def test_a_database_that_is_restarted_under_load_costs_only_its_absence(
    brim: RunningBrim, postgres_of_ours: EmbeddedPostgres
) -> None:
    load = Load(brim.url, brim.test_key)
    with load.running(CLIENTS):
        await have(load, 200, 100)
        postgres_of_ours.kill()
        gone = time.monotonic()
        await postgres_of_ours.wait()
        await have(load, 503, 50, since=gone)
        await postgres_of_ours.start()
        settled = await have_all_again(load)
    assert_refused_politely(load.observed)
    assert_back_for_good(load, settled)
    await assert_nothing_lost_or_doubled(load, postgres_of_ours.urls.owner)


async def test_a_database_that_hangs_under_load_hangs_nobody(
    brim: RunningBrim, postgres_of_ours: EmbeddedPostgres
) -> None:
    load = Load(brim.url, brim.test_key)
    with load.running(CLIENTS):
        await have(load, 200, 100)
        with frozen(postgres_of_ours):
            hung = time.monotonic()
            await have(load, 503, 2 * CLIENTS, since=hung)
        settled = await have_all_again(load)
    assert_refused_politely(load.observed)
    assert_back_for_good(load, settled)
    await assert_nothing_lost_or_doubled(load, postgres_of_ours.urls.owner)


async def test_without_a_database_every_route_says_so_at_once(
    brim: RunningBrim, postgres_of_ours: EmbeddedPostgres
) -> None:
    wire = Wire(brim.url, brim.test_key)
    topup = wire.create()
    postgres_of_ours.kill()
    await postgres_of_ours.wait()
    path = f"/v1/topups/{topup['id']}"
    for method, target in (
        ("GET", "/v1/topups"),
        ("GET", path),
        ("GET", f"{path}?expand[]=balance_transaction"),
        ("POST", path),
        ("POST", f"{path}/cancel"),
        ("GET", "/v1/balance"),
        ("GET", "/v1/balance_transactions"),
        ("GET", "/v1/events"),
    ):
        reply = wire.send(method, target, timeout_s=LONGEST_ANSWER_S)
        assert_error(reply, 503, AWAY, type_="api_error")
        assert reply.headers["stripe-should-retry"] == "true"
        assert reply.headers["retry-after"] == "1"
    assert wire.get("/healthz").status == 200
    assert wire.get("/readyz", timeout_s=LONGEST_ANSWER_S).status == 503
    await postgres_of_ours.start()
    until(lambda: wire.get(path).status == 200, what="the top-up to be there again")
    assert wire.get("/readyz").status == 200


async def test_the_python_client_sees_an_api_error_and_gets_through_by_retrying(
    brim: RunningBrim, postgres_of_ours: EmbeddedPostgres
) -> None:
    impatient = StripeClient(brim.test_key, base_addresses={"api": brim.url}, max_network_retries=0)
    patient = StripeClient(brim.test_key, base_addresses={"api": brim.url}, max_network_retries=5)
    postgres_of_ours.kill()
    await postgres_of_ours.wait()
    with pytest.raises(stripe.APIError) as caught:
        await asyncio.to_thread(impatient.v1.topups.create, WISH)
    assert (caught.value.http_status, caught.value.user_message) == (503, AWAY)
    creating = asyncio.create_task(asyncio.to_thread(patient.v1.topups.create, WISH))
    await postgres_of_ours.start()
    topup = await creating
    assert [found.id for found in impatient.v1.topups.list().data] == [topup.id]


async def test_the_node_client_sees_an_api_error_and_gets_through_by_retrying(
    brim: RunningBrim, postgres_of_ours: EmbeddedPostgres
) -> None:
    postgres_of_ours.kill()
    await postgres_of_ours.wait()
    process = start_node("outage.mjs", {"BASE_URL": brim.url, "TEST_KEY": brim.test_key})
    with process:
        assert process.stdout is not None
        assert await asyncio.to_thread(process.stdout.readline) == "refused\n"
        await postgres_of_ours.start()
        printed, _ = await asyncio.to_thread(process.communicate, timeout=30)
    assert process.returncode == 0, printed
    wire = Wire(brim.url, brim.test_key)
    assert [made["id"] for made in wire.get("/v1/topups").json["data"]] == [printed.strip()]
