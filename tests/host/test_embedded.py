"""The embedded PostgreSQL: starts, stops, and starts again after every kind of crash."""

# ruff: noqa: ASYNC240  nothing else runs in these event loops while a file is looked at

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import asyncpg
import pytest
import pytest_asyncio

from brim.host.data_folder import claim_data_folder
from brim.host.embedded import (
    EmbeddedPostgres,
    WalUse,
    running_urls,
    shared_buffers_mb,
    wal_buffers_mb,
)
from brim.host.identity import choose_identity
from brim.host.orphans import is_server_of, read_lock_file
from brim.host.programs import DatabaseStartError, wheel_binaries
from brim.host.switch import OtherMajorVersionError
from tests.support.brim_process import brim_environment

IS_ROOT: Final = os.geteuid() == 0


async def _execute(server: EmbeddedPostgres, sql: str) -> object:
    conn = await asyncpg.connect(server.urls.owner)
    try:
        return await conn.fetchval(sql)
    finally:
        await conn.close()


@pytest.fixture
def tmp_path(short_path: Path) -> Path:
    """A folder whose path leaves room for that of a socket."""
    return short_path


@pytest_asyncio.fixture
async def server(tmp_path: Path) -> AsyncIterator[EmbeddedPostgres]:
    """A started server with one row in it."""
    server = EmbeddedPostgres(tmp_path / "postgres")
    await server.start()
    await _execute(server, "CREATE TABLE kept AS SELECT 7 AS row")
    yield server
    await server.stop()


@pytest.fixture
def another(tmp_path: Path) -> EmbeddedPostgres:
    """Another launcher on the same folder, as after a restart."""
    return EmbeddedPostgres(tmp_path / "postgres")


async def _assert_starts_with_row(launcher: EmbeddedPostgres) -> None:
    await launcher.start()
    try:
        assert await _execute(launcher, "SELECT row FROM kept") == 7
    finally:
        await launcher.stop()


async def test_rows_survive_a_stop(server: EmbeddedPostgres) -> None:
    await server.stop()
    await _assert_starts_with_row(server)


async def test_nothing_is_traded_for_speed(server: EmbeddedPostgres) -> None:
    for setting in ("fsync", "synchronous_commit", "full_page_writes", "data_checksums"):
        assert await _execute(server, f"SHOW {setting}") == "on"
    assert await _execute(server, "SHOW listen_addresses") == ""


async def test_what_is_written_right_after_a_start_is_archived_as_soon_as_anything_else(tmp_path: Path) -> None:
    """Its checkpointer would sleep for five minutes first, whatever `archive_timeout` says."""
    server = EmbeddedPostgres(tmp_path / "archived", wal=WalUse.ARCHIVED, archive_every_s=1)
    server.wal_folder.mkdir()
    await server.start()
    try:
        segment = await _execute(server, "SELECT pg_walfile_name(pg_current_wal_lsn())")
        await _execute(server, "CREATE TABLE written AS SELECT 7 AS row")
        async with asyncio.timeout(120):
            while await _execute(server, "SELECT pg_walfile_name(pg_current_wal_lsn())") == segment:  # noqa: ASYNC110
                await asyncio.sleep(0.1)
        (server.wal_folder / f"{segment}.done").touch()
    finally:
        server.kill()
        await server.wait()


async def test_it_is_no_root_and_a_child_of_ours(server: EmbeddedPostgres) -> None:
    assert await _execute(server, "SELECT pg_read_file('postmaster.pid')") is not None
    status = dict(line.split(":\t", 1) for line in Path(f"/proc/{server.pid}/status").read_text().splitlines())
    assert int(status["PPid"]) == os.getpid()
    assert int(status["CapEff"], 16) == 0


async def test_only_its_user_enters_the_socket_folder(server: EmbeddedPostgres, tmp_path: Path) -> None:
    assert server.urls.owner.endswith(f"&host={tmp_path}/postgres/socket")
    assert (tmp_path / "postgres" / "socket").stat().st_mode & 0o077 == 0
    assert running_urls(tmp_path / "postgres") == server.urls


async def test_rows_survive_kill_9_of_the_server(server: EmbeddedPostgres) -> None:
    os.kill(server.pid, signal.SIGKILL)
    assert await server.wait() == -signal.SIGKILL
    urls = server.urls
    await server.start()
    assert server.urls == urls
    assert await _execute(server, "SELECT row FROM kept") == 7


async def test_an_orphaned_server_is_stopped_by_the_next_launcher(
    server: EmbeddedPostgres, another: EmbeddedPostgres
) -> None:
    await _assert_starts_with_row(another)
    assert await server.wait() == 0


async def test_a_lock_file_whose_number_another_program_has_now_stops_nobody(
    server: EmbeddedPostgres, another: EmbeddedPostgres, tmp_path: Path
) -> None:
    lock_path = tmp_path / "postgres" / "cluster" / "postmaster.pid"
    os.kill(server.pid, signal.SIGKILL)
    await server.wait()
    lines = lock_path.read_text().splitlines()
    lock_path.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
    await _assert_starts_with_row(another)


@pytest.mark.parametrize("text", ["", "\n", "not a number\n"])
async def test_a_lock_file_cut_short_stops_nobody(
    server: EmbeddedPostgres, another: EmbeddedPostgres, tmp_path: Path, text: str
) -> None:
    await server.stop()
    (tmp_path / "postgres" / "cluster" / "postmaster.pid").write_text(text)
    await _assert_starts_with_row(another)


