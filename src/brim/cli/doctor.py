"""The command `brim doctor`: checks a deployment and says what is wrong and what to do about it."""

import asyncio
import shutil
import socket
import ssl
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import click

import brim
from brim.base import json_codec
from brim.base.clock import system_clock_ms
from brim.base.errors import BrimError, DatabaseUnavailableError
from brim.cli.options import all_settings, read_settings
from brim.platform.settings import Settings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from brim.core.diagnosis import Finding
    from brim.platform.database import Database

# ruff: noqa: PLC0415  each command loads only what it runs

_DAY_S: Final = 24 * 60 * 60
_BACKUP_OLD_S: Final = 8 * _DAY_S
_CERTIFICATE_ENDS_S: Final = 14 * _DAY_S
_CONNECT_WITHIN_S: Final = 5.0
_SET_SMTP: Final = "Set BRIM_SMTP_HOST, or turn email off on the Notifications page: docs/notifications.md."
_MARKS: Final = {"ok": "ok     ", "warning": "warning", "error": "ERROR  "}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
@click.option("--strict", is_flag=True, help="Exit with 1 for warnings, too.")
@click.option("--offline", is_flag=True, help="Skip checks that connect to hosts other than the database's.")
@all_settings
def doctor(*, as_json: bool, strict: bool, offline: bool, **flags: str | None) -> None:
    """Check this deployment and show problems and fixes; exit with 1 if there are errors.

    Checks the configuration, the database and its settings, roles and migrations, encryption keys, clocks, disk,
    workers, backlogs, backups, the public URL and its certificate, the exchange with banks, notifications,
    the mail server, and verification. Run it on the host and with the settings of the service. It changes nothing,
    except that the check of the exchange with a bank writes a small file, as `brim ach check-exchange` does.
    """
    from brim.core.diagnosis import Finding, Severity, worst
    from brim.platform.telemetry.logs import configure_logging

    configure_logging("error", "auto")
    try:
        settings = read_settings(flags)
    except BrimError as error:
        findings = [
            Finding(
                check="configuration",
                severity=Severity.ERROR,
                message=error.message,
                fix="Correct the setting: docs/settings.md.",
            )
        ]
    else:
        findings = asyncio.run(_gather(settings, offline=offline))
    if as_json:
        click.echo(
            json_codec.encode_text({"version": brim.__version__, "status": worst(findings), "findings": findings})
        )
    else:
        for each in findings:
            click.echo(f"{_MARKS[each.severity]}  {each.check}: {each.message}")
            if each.fix:
                click.echo(f"         {each.fix}")
    if worst(findings) is Severity.ERROR or (strict and worst(findings) is Severity.WARNING):
        sys.exit(1)


async def _gather(settings: Settings, *, offline: bool) -> "list[Finding]":
    """Return all findings, the configuration's first."""
    return [
        *_check_host(settings),
        *[finding async for finding in _check_database(settings, offline=offline)],
        *([] if offline else await asyncio.to_thread(_check_public_url, settings)),
        *([] if offline else await asyncio.to_thread(_check_mail, settings)),
    ]


def _check_host(settings: Settings) -> "list[Finding]":
    """Return what this host knows without the database."""
    from brim.core.archiving import last_base_backup_ms
    from brim.core.diagnosis import fail, fine, judge_disk, warn

    found = [fine("configuration", "The settings are valid.")]
    if settings.encryption_key is None and settings.pkcs11_module is None:
        message = "No encryption key is set, so webhook secrets and bank account numbers can't be stored."
        if settings.database_url is not None:
            found.append(fail("keys", message, "Create one with brim keys encryption, and set BRIM_ENCRYPTION_KEY."))
    if not settings.data_dir.is_dir():
        return found
    disk = shutil.disk_usage(settings.data_dir)
    found.append(judge_disk(str(settings.data_dir), free=disk.free, total=disk.total))
    if settings.database_url is None:
        ended_ms = last_base_backup_ms(settings.data_dir)
        age_s = (system_clock_ms() - (ended_ms or 0)) // 1000
        if not ended_ms:
            fix = "Set --backup-store, start brim serve, and run brim backup create: docs/backups.md."
            found.append(warn("backups", "There is no base backup of this data folder.", fix))
        elif age_s > _BACKUP_OLD_S:
            found.append(
                warn("backups", f"The last base backup is {age_s // _DAY_S} days old.", "Run brim backup create.")
            )
        else:
            found.append(fine("backups", f"The last base backup is {age_s / 3600:.1f} hours old."))
    return found


async def _check_database(settings: Settings, *, offline: bool) -> "AsyncIterator[Finding]":
    """Yield what the database tells: that it is reached and migrated, and how the deployment does."""
    from brim.core.diagnosis import diagnose, fail, fine
    from brim.host.access import reach_database
    from brim.host.database_urls import given_urls
    from brim.host.embedded import running_urls
    from brim.platform.migrate import PendingMigrationsError

    try:
        if given_urls(settings) is None and running_urls(settings.data_dir / "postgres") is None:
            message = f"No database is running in {settings.data_dir}, and no URL of another one is set."
            yield fail("database", message, "Start brim serve, or set --data-dir or --database-url.")
            return
        async with reach_database(settings, say=lambda _sentence: None) as database:
            yield fine("database", "The database is reachable, and its schema is that of this version.")
            for finding in await diagnose(database, clock=system_clock_ms, version=brim.__version__):
                yield finding
            for finding in await _check_keys(settings, database):
                yield finding
            for finding in await _check_notifications(settings, database):
                yield finding
            if not offline:
                async for finding in _check_exchanges(settings, database):
                    yield finding
    except PendingMigrationsError as error:
        yield fail("database.migrations", error.message, "Run brim migrate with the owner's URL: docs/upgrades.md.")
    except BrimError as error:
        remedy = error.remedy if isinstance(error, DatabaseUnavailableError) else None
        yield fail("database", remedy or error.message, "Check BRIM_DATABASE_URL, or start brim serve.")
    except ValueError:  # it is not repeated: it may hold a password
        fix = "Write it as postgresql://USER:PASSWORD@HOST:PORT/DATABASE."
        yield fail("database", "The URL of the database can't be read.", fix)


