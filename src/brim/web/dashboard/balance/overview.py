"""Home: what needs attention, what is available and pending by currency, and what arrives when."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Final

from brim.http.message import Reply
from brim.web.dashboard.balance.attention import DAY_S, find_attention
from brim.web.dashboard.balance.chart import balance_chart, sparkline
from brim.web.dashboard.signed import SignedVisit

OVERVIEW: Final = "/v1/brim/balance_overview"
SUMMARY: Final = "/v1/brim/balance_summary"
SHOWN_DAYS: Final = 30
_RECENT: Final = 5
_MOST_ARRIVALS: Final = 10


async def lead_there(page: SignedVisit) -> Reply:
    """`GET /dashboard` and the like: the paths by which the official CLI's `open` and old links come."""
    return page.redirect("/balance/overview")


async def show(page: SignedVisit) -> Reply:
    """`GET /balance/overview`, with the chart of one currency: the largest, unless another one is named."""
    overview = await page.api.get(OVERVIEW)
    latest = await page.api.get("/v1/topups", limit=_RECENT)
    clock = await find_clock(page)
    today = overview["days_from"] + (SHOWN_DAYS - 1) * DAY_S
    currencies = sorted(map(_shown, overview["currencies"]), key=_size, reverse=True)
    arrivals = _arrivals(currencies)
    named = page.query.get("currency")
    chosen = next((each for each in currencies if each["currency"] == named), currencies[0] if currencies else None)
    return page.reply(
        "dashboard/overview.html",
        overview=overview,
        currencies=currencies,
        chosen=chosen,
        chart=balance_chart(chosen["days"], chosen["currency"]) if chosen else None,
        attention=await find_attention(page),
        arrivals=arrivals[:_MOST_ARRIVALS],
        more_arrivals=len(arrivals) > _MOST_ARRIVALS,
        today=today,
        across=await _across_accounts(page, today),
        latest=latest["data"],
        clock=clock,
    )


def _shown(currency: Mapping[str, Any]) -> dict[str, Any]:
    days = currency["days"]
    before = days[0]["available"] - days[0]["received"] + days[0]["returned"] if days else 0
    return {**currency, "spark": sparkline(days), "change": currency["available"] - before}


def _size(currency: Mapping[str, Any]) -> tuple[int, str]:
    """Return what a balance is sorted by: how large it is with what is pending, in the currency's smallest unit.

    That comes nearest to what it is worth: a yen is rather a cent than a dollar.
    """
    return abs(currency["available"]) + currency["in_flight"]["amount"], currency["currency"]


def _arrivals(currencies: Sequence[Mapping[str, Any]]) -> list[tuple[int | None, list[dict[str, Any]]]]:
    """Return what pending top-ups bring by day, of each currency, the earliest first; what has no day comes last."""
    by_day: dict[int | None, list[dict[str, Any]]] = defaultdict(list)
    for currency in currencies:
        for each in currency["in_flight"]["arrivals"]:
            by_day[each["start"]].append({**each, "currency": currency["currency"]})
    return sorted(by_day.items(), key=lambda each: (each[0] is None, each[0] or 0))


async def _across_accounts(page: SignedVisit, today: int) -> Any:
    """Return the totals of a platform and its connected accounts, and what thirty days changed; None for others."""
    if not page.session.is_platform or len(page.session.accounts) < 2:
        return None
    since = today - (SHOWN_DAYS - 1) * DAY_S
    return await page.api.get(SUMMARY, interval_start=since, interval_end=today + DAY_S, connected_accounts="true")


async def find_clock(page: SignedVisit) -> Any:
    """Return the test clock that the shown account's test mode lives by, None where it lives in real time."""
    if page.session.livemode:
        return None
    clocks = await page.api.get("/v1/test_helpers/test_clocks", limit=1)
    return clocks["data"][0] if clocks["data"] else None
