"""Events: what happened, who was told of it, and telling them again."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from brim.core.events import EventType
from brim.http.message import Reply
from brim.web.api_client import ApiRefusedError, Caller, api_path
from brim.web.dashboard.balance.overview import find_clock
from brim.web.dashboard.formats import money
from brim.web.dashboard.forms import Form
from brim.web.dashboard.linking import message_of
from brim.web.dashboard.list_filters import ListFilters
from brim.web.dashboard.paging import page_query, paging
from brim.web.dashboard.signed import SignedVisit
from brim.web.dashboard.webhooks.newer_attempts import newest_attempt, next_look

EVENTS: Final = "/v1/events"
EVENT: Final = EVENTS + "/{}"
THIN_EVENTS: Final = "/v2/core/events"
ANY_TOPUP: Final = "topup.*"
FILTERS: Final = ListFilters(
    path="/events", texts=("type", "object_id"), choices={"delivery_success": ("true", "false")}, narrows=("object_id",)
)
_MOST_ATTEMPTS: Final = 50
_MOST_EVENTS: Final = 100


async def show_all(page: SignedVisit) -> Reply:
    """`GET /events`."""
    asked = FILTERS.read(page)
    found = await page.api.get(EVENTS, **asked.query, **page_query(page))
    return page.reply(
        "dashboard/events.html",
        events=found["data"],
        paging=paging(page, found),
        asked=asked,
        clock=await find_clock(page),
        types=[("", "Any"), (ANY_TOPUP, ANY_TOPUP), *((str(kind), str(kind)) for kind in EventType)],
    )


async def show(page: SignedVisit) -> Reply:
    """`GET /events/{event}`."""
    return await _reply(page, Form())


async def _reply(page: SignedVisit, form: Form, *, status: int = 200) -> Reply:
    """Return the page, with what was wrong with a form of it."""
    event = await page.api.get(api_path(EVENT, page.path_params["event"]))
    deliveries = await page.api.get(api_path(EVENT + "/deliveries", event["id"]))
    attempts = await page.api.get(api_path(EVENT + "/attempts", event["id"]), limit=_MOST_ATTEMPTS)
    return page.reply(
        "dashboard/event.html",
        status=status,
        event=event,
        deliveries=deliveries["data"],
        attempts=attempts["data"],
        urls=_urls(deliveries["data"]),
        again=next_look(page, attempts["data"]),
        form=form,
    )


def _urls(deliveries: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Return where each endpoint is, by its id; who listens with a command line is no endpoint."""
    return {delivery["webhook_endpoint"]: delivery["url"] for delivery in deliveries}


async def resend(page: SignedVisit) -> Reply:
    """`POST /events/{event}/resend`: to one endpoint, or to all that ask for it."""
    event_id = page.path_params["event"]
    fields = {"webhook_endpoint": page.form.get("endpoint") or None}
    awaits = await newest_attempt(page, api_path(EVENT + "/attempts", event_id))
    try:
        await page.api.post(api_path(EVENT + "/retry", event_id), fields)
    except ApiRefusedError as error:
        return await _reply(page, Form(message=message_of(error)), status=error.status)
    return page.redirect(f"/events/{event_id}", done="resent", awaits=awaits)


def about(event: Mapping[str, Any]) -> str:
    """Return which object an event is about, in a few characters: a top-up's amount, else its id or its kind."""
    shown = event["data"]["object"]
    if shown.get("object") == "topup":
        return money(shown["amount"], shown["currency"])
    return str(shown.get("id") or str(shown.get("object", "")).replace("_", " ").capitalize())


async def find_events_about(api: Caller, object_id: str) -> list[Mapping[str, Any]]:
    """Return the events about an object that are kept, newest first, in thin form."""
    found = await api.get(THIN_EVENTS, object_id=object_id, limit=_MOST_EVENTS)
    events: list[Mapping[str, Any]] = found["data"]
    return events
