"""Settlements of statement lines: proposed beside the line, confirmed or rejected by another, undone if wrong."""

from typing import Any, Final

from brim.base.clock import system_clock_ms
from brim.base.ids import random_base62
from brim.http.message import Reply
from brim.web.api_client import ApiRefusedError, api_path
from brim.web.dashboard.bank_statements.pages import LINES, reply_line
from brim.web.dashboard.formats import AmountError, read_amount
from brim.web.dashboard.forms import Form
from brim.web.dashboard.linking import take_refusal
from brim.web.dashboard.list_filters import ListFilters, count_statuses
from brim.web.dashboard.live_money.pages import allowed_actions, refused_actions
from brim.web.dashboard.paging import page_query, paging
from brim.web.dashboard.signed import SignedVisit

SETTLEMENTS: Final = "/v1/brim/line_settlements"
SETTLEMENT: Final = SETTLEMENTS + "/{}"
STATUSES: Final = ("proposed", "undo_proposed", "posted", "undone", "rejected")
FILTERS: Final = ListFilters(path="/line-settlements", statuses=STATUSES, first=STATUSES[0])
_FIELDS: Final = (
    "lines",
    "batches",
    "returned_debits",
    "returned_transfers",
    "refunds",
    "fees",
    "suspense",
    "transfer",
    "note",
)


async def show_all(page: SignedVisit) -> Reply:
    """`GET /line-settlements`: those that wait for a second person, unless others are asked for."""
    asked = FILTERS.read(page)
    found = await page.api.get(SETTLEMENTS, **asked.query, **page_query(page))
    return page.reply(
        "dashboard/line_settlements.html",
        settlements=found["data"],
        paging=paging(page, found),
        asked=asked,
        counts=await count_statuses(page, "line_settlements", asked),
        statuses=STATUSES,
        names=await page.read_names(),
        now=system_clock_ms() // 1000,
    )


async def show(page: SignedVisit) -> Reply:
    """`GET /line-settlements/{settlement}`."""
    return await _reply(page, Form(values={"note": ""}))


async def _reply(page: SignedVisit, form: Form, *, status: int = 200) -> Reply:
    found = await page.api.get(api_path(SETTLEMENT, page.path_params["settlement"]))
    lines = [await page.api.get(api_path(LINES + "/{}", each["line"])) for each in found["lines"]]
    form.idempotency_key = random_base62(24)
    return page.reply(
        "dashboard/line_settlement.html",
        status=status,
        found=found,
        lines=lines,
        form=form,
        allowed=allowed_actions(found),
        refused=refused_actions(found),
        names=await page.read_names(),
    )


async def propose(page: SignedVisit) -> Reply:
    """`POST /statement-lines/{line}/settle`: what a person has chosen for a line, alone or with others."""
    form = Form(values={name: page.form.get(name, "").strip() for name in _FIELDS})
    line = await page.api.get(api_path(LINES + "/{}", page.path_params["line"]))
    others = form.values["lines"].replace(",", " ").split()
    fields: dict[str, Any] = {
        "lines": list(dict.fromkeys([line["id"], *others])),
        "note": form.values["note"],
    }
    for name in ("batches", "returned_debits", "returned_transfers", "refunds"):
        if form.values[name]:
            fields[name] = form.values[name].replace(",", " ").split()
    for name in ("fees", "suspense", "transfer"):
        if form.values[name]:
            try:
                fields[name] = _signed(form.values[name], line["currency"])
            except AmountError as error:
                form.errors[name] = str(error)
    if not form.values["note"]:
        form.errors["note"] = "Enter an explanation."
    if form.errors:
        return await reply_line(page, form, status=400)
    try:
        made = await page.api.post(SETTLEMENTS, fields, idempotency_key=page.form.get("idempotency_key") or None)
    except ApiRefusedError as error:
        take_refusal(form, error)
        return await reply_line(page, form, status=error.status)
    done = "line_settled" if made["status"] == "posted" else "settlement_proposed"
    return page.redirect(f"/line-settlements/{made['id']}", done=done)


def _signed(text: str, currency: str) -> int:
    """Return the minor units of an amount that may have a minus sign, whichever kind."""
    plain = text.replace("\N{MINUS SIGN}", "-")
    amount = read_amount(plain.removeprefix("-"), currency)
    return -amount if plain.startswith("-") else amount


async def confirm(page: SignedVisit) -> Reply:
    """`POST /line-settlements/{settlement}/confirm`."""
    expected = page.form.get("expected_status", "")
    done = "settlement_undone" if expected == "undo_proposed" else "line_settled"
    return await _act(page, "/confirm", {"expected_status": expected}, done=done)


async def reject(page: SignedVisit) -> Reply:
    """`POST /line-settlements/{settlement}/reject`."""
    return await _act(page, "/reject", {}, done="settlement_rejected")


async def undo(page: SignedVisit) -> Reply:
    """`POST /line-settlements/{settlement}/undo`."""
    note = page.form.get("note", "").strip()
    if not note:
        form = Form(values={"note": note})
        form.errors["note"] = "Enter a reason."
        return await _reply(page, form, status=400)
    return await _act(page, "/undo", {"note": note}, done="undo_proposed")


async def _act(page: SignedVisit, part: str, fields: dict[str, Any], *, done: str) -> Reply:
    settlement = page.path_params["settlement"]
    try:
        after = await page.api.post(
            api_path(SETTLEMENT + part, settlement), fields, idempotency_key=page.form.get("idempotency_key") or None
        )
    except ApiRefusedError as error:
        form = Form(values={"note": str(fields.get("note", ""))})
        take_refusal(form, error)
        return await _reply(page, form, status=error.status)
    if after["status"] == "undone":
        done = "settlement_undone"
    elif part == "/reject" and after["status"] == "posted":
        done = "undo_rejected"
    return page.redirect(f"/line-settlements/{settlement}", done=done)
