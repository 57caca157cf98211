"""Watchers are told which objects changed, soon, of their own owner only, and nobody looks when nobody watches."""

import asyncio
from collections.abc import AsyncIterator

import pytest_asyncio

from brim.base.ids import IdFactory
from brim.base.scope import AccountScope
from brim.core.changes.rules import EVERYTHING, MOST_OBJECTS, Changes
from brim.core.changes.service import Watcher, Watchers
from brim.core.webhooks.numbering import Numbering
from brim.platform.announcements.service import Announcer
from brim.platform.announcements.store import Announcement
from brim.platform.database import Database
from tests.support.books import NOW_MS, OWNER, create, new_topup

IDS = IdFactory()
OTHER = AccountScope("acct_other", livemode=False)
LIVE = AccountScope(OWNER.account, livemode=True)
PATIENCE_S = 60.0
QUIET_S = 0.6


@pytest_asyncio.fixture
async def watchers(database: Database) -> AsyncIterator[Watchers]:
    """Those of one process; nothing is left of them."""
    watchers = Watchers(database, most=3)
    yield watchers
    await watchers.close()


async def begun(watchers: Watchers, scope: AccountScope = OWNER) -> Watcher:
    """Return a watcher that was told its first news."""
    watcher = watchers.watch(scope)
    assert await watcher.wait(PATIENCE_S) == EVERYTHING
    return watcher


async def happen(database: Database, count: int = 1, *, scope: AccountScope = OWNER) -> list[str]:
    """Make top-ups, number their events, and return the top-ups' ids."""
    ids = await create(database, [new_topup(IDS, scope=scope) for _ in range(count)])
    assert (await Numbering(database).run_once(now_ms=NOW_MS))[0] == count
    return ids


async def test_a_watcher_is_told_at_first_to_look_and_then_of_what_changed(
    database: Database, watchers: Watchers
) -> None:
    watcher = await begun(watchers)
    (topup_id,) = await happen(database)
    assert await watcher.wait(PATIENCE_S) == Changes(frozenset({topup_id}))
    assert await watcher.wait(QUIET_S) is None


async def test_nobody_is_told_of_another_owner_or_the_other_mode(database: Database, watchers: Watchers) -> None:
    mine, others, live = [await begun(watchers, scope) for scope in (OWNER, OTHER, LIVE)]
    (topup_id,) = await happen(database, scope=OTHER)
    assert await others.wait(PATIENCE_S) == Changes(frozenset({topup_id}))
    assert await mine.wait(QUIET_S) is None
    assert await live.wait(0.0) is None


async def test_more_changes_than_a_page_shows_are_told_as_everything(database: Database, watchers: Watchers) -> None:
    watcher = await begun(watchers)
    await happen(database, MOST_OBJECTS + 1)
    assert await watcher.wait(PATIENCE_S) == EVERYTHING
    (topup_id,) = await happen(database)
    assert await watcher.wait(PATIENCE_S) == Changes(frozenset({topup_id}))


async def test_an_announcement_is_not_waited_for_until_the_next_look(database: Database) -> None:
    watchers = Watchers(database, look_every_s=PATIENCE_S)
    watcher = await begun(watchers)
    announcer = Announcer(database, Announcement.NUMBERED_EVENTS)
    (topup_id,) = await happen(database)
    told = None
    async with asyncio.timeout(PATIENCE_S / 2):
        while told is None:  # the connection that hears may come a moment after the first look
            announcer.announce()
            told = await watcher.wait(0.2)
    assert told == Changes(frozenset({topup_id}))
    await watchers.close()


async def test_there_is_room_for_so_many_and_again_when_one_goes(watchers: Watchers) -> None:
    held = [watchers.watch(OWNER) for _ in range(3)]
    assert not watchers.has_room
    held[0].close()
    assert watchers.has_room


async def test_who_comes_to_an_owner_that_is_watched_is_told_to_look(watchers: Watchers) -> None:
    await begun(watchers)
    await begun(watchers)


async def test_looking_stops_with_the_last_watcher_and_begins_with_the_next(
    database: Database, watchers: Watchers
) -> None:
    watcher = await begun(watchers)
    watcher.close()
    await watchers.close()
    (first,) = await happen(database)
    watcher = await begun(watchers)
    (second,) = await happen(database)
    assert await watcher.wait(PATIENCE_S) == Changes(frozenset({second}))
    assert first != second


def test_what_is_kept_for_a_watcher_stays_small() -> None:
    many = Changes().with_more(f"tu_{number}" for number in range(MOST_OBJECTS))
    assert len(many.objects) == MOST_OBJECTS
    assert many.with_more(["tu_more"]) == EVERYTHING
    assert EVERYTHING.with_more(["tu_more"]) == EVERYTHING
