"""Runs `brim` by forking a process that has loaded it, since hundreds of tests would load it again otherwise.

Loading takes most of the time of a command, and of a service's start. What must start from nothing, because it is run
by another program or is about the interpreter itself, is started as a user starts it (`brim_command`).
"""

import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, Final

from brim.base.json_codec import encode
from brim.host.fork_server import ForkRequest, decode_answer, written
from brim.testing.process import brim_command, clean_environment

STREAMS: Final = ("TESTS_STDIN_FD", "TESTS_STDOUT_FD", "TESTS_STDERR_FD")
"""Names the descriptors of a process's streams."""

FOLDER: Final = "TESTS_FOLDER"
"""Names the folder that a process works in."""

WEAK_HASHES: Final = "TESTS_WEAK_HASHES"
"""A variable with which the passwords of a service's operators are hashed quickly."""

_ROOT: Final = Path(__file__).parents[2]
_HEARD: Final = {"PYTHONIOENCODING", "PYTHONPATH", "PYTHONSAFEPATH"}
"""Variables for the interpreter that what was loaded hears, too, or that say where it lies."""

_AT_ONCE: Final = 65_536
_LOOK_AGAIN_S: Final = 0.1


class LoadedProcess:
    """A running `brim`, as `subprocess.Popen` would show it."""

    def __init__(self, loader: "_Loader", arguments: Sequence[str]) -> None:
        self.args = ["brim", *arguments]
        self.pid = 0
        self.returncode: int | None = None
        self.stdout: IO[Any] | None = None
        self._loader = loader

    def poll(self) -> int | None:
        """Return the exit status, or None while it runs."""
        self._loader.listen(self, 0)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Return the exit status once it has ended.

        Raises:
            subprocess.TimeoutExpired: it runs longer than `timeout` seconds.
        """
        deadline = None if timeout is None else time.monotonic() + timeout
        while self.returncode is None:
            self._loader.listen(self, _LOOK_AGAIN_S)
            if self.returncode is None and deadline is not None and time.monotonic() > deadline:
                assert timeout is not None
                raise subprocess.TimeoutExpired(self.args, timeout)
        return self.returncode

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


class _Loader:
    """The process that has loaded `brim`; one for each process of the tests."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._unread = b""
        self._running: dict[int, LoadedProcess] = {}
        self._asking: LoadedProcess | None = None
        self._figures = tempfile.mkdtemp(prefix="brim-figures-")
        self._line, its_end = socket.socketpair()
        with its_end:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "tests.support.brim_loader", str(its_end.fileno())],
                env=clean_environment(
                    {
                        "PYTHONPATH": f"{_ROOT / 'src'}:{_ROOT}",
                        # prometheus_client decides as it is loaded whether processes share what they count.
                        "PROMETHEUS_MULTIPROC_DIR": self._figures,
                    }
                ),
                pass_fds=[its_end.fileno()],
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )

    def start(
        self, arguments: Sequence[str], environment: Mapping[str, str], streams: Sequence[int], folder: Path
    ) -> LoadedProcess:
        process = LoadedProcess(self, arguments)
        environment = {"PROMETHEUS_MULTIPROC_DIR": self._figures, **environment, FOLDER: str(folder)}
        request = encode(ForkRequest([*arguments], written(environment), [*STREAMS])) + b"\n"
        with self._lock:
            self._asking = process
            sent = socket.send_fds(self._line, [request], [*streams])
            self._line.sendall(request[sent:])
            while self._asking is not None:
                self._read()
        return process

    def listen(self, process: LoadedProcess, within_s: float) -> None:
        """Take what is known of processes that have ended, for as long as a moment if this one has not."""
        with self._lock:
            while process.returncode is None and select.select([self._line], [], [], within_s)[0]:
                self._read()

    def close(self) -> None:
        self._line.close()
        self._process.wait()
        shutil.rmtree(self._figures)

    def _read(self) -> None:
        text = self._line.recv(_AT_ONCE)
        if not text:
            raise ConnectionResetError("what has loaded brim ended; its errors stand above")
        *lines, self._unread = (self._unread + text).split(b"\n")
        for line in lines:
            answer = decode_answer(line)
            if answer.status is not None:
                self._running.pop(answer.pid).returncode = answer.status
            elif self._asking is not None:
                self._running[answer.pid], self._asking.pid = self._asking, answer.pid
                self._asking = None


_loaders: list[_Loader] = []


def arguments_of(command: Sequence[str], environment: Mapping[str, str]) -> list[str] | None:
    """Return the arguments of a command that may be forked; None where it starts another program.

    So it does where a variable says something to the interpreter, which hears it only when it starts.
    """
    plain = brim_command()
    about_python = {name for name in environment if name.startswith("PYTHON")} - _HEARD
    if [*command[: len(plain)]] != plain or about_python - {*os.environ}:
        return None
    return [*command[len(plain) :]]


def start_loaded(
    arguments: Sequence[str],
    environment: Mapping[str, str],
    *,
    stdin: int | None = None,
    stdout: int | None = None,
    stderr: int | None = None,
    cwd: Path | None = None,
) -> LoadedProcess:
    """Start `brim`, in a session of its own, and return at once.

    Args:
        arguments: those of the command.
        environment: all of its environment.
        stdin: what it reads; None means nothing.
        stdout: where it writes; None means where this process does, `subprocess.PIPE` a pipe.
        stderr: where it writes what is wrong; `subprocess.STDOUT` means the same place.
        cwd: where it works, by default where this process does.
    """
    if not _loaders:
        _loaders.append(_Loader())
    read_end, written = os.pipe() if stdout == subprocess.PIPE else (None, 1 if stdout is None else stdout)
    with open(os.devnull, "rb") as nothing:  # noqa: PTH123
        told = written if stderr == subprocess.STDOUT else 2 if stderr is None else stderr
        read = nothing.fileno() if stdin is None else stdin
        process = _loaders[0].start(arguments, environment, [read, written, told], cwd or Path.cwd())
    if read_end is not None:
        os.close(written)
        process.stdout = os.fdopen(read_end, "rb")
    return process


def run_loaded(
    arguments: Sequence[str], environment: Mapping[str, str], *, typed: str = "", timeout: float
) -> subprocess.CompletedProcess[str]:
    """Run one command to its end; it reads what is `typed`, and is killed after `timeout` seconds."""
    with _in_memory(typed) as read, _in_memory() as out, _in_memory() as err:
        process = start_loaded(arguments, environment, stdin=read.fileno(), stdout=out.fileno(), stderr=err.fileno())
        try:
            process.wait(timeout)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise
        texts = []
        for stream in (out, err):
            stream.seek(0)
            texts.append(stream.read())
    assert process.returncode is not None
    return subprocess.CompletedProcess(process.args, process.returncode, *texts)


def _in_memory(text: str = "") -> IO[str]:
    """Return a file with a text, to be read from its start."""
    file = tempfile.TemporaryFile("w+")  # noqa: SIM115  closed by whoever asked
    file.write(text)
    file.seek(0)
    return file


def stop_loading() -> None:
    """End the process that has loaded `brim`, if there is one."""
    while _loaders:
        _loaders.pop().close()
