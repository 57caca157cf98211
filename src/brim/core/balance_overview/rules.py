"""What an account's books show at a glance: what is available, what is pending, and how the balance came about."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import msgspec

DAY_S: Final = 24 * 60 * 60
SHOWN_DAYS: Final = 30


class Arrival(msgspec.Struct, frozen=True):
    """What pending top-ups will bring of one currency on one day of UTC, None where no day is expected."""

    currency: str
    day: int | None
    amount: int
    topups: int


class InFlight(msgspec.Struct, frozen=True):
    """What pending top-ups will bring of one currency: minor units, how many they are, and when."""

    currency: str
    amount: int = 0
    topups: int = 0
    arrivals: tuple[Arrival, ...] = ()


class DayTotal(msgspec.Struct, frozen=True, kw_only=True):
    """What came to a balance and left it on one day of UTC, both positive; `day` counts from the Unix epoch."""

    currency: str
    day: int
    received: int
    returned: int


class BalanceDay(msgspec.Struct, frozen=True, kw_only=True):
    """One day of a balance, in minor units: `available` is what it was at the day's end, `start` its first second."""

    start: int
    received: int
    returned: int
    available: int


class CurrencyOverview(msgspec.Struct, frozen=True, kw_only=True):
    """One currency of an account's books, days in their order."""

    currency: str
    available: int
    in_flight: InFlight
    days: tuple[BalanceDay, ...]


class BooksOverview(msgspec.Struct, frozen=True, kw_only=True):
    """An account's books at a glance.

    With `in_flight_is_complete` false there is more on its way than was counted; `days_from` is the first second of the
    first day.
    """

    currencies: tuple[CurrencyOverview, ...]
    in_flight_is_complete: bool
    days_from: int


def day_of(second: int) -> int:
    """Return the day of UTC that a Unix second is in, counted from the epoch."""
    return second // DAY_S


def balance_days(available: int, totals: Iterable[DayTotal], *, first: int, last: int) -> tuple[BalanceDay, ...]:
    """Return the days of a balance from the first to the last, going back from what it is after them.

    Args:
        available: what the balance is now.
        totals: what came and left on the days on which anything did; none is later than `last`.
        first: the first day.
        last: the last day.
    """
    by_day: Mapping[int, DayTotal] = {total.day: total for total in totals}
    days: list[BalanceDay] = []
    for day in range(last, first - 1, -1):
        total = by_day.get(day)
        received, returned = (total.received, total.returned) if total else (0, 0)
        days.append(BalanceDay(start=day * DAY_S, received=received, returned=returned, available=available))
        available -= received - returned
    return tuple(reversed(days))


def in_flight_by_currency(arrivals: Sequence[Arrival]) -> dict[str, InFlight]:
    """Return what is pending by currency, the earliest first, what has no day last."""
    found: dict[str, list[Arrival]] = defaultdict(list)
    for each in sorted(arrivals, key=lambda each: (each.day is None, each.day)):
        found[each.currency].append(each)
    return {
        currency: InFlight(currency, sum(each.amount for each in of), sum(each.topups for each in of), tuple(of))
        for currency, of in found.items()
    }


def overview(
    available: Mapping[str, int],
    arrivals: Sequence[Arrival],
    totals: Sequence[DayTotal],
    *,
    first: int,
    last: int,
    in_flight_is_complete: bool,
) -> BooksOverview:
    """Return the books at a glance, every currency that has a balance or something on its way, in their order."""
    coming = in_flight_by_currency(arrivals)
    return BooksOverview(
        currencies=tuple(
            CurrencyOverview(
                currency=currency,
                available=available.get(currency, 0),
                in_flight=coming.get(currency, InFlight(currency)),
                days=balance_days(
                    available.get(currency, 0),
                    [total for total in totals if total.currency == currency],
                    first=first,
                    last=last,
                ),
            )
            for currency in sorted({*available, *coming})
        ),
        in_flight_is_complete=in_flight_is_complete,
        days_from=first * DAY_S,
    )
