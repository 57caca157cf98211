"""Notifications to people: who is told what needs attention, when, by which channel, in which words.

Neighbours: `attention` says what there is, `notification_channels` how people are reached. Start reading at `rules`,
then `planning` and `sending`.
"""

from brim.core.notifications.chat import post_to_chat
from brim.core.notifications.mail import (
    MailFailedError,
    MailServer,
    base_url_of,
    check_mail_server,
    mail_server_of,
    send_mail,
    write_mail,
)
from brim.core.notifications.planning import plan
from brim.core.notifications.rules import (
    FREQUENCY_NAMES,
    TOPIC_NAMES,
    Frequency,
    InvalidScheduleError,
    Preferences,
    Topic,
    defaults_of,
    frequencies_of,
)
from brim.core.notifications.sending import AT_ONCE, NotificationSender
from brim.core.notifications.service import (
    latest_messages,
    read_preferences,
    save_preferences,
    send_test,
)
from brim.core.notifications.store import PastMessage
from brim.core.notifications.texts import Content

__all__ = [
    "AT_ONCE",
    "FREQUENCY_NAMES",
    "TOPIC_NAMES",
    "Content",
    "Frequency",
    "InvalidScheduleError",
    "MailFailedError",
    "MailServer",
    "NotificationSender",
    "PastMessage",
    "Preferences",
    "Topic",
    "base_url_of",
    "check_mail_server",
    "defaults_of",
    "frequencies_of",
    "latest_messages",
    "mail_server_of",
    "plan",
    "post_to_chat",
    "read_preferences",
    "save_preferences",
    "send_mail",
    "send_test",
    "write_mail",
]
