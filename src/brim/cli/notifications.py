"""Commands for notifications: how their channels do, and a test that is sent at once."""

from typing import TYPE_CHECKING

import click

from brim.base.errors import BrimError
from brim.cli.database import on_database, show_table, tell_time
from brim.cli.live_money import open_vault
from brim.cli.options import all_settings, read_settings

if TYPE_CHECKING:
    from brim.core.notification_channels import Channel
    from brim.core.notifications import Content, PastMessage
    from brim.platform.database import Database
    from brim.platform.settings import Settings
    from brim.platform.vault import Vault

# ruff: noqa: PLC0415  each command loads only what it runs


class NoMailServerError(BrimError):
    """E-mail is to be sent, and the settings name no server."""

    def __init__(self) -> None:
        super().__init__("No mail server is set. Set BRIM_SMTP_HOST: docs/notifications.md.")


class TestNotSentError(BrimError):
    """A test did not arrive."""

    __test__ = False  # no test case, whatever its name says


@click.group()
def notifications() -> None:
    """Show notification channels, and send test messages."""


@notifications.command("show")
@click.option(
    "--limit",
    type=click.IntRange(1, 100),
    default=10,
    show_default=True,
    help="The maximum number of messages to list.",
)
@all_settings
def show(limit: int, **flags: str | None) -> None:
    """Show the mail server, the channels with their last delivery and last error, and the newest messages."""
    from brim.core.notification_channels import read_channels
    from brim.core.notifications import latest_messages, mail_server_of

    async def read(database: "Database") -> "tuple[list[Channel], list[PastMessage]]":
        return await read_channels(database), await latest_messages(database, limit=limit)

    server = mail_server_of(read_settings(flags))
    channels, messages = on_database(flags, read)
    said = f"{server.host}:{server.port} ({server.security}), from {server.sender}" if server else "none"
    click.echo(f"Mail server: {said}")
    show_table(
        ("id", "channel", "host", "status", "last delivery", "last error"), [_channel(each) for each in channels]
    )
    show_table(("id", "to", "kind", "created", "status", "error"), [_message(each) for each in messages])


def _channel(channel: "Channel") -> tuple[str, ...]:
    status = "off" if not channel.is_on else "failing" if channel.failing_since_ms else "on"
    sent = "" if channel.sent_ms is None else tell_time(channel.sent_ms // 1000)
    return channel.id, channel.name, channel.host or "", status, sent, channel.error or ""


def _message(message: "PastMessage") -> tuple[str, ...]:
    status = "sent" if message.sent_ms else "pending" if message.next_attempt_ms else "not sent"
    return (
        message.id,
        message.recipient,
        message.kind,
        tell_time(message.created_ms // 1000),
        status,
        "" if message.sent_ms else message.error or "",
    )


@notifications.command("test")
@click.argument("to")
@all_settings
def send_test(to: str, **flags: str | None) -> None:
    """Send a test now to TO, an email address or the ID of a chat, from this host with its settings."""
    import asyncio

    from brim.base.clock import system_clock_ms
    from brim.core.notifications import Content

    settings = read_settings(flags)
    content = Content(kind="test", at_ms=system_clock_ms())
    if "@" in to:
        _mail(settings, to, content)
    else:
        vault = open_vault(flags)
        url = on_database(flags, lambda database: _find_url(database, vault, to))
        asyncio.run(_post(settings, url, content))
    click.echo(f"Sent a test to {to}.")


def _mail(settings: "Settings", to: str, content: "Content") -> None:
    from brim.base.ids import IdFactory
    from brim.core.notifications import base_url_of, mail_server_of, send_mail, write_mail

    server = mail_server_of(settings)
    if server is None:
        raise NoMailServerError
    mail = write_mail(
        content,
        message_id=IdFactory().new_at("ntf_", content.at_ms),
        recipient=to,
        recipient_name="",
        sender=server.sender,
        base_url=base_url_of(settings),
        at_ms=content.at_ms,
    )
    send_mail(server, mail)


async def _find_url(database: "Database", vault: "Vault", channel: str) -> str:
    from brim.core.notification_channels import open_url

    async with database.connection() as conn:
        return await open_url(conn, vault, channel)


async def _post(settings: "Settings", url: str, content: "Content") -> None:
    from brim.core.notifications import base_url_of, post_to_chat
    from brim.core.webhooks import webhook_sender_of

    error = await post_to_chat(webhook_sender_of(settings), url, content, base_url=base_url_of(settings))
    if error is not None:
        raise TestNotSentError(error)
