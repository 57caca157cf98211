"""The official CLI's sessions, their devices, and what they are to be sent."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

import msgspec

from brim.base import json_codec
from brim.base.scope import AccountScope
from brim.core.events import Event, event_from_record
from brim.core.stripe_cli.rules import Device, Listener, forms_of
from brim.core.webhooks import Answer
from brim.platform.announcements.store import Announcement, announce_with_commit
from brim.platform.database import Conn
from brim.platform.sql import columns, load_queries

_SQL: Final = load_queries(__package__)


class NumberedEvent(NamedTuple):
    """An event and its number among its account's."""

    number: int
    event: Event


class Newest(NamedTuple):
    """The number given last to an account's events, found for whoever listens: the account itself, or its platform."""

    listening: AccountScope
    scope: AccountScope
    number: int


class EventsAfter(NamedTuple):
    """Up to `room` of an account's events after a number."""

    scope: AccountScope
    after: int
    room: int


class Progress(NamedTuple):
    """Up to where a session has received the events of its own account, and those of accounts under it that moved."""

    listener: Listener
    acked_place: int
    places: Mapping[str, int]
    resends: Sequence[str]


class Resend(NamedTuple):
    """An event to send again, and the id of its resend."""

    id: str
    event: Event


class ListenerAttempt(msgspec.Struct, frozen=True, kw_only=True):
    """What became of an event that a listener passed on to its local target. Times are in milliseconds."""

    id: str
    event: str
    event_account: str
    attempted_ms: int
    duration_ms: int
    headers: Mapping[str, str]
    answer: Answer
    cause: str


async def forget_listeners(conn: Conn, scope: AccountScope, *, before_ms: int) -> None:
    """Remove an account's sessions that were not seen since a time."""
    await conn.execute(_SQL["forget_listeners"], scope.account, scope.livemode, before_ms)


async def count_listeners(conn: Conn, scope: AccountScope, *, since_ms: int) -> int:
    """Return how many of an account's sessions were seen since a time."""
    return int(await conn.fetchval(_SQL["count_listeners"], scope.account, scope.livemode, since_ms))


async def keep_device(conn: Conn, scope: AccountScope, fresh: Device, *, now_s: int) -> Device:
    """Return the device of that name, the one given where none was on file."""
    arguments = (scope.account, scope.livemode, fresh.name)
    await conn.execute(_SQL["keep_device"], *arguments, fresh.endpoint, fresh.secret, now_s)
    record = await conn.fetchrow(_SQL["find_device"], *arguments)
    return Device(name=fresh.name, endpoint=record["endpoint"], secret=record["secret"])


async def insert_listener(
    conn: Conn,
    scope: AccountScope,
    digest: bytes,
    *,
    device: str,
    features: Sequence[str],
    filters: Mapping[str, Any],
    key_hash: bytes,
    now_ms: int,
) -> None:
    """Open a session that hears of everything from now on, of each event in the forms of its features."""
    encoded, copies = json_codec.encode_text(filters), len(forms_of(features))
    await conn.execute(
        _SQL["insert_listener"],
        *(scope.account, scope.livemode, digest, device, ",".join(features), encoded, now_ms, key_hash, copies),
    )


async def find_listener(
    conn: Conn, scope: AccountScope, digest: bytes, *, since_ms: int, now_ms: int
) -> Listener | None:
    """Return a session that was seen since a time and whose key still works; None when there is none."""
    key = (scope.account, scope.livemode, digest)
    record = await conn.fetchrow(_SQL["find_listener"], *key, since_ms, now_ms)
    if record is None:
        return None
    places = await conn.fetch(_SQL["find_places"], *key)
    return Listener(
        scope=scope,
        hash=digest,
        device=Device(name=record["device"], endpoint=record["endpoint"], secret=record["secret"]),
        features=tuple(record["features"].split(",")),
        filters=json_codec.decode(record["filters"]),
        acked_place=record["acked_place"],
        places={place["event_account"]: place["acked_place"] for place in places},
        created_ms=record["created_ms"],
        key_hash=record["key_hash"],
    )


async def ended_grants(conn: Conn, grants: Sequence[tuple[bytes, str]], *, now_ms: int) -> set[tuple[bytes, str]]:
    """Return those of some pairs of a key, by its SHA-256, and an account of which one has ended."""
    hashes, accounts = [digest for digest, _ in grants], [account for _, account in grants]
    records = await conn.fetch(_SQL["ended_grants"], hashes, accounts, now_ms)
    return {(record["hash"], record["account"]) for record in records}


