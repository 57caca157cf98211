"""Events on their way to endpoints: numbered and addressed, leased, and what attempts came to.

Numbering and delivery gather several accounts, so their statements are one lane's (see `lanes`): on plain PostgreSQL
that is everybody.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from brim.base import json_codec
from brim.base.ids import created_of
from brim.base.scope import AccountScope
from brim.core.events import Event, EventType, without_trace
from brim.core.webhooks.deliveries import (
    MOST_COUNTED,
    MOST_JUDGED,
    Answer,
    Attempt,
    Delivery,
    DeliveryStanding,
    EndpointHealth,
    EndpointKey,
    PastAttempt,
)
from brim.core.webhooks.rules import (
    DISABLE_AFTER_S,
    RECOVERED_PER_S,
    Cause,
    DeliveryState,
    Endpoint,
    EndpointQueue,
    EventPayload,
    Outcome,
    queue_of,
)
from brim.platform.database import Conn
from brim.platform.sql import columns, load_queries

_SQL: Final = load_queries(__package__, "deliveries", fragments=__package__)
_STOPPED_AT_ONCE: Final = 1_000
_LONGEST_LAG_MS: Final = 24 * 60 * 60 * 1000
_AFTER_ALL_IDS: Final = "~"
_FAILURES_TOLD: Final = 12
"""Failures in a row after which an endpoint is left alone for as long as any: no more are counted."""


class Numbered(msgspec.Struct, frozen=True):
    """What one step of numbering did: how many events it took, the last one's place, and whom they are addressed to."""

    taken: int
    last_place: int | None
    endpoints: list[EndpointKey]


class Claimed(msgspec.Struct, frozen=True):
    """What was leased, and the endpoints of which deliveries were given up instead: there may be more of those."""

    deliveries: list[Delivery]
    stopped: list[EndpointKey]


class DueEndpoint(msgspec.Struct, frozen=True):
    """An endpoint that something waits for, from `first_ms` on (Unix milliseconds)."""

    key: EndpointKey
    first_ms: int


class EndpointStanding(msgspec.Struct, frozen=True):
    """Under whose platform an endpoint's account is, itself where it is under none, and whether the endpoint fails."""

    platform: str
    is_failing: bool


async def number_events(conn: Conn, *, from_place: int, limit: int, now_ms: int) -> Numbered:
    """Number up to `limit` events of the queue, from a place on, and address them to endpoints.

    Joins the caller's transaction, or is one by itself: either all of it happens or nothing.
    """
    records = await conn.fetch(_SQL["number_events"], from_place, limit, now_ms)
    found = [_key(record) for record in records if record["endpoint"] is not None]
    return Numbered(records[0]["taken"], records[0]["last_place"], found)


async def find_due_endpoints(conn: Conn, *, after: EndpointKey | None, limit: int) -> list[DueEndpoint]:
    """Return up to `limit` endpoints that pending deliveries wait for, those after a given one, in order."""
    start = (after.scope.account, after.scope.livemode, after.id) if after else ("", False, "")
    records = await conn.fetch(_SQL["find_due_endpoints"], *start, limit)
    return [DueEndpoint(_key(record), record["next_attempt_ms"]) for record in records]


async def find_wanted_now(conn: Conn, *, after: EndpointKey | None, limit: int) -> list[DueEndpoint]:
    """Return endpoints, as `find_due_endpoints` does, that somebody waits to see sent something."""
    start = (after.scope.account, after.scope.livemode, after.id) if after else ("", False, "")
    records = await conn.fetch(_SQL["find_wanted_now"], *start, limit)
    return [DueEndpoint(_key(record), record["next_attempt_ms"]) for record in records]


async def find_standings(conn: Conn, keys: Sequence[EndpointKey]) -> dict[EndpointKey, EndpointStanding]:
    """Return how endpoints stand, without those that are gone."""
    records = await conn.fetch(_SQL["find_standings"], *columns([_columns_of(key) for key in keys]))
    return {_key(record, "id"): EndpointStanding(record["platform"], record["is_failing"]) for record in records}


