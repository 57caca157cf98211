"""The handlers of `/v2/core/events`: the events of `/v1/events`, in thin form."""

from typing import Final

from brim.api.framework.call import Call
from brim.api.framework.v2_paging import read_v2_page, v2_list_json
from brim.api.resources.v2_core.event_wire import thin_json
from brim.core import events
from brim.core.events import Event, EventFilters, snapshot_name
from brim.core.idempotency import Result

URL: Final = "/v2/core/events"


async def retrieve(call: Call) -> Result:
    """`GET /v2/core/events/{id}`."""
    event = await events.retrieve_event(call.service.database, call.scope, call.path_id)
    return Result(body=_render(call, event))


async def list_all(call: Call) -> Result:
    """`GET /v2/core/events`."""
    parameters = call.parameters
    types = parameters.get("types")
    filters = EventFilters(
        created=parameters.get("created"),
        types=None if types is None else tuple(map(snapshot_name, types)),
        object_id=parameters.get("object_id"),
    )
    page = await events.page_events(call.service.database, call.scope, filters, read_v2_page(call))
    return Result(body=v2_list_json(call, URL, page, [_render(call, event) for event in page.items]))


def _render(call: Call, event: Event) -> bytes:
    return thin_json(event, context=event.scope.account if call.is_platforms else None)
