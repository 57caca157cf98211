"""Reversals: a list by status, a form that requests one, and a page for one with its deadline and outcome."""

from typing import Final

from brim.base.clock import system_clock_ms
from brim.base.ids import random_base62
from brim.http.message import Reply
from brim.web.api_client import ApiRefusedError, api_path
from brim.web.dashboard.forms import Form
from brim.web.dashboard.linking import take_refusal
from brim.web.dashboard.list_filters import ListFilters, count_statuses
from brim.web.dashboard.paging import page_query, paging
from brim.web.dashboard.signed import SignedVisit

REVERSALS: Final = "/v1/brim/ach/reversals"
REVERSAL: Final = REVERSALS + "/{}"
STATUSES: Final = ("requested", "settled", "returned", "missed", "superseded")
FILTERS: Final = ListFilters(
    path="/ach/reversals", texts=("topup", "file"), narrows=("topup", "file"), statuses=STATUSES, first=STATUSES[0]
)
_FIELDS: Final = ("topup", "reason")


async def show_all(page: SignedVisit) -> Reply:
    """`GET /ach/reversals`: those that the bank has not booked, unless another status, or all, is requested."""
    asked = FILTERS.read(page)
    found = await page.api.get(REVERSALS, **asked.query, **page_query(page))
    return page.reply(
        "dashboard/ach_reversals.html",
        reversals=found["data"],
        paging=paging(page, found),
        asked=asked,
        counts=await count_statuses(page, "ach_reversals", asked),
        statuses=STATUSES,
        now=system_clock_ms() // 1000,
    )


async def show(page: SignedVisit) -> Reply:
    """`GET /ach/reversals/{reversal}`."""
    return page.reply(
        "dashboard/ach_reversal.html",
        found=await page.api.get(api_path(REVERSAL, page.path_params["reversal"])),
        names=await page.read_names(),
        now=system_clock_ms() // 1000,
    )


async def show_new(page: SignedVisit) -> Reply:
    """`GET /ach/reversals/new`."""
    await page.api.get(REVERSALS, limit=1)  # whoever may not see them gets no form
    return _form(page, Form(values={name: page.query.get(name, "") for name in _FIELDS}))


def _form(page: SignedVisit, form: Form, *, status: int = 200) -> Reply:
    form.idempotency_key = random_base62(24)
    return page.reply("dashboard/ach_reversal_new.html", status=status, form=form)


async def request(page: SignedVisit) -> Reply:
    """`POST /ach/reversals`."""
    form = Form(values={name: page.form.get(name, "").strip() for name in _FIELDS})
    try:
        made = await page.api.post(
            REVERSALS, dict(form.values), idempotency_key=page.form.get("idempotency_key") or None
        )
    except ApiRefusedError as error:
        take_refusal(form, error)
        return _form(page, form, status=error.status)
    return page.redirect(f"/ach/reversals/{made['id']}", done="reversal_requested")
