"""How PostgreSQL and Brim pass files of WAL to each other: in a folder, with nothing but a shell on PostgreSQL's side.

Whoever the database runs as reaches neither the store nor the key, and under root not even Python. So PostgreSQL's
`archive_command` waits in the folder for `NAME.done`, and `restore_command` asks by a file in `asked/` and waits for
the file itself. Brim looks at what PostgreSQL has ready, keeps it, and says so; what it cannot keep it says too
(`NAME.failed`), and tries again: PostgreSQL keeps the file until then.

The folder belongs to whoever runs Brim. What the database's user could put in our way is only read, and never followed.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Final

import structlog

from brim.base.clock import system_clock_ms
from brim.base.errors import BrimError
from brim.host.backups.archive import Archive
from brim.host.backups.stores import ObjectMissingError
from brim.host.backups.wal import SEGMENT_BYTES, Segment, is_wal_file, segment_of
from brim.host.cluster_identity import read_earlier_identifiers, read_system_identifier
from brim.host.programs import major_of_cluster
from brim.host.wal_commands import ASKED, DONE, FAILED, MISSING

_READY: Final = ".ready"
_LOOK_EVERY_S: Final = 0.1
_LOOK_EVERY_IN_RECOVERY_S: Final = 0.01
_TRY_AGAIN_AFTER_S: Final = 5.0
_AHEAD: Final = 3
"""Segments that are got before they are asked for, while PostgreSQL replays the one before."""
_KEPT_WHEN_GIVEN: Final = 2 * (_AHEAD + 1)
"""Files that PostgreSQL has copied or is about to."""

_log = structlog.get_logger()


def claim_for(archive: Archive, cluster: Path) -> None:
    """Take the archive's place for a database, by PostgreSQL's directory, or find that it is its own already.

    Raises:
        OtherClusterError: it is another one's.
        UnreadableControlFileError: the directory does not say which one it is.
        StoreError: the store does not answer.
    """
    archive.claim(
        read_system_identifier(cluster),
        earlier=read_earlier_identifiers(cluster),
        server_version=str(major_of_cluster(cluster)),
        now_ms=system_clock_ms(),
    )


@asynccontextmanager
async def wal_archived(archive: Archive, cluster: Path, folder: Path) -> AsyncIterator[None]:
    """Archive what PostgreSQL has ready for as long as the block lasts.

    Args:
        archive: where to.
        cluster: PostgreSQL's directory.
        folder: where PostgreSQL waits, made if it is missing.
    """
    _make_folder(folder)
    async with _beside(_Archiver(archive, cluster, folder).step, every_s=_LOOK_EVERY_S):
        yield


@asynccontextmanager
async def wal_restored(
    archive: Archive, folder: Path, owner: tuple[int, int], on_fetched: Callable[[str], None]
) -> AsyncIterator[None]:
    """Give PostgreSQL the files that it asks for, for as long as the block lasts.

    Args:
        archive: where from.
        folder: where PostgreSQL asks, made if it is missing.
        owner: the user and the group that run it.
        on_fetched: told the name of each file.
    """
    _make_folder(folder)
    asked = folder / ASKED
    asked.mkdir(mode=0o700, exist_ok=True)
    os.chown(asked, *owner)
    async with _beside(_Source(archive, folder, owner, on_fetched).step, every_s=_LOOK_EVERY_IN_RECOVERY_S):
        yield


@asynccontextmanager
async def _beside(step: Callable[[], Awaitable[None]], *, every_s: float) -> AsyncIterator[None]:
    """Do a step again and again while the block lasts."""

    async def go_on() -> None:
        while True:
            try:
                await step()
            except Exception:  # noqa: BLE001  whatever it is must not stop the service
                _log.exception("WAL files could not be read")
                await asyncio.sleep(_TRY_AGAIN_AFTER_S)
            await asyncio.sleep(every_s)

    task = asyncio.create_task(go_on())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


class _Archiver:
    """Keeps what PostgreSQL has ready, the oldest first, and says what it has kept."""

    def __init__(self, archive: Archive, cluster: Path, folder: Path) -> None:
        self._archive = archive
        self._cluster = cluster
        self._folder = folder
        self._is_claimed = False

    async def step(self) -> None:
        """Keep all that is ready; after a failure, wait."""
        ready = _ready_files(self._cluster)
        for name in ready:
            if (self._folder / f"{name}{DONE}").exists():
                continue
            reason = await asyncio.to_thread(self._keep, name)
            if reason is not None:
                _log.error("a WAL file was not archived; it is kept and retried", file=name, reason=reason)
                await asyncio.sleep(_TRY_AGAIN_AFTER_S)
                return
        self._forget(set(ready))

    def _keep(self, name: str) -> str | None:
        """Archive one file and say how that went; return why it failed."""
        failed = self._folder / f"{name}{FAILED}"
        try:
            self._claim()
            content, completed_ms = _read_ready(self._cluster, name)
            self._archive.put_wal(name, content, completed_ms=completed_ms)
        except Exception as error:  # noqa: BLE001  whatever it is, PostgreSQL keeps the file and the service goes on
            with suppress(OSError):
                failed.touch()
            return _reason(error)
        (self._folder / f"{name}{DONE}").touch()
        failed.unlink(missing_ok=True)
        return None

    def _claim(self) -> None:
        if not self._is_claimed:
            claim_for(self._archive, self._cluster)
            self._is_claimed = True

    def _forget(self, ready: set[str]) -> None:
        """Remove what was said about files that PostgreSQL has noted itself meanwhile."""
        for path in self._folder.iterdir():
            if path.suffix in {DONE, FAILED} and path.stem not in ready:
                path.unlink(missing_ok=True)


class _Source:
    """Gives files of the archive to a PostgreSQL that recovers."""

    def __init__(
        self, archive: Archive, folder: Path, owner: tuple[int, int], on_fetched: Callable[[str], None]
    ) -> None:
        self._archive = archive
        self._folder = folder
        self._owner = owner
        self._on_fetched = on_fetched
        self._given: list[str] = []

    async def step(self) -> None:
        """Answer what is asked."""
        for name in sorted(os.listdir(self._folder / ASKED)):  # noqa: PTH208  names, which may be anything
            if is_wal_file(name):
                await asyncio.to_thread(self._answer, name)
            with suppress(OSError):
                (self._folder / ASKED / name).unlink(missing_ok=True)

    def _answer(self, name: str) -> None:
        """Put a file where PostgreSQL waits for it, or say that there is none; the segments after it, too."""
        try:
            self._give(name)
        except ObjectMissingError:
            (self._folder / f"{name}{MISSING}").touch()
            return
        except Exception as error:  # noqa: BLE001  an end of the recovery must not be taken for the end of the log
            _log.error("a WAL file cannot be restored", file=name, reason=_reason(error))
            (self._folder / f"{name}{FAILED}").touch()
            return
        segment = segment_of(name)
        if segment is not None:
            with suppress(BrimError):  # whatever it is, it is said when the file is asked for
                for number in range(segment.number + 1, segment.number + 1 + _AHEAD):
                    self._give(Segment(segment.timeline, number).name)

    def _give(self, name: str) -> None:
        """Put a file where PostgreSQL looks for it.

        Raises:
            BrimError: there is none, or it cannot be had.
        """
        if name in self._given:
            return
        content = self._archive.get_wal(name).content
        unfinished = self._folder / f"{name}.part"
        unfinished.write_bytes(content)
        os.chown(unfinished, *self._owner)
        unfinished.chmod(0o600)
        unfinished.rename(self._folder / name)
        self._on_fetched(name)
        self._given.append(name)
        while len(self._given) > _KEPT_WHEN_GIVEN:
            (self._folder / self._given.pop(0)).unlink(missing_ok=True)


def _reason(error: Exception) -> str:
    """Return what went wrong, in words for a person who reads the log."""
    return error.message if isinstance(error, BrimError) else f"Something went wrong: {error!s}"


def _make_folder(folder: Path) -> None:
    """Make a folder that others may pass through and not list, and clear what an earlier process said in it."""
    folder.mkdir(mode=0o711, exist_ok=True)
    folder.chmod(0o711)
    for path in folder.iterdir():
        if path.is_file():
            path.unlink()


def _ready_files(cluster: Path) -> list[str]:
    """Return what PostgreSQL has ready: histories first, as it does, then the oldest segment."""
    try:
        names = os.listdir(cluster / "pg_wal" / "archive_status")  # noqa: PTH208  names only
    except FileNotFoundError:  # the database was never started
        return []
    ready = (name.removesuffix(_READY) for name in names if name.endswith(_READY))
    return sorted(filter(is_wal_file, ready), key=lambda name: (not name.endswith(".history"), name))


def _read_ready(cluster: Path, name: str) -> tuple[bytes, int]:
    """Return the content of a file that is ready, and when PostgreSQL had completed it."""
    wal = cluster / "pg_wal"
    completed_ns = (wal / "archive_status" / f"{name}{_READY}").lstat().st_mtime_ns
    with os.fdopen(os.open(wal / name, os.O_RDONLY | os.O_NOFOLLOW), "rb") as file:
        return file.read(SEGMENT_BYTES + 1), completed_ns // 1_000_000
