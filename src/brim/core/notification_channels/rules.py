"""A channel as people see it: never with the whole URL of a chat, which is a secret."""

from enum import StrEnum
from typing import Final

import msgspec

from brim.base.errors import BrimError

EMAIL: Final = "email"
"""The id of the one channel that e-mail is."""

CHANNEL_PREFIX: Final = "nch_"
MAX_NAME: Final = 100
MAX_URL: Final = 2048
FAILING_AFTER_MS: Final = 10 * 60 * 1000
"""How long a channel fails before it needs attention: a mail server may restart."""


class ChannelKind(StrEnum):
    """How a channel reaches people."""

    EMAIL = "email"
    CHAT = "chat"


class Channel(msgspec.Struct, frozen=True, kw_only=True):
    """A channel: when it last worked, since when it fails, and why; `host` is all that is shown of a chat's URL."""

    id: str
    kind: ChannelKind
    name: str
    host: str | None
    is_on: bool
    created_ms: int
    sent_ms: int | None = None
    failing_since_ms: int | None = None
    error: str | None = None
    error_ms: int | None = None

    @property
    def label(self) -> str:
        """What it carries, in words that a sentence can begin with."""
        return "Email notifications" if self.kind is ChannelKind.EMAIL else f"Notifications to {self.name}"


class UnknownChannelError(BrimError):
    """There is no such channel, or it is e-mail, which cannot be removed."""

    def __init__(self, channel: str) -> None:
        super().__init__(f"There is no chat {channel!r}. Run brim notifications show to list them.")


class ChannelNameError(BrimError):
    """A chat's name is empty, too long or not printable."""

    param = "name"

    def __init__(self) -> None:
        super().__init__(f"A name must have 1 to {MAX_NAME} printable characters.")


class ChannelUrlError(BrimError):
    """A chat's URL cannot be used."""

    param = "url"

    def __init__(self, reason: str) -> None:
        super().__init__(f"This URL can't be used: {reason}")


def check_name(text: str) -> str:
    """Return a chat's name without blanks around it.

    Raises:
        ChannelNameError: it is none.
    """
    name = text.strip()
    if not name or len(name) > MAX_NAME or not name.isprintable():
        raise ChannelNameError
    return name


def place_of(channel: str) -> str:
    """Return the encryption context of a chat's URL."""
    return f"notification_channels {channel}"
