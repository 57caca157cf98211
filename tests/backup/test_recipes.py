"""The recipes of docs/backups.md for a PostgreSQL of one's own, run as they stand there but for paths and the port.

A stock PostgreSQL with Brim's tables is backed up, written to, lost, and restored to a moment; the books agree, what
was written before the moment is there, what was written after it is not, and outgoing bank files are held.
"""

import asyncio
import getpass
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import asyncpg
import pytest

from brim.base.clock import system_clock_ms
from brim.base.ids import IdFactory
from brim.core.integrity import verify_and_remember
from brim.host.database_urls import DatabaseUrls
from brim.host.preparation import prepare_database
from brim.platform.database import Database
from tests.support.books import create, new_topup
from tests.support.polling import until
from tests.support.ports import free_port

DOCUMENT: Final = Path(__file__).parents[2] / "docs" / "backups.md"
PATIENCE_S: Final = 120.0
SECOND: Final = "SELECT extract(epoch FROM clock_timestamp())::bigint"


def recipe(title: str) -> dict[str, str]:
    """Return the blocks of a recipe in the document, by the name in their first line's comment."""
    text = DOCUMENT.read_text(encoding="utf-8").partition(f"### {title}\n")[2].partition("\n### ")[0]
    blocks = re.findall(r"```\w+\n# (\w+)[^\n]*\n(.*?)```", text, re.DOTALL)
    assert blocks, title
    return dict(blocks)


class Cluster:
    """A stock PostgreSQL in a folder, run as the user `postgres` where root runs the tests."""

    def __init__(self, folder: Path, binaries: Path, changes: Mapping[str, str]) -> None:
        self.folder = folder
        self.binaries = binaries
        self.data = folder / "main"
        self.changes = changes
        self.port = free_port()
        self.log = folder / "log"

    def run(self, *words: str, shell: bool = False) -> str:
        """Run a command as PostgreSQL's user and return what it says."""
        command: Sequence[str] = ["bash", "-euo", "pipefail", "-c", words[0]] if shell else words
        if os.geteuid() == 0:
            command = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "--", *command]
        environment = {
            "PATH": f"{self.binaries}:/usr/bin:/bin",
            "HOME": str(self.folder),
            "PGHOST": str(self.folder),
            "PGPORT": str(self.port),
            "LC_ALL": "C.UTF-8",
        }
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=PATIENCE_S, check=False, cwd=self.folder
        )
        assert done.returncode == 0, (words, done.stdout[-2000:], done.stderr[-2000:])
        return done.stdout

    def shell(self, text: str) -> str:
        """Run a block of the document, with this test's paths."""
        return self.run(_changed(self, text), shell=True)

    def initialise(self) -> None:
        self.run("initdb", "--pgdata", str(self.data), "--auth=trust", "--username=postgres", "--no-sync")

    def start(self) -> None:
        options = f"-c listen_addresses='' -c unix_socket_directories='{self.folder}' -p {self.port} -c fsync=off"
        self.run("pg_ctl", "start", "--wait", "--pgdata", str(self.data), "--log", str(self.log), "--options", options)

    def stop(self, mode: str = "fast") -> None:
        if (self.data / "postmaster.pid").exists():
            self.run("pg_ctl", "stop", "--mode", mode, "--pgdata", str(self.data))

    @property
    def url(self) -> str:
        return f"postgresql://postgres@/postgres?host={self.folder}&port={self.port}"

    def query(self, statement: str) -> Any:
        async def fetch() -> Any:
            conn = await asyncpg.connect(self.url)
            try:
                return await conn.fetchval(statement)
            finally:
                await conn.close()

        return asyncio.run(fetch())


