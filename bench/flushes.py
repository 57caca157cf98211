"""What a commit costs on the servers that are measured: read back from them, or made slower on purpose."""

import shutil
import struct
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench.machine import filesystem_of
from bench.processes import BenchError, run_to_end
from bench.service import Service
from bench.sql_load import query

_SOURCE: Final = Path(__file__).with_name("slow_flush.c")
_SHARED: Final = struct.Struct("@ll")
_DURABLE: Final = ("fsync", "synchronous_commit", "full_page_writes")


def read_durability(service: Service) -> str:
    """Return what a server says of how it commits, and what its files lie on.

    Raises:
        BenchError: it would lose what it has acknowledged.
    """
    settings = {name: query(service.database_url, f"SHOW {name}")[0] for name in (*_DURABLE, "wal_sync_method")}
    weak = [name for name in _DURABLE if settings[name] != "on"]
    if weak:
        raise BenchError(f"The server runs without {', '.join(weak)}: what it measures is not durable.")
    file_system = filesystem_of(Path(query(service.database_url, "SHOW data_directory")[0]))
    return ", ".join([*(f"{name}={value}" for name, value in settings.items()), f"on {file_system}"])


@dataclass(frozen=True)
class SlowFlushes:
    """A library that delays every flush of a PostgreSQL server, and counts them.

    Attributes:
        library: preloaded into the server.
        file: shared with it; what it has counted, then how many microseconds each flush takes longer.
        delay_us: how much longer, unless suspended.
    """

    library: Path
    file: Path
    delay_us: int

    @property
    def changes(self) -> tuple[str, ...]:
        """What `bench.launch` is told."""
        variables = (f"LD_PRELOAD={self.library}", f"FLUSH_FILE={self.file}")
        # The method named, as another one would flush by the flags of open(2), which nobody can wrap.
        return ("--set", "wal_sync_method=fdatasync", *(part for pair in variables for part in ("--env", pair)))

    @property
    def count(self) -> int:
        """How many flushes were delayed so far."""
        count, _delay_us = _SHARED.unpack(self.file.read_bytes())
        return int(count)

    @contextmanager
    def suspended(self) -> Iterator[None]:
        """Delay nothing while the block runs."""
        self._delay_by(0)
        try:
            yield
        finally:
            self._delay_by(self.delay_us)

    def _delay_by(self, microseconds: int) -> None:
        with self.file.open("r+b") as file:
            file.seek(_SHARED.size // 2)
            file.write(microseconds.to_bytes(_SHARED.size // 2, sys.byteorder))


def build_slow_flushes(folder: Path, delay_ms: float) -> SlowFlushes | None:
    """Compile the library; None where there is no C compiler.

    Raises:
        BenchError: the compiler fails.
    """
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        return None
    library, file, delay_us = folder / "slow_flush.so", folder / "flushes", round(delay_ms * 1000)
    run_to_end([compiler, "-shared", "-fPIC", "-O2", "-o", str(library), str(_SOURCE), "-ldl"])
    library.chmod(0o644)
    file.write_bytes(_SHARED.pack(0, delay_us))
    file.chmod(0o666)  # root's PostgreSQL runs as another user
    return SlowFlushes(library, file, delay_us)
