"""Runs this source tree's `brim` as its own process: whole services, and single commands."""

import asyncio
import json
import os
import signal
import subprocess
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, cast

import asyncpg

from brim.host.database_urls import DatabaseUrls
from brim.host.embedded import running_urls
from brim.host.orphans import read_lock_file
from brim.testing.process import BrimProcess, brim_command, clean_environment, launch, serve_arguments
from tests.support.loaded_brim import arguments_of, run_loaded, start_loaded
from tests.support.prepared import lay_prepared_database

__all__ = [
    "SOURCE",
    "RunningBrim",
    "brim_command",
    "brim_environment",
    "descendants",
    "read_status_file",
    "run_brim",
    "start_serving",
]

SOURCE: Final = Path(__file__).parents[2] / "src"
_PATIENCE_S: Final = 60.0
_OTHER_DATABASE: Final = {"--database-url", "BRIM_DATABASE_URL", "BRIM_BACKUP_STORE"}


class RunningBrim(BrimProcess):
    """A `brim serve` of its own, and what tests do to one.

    It is synchronous, so that tests with and without an event loop can use it.
    """

    @property
    def pid(self) -> int:
        return self.process.pid

    def call(
        self, method: str, path: str, *, key: str | None = None, idempotency_key: str | None = None, **form: object
    ) -> tuple[int, dict[str, Any]]:
        """Return status and body of one request; 0 and nothing where no connection can be had."""
        headers = {"Authorization": f"Bearer {key or self.test_key}"}
        if idempotency_key:
            headers["Idempotency-Key"] = idempotency_key
        request = urllib.request.Request(
            self.url + path,
            method=method,
            data=urllib.parse.urlencode(form).encode() if form else None,
            headers=headers,
        )
        try:
            with urllib.request.urlopen(request, timeout=_PATIENCE_S) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.load(error)
        except (urllib.error.URLError, ConnectionError):
            return 0, {}

    def create_topup(self) -> str:
        """Return the id of a new top-up."""
        status, topup = self.call("POST", "/v1/topups", amount=2000, currency="usd")
        assert status == 200, topup
        return str(topup["id"])

    def has_topup(self, topup_id: str) -> bool:
        return self.call("GET", f"/v1/topups/{topup_id}")[0] == 200

    @property
    def database_url(self) -> str:
        """The URL of the embedded database, as the service reaches it."""
        return self._database_urls.service

    @property
    def owner_url(self) -> str:
        """The URL of the embedded database, as the owner of its tables: for what the service may not do."""
        return self._database_urls.owner

    @property
    def _database_urls(self) -> DatabaseUrls:
        urls = running_urls(self.data_dir / "postgres")
        assert urls is not None
        return urls

    def execute_as_owner(self, statement: str) -> object:
        """Return the first value that a statement answers to somebody who goes past the service."""

        async def execute() -> object:
            conn = await asyncpg.connect(self.owner_url)
            try:
                return await conn.fetchval(statement)
            finally:
                await conn.close()

        return asyncio.run(execute())

    @property
    def postgres_pid(self) -> int:
        lock = read_lock_file(self.data_dir / "postgres" / "cluster")
        assert lock is not None
        return lock.pid

    def child_pid(self, role: str) -> int:
        """Return the process id of the first child with this role: api, worker or fork-server."""
        for pid in descendants(self.pid):
            with suppress(OSError):  # it has ended meanwhile
                if Path(f"/proc/{pid}/cmdline").read_bytes().rstrip(b"\0").decode() == f"brim {role}":
                    return pid
        raise AssertionError(f"there is no {role} process")

    def has_child(self, role: str) -> bool:
        try:
            return self.child_pid(role) > 0
        except AssertionError:
            return False

    def stop(self, signal_number: int = signal.SIGTERM) -> int:
        """Ask the service to stop and return its exit status."""
        self.process.send_signal(signal_number)
        return self.wait()

    def wait(self) -> int:
        return self.process.wait(_PATIENCE_S)

    def kill_everything(self) -> None:
        """Kill (-9) the supervisor and all that it started, the database too."""
        family = [self.pid, *descendants(self.pid)]
        for pid in family:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.wait()

    def close(self) -> None:
        """Leave nothing behind, whatever the test did."""
        if self.process.poll() is None:
            self.kill_everything()
        if self.process.stdout is not None:
            self.process.stdout.close()


def descendants(pid: int) -> list[int]:
    """Return the ids of all processes that a process started, directly or not."""
    children_of: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        with suppress(OSError):
            if entry.name.isdigit():
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                children_of.setdefault(parent, []).append(int(entry.name))
    found = list(children_of.get(pid, []))
    for child in found:  # grows while it is read
        found += children_of.get(child, [])
    return found


def brim_environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return an environment in which `python -m brim` runs this source tree with default settings."""
    return clean_environment({"PYTHONPATH": str(SOURCE), **(extra or {})})


def run_brim(
    *arguments: str, env: Mapping[str, str] | None = None, typed: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run one `brim` command to its end; it reads what is `typed`."""
    command, environment = brim_command(*arguments), brim_environment(env)
    if arguments_of(command, environment) is not None:
        return run_loaded(arguments, environment, typed=typed, timeout=_PATIENCE_S)
    return subprocess.run(
        command, env=environment, input=typed, capture_output=True, text=True, timeout=_PATIENCE_S, check=False
    )


def start_serving(
    data_dir: Path,
    log_path: Path,
    *,
    arguments: Sequence[str] = (),
    env: Mapping[str, str] | None = None,
    prefix: Sequence[str] = (),
    fresh: bool = False,
) -> RunningBrim:
    """Start this source tree's `brim serve` on a free port and return at once.

    Where there is no data folder yet, it gets a database that was migrated and that nobody has served from, unless
    `fresh` leaves it to the start to make one. So it is left where a `prefix` has somebody else start it, the database
    is another, or it is archived. Where nothing says how to start it, it is forked off a process that has loaded it.
    """
    named = {*arguments, *(env or {})}
    if not (fresh or prefix or data_dir.exists() or named & _OTHER_DATABASE):
        lay_prepared_database(data_dir)
    if prefix or fresh:
        process = launch(data_dir, log_path, arguments=arguments, environment=brim_environment(env), prefix=prefix)
        return RunningBrim(process, data_dir, log_path)
    with log_path.open("wb") as log:
        loaded = start_loaded(
            serve_arguments(data_dir, arguments), brim_environment(env), stdout=subprocess.PIPE, stderr=log.fileno()
        )
    return RunningBrim(cast("subprocess.Popen[bytes]", loaded), data_dir, log_path)


def read_status_file(brim: RunningBrim) -> dict[str, object]:
    """Return what the service wrote into its data folder when it was ready."""
    status: dict[str, object] = json.loads((brim.data_dir / "brim.json").read_text())
    return status
