"""Prometheus metrics of all processes of one server, added up when they are asked for.

Processes share their figures (`prometheus_internals`), so any API process can answer `/metrics` for all. Import this
module only after `share_metrics`, because prometheus_client decides at import time where figures are kept.
"""

from bisect import bisect_left
from collections.abc import Iterable
from typing import Final

from prometheus_client import Counter, Gauge, Histogram

from brim.platform.telemetry.figures import Figure
from brim.platform.telemetry.prometheus_internals import add_observations, collect_metrics


class Distribution:
    """A histogram that is counted in memory and handed to prometheus_client now and then.

    Counting at once in its shared files costs several microseconds for each observation, and stalls while the disk
    writes those pages back. Counts of the last second are lost when the process is killed.
    """

    def __init__(self, name: str, documentation: str, labels: tuple[str, ...], buckets: tuple[float, ...]) -> None:
        self._histogram = Histogram(name, documentation, labels, buckets=buckets)
        self._bounds = buckets
        self._counts: dict[tuple[str, ...], list[float]] = {}

    def observe(self, labels: tuple[str, ...], value: float) -> None:
        """Count one value."""
        counts = self._counts.get(labels)
        if counts is None:
            counts = self._counts[labels] = [0.0] * (len(self._bounds) + 2)  # the buckets, the rest, the sum
        counts[bisect_left(self._bounds, value)] += 1
        counts[-1] += value

    def hand_over(self) -> None:
        """Add what was counted since the last time to what `/metrics` shows."""
        counted, self._counts = self._counts, {}
        for labels, (*counts, total) in counted.items():
            histogram = self._histogram.labels(*labels) if labels else self._histogram
            add_observations(histogram, counts, total)


CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"

_METHODS: Final = {name: name for name in ("GET", "POST", "DELETE", "HEAD", "OPTIONS", "PUT", "PATCH")}


def method_label(method: str) -> str:
    """Return a method as metrics name it: one of a few, whatever a client sends."""
    return _METHODS.get(method, "OTHER")


REQUESTS: Final = Distribution(
    "brim_http_request_duration_seconds",
    "Requests by route, method and status, and how long they took from the last byte received to the reply.",
    ("route", "method", "status"),
    (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0),
)
BATCH_SIZE: Final = Distribution(
    "brim_batch_size",
    "How many items went to the database together.",
    ("kind",),
    (1, 2, 4, 8, 16, 32, 64, 128, 256, 512),
)
QUEUE_DEPTH: Final = Gauge("brim_queue_depth", "Items that wait for a batch.", multiprocess_mode="livesum")
SHED: Final = Counter(
    "brim_requests_shed", "Requests rejected because of overload, before any work on them.", ("kind",)
)
QUEUE_DELAY: Final = Gauge(
    "brim_queue_delay_seconds",
    "What the quickest request of a moment took, in the process where it took longest.",
    ("kind",),
    multiprocess_mode="livemax",
)
CONNECTIONS: Final = Gauge("brim_http_connections", "Open HTTP connections.", multiprocess_mode="livesum")
POOL_OPEN: Final = Gauge("brim_database_connections", "Database connections.", ("state",), multiprocess_mode="livesum")
SETTLED: Final = Counter("brim_topups_settled", "Top-ups that the rail answered, by outcome.", ("outcome",))
DELIVERED: Final = Counter(
    "brim_webhook_attempts", "Attempts to send an event to an endpoint, by outcome.", ("outcome",)
)
FIRST_ATTEMPT_DELAY: Final = Distribution(
    "brim_webhook_first_attempt_delay_seconds",
    "How long after an event had its number the first attempt to send it to an endpoint began.",
    (),
    (0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0),
)
REQUESTS_NOT_KEPT: Final = Counter("brim_request_logs_dropped", "Requests left out of the request log.")


def hand_over() -> None:
    """Make what this process counted in memory visible; to be called about once a second."""
    REQUESTS.hand_over()
    BATCH_SIZE.hand_over()
    FIRST_ATTEMPT_DELAY.hand_over()


def render_metrics(figures: Iterable[Figure] = ()) -> bytes:
    """Return what all processes counted, and `figures` beside it, in Prometheus' text format."""
    hand_over()
    return collect_metrics(figures)