async def note_progress(conn: Conn, progress: Sequence[Progress], *, now_ms: int) -> None:
    """Write down that some sessions are there, and what has arrived; in the order of their keys, as others do."""
    ordered = sorted(progress, key=lambda each: _key(each.listener))
    if not ordered:
        return
    await conn.execute(
        _SQL["note_listeners"], *columns([(*_key(each.listener), each.acked_place) for each in ordered]), now_ms
    )
    places = [(*_key(each.listener), account, place) for each in ordered for account, place in each.places.items()]
    if places:
        await conn.execute(_SQL["note_places"], *columns(places))
    resends = [(*_key(each.listener), resend_id) for each in ordered for resend_id in sorted(set(each.resends))]
    if resends:
        await conn.execute(_SQL["forget_resends"], *columns(resends))


async def newest_numbers(conn: Conn, listening: Mapping[AccountScope, int]) -> list[Newest]:
    """Return the newest number of each account who listens, and of each account under one that had events lately.

    Args:
        conn: where.
        listening: for each account since when (Unix milliseconds) events of accounts under it count.
    """
    asked = [(scope.account, scope.livemode, since_ms) for scope, since_ms in listening.items()]
    return [
        Newest(
            AccountScope(record["listening"], record["livemode"]),
            AccountScope(record["account"], record["livemode"]),
            record["number"],
        )
        for record in await conn.fetch(_SQL["newest_numbers"], *columns(asked))
    ]


async def numbers_before(conn: Conn, wanted: Sequence[tuple[AccountScope, int]]) -> list[int]:
    """Return for each account and time (Unix milliseconds) the number given last before it; 0 where there is none."""
    asked = [(scope.account, scope.livemode, time_ms) for scope, time_ms in wanted]
    return [record["number"] for record in await conn.fetch(_SQL["numbers_before"], *columns(asked))]


async def numbered_events(conn: Conn, missing: Sequence[EventsAfter]) -> list[list[NumberedEvent]]:
    """Return the events of each of `missing`, in order."""
    asked = [(wanted.scope.account, wanted.scope.livemode, wanted.after, wanted.room) for wanted in missing]
    found: list[list[NumberedEvent]] = [[] for _ in missing]
    for record in await conn.fetch(_SQL["numbered_events"], *columns(asked)):
        found[record["ordinal"] - 1].append(NumberedEvent(record["number"], event_from_record(record)))
    return found


async def resent_events(conn: Conn, wanted: Sequence[tuple[Listener, str]], *, limit: int) -> list[list[Resend]]:
    """Return for each session up to `limit` events that it is to be sent again, asked for after a given one."""
    asked = [(*_key(listener), after) for listener, after in wanted]
    found: list[list[Resend]] = [[] for _ in wanted]
    for record in await conn.fetch(_SQL["resent_events"], *columns(asked), limit):
        found[record["ordinal"] - 1].append(Resend(record["resend"], event_from_record(record)))
    return found


async def resend_to_listeners(conn: Conn, scope: AccountScope, event: Event, *, resend_id: str, since_ms: int) -> int:
    """Let an account's sessions that were seen since a time be sent an event again; return how many those are.

    The event is the account's, or that of an account under it.
    """
    arguments = (scope.account, scope.livemode, event.id, resend_id, since_ms, event.scope.account)
    command_tag: str = await conn.execute(_SQL["resend_to_listeners"], *arguments)
    await announce_with_commit(conn, Announcement.NUMBERED_EVENTS)
    return int(command_tag.rpartition(" ")[2])


async def insert_listener_attempt(conn: Conn, listener: Listener, attempt: ListenerAttempt) -> None:
    """Keep an attempt."""
    answer = attempt.answer
    await conn.execute(
        _SQL["insert_listener_attempt"],
        *(listener.scope.account, listener.scope.livemode, attempt.id, listener.device.endpoint),
        *(attempt.event_account, attempt.event, attempt.attempted_ms, attempt.duration_ms, answer.outcome.value),
        *(answer.http_status, answer.error, json_codec.encode_text(attempt.headers), answer.body_head),
        attempt.cause,
    )


def _key(listener: Listener) -> tuple[str, bool, bytes]:
    return listener.scope.account, listener.scope.livemode, listener.hash
