"""The handlers of `/v1/webhook_endpoints`."""

from brim.api.framework.call import Call
from brim.api.framework.errors import render_error
from brim.api.framework.expansion import paths_below
from brim.api.framework.paging import read_page
from brim.api.resources.events.handlers import resent, resent_renderer
from brim.api.resources.webhooks.wire import (
    attempt_json,
    endpoint_json,
    health_json,
    read_cursor,
    recovery_json,
    reveal_secret,
)
from brim.base import json_codec, wire
from brim.base.ids import random_base62
from brim.base.metadata import NO_CHANGE, merge
from brim.core import webhooks
from brim.core.idempotency import RenderError, Result
from brim.core.webhooks import (
    LONGEST_OVERLAP_S,
    SECRET_CHARS,
    SECRET_PREFIX,
    CheckEndpoint,
    Endpoint,
    EndpointEdit,
    EndpointParameters,
    EndpointReplies,
    NewEndpoint,
    Recovery,
    RecoveryParameters,
    RenderEndpoint,
    RevealSecret,
)


async def create(call: Call) -> Result:
    """`POST /v1/webhook_endpoints`."""
    parameters = call.parameters
    new = NewEndpoint(
        url=parameters["url"],
        enabled_events=parameters["enabled_events"],
        secret=new_secret(),
        api_version=parameters.get("api_version"),
        connect=parameters.get("connect", False),
        description=parameters.get("description"),
        metadata=merge({}, parameters.get("metadata", NO_CHANGE)),
    )
    call.rights.require_subscription(new.enabled_events, new.event_payload)
    wanted = endpoint_parameters(call, new, render=_renderer(call), reveal=reveal_secret, render_error=render_error)
    return await webhooks.create_endpoint(call.service.database, call.context, wanted)


async def retrieve(call: Call) -> Result:
    """`GET /v1/webhook_endpoints/{webhook_endpoint}`."""
    endpoint = await webhooks.retrieve_endpoint(call.service.database, call.scope, call.path_id)
    return Result(body=_renderer(call)(endpoint, None))


async def list_all(call: Call) -> Result:
    """`GET /v1/webhook_endpoints`."""
    page = await webhooks.list_endpoints(call.service.database, call.scope, read_page(call.parameters))
    render = _renderer(call)
    items = [render(endpoint, None) for endpoint in page.items]
    return Result(body=wire.list_json(items, has_more=page.has_more, url="/v1/webhook_endpoints"))


async def update(call: Call) -> Result:
    """`POST /v1/webhook_endpoints/{webhook_endpoint}`."""
    changed = {name: value for name, value in call.parameters.items() if name != "expand"}
    return await webhooks.update_endpoint(
        call.service.database,
        call.context,
        call.path_id,
        EndpointEdit(**changed),
        rules=call.service.endpoint_rules,
        replies=EndpointReplies(_renderer(call), render_error, subscription_check(call)),
    )


async def delete(call: Call) -> Result:
    """`DELETE /v1/webhook_endpoints/{webhook_endpoint}`."""
    await webhooks.delete_endpoint(call.service.database, call.context, call.path_id)
    return Result(body=json_codec.encode(wire.DeletedObject(id=call.path_id, object="webhook_endpoint")))


async def roll_secret(call: Call) -> Result:
    """`POST /v1/webhook_endpoints/{webhook_endpoint}/roll_secret`."""
    return await webhooks.roll_secret(
        call.service.database,
        call.context,
        call.path_id,
        new_secret(),
        overlap_s=call.parameters.get("expires_in", LONGEST_OVERLAP_S),
        vault=call.service.vault,
        replies=EndpointReplies(_renderer(call), render_error, subscription_check(call)),
        reveal=reveal_secret,
    )


async def send_test(call: Call) -> Result:
    """`POST /v1/webhook_endpoints/{webhook_endpoint}/test`."""
    answer = await webhooks.send_newest(
        call.service.database,
        call.context,
        call.path_id,
        event_type=call.parameters.get("type"),
        render=resent_renderer(call),
        render_error=render_error,
    )
    return resent(call, answer)


async def list_attempts(call: Call) -> Result:
    """`GET /v1/webhook_endpoints/{webhook_endpoint}/attempts`."""
    page = await webhooks.list_attempts(
        call.service.database,
        call.scope,
        call.path_id,
        read_page(call.parameters),
        only_failed=call.parameters.get("failed", False),
        now_ms=call.now_ms,
    )
    url = f"/v1/webhook_endpoints/{call.path_id}/attempts"
    return Result(body=wire.list_json([attempt_json(each) for each in page.items], has_more=page.has_more, url=url))


async def retrieve_attempt(call: Call) -> Result:
    """`GET /v1/webhook_endpoints/{webhook_endpoint}/attempts/{attempt}`."""
    found = await webhooks.retrieve_attempt(
        call.service.database, call.scope, call.path_id, call.item_id, now_ms=call.now_ms
    )
    return Result(body=attempt_json(found))


async def retrieve_health(call: Call) -> Result:
    """`GET /v1/webhook_endpoints/{webhook_endpoint}/health`."""
    health = await webhooks.retrieve_health(call.service.database, call.scope, call.path_id, now_ms=call.now_ms)
    return Result(body=health_json(health, endpoint_id=call.path_id, livemode=call.scope.livemode))


async def resend_missed(call: Call) -> Result:
    """`POST /v1/webhook_endpoints/{webhook_endpoint}/resend`."""
    parameters = call.parameters
    wanted = RecoveryParameters(
        since=parameters["since"],
        after=read_cursor(parameters.get("cursor")),
        with_received=parameters.get("include_delivered", False),
    )

    def render(recovery: Recovery) -> bytes:
        return recovery_json(
            recovery, endpoint_id=call.path_id, livemode=call.scope.livemode, since=parameters["since"]
        )

    return await webhooks.recover_events(
        call.service.database,
        call.context,
        call.path_id,
        wanted,
        render=render,
        render_error=render_error,
        check=subscription_check(call),
    )


def new_secret() -> str:
    """Return a secret that nobody can guess."""
    return SECRET_PREFIX + random_base62(SECRET_CHARS)


def endpoint_parameters(
    call: Call, new: NewEndpoint, *, render: RenderEndpoint, reveal: RevealSecret, render_error: RenderError
) -> EndpointParameters:
    """Return the parameters of a new endpoint, with the service's own rules, ids and keys."""
    service = call.service
    return EndpointParameters(
        new=new,
        rules=service.endpoint_rules,
        ids=service.ids,
        vault=service.vault,
        render=render,
        reveal=reveal,
        render_error=render_error,
    )


def subscription_check(call: Call) -> CheckEndpoint:
    """Return what lets an endpoint pass whose events the call's key may read."""

    def check(endpoint: Endpoint) -> None:
        call.rights.require_subscription(endpoint.enabled_events, endpoint.event_payload)

    return check


def _renderer(call: Call) -> RenderEndpoint:
    """Return what writes an endpoint with what this call asked to be expanded."""
    with_extras = paths_below(call.parameters.get("expand", ()), "brim.delivery") is not None

    def render(endpoint: Endpoint, secret: str | None) -> bytes:
        return endpoint_json(endpoint, secret=secret, with_extras=with_extras)

    return render
