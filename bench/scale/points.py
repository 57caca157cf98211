"""What was measured on one machine with two cores, and what the model says about it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from bench.scale.costs import COSTS, SLOW_FLUSH
from bench.scale.model import Costs, Layout, Model, Outcome

TOLERANCE: Final = 0.2
_MOCK: Final = 14_200
"""Creates that stripe-mock answers in a second on these cores: ratios in the table of goals are to that."""


@dataclass(frozen=True, kw_only=True)
class Point:
    """A measurement.

    Attributes:
        name: of the layout.
        figure: what was measured, with its unit.
        measured: the middle of what was measured.
        span: the whole of it, as the page shows it.
        read: returns it from what the model did.
        layout, costs: what the model is asked.
        lives: whether whole lives are measured.
        fitted: whether costs were chosen by it.
        beyond: why the model is known to miss it; empty where it must not.
    """

    name: str
    figure: str
    measured: float
    span: str
    read: Callable[[Outcome], float]
    layout: Layout
    costs: Costs = COSTS
    lives: bool = False
    fitted: bool = False
    beyond: str = ""


class Found(NamedTuple):
    """A point beside what the model says."""

    point: Point
    modelled: float

    @property
    def error(self) -> float:
        """By which share the model is above what was measured."""
        return self.modelled / self.point.measured - 1

    @property
    def is_within(self) -> bool:
        """Whether the model reproduces the point."""
        return abs(self.error) <= TOLERANCE


def _layout(processes: int, connections: int, *, settles: bool = False) -> Layout:
    return Layout(cores=2, processes=processes, connections=connections, settles=settles)


def _rate(outcome: Outcome) -> float:
    return outcome.per_second


def _brim(outcome: Outcome) -> float:
    return outcome.us_each("api", "worker")


def _postgres(outcome: Outcome) -> float:
    return outcome.us_each("postgres")


def _all(outcome: Outcome) -> float:
    return outcome.us_each()


def _rates(
    name: str,
    layout: Layout,
    rate: tuple[float, str],
    brim: tuple[float, str] | None = None,
    postgres: tuple[float, str] | None = None,
    everything: tuple[float, str] | None = None,
    *,
    fitted: bool,
) -> Iterator[Point]:
    figures = (("a second", rate, _rate), ("Brim us", brim, _brim), ("PostgreSQL us", postgres, _postgres))
    for figure, found, read in (*figures, ("all us", everything, _all)):
        if found:
            yield Point(
                name=name, figure=figure, measured=found[0], span=found[1], read=read, layout=layout, fitted=fitted
            )


_FEW: Final = "another machine; few clients and processes wait for each other longer than in the model"
_COLD: Final = "after a millisecond of sleep, processes and caches are colder than the model knows"
_64, _256 = "64 connections", "256 connections"
POINTS: Final = (
    *_rates(
        f"1 process, {_64}",
        _layout(1, 64),
        (7_680, "7,300 to 8,060"),
        (97.5, "95 to 100"),
        (58, "55 to 61"),
        (209, "188 to 230"),
        fitted=True,
    ),
    *_rates(
        f"2 processes, {_64}",
        _layout(2, 64),
        (8_700, "8,600 to 8,800"),
        (113, "113"),
        (70, "70"),
        (209, "206 to 212"),
        fitted=True,
    ),
    *_rates(
        f"2 processes, {_256}",
        _layout(2, 256),
        (8_900, "8,900"),
        (118, "118"),
        (66, "66"),
        (210, "210"),
        fitted=True,
    ),
    Point(
        name="1 connection",
        figure="p50 ms",
        measured=0.71,
        span="0.71",
        read=lambda outcome: outcome.p50_ms,
        layout=_layout(1, 1),
        fitted=True,
    ),
    *_rates(f"1 process, {_256}", _layout(1, 256), (8_000, "7,800 to 8,200"), fitted=False),
    Point(
        name=f"1 process, {_64}, flushes 1 ms longer",
        figure="a second",
        measured=0.60 * _MOCK,
        span="0.60 of stripe-mock (0.55 to 0.66)",
        read=_rate,
        layout=_layout(1, 64),
        costs=SLOW_FLUSH,
    ),
    Point(
        name=f"2 processes, {_256}, flushes 1 ms longer",
        figure="a second",
        measured=0.54 * 8_900 / 0.60,
        span="0.54 of stripe-mock, and 0.60 without",
        read=_rate,
        layout=_layout(2, 256),
        costs=SLOW_FLUSH,
    ),
    Point(
        name=f"1 process, {_64}, settling meanwhile",
        figure="a second",
        measured=0.37 * _MOCK,
        span="0.37 of stripe-mock (0.36 to 0.40)",
        read=_rate,
        layout=_layout(1, 64, settles=True),
    ),
    Point(
        name=f"whole lives, 1 process, {_64}",
        figure="a second",
        measured=4_344,
        span="3,842 to 4,865",
        read=lambda outcome: outcome.settled_per_second,
        layout=_layout(1, 64, settles=True),
        lives=True,
    ),
    Point(
        name="1 connection, flushes 1 ms longer",
        figure="p50 ms",
        measured=2.44,
        span="2.44",
        read=lambda outcome: outcome.p50_ms,
        layout=_layout(1, 1),
        costs=SLOW_FLUSH,
        beyond=_COLD,
    ),
    Point(
        name="2 processes, 16 connections",
        figure="a second",
        measured=8_700 * 4_702 / 8_012,
        span="0.59 of 64 connections (2026-11-22)",
        read=_rate,
        layout=_layout(2, 16),
        beyond=_FEW,
    ),
)


def compare(points: tuple[Point, ...] = POINTS, *, seconds: float = 1.0) -> list[Found]:
    """Ask the model for each point; layouts that several points share are run once."""
    ran: dict[tuple[Layout, Costs, bool], Outcome] = {}
    found = []
    for point in points:
        key = (point.layout, point.costs, point.lives)
        if key not in ran:
            model = Model(point.costs, point.layout)
            ran[key] = model.run_lives(seconds=seconds) if point.lives else model.run(seconds=seconds)
        found.append(Found(point, point.read(ran[key])))
    return found


def without_batches(point: Point) -> Point:
    """Return a point for a build that is wrong: each batch is one create."""
    return replace(point, layout=replace(point.layout, max_batch=1))


def without_shared_flushes(point: Point) -> Point:
    """Return a point for a build that is wrong: each create of a batch has a flush of its own."""
    return replace(point, layout=replace(point.layout, grouped=False))


def find(name: str, figure: str = "a second") -> Point:
    """Return a point by its name and figure."""
    return next(point for point in POINTS if (point.name, point.figure) == (name, figure))