@pytest.fixture
def cluster(short_path: Path, stock_binaries: Path) -> Iterator[Cluster]:
    folder = Path("/tmp") / f"brim-recipe-{short_path.name}-{os.getpid()}"
    folder.mkdir(mode=0o755)
    (folder / "store").mkdir()
    changes = {
        "/var/lib/postgresql/15/main": str(folder / "main"),
        "/mnt/backup": str(folder / "store"),
        "/etc/pgbackrest.conf": str(folder / "pgbackrest.conf"),
        "/etc/barman.conf": str(folder / "barman.conf"),
        "/var/run/postgresql": str(folder),
        "/var/log": str(folder),
        "/tmp/pgbackrest": str(folder / "lock"),
        "port=5432": "port=PORT",
        "barman_user = postgres": f"barman_user = {'postgres' if os.geteuid() == 0 else getpass.getuser()}",
    }
    cluster = Cluster(folder, stock_binaries, changes)
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
        shutil.chown(folder / "store", "postgres", "postgres")
    yield cluster
    cluster.stop("immediate")
    shutil.rmtree(folder)


def _need(program: str) -> None:
    if "BACKUP_RECIPES" not in os.environ:
        pytest.skip("make backup-recipes runs it, in a minute")
    if shutil.which(program) is None:
        pytest.skip(f"{program} is not installed: apt-get install --no-install-recommends {program}")


async def _write(url: str, count: int) -> list[str]:
    database = await Database.connect(url, max_connections=1)
    try:
        ids = IdFactory()
        return await create(database, [new_topup(ids) for _ in range(count)])
    finally:
        await database.close()


async def _look(url: str) -> tuple[set[str], int]:
    """Return the top-ups, and how many differences there are in the books and their chain."""
    database = await Database.connect(url, max_connections=2)
    try:
        run = await verify_and_remember(database, clock=system_clock_ms, ids=IdFactory(), with_chain=True)
        async with database.connection() as conn:
            return {record["id"] for record in await conn.fetch("SELECT id FROM topups")}, len(run.differences)
    finally:
        await database.close()


@pytest.mark.slow
@pytest.mark.parametrize(("title", "program"), [("pgBackRest", "pgbackrest"), ("Barman", "barman")])
def test_a_recipe_restores_a_moment(title: str, program: str, cluster: Cluster) -> None:
    _need(program)
    blocks = recipe(title)
    cluster.initialise()
    config = cluster.folder / f"{program}.conf"
    config.write_text(_changed(cluster, blocks["config"]))
    with (cluster.data / "postgresql.conf").open("a") as settings:
        settings.write(_changed(cluster, blocks["postgresql"]))
    cluster.start()
    urls = DatabaseUrls(owner=cluster.url, service=cluster.url)
    asyncio.run(prepare_database(urls, now_ms=system_clock_ms()))
    cluster.shell(blocks["first"])
    before = asyncio.run(_write(cluster.url, 20))
    cluster.shell(blocks["backup"])
    before += asyncio.run(_write(cluster.url, 20))
    lineage = cluster.query("SELECT database_lineage()")
    ended = cluster.query(SECOND)
    # pgBackRest knows whole seconds, and rounds the end of its backup up.
    until(lambda: cluster.query(SECOND) >= ended + 2, what="the second after the next")
    moment = str(cluster.query("SELECT clock_timestamp()"))
    after = asyncio.run(_write(cluster.url, 20))
    cluster.query("SELECT pg_switch_wal()")
    cluster.shell(blocks["check"])
    cluster.stop("immediate")
    shutil.rmtree(cluster.data)

    cluster.shell(blocks["restore"].replace("2026-11-29 15:04:05+00", moment))
    cluster.start()
    until(lambda: not cluster.query("SELECT pg_is_in_recovery()"), what="the end of the recovery")
    found, differences = asyncio.run(_look(cluster.url))
    assert (found, differences) == (set(before), 0)
    assert not found & set(after)
    assert cluster.query("SELECT database_lineage()") != lineage, "bank files would not be held"


def _changed(cluster: Cluster, text: str) -> str:
    for before, after in {**cluster.changes, "PORT": str(cluster.port)}.items():
        text = text.replace(before, after)
    return text
