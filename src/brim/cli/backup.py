"""The commands `brim backup`: base backups of the embedded database, restores to a moment, and their checks."""

import asyncio
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from brim.base.clock import system_clock_ms
from brim.cli.database import show_table
from brim.cli.options import backup_settings, read_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from brim.core.verification import VerificationRun
    from brim.host.backups.archive import Archive
    from brim.platform.settings import Settings

# ruff: noqa: PLC0415  each command loads only what it runs

LATEST: Final = "latest"


class Moment(click.ParamType[int | None]):
    """A moment in Unix milliseconds, written as `2026-11-29T15:04:05.123Z`; None for `latest`."""

    name = "moment"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int | None:
        """Return the moment that a text names."""
        if not isinstance(value, str) or value == LATEST:
            return None
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is not a point in time: use the form 2026-11-29T15:04:05Z, or {LATEST}.", param, ctx)
        if moment.tzinfo is None:
            self.fail(f"{value!r} has no time zone: add Z for UTC, or an offset such as +01:00.", param, ctx)
        return round(moment.astimezone(UTC).timestamp() * 1000)


@click.group()
def backup() -> None:
    """Back up the embedded database of brim serve, and restore it to a point in time."""


@backup.command("create")
@click.option(
    "--keep", type=click.IntRange(min=1), help="Afterwards keep only this many base backups, and the WAL they need."
)
@backup_settings
def create(keep: int | None, **flags: str | None) -> None:
    """Create a base backup, whether or not Brim is running. Its WAL is archived automatically."""
    from brim.host.backups import archive_of
    from brim.host.backups.creating import apply_retention, create_backup

    settings = read_settings(flags)
    with _progress("Reading the database") as advance:
        manifest = asyncio.run(create_backup(settings, say=_whisper, observe=advance))
    took_s = (manifest.ended_ms - manifest.begun_ms) / 1000
    plain = sum(part.plain_size for part in manifest.objects)
    click.echo(f"{manifest.id}: {_size(plain)}, stored as {_size(manifest.size)}, in {took_s:.1f} s")
    if keep is not None:
        for base in apply_retention(archive_of(settings), keep=keep, now_ms=system_clock_ms()):
            click.echo(f"removed {base}")


@backup.command("list")
@backup_settings
def list_(**flags: str | None) -> None:
    """List base backups and the points in time they can restore; exit with 1 if one can't be restored."""
    from brim.host.backups import archive_of
    from brim.host.backups.archive import NoBackupsError
    from brim.host.backups.checking import read_contents, tell_moment
    from brim.host.backups.verifying import list_moments

    archive = archive_of(read_settings(flags))
    contents = [(each, read_contents(each)) for each in archive.of_each_cluster()]
    if not contents:
        raise NoBackupsError(archive.place)
    found = [moments for each in contents for moments in list_moments(*each)]
    files = [file for _, each in contents for file in each.wal.files.values()]
    show_table(
        ("Base backup", "PostgreSQL", "Size", "Duration", "Timeline", "Restores from", "until", "Problem"),
        [
            (
                each.manifest.id,
                each.manifest.server_version,
                _size(each.manifest.size),
                f"{(each.manifest.ended_ms - each.manifest.begun_ms) / 1000:.1f} s",
                str(each.timeline),
                tell_moment(each.from_ms),
                "" if each.until_ms is None else tell_moment(each.until_ms),
                each.problem or "",
            )
            for each in found
        ],
    )
    click.echo(f"{len(files)} files of WAL, {_size(sum(file.size for file in files))}, in {archive.place}", err=True)
    if any(each.problem for each in found):
        raise SystemExit(1)


@backup.command("verify")
@click.option("--deep", is_flag=True, help="Also restore everything into a temporary folder and verify its books.")
@click.option("--timeline", type=click.IntRange(min=1), help="With --deep: the timeline.")
@backup_settings
def verify(*, deep: bool, timeline: int | None, **flags: str | None) -> None:
    """Read every object and check that it is authentic and that no WAL is missing; exit with 1 otherwise."""
    from brim.host.backups import archive_of
    from brim.host.backups.verifying import verify_backups

    settings = read_settings(flags)
    archive = archive_of(settings)
    found = verify_backups(archive)
    for problem in found.problems:
        click.echo(problem)
    click.echo(f"{found.bases} base backups and {found.wal_files} files of WAL read, {_size(found.size)}.", err=True)
    if found.problems:
        click.echo(f"The backups can't be relied on. Problems listed above: {len(found.problems)}.", err=True)
        raise SystemExit(1)
    click.echo("The backups are complete.")
    if deep:
        _show_run(asyncio.run(_verify_deep(settings, archive, timeline)))


async def _verify_deep(settings: "Settings", archive: "Archive", timeline: int | None) -> "VerificationRun":
    from brim.host.backups.checking import plan_restore
    from brim.host.backups.verifying import restored_for_the_moment

    plan = await asyncio.to_thread(plan_restore, archive, timeline=timeline)
    async with restored_for_the_moment(archive, plan, say=_whisper) as (data_dir, _):
        return await _verify_books(settings, data_dir)


async def _verify_books(settings: "Settings", data_dir: Path) -> "VerificationRun":
    """Return what is wrong with the books and the chain in a data folder."""
    from dataclasses import replace

    from brim.base.ids import IdFactory
    from brim.core.integrity import verify_and_remember
    from brim.host.access import reach_database

    async with reach_database(replace(settings, data_dir=data_dir), say=_whisper) as database:
        return await verify_and_remember(database, clock=system_clock_ms, ids=IdFactory(), with_chain=True)


