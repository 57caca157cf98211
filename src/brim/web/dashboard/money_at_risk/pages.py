"""The page on money at risk."""

from typing import Final

from brim.http.message import Reply
from brim.web.dashboard.funding_sources.reading import list_funding_sources
from brim.web.dashboard.signed import SignedVisit

MONEY_AT_RISK: Final = "/v1/brim/money_at_risk"
RISKS: Final = {
    "unconfirmed": ("Not confirmed", "not yet on a bank statement"),
    "returnable": ("Returnable", "ordinary returns, or refunds to SEPA debtors, are still possible"),
    "returnable_as_unauthorized": ("Returnable as unauthorized", "for 60 days by ACH, for 13 months by SEPA"),
}
"""For each reason why usable money may be taken back: what it is called, and what that means."""


async def show(page: SignedVisit) -> Reply:
    """`GET /money-at-risk`."""
    found = await page.api.get(MONEY_AT_RISK)
    labels = {source.id: source.label for source in await list_funding_sources(page.api)}
    return page.reply("dashboard/money_at_risk.html", found=found, risks=RISKS, labels=labels)
