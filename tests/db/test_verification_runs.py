"""Verifications are run in turn, remembered, and told to the operator alone."""

import asyncio
from collections.abc import Callable

import pytest

from brim.api.wire_formats import WIRE_FORMATS
from brim.base.errors import DatabaseUnavailableError
from brim.base.ids import IdFactory
from brim.base.scope import AccountScope
from brim.core.access.service import create_account
from brim.core.accounts import NotOperatorError
from brim.core.integrity.books import verify_books
from brim.core.integrity.run_store import hold, is_asked, let_go, read_latest_run
from brim.core.integrity.service import (
    KEPT_RUNS,
    ask_verification,
    latest_run,
    list_heads,
    list_verifications,
    verify_and_remember,
    verify_asked,
    verify_in_turn,
)
from brim.core.topups.settlement import settle_due
from brim.core.verification import Pace
from brim.core.verification.rules import MAX_DIFFERENCES, Difference, RunWarning, VerificationRun
from brim.platform.database import Database
from brim.testing.terminal import typed
from tests.support.books import LATER_MS, OWNER, RAILS, create, execute, new_topup, rows
from tests.support.chains import post, seal_all
from tests.support.waiting import until_somebody_waits

HOUR_MS = 3_600_000
TEN_MS = 10 * HOUR_MS
SNAPSHOTS_OF_OTHERS = """
    SELECT query
    FROM pg_stat_activity
    WHERE backend_xmin IS NOT NULL AND datname = current_database() AND backend_type = 'client backend'
        AND pid <> pg_backend_pid()
"""


def clock_at(*readings: int) -> Callable[[], int]:
    """Return a clock that shows these times, the last one for ever."""
    left = list(readings)
    return lambda: left.pop(0) if len(left) > 1 else left[0]


async def in_turn(database: Database, now_ms: int, *, every_ms: int = HOUR_MS) -> list[VerificationRun]:
    """Ask for a verification; return it if it was this one's turn."""
    clock = clock_at(now_ms, now_ms + 5)
    if not await verify_in_turn(database, clock=clock, ids=IdFactory(), every_ms=every_ms):
        return []
    async with database.connection() as conn:
        run = await read_latest_run(conn)
    assert run
    return [run]


async def make_operator(database: Database) -> str:
    return (await create_account(database, platform=None, **typed(1))).account


async def test_a_turn_comes_once_in_every_interval(each_database: Database) -> None:
    turns = [
        await in_turn(each_database, TEN_MS + minutes * 60_000)
        for minutes in (5, 10, 59, 60, 61, 119, 3 * 60, 3 * 60 + 1)
    ]
    assert [len(turn) for turn in turns] == [1, 0, 0, 1, 0, 0, 1, 0]


async def test_of_workers_that_ask_at_once_one_verifies(each_database: Database) -> None:
    turns = await asyncio.gather(*(in_turn(each_database, TEN_MS) for _ in range(6)))
    assert sum(map(len, turns)) == 1
    assert len(await rows(each_database, "TABLE verification_runs")) == 1


async def test_a_verification_that_was_killed_does_not_stand_in_the_next_ones_way(database: Database) -> None:
    operator = await make_operator(database)
    await in_turn(database, TEN_MS)
    await execute(
        database,
        "INSERT INTO verification_runs (id, turn_ms, began_ms)"
        f" VALUES ('vrun_z', {TEN_MS + HOUR_MS}, {TEN_MS + HOUR_MS})",
    )
    latest = (await latest_run(database, operator, now_ms=TEN_MS)).run
    assert latest is not None
    assert latest.began_ms == TEN_MS
    assert len(await in_turn(database, TEN_MS + 2 * HOUR_MS)) == 1


async def test_a_verification_that_fails_gives_its_turn_back(database: Database) -> None:
    def broken_clock() -> int:
        if readings:
            return readings.pop()
        raise DatabaseUnavailableError

    readings = [TEN_MS]
    with pytest.raises(DatabaseUnavailableError):
        await verify_in_turn(database, clock=broken_clock, ids=IdFactory(), every_ms=HOUR_MS)
    assert await rows(database, "TABLE verification_runs") == []
    assert len(await in_turn(database, TEN_MS)) == 1


async def test_a_verification_that_is_cut_off_gives_its_turn_back(database: Database, service_url: str) -> None:
    async with database.transaction() as conn:
        await conn.execute("LOCK TABLE events IN ACCESS EXCLUSIVE MODE")
        verifying = asyncio.create_task(in_turn(database, TEN_MS))
        await until_somebody_waits(service_url)
        verifying.cancel()
        with pytest.raises(asyncio.CancelledError):
            await verifying
    assert await rows(database, "TABLE verification_runs") == []


