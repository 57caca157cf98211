"""Event destinations: webhook endpoints under the name that the second version of the API has for them.

There is one table of endpoints and one way of delivery; what is here is what only destinations have. Neighbour:
`webhooks` has everything else.
"""

from typing import Final

from brim.base.ids import IdFactory
from brim.base.paging import Page, PageRequest, page_of, window_of
from brim.base.scope import AccountScope
from brim.core.audit import Action
from brim.core.events import EventType, ObjectType, Renderers, new_event
from brim.core.idempotency import RenderError, RequestContext, Result, run_once
from brim.core.time import OwnerTime
from brim.core.webhooks import store as webhooks
from brim.core.webhooks.deliveries import EndpointKey
from brim.core.webhooks.endpoints import EndpointDisabledError, VersionOfThinError
from brim.core.webhooks.rules import Endpoint, EventPayload
from brim.core.webhooks.service import (
    EndpointParameters,
    ResourceName,
    create_endpoint,
    lock_endpoint,
    record_endpoint,
)
from brim.platform.database import Conn, Database

DESTINATION: Final = ResourceName("event destination", "id")


async def create_destination(database: Database, context: RequestContext, wanted: EndpointParameters) -> Result:
    """Add a destination and return its reply, which tells the secret where `wanted.render` writes it.

    Raises:
        VersionOfThinError: a version is asked for, and thin events.
        TargetBlockedError, TooManyEndpointsError, NoEncryptionKeyError, IdempotencyMismatchError: as of an endpoint.
    """
    if wanted.new.event_payload is EventPayload.THIN and wanted.new.api_version is not None:
        raise VersionOfThinError
    return await create_endpoint(database, context, wanted)


async def list_destinations(database: Database, scope: AccountScope, request: PageRequest) -> Page[Endpoint]:
    """Return a page of an account's endpoints, however they were made; a cursor need not exist any more."""
    async with database.connection() as conn:
        found = await webhooks.list_endpoints(conn, scope)
    window = window_of("", None, request)
    return page_of([endpoint for endpoint in found if window.low < endpoint.id < window.high], window)


async def delete_destination(
    database: Database, context: RequestContext, endpoint_id: str, *, body: bytes, render_error: RenderError
) -> Result:
    """Remove a destination, and whatever it has not received yet; return `body`, again under the same key.

    Raises:
        ResourceMissingError: the account has none of that id.
        IdempotencyMismatchError: the key stands for another request.
    """

    async def work(conn: Conn) -> bytes:
        endpoint = await lock_endpoint(conn, context.scope, endpoint_id, noun=DESTINATION)
        await webhooks.delete_endpoint(conn, endpoint)
        await record_endpoint(conn, context, Action.WEBHOOK_ENDPOINT_DELETED, endpoint_id, endpoint, None)
        return body

    return await run_once(database, context, work, render_error=render_error)


async def ping_destination(
    database: Database,
    context: RequestContext,
    endpoint_id: str,
    *,
    ids: IdFactory,
    renderers: Renderers,
    render_error: RenderError,
) -> Result:
    """Let a destination, and nobody else, be sent an event that says no more than that it is one; return the event.

    Raises:
        ResourceMissingError: the account has none of that id.
        EndpointDisabledError: it is disabled.
        IdempotencyMismatchError: the key stands for another request.
    """
    scope = context.scope

    async def work(conn: Conn) -> bytes:
        endpoint = await lock_endpoint(conn, scope, endpoint_id, noun=DESTINATION)
        if not endpoint.is_enabled:
            raise EndpointDisabledError(endpoint_id)
        moment = OwnerTime(context.now_ms, ids)
        payload = renderers.payload(EventType.PING, endpoint)
        event = new_event(scope, EventType.PING, endpoint_id, payload, moment, context.cause)
        await webhooks.announce_to_one(conn, event, EndpointKey(scope, endpoint_id), now_ms=context.now_ms)
        return renderers.render(ObjectType.THIN_EVENT, event)

    return await run_once(database, context, work, render_error=render_error)
