"""The request log: what was asked of the API and what it answered, with the events and objects that it is about."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote

from brim.core.access import OwnedKey
from brim.core.request_logs import RequestSource
from brim.http.form import Field
from brim.http.message import Reply
from brim.web.api_client import ApiRefusedError, api_path
from brim.web.dashboard.days import DAY_FIELDS, read_days
from brim.web.dashboard.events.pages import EVENT, find_events_about
from brim.web.dashboard.forms import Form
from brim.web.dashboard.paging import page_query, paging
from brim.web.dashboard.signed import SignedVisit
from brim.web.key_management import KeyManagement
from brim.web.zones import ViewerZone

LOGS: Final = "/v1/brim/request_logs"
METHODS: Final = ("GET", "POST", "DELETE")
CLASSES: Final = {"2xx": (200, 299), "4xx": (400, 499), "5xx": (500, 599)}
"""The classes of HTTP statuses that there are, each with its bounds."""

_FILTERS: Final = ("method", "status", "path", "api_key", "source", *DAY_FIELDS)


class RequestLogPages:
    """The pages of the request log.

    Args:
        keys: what is known of keys, by which requests are filtered.
    """

    def __init__(self, keys: KeyManagement) -> None:
        self._keys = keys

    async def show_all(self, page: SignedVisit) -> Reply:
        """`GET /logs`; with `request_id` in its address, it leads to that request."""
        if "request_id" in page.query:
            return page.redirect(f"/logs/{quote(page.query['request_id'].strip(), safe='')}")
        form = Form(values={name: page.query[name].strip() for name in _FILTERS if name in page.query})
        found = await page.api.get(LOGS, **_query(form, page.zone), **page_query(page))
        keys = await self._keys.list_keys(page.session)
        return page.reply(
            "dashboard/logs.html",
            requests=found["data"],
            paging=paging(page, found),
            form=form,
            has_details=bool(form.values.keys() - {"status"}),
            methods=[("", "Any"), *((method, method) for method in METHODS)],
            sources=[("", "API"), (RequestSource.DASHBOARD.value, "Dashboard")],
            keys=_choices(keys, form),
            key_names={each.key.id: each.key.redacted for each in keys},
            first_page=dict.fromkeys(("starting_after", "ending_before", "done")),
        )

    async def show(self, page: SignedVisit) -> Reply:
        """`GET /logs/{request}`, by the id that a reply's header `Request-Id` and events have."""
        found = await page.api.get(LOGS, request_id=page.path_params["request"], limit=1)
        if not found["data"]:
            raise ApiRefusedError(404, "No such request. Requests are kept for a week, up to the newest 10,000.")
        request = found["data"][0]
        events = await _events_of(page, request)
        first = await page.api.get(api_path(EVENT, events[-1]["id"])) if events else None
        key = await self._find_key(page, request["api_key"])
        return page.reply("dashboard/log.html", request=request, events=events, first=first, key=key)

    async def _find_key(self, page: SignedVisit, key_id: str | None) -> OwnedKey | None:
        """Return the key that a request was made with; None for one that is not this account's, or no longer kept."""
        if key_id is None:
            return None
        return next((each for each in await self._keys.list_keys(page.session) if each.key.id == key_id), None)


def _choices(keys: Sequence[OwnedKey], form: Form) -> list[tuple[str, str]]:
    """Return the keys to filter by, those of the pages only where their requests are shown; also one that has gone."""
    of_pages = form.values.get("source") == RequestSource.DASHBOARD.value
    known = [each.key for each in keys if (each.operator is not None) == of_pages]
    choices = [("", "Any"), *((key.id, " · ".join(filter(None, (key.name, key.redacted)))) for key in known)]
    wanted = form.values.get("api_key")
    return choices if wanted is None or wanted in dict(choices) else [*choices, (wanted, wanted)]


def _query(form: Form, zone: ViewerZone) -> dict[str, Field]:
    """Return what asks the API for what the form's fields say; the dashboard's own requests only when asked for."""
    values = form.values
    method = values.get("method")
    query: dict[str, Field] = {
        "method": method if method in METHODS else None,
        "path_prefix": values.get("path"),
        "api_key": values.get("api_key"),
        "source": RequestSource.DASHBOARD.value if values.get("source") == RequestSource.DASHBOARD.value else "api",
        "created": read_days(form, zone) or None,
    }
    if values.get("status") in CLASSES:
        low, high = CLASSES[values["status"]]
        query["status"] = {"gte": low, "lte": high}
    return query


async def _events_of(page: SignedVisit, request: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the events that a request caused, newest first, in thin form."""
    object_id = request["related_object"]
    if object_id is None or request["method"] == "GET":
        return []
    events = await find_events_about(page.api, object_id)
    wanted = request["request_id"]
    return [event for event in events if event["reason"] and event["reason"]["request"]["id"] == wanted]
