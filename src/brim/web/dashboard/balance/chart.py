"""A balance over time as the points of a picture; the template draws them as SVG, which needs no script and prints."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

WIDTH: Final = 720
HEIGHT: Final = 160
_ROOM: Final = 8
"""Units kept free above and below, so that the line is never cut."""


class Chart(msgspec.Struct, frozen=True):
    """A line and the area under it, in units of a picture of `WIDTH` by `HEIGHT`.

    `line` and `area` are SVG path data, `zero` is where nothing would be, and `low` and `high` are the least and the
    greatest amount shown, in minor units.
    """

    line: str
    area: str
    zero: float
    low: int
    high: int
    width: int = WIDTH
    height: int = HEIGHT


def balance_chart(days: Sequence[Mapping[str, Any]]) -> Chart | None:
    """Return the chart of what was available at the end of each day; None where a line would say nothing."""
    amounts = [int(day["available"]) for day in days]
    if len(amounts) < 2 or not any(amounts):
        return None
    low, high = min(*amounts, 0), max(*amounts, 0)
    step = WIDTH / (len(amounts) - 1)
    points = [(index * step, _height_of(amount, low, high)) for index, amount in enumerate(amounts)]
    zero = _height_of(0, low, high)
    line = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
    return Chart(line=line, area=f"{line}L{WIDTH} {zero:.1f}L0 {zero:.1f}Z", zero=round(zero, 1), low=low, high=high)


def _height_of(amount: int, low: int, high: int) -> float:
    return HEIGHT - _ROOM - (amount - low) / (high - low) * (HEIGHT - 2 * _ROOM)
