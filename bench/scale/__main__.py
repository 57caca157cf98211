"""`make scaling`: holds the model against what was measured, and prints the tables of docs/scaling.md.

Nothing is measured: it prints the same on any machine, after a minute or two of one core.
"""

import argparse
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

from bench.report import markdown_table, write_between_marks
from bench.scale import costs, points, steps
from bench.scale.costs import COSTS, ELSEWHERE
from bench.scale.model import Outcome
from bench.scale.points import TOLERANCE, Found
from bench.scale.steps import CELL, GOAL, STEPS, Step

PAGE: Final = Path(__file__).parents[2] / "docs" / "scaling.md"
_FULL: Final = 0.95
_EXPONENTS: Final = (0.0, 0.5, 0.8, 1.0)
_BROKEN: Final = (
    ("each create is a batch of its own", points.without_batches),
    ("each create of a batch has its own flush", points.without_shared_flushes),
)


def main() -> None:
    """Print the tables; exit with 1 where the model misses what it must reproduce, or a wrong one does not."""
    parser = argparse.ArgumentParser(prog="python -m bench.scale", description="From one machine to a million creates.")
    parser.add_argument("--write", action="store_true", help="write the tables to docs/scaling.md")
    options = parser.parse_args()
    found = points.compare()
    broken = [
        (name, each)
        for name, wrong in _BROKEN
        for each in points.compare((wrong(points.find(_BUSY)), wrong(points.find(_SLOW))))
    ]
    tables: dict[str, Callable[[], str]] = {
        "scaling-check": lambda: _check(found),
        "scaling-broken": lambda: _broken(broken),
        "scaling-limits": _limits,
        "scaling-steps": _steps,
        "scaling-skew": _skew,
    }
    for mark, table in tables.items():
        text = table()
        print(f"\n{mark}\n\n{text}", flush=True)
        if options.write:
            write_between_marks(PAGE, mark, text)
    missed = [each.point.name for each in found if not each.is_within and not each.point.beyond]
    if missed:
        sys.exit(f"The model misses: {', '.join(missed)}")
    if any(all(each.is_within for name, each in broken if name == wrong) for wrong, _ in _BROKEN):
        sys.exit("A wrong model passes.")


_BUSY: Final = "1 process, 64 connections"
_SLOW: Final = f"{_BUSY}, flushes 1 ms longer"


def _check(found: Iterable[Found]) -> str:
    headings = ("what", "figure", "measured", "model", "off by", "used for fitting", "verdict")
    return markdown_table(headings, [_checked(each) for each in found])


def _checked(found: Found) -> Sequence[str]:
    point = found.point
    verdict = "within" if found.is_within else f"**not within {TOLERANCE:.0%}**"
    return (
        point.name,
        point.figure,
        point.span,
        _number(found.modelled),
        f"{found.error:+.0%}",
        "yes" if point.fitted else "no",
        f"{verdict}: {point.beyond}" if point.beyond else verdict,
    )


def _broken(found: Iterable[tuple[str, Found]]) -> str:
    rows = [
        (
            name,
            each.point.name,
            f"{each.point.measured:,.0f}",
            _number(each.modelled),
            f"{each.error:+.0%}",
            "not caught" if each.is_within else "caught",
        )
        for name, each in found
    ]
    return markdown_table(("wrong model", "what", "measured a second", "model", "off by", "verdict"), rows)


