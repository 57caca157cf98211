"""Restores the database of a moment into a new folder, and leaves it as one that was restored.

A base backup is unpacked and checked against PostgreSQL's own list of its files; PostgreSQL then reads WAL from the
archive up to the moment and begins a new timeline. All of it happens in a folder beside, which gets its name once the
database is whole, migrated, and has its outgoing bank files held (`core.direct_debits`): what is interrupted is no
data.
"""

import asyncio
import hashlib
import os
import re
import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, cast

from brim.base import json_codec
from brim.base.clock import system_clock_ms
from brim.base.errors import BrimError
from brim.base.folders import sync_folder
from brim.core.direct_debits import note_restored
from brim.host.backups.archive import DATA, FOLDER, Archive, Manifest
from brim.host.backups.checking import Plan, tell_moment
from brim.host.backups.stores import Pieces
from brim.host.backups.unpacking import UnpackedWrongError, unpack_tar
from brim.host.backups.wal_exchange import wal_restored
from brim.host.data_folder import claim_data_folder
from brim.host.embedded import RECOVERY_SIGNAL, EmbeddedPostgres, WalUse
from brim.host.identity import Identity, choose_identity
from brim.host.orphans import clear_remains
from brim.host.preparation import prepare_embedded
from brim.host.programs import DatabaseStartError, major_of_programs, wheel_binaries
from brim.host.switch import CLUSTER
from brim.platform.database import Database
from brim.platform.sealing import SealBrokenError

_UNFINISHED: Final = ".restoring"
_MANIFEST_FILE: Final = "backup_manifest"
_OUTSIDE_OF_IT: Final = frozenset({_MANIFEST_FILE})
_NOT_REACHED: Final = "recovery ended before configured recovery target was reached"
_LAST_TRANSACTION: Final = re.compile(r"last completed transaction was at log time (\S+ \S+)")


