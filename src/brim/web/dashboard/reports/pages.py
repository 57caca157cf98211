"""The list of report runs with the form for a new one, one run with its figures, and its files."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from brim.base import json_codec
from brim.base.ids import random_base62
from brim.core.reports import BRIM_SUMMARY, DEFAULT_TIMEZONE, month_bounds
from brim.http.message import Reply
from brim.web.api_client import ApiRefusedError, api_path
from brim.web.dashboard.forms import Form
from brim.web.dashboard.paging import page_query, paging
from brim.web.dashboard.signed import SignedVisit
from brim.web.routes import NoSuchPageError

RUNS: Final = "/v1/reporting/report_runs"
TYPES: Final = "/v1/reporting/report_types"
KEY: Final = "/v1/brim/report_key"
_CONTENTS: Final = "/v1/files/{}/contents"
_FIELDS: Final = ("report_type", "month", "timezone", "currency")
_FIELD_OF_PARAM: Final = {
    "parameters[interval_start]": "month",
    "parameters[interval_end]": "month",
    "parameters[timezone]": "timezone",
    "parameters[currency]": "currency",
}


async def show_all(page: SignedVisit) -> Reply:
    """`GET /reports`, with a form for the last month that is over in the account's time."""
    until = datetime.fromtimestamp((await page.api.get(TYPES))["data"][0]["data_available_end"], UTC)
    values = {
        "report_type": BRIM_SUMMARY,
        "month": f"{until.replace(day=1) - timedelta(days=1):%Y-%m}",
        "timezone": DEFAULT_TIMEZONE,
        "currency": "",
    }
    return await _reply(page, Form(values=values))


async def _reply(page: SignedVisit, form: Form, *, status: int = 200) -> Reply:
    found = await page.api.get(RUNS, **page_query(page))
    types = (await page.api.get(TYPES))["data"]
    form.idempotency_key = random_base62(24)
    return page.reply(
        "dashboard/reports.html",
        status=status,
        found=found["data"],
        paging=paging(page, found),
        names=_names(types),
        choices=[(each["id"], each["name"]) for each in types],
        form=form,
        months=_months,
    )


def _names(types: list[dict[str, Any]]) -> dict[str, str]:
    return {each["id"]: each["name"] for each in types}


def _months(run: dict[str, Any]) -> str:
    """Return the interval of a run for people: a month, or its two ends, in its time zone."""
    wanted = run["parameters"]
    zone = ZoneInfo(wanted.get("timezone") or DEFAULT_TIMEZONE)
    start, end = (datetime.fromtimestamp(wanted[f"interval_{name}"], zone) for name in ("start", "end"))
    if month_bounds(f"{start:%Y-%m}", zone) == (wanted["interval_start"], wanted["interval_end"]):
        return f"{start:%B %Y}"
    return f"{start:%b %-d, %Y, %H:%M} to {end:%b %-d, %Y, %H:%M}"


async def run(page: SignedVisit) -> Reply:
    """`POST /reports`: once, however often the form is sent."""
    form = Form(values={name: page.form.get(name, "").strip() for name in _FIELDS})
    try:
        zone = ZoneInfo(form.values["timezone"] or DEFAULT_TIMEZONE)
        start, end = month_bounds(form.values["month"], zone)
    except (ZoneInfoNotFoundError, OSError):
        form.errors["timezone"] = "Enter an IANA time zone, such as America/New_York."
        return await _reply(page, form, status=400)
    except ValueError:
        form.errors["month"] = "Enter a month, such as 2026-10."
        return await _reply(page, form, status=400)
    of_currency = {"currency": form.values["currency"]} if form.values["currency"] else {}
    try:
        made = await page.api.post(
            RUNS,
            {
                "report_type": form.values["report_type"],
                "parameters": {"interval_start": start, "interval_end": end, "timezone": zone.key, **of_currency},
            },
            idempotency_key=page.form.get("idempotency_key") or None,
        )
    except ApiRefusedError as error:
        form.refuse(error, _FIELD_OF_PARAM)
        if "month" in form.errors:
            form.errors["month"] = "Choose a completed month, January 2000 or later."
        return await _reply(page, form, status=error.status)
    return page.redirect(f"/reports/{made['id']}", done="report_run")


async def show(page: SignedVisit) -> Reply:
    """`GET /reports/{report_run}`."""
    found = await _find(page)
    types = (await page.api.get(TYPES))["data"]
    totals = found["brim"]["totals"] if found["brim"] else []
    return page.reply(
        "dashboard/report.html",
        run=found,
        name=_names(types).get(found["report_type"], found["report_type"]),
        interval=_months(found),
        timezone=found["parameters"].get("timezone") or DEFAULT_TIMEZONE,
        currency=found["parameters"].get("currency"),
        columns=list(totals[0]["sums"]) if totals else [],
    )


async def _find(page: SignedVisit) -> Any:
    return await page.api.get(api_path(RUNS + "/{}", page.path_params["report_run"]))


async def download(page: SignedVisit) -> Reply:
    """`GET /reports/{report_run}/{file}`: a file of a run, by its name."""
    found = await _find(page)
    files = found["brim"]["files"] if found["brim"] else []
    file = next((each for each in files if each["filename"] == page.path_params["file"]), None)
    if file is None:
        raise NoSuchPageError
    reply = await page.api.send("GET", api_path(_CONTENTS, file["id"]), query=b"", body=b"", content_type=b"")
    if reply.status >= 400:
        error = json_codec.decode(reply.body)["error"]
        raise ApiRefusedError(reply.status, error["message"], code=error.get("code"))
    return reply


async def key(page: SignedVisit) -> Reply:
    """`GET /reports/key.pem`: the public key that manifests are signed by."""
    found = await page.api.get(KEY)
    headers = ['Content-Disposition: attachment; filename="report-key.pem"', "X-Content-Type-Options: nosniff"]
    return Reply(200, found["public_key"].encode(), headers, "application/x-pem-file")
