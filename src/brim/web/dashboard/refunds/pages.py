"""Refunds: a list by status, a form that requests one, and a page for one with its outcome, where it is canceled."""

from typing import Any, Final

from brim.base.ids import random_base62
from brim.http.message import Reply
from brim.web.api_client import ApiRefusedError, api_path
from brim.web.dashboard.formats import AmountError, csv_amount, read_amount
from brim.web.dashboard.forms import Form
from brim.web.dashboard.linking import take_refusal
from brim.web.dashboard.list_filters import ListFilters, count_statuses
from brim.web.dashboard.paging import page_query, paging
from brim.web.dashboard.signed import SignedVisit

REFUNDS: Final = "/v1/brim/refunds"
REFUND: Final = REFUNDS + "/{}"
STATUSES: Final = ("pending", "succeeded", "failed", "canceled")
FILTERS: Final = ListFilters(
    path="/refunds", texts=("topup", "file"), narrows=("topup", "file"), statuses=STATUSES, first=STATUSES[0]
)
_FIELDS: Final = ("topup", "amount", "description")
_CURRENCY: Final = "usd"


async def show_all(page: SignedVisit) -> Reply:
    """`GET /refunds`: those that the bank has not booked, unless another status, or all, is requested."""
    asked = FILTERS.read(page)
    found = await page.api.get(REFUNDS, **asked.query, **page_query(page))
    return page.reply(
        "dashboard/refunds.html",
        refunds=found["data"],
        paging=paging(page, found),
        asked=asked,
        counts=await count_statuses(page, "refunds", asked),
        statuses=STATUSES,
    )


async def show(page: SignedVisit) -> Reply:
    """`GET /refunds/{refund}`."""
    return await _reply(page, Form())


async def _reply(page: SignedVisit, form: Form, *, status: int = 200) -> Reply:
    form.idempotency_key = random_base62(24)
    return page.reply(
        "dashboard/refund.html",
        status=status,
        form=form,
        found=await page.api.get(api_path(REFUND, page.path_params["refund"])),
        names=await page.read_names(),
    )


async def show_new(page: SignedVisit) -> Reply:
    """`GET /refunds/new`: for a top-up, with what is left of it."""
    await page.api.get(REFUNDS, limit=1)  # whoever may not see them gets no form
    values = {name: page.query.get(name, "") for name in _FIELDS}
    if values["topup"] and not values["amount"]:
        values["amount"] = await _left(page, values["topup"])
    return _form(page, Form(values=values))


async def _left(page: SignedVisit, topup_id: str) -> str:
    """Return how much of a top-up can still be refunded; nothing for one that this account does not have itself."""
    try:
        topup = await page.api.get(api_path("/v1/topups/{}", topup_id), expand=["brim.rail"])
    except ApiRefusedError:
        return ""
    return csv_amount(topup["amount"] - topup["brim"]["rail"]["amount_refunded"], _CURRENCY)


def _form(page: SignedVisit, form: Form, *, status: int = 200) -> Reply:
    form.idempotency_key = random_base62(24)
    return page.reply("dashboard/refund_new.html", status=status, form=form)


async def request(page: SignedVisit) -> Reply:
    """`POST /refunds`."""
    form = Form(values={name: page.form.get(name, "").strip() for name in _FIELDS})
    wanted: dict[str, Any] = {name: value for name, value in form.values.items() if value}
    try:
        if form.values["amount"]:
            wanted["amount"] = read_amount(form.values["amount"], _CURRENCY)
    except AmountError as error:
        form.errors["amount"] = str(error)
        return _form(page, form, status=400)
    try:
        made = await page.api.post(REFUNDS, wanted, idempotency_key=page.form.get("idempotency_key") or None)
    except ApiRefusedError as error:
        take_refusal(form, error)
        return _form(page, form, status=error.status)
    return page.redirect(f"/refunds/{made['id']}", done="refund_requested")


async def cancel(page: SignedVisit) -> Reply:
    """`POST /refunds/{refund}/cancel`."""
    path = api_path(REFUND + "/cancel", page.path_params["refund"])
    try:
        ended = await page.api.post(path, {}, idempotency_key=page.form.get("idempotency_key") or None)
    except ApiRefusedError as error:
        form = Form()
        take_refusal(form, error)
        return await _reply(page, form, status=error.status)
    return page.redirect(f"/refunds/{ended['id']}", done="refund_canceled")
