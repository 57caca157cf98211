"""Brim as the benchmark runs it: whole services of this tree, on one PostgreSQL server."""

import asyncio
import json
import os
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import asyncpg

from bench.cpu import cpu_seconds
from bench.http_load import HttpLoad
from bench.processes import BenchError, clean_environment, run_to_end, running
from bench.sql_load import query
from brim.host.embedded import running_urls
from brim.host.orphans import read_lock_file

TEST_KEY: Final = "sk_test_4eC39HqLyjWDarjtT1zdp7dc"
CREATE_BODY: Final = "amount=2000&currency=usd&description=Top-up+for+week+of+May+31&statement_descriptor=Weekly+top-up"
NEVER: Final = "24h"
"""Longer than any run: top-ups stay pending, and the worker has nothing to do."""

AT_ONCE: Final = "0s"
"""A top-up is due when it is made: the worker settles while others are created."""

_CONNECTED_ACCOUNTS: Final = """
INSERT INTO accounts (account, platform, created)
SELECT 'acct_bench' || to_char(number, 'FM000000'), (SELECT account FROM accounts ORDER BY created LIMIT 1), 1
FROM generate_series(1, {count}) AS number
RETURNING account
"""
_SAMPLER: Final = Path(__file__).with_name("sampler")
_QUEUES: Final = ["new_events", "unsealed_entries", "unsealed_transfers"]
"""What waits for the worker, in this version and in earlier ones, which may be measured beside it."""

_QUEUES_THERE: Final = "SELECT name FROM unnest($1::text[]) AS name WHERE to_regclass(name) IS NOT NULL"
_MAX_IDS: Final = 10_000
_WORKER_IS_THROUGH_WITHIN_S: Final = 300.0
_POLL_S: Final = 0.02
_ANSWERS_WITHIN_S: Final = 10.0


@dataclass(frozen=True)
class Service:
    """A running `brim serve`.

    Attributes:
        url: where it answers.
        database_url: its own database, as the owner: the benchmark makes databases and cleans tables.
        pid: its supervisor's process id.
        folder: the benchmark's own.
        postgres_pid: the PostgreSQL server's process id, whoever started it.
        data_dir: its data folder.
    """

    url: str
    database_url: str
    pid: int
    folder: Path
    postgres_pid: int
    data_dir: Path

    @property
    def create(self) -> HttpLoad:
        """Creates, each under an idempotency key of its own."""
        return HttpLoad(self.url, TEST_KEY, "/v1/topups", body=CREATE_BODY)

    def create_for_accounts(self, count: int) -> HttpLoad:
        """Creates for any of so many accounts under the key's own, which are made at first."""
        file = self.folder / f"accounts-{self.pid}-{count}"
        if not file.exists():
            file.write_text("".join(f"{CREATE_BODY}\t{account}\n" for account in self.make_accounts(count)))
        return HttpLoad(self.url, TEST_KEY, "/v1/topups", forms=file)

    def make_accounts(self, count: int) -> list[str]:
        """Make so many accounts under the key's own, once, and return their ids."""
        return query(self.database_url, _CONNECTED_ACCOUNTS.format(count=count))

    def send_events_to(self, url: str) -> None:
        """Have every event sent to a webhook endpoint."""
        form = urllib.parse.urlencode({"url": url, "enabled_events[]": "*"}).encode()
        headers = {"Authorization": f"Bearer {TEST_KEY}"}
        request = urllib.request.Request(f"{self.url}/v1/webhook_endpoints", form, headers)
        with urllib.request.urlopen(request, timeout=_ANSWERS_WITHIN_S):
            pass

    @property
    def first_page(self) -> HttpLoad:
        """The newest ten top-ups."""
        return HttpLoad(self.url, TEST_KEY, "/v1/topups?limit=10")

    @property
    def retrieve(self) -> HttpLoad:
        """Any of ten thousand top-ups; there must be some."""
        file = self.folder / f"ids-{self.pid}"
        if not file.exists():
            file.write_text(
                "\n".join(query(self.database_url, f"SELECT id FROM topups ORDER BY random() LIMIT {_MAX_IDS}")) + "\n"
            )
        return HttpLoad(self.url, TEST_KEY, "/v1/topups", ids=file)

    def command(self, *arguments: str) -> str:
        """Run a `brim` command on its database and return what it prints."""
        command = [sys.executable, "-m", "brim", *arguments, "--data-dir", str(self.data_dir)]
        return run_to_end(command).strip()

    def server_cpu(self) -> float:
        """Return the processor time of supervisor, API processes and worker so far."""
        return cpu_seconds(self.pid, without=self.postgres_pid)

    def database_cpu(self) -> float:
        """Return the processor time of PostgreSQL so far, for whichever of its databases."""
        return cpu_seconds(self.postgres_pid)

    def wait_until_settled(self) -> None:
        """Return once the worker has settled everything.

        Raises:
            BenchError: it takes too long.
        """
        self._wait_until_none("topups WHERE due_ms IS NOT NULL")

    def wait_until_numbered(self) -> None:
        """Return once the worker has numbered every event, and addressed it to whoever asks for it.

        Raises:
            BenchError: it takes too long.
        """
        self._wait_until_none("new_events")

    def wait_until_done(self) -> None:
        """Return once everything is settled, numbered and sealed, looked for by one connection.

        Raises:
            BenchError: it takes too long.
        """
        deadline = time.monotonic() + _WORKER_IS_THROUGH_WITHIN_S
        with asyncio.Runner() as runner:
            conn = runner.run(asyncpg.connect(self.database_url))
            there = [record[0] for record in runner.run(conn.fetch(_QUEUES_THERE, _QUEUES))]
            queues = ("topups WHERE due_ms IS NOT NULL", *there)
            left = f"SELECT {' OR '.join(f'EXISTS (SELECT FROM {rows})' for rows in queues)}"
            while runner.run(conn.fetchval(left)):
                if time.monotonic() > deadline:
                    raise BenchError("The worker does not keep up.")
                time.sleep(_POLL_S)
            runner.run(conn.close())

    def _wait_until_none(self, rows: str) -> None:
        deadline = time.monotonic() + _WORKER_IS_THROUGH_WITHIN_S
        while query(self.database_url, f"SELECT 1 FROM {rows} LIMIT 1"):
            if time.monotonic() > deadline:
                raise BenchError("The worker does not keep up: it has left over rows of " + rows + ".")
            time.sleep(_POLL_S)


