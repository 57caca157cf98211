"""Prenotes: their list, of one bank account or of all, and one with its entries."""

from typing import Final

from brim.http.message import Reply
from brim.web.api_client import api_path
from brim.web.dashboard.funding_sources.reading import find_funding_source, list_funding_sources
from brim.web.dashboard.list_filters import ListFilters
from brim.web.dashboard.paging import page_query, paging
from brim.web.dashboard.signed import SignedVisit

PRENOTES: Final = "/v1/brim/prenotes"
FILTERS: Final = ListFilters(path="/ach/prenotes", texts=("funding_source",), narrows=("funding_source",))


async def show_all(page: SignedVisit) -> Reply:
    """`GET /ach/prenotes`; its address may name one bank account."""
    asked = FILTERS.read(page)
    found = await page.api.get(PRENOTES, **asked.query, **page_query(page))
    labels = {source.id: source.label for source in await list_funding_sources(page.api)}
    return page.reply(
        "dashboard/prenotes.html", prenotes=found["data"], paging=paging(page, found), labels=labels, asked=asked
    )


async def show(page: SignedVisit) -> Reply:
    """`GET /ach/prenotes/{prenote}`."""
    prenote = await page.api.get(api_path(PRENOTES + "/{}", page.path_params["prenote"]))
    source = await find_funding_source(page.api, prenote["funding_source"])
    return page.reply("dashboard/prenote.html", prenote=prenote, source=source)
