"""Processor time of processes and all that they started. Source: proc(5), `/proc/pid/stat`."""

import os
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple

_TICKS_A_SECOND: Final = os.sysconf("SC_CLK_TCK")


class _Process(NamedTuple):
    parent: int
    seconds: float
    """Its own, and of those children that have ended and were waited for."""


def cpu_seconds(pid: int, *, without: int | None = None) -> float:
    """Return the processor time, user and system, that a process and its descendants have used so far.

    Args:
        pid: the process.
        without: a descendant that, with all its own, does not count.
    """
    processes = _read_processes()
    return sum(processes[member].seconds for member in _family(processes, pid, without))


def named_descendant(pid: int, name: str) -> int:
    """Return the process id of the only descendant whose command line is `name`.

    Raises:
        LookupError: there is none, or there are several.
    """
    found = [member for member in _family(_read_processes(), pid, None) if _command_line(member) == name]
    if len(found) != 1:
        raise LookupError(f"{len(found)} processes are called {name}")
    return found[0]


def _command_line(pid: int) -> str:
    try:
        return (Path("/proc") / str(pid) / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
    except OSError:  # it ended while we looked
        return ""


def family_of(pid: int, *, without: int | None = None) -> list[int]:
    """Return a process and its living descendants, without one of them and all its own."""
    return _family(_read_processes(), pid, without)


def _family(processes: dict[int, _Process], pid: int, without: int | None) -> list[int]:
    """Return a process and its living descendants."""
    children: dict[int, list[int]] = {}
    for child, process in processes.items():
        children.setdefault(process.parent, []).append(child)
    found = [pid] if pid in processes else []
    for member in found:  # grows while it is read
        found += [child for child in children.get(member, []) if child != without]
    return found


def _read_processes() -> dict[int, _Process]:
    processes = {}
    for entry in Path("/proc").iterdir():
        with suppress(OSError):  # it ended while we looked
            if entry.name.isdigit():
                processes[int(entry.name)] = _parse((entry / "stat").read_text(errors="replace"))
    return processes


def _parse(stat: str) -> _Process:
    """Return what counts in one stat line: field 4 is the parent, 14 to 17 are times in ticks."""
    after_name = stat.rpartition(")")[2].split()
    return _Process(int(after_name[1]), sum(map(int, after_name[11:15])) / _TICKS_A_SECOND)
