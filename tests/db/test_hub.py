"""All sessions of a process share one look at the database: each hears of its own, once, and nothing is lost."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import pytest

from brim.base.clock import system_clock_ms
from brim.base.scope import AccountScope
from brim.core.access.service import create_account, revoke_key, roll_key
from brim.core.account_closing import delete_account
from brim.core.stripe_cli.connections import WINDOW
from brim.core.stripe_cli.hub import Hub
from brim.platform.announcements.poller import LOOK_EVERY_S
from brim.platform.database import Conn, Database
from brim.testing.terminal import typed
from tests.db.listening import PATIENCE_S, FarEnd, connected, found, number, opened
from tests.support.accounts import context_of
from tests.support.books import rows
from tests.support.hooks import add_events


async def new_owner(database: Database, *, platform: AccountScope | None = None) -> AccountScope:
    made = await create_account(database, platform=platform.account if platform else None, **typed())
    return AccountScope(made.account, livemode=False)


async def announce(database: Database, scope: AccountScope, count: int = 1) -> list[str]:
    """Make events that have their numbers."""
    events = await add_events(database, count, scope=scope)
    await number(database)
    return events


@pytest.fixture
async def hub(database: Database) -> AsyncIterator[Hub]:
    hub = Hub(database, system_clock_ms)
    yield hub
    await hub.close()


@pytest.fixture
async def scope(database: Database) -> AccountScope:
    return await new_owner(database)


async def test_every_session_of_an_owner_gets_every_event_once(
    hub: Hub, database: Database, scope: AccountScope
) -> None:
    before = await announce(database, scope)
    sessions = [await opened(database, scope) for _ in range(10)]
    async with AsyncExitStack() as stack:
        ends = [await stack.enter_async_context(connected(hub, database, session)) for session in sessions]
        made = await announce(database, scope, 60)
        for end in ends:
            await end.wait_for(60)
    for end in ends:
        assert end.ids == made
        assert before[0] not in end.ids


class CountingDatabase(Database):
    """A database that counts how often it lends a connection."""

    lent = 0

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Conn]:
        self.lent += 1
        async with super().connection() as conn:
            yield conn


async def test_looking_costs_the_same_however_many_listen(
    service_url: str, database: Database, scope: AccountScope
) -> None:
    counting = await CountingDatabase.connect(service_url)
    assert isinstance(counting, CountingDatabase)
    hub = Hub(counting, system_clock_ms)
    sessions = [await opened(database, scope) for _ in range(20)]
    async with AsyncExitStack() as stack:
        for session in sessions:
            await stack.enter_async_context(connected(hub, database, session))
        await asyncio.sleep(2 * LOOK_EVERY_S)
        before = counting.lent
        await asyncio.sleep(4 * LOOK_EVERY_S)
        looks = counting.lent - before
    await hub.close()
    await counting.close()
    assert 1 <= looks <= 8  # two loans a look at most: for the look, and to write down who is there


async def test_a_platform_hears_of_accounts_under_it_and_nobody_hears_of_others(
    hub: Hub, database: Database, scope: AccountScope
) -> None:
    below = await new_owner(database, platform=scope)
    stranger = await new_owner(database)
    await announce(database, below)
    async with (
        connected(hub, database, await opened(database, scope)) as platforms,
        connected(hub, database, await opened(database, below)) as own,
        connected(hub, database, await opened(database, stranger)) as strangers,
    ):
        (of_below,) = await announce(database, below)
        (of_owner,) = await announce(database, scope)
        (of_stranger,) = await announce(database, stranger)
        await platforms.wait_for(2)
        await own.wait_for(1)
        await strangers.wait_for(1)
        await asyncio.sleep(2 * LOOK_EVERY_S)  # in which nothing more may come
    assert {(event["id"], event.get("account")) for event in platforms.events} == {
        (of_below, below.account),
        (of_owner, None),
    }
    assert [(event["id"], event.get("account")) for event in own.events] == [(of_below, None)]
    assert strangers.ids == [of_stranger]


async def test_live_events_never_reach_a_test_session(hub: Hub, database: Database, scope: AccountScope) -> None:
    below = await new_owner(database, platform=scope)
    async with connected(hub, database, await opened(database, scope)) as end:
        for each in (scope, below):
            await announce(database, AccountScope(each.account, livemode=True))
        (last,) = await announce(database, scope)
        await end.wait_for(1)
        await asyncio.sleep(2 * LOOK_EVERY_S)  # in which nothing more may come
    assert end.ids == [last]


@pytest.mark.parametrize("of_account_below", [False, True])
async def test_what_was_not_acknowledged_comes_again_and_the_rest_does_not(
    hub: Hub, database: Database, scope: AccountScope, *, of_account_below: bool
) -> None:
    source = await new_owner(database, platform=scope) if of_account_below else scope
    session = await opened(database, scope)
    async with connected(hub, database, session, acknowledges=False) as end:
        made = await announce(database, source, 3)
        await end.wait_for(3)
        for message in (*end.messages[:2], end.messages[2], end.messages[5]):  # one, half of another, half of a third
            end.acknowledge(message)
    missed = await announce(database, source)
    another = Hub(database, system_clock_ms)  # as at another process
    async with connected(another, database, session) as again:
        await asyncio.wait_for(_messages(again, 5), PATIENCE_S)
    await another.close()
    assert again.ids == [made[2], *missed]
    assert len(again.messages) == 5
    async with connected(hub, database, session) as last:
        (newest,) = await announce(database, source)
        await last.wait_for(1)
    assert last.ids == [newest]


async def _messages(end: FarEnd, count: int) -> None:
    while len(end.messages) < count:  # noqa: ASYNC110  an odd number of copies, for which the far end has no word
        await asyncio.sleep(0.01)


async def test_an_account_that_begins_while_nobody_is_connected_is_heard_of_afterwards(
    hub: Hub, database: Database, scope: AccountScope
) -> None:
    session = await opened(database, scope)
    below = await new_owner(database, platform=scope)
    made = await announce(database, below, 2)
    async with connected(hub, database, session) as end:
        await end.wait_for(2)
    assert end.ids == made


async def test_who_does_not_acknowledge_is_sent_no_more_and_holds_up_nobody(
    hub: Hub, database: Database, scope: AccountScope
) -> None:
    below = await new_owner(database, platform=scope)
    async with (
        connected(hub, database, await opened(database, scope), acknowledges=False) as silent,
        connected(hub, database, await opened(database, scope)) as other,
    ):
        made = [*await announce(database, scope, 40), *await announce(database, below, 40)]
        await other.wait_for(80)
        await asyncio.sleep(2 * LOOK_EVERY_S)  # in which nothing more may come
        assert len(silent.messages) == WINDOW
        for message in list(silent.messages):
            silent.acknowledge(message)
        await silent.wait_for(WINDOW)
    assert sorted(other.ids) == sorted(made)


@pytest.mark.parametrize("is_rolled", [False, True])
async def test_a_session_ends_with_its_key(
    hub: Hub, database: Database, scope: AccountScope, *, is_rolled: bool
) -> None:
    ending, staying = await opened(database, scope), await opened(database, scope)
    async with connected(hub, database, staying) as end, connected(hub, database, ending) as other:
        if is_rolled:
            await roll_key(database, key_id=ending.key.key.id, grace_ms=200, **typed())
        else:
            await revoke_key(database, key_id=ending.key.key.id, **typed())
        async with asyncio.timeout(PATIENCE_S):
            await other.over.wait()
        (made,) = await announce(database, scope)
        await end.wait_for(1)
        assert not end.over.is_set()
    assert end.ids == [made]
    assert other.ids == []
    assert await found(database, ending) is None
    assert await found(database, staying) is not None


async def test_a_session_ends_with_its_account_whose_ever_key_it_was_opened_with(
    hub: Hub, database: Database, scope: AccountScope
) -> None:
    """A session that a platform had opened for an account went on, and could be resumed, after that was deleted."""
    below = await new_owner(database, platform=scope)
    ending, staying = await opened(database, below, platform=scope.account), await opened(database, scope)
    async with connected(hub, database, staying) as end, connected(hub, database, ending) as other:
        await delete_account(
            database, context_of(scope.account, now_ms=system_clock_ms()), below.account, asking=scope.account
        )
        async with asyncio.timeout(PATIENCE_S):
            await other.over.wait()
        assert not end.over.is_set()
    assert await found(database, ending) is None
    assert await found(database, staying) is not None


SNAPSHOTS_AND_THIN = ("webhooks", "v2_events")


@pytest.mark.parametrize("features", [("v2_events",), SNAPSHOTS_AND_THIN])
async def test_thin_events_come_once_in_order_to_who_asks_for_them(
    hub: Hub, database: Database, scope: AccountScope, features: tuple[str, ...]
) -> None:
    await announce(database, scope)  # before anybody listens
    session = await opened(database, scope, features=features)
    async with connected(hub, database, session) as end:
        made = await announce(database, scope, 60)
        await end.wait_for(60)
    async with connected(hub, database, session) as again:
        made += await announce(database, scope)
        await again.wait_for(1)
    came = [*end.thin_events, *again.thin_events]
    assert [event["id"] for event in came] == made
    assert {(event["object"], event["type"], event["context"]) for event in came} == {
        ("v2.core.event", "v1.topup.created", None)
    }
    assert [*end.ids, *again.ids] == (made if "webhooks" in features else [])


async def test_a_thin_event_that_was_not_acknowledged_comes_again_without_its_snapshots(
    hub: Hub, database: Database, scope: AccountScope
) -> None:
    session = await opened(database, scope, features=SNAPSHOTS_AND_THIN)
    async with connected(hub, database, session, acknowledges=False) as end:
        (lost,) = await announce(database, scope)
        await end.wait_for(1)
        for message in end.messages:
            if message["type"] != "v2_event":
                end.acknowledge(message)
    (missed,) = await announce(database, scope)
    async with connected(hub, database, session) as again:
        await asyncio.wait_for(_messages(again, 4), PATIENCE_S)
    assert [event["id"] for event in again.thin_events] == [lost, missed]
    assert again.ids == [missed]


async def test_a_platform_is_told_in_thin_events_whose_they_are(
    hub: Hub, database: Database, scope: AccountScope
) -> None:
    below = await new_owner(database, platform=scope)
    session = await opened(database, scope, features=("v2_events",))
    async with connected(hub, database, session, acknowledges=False) as end:
        made = [*await announce(database, below), *await announce(database, scope)]
        await end.wait_for(2)
    async with connected(hub, database, session) as again:
        await again.wait_for(2)
    expected = {(made[0], below.account), (made[1], None)}
    for each in (end, again):
        assert {(event["id"], event["context"]) for event in each.thin_events} == expected


async def test_a_session_from_before_thin_events_goes_on_without_them(
    hub: Hub, database: Database, scope: AccountScope
) -> None:
    """Its places counted two copies of each event: read in threes they would be far back, and all would come again."""
    await announce(database, scope, 5)
    session = await opened(database, scope)
    await rows(database, "UPDATE cli_sessions SET features = 'webhooks,v2_events'")
    async with connected(hub, database, session) as end:
        made = await announce(database, scope)
        await end.wait_for(1)
    assert (end.ids, end.thin_events) == (made, [])


async def test_a_session_of_an_earlier_version_has_no_key_and_is_not_found(
    database: Database, scope: AccountScope
) -> None:
    session = await opened(database, scope)
    await rows(database, "UPDATE cli_sessions SET key_hash = NULL")
    assert await found(database, session) is None


async def test_events_that_were_forgotten_hold_up_nobody(hub: Hub, database: Database, scope: AccountScope) -> None:
    session = await opened(database, scope)
    gone = await announce(database, scope, 3)
    await rows(database, "DELETE FROM events WHERE id = ANY($1)", gone)
    await rows(database, "DELETE FROM event_numbers WHERE number <= 2")
    async with connected(hub, database, session) as end:
        await asyncio.sleep(2 * LOOK_EVERY_S)  # in which it finds a number whose event is gone
        made = await announce(database, scope, WINDOW)
        await end.wait_for(WINDOW)
    assert end.ids == made


async def test_a_hub_that_nobody_listens_to_does_nothing(
    service_url: str, database: Database, scope: AccountScope
) -> None:
    counting = await CountingDatabase.connect(service_url)
    assert isinstance(counting, CountingDatabase)
    hub = Hub(counting, system_clock_ms)
    async with connected(hub, database, await opened(database, scope)) as end:
        await announce(database, scope)
        await end.wait_for(1)
    await hub.close()
    before = counting.lent
    await asyncio.sleep(2 * LOOK_EVERY_S)
    assert counting.lent == before > 0
    await counting.close()
