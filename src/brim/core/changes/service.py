"""Tell whoever watches an account that something changed: one look at the database for all watchers of a process.

When there is a look, `looking` says. A watcher is told which objects changed and nothing of them, so what it then reads
goes the way of every read, with the rights that it has.
"""

import asyncio
from typing import Final

from brim.base.errors import BrimError, OverloadedError
from brim.base.scope import AccountScope
from brim.base.waiting import happens_within
from brim.core.changes import store as changes
from brim.core.changes.rules import EVERYTHING, MOST_OBJECTS, Changes
from brim.platform.announcements.poller import LOOK_EVERY_S, Looking
from brim.platform.database import Database

MAX_WATCHERS: Final = 500
MAX_OF_ACCOUNT: Final = 100
MAX_OF_VIEWER: Final = 20
"""More pages than anybody looks at: a tab in the background does not watch."""

_GATHERED_FOR_S: Final = 0.1
"""Changes that come together are told together."""


class TooManyStreamsError(BrimError):
    """One person, or one account, has as many live pages open as one process serves."""

    def __init__(self) -> None:
        super().__init__("Too many pages with live updates are open. Close some, then reload this page.")


class Watcher:
    """Somebody who is told of one account's changes. Close it in the end."""

    def __init__(self, watchers: "Watchers", scope: AccountScope, viewer: str) -> None:
        self.scope = scope
        self.viewer = viewer
        self._watchers = watchers
        self._news: Changes | None = None
        self._told = asyncio.Event()

    async def wait(self, patience_s: float) -> Changes | None:
        """Return what has changed since the last time; None when nothing did for so long. The first is everything."""
        if not await happens_within(self._told, patience_s):
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
        most_of_account: how many of them one account's changes.
        most_of_viewer: how many of them one person.
        look_every_s: how often to look when nothing is announced.
    """

    def __init__(
        self,
        database: Database,
        *,
        most: int = MAX_WATCHERS,
        most_of_account: int = MAX_OF_ACCOUNT,
        most_of_viewer: int = MAX_OF_VIEWER,
        look_every_s: float = LOOK_EVERY_S,
    ) -> None:
        self._database = database
        self._most = most
        self._most_of_account = most_of_account
        self._most_of_viewer = most_of_viewer
        self._watchers: set[Watcher] = set()
        self._after: dict[AccountScope, int] = {}
        self._looking = Looking(database, self._look, lambda: len(self._watchers), whose="pages", every_s=look_every_s)

    @property
    def has_room(self) -> bool:
        """Whether one more may watch."""
        return len(self._watchers) < self._most

    def check_room(self, scope: AccountScope, viewer: str) -> None:
        """Let one more of a person's pages watch an account.

        Raises:
            OverloadedError: the process has as many watchers as it may.
            TooManyStreamsError: the account or the person has.
        """
        if not self.has_room:
            raise OverloadedError
        of_account = sum(watcher.scope.account == scope.account for watcher in self._watchers)
        of_viewer = sum(watcher.viewer == viewer for watcher in self._watchers)
        if of_account >= self._most_of_account or of_viewer >= self._most_of_viewer:
            raise TooManyStreamsError

    def watch(self, scope: AccountScope, viewer: str = "") -> Watcher:
        """Return a watcher that is told of an account's changes from about now on; call it inside the event loop."""
        if not self._watchers:  # what was known when somebody watched last is old
            self._after.clear()
        watcher = Watcher(self, scope, viewer)
        self._watchers.add(watcher)
        if scope in self._after:
            watcher.tell(EVERYTHING)
        self._looking.begin()
        return watcher

    def forget(self, watcher: Watcher) -> None:
        """Tell a watcher no more."""
        self._watchers.discard(watcher)
        self._looking.wake()

    async def close(self) -> None:
        """Stop looking."""
        self._watchers.clear()
        await self._looking.close()

    async def _look(self) -> None:
        watched = {watcher.scope for watcher in self._watchers}
        self._after = {scope: number for scope, number in self._after.items() if scope in watched}
        owners = sorted(watched)
        async with self._database.connection() as conn:
            newest = dict(zip(owners, await changes.newest_numbers(conn, owners), strict=True))
            behind = {scope: after for scope, after in self._after.items() if newest[scope] > after}
            found = await changes.changed_objects(conn, behind, limit=MOST_OBJECTS + 1) if behind else {}
        news = {
            scope: Changes().with_more(objects, beyond=len(objects) > MOST_OBJECTS) for scope, objects in found.items()
        }
        news |= dict.fromkeys(watched - self._after.keys(), EVERYTHING)
        self._after = newest
        for watcher in self._watchers:
            if watcher.scope in news:
                watcher.tell(news[watcher.scope])
