"""Where a verification reads: in one snapshot, or in one after another with rests between them.

One that reads at full speed takes most of a core from start to end, and keeps vacuum from what dies meanwhile. What
nobody waits for can rest, and let go of its snapshot, wherever it does not add up what only one moment has.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from types import TracebackType
from typing import Final, Self

from brim.platform.database import Conn, Database

_RESTS: Final = 3.0
"""How long a rest is, for each second of work before it: what rests takes a quarter of a core."""


class Pace:
    """When a verification rests: after each step, until so many seconds have passed or somebody waits for it.

    Args:
        for_s: seconds; what is not done after them is done at full speed.
        is_awaited: tells whether somebody waits; asked before each rest, outside any transaction.
        sleep: waits for some seconds.
    """

    def __init__(
        self,
        for_s: float,
        is_awaited: Callable[[], Awaitable[bool]],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._until = _now_s() + for_s
        self._is_awaited = is_awaited
        self._sleep = sleep

    @property
    def has_time(self) -> bool:
        """Whether there is time for rests."""
        return _now_s() < self._until

    async def rest(self, worked_s: float) -> None:
        """Rest after so many seconds of work, or find that there is no time for that any more."""
        if await self._is_awaited():
            self._until = _now_s()
        else:
            await self._sleep(max(0.0, min(_RESTS * worked_s, self._until - _now_s())))


class Snapshots:
    """The read-only transactions in which something is verified, one at a time.

    Without a pace there is only one, so that all that is read is of one moment. With a pace each step has its own, and
    rests follow. Once there is no time for rests the transaction stays, so that no walk runs after what is added.

    Args:
        database: where they are.
        prepare: makes a transaction's plans fit what is read.
        pace: when to rest.
    """

    conn: Conn
    """The connection whose transaction is read in now."""

    def __init__(self, database: Database, prepare: Callable[[Conn], Awaitable[None]], pace: Pace | None) -> None:
        self._database = database
        self._prepare = prepare
        self._pace = pace
        self._stack = AsyncExitStack()
        self._since = 0.0

    async def __aenter__(self) -> Self:
        await self._begin()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._stack.__aexit__(kind, error, traceback)

    async def end_step(self) -> None:
        """Go on to the next step: in another transaction, after a rest, while there is a pace and it has time."""
        if self._pace is None or not self._pace.has_time:
            return
        await self._stack.aclose()
        await self._pace.rest(_now_s() - self._since)
        await self._begin()

    async def _begin(self) -> None:
        transaction = self._database.transaction(isolation="repeatable_read", readonly=True)
        self.conn = await self._stack.enter_async_context(transaction)
        self._since = _now_s()
        await self._prepare(self.conn)


def _now_s() -> float:
    """Return seconds of the event loop's clock."""
    return asyncio.get_running_loop().time()
