"""Commands for accounts and their API keys."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from brim.base.clock import system_clock_ms
from brim.cli.account_files import COMMANDS as FILE_COMMANDS
from brim.cli.database import asked_here, on_database, show_table, tell_time
from brim.cli.encryption_keys import COMMANDS
from brim.cli.options import reaching_settings
from brim.platform.settings import parse_duration

if TYPE_CHECKING:
    from brim.core.access import ApiKey, NewKey
    from brim.core.accounts import Account

# ruff: noqa: PLC0415  each command loads only what it runs


@click.group()
def keys() -> None:
    """Create, list, roll and revoke API keys; manage encryption keys."""


@click.group()
def accounts() -> None:
    """Create, list, close, export and import accounts."""


@keys.command("create")
@click.option("--account", metavar="ACCT", help="The account of the key. Default: the oldest.")
@click.option("--live", is_flag=True, help="Create a live key. Default: a test key.")
@click.option("--name", metavar="TEXT", help="A name for the key.")
@click.option(
    "-p",
    "--permission",
    "permissions",
    multiple=True,
    metavar="RESOURCE=LEVEL",
    help="Create a restricted key with this permission, such as topups=write. Can be repeated.",
)
@reaching_settings
def create_key(
    account: str | None, *, live: bool, name: str | None, permissions: Sequence[str], **flags: str | None
) -> None:
    """Create an API key (shown once)."""
    from brim.core import access
    from brim.core.access import parse_permissions

    granted = parse_permissions(permissions) if permissions else None
    _show_new_key(
        on_database(
            flags,
            lambda database: access.create_key(
                database, account=account, livemode=live, permissions=granted, name=name, **asked_here()
            ),
        )
    )


@keys.command("list")
@click.option("--account", metavar="ACCT", help="Only this account's keys.")
@reaching_settings
def list_keys(account: str | None, **flags: str | None) -> None:
    """List API keys, without their secrets, and when each was last used (to the minute)."""
    from brim.core import access

    found = on_database(flags, lambda database: access.list_keys(database, account=account))
    now_ms = system_clock_ms()
    show_table(
        ("id", "account", "key", "permissions", "name", "created", "status", "last used"),
        [_key_row(key, now_ms) for key in found],
    )


@keys.command("roll")
@click.argument("key_id")
@click.option("--grace", default="0s", metavar="DURATION", help="How long the old key keeps working. Default: 0s.")
@reaching_settings
def roll_key(key_id: str, grace: str, **flags: str | None) -> None:
    """Create a new key with the permissions of KEY_ID, show it, and expire the old one."""
    from brim.core import access

    grace_ms = round(_duration(grace) * 1000)
    _show_new_key(
        on_database(
            flags,
            lambda database: access.roll_key(database, key_id=key_id, grace_ms=grace_ms, **asked_here()),
        )
    )


@keys.command("revoke")
@click.argument("key_id")
@reaching_settings
def revoke_key(key_id: str, **flags: str | None) -> None:
    """Revoke KEY_ID; every process refuses it within a second."""
    from brim.core import access

    key = on_database(flags, lambda database: access.revoke_key(database, key_id=key_id, **asked_here()))
    click.echo(f"{key.id} ({key.redacted}) is revoked.")


for _command in COMMANDS:
    keys.add_command(_command)


@accounts.command("create")
@click.option("--platform", metavar="ACCT", help="The account whose keys can act for the new one.")
@reaching_settings
def create_account(platform: str | None, **flags: str | None) -> None:
    """Create an account."""
    from brim.core import access

    account = on_database(flags, lambda database: access.create_account(database, platform=platform, **asked_here()))
    click.echo(account.account)


@accounts.command("list")
@reaching_settings
def list_accounts(**flags: str | None) -> None:
    """Show all accounts."""
    from brim.core import access

    found = on_database(flags, access.list_accounts)
    show_table(("id", "platform", "made"), [_account_row(account) for account in found])


for _command in FILE_COMMANDS:
    accounts.add_command(_command)


def _show_new_key(new: "NewKey") -> None:
    """Write the secret alone on standard output, so that a script can take it, and the rest beside."""
    click.echo(f"{new.key.id} for {new.key.account}. It is shown only once:", err=True)
    click.echo(new.secret)


def _key_row(key: "ApiKey", now_ms: int) -> tuple[str, ...]:
    rights = (
        "all" if key.permissions is None else ",".join(f"{name}={key.permissions[name]}" for name in key.permissions)
    )
    return (
        key.id,
        key.account,
        key.redacted,
        rights,
        key.name or "",
        tell_time(key.created),
        _state(key, now_ms),
        _last_used(key),
    )


def _last_used(key: "ApiKey") -> str:
    return "never used" if key.last_used_ms is None else tell_time(key.last_used_ms // 1000)


def _state(key: "ApiKey", now_ms: int) -> str:
    if key.expires_ms is None:
        return "active"
    return (
        f"expired {tell_time(key.expires_ms // 1000)}"
        if key.has_ended(now_ms)
        else f"expires {tell_time(key.expires_ms // 1000)}"
    )


def _account_row(account: "Account") -> tuple[str, ...]:
    return account.account, account.platform or "", tell_time(account.created)


def _duration(text: str) -> float:
    try:
        return parse_duration(text)
    except ValueError:
        raise click.BadParameter(f"{text!r} must be a duration such as 30m or 24h", param_hint="--grace") from None
