"""Bring events to endpoints: lease what is due, make an attempt, write down what came of it.

Delivery is at least once: an attempt is made before anything of it is written, so whoever dies in between leaves a
lease behind, and the event is sent again when that has run out.
"""

import asyncio
from collections.abc import Callable, Sequence
from typing import Final

import msgspec
import structlog

from brim.base.ids import IdFactory
from brim.core import audit, events
from brim.core.audit import Action, Actor, ActorKind, ObjectType
from brim.core.events import BY_ITSELF, Event, EventType, Renderers, new_event
from brim.core.time import OwnerTime
from brim.core.webhooks import delivery_store as deliveries
from brim.core.webhooks import store as webhooks
from brim.core.webhooks.deliveries import (
    LEASE_MARGIN_S,
    Answer,
    Attempt,
    Delivery,
    EndpointKey,
    render_body,
    render_headers,
)
from brim.core.webhooks.delivery_store import Claimed, DueEndpoint, EndpointStanding
from brim.core.webhooks.endpoints import secret_place
from brim.core.webhooks.rules import ATTEMPT_PREFIX, Endpoint
from brim.core.webhooks.sender import Begin, WebhookSender
from brim.platform.database import Conn, Database
from brim.platform.telemetry.tracing import TRACEPARENT, Tracing
from brim.platform.vault import Vault

ENDPOINTS_AT_ONCE: Final = 1_000
_DELIVER: Final = Actor(kind=ActorKind.JOB, name="deliver")
_log = structlog.get_logger()


def secrets_in_force(endpoint: Endpoint, *, now_ms: int, vault: Vault) -> list[str]:
    """Return the secrets that sign now, the newest first.

    Raises:
        NoEncryptionKeyError, SecretUnreadableError: they cannot be read with the server's keys.
    """
    sealed = [endpoint.secret]
    if endpoint.old_secret is not None and endpoint.old_secret_until_ms is not None:
        sealed += [endpoint.old_secret] if now_ms < endpoint.old_secret_until_ms else []
    place = secret_place(endpoint.scope, endpoint.id)
    return [vault.open(secret, place=place).decode() for secret in sealed]


async def find_due(database: Database, *, after: EndpointKey | None) -> Sequence[DueEndpoint]:
    """Return endpoints that something waits for, those after a given one; fewer than a thousand are the last.

    Raises:
        DatabaseUnavailableError: it cannot answer now.
    """
    async with database.connection() as conn:
        return await deliveries.find_due_endpoints(conn, after=after, limit=ENDPOINTS_AT_ONCE)


async def find_wanted_now(database: Database, *, after: EndpointKey | None) -> Sequence[DueEndpoint]:
    """Return endpoints, as `find_due` does, that somebody waits to see sent something.

    Raises:
        DatabaseUnavailableError: it cannot answer now.
    """
    async with database.connection() as conn:
        return await deliveries.find_wanted_now(conn, after=after, limit=ENDPOINTS_AT_ONCE)


async def find_standings(database: Database, keys: Sequence[EndpointKey]) -> dict[EndpointKey, EndpointStanding]:
    """Return how endpoints stand, without those that are gone.

    Raises:
        DatabaseUnavailableError: it cannot answer now.
    """
    async with database.connection() as conn:
        return await deliveries.find_standings(conn, keys)


async def claim(
    database: Database,
    wanted: Sequence[tuple[EndpointKey, int]],
    *,
    now_ms: int,
    timeout_s: float,
    only_wanted_now: bool = False,
) -> Claimed:
    """Lease what is due for some endpoints, at most so many for each; nobody else takes it until the lease is over.

    With `only_wanted_now` only what somebody waits to see sent.

    Raises:
        DatabaseUnavailableError: it cannot answer now.
    """
    leased_until_ms = now_ms + int((timeout_s + LEASE_MARGIN_S) * 1000)
    return await database.transact(
        lambda conn: deliveries.claim_deliveries(
            conn, wanted, now_ms=now_ms, leased_until_ms=leased_until_ms, only_wanted_now=only_wanted_now
        )
    )


