"""An event sent again: to endpoints, or to the command lines that listen."""

import msgspec

from brim.base.ids import IdFactory
from brim.base.scope import AccountScope
from brim.core import webhooks
from brim.core.events import Event
from brim.core.idempotency import RenderError, RequestContext, Result, run_once
from brim.core.stripe_cli import store as listeners
from brim.core.stripe_cli.rules import LISTENING_MS, RESEND_PREFIX
from brim.core.webhooks import (
    Endpoint,
    RenderEvent,
    check_listening,
    count_undelivered,
    find_endpoint,
    find_event,
    send_again,
)
from brim.platform.database import Conn, Database


class Resend(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked for when an event is sent again.

    `endpoint_id` names the only endpoint that gets it; None means all that ask for it. `account` is whose event it is,
    where a platform asks for an account under it. With `only_listeners` no endpoint gets it, but who
    listens just now for whoever asks.
    """

    endpoint_id: str | None = None
    account: str | None = None
    only_listeners: bool = False


async def resend_event(
    database: Database,
    context: RequestContext,
    event_id: str,
    wanted: Resend,
    *,
    ids: IdFactory,
    render: RenderEvent,
    render_error: RenderError,
) -> Result:
    """Let an event be sent again, to endpoints with all retries of a new one, and return its reply.

    Raises:
        ResourceMissingError: there is no such event, endpoint, or account under the asking one.
        EndpointDisabledError: the endpoint is disabled.
        EndpointNotListeningError: the endpoint is not for events of that account.
        IdempotencyMismatchError: the key stands for another request.
    """

    async def work(conn: Conn) -> bytes:
        event = await find_event(conn, context.scope, event_id, account=wanted.account, kind="notification")
        for endpoint in await _receivers(conn, context.scope, event, wanted):
            await send_again(conn, event, endpoint, now_ms=context.now_ms)
        if wanted.only_listeners:
            resend_id = ids.new_at(RESEND_PREFIX, context.now_ms)
            since_ms = context.now_ms - LISTENING_MS
            await listeners.resend_to_listeners(conn, context.scope, event, resend_id=resend_id, since_ms=since_ms)
        (pending,) = await count_undelivered(conn, [event])
        return render(event, pending)

    return await run_once(database, context, work, render_error=render_error)


async def _receivers(conn: Conn, asking: AccountScope, event: Event, wanted: Resend) -> list[Endpoint]:
    """Return the endpoints that an event is to be sent to again, in sorted order."""
    if wanted.endpoint_id is not None:
        endpoint = await find_endpoint(conn, asking, wanted.endpoint_id, in_path=False)
        check_listening(endpoint, event.scope)
        return [endpoint]
    if wanted.only_listeners:
        return []
    return [endpoint for endpoint in await webhooks.endpoints_for(conn, [event.scope]) if endpoint.wants(event.type)]
