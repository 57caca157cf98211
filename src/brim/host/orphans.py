"""What a crash leaves in a PostgreSQL data directory: a server without its master, or a stale lock file.

The lock file `postmaster.pid` holds, line by line: process id, data directory, start time, port, socket
directory, listen address, shared memory. Source: PostgreSQL, `src/include/utils/pidfile.h`.
"""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_POLL_S: Final = 0.005
_FAST_STOP_S: Final = 30.0
"""How long an orphan may write its last checkpoint; then it is stopped at once, and its log is replayed."""

_NOBODYS_PID: Final = 2**31 - 1
"""A process id that no system hands out."""


@dataclass(frozen=True)
class LockFile:
    """What `postmaster.pid` says: the server's process id and where its socket is, if it got that far."""

    pid: int
    socket_folder: Path | None


def read_lock_file(cluster: Path) -> LockFile | None:
    """Return what the data directory's lock file says, None where there is none or it is unreadable."""
    try:
        lines = _lock_path(cluster).read_text(encoding="utf-8", errors="replace").splitlines()
        pid = abs(int(lines[0]))  # negative for a server in single-user mode
    except (FileNotFoundError, IndexError, ValueError):
        return None
    folder = lines[4].strip() if len(lines) > 4 else ""
    return LockFile(pid, Path(folder) if folder else None)


def is_server_of(pid: int, cluster: Path) -> bool:
    """Tell whether a living process is the PostgreSQL server of exactly this data directory."""
    if sys.platform == "linux":
        return _works_in(pid, cluster) and _program_name(pid) == "postgres"
    listing = subprocess.run(  # noqa: S603  fixed program, a number
        ["/bin/ps", "-ww", "-p", str(pid), "-o", "command="], capture_output=True, text=True, check=False
    )
    return "postgres" in listing.stdout and str(cluster) in listing.stdout


def _works_in(pid: int, cluster: Path) -> bool:
    """Tell whether a process has the data directory as its working directory, as a server has; a zombie has none."""
    try:
        return Path(f"/proc/{pid}/cwd").samefile(cluster)
    except OSError:
        return False


def _program_name(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text(encoding="utf-8").strip()
    except OSError:
        return ""


async def clear_remains(cluster: Path, say: Callable[[str], None]) -> None:
    """Stop an orphaned server of this data directory and make sure that a stale lock file stops no new one.

    The caller holds the lock on the data folder, so whatever server runs here has lost its supervisor.
    """
    lock_path = _lock_path(cluster)
    if not lock_path.exists():
        return
    lock = read_lock_file(cluster)
    if lock is None:  # cut short by a power failure: it names nobody
        lock_path.unlink()
        return
    if is_server_of(lock.pid, cluster):
        say(f"stopping the database server that a killed Brim left behind (process {lock.pid})")
        await _stop(lock.pid, cluster)
    elif _exists(lock.pid):
        _disown(lock_path)


async def _stop(pid: int, cluster: Path) -> None:
    """Stop a server that is not our child: politely, then at once."""
    for signal_number in (signal.SIGINT, signal.SIGQUIT):
        _send(pid, signal_number)
        if await _is_gone_within(_FAST_STOP_S, pid, cluster):
            return
    _send(pid, signal.SIGKILL)
    await _is_gone_within(_FAST_STOP_S, pid, cluster)


def _send(pid: int, signal_number: int) -> None:
    try:
        os.kill(pid, signal_number)
    except ProcessLookupError:
        return


async def _is_gone_within(patience_s: float, pid: int, cluster: Path) -> bool:
    deadline = asyncio.get_running_loop().time() + patience_s
    while is_server_of(pid, cluster):
        if asyncio.get_running_loop().time() > deadline:
            return False
        await asyncio.sleep(_POLL_S)
    return True


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _disown(lock_path: Path) -> None:
    """Put nobody's process id into a lock file whose number now belongs to some other program.

    PostgreSQL takes any living process for the old server. The file itself must stay: from its last line a new
    server learns whether processes of the old one still hold its shared memory.
    """
    lines = lock_path.read_text(encoding="utf-8", errors="replace").splitlines(keepends=True)
    # The folder is the server's user's: a link found there is not followed.
    with os.fdopen(os.open(lock_path, os.O_WRONLY | os.O_TRUNC | os.O_NOFOLLOW), "w", encoding="utf-8") as lock_file:
        lock_file.writelines([f"{_NOBODYS_PID}\n", *lines[1:]])


def _lock_path(cluster: Path) -> Path:
    return cluster / "postmaster.pid"
