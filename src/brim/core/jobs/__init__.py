"""Background work as it is seen: which workers there are, how their jobs do, what is late and what is stuck.

Neighbours: the worker reports here; `topups` notes what it cannot settle. Start reading at `rules`, then `service`.
"""

from brim.core.jobs.rules import HEARTBEAT_S, PREFIX, JobState, StuckItem, Worker, listed_error, short_error
from brim.core.jobs.service import beat, list_workers
from brim.core.jobs.store import count_stuck, note_exception, read_stuck, read_workers

__all__ = [
    "HEARTBEAT_S",
    "PREFIX",
    "JobState",
    "StuckItem",
    "Worker",
    "beat",
    "count_stuck",
    "list_workers",
    "listed_error",
    "note_exception",
    "read_stuck",
    "read_workers",
    "short_error",
]
