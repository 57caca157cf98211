"""How much memory a process has, in bytes; 0 for one that has ended. Source: proc(5), status and smaps_rollup."""

import re
from contextlib import suppress
from pathlib import Path


def resident_bytes(pid: int) -> int:
    """Return what a process occupies, including all that it shares with others."""
    return _read(pid, "status", "VmRSS")


def proportional_bytes(pid: int) -> int:
    """Return a process's share: what several processes share counts for each in part, so that sums are right."""
    return _read(pid, "smaps_rollup", "Pss")


def _read(pid: int, file: str, name: str) -> int:
    with suppress(OSError):
        found = re.search(
            rf"^{name}:\s+(\d+) kB", Path(f"/proc/{pid}/{file}").read_text(encoding="utf-8"), re.MULTILINE
        )
        return int(found[1]) * 1024 if found else 0
    return 0