async def claim_deliveries(
    conn: Conn,
    wanted: Sequence[tuple[EndpointKey, int]],
    *,
    now_ms: int,
    leased_until_ms: int,
    only_wanted_now: bool = False,
) -> Claimed:
    """Lease what is due for some endpoints, at most so many for each. To be called in a transaction.

    What cannot be delivered any more is given up at once. With `only_wanted_now` only what somebody waits for.
    """
    rows = [(*_columns_of(key), room) for key, room in wanted]
    query = _SQL["claim_wanted_now" if only_wanted_now else "claim_deliveries"]
    records = await conn.fetch(query, *columns(rows), now_ms, leased_until_ms)
    open_records = [record for record in records if _is_open(record)]
    stopped = sorted({_key(record) for record in records if not _is_open(record)})
    for key in stopped:
        await conn.execute(_SQL["stop_endpoint"], *_columns_of(key), _STOPPED_AT_ONCE)
    orphans = [record for record in open_records if record["type"] is None]
    if orphans:
        names = ("account", "livemode", "endpoint", "event_account", "event")
        rows_of_orphans = [tuple(record[name] for name in names) for record in orphans]
        await conn.execute(_SQL["stop_orphaned_deliveries"], *columns(rows_of_orphans))
    alive = [_delivery_from_record(record) for record in open_records if record["type"] is not None]
    return Claimed(alive, [*stopped, *map(_key, orphans)])


async def record_attempts(conn: Conn, attempts: Sequence[Attempt], *, now_ms: int) -> list[EndpointKey]:
    """Write attempts, what became of their deliveries, and how their endpoints do; return endpoints turned off by it.

    A delivery that has arrived is owed no more, and goes.
    To be called in a transaction. A delivery that failed is left alone when its lease has passed to somebody else, and
    any when somebody has asked since for it to be made again; it says nothing of the endpoint then, which may have done
    well since. For the same reason an endpoint counts as failing from when its failure is written, not from when an
    attempt began that a worker stood still in.
    """
    rows = sorted(map(_attempt_row, attempts), key=lambda row: row[:5])
    counted = {record["id"] for record in await conn.fetch(_SQL["record_attempts"], *columns(rows))}
    telling = [attempt for attempt in attempts if attempt.answer.is_success or attempt.id in counted]
    if not telling:
        return []
    news = {attempt.delivery.key: attempt for attempt in sorted(telling, key=lambda attempt: attempt.attempted_ms)}
    health = [(*_columns_of(key), not attempt.answer.is_success, now_ms) for key, attempt in sorted(news.items())]
    records = await conn.fetch(_SQL["note_health"], *columns(health), DISABLE_AFTER_S * 1000)
    return [_key(record, "id") for record in records if record["disabled_because"] is not None]


async def resend(
    conn: Conn,
    event_owner: AccountScope,
    event_id: str,
    endpoint: EndpointKey,
    *,
    now_ms: int,
    cause: Cause = Cause.RESEND,
) -> bool:
    """Let an event be sent to an endpoint from now on, whatever became of it before, with all retries of a new one.

    Returns False where the event has no number yet: it is about to be sent to whoever asks for it anyway.
    """
    arguments = (*_columns_of(endpoint), event_owner.account, event_id, now_ms, cause)
    return await conn.fetchval(_SQL["resend_event"], *arguments) is not None


class Recovered(msgspec.Struct, frozen=True):
    """What one step of a recovery did: events looked at, the last of them, how many are to be sent, the last when."""

    seen: int
    last_event: str | None
    queued: int
    last_ms: int | None


async def recover(  # noqa: PLR0913  what the statement takes
    conn: Conn,
    endpoint: EndpointKey,
    account: str,
    *,
    after: str,
    limit: int,
    types: Sequence[str],
    with_received: bool,
    now_ms: int,
    first_ms: int,
) -> Recovered:
    """Let what an endpoint has missed of an account's events be sent to it, of up to `limit` after one, oldest first.

    Args:
        conn: joins its transaction.
        endpoint: who has missed them.
        account: whose events they are.
        after: an id; only events after it.
        limit: how many events are looked at.
        types: which are sent.
        with_received: whether those too that it has received.
        now_ms: the time; events numbered later are left out.
        first_ms: when the first of them is sent; the others follow `RECOVERED_PER_S` a second.
    """
    interval_ms = 1000 // RECOVERED_PER_S
    arguments = (account, after, limit, now_ms, with_received, types, first_ms, interval_ms)
    [record] = await conn.fetch(_SQL["recover_events"], *_columns_of(endpoint), *arguments)
    return Recovered(record["seen"], record["last_event"], record["queued"], record["last_ms"])


async def hold_recovery(conn: Conn, endpoint: EndpointKey) -> bool:
    """Let no other transaction spread over time what an endpoint has missed; False where another one does so now."""
    held: bool = await conn.fetchval(_SQL["hold_recovery"], *_columns_of(endpoint))
    return held


async def recovering_until(conn: Conn, endpoint: EndpointKey) -> int | None:
    """Return when the last missed event is sent to an endpoint that somebody has had sent; None where none waits."""
    until: int | None = await conn.fetchval(_SQL["recovering_until"], *_columns_of(endpoint))
    return until


