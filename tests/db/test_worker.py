import asyncio
import os
import signal
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from brim.api.wire_formats import WIRE_FORMATS
from brim.base.clock import system_clock_ms
from brim.base.errors import DatabaseUnavailableError
from brim.base.ids import IdFactory
from brim.core.integrity.books import verify_books
from brim.core.ledger.sealing import verify_chain
from brim.core.topups.settlement import MAX_BATCH
from brim.host.embedded import EmbeddedPostgres
from brim.platform.database import Database
from brim.platform.migrate import migrate
from brim.platform.vault import Vault
from brim.worker.loop import Job, Loop
from brim.worker.run import make_jobs, never_backwards
from tests.support.books import RAILS, assert_books_hold, create, execute, new_topup, rows
from tests.support.virtual_time import run_in_virtual_time
from tests.support.workers import PATIENCE_S, running_worker, until


class Steps:
    """A job that plays a script: each step returns a count or raises, and the last one stops the loop."""

    takes_s = 0.0
    """How long each step takes."""

    def __init__(self, *script: int | Exception) -> None:
        self.stop = asyncio.Event()
        self.wake = asyncio.Event()
        """Set by each step, as if something had happened meanwhile."""

        self.times: list[float] = []
        self._script = list(script)

    async def run_once(self) -> int:
        self.times.append(asyncio.get_running_loop().time())
        self.wake.set()
        await asyncio.sleep(self.takes_s)
        step = self._script.pop(0)
        if not self._script:
            self.stop.set()
        if isinstance(step, Exception):
            raise step
        return step

    def play(self, *, full: int = 10, rest_s: float = 3600.0, **settings: Any) -> list[tuple[str, int]]:
        """Run the script in a loop, in virtual time; return what the metrics heard. `settings` are the job's."""
        heard: list[tuple[str, int]] = []
        job = Job(name="steps", run_once=self.run_once, full=full, rest_s=rest_s, **settings)
        loop = Loop(job, observe=lambda name, count, _seconds: heard.append((name, count)))
        run_in_virtual_time(loop.run(self.stop))
        return heard

    @property
    def pauses(self) -> list[float]:
        return [later - earlier for earlier, later in zip(self.times, self.times[1:], strict=False)]


def test_a_full_step_is_followed_at_once_by_the_next() -> None:
    steps = Steps(10, 10, 3)
    assert steps.play(full=10, rest_s=3600.0) == [("steps", 10), ("steps", 10), ("steps", 3)]


def test_a_job_that_takes_turns_leaves_others_as_much_time_as_it_took() -> None:
    steps = Steps(10, 10, 3)
    steps.takes_s = 5.0
    steps.play(full=10, takes_turns=True)
    assert steps.pauses == pytest.approx([5 + 5, 5 + 5])


def test_a_step_that_was_not_full_is_followed_by_a_rest_and_an_empty_one_is_not_counted() -> None:
    steps = Steps(9, 0, 1)
    assert steps.play(full=10, rest_s=60.0) == [("steps", 9), ("steps", 1)]
    assert steps.pauses == pytest.approx([60, 60])


def test_rests_grow_while_nothing_is_done_and_are_short_again_after_something() -> None:
    nothing = [0] * 7
    steps = Steps(*nothing, 1, *nothing, 1)
    steps.play(rest_s=2.0, longest_rest_s=3600.0)
    assert steps.pauses == pytest.approx([2 * 2**nth for nth in range(7)] + [2 * 2**nth for nth in range(8)])


def test_rests_grow_only_so_far() -> None:
    steps = Steps(*[0] * 12, 1)
    steps.play(rest_s=4.0, longest_rest_s=8.0)
    assert steps.pauses == pytest.approx([4] + [8] * 11)


def test_a_rest_is_cut_short_when_something_happens_but_has_its_least_length() -> None:
    steps = Steps(0, 0, 1)
    steps.play(rest_s=3600.0, least_rest_s=0.05, wake=steps.wake)
    assert steps.pauses == pytest.approx([0.05, 0.05])


def test_a_stop_ends_a_long_rest() -> None:
    steps = Steps(1)
    steps.play(rest_s=3600.0)
    assert len(steps.times) == 1


def test_failures_are_logged_once_in_a_row_and_tried_again_more_and_more_slowly(
    capsys: pytest.CaptureFixture[str],
) -> None:
    away = [DatabaseUnavailableError() for _ in range(4)]
    steps = Steps(*away, 10, ZeroDivisionError(), *away[:2], 10)
    steps.play()
    logged = capsys.readouterr().out
    assert logged.count("DatabaseUnavailableError") == 2
    assert logged.count("job recovered") == 2
    assert "Traceback" in logged
    assert steps.pauses == pytest.approx([0.05, 0.1, 0.2, 0.4, 0, 0.05, 0.1, 0.2])


class LongStep:
    """A step that would never end by itself."""

    def __init__(self) -> None:
        self.began = asyncio.Event()
        self.was_cut = False
        self.job = Job(name="long", run_once=self.run_once, full=1, rest_s=0.01, may_be_cut=True)

    async def run_once(self) -> int:
        self.began.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            self.was_cut = True
            raise
        return 0


async def test_a_stop_cuts_a_long_step_that_may_be_cut() -> None:
    stop, step = asyncio.Event(), LongStep()
    running = asyncio.create_task(Loop(step.job).run(stop))
    await asyncio.wait_for(step.began.wait(), PATIENCE_S)
    stop.set()
    await asyncio.wait_for(running, PATIENCE_S)
    assert step.was_cut


