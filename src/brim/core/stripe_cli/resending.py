"""Events: read one, tell how many endpoints wait for some, read them by number, and have one sent again."""

from collections.abc import Callable, Sequence
from typing import TypeAlias

import msgspec

from brim.base.errors import ResourceMissingError
from brim.base.ids import IdFactory
from brim.base.paging import Page, PageRequest
from brim.base.scope import Owner
from brim.core.accounts import store as accounts
from brim.core.events import store as events_store
from brim.core.events.rules import Event, EventFilters
from brim.core.idempotency.service import Answer, Attempt, RenderError, run_once
from brim.core.stripe_cli import store as listeners
from brim.core.stripe_cli.rules import LISTENING_MS, RESEND_PREFIX
from brim.core.webhooks import delivery_store as deliveries
from brim.core.webhooks import store as webhooks
from brim.core.webhooks.deliveries import DeliveryStanding, EndpointKey, PastAttempt
from brim.core.webhooks.endpoints import EndpointDisabledError, EndpointNotListeningError, NothingToSendError
from brim.core.webhooks.rules import Endpoint
from brim.core.webhooks.service import find_endpoint
from brim.platform.database import Conn, Database

RenderEvent: TypeAlias = Callable[[Event, int], bytes]
"""Writes an event's reply; the number is how many endpoints have not received it."""


