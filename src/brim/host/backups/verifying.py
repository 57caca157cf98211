"""Checks backups: that every object is what was stored, and that the WAL after each base backup has no gap."""

import asyncio
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import msgspec

from brim.base.errors import BrimError
from brim.host.backups.archive import Archive, Manifest
from brim.host.backups.checking import (
    BaseWithoutWalError,
    Contents,
    Plan,
    WalGapError,
    ends_ms,
    missing_of_base,
    read_contents,
)
from brim.host.backups.restoring import Restored, restore


class BackupCheck(msgspec.Struct, frozen=True, kw_only=True):
    """What a verification has read, and what is wrong, in sentences."""

    bases: int
    wal_files: int
    size: int
    problems: tuple[str, ...]


class Moments(msgspec.Struct, frozen=True, kw_only=True):
    """Which moments a base backup restores, of one timeline; times are Unix milliseconds, None for no moment."""

    manifest: Manifest
    timeline: int
    from_ms: int
    until_ms: int | None
    problem: str | None


def verify_backups(archive: Archive, *, observe: Callable[[str], None] = lambda _name: None) -> BackupCheck:
    """Read everything that there is, of all clusters in the place, and return what is wrong.

    Args:
        archive: where it is.
        observe: told what is read.

    Raises:
        NoBackupsError, StoreError: there is nothing, or the store does not answer.
        SealBrokenError: a manifest or a history file is not what was stored, so nothing else can be known.
    """
    archive.cluster()
    checks = [_verify_cluster(each, observe) for each in archive.of_each_cluster()]
    problems = [problem for check in checks for problem in check.problems]
    if not archive.manifests():
        problems.append("There is no base backup. Create one with brim backup create.")
    return BackupCheck(
        bases=sum(check.bases for check in checks),
        wal_files=sum(check.wal_files for check in checks),
        size=sum(check.size for check in checks),
        problems=tuple(problems),
    )


def _verify_cluster(archive: Archive, observe: Callable[[str], None]) -> BackupCheck:
    """Read everything of one cluster, and return what is wrong; that it has no base backup is not."""
    contents = read_contents(archive)
    problems: list[str] = []
    for manifest in contents.manifests:
        for part in manifest.objects:
            observe(f"{manifest.id}/{part.name}")
            _note(problems, partial(archive.check_part, manifest, part))
    for name in sorted(contents.wal.files):
        observe(name)
        _note(problems, partial(archive.get_wal, name))
    problems += [each.problem for each in list_moments(archive, contents) if each.problem]
    size = contents.wal.size + sum(manifest.size for manifest in contents.manifests)
    return BackupCheck(
        bases=len(contents.manifests), wal_files=len(contents.wal.files), size=size, problems=tuple(problems)
    )


def list_moments(archive: Archive, contents: Contents) -> list[Moments]:
    """Return which moments each base backup restores, on every timeline that it leads to."""
    timelines = {segment.timeline for segment in contents.wal.segments} | {m.timeline for m in contents.manifests}
    found = []
    for manifest in contents.manifests:
        for timeline in sorted(timelines):
            way = contents.reach(manifest, timeline)
            if way is None:
                continue
            until_ms: int | None = None
            problem: BrimError | None = None
            missing = missing_of_base(manifest, contents.wal.segments)
            if missing is not None:
                problem = BaseWithoutWalError(manifest.id, missing)
            else:
                try:
                    until_ms = ends_ms(archive, way)
                except BrimError as error:
                    problem = error
                if way.missing is not None:
                    problem = WalGapError(manifest.id, way.missing, until_ms)
            found.append(
                Moments(
                    manifest=manifest,
                    timeline=timeline,
                    from_ms=manifest.ended_ms,
                    until_ms=until_ms,
                    problem=None if problem is None else problem.message,
                )
            )
    return found


@asynccontextmanager
async def restored_for_the_moment(
    archive: Archive, plan: Plan, *, say: Callable[[str], None]
) -> AsyncIterator[tuple[Path, Restored]]:
    """Restore among the temporary files, and yield the data folder, which is removed in the end."""
    folder = Path(tempfile.mkdtemp(prefix="brim-restored-"))
    if os.geteuid() == 0:
        folder.chmod(0o711)  # noqa: ASYNC240  the database's user has to get through
    try:
        data_dir = folder / "data"
        yield data_dir, await restore(archive, plan, data_dir, say=say)
    finally:
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)


def _note(problems: list[str], check: Callable[[], object]) -> None:
    """Do a check and add what it says to the problems."""
    try:
        check()
    except BrimError as error:
        problems.append(error.message)
