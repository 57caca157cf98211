"""Sends messages: claims some, sends each by its channel outside any transaction, and notes what became of it.

A message is sent at least once: one that was handed over just before a crash is sent again once its lease ends, under
the same Message-ID, by which mail programs and servers know the copy.
"""

import asyncio
from typing import Final

import structlog

from brim.base.clock import Clock
from brim.base.errors import BrimError, DatabaseUnavailableError
from brim.core.notification_channels import (
    EMAIL,
    UnknownChannelError,
    find_channel,
    note_failed,
    note_sent,
    open_url,
)
from brim.core.notifications import store
from brim.core.notifications.chat import post_to_chat
from brim.core.notifications.mail import MailFailedError, MailServer, send_mail, write_mail
from brim.core.notifications.store import Message
from brim.core.operators import UnknownOperatorError, find_operator
from brim.core.webhooks import WebhookSender
from brim.platform.database import Database
from brim.platform.vault import Vault

AT_ONCE: Final = 5
LEASE_MS: Final = 120_000
"""How long a claim lasts: several times as long as a server may take."""

_FIRST_RETRY_MS: Final = 30_000
_LONGEST_RETRY_MS: Final = 60 * 60_000
GIVEN_UP_AFTER_MS: Final = 24 * 60 * 60_000
_TOO_OLD_MS: Final = GIVEN_UP_AFTER_MS + _LONGEST_RETRY_MS
"""Only where no worker ran meanwhile, or an old backup was restored, is a message so old, and then it is no news."""

_log = structlog.get_logger()


class SendFailedError(BrimError):
    """A message was not sent; `is_final` where trying again cannot help."""

    def __init__(self, sentence: str, *, is_final: bool = False, is_of_channel: bool = True) -> None:
        super().__init__(sentence)
        self.is_final = is_final
        self.is_of_channel = is_of_channel


class NotificationSender:
    """Sends messages that are due.

    Args:
        database: where they are.
        vault: opens chats' URLs.
        chats: posts to chats, under the rules for webhooks of live mode.
        mail_server: None where no e-mail can be sent.
        base_url: where people reach the pages.
        clock: the time.
    """

    def __init__(
        self,
        database: Database,
        vault: Vault,
        chats: WebhookSender,
        *,
        mail_server: MailServer | None,
        base_url: str,
        clock: Clock,
    ) -> None:
        self._database = database
        self._vault = vault
        self._chats = chats
        self._mail_server = mail_server
        self._base_url = base_url
        self._clock = clock

    async def run_once(self) -> int:
        """Send what is due, a few at a time beside each other; return how many were taken up."""
        async with self._database.connection() as conn:
            claimed = await store.claim_messages(conn, now_ms=self._clock(), lease_ms=LEASE_MS, limit=AT_ONCE)
        await asyncio.gather(*(self._attempt(message) for message in claimed))
        return len(claimed)

    async def _attempt(self, message: Message) -> None:
        try:
            await self._check_is_wanted(message)
            await (self._mail(message) if message.channel == EMAIL else self._chat(message))
        except SendFailedError as error:
            await self._note_failure(message, error)
            return
        except DatabaseUnavailableError:
            raise
        except BrimError as error:
            await self._note_failure(message, SendFailedError(error.message))
            return
        except Exception:  # noqa: BLE001  whatever it is stays with this one
            _log.exception("notification could not be created", message=message.id, channel=message.channel)
            await self._note_failure(message, SendFailedError("It couldn't be created. See the worker's log."))
            return
        now_ms = self._clock()
        async with self._database.connection() as conn:  # each by itself: the channel may be held by whoever plans
            await store.finish_message(conn, message.id, sent_ms=now_ms, error=None)
            await note_sent(conn, message.channel, now_ms=now_ms)
        _log.info("notification sent", message=message.id, channel=message.channel, kind=message.kind)

    async def _note_failure(self, message: Message, error: SendFailedError) -> None:
        now_ms = self._clock()
        is_over = error.is_final or now_ms - message.created_ms >= GIVEN_UP_AFTER_MS
        async with self._database.connection() as conn:
            if is_over:
                await store.finish_message(conn, message.id, sent_ms=None, error=error.message)
            else:
                wait_ms = min(_FIRST_RETRY_MS << min(message.attempts - 1, 16), _LONGEST_RETRY_MS)
                await store.retry_message(conn, message.id, error.message, next_attempt_ms=now_ms + wait_ms)
            await note_failed(conn, message.channel, error.message, is_failing=error.is_of_channel, now_ms=now_ms)
        if is_over:
            _log.warning("notification abandoned", message=message.id, channel=message.channel, reason=error.message)
        else:
            _log.info(
                "notification failed, retrying", message=message.id, channel=message.channel, reason=error.message
            )

    async def _check_is_wanted(self, message: Message) -> None:
        if self._clock() - message.created_ms >= _TOO_OLD_MS:
            raise SendFailedError("It was not sent within a day.", is_final=True, is_of_channel=False)
        async with self._database.connection() as conn:
            channel = await find_channel(conn, message.channel)
        if channel is None or not (channel.is_on or message.kind == "test"):
            raise SendFailedError("The channel was turned off.", is_final=True, is_of_channel=False)

    async def _mail(self, message: Message) -> None:
        if self._mail_server is None:
            raise SendFailedError("No mail server is set. Set BRIM_SMTP_HOST.")
        try:
            operator = await find_operator(self._database, message.recipient)
        except UnknownOperatorError as error:
            raise SendFailedError(error.message, is_final=True, is_of_channel=False) from None
        if operator.disabled_ms is not None:
            raise SendFailedError("The operator was disabled.", is_final=True, is_of_channel=False)
        try:
            mail = write_mail(
                message.content,
                message_id=message.id,
                recipient=operator.email,
                recipient_name=operator.name,
                sender=self._mail_server.sender,
                base_url=self._base_url,
                at_ms=message.created_ms,
            )
            await asyncio.to_thread(send_mail, self._mail_server, mail)
        except MailFailedError as error:
            raise SendFailedError(
                error.message, is_final=error.is_refused, is_of_channel=not error.is_refused
            ) from None

    async def _chat(self, message: Message) -> None:
        try:
            async with self._database.connection() as conn:
                url = await open_url(conn, self._vault, message.channel)
        except UnknownChannelError as error:
            raise SendFailedError(error.message, is_final=True, is_of_channel=False) from None
        failed = await post_to_chat(self._chats, url, message.content, base_url=self._base_url)
        if failed is not None:
            raise SendFailedError(failed)
