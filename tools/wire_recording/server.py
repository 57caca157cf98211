"""A `brim serve` of its own, and single `brim` commands, as a user starts them."""

import os
import re
import select
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final, TypeAlias

Done: TypeAlias = "subprocess.CompletedProcess[str]"
"""A command that has ended."""

READY_WITHIN_S: Final = 120.0
_STOPS_WITHIN_S: Final = 60.0
_COMMAND_WITHIN_S: Final = 120.0
_READ_AT_ONCE: Final = 4096

TEST_KEY: Final = "sk_test_recordedrecordedrecordedrecordedrecorded"
"""The first account's test key. It is always the same, as what is shown of it is the same then."""

SETTLES_AFTER: Final = "20ms"
"""A banking day without a test clock: the sixty of a late return take a second or so."""

_SETTINGS: Final = {
    "BRIM_TEST_SECRET_KEY": TEST_KEY,
    "BRIM_ENCRYPTION_KEY": "cmVjb3JkZWRyZWNvcmRlZHJlY29yZGVkcmVjb3JkZWQ=",  # fingerprints come from it
    "BRIM_SANDBOX_SETTLE_AFTER": SETTLES_AFTER,
    "BRIM_VERIFY_EVERY": "20000h",  # once, at the start: another on the hour would be another result
    "BRIM_DELIVERIES_IN_FLIGHT": "1",  # in their order: of two at a time, either could be the first
    "BRIM_MAX_WEBHOOK_ENDPOINTS": "40",
}


class NotReadyError(RuntimeError):
    """`brim serve` ended before it was ready, or took too long."""


class Server:
    """A running service.

    Attributes:
        url: where it answers.
        banner: what it printed when it was ready.
        data_dir: its data folder, which `brim` commands are given.
    """

    def __init__(self, process: "subprocess.Popen[bytes]", data_dir: Path, banner: str) -> None:
        self.data_dir = data_dir
        self.banner = banner
        self.url = _found(r"URL +(http://\S+)", banner)
        self._process = process

    @property
    def first_run_path(self) -> str:
        """The path of the link that makes the first operator."""
        return _found(r"(/first-run\?token=\S+)", self.banner)

    def command(self, *arguments: str, stdin: str = "") -> Done:
        """Run a command on this service's data folder to its end."""
        return run_brim(*arguments, "--data-dir", str(self.data_dir), stdin=stdin)


def run_brim(*arguments: str, stdin: str = "") -> Done:
    """Run one `brim` command to its end."""
    return subprocess.run(
        _command(*arguments),
        env=_environment({}),
        input=stdin,
        capture_output=True,
        text=True,
        timeout=_COMMAND_WITHIN_S,
        check=False,
    )


@contextmanager
def serving() -> Iterator[Server]:
    """Yield a service that is ready, on a free port, with a temporary folder; both are gone afterwards.

    Raises:
        NotReadyError: it did not start.
    """
    with tempfile.TemporaryDirectory(prefix="record-wire-") as temporary:
        folder = Path(temporary)
        # Root's database runs as another user, who has to get through to its own folder; he can list nothing here.
        folder.chmod(0o711 if os.geteuid() == 0 else 0o700)
        data_dir, log_path = folder / "data", folder / "brim.log"
        with log_path.open("wb") as log:
            process = subprocess.Popen(
                _command("serve", "--port", "0", "--workers", "1", "--data-dir", str(data_dir)),
                env=_environment(_SETTINGS),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                start_new_session=True,
            )
        try:
            yield Server(process, data_dir, _read_banner(process, log_path))
        finally:
            _stop(process)


def _stop(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.communicate(timeout=_STOPS_WITHIN_S)
    except subprocess.TimeoutExpired:
        process.terminate()  # a second signal ends it at once, its database too
        process.communicate(timeout=_STOPS_WITHIN_S)


def _read_banner(process: "subprocess.Popen[bytes]", log_path: Path) -> str:
    """Return what is printed at the start; its last line is a request that can be tried."""
    if process.stdout is None:
        raise ValueError(process)
    deadline, banner, stdout = time.monotonic() + READY_WITHIN_S, "", process.stdout.fileno()
    while not re.search(r"^ +curl .*\n", banner, re.MULTILINE):
        readable, _, _ = select.select([stdout], [], [], max(deadline - time.monotonic(), 0))
        some = os.read(stdout, _READ_AT_ONCE).decode() if readable else ""
        if not some:
            raise NotReadyError(f"brim serve is not ready. It printed:\n{banner}\n{log_path.read_text()}")
        banner += some
    return banner


def _command(*arguments: str) -> Sequence[str]:
    return [sys.executable, "-m", "brim", *arguments]


def _environment(extra: Mapping[str, str]) -> dict[str, str]:
    """Return this process's environment without its own settings of Brim, and with others."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("BRIM_")}
    # Help texts are as wide as a terminal says; a folder in which this runs holds no module that is meant.
    return {**inherited, "PYTHONSAFEPATH": "1", "COLUMNS": "100", "NO_COLOR": "1", "TERM": "dumb", **extra}


def _found(pattern: str, text: str) -> str:
    match = re.search(pattern, text)
    if match is None:
        raise NotReadyError(f"brim serve printed nothing like {pattern}:\n{text}")
    return match[1]
