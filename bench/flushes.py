"""What a commit costs on the servers that are measured: read back from them, or made slower on purpose."""

import mmap
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench.machine import filesystem_of
from bench.processes import BenchError, run_to_end
from bench.service import Service
from bench.sql_load import query

_SOURCE: Final = Path(__file__).with_name("slow_flush.c")
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
        counter: the file that it counts in.
        delay_us: how much longer each flush takes.
    """

    library: Path
    counter: Path
    delay_us: int

    @property
    def changes(self) -> tuple[str, ...]:
        """What `bench.launch` is told."""
        variables = {
            "LD_PRELOAD": str(self.library),
            "FLUSH_DELAY_US": str(self.delay_us),
            "FLUSH_COUNT": str(self.counter),
        }
        # The method named, as another one would flush by the flags of open(2), which nobody can wrap.
        flags = [part for name, value in variables.items() for part in ("--env", f"{name}={value}")]
        return ("--set", "wal_sync_method=fdatasync", *flags)

    @property
    def count(self) -> int:
        """How many flushes were delayed so far."""
        with self.counter.open("rb") as file, mmap.mmap(file.fileno(), 8, prot=mmap.PROT_READ) as shared:
            return int.from_bytes(shared[:8], "little")


def build_slow_flushes(folder: Path, delay_ms: float) -> SlowFlushes | None:
    """Compile the library; None where there is no C compiler.

    Raises:
        BenchError: the compiler fails.
    """
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        return None
    library, counter = folder / "slow_flush.so", folder / "flushes"
    run_to_end([compiler, "-shared", "-fPIC", "-O2", "-o", str(library), str(_SOURCE), "-ldl"])
    library.chmod(0o644)
    counter.write_bytes(bytes(4096))
    counter.chmod(0o666)  # root's PostgreSQL runs as another user
    return SlowFlushes(library, counter, round(delay_ms * 1000))