async def test_a_step_that_may_be_cut_ends_with_its_loop() -> None:
    step = LongStep()
    running = asyncio.create_task(Loop(step.job).run(asyncio.Event()))
    await asyncio.wait_for(step.began.wait(), PATIENCE_S)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert step.was_cut


def test_steps_that_may_be_cut_are_counted_and_tried_again_like_others() -> None:
    steps = Steps(10, 10, DatabaseUnavailableError(), 3)
    assert steps.play(rest_s=0.01, may_be_cut=True) == [("steps", 10), ("steps", 10), ("steps", 3)]


def test_time_stands_still_while_the_clock_is_set_back() -> None:
    readings = iter([5, 7, 3, 6, 8])
    now_ms = never_backwards(lambda: next(readings))
    assert [now_ms() for _ in range(5)] == [5, 7, 7, 7, 8]


async def test_the_jobs_of_a_worker_settle_seal_verify_and_prune(database: Database) -> None:
    day_ms = 24 * 60 * 60 * 1000
    await create(database, [new_topup(IdFactory(), key="old")])
    jobs = {
        job.name: job
        for job in make_jobs(database, RAILS, lambda: system_clock_ms() + day_ms, WIRE_FORMATS, vault=Vault([]))
    }
    assert await jobs["settle"].run_once() == 1
    assert await jobs["seal"].run_once() == 1
    assert await jobs["verify"].run_once() == 1
    assert await jobs["verify"].run_once() == 0
    assert await jobs["prune"].run_once() == 1
    assert (await verify_books(database)).differences == []


async def pending(database: Database) -> int:
    [row] = await rows(database, "SELECT count(*) AS pending FROM topups WHERE status = 'pending'")
    return int(row["pending"])


async def create_due(database: Database, count: int) -> Sequence[str]:
    """Create top-ups that are due now."""
    ids = IdFactory()
    now_ms = system_clock_ms() - 2_000
    return await create(database, [new_topup(ids, now_ms=now_ms) for _ in range(count)])


async def none_pending(database: Database) -> bool:
    return await pending(database) == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_worker_settles_and_stops_cleanly_when_told(
    service_url: str, database: Database, number: signal.Signals
) -> None:
    await create_due(database, MAX_BATCH + 7)
    async with running_worker(service_url) as worker:
        await until(lambda: none_pending(database))
        await create_due(database, 1)
        await until(lambda: none_pending(database))
        worker.process.send_signal(number)
        assert await worker.ended() == 0
    assert (await verify_books(database)).differences == []


async def test_a_worker_stops_when_its_supervisor_is_gone(service_url: str) -> None:
    alive_fd, supervisors_fd = os.pipe()
    async with running_worker(service_url, alive_fd=alive_fd) as worker:
        os.close(alive_fd)
        assert worker.process.returncode is None
        os.close(supervisors_fd)
        assert await worker.ended() == 0


async def test_two_workers_settle_everything_exactly_once(service_url: str, database: Database) -> None:
    await create_due(database, 2_000)
    async with running_worker(service_url), running_worker(service_url):
        await until(lambda: none_pending(database))
    [line] = await rows(database, "SELECT count(*) AS lines, sum(net) AS total FROM balance_transactions")
    assert line == {"lines": 2_000, "total": 2_000_000}
    await assert_books_hold(database)


async def test_a_killed_worker_leaves_whole_books_that_the_next_one_finishes(
    service_url: str, database: Database
) -> None:
    await create_due(database, 5_000)

    async def some_settled() -> bool:
        return await pending(database) < 5_000

    async with running_worker(service_url) as worker:
        await until(some_settled)
        worker.process.kill()
        await worker.ended()
    assert (await verify_books(database)).differences == []
    async with running_worker(service_url):
        await until(lambda: none_pending(database))
    await assert_books_hold(database)


async def test_two_workers_seal_everything_once_and_one_of_them_verifies(database_url: str, database: Database) -> None:
    await create_due(database, 2_000)

    async def all_sealed() -> bool:
        [row] = await rows(database, "SELECT count(*) AS sealed FROM entry_seals")
        return bool(row["sealed"] == 2_000)

    async def verified() -> bool:
        return bool(await rows(database, "SELECT FROM verification_runs WHERE ended_ms IS NOT NULL"))

    async with running_worker(database_url), running_worker(database_url):
        await until(all_sealed)
        await until(verified)
    report = await verify_chain(database)
    assert (report.sealed, report.unsealed, report.heads, report.differences) == (2_000, 0, 1, [])


async def test_a_worker_outlives_its_connections(service_url: str, database: Database) -> None:
    async with running_worker(service_url) as worker:
        for _ in range(3):
            await execute(
                database,
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE application_name = 'brim worker' AND datname = current_database()",
            )
            await create_due(database, 3)
            await until(lambda: none_pending(database))
        worker.process.terminate()
        assert await worker.ended() == 0
    assert (await verify_books(database)).differences == []


async def test_a_worker_waits_for_a_database_that_is_away_and_each_job_says_so_once(short_path: Path) -> None:
    server = EmbeddedPostgres(short_path / "postgres")  # the same URL after a restart, because the path is short
    await server.start()
    try:
        await migrate(server.urls.owner, now_ms=0)
        async with running_worker(server.urls.owner) as worker:
            await server.stop()
            await worker.read_until("DatabaseUnavailableError")
            await server.start()
            await worker.read_until("job recovered")
            database = await Database.connect(server.urls.owner)
            await create_due(database, 1)
            await until(lambda: none_pending(database))
            await database.close()
            worker.process.terminate()
            assert await worker.ended() == 0
        for job in ("settle", "prune"):
            reports = [line for line in worker.log.splitlines() if f'"job":"{job}","error"' in line]
            assert len(reports) <= 1
    finally:
        await server.stop()
