"""Repairing a webhook endpoint: one attempt in full, its event sent again, and all that was missed sent again."""

from typing import Any, Final

from brim.base.clock import system_clock_ms
from brim.base.ids import random_base62
from brim.http.message import Reply
from brim.web.api_client import ApiRefusedError, api_path
from brim.web.dashboard.balance.overview import find_clock
from brim.web.dashboard.forms import Form
from brim.web.dashboard.linking import message_of
from brim.web.dashboard.signed import SignedVisit
from brim.web.dashboard.webhooks.forms import DELIVERY, ENDPOINT
from brim.web.dashboard.webhooks.newer_attempts import newest_attempt

_ATTEMPTS: Final = ENDPOINT + "/attempts"
_MOST_PARTS: Final = 5
"""Requests that a page makes until something is queued; each looks at 100,000 events, which takes a second."""

_HOUR_S: Final = 3600
_BEFORE_FAILING_S: Final = 15 * 60
"""How long before its first failed attempt an event may have been created, also where a worker had much to do."""

_PERIODS: Final = (
    (_HOUR_S, "In the last hour"),
    (24 * _HOUR_S, "In the last 24 hours"),
    (3 * 24 * _HOUR_S, "In the last 3 days"),
    (7 * 24 * _HOUR_S, "In the last 7 days"),
)
_ANY_TIME: Final = ("0", "At any time")


async def show_attempt(page: SignedVisit) -> Reply:
    """`GET /webhooks/{endpoint}/attempts/{attempt}`."""
    return await _reply_attempt(page, Form())


async def _reply_attempt(page: SignedVisit, form: Form, *, status: int = 200) -> Reply:
    endpoint = await page.api.get(api_path(ENDPOINT, page.path_params["endpoint"]), expand=[DELIVERY])
    attempt = await page.api.get(
        api_path(ENDPOINT, page.path_params["endpoint"]) + api_path("/attempts/{}", page.path_params["attempt"])
    )
    is_thin = endpoint["brim"]["delivery"]["event_payload"] == "thin"
    body = None if "account" in attempt else await _find_event(page, attempt["event"], is_thin=is_thin)
    return page.reply(
        "dashboard/webhook_attempt.html", status=status, endpoint=endpoint, attempt=attempt, body=body, form=form
    )


async def _find_event(page: SignedVisit, event_id: str, *, is_thin: bool) -> Any:
    """Return an event as it is sent; None where it is no longer kept."""
    try:
        return await page.api.get(api_path("/v2/core/events/{}" if is_thin else "/v1/events/{}", event_id))
    except ApiRefusedError:
        return None


async def resend_event(page: SignedVisit) -> Reply:
    """`POST /webhooks/{endpoint}/attempts/{attempt}/resend`."""
    endpoint_id = page.path_params["endpoint"]
    path = api_path(ENDPOINT, endpoint_id) + api_path("/attempts/{}", page.path_params["attempt"])
    attempt = await page.api.get(path)
    awaits = await newest_attempt(page, api_path(_ATTEMPTS, endpoint_id))
    retry = {"webhook_endpoint": endpoint_id, "account": attempt.get("account")}
    try:
        await page.api.post(api_path("/v1/events/{}/retry", attempt["event"]), retry)
    except ApiRefusedError as error:
        return await _reply_attempt(page, Form(message=message_of(error)), status=error.status)
    return page.redirect(f"/webhooks/{endpoint_id}", done="resent", awaits=awaits)


async def show_resend(page: SignedVisit) -> Reply:
    """`GET /webhooks/{endpoint}/resend`."""
    return await _reply_resend(page, Form(values={"since": "", "include_delivered": ""}))


async def _reply_resend(page: SignedVisit, form: Form, *, result: Any = None, status: int = 200) -> Reply:
    """Return the form, or what came of it; the next request that it sends has a key of its own."""
    endpoint = await page.api.get(api_path(ENDPOINT, page.path_params["endpoint"]), expand=[DELIVERY])
    form.idempotency_key = random_base62(24)
    clock = await find_clock(page)  # events are created in its time
    now = clock["frozen_time"] if clock else system_clock_ms() // 1000
    failing_since = None if clock else endpoint["brim"]["delivery"]["failing_since"]
    periods = [*((str(now - seconds), words) for seconds, words in _PERIODS), _ANY_TIME]
    if failing_since is not None:
        periods.insert(0, (str(failing_since - _BEFORE_FAILING_S), "Since it started failing"))
    if form.values["since"] not in dict(periods):
        form.values["since"] = periods[0 if failing_since is not None else 1][0]
    return page.reply(
        "dashboard/webhook_resend.html", status=status, endpoint=endpoint, form=form, periods=periods, result=result
    )


async def resend_missed(page: SignedVisit) -> Reply:
    """`POST /webhooks/{endpoint}/resend`; loaded anew, it queues nothing twice."""
    form = Form(values={name: page.form.get(name, "") for name in ("since", "include_delivered")})
    fields = {
        "since": form.values["since"],
        "include_delivered": form.values["include_delivered"] or None,
        "cursor": page.form.get("cursor") or None,
    }
    path = api_path(ENDPOINT + "/resend", page.path_params["endpoint"])
    key = page.form.get("idempotency_key") or random_base62(24)
    try:
        result = await page.api.post(path, fields, idempotency_key=key)
        for part in range(1, _MOST_PARTS):  # past what was all received
            if result["queued"] or not result["has_more"]:
                break
            more = {**fields, "cursor": result["next"]}
            result = await page.api.post(path, more, idempotency_key=f"{key}-{part}")
    except ApiRefusedError as error:
        form.message = message_of(error)
        return await _reply_resend(page, form, status=error.status)
    return await _reply_resend(page, form, result=result)
