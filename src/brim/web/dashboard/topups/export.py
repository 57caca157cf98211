"""The list of top-ups as a CSV file: the same filters, all pages, as long as it is."""

from collections.abc import AsyncGenerator, Mapping
from typing import Any, Final

from brim.base.csv_file import BYTE_ORDER_MARK, csv_lines, safe_cell
from brim.http.message import Reply, StreamedReply
from brim.web.dashboard.formats import csv_amount, iso_time
from brim.web.dashboard.signed import SignedVisit
from brim.web.dashboard.topups.filters import TopupQuery, read_filters
from brim.web.dashboard.topups.listing import TOPUPS, paid_by

_PAGE: Final = 100
COLUMNS: Final = (
    "id",
    "created_utc",
    "status",
    "amount",
    "currency",
    "description",
    "statement_descriptor",
    "paid_by",
    "expected_availability_utc",
    "balance_transaction",
    "failure_code",
    "transfer_group",
    "metadata",
)


async def export(page: SignedVisit) -> Reply:
    """`GET /topups.csv`. The first page is read before the reply begins, so that a refusal is a page that says so."""
    filters = read_filters(page.query)
    first = await page.api.get(TOPUPS, **filters.query, limit=_PAGE)
    mode = "live" if page.session.livemode else "test"
    headers = [
        f'Content-Disposition: attachment; filename="topups-{page.session.account}-{mode}.csv"',
        "Cache-Control: no-store",
        "X-Content-Type-Options: nosniff",
    ]
    return StreamedReply(200, _pieces(page, filters, first), headers, "text/csv; charset=utf-8")


async def _pieces(page: SignedVisit, filters: TopupQuery, first: Mapping[str, Any]) -> AsyncGenerator[bytes, None]:
    """Yield the file a page at a time."""
    yield (BYTE_ORDER_MARK + csv_lines([COLUMNS])).encode()
    found = first
    while True:
        yield csv_lines([_row(topup) for topup in found["data"]]).encode()
        if not found["has_more"]:
            return
        found = await page.api.get(TOPUPS, **filters.query, limit=_PAGE, starting_after=found["data"][-1]["id"])


def _row(topup: Mapping[str, Any]) -> tuple[str, ...]:
    expected = topup["expected_availability_date"]
    return (
        topup["id"],
        iso_time(topup["created"]),
        topup["status"],
        csv_amount(topup["amount"], topup["currency"]),
        topup["currency"],
        safe_cell(topup["description"]),
        safe_cell(topup["statement_descriptor"]),
        safe_cell(paid_by(topup)),
        "" if expected is None else iso_time(expected),
        topup["balance_transaction"] or "",
        topup["failure_code"] or "",
        safe_cell(topup["transfer_group"]),
        safe_cell("; ".join(f"{key}={value}" for key, value in topup["metadata"].items())),
    )
