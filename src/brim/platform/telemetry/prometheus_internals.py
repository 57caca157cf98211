"""All that is used of prometheus_client beyond its metrics: its files that processes share, and private attributes.

Each process keeps its figures in files of a shared folder (the library's multiprocess mode), whose names, mode and
environment variable are the library's. It decides where figures are kept as it is imported, so this module, which says
where, imports it inside functions only. A test holds the library to all that is taken for granted here.
"""

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from brim.platform.telemetry.figures import Figure

if TYPE_CHECKING:
    from prometheus_client import Histogram
    from prometheus_client.core import GaugeMetricFamily

_FOLDER: Final = "PROMETHEUS_MULTIPROC_DIR"
_FILES: Final = "*.db"
_FILES_OF_THE_LIVING: Final = "gauge_live*.db"


def share_metrics(folder: Path) -> None:
    """Make this process, and those it starts, keep their figures in a folder, which is made.

    What only living processes have is dropped there of those that ended without saying so.
    """
    folder.mkdir(parents=True, exist_ok=True)
    os.environ[_FOLDER] = str(folder.absolute())
    for file in folder.glob(_FILES_OF_THE_LIVING):
        if not _is_alive(file.stem.rpartition("_")[2]):
            file.unlink(missing_ok=True)


def clear_metrics(folder: Path) -> None:
    """Remove the figures that earlier processes left behind in a folder."""
    for file in folder.glob(_FILES):
        file.unlink(missing_ok=True)


def forget_process(pid: int) -> None:
    """Drop what only a living process has, such as its open connections, once it has ended."""
    from prometheus_client.multiprocess import mark_process_dead  # noqa: PLC0415  see above

    mark_process_dead(pid)  # type: ignore[no-untyped-call]


def collect_metrics(figures: Iterable[Figure] = ()) -> bytes:
    """Return what all processes that share figures have counted, else this one, and `figures` beside it.

    In Prometheus' text format.
    """
    from prometheus_client import CollectorRegistry, generate_latest  # noqa: PLC0415  see above
    from prometheus_client.core import GaugeMetricFamily  # noqa: PLC0415
    from prometheus_client.multiprocess import MultiProcessCollector  # noqa: PLC0415

    class Figures:
        """Shows figures as the library wants them."""

        def collect(self) -> "Iterator[GaugeMetricFamily]":
            for figure in figures:
                family = GaugeMetricFamily(figure.name, figure.documentation, labels=figure.labels)
                for labels, value in figure.samples:
                    family.add_metric(labels, value)
                yield family

    read = CollectorRegistry()
    read.register(Figures())
    folder = os.environ.get(_FOLDER)
    if not folder or not Path(folder).is_dir():
        return generate_latest() + generate_latest(read)
    shared = CollectorRegistry()
    MultiProcessCollector(shared)  # type: ignore[no-untyped-call]
    return generate_latest(shared) + generate_latest(read)


def _is_alive(pid: str) -> bool:
    try:
        os.kill(int(pid), 0)
    except PermissionError:
        return True
    except (ValueError, OSError):
        return False
    return True


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
