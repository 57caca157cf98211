"""The model of many machines: it reproduces what was measured on one, and a wrong one does not."""

import re
from dataclasses import replace

import pytest

from bench.scale import costs, points, steps
from bench.scale.__main__ import PAGE
from bench.scale.costs import COSTS
from bench.scale.model import Layout, Model
from bench.scale.points import TOLERANCE, compare, find, without_batches, without_shared_flushes

_BUSY = "1 process, 64 connections"
_SLOW = f"{_BUSY}, flushes 1 ms longer"
_S = 0.2


def test_the_model_reproduces_measured_points_and_a_wrong_one_does_not() -> None:
    right = (find(_BUSY), find(_SLOW), find("1 process, 256 connections"), find("1 connection", "p50 ms"))
    wrong = (without_batches(find(_BUSY)), without_batches(find(_SLOW)), without_shared_flushes(find(_SLOW)))
    assert [found.is_within for found in compare(right, seconds=_S)] == [True] * len(right)
    assert [found.is_within for found in compare(wrong, seconds=_S)] == [False] * len(wrong)


def test_some_points_are_not_used_for_fitting_and_misses_have_a_reason() -> None:
    assert sum(not point.fitted for point in points.POINTS) > 3
    assert not any(point.fitted for point in points.POINTS if point.beyond)
    assert all(point.measured > 0 for point in points.POINTS)


def test_a_run_is_the_same_each_time() -> None:
    layout = Layout(cores=2, processes=2, connections=64, settles=True)
    one, again = (Model(COSTS, layout).run(seconds=0.05) for _ in range(2))
    assert one == again
    assert one.creates > 0
    assert one != Model(COSTS, layout, seed=2).run(seconds=0.05)


def test_no_core_works_longer_than_there_is_time_and_every_life_is_settled() -> None:
    layout = Layout(cores=2, processes=2, connections=64, settles=True)
    outcome = Model(COSTS, layout).run_lives(seconds=0.05)
    assert 0 <= outcome.idle < 1
    assert outcome.settled >= outcome.creates > 0
    assert outcome.batches * layout.max_batch >= outcome.settled


def test_commits_that_wait_together_share_a_flush() -> None:
    slow = replace(COSTS, flush=5_000)
    outcome = Model(slow, Layout(cores=16, processes=8, connections=256, clients_share=False)).run(seconds=0.2)
    assert outcome.batches > 2 * outcome.flushes > 0


def test_one_account_settles_no_faster_with_more_workers() -> None:
    layout = Layout(cores=8, processes=3, connections=192, clients_share=False, workers=4, settles=True)
    many, one = (Model(COSTS, replace(layout, one_account=each)).run(seconds=0.2) for each in (False, True))
    assert one.settled_per_second < steps.one_account_lives(COSTS) * (1 + TOLERANCE) < many.settled_per_second


def test_more_lanes_than_clients_of_a_process_make_small_batches() -> None:
    layout = Layout(cores=4, processes=2, connections=64, database_cores=4, clients_share=False, network_us=100)
    few, many = (Model(COSTS, replace(layout, lanes=lanes)).run(seconds=0.05) for lanes in (1, 32))
    assert many.batch < few.batch / 4


def test_a_batch_and_a_row_cost_what_both_sizes_of_batch_did() -> None:
    plain, direct = COSTS, costs.SHARDED_DIRECT
    assert direct.statement == pytest.approx(plain.statement)
    assert direct.row / plain.row == pytest.approx(1.79, abs=0.01)
    routed = costs.SHARDED_ROUTED
    assert routed.route / 100 + routed.route_row == pytest.approx(51)
    assert routed.route / 512 + routed.route_row == pytest.approx(25)


def test_a_directory_places_accounts_more_evenly_than_a_hash_but_cannot_divide_one() -> None:
    shares = steps.zipf(10_000, 0.8)
    assert sum(shares) == pytest.approx(1)
    hashed, placed = max(steps.spread(shares, 8)), max(steps.place(shares, 8))
    assert 1 / 8 <= placed < hashed
    assert max(steps.place(steps.zipf(10_000, 1.5), 8)) == pytest.approx(steps.zipf(10_000, 1.5)[0])


def test_what_is_full_first_is_named_first() -> None:
    limits = steps.STEPS[0].limits()
    assert [each.per_second for each in limits] == sorted(each.per_second for each in limits)
    assert steps.wal_lives(10) == pytest.approx(1.25e9 / 7_423)
    assert steps.STEPS[0].connections == 14 + 20


def test_the_page_has_a_place_for_each_table() -> None:
    text = PAGE.read_text(encoding="utf-8")
    for mark in ("check", "broken", "limits", "steps", "skew"):
        table = re.search(f"<!-- scaling-{mark}:begin -->\n(.+?)<!-- scaling-{mark}:end -->", text, re.DOTALL)
        assert table, mark
        assert table[1].startswith("| "), mark
