"""Backups of a running `brim serve` by the command, and what is seen when they cannot be made."""

import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from brim.host.backups import archive_of
from brim.host.backups.checking import read_contents
from brim.platform.settings import load_settings
from brim.platform.vault import new_encryption_key
from tests.support.brim_process import RunningBrim, brim_command, brim_environment, run_brim, start_serving
from tests.support.polling import until
from tests.support.s3_server import s3_environment


class House:
    """A running service with a store; `block` makes the store unusable."""

    def __init__(self, folder: Path) -> None:
        self.store = folder / "store"
        self.environment = {
            "BRIM_BACKUP_STORE": str(self.store),
            "BRIM_BACKUP_KEY": new_encryption_key(),
            "BRIM_BACKUP_WAL_EVERY": "1s",
            "BRIM_DATA_DIR": str(folder / "data"),
        }
        self.store.write_text("not a folder yet")
        self.brim: RunningBrim = start_serving(
            folder / "data", folder / "brim.log", arguments=["--workers", "1"], env=self.environment
        )
        self.brim.wait_until_ready()

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return run_brim(*arguments, env=self.environment)

    def backup(self, *arguments: str) -> str:
        done = self.run("backup", *arguments)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    house = House(tmp_path_factory.mktemp("b"))
    yield house
    house.brim.close()


@pytest.mark.slow
def test_a_store_that_cannot_be_used_stops_nothing_and_is_listed(house: House) -> None:
    """First of this module: the store becomes one at its end."""
    house.brim.create_topup()
    found = until(lambda: house.run("stuck").stdout, what="WAL that is not archived")
    assert "WAL is not archived: 000000010000000000000001 failed" in found
    until(lambda: "brim_wal_archive_failing 1.0" in _metrics(house), what="the gauge")
    refused = house.run("backup", "create")
    assert refused.returncode == 1
    assert "cannot be used: Not a directory" in refused.stderr
    house.store.unlink()

    def is_well() -> bool:
        house.brim.execute_as_owner("SELECT pg_switch_wal()")  # PostgreSQL tries again with the next file
        return not house.run("stuck").stdout

    until(is_well, what="WAL that is archived after all")
    until(lambda: "brim_wal_archive_failing 0.0" in _metrics(house), what="the gauge")


@pytest.mark.slow
def test_a_backup_that_was_killed_is_none_and_the_next_one_is(house: House) -> None:
    process = subprocess.Popen(
        brim_command("backup", "create"), env=brim_environment(house.environment), stderr=subprocess.DEVNULL
    )
    until(lambda: list(house.store.glob("base/*/.part-*")) or process.poll() is not None, what="a base backup")
    process.send_signal(signal.SIGKILL)
    process.wait()
    archive = archive_of(load_settings({}, house.environment))
    bases = len(archive.manifests())
    assert house.backup("create", "--keep", "1")
    (manifest,) = archive.manifests()
    assert manifest.id in house.backup("list")
    assert bases <= 1
    assert house.backup("verify") == "The backups are complete.\n"


@pytest.mark.slow
def test_a_moment_is_restored_with_its_keys_into_a_new_folder_only(house: House, tmp_path: Path) -> None:
    topup = house.brim.create_topup()
    archive = archive_of(load_settings({}, house.environment))
    segment = str(house.brim.execute_as_owner("SELECT pg_walfile_name(pg_current_wal_lsn())"))
    until(lambda: segment in read_contents(archive).wal.files, what="the segment with the top-up")
    into = tmp_path / "restored"
    told = house.backup("restore", "--at", "latest", "--into", str(into))
    assert "Outgoing bank files are held" in told
    data_dir = house.brim.data_dir
    assert (into / "encryption_key").read_text() == (data_dir / "encryption_key").read_text()
    again = house.run("backup", "restore", "--at", "latest", "--into", str(into))
    assert "A restore creates a new data folder" in again.stderr
    told_elsewhere = tmp_path / "receiver.log"
    told_elsewhere.write_text(f"got {topup}, then evt_{'0' * 24}\n")
    compared = house.run("backup", "compare", "--data-dir", str(into), "--ids", str(told_elsewhere))
    assert compared.returncode == 1
    assert f"\tevt_{'0' * 24}" in compared.stdout, compared.stdout + compared.stderr
    early = house.run("backup", "restore", "--at", "2020-01-01T00:00Z", "--into", str(tmp_path / "other"))
    assert "No base backup was finished before" in early.stderr
    assert not (tmp_path / "other").exists()
    restored = start_serving(into, tmp_path / "restored.log", arguments=["--workers", "1"])
    try:
        restored.wait_until_ready()
        assert restored.has_topup(topup)
        assert restored.execute_as_owner("SELECT left(pg_walfile_name(pg_current_wal_lsn()), 8)") == "00000002"
        assert "WAL is no longer archived" in restored.log
    finally:
        restored.close()


@pytest.mark.slow
def test_a_service_that_is_stopped_is_backed_up_into_s3_and_restored_from_there(tmp_path: Path) -> None:
    with s3_environment("brims") as credentials:
        environment = {
            **credentials,
            "BRIM_DATA_DIR": str(tmp_path / "data"),
            "BRIM_BACKUP_STORE": "s3://brims/first",
            "BRIM_BACKUP_KEY": new_encryption_key(),
        }
        brim = start_serving(tmp_path / "data", tmp_path / "log", arguments=["--workers", "1"], env=environment)
        try:
            brim.wait_until_ready()
            brim.create_topup()
            assert brim.stop() == 0
        finally:
            brim.close()
        for command in (["create"], ["verify", "--deep", "--timeline", "1"]):
            done = run_brim("backup", *command, env=environment)
            assert done.returncode == 0, (command, done.stdout, done.stderr)


def test_settings_that_do_not_go_together_are_refused(tmp_path: Path) -> None:
    store = {"BRIM_DATA_DIR": str(tmp_path / "data"), "BRIM_BACKUP_STORE": str(tmp_path / "data" / "store")}
    key = {"BRIM_BACKUP_KEY": new_encryption_key()}
    for environment, sentence in (
        ({}, "Set --backup-store"),
        (store, "needs BRIM_BACKUP_KEY"),
        (store | key, "is inside the data folder"),
        (store | key | {"BRIM_DATABASE_URL": "postgresql://x/y"}, "its own tools"),
        (store | key | {"BRIM_BACKUP_STORE": "ftp://x"}, "a folder, or s3://bucket/prefix"),
    ):
        done = run_brim("backup", "list", env=environment)
        assert done.returncode == 1
        assert sentence in done.stderr


def _metrics(house: House) -> str:
    import urllib.request  # noqa: PLC0415

    with urllib.request.urlopen(f"{house.brim.url}/metrics") as answer:
        return str(answer.read().decode())
