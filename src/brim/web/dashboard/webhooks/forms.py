"""What an endpoint's form says, as the API is told it: by its first version, or by the second for thin events."""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from brim.core.events import SUBSCRIBABLE
from brim.core.webhooks import ALL_EVENTS, EVENTS_OF_ACCOUNTS, OWN_EVENTS, EventPayload
from brim.http.form import Field
from brim.web.api_client import Caller
from brim.web.dashboard.forms import Form
from brim.web.dashboard.signed import SignedVisit

ENDPOINTS: Final = "/v1/webhook_endpoints"
ENDPOINT: Final = ENDPOINTS + "/{}"
DESTINATIONS: Final = "/v2/core/event_destinations"
DELIVERY: Final = "brim.delivery"
EVENT_NAMES: Final = tuple(sorted(SUBSCRIBABLE))
NEW_FIELDS: Final = ("url", "description", "api_version", "connect", "payload")
FIELD_OF: Final = {
    "enabled_events[0]": "enabled_events",
    "webhook_endpoint[url]": "url",
    "snapshot_api_version": "api_version",
    "name": "description",
}
"""The form's name for each of the API's parameters that it calls otherwise."""

_CHECKED: Final = "event"


def chosen_events(page: SignedVisit) -> list[str]:
    """Return the types of events whose boxes are checked in the form that was sent."""
    return [value for name, value in page.visit.form_pairs if name == _CHECKED]


def read_form(page: SignedVisit, names: tuple[str, ...]) -> Form:
    """Return a form's fields as they were sent, with an error where no type of event is chosen."""
    values = {name: page.form.get(name, "").strip() for name in names} | {"enabled_events": ""}
    form = Form(values=values, idempotency_key=page.form.get("idempotency_key", ""))
    if not chosen_events(page):
        form.errors["enabled_events"] = "Choose at least one."
    return form


async def create_endpoint(api: Caller, values: Mapping[str, str], events: list[str], *, key: str) -> tuple[str, str]:
    """Make an endpoint and return its id and its secret; the same key makes it once and tells both again.

    Raises:
        ApiRefusedError: it was refused.
    """
    if values["payload"] == EventPayload.THIN:
        made = await api.post_json(DESTINATIONS, _destination(values, events), idempotency_key=key or None)
        return made["id"], made["webhook_endpoint"]["signing_secret"]
    made = await api.post(ENDPOINTS, _endpoint(values, events), idempotency_key=key or None)
    return made["id"], made["secret"]


def _endpoint(values: Mapping[str, str], events: list[str]) -> dict[str, Field]:
    return {
        "url": values["url"],
        "enabled_events": events,
        "description": values["description"] or None,
        "api_version": values["api_version"] or None,
        "connect": bool(values["connect"]),
    }


def _destination(values: Mapping[str, str], events: list[str]) -> dict[str, Any]:
    return {
        "name": values["description"] or urlsplit(values["url"]).hostname or values["url"],
        "type": "webhook_endpoint",
        "event_payload": EventPayload.THIN,
        "enabled_events": ["*"] if ALL_EVENTS in events else events,
        "events_from": [EVENTS_OF_ACCOUNTS if values["connect"] else OWN_EVENTS],
        "webhook_endpoint": {"url": values["url"]},
        "include": ["webhook_endpoint.signing_secret"],
    }
