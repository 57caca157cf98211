"""The chart of a balance: its axis has round amounts at equal distances, and each day its band and its point."""

import pytest

from brim.web.dashboard.balance.chart import HEIGHT, WIDTH, balance_chart, sparkline


def days_of(*amounts: int) -> list[dict[str, int]]:
    return [{"start": number * 86_400, "available": amount} for number, amount in enumerate(amounts)]


@pytest.mark.parametrize(
    ("amounts", "currency", "labels"),
    [
        ((0, 8_700), "usd", ("100", "50", "0")),
        ((0, 1_234_56), "usd", ("1,500", "1,000", "500", "0")),
        ((0, 7), "usd", ("0.08", "0.06", "0.04", "0.02", "0.00")),
        ((-300, 900), "usd", ("10", "5", "0", "\N{MINUS SIGN}5")),
        ((-300, -200), "usd", ("0", "\N{MINUS SIGN}1", "\N{MINUS SIGN}2", "\N{MINUS SIGN}3")),
        ((40, 10), "jpy", ("40", "30", "20", "10", "0")),
    ],
)
def test_the_axis_has_round_amounts_at_equal_distances(
    amounts: tuple[int, ...], currency: str, labels: tuple[str, ...]
) -> None:
    chart = balance_chart(days_of(*amounts), currency)
    assert chart is not None
    assert chart.labels == labels
    assert (chart.grid[0], chart.grid[-1], len(chart.grid)) == (0.0, HEIGHT, len(labels))
    apart = {round(after - before) for before, after in zip(chart.grid, chart.grid[1:], strict=False)}
    assert max(apart) - min(apart) <= 1


def test_a_balance_is_drawn_from_the_left_edge_to_the_right_around_zero() -> None:
    chart = balance_chart(days_of(0, 50, -50), "jpy")
    assert chart is not None
    assert chart.line == f"M0.0 {HEIGHT / 2:.1f}L{WIDTH / 2:.1f} 0.0L{WIDTH:.1f} {HEIGHT:.1f}"
    assert chart.zero == HEIGHT / 2
    assert chart.area.startswith(chart.line)
    above = balance_chart(days_of(900, 1000), "jpy")
    assert above is not None
    assert above.zero == HEIGHT


def test_every_day_has_its_band_and_they_fill_the_picture() -> None:
    chart = balance_chart(days_of(*range(30)), "usd")
    assert chart is not None
    assert len(chart.days) == 30
    assert sum(each.width for each in chart.days) == pytest.approx(WIDTH, abs=1.5)
    assert (chart.days[0].left, chart.days[0].x, chart.days[-1].x) == (0, 0, WIDTH)
    assert len(chart.dates) == 5
    assert (chart.dates[0], chart.dates[-1]) == (0, 29 * 86_400)


def test_nothing_is_drawn_where_nothing_ever_was() -> None:
    assert balance_chart(days_of(0, 0), "usd") is None
    assert balance_chart(days_of(5), "usd") is None
    assert balance_chart([], "usd") is None
    assert (sparkline(days_of(0, 0)), sparkline(days_of(5))) == ("", "")
    assert sparkline(days_of(5, 5)).startswith("M0.0 ")
