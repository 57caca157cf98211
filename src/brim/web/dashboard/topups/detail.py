"""One top-up: where it stands and why, what happened to it, what it booked; and what may be done with it."""

from collections.abc import Mapping
from typing import Any, Final

from brim.base.ids import random_base62
from brim.core.direct_debits import may_be_retried
from brim.core.rails import DEFAULT_FAILURE, DEFAULT_RETURN, FAILURES
from brim.core.topups import PUSH_RAIL
from brim.http.form import Field
from brim.http.message import Reply
from brim.web.api_client import ApiRefusedError, api_path
from brim.web.dashboard.ach_returns.pages import RETURNS
from brim.web.dashboard.balance.overview import find_clock
from brim.web.dashboard.formats import csv_amount
from brim.web.dashboard.forms import Form
from brim.web.dashboard.push.pages import TRANSFERS
from brim.web.dashboard.signed import SignedVisit
from brim.web.dashboard.topups.availability import days_of
from brim.web.dashboard.topups.listing import paid_by
from brim.web.dashboard.topups.timeline import find_steps

TOPUP: Final = "/v1/topups/{}"
_SPARE_ROWS: Final = 2
_MOST_ROWS: Final = 60
_EXPANDED: Final = ["brim.availability", "brim.rail", "brim.retry", "payment_method", "balance_transaction"]


async def show(page: SignedVisit) -> Reply:
    """`GET /topups/{topup}`."""
    return await _reply(page, Form(idempotency_key=random_base62(24)))


async def _reply(page: SignedVisit, form: Form, *, status: int = 200) -> Reply:
    """Return the page, with what was wrong with a form of it."""
    topup_id = page.path_params["topup"]
    topup = await page.api.get(api_path(TOPUP, topup_id), expand=_EXPANDED)
    transfers = await page.api.get(api_path("/v1/brim/topups/{}/transfers", topup_id))
    lines = await page.api.get("/v1/balance_transactions", source=topup_id, limit=10)
    return page.reply(
        "dashboard/topup.html",
        status=status,
        topup=topup,
        paid_by=paid_by(topup),
        availability=topup["brim"]["availability"],
        days=days_of(topup["brim"]["availability"]),
        transfers=transfers["data"],
        lines=lines["data"],
        retry=_retry_link(topup),
        again=_again_link(topup),
        returns=await _played_returns(page, topup),
        came_as=await _incoming_transfer(page, topup),
        clock=await find_clock(page),
        steps=await find_steps(page.api, topup, lines["data"]),
        form=form,
        rows=_metadata_rows(topup["metadata"], form),
        failures=FAILURES,
        default_failure=DEFAULT_FAILURE,
        default_return=DEFAULT_RETURN,
    )


async def _played_returns(page: SignedVisit, topup: Mapping[str, Any]) -> list[Any]:
    """Return the dishonored returns of a top-up of test mode, as far as its platform looks at them."""
    if page.session.livemode or topup["status"] not in {"failed", "reversed"}:
        return []
    try:
        found = await page.api.get(RETURNS, topup=topup["id"])
    except ApiRefusedError:
        return []
    returns: list[Any] = found["data"]
    return returns


async def _incoming_transfer(page: SignedVisit, topup: Mapping[str, Any]) -> str | None:
    """Return the incoming transfer that became a top-up, as far as its platform looks at it."""
    if topup["brim"]["rail"]["name"] != PUSH_RAIL:
        return None
    try:
        found = await page.api.get(TRANSFERS, topup=topup["id"])
    except ApiRefusedError:
        return None
    return next((str(each["id"]) for each in found["data"]), None)


def _retry_link(topup: Mapping[str, Any]) -> dict[str, str] | None:
    """Return the values that prefill the form for a retry of this top-up; None if it cannot be retried."""
    entries = topup["brim"]["rail"]["entries"]
    returned = entries[-1]["returned"] if entries and entries[-1]["status"] == "returned" else None
    if topup["status"] in {"pending", "succeeded"} or topup["brim"]["retry"]["retried_by"]:
        return None
    if not returned or not may_be_retried(returned["code"]):
        return None
    return {"retry_of": topup["id"], **_same_again(topup)}


