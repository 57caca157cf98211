"""The handlers of `/v2/core/event_destinations`: webhook endpoints, as the second version of the API speaks of them."""

from typing import Any, Final

from brim.api.framework.call import Call
from brim.api.framework.errors import render_v2_error
from brim.api.framework.v2_paging import read_v2_page, v2_list_json
from brim.api.resources.v2_core.destination_wire import DeletedDestination, destination_json, reveal_secret
from brim.api.resources.webhooks.handlers import endpoint_parameters, new_secret, subscription_check
from brim.base.json_codec import encode
from brim.base.metadata import NO_CHANGE, merge
from brim.core import webhooks
from brim.core.idempotency import Result
from brim.core.webhooks import (
    DESTINATION_PREFIX,
    Endpoint,
    EndpointEdit,
    EndpointReplies,
    EventPayload,
    NewEndpoint,
    RenderEndpoint,
)

URL: Final = "/v2/core/event_destinations"
WITH_SECRET: Final = "webhook_endpoint.signing_secret"  # noqa: S105  the name of a property
WITH_URL: Final = "webhook_endpoint.url"


async def create(call: Call) -> Result:
    """`POST /v2/core/event_destinations`."""
    parameters = call.parameters
    new = NewEndpoint(
        url=parameters["webhook_endpoint"]["url"],
        enabled_events=parameters["enabled_events"],
        secret=new_secret(),
        prefix=DESTINATION_PREFIX,
        api_version=parameters.get("snapshot_api_version"),
        connect=parameters.get("events_from", False),
        event_payload=EventPayload(parameters["event_payload"]),
        name=parameters["name"],
        description=parameters.get("description"),
        metadata=merge({}, parameters.get("metadata", NO_CHANGE)),
    )
    call.rights.require_subscription(new.enabled_events, new.event_payload)
    wanted = endpoint_parameters(call, new, render=_renderer(call), reveal=reveal_secret, render_error=render_v2_error)
    return await webhooks.create_destination(call.service.database, call.context, wanted)


async def retrieve(call: Call) -> Result:
    """`GET /v2/core/event_destinations/{id}`."""
    found = await webhooks.retrieve_endpoint(call.service.database, call.scope, call.path_id, noun=webhooks.DESTINATION)
    return Result(body=_renderer(call)(found, None))


async def list_all(call: Call) -> Result:
    """`GET /v2/core/event_destinations`."""
    page = await webhooks.list_destinations(call.service.database, call.scope, read_v2_page(call))
    render = _renderer(call)
    return Result(body=v2_list_json(call, URL, page, [render(endpoint, None) for endpoint in page.items]))


async def update(call: Call) -> Result:
    """`POST /v2/core/event_destinations/{id}`."""
    changed: dict[str, Any] = {
        name: value for name, value in call.parameters.items() if name not in {"include", "webhook_endpoint"}
    }
    changed |= call.parameters.get("webhook_endpoint", {})
    return await _edit(call, EndpointEdit(**changed))


async def enable(call: Call) -> Result:
    """`POST /v2/core/event_destinations/{id}/enable`."""
    return await _edit(call, EndpointEdit(disabled=False))


async def disable(call: Call) -> Result:
    """`POST /v2/core/event_destinations/{id}/disable`."""
    return await _edit(call, EndpointEdit(disabled=True))


async def _edit(call: Call, edit: EndpointEdit) -> Result:
    return await webhooks.update_endpoint(
        call.service.database,
        call.context,
        call.path_id,
        edit,
        rules=call.service.endpoint_rules,
        replies=EndpointReplies(_renderer(call), render_v2_error, subscription_check(call)),
        noun=webhooks.DESTINATION,
    )


async def delete(call: Call) -> Result:
    """`DELETE /v2/core/event_destinations/{id}`."""
    return await webhooks.delete_destination(
        call.service.database,
        call.context,
        call.path_id,
        body=encode(DeletedDestination(id=call.path_id)),
        render_error=render_v2_error,
    )


async def ping(call: Call) -> Result:
    """`POST /v2/core/event_destinations/{id}/ping`."""
    return await webhooks.ping_destination(
        call.service.database,
        call.context,
        call.path_id,
        ids=call.service.ids,
        renderers=call.service.renderers,
        render_error=render_v2_error,
    )


def _renderer(call: Call) -> RenderEndpoint:
    """Return what writes a destination with what this call asked to be included."""
    include = call.parameters.get("include", ())

    def render(endpoint: Endpoint, secret: str | None) -> bytes:
        told = secret if WITH_SECRET in include else None
        return destination_json(endpoint, with_url=WITH_URL in include, secret=told)

    return render
