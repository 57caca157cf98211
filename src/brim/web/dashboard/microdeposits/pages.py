"""Micro-deposits: their list, of one bank account or of all."""

from typing import Final

from brim.http.message import Reply
from brim.web.dashboard.funding_sources.reading import list_funding_sources
from brim.web.dashboard.list_filters import ListFilters
from brim.web.dashboard.paging import page_query, paging
from brim.web.dashboard.signed import SignedVisit

MICRODEPOSITS: Final = "/v1/brim/microdeposits"
FILTERS: Final = ListFilters(path="/ach/microdeposits", texts=("funding_source",), narrows=("funding_source",))


async def show_all(page: SignedVisit) -> Reply:
    """`GET /ach/microdeposits`; its address may name one bank account."""
    asked = FILTERS.read(page)
    found = await page.api.get(MICRODEPOSITS, **asked.query, **page_query(page))
    labels = {source.id: source.label for source in await list_funding_sources(page.api)}
    return page.reply(
        "dashboard/microdeposits.html", sets=found["data"], paging=paging(page, found), labels=labels, asked=asked
    )
