"""A clock moves through several queues as if they were one, however they are cut into steps."""

from collections.abc import Sequence
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from brim.core.due import DueItem, in_order


class ListQueue:
    """A queue of numbers; one that is above a hundred brings about another, so many milliseconds later."""

    def __init__(self, name: str, due: Sequence[tuple[int, int]]) -> None:
        self.name = name
        self.waiting = [(due_ms, f"{name}{number:03}", brings) for number, (due_ms, brings) in enumerate(due)]

    def claim(self, limit: int) -> list[DueItem]:
        items = sorted(self.waiting)[:limit]
        return [DueItem(queue=_as_queue(self), due_ms=due_ms, key=key, work=brings) for due_ms, key, brings in items]

    def brings_ms(self, item: DueItem, *, now_ms: int) -> int | None:
        return now_ms + item.work if item.work else None

    def do(self, item: DueItem, now_ms: int) -> None:
        self.waiting.remove((item.due_ms, item.key, item.work))
        if item.work:
            self.waiting.append((now_ms + item.work, item.key + "'", 0))


def _as_queue(queue: Any) -> Any:
    return queue


def run(queues: list[ListQueue], *, limit: int, from_ms: int) -> list[tuple[int, str]]:
    done: list[tuple[int, str]] = []
    while step := list(in_order([queue.claim(limit) for queue in queues], limit=limit, from_ms=from_ms)):
        assert len(step) <= limit
        for item, now_ms in step:
            done.append((now_ms, item.key))
            next(queue for queue in queues if item.key.startswith(queue.name)).do(item, now_ms)
        from_ms = step[-1][1]
    return done


DUE = st.lists(st.tuples(st.integers(0, 30), st.sampled_from([0, 0, 1, 7])), max_size=8)


@given(first=DUE, second=DUE, limit=st.integers(1, 20), from_ms=st.integers(0, 10))
def test_the_order_does_not_depend_on_the_steps(
    first: list[tuple[int, int]], second: list[tuple[int, int]], limit: int, from_ms: int
) -> None:
    def queues() -> list[ListQueue]:
        return [ListQueue("a", first), ListQueue("b", second)]

    done = run(queues(), limit=limit, from_ms=from_ms)
    assert done == run(queues(), limit=1, from_ms=from_ms)
    assert [moment for moment, _ in done] == sorted(moment for moment, _ in done)
    assert len(done) == sum(1 + bool(brings) for _, brings in (*first, *second))
    assert all(moment >= from_ms for moment, _ in done)


def test_nothing_due_is_no_step() -> None:
    assert list(in_order([[], []], limit=5, from_ms=0)) == []
