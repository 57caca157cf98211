"""The handlers of `/v1/events`."""

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from brim.api.framework.call import Call
from brim.api.framework.errors import render_error
from brim.api.framework.paging import read_page
from brim.api.resources.events import wire as event_wire
from brim.api.resources.webhooks.wire import attempt_json, delivery_json
from brim.base import json_codec, wire
from brim.base.errors import ExclusiveParametersError
from brim.core import events, stripe_cli, webhooks
from brim.core.events import Event, EventFilters, EventType
from brim.core.idempotency import Result
from brim.core.stripe_cli import Resend
from brim.core.webhooks import RenderEvent

_OTHER_WAYS = ("created", "delivery_success", "ending_before", "object_id", "starting_after", "type", "types")
"""Parameters that choose events in another way than by number."""


async def retrieve(call: Call) -> Result:
    """`GET /v1/events/{id}`."""
    event = await events.retrieve_event(call.service.database, call.scope, call.path_id)
    call.rights.require_event(event.type)
    (body,) = await _render(call, [event])
    return Result(body=body)


async def list_all(call: Call) -> Result:
    """`GET /v1/events`."""
    parameters = call.parameters
    if "after_sequence" in parameters:
        return await _list_after(call)
    filters = EventFilters(
        created=parameters.get("created"),
        types=call.rights.readable_events(_read_types(parameters)),
        delivery_success=parameters.get("delivery_success"),
        object_id=parameters.get("object_id"),
    )
    page = await events.list_events(call.service.database, call.scope, filters, read_page(parameters))
    return Result(body=wire.list_json(await _render(call, page.items), has_more=page.has_more, url="/v1/events"))


async def _list_after(call: Call) -> Result:
    """Answer a list by number, which goes up where others go back and has no gap, not even for want of a right."""
    call.rights.require_every_event()
    parameters = call.parameters
    for other in _OTHER_WAYS:
        if other in parameters:
            raise ExclusiveParametersError("after_sequence", other)
    page = await events.list_after(
        call.service.database, call.scope, parameters["after_sequence"], limit=read_page(parameters).limit
    )
    items = await _render(call, [event for _, event in page.items], [number for number, _ in page.items])
    return Result(body=wire.list_json(items, has_more=page.has_more, url="/v1/events"))


async def _render(call: Call, found: Sequence[Event], numbers: Sequence[int] | None = None) -> list[bytes]:
    """Return the compact JSON of events, with their numbers where these were asked for."""
    pending = await webhooks.count_pending(call.service.database, found)
    told = numbers or itertools.repeat(None, len(found))
    return [
        event_wire.event_json(event, pending_webhooks=count, account=_told_account(call, event), sequence=number)
        for event, count, number in zip(found, pending, told, strict=True)
    ]


def _told_account(call: Call, event: Event) -> str | None:
    """Return whose event it is, where a platform asks; who asks for their own knows it."""
    return event.scope.account if call.is_platforms else None


async def list_deliveries(call: Call) -> Result:
    """`GET /v1/events/{id}/deliveries`: all there are, as an event has few."""
    found = await webhooks.list_deliveries(
        call.service.database, call.scope, call.path_id, viewers=_viewers(call), now_ms=call.now_ms
    )
    items = [delivery_json(each) for each in found]
    return Result(body=wire.list_json(items, has_more=False, url=f"/v1/events/{call.path_id}/deliveries"))


async def list_attempts(call: Call) -> Result:
    """`GET /v1/events/{id}/attempts`."""
    page = await webhooks.list_event_attempts(
        call.service.database,
        call.scope,
        call.path_id,
        read_page(call.parameters),
        viewers=_viewers(call),
        now_ms=call.now_ms,
    )
    items = [attempt_json(each) for each in page.items]
    return Result(body=wire.list_json(items, has_more=page.has_more, url=f"/v1/events/{call.path_id}/attempts"))


def _viewers(call: Call) -> list[str]:
    """Return whose endpoints are shown: a platform's are not told to an account under it that asks for itself."""
    return list({call.scope.account, call.asking})


async def retry(call: Call) -> Result:
    """`POST /v1/events/{id}/retry`."""
    parameters = call.parameters
    wanted = Resend(
        endpoint_id=parameters.get("webhook_endpoint"),
        account=parameters.get("account"),
        only_listeners=parameters.get("for_stripecli", False),
    )
    answer = await stripe_cli.resend_event(
        call.service.database,
        call.context,
        call.path_id,
        wanted,
        ids=call.service.ids,
        render=resent_renderer(call),
        render_error=render_error,
    )
    return resent(call, answer)


def resent_renderer(call: Call) -> RenderEvent:
    """Return what writes an event that is sent again, if the call's key may read what it shows."""

    def render(event: Event, pending: int) -> bytes:
        call.rights.require_event(event.type)
        return event_wire.event_json(event, pending_webhooks=pending)

    return render


def resent(call: Call, answer: Result) -> Result:
    """Return the reply to a resend, if the call's key may read the event in it.

    Of a first reply the renderer has seen to that; a replay is written by nobody, and another key may have asked first.

    Raises:
        PermissionMissingError: it may not.
    """
    if answer.replay_of and answer.status < 400:
        call.rights.require_event(json_codec.decode(answer.body, type=_Resent).type)
    return answer


class _Resent(msgspec.Struct):
    type: EventType


def _read_types(parameters: Mapping[str, Any]) -> tuple[str, ...] | None:
    """Return the types asked for, which come one by one or as an array."""
    if "type" in parameters and "types" in parameters:
        raise ExclusiveParametersError("type", "types")
    if "type" in parameters:
        return (parameters["type"],)
    return parameters.get("types")
