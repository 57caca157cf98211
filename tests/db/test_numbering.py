import asyncio
import random

from brim.api.wire_formats import WIRE_FORMATS
from brim.base.ids import IdFactory
from brim.base.scope import AccountScope
from brim.core.topups.settlement import settle_due
from brim.core.webhooks import delivery_store as deliveries
from brim.core.webhooks.numbering import Numbering
from brim.platform.database import Database
from tests.support.books import NOW_MS, OTHER_OWNER, OWNER, RAILS, create, execute, new_topup, rows
from tests.support.hooks import Hooks, add_endpoint, add_events, states

LIVE_OWNER = AccountScope(OWNER.account, livemode=True)
URL = "http://127.0.0.1:9/hooks"


async def numbers(database: Database, scope: AccountScope) -> list[int]:
    query = "SELECT number FROM event_numbers WHERE account = $1 AND livemode = $2 ORDER BY number"
    return [row["number"] for row in await rows(database, query, scope.account, scope.livemode)]


async def queued(database: Database) -> int:
    [row] = await rows(database, "SELECT count(*) AS queued FROM new_events")
    return int(row["queued"])


async def test_each_owner_has_numbers_of_its_own_from_one_on(each_database: Database) -> None:
    for scope, count in ((OWNER, 3), (OTHER_OWNER, 2), (LIVE_OWNER, 1), (OWNER, 4)):
        await add_events(each_database, count, scope=scope)
    assert await Hooks(each_database).number() == 10
    assert await numbers(each_database, OWNER) == [1, 2, 3, 4, 5, 6, 7]
    assert await numbers(each_database, OTHER_OWNER) == [1, 2]
    assert await numbers(each_database, LIVE_OWNER) == [1]
    assert await queued(each_database) == 0


async def test_numbers_within_a_batch_follow_the_queue(database: Database) -> None:
    events = await add_events(database, 50)
    await Hooks(database).number()
    found = await rows(database, "SELECT event FROM event_numbers ORDER BY number")
    assert [row["event"] for row in found] == events


async def test_numbers_within_a_batch_follow_time_whichever_places_connections_have_drawn(database: Database) -> None:
    """A worker may draw its places before an API process does, and use them for what becomes of a new top-up.

    Then the top-up had failed with a number before that of its creation; the simulation found it (seed 2).
    """
    events = await add_events(database, 3)
    for place, event in zip((300, 200, 100), events, strict=True):
        await rows(
            database,
            "WITH gone AS (DELETE FROM new_events WHERE event = $2)"
            " INSERT INTO new_events (place, account, livemode, event) OVERRIDING SYSTEM VALUE VALUES ($1, $3, $4, $2)",
            place,
            event,
            OWNER.account,
            OWNER.livemode,
        )
    await Hooks(database).number()
    found = await rows(database, "SELECT event FROM event_numbers ORDER BY number")
    assert [row["event"] for row in found] == events


async def test_what_creates_and_settlement_announce_is_numbered(database: Database) -> None:
    await create(database, [new_topup(IdFactory()) for _ in range(3)])
    await settle_due(database, now_ms=NOW_MS + 10_000, ids=IdFactory(), rails=RAILS, renderers=WIRE_FORMATS)
    events = [row["id"] for row in await rows(database, "SELECT id FROM events ORDER BY id")]
    await Hooks(database).number()
    numbered = [row["event"] for row in await rows(database, "SELECT event FROM event_numbers ORDER BY event")]
    assert numbered == events
    assert len(events) > 6


async def test_every_number_is_given_once_however_many_count_and_die(database: Database) -> None:
    """Three workers number what four writers write; every now and then one of them dies before its commit."""
    owners = [OWNER, OTHER_OWNER, LIVE_OWNER]
    writing = True
    died = 0
    chance = random.Random(5)

    async def write(scope: AccountScope) -> None:
        ids = IdFactory()
        for _ in range(60):
            await add_events(database, chance.randrange(1, 9), scope=scope, ids=ids)

    def die() -> None:
        raise ZeroDivisionError

    async def number() -> None:
        nonlocal died
        while writing or await queued(database):
            try:
                async with database.transaction() as conn:
                    await deliveries.number_events(conn, from_place=0, limit=chance.randrange(1, 20), now_ms=NOW_MS)
                    if chance.random() < 0.2:
                        die()
            except ZeroDivisionError:
                died += 1

    counting = [asyncio.create_task(number()) for _ in range(3)]
    await asyncio.gather(*[write(scope) for scope in (*owners, OWNER)])
    writing = False
    await asyncio.gather(*counting)
    assert died > 0
    for scope in owners:
        [row] = await rows(
            database,
            "SELECT count(*) AS written FROM events WHERE account = $1 AND livemode = $2",
            scope.account,
            scope.livemode,
        )
        assert await numbers(database, scope) == list(range(1, row["written"] + 1))


