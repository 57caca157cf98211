"""Commands that run the service or its parts: serve, api, worker, migrate, upgrade, verify."""

import asyncio
import os
import socket
import sys
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from brim.base.errors import BrimError
from brim.cli.options import all_settings, data_folder_setting, migrating_settings, reaching_settings, read_settings
from brim.platform.settings import Settings

if TYPE_CHECKING:
    from brim.core.ledger import Head
    from brim.core.verification import Clearing, VerificationRun
    from brim.host.preparation import Preparation

# ruff: noqa: PLC0415  each command loads only what it runs


class MissingDatabaseUrlError(BrimError):
    """A part of the service was started alone, without a database."""

    def __init__(self, command: str) -> None:
        super().__init__(
            f"brim {command} needs --database-url or BRIM_DATABASE_URL. For a database of its own, use brim serve."
        )


@click.command()
@all_settings
def serve(**flags: str | None) -> None:
    """Run everything: the database (unless a URL is given), migrations, API processes and a worker."""
    from brim.cli.root import cli
    from brim.host.fork_server import forked_ahead
    from brim.host.supervisor import is_shareable
    from brim.host.supervisor import serve as run
    from brim.platform.telemetry.logs import configure_logging

    settings = read_settings(flags)
    configure_logging(settings.log_level, settings.log_format)
    with ExitStack() as ahead:
        if is_shareable(settings):
            ahead.enter_context(forked_ahead(partial(cli.main, prog_name="brim"), _load_service))
        sys.exit(asyncio.run(run(settings, show=click.echo)))


@click.command()
@all_settings
def api(**flags: str | None) -> None:
    """Run one API process on a migrated database. It can take its sockets from a systemd socket unit."""
    settings = _settings_with_database("api", flags)
    _share_metrics(settings)
    from brim.host.activation import activated_listeners, own_url_of
    from brim.host.api_process import run_api
    from brim.host.listener import listener_url, open_listener
    from brim.host.unix_socket import open_unix_listener, removed_afterwards

    inherited = os.environ.get("BRIM_INTERNAL_LISTEN_FDS")
    if inherited:
        listeners = [socket.socket(fileno=int(text)) for text in inherited.split(",")]
        _wait_for_database()
        run_api(settings, listeners, _inherited_fd("BRIM_INTERNAL_ALIVE_FD"), own_url=listener_url(listeners[0]))
        return
    with ExitStack() as opened:
        listeners = [opened.enter_context(listener) for listener in activated_listeners()]
        listeners = listeners or [opened.enter_context(open_listener(settings.host, settings.port))]
        if settings.unix_socket:
            listeners.append(opened.enter_context(removed_afterwards(open_unix_listener(settings.unix_socket))))
        run_api(settings, listeners, None, own_url=own_url_of(listeners))


@click.command()
@all_settings
def worker(**flags: str | None) -> None:
    """Run one worker on a migrated database."""
    settings = _settings_with_database("worker", flags)
    _share_metrics(settings)
    from brim.api.wire_formats import WIRE_FORMATS
    from brim.worker.run import run_worker

    _wait_for_database()
    run_worker(settings, _inherited_fd("BRIM_INTERNAL_ALIVE_FD"), WIRE_FORMATS)


def _load_service() -> None:
    """Load all that the processes need which a fork server forks."""
    from brim.api.wire_formats import WIRE_FORMATS  # noqa: F401
    from brim.host.api_process import run_api  # noqa: F401
    from brim.worker.run import run_worker  # noqa: F401


class NoSupervisorError(BrimError):
    """What only a supervisor starts was started by somebody else."""

    def __init__(self) -> None:
        super().__init__("brim fork-server is started by brim serve and can't be run on its own.")


@click.command(hidden=True)
def fork_server() -> None:
    """Fork processes for the supervisor. Started by brim serve."""
    from brim.cli.root import cli
    from brim.host.fork_server import LINE_VARIABLE, serve_forks

    _load_service()

    descriptor = os.environ.pop(LINE_VARIABLE, None)
    if descriptor is None:
        raise NoSupervisorError
    with socket.socket(fileno=int(descriptor)) as line:
        serve_forks(line, partial(cli.main, prog_name="brim"))


@click.command()
@click.option(
    "--phase",
    type=click.Choice(["pre", "all"]),
    default="all",
    help="pre: only steps that are safe while the previous version still runs. all: every step, once it has stopped.",
)
@migrating_settings
def migrate(*, phase: str, **flags: str | None) -> None:
    """Run migrations and grant privileges."""
    done = asyncio.run(_migrate(read_settings(flags), phase))
    for name in done.applied:
        click.echo(f"applied {name}")
    if done.weakness:
        _whisper(f"Warning: {done.weakness}")
    if not done.waiting:
        click.echo("The database is up to date.")
        return
    for name in done.waiting:
        click.echo(f"waiting {name}")
    click.echo("Run brim migrate again once no process of the previous version runs.")


async def _migrate(settings: Settings, phase: str) -> "Preparation":
    from brim.base.clock import system_clock_ms
    from brim.host.access import reach_server
    from brim.host.preparation import prepare_database
    from brim.platform.migrate import Phase

    # Who only migrates need not say how the service connects.
    settings = replace(settings, database_url=settings.database_url or settings.migration_url)
    async with reach_server(settings, say=_whisper) as urls:
        return await prepare_database(
            urls, now_ms=system_clock_ms(), phase=Phase(phase), rehearsal=settings.rehearsal, say=_whisper
        )


