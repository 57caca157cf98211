"""Starts `brim serve` as a process of its own and tells when it is ready."""

import os
import select
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from brim.base.errors import BrimError
from brim.host.data_folder import announced_url, kept_test_secret_key
from brim.testing import keeper

READY_WITHIN_S: Final = 60.0
"""A second or two is usual; a machine that tests on all its cores may take many."""

_READ_AT_ONCE: Final = 4096


class ServerNotReadyError(BrimError):
    """`brim serve` ended before it was ready, or said nothing for too long."""

    def __init__(self, what_happened: str, banner: str, log: str) -> None:
        super().__init__(f"brim serve {what_happened}. It printed:\n{banner}\nand its log is:\n{log}")


def clean_environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return this process's environment without its own settings of Brim, and with others.

    `python -m brim` would otherwise take a module from the folder in which the tests run for one of its own.
    """
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("BRIM_")}
    return {**inherited, "PYTHONSAFEPATH": "1", **(extra or {})}


def brim_command(*arguments: str) -> list[str]:
    """Return the command line that runs `brim` with this interpreter."""
    return [sys.executable, "-m", "brim", *arguments]


def serve_arguments(data_dir: Path, arguments: Sequence[str] = ()) -> list[str]:
    """Return the arguments of `brim` that serve a data folder on a free port; `arguments` are more flags."""
    return ["serve", "--port", "0", "--workers", "1", "--data-dir", str(data_dir), *arguments]


def launch(
    data_dir: Path,
    log_path: Path,
    *,
    arguments: Sequence[str] = (),
    environment: Mapping[str, str],
    prefix: Sequence[str] = (),
    stdin: int = subprocess.DEVNULL,
) -> "subprocess.Popen[bytes]":
    """Start `brim serve` on a free port and return at once.

    Args:
        data_dir: its data folder, made if it is missing.
        log_path: where its log goes.
        arguments: more flags.
        environment: all of its environment.
        prefix: a command to run it under.
        stdin: its standard input.
    """
    with log_path.open("wb") as log:
        return subprocess.Popen(  # noqa: S603  the command is our own
            [*prefix, *brim_command(*serve_arguments(data_dir, arguments))],
            env=environment,
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=log,
            start_new_session=True,  # Ctrl-C in a terminal is the test run's to answer
        )


class BrimProcess:
    """A `brim serve` that was started. `url` and `test_key` (the first account's) are known once it is ready."""

    def __init__(self, process: "subprocess.Popen[bytes]", data_dir: Path, log_path: Path) -> None:
        self.process = process
        self.data_dir = data_dir
        self.log_path = log_path
        self.banner = ""
        self.url = ""
        self.test_key = ""

    @property
    def log(self) -> str:
        """What it has logged so far."""
        return self.log_path.read_text(encoding="utf-8")

    def wait_until_ready(self, within_s: float = READY_WITHIN_S) -> None:
        """Return once requests can be served.

        Raises:
            ServerNotReadyError: it ended, or did not come so far in time.
        """
        deadline = time.monotonic() + within_s
        while not self._is_banner_whole():
            self.banner += self._read_some(deadline)
        self.url = announced_url(self.data_dir) or ""
        self.test_key = kept_test_secret_key(self.data_dir) or ""

    def _is_banner_whole(self) -> bool:
        """Tell whether the last line of what is printed at the start is there: one that can be tried."""
        last = self.banner.rstrip(" ").rpartition("\n  ")[2]
        return last.startswith("curl ") and last.endswith("\n")

    def _read_some(self, deadline: float) -> str:
        """Return what the server prints next."""
        if self.process.stdout is None:
            raise ValueError(self.process)
        stdout = self.process.stdout.fileno()
        readable, _, _ = select.select([stdout], [], [], max(deadline - time.monotonic(), 0))
        if not readable:
            raise ServerNotReadyError("was not ready in time", self.banner, self.log)
        text = os.read(stdout, _READ_AT_ONCE).decode()
        if not text:
            raise ServerNotReadyError("ended before it was ready", self.banner, self.log)
        return text


@contextmanager
def temporary_brim(settings: Mapping[str, str]) -> Iterator[BrimProcess]:
    """Yield a server that is ready, on a free port, with a folder that goes when it goes.

    A keeper ends it and removes the folder, also when this process is killed.

    Args:
        settings: `BRIM_*` variables.
    """
    folder = Path(tempfile.mkdtemp(prefix="brim-"))
    # Root's database runs as another user, who has to get through to its own folder; he can list nothing here.
    folder.chmod(0o711 if os.geteuid() == 0 else 0o700)
    process = launch(
        folder / "data",
        folder / "brim.log",
        environment=clean_environment(settings),
        prefix=[sys.executable, "-I", "-S", keeper.__file__, str(folder)],
        stdin=subprocess.PIPE,
    )
    try:
        brim = BrimProcess(process, folder / "data", folder / "brim.log")
        brim.wait_until_ready()
        yield brim
    finally:
        # A line, not the pipe's end alone: a child that the tests forked may hold the pipe too.
        process.communicate(b"\n", timeout=2 * keeper.END_WITHIN_S)