def _limits() -> str:
    """Return what one of each does, and how many of it a million a second take."""
    rows = [
        ("an API process", "its thread", "creates", 1e6 / costs.CREATE_BRIM_US, "1 s / 97.5 us"),
        (
            "an API process and its lane",
            "one batch under way",
            "creates",
            steps.lane_creates(COSTS),
            "32 / (statement + 32 rows + flush + send)",
        ),
        (
            "the same with a synchronous standby",
            "one batch under way",
            "creates",
            steps.lane_creates(COSTS, network_us=100, commit_us=500),
            "the same + 0.7 ms, assumed",
        ),
        ("a core of PostgreSQL", "CPU", "creates", 1e6 / costs.CREATE_POSTGRES_US, "1 s / 58 us"),
        ("a core of PostgreSQL", "CPU", "lives", 1e6 / costs.LIFE_POSTGRES_US.value, "1 s / 156 us"),
        ("a core for Brim", "CPU", "lives", 1e6 / costs.LIFE_PYTHON_US.value, "1 s / 158 us"),
        (
            "a worker",
            "settlement and sealing, one batch under way",
            "lives",
            steps.one_account_lives(COSTS),
            "500 / (job + 500 settled + flush)",
        ),
        (
            "a worker",
            "numbering, one batch under way",
            "lives",
            steps.one_account_numbers(COSTS) / costs.LIFE_EVENTS.value,
            "1,000 / (job + 1,000 rows + flush) / 2 events",
        ),
        ("a worker on 2 cores", "webhooks, an endpoint for all events", "lives", steps.webhook_lives(), "2,627 / 2"),
        ("a worker on 2 busy cores", "pruning events", "lives", steps.pruned_lives(), "10,300 / 2"),
        ("a link of 10 Gbit/s", "WAL to a standby or an archive", "lives", steps.wal_lives(10), "1.25 GB / 7,423 B"),
        (
            "128 GB of memory",
            "keys of a day in half of it",
            "lives",
            steps.key_lives(128),
            "64 GB / (121 B * 86,400)",
        ),
        ("a disk of 8 TB", "a month, nothing pruned", "lives", steps.disk_lives(8), "8 TB / (5,032 B * 30 days)"),
    ]
    return markdown_table(
        ("one of", "bottleneck", "of", "a second", "formula", "for a million a second"),
        [
            (one, what, unit, f"{rate:,.0f}", formula, f"{-(-GOAL // round(rate)):,}")
            for one, what, unit, rate, formula in rows
        ],
    )


def _steps() -> str:
    return markdown_table(
        (
            "step",
            "creates a second",
            "busiest",
            "lives a second",
            "busiest ",
            "further bottlenecks, at lives a second",
            "connections",
        ),
        [_step(step) for step in STEPS],
    )


def _step(step: Step) -> Sequence[str]:
    creates, lives = step.creates(), step.lives()
    limits = [each for each in step.limits() if each.per_second < lives.settled_per_second]
    return (
        step.name,
        f"{_rounded(creates.per_second)} in batches of {creates.batch:.0f}",
        _busiest(steps.busiest(creates)),
        _lives(lives),
        _busiest(steps.busiest(lives)),
        "; ".join(f"{each.name}: {_rounded(each.per_second)}" for each in limits),
        f"{step.connections:,}",
    )


def _busiest(busy: Iterator[tuple[str, float]]) -> str:
    return ", ".join(f"{kind} {min(share, 1):.0%}" for kind, share in list(busy)[:2])


def _skew() -> str:
    """Return what uneven accounts do to one account's locks, to lanes, and to cells."""
    cells = steps.cells_for(CELL.lives().settled_per_second)
    alone = steps.one_account_lives(ELSEWHERE)
    rows = []
    for exponent in _EXPONENTS:
        shares = steps.zipf(steps.ACCOUNTS, exponent)
        lanes = steps.skewed(STEPS[5], exponent).creates()
        hashed, placed = (max(way(shares, cells)) * cells for way in (steps.spread, steps.place))
        rows.append(
            (
                f"{exponent:g}",
                f"{shares[0]:.3%}",
                _rounded(alone / shares[0]) if shares[0] * GOAL > alone else f"above {GOAL:,}",
                _rounded(lanes.per_second),
                f"{hashed:.2f}x",
                f"{placed:.2f}x",
            )
        )
    table = markdown_table(
        (
            "exponent",
            "biggest account",
            "lives a second until its settlement saturates",
            "creates a second on 2 nodes",
            f"fullest of {cells} cells, by hash",
            "the same, placed",
        ),
        rows,
    )
    many, one = _lives(STEPS[1].lives()), _lives(steps.of_one_account(STEPS[1]).lives())
    notes = (
        f"* 16 cores and 12 workers, simulated: {many} lives a second of many accounts, and {one} of one.",
        f"* {cells} cells: a million lives a second, each cell as in the fourth row of the steps, and half full.",
    )
    return "\n".join([table, "", *notes])


def _lives(outcome: Outcome) -> str:
    return _rounded(outcome.settled_per_second)


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 1_000 else f"{value:.3g}"


def _rounded(value: float) -> str:
    """Return two digits of a number: nothing here is known better."""
    digits = len(str(round(value))) - 2
    return f"{round(value, -digits):,.0f}"


if __name__ == "__main__":
    main()
