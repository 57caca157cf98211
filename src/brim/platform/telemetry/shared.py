"""Where the processes of one server keep their figures; imported before anything of prometheus_client."""

import os
from pathlib import Path


def share_metrics(data_dir: Path) -> None:
    """Make this process, and those it starts, keep their figures in the data folder."""
    folder = data_dir.absolute() / "metrics"
    folder.mkdir(parents=True, exist_ok=True)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)


def forget_process(pid: int) -> None:
    """Drop what only a living process has, such as its open connections, once it has ended."""
    from prometheus_client.multiprocess import mark_process_dead  # noqa: PLC0415  see above: not before share_metrics

    mark_process_dead(pid)  # type: ignore[no-untyped-call]


def clear_metrics(data_dir: Path) -> None:
    """Remove the figures that earlier processes left behind."""
    for file in (data_dir.absolute() / "metrics").glob("*.db"):
        file.unlink(missing_ok=True)
