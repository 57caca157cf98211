"""Turns the settings table into click's options, and what click read back into settings."""

import os
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar

import click

from brim.kit.config import SETTINGS, Setting, Settings, load_settings

Command = TypeVar("Command", bound=Callable[..., Any])
_REACHING: Final = ("data_dir", "database_url")
"""What a command needs that only has to find the database."""

_MIGRATING: Final = (*_REACHING, "migration_url", "service_role")
"""What a command needs that changes the tables."""


def all_settings(command: Command) -> Command:
    """Give a command a flag for every setting."""
    return _with_flags(command, SETTINGS)


def reaching_settings(command: Command) -> Command:
    """Give a command the flags that say where the database is."""
    return _with_flags(command, _named(_REACHING))


def migrating_settings(command: Command) -> Command:
    """Give a command the flags that say where the database is, who owns it, and who shall have rights on it."""
    return _with_flags(command, _named(_MIGRATING))


def encryption_setting(command: Command) -> Command:
    """Give a command the flag that says how secrets are encrypted."""
    return _with_flags(command, tuple(setting for setting in SETTINGS if setting.field == "encryption_key"))


def read_settings(flags: Mapping[str, str | None]) -> Settings:
    """Return the settings in force, from the flags that click read and the environment."""
    return load_settings(flags, os.environ)


def _named(fields: tuple[str, ...]) -> tuple[Setting, ...]:
    return tuple(setting for setting in SETTINGS if setting.field in fields)


def _with_flags(command: Command, settings: tuple[Setting, ...]) -> Command:
    for setting in reversed(settings):  # the last decorator applied comes first in the help
        command = click.option(setting.flag, setting.field, metavar="VALUE", help=_help(setting))(command)
    return command


def _help(setting: Setting) -> str:
    default = "" if setting.default is None else f" Default: {setting.default}."
    return f"{setting.meaning[0].upper()}{setting.meaning[1:]}: {setting.expected}. Or {setting.variable}.{default}"
