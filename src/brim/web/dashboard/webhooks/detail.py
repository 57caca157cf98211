"""One webhook endpoint: what was tried with it, and what may be done with it."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, Final

from brim.base.clock import system_clock_ms
from brim.base.ids import random_base62
from brim.core.triggers import TRIGGERS, Step
from brim.core.webhooks import ALL_EVENTS, LONGEST_OVERLAP_S
from brim.http.form import Field
from brim.http.message import Reply
from brim.web.api_client import ApiRefusedError, api_path
from brim.web.dashboard.forms import Form
from brim.web.dashboard.linking import message_of, take_refusal
from brim.web.dashboard.list_filters import ListFilters
from brim.web.dashboard.paging import Paging, page_query
from brim.web.dashboard.signed import SignedVisit
from brim.web.dashboard.webhooks.forms import DELIVERY, ENDPOINT, EVENT_NAMES, FIELD_OF, chosen_events, read_form
from brim.web.dashboard.webhooks.newer_attempts import newest_attempt, next_look
from brim.web.dashboard.webhooks.pages import secret_page

_EDITED: Final = ("url", "description")
_ATTEMPT_FILTERS: Final = ListFilters(path="/webhooks", choices={"failed": ("true",)})
_NUMBERED_WITHIN_S: Final = 0.1
OVERLAPS: Final = (
    (str(LONGEST_OVERLAP_S), "In a day"),
    ("43200", "In 12 hours"),
    ("3600", "In an hour"),
    ("0", "Immediately (compromised)"),
)
"""How long the old secret may sign beside the new one, in seconds, and in words."""


async def show(page: SignedVisit) -> Reply:
    """`GET /webhooks/{endpoint}`."""
    return await _reply(page, Form())


async def _reply(page: SignedVisit, form: Form, *, status: int = 200) -> Reply:
    """Return the page, with what was wrong with a form of it."""
    endpoint_id = page.path_params["endpoint"]
    endpoint = await page.api.get(api_path(ENDPOINT, endpoint_id), expand=[DELIVERY])
    asked = _ATTEMPT_FILTERS.read(page)
    found = await page.api.get(api_path(ENDPOINT + "/attempts", endpoint_id), **asked.query, **_attempts_page(page))
    attempts = found["data"]
    health = await page.api.get(api_path(ENDPOINT + "/health", endpoint_id))
    older = (
        page.changed_link(starting_after=attempts[-1]["id"], done=None, awaits=None, looks=None)
        if found["has_more"]
        else None
    )
    newer = page.changed_link(starting_after=None, done=None) if "starting_after" in page.query else None
    return page.reply(
        "dashboard/webhook.html",
        status=status,
        endpoint=endpoint,
        delivery=endpoint["brim"]["delivery"],
        health=health,
        now=system_clock_ms() // 1000,
        types=_test_types(endpoint["enabled_events"]),
        only_failed=asked.query.get("failed") == "true",
        asked=asked,
        attempts=attempts,
        again=next_look(page, attempts),
        paging=Paging(newer=newer, older=older),
        form=form,
    )


def _attempts_page(page: SignedVisit) -> dict[str, Field]:
    """Return what asks for the page of attempts that an address names; they are read backwards in time only."""
    return {name: value for name, value in page_query(page).items() if name != "ending_before"}


def _test_types(enabled: list[str]) -> list[tuple[str, str]]:
    """Return the types of events that a test may send, those first that the endpoint subscribes to."""
    asked = [name for name in EVENT_NAMES if ALL_EVENTS in enabled or name in enabled]
    others = [name for name in EVENT_NAMES if name not in asked]
    return [("", "Newest event of any subscribed type"), *((name, name) for name in (*asked, *others))]


async def show_edit(page: SignedVisit) -> Reply:
    """`GET /webhooks/{endpoint}/edit`."""
    endpoint = await page.api.get(api_path(ENDPOINT, page.path_params["endpoint"]))
    values = {"url": endpoint["url"], "description": endpoint["description"] or ""}
    return _reply_edit(page, Form(values=values), endpoint, endpoint["enabled_events"])


def _reply_edit(
    page: SignedVisit, form: Form, endpoint: Mapping[str, Any], events: list[str], *, status: int = 200
) -> Reply:
    return page.reply(
        "dashboard/webhook_edit.html",
        status=status,
        endpoint=endpoint,
        form=form,
        types=sorted({*EVENT_NAMES, *events} - {ALL_EVENTS}),  # what was asked for elsewhere stays
        chosen=events,
    )


async def edit(page: SignedVisit) -> Reply:
    """`POST /webhooks/{endpoint}/edit`."""
    endpoint_id, form, events = page.path_params["endpoint"], read_form(page, _EDITED), chosen_events(page)
    fields: dict[str, Field] = {name: form.values[name] for name in _EDITED} | {"enabled_events": events}
    if form.is_right:
        try:
            await page.api.post(api_path(ENDPOINT, endpoint_id), fields)
        except ApiRefusedError as error:
            take_refusal(form, error, FIELD_OF)
    if form.is_right:
        return page.redirect(f"/webhooks/{endpoint_id}", done="updated")
    return _reply_edit(page, form, await page.api.get(api_path(ENDPOINT, endpoint_id)), events, status=400)


async def disable(page: SignedVisit) -> Reply:
    """`POST /webhooks/{endpoint}/disable`."""
    return await _do(page, ENDPOINT, {"disabled": True}, done="endpoint_disabled")


async def enable(page: SignedVisit) -> Reply:
    """`POST /webhooks/{endpoint}/enable`."""
    return await _do(page, ENDPOINT, {"disabled": False}, done="endpoint_enabled")


async def send_test(page: SignedVisit) -> Reply:
    """`POST /webhooks/{endpoint}/test`; in test mode, an event of a top-up that never happened is triggered first."""
    endpoint_id, event_type = page.path_params["endpoint"], page.form.get("type") or None
    awaits = await newest_attempt(page, api_path(ENDPOINT + "/attempts", endpoint_id))
    steps = () if page.session.livemode else TRIGGERS.get(event_type or "", ())
    if steps and not (await page.api.get("/v1/events", type=event_type, limit=1))["data"]:
        try:
            await _trigger(page, steps)
            await _send_triggered(page, endpoint_id, event_type)
        except ApiRefusedError as error:
            return await _reply(page, Form(message=message_of(error)), status=error.status)
        return page.redirect(f"/webhooks/{endpoint_id}", done="tested", awaits=awaits)
    return await _do(page, ENDPOINT + "/test", {"type": event_type}, done="tested", awaits=awaits)


async def _send_triggered(page: SignedVisit, endpoint_id: str, event_type: str | None) -> None:
    """Send an event that has just happened: to an endpoint that does not subscribe to it once it has its number.

    Raises:
        ApiRefusedError: it has none after three seconds, or something else is in the way.
    """
    for last in (*(False,) * 29, True):
        try:
            await page.api.post(api_path(ENDPOINT + "/test", endpoint_id), {"type": event_type})
        except ApiRefusedError:
            if last:
                raise
            await asyncio.sleep(_NUMBERED_WITHIN_S)
        else:
            return


async def _trigger(page: SignedVisit, steps: Sequence[Step]) -> None:
    """Make an event happen.

    Raises:
        ApiRefusedError: a request that leads to it was refused.
    """
    topup = ""
    for step in steps:
        made = await page.api.post(step.path.format(topup=topup), dict(step.parameters))
        topup = topup or made["id"]


async def _do(
    page: SignedVisit, pattern: str, fields: dict[str, Field], *, done: str, awaits: str | None = None
) -> Reply:
    """Do one thing with the endpoint; what the API refuses is said on its page."""
    endpoint_id = page.path_params["endpoint"]
    try:
        await page.api.post(api_path(pattern, endpoint_id), fields)
    except ApiRefusedError as error:
        return await _reply(page, Form(message=message_of(error)), status=error.status)
    return page.redirect(f"/webhooks/{endpoint_id}", done=done, awaits=awaits)


async def show_roll(page: SignedVisit) -> Reply:
    """`GET /webhooks/{endpoint}/roll`."""
    endpoint = await page.api.get(api_path(ENDPOINT, page.path_params["endpoint"]), expand=[DELIVERY])
    form = Form(values={"expires_in": str(LONGEST_OVERLAP_S)}, idempotency_key=random_base62(24))
    return page.reply("dashboard/webhook_roll.html", endpoint=endpoint, form=form, overlaps=OVERLAPS)


async def roll(page: SignedVisit) -> Reply:
    """`POST /webhooks/{endpoint}/roll`; loaded anew, it tells the same secret again and rolls no other."""
    endpoint_id = page.path_params["endpoint"]
    fields: dict[str, Field] = {"expires_in": page.form.get("expires_in", "")}
    key = page.form.get("idempotency_key") or None
    made = await page.api.post(api_path(ENDPOINT + "/roll_secret", endpoint_id), fields, idempotency_key=key)
    return secret_page(page, endpoint_id, made["secret"], title="Secret rolled")


async def show_delete(page: SignedVisit) -> Reply:
    """`GET /webhooks/{endpoint}/delete`."""
    endpoint = await page.api.get(api_path(ENDPOINT, page.path_params["endpoint"]))
    return page.reply("dashboard/webhook_delete.html", endpoint=endpoint)


async def delete(page: SignedVisit) -> Reply:
    """`POST /webhooks/{endpoint}/delete`."""
    await page.api.delete(api_path(ENDPOINT, page.path_params["endpoint"]))
    return page.redirect("/webhooks", done="endpoint_deleted")
