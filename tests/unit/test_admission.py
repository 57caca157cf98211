"""A process in which more comes than it can do, in virtual time: what is served, how soon, and what is refused."""

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

import pytest

from brim.http.admission import (
    ALWAYS,
    HELD_BYTES,
    HELD_LONGEST_S,
    HELD_S,
    MOST,
    REFUSALS_A_SECOND,
    TARGET_S,
    Admission,
    Ticket,
)
from brim.http.message import Reply
from tests.support.virtual_time import run_in_virtual_time

TICK_S = 0.01
REFUSAL = Reply(429, b"")


class Request:
    """One request, and what became of it."""

    def __init__(self, owner: str, came_s: float) -> None:
        self.owner = owner
        self.came_s = came_s
        self.took_s: float | None = None
        self.refused_after_s: float | None = None
        self.is_gone = False
        self.on_place: Callable[[Request, Ticket], None]

    def take_place(self, ticket: Ticket) -> None:
        self.on_place(self, ticket)

    def refuse(self, reply: Reply) -> None:
        assert reply is REFUSAL
        self.refused_after_s = asyncio.get_running_loop().time() - self.came_s


class Process:
    """Works requests off in the order in which they got their places, so many a second."""

    def __init__(self, a_second: float) -> None:
        self.a_second = a_second
        self.clock = asyncio.get_running_loop().time
        self.admission = Admission(self.clock)
        self.queue: deque[tuple[Request, Ticket]] = deque()
        self.requests: list[Request] = []
        self.most_under_way = 0
        self._capacity = 0.0

    def send(self, owner: str = "acct_1", size: int = 100) -> Request:
        request = Request(owner, self.clock())
        request.on_place = lambda request, ticket: self.queue.append((request, ticket))
        self.requests.append(request)
        ticket = self.admission.enter(owner)
        if ticket:
            self.queue.append((request, ticket))
        elif not self.admission.hold(request, owner, REFUSAL, size):
            request.refused_after_s = 0.0
        return request

    def work(self) -> None:
        self._capacity = min(self._capacity + self.a_second * TICK_S, len(self.queue))
        self.most_under_way = max(self.most_under_way, self.admission.under_way)
        while self._capacity >= 1:
            self._capacity -= 1
            request, ticket = self.queue.popleft()
            request.took_s = self.clock() - request.came_s
            ticket.leave()

    async def run(self, seconds: float, **a_second: float) -> list[Request]:
        """Let so many requests come, by owner, and return them."""
        first, due = len(self.requests), dict.fromkeys(a_second, 0.0)
        for _ in range(round(seconds / TICK_S)):
            for owner, rate in a_second.items():
                due[owner] += rate * TICK_S
                while due[owner] >= 1:
                    due[owner] -= 1
                    self.send(owner)
            await asyncio.sleep(TICK_S)
            self.work()
        return self.requests[first:]


def took(requests: list[Request], part: float) -> float:
    """Return within how many seconds that part of those that were served was."""
    served = sorted(request.took_s for request in requests if request.took_s is not None)
    return served[int(len(served) * part)]


def in_virtual_time(main: Callable[[], Coroutine[Any, Any, None]]) -> None:
    run_in_virtual_time(main())


@pytest.mark.parametrize("a_second", [300, 1_000, 4_000])
def test_three_times_what_can_be_done_leaves_what_is_done_at_its_peak(a_second: int) -> None:
    """However quick the machine is."""

    async def main() -> None:
        process = Process(a_second)
        await process.run(3.0, acct_1=3 * a_second)  # until it has found out
        requests = await process.run(10.0, acct_1=3 * a_second)
        await process.run(HELD_LONGEST_S)
        assert max(request.took_s or 0.0 for request in requests) < HELD_S + max(2 * TARGET_S, 2 * ALWAYS / a_second)
        requests = [request for request in requests if request.came_s < requests[-1].came_s - HELD_S]
        served = [request for request in requests if request.took_s is not None]
        refused = [request for request in requests if request.refused_after_s is not None]
        assert len(served) + len(refused) == len(requests)
        assert len(served) >= 0.95 * (10.0 - HELD_S) * a_second
        assert took(served, 0.99) < max(2 * TARGET_S, 2 * ALWAYS / a_second)
        assert max(request.refused_after_s or 0.0 for request in refused) < HELD_LONGEST_S + 3 * TICK_S
        assert process.most_under_way <= MOST
        assert process.admission.refused >= len(refused)

    in_virtual_time(main)


