"""Group commit, as a shape: what arrives while one batch runs goes out together in the next.

There is no timer. A batch is what queued while the last one ran, so a lone item waits for nobody and a
busy moment makes large batches by itself.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeAlias, TypeVar

from brim.base.errors import OverloadedError

Item = TypeVar("Item")
Result = TypeVar("Result")
Waiting: TypeAlias = "tuple[Item, asyncio.Future[Result]]"


class Batcher(Generic[Item, Result]):
    """Collects items and hands them, many at a time, to one function.

    Args:
        run: takes the items of a batch and returns one outcome for each, in order. An outcome that is an
            exception is raised to that item's caller alone; an exception that `run` itself raises goes to all.
        max_batch: the most items one call of `run` is given.
        max_waiting: the most items that may queue; one more raises `OverloadedError`.
        concurrency: how many batches may be under way at once.
        on_batch: told the size of each batch, for the metrics.
    """

    def __init__(
        self,
        run: Callable[[Sequence[Item]], Awaitable[Sequence[Result | BaseException]]],
        *,
        max_batch: int,
        max_waiting: int,
        concurrency: int = 1,
        on_batch: Callable[[int], None] = lambda _size: None,
    ) -> None:
        self._run = run
        self._max_batch = max_batch
        self._max_waiting = max_waiting
        self._idle = concurrency
        self._on_batch = on_batch
        self._queue: list[Waiting[Item, Result]] = []
        self._scheduled = False
        self._tasks: set[asyncio.Task[None]] = set()
        self._loop = asyncio.get_running_loop()

    @property
    def waiting(self) -> int:
        """How many items queue for the next batch."""
        return len(self._queue)

    def submit(self, item: Item) -> "asyncio.Future[Result]":
        """Queue one item; the returned future holds its outcome.

        Raises:
            OverloadedError: when `max_waiting` items queue already.
        """
        if len(self._queue) >= self._max_waiting:
            raise OverloadedError
        future: asyncio.Future[Result] = self._loop.create_future()
        self._queue.append((item, future))
        self._schedule()
        return future

    def _schedule(self) -> None:
        """Start a batch after this turn of the event loop, so that all requests of the turn join it."""
        if self._idle and self._queue and not self._scheduled:
            self._scheduled = True
            self._loop.call_soon(self._start)

    def _start(self) -> None:
        self._scheduled = False
        self._idle -= 1
        task = self._loop.create_task(self._work_off())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        self._schedule()

    async def _work_off(self) -> None:
        """Run batches until nothing queues any more.

        The next batch is on its way before anybody who waited for the last one wakes up: the database works while
        their replies are written.
        """
        while self._queue:
            batch = self._queue[: self._max_batch]
            del self._queue[: self._max_batch]
            _hand_out(batch, await self._outcomes(batch))
        self._idle += 1

    async def _outcomes(self, batch: "list[Waiting[Item, Result]]") -> Sequence[Result | BaseException]:
        self._on_batch(len(batch))
        try:
            return await self._run([item for item, _ in batch])
        except BaseException as error:  # noqa: BLE001  the callers are the ones to be told, whatever it is
            return [error] * len(batch)


def _hand_out(batch: "list[Waiting[Item, Result]]", outcomes: Sequence[Result | BaseException]) -> None:
    for (_, future), outcome in zip(batch, outcomes, strict=True):
        if future.done():  # its client went away; the write stands all the same
            continue
        if isinstance(outcome, BaseException):
            future.set_exception(outcome)
        else:
            future.set_result(outcome)
