"""Prometheus metrics of all processes of one server, added up when they are asked for.

Each process keeps its figures in files of a shared folder (prometheus_client's multiprocess mode), so any API
process can answer `/metrics` for all. Import this module only after `share_metrics`, because prometheus_client
decides at import time where figures are kept.
"""

import os
from pathlib import Path
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"

REQUESTS: Final = Histogram(
    "brim_http_request_duration_seconds",
    "Requests by route, method and status, and how long they took from the last byte received to the reply.",
    ("route", "method", "status"),
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0),
)
BATCH_SIZE: Final = Histogram(
    "brim_batch_size",
    "How many items went to the database together.",
    ("kind",),
    buckets=(1, 2, 4, 8, 16, 32, 64, 128, 256, 512),
)
QUEUE_DEPTH: Final = Gauge("brim_queue_depth", "Items that wait for a batch.", multiprocess_mode="livesum")
CONNECTIONS: Final = Gauge("brim_http_connections", "Open HTTP connections.", multiprocess_mode="livesum")
POOL_OPEN: Final = Gauge("brim_database_connections", "Database connections.", ("state",), multiprocess_mode="livesum")
SETTLED: Final = Counter("brim_topups_settled", "Top-ups that the rail answered, by outcome.", ("outcome",))


def render_metrics() -> bytes:
    """Return the figures of all processes in Prometheus' text format."""
    registry = CollectorRegistry()
    folder = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
    if folder and Path(folder).is_dir():
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        return generate_latest(registry)
    return generate_latest()


def forget_process(pid: int) -> None:
    """Drop the live gauges of a process that has ended."""
    mark_process_dead(pid)  # type: ignore[no-untyped-call]
