"""The benchmark's own arithmetic: whose time a sample is, what a verdict is, how far a median may be off."""

from pathlib import Path

import bench.profile
from bench.goals import GOALS, Found, Spread, judge, ratios, render_goals
from bench.profile import BUDGET, Profile, count_lines, render_budget

_SOURCES = Path(bench.profile.__file__).parents[1] / "src"


def test_each_owner_in_the_budget_is_there() -> None:
    """A module that was renamed would silently lose its line of the budget."""
    ours = [owner for line in BUDGET for owner in line.owner if owner.startswith("brim/")]
    places = [owner.partition(":") for owner in ours]
    for path, _, function in places:
        assert (_SOURCES / path).exists(), path
        name = function.rpartition(".")[2]
        assert not name or name in (_SOURCES / path).read_text()


def test_a_sample_belongs_to_the_innermost_function_that_has_an_owner() -> None:
    counts = count_lines(
        [
            *5 * ["run (uvloop/__init__.py:92);Runner.run (asyncio/runners.py:118)"],
            *3 * ["Runner.run (asyncio/runners.py:118);create (brim/core/topups/service.py:1);add (_weakrefset.py:3)"],
            *2 * ["Runner.run (asyncio/runners.py:118);HttpProtocol._write (brim/http/protocol.py:1)"],
            "Runner.run (asyncio/runners.py:118);HttpProtocol._work_on (brim/http/protocol.py:1)",
            *4 * ["Runner.run (asyncio/runners.py:118);step (elsewhere.py:1)"],
        ]
    )
    assert dict(counts) == {"socket, event loop": 7, "build": 3, "parse": 1, "other": 4}


def test_lines_above_their_limit_are_named_on_a_core_as_fast_as_the_limits() -> None:
    counts = count_lines(["create (brim/core/topups/service.py:1)"])
    found = {work: Profile(20.0, counts) for work in ("create", "retrieve", "list")}
    assert "* create, build: 20.0 us, 2.0 above its limit" in render_budget(found, 1.0)
    assert "* No line is above its limit." in render_budget(found, 30.0)


def test_a_goal_is_met_from_its_own_side() -> None:
    assert judge(1.2, 1.2, 2.5, lower=False) == "met"
    assert judge(1.1, 1.2, 2.5, lower=False) == "**not met**"
    assert judge(2.6, 1.2, 2.5, lower=False) == "moonshot met"
    assert judge(2.9, 3.0, 2.0, lower=True) == "met"
    assert judge(3.1, 3.0, 2.0, lower=True) == "**not met**"
    assert judge(3.1, None, None, lower=True) == ""


def test_a_goal_that_is_a_share_of_before_is_judged_only_beside_it() -> None:
    now = Spread(60, 60, 60)
    (alone,) = [line for line in render_goals({"cpu": Found(now)}, linked=False).splitlines() if "CPU" in line]
    (beside,) = [
        line
        for line in render_goals({"cpu": Found(now, Spread(100, 100, 100))}, linked=False).splitlines()
        if "CPU" in line
    ]
    assert "met" not in alone
    assert "50 us" in beside
    assert "**not met**" in beside


def test_rows_of_other_commands_lead_there() -> None:
    table = render_goals({})
    assert all(goal.elsewhere in table for goal in GOALS if goal.elsewhere)


def test_a_median_lies_within_its_interval() -> None:
    values = ratios([4.0, 6.0, 9.0, 10.0], [2.0, 2.0, 3.0, 4.0])
    spread = Spread.of(values)
    assert values == [2.0, 3.0, 3.0, 2.5]
    assert spread.median == 2.75
    assert min(values) <= spread.low <= spread.median <= spread.high <= max(values)
    assert Spread.of(values) == spread
