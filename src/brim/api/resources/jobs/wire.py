"""How workers and stuck work are written for clients. Ours, in the wire's manner."""

import msgspec

from brim.base.json_codec import encode
from brim.core.jobs import StuckItem, Worker


class WorkerJobObject(msgspec.Struct, frozen=True, kw_only=True):
    """One job of a worker: when it last succeeded, and what is wrong, null while it works."""

    name: str
    error: str | None
    failing_since: int | None
    last_success: int | None


class WorkerObject(msgspec.Struct, frozen=True, kw_only=True):
    """A worker process as it was seen last; ours, in the wire's manner."""

    id: str
    object: str = "brim.worker"
    created: int
    host: str
    jobs: list[WorkerJobObject]
    last_heartbeat: int
    pid: int
    status: str
    version: str


class StuckObject(msgspec.Struct, frozen=True, kw_only=True):
    """Work that was due and could not be done; ours, in the wire's manner."""

    object: str = "brim.stuck_item"
    account: str
    attempts: int
    error: str
    first_failed: int
    job: str
    last_failed: int
    livemode: bool
    next_try: int
    object_id: str


def worker_json(worker: Worker, *, now_ms: int) -> bytes:
    """Return a worker's compact JSON."""
    jobs = [
        WorkerJobObject(
            name=job.name,
            error=job.error,
            failing_since=_seconds(job.failing_since_ms),
            last_success=_seconds(job.last_success_ms),
        )
        for job in worker.jobs
    ]
    return encode(
        WorkerObject(
            id=worker.id,
            created=worker.started_ms // 1000,
            host=worker.host,
            jobs=jobs,
            last_heartbeat=worker.heartbeat_ms // 1000,
            pid=worker.pid,
            status="running" if worker.is_alive(now_ms) else "gone",
            version=worker.version,
        )
    )


def stuck_json(item: StuckItem) -> bytes:
    """Return a stuck item's compact JSON."""
    return encode(
        StuckObject(
            account=item.scope.account,
            attempts=item.attempts,
            error=item.error,
            first_failed=item.first_failed_ms // 1000,
            job=item.job,
            last_failed=item.last_failed_ms // 1000,
            livemode=item.scope.livemode,
            next_try=item.next_try_ms // 1000,
            object_id=item.object_id,
        )
    )


def _seconds(milliseconds: int | None) -> int | None:
    return None if milliseconds is None else milliseconds // 1000