@dataclass(frozen=True, kw_only=True)
class Start:
    """How a service is started.

    Attributes:
        settle_after: how long top-ups stay pending.
        flags: further ones of `brim serve`.
        source: the `src` folder of another version than this tree's.
        changes: arguments of `bench.launch`, which change what the embedded PostgreSQL is started with.
        sampled: what the files of samples begin with that its processes write; None for none.
    """

    settle_after: str = NEVER
    flags: Sequence[str] = ()
    source: Path | None = None
    changes: Sequence[str] = ()
    sampled: Path | None = None

    def command(self, data_dir: Path, workers: int) -> list[str]:
        """Return the command line."""
        program = ["bench.launch", *self.changes, "--"] if self.changes else ["brim"]
        return [
            *(sys.executable, "-m", *program, "serve", "--port", "0", "--workers", str(workers)),
            *("--data-dir", str(data_dir), "--sandbox-settle-after", self.settle_after, *self.flags),
        ]

    def environment(self) -> dict[str, str]:
        """Return its environment."""
        folders = [str(folder) for folder in (self.sampled and _SAMPLER, self.source) if folder]
        path = {"PYTHONPATH": os.pathsep.join(folders)} if folders else {}
        samples = {"SAMPLES": str(self.sampled)} if self.sampled else {}
        return clean_environment({"BRIM_TEST_SECRET_KEY": TEST_KEY, **path, **samples})


@contextmanager
def serve_embedded(
    folder: Path,
    *,
    workers: int,
    flags: Sequence[str] = (),
    source: Path | None = None,
    changes: Sequence[str] = (),
    settle_after: str = NEVER,
    sampled: Path | None = None,
) -> Iterator[Service]:
    """Run `brim serve` with a PostgreSQL of its own; arguments are `Start`'s.

    Args:
        folder: the benchmark's own.
        workers: how many API processes.
        flags: its further ones.
        source: the `src` folder of another version than this tree's.
        changes: what its PostgreSQL is started with otherwise.
        settle_after: how long top-ups stay pending; unless given, nothing is ever due.
        sampled: what its files of samples begin with.
    """
    start = Start(settle_after=settle_after, flags=flags, source=source, changes=changes, sampled=sampled)
    with _serve(folder, f"brim-{workers}", workers, start) as (pid, url):
        data_dir = folder / f"brim-{workers}"
        cluster = data_dir / "postgres"
        lock, urls = read_lock_file(cluster / "cluster"), running_urls(cluster)
        if lock is None or urls is None:
            raise BenchError("brim serve runs, but its PostgreSQL cannot be found.")
        yield Service(url, urls.owner, pid, folder, lock.pid, data_dir)


@contextmanager
def serve_beside(
    other: Service,
    name: str,
    *,
    workers: int,
    settle_after: str = NEVER,
    source: Path | None = None,
    shared: bool = False,
) -> Iterator[Service]:
    """Run another `brim serve` in the same PostgreSQL server, on the other's database or on one of its own."""
    database_url = other.database_url if shared else create_database(other, name)
    start = Start(settle_after=settle_after, flags=("--database-url", database_url), source=source)
    with _serve(other.folder, name, workers, start) as (pid, url):
        yield Service(url, database_url, pid, other.folder, other.postgres_pid, other.folder / name)


@contextmanager
def _serve(folder: Path, name: str, workers: int, start: Start) -> Iterator[tuple[int, str]]:
    """Run `brim serve` and yield its supervisor's process id and its URL."""
    data_dir = folder / name
    with running(name, start.command(data_dir, workers), folder=folder, env=start.environment()) as program:
        status_file = data_dir / "brim.json"
        program.wait_until(status_file.exists)
        yield program.pid, json.loads(status_file.read_text())["url"]


def create_database(service: Service, name: str) -> str:
    """Make an empty database beside a service's own and return its URL."""
    quoted = name.replace("-", "_")
    query(service.database_url, f"CREATE DATABASE {quoted}")
    before, _, after = service.database_url.rpartition("?")
    return f"{os.path.dirname(before)}/{quoted}?{after}"  # noqa: PTH120  a URL


def migrate(database_url: str) -> None:
    """Give a database Brim's tables, as an operator does."""
    run_to_end([sys.executable, "-m", "brim", "migrate", "--database-url", database_url])
