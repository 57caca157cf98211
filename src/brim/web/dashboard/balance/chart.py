"""A balance over time as the points of a picture; the template draws them as SVG, which needs no script and prints."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from brim.base.currency import exponent
from brim.web.dashboard.formats import plain_amount

WIDTH: Final = 720
HEIGHT: Final = 200
SPARK_WIDTH: Final = 120
SPARK_HEIGHT: Final = 28
_ROOM: Final = 2
"""Units kept free above and below a small line, so that it is never cut."""

_MOST_STEPS: Final = 4
_DATES: Final = 5


class ChartDay(msgspec.Struct, frozen=True):
    """One day of a chart: the place of its band and its point, and the day of the API."""

    left: float
    width: float
    x: float
    y: float
    day: Mapping[str, Any]


class Chart(msgspec.Struct, frozen=True):
    """A line and the area under it, in units of a picture of `WIDTH` by `HEIGHT`, with its axes.

    `line` and `area` are SVG path data, `zero` is where nothing would be. `grid` are the heights of the lines of the
    axis and `labels` their amounts, the greatest first: the distances between them are equal. `dates` are seconds of
    days, evenly apart.
    """

    line: str
    area: str
    zero: float
    grid: tuple[float, ...]
    labels: tuple[str, ...]
    dates: tuple[int, ...]
    days: tuple[ChartDay, ...]
    width: int = WIDTH
    height: int = HEIGHT


def balance_chart(days: Sequence[Mapping[str, Any]], currency: str) -> Chart | None:
    """Return the chart of what was available at the end of each day; None where a line would say nothing."""
    amounts = [int(day["available"]) for day in days]
    if len(amounts) < 2 or not any(amounts):
        return None
    step = _step(min(*amounts, 0), max(*amounts, 0))
    low, high = min(*amounts, 0) // step * step, -(-max(*amounts, 0) // step) * step
    width = WIDTH / (len(amounts) - 1)
    points = [(index * width, _height_of(amount, low, high)) for index, amount in enumerate(amounts)]
    zero = _height_of(0, low, high)
    line = _path(points)
    steps = range(high, low - 1, -step)
    return Chart(
        line=line,
        area=f"{line}L{WIDTH} {zero:.1f}L0 {zero:.1f}Z",
        zero=round(zero, 1),
        grid=tuple(round(_height_of(each, low, high), 1) for each in steps),
        labels=tuple(_axis_label(each, step, currency) for each in steps),
        dates=tuple(days[round(index * (len(days) - 1) / (_DATES - 1))]["start"] for index in range(_DATES)),
        days=tuple(
            ChartDay(
                left=round(max(x - width / 2, 0), 1),
                width=round(width if 0 < x < WIDTH else width / 2, 1),
                x=round(x, 1),
                y=round(y, 1),
                day=day,
            )
            for (x, y), day in zip(points, days, strict=True)
        ),
    )


def sparkline(days: Sequence[Mapping[str, Any]]) -> str:
    """Return the path of a small line of what was available at each day's end; empty where it would say nothing."""
    amounts = [int(day["available"]) for day in days]
    if len(amounts) < 2 or not any(amounts):
        return ""
    low, high = min(amounts), max(amounts)
    span = high - low or 1
    width = SPARK_WIDTH / (len(amounts) - 1)
    room = SPARK_HEIGHT - 2 * _ROOM
    return _path(
        [(index * width, SPARK_HEIGHT - _ROOM - (amount - low) / span * room) for index, amount in enumerate(amounts)]
    )


def _step(low: int, high: int) -> int:
    """Return the distance between two lines of the axis: 1, 2 or 5 with zeros, and few of them from low to high."""
    step = 1
    while True:
        for factor in (1, 2, 5):
            if (high - low) <= step * factor * _MOST_STEPS:
                return step * factor
        step *= 10


def _axis_label(amount: int, step: int, currency: str) -> str:
    """Return an amount without decimals that all amounts of the axis lack."""
    text = plain_amount(amount, currency)
    return text.partition(".")[0] if step % 10 ** exponent(currency) == 0 else text


def _path(points: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)


def _height_of(amount: int, low: int, high: int) -> float:
    return HEIGHT - (amount - low) / (high - low) * HEIGHT
