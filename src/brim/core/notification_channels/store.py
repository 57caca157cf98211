"""Channels in the database."""

from typing import Any, Final

from brim.core.notification_channels.rules import EMAIL, Channel, ChannelKind
from brim.platform.database import Conn
from brim.platform.sql import load_queries

_SQL: Final = load_queries(__package__)
_EMAIL_OFF: Final = Channel(id=EMAIL, kind=ChannelKind.EMAIL, name="Email", host=None, is_on=False, created_ms=0)


async def read_channels(conn: Conn) -> list[Channel]:
    """Return all channels: e-mail, then chats, the oldest first."""
    found = [_channel(record) for record in await conn.fetch(_SQL["read_channels"])]
    return found if found and found[0].id == EMAIL else [_EMAIL_OFF, *found]


async def ensure_email(conn: Conn) -> None:
    """Make the row of e-mail, which is turned off, unless it is there."""
    await conn.execute(_SQL["ensure_email"])


async def lock_channel(conn: Conn, channel: str) -> Channel | None:
    """Return a channel that nobody else can change until the caller's transaction ends."""
    record = await conn.fetchrow(_SQL["lock_channel"], channel)
    return None if record is None else _channel(record)


async def read_url(conn: Conn, channel: str) -> bytes | None:
    """Return the sealed URL of a chat; None where there is no such chat."""
    sealed: bytes | None = await conn.fetchval(_SQL["read_url"], channel)
    return sealed


async def insert_chat(conn: Conn, channel: Channel, sealed: bytes) -> None:
    """Add a chat."""
    await conn.execute(
        _SQL["insert_chat"], channel.id, channel.name, sealed, channel.host, channel.is_on, channel.created_ms
    )


async def delete_chat(conn: Conn, channel: str) -> None:
    """Remove a chat, with what it wants to be told and what was to be sent to it."""
    await conn.execute(_SQL["delete_chat"], channel)
    await conn.execute(_SQL["delete_recipient"], channel)
    await conn.execute(_SQL["delete_messages"], channel)


async def set_on(conn: Conn, channel: str, *, is_on: bool) -> None:
    """Turn a channel on or off; how it did before is forgotten."""
    await conn.execute(_SQL["set_on"], channel, is_on)


async def note_sent(conn: Conn, channel: str, *, now_ms: int) -> None:
    """Note that a channel works."""
    await conn.execute(_SQL["note_sent"], channel, now_ms)


async def note_failed(conn: Conn, channel: str, error: str, *, is_failing: bool, now_ms: int) -> None:
    """Note what went wrong with a channel; `is_failing` unless it was about one recipient alone."""
    await conn.execute(_SQL["note_failed"], channel, error, is_failing, now_ms)


async def lock_planning(conn: Conn) -> bool:
    """Hold that nobody else plans until the caller's transaction ends; tell whether that was possible."""
    await ensure_email(conn)
    return await conn.fetchval(_SQL["lock_planning"]) is not None


def _channel(record: Any) -> Channel:
    return Channel(**{**record, "kind": ChannelKind(record["kind"])})
