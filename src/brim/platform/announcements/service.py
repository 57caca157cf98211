"""Tell other processes that there is something to look at, and hear it from them.

It is a courtesy: who hears nothing looks by itself before long.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from brim.base.errors import DatabaseUnavailableError
from brim.platform.announcements import store as announcements
from brim.platform.announcements.store import Announcement
from brim.platform.database import Database

_LISTEN_AGAIN_AFTER_S: Final = 1.0
_ANNOUNCE_EVERY_S: Final = 0.025


class Announcer:
    """Announces at once, but not more than forty times a second.

    Nobody waits for it, and it fails in silence. Make it inside the running event loop.

    Args:
        database: where it is announced.
        announcement: what is.
    """

    def __init__(self, database: Database, announcement: Announcement) -> None:
        self._held = database.hold()
        self._announcement = announcement
        self._again = False
        self._task: asyncio.Task[None] | None = None

    def announce(self) -> None:
        """Let them know, soon after this call."""
        self._again = True
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._run())

    async def _run(self) -> None:
        while self._again:
            self._again = False
            with suppress(DatabaseUnavailableError):
                async with self._held.connection() as conn:
                    await announcements.announce(conn, self._announcement)
            await asyncio.sleep(_ANNOUNCE_EVERY_S)


async def listen(
    database: Database,
    announcement: Announcement,
    wake: Callable[[], None],
    *,
    again_after_s: float = _LISTEN_AGAIN_AFTER_S,
) -> None:
    """Call `wake` at each announcement, for ever; while the connection is lost, nothing is heard."""
    while True:
        with suppress(DatabaseUnavailableError):  # whoever rests looks by itself, and reports what is wrong
            await announcements.listen(database, announcement, wake)
        await asyncio.sleep(again_after_s)