@click.command()
@click.option(
    "--old-binaries",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="The folder of the old PostgreSQL's programs, if they are not found.",
)
@data_folder_setting
def upgrade(*, old_binaries: Path | None, **flags: str | None) -> None:
    """Upgrade the embedded database to this Brim's version of PostgreSQL, while Brim is stopped."""
    from brim.host.data_folder import check_has_data, claim_data_folder
    from brim.host.major_upgrade import upgrade_embedded

    path = read_settings(flags).data_dir
    check_has_data(path)
    with claim_data_folder(path) as folder:
        done = asyncio.run(upgrade_embedded(folder.database, old_binaries=old_binaries, say=_whisper))
        backups = folder.archiving
    if done is None:
        click.echo("The database already uses this version of PostgreSQL. Nothing to do.")
        return
    click.echo(
        f"The database was upgraded from PostgreSQL {done.found} to {done.wanted}. Its books balance, and "
        f"its chain of {done.sealed} entries is intact.\nThe previous database is in {done.earlier}. Remove "
        f"it once you no longer need it."
    )
    if backups is not None:
        click.echo(
            f"The base backups in {backups} are of PostgreSQL {done.found} and can be restored only with the "
            f"previous version of Brim. Start brim serve, and run brim backup create."
        )


_VERIFY_WARNINGS: Final = {
    "nothing_checked": "The books are empty, so nothing was checked.",
    "chain_not_checked": "The hash chains were not checked: use --chain.",
    "stopped_early": "Stopped after 20 differences. There may be more.",
    "unsealed_entries": "Some entries are not sealed yet, so no hash chain covers them.",
}
"""Why a result says less than it seems to."""


@click.command()
@click.option("--chain", is_flag=True, help="Also follow the hash chains of the books.")
@click.option("--heads", is_flag=True, help="Like --chain, and print the head of each chain, to keep a copy elsewhere.")
@reaching_settings
def verify(*, chain: bool, heads: bool, **flags: str | None) -> None:
    """Recompute the books from the journal entries and list differences; exit with 1 if there are any."""
    run = asyncio.run(_verify(read_settings(flags), with_chain=chain or heads, with_heads=heads))
    for difference in run.differences:
        click.echo(str(difference))
    for warning in run.warnings:
        if warning in _VERIFY_WARNINGS:
            click.echo(_VERIFY_WARNINGS[warning], err=True)
    if run.differences:
        click.echo(f"The books don't balance. Differences listed above: {len(run.differences)}.", err=True)
        sys.exit(1)
    click.echo("The books balance.")
    if run.sealed is not None:
        entries = "entry" if run.sealed == 1 else "entries"
        click.echo(f"The chain is intact: {run.sealed} {entries} sealed, {run.unsealed} unsealed.")
    if run.clearing and run.clearing.topups:
        _show_clearing(run.clearing, now_s=run.ended_ms // 1000)


def _show_clearing(clearing: "Clearing", *, now_s: int) -> None:
    """Print what is between the bank and the balance, the oldest top-ups by name and age.

    What a test clock has dated ahead of real time has no age.
    """
    from brim.core.reports import major_units

    amounts = ", ".join(
        f"{major_units(amount, currency)} {currency.upper()}" for currency, amount in sorted(clearing.amounts.items())
    )
    noun = "top-up" if clearing.topups == 1 else "top-ups"
    click.echo(f"Funding clearing: {clearing.topups:,} {noun}, {amounts}. Oldest:")
    for topup in clearing.oldest:
        age_h = max(0, now_s - topup.since) // 3600
        amount = major_units(topup.amount, topup.currency)
        click.echo(f"  {topup.account} {topup.topup}: {amount} {topup.currency.upper()}, for {age_h} h")


async def _verify(settings: Settings, *, with_chain: bool, with_heads: bool) -> "VerificationRun":
    """Return what was found; a progress bar shows on a terminal while there is much to read."""
    from rich.console import Console
    from rich.progress import Progress

    from brim.base.clock import system_clock_ms
    from brim.base.ids import IdFactory
    from brim.core.integrity import verify_and_remember
    from brim.host.access import reach_database

    async with reach_database(settings, say=_whisper) as database:
        with Progress(console=Console(stderr=True), transient=True) as progress:
            task = progress.add_task("Reading the books", total=None)
            return await verify_and_remember(
                database,
                clock=system_clock_ms,
                ids=IdFactory(),
                with_chain=with_chain,
                on_progress=lambda done, total: progress.update(task, completed=done, total=total),
                on_head=_show_head if with_heads else lambda _head: None,
            )


def _show_head(head: "Head") -> None:
    """Print where a chain ends, as an auditor writes it down."""
    from brim.core.verification import mode_of

    click.echo(f"{head.scope.account} ({mode_of(head.scope)}): {head}")


def _settings_with_database(command: str, flags: dict[str, str | None]) -> Settings:
    settings = read_settings(flags)
    if settings.database_url is None:
        raise MissingDatabaseUrlError(command)
    return settings


def _share_metrics(settings: Settings) -> None:
    """Keep what this process counts where the settings say; before anything is imported that counts."""
    if settings.metrics_dir:
        from brim.platform.telemetry.prometheus_internals import share_metrics

        share_metrics(settings.metrics_dir)


def _inherited_fd(variable: str) -> int | None:
    """Return a file descriptor that the supervisor passed on, None when a person started us."""
    text = os.environ.get(variable)
    return int(text) if text else None


def _wait_for_database() -> None:
    """Wait for the supervisor, which starts us while the database is still being made ready: loading takes time too."""
    begin_fd = _inherited_fd("BRIM_INTERNAL_BEGIN_FD")
    if begin_fd is not None:
        os.read(begin_fd, 1)
        os.close(begin_fd)


def _whisper(sentence: str) -> None:
    click.echo(sentence, err=True)
