"""Runs this source tree's `brim` as its own process: whole services, and single commands."""

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
import threading
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import asyncpg

from brim.host.database_urls import DatabaseUrls
from brim.host.embedded import running_urls
from brim.host.orphans import read_lock_file

_SOURCE: Final = Path(__file__).parents[1] / "src"
_PATIENCE_S: Final = 60.0


class RunningBrim:
    """A `brim serve` of its own: process group, free port and data folder.

    It is synchronous, so that tests with and without an event loop can use it.
    """

    def __init__(self, process: subprocess.Popen[str], data_dir: Path, log_path: Path) -> None:
        self.process = process
        self.data_dir = data_dir
        self.log_path = log_path
        self.banner = ""
        self.url = ""
        self.test_key = ""

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def log(self) -> str:
        return self.log_path.read_text()

    def wait_until_ready(self) -> None:
        """Read what the service prints until the end of its banner."""
        assert self.process.stdout is not None
        watchdog = threading.Timer(_PATIENCE_S, self.kill_everything)  # a silent process must not hang the run
        watchdog.start()
        try:
            for line in self.process.stdout:
                self.banner += line
                if line.lstrip().startswith("curl "):
                    break
        finally:
            watchdog.cancel()
        if "curl " not in self.banner:
            raise AssertionError(f"brim serve ended with {self.process.wait()}:\n{self.banner}\n{self.log}")
        self.url = re.findall(r"https?://\S+", self.banner)[0]
        self.test_key = re.findall(r"sk_test_\w+", self.banner)[0]

    def call(self, method: str, path: str, *, key: str | None = None, **form: object) -> tuple[int, dict[str, Any]]:
        """Return status and body of one request; 0 and nothing where no connection can be had."""
        request = urllib.request.Request(
            self.url + path,
            method=method,
            data=urllib.parse.urlencode(form).encode() if form else None,
            headers={"Authorization": f"Bearer {key or self.test_key}"},
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
        """Return the process id of the first child with this role: api or worker."""
        for pid in descendants(self.pid):
            if Path(f"/proc/{pid}/cmdline").read_bytes().endswith(b"\0brim\0" + role.encode() + b"\0"):
                return pid
        raise AssertionError(f"there is no {role} process")

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
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("BRIM_")}
    return {**inherited, "PYTHONPATH": str(_SOURCE), **(extra or {})}


def brim_command(*arguments: str) -> list[str]:
    """Return the command line that runs this source tree's `brim`."""
    return [sys.executable, "-m", "brim", *arguments]


def run_brim(*arguments: str, env: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run one `brim` command to its end."""
    return subprocess.run(
        brim_command(*arguments),
        env=brim_environment(env),
        capture_output=True,
        text=True,
        timeout=_PATIENCE_S,
        check=False,
    )


def read_status_file(brim: RunningBrim) -> dict[str, object]:
    """Return what the service wrote into its data folder when it was ready."""
    status: dict[str, object] = json.loads((brim.data_dir / "brim.json").read_text())
    return status
