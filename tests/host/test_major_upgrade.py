"""`brim upgrade`: killed at every step and begun anew, all that was there is there in the new major version.

The earlier versions are the one that the wheel still brings, which pg_upgrade moves, and that of Debian without one of
the programs that pg_upgrade needs, so that it is moved by a dump.
"""

# ruff: noqa: ASYNC240  nothing else runs in these event loops while a file is looked at

import asyncio
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Final, NamedTuple

import asyncpg
import pytest

from brim.host.data_folder import claim_data_folder
from brim.host.database_passwords import read_passwords
from brim.host.database_socket import SERVICE_ROLE
from brim.host.embedded import EmbeddedPostgres
from brim.host.major_upgrade import (
    EarlierClusterInTheWayError,
    NoOldBinariesError,
    NotEnoughSpaceError,
    upgrade_embedded,
)
from brim.host.preparation import prepare_embedded
from brim.host.programs import find_binaries, major_of_cluster, major_of_programs, wheel_binaries
from brim.host.switch import CLUSTER, UPGRADED, UPGRADING, OtherMajorVersionError, finish_switch
from brim.platform.roles import keep_service_role
from tests.support.brim_process import brim_command, brim_environment, run_brim

WRITTEN: Final = Path(__file__).parents[1] / "db" / "upgraded_folder" / "interrupted.sql"
LATER_THAN_15: Final = "SET transaction_timeout = 0;\n"
WANTED: Final = major_of_programs(wheel_binaries())
IN_THE_WHEEL: Final = 16
NEEDED_BY_PG_UPGRADE: Final = "pg_controldata"
SEALED: Final = 44

_ALL_ROWS: Final = "SELECT coalesce(md5(string_agg(t::text, ',' ORDER BY t::text)), '') FROM {table} AS t"
_TABLES: Final = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'verification_runs'"


class Written(NamedTuple):
    """A data folder of an earlier major version, and what its tables held."""

    path: Path
    binaries: Path
    held: dict[str, str]

    @property
    def database(self) -> Path:
        return self.path / "postgres"


async def hold(server: EmbeddedPostgres) -> dict[str, str]:
    """Return a digest of the rows of each table."""
    conn = await asyncpg.connect(server.urls.owner)
    try:
        tables = [row["tablename"] for row in await conn.fetch(_TABLES)]
        return {table: await conn.fetchval(_ALL_ROWS.format(table=table)) for table in tables}
    finally:
        await conn.close()


async def held_in(folder: Path, binaries: Path | None = None) -> dict[str, str]:
    """Start the database of a folder, return what its tables hold, and stop it."""
    server = EmbeddedPostgres(folder, binaries=binaries)
    await server.start()
    try:
        return await hold(server)
    finally:
        await server.stop()


async def write(path: Path, binaries: Path) -> Written:
    """Make a data folder as a Brim with those programs would have left it, killed in the middle of its work."""
    with claim_data_folder(path) as folder:
        server = EmbeddedPostgres(folder.database, binaries=binaries)
        await server.start()
        await keep_service_role(server.urls.owner, SERVICE_ROLE, verifier=None)
        conn = await asyncpg.connect(server.urls.owner)
        await conn.execute(WRITTEN.read_text(encoding="utf-8").replace(LATER_THAN_15, ""))
        await conn.execute("ALTER SYSTEM SET log_min_duration_statement = '7s'")
        await conn.close()
        await prepare_embedded(server.urls, now_ms=1)
        held = await hold(server)
        server.kill()
        await server.wait()
    return Written(path, binaries, held)


