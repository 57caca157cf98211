"""Corrections: their list by status, and one with what was changed, or why not and what can be done about it."""

from typing import Final

from brim.base.ids import random_base62
from brim.http.message import Reply
from brim.web.api_client import ApiRefusedError, api_path
from brim.web.dashboard.forms import Form
from brim.web.dashboard.linking import take_refusal
from brim.web.dashboard.list_filters import ListFilters
from brim.web.dashboard.live_money.pages import allowed_actions
from brim.web.dashboard.paging import page_query, paging
from brim.web.dashboard.signed import SignedVisit

CORRECTIONS: Final = "/v1/brim/corrections"
CORRECTION: Final = CORRECTIONS + "/{}"
STATUSES: Final = ("open", "applied", "noted", "dismissed", "refused")
FILTERS: Final = ListFilters(
    path="/ach/corrections",
    texts=("funding_source", "topup", "bank_file"),
    narrows=("funding_source", "topup", "bank_file"),
    statuses=STATUSES,
)


async def show_all(page: SignedVisit) -> Reply:
    """`GET /ach/corrections`: all, unless those of a status, a bank account, a top-up or a bank file are asked for."""
    asked = FILTERS.read(page)
    found = await page.api.get(CORRECTIONS, **asked.query, **page_query(page))
    return page.reply(
        "dashboard/corrections.html",
        corrections=found["data"],
        paging=paging(page, found),
        asked=asked,
        statuses=STATUSES,
        account=page.session.account,
    )


async def show(page: SignedVisit) -> Reply:
    """`GET /ach/corrections/{correction}`."""
    return await _reply(page, Form(values={"code": "C65"}))


async def _reply(page: SignedVisit, form: Form, *, status: int = 200) -> Reply:
    found = await page.api.get(api_path(CORRECTION, page.path_params["correction"]))
    form.idempotency_key = random_base62(24)
    return page.reply(
        "dashboard/correction.html",
        status=status,
        found=found,
        is_own=found["account"] == page.session.account,
        form=form,
        allowed=allowed_actions(found),
        names=await page.read_names(),
    )


async def refuse(page: SignedVisit) -> Reply:
    """`POST /ach/corrections/{correction}/refuse`."""
    correction_id = page.path_params["correction"]
    form = Form(values={"code": page.form.get("code", "")})
    try:
        await page.api.post(
            api_path(CORRECTION + "/refuse", correction_id),
            {"code": form.values["code"]},
            idempotency_key=page.form.get("idempotency_key") or None,
        )
    except ApiRefusedError as error:
        take_refusal(form, error)
        return await _reply(page, form, status=error.status)
    return page.redirect(f"/ach/corrections/{correction_id}", done="correction_refused")
