"""A top-up is held before its entry, and the entry before the ledger: who waits for one does not hold the next."""

from pathlib import Path

import pytest
import pytest_asyncio

from brim.api.wire_formats import WIRE_FORMATS
from brim.core import direct_debits
from brim.platform.database import Database
from tests.support.books import assert_books_hold, rows
from tests.support.live_money import HOLD_TOPUPS, NO_ACCOUNT, TRY_ENTRIES, LiveMoney, at
from tests.support.sepa_money import SepaMoney, batch_line, berlin, find_all, return_line
from tests.support.waiting import while_held

_IN_BATCH = "CstmrDrctDbtInitn/PmtInf"
_END = "DrctDbtTxInf/PmtId/EndToEndId"


@pytest_asyncio.fixture
async def live(database: Database, tmp_path: Path) -> LiveMoney:
    return LiveMoney(database, tmp_path)


async def _apply(live: LiveMoney) -> None:
    await live.incoming.receive_all(live.database, now_ms=live.now_ms, ids=live.ids)
    await live.incoming.apply_all(live.database, clock=lambda: live.now_ms, ids=live.ids)


@pytest.mark.parametrize("what", ["file", "acknowledgement", "statement", "return"])
async def test_a_top_up_is_held_before_its_entry(live: LiveMoney, database_url: str, what: str) -> None:
    await live.open(confirmation="acknowledgement")
    topup = await live.create(await live.bank_account(NO_ACCOUNT))

    async def build() -> None:
        await direct_debits.build_due(live.database, live.vault, WIRE_FORMATS, now_ms=live.now_ms, ids=live.ids)

    async def apply() -> None:
        await _apply(live)

    live.now_ms = at("2026-12-01 17:00")
    await live.claiming.work_off_due(live.database, now_ms=live.now_ms, ids=live.ids)
    if what == "file":
        await while_held(live.database, database_url, HOLD_TOPUPS, build, TRY_ENTRIES)
    await build()
    await direct_debits.send_due(live.database, live.vault, WIRE_FORMATS, now_ms=live.now_ms, ids=live.ids)
    for name, moment in (
        ("acknowledgement", "2026-12-01 17:00"),
        ("statement", "2026-12-02 23:30"),
        ("return", "2026-12-04 16:30"),
    ):
        live.now_ms = at(moment)
        await live.advance_bank()
        if what == name:
            await while_held(live.database, database_url, HOLD_TOPUPS, apply, TRY_ENTRIES)
        await apply()
    assert (await live.topup(topup))["status"] == "failed"
    assert await rows(live.database, "SELECT detail FROM breaks") == []
    await live.until("2026-12-05 12:00")
    await assert_books_hold(live.database)


@pytest.mark.parametrize("what", ["file", "rejection", "rejected batch", "batch", "return"])
async def test_a_top_up_is_held_before_its_collection(
    database: Database, database_url: str, tmp_path: Path, what: str
) -> None:
    live = SepaMoney(database, tmp_path)
    await live.open()
    topups = [await live.create(await live.iban(), amount) for amount in (1_000, 2_000)]

    async def build() -> None:
        await direct_debits.build_due(live.database, live.vault, WIRE_FORMATS, now_ms=live.now_ms, ids=live.ids)

    live.now_ms = berlin("2026-12-01 17:00")
    await live.claiming.work_off_due(live.database, now_ms=live.now_ms, ids=live.ids)
    if what == "file":
        await while_held(live.database, database_url, HOLD_TOPUPS, build, TRY_ENTRIES)
    await build()
    await direct_debits.send_due(live.database, live.vault, WIRE_FORMATS, now_ms=live.now_ms, ids=live.ids)
    (message,) = live.sent()
    (batch,), ends = find_all(message, f"{_IN_BATCH}/PmtInfId"), find_all(message, f"{_IN_BATCH}/{_END}")
    live.reads_at_once = False
    if what == "rejection":
        await live.report("<GrpSts>PART</GrpSts>", batch=(batch, ""), rejected={ends[0]: "AC01"})
    elif what == "rejected batch":
        at_batch = (batch, "<PmtInfSts>RJCT</PmtInfSts>")
        await live.report("<GrpSts>PART</GrpSts>", batch=at_batch, rejected={ends[0]: "AC01"})
    elif what != "file":
        await live.state((3_000, batch_line(batch, 2)), day="2026-12-02")
        if what == "return":
            await _apply(live)
            await live.state((-1_000, return_line(ends[0], "AM04")), day="2026-12-03")
    if what != "file":
        await while_held(live.database, database_url, HOLD_TOPUPS, lambda: _apply(live), TRY_ENTRIES)
        ended = "pending" if what == "batch" else "failed"
        assert [(await live.topup(each))["status"] for each in topups] == [ended, "pending"]
    await assert_books_hold(live.database)


