"""Looking at the database again and again while somebody is there who wants to know.

One look serves all of a process, however many they are. While nobody is there, nothing is done and no connection held.
Neighbours: `hub` looks for those who listen with a command line, `watching` for open pages.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

import structlog

from brim.base.errors import DatabaseUnavailableError
from brim.base.waiting import happens_within
from brim.platform.announcements.service import listen
from brim.platform.announcements.store import Announcement
from brim.platform.database import Database

LOOK_EVERY_S: Final = 0.25
"""How late anything may be that nobody announced."""

_PAUSE_S: Final = 0.01
_PAUSE_FACTOR: Final = 4
"""A look takes longer the more there is to look for: looking takes a fifth of the time at most."""

log = structlog.get_logger()


class Looking:
    """Looks when it is woken, by itself when events were numbered, and every now and then.

    Args:
        database: which announces that events were numbered.
        look: looks once; where it fails, that is logged, and it is tried again.
        present: returns how many are there; with the last one looking ends.
        whose: what the log calls them, such as `pages`.
        every_s: how long to rest at most.
    """

    def __init__(
        self,
        database: Database,
        look: Callable[[], Awaitable[None]],
        present: Callable[[], int],
        *,
        whose: str,
        every_s: float = LOOK_EVERY_S,
    ) -> None:
        self._database = database
        self._look = look
        self._present = present
        self._whose = whose
        self._every_s = every_s
        self._woken = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def begin(self) -> None:
        """Look for somebody who has come; call it inside the event loop."""
        self.wake()
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())

    def wake(self) -> None:
        """Look soon, or end where nobody is left."""
        self._woken.set()

    async def close(self) -> None:
        """Wait for the end of what is under way; everybody has gone before."""
        self.wake()
        if self._task is not None:
            await self._task

    async def _run(self) -> None:
        listening = asyncio.create_task(listen(self._database, Announcement.NUMBERED_EVENTS, self.wake))
        loop = asyncio.get_running_loop()
        try:
            while self._present():
                self._woken.clear()
                began = loop.time()
                await self._try_to_look()
                await asyncio.sleep(max(_PAUSE_S, _PAUSE_FACTOR * (loop.time() - began)))
                await happens_within(self._woken, self._every_s)
        finally:
            listening.cancel()

    async def _try_to_look(self) -> None:
        """Look; whatever goes wrong, there is a next time."""
        try:
            await self._look()
        except DatabaseUnavailableError:
            log.warning("a poller waits for the database", poller=self._whose, clients=self._present())
        except Exception:
            log.exception("a poller failed", poller=self._whose)
