"""When an endpoint and a delivery are tried next, and whether that can be said."""

from typing import Final

import pytest

from brim.core.webhooks.rules import EndpointQueue, NextAttempt, queue_of, rest_ms

NOW: Final = 1_000_000


@pytest.mark.parametrize(
    ("failures", "rest"), [(0, 0), (4, 0), (5, 1_000), (6, 2_000), (10, 32_000), (11, 60_000), (1_000, 60_000)]
)
def test_an_endpoint_rests_longer_after_each_failure_and_a_minute_at_most(failures: int, rest: int) -> None:
    assert rest_ms(failures) == rest


def test_failures_are_counted_back_to_the_last_success() -> None:
    queue = queue_of(is_failing=True, due_ms=[NOW], arrivals=[*[False] * 6, True, *[False] * 5], ended_ms=NOW)
    assert queue.rests_until_ms == NOW + 2_000
    assert queue_of(is_failing=False, due_ms=[], arrivals=[True], ended_ms=NOW).next_ms(NOW) is None
    assert queue_of(is_failing=True, due_ms=[], arrivals=[False] * 12, ended_ms=NOW).rests_until_ms == NOW + 60_000


@pytest.mark.parametrize(
    ("is_failing", "due_ms", "own_ms", "leased_ms", "plan"),
    [
        (False, (NOW,), NOW, None, (NextAttempt.NOW, None)),
        (False, (NOW - 9, NOW + 5), NOW + 5, None, (NextAttempt.SCHEDULED, NOW + 5)),
        (False, (NOW,), NOW, NOW + 80_000, (NextAttempt.NOW, None)),
        (True, (NOW + 5,), NOW + 5, None, (NextAttempt.SCHEDULED, NOW + 30)),  # not before it has rested
        (True, (NOW + 50,), NOW + 50, None, (NextAttempt.SCHEDULED, NOW + 50)),
        (True, (NOW - 9,), NOW - 9, None, (NextAttempt.SCHEDULED, NOW + 30)),
        (True, (NOW + 5, NOW + 50), NOW + 50, None, (NextAttempt.QUEUED, None)),  # behind another one
        (True, (NOW + 5, NOW + 5), NOW + 5, None, (NextAttempt.QUEUED, None)),  # one of them
        (True, (NOW - 9,), NOW - 9, NOW + 80_000, (NextAttempt.NOW, None)),
        (True, (NOW - 9,), NOW - 9, NOW, (NextAttempt.SCHEDULED, NOW + 30)),  # its lease is over
    ],
)
def test_a_time_is_named_only_where_it_will_be_kept(
    is_failing: bool, due_ms: tuple[int, ...], own_ms: int, leased_ms: int | None, plan: tuple[NextAttempt, int | None]
) -> None:
    queue = EndpointQueue(is_failing=is_failing, due_ms=due_ms, rests_until_ms=NOW + 30)
    assert queue.plan(own_ms, leased_ms, now_ms=NOW) == plan


def test_what_was_not_tried_for_minutes_is_overdue() -> None:
    queue = EndpointQueue(is_failing=True, due_ms=(NOW,), rests_until_ms=NOW + 60_000)
    assert not queue.is_overdue(NOW + 180_000)
    assert queue.is_overdue(NOW + 180_001)
    assert not EndpointQueue(is_failing=True, due_ms=(), rests_until_ms=0).is_overdue(NOW)