@pytest.mark.parametrize("level", ["file", "batch"])
async def test_who_takes_back_what_the_bank_had_accepted_waits_for_a_release_under_way(
    live: LiveMoney, database_url: str, level: str
) -> None:
    """Else the top-up succeeds while its entry stands as rejected, and may go out again."""
    await live.open(confirmation="acknowledgement")
    await live.create(await live.bank_account())
    await live.until("2026-12-01 17:00")
    (path,) = (live.folder / "from-bank").glob("ack_*")
    header, *lines = path.read_text(encoding="ascii").splitlines()
    rejected = [line.replace("accepted", "rejected") for line in lines if f",{level}," in line]
    path.with_name("ack_rejected.csv").write_text("\n".join([header, *rejected, ""]), encoding="ascii")

    async def apply() -> None:
        await _apply(live)

    await while_held(live.database, database_url, HOLD_TOPUPS, apply, TRY_ENTRIES)
    (entry,) = await rows(live.database, "SELECT status, confirmed_ms FROM ach_entries")
    assert (entry["status"], entry["confirmed_ms"]) == ("in_file", None)


async def test_a_release_holds_the_entry_before_the_balance(live: LiveMoney, database_url: str) -> None:
    await live.open()
    source = await live.bank_account()
    await live.create(source)
    await live.until("2026-12-01 17:00")
    second = await live.create(source)
    await live.until("2026-12-02 17:00")
    await live.until("2026-12-07 09:00")  # the first has succeeded, so there is a balance
    await live.until("2026-12-08 08:59")
    live.now_ms = at("2026-12-08 09:00")
    await live.read_bank()

    async def release() -> None:
        await live.claiming.work_off_due(live.database, now_ms=live.now_ms, ids=live.ids)

    held = "SELECT FROM ach_entries FOR UPDATE"
    await while_held(live.database, database_url, held, release, "SELECT FROM balances FOR UPDATE NOWAIT")
    assert (await live.topup(second))["status"] == "succeeded"
    await assert_books_hold(live.database)


@pytest.mark.parametrize("free", ["topups", "ach_entries"])
async def test_a_statement_holds_a_file_before_its_top_ups_and_entries(
    live: LiveMoney, database_url: str, free: str
) -> None:
    await live.open()
    await live.create(await live.bank_account())
    await live.until("2026-12-01 17:00")
    live.now_ms = at("2026-12-02 23:30")
    await live.advance_bank()
    held, then = "SELECT FROM ach_files FOR UPDATE", f"SELECT FROM {free} FOR UPDATE NOWAIT"
    await while_held(live.database, database_url, held, lambda: _apply(live), then)
    (entry,) = await rows(live.database, "SELECT status FROM ach_entries")
    assert entry["status"] == "confirmed"
    await assert_books_hold(live.database)


async def test_a_prenote_is_held_before_its_entry(live: LiveMoney, database_url: str) -> None:
    await live.open()
    await live.prenote(await live.bank_account(NO_ACCOUNT, verified=False))
    await live.until("2026-12-01 17:00")
    await live.until("2026-12-04 15:00")
    live.now_ms = at("2026-12-04 16:30")
    await live.advance_bank()
    await while_held(live.database, database_url, "SELECT FROM prenotes FOR UPDATE", lambda: _apply(live), TRY_ENTRIES)
    (row,) = await rows(live.database, "SELECT status FROM prenotes")
    assert row["status"] == "failed"


async def test_a_file_holds_a_prenote_that_it_refuses_before_its_entry(live: LiveMoney, database_url: str) -> None:
    await live.open()
    source = await live.bank_account("1" * 18, verified=False)
    await live.prenote(source)
    live.now_ms = at("2026-12-01 17:00")
    await live.prenoting.work_off_due(live.database, now_ms=live.now_ms, ids=live.ids)

    async def build() -> None:
        await direct_debits.build_due(live.database, live.vault, WIRE_FORMATS, now_ms=live.now_ms, ids=live.ids)

    await while_held(live.database, database_url, "SELECT FROM prenotes FOR UPDATE", build, TRY_ENTRIES)
    (row,) = await rows(live.database, "SELECT status FROM prenotes")
    assert row["status"] == "failed"
