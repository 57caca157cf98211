"""Number events, and address them to the endpoints that ask for them; and tell workers that there are some.

An event is written without a number, so that no two creates of an account wait for each other; it gets one here,
within milliseconds of its commit.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Final

from brim.domain.deliveries import EndpointKey
from brim.kit.errors import DatabaseUnavailableError
from brim.store import deliveries, listeners
from brim.store.database import Conn, Database, retried

MAX_BATCH: Final = 1_000
_LOOK_BACK: Final = 10_000
"""Places that are looked at again: each connection draws 64 at a time and may use them late."""

_WHOLE_QUEUE_EVERY_MS: Final = 1_000
_LISTEN_AGAIN_AFTER_S: Final = 1.0
_ANNOUNCE_EVERY_S: Final = 0.025


class Numbering:
    """One worker's numbering. Any number of workers may do it at once: each event is numbered by one.

    What was taken leaves dead entries in the queue's index until they are cleaned away, which a long transaction
    elsewhere can hold up for hours. So it begins a little before where it was last, and at the beginning only once in a
    second, for whatever got a place long ago and was committed late.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._from_place = 0
        self._whole_queue_at_ms = 0

    async def run_once(self, *, now_ms: int, limit: int = MAX_BATCH) -> tuple[int, Sequence[EndpointKey]]:
        """Number up to `limit` events in one transaction; return how many, and the endpoints they were addressed to.

        Raises:
            DatabaseUnavailableError: nothing is known to be numbered; the same call may simply be made again.
        """
        from_place = self._from_place
        if now_ms >= self._whole_queue_at_ms:
            from_place, self._whole_queue_at_ms = 0, now_ms + _WHOLE_QUEUE_EVERY_MS
        async with self._database.connection() as conn:  # one statement, so one transaction
            numbered = await retried(
                lambda: deliveries.number_events(conn, from_place=from_place, limit=limit, now_ms=now_ms)
            )
        if numbered.last_place is not None:
            self._from_place = max(self._from_place, numbered.last_place - _LOOK_BACK)
        return numbered.taken, numbered.endpoints


async def listen(database: Database, wake: asyncio.Event, *, again_after_s: float = _LISTEN_AGAIN_AFTER_S) -> None:
    """Set `wake` whenever events are announced, for ever; while the connection is lost, nothing is heard."""
    while True:
        with suppress(DatabaseUnavailableError):  # whoever rests looks by itself; the jobs report what is wrong
            await deliveries.listen(database, wake.set)
        await asyncio.sleep(again_after_s)


class Announcer:
    """Tells other processes that there are new events, at once but not more than forty times a second.

    It is a courtesy: who hears nothing looks by itself before long. So nobody waits for it, and it fails in silence.
    Make it inside the running event loop.

    Args:
        database: where it is told.
        tell: says it: to workers that there are events to number, or to those who listen that some have numbers now.
    """

    def __init__(
        self, database: Database, tell: Callable[[Conn], Awaitable[None]] = deliveries.announce_events
    ) -> None:
        self._held = database.hold()
        self._tell = tell
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
                    await self._tell(conn)
            await asyncio.sleep(_ANNOUNCE_EVERY_S)


def announcer_of_numbers(database: Database) -> Announcer:
    """Return what tells the processes that serve listeners that some events have numbers now."""
    return Announcer(database, listeners.announce_numbered)
