"""The handlers of `/v1/events`."""

from collections.abc import Mapping
from typing import Any

from brim.api.call import Call
from brim.api.paging import read_page
from brim.domain import wire
from brim.domain.errors import ExclusiveParametersError
from brim.domain.pages import EventFilters
from brim.services import events, lists
from brim.services.idempotency import Answer


async def retrieve(call: Call) -> Answer:
    """`GET /v1/events/{id}`."""
    event = await events.retrieve_event(call.service.database, call.owner, call.path_id)
    return Answer(body=wire.event_json(event, to_platform=call.is_platforms))


async def list_all(call: Call) -> Answer:
    """`GET /v1/events`."""
    parameters = call.parameters
    filters = EventFilters(
        created=parameters.get("created"),
        types=_read_types(parameters),
        delivery_success=parameters.get("delivery_success"),
    )
    page = await lists.list_events(call.service.database, call.owner, filters, read_page(parameters))
    items = [wire.event_json(event, to_platform=call.is_platforms) for event in page.items]
    return Answer(body=wire.list_json(items, has_more=page.has_more, url="/v1/events"))


def _read_types(parameters: Mapping[str, Any]) -> tuple[str, ...] | None:
    """Return the types asked for, which come one by one or as an array."""
    if "type" in parameters and "types" in parameters:
        raise ExclusiveParametersError("type", "types")
    if "type" in parameters:
        return (parameters["type"],)
    return parameters.get("types")
