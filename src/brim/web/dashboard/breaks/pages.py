"""Breaks: their list by status, and one with what it is about and how it is settled."""

from typing import Final

from brim.base.clock import system_clock_ms
from brim.base.ids import random_base62
from brim.http.message import Reply
from brim.web.api_client import ApiRefusedError, api_path
from brim.web.dashboard.forms import Form
from brim.web.dashboard.linking import take_refusal
from brim.web.dashboard.list_filters import ListFilters, count_statuses
from brim.web.dashboard.live_money.pages import allowed_actions
from brim.web.dashboard.live_money.words import BREAK_KINDS
from brim.web.dashboard.paging import page_query, paging
from brim.web.dashboard.signed import SignedVisit

BREAKS: Final = "/v1/brim/breaks"
BREAK: Final = BREAKS + "/{}"
STATUSES: Final = ("open", "resolved")
FILTERS: Final = ListFilters(
    path="/breaks",
    texts=("bank_file",),
    narrows=("bank_file",),
    choices={"kind": BREAK_KINDS},
    statuses=STATUSES,
    first=STATUSES[0],
)


async def show_all(page: SignedVisit) -> Reply:
    """`GET /breaks`: the open ones, unless others are asked for."""
    asked = FILTERS.read(page)
    found = await page.api.get(BREAKS, **asked.query, **page_query(page))
    return page.reply(
        "dashboard/breaks.html",
        breaks=found["data"],
        paging=paging(page, found),
        asked=asked,
        counts=await count_statuses(page, "breaks", asked),
        statuses=STATUSES,
        kinds=[("", "Any"), *((kind, words[0]) for kind, words in BREAK_KINDS.items())],
        now=system_clock_ms() // 1000,
    )


async def show(page: SignedVisit) -> Reply:
    """`GET /breaks/{break}`."""
    return await _reply(page, Form(values={"resolution": ""}))


async def _reply(page: SignedVisit, form: Form, *, status: int = 200) -> Reply:
    found = await page.api.get(api_path(BREAK, page.path_params["break"]))
    form.values = {"assigned_to": found["assigned_to"] or "", "note": found["note"] or "", **form.values}
    form.idempotency_key = random_base62(24)
    return page.reply(
        "dashboard/break.html",
        status=status,
        found=found,
        form=form,
        allowed=allowed_actions(found),
        names=await page.read_names(),
        now=system_clock_ms() // 1000,
    )


async def assign(page: SignedVisit) -> Reply:
    """`POST /breaks/{break}/assign`: who looks after it, and what is known of it."""
    break_id = page.path_params["break"]
    given = {name: page.form.get(name, "").strip() for name in ("assigned_to", "note")}
    form = Form(values={"resolution": "", **given})
    try:
        await page.api.post(
            api_path(BREAK, break_id),
            dict(given),
            idempotency_key=page.form.get("idempotency_key") or None,
        )
    except ApiRefusedError as error:
        take_refusal(form, error)
        return await _reply(page, form, status=error.status)
    return page.redirect(f"/breaks/{break_id}", done="break_updated")


async def take_in(page: SignedVisit) -> Reply:
    """`POST /breaks/{break}/take-in`: its lines are new, and become open lines."""
    break_id = page.path_params["break"]
    form = Form(values={"resolution": ""})
    try:
        await page.api.post(
            api_path(BREAK + "/take_in", break_id), {}, idempotency_key=page.form.get("idempotency_key") or None
        )
    except ApiRefusedError as error:
        take_refusal(form, error)
        return await _reply(page, form, status=error.status)
    return page.redirect("/statement-lines", done="lines_taken_in")


async def resolve(page: SignedVisit) -> Reply:
    """`POST /breaks/{break}/resolve`. It is settled once; somebody who comes later is told how it was."""
    break_id = page.path_params["break"]
    form = Form(values={"resolution": page.form.get("resolution", "").strip()})
    if not form.values["resolution"]:
        form.errors["resolution"] = "Enter the cause and what you did."
        return await _reply(page, form, status=400)
    try:
        await page.api.post(
            api_path(BREAK + "/resolve", break_id),
            {"resolution": form.values["resolution"]},
            idempotency_key=page.form.get("idempotency_key") or None,
        )
    except ApiRefusedError as error:
        take_refusal(form, error)
        return await _reply(page, form, status=error.status)
    return page.redirect(f"/breaks/{break_id}", done="break_resolved")


async def reopen(page: SignedVisit) -> Reply:
    """`POST /breaks/{break}/reopen`: it was resolved by mistake, and is work again."""
    break_id = page.path_params["break"]
    form = Form(values={"resolution": "", "note": page.form.get("note", "").strip()})
    if not form.values["note"]:
        form.errors["note"] = "Enter a reason."
        return await _reply(page, form, status=400)
    try:
        await page.api.post(
            api_path(BREAK + "/reopen", break_id),
            {"note": form.values["note"]},
            idempotency_key=page.form.get("idempotency_key") or None,
        )
    except ApiRefusedError as error:
        take_refusal(form, error)
        return await _reply(page, form, status=error.status)
    return page.redirect(f"/breaks/{break_id}", done="break_reopened")
