"""The balance at a glance: days go back from what the balance is now."""

from brim.core.balance_overview.rules import DAY_S, Arrival, DayTotal, balance_days, overview


def total(day: int, *, received: int = 0, returned: int = 0, currency: str = "usd") -> DayTotal:
    return DayTotal(currency=currency, day=day, received=received, returned=returned)


def test_days_add_up_to_what_the_balance_is_after_them() -> None:
    days = balance_days(70, [total(11, received=100), total(12, received=20, returned=50)], first=10, last=13)
    assert [(day.start // DAY_S, day.available) for day in days] == [(10, 0), (11, 100), (12, 70), (13, 70)]
    assert [(day.received, day.returned) for day in days] == [(0, 0), (100, 0), (20, 50), (0, 0)]


def test_every_currency_is_shown_that_has_a_balance_or_something_on_its_way() -> None:
    shown = overview(
        {"usd": -5},
        [Arrival("jpy", None, 100, 1), Arrival("jpy", 20_002, 200, 1)],
        [],
        first=20_000,
        last=20_001,
        in_flight_is_complete=True,
    )
    assert [(each.currency, each.available, each.in_flight.amount) for each in shown.currencies] == [
        ("jpy", 0, 300),
        ("usd", -5, 0),
    ]
    assert shown.days_from == 20_000 * DAY_S
    assert [each.day for each in shown.currencies[0].in_flight.arrivals] == [20_002, None]
