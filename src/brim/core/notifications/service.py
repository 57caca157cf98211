"""What recipients choose, and tests that somebody asks for."""

from brim.base.ids import IdFactory
from brim.core.audit import Action, Actor, ObjectType, record
from brim.core.notification_channels import EMAIL, UnknownChannelError, find_channel
from brim.core.notifications import store
from brim.core.notifications.rules import (
    Frequency,
    Preferences,
    Standing,
    check_preferences,
    defaults_of,
    frequencies_of,
    next_digests,
)
from brim.core.notifications.store import PastMessage
from brim.core.notifications.texts import Content
from brim.core.operators import Role
from brim.platform.database import Conn, Database


async def read_preferences(database: Database, recipient: str) -> Preferences:
    """Return what an operator, or a chat, wants to be told."""
    async with database.connection() as conn:
        wanted, _ = await store.read_recipient(conn, recipient)
    return wanted


async def save_preferences(
    conn: Conn,
    recipient: str,
    wanted: Preferences,
    *,
    role: Role | None,
    by: Actor,
    now_ms: int,
    ids: IdFactory,
) -> None:
    """Keep what a recipient wants from now on; digests follow the new hour at once.

    Args:
        conn: the transaction.
        recipient: an operator, or a chat.
        wanted: what they want; choices that are the role's defaults stay theirs if the defaults change.
        role: the operator's, None for a chat.
        by: who chooses.
        now_ms: when.
        ids: makes ids.

    Raises:
        InvalidScheduleError: the zone, the hour or the day is none.
    """
    check_preferences(wanted)
    before, _ = await store.read_recipient(conn, recipient)
    if wanted == before:
        return
    due = next_digests(wanted, frequencies_of(wanted, defaults_of(role)), after_ms=now_ms)
    standing = Standing(daily_ms=due[Frequency.DAILY], weekly_ms=due[Frequency.WEEKLY])
    await store.write_preferences(conn, recipient, wanted, standing)
    await record(
        conn,
        by,
        Action.NOTIFICATIONS_CHOSEN,
        object_type=ObjectType.NOTIFICATION_PREFERENCES,
        object_id=recipient,
        before=before,
        after=wanted,
        now_ms=now_ms,
        ids=ids,
    )


async def send_test(conn: Conn, channel: str, recipient: str, *, by: Actor, now_ms: int, ids: IdFactory) -> str:
    """Have a worker send a test by a channel, turned on or not, and return the message's id.

    Raises:
        UnknownChannelError: there is none of that id.
    """
    if await find_channel(conn, channel) is None:
        raise UnknownChannelError(channel)
    message_id = ids.new_at(store.MESSAGE_PREFIX, now_ms)
    await store.insert_message(
        conn,
        message_id,
        channel=channel,
        recipient=recipient if channel == EMAIL else channel,
        content=Content(kind="test", at_ms=now_ms),
        now_ms=now_ms,
    )
    await record(
        conn,
        by,
        Action.NOTIFICATION_TESTED,
        object_type=ObjectType.NOTIFICATION_CHANNEL,
        object_id=channel,
        detail=message_id,
        now_ms=now_ms,
        ids=ids,
    )
    return message_id


async def latest_messages(database: Database, *, limit: int) -> list[PastMessage]:
    """Return the newest messages."""
    async with database.connection() as conn:
        return await store.latest_messages(conn, limit)