async def test_what_was_found_is_kept_and_told_to_the_operator(database: Database) -> None:
    operator = await make_operator(database)
    assert (await latest_run(database, operator, now_ms=TEN_MS)).run is None
    ids = IdFactory()
    await create(database, [new_topup(ids), new_topup(ids)])
    await settle_due(database, now_ms=LATER_MS, ids=ids, rails=RAILS, renderers=WIRE_FORMATS)
    await seal_all(database, limit=1)
    await post(database, OWNER, ["tr_of_nothing"])
    [run] = await in_turn(database, TEN_MS)
    assert (run.entries, run.sealed, run.unsealed, run.heads) == (3, 2, 1, 1)
    assert (run.began_ms, run.ended_ms) == (TEN_MS, TEN_MS + 5)
    assert "tr_of_nothing" in str(run.differences[0])
    assert (await latest_run(database, operator, now_ms=TEN_MS)).run == run


async def test_both_the_books_and_the_chain_have_a_say(database: Database) -> None:
    await post(database, OWNER, ["tr_1"])
    await execute(database, "DELETE FROM unsealed_entries")
    [run] = await in_turn(database, TEN_MS)
    said = [str(difference) for difference in run.differences]
    assert any("tu_tr_1 (topup): expected nothing" in sentence for sentence in said)
    assert any("neither sealed nor waiting" in sentence for sentence in said)


async def test_a_person_may_verify_at_any_time_with_the_chain_or_without(database: Database) -> None:
    operator = await make_operator(database)
    await in_turn(database, TEN_MS)
    for now_ms, with_chain, counted in ((TEN_MS + 10, False, None), (TEN_MS + 20, True, 0)):
        asked = await verify_and_remember(
            database, clock=clock_at(now_ms, now_ms - 1), ids=IdFactory(), with_chain=with_chain
        )
        assert (asked.heads, asked.entries) == (counted, counted)
        assert (asked.began_ms, asked.ended_ms) == (now_ms, now_ms)
        assert (await latest_run(database, operator, now_ms=TEN_MS)).run == asked


async def test_the_latest_results_are_kept_and_older_ones_go(database: Database) -> None:
    await execute(
        database,
        "INSERT INTO verification_runs (id, began_ms, ended_ms, differences)"
        f" SELECT 'vrun_' || lpad(n::text, 24, '0'), n, n, '[]' FROM generate_series(1, {KEPT_RUNS + 50}) AS n",
    )
    [run] = await in_turn(database, TEN_MS)
    kept = await rows(database, "SELECT id FROM verification_runs ORDER BY id DESC")
    assert len(kept) == KEPT_RUNS
    assert kept[0]["id"] == run.id
    assert kept[-1]["id"].endswith("0052")