class DeliverySender:
    """Makes attempts.

    Args:
        poster: sends them.
        vault: opens endpoints' secrets.
        clock: the time in Unix milliseconds.
        ids: makes the ids of attempts.
        renderers: write events.
        tracing: makes spans of attempts, None for none.
    """

    def __init__(
        self,
        poster: WebhookSender,
        vault: Vault,
        clock: Callable[[], int],
        ids: IdFactory,
        renderers: Renderers,
        tracing: Tracing | None = None,
    ) -> None:
        self.ids = ids
        self.renderers = renderers
        self._poster = poster
        self._vault = vault
        self._clock = clock
        self._tracing = tracing

    @property
    def timeout_s(self) -> float:
        """How long an attempt may take."""
        return self._poster.timeout_s

    async def attempt(self, delivery: Delivery, begin: Begin | None = None) -> Attempt:
        """Send an event to its endpoint, signed at this moment, and return what became of it.

        Args:
            delivery: the event and the endpoint.
            begin: told of the time that the attempt has, which may be made shorter while it lasts.

        Raises:
            NoEncryptionKeyError, SecretUnreadableError: it cannot be signed; nothing was sent.
        """
        now_ms = self._clock()
        body = render_body(delivery, self.renderers)
        secrets = secrets_in_force(delivery.endpoint, now_ms=now_ms, vault=self._vault)
        headers = render_headers(body, timestamp=now_ms // 1000, secrets=secrets, number=delivery.number)
        loop = asyncio.get_running_loop()
        began = loop.time()
        if self._tracing is None or not _may_be_traced(delivery.event):
            answer = await self._post(delivery, headers, body, begin)
        else:
            answer = await self._post_traced(self._tracing, delivery, headers, body, begin)
        return Attempt(
            id=self.ids.new_at(ATTEMPT_PREFIX, now_ms),
            delivery=delivery,
            attempted_ms=now_ms,
            duration_ms=round((loop.time() - began) * 1000),
            headers=headers,
            answer=answer,
        )

    async def _post_traced(
        self, tracing: Tracing, delivery: Delivery, headers: dict[str, str], body: bytes, begin: Begin | None
    ) -> Answer:
        """Post in the trace of the request that announced the event, and send the trace along."""
        event, endpoint = delivery.event, delivery.endpoint
        attributes: dict[str, str | int | bool] = {
            "brim.event": event.id,
            "brim.event_type": event.type.value,
            "brim.object": event.object_id,
            "brim.endpoint": endpoint.id,
            "brim.account": endpoint.scope.account,
            "brim.livemode": endpoint.scope.livemode,
            "brim.attempts": delivery.attempts,
        }
        span = tracing.begin_delivery(
            event.trace, attributes, event_ms=event.created * 1000, queued_ms=delivery.created_ms
        )
        traceparent = tracing.traceparent_of(span)
        if traceparent:
            headers[TRACEPARENT] = traceparent
        answer = await self._post(delivery, headers, body, begin)
        span.set_attribute("brim.outcome", answer.outcome.value)
        if answer.http_status is not None:
            span.set_attribute("http.response.status_code", answer.http_status)
        if answer.is_success:
            span.end()
        else:
            tracing.end_failed(span, answer.outcome.value)
        return answer

    async def _post(
        self, delivery: Delivery, headers: dict[str, str], body: bytes, begin: Begin | None = None
    ) -> Answer:
        endpoint = delivery.endpoint
        scope = endpoint.scope
        return await self._poster.post(
            endpoint.url, livemode=scope.livemode, headers=headers, body=body, account=scope.account, begin=begin
        )


def _may_be_traced(event: Event) -> bool:
    """Tell whether an event may have a trace: of a request that was not sampled, nothing is."""
    return event.trace is not None or event.request_id is None


async def record(
    database: Database, attempts: Sequence[Attempt], *, ids: IdFactory, now_ms: int, renderers: Renderers
) -> None:
    """Write down what became of attempts, all of them in one transaction; turn off endpoints that only ever fail.

    That is an event too, for whatever other endpoints their accounts have.

    Raises:
        DatabaseUnavailableError: nothing is known to be written; the same call may simply be made again.
    """

    async def work(conn: Conn) -> list[EndpointKey]:
        turned_off = await deliveries.record_attempts(conn, attempts, now_ms=now_ms)
        if turned_off:
            moment = OwnerTime(now_ms, ids)  # real time even where a test clock runs: webhooks are sent in it
            found = await webhooks.fetch_endpoints(conn, turned_off)
            await events.insert_events(conn, [_disabled_event(endpoint, moment, renderers) for endpoint in found])
            for endpoint in found:
                await _tell_disabled(conn, endpoint, now_ms=now_ms, ids=ids)
        return turned_off

    turned_off = await database.transact(work)
    for key in turned_off:
        _log.error(
            "webhook endpoint disabled: it has failed for three days",
            account=key.scope.account,
            livemode=key.scope.livemode,
            endpoint=key.id,
        )


async def _tell_disabled(conn: Conn, endpoint: Endpoint, *, now_ms: int, ids: IdFactory) -> None:
    """Add a line to the audit log about an endpoint that was turned off."""
    await audit.record(
        conn,
        _DELIVER,
        Action.WEBHOOK_ENDPOINT_DISABLED,
        object_type=ObjectType.WEBHOOK_ENDPOINT,
        object_id=endpoint.id,
        before=msgspec.structs.replace(endpoint, disabled_because=None),
        after=endpoint,
        scope=endpoint.scope,
        now_ms=now_ms,
        ids=ids,
    )


def _disabled_event(endpoint: Endpoint, moment: OwnerTime, renderers: Renderers) -> Event:
    """Return the event that tells an account that an endpoint was turned off, with the endpoint and why."""
    payload = renderers.payload(EventType.ENDPOINT_DISABLED, endpoint)
    return new_event(endpoint.scope, EventType.ENDPOINT_DISABLED, endpoint.id, payload, moment, BY_ITSELF)
