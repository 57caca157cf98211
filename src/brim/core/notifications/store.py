"""Recipients, matters and messages in the database."""

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from brim.base import json_codec
from brim.base.ids import first_id_at
from brim.core.attention import Matter, UnknownTimezoneError, zone_of
from brim.core.notifications.rules import Frequency, OpenMatter, Preferences, Standing, Told, Topic
from brim.core.notifications.texts import Content
from brim.platform.database import Conn
from brim.platform.sql import load_queries

MESSAGE_PREFIX: Final = "ntf_"
MATTER_PREFIX: Final = "nmt_"
_PRUNED_AT_ONCE: Final = 1_000
_SQL: Final = load_queries(__package__)


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """A message that somebody has claimed."""

    id: str
    channel: str
    recipient: str
    kind: str
    content: Content
    created_ms: int
    attempts: int


class PastMessage(msgspec.Struct, frozen=True, kw_only=True):
    """A message as people see it: sent, due again, or given up."""

    id: str
    channel: str
    recipient: str
    kind: str
    created_ms: int
    attempts: int
    next_attempt_ms: int | None
    sent_ms: int | None
    error: str | None


async def read_recipient(conn: Conn, recipient: str) -> tuple[Preferences, Standing]:
    """Return what a recipient wants, and when they were told and are to be."""
    record = await conn.fetchrow(_SQL["read_recipient"], recipient)
    if record is None:
        return Preferences(), Standing()
    choices = record["choices"]
    return (
        Preferences(
            choices=None if choices is None else _known_choices(choices),
            timezone=_known_zone(record["timezone"]),
            hour=record["hour"],
            weekday=record["weekday"],
            wants_empty=record["wants_empty"],
        ),
        Standing(told_ms=record["told_ms"], daily_ms=record["daily_ms"], weekly_ms=record["weekly_ms"]),
    )


def _known_choices(written: str) -> dict[Topic, Frequency]:
    """Return choices without what another version of Brim knows."""
    topics, frequencies = set(Topic), set(Frequency)
    choices = json_codec.decode(written, type=dict[str, str])
    return {Topic(name): Frequency(each) for name, each in choices.items() if name in topics and each in frequencies}


def _known_zone(name: str) -> str:
    """Return a time zone, or UTC in place of one that this host does not have."""
    try:
        zone_of(name)
    except UnknownTimezoneError:
        return "UTC"
    return name


async def write_preferences(conn: Conn, recipient: str, wanted: Preferences, standing: Standing) -> None:
    """Keep what a recipient wants, and when their next digests are due."""
    await conn.execute(
        _SQL["write_preferences"],
        recipient,
        None if wanted.choices is None else json_codec.encode_text(wanted.choices),
        wanted.timezone,
        wanted.hour,
        wanted.weekday,
        wanted.wants_empty,
        standing.daily_ms,
        standing.weekly_ms,
    )


async def write_standing(conn: Conn, recipient: str, standing: Standing) -> None:
    """Keep when a recipient was told, and when their next digests are due."""
    await conn.execute(_SQL["write_standing"], recipient, standing.told_ms, standing.daily_ms, standing.weekly_ms)


async def open_matters(conn: Conn) -> list[OpenMatter]:
    """Return what needed attention when somebody last looked."""
    return [_matter(record) for record in await conn.fetch(_SQL["open_matters"])]


async def matters_resolved_since(conn: Conn, since_ms: int) -> list[OpenMatter]:
    """Return what is over since a time."""
    return [_matter(record) for record in await conn.fetch(_SQL["matters_resolved_since"], since_ms)]


async def insert_matter(conn: Conn, new: OpenMatter) -> None:
    """Follow a matter that has begun."""
    matter = json_codec.encode_text(new.matter)
    await conn.execute(_SQL["insert_matter"], new.id, new.matter.key, matter, new.began_ms)


async def update_matter(conn: Conn, changed: OpenMatter) -> None:
    """Write how a matter is now."""
    await conn.execute(_SQL["update_matter"], changed.id, json_codec.encode_text(changed.matter), changed.seen_ms)


async def resolve_matter(conn: Conn, matter: str, *, now_ms: int) -> None:
    """Write that a matter is over."""
    await conn.execute(_SQL["resolve_matter"], matter, now_ms)


async def read_told(conn: Conn, recipient: str, matters: Sequence[OpenMatter]) -> dict[str, Told]:
    """Return what a recipient was told of some matters."""
    records = await conn.fetch(_SQL["read_told"], recipient, [each.id for each in matters])
    return {record["matter"]: Told(record["told_ms"], record["count"], record["ended_ms"]) for record in records}


async def write_told(conn: Conn, recipient: str, told: OpenMatter, *, now_ms: int) -> None:
    """Write that a recipient is told of a matter."""
    await conn.execute(_SQL["write_told"], told.id, recipient, now_ms, told.matter.count)


async def write_ended(conn: Conn, recipient: str, ended: OpenMatter, *, now_ms: int) -> None:
    """Write that a recipient is told that a matter is over."""
    await conn.execute(_SQL["write_ended"], ended.id, recipient, now_ms)


async def insert_message(
    conn: Conn, message_id: str, *, channel: str, recipient: str, content: Content, now_ms: int
) -> None:
    """Add a message that is due at once."""
    text = json_codec.encode_text(content)
    await conn.execute(_SQL["insert_message"], message_id, channel, recipient, content.kind, text, now_ms)


async def claim_messages(conn: Conn, *, now_ms: int, lease_ms: int, limit: int) -> list[Message]:
    """Take up messages that are due; nobody else does before the lease ends."""
    records = await conn.fetch(_SQL["claim_messages"], now_ms, now_ms + lease_ms, limit)
    return [Message(**{**record, "content": json_codec.decode(record["content"], type=Content)}) for record in records]


async def waiting_recipients(conn: Conn) -> set[str]:
    """Return whom a message could not be sent to yet."""
    return {record["recipient"] for record in await conn.fetch(_SQL["waiting_recipients"])}


async def finish_message(conn: Conn, message: str, *, sent_ms: int | None, error: str | None) -> None:
    """Write that a message was sent, or with None given up."""
    await conn.execute(_SQL["finish_message"], message, sent_ms, error)


async def retry_message(conn: Conn, message: str, error: str, *, next_attempt_ms: int) -> None:
    """Write when a message is tried again, and why."""
    await conn.execute(_SQL["retry_message"], message, next_attempt_ms, error)


async def latest_messages(conn: Conn, limit: int) -> list[PastMessage]:
    """Return the newest messages."""
    return [PastMessage(**record) for record in await conn.fetch(_SQL["latest_messages"], limit)]


async def prune(conn: Conn, *, before_ms: int) -> None:
    """Remove messages that are done and matters that were over before a time."""
    await conn.execute(_SQL["prune_messages"], first_id_at(MESSAGE_PREFIX, before_ms // 1000), _PRUNED_AT_ONCE)
    await conn.execute(_SQL["prune_matters"], before_ms, _PRUNED_AT_ONCE)


def _matter(record: Any) -> OpenMatter:
    return OpenMatter(**{**record, "matter": json_codec.decode(record["matter"], type=Matter)})