async def test_differences_are_logged_and_agreement_is_not(
    database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    await in_turn(database, TEN_MS)
    assert "do not balance" not in capsys.readouterr().out
    await execute(database, "INSERT INTO balances VALUES ('acct_books', false, 'usd', 7)")
    await in_turn(database, TEN_MS + HOUR_MS)
    logged = capsys.readouterr().out
    assert "the books do not balance" in logged
    assert "balances usd" in logged


async def test_only_the_account_that_was_there_first_is_told(database: Database) -> None:
    await make_operator(database)
    later = await create_account(database, platform=None, **typed(10_000))
    with pytest.raises(NotOperatorError):
        await latest_run(database, later.account, now_ms=TEN_MS)


async def test_a_run_that_an_earlier_version_wrote_is_read(database: Database) -> None:
    await execute(
        database,
        "INSERT INTO verification_runs (id, began_ms, ended_ms, differences) VALUES ('vrun_1', 1, 2,"
        """ '[{"owner":{"account":"acct_1","livemode":true},"row":"topups tu_1","expected":null,"found":"x"}]')""",
    )
    async with database.connection() as conn:
        run = await read_latest_run(conn)
    assert run is not None
    assert run.differences == [
        Difference(scope=AccountScope("acct_1", livemode=True), row="topups tu_1", expected=None, found="x")
    ]


async def test_a_verification_that_is_asked_for_runs_once_and_alone(each_database: Database) -> None:
    database = each_database
    operator = await make_operator(database)

    async def statuses() -> list[tuple[str, str | None]]:
        return [(each.status.value, each.asked_by) for each in await list_verifications(database, operator)]

    async def ask() -> str:
        found = await ask_verification(database, operator, asked_by="op_1", now_ms=TEN_MS, ids=IdFactory())
        return found.id

    assert await verify_asked(database, clock=clock_at(TEN_MS)) == 0
    asked = await asyncio.gather(*(ask() for _ in range(5)))
    assert len(set(asked)) == 1
    assert await statuses() == [("waiting", "op_1")]
    again = await ask_verification(database, operator, asked_by="op_2", now_ms=TEN_MS + 5, ids=IdFactory())
    assert (again.id, again.asked_by, again.began_ms) == (asked[0], "op_1", TEN_MS)
    async with database.connection() as other:  # while another verification runs, it waits
        assert await hold(other)
        assert await verify_asked(database, clock=clock_at(TEN_MS)) == 0
        assert await verify_in_turn(database, clock=clock_at(TEN_MS), ids=IdFactory(), every_ms=HOUR_MS) == 0
        await let_go(other)
    assert await statuses() == [("waiting", "op_1")]
    done = await asyncio.gather(*(verify_asked(database, clock=clock_at(TEN_MS, TEN_MS + 5)) for _ in range(4)))
    assert sum(done) == 1
    assert await statuses() == [("agree", "op_1")]
    assert await ask() != asked[0]


async def test_one_that_does_not_get_to_its_end_is_shown_as_interrupted(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    operator = await make_operator(database)
    await ask_verification(database, operator, asked_by="op_1", now_ms=TEN_MS, ids=IdFactory())

    async def fail(_database: Database, *, pace: Pace | None) -> None:
        assert pace is None  # somebody waits for it
        [running] = await list_verifications(database, operator)
        assert running.status == "running"
        raise DatabaseUnavailableError

    monkeypatch.setattr("brim.core.integrity.service.verify_books", fail)
    with pytest.raises(DatabaseUnavailableError):
        await verify_asked(database, clock=clock_at(TEN_MS))
    [interrupted] = await list_verifications(database, operator)
    assert (interrupted.status, interrupted.run) == ("interrupted", None)


async def test_a_result_says_what_was_checked_what_it_comes_to_and_what_it_does_not_say(database: Database) -> None:
    operator = await make_operator(database)
    [nothing] = await in_turn(database, TEN_MS)
    assert nothing.warnings == [RunWarning.NOTHING_CHECKED]
    await create(database, [new_topup(IdFactory())])
    await settle_due(
        database, now_ms=LATER_MS, ids=IdFactory(), rails=RAILS, renderers=WIRE_FORMATS, observe=lambda *_: None
    )
    [unsealed] = await in_turn(database, TEN_MS + HOUR_MS)
    assert unsealed.warnings == [RunWarning.UNSEALED_ENTRIES]
    await seal_all(database)
    [run] = await in_turn(database, TEN_MS + 2 * HOUR_MS)
    assert run.warnings == []
    assert run.covered
    assert run.covered.rows == {"topups": 1, "entry_lines": 0, "events": 3, "idempotency_keys": 0}
    assert run.totals
    [total] = run.totals
    [balance] = await rows(database, "SELECT currency, available FROM balances")
    assert (total.currency, total.available) == (balance["currency"], balance["available"])
    books = await verify_and_remember(database, clock=clock_at(TEN_MS), ids=IdFactory(), with_chain=False)
    assert books.warnings == [RunWarning.CHAIN_NOT_CHECKED]
    late = TEN_MS + 2 * HOUR_MS
    assert not (await latest_run(database, operator, now_ms=late + 2 * HOUR_MS)).is_outdated
    assert (await latest_run(database, operator, now_ms=late + 4 * HOUR_MS)).is_outdated
    [head] = await list_heads(database, operator, after=AccountScope("", livemode=False), limit=5)
    assert (head.scope, head.position) == (OWNER, 1)


async def test_a_verification_that_stops_early_says_so(database: Database, owner_database: Database) -> None:
    ids = IdFactory()
    await create(database, [new_topup(ids) for _ in range(MAX_DIFFERENCES + 1)])
    await execute(owner_database, "DELETE FROM events")
    [run] = await in_turn(database, TEN_MS)
    assert len(run.differences) == MAX_DIFFERENCES
    assert RunWarning.STOPPED_EARLY in run.warnings


async def test_a_verification_rests_without_a_snapshot_until_somebody_waits_for_it(database: Database) -> None:
    operator, ids, rests = await make_operator(database), IdFactory(), list[float]()
    await create(database, [new_topup(ids) for _ in range(6)])

    async def somebody_waits() -> bool:
        async with database.connection() as conn:
            return await is_asked(conn)

    async def sleep(seconds: float) -> None:
        rests.append(seconds)
        assert await rows(database, SNAPSHOTS_OF_OTHERS) == []
        if len(rests) == 4:
            await ask_verification(database, operator, asked_by="op_1", now_ms=TEN_MS, ids=ids)

    report = await verify_books(database, range_size=1, pace=Pace(60, somebody_waits, sleep))
    assert (report.differences, report.covered.rows["topups"]) == ([], 6)
    assert len(rests) == 4
    assert min(rests) > 0
    await verify_books(database, range_size=1, pace=Pace(0, somebody_waits, sleep))
    assert len(rests) == 4