def kill_at(written: Written, sentence: str, *, once: Callable[[], bool] = lambda: True) -> None:
    """Run the command and kill it once it says something, and something else is so."""
    command = brim_command("upgrade", "--data-dir", str(written.path), "--old-binaries", str(written.binaries))
    with subprocess.Popen(command, env=brim_environment(), stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        said = ""
        for line in process.stderr:
            said += line
            if line.startswith(sentence):
                break
        else:
            pytest.fail(f"it never said {sentence!r}:\n{said}")
        while not once():
            assert process.poll() is None, said
        process.kill()


@pytest.fixture(params=["pg_upgrade", "dump"])
def earlier_binaries(request: pytest.FixtureRequest, short_path: Path) -> Path:
    """The programs of an earlier major version, with which one of the two ways can be gone."""
    if request.param == "pg_upgrade":
        found = find_binaries(IN_THE_WHEEL)
        assert found is not None
        return found
    folder = short_path / "bin"
    folder.mkdir()
    for program in request.getfixturevalue("stock_binaries").iterdir():
        if program.name != NEEDED_BY_PG_UPGRADE:
            (folder / program.name).symlink_to(program)
    return folder


@pytest.mark.slow
def test_it_may_be_killed_at_any_step_and_nothing_is_lost(short_path: Path, earlier_binaries: Path) -> None:
    written = asyncio.run(write(short_path / "data", earlier_binaries))
    passwords = read_passwords(written.database)
    major = major_of_programs(earlier_binaries)
    copy = written.database / UPGRADING
    kill_at(written, "starting")
    if major == IN_THE_WHEEL:
        kill_at(written, "copying", once=lambda: any(copy.glob("pg_upgrade_output.d/*/dump/*.sql")))
    else:
        kill_at(written, "pg_upgrade cannot (check for", once=(written.database / "upgrade" / "dump").exists)
    kill_at(written, "verifying")
    assert major_of_cluster(written.database / CLUSTER) == major
    refused = run_brim("serve", "--port", "0", "--data-dir", str(written.path))
    assert f"written by PostgreSQL {major}" in refused.stderr
    assert f"brim upgrade --data-dir {written.path}" in refused.stderr

    done = run_brim("upgrade", "--data-dir", str(written.path), "--old-binaries", str(earlier_binaries))
    assert done.returncode == 0, done.stderr
    assert f"from PostgreSQL {major} to {WANTED}" in done.stdout
    assert f"chain of {SEALED} entries is intact" in done.stdout
    assert sorted(entry.name for entry in written.database.iterdir()) == [
        CLUSTER,
        f"{CLUSTER}.postgresql-{major}",
        "server.log",
        "socket",
    ]
    assert read_passwords(written.database) == passwords
    assert "log_min_duration_statement = '7s'" in (written.database / CLUSTER / "postgresql.auto.conf").read_text()
    assert asyncio.run(held_in(written.database)) == written.held
    assert "Nothing to do" in run_brim("upgrade", "--data-dir", str(written.path)).stdout

    # The way back: the earlier directory under its own name, with the earlier programs.
    shutil.rmtree(written.database / CLUSTER)
    (written.database / f"{CLUSTER}.postgresql-{major}").rename(written.database / CLUSTER)
    assert asyncio.run(held_in(written.database, earlier_binaries)) == written.held


def make_cluster(folder: Path, major: int, name: str = CLUSTER) -> Path:
    """Make what looks like a data directory of a major version."""
    cluster = folder / name
    cluster.mkdir(parents=True)
    (cluster / "PG_VERSION").write_text(f"{major}\n")
    return cluster


async def upgrade(folder: Path, old_binaries: Path | None = None) -> object:
    return await upgrade_embedded(folder, old_binaries=old_binaries, say=lambda _sentence: None)


def test_a_switch_cut_short_before_its_last_rename_is_finished_by_whoever_comes_next(tmp_path: Path) -> None:
    make_cluster(tmp_path, 15, f"{CLUSTER}.postgresql-15")
    make_cluster(tmp_path, WANTED, UPGRADED)
    finish_switch(tmp_path)
    assert major_of_cluster(tmp_path / CLUSTER) == WANTED
    assert not (tmp_path / UPGRADED).exists()


async def test_a_copy_beside_the_database_is_worth_nothing(tmp_path: Path) -> None:
    make_cluster(tmp_path, WANTED)
    make_cluster(tmp_path, WANTED + 1, UPGRADED)
    make_cluster(tmp_path, WANTED + 1, UPGRADING)
    finish_switch(tmp_path)
    assert major_of_cluster(tmp_path / CLUSTER) == WANTED
    assert await upgrade(tmp_path) is None
    assert [entry.name for entry in tmp_path.iterdir()] == [CLUSTER]


async def test_a_later_version_is_not_moved_back(tmp_path: Path) -> None:
    make_cluster(tmp_path, WANTED + 1)
    with pytest.raises(OtherMajorVersionError, match="or a newer one"):
        await upgrade(tmp_path)


@pytest.mark.parametrize("given", [None, Path("/nowhere"), wheel_binaries()])
async def test_without_the_programs_of_the_earlier_version_it_says_what_to_install(
    tmp_path: Path, given: Path | None
) -> None:
    make_cluster(tmp_path, 9)
    with pytest.raises(NoOldBinariesError, match="--old-binaries"):
        await upgrade(tmp_path, given)


async def test_it_does_not_begin_what_would_fill_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cluster = make_cluster(tmp_path, IN_THE_WHEEL)
    with (cluster / "large").open("wb") as large:
        os.truncate(large.fileno(), 10**9)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: shutil._ntuple_diskusage(10**10, 9 * 10**9, 10**9))
    with pytest.raises(NotEnoughSpaceError, match="needs 1561 MB free"):
        await upgrade(tmp_path)
    assert [entry.name for entry in tmp_path.iterdir()] == [CLUSTER]


async def test_an_earlier_database_is_not_overwritten(tmp_path: Path) -> None:
    make_cluster(tmp_path, IN_THE_WHEEL)
    make_cluster(tmp_path, IN_THE_WHEEL, f"{CLUSTER}.postgresql-{IN_THE_WHEEL}")
    with pytest.raises(EarlierClusterInTheWayError, match="Move or remove it"):
        await upgrade(tmp_path)
