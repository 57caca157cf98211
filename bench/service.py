"""Brim as the benchmark runs it: whole services of this tree, on one PostgreSQL server."""

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
            file.write_text("\n".join(query(self.database_url, f"SELECT id FROM topups LIMIT {_MAX_IDS}")) + "\n")
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

    def _wait_until_none(self, rows: str) -> None:
        deadline = time.monotonic() + _WORKER_IS_THROUGH_WITHIN_S
        while query(self.database_url, f"SELECT 1 FROM {rows} LIMIT 1"):
            if time.monotonic() > deadline:
                raise BenchError("The worker does not keep up: it has left over rows of " + rows + ".")
            time.sleep(_POLL_S)


@contextmanager
def serve_embedded(
    folder: Path, *, workers: int, flags: Sequence[str] = (), source: Path | None = None
) -> Iterator[Service]:
    """Run `brim serve` with a PostgreSQL of its own, in which nothing is ever due.

    Args:
        folder: the benchmark's own.
        workers: how many API processes.
        flags: its further ones.
        source: the `src` folder of another version than this tree's.
    """
    with _serve(folder, f"brim-{workers}", workers, NEVER, flags, source) as (pid, url):
        data_dir = folder / f"brim-{workers}"
        cluster = data_dir / "postgres"
        lock, urls = read_lock_file(cluster / "cluster"), running_urls(cluster)
        if lock is None or urls is None:
            raise BenchError("brim serve runs, but its PostgreSQL cannot be found.")
        yield Service(url, urls.owner, pid, folder, lock.pid, data_dir)


@contextmanager
def serve_beside(other: Service, name: str, *, workers: int, settle_after: str = NEVER) -> Iterator[Service]:
    """Run another `brim serve`, on a database of its own in the same PostgreSQL server."""
    database_url = create_database(other, name)
    with _serve(other.folder, name, workers, settle_after, ["--database-url", database_url]) as (pid, url):
        yield Service(url, database_url, pid, other.folder, other.postgres_pid, other.folder / name)


@contextmanager
def _serve(
    folder: Path, name: str, workers: int, settle_after: str, flags: Sequence[str], source: Path | None = None
) -> Iterator[tuple[int, str]]:
    """Run `brim serve` and yield its supervisor's process id and its URL."""
    data_dir = folder / name
    command = [
        *(sys.executable, "-m", "brim", "serve", "--port", "0", "--workers", str(workers), "--data-dir", str(data_dir)),
        *("--sandbox-settle-after", settle_after, *flags),
    ]
    env = clean_environment({"BRIM_TEST_SECRET_KEY": TEST_KEY, **({"PYTHONPATH": str(source)} if source else {})})
    with running(name, command, folder=folder, env=env) as program:
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
