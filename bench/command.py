"""What the command lines of benchmarks have in common: how they end, and where their databases lie."""

import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.processes import BenchError


@contextmanager
def ending_plainly() -> Iterator[None]:
    """End with a sentence and 1 where something is missing; a SIGTERM stops everything that was started, too."""
    signal.signal(signal.SIGTERM, lambda number, _frame: sys.exit(128 + number))
    try:
        yield
    except BenchError as error:
        sys.exit(f"Error: {error}")


@contextmanager
def database_folder(parent: Path | None = None) -> Iterator[Path]:
    """Yield a temporary folder for databases, in the system's or in another one."""
    with tempfile.TemporaryDirectory(prefix="brim-bench-", dir=parent) as name:
        folder = Path(name)
        folder.chmod(0o711)  # root's PostgreSQL runs as another user, who has to get through
        yield folder


@contextmanager
def kept_folder(kept: Path | None) -> Iterator[Path]:
    """Yield a folder whose databases stay for the next run, or a temporary one where none is given."""
    if kept is None:
        with database_folder() as folder:
            yield folder
    else:
        kept.mkdir(mode=0o711, exist_ok=True)
        yield kept
