"""After `brim upgrade` backups go on in the same place: what was made before stays, and what is made after restores."""

import asyncio
import re
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from brim.host.backups import archive_of
from brim.host.backups.archive import Archive
from brim.host.backups.creating import create_backup
from brim.host.backups.wal_exchange import wal_archived
from brim.host.data_folder import claim_data_folder
from brim.host.database_socket import SERVICE_ROLE
from brim.host.embedded import EmbeddedPostgres, WalUse
from brim.host.preparation import prepare_embedded
from brim.host.programs import find_binaries, major_of_programs, wheel_binaries
from brim.platform.roles import keep_service_role
from brim.platform.settings import Settings, load_settings
from brim.platform.vault import new_encryption_key
from tests.support.brim_process import RunningBrim, run_brim
from tests.support.polling import until

EARLIER: Final = 16
OURS: Final = major_of_programs(wheel_binaries())


async def serve_earlier(settings: Settings) -> str:
    """Back up a database as the Brim before does, which brings an earlier PostgreSQL; return the base backup's id."""
    archive = archive_of(settings)
    with claim_data_folder(settings.data_dir) as folder:
        folder.keep_archiving(archive.place)
        server = EmbeddedPostgres(folder.database, binaries=find_binaries(EARLIER), wal=WalUse.ARCHIVED)
        async with wal_archived(archive, server.cluster, server.wal_folder):
            try:
                await server.start()
                await keep_service_role(server.urls.owner, SERVICE_ROLE, verifier=None)
                await prepare_embedded(server.urls, now_ms=1)
                return (await create_backup(settings, say=print)).id
            finally:
                await server.stop()


def metrics_of(brim: RunningBrim) -> str:
    with urllib.request.urlopen(f"{brim.url}/metrics") as answer:
        return str(answer.read().decode())


@pytest.mark.slow
def test_backups_go_on_in_the_same_place_and_restore(
    short_path: Path, start_brim: Callable[..., RunningBrim], tmp_path: Path
) -> None:
    environment = {
        "BRIM_DATA_DIR": str(short_path / "data"),
        "BRIM_BACKUP_STORE": str(tmp_path / "store"),
        "BRIM_BACKUP_KEY": new_encryption_key(),
        "BRIM_BACKUP_WAL_EVERY": "1s",
    }
    settings = load_settings({}, environment)
    before = asyncio.run(serve_earlier(settings))
    refused = run_brim("backup", "create", env=environment)
    assert f"written by PostgreSQL {EARLIER}" in refused.stderr
    upgraded = run_brim("upgrade", env=environment)
    assert upgraded.returncode == 0, upgraded.stderr
    assert "brim backup create" in upgraded.stdout

    def backup(*arguments: str) -> str:
        done = run_brim("backup", *arguments, env=environment)
        assert done.returncode == 0, (arguments, done.stdout, done.stderr)
        return done.stdout

    restore_nothing = ("restore", "--at", "latest", "--into", str(short_path / "none"))
    too_old = run_brim("backup", *restore_nothing, env=environment)
    assert f"is of PostgreSQL {EARLIER}, and this Brim brings {OURS}" in too_old.stderr
    brim = start_brim(data_dir=short_path / "data", arguments=["--workers", "1"], env=environment)
    assert "brim_base_backup_timestamp_seconds 0.0" in metrics_of(brim)
    topup = brim.create_topup()
    until(lambda: len(archive_of(settings).of_each_cluster()) == 2, what="WAL of the upgraded database")
    none_yet = run_brim("backup", *restore_nothing, env=environment)
    assert "There is no base backup. Create one with brim backup create." in none_yet.stderr
    assert f"base backups of PostgreSQL {EARLIER}, from before an upgrade" in none_yet.stderr
    assert not (short_path / "none").exists()
    after = re.match(r"\S+(?=:)", backup("create", "--keep", "2"))
    assert after is not None
    assert re.search(r"brim_base_backup_timestamp_seconds 1\.\d+e\+09", metrics_of(brim))
    rows = [line.split("\t")[:2] for line in backup("list").splitlines()]
    assert rows[-2:] == [[before, str(EARLIER)], [after[0], str(OURS)]]
    assert brim.stop() == 0
    assert backup("verify") == "The backups are complete.\n"

    backup("restore", "--at", "latest", "--into", str(short_path / "restored"))
    verified = run_brim("verify", "--chain", "--data-dir", str(short_path / "restored"))
    assert verified.returncode == 0, verified.stdout
    restored = start_brim(data_dir=short_path / "restored", arguments=["--workers", "1"], env=environment)
    assert restored.has_topup(topup)
    assert restored.stop() == 0
    # The Brim before finds its own base backups, and the restored database goes on as the one that was upgraded.
    assert [each.id for each in _as_earlier(settings).manifests()] == [before]
    assert backup("create", "--data-dir", str(short_path / "restored"), "--keep", "1").endswith(f"removed {after[0]}\n")
    assert _as_earlier(settings).manifests() == []


def _as_earlier(settings: Settings) -> Archive:
    """Return the archive as the Brim before sees it."""
    archives = archive_of(settings).of_each_cluster()
    assert len(archives) == 2
    return archives[0]
