"""What a month began with, what changed it by category, and what it ended with, on a page and as a file."""

from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from brim.core.reports import CLOSING, DEFAULT_TIMEZONE, OPENING, month_bounds
from brim.http.message import Reply
from brim.web.dashboard.csv_export import csv_reply, file_name
from brim.web.dashboard.formats import csv_amount
from brim.web.dashboard.forms import Form
from brim.web.dashboard.signed import SignedVisit
from brim.web.zones import first_second

SUMMARY: Final = "/v1/brim/balance_summary"
_TYPES: Final = "/v1/reporting/report_types"
_ALL: Final = "all"
TOTAL: Final = "total"
"""What the column `account` says in the rows of totals across accounts."""
COLUMNS: Final = ("account", "currency", "category", "count", "gross", "fee", "net")


class Wanted(msgspec.Struct, frozen=True):
    """What an address asks for: a month of a time zone, as the form has it, and as the API is asked."""

    form: Form
    zone: ZoneInfo
    since: int
    until: int
    now: int

    @property
    def first_day(self) -> datetime:
        """The first moment of the month."""
        return datetime.fromtimestamp(self.since, self.zone)

    @property
    def last_day(self) -> datetime:
        """A moment of its last day."""
        return datetime.fromtimestamp(self.until - 1, self.zone)

    @property
    def of_connected(self) -> bool:
        """Whether connected accounts are included."""
        return self.form.values["accounts"] == _ALL


async def _read(page: SignedVisit) -> Wanted:
    """Return what an address asks for; a field that cannot be read shows its error, and its default is taken."""
    now: int = (await page.api.get(_TYPES))["data"][0]["data_available_end"]
    form = Form(
        values={
            "month": page.query.get("month", ""),
            "timezone": page.query.get("timezone", DEFAULT_TIMEZONE if page.zone.name == "UTC" else page.zone.name),
            "accounts": _ALL if page.session.is_platform and page.query.get("accounts") == _ALL else "",
        }
    )
    zone = ZoneInfo(DEFAULT_TIMEZONE)
    try:
        zone = ZoneInfo(form.values["timezone"])
    except (ZoneInfoNotFoundError, ValueError, OSError):
        form.errors["timezone"] = "Enter an IANA time zone, such as America/New_York."
    current = f"{datetime.fromtimestamp(now, zone):%Y-%m}"
    form.values["month"] = form.values["month"] or current
    try:
        since, until = month_bounds(form.values["month"], zone)
    except ValueError:
        form.errors["month"] = "Enter a month, such as 2026-10."
        since, until = month_bounds(current, zone)
    return Wanted(form, zone, since, until, now)


async def _find(page: SignedVisit, wanted: Wanted) -> Any:
    connected = {"connected_accounts": "true"} if wanted.of_connected else {}
    return await page.api.get(SUMMARY, interval_start=wanted.since, interval_end=wanted.until, **connected)


async def show(page: SignedVisit) -> Reply:
    """`GET /balance-summary`."""
    wanted = await _read(page)
    found = await _find(page, wanted)
    is_quiet = not any(each["opening_balance"] or each["activity"] for each in found["totals"])
    is_over = wanted.until <= wanted.now
    months = {
        # Before a quiet month there hardly is anything, and a way back has to end somewhere.
        "before": None if is_over and is_quiet else wanted.first_day - timedelta(days=1),
        "after": None if not is_over else wanted.last_day + timedelta(days=1),
    }
    return page.reply(
        "dashboard/balance_summary.html",
        found=found,
        wanted=wanted,
        form=wanted.form,
        is_over=is_over,
        days=_days(page, wanted),
        months={
            name: page.changed_link(month=f"{month:%Y-%m}", done=None) if month else None
            for name, month in months.items()
        },
        export=page.link(
            "/balance-summary.csv", **{name: value for name, value in wanted.form.values.items() if value}
        ),
    )


def _days(page: SignedVisit, wanted: Wanted) -> dict[str, str] | None:
    """Return the days by which the list of balance transactions shows the same period.

    None where it cannot: its days are those of the zone in which the viewer reads times.
    """
    first, last = wanted.first_day.date(), wanted.last_day.date()
    ends = first_second(first, page.zone), first_second(last + timedelta(days=1), page.zone)
    if ends != (wanted.since, wanted.until):
        return None
    return {"created_from": first.isoformat(), "created_to": last.isoformat()}


async def export(page: SignedVisit) -> Reply:
    """`GET /balance-summary.csv`."""
    wanted = await _read(page)
    found = await _find(page, wanted)
    rows = [row for each in found["accounts"] for row in _rows(each["account"], each)]
    if wanted.of_connected:
        rows += [row for each in found["totals"] for row in _rows(TOTAL, each)]
    details = ("all-accounts" if wanted.of_connected else None, f"{wanted.first_day:%Y-%m}", wanted.zone.key)
    return csv_reply(file_name(page, "balance-summary", *details), COLUMNS, rows)


def _rows(account: str, balance: dict[str, Any]) -> list[tuple[str, ...]]:
    """Return the lines of one balance: its opening balance, its activity, its closing balance."""
    currency = balance["currency"]

    def line(category: str, count: str, *amounts: int | None) -> tuple[str, ...]:
        cells = ("" if amount is None else csv_amount(amount, currency) for amount in amounts)
        return (account, currency, category, count, *cells)

    return [
        line(OPENING, "", None, None, balance["opening_balance"]),
        *(
            line(each["reporting_category"], str(each["count"]), each["gross"], each["fee"], each["net"])
            for each in balance["activity"]
        ),
        line(CLOSING, "", None, None, balance["closing_balance"]),
    ]
