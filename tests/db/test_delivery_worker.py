"""A real worker process sends what is created and settled, and survives being killed at the worst moment."""

import asyncio
from collections import Counter

import msgspec

from brim.base.clock import system_clock_ms
from brim.base.ids import IdFactory
from brim.core.topups.batches import Batches
from brim.platform.announcements.service import Announcer
from brim.platform.announcements.store import Announcement
from brim.platform.database import Database
from brim.testing.catcher import Caught, catching, status
from tests.support.books import execute, new_topup
from tests.support.hooks import ENCRYPTION_KEY, insert_endpoint, new_endpoint, states
from tests.support.workers import running_worker, until

ENVIRONMENT = {"BRIM_ENCRYPTION_KEY": ENCRYPTION_KEY}


async def create_now(database: Database, count: int) -> None:
    """Create top-ups as an API process does."""
    batches, ids = (
        Batches(database, system_clock_ms, announce=Announcer(database, Announcement.NEW_EVENTS).announce),
        IdFactory(),
    )
    await asyncio.gather(*[batches.create(new_topup(ids, now_ms=system_clock_ms())) for _ in range(count)])


async def test_what_is_created_and_settled_arrives_within_moments(service_url: str, database: Database) -> None:
    async with catching() as catcher, running_worker(service_url, env=ENVIRONMENT):
        await insert_endpoint(database, new_endpoint(catcher.url))
        await create_now(database, 20)

        async def all_told() -> bool:
            types = Counter(msgspec.json.decode(each.body)["type"] for each in catcher.caught)
            return types["topup.created"] == types["topup.succeeded"] == 20 and types["balance.available"] > 0

        await until(all_told)
    assert len({caught.event_id for caught in catcher.caught}) == len(catcher.caught)


async def test_a_worker_killed_between_the_answer_and_its_commit_is_followed_by_one_that_sends_again(
    service_url: str, database: Database
) -> None:
    async def never(_caught: Caught, _writer: asyncio.StreamWriter) -> None:
        await asyncio.Event().wait()

    async with catching() as catcher:
        catcher.reply = never
        await insert_endpoint(database, new_endpoint(catcher.url))
        async with running_worker(service_url, env=ENVIRONMENT) as worker:
            await create_now(database, 1)
            await catcher.wait_for(1)
            worker.process.kill()
            await worker.ended()
        catcher.reply = status(200)
        assert "delivered" not in await states(database)
        await execute(database, "UPDATE webhook_deliveries SET leased_until_ms = 1")  # as if its minute were over

        async def all_delivered() -> bool:
            return "pending" not in await states(database)

        async with running_worker(service_url, env=ENVIRONMENT):
            await catcher.wait_for(2)
            await until(all_delivered)
    first, again = catcher.caught[:2]
    assert first.event_id == again.event_id
    assert first.body == again.body
