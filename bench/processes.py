"""Programs that the benchmark starts: found, run with their output in a file, and stopped by their own ids."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

_PATIENCE_S: Final = 60.0
_POLL_S: Final = 0.02


class BenchError(Exception):
    """Something that the benchmark needs is missing or does not work; the sentence is for the person who ran it."""


def require_program(name: str, *, how_to_get_it: str) -> str:
    """Return the path of a program.

    Raises:
        BenchError: it is not on the PATH.
    """
    path = shutil.which(name)
    if path is None:
        raise BenchError(f"{name} is not on the PATH. {how_to_get_it}")
    return path


def clean_environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return our environment without the variables that Brim and PostgreSQL's programs would obey."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("BRIM_", "PG"))}
    return {**kept, **(extra or {})}


def run_to_end(command: Sequence[str], *, env: Mapping[str, str] | None = None, timeout_s: float = 300.0) -> str:
    """Run a program to its end and return what it wrote.

    Raises:
        BenchError: it failed or took too long; the message ends with what it said.
    """
    try:
        done = subprocess.run(
            command,
            env=env or clean_environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=timeout_s,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise BenchError(f"{Path(command[0]).name} did not run: {error}") from None
    if done.returncode != 0:
        raise BenchError(
            f"{Path(command[0]).name} ended with {done.returncode}: {(done.stderr or done.stdout).strip()}"
        )
    return done.stdout


class Program:
    """A program that runs beside us."""

    def __init__(self, process: "subprocess.Popen[bytes]", log_path: Path) -> None:
        self._process = process
        self._log_path = log_path

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    def wait_until(self, is_ready: Callable[[], bool], *, poll_s: float = _POLL_S) -> None:
        """Return once it is ready.

        Raises:
            BenchError: it ended instead, or takes too long.
        """
        deadline = time.monotonic() + _PATIENCE_S
        while not is_ready():
            if self._process.poll() is not None or time.monotonic() > deadline:
                said = self._log_path.read_text(errors="replace")[-2000:]
                raise BenchError(f"{self._log_path.stem} did not start. It said:\n{said}")
            time.sleep(poll_s)

    def stop(self) -> None:
        """Ask it to stop, and kill it if it does not."""
        self._process.terminate()
        try:
            self._process.wait(_PATIENCE_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


@contextmanager
def running(name: str, command: Sequence[str], *, folder: Path, env: Mapping[str, str]) -> Iterator[Program]:
    """Run a program for as long as the block lasts; what it says goes to `<name>.log` in the folder."""
    log_path = folder / f"{name}.log"
    with log_path.open("wb") as log:
        # A session of its own: Ctrl-C is ours to answer, by stopping everything in order.
        process = subprocess.Popen(
            command, env=env, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )
    program = Program(process, log_path)
    try:
        yield program
    finally:
        program.stop()


def answers(port: int) -> bool:
    """Tell whether somebody listens on a port of this machine."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1.0).close()
    except OSError:
        return False
    return True
