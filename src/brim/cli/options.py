"""Turns the settings table into click's options, and what click read back into settings or a client of the API."""

import os
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from brim.platform.setting_sources import CONFIG_VARIABLE
from brim.platform.settings import CONFIG_FIELD, SETTINGS, Setting, Settings, load_settings, parse_switch

if TYPE_CHECKING:
    from brim.cli.client import Client

Command = TypeVar("Command", bound=Callable[..., Any])
# ruff: noqa: PLC0415  a client is loaded where one is opened

_REACHING: Final = ("data_dir", "database_url")
"""What a command needs that only has to find the database."""

_MIGRATING: Final = (*_REACHING, "migration_url", "service_role", "rehearsal")
"""What a command needs that changes the tables."""


_OWNING: Final = (*_REACHING, "migration_url")
"""What a command needs that changes rows as the tables' owner."""

_BACKING_UP: Final = ("data_dir", "backup_store", "backup_key", "backup_wal_every_s")
"""What a command needs that works on backups."""

_KMS: Final = ("pkcs11_module", "pkcs11_token", "pkcs11_key", "pkcs11_pin")
"""What a command needs to reach the key management system, without a database."""

_ENCRYPTING: Final = ("encryption_key", *_KMS)
"""What a command needs that encrypts or decrypts."""


_CONFIG_HELP: Final = f"A TOML file of settings (docs/settings.md). Or {CONFIG_VARIABLE}."


def all_settings(command: Command) -> Command:
    """Give a command a flag for every setting."""
    return _with_config(_with_flags(command, SETTINGS))


def reaching_settings(command: Command) -> Command:
    """Give a command the flags that say where the database is."""
    return _with_config(_with_flags(command, _named(_REACHING)))


def migrating_settings(command: Command) -> Command:
    """Give a command the flags that say where the database is, who owns it, and who shall have rights on it."""
    return _with_config(_with_flags(command, _named(_MIGRATING)))


def owning_settings(command: Command) -> Command:
    """Give a command the flags that say where the database is, and who owns its tables."""
    return _with_config(_with_flags(command, _named(_OWNING)))


def backup_settings(command: Command) -> Command:
    """Give a command the flags that say which database is backed up, and where to."""
    return _with_config(_with_flags(command, _named(_BACKING_UP)))


def data_folder_setting(command: Command) -> Command:
    """Give a command the flag that says where the data folder is."""
    return _with_config(_with_flags(command, _named(("data_dir",))))


def encryption_setting(command: Command) -> Command:
    """Give a command the flags that say how secrets are encrypted."""
    return _with_flags(command, _named(_ENCRYPTING))


def exchange_setting(command: Command) -> Command:
    """Add the option for the folder of credentials for banks' servers."""
    return _with_flags(command, _named(("sftp_credentials",)))


def kms_settings(command: Command) -> Command:
    """Give a command the flags that say where the key management system is, and nothing else."""
    return _with_config(_with_flags(command, _named(_KMS)))


def api_options(command: Command) -> Command:
    """Give a command the flags that say where a running Brim answers, with which key, and for whom it is asked."""
    command = click.option("--stripe-account", metavar="ACCT", help="The account to act for. Default: the key's own.")(
        command
    )
    command = click.option("--api-key", metavar="KEY", help="The API key. Default: the test key of the data folder.")(
        command
    )
    command = click.option(
        "--api-base", metavar="URL", help="The base URL. Default: the Brim that runs in the data folder."
    )(command)
    return data_folder_setting(command)


def open_client(flags: Mapping[str, str | None]) -> "Client":
    """Return a client of the Brim that the flags of `api_options` mean, else of the one that runs in the data folder.

    Raises:
        NoBrimRunsError: neither says where.
        NoKeyKnownError: neither they, the environment nor the data folder has a key.
        InvalidApiBaseError, UnusableKeyError: what was given cannot be used.
    """
    from brim.cli.client import Client, NoBrimRunsError, NoKeyKnownError, parse_api_base
    from brim.host.data_folder import announced_url, kept_test_secret_key

    settings = read_settings(flags)
    base = flags["api_base"] or announced_url(settings.data_dir)
    if base is None:
        raise NoBrimRunsError(settings.data_dir)
    key = flags["api_key"] or settings.test_secret_key or kept_test_secret_key(settings.data_dir)
    if key is None:
        raise NoKeyKnownError(settings.data_dir)
    return Client(parse_api_base(base), key, stripe_account=flags["stripe_account"])


def read_settings(flags: Mapping[str, str | None]) -> Settings:
    """Return the settings in force, from the flags that click read and the environment."""
    return load_settings(flags, os.environ)


def _named(fields: tuple[str, ...]) -> tuple[Setting, ...]:
    return tuple(setting for setting in SETTINGS if setting.field in fields)


def _with_flags(command: Command, settings: tuple[Setting, ...]) -> Command:
    for setting in reversed(settings):  # the last decorator applied comes first in the help
        takes: dict[str, Any] = {"metavar": "VALUE"}
        if setting.parse is parse_switch:  # a flag without a value, read back as the text of one
            takes = {"is_flag": True, "flag_value": "yes", "default": None}
        command = click.option(setting.flag, setting.field, help=_help(setting), **takes)(command)
    return command


def _with_config(command: Command) -> Command:
    return click.option("--config", CONFIG_FIELD, metavar="FILE", help=_CONFIG_HELP)(command)


def _help(setting: Setting) -> str:
    default = f" Default: {setting.shown_default}." if setting.shown_default else ""
    takes = "" if setting.parse is parse_switch else f" Takes {setting.expected}."
    return f"{setting.meaning[0].upper()}{setting.meaning[1:]}.{takes} Or {setting.variable}.{default}"
