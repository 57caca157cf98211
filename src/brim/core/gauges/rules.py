"""Figures of workers, returns and waiting work, made from what was read."""

from collections.abc import Iterable, Mapping
from typing import Final

from brim.core.jobs import Worker
from brim.core.return_rates import RateKind, kinds_of
from brim.platform.telemetry.figures import Figure

KIND: Final = ("kind",)


def single(name: str, documentation: str, value: float) -> Figure:
    """Return a figure without labels."""
    return Figure(name, documentation, (), [((), value)])


def by_kind(name: str, documentation: str, values: Mapping[str, float]) -> Figure:
    """Return a figure with a value for each kind."""
    return Figure(name, documentation, KIND, [((kind,), value) for kind, value in values.items()])


def age_s(since_ms: int | None, now_ms: int) -> float:
    """Return how many seconds something has lasted, 0 for what has not begun."""
    return 0.0 if since_ms is None else max(now_ms - since_ms, 0) / 1000


def rates_of(returns: Mapping[str | None, int]) -> tuple[int, dict[str, float]]:
    """Return how many debits were looked at, and the part of them that came back: in all, and for two kinds of reason.

    Args:
        returns: how many there are by return code, beside None for those that did not come back.
    """
    debits = sum(returns.values())
    back = {code: count for code, count in returns.items() if code is not None}
    counts = {
        "all": sum(back.values()),
        "administrative": _count(back, RateKind.ADMINISTRATIVE),
        "unauthorized": _count(back, RateKind.UNAUTHORIZED),
    }
    return debits, {kind: count / debits if debits else 0.0 for kind, count in counts.items()}


def _count(back: Mapping[str, int], kind: RateKind) -> int:
    return sum(count for code, count in back.items() if kind in kinds_of(code))


def worker_figures(workers: Iterable[Worker], *, now_ms: int) -> list[Figure]:
    """Return how many workers live, and for each job how long it has failed, and not succeeded, in any of them.

    What another worker does well is done: a job's last success is the newest of all.
    """
    alive = [worker for worker in workers if worker.is_alive(now_ms)]
    failing: dict[str, float] = {}
    idle: dict[str, float] = {}
    for worker in alive:
        for job in worker.jobs:
            failing[job.name] = max(failing.get(job.name, 0.0), age_s(job.failing_since_ms, now_ms))
            waits_s = age_s(job.last_success_ms or worker.started_ms, now_ms)
            idle[job.name] = min(idle.get(job.name, waits_s), waits_s)
    return [
        single("brim_workers", "Workers that were seen in the last thirty seconds.", len(alive)),
        by_kind("brim_worker_job_failing_seconds", "How long a job of a worker has failed, 0 while it works.", failing),
        by_kind("brim_worker_job_idle_seconds", "How long ago any worker last did a step of a job.", idle),
    ]
