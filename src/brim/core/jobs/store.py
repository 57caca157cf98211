"""Workers and exceptions in the database."""

from typing import Final

from brim.base import json_codec
from brim.base.scope import AccountScope
from brim.core.jobs.rules import JobState, StuckItem, Worker
from brim.platform.database import Conn
from brim.platform.sql import load_queries

_SQL: Final = load_queries(__package__)


async def upsert_worker(conn: Conn, worker: Worker) -> None:
    """Write that a worker is there, and what became of its jobs."""
    await conn.execute(
        _SQL["upsert_worker"],
        worker.id,
        worker.host,
        worker.pid,
        worker.version,
        worker.started_ms,
        worker.heartbeat_ms,
        json_codec.encode_text(worker.jobs),
    )


async def forget_workers(conn: Conn, *, before_ms: int) -> None:
    """Remove workers that were not seen since a moment, in Unix milliseconds."""
    await conn.execute(_SQL["forget_workers"], before_ms)


async def read_workers(conn: Conn) -> list[Worker]:
    """Return all workers, the newest first."""
    return [
        Worker(**{**record, "jobs": json_codec.decode(record["jobs"], type=list[JobState])})
        for record in await conn.fetch(_SQL["list_workers"])
    ]


async def note_exception(
    conn: Conn, scope: AccountScope, *, job: str, object_id: str, failed_ms: int, next_try_ms: int, error: str
) -> None:
    """Write, in the transaction that puts it off, that work of a job failed once more."""
    await conn.execute(
        _SQL["note_exception"], scope.account, scope.livemode, job, object_id, failed_ms, next_try_ms, error
    )


async def read_stuck(conn: Conn, *, limit: int) -> list[StuckItem]:
    """Return what is stuck, of all accounts, up to `limit`."""
    return [
        StuckItem(
            scope=AccountScope(record["account"], record["livemode"]),
            job=record["job"],
            object_id=record["object_id"],
            attempts=record["attempts"],
            first_failed_ms=record["first_failed_ms"],
            last_failed_ms=record["last_failed_ms"],
            next_try_ms=record["next_try_ms"],
            error=record["error"],
        )
        for record in await conn.fetch(_SQL["list_stuck"], limit)
    ]


async def count_stuck(conn: Conn, *, most: int) -> dict[str, int]:
    """Return how much is stuck of each job that has any, counted up to `most` in all."""
    return {record["job"]: record["items"] for record in await conn.fetch(_SQL["count_stuck"], most)}
