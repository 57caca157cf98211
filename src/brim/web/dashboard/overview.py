"""The balance: what can be spent, what is on its way, and how it came about."""

from brim.api.message import Reply
from brim.web.dashboard.signed import SignedVisit


async def lead_there(page: SignedVisit) -> Reply:
    """`GET /dashboard` and the like: the paths by which the official CLI's `open` and old links come."""
    return page.redirect("/balance/overview")


async def show(page: SignedVisit) -> Reply:
    """`GET /balance/overview`."""
    balance = await page.api.get("/v1/balance")
    latest = await page.api.get("/v1/topups", limit=5)
    return page.reply("dashboard/overview.html", balance=balance, latest=latest["data"])
