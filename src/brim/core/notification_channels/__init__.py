"""The channels of notifications: e-mail, and chats by webhook; which are on, and how each does.

Neighbours: `notifications` decides what is sent by them, `attention` lists those that fail. Start reading at `rules`.
"""

from brim.core.notification_channels.rules import (
    CHANNEL_PREFIX,
    EMAIL,
    Channel,
    ChannelKind,
    ChannelNameError,
    ChannelUrlError,
    UnknownChannelError,
)
from brim.core.notification_channels.service import (
    add_chat,
    find_channel,
    find_failing,
    open_url,
    read_channels,
    remove_chat,
    turn_channel,
)
from brim.core.notification_channels.store import lock_planning, note_failed, note_sent

__all__ = [
    "CHANNEL_PREFIX",
    "EMAIL",
    "Channel",
    "ChannelKind",
    "ChannelNameError",
    "ChannelUrlError",
    "UnknownChannelError",
    "add_chat",
    "find_channel",
    "find_failing",
    "lock_planning",
    "note_failed",
    "note_sent",
    "open_url",
    "read_channels",
    "remove_chat",
    "turn_channel",
]
