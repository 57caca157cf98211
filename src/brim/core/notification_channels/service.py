"""Adds, removes and turns channels on and off, each with a line in the audit log."""

from urllib.parse import urlsplit

import msgspec

from brim.base.ids import IdFactory
from brim.core.audit import Action, Actor, ObjectType, record
from brim.core.notification_channels import store
from brim.core.notification_channels.rules import (
    CHANNEL_PREFIX,
    EMAIL,
    FAILING_AFTER_MS,
    MAX_URL,
    Channel,
    ChannelKind,
    ChannelUrlError,
    UnknownChannelError,
    check_name,
    place_of,
)
from brim.platform.database import Conn, Database
from brim.platform.egress.targets import Networks, TargetBlockedError, check_addresses, parse_target
from brim.platform.vault import Vault


async def read_channels(database: Database) -> list[Channel]:
    """Return all channels: e-mail, then chats, the oldest first."""
    async with database.connection() as conn:
        return await store.read_channels(conn)


async def find_channel(conn: Conn, channel: str) -> Channel | None:
    """Return a channel; None where there is none of that id."""
    return next((each for each in await store.read_channels(conn) if each.id == channel), None)


async def find_failing(conn: Conn, *, now_ms: int) -> list[Channel]:
    """Return the channels that have been failing for so long that somebody should look."""
    return [
        each
        for each in await store.read_channels(conn)
        if each.is_on and each.failing_since_ms is not None and now_ms - each.failing_since_ms >= FAILING_AFTER_MS
    ]


async def add_chat(
    conn: Conn,
    vault: Vault,
    *,
    name: str,
    url: str,
    allowed: Networks,
    by: Actor,
    now_ms: int,
    ids: IdFactory,
) -> Channel:
    """Add a chat, turned on, and return it. Its URL is stored sealed, and only its host is shown from now on.

    Raises:
        ChannelNameError, ChannelUrlError: they cannot be used.
        NoEncryptionKeyError: the server has no encryption key.
    """
    name, url = check_name(name), url.strip()
    _check_url(url, allowed)
    channel_id = ids.new_at(CHANNEL_PREFIX, now_ms)
    host = urlsplit(url).hostname
    channel = Channel(id=channel_id, kind=ChannelKind.CHAT, name=name, host=host, is_on=True, created_ms=now_ms)
    await store.insert_chat(conn, channel, vault.seal(url.encode(), place=place_of(channel_id)))
    await record(
        conn,
        by,
        Action.NOTIFICATION_CHANNEL_ADDED,
        object_type=ObjectType.NOTIFICATION_CHANNEL,
        object_id=channel_id,
        after=channel,
        detail=f"{name} at {host}",
        now_ms=now_ms,
        ids=ids,
    )
    return channel


def _check_url(url: str, allowed: Networks) -> None:
    if len(url) > MAX_URL:
        raise ChannelUrlError(f"it has more than {MAX_URL} characters.")
    try:
        target = parse_target(url)
        if target.own_addresses:
            check_addresses(target, target.own_addresses, livemode=True, allowed=allowed)
        elif not allowed and (target.scheme, target.port) != ("https", 443):
            raise ChannelUrlError("it must begin with https:// and use port 443.")
    except TargetBlockedError as error:
        raise ChannelUrlError(error.reason) from None


async def turn_channel(conn: Conn, channel: str, *, is_on: bool, by: Actor, now_ms: int, ids: IdFactory) -> Channel:
    """Turn a channel on or off, and return it as it was.

    Raises:
        UnknownChannelError: there is none of that id.
    """
    await store.ensure_email(conn)
    before = await store.lock_channel(conn, channel)
    if before is None:
        raise UnknownChannelError(channel)
    if before.is_on is not is_on:
        await store.set_on(conn, channel, is_on=is_on)
        action = Action.NOTIFICATION_CHANNEL_ENABLED if is_on else Action.NOTIFICATION_CHANNEL_DISABLED
        await record(
            conn,
            by,
            action,
            object_type=ObjectType.NOTIFICATION_CHANNEL,
            object_id=channel,
            before=before,
            after=msgspec.structs.replace(before, is_on=is_on),
            detail=before.name,
            now_ms=now_ms,
            ids=ids,
        )
    return before


async def remove_chat(conn: Conn, channel: str, *, by: Actor, now_ms: int, ids: IdFactory) -> None:
    """Remove a chat.

    Raises:
        UnknownChannelError: there is none of that id.
    """
    before = await store.lock_channel(conn, channel)
    if before is None or before.id == EMAIL:
        raise UnknownChannelError(channel)
    await store.delete_chat(conn, channel)
    await record(
        conn,
        by,
        Action.NOTIFICATION_CHANNEL_REMOVED,
        object_type=ObjectType.NOTIFICATION_CHANNEL,
        object_id=channel,
        before=before,
        detail=before.name,
        now_ms=now_ms,
        ids=ids,
    )


async def open_url(conn: Conn, vault: Vault, channel: str) -> str:
    """Return the whole URL of a chat, for whoever sends there.

    Raises:
        UnknownChannelError: there is no such chat.
        NoEncryptionKeyError, SecretUnreadableError: it cannot be opened.
    """
    sealed = await store.read_url(conn, channel)
    if sealed is None:
        raise UnknownChannelError(channel)
    return vault.open(sealed, place=place_of(channel)).decode()