def test_without_a_bound_the_same_load_would_wait_for_ever() -> None:
    """The model is one in which the bound matters."""

    async def main() -> None:
        process = Process(1_000)
        process.admission.enter = partial(process.admission._seat, now_s=0.0, is_beyond=False)  # type: ignore[method-assign]  # the old way
        requests = await process.run(10.0, acct_1=3_000)
        assert took(requests, 0.99) > 5.0

    in_virtual_time(main)


def test_after_the_load_everything_is_as_before() -> None:
    async def main() -> None:
        process = Process(1_000)
        await process.run(5.0, acct_1=3_000)
        assert process.admission.limit < MOST
        await process.run(HELD_LONGEST_S, acct_1=100)
        later = await process.run(1.0, acct_1=100)
        await process.run(1.0)
        assert took(later, 1.0 - 1e-9) <= 2 * TICK_S
        assert (process.admission.held, process.admission.under_way) == (0, 0)
        assert process.admission.limit == MOST
        assert process.admission.measure() <= TICK_S + 1e-9

    in_virtual_time(main)


def test_a_burst_that_can_be_done_soon_is_done() -> None:
    async def main() -> None:
        process = Process(4_000)
        burst = [process.send() for _ in range(3_000)]
        await process.run(1.0)
        assert [request for request in burst if request.took_s is None] == []
        assert process.admission.refused == 0

    in_virtual_time(main)


def test_a_flood_of_one_account_refuses_nothing_to_the_others() -> None:
    async def main() -> None:
        process = Process(1_000)
        await process.run(2.0, flood=3_000, one=50, two=20)  # until it has found out
        requests = await process.run(10.0, flood=3_000, one=50, two=20)
        await process.run(2.0)
        others = [request for request in requests if request.owner != "flood"]
        assert [request for request in others if request.took_s is None] == []
        assert took(others, 0.99) < 1.0
        assert process.admission.refused > 10_000

    in_virtual_time(main)


def test_many_slow_requests_are_no_overload() -> None:
    """As long as there are few of them, whatever they take."""

    async def main() -> None:
        process = Process(ALWAYS / 10)
        requests = [process.send() for _ in range(ALWAYS)]
        await process.run(11.0)
        assert [request for request in requests if request.took_s is None] == []

    in_virtual_time(main)


def test_a_process_that_stands_still_takes_no_more_and_goes_on_afterwards() -> None:
    async def main() -> None:
        process = Process(0)
        requests = await process.run(5.0, acct_1=1_000)
        assert process.admission.under_way < MOST
        assert process.admission.held <= 1_000 * HELD_LONGEST_S
        process.a_second = 4_000
        await process.run(HELD_LONGEST_S, acct_1=500)
        later = await process.run(1.0, acct_1=500)
        assert took(later, 0.99) < TARGET_S
        assert [request for request in requests if request.took_s is None and request.refused_after_s is None] == []

    in_virtual_time(main)


async def test_the_last_to_come_gets_the_next_place() -> None:
    process = Process(0)
    process.admission.limit = 1
    first = process.send()
    older, newer, gone = process.send(), process.send(), process.send()
    gone.is_gone = True
    for request, ticket in list(process.queue):
        assert request is first
        ticket.leave()
    assert [request for request, _ in process.queue] == [first, newer]
    assert older not in [request for request, _ in process.queue]
    assert process.admission.held == 1


async def test_those_who_are_held_fill_no_memory() -> None:
    process = Process(0)
    process.admission.limit = 0
    held, too_large = process.send(size=HELD_BYTES), process.send(size=1)
    assert held.refused_after_s is None
    assert too_large.refused_after_s == 0.0
    assert process.admission.refused == 1


def test_refusals_that_would_take_the_time_of_answers_come_later() -> None:
    async def main() -> None:
        process = Process(0)
        for _ in range(MOST + 3_000):
            process.send()
        assert process.admission.held == 3_000
        await process.run(HELD_S + 1.0)
        assert 0 < process.admission.refused <= 3 * REFUSALS_A_SECOND
        await process.run(HELD_LONGEST_S - HELD_S - 1.0 + 3 * TICK_S)
        assert process.admission.refused == 3_000
        assert process.admission.held == 0

    in_virtual_time(main)
