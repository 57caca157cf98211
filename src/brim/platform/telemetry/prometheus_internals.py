"""All that is used of prometheus_client beyond its metrics: its files that processes share, and private attributes.

Each process keeps its figures in files of a shared folder (the library's multiprocess mode), whose names, mode and
environment variable are the library's. It decides where figures are kept as it is imported, so this module, which says
where, imports it inside functions only. A test holds the library to all that is taken for granted here.
"""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from prometheus_client import Histogram

_FOLDER: Final = "PROMETHEUS_MULTIPROC_DIR"
_FILES: Final = "*.db"


def share_metrics(data_dir: Path) -> None:
    """Make this process, and those it starts, keep their figures in the data folder."""
    folder = _folder_in(data_dir)
    folder.mkdir(parents=True, exist_ok=True)
    os.environ[_FOLDER] = str(folder)


def clear_metrics(data_dir: Path) -> None:
    """Remove the figures that earlier processes left behind."""
    for file in _folder_in(data_dir).glob(_FILES):
        file.unlink(missing_ok=True)


def forget_process(pid: int) -> None:
    """Drop what only a living process has, such as its open connections, once it has ended."""
    from prometheus_client.multiprocess import mark_process_dead  # noqa: PLC0415  see above

    mark_process_dead(pid)  # type: ignore[no-untyped-call]


def collect_metrics() -> bytes:
    """Return the figures of all processes that share them, else of this one, in Prometheus' text format."""
    from prometheus_client import CollectorRegistry, generate_latest  # noqa: PLC0415  see above
    from prometheus_client.multiprocess import MultiProcessCollector  # noqa: PLC0415

    folder = os.environ.get(_FOLDER)
    if not folder or not Path(folder).is_dir():
        return generate_latest()
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return generate_latest(registry)


def add_observations(histogram: "Histogram", counts: Sequence[float], total: float) -> None:
    """Add many observations to a histogram at once, for which the library has no public way.

    Args:
        histogram: one without labels, or with those given.
        counts: how many fell into each bucket and no smaller one, the last for what is beyond all bounds.
        total: their sum.
    """
    histogram._sum.inc(total)  # noqa: SLF001
    for bucket, count in zip(histogram._buckets, counts, strict=True):  # noqa: SLF001
        if count:
            bucket.inc(count)


def _folder_in(data_dir: Path) -> Path:
    return data_dir.absolute() / "metrics"
