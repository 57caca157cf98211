"""The list of top-ups as a CSV file: the same filters, all pages, as long as it is.

A file is opened in spreadsheets, which take a cell that begins with certain characters for a formula; such a cell gets
an apostrophe in front. Source: OWASP, CSV Injection; RFC 4180 for quoting.
"""

import csv
import io
import unicodedata
from collections.abc import AsyncGenerator, Iterable, Mapping
from typing import Any, Final

from brim.http.message import Reply, StreamedReply
from brim.web.dashboard.formats import csv_amount, iso_time
from brim.web.dashboard.signed import SignedVisit
from brim.web.dashboard.topups.filters import TopupQuery, read_filters
from brim.web.dashboard.topups.listing import TOPUPS, paid_by

_PAGE: Final = 100
_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
BYTE_ORDER_MARK: Final = "\N{ZERO WIDTH NO-BREAK SPACE}"
"""By which spreadsheets know that the file is in UTF-8."""

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


def safe_cell(text: str | None) -> str:
    """Return a text as a cell that no spreadsheet takes for a formula, whatever form its first character has.

    Spreadsheets in East Asian settings read the fullwidth and small forms of the signs as the signs, which is what the
    compatibility decomposition does too; blanks and invisible characters before them do not count.
    """
    if text is None:
        return ""
    visible = (letter for letter in text if letter in "\t\r\n" or unicodedata.category(letter)[0] not in "ZC")
    first = unicodedata.normalize("NFKC", next(visible, ""))
    return "'" + text if first.startswith(_FORMULA_STARTS) else text


def csv_lines(rows: Iterable[tuple[str, ...]]) -> str:
    """Return rows as lines of a CSV file."""
    written = io.StringIO()
    csv.writer(written).writerows(rows)
    return written.getvalue()
