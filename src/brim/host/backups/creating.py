"""Makes a base backup while Brim runs: PostgreSQL's own `pg_basebackup`, straight into the store.

Its WAL goes there by itself, and `pg_basebackup` waits until the store has what belongs to it; only then is the
manifest written that makes a backup of it. Whatever is interrupted before is no backup.
"""

import asyncio
import os
import re
import select
import subprocess
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, Final
from urllib.parse import parse_qs, urlsplit

import brim
from brim.base import json_codec
from brim.base.clock import system_clock_ms
from brim.base.errors import BrimError
from brim.core.archiving import BaseBackup, keep_base_backup, read_archiving
from brim.host.backups import archive_of
from brim.host.backups.archive import DATA, FOLDER, FORMAT, Archive, Manifest, StoredWal
from brim.host.backups.checking import BaseWithoutWalError, missing_of_base
from brim.host.backups.stores import counted
from brim.host.backups.wal import Segment, number_before, parse_lsn
from brim.host.backups.wal_exchange import claim_for, wal_archived
from brim.host.cluster_identity import read_system_identifier
from brim.host.data_folder import DataFolderInUseError, check_has_data, claim_data_folder, read_kept_secrets
from brim.host.database_socket import OWNER
from brim.host.database_urls import DatabaseUrls
from brim.host.embedded import EmbeddedPostgres, WalUse, running_urls
from brim.host.preparation import prepare_embedded
from brim.host.programs import wheel_binaries
from brim.platform.database import Database
from brim.platform.settings import Settings

_SILENT_AT_MOST_S: Final = 300.0
"""How long `pg_basebackup` may give nothing: a checkpoint, or waiting until its WAL is archived."""

_PIECE_BYTES: Final = 1024 * 1024
_UNFINISHED_AFTER_MS: Final = 24 * 60 * 60 * 1000
_HISTORY_LINES: Final = re.compile(
    r"START WAL LOCATION: (?P<start>\S+).*?^STOP WAL LOCATION: (?P<stop>\S+).*?^LABEL: (?P<label>\S+)$"
    r".*?^START TIMELINE: (?P<timeline>\d+)$",
    re.MULTILINE | re.DOTALL,
)
"""Source: PostgreSQL, `build_backup_content` in `src/backend/access/transam/xlogbackup.c`."""


class NotArchivingError(BrimError):
    """The running Brim does not archive its WAL, without which a base backup is worth nothing."""

    def __init__(self) -> None:
        super().__init__(
            "The Brim that runs in this data folder was started without --backup-store, so its WAL is not archived, "
            "and a base backup without its WAL restores nothing. Restart it with --backup-store and BRIM_BACKUP_KEY."
        )


class BaseBackupError(BrimError):
    """`pg_basebackup` did not come to its end."""

    def __init__(self, said: str) -> None:
        super().__init__(f"The base backup failed, and what there is of it is no backup. pg_basebackup said: {said}")


@dataclass(frozen=True)
class _Reached:
    """The database that is backed up: how it is reached, and where it lies."""

    urls: DatabaseUrls
    cluster: Path


async def create_backup(
    settings: Settings, *, say: Callable[[str], None], observe: Callable[[int], None] = lambda _size: None
) -> Manifest:
    """Make a base backup of the database in the data folder, running or not, and return what it is.

    Args:
        settings: where it is and where backups go.
        say: told, in a sentence, what takes longer than a person expects.
        observe: told how many bytes were read, again and again.

    Raises:
        NotArchivingError: the running Brim does not archive its WAL.
        BaseBackupError: `pg_basebackup` failed.
        BrimError: the store, the key or the data folder cannot be used; its sentence says why.
    """
    archive = archive_of(settings)
    check_has_data(settings.data_dir)
    async with _reached(settings, archive, say) as reached:
        await _require_archiving(reached.urls)
        identifier = read_system_identifier(reached.cluster)
        await asyncio.to_thread(claim_for, archive, reached.cluster)
        manifest = await asyncio.to_thread(_create, archive, reached, identifier, settings.data_dir, observe)
    keep_base_backup(settings.data_dir, BaseBackup(id=manifest.id, place=archive.place, ended_ms=manifest.ended_ms))
    return manifest


@asynccontextmanager
async def _reached(settings: Settings, archive: Archive, say: Callable[[str], None]) -> AsyncIterator[_Reached]:
    """Yield the running database, or ours for the moment, whose WAL we archive ourselves."""
    folder = settings.data_dir / "postgres"
    with ExitStack() as claimed:
        try:
            data_folder = claimed.enter_context(claim_data_folder(settings.data_dir))
        except DataFolderInUseError:
            urls = running_urls(folder)
            if urls is None:
                raise
            yield _Reached(urls, folder / "cluster")
            return
        data_folder.keep_archiving(archive.place)
        postgres = EmbeddedPostgres(folder, say=say, wal=WalUse.ARCHIVED, archive_every_s=settings.backup_wal_every_s)
        async with wal_archived(archive, postgres.cluster, postgres.wal_folder):
            try:
                await postgres.start()
                await prepare_embedded(postgres.urls, now_ms=system_clock_ms())
                yield _Reached(postgres.urls, postgres.cluster)
            finally:
                await postgres.stop()


async def _require_archiving(urls: DatabaseUrls) -> None:
    database = await Database.connect(urls.owner, max_connections=1, application="brim backup")
    try:
        async with database.connection() as conn:
            if not (await read_archiving(conn)).is_on:
                raise NotArchivingError
    finally:
        await database.close()


