"""The schemas of workers and of stuck work."""

from typing import Final

from brim.api.framework.params import Schema
from brim.api.framework.schema import LIVEMODE, TEXT, TIME, Component, constant
from brim.api.resources.jobs.wire import StuckObject, WorkerJobObject, WorkerObject

_WORKER: Final[dict[str, Schema]] = {
    "id": {"description": "The worker's id, new at each start.", **TEXT},
    "object": constant("brim.worker"),
    "created": {"description": "When it started.", **TIME},
    "host": {"description": "The name of its machine.", **TEXT},
    "jobs": {"description": "What it does, job by job."},
    "last_heartbeat": {"description": "When it was last seen.", **TIME},
    "pid": {"description": "Its process id on that machine.", "minimum": 1},
    "status": {"description": "`running`, or `gone` when not seen for 30 seconds.", "enum": ["running", "gone"]},
    "version": {"description": "The version of Brim that it runs.", **TEXT},
}
_JOB: Final[dict[str, Schema]] = {
    "name": {"description": "The name of the job.", **TEXT},
    "error": {"description": "The last error; null while the job works."},
    "failing_since": {"description": "When it began to fail; null while it works."},
    "last_success": {"description": "When it last succeeded; null if it hasn't yet."},
}
_STUCK: Final[dict[str, Schema]] = {
    "object": constant("brim.stuck_item"),
    "account": {"description": "The account that the object belongs to.", **TEXT},
    "attempts": {"description": "How many attempts have failed.", "minimum": 1},
    "error": {"description": "The last error.", **TEXT},
    "first_failed": {"description": "When the first attempt failed.", **TIME},
    "job": {"description": "The job that could not be done, such as `settle`.", **TEXT},
    "last_failed": {"description": "When the last attempt failed.", **TIME},
    "livemode": LIVEMODE,
    "next_try": {"description": "When it is tried again.", **TIME},
    "object_id": {"description": "The object that it is about.", **TEXT},
}

JOBS: Final = (
    Component(WorkerObject, "brim.worker", _WORKER),
    Component(WorkerJobObject, "brim.worker_job", _JOB),
    Component(StuckObject, "brim.stuck_item", _STUCK),
)
