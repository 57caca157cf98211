"""Where an event's deliveries stand, and the newest event sent again as a test."""

from collections.abc import Callable, Sequence
from typing import TypeAlias

from brim.base.errors import ResourceMissingError
from brim.base.paging import Page, PageRequest
from brim.base.scope import AccountScope
from brim.core import accounts
from brim.core import events as events_store
from brim.core.events import Event, EventFilters
from brim.core.idempotency import RenderError, RequestContext, Result, run_once
from brim.core.webhooks import delivery_store as deliveries
from brim.core.webhooks.deliveries import DeliveryStanding, EndpointKey, PastAttempt
from brim.core.webhooks.endpoints import EndpointDisabledError, EndpointNotListeningError, NothingToSendError
from brim.core.webhooks.next_attempts import plan_next
from brim.core.webhooks.rules import Cause, Endpoint
from brim.core.webhooks.service import find_endpoint
from brim.platform.database import Conn, Database

RenderEvent: TypeAlias = Callable[[Event, int], bytes]
"""Writes an event's reply; the number is how many endpoints have not received it."""


async def count_pending(database: Database, events: Sequence[Event]) -> list[int]:
    """Return for each event how many endpoints it is addressed to that have not received it."""
    if not events:
        return []
    async with database.connection() as conn:
        return await count_undelivered(conn, events)


async def count_undelivered(conn: Conn, events: Sequence[Event]) -> list[int]:
    """Return for each event how many endpoints it is addressed to that have not received it."""
    return await deliveries.count_undelivered(conn, [(event.scope, event.id) for event in events])


async def list_deliveries(
    database: Database, scope: AccountScope, event_id: str, *, viewers: Sequence[str], now_ms: int
) -> list[DeliveryStanding]:
    """Return where an event's deliveries to endpoints of the viewing accounts stand.

    Raises:
        ResourceMissingError: the account has no such event.
    """
    async with database.connection() as conn:
        await find_event(conn, scope, event_id, account=None)
        found = await deliveries.list_event_deliveries(conn, scope, event_id, viewers=viewers)
        return await plan_next(conn, found, now_ms=now_ms)


async def list_event_attempts(
    database: Database,
    scope: AccountScope,
    event_id: str,
    request: PageRequest,
    *,
    viewers: Sequence[str],
    now_ms: int,
) -> Page[PastAttempt]:
    """Return a page of the attempts to send an event to endpoints of the viewing accounts, newest first.

    Raises:
        ResourceMissingError: the account has no such event, or the cursor names none of its attempts.
    """
    cursor = request.starting_after
    async with database.connection() as conn:
        await find_event(conn, scope, event_id, account=None)
        if cursor is not None and not await deliveries.event_has_attempt(
            conn, scope, event_id, cursor, viewers=viewers
        ):
            raise ResourceMissingError("webhook attempt", cursor, param="starting_after")
        found = await deliveries.list_event_attempts(
            conn, scope, event_id, viewers=viewers, before=cursor, limit=request.limit + 1
        )
        found = await plan_next(conn, found, now_ms=now_ms)
    return Page(found[: request.limit], len(found) > request.limit)


async def send_again(conn: Conn, event: Event, endpoint: Endpoint, *, now_ms: int, cause: Cause = Cause.RESEND) -> bool:
    """Let an event be sent to an endpoint once more, at once and with all retries of a new one.

    Returns False where it has no number yet: it is about to be sent to whoever asks for it, and to nobody else.
    """
    key = EndpointKey(endpoint.scope, endpoint.id)
    return await deliveries.resend(conn, event.scope, event.id, key, now_ms=now_ms, cause=cause)


async def find_event(
    conn: Conn, asking: AccountScope, event_id: str, *, account: str | None, kind: str = "event"
) -> Event:
    """Return an event of the asking account, or of an account under it; `kind` is its name where there is none."""
    scope = asking
    if account is not None and account != asking.account:
        if await accounts.account_platform(conn, account) != asking.account:
            raise ResourceMissingError("account", account, param="account")
        scope = AccountScope(account, asking.livemode)
    found = await events_store.fetch_events(conn, scope, [event_id])
    if event_id not in found:
        raise ResourceMissingError(kind, event_id, param="id", in_path=True)
    return found[event_id]


def check_listening(endpoint: Endpoint, event_owner: AccountScope) -> None:
    """Let an endpoint pass that an account's events may be sent to.

    Raises:
        EndpointDisabledError: it is disabled.
        EndpointNotListeningError: it is for its own account's events and these are another's, or the other way round.
    """
    if not endpoint.is_enabled:
        raise EndpointDisabledError(endpoint.id)
    if endpoint.connect == (endpoint.scope == event_owner):
        raise EndpointNotListeningError(endpoint.id, event_owner.account)


async def send_newest(
    database: Database,
    context: RequestContext,
    endpoint_id: str,
    *,
    event_type: str | None,
    render: RenderEvent,
    render_error: RenderError,
) -> Result:
    """Let the newest event of a type, or of those that an endpoint asks for, be sent to it as a test; return its reply.

    Raises:
        ResourceMissingError: the account has no such endpoint.
        EndpointDisabledError: it is disabled.
        EndpointNotListeningError: it is not for its account's events.
        NothingToSendError: there is no such event.
        IdempotencyMismatchError: the key stands for another request.
    """
    scope = context.scope

    async def work(conn: Conn) -> bytes:
        endpoint = await find_endpoint(conn, scope, endpoint_id, in_path=True)
        check_listening(endpoint, scope)
        types = endpoint.subscribed_types if event_type is None else (event_type,)
        newest = await events_store.find_events(conn, scope, EventFilters(types=tuple(types)), PageRequest(limit=1))
        if not newest.items:
            raise NothingToSendError(endpoint_id, event_type)
        is_sent = await send_again(conn, newest.items[0], endpoint, now_ms=context.now_ms, cause=Cause.TEST)
        if not is_sent and not endpoint.wants(newest.items[0].type):
            raise NothingToSendError(endpoint_id, event_type)
        (pending,) = await count_undelivered(conn, newest.items)
        return render(newest.items[0], pending)

    return await run_once(database, context, work, render_error=render_error)
