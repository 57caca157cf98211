"""Return rates: of each originator and of what stands out, and one with its override."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from brim.base.clock import system_clock_ms
from brim.base.ids import random_base62
from brim.http.message import Reply
from brim.web.api_client import ApiRefusedError, api_path
from brim.web.dashboard.forms import Form
from brim.web.dashboard.linking import message_of, take_refusal
from brim.web.dashboard.live_money.pages import allowed_actions, read_originators, refused_actions
from brim.web.dashboard.signed import SignedVisit
from brim.web.operators.confirmation import PASSWORD, asked_in_a_row, refuse_in_a_row

RATES: Final = "/v1/brim/ach/return_rates"
RATE: Final = RATES + "/{}"
KINDS: Final = {
    "unauthorized": ("Unauthorized", "R05, R07, R10, R11, R29, R51"),
    "administrative": ("Administrative", "R02, R03, R04"),
    "overall": ("Overall", "Every return"),
}
"""For each rate: what it is called, and which return codes it counts."""


async def show_all(page: SignedVisit) -> Reply:
    """`GET /ach/return-rates`."""
    found = await page.api.get(RATES)
    return page.reply(
        "dashboard/return_rates.html", found=found["data"], kinds=KINDS, originators=await read_originators(page)
    )


async def show(page: SignedVisit) -> Reply:
    """`GET /ach/return-rates/{subject}`."""
    return await _reply(page, Form(values={"reason": "", "until": ""}))


async def _reply(page: SignedVisit, form: Form, *, status: int = 200) -> Reply:
    found = await page.api.get(_path(page))
    form.idempotency_key = random_base62(24)
    return page.reply(
        "dashboard/return_rate.html",
        status=status,
        found=found,
        form=form,
        kinds=KINDS,
        originators=await read_originators(page),
        allowed=allowed_actions(found),
        refused=refused_actions(found),
        names=await page.read_names(),
        latest=(datetime.fromtimestamp(system_clock_ms() // 1000, UTC) + timedelta(days=29)).date().isoformat(),
    )


async def ask(page: SignedVisit) -> Reply:
    """`POST /ach/return-rates/{subject}/override`. It ends with the day that is named, in UTC."""
    form = Form(values={name: page.form.get(name, "").strip() for name in ("reason", "until")})
    if not form.values["reason"]:
        form.errors["reason"] = "Enter a reason. It is shown to the approver."
    until = _end_of(form.values["until"])
    if until is None:
        form.errors["until"] = "Enter a date, such as 2026-12-24."
    if form.errors:
        return await _reply(page, form, status=400)
    return await _post(page, form, "override", {"reason": form.values["reason"], "until": until}, done="override_asked")


def _end_of(day: str) -> int | None:
    """Return the second in which a day ends, in UTC; None for what is no day."""
    try:
        return int((datetime.fromisoformat(day).replace(tzinfo=UTC) + timedelta(days=1)).timestamp())
    except ValueError:
        return None


async def approve(page: SignedVisit) -> Reply:
    """`POST /ach/return-rates/{subject}/approve-override`, once it is sure who approves."""
    asked, form = await asked_in_a_row(page), Form()
    is_asked_now = asked is not None and PASSWORD not in page.form
    act = f"approve an override of {page.path_params['subject']}"
    status = 200 if is_asked_now else await refuse_in_a_row(page, form, act=act)
    if status is not None:
        form.idempotency_key = random_base62(24)
        found = await page.api.get(_path(page))
        return page.reply(
            "dashboard/return_rate_approve.html",
            status=status,
            form=form,
            asked=asked,
            found=found,
            names=await page.read_names(),
        )
    expected = page.form.get("expected_until", "")
    return await _post(page, form, "approve_override", {"expected_until": expected}, done="override_approved")


async def end(page: SignedVisit) -> Reply:
    """`POST /ach/return-rates/{subject}/end-override`."""
    return await _post(page, Form(), "end_override", {}, done="override_ended")


async def _post(page: SignedVisit, form: Form, act: str, wanted: Mapping[str, Any], *, done: str) -> Reply:
    try:
        await page.api.post(f"{_path(page)}/{act}", wanted, idempotency_key=page.form.get("idempotency_key") or None)
    except ApiRefusedError as error:
        if form.values:
            take_refusal(form, error)
        else:
            form = Form(message=message_of(error), values={"reason": "", "until": ""})
        return await _reply(page, form, status=error.status)
    return page.redirect(f"/ach/return-rates/{page.path_params['subject']}", done=done)


def _path(page: SignedVisit) -> str:
    return api_path(RATE, page.path_params["subject"])
