"""The life of a live top-up, from the create to the bank's statement, against a bank that shares no code with it."""

from pathlib import Path

import pytest
import pytest_asyncio

from brim.api.wire_formats import WIRE_FORMATS
from brim.core import direct_debits, originators
from brim.platform.database import Database
from tests.support.books import assert_books_hold, rows
from tests.support.live_money import NO_ACCOUNT, PAYS, RETURNS_LATE, LiveMoney, at


@pytest_asyncio.fixture
async def live(database: Database, tmp_path: Path) -> LiveMoney:
    return LiveMoney(database, tmp_path)


async def test_a_topup_leaves_at_the_cutoff_and_succeeds_after_the_hold_once_the_statement_confirms(
    live: LiveMoney,
) -> None:
    await live.open()
    topup_id = await live.create(await live.bank_account())
    row = await live.topup(topup_id)
    assert (row["status"], row["due_ms"], row["rail"]) == ("pending", at("2026-12-01 17:00"), "ach")
    assert row["expected_availability_date"] * 1000 == at("2026-12-07 09:00")
    await live.until("2026-12-01 16:59")
    assert await rows(live.database, "SELECT * FROM ach_files") == []
    await live.until("2026-12-01 17:00")
    (file,) = await rows(live.database, "SELECT * FROM ach_files")
    assert (file["status"], file["entry_count"], file["total_debit"]) == ("acknowledged", 1, 5_000)
    await live.until("2026-12-07 08:59")
    assert (await live.topup(topup_id))["status"] == "pending"
    assert await live.ledger() == {"bank:operating": 5_000, "funding:clearing": -5_000}
    await live.until("2026-12-07 09:00")
    assert (await live.topup(topup_id))["status"] == "succeeded"
    assert await live.ledger() == {"bank:operating": 5_000, "funding:clearing": 0, "balance:available": -5_000}
    assert await rows(live.database, "SELECT detail FROM breaks") == []
    await assert_books_hold(live.database)


async def test_a_return_before_the_hold_is_over_fails_the_topup_and_after_it_reverses_it(live: LiveMoney) -> None:
    await live.open()
    early = await live.create(await live.bank_account(NO_ACCOUNT), 1_000)
    late = await live.create(await live.bank_account(RETURNS_LATE), 2_000)
    fine = await live.create(await live.bank_account(PAYS), 4_000)
    await live.until("2026-12-08 12:00")
    assert [(await live.topup(each))["status"] for each in (early, late, fine)] == ["failed", "succeeded", "succeeded"]
    assert (await live.topup(early))["failure_code"] == "no_account"
    await live.until("2027-02-02 12:00", step_hours=24)
    row = await live.topup(late)
    assert (row["status"], row["failure_code"]) == ("reversed", "debit_not_authorized")
    assert await live.ledger() == {"bank:operating": 4_000, "funding:clearing": 0, "balance:available": -4_000}
    assert await rows(live.database, "SELECT detail FROM breaks") == []
    await assert_books_hold(live.database)


async def test_caps_and_missing_authorizations_refuse_with_errors_of_their_own(live: LiveMoney) -> None:
    unready = await live.bank_account()
    with pytest.raises(originators.LiveModeNotReadyError):
        await live.create(unready)
    await live.open(entry_cap=10_000, day_cap=12_000, source_pending_cap=11_000, file_cap=20_000)
    source = await live.bank_account()
    with pytest.raises(originators.NotAuthorizedError):
        await live.create(await live.bank_account(authorized=False))
    with pytest.raises(originators.EntryCapError):
        await live.create(source, 10_001)
    await live.create(source, 9_000)
    with pytest.raises(originators.SourceCapError):
        await live.create(source, 2_001)
    with pytest.raises(originators.DayCapError):
        await live.create(await live.bank_account(), 3_001)
    await live.create(await live.bank_account(), 3_000)


async def test_a_file_that_is_approved_too_late_goes_out_anew_with_another_day_and_tells_so(live: LiveMoney) -> None:
    await live.open(requires_approval=True)
    topup_id = await live.create(await live.bank_account())
    promised = (await live.topup(topup_id))["expected_availability_date"]
    await live.until("2026-12-01 17:05")
    await live.until("2026-12-01 17:40")
    found = await rows(live.database, "SELECT status, effective_date::text AS day FROM ach_files ORDER BY built_ms")
    assert [(file["status"], file["day"]) for file in found] == [("voided", "2026-12-02"), ("built", "2026-12-03")]
    assert (await live.topup(topup_id))["expected_availability_date"] > promised
    told = await rows(live.database, "SELECT type FROM events WHERE object_id = $1 ORDER BY id", topup_id)
    assert [event["type"] for event in told] == ["topup.created", "brim.topup.rescheduled"]


async def test_a_bank_that_loses_a_file_is_reported_and_nothing_succeeds(live: LiveMoney) -> None:
    await live.open()
    topup_id = await live.create(await live.bank_account())
    script = live.folder / "script.jsonl"
    script.write_text('{"file": "*", "action": "lose"}\n')
    await live.bank("script", str(script))
    await live.until("2026-12-10 12:00")
    assert (await live.topup(topup_id))["status"] == "pending"
    (found,) = await rows(live.database, "SELECT kind, amount FROM breaks")
    assert (found["kind"], found["amount"]) == ("silent_bank", 5_000)
    (stuck,) = await rows(live.database, "SELECT object_id, error FROM due_exceptions")
    assert stuck["object_id"] == topup_id
    assert "not confirmed" in stuck["error"]


async def test_a_file_that_is_late_is_not_sent_before_it_is_given_up(live: LiveMoney) -> None:
    """A worker that was down looks for files to send and for late ones at the same time."""
    await live.open()
    await live.create(await live.bank_account())
    live.now_ms = at("2026-12-01 17:00")
    await live.claiming.work_off_due(live.database, now_ms=live.now_ms, ids=live.ids)
    assert await direct_debits.build_due(live.database, live.vault, WIRE_FORMATS, now_ms=live.now_ms, ids=live.ids) == 1
    live.now_ms = at("2026-12-01 23:30")
    assert await direct_debits.send_due(live.database, live.vault, WIRE_FORMATS, now_ms=live.now_ms, ids=live.ids) == 0
    assert not list((live.folder / "to-bank").glob("*.ach"))
    await live.work()
    found = await rows(live.database, "SELECT status, effective_date::text AS day FROM ach_files ORDER BY built_ms")
    assert [(file["status"], file["day"]) for file in found] == [("voided", "2026-12-02"), ("sent", "2026-12-03")]
