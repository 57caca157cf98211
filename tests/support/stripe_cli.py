"""Runs the official Stripe CLI, unmodified, as its own process."""

import json
import os
import platform
import queue
import signal
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import pytest

from brim.platform.database import Database
from tests.support.loaded_brim import LoadedProcess, arguments_of, start_loaded
from tests.support.service import Server

_PACKAGES: Final = Path(__file__).parents[1] / "node" / "node_modules" / "@stripe"
_MACHINES: Final = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64", "arm64": "arm64"}
PATIENCE_S: Final = 60.0


def stripe_program() -> Path:
    """Return the CLI's program; where it is not installed, skip the test, and in CI fail it."""
    machine = _MACHINES.get(platform.machine().lower(), platform.machine())
    program = _PACKAGES / f"cli-{platform.system().lower()}-{machine}" / "bin" / "stripe"
    if not program.exists():
        reason = "the official CLI is not installed: npm ci --prefix tests/node"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    if not os.access(program, os.X_OK):
        program.chmod(0o755)  # its package marks it only in a script of its own, which npm does not always run
    return program


class Printed:
    """What a command printed, and how it ended."""

    def __init__(self, status: int, text: str, errors: str) -> None:
        self.status = status
        self.text = text
        self.errors = errors

    @property
    def json(self) -> Any:
        """The object that was printed; a command that failed shows what it said instead."""
        assert self.status == 0, self.errors
        return json.loads(self.text)


class StripeCli:
    """The CLI with a configuration folder of its own and one way to the service.

    Args:
        program: the binary.
        home: an empty folder, where it keeps its configuration.
        key: the API key of every command.
        url: the service's; None goes by `socket_path`.
        socket_path: the service's Unix socket.
    """

    def __init__(
        self, program: Path, home: Path, key: str | None, *, url: str | None = None, socket_path: Path | None = None
    ) -> None:
        self._program = program
        self._flags = [*(["--api-base", url] if url else []), *(["--api-key", key] if key else [])]
        self.socket_path = socket_path
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "XDG_CONFIG_HOME": str(home),
            "DO_NOT_TRACK": "1",
            "STRIPE_DEVICE_NAME": "devbox",
            **({"STRIPE_CLI_UNIX_SOCKET": str(socket_path)} if socket_path else {}),
        }

    def run(self, *arguments: str, env: Mapping[str, str] | None = None) -> Printed:
        """Run a command to its end."""
        done = subprocess.run(
            self.command(*arguments),
            env={**self.environment, **(env or {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )
        return Printed(done.returncode, done.stdout, done.stderr)

    def start(self, *arguments: str) -> "RunningCli":
        """Start a command that runs until it is stopped."""
        return RunningCli(self.command(*arguments), self.environment)

    def command(self, *arguments: str) -> list[str]:
        """Return what is run for a command's arguments."""
        return [str(self._program), *arguments, *self._flags]


class RunningCli:
    """A command that goes on printing; stopped at the end of its `with` block."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        self.lines: list[str] = []
        self._arrived: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self.process = _start(command, environment)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Interrupt the command, as Ctrl+C does, and wait for its end."""
        with suppress(ProcessLookupError):
            self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._reader.join(PATIENCE_S)
        if self.process.stdout is not None:
            self.process.stdout.close()

    def wait_for(self, wanted: str | Callable[[str], bool], *, patience_s: float = PATIENCE_S) -> str:
        """Return the next line that holds a text, or for which `wanted` is true; lines before it are passed over."""
        matches = wanted if callable(wanted) else lambda line: wanted in line
        while True:
            try:
                line = self._arrived.get(timeout=patience_s)
            except queue.Empty:
                raise AssertionError(self._missed(wanted)) from None
            if line is None:
                raise AssertionError(self._missed(wanted))
            if matches(line):
                return line

    def _missed(self, wanted: object) -> str:
        return f"{wanted!r} was not printed; this was:\n" + "".join(self.lines)

    def _read(self) -> None:
        assert self.process.stdout is not None
        for read in self.process.stdout:
            line = read.decode(errors="surrogateescape")
            self.lines.append(line)
            self._arrived.put(line)
        self._arrived.put(None)


def _start(command: Sequence[str], environment: Mapping[str, str]) -> "subprocess.Popen[bytes] | LoadedProcess":
    """Start a command that prints into a pipe; ours is forked."""
    arguments = arguments_of(command, environment)
    if arguments is not None:
        return start_loaded(arguments, environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return subprocess.Popen(
        command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )


def listening(stripe_cli: StripeCli, *arguments: str) -> RunningCli:
    """Return a `listen` that is ready."""
    command = stripe_cli.start("listen", "--skip-update", *arguments)
    command.wait_for("Ready!")
    return command


def attempts_of(server: Server, account: str) -> list[tuple[str, int, str]]:
    """Return outcome, status and answer of an account's attempts, in order."""

    async def read(database: Database) -> list[tuple[str, int, str]]:
        async with database.connection() as conn:
            rows = await conn.fetch("SELECT * FROM webhook_attempts WHERE account = $1 ORDER BY id", account)
        return [(row["outcome"], row["http_status"], row["response_head"].decode()) for row in rows]

    return server.run(read)