def _create(
    archive: Archive, reached: _Reached, identifier: str, data_dir: Path, observe: Callable[[int], None]
) -> Manifest:
    begun_ms = system_clock_ms()
    moment = datetime.fromtimestamp(begun_ms / 1000, UTC)
    base = f"{moment:%Y%m%dT%H%M%S}.{begun_ms % 1000:03}Z"
    with tempfile.TemporaryFile() as said, _pg_basebackup(reached.urls, base, said) as process:
        data = archive.put_part(base, DATA, counted(_output(process), lambda piece: observe(len(piece))))
        process.wait(_SILENT_AT_MOST_S)
        if process.returncode:
            raise BaseBackupError(_read(said))
    wal = archive.list_wal()
    span = _span(archive, wal, base)
    last = Segment(int(span["timeline"]), number_before(parse_lsn(span["stop"])))
    secrets = json_codec.encode(read_kept_secrets(data_dir))
    manifest = Manifest(
        format=FORMAT,
        id=base,
        system_identifier=identifier,
        server_version=(reached.cluster / "PG_VERSION").read_text(encoding="ascii").strip(),
        brim_version=brim.__version__,
        begun_ms=begun_ms,
        ended_ms=archive.get_wal(last.name).completed_ms,
        timeline=int(span["timeline"]),
        start=span["start"],
        stop=span["stop"],
        objects=(data, archive.put_part(base, FOLDER, [secrets])),
    )
    missing = missing_of_base(manifest, wal.segments)
    if missing is not None:
        raise BaseWithoutWalError(base, missing)
    archive.put_manifest(manifest)
    return manifest


def _span(archive: Archive, wal: StoredWal, base: str) -> "re.Match[str]":
    """Return where a base backup begins and ends in the log, as the file says that PostgreSQL archives after each.

    Raises:
        BaseBackupError: there is none for this base backup.
    """
    for name in sorted(wal.files, reverse=True):
        if name.endswith(".backup"):
            lines = _HISTORY_LINES.search(archive.get_wal(name).content.decode(errors="replace"))
            if lines is not None and lines["label"] == base:
                return lines
    raise BaseBackupError("that it was done, and the archive has no file that says where.")


@contextmanager
def _pg_basebackup(urls: DatabaseUrls, label: str, said: IO[bytes]) -> "Iterator[subprocess.Popen[bytes]]":
    """Run the program, until the block ends; without WAL in its output it waits until the archive has what it needs."""
    url = urlsplit(urls.owner)
    host = parse_qs(url.query)["host"][0]
    options = ["--pgdata=-", "--format=tar", "--wal-method=none", "--checkpoint=fast", "--verbose"]
    environment = {"LC_ALL": "C", "TZ": "UTC", "PGPASSWORD": url.password or ""}
    library_path = os.environ.get("LD_LIBRARY_PATH")
    with subprocess.Popen(  # noqa: S603  the wheel's program
        [
            str(wheel_binaries() / "pg_basebackup"),
            *options,
            f"--host={host}",
            "--port=5432",
            f"--username={OWNER}",
            "--no-password",
            f"--label={label}",
            "--manifest-checksums=SHA256",
        ],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=said,
        env=environment | ({"LD_LIBRARY_PATH": library_path} if library_path else {}),
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def _output(process: "subprocess.Popen[Any]") -> Iterator[bytes]:
    """Yield what the program writes.

    Raises:
        BaseBackupError: it writes nothing for long.
    """
    stream = process.stdout
    if stream is None:
        raise RuntimeError("the program has no output")
    while True:
        ready, _, _ = select.select([stream], [], [], _SILENT_AT_MOST_S)
        if not ready:
            raise BaseBackupError(f"nothing for {_SILENT_AT_MOST_S:g} seconds. Is its WAL archived?")
        piece = os.read(stream.fileno(), _PIECE_BYTES)
        if not piece:
            return
        yield piece


def _read(said: IO[bytes]) -> str:
    said.seek(0)
    return said.read().decode(errors="replace").strip()


def apply_retention(archive: Archive, *, keep: int, now_ms: int) -> list[str]:
    """Remove all base backups but the newest few, and the WAL that only those needed; return what was removed.

    Those from before an upgrade count, too, and go first. What killed writers left more than a day ago goes as well.
    """
    if not archive.manifests():
        return []
    archives = archive.of_each_cluster()
    newest = sorted((manifest for each in archives for manifest in each.manifests()), key=lambda each: each.begun_ms)
    kept = {manifest.id for manifest in newest[-keep:]}
    removed = [base for each in archives for base in _remove_all_but(each, kept, now_ms - _UNFINISHED_AFTER_MS)]
    for each in archives:
        starts = [parse_lsn(manifest.start) for manifest in each.manifests()]
        if starts or not each.is_of_same_cluster(archive):
            for name in each.list_wal().names_before(min(starts)) if starts else sorted(each.list_wal().files):
                each.remove_wal(name)
    archive.remove_unfinished(now_ms=now_ms)
    return removed


def _remove_all_but(archive: Archive, kept: set[str], unfinished_before_ms: int) -> list[str]:
    """Remove the base backups of one cluster but for some, and what interrupted ones have left; return the former."""
    removed = [manifest.id for manifest in archive.manifests() if manifest.id not in kept]
    for base in removed:
        archive.remove_base(base)
    for base, parts in archive.unfinished_bases().items():
        if max(part.modified_ms for part in parts) < unfinished_before_ms:
            archive.remove_base(base)
    return removed