async def _check_keys(settings: Settings, database: "Database") -> "list[Finding]":
    """Return whether the encryption keys can be used; nothing where none are set."""
    from brim.core.diagnosis import fail, fine
    from brim.core.encryption import Keyring
    from brim.platform.kms import kms_of

    if settings.encryption_key is None and settings.pkcs11_module is None:
        return []
    try:
        await Keyring(settings.encryption_key, kms_of(settings), system_clock_ms).load(database)
    except DatabaseUnavailableError:
        raise
    except BrimError as error:
        return [fail("keys", error.message, "Check the encryption keys: docs/security.md.")]
    return [fine("keys", "The encryption keys can be used.")]


async def _check_exchanges(settings: Settings, database: "Database") -> "AsyncIterator[Finding]":
    """Yield whether files can be exchanged with the banks of active originators."""
    from brim.core import direct_debits
    from brim.core.diagnosis import fail, fine
    from brim.core.originators import list_active_originators

    async with database.connection() as conn:
        originators = await list_active_originators(conn)
    servers = direct_debits.BankServers(
        settings.sftp_credentials or settings.data_dir / direct_debits.CREDENTIALS_FOLDER
    )
    for originator in originators:
        for result in await direct_debits.check_exchange(servers, originator):
            message = f"{originator.id}: {result.what}, {result.folder}: {result.result}"
            fix = f"Run brim ach check-exchange {originator.id} on a worker's host: docs/ach-exchange.md."
            yield fine("bank", message) if result.is_good else fail("bank", message, fix)


async def _check_notifications(settings: Settings, database: "Database") -> "list[Finding]":
    """Return how the channels of notifications do that are on."""
    from brim.core.diagnosis import fail, fine
    from brim.core.notification_channels import EMAIL, read_channels

    found = []
    for channel in await read_channels(database):
        if not channel.is_on:
            continue
        if channel.id == EMAIL and settings.smtp_host is None:
            found.append(fail("notifications", "Email notifications are on, but no mail server is set.", _SET_SMTP))
        elif channel.failing_since_ms is not None:
            fix = "Check its address and settings, then send a test: docs/notifications.md."
            found.append(fail("notifications", f"{channel.label} aren't being delivered: {channel.error}", fix))
        else:
            found.append(fine("notifications", f"{channel.label} are on."))
    return found


def _check_mail(settings: Settings) -> "list[Finding]":
    """Return whether the mail server can be used; nothing where none is set."""
    from brim.core.diagnosis import fail, fine, warn
    from brim.core.notifications import MailFailedError, check_mail_server, mail_server_of

    server = mail_server_of(settings)
    if server is None:
        return []
    try:
        check_mail_server(server)
    except MailFailedError as error:
        return [fail("mail", error.message, "Check the BRIM_SMTP_* settings: docs/notifications.md.")]
    if server.security == "none":
        fix = "Set BRIM_SMTP_SECURITY to starttls or tls, unless the mail server is on this host."
        return [warn("mail", f"Mail to {server.host} is not encrypted on its way.", fix)]
    return [fine("mail", f"The mail server {server.host} can be used.")]


def _check_public_url(settings: Settings) -> "list[Finding]":
    """Return whether the public URL is encrypted, and how long its certificate is good."""
    from brim.core.diagnosis import fail, fine, warn

    if settings.public_url is None:
        fix = "Set --public-url to the address by which browsers and programs reach the service."
        return [warn("public_url", "No public URL is set, so links lead to this host's own address.", fix)]
    if not settings.public_url.is_https:
        fix = "Put a proxy with TLS in front: docs/proxies.md."
        return [warn("public_url", f"{settings.public_url} is not encrypted.", fix)]
    host, port = urlsplit(settings.public_url.origin).hostname or "", urlsplit(settings.public_url.origin).port or 443
    try:
        with (
            socket.create_connection((host, port), timeout=_CONNECT_WITHIN_S) as connection,
            ssl.create_default_context().wrap_socket(connection, server_hostname=host) as secured,
        ):
            certificate = secured.getpeercert() or {}
    except OSError as error:
        fix = "Check DNS, the proxy and its certificate: docs/proxies.md."
        return [fail("public_url", f"{settings.public_url} can't be reached over TLS from this host: {error}", fix)]
    ends_s = ssl.cert_time_to_seconds(str(certificate["notAfter"]))
    message = f"The certificate of {host} expires on {datetime.fromtimestamp(ends_s, UTC):%Y-%m-%d}."
    if ends_s - system_clock_ms() / 1000 < _CERTIFICATE_ENDS_S:
        return [warn("public_url", message, "Renew it, and check that it is renewed automatically.")]
    return [fine("public_url", message)]
