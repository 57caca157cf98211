"""The balance: what can be spent, what is on its way, and how it came about."""

from typing import Any, Final

from brim.http.message import Reply
from brim.web.dashboard.balance.chart import balance_chart
from brim.web.dashboard.signed import SignedVisit

OVERVIEW: Final = "/v1/brim/balance_overview"
_RECENT: Final = 5


async def lead_there(page: SignedVisit) -> Reply:
    """`GET /dashboard` and the like: the paths by which the official CLI's `open` and old links come."""
    return page.redirect("/balance/overview")


async def show(page: SignedVisit) -> Reply:
    """`GET /balance/overview`."""
    overview = await page.api.get(OVERVIEW)
    latest = await page.api.get("/v1/topups", limit=_RECENT)
    return page.reply(
        "dashboard/overview.html",
        overview=overview,
        currencies=sorted(map(_shown, overview["currencies"]), key=lambda currency: not currency["available"]),
        latest=latest["data"],
        clock=await find_clock(page),
    )


def _shown(currency: dict[str, Any]) -> dict[str, Any]:
    return {**currency, "chart": balance_chart(currency["days"])}


async def find_clock(page: SignedVisit) -> Any:
    """Return the test clock that the shown account's test mode lives by, None where it lives in real time."""
    if page.session.livemode:
        return None
    clocks = await page.api.get("/v1/test_helpers/test_clocks", limit=1)
    return clocks["data"][0] if clocks["data"] else None
