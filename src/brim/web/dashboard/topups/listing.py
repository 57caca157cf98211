"""The list of top-ups: filters and cursors in its address, and the same set as a file."""

from collections.abc import Mapping
from typing import Any, Final

from brim.core.topups import PUSH_RAIL
from brim.http.message import Reply
from brim.web.dashboard.paging import page_query, paging
from brim.web.dashboard.signed import SignedVisit
from brim.web.dashboard.topups.filters import STATUSES, read_filters

TOPUPS: Final = "/v1/topups"


async def show(page: SignedVisit) -> Reply:
    """`GET /topups`."""
    filters = read_filters(page.query)
    found = await page.api.get(TOPUPS, **filters.query, **page_query(page))
    return page.reply(
        "dashboard/topups.html",
        topups=found["data"],
        paging=paging(page, found),
        filters=filters,
        statuses=STATUSES,
        export=page.link("/topups.csv", **filters.form.values),
    )


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
