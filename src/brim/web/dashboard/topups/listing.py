"""The list of top-ups: filters, order and position in its address, and the same set as a file."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from brim.base.currency import CURRENCIES
from brim.core.rails import FAILURES
from brim.core.topups import PUSH_RAIL
from brim.http.message import Reply
from brim.web.api_client import ApiRefusedError
from brim.web.dashboard.balance.overview import find_clock
from brim.web.dashboard.funding_sources.reading import list_funding_sources
from brim.web.dashboard.list_filters import shown_counts
from brim.web.dashboard.paging import PAGE_SIZE, Paging, page_query, paging
from brim.web.dashboard.saved_views import read_views
from brim.web.dashboard.signed import SignedVisit
from brim.web.dashboard.topups.filters import STATUSES, TopupQuery, read_filters

TOPUPS: Final = "/v1/topups"
SEARCH: Final = "/v1/brim/topups/search"
COUNTS: Final = "/v1/brim/topups/counts"
_FIRST_PAGE: Final = dict.fromkeys(("starting_after", "ending_before", "page", "done"))


class _Shown(msgspec.Struct, frozen=True):
    """A page of top-ups.

    `searched_to` is how far a search came that ended before the page was full; `further` is where it goes on.
    """

    topups: list[Any]
    paging: Paging
    searched_to: int | None = None
    further: str | None = None


async def show(page: SignedVisit) -> Reply:
    """`GET /topups`."""
    filters = read_filters(page.query, page.zone)
    shown = await _find(page, filters)
    return page.reply(
        "dashboard/topups.html",
        shown=shown,
        topups=shown.topups,
        filters=filters,
        statuses=STATUSES,
        shown_status=filters.query.get("status"),
        counts=await _counts(page, filters),
        order=filters.query.get("order", "newest"),
        first_page=_FIRST_PAGE,
        clock=await find_clock(page),
        views=read_views(page.visit.cookies, "/topups"),
        currencies=[("", "Any"), *((code, code.upper()) for code in CURRENCIES)],
        sources=[("", "Any"), *await _sources(page)],
        failures=[("", "Any"), *((code, code) for code in FAILURES)],
        export=page.link("/topups.csv", **filters.form.values),
    )


async def _find(page: SignedVisit, filters: TopupQuery) -> _Shown:
    """Return the page that an address names: a list where the API's own filters do, else a search."""
    if not filters.is_search:
        found = await page.api.get(TOPUPS, **filters.query, **page_query(page))
        return _Shown(found["data"], paging(page, found))
    found = await page.api.get(SEARCH, **filters.query, limit=PAGE_SIZE, page=page.query.get("page"))
    first = page.changed_link(**_FIRST_PAGE) if "page" in page.query else None
    further = page.changed_link(**{**_FIRST_PAGE, "page": found["next_page"]}) if found["has_more"] else None
    if found["searched_to"] is not None:
        return _Shown(found["data"], Paging(newer=first, older=None), found["searched_to"], further)
    return _Shown(found["data"], Paging(newer=first, older=further))


async def _counts(page: SignedVisit, filters: TopupQuery) -> dict[str, str]:
    """Return how many top-ups of each status fit, as far as they are counted.

    What metadata leads to is found by an index, and counting is not: so nothing is counted then.
    """
    if "metadata" in filters.query:
        return {}
    found = await page.api.get(COUNTS, **filters.counted)
    return shown_counts(found)


async def _sources(page: SignedVisit) -> list[tuple[str, str]]:
    """Return the bank accounts to filter by; none where whoever looks may not see them."""
    try:
        return [(source.id, source.label) for source in await list_funding_sources(page.api)]
    except ApiRefusedError:
        return []


def paid_by(topup: Mapping[str, Any]) -> str:
    """Return what pays for a top-up, in a word or two; what nothing was debited for came by itself.

    Of test mode that shows only where its rail is expanded.
    """
    source = topup["source"]
    if source and source.get("ach_debit"):
        return f"{source['ach_debit']['bank_name'] or 'Bank account'} ··{source['ach_debit']['last4']}"
    if source and source.get("sepa_debit"):
        return f"IBAN ··{source['sepa_debit']['last4']}"
    method = topup["payment_method"]
    if isinstance(method, Mapping):
        account = method["us_bank_account"]
        return f"{account['bank_name'] or 'Bank account'} ··{account['last4']}"
    if method:
        return str(method)
    is_pushed = topup["livemode"] or topup.get("brim", {}).get("rail", {}).get("name") == PUSH_RAIL
    return "Bank transfer" if is_pushed else "Default bank account"
