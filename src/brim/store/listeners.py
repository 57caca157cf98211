"""The official CLI's sessions, their devices, and what they are to be sent."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

import msgspec

from brim.domain.events import Event
from brim.domain.listeners import Device, Listener
from brim.domain.topups import Owner
from brim.domain.webhooks import Outcome
from brim.store.database import Conn
from brim.store.reads import event_from_record
from brim.store.sql import load_queries

_SQL: Final = load_queries("listeners")


class NumberedEvent(NamedTuple):
    """An event and its number among its owner's."""

    number: int
    event: Event


class Resend(NamedTuple):
    """An event that is to be sent again, and the id of that wish."""

    id: str
    event: Event


class ListenerAttempt(msgspec.Struct, frozen=True, kw_only=True):
    """What a listener's local target answered. Times are in milliseconds."""

    id: str
    event: str
    attempted_ms: int
    duration_ms: int
    outcome: Outcome
    http_status: int
    headers: Mapping[str, str]
    response_head: bytes
    cause: str


async def forget_listeners(conn: Conn, owner: Owner, *, before_ms: int) -> None:
    """Remove an owner's sessions that were not seen since a time."""
    await conn.execute(_SQL["forget_listeners"], owner.account, owner.livemode, before_ms)


async def count_listeners(conn: Conn, owner: Owner, *, since_ms: int) -> int:
    """Return how many of an owner's sessions were seen since a time."""
    return int(await conn.fetchval(_SQL["count_listeners"], owner.account, owner.livemode, since_ms))


async def keep_device(conn: Conn, owner: Owner, fresh: Device, *, now_s: int) -> Device:
    """Return the device of that name, the one given where none was on file."""
    arguments = (owner.account, owner.livemode, fresh.name)
    await conn.execute(_SQL["keep_device"], *arguments, fresh.endpoint, fresh.secret, now_s)
    record = await conn.fetchrow(_SQL["find_device"], *arguments)
    return Device(name=fresh.name, endpoint=record["endpoint"], secret=record["secret"])


async def insert_listener(
    conn: Conn,
    owner: Owner,
    digest: bytes,
    *,
    device: str,
    features: Sequence[str],
    filters: Mapping[str, Any],
    now_ms: int,
) -> None:
    """Open a session that hears of everything from now on."""
    encoded = msgspec.json.encode(filters).decode()
    await conn.execute(
        _SQL["insert_listener"],
        *(owner.account, owner.livemode, digest, device, ",".join(features), encoded, now_ms),
    )


async def find_listener(conn: Conn, owner: Owner, digest: bytes, *, since_ms: int) -> Listener | None:
    """Return a session that was seen since a time; None when there is none."""
    record = await conn.fetchrow(_SQL["find_listener"], owner.account, owner.livemode, digest, since_ms)
    if record is None:
        return None
    return Listener(
        owner=owner,
        hash=digest,
        device=Device(name=record["device"], endpoint=record["endpoint"], secret=record["secret"]),
        features=tuple(record["features"].split(",")),
        filters=msgspec.json.decode(record["filters"]),
        acked_place=record["acked_place"],
        created_ms=record["created_ms"],
    )


async def note_listener(conn: Conn, listener: Listener, *, now_ms: int, acked_place: int) -> None:
    """Write down that a session is there, and up to where it has received events."""
    await conn.execute(_SQL["note_listener"], *_key(listener), now_ms, acked_place)


async def numbered_events(conn: Conn, owner: Owner, *, after: int, limit: int) -> list[NumberedEvent]:
    """Return up to `limit` of an owner's events after a number, in order."""
    records = await conn.fetch(_SQL["numbered_events"], owner.account, owner.livemode, after, limit)
    return [NumberedEvent(record["number"], event_from_record(record)) for record in records]


async def resent_events(conn: Conn, listener: Listener, *, after: str, limit: int) -> list[Resend]:
    """Return up to `limit` events that a session is to be sent again, those asked for after a given one."""
    records = await conn.fetch(_SQL["resent_events"], *_key(listener), after, limit)
    return [Resend(record["resend"], event_from_record(record)) for record in records]


async def resend_to_listeners(conn: Conn, owner: Owner, event_id: str, *, resend_id: str, since_ms: int) -> int:
    """Let an owner's sessions that were seen since a time be sent an event again; return how many those are."""
    arguments = (owner.account, owner.livemode, event_id, resend_id, since_ms)
    command_tag: str = await conn.execute(_SQL["resend_to_listeners"], *arguments)
    return int(command_tag.rpartition(" ")[2])


async def forget_resends(conn: Conn, listener: Listener, ids: Sequence[str]) -> None:
    """Remove what has arrived from what a session is to be sent again."""
    await conn.execute(_SQL["forget_resends"], *_key(listener), ids)


async def insert_listener_attempt(conn: Conn, listener: Listener, attempt: ListenerAttempt) -> None:
    """Keep an attempt."""
    await conn.execute(
        _SQL["insert_listener_attempt"],
        *(listener.owner.account, listener.owner.livemode, attempt.id, listener.device.endpoint, attempt.event),
        *(attempt.attempted_ms, attempt.duration_ms, attempt.outcome.value, attempt.http_status),
        *(msgspec.json.encode(attempt.headers).decode(), attempt.response_head, attempt.cause),
    )


def _key(listener: Listener) -> tuple[str, bool, bytes]:
    return listener.owner.account, listener.owner.livemode, listener.hash