async def test_an_event_with_an_early_place_and_a_late_commit_is_numbered_within_a_second(database: Database) -> None:
    hooks = Hooks(database)
    await execute(
        database,
        "INSERT INTO new_events (place, account, livemode, event)"
        " OVERRIDING SYSTEM VALUE VALUES (1000000, 'a', false, 'x')",
    )
    await hooks.number()
    await execute(
        database,
        "INSERT INTO new_events (place, account, livemode, event) OVERRIDING SYSTEM VALUE VALUES (5, 'a', false, 'y')",
    )
    assert await hooks.number() == 0
    hooks.now_ms += 1_000
    assert await hooks.number() == 1


async def test_events_go_to_the_endpoints_that_ask_for_their_type_and_are_on(database: Database) -> None:
    everything = await add_endpoint(database, URL)
    created = await add_endpoint(database, URL, enabled_events=("topup.created", "topup.failed"))
    failed = await add_endpoint(database, URL, enabled_events=("topup.failed",))
    await add_endpoint(database, URL, disabled_because="owner")
    await add_endpoint(database, URL, scope=LIVE_OWNER)
    await add_endpoint(database, URL, connect=True)
    await add_events(database, 2)
    await add_events(database, 1, kind="topup.failed")
    await Hooks(database).number()
    query = "SELECT endpoint, count(*) AS count FROM webhook_deliveries GROUP BY endpoint"
    found = {row["endpoint"]: row["count"] for row in await rows(database, query)}
    assert found == {everything.id: 3, created.id: 3, failed.id: 1}


async def test_a_platforms_connect_endpoint_gets_its_accounts_events_and_not_its_own(database: Database) -> None:
    await execute(
        database,
        "INSERT INTO accounts (account, platform, created)"
        " VALUES ('acct_platform', NULL, 0), ('acct_books', 'acct_platform', 0)",
    )
    platform = AccountScope("acct_platform", livemode=False)
    connect = await add_endpoint(database, URL, scope=platform, connect=True)
    await add_endpoint(database, URL, scope=platform)
    [event] = await add_events(database, 1)
    await add_events(database, 1, scope=OTHER_OWNER)
    await Hooks(database).number()
    [row] = await rows(database, "SELECT account, endpoint, event_account, event, number FROM webhook_deliveries")
    assert row == {
        "account": "acct_platform",
        "endpoint": connect.id,
        "event_account": OWNER.account,
        "event": event,
        "number": 1,
    }


async def test_the_dead_entries_of_the_queue_do_not_slow_numbering(database: Database) -> None:
    """While a transaction elsewhere keeps the dead from being cleaned away, little of them is walked over."""
    numbering = Numbering(database)
    async with database.transaction(isolation="repeatable_read") as reader:
        await reader.fetchval("SELECT count(*) FROM events")
        undisturbed = await _usual_step_s(numbering)
        for _ in range(6):
            await add_events(database, 10_000)
            while (await numbering.run_once(now_ms=NOW_MS))[0]:
                pass
        among_the_dead = await _usual_step_s(numbering)
        print(f"empty steps: {1000 * undisturbed:.1f} ms, over the dead of 60,000 events {1000 * among_the_dead:.1f}")
        assert among_the_dead < max(0.05, 10 * undisturbed)  # the second for a slow machine
    assert await states(database) == {}


async def _usual_step_s(numbering: Numbering) -> float:
    """Return the seconds that an empty step takes, at the median of twenty."""
    loop = asyncio.get_running_loop()
    took = []
    for _ in range(20):
        began = loop.time()
        await numbering.run_once(now_ms=NOW_MS)
        took.append(loop.time() - began)
    return sorted(took)[10]