class Resend(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked for when an event is sent again.

    `endpoint_id` names the only endpoint that gets it; None means all that ask for it. `account` is whose event it is,
    where a platform asks for an account under it. With `only_listeners` no endpoint gets it, but who
    listens just now for whoever asks.
    """

    endpoint_id: str | None = None
    account: str | None = None
    only_listeners: bool = False


async def count_pending(database: Database, events: Sequence[Event]) -> list[int]:
    """Return for each event how many endpoints it is addressed to that have not received it."""
    if not events:
        return []
    async with database.connection() as conn:
        return await _count(conn, events)


async def _count(conn: Conn, events: Sequence[Event]) -> list[int]:
    return await deliveries.count_undelivered(conn, [(event.owner, event.id) for event in events])


async def list_deliveries(
    database: Database, owner: Owner, event_id: str, *, viewers: Sequence[str]
) -> list[DeliveryStanding]:
    """Return where an event's deliveries to endpoints of the viewing accounts stand.

    Raises:
        ResourceMissingError: the owner has no such event.
    """
    async with database.connection() as conn:
        await _find_event(conn, owner, event_id, account=None)
        return await deliveries.list_event_deliveries(conn, owner, event_id, viewers=viewers)


async def list_attempts(
    database: Database, owner: Owner, event_id: str, request: PageRequest, *, viewers: Sequence[str]
) -> Page[PastAttempt]:
    """Return a page of the attempts to send an event to endpoints of the viewing accounts, newest first.

    Raises:
        ResourceMissingError: the owner has no such event, or the cursor names none of its attempts.
    """
    cursor = request.starting_after
    async with database.connection() as conn:
        await _find_event(conn, owner, event_id, account=None)
        if cursor is not None and not await deliveries.event_has_attempt(
            conn, owner, event_id, cursor, viewers=viewers
        ):
            raise ResourceMissingError("webhook attempt", cursor, param="starting_after")
        found = await deliveries.list_event_attempts(
            conn, owner, event_id, viewers=viewers, before=cursor, limit=request.limit + 1
        )
    return Page(found[: request.limit], len(found) > request.limit)


async def resend_event(
    database: Database,
    attempt: Attempt,
    event_id: str,
    wish: Resend,
    *,
    ids: IdFactory,
    render: RenderEvent,
    render_error: RenderError,
) -> Answer:
    """Let an event be sent again, to endpoints with all retries of a new one, and return its reply.

    Raises:
        ResourceMissingError: there is no such event, endpoint, or account under the asking one.
        EndpointDisabledError: the endpoint is disabled.
        EndpointNotListeningError: the endpoint is not for events of that account.
        IdempotencyMismatchError: the key stands for another request.
    """

    async def work(conn: Conn) -> bytes:
        event = await _find_event(conn, attempt.owner, event_id, account=wish.account, kind="notification")
        for endpoint in await _receivers(conn, attempt.owner, event, wish):
            await _send(conn, event, endpoint, now_ms=attempt.now_ms)
        if wish.only_listeners:
            resend_id = ids.new_at(RESEND_PREFIX, attempt.now_ms)
            since_ms = attempt.now_ms - LISTENING_MS
            await listeners.resend_to_listeners(conn, attempt.owner, event, resend_id=resend_id, since_ms=since_ms)
        (pending,) = await _count(conn, [event])
        return render(event, pending)

    return await run_once(database, attempt, work, render_error=render_error)


async def _send(conn: Conn, event: Event, endpoint: Endpoint, *, now_ms: int) -> None:
    await deliveries.resend(conn, event.owner, event.id, EndpointKey(endpoint.owner, endpoint.id), now_ms=now_ms)


async def _find_event(conn: Conn, asking: Owner, event_id: str, *, account: str | None, kind: str = "event") -> Event:
    """Return an event of the asking owner, or of an account under it; `kind` is its name where there is none."""
    owner = asking
    if account is not None and account != asking.account:
        if await accounts.account_platform(conn, account) != asking.account:
            raise ResourceMissingError("account", account, param="account")
        owner = Owner(account, asking.livemode)
    found = await events_store.fetch_events(conn, owner, [event_id])
    if event_id not in found:
        raise ResourceMissingError(kind, event_id, param="id", in_path=True)
    return found[event_id]


async def _receivers(conn: Conn, asking: Owner, event: Event, wish: Resend) -> list[Endpoint]:
    """Return the endpoints that an event is to be sent to again, in sorted order."""
    if wish.endpoint_id is not None:
        endpoint = await find_endpoint(conn, asking, wish.endpoint_id, in_path=False)
        check_listening(endpoint, event.owner)
        return [endpoint]
    if wish.only_listeners:
        return []
    return [endpoint for endpoint in await webhooks.endpoints_for(conn, [event.owner]) if endpoint.wants(event.type)]


def check_listening(endpoint: Endpoint, event_owner: Owner) -> None:
    """Let an endpoint pass that an owner's events may be sent to.

    Raises:
        EndpointDisabledError: it is disabled.
        EndpointNotListeningError: it is for its own owner's events and these are another's, or the other way round.
    """
    if not endpoint.is_enabled:
        raise EndpointDisabledError(endpoint.id)
    if endpoint.connect == (endpoint.owner == event_owner):
        raise EndpointNotListeningError(endpoint.id, event_owner.account)


async def send_newest(
    database: Database, attempt: Attempt, endpoint_id: str, *, render: RenderEvent, render_error: RenderError
) -> Answer:
    """Let the newest event that an endpoint asks for be sent to it, as a test; return the event's reply.

    Raises:
        ResourceMissingError: the owner has no such endpoint.
        EndpointDisabledError: it is disabled.
        EndpointNotListeningError: it is not for its owner's events.
        NothingToSendError: there is no such event.
        IdempotencyMismatchError: the key stands for another request.
    """
    owner = attempt.owner

    async def work(conn: Conn) -> bytes:
        endpoint = await find_endpoint(conn, owner, endpoint_id, in_path=True)
        check_listening(endpoint, owner)
        newest = await events_store.find_events(
            conn, owner, EventFilters(types=endpoint.enabled_events), PageRequest(limit=1)
        )
        if not newest.items:
            raise NothingToSendError(endpoint_id)
        await _send(conn, newest.items[0], endpoint, now_ms=attempt.now_ms)
        (pending,) = await _count(conn, newest.items)
        return render(newest.items[0], pending)

    return await run_once(database, attempt, work, render_error=render_error)