class TargetNotEmptyError(BrimError):
    """A restore never touches what is there."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} already exists. A restore creates a new data folder: choose another path.")


class OtherServerVersionError(BrimError):
    """The base backup is of another major version of PostgreSQL."""

    def __init__(self, found: str, ours: str) -> None:
        super().__init__(
            f"The base backup is of PostgreSQL {found}, and this Brim brings {ours}. Restore it with that Brim."
        )


@dataclass(frozen=True)
class Restored:
    """What came of a restore.

    Attributes:
        manifest: the base backup.
        last_transaction: when the last transaction in it ended.
        files_fetched: how many files of WAL were read.
        keeps_encryption_key: whether the key to secrets at rest came with it.
    """

    manifest: Manifest
    last_transaction: str | None
    files_fetched: int
    keeps_encryption_key: bool


async def restore(archive: Archive, plan: Plan, into: Path, *, say: Callable[[str], None]) -> Restored:
    """Restore a moment into a new data folder.

    Args:
        archive: where from.
        plan: what, as `plan_restore` has it.
        into: the new data folder.
        say: told, in a sentence, what takes longer than a person expects.

    Raises:
        TargetNotEmptyError: the folder exists.
        DataFolderInUseError: another restore into it is under way.
        OtherServerVersionError: the backup is of another major version of PostgreSQL.
        SealBrokenError, UnpackedWrongError, DatabaseStartError: what was stored is not whole.
    """
    ours = str(major_of_programs(wheel_binaries()))
    if plan.manifest.server_version != ours:
        raise OtherServerVersionError(plan.manifest.server_version, ours)
    into = into.absolute()  # noqa: ASYNC240  nothing else runs here
    if into.exists() and (not into.is_dir() or any(into.iterdir())):
        raise TargetNotEmptyError(into)
    unfinished = into.with_name(into.name + _UNFINISHED)
    if unfinished.exists():
        with claim_data_folder(unfinished, restoring=True) as folder:  # nobody is at it
            say(f"removing what an interrupted restore has left in {unfinished}")
            await clear_remains(folder.database / CLUSTER, say)
            shutil.rmtree(unfinished)
    try:
        restored = await _restore(archive, plan, unfinished, say)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise
    if into.exists():
        into.rmdir()
    unfinished.rename(into)
    sync_folder(into.parent)
    return restored


async def _restore(archive: Archive, plan: Plan, path: Path, say: Callable[[str], None]) -> Restored:
    manifest = plan.manifest
    with claim_data_folder(path, restoring=True) as folder:
        folder.mark_restoring()
        with archive.part(manifest.id, FOLDER) as pieces:
            secrets = json_codec.decode(b"".join(pieces), type=dict[str, str])
        folder.keep_secrets(secrets)
        folder.keep_archiving(archive.place)  # until a Brim without a store serves it, no WAL of it is lost
        cluster = folder.database / "cluster"
        folder.database.mkdir(mode=0o700)
        identity = choose_identity(folder.database, cluster, wheel_binaries())
        say(f"unpacking the base backup {manifest.id}")
        await asyncio.to_thread(_unpack, archive, manifest, cluster, identity)
        say("reading WAL from the archive")
        fetched: list[str] = []
        last_transaction = await _recover(archive, plan, folder.database, fetched, say)
        await _finish(folder.database, plan, say)
        folder.mark_restored()
    return Restored(manifest, last_transaction, len(set(fetched)), "encryption_key" in secrets)


def _unpack(archive: Archive, manifest: Manifest, cluster: Path, identity: Identity) -> None:
    """Unpack a base backup, whole and as it was made, and leave it to whoever runs the database."""
    data = next(part for part in manifest.objects if part.name == DATA)
    unpacked = cluster.with_name("cluster.new")
    unpacked.mkdir(mode=0o700)
    digest = hashlib.sha256()
    with archive.part(manifest.id, DATA) as pieces:
        stream = Pieces(_hashed(pieces, digest))
        unpack_tar(stream, unpacked)
        stream.skip_rest()
    if digest.hexdigest() != data.plain_sha256:
        raise SealBrokenError(f"{manifest.id}/{DATA}", "it is not what the manifest says")
    _check_files(unpacked)
    found = (unpacked / "PG_VERSION").read_text(encoding="ascii").strip()
    if found != manifest.server_version:
        raise UnpackedWrongError("PG_VERSION", f"says {found}")
    (unpacked / "pg_hba.conf").write_text("local all all scram-sha-256\n", encoding="ascii")
    (unpacked / RECOVERY_SIGNAL).touch(mode=0o600)
    for path in [unpacked, *unpacked.rglob("*")]:
        os.chown(path, identity.owner, identity.group, follow_symlinks=False)
    unpacked.rename(cluster)


def _hashed(pieces: Iterable[bytes], digest: "hashlib._Hash") -> Iterator[bytes]:
    for piece in pieces:
        digest.update(piece)
        yield piece


def _check_files(cluster: Path) -> None:
    """Check every file against PostgreSQL's own list.

    Source: PostgreSQL documentation, "Backup Manifest Format".

    Raises:
        UnpackedWrongError: one is missing, is another one, or is not in the list.
    """
    listed = cast("dict[str, object]", json_codec.decode((cluster / _MANIFEST_FILE).read_bytes()))
    expected = {file["Path"]: file for file in cast("list[dict[str, str]]", listed["Files"])}
    there = {path.relative_to(cluster).as_posix() for path in cluster.rglob("*") if path.is_file()} - _OUTSIDE_OF_IT
    for name in sorted(there ^ set(expected)):
        raise UnpackedWrongError(name, "is missing" if name in expected else "is not in its list")
    for name, file in expected.items():
        with (cluster / name).open("rb") as stream:
            digest = hashlib.file_digest(stream, file["Checksum-Algorithm"].lower()).hexdigest()
        if digest != file["Checksum"]:
            raise UnpackedWrongError(name, "has another checksum")


async def _recover(
    archive: Archive, plan: Plan, folder: Path, fetched: list[str], say: Callable[[str], None]
) -> str | None:
    """Let PostgreSQL read WAL up to the moment; return when the last transaction ended, as it says."""
    timeline = "current" if plan.timeline == plan.manifest.timeline else str(plan.timeline)
    settings = {"recovery_target_timeline": timeline, "recovery_target_action": "promote"}
    target = {} if plan.at_ms is None else {"recovery_target_time": tell_moment(plan.at_ms).replace("Z", "+00")}
    try:
        return await _recover_with(archive, folder, settings | target, fetched, say)
    except DatabaseStartError as error:
        # The archive reaches beyond the moment, and nothing was committed from the moment on.
        if _NOT_REACHED not in error.message:
            raise
    return await _recover_with(archive, folder, settings, fetched, say)


async def _recover_with(
    archive: Archive, folder: Path, settings: dict[str, str], fetched: list[str], say: Callable[[str], None]
) -> str | None:
    postgres = EmbeddedPostgres(folder, say=say, wal=WalUse.KEPT, recovery=settings)
    owner = postgres.cluster.stat()
    async with wal_restored(archive, postgres.wal_folder, (owner.st_uid, owner.st_gid), fetched.append):
        try:
            await postgres.start()
        finally:
            await postgres.stop()
    said = _LAST_TRANSACTION.findall((folder / "server.log").read_text(encoding="utf-8", errors="replace"))
    return str(said[-1]) if said else None


async def _finish(folder: Path, plan: Plan, say: Callable[[str], None]) -> None:
    """Bring a recovered database to this version, and hold what would leave it for a bank."""
    postgres = EmbeddedPostgres(folder, say=say, wal=WalUse.KEPT)
    try:
        await postgres.start()
        await prepare_embedded(postgres.urls, now_ms=system_clock_ms())
        database = await Database.connect(postgres.urls.owner, max_connections=1, application="brim backup")
        try:
            async with database.connection() as conn:
                await note_restored(conn, f"{plan.manifest.id} at {tell_target(plan)}")
        finally:
            await database.close()
    finally:
        await postgres.stop()


def tell_target(plan: Plan) -> str:
    """Return the moment of a plan as `--at` takes it."""
    return "latest" if plan.at_ms is None else tell_moment(plan.at_ms)
