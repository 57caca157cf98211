"""The goals for speed: what each figure has to reach, and the table of what it reached."""

import random
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from bench.report import markdown_table

_RESAMPLES: Final = 2_000
_TAIL: Final = 0.025


@dataclass(frozen=True)
class Spread:
    """A median with its interval of 95 %."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> "Spread":
        """Return the median of some rounds' figures, with its interval from bootstrap resamples."""
        draw = random.Random(0)  # the same rounds give the same interval
        medians = sorted(statistics.median(draw.choices(values, k=len(values))) for _ in range(_RESAMPLES))
        cut = int(_RESAMPLES * _TAIL)
        return cls(statistics.median(values), medians[cut], medians[-1 - cut])


def ratios(ours: Sequence[float], theirs: Sequence[float]) -> list[float]:
    """Return the ratio of each round: both were measured one after the other."""
    return [our / their for our, their in zip(ours, theirs, strict=True)]


@dataclass(frozen=True, kw_only=True)
class Goal:
    """One row of the table.

    Attributes:
        key: what stages call it.
        figure: what is measured.
        to_reach: the goal; None where there is none.
        moonshot: the one beyond.
        unit: `x` for a ratio, `us`, `B`, `s`.
        lower: whether less is better.
        of_before: the goals are shares of the figure before, which must be given.
        elsewhere: the command that measures it, if not this one.
    """

    key: str
    figure: str
    to_reach: float | None = None
    moonshot: float | None = None
    unit: str = "x"
    lower: bool = False
    of_before: bool = False
    elsewhere: str = ""


GOALS: Final = (
    Goal(
        key="create_off",
        figure="durable create, 64 connections, settlement off / stripe-mock",
        to_reach=1.2,
        moonshot=2.5,
    ),
    Goal(
        key="create_on",
        figure="the same with settlement, events and request log running / stripe-mock",
        to_reach=0.8,
        moonshot=1.5,
    ),
    Goal(key="create_256", figure="durable create, 256 connections / stripe-mock", to_reach=1.4, moonshot=3.0),
    Goal(key="retrieve", figure="retrieve, 64 connections / stripe-mock", to_reach=2.0, moonshot=3.5),
    Goal(key="list", figure="list of 10, 64 connections / stripe-mock", to_reach=1.3, moonshot=2.5),
    Goal(key="life", figure="full lives a second on one account / naive pgbench life", to_reach=10.0, moonshot=20.0),
    Goal(key="life_rate", figure="full lives a second on one account", unit="/s"),
    Goal(key="cpu_python", figure="CPU of one life, Python", to_reach=70, moonshot=35, unit="us", lower=True),
    Goal(key="cpu_database", figure="CPU of one life, PostgreSQL", to_reach=145, moonshot=72, unit="us", lower=True),
    Goal(key="cpu", figure="CPU of one life", to_reach=0.5, moonshot=0.25, unit="us", lower=True, of_before=True),
    Goal(key="lone", figure="lone create, p50 / pgbench one row", to_reach=3.0, moonshot=2.0, lower=True),
    Goal(key="rows", figure="create rate at 10 M / at 10 k rows; worst list p99", elsewhere="make bench-growth"),
    Goal(key="topup_bytes", figure="bytes of a top-up with its indexes", to_reach=450, unit="B", lower=True),
    Goal(
        key="life_bytes",
        figure="bytes of a whole life in all tables",
        to_reach=0.7,
        unit="B",
        lower=True,
        of_before=True,
    ),
    Goal(key="wal_bytes", figure="WAL of a whole life", unit="B", lower=True),
    Goal(key="overload", figure="goodput at three times capacity", elsewhere="make bench-overload"),
    Goal(key="first_start", figure="empty folder to first top-up", to_reach=1.2, unit="s", lower=True),
    Goal(key="warm_start", figure="existing folder to first top-up", to_reach=0.6, unit="s", lower=True),
    Goal(key="rest", figure="memory of `brim serve`, idle, one account", elsewhere="make bench-rest"),
)


@dataclass(frozen=True)
class Found:
    """What a stage found for a goal.

    Attributes:
        now: this tree's.
        before: the other revision's.
        note: how it was measured, such as with how many API processes.
    """

    now: Spread
    before: Spread | None = None
    note: str = ""


@dataclass
class Results:
    """What all stages found, and sentences and tables beside it.

    Attributes:
        found: figures by goal.
        notes: sentences for below the table.
        tables: further tables.
    """

    found: dict[str, Found] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    tables: list[str] = field(default_factory=list)


def render_goals(found: Mapping[str, Found], *, linked: bool = True) -> str:
    """Return the table of goals in Markdown; `linked` keeps the rows that other commands measure."""
    rows = [_row(goal, found.get(goal.key)) for goal in GOALS if goal.key in found or (linked and goal.elsewhere)]
    return markdown_table(("figure", "before", "now", "to reach", "moonshot", "verdict"), rows)


def _row(goal: Goal, found: Found | None) -> list[str]:
    if found is None:
        return [goal.figure, "", f"`{goal.elsewhere}`", "", "", ""]
    figure = f"{goal.figure} ({found.note})" if found.note else goal.figure
    to_reach, moonshot = _bounds(goal, found)
    return [
        figure,
        "" if found.before is None else _spread(found.before, goal.unit),
        _spread(found.now, goal.unit),
        "" if to_reach is None else _value(to_reach, goal.unit),
        "" if moonshot is None else _value(moonshot, goal.unit),
        judge(found.now.median, to_reach, moonshot, lower=goal.lower),
    ]


def _bounds(goal: Goal, found: Found) -> tuple[float | None, float | None]:
    """Return what is to reach, in the figure's own unit."""
    if not goal.of_before:
        return goal.to_reach, goal.moonshot
    before = found.before.median if found.before else None
    to_reach, moonshot = (share and before and share * before for share in (goal.to_reach, goal.moonshot))
    return to_reach, moonshot


def judge(value: float, to_reach: float | None, moonshot: float | None, *, lower: bool) -> str:
    """Return the verdict on a figure."""
    if to_reach is None:
        return ""
    sign = -1 if lower else 1
    if moonshot is not None and sign * value >= sign * moonshot:
        return "moonshot met"
    return "met" if sign * value >= sign * to_reach else "**not met**"


def _spread(spread: Spread, unit: str) -> str:
    text = _value(spread.median, unit)
    if spread.low == spread.high:
        return text
    return f"{text} ({_number(spread.low, unit)} to {_number(spread.high, unit)})"


def _value(value: float, unit: str) -> str:
    return f"{_number(value, unit)}{'' if unit in {'x', '/s'} else ' '}{unit}"


def _number(value: float, unit: str) -> str:
    return f"{value:.2f}" if unit in {"x", "s"} else f"{value:,.0f}"
