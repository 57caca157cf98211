"""The list of top-ups as a CSV file: the same filters, all pages, as long as it is.

What came of a top-up is found for each page: its balance transactions by the list itself and by their source, a failure
or a cancelation by its event. Events are kept for thirty days; what failed before has its time from its debit's
return, where it had one.
"""

from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import Any, Final

import msgspec

from brim.api.resources.v2_core.event_wire import read_second
from brim.base.csv_file import csv_lines, safe_cell
from brim.core.events import thin_name
from brim.http.message import Reply
from brim.web.dashboard.csv_export import PAGE, day_details, file_name, pages_of, streamed_csv
from brim.web.dashboard.events.pages import find_events_about
from brim.web.dashboard.formats import csv_amount, iso_time
from brim.web.dashboard.signed import SignedVisit
from brim.web.dashboard.topups.filters import read_filters
from brim.web.dashboard.topups.listing import SEARCH, TOPUPS, paid_by

COLUMNS: Final = (
    "id",
    "created_utc",
    "status",
    "amount",
    "currency",
    "description",
    "statement_descriptor",
    "funding_source",
    "funding_source_id",
    "expected_availability_utc",
    "succeeded_utc",
    "failed_utc",
    "canceled_utc",
    "reversed_utc",
    "balance_transaction",
    "reversal_balance_transaction",
    "failure_code",
    "failure_message",
    "transfer_group",
)
OTHER_METADATA: Final = "metadata_other"
_LOOKED_AHEAD: Final = 10
"""In how many pages keys of metadata are looked for before the first line is written."""

_MOST_KEYS: Final = 50
"""How many of them get a column; what has none is in the last one."""


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """When a top-up ended, by its status (Unix seconds), and the balance transaction of its reversal."""

    ended: Mapping[str, int]
    reversal: str = ""


async def export(page: SignedVisit) -> Reply:
    """`GET /topups.csv`. The first page is read before the reply begins, so that a refusal is a page that says so.

    A filter that cannot be read leads to the list, which says what is wrong: a file would have more than its name says.
    """
    filters = read_filters(page.query, page.zone)
    if filters.form.errors:
        return page.redirect("/topups", **filters.form.values)
    details = [value for name, value in filters.form.values.items() if not name.startswith("created_")]
    name = file_name(page, "topups", *details, *day_details(filters.form.values))
    expanded = ["data.balance_transaction", *(["data.brim.rail"] if page.session.livemode else [])]
    query = {**filters.query, "expand": expanded}
    path = SEARCH if filters.is_search else TOPUPS
    first = await page.api.get(path, **query, limit=PAGE)
    return streamed_csv(name, _parts(page, pages_of(page, path, query, first)))


async def _parts(page: SignedVisit, pages: AsyncGenerator[list[Mapping[str, Any]], None]) -> AsyncGenerator[str, None]:
    """Yield the file a page at a time, once the first pages have told which columns metadata takes."""
    ahead: list[list[Mapping[str, Any]]] = []
    async for topups in pages:
        ahead.append(topups)
        if len(ahead) == _LOOKED_AHEAD:
            break
    keys = list(dict.fromkeys(key for topups in ahead for topup in topups for key in topup["metadata"]))[:_MOST_KEYS]
    yield csv_lines([[*COLUMNS, *(safe_cell(f"{key} (metadata)") for key in keys), OTHER_METADATA]])
    for topups in ahead:
        yield await _lines(page, topups, keys)
    async for topups in pages:
        yield await _lines(page, topups, keys)


async def _lines(page: SignedVisit, topups: Sequence[Mapping[str, Any]], keys: Sequence[str]) -> str:
    return csv_lines([_row(topup, await _outcome(page, topup), keys) for topup in topups])


async def _outcome(page: SignedVisit, topup: Mapping[str, Any]) -> Outcome:
    """Return what came of a top-up; requests are made for those only that were reversed, failed or were canceled."""
    status, booked = topup["status"], topup["balance_transaction"]
    ended = {"succeeded": booked["created"]} if booked else {}
    if status == "reversed":
        found = await page.api.get("/v1/balance_transactions", source=topup["id"], type="topup_reversal", limit=1)
        for line in found["data"]:
            return Outcome(ended={**ended, "reversed": line["created"]}, reversal=line["id"])
    if status in {"failed", "canceled"}:
        announced = {event["type"]: event["created"] for event in await find_events_about(page.api, topup["id"])}
        created = announced.get(thin_name(f"topup.{status}"))
        at = read_second(created) if created else _returned(topup)
        return Outcome(ended={**ended, status: at} if at is not None else ended)
    return Outcome(ended=ended)


def _returned(topup: Mapping[str, Any]) -> int | None:
    """Return when the last debit of a top-up was returned; None where none was, or that is not known."""
    entries = topup.get("brim", {}).get("rail", {}).get("entries", [])
    times = [entry["returned"]["returned"] for entry in entries if entry["returned"]]
    return max((at for at in times if at is not None), default=None)


def _row(topup: Mapping[str, Any], outcome: Outcome, keys: Sequence[str]) -> tuple[str, ...]:
    expected, booked, source = topup["expected_availability_date"], topup["balance_transaction"], topup["source"]
    metadata = topup["metadata"]
    return (
        topup["id"],
        iso_time(topup["created"]),
        topup["status"],
        csv_amount(topup["amount"], topup["currency"]),
        topup["currency"],
        safe_cell(topup["description"]),
        safe_cell(topup["statement_descriptor"]),
        safe_cell(paid_by(topup)),
        source["id"] if source else topup["payment_method"] or "",
        "" if expected is None else iso_time(expected),
        *(
            iso_time(outcome.ended[status]) if status in outcome.ended else ""
            for status in ("succeeded", "failed", "canceled", "reversed")
        ),
        booked["id"] if booked else "",
        outcome.reversal,
        topup["failure_code"] or "",
        safe_cell(topup["failure_message"]),
        safe_cell(topup["transfer_group"]),
        *(safe_cell(metadata.get(key)) for key in keys),
        safe_cell("; ".join(f"{key}={value}" for key, value in metadata.items() if key not in keys)),
    )
