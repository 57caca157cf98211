"""`brim config`: which settings are in force and what says so, and what is wrong with them."""

import sys
from collections.abc import Iterator

import click

from brim.base.errors import BrimError
from brim.base.json_codec import encode, pretty
from brim.cli.options import all_settings
from brim.platform.setting_sources import is_open_to_others
from brim.platform.settings import Configuration, Settings, read_configuration

# ruff: noqa: PLC0415  the rule of sign-in is loaded where it is asked


@click.group()
def config() -> None:
    """Show the settings in force, or check them."""


@config.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@all_settings
def show(*, as_json: bool, **flags: str | None) -> None:
    """Print each setting with its value and where it comes from. Secrets are not shown."""
    configuration = read_configuration(flags)
    if as_json:
        rows = [
            {"setting": found.setting.key, "value": found.shown_value, "source": found.source or "default"}
            for found in configuration.settings
        ]
        click.echo(pretty(encode(rows)))
    else:
        width = max(len(found.setting.key) for found in configuration.settings)
        value_width = max(len(found.shown_value) for found in configuration.settings)
        for found in configuration.settings:
            source = found.source or "default"
            click.echo(f"{found.setting.key:{width}}  {found.shown_value:{value_width}}  {source}")
    _end_with(configuration.problems)


@config.command()
@all_settings
def check(**flags: str | None) -> None:
    """Check all settings as brim serve reads them; exit with 1 if there are errors."""
    configuration = read_configuration(flags)
    problems = configuration.problems or tuple(_disagreements(configuration.to_settings()))
    for warning in _warnings(configuration):
        click.echo(f"Warning: {warning}", err=True)
    _end_with(problems)
    click.echo("The configuration is valid.")


def _end_with(problems: tuple[BrimError, ...]) -> None:
    for problem in problems:
        click.echo(f"Error: {problem.message}", err=True)
    if problems:
        sys.exit(1)


def _disagreements(settings: Settings) -> Iterator[BrimError]:
    """Yield what is wrong among settings that are each right by themselves."""
    from brim.core.operators import client_of
    from brim.platform.kms import kms_of

    try:
        client_of(settings)
    except BrimError as error:
        yield error
    try:
        kms = kms_of(settings)
        if kms:
            kms.check()
    except BrimError as error:
        yield error


def _warnings(configuration: Configuration) -> Iterator[str]:
    """Yield what can be used and should not be: secrets that other users of the machine can read."""
    path = configuration.file
    secrets = [found for found in configuration.settings if found.setting.is_secret]
    if path and any(found.source == f"file {path}" for found in secrets) and is_open_to_others(path):
        yield f"{path} contains a secret and is readable by other users. Run chmod 600 {path}"
    yield from (
        f"{found.setting.flag} passes a secret on the command line, where other users of this machine can read it."
        for found in secrets
        if found.source == f"flag {found.setting.flag}"
    )
