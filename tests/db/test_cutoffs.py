"""Several windows a day, at banks of several time zones, and money that settles on the day on which it leaves."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest_asyncio

from brim.base.scope import AccountScope
from brim.core import direct_debits, originators
from brim.platform.database import Database
from tests.support.books import assert_books_hold, rows
from tests.support.live_money import OPERATOR, LiveMoney, at

WEST = AccountScope("acct_west", livemode=True)
TODAY, TOMORROW = date(2026, 12, 1), date(2026, 12, 2)


@pytest_asyncio.fixture
async def live(database: Database, tmp_path: Path) -> LiveMoney:
    return LiveMoney(database, tmp_path)


async def _open_west(live: LiveMoney, **changes: Any) -> None:
    """Make another platform, with an originator and a bank of its own."""
    folders = {name: live.folder / f"west-{name}" for name in ("out", "in")}
    for folder in folders.values():
        folder.mkdir()
    async with live.database.transaction() as conn:
        await conn.execute("INSERT INTO accounts (account, created) VALUES ($1, 1)", WEST.account)
        profile = live.profile(
            outgoing_folder=str(folders["out"]),
            incoming_folder=str(folders["in"]),
            time_zone="America/Los_Angeles",
            **changes,
        )
        when: dict[str, Any] = {"by": OPERATOR, "now_ms": live.now_ms, "ids": live.ids}
        change = originators.ProfileChange(profile, account_number="9876543211")
        made = await originators.save_originator(conn, live.vault, WEST, change, **when)
        await originators.activate_originator(conn, WEST, made.id, approvers=1, **when)


async def _left(live: LiveMoney, at_text: str) -> dict[str, date]:
    """Go to a time and work; return the top-ups that are in files by then, and when these settle."""
    live.now_ms = at(at_text)
    await live.work()
    found = await rows(
        live.database,
        "SELECT e.topup, f.effective_date FROM ach_entries AS e JOIN ach_files AS f ON f.account = e.account "
        "AND f.id = e.file WHERE f.status = 'sent' ORDER BY e.topup",
    )
    return {row["topup"]: row["effective_date"] for row in found}


async def test_each_originator_has_its_own_windows_in_its_own_time(live: LiveMoney) -> None:
    await live.open(cutoffs=("10:30", "17:00"), same_day_cutoffs=("10:30",), same_day_cap=100_000)
    await _open_west(live, cutoffs=("09:00", "14:00"))
    east = await live.bank_account()
    west = await live.bank_account(scope=WEST)
    small, large = await live.create(east, 100_000), await live.create(east, 100_001)
    early = await live.create(west, 1_000, scope=WEST)
    assert await _left(live, "2026-12-01 10:29") == {}
    assert await _left(live, "2026-12-01 10:30") == {small: TODAY}
    live.now_ms = at("2026-12-01 11:00")
    late = await live.create(east, 2_000)
    assert await _left(live, "2026-12-01 11:59") == {small: TODAY}
    assert await _left(live, "2026-12-01 12:00") == {small: TODAY, early: TOMORROW}  # 09:00 in the west
    after = await live.create(west, 3_000, scope=WEST)
    before = {small: TODAY, early: TOMORROW}
    assert await _left(live, "2026-12-01 16:59") == before
    everything = {**before, large: TOMORROW, late: TOMORROW, after: TOMORROW}
    assert await _left(live, "2026-12-01 17:00") == everything  # 14:00 in the west
    files = await rows(live.database, "SELECT account, count(*) AS files FROM ach_files GROUP BY 1 ORDER BY 1")
    assert [(row["account"], row["files"]) for row in files] == [("acct_platform", 2), ("acct_west", 2)]


async def test_money_of_a_same_day_window_is_usable_a_day_earlier(live: LiveMoney) -> None:
    await live.open(cutoffs=("10:30", "17:00"), same_day_cutoffs=("10:30",), hold_days=1)
    source = await live.bank_account()
    same_day = await live.create(source, 1_000)
    live.now_ms = at("2026-12-01 11:00")
    next_day = await live.create(source, 2_000)
    assert (await live.topup(same_day))["expected_availability_date"] == at("2026-12-02 09:00") // 1000
    assert (await live.topup(next_day))["expected_availability_date"] == at("2026-12-03 09:00") // 1000
    live.now_ms = at("2026-12-01 10:30")
    await live.until("2026-12-08 12:00", step_hours=6)
    assert {(await live.topup(each))["status"] for each in (same_day, next_day)} == {"succeeded"}
    assert await rows(live.database, "SELECT FROM breaks") == []
    await assert_books_hold(live.database)


async def test_a_file_that_misses_its_window_goes_out_with_the_next_and_tells_the_new_date(live: LiveMoney) -> None:
    await live.open(cutoffs=("10:30", "17:00"), same_day_cutoffs=("10:30",), requires_approval=True)
    topup = await live.create(await live.bank_account(), 1_000)
    promised = (await live.topup(topup))["expected_availability_date"]
    for moment in ("2026-12-01 10:30", "2026-12-01 10:59", "2026-12-01 11:01"):
        live.now_ms = at(moment)
        await live.work()
    files = await rows(live.database, "SELECT status, effective_date FROM ach_files ORDER BY id")
    assert [(row["status"], row["effective_date"]) for row in files] == [("voided", TODAY), ("built", TOMORROW)]
    assert (await live.topup(topup))["expected_availability_date"] > promised
    events = await rows(live.database, "SELECT FROM events WHERE type = 'brim.topup.rescheduled'")
    assert len(events) == 1


async def test_a_file_of_large_debits_does_not_leave_in_the_same_day_window_of_the_next_day(live: LiveMoney) -> None:
    await live.open(cutoffs=("10:30", "17:00"), same_day_cutoffs=("10:30",), same_day_cap=1_500, requires_approval=True)
    source = await live.bank_account()
    for amount in (1_000, 2_000):
        await live.create(source, amount)
    for moment in ("2026-12-01 17:00", "2026-12-02 08:00"):
        live.now_ms = at(moment)
        await live.work()
    files = await rows(live.database, "SELECT status, effective_date, total_debit FROM ach_files ORDER BY id")
    assert [tuple(row.values()) for row in files if row["status"] == "built"] == [("built", TOMORROW, 1_000)]


async def test_a_file_has_no_more_lines_than_the_bank_takes(live: LiveMoney) -> None:
    await live.open(max_file_lines=100, day_cap=100_000_000, source_pending_cap=100_000_000)
    source = await live.bank_account()
    for number in range(97):
        await live.create(source, 1_000 + number)
    live.now_ms = at("2026-12-01 17:00")
    await live.work()
    lines = sorted(
        len(path.read_bytes().splitlines()) for path in (live.folder / "to-bank").iterdir() if path.suffix == ".ach"
    )
    assert lines == [10, 100]
    counts = await rows(live.database, "SELECT entry_count FROM ach_files ORDER BY id")
    assert [row["entry_count"] for row in counts] == [96, 1]
    assert direct_debits.MAX_BATCH >= 97
