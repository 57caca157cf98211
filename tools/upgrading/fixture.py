"""Writes a small data folder of an earlier version as SQL, for the test that loads and upgrades it."""

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Final

from wire_recording.receiver import receiving

from brim.host.programs import wheel_binaries
from upgrading.database import postgres_of
from upgrading.scenario import leave_interrupted
from upgrading.version import UpgradeError, Version

_CREATES: Final = 45
_LEFT_OUT: Final = ("request_logs", "webhook_attempts", "workers", "verification_runs")
"""Tables whose rows say something of the machine, or are many and nobody's money."""


def write_fixture(version: Version, folder: Path, file: Path, *, say: Callable[[str], None]) -> None:
    """Write what a version leaves when it is killed with work undone, schema and rights included."""
    data_dir = folder / "interrupted"
    with receiving() as receiver:
        leave_interrupted(version, data_dir, receiver.url, creates=_CREATES)
    chain = version.verify(data_dir)
    with postgres_of(data_dir) as urls:
        file.write_text(_dump(urls.owner), encoding="utf-8")
    say(f"{file}: {file.stat().st_size // 1024} KiB, {chain.sealed} transfers sealed, {chain.waiting} waiting")


def _dump(url: str) -> str:
    """Return a database as statements that any client can run."""
    left_out = [f"--exclude-table-data={table}" for table in _LEFT_OUT]
    command = [str(wheel_binaries() / "pg_dump"), "--no-owner", "--inserts", "--rows-per-insert=500", *left_out]
    dumped = subprocess.run([*command, _for_libpq(url)], capture_output=True, text=True, check=False)
    if dumped.returncode:
        raise UpgradeError(f"pg_dump failed: {dumped.stderr}")
    lines = [line for line in dumped.stdout.splitlines() if line and not line.startswith(("--", "\\"))]
    return "\n".join(lines) + "\n"


def _for_libpq(url: str) -> str:
    """Return a URL without what the installed libpq may not know."""
    before, _, options = url.partition("?")
    kept = [option for option in options.split("&") if option.partition("=")[0] in {"host", "port"}]
    return f"{before}?{'&'.join(kept)}"