async def read_queues(conn: Conn, keys: Sequence[EndpointKey]) -> dict[EndpointKey, EndpointQueue]:
    """Return the queues of endpoints, without those that are gone or disabled."""
    if not keys:
        return {}
    rows = [_columns_of(key) for key in keys]
    return {
        _key(record, "id"): queue_of(
            is_failing=record["is_failing"],
            due_ms=record["due_ms"],
            arrivals=record["arrivals"],
            ended_ms=record["ended_ms"],
        )
        for record in await conn.fetch(_SQL["read_queues"], *columns(rows), _FAILURES_TOLD)
        if record["disabled_because"] is None
    }


async def read_health(conn: Conn, endpoint: EndpointKey, *, since: str, now_ms: int) -> EndpointHealth:
    """Return how an endpoint does, by its newest attempts from an id on."""
    bounds = (since, MOST_JUDGED, MOST_COUNTED)
    [record] = await conn.fetch(_SQL["read_health"], *_columns_of(endpoint), *bounds)
    queue = (await read_queues(conn, [endpoint])).get(endpoint)
    return EndpointHealth(
        **record,
        next_ms=queue.next_ms(now_ms) if queue else None,
        is_overdue=queue is not None and queue.is_overdue(now_ms),
    )


async def count_undelivered(conn: Conn, keys: Sequence[tuple[AccountScope, str]]) -> list[int]:
    """Return for each event, named by account and id, how many endpoints have still to receive it."""
    if not keys:
        return []
    rows = [(scope.account, scope.livemode, event_id) for scope, event_id in keys]
    return [record["undelivered"] for record in await conn.fetch(_SQL["count_undelivered"], *columns(rows))]


async def list_endpoint_attempts(
    conn: Conn,
    endpoint: EndpointKey,
    *,
    before: str | None = None,
    after: str = "",
    limit: int,
    only_failed: bool = False,
) -> list[PastAttempt]:
    """Return the newest attempts to reach an endpoint between two ids, or only those that failed."""
    bounds = (before or _AFTER_ALL_IDS, limit, after)
    query = _SQL["list_failed_attempts" if only_failed else "list_endpoint_attempts"]
    records = await conn.fetch(query, *_columns_of(endpoint), *bounds)
    return [_attempt_from_record(record) for record in records]


async def read_attempt(conn: Conn, endpoint: EndpointKey, attempt_id: str) -> PastAttempt | None:
    """Return one attempt to reach an endpoint, None where there is none of that id."""
    record = await conn.fetchrow(_SQL["read_attempt"], *_columns_of(endpoint), attempt_id)
    return None if record is None else _attempt_from_record(record)


async def has_attempts(conn: Conn, endpoint: EndpointKey) -> bool:
    """Tell whether an endpoint has any attempts."""
    found: bool = await conn.fetchval(_SQL["has_attempts"], *_columns_of(endpoint))
    return found


async def has_attempt(conn: Conn, endpoint: EndpointKey, attempt_id: str) -> bool:
    """Tell whether an endpoint has an attempt of that id."""
    found: bool = await conn.fetchval(_SQL["has_attempt"], *_columns_of(endpoint), attempt_id)
    return found


async def list_event_attempts(
    conn: Conn,
    event_owner: AccountScope,
    event_id: str,
    *,
    viewers: Sequence[str],
    before: str | None = None,
    limit: int,
) -> list[PastAttempt]:
    """Return the newest attempts to send an event to endpoints of the viewing accounts, before the one of that id."""
    names = (event_owner.account, event_owner.livemode, event_id)
    bounds = (before or _AFTER_ALL_IDS, limit, list(viewers))
    records = await conn.fetch(_SQL["list_event_attempts"], *names, *bounds)
    return [_attempt_from_record(record) for record in records]


async def event_has_attempt(
    conn: Conn, event_owner: AccountScope, event_id: str, attempt_id: str, *, viewers: Sequence[str]
) -> bool:
    """Tell whether an event has an attempt of that id, at an endpoint of the viewing accounts."""
    names = (event_owner.account, event_owner.livemode, event_id, attempt_id, list(viewers))
    found: bool = await conn.fetchval(_SQL["event_has_attempt"], *names)
    return found


async def list_event_deliveries(
    conn: Conn, event_owner: AccountScope, event_id: str, *, viewers: Sequence[str]
) -> list[DeliveryStanding]:
    """Return where an event's deliveries to endpoints of the viewing accounts stand, by the endpoints' ids."""
    names = (event_owner.account, event_owner.livemode, event_id, list(viewers))
    return [
        DeliveryStanding(
            endpoint=_key(record),
            url=record["url"],
            event_owner=event_owner,
            event=event_id,
            state=DeliveryState(record["state"]),
            attempts=record["attempts"],
            created_ms=record["created_ms"],
            next_attempt_ms=record["next_attempt_ms"],
            leased_until_ms=record["leased_until_ms"],
        )
        for record in await conn.fetch(_SQL["list_event_deliveries"], *names)
    ]