def _again_link(topup: Mapping[str, Any]) -> dict[str, str] | None:
    """Return the values that prefill the form for another top-up like one that failed; None for others.

    What a bank has returned is retried by `_retry_link`, or not at all.
    """
    entries = topup["brim"]["rail"]["entries"]
    is_returned = bool(entries) and entries[-1]["status"] == "returned"
    return _same_again(topup) if topup["status"] == "failed" and not is_returned else None


def _same_again(topup: Mapping[str, Any]) -> dict[str, str]:
    method, source = topup["payment_method"], topup["source"]
    return {
        "amount": csv_amount(topup["amount"], topup["currency"]),
        "currency": topup["currency"],
        "funding": (method or source or {"id": ""})["id"],
    }


async def cancel(page: SignedVisit) -> Reply:
    """`POST /topups/{topup}/cancel`."""
    return await _act(page, TOPUP + "/cancel", {}, done="canceled")


async def succeed(page: SignedVisit) -> Reply:
    """`POST /topups/{topup}/succeed`, in test mode."""
    return await _act(page, "/v1/test_helpers/topups/{}/succeed", {}, done="succeeded")


async def fail(page: SignedVisit) -> Reply:
    """`POST /topups/{topup}/fail`, in test mode."""
    return await _act(page, "/v1/test_helpers/topups/{}/fail", _failure_code(page), done="failed")


async def take_back(page: SignedVisit) -> Reply:
    """`POST /topups/{topup}/reverse`, in test mode."""
    return await _act(page, "/v1/test_helpers/topups/{}/reverse", _failure_code(page), done="reversed")


def _failure_code(page: SignedVisit) -> dict[str, Field]:
    return {"failure_code": page.form.get("failure_code") or None}


async def _act(page: SignedVisit, pattern: str, fields: Mapping[str, Field], *, done: str) -> Reply:
    """Do one thing with the top-up; what the API refuses is said on its page."""
    topup_id = page.path_params["topup"]
    try:
        await page.api.post(
            api_path(pattern, topup_id), fields, idempotency_key=page.form.get("idempotency_key") or None
        )
    except ApiRefusedError as error:
        if error.status in {401, 404}:
            raise
        return await _reply(page, Form(message=error.message, idempotency_key=random_base62(24)), status=error.status)
    return page.redirect(f"/topups/{topup_id}", done=done)


async def edit(page: SignedVisit) -> Reply:
    """`POST /topups/{topup}`: change description and metadata."""
    topup_id = page.path_params["topup"]
    sent = page.form
    before = await page.api.get(api_path(TOPUP, topup_id))
    fields: dict[str, Field] = {
        "description": sent.get("description", ""),
        "metadata": _metadata_change(before["metadata"], sent),
    }
    try:
        await page.api.post(api_path(TOPUP, topup_id), fields)
    except ApiRefusedError as error:
        if error.status in {401, 404}:
            raise
        form = Form(values=dict(sent), idempotency_key=random_base62(24))
        form.refuse(error)
        form.message = form.message or "Your changes weren't saved. See the fields below."
        return await _reply(page, form, status=error.status)
    return page.redirect(f"/topups/{topup_id}", done="updated")


def _metadata_change(before: Mapping[str, str], sent: Mapping[str, str]) -> dict[str, Field]:
    """Return what to send so that the metadata become what the form's rows say; a key without a row stays."""
    rows = [index for index in range(_MOST_ROWS) if f"key-{index}" in sent]
    wanted = {sent[f"key-{index}"].strip(): sent.get(f"value-{index}", "") for index in rows}
    shown = [sent[f"was-{index}"] for index in rows if sent.get(f"was-{index}")]
    removed: dict[str, Field] = {key: "" for key in shown if key in before and key not in wanted}
    return removed | {key: value for key, value in wanted.items() if key}


def _metadata_rows(metadata: Mapping[str, str], form: Form) -> list[dict[str, Any]]:
    """Return the rows of the form: as they were sent, or one for each key and a few to fill in."""
    if "key-0" in form.values:
        count = sum(1 for name in form.values if name.startswith("key-"))
        return [
            {part: form.values.get(f"{part}-{index}", "") for part in ("was", "key", "value")} for index in range(count)
        ]
    known = [{"was": key, "key": key, "value": value} for key, value in metadata.items()]
    return [*known, *({"was": "", "key": "", "value": ""} for _ in range(_SPARE_ROWS))]
