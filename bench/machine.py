"""Names the machine that figures come from, and how fast its disk confirms a write."""

import os
import platform
import statistics
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

_BLOCK: Final = b"\0" * 8192
"""A page of PostgreSQL's log, the least that a commit flushes."""

_YARDSTICK_STEPS: Final = 50_000
_YARDSTICK_ROUNDS: Final = 7
_YARDSTICK_MS: Final = 50.0


def slowness() -> float:
    """Return how many times as long a fixed piece of Python takes here as on the core that limits were set on."""
    return min(_yardstick_ms() for _ in range(_YARDSTICK_ROUNDS)) / _YARDSTICK_MS


def _yardstick_ms() -> float:
    """Return the processor time of some work that no change of Brim changes: dictionaries, text, integers."""
    began = time.process_time()
    total = 0
    for number in range(_YARDSTICK_STEPS):
        fields = {"id": number, "text": f"tu_{number:024}"}
        total += len(",".join(f"{name}={value}" for name, value in fields.items()))
    return (time.process_time() - began) * 1000


def describe_machine(folder: Path, postgres_version: str) -> list[tuple[str, str]]:
    """Return what names this machine, as pairs of label and value.

    Args:
        folder: where the database lies.
        postgres_version: of the server that was measured.
    """
    memory_gb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return [
        ("date", datetime.now(UTC).date().isoformat()),
        ("processor", f"{_cpu_model()}, {os.cpu_count()} cores"),
        ("memory", f"{memory_gb:.0f} GiB"),
        ("disk", f"{filesystem_of(folder)}, {_flush_speed(folder)}"),
        ("system", f"{platform.system()} {platform.release()}"),
        ("Python", platform.python_version()),
        ("PostgreSQL", postgres_version),
    ]


def _cpu_model() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def filesystem_of(folder: Path) -> str:
    """Return the type of the file system that a folder lies on, such as `ext4`."""
    mounts = [line.split() for line in Path("/proc/self/mounts").read_text().splitlines()]
    path = folder.resolve()
    above = [(mount[1], mount[2]) for mount in mounts if path.is_relative_to(mount[1])]
    return max(above, key=lambda mount: len(mount[0]))[1]


def _flush_speed(folder: Path, seconds: float = 1.0) -> str:
    """Return how often 8 KiB can be written and flushed (fdatasync), one after another."""
    file = folder / "flush"
    times: list[float] = []
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        os.pwrite(descriptor, _BLOCK, 0)
        deadline = time.perf_counter() + seconds
        while time.perf_counter() < deadline:
            started = time.perf_counter()
            os.pwrite(descriptor, _BLOCK, 0)
            os.fdatasync(descriptor)
            times.append(time.perf_counter() - started)
    finally:
        os.close(descriptor)
        file.unlink()
    return f"{len(times) / sum(times):,.0f} flushes of 8 KiB a second, median {statistics.median(times) * 1e6:.0f} us"
