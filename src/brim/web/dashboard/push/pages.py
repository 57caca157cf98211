"""Incoming transfers by status, a transfer with what is suggested and proposed, and an account's instructions."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from brim.base.clock import system_clock_ms
from brim.base.ids import random_base62
from brim.http.message import Reply
from brim.web.api_client import ApiRefusedError, api_path
from brim.web.dashboard.formats import AmountError, read_amount
from brim.web.dashboard.forms import Form
from brim.web.dashboard.linking import message_of, take_refusal
from brim.web.dashboard.list_filters import ListFilters, count_statuses
from brim.web.dashboard.paging import page_query, paging
from brim.web.dashboard.signed import SignedVisit

if TYPE_CHECKING:
    from brim.http.form import Field

TRANSFERS: Final = "/v1/brim/incoming_transfers"
TRANSFER: Final = TRANSFERS + "/{}"
INSTRUCTIONS: Final = "/v1/brim/funding_instructions"
STATUSES: Final = ("suspended", "returning", "credited", "returned", "recalled", "itemized")
FILTERS: Final = ListFilters(path="/incoming-transfers", statuses=STATUSES, first=STATUSES[0])
_CURRENCY: Final = "usd"
_FIELDS: Final = ("amount", "description")


async def show_all(page: SignedVisit) -> Reply:
    """`GET /incoming-transfers`: those in suspense, unless another status, or all, is asked for."""
    asked = FILTERS.read(page)
    found = await page.api.get(TRANSFERS, **asked.query, **page_query(page))
    return page.reply(
        "dashboard/incoming_transfers.html",
        transfers=found["data"],
        paging=paging(page, found),
        asked=asked,
        counts=await count_statuses(page, "incoming_transfers", asked),
        statuses=STATUSES,
        now=system_clock_ms() // 1000,
    )


async def show(page: SignedVisit) -> Reply:
    """`GET /incoming-transfers/{incoming_transfer}`."""
    return await _reply(page, Form())


async def _reply(page: SignedVisit, form: Form, *, status: int = 200) -> Reply:
    found = await page.api.get(api_path(TRANSFER, page.path_params["incoming_transfer"]))
    form.idempotency_key = random_base62(24)
    form.values = {
        "account": _suggested(found),
        "handled_by": found["handled_by"] or "",
        "note": found["note"] or "",
        **form.values,
    }
    return page.reply(
        "dashboard/incoming_transfer.html",
        status=status,
        found=found,
        form=form,
        names=await page.read_names(),
        now=system_clock_ms() // 1000,
    )


def _suggested(found: Mapping[str, Any]) -> str:
    """Return the account that is suggested, if it is one."""
    accounts = {each["account"] for each in found["suggestions"]}
    return str(accounts.pop()) if len(accounts) == 1 else ""


async def assign(page: SignedVisit) -> Reply:
    """`POST /incoming-transfers/{incoming_transfer}/assign`."""
    values = {"account": page.form.get("account", "").strip()}
    if page.form.get("remember_payer"):
        values["remember_payer"] = "true"
    return await _act(page, "assign", values, done="transfer_proposed")


async def send_back(page: SignedVisit) -> Reply:
    """`POST /incoming-transfers/{incoming_transfer}/send-back`."""
    return await _act(page, "send_back", {}, done="transfer_proposed")


async def approve(page: SignedVisit) -> Reply:
    """`POST /incoming-transfers/{incoming_transfer}/approve`."""
    names = ("action", "account", "remember_payer")
    seen = {name: value for name in names if (value := page.form.get(name, ""))}
    return await _act(page, "approve", seen, done="transfer_approved")


async def decline(page: SignedVisit) -> Reply:
    """`POST /incoming-transfers/{incoming_transfer}/decline`."""
    return await _act(page, "decline", {}, done="transfer_declined")


async def update(page: SignedVisit) -> Reply:
    """`POST /incoming-transfers/{incoming_transfer}`."""
    values = {name: page.form.get(name, "").strip() for name in ("handled_by", "note")}
    return await _act(page, "", values, done="transfer_saved")


async def _act(page: SignedVisit, what: str, values: dict[str, str], *, done: str) -> Reply:
    transfer = page.path_params["incoming_transfer"]
    form = Form(values=dict(values))
    try:
        await page.api.post(
            api_path(TRANSFER + (f"/{what}" if what else ""), transfer),
            dict(values),
            idempotency_key=page.form.get("idempotency_key") or None,
        )
    except ApiRefusedError as error:
        take_refusal(form, error)
        return await _reply(page, form, status=error.status)
    return page.redirect(f"/incoming-transfers/{transfer}", done=done)


async def show_instructions(page: SignedVisit) -> Reply:
    """`GET /funding-instructions`."""
    return await _reply_instructions(page, Form(values=dict.fromkeys(_FIELDS, "")))


async def _reply_instructions(page: SignedVisit, form: Form, *, status: int = 200) -> Reply:
    found = await page.api.get(INSTRUCTIONS, **page_query(page))
    form.idempotency_key = random_base62(24)
    return page.reply(
        "dashboard/funding_instructions.html",
        status=status,
        instructions=found["data"],
        paging=paging(page, found),
        form=form,
    )


async def create_instructions(page: SignedVisit) -> Reply:
    """`POST /funding-instructions`."""
    form = Form(values={name: page.form.get(name, "").strip() for name in _FIELDS})
    wanted: dict[str, Field] = {"currency": _CURRENCY}
    if form.values["description"]:
        wanted["description"] = form.values["description"]
    try:
        if form.values["amount"]:
            wanted["amount"] = read_amount(form.values["amount"], _CURRENCY)
        await page.api.post(INSTRUCTIONS, wanted, idempotency_key=page.form.get("idempotency_key") or None)
    except AmountError as error:
        form.errors["amount"] = str(error)
        return await _reply_instructions(page, form, status=400)
    except ApiRefusedError as error:
        form.message = message_of(error)
        return await _reply_instructions(page, form, status=error.status)
    return page.redirect("/funding-instructions", done="instructions_created")