@pytest.mark.slow
async def test_a_recovery_may_take_as_long_as_it_needs(server: EmbeddedPostgres, tmp_path: Path) -> None:
    os.kill(server.pid, signal.SIGKILL)
    await server.wait()
    slow_binaries = tmp_path / "slow"
    slow_binaries.mkdir()
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    program = slow_binaries / "postgres"
    program.write_text(f'#!/bin/sh\nread _ < "{gate}"\nexec "{wheel_binaries()}/postgres" "$@"\n')
    program.chmod(0o755)
    told = asyncio.Event()
    patient = EmbeddedPostgres(tmp_path / "postgres", binaries=slow_binaries, say=lambda _sentence: told.set())
    starting = asyncio.create_task(patient.start())
    await asyncio.wait_for(told.wait(), 60)
    assert not starting.done()
    await asyncio.to_thread(gate.write_text, "open\n")
    await starting
    assert await _execute(patient, "SELECT row FROM kept") == 7
    await patient.stop()


async def test_a_first_start_cut_short_is_begun_anew(tmp_path: Path) -> None:
    leftover = tmp_path / "postgres" / "cluster.new"
    leftover.mkdir(parents=True)
    (leftover / "PG_VERSION").write_text("18\n")
    server = EmbeddedPostgres(tmp_path / "postgres")
    await server.start()
    assert await _execute(server, "SELECT 1") == 1
    await server.stop()
    assert not leftover.exists()


async def test_a_long_path_gets_a_short_socket_which_is_removed(tmp_path: Path) -> None:
    folder = tmp_path / ("long" * 30)
    server = EmbeddedPostgres(folder)
    await server.start()
    socket_folder = Path(server.urls.owner.partition("&host=")[2])
    assert socket_folder.stat().st_mode & 0o077 == 0
    assert running_urls(folder) == server.urls
    os.kill(server.pid, signal.SIGKILL)
    await server.wait()
    after_crash = EmbeddedPostgres(folder)
    await after_crash.start()
    assert await _execute(after_crash, "SELECT 1") == 1
    await after_crash.stop()
    assert not socket_folder.exists()


async def test_files_of_another_major_version_are_refused_with_the_way_out(
    tmp_path: Path, stock_binaries: Path
) -> None:
    older = EmbeddedPostgres(tmp_path / "postgres", binaries=stock_binaries)
    await older.start()
    await older.stop()
    with pytest.raises(OtherMajorVersionError, match="brim upgrade --data-dir"):
        await EmbeddedPostgres(tmp_path / "postgres").start()


async def test_what_the_server_said_is_in_the_error_when_it_cannot_start(
    server: EmbeddedPostgres, tmp_path: Path
) -> None:
    await server.stop()
    (tmp_path / "postgres" / "cluster" / "postgresql.conf").write_text("no_such_setting = 1\n")
    with pytest.raises(DatabaseStartError, match="no_such_setting"):
        await server.start()


def test_without_the_wheel_the_way_out_is_named() -> None:
    program = "from brim.host.programs import wheel_binaries; wheel_binaries()"
    run = subprocess.run(
        [sys.executable, "-S", "-c", program], env=brim_environment(), capture_output=True, text=True, check=False
    )
    assert "MissingBinariesError" in run.stderr
    assert "--database-url" in run.stderr


@pytest.mark.parametrize(
    ("memory_gb", "buffers_mb", "wal_mb"), [(0.1, 32, 2), (1, 128, 8), (4, 512, 16), (8, 1024, 16), (512, 1024, 16)]
)
def test_shared_memory_follows_the_machine(memory_gb: float, buffers_mb: int, wal_mb: int) -> None:
    assert shared_buffers_mb(int(memory_gb * 2**30)) == buffers_mb
    assert wal_buffers_mb(buffers_mb) == wal_mb


def test_our_own_process_is_no_server(tmp_path: Path) -> None:
    assert not is_server_of(os.getpid(), tmp_path)
    assert not is_server_of(2**30, tmp_path)
    assert read_lock_file(tmp_path) is None


@pytest.mark.skipif(not IS_ROOT, reason="only root has a choice of users")
def test_root_drops_to_another_user_where_that_one_can_reach_the_files(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    private = tmp_path_factory.mktemp("private")
    private.chmod(0o700)
    binaries = Path("/usr/bin")
    assert choose_identity(private / "postgres", private / "postgres/cluster", binaries).mode == "namespace"
    passable = Path("/var/tmp")
    dropped = choose_identity(passable / "postgres", passable / "postgres/cluster", binaries)
    assert (dropped.mode, dropped.owner) == ("drop", dropped.uid)
    assert dropped.uid != 0


async def test_a_claimed_folder_suits_the_server_and_keeps_its_owner(tmp_path: Path) -> None:
    with claim_data_folder(tmp_path / "data") as folder:
        before = tmp_path.stat(), folder.path.stat()
        server = EmbeddedPostgres(folder.database)
        await server.start()
        await server.stop()
        after = tmp_path.stat(), folder.path.stat()
    assert [(status.st_uid, status.st_mode) for status in before] == [(one.st_uid, one.st_mode) for one in after]
