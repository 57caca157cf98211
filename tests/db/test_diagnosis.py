"""What a database tells of its deployment."""

from brim.base.ids import IdFactory
from brim.core.diagnosis import Finding, Severity, diagnose
from brim.core.integrity.service import verify_and_remember
from brim.core.jobs import JobState, Worker, beat
from brim.platform.database import Database
from tests.support.books import NOW_MS, execute
from tests.support.hooks import add_endpoint, add_events

VERSION = "1.0.0"


async def findings(database: Database, *, now_ms: int = NOW_MS) -> dict[str, Finding]:
    found = await diagnose(database, clock=lambda: now_ms, version=VERSION)
    return {each.check: each for each in found}


def worker(*, worker_id: str = "wrk_1", version: str = VERSION, error: str | None = None) -> Worker:
    job = JobState(name="settle", failing_since_ms=NOW_MS if error else None, error=error)
    return Worker(id=worker_id, host="a", pid=1, version=version, started_ms=1, heartbeat_ms=NOW_MS, jobs=[job])


async def test_the_services_own_role_passes_and_the_owner_is_named(
    each_database: Database, each_owner_database: Database
) -> None:
    assert (await findings(each_database))["database.role"].severity is Severity.OK
    owner = (await findings(each_owner_database))["database.role"]
    assert owner.severity is Severity.WARNING
    assert "security.md" in str(owner.fix)


async def test_workers_that_are_missing_old_or_failing_are_named(database: Database) -> None:
    none = (await findings(database))["workers"]
    assert (none.severity, none.message.startswith("No worker is running")) == (Severity.ERROR, True)
    await beat(database, worker())
    found = await findings(database)
    assert found["workers"].severity is Severity.OK
    assert not {"workers.version", "workers.jobs"} & found.keys()
    await beat(database, worker(worker_id="wrk_2", version="0.9", error="no bank"))
    found = await findings(database)
    assert found["workers.version"].severity is Severity.WARNING
    assert found["workers.jobs"].message == "The job settle of a has been failing: no bank"
    gone = (await findings(database, now_ms=NOW_MS + 60_000))["workers"]
    assert "seen 60 s ago" in gone.message


async def test_a_backlog_that_is_late_is_named(database: Database) -> None:
    assert (await findings(database))["backlog"].severity is Severity.OK
    await add_endpoint(database, "http://127.0.0.1:9/hooks")
    await add_events(database, 1)
    late = (await findings(database, now_ms=NOW_MS + 400_000))["backlog"]
    assert (late.severity, "to be numbered" in late.message) == (Severity.ERROR, True)


async def test_a_verification_that_is_missing_old_or_found_differences_is_named(database: Database) -> None:
    assert (await findings(database))["verification"].severity is Severity.WARNING
    await verify_and_remember(database, clock=lambda: NOW_MS, ids=IdFactory(), with_chain=True)
    assert (await findings(database))["verification"].severity is Severity.OK
    old = (await findings(database, now_ms=NOW_MS + 2 * 86_400_000))["verification"]
    assert (old.severity, "48 h ago" in old.message) == (Severity.WARNING, True)
    await execute(
        database,
        """UPDATE verification_runs SET differences = '[{"owner": {"account": "acct_1", "livemode": true},"""
        """ "row": "balances usd", "expected": "1", "found": "2"}]'""",
    )
    wrong = (await findings(database))["verification"]
    assert (wrong.severity, "balances usd" in wrong.message) == (Severity.ERROR, True)
