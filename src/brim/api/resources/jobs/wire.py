"""How workers and stuck work are written for clients. Ours, in the wire's manner."""

from typing import Annotated

import msgspec

from brim.api.framework.schema import LIVEMODE, TEXT, TIME, constant, described
from brim.base.json_codec import encode
from brim.core.jobs import StuckItem, Worker


class WorkerJobObject(msgspec.Struct, frozen=True, kw_only=True):
    """A job of a worker: when it last succeeded, and what is wrong if it is failing."""

    name: Annotated[str, described("The name of the job.", **TEXT)]
    error: Annotated[str | None, described("The last error; null while the job works.")]
    failing_since: Annotated[int | None, described("When it began to fail; null while it works.")]
    last_success: Annotated[int | None, described("When it last succeeded; null if it hasn't yet.")]


class WorkerObject(msgspec.Struct, frozen=True, kw_only=True):
    """A worker process, as it was last seen. Brim only."""

    id: Annotated[str, described("The worker's id, new at each start.", **TEXT)]
    object: Annotated[str, constant("brim.worker")] = "brim.worker"
    created: Annotated[int, described("When it started.", **TIME)]
    host: Annotated[str, described("The name of its machine.", **TEXT)]
    jobs: Annotated[list[WorkerJobObject], described("Its jobs.")]
    last_heartbeat: Annotated[int, described("When it was last seen.", **TIME)]
    pid: Annotated[int, described("Its process id on that machine.", minimum=1)]
    status: Annotated[str, described("`running`, or `gone` when not seen for 30 seconds.", enum=["running", "gone"])]
    version: Annotated[str, described("The version of Brim that it runs.", **TEXT)]


class StuckObject(msgspec.Struct, frozen=True, kw_only=True):
    """Work that was due and failed, or a ledger chain that can't be sealed. Brim only.

    A chain isn't retried, because a person has to look at it first: its attempts and times are null.
    """

    object: Annotated[str, constant("brim.stuck_item")] = "brim.stuck_item"
    account: Annotated[str, described("The account that the object belongs to.", **TEXT)]
    attempts: Annotated[int | None, described("How many attempts have failed; null if it isn't tried.", minimum=1)]
    error: Annotated[str, described("The last error, or why it isn't tried.", **TEXT)]
    first_failed: Annotated[int | None, described("When the first attempt failed; null if it isn't tried.")]
    job: Annotated[str, described("The job that could not be done, such as `settle`.", **TEXT)]
    last_failed: Annotated[int | None, described("When the last attempt failed; null if it isn't tried.")]
    livemode: Annotated[bool, LIVEMODE]
    next_try: Annotated[int | None, described("When it is tried again; null if it isn't.")]
    object_id: Annotated[str, described("The object that it is about.", **TEXT)]


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
            first_failed=_seconds(item.first_failed_ms),
            job=item.job,
            last_failed=_seconds(item.last_failed_ms),
            livemode=item.scope.livemode,
            next_try=_seconds(item.next_try_ms),
            object_id=item.object_id,
        )
    )


def _seconds(milliseconds: int | None) -> int | None:
    return None if milliseconds is None else milliseconds // 1000
