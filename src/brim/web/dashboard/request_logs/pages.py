"""The request log: what was asked of the API and what it answered, with the events and objects that it is about."""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote

from brim.core.request_logs import RequestSource
from brim.http.form import Field
from brim.http.message import Reply
from brim.web.api_client import ApiRefusedError, api_path
from brim.web.dashboard.events.pages import EVENT, find_events_about
from brim.web.dashboard.forms import Form
from brim.web.dashboard.paging import page_query, paging
from brim.web.dashboard.signed import SignedVisit

LOGS: Final = "/v1/brim/request_logs"
METHODS: Final = ("GET", "POST", "DELETE")
CLASSES: Final = {"2xx": (200, 299), "4xx": (400, 499), "5xx": (500, 599)}
"""The classes of HTTP statuses that there are, each with its bounds."""

_FILTERS: Final = ("method", "status", "path", "source")


async def show_all(page: SignedVisit) -> Reply:
    """`GET /logs`; with `request_id` in its address, it leads to that request."""
    if "request_id" in page.query:
        return page.redirect(f"/logs/{quote(page.query['request_id'], safe='')}")
    form = Form(values={name: page.query[name] for name in _FILTERS if name in page.query})
    found = await page.api.get(LOGS, **_query(form), **page_query(page))
    return page.reply(
        "dashboard/logs.html",
        requests=found["data"],
        paging=paging(page, found),
        form=form,
        methods=[("", "Any"), *((method, method) for method in METHODS)],
        sources=[("", "Programs"), (RequestSource.DASHBOARD.value, "The dashboard")],
        classes=CLASSES,
    )


def _query(form: Form) -> dict[str, Field]:
    """Return what asks the API for what the form's fields say; the dashboard's own requests only when asked for."""
    values = form.values
    query: dict[str, Field] = {
        "method": values.get("method"),
        "path": values.get("path"),
        "source": values.get("source", RequestSource.API.value),
    }
    if values.get("status") in CLASSES:
        low, high = CLASSES[values["status"]]
        query["status"] = {"gte": low, "lte": high}
    return query


async def show(page: SignedVisit) -> Reply:
    """`GET /logs/{request}`, by the id that a reply's header `Request-Id` and events have."""
    found = await page.api.get(LOGS, request_id=page.path_params["request"], limit=1)
    if not found["data"]:
        raise ApiRefusedError(404, "No such request is kept. Requests are kept for a week, the newest ten thousand.")
    request = found["data"][0]
    events = await _events_of(page, request)
    first = await page.api.get(api_path(EVENT, events[-1]["id"])) if events else None
    return page.reply("dashboard/log.html", request=request, events=events, first=first)


async def _events_of(page: SignedVisit, request: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the events that a request caused, newest first, in thin form."""
    object_id = request["related_object"]
    if object_id is None or request["method"] == "GET":
        return []
    events = await find_events_about(page.api, object_id)
    wanted = request["request_id"]
    return [event for event in events if event["reason"] and event["reason"]["request"]["id"] == wanted]