def _show_run(run: "VerificationRun") -> None:
    for difference in run.differences:
        click.echo(str(difference))
    if run.differences:
        click.echo(f"The restored books don't balance. Differences listed above: {len(run.differences)}.", err=True)
        raise SystemExit(1)
    click.echo(
        f"Restored: the books balance and the chain is intact ({run.sealed} entries sealed, {run.unsealed} unsealed)."
    )


@backup.command("restore")
@click.option(
    "--at",
    "at_ms",
    type=Moment(),
    required=True,
    help=f"A point in time, such as 2026-11-29T15:04:05.123Z, or {LATEST}.",
)
@click.option("--into", type=click.Path(path_type=Path), required=True, help="The new data folder; it must not exist.")
@click.option("--timeline", type=click.IntRange(min=1), help="The timeline. Default: the newest.")
@click.option("--base", metavar="ID", help="The base backup. Default: the newest that fits.")
@backup_settings
def restore(at_ms: int | None, into: Path, timeline: int | None, base: str | None, **flags: str | None) -> None:
    """Restore the database at a point in time into a new data folder. Outgoing bank files are held."""
    from brim.host.backups import archive_of
    from brim.host.backups.checking import plan_restore
    from brim.host.backups.restoring import restore as run

    archive = archive_of(read_settings(flags))
    plan = plan_restore(archive, at_ms=at_ms, timeline=timeline, base=base)
    begun_ms = system_clock_ms()
    restored = asyncio.run(run(archive, plan, into, say=_whisper))
    took_s = (system_clock_ms() - begun_ms) / 1000
    last = restored.last_transaction or "in the base backup"
    click.echo(
        f"{into}: restored from {restored.manifest.id} and {restored.files_fetched} files of WAL in {took_s:.1f} s. "
        f"Last transaction: {last}."
    )
    _tell_next_steps(into, keeps_key=restored.keeps_encryption_key)


def _tell_next_steps(into: Path, *, keeps_key: bool) -> None:
    """Print what a person does after a restore."""
    if not keeps_key:
        click.echo(
            "The encryption key isn't stored in the data folder: set BRIM_ENCRYPTION_KEY to the one used before."
        )
    click.echo(
        "Outgoing bank files are held, and incoming ones aren't applied, until you compare what was sent. Next:\n"
        f"  brim verify --chain --data-dir {into}\n"
        f"  brim backup compare --data-dir {into}     what has left since, as far as it can be found\n"
        f"  brim ach compare --data-dir {into}        where there is live money\n"
        f"  brim serve --data-dir {into}, and brim backup create, as it archives a timeline of its own now"
    )


@backup.command("compare")
@click.option(
    "--ids",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    multiple=True,
    help="A text file with IDs of events and top-ups, such as a receiver's export or a log. Can be repeated.",
)
@backup_settings
def compare(ids: tuple[Path, ...], **flags: str | None) -> None:
    """After a restore: list what it undid that may already have been sent; exit with 1 if there is anything."""
    found = asyncio.run(_compare(read_settings(flags), ids))
    show_table(("What", "Account", "Mode", "Id", "Detail", "Sent to"), found)
    if found:
        raise SystemExit(1)


async def _compare(settings: "Settings", ids: tuple[Path, ...]) -> list[tuple[str, ...]]:
    """Return a line for each thing that has left, as far as it can be found."""
    from dataclasses import replace

    from brim.core.direct_debits import list_unknown_files
    from brim.core.divergence import find_undone, find_unknown_ids, ids_in
    from brim.host.access import reach_database
    from brim.host.backups import archive_of
    from brim.host.backups.checking import ends_ms, tell_moment
    from brim.host.backups.comparing import NothingLeftError, left_timeline, plan_of_left
    from brim.host.backups.verifying import restored_for_the_moment

    archive = archive_of(settings)
    lines: list[tuple[str, ...]] = []
    async with reach_database(settings, say=_whisper) as here:
        async with here.connection() as conn:
            lines += [
                ("bank file", scope.account, "live" if scope.livemode else "test", file_id, file.name, "the bank")
                for scope, file_id, file in await list_unknown_files(conn)
            ]
        try:
            plan = await plan_of_left(archive, left_timeline(settings.data_dir))
        except NothingLeftError as error:
            _whisper(error.message)
        else:
            end_ms = ends_ms(archive, plan.reach) or 0
            _whisper(f"Comparing with all that was archived of timeline {plan.timeline}, until {tell_moment(end_ms)}.")
            async with (
                restored_for_the_moment(archive, plan, say=_whisper) as (data_dir, _),
                reach_database(replace(settings, data_dir=data_dir), say=_whisper) as there,
            ):
                lines += [
                    (
                        undone.kind.value,
                        undone.scope.account,
                        "live" if undone.scope.livemode else "test",
                        undone.id,
                        undone.detail,
                        f"{undone.sent} endpoints" if undone.sent else "",
                    )
                    async for undone in find_undone(here, there)
                ]
        told = {line[3] for line in lines}
        for path in ids:
            with path.open(encoding="utf-8", errors="replace") as text:
                unknown = await find_unknown_ids(here, ids_in(text) - told)
            lines += [("id", "", "", each, f"in {path}", "") for each in unknown]
    return lines


@contextmanager
def _progress(doing: str) -> "Iterator[Callable[[int], None]]":
    """Yield what counts bytes; a bar shows on a terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn

    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(doing, total=None)
        yield lambda size: progress.update(task, advance=size)


def _size(count: int) -> str:
    """Return a number of bytes as a person reads it."""
    size = float(count)
    for unit in ("B", "KB", "MB", "GB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} TB"


def _whisper(sentence: str) -> None:
    click.echo(sentence, err=True)
