"""The checks that need nothing but the database."""

from collections.abc import Callable
from typing import Final

from brim.core import archiving, integrity, jobs, webhooks
from brim.core.diagnosis import store
from brim.core.diagnosis.rules import Finding, fail, fine, judge_clock, judge_server, warn
from brim.core.jobs import Worker
from brim.core.verification import RunWarning
from brim.platform.database import Conn, Database

_MOST_COUNTED: Final = 10_000
_LATE_MS: Final = 5 * 60 * 1000
"""How late numbers and deliveries may be before somebody should look."""

_RUN_WORDS: Final = {
    RunWarning.NOTHING_CHECKED: "the books are empty",
    RunWarning.CHAIN_NOT_CHECKED: "the hash chains were not checked",
    RunWarning.STOPPED_EARLY: "verification stopped early",
    RunWarning.UNSEALED_ENTRIES: "some entries were not sealed yet",
    RunWarning.COVERAGE_UNKNOWN: "what was checked is not known",
}
_HARMLESS: Final = {RunWarning.NOTHING_CHECKED, RunWarning.UNSEALED_ENTRIES}


async def diagnose(database: Database, *, clock: Callable[[], int], version: str) -> list[Finding]:
    """Return what a database tells of its deployment.

    Args:
        database: reached as the service reaches it.
        clock: this host's time in Unix milliseconds.
        version: of this Brim.

    Raises:
        DatabaseUnavailableError: it cannot answer now.
    """
    async with database.connection() as conn:
        server = await store.read_server(conn)
        now_ms = clock()
        found = [*judge_server(server), judge_clock(server.now_ms, now_ms)]
        found += _judge_workers(await jobs.read_workers(conn), now_ms=now_ms, version=version)
        found.append(await _judge_backlog(conn, now_ms=now_ms))
        found += await _judge_archive(conn)
        found.append(await _judge_verification(conn, now_ms=now_ms))
    stuck = await integrity.list_stuck(database, None)
    if stuck:
        items = "item of work is" if len(stuck) == 1 else "items of work are"
        message = f"{len(stuck)} {items} stuck; the first is {stuck[0].job}: {stuck[0].error}"
        found.append(fail("stuck", message, "Run brim stuck for all of them: docs/debugging.md."))
    else:
        found.append(fine("stuck", "No work is stuck."))
    return found


def _judge_workers(workers: list[Worker], *, now_ms: int, version: str) -> list[Finding]:
    alive = [worker for worker in workers if worker.is_alive(now_ms)]
    if not alive:
        seen = f"; the last one was seen {(now_ms - workers[0].heartbeat_ms) // 1000} s ago" if workers else ""
        message = f"No worker is running{seen}. Top-ups don't settle and webhooks aren't sent."
        return [fail("workers", message, "Start brim serve or brim worker, and look at its log.")]
    found = [fine("workers", f"{len(alive)} {'worker is' if len(alive) == 1 else 'workers are'} running.")]
    others = sorted({worker.version for worker in alive} - {version})
    if others:
        message = f"Workers of other versions are running: {', '.join(others)}; this is {version}."
        found.append(warn("workers.version", message, "Finish the upgrade: docs/upgrades.md."))
    failing = [(worker, job) for worker in alive for job in worker.jobs if job.failing_since_ms is not None]
    for worker, job in failing:
        message = f"The job {job.name} of {worker.host} has been failing: {job.error}"
        found.append(fail("workers.jobs", message, "Look at the worker's log: docs/debugging.md."))
    return found


async def _judge_backlog(conn: Conn, *, now_ms: int) -> Finding:
    numbering_ms = await webhooks.numbering_lag_ms(conn, now_ms=now_ms)
    late_ms = await webhooks.delivery_lag_ms(conn, now_ms=now_ms, most=1_000)
    owed = await webhooks.count_owed(conn, most=_MOST_COUNTED)
    counted = f"{owed:,}{' or more' if owed >= _MOST_COUNTED else ''} webhook deliveries are pending"
    if owed == 1:
        counted = "1 webhook delivery is pending"
    if numbering_ms >= _LATE_MS:
        message = f"Events have been waiting for {_span(numbering_ms)} to be numbered, so no webhooks are sent."
        return fail("backlog", message, "Check that a worker is running and its job `number` works.")
    if late_ms >= _LATE_MS:
        message = f"{counted}, the oldest for {_span(late_ms)} longer than planned."
        return warn("backlog", message, "Look for failing endpoints on the Webhooks page.")
    return fine("backlog", f"{counted}.")


def _span(lasting_ms: int) -> str:
    """Return how long something takes, such as `40 s`, `7 min` or `3 h`."""
    for unit_ms, word in ((3_600_000, "h"), (60_000, "min")):
        if lasting_ms >= unit_ms:
            return f"{lasting_ms // unit_ms} {word}"
    return f"{lasting_ms // 1000} s"


async def _judge_archive(conn: Conn) -> list[Finding]:
    """Return how archiving goes, nothing where it is off: that is for whoever knows how backups are made."""
    found = await archiving.read_archiving(conn)
    if found.problem is not None:
        return [fail("backups.wal", found.problem, "Repair the backup store: docs/backups.md.")]
    return [fine("backups.wal", "WAL is archived.")] if found.is_on else []


async def _judge_verification(conn: Conn, *, now_ms: int) -> Finding:
    latest = await integrity.read_latest(conn, now_ms=now_ms)
    if latest.run is None:
        return warn("verification", "The books have never been verified.", "Run brim verify --chain.")
    run = latest.run
    said = f"The books were verified {_span(max(0, now_ms - run.began_ms))} ago"
    if run.differences:
        message = f"{said} and don't balance: {run.differences[0]}."
        return fail("verification", message, "Stop, and read docs/chain.md before you change anything.")
    said = f"{said} without differences"
    if latest.is_outdated:
        return warn("verification", f"{said}, but not since then.", "Check that a worker is running.")
    reasons = [_RUN_WORDS[warning] for warning in run.warnings]
    if set(run.warnings) - _HARMLESS:
        return warn("verification", f"{said}, but {' and '.join(reasons)}.", "Run brim verify --chain.")
    return fine("verification", f"{said}{', but ' if reasons else ''}{' and '.join(reasons)}.")
