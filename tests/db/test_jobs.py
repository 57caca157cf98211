"""Workers are seen, and what cannot be done is listed until it is."""

import asyncio

import msgspec
import pytest

import brim
from brim.api.wire_formats import WIRE_FORMATS
from brim.base.errors import BrimError
from brim.base.ids import IdFactory
from brim.core.access import create_account
from brim.core.accounts import NotOperatorError
from brim.core.integrity import count_stuck, list_stuck
from brim.core.jobs import JobState, beat, list_workers, listed_error, short_error
from brim.core.jobs.rules import ALIVE_WITHIN_MS, KEPT_MS, MAX_ERROR
from brim.core.rails import Instruction, Outcome, Rails
from brim.core.rails.protocol import Plan
from brim.core.topups import forget_exceptions, settle_due, settlement_lag_ms
from brim.platform.database import Database
from brim.testing.terminal import typed
from brim.worker.loop import Job, Loop
from brim.worker.run import make_heartbeat
from brim.worker.states import JobStates
from tests.support.books import LATER_MS, OWNER, RAIL, create, execute, new_topup, rows

UNEXPECTED = "Something went wrong. The worker's log has the details."
NOW_MS = 1_795_305_600_000


class BrokenRail:
    """A rail that has a bug until it is mended."""

    name = "sandbox"

    def __init__(self) -> None:
        self.is_broken = True

    def plan(self, **_question: object) -> Plan:
        raise NotImplementedError

    def outcome(self, instruction: Instruction, *, now_ms: int) -> Outcome:
        if self.is_broken:
            raise ZeroDivisionError(f"no days\nin {instruction.id}")
        return RAIL.outcome(instruction, now_ms=now_ms)


async def settle(database: Database, rail: BrokenRail, now_ms: int) -> int:
    return await settle_due(database, now_ms=now_ms, ids=IdFactory(), rails=Rails([rail]), renderers=WIRE_FORMATS)


async def test_what_cannot_be_settled_is_listed_with_its_attempts_until_it_is(each_database: Database) -> None:
    rail = BrokenRail()
    (topup_id,) = await create(each_database, [new_topup(IdFactory())])
    due_ms = LATER_MS
    for attempt in (1, 2, 3):
        assert await settle(each_database, rail, due_ms) == 1
        [item] = await list_stuck(each_database, None)
        assert (item.scope, item.job, item.object_id, item.attempts) == (OWNER, "settle", topup_id, attempt)
        assert (item.first_failed_ms, item.last_failed_ms) == (LATER_MS, due_ms)
        assert item.error == f"{UNEXPECTED} no days in {topup_id}"
        assert item.next_try_ms is not None
        assert item.next_try_ms > due_ms
        assert await forget_exceptions(each_database) == 0
        due_ms = item.next_try_ms
    async with each_database.connection() as conn:
        assert await count_stuck(conn, most=10) == {"archive": 0, "seal": 0, "settle": 1}
        assert await settlement_lag_ms(conn, now_ms=due_ms + 1500) == 1500
    rail.is_broken = False
    assert await settle(each_database, rail, due_ms) == 1
    assert await forget_exceptions(each_database) == 1
    assert await list_stuck(each_database, None) == []
    async with each_database.connection() as conn:
        assert await settlement_lag_ms(conn, now_ms=due_ms + 1500) == 0


async def test_a_normal_life_leaves_no_exception(database: Database) -> None:
    await create(database, [new_topup(IdFactory()) for _ in range(20)])
    rail = BrokenRail()
    rail.is_broken = False
    assert await settle(database, rail, LATER_MS) == 20
    assert await rows(database, "TABLE due_exceptions") == []


async def test_one_that_is_canceled_meanwhile_is_not_stuck_any_more(database: Database) -> None:
    (topup_id,) = await create(database, [new_topup(IdFactory())])
    await settle(database, BrokenRail(), LATER_MS)
    await execute(database, f"UPDATE topups SET status = 'canceled', due_ms = NULL WHERE id = '{topup_id}'")
    assert await forget_exceptions(database) == 1


async def test_a_worker_is_seen_with_its_jobs_and_forgotten_after_a_day(database: Database) -> None:
    first = (await create_account(database, platform=None, **typed(NOW_MS))).account
    later_account = (await create_account(database, platform=None, **typed(NOW_MS + 1000))).account
    states = JobStates(["settle", "heartbeat"], lambda: NOW_MS)
    heartbeat = make_heartbeat(database, states, lambda: NOW_MS)
    await heartbeat.run_once()
    states.succeeded("settle")
    states.failed("heartbeat", ValueError("once"))
    await heartbeat.run_once()
    [worker] = await list_workers(database, first)
    assert (worker.version, worker.started_ms, worker.heartbeat_ms) == (brim.__version__, NOW_MS, NOW_MS)
    assert worker.jobs == [
        JobState(name="settle", last_success_ms=NOW_MS),
        JobState(name="heartbeat", failing_since_ms=NOW_MS, error=f"{UNEXPECTED} once"),
    ]
    assert worker.is_alive(NOW_MS + ALIVE_WITHIN_MS)
    assert not worker.is_alive(NOW_MS + ALIVE_WITHIN_MS + 1)
    with pytest.raises(NotOperatorError):
        await list_workers(database, later_account)
    with pytest.raises(NotOperatorError):
        await list_stuck(database, later_account)
    later = msgspec.structs.replace(worker, id="wrk_later", heartbeat_ms=NOW_MS + KEPT_MS + 1)
    await beat(database, later)
    assert await list_workers(database, first) == [later]


async def test_a_loop_reports_what_becomes_of_its_job() -> None:
    now_ms, stop = 1, asyncio.Event()
    states = JobStates(["job"], lambda: now_ms)

    async def run_once() -> int:
        nonlocal now_ms
        now_ms += 1
        if now_ms < 4:
            raise ValueError("not yet")
        stop.set()
        seen.append(states.all())
        return 0

    seen: list[list[JobState]] = []
    await Loop(Job(name="job", run_once=run_once, full=1, rest_s=0.0), states=states).run(stop)
    assert seen == [[JobState(name="job", failing_since_ms=2, error=f"{UNEXPECTED} not yet")]]
    assert states.all() == [JobState(name="job", last_success_ms=4)]


def test_an_error_is_a_line_of_bounded_length() -> None:
    assert short_error(ValueError("a\n b")) == f"{UNEXPECTED} a b"
    assert short_error(ValueError()) == UNEXPECTED
    assert short_error(BrimError("The bank has\nnot answered.")) == "The bank has not answered."
    assert len(short_error(ValueError("x" * 9999))) == MAX_ERROR


def test_what_an_unexpected_error_says_is_not_for_breaks() -> None:
    assert listed_error(RuntimeError('relation "topups" does not exist')) == UNEXPECTED
    assert listed_error(BrimError("The bank has not answered.")) == "The bank has not answered."
    assert "No space left on device" in listed_error(OSError(28, "No space left on device"))
