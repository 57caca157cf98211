"""Group commit as a shape: `Batcher` alone, with functions under the test's control."""

import asyncio
from collections.abc import Callable, Sequence
from typing import TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brim.base.batch import Batcher
from brim.base.errors import OverloadedError

Outcomes: TypeAlias = Sequence[int | BaseException]


class Gate:
    """A batch function that waits to be let through: each `open` lets one batch end."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self._permits = asyncio.Semaphore(0)
        self._begun = asyncio.Condition()

    async def run(self, items: Sequence[int]) -> Outcomes:
        async with self._begun:
            self.batches.append(list(items))
            self._begun.notify_all()
        await self._permits.acquire()
        return [item * 10 for item in items]

    def open(self, batches: int = 1) -> None:
        for _ in range(batches):
            self._permits.release()

    async def begun(self, batches: int) -> None:
        """Return once that many batches have begun."""
        async with asyncio.timeout(60), self._begun:
            await self._begun.wait_for(lambda: len(self.batches) >= batches)


def make(
    gate: Gate,
    *,
    max_batch: int = 100,
    max_waiting: int = 100,
    concurrency: int = 1,
    on_batch: Callable[[int], None] = lambda _size: None,
) -> Batcher[int, int]:
    return Batcher(gate.run, max_batch=max_batch, max_waiting=max_waiting, concurrency=concurrency, on_batch=on_batch)


async def test_a_lone_item_waits_for_nobody() -> None:
    loop = asyncio.get_running_loop()
    turns = 0

    async def run(items: Sequence[int]) -> Outcomes:
        return items

    def count_turn() -> None:
        nonlocal turns
        turns += 1
        loop.call_soon(count_turn)

    loop.call_soon(count_turn)
    assert await Batcher[int, int](run, max_batch=10, max_waiting=10).submit(7) == 7
    assert turns <= 5  # turns of the event loop, and no timer


async def test_items_of_one_turn_go_together() -> None:
    gate = Gate()
    batcher = make(gate)
    futures = [batcher.submit(number) for number in range(3)]
    gate.open()
    assert await asyncio.gather(*futures) == [0, 10, 20]
    assert gate.batches == [[0, 1, 2]]


async def test_what_arrives_while_a_batch_runs_goes_out_in_the_next() -> None:
    gate = Gate()
    batcher = make(gate)
    futures = [batcher.submit(0)]
    await gate.begun(1)
    for number in (1, 2, 3):
        futures.append(batcher.submit(number))
        await asyncio.sleep(0)
    assert batcher.waiting == 3
    gate.open(2)
    assert await asyncio.gather(*futures) == [0, 10, 20, 30]
    assert gate.batches == [[0], [1, 2, 3]]


async def test_a_batch_has_no_more_items_than_it_may_and_order_is_kept() -> None:
    gate = Gate()
    sizes: list[int] = []
    batcher = make(gate, max_batch=4, on_batch=sizes.append)
    futures = [batcher.submit(number) for number in range(10)]
    gate.open(3)
    assert await asyncio.gather(*futures) == [number * 10 for number in range(10)]
    assert gate.batches == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]
    assert sizes == [4, 4, 2]


async def test_as_many_batches_run_at_once_as_may() -> None:
    gate = Gate()
    batcher = make(gate, max_batch=1, concurrency=2)
    futures = [batcher.submit(number) for number in range(4)]
    await gate.begun(2)
    for _ in range(10):
        await asyncio.sleep(0)
    assert gate.batches == [[0], [1]]
    gate.open()
    await gate.begun(3)
    assert gate.batches == [[0], [1], [2]]
    gate.open(3)
    assert await asyncio.gather(*futures) == [0, 10, 20, 30]


async def test_an_exception_as_an_outcome_is_one_caller_s_alone() -> None:
    async def run(items: Sequence[int]) -> Outcomes:
        return [ValueError(item) if item == 1 else item for item in items]

    batcher: Batcher[int, int] = Batcher(run, max_batch=10, max_waiting=10)
    good, bad, also_good = (batcher.submit(number) for number in range(3))
    assert (await good, await also_good) == (0, 2)
    with pytest.raises(ValueError, match="1"):
        await bad


async def test_an_exception_of_the_batch_goes_to_all_and_the_next_batch_runs() -> None:
    calls = 0

    async def run(items: Sequence[int]) -> Outcomes:
        nonlocal calls
        calls += 1
        if calls == 1:
            raise ConnectionError
        return items

    batcher: Batcher[int, int] = Batcher(run, max_batch=2, max_waiting=10)
    outcomes = await asyncio.gather(*(batcher.submit(number) for number in range(4)), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [ConnectionError, ConnectionError, int, int]


async def test_a_caller_that_goes_away_neither_stops_the_batch_nor_its_neighbours() -> None:
    gate = Gate()
    batcher = make(gate)
    leaving, staying = batcher.submit(1), batcher.submit(2)
    await gate.begun(1)
    leaving.cancel()
    gate.open()
    assert await staying == 20
    assert gate.batches == [[1, 2]]
    later = batcher.submit(3)
    gate.open()
    assert await later == 30


async def test_a_caller_that_goes_away_while_it_queues_leaves_its_item_in() -> None:
    gate = Gate()
    batcher = make(gate)
    first = batcher.submit(1)
    await gate.begun(1)
    leaving, staying = batcher.submit(2), batcher.submit(3)
    leaving.cancel()
    gate.open(2)
    assert (await first, await staying) == (10, 30)
    assert gate.batches == [[1], [2, 3]]


async def test_a_full_queue_refuses_and_takes_again_once_it_has_room() -> None:
    gate = Gate()
    batcher = make(gate, max_batch=2, max_waiting=2)
    running = [batcher.submit(1), batcher.submit(2)]
    await gate.begun(1)
    waiting = [batcher.submit(3), batcher.submit(4)]
    with pytest.raises(OverloadedError):
        batcher.submit(5)
    gate.open()
    await gate.begun(2)
    waiting.append(batcher.submit(6))
    gate.open(2)
    assert await asyncio.gather(*running, *waiting) == [10, 20, 30, 40, 60]


@given(
    bursts=st.lists(st.integers(min_value=0, max_value=20), max_size=8),
    max_batch=st.integers(min_value=1, max_value=7),
    concurrency=st.integers(min_value=1, max_value=3),
)
def test_every_item_gets_its_own_outcome(bursts: list[int], max_batch: int, concurrency: int) -> None:
    async def scenario() -> None:
        running = 0
        seen: list[int] = []

        async def run(items: Sequence[int]) -> Outcomes:
            nonlocal running
            running += 1
            assert running <= concurrency
            assert 1 <= len(items) <= max_batch
            seen.extend(items)
            for _ in range(items[0] % 4):
                await asyncio.sleep(0)
            running -= 1
            return [ValueError(item) if item % 5 == 0 else item for item in items]

        batcher: Batcher[int, int] = Batcher(run, max_batch=max_batch, max_waiting=1000, concurrency=concurrency)
        futures: list[asyncio.Future[int]] = []
        for burst in bursts:
            start = len(futures)
            futures += [batcher.submit(start + number) for number in range(burst)]
            await asyncio.sleep(0)
        outcomes = await asyncio.gather(*futures, return_exceptions=True)
        for number, outcome in enumerate(outcomes):
            assert repr(outcome) == (repr(ValueError(number)) if number % 5 == 0 else repr(number))
        assert sorted(seen) == list(range(len(futures)))
        assert batcher.waiting == 0

    asyncio.run(scenario())
