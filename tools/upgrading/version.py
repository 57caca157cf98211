"""Versions of Brim, each run from its own source tree with this interpreter and its packages."""

import os
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final, NamedTuple

PRESENT: Final = Path(__file__).parents[2]
"""The tree that this tool belongs to."""

TEST_KEY: Final = "sk_test_upgradedupgradedupgradedupgradedupgraded"
SETTINGS: Final = {
    "BRIM_TEST_SECRET_KEY": TEST_KEY,
    "BRIM_SANDBOX_SETTLE_AFTER": "5ms",  # a banking day; the sixty of a late return are over soon
    "BRIM_MAX_WEBHOOK_ENDPOINTS": "40",
}
_READY_WITHIN_S: Final = 120.0
_STOPS_WITHIN_S: Final = 120.0
_COMMAND_WITHIN_S: Final = 3600.0
_READ_AT_ONCE: Final = 4096


class UpgradeError(RuntimeError):
    """What an upgrade promises does not hold."""


class Chain(NamedTuple):
    """What `brim verify --chain --heads` said: counts, and each chain's head as `(position, hash)`."""

    sealed: int
    waiting: int
    heads: Mapping[str, tuple[int, str]]


class Service:
    """A running `brim` process and all that it started.

    Attributes:
        url: where it answers; empty for one that answers nobody.
        process: the process itself.
    """

    def __init__(self, process: "subprocess.Popen[bytes]", url: str) -> None:
        self.process = process
        self.url = url

    def stop(self) -> None:
        """End it as an operator does."""
        if self.process.poll() is None:
            self.process.terminate()
        try:
            self.process.wait(_STOPS_WITHIN_S)
        except subprocess.TimeoutExpired:
            self.kill()
            raise UpgradeError("the service does not stop") from None

    def kill(self) -> None:
        """Kill (-9) it and all that it started, the database too."""
        for pid in [self.process.pid, *_descendants(self.process.pid)]:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()


class Version:
    """One version of Brim.

    Attributes:
        name: what it is called in messages.
        source: its `src` folder.
    """

    def __init__(self, name: str, source: Path) -> None:
        self.name = name
        self.source = source

    def run(self, *arguments: str) -> str:
        """Run a command to its end and return what it printed.

        Raises:
            UpgradeError: it failed.
        """
        done = subprocess.run(
            self._command(*arguments),
            env=self._environment({}),
            capture_output=True,
            text=True,
            timeout=_COMMAND_WITHIN_S,
            check=False,
        )
        if done.returncode:
            raise UpgradeError(f"{self.name}: brim {' '.join(arguments)} failed:\n{done.stdout}{done.stderr}")
        return done.stdout

    def verify(self, data_dir: Path) -> Chain:
        """Return what the verification of books and chain says.

        Raises:
            UpgradeError: they do not agree.
        """
        return read_verification(self.run("verify", "--chain", "--heads", "--data-dir", str(data_dir)))

    @contextmanager
    def serving(self, data_dir: Path) -> Iterator[Service]:
        """Yield a whole service on a data folder, once it is ready; whatever is left of it ends with the block."""
        arguments = ("serve", "--port", "0", "--workers", "2", "--data-dir", str(data_dir))
        with self._running(arguments, data_dir.with_suffix(".log"), SETTINGS) as process:
            yield Service(process, _read_url(process, data_dir.with_suffix(".log")))

    @contextmanager
    def running(
        self, *arguments: str, log: Path, settings: Mapping[str, str], descriptors: Sequence[int] = ()
    ) -> Iterator[Service]:
        """Yield a part of a service, started on its own with open files passed on to it; it is not waited for."""
        with self._running(arguments, log, settings, descriptors) as process:
            yield Service(process, "")

    @contextmanager
    def _running(
        self, arguments: Sequence[str], log_path: Path, settings: Mapping[str, str], descriptors: Sequence[int] = ()
    ) -> "Iterator[subprocess.Popen[bytes]]":
        with log_path.open("ab") as log:
            process = subprocess.Popen(
                self._command(*arguments),
                env=self._environment(settings),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                start_new_session=True,
                pass_fds=descriptors,
            )
        try:
            yield process
        finally:
            if process.poll() is None:
                Service(process, "").kill()
            if process.stdout is not None:
                process.stdout.close()

    def _command(self, *arguments: str) -> Sequence[str]:
        return [sys.executable, "-m", "brim", *arguments]

    def _environment(self, extra: Mapping[str, str]) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("BRIM_")}
        return {**inherited, "PYTHONSAFEPATH": "1", "PYTHONPATH": str(self.source), "COLUMNS": "100", **extra}


def present_version() -> Version:
    """Return the version that this tool belongs to."""
    return Version("this version", PRESENT / "src")


def export(revision: str, folder: Path) -> Version:
    """Write a revision's source tree to a folder and return that version.

    Raises:
        UpgradeError: the repository has no such revision.
    """
    folder.mkdir()
    archive = subprocess.run(["git", "-C", str(PRESENT), "archive", revision, "src"], capture_output=True, check=False)
    if archive.returncode:
        raise UpgradeError(f"revision {revision} cannot be exported: {archive.stderr.decode()}")
    subprocess.run(["tar", "-x", "-C", str(folder)], input=archive.stdout, check=True)
    return Version(revision, folder / "src")


def read_verification(printed: str) -> Chain:
    """Return what `brim verify --chain --heads` printed.

    Raises:
        UpgradeError: it printed something else.
    """
    counts = re.search(r"(\d+) [a-z ]+ sealed, (\d+) (?:unsealed|waiting)", printed)
    if counts is None:
        raise UpgradeError(f"brim verify printed:\n{printed}")
    heads = re.findall(r"^(\S+ \(\w+\)): position (\d+), hash ([0-9a-f]{64})$", printed, re.MULTILINE)
    return Chain(int(counts[1]), int(counts[2]), {scope: (int(position), hash_) for scope, position, hash_ in heads})


def _read_url(process: "subprocess.Popen[bytes]", log_path: Path) -> str:
    """Return the address that is printed at the start; the last line printed is a request that can be tried."""
    if process.stdout is None:
        raise ValueError(process)
    deadline, banner, stdout = time.monotonic() + _READY_WITHIN_S, "", process.stdout.fileno()
    while not re.search(r"^ +curl .*\n", banner, re.MULTILINE):
        readable, _, _ = select.select([stdout], [], [], max(deadline - time.monotonic(), 0))
        some = os.read(stdout, _READ_AT_ONCE).decode() if readable else ""
        if not some:
            raise UpgradeError(f"brim serve is not ready. It printed:\n{banner}\n{log_path.read_text()}")
        banner += some
    found = re.search(r"URL +(http://\S+)", banner)
    if found is None:
        raise UpgradeError(f"brim serve printed no URL:\n{banner}")
    return found[1]


def _descendants(pid: int) -> list[int]:
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
