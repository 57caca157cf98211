"""What the commands about live money share: whose it is, the vault, and one transaction with its audit entries."""

from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

import click

from brim.base.clock import system_clock_ms
from brim.cli.database import asked_here, on_database
from brim.cli.options import encryption_setting, reaching_settings, read_settings

if TYPE_CHECKING:
    from brim.base.scope import AccountScope
    from brim.core.encryption import Keyring
    from brim.platform.database import Conn, Database
    from brim.platform.vault import Vault

# ruff: noqa: PLC0415  each command loads only what it runs

Answer = TypeVar("Answer")
Command = TypeVar("Command", bound=Callable[..., Any])


def of_account(command: Command) -> Command:
    """Give a command the flags that say whose live money it is about, and where the database is."""
    command = click.option("--account", metavar="ACCT", help="The account. Default: the oldest.")(command)
    return reaching_settings(command)


def with_secrets(command: Command) -> Command:
    """Give a command the flags of `of_account`, and the one that says how secrets are encrypted."""
    return encryption_setting(of_account(command))


def open_vault(flags: Mapping[str, str | None]) -> "Vault":
    """Return what encrypts, by the settings or else the data folder's own keys."""
    return open_keyring(flags).vault


def open_keyring(flags: Mapping[str, str | None]) -> "Keyring":
    """Return all keys there are now, those that the key management system unwraps among them."""
    from brim.core.encryption import Keyring
    from brim.platform.kms import kms_of

    kms = kms_of(read_settings(flags))
    keyring = Keyring(plain_keys(flags), kms, system_clock_ms)
    if kms:
        on_database(flags, keyring.load)
    return keyring


def plain_keys(flags: Mapping[str, str | None]) -> str | None:
    """Return the keys of the setting, or else the data folder's own."""
    from brim.host.data_folder import read_encryption_key

    settings = read_settings(flags)
    return settings.encryption_key or read_encryption_key(settings.data_dir)


def on_live_money(
    flags: Mapping[str, str | None], account: str | None, use: "Callable[[Conn, AccountScope], Awaitable[Answer]]"
) -> Answer:
    """Return what a use case answers in one transaction, told the account's live mode."""

    async def work(conn: "Conn") -> Answer:
        return await use(conn, await live_scope(conn, account))

    async def reach(database: "Database") -> Answer:
        return await database.transact(work)

    return on_database(flags, reach)


async def live_scope(conn: "Conn", account: str | None) -> "AccountScope":
    """Return the live mode of an account, the oldest for None."""
    from brim.base.scope import AccountScope
    from brim.core.access import choose_account

    return AccountScope(await choose_account(conn, account), livemode=True)


def on_approval(
    flags: Mapping[str, str | None],
    account: str | None,
    use: "Callable[[Conn, AccountScope, dict[str, Any]], Awaitable[Answer]]",
) -> Answer:
    """Return what a use case answers that a person has to approve; it is told how many operators could."""
    from brim.core.operators import count_approvers

    async def work(conn: "Conn", scope: "AccountScope") -> Answer:
        return await use(conn, scope, {**asked_here(), "approvers": await count_approvers(conn)})

    return on_live_money(flags, account, work)
