"""Backups and restores that are killed: run again they come to their end, and nothing half done looks whole.

The command kills itself as Python is about to do something, which Python tells beforehand by an audit event, so each
point is met exactly, whatever the machine does. The database that it runs is left to itself, as by a real kill.
"""

import signal
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from brim.host.backups import archive_of
from brim.host.backups.archive import Archive
from brim.host.data_folder import UnfinishedRestoreError, claim_data_folder
from brim.platform.settings import load_settings
from brim.platform.vault import new_encryption_key
from tests.support.brim_process import brim_environment, run_brim, start_serving

KILL_ITSELF: Final = """
import os, runpy, signal, sys
event, part, left = sys.argv[1], sys.argv[2], int(sys.argv[3])
def look(name, arguments):
    global left
    if name == event and part in " ".join(map(str, arguments)):
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(look)
sys.argv[1:] = sys.argv[4:]
runpy.run_module("brim", run_name="__main__")
"""


class House:
    """A data folder with a top-up, whose Brim is stopped, and a store."""

    def __init__(self, folder: Path) -> None:
        self.data_dir = folder / "data"
        self.environment = {
            "BRIM_BACKUP_STORE": str(folder / "store"),
            "BRIM_BACKUP_KEY": new_encryption_key(),
            "BRIM_DATA_DIR": str(self.data_dir),
        }
        brim = start_serving(self.data_dir, folder / "log", arguments=["--workers", "1"], env=self.environment)
        try:
            brim.wait_until_ready()
            self.topup = brim.create_topup()
            assert brim.stop() == 0
        finally:
            brim.close()

    @property
    def archive(self) -> Archive:
        return archive_of(load_settings({}, self.environment))

    def backup(self, *arguments: str) -> str:
        done = run_brim("backup", *arguments, env=self.environment)
        assert done.returncode == 0, (arguments, done.stdout, done.stderr)
        return done.stdout + done.stderr

    def kill(self, event: str, part: str, count: int, *arguments: str) -> None:
        """Run a command that kills itself as it is about to do something for the so manieth time."""
        killed = subprocess.run(
            [sys.executable, "-c", KILL_ITSELF, event, part, str(count), "backup", *arguments],
            env=brim_environment(self.environment),
            capture_output=True,
            text=True,
            check=False,
        )
        assert killed.returncode == -signal.SIGKILL, (event, part, killed.stdout, killed.stderr)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    return House(tmp_path_factory.mktemp("k"))


@pytest.mark.slow
def test_a_backup_is_one_only_once_it_is_whole(house: House) -> None:
    for part in ("data.tar", "manifest"):
        house.kill("os.link", f"/{part}", 1, "create")
        assert house.archive.manifests() == []
    house.backup("create")
    house.kill("open", "base_backup.json.new", 1, "create")
    assert len(house.archive.manifests()) == 2
    assert "The backups are complete." in house.backup("verify")


@pytest.mark.slow
def test_a_retention_that_was_killed_leaves_what_is_kept_whole(house: House) -> None:
    house.backup("create", "--keep", "2")
    for part in ("/data.tar", "/wal/00000001/0000"):
        before = house.archive.manifests()
        house.kill("os.remove", part, 1, "create", "--keep", "1")
        assert house.archive.manifests()[-1] not in before
        assert "The backups are complete." in house.backup("verify")
    house.backup("create", "--keep", "1")
    assert len(house.archive.manifests()) == 1
    assert "The backups are complete." in house.backup("verify")


RESTORE_IS_KILLED: Final = {
    "in the middle of unpacking": ("open", "cluster.new/base/1/", 20),
    "once all is unpacked": ("os.rename", "cluster.new", 1),
    "while it reads WAL": ("os.rename", "postgres.wal/", 1),
    "before it is brought to this version": ("subprocess.Popen", "bin/postgres", 2),
    "before it is marked as whole": ("os.remove", "/restoring", 1),
}


@pytest.mark.slow
def test_a_restore_is_whole_or_no_data_folder(house: House, short_path: Path) -> None:
    into, unfinished = short_path / "restored", short_path / "restored.restoring"
    if not house.archive.manifests():
        house.backup("create")
    restore = ("restore", "--at", "latest", "--into", str(into))
    for when, (event, part, count) in RESTORE_IS_KILLED.items():
        house.kill(event, part, count, *restore)
        assert not into.exists(), when
        with pytest.raises(UnfinishedRestoreError), claim_data_folder(unfinished):
            pytest.fail(f"it was claimed, though the restore was killed {when}")
    refused = run_brim("serve", "--port", "0", "--data-dir", str(unfinished))
    assert (refused.returncode, "was interrupted" in refused.stderr) == (1, True), refused.stderr

    house.kill("os.rename", ".restoring", 1, *restore)
    assert not into.exists()
    assert "removing what an interrupted restore has left" in house.backup(*restore)
    assert not unfinished.exists()
    brim = start_serving(into, short_path / "log", arguments=["--workers", "1"])
    try:
        brim.wait_until_ready()
        assert brim.has_topup(house.topup)
        assert brim.stop() == 0
    finally:
        brim.close()
    assert run_brim("verify", "--chain", "--data-dir", str(into)).returncode == 0
