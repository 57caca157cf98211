"""Plots for the docs: lines in SVG, drawn by pygal, without scripts and with the same bytes for the same figures."""

import itertools
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, TypeAlias

import pygal
from pygal.style import Style

IMAGES: Final = Path(__file__).parents[1] / "docs" / "images"

Point: TypeAlias = tuple[float, float]

_COLORS: Final = (
    *("#635bff", "#00866f", "#c0392b", "#b7791f", "#2b6cb0", "#97266d", "#4a5568", "#2f855a", "#d53f8c", "#805ad5"),
    *("#dd6b20", "#319795", "#744210", "#1a365d", "#e53e3e", "#718096"),
)
_STYLE: Final = Style(
    background="white",
    plot_background="white",
    colors=_COLORS,
    font_family="sans-serif",
    title_font_size=18,
    label_font_size=12,
    major_label_font_size=12,
    legend_font_size=12,
    opacity="1",
    stroke_width=2,
)
_CHART_ID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_LEFT_OUT: Final = re.compile(r"<!--.*?-->|<script.*?</script>|<script[^>]*/>", re.DOTALL)
_STEPS: Final = (0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)


def draw_lines(
    name: str,
    title: str,
    x_title: str,
    y_title: str,
    series: Mapping[str, Sequence[Point]],
    *,
    marks: Mapping[str, Sequence[float]] = {},
    decades: Sequence[float] = (),
) -> None:
    """Write a plot of lines to `docs/images/<name>.svg`.

    Args:
        name: the file's.
        title: above the plot.
        x_title: what the horizontal axis measures, and its unit.
        y_title: the same of the vertical one, which begins at zero.
        series: the points of each line, by its name.
        marks: where something happened, by its name; short strokes at the foot of the plot.
        decades: the labels of the horizontal axis, if both axes are logarithmic.
    """
    highest = max(y for points in series.values() for _, y in points)
    lowest = min(y for points in series.values() for _, y in points)
    steps = [step for step in _STEPS if lowest / 3 < step < highest * 3]
    chart = pygal.XY(
        style=_STYLE,
        js=(),
        width=960,
        height=520 if len(series) + len(marks) < 8 else 680,
        margin_right=40,  # room for half of the last label
        title=title,
        x_title=x_title,
        y_title=y_title,
        logarithmic=bool(decades),
        range=(steps[0], steps[-1]) if decades else (0, 1.05 * highest),
        dots_size=2,
        show_dots=bool(decades),
        legend_at_bottom=True,
        legend_at_bottom_columns=3,
        truncate_legend=-1,
        truncate_label=-1,
        show_x_guides=False,
        x_value_formatter=lambda value: f"{value:,.0f}",
        value_formatter=lambda value: f"{value:,.4g}",
    )
    if decades:
        chart.x_labels, chart.y_labels = list(decades), steps
    for label, points in series.items():
        chart.add(label, list(points))
    for label, places in marks.items():
        strokes = [((x, 0.0), (x, highest / 20), (x, None)) for x in places]
        chart.add(label, list(itertools.chain.from_iterable(strokes)), allow_interruptions=True)
    text = _CHART_ID.sub(name, _LEFT_OUT.sub("", chart.render(is_unicode=True)))
    IMAGES.joinpath(f"{name}.svg").write_text(f"{text.strip()}\n")
