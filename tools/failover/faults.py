"""The faults of the drill: what is done to which host, until when, and how it is undone."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from failover.cluster import Cluster
from failover.hosts import ADDRESSES, DATABASES, Host

_CHUNK: Final = 1 << 20


def kill_postgres(host: Host) -> None:
    """Kill every process of PostgreSQL with -9; Patroni stays."""
    postmaster = int((host.disk / "data" / "postmaster.pid").read_text(encoding="utf-8").split()[0])
    for pid in [postmaster, *(p for p in host.pids() if _parent(p) == postmaster)]:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


@contextmanager
def killed(host: Host) -> Iterator[None]:
    """Kill PostgreSQL; Patroni starts it again by itself."""
    kill_postgres(host)
    yield


@contextmanager
def cut_off(host: Host) -> Iterator[None]:
    """Let the host reach nobody."""
    host.cut_off()
    try:
        yield
    finally:
        host.join()


@contextmanager
def split(host: Host) -> Iterator[None]:
    """Cut a database host off the other and off etcd, while API and worker hosts still reach it."""
    host.drop(*(ADDRESSES[name] for name in (*DATABASES, "witness") if name != host.name))
    try:
        yield
    finally:
        host.drop_nothing()


@contextmanager
def frozen(host: Host) -> Iterator[None]:
    """Stop every process of the host in the middle of what it does."""
    host.signal(signal.SIGSTOP)
    try:
        yield
    finally:
        host.signal(signal.SIGCONT)


@contextmanager
def full(host: Host) -> Iterator[None]:
    """Fill the disk of a database host to its last byte."""
    filler = host.disk / "filler"
    try:
        with filler.open("wb", buffering=0) as file, suppress(OSError):
            while True:
                file.write(b"\0" * _CHUNK)
        with filler.open("ab", buffering=0) as file, suppress(OSError):
            while True:
                file.write(b"\0" * 4096)
        yield
    finally:
        filler.unlink()


@dataclass(frozen=True)
class Fault:
    """One kind of fault.

    Attributes:
        begin: does it to a host, and undoes it.
        target: the host, given the primary and the round's number.
        fails_over: whether the other database host must become the primary before it is undone.
        lasts_s: how long it lasts at least.
    """

    begin: Callable[[Host], object]
    target: Callable[[str, int], str]
    fails_over: bool
    lasts_s: float


def _primary(leader: str, _number: int) -> str:
    return leader


def _standby(leader: str, _number: int) -> str:
    return next(name for name in DATABASES if name != leader)


def _one_of(name: str) -> Callable[[str, int], str]:
    return lambda _leader, number: f"{name}{1 + number % 2}"


FAULTS: Final[dict[str, Fault]] = {
    "primary killed": Fault(killed, _primary, fails_over=False, lasts_s=2.0),
    "primary cut off": Fault(cut_off, _primary, fails_over=True, lasts_s=0.0),
    "primary split": Fault(split, _primary, fails_over=True, lasts_s=0.0),
    "primary frozen": Fault(frozen, _primary, fails_over=True, lasts_s=0.0),
    "primary's disk full": Fault(full, _primary, fails_over=False, lasts_s=15.0),
    "standby cut off": Fault(cut_off, _standby, fails_over=False, lasts_s=15.0),
    "API host frozen": Fault(frozen, _one_of("api"), fails_over=False, lasts_s=12.0),
    "worker host frozen": Fault(frozen, _one_of("worker"), fails_over=False, lasts_s=12.0),
}


def other_is_primary(cluster: Cluster, old: str) -> bool:
    """Tell whether the other database host has become the primary."""
    return cluster.is_primary(_standby(old, 0))


def now() -> float:
    """Return the clock of every history."""
    return time.monotonic()


def _parent(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[1])
    except (OSError, IndexError):
        return 0
