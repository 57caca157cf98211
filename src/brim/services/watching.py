"""Tell whoever watches an owner that something changed: one look at the database for all watchers of a process.

It looks when events are announced and every now and then by itself; while nobody watches it does nothing, and holds no
connection. A watcher is told which objects changed and nothing of them, so what it then reads goes the way of every
read, with the rights that it has.
"""

import asyncio
from contextlib import suppress
from typing import Final

import structlog

from brim.domain.changes import EVERYTHING, MOST_OBJECTS, Changes
from brim.domain.topups import Owner
from brim.kit.errors import DatabaseUnavailableError
from brim.services.numbering import listen
from brim.store import changes
from brim.store.database import Database

LOOK_EVERY_S: Final = 0.25
"""How late a change may be told of which nobody announced, such as what the bank did."""

MAX_WATCHERS: Final = 500
_NUMBERED_WITHIN_S: Final = 0.02
"""An announcement comes with the commit; a worker gives the number a moment later."""

_GATHERED_FOR_S: Final = 0.1
"""Changes that come together are told together."""

log = structlog.get_logger()


class Watcher:
    """Somebody who is told of one owner's changes. Close it in the end."""

    def __init__(self, watchers: "Watchers", owner: Owner) -> None:
        self.owner = owner
        self._watchers = watchers
        self._news: Changes | None = None
        self._told = asyncio.Event()

    async def wait(self, patience_s: float) -> Changes | None:
        """Return what has changed since the last time; None when nothing did for so long. The first is everything."""
        try:
            async with asyncio.timeout(patience_s):
                await self._told.wait()
        except TimeoutError:
            return None
        await asyncio.sleep(_GATHERED_FOR_S)
        news, self._news = self._news, None
        self._told.clear()
        return news

    def tell(self, news: Changes) -> None:
        """Take down what changed, for the next time that somebody waits."""
        self._news = (self._news or Changes()).with_more(news.objects, beyond=news.beyond)
        self._told.set()

    def close(self) -> None:
        """Be told of nothing any more."""
        self._watchers.forget(self)


class Watchers:
    """The watchers of one process.

    Args:
        database: where changes are found.
        most: how many may watch at once.
        look_every_s: how often to look when nothing is announced.
    """

    def __init__(self, database: Database, *, most: int = MAX_WATCHERS, look_every_s: float = LOOK_EVERY_S) -> None:
        self._database = database
        self._most = most
        self._look_every_s = look_every_s
        self._watchers: set[Watcher] = set()
        self._after: dict[Owner, int] = {}
        self._woken = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    @property
    def has_room(self) -> bool:
        """Whether one more may watch."""
        return len(self._watchers) < self._most

    def watch(self, owner: Owner) -> Watcher:
        """Return a watcher that is told of an owner's changes from about now on; call it inside the event loop."""
        watcher = Watcher(self, owner)
        self._watchers.add(watcher)
        if owner in self._after:
            watcher.tell(EVERYTHING)
        self._woken.set()
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())
        return watcher

    def forget(self, watcher: Watcher) -> None:
        """Tell a watcher no more."""
        self._watchers.discard(watcher)
        self._woken.set()

    async def close(self) -> None:
        """Stop looking."""
        self._watchers.clear()
        self._woken.set()
        if self._task is not None:
            await self._task

    async def _run(self) -> None:
        """Look again and again while somebody watches."""
        listening = asyncio.create_task(listen(self._database, self._woken))
        try:
            while self._watchers:
                self._woken.clear()
                await self._try_to_look()
                await self._rest()
        finally:
            listening.cancel()
            self._after.clear()

    async def _rest(self) -> None:
        """Wait until something is announced, but not for long."""
        with suppress(TimeoutError):
            async with asyncio.timeout(self._look_every_s):
                await self._woken.wait()
        if self._watchers:
            await asyncio.sleep(_NUMBERED_WITHIN_S)

    async def _try_to_look(self) -> None:
        """Look; whatever goes wrong, there is a next time."""
        try:
            await self._look()
        except DatabaseUnavailableError:
            log.warning("pages wait for the database", watchers=len(self._watchers))
        except Exception:
            log.exception("looking for what changed failed")

    async def _look(self) -> None:
        watched = {watcher.owner for watcher in self._watchers}
        self._after = {owner: number for owner, number in self._after.items() if owner in watched}
        owners = sorted(watched)
        async with self._database.connection() as conn:
            newest = dict(zip(owners, await changes.newest_numbers(conn, owners), strict=True))
            behind = {owner: after for owner, after in self._after.items() if newest[owner] > after}
            found = await changes.changed_objects(conn, behind, limit=MOST_OBJECTS + 1) if behind else {}
        news = {
            owner: Changes().with_more(objects, beyond=len(objects) > MOST_OBJECTS) for owner, objects in found.items()
        }
        news |= dict.fromkeys(watched - self._after.keys(), EVERYTHING)
        self._after = newest
        for watcher in self._watchers:
            if watcher.owner in news:
                watcher.tell(news[watcher.owner])