async def numbering_lag_ms(conn: Conn, *, now_ms: int) -> int:
    """Return how long the event that waits longest has waited for its number, to the second; 0 when none waits.

    An event of a test clock's time tells nothing of real time, and counts as new.
    """
    event_id: str | None = await conn.fetchval(_SQL["oldest_unnumbered"])
    return 0 if event_id is None else min(max(now_ms - created_of(event_id) * 1000, 0), _LONGEST_LAG_MS)


async def count_unnumbered(conn: Conn, *, most: int) -> int:
    """Return how many events wait for their numbers, counted up to `most`."""
    count: int = await conn.fetchval(_SQL["count_unnumbered"], most)
    return count


async def delivery_lag_ms(conn: Conn, *, now_ms: int, most: int) -> int:
    """Return how long the delivery has been due that waits longest, 0 when none is; of up to `most` endpoints."""
    due = await find_due_endpoints(conn, after=None, limit=most)
    return max((now_ms - endpoint.first_ms for endpoint in due if endpoint.first_ms <= now_ms), default=0)


async def count_owed(conn: Conn, *, most: int) -> int:
    """Return how many deliveries are still to be made, counted up to `most`."""
    count: int = await conn.fetchval(_SQL["count_owed"], most)
    return count


def _columns_of(key: EndpointKey) -> tuple[str, bool, str]:
    return key.scope.account, key.scope.livemode, key.id


def _key(record: Mapping[str, Any], name: str = "endpoint") -> EndpointKey:
    return EndpointKey(AccountScope(record["account"], record["livemode"]), record[name])


def _is_open(record: Mapping[str, Any]) -> bool:
    """Tell whether the endpoint of a delivery is there and turned on."""
    return record["url"] is not None and record["disabled_because"] is None


def _delivery_from_record(record: Mapping[str, Any]) -> Delivery:
    request_id, trace = without_trace(record["request_id"])
    return Delivery(
        endpoint=Endpoint(
            scope=AccountScope(record["account"], record["livemode"]),
            id=record["endpoint"],
            url=record["url"],
            enabled_events=(),
            rendered_version=record["rendered_version"],
            secret=record["secret"],
            created=0,
            connect=record["connect"],
            event_payload=EventPayload(record["event_payload"]),
            old_secret=record["old_secret"],
            old_secret_until_ms=record["old_secret_until_ms"],
        ),
        event=Event(
            scope=AccountScope(record["event_account"], record["livemode"]),
            id=record["event"],
            type=EventType(record["type"]),
            created=record["created"],
            api_version=record["api_version"],
            object_id=record["object_id"],
            payload=record["payload"].encode(),
            request_id=request_id,
            idempotency_key=record["idempotency_key"],
            trace=trace,
        ),
        number=record["number"],
        attempts=record["attempts"],
        created_ms=record["created_ms"],
        leased_until_ms=record["leased_until_ms"],
        undelivered=record["undelivered"],
        cause=record["cause"],
    )


def _attempt_row(attempt: Attempt) -> tuple[Any, ...]:
    delivery = attempt.delivery
    return (
        *_columns_of(delivery.key),
        delivery.event.scope.account,
        delivery.event.id,
        attempt.next_attempt_ms,
        delivery.leased_until_ms,
        attempt.id,
        attempt.attempted_ms,
        attempt.duration_ms,
        attempt.answer.outcome,
        attempt.answer.http_status,
        attempt.answer.error,
        json_codec.encode_text(attempt.headers),
        attempt.answer.body_head,
        delivery.cause,
        delivery.created_ms,
    )


def _attempt_from_record(record: Mapping[str, Any]) -> PastAttempt:
    return PastAttempt(
        id=record["id"],
        endpoint=_key(record),
        event_owner=AccountScope(record["event_account"], record["livemode"]),
        event=record["event"],
        attempted_ms=record["attempted_ms"],
        duration_ms=record["duration_ms"],
        cause=record["cause"],
        headers=json_codec.decode(record["request_headers"], type=dict[str, str]),
        answer=Answer(
            outcome=Outcome(record["outcome"]),
            http_status=record["http_status"],
            error=record["error"],
            body_head=record["response_head"],
        ),
        next_attempt_ms=record["next_attempt_ms"],
        leased_until_ms=record["leased_until_ms"],
        event_type=record["event_type"],
    )
