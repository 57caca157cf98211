"""A cap that is lowered below what waits for a file: that is listed, and holds up neither the others nor a clock."""

from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from brim.bank.commands import REHEARSAL_ROUTING
from brim.base.paging import PageRequest
from brim.core import direct_debits, originators, reconciliation
from brim.platform.database import Conn, Database
from tests.support.audits import TESTER
from tests.support.books import assert_books_hold, rows
from tests.support.live_money import OPERATOR, PLATFORM, LiveMoney, at


@pytest_asyncio.fixture
async def live(database: Database, tmp_path: Path) -> LiveMoney:
    return LiveMoney(database, tmp_path)


async def _save(live: LiveMoney, originator: str, **changes: Any) -> originators.Originator:
    async def work(conn: Conn) -> originators.Originator:
        return await originators.save_originator(
            conn,
            live.vault,
            PLATFORM,
            originators.ProfileChange(live.profile(**changes), originator_id=originator),
            by=TESTER,
            now_ms=live.now_ms,
            ids=live.ids,
        )

    return await live.database.transact(work)


async def test_a_debit_above_a_lowered_cap_is_listed_once_and_the_others_leave(live: LiveMoney) -> None:
    originator = await live.open(max_file_entries=1)
    large = await live.create(await live.bank_account(), 9_000)
    small = await live.create(await live.bank_account(), 1_000)
    live.now_ms = at("2026-12-01 17:00")
    await live.claiming.work_off_due(live.database, now_ms=live.now_ms, ids=live.ids)
    lowered = {"max_file_entries": 1, "file_cap": 5_000, "entry_cap": 5_000}
    assert (await _save(live, originator.id, **lowered)).status is originators.OriginatorStatus.ACTIVE
    for _ in range(2):
        await live.work()
    entries = await rows(live.database, "SELECT topup, status FROM ach_entries ORDER BY topup")
    assert {row["topup"]: row["status"] for row in entries} == {large: "queued", small: "in_file"}
    (found,) = await rows(live.database, "SELECT kind, amount, detail FROM breaks")
    assert (found["kind"], found["amount"]) == ("failed_work", 9_000)
    assert large in found["detail"]
    assert "Raise the cap per file" in found["detail"]
    await _save(live, originator.id, max_file_entries=1)
    async with live.database.transaction() as conn:
        await originators.activate_originator(
            conn, PLATFORM, originator.id, approvers=1, by=OPERATOR, now_ms=live.now_ms, ids=live.ids
        )
    await live.until("2026-12-09 12:00")
    assert {(await live.topup(each))["status"] for each in (large, small)} == {"succeeded"}
    await assert_books_hold(live.database)


async def test_a_cap_that_is_lowered_again_is_listed_again_once_its_break_was_settled(live: LiveMoney) -> None:
    originator = await live.open()
    await live.create(await live.bank_account(), 9_000)
    live.now_ms = at("2026-12-01 17:00")
    await live.claiming.work_off_due(live.database, now_ms=live.now_ms, ids=live.ids)
    await _save(live, originator.id, file_cap=5_000, entry_cap=5_000)
    await live.work()
    await _save(live, originator.id, file_cap=4_000, entry_cap=4_000)
    await live.work()
    (found,) = await rows(live.database, "SELECT id FROM breaks")  # one that is open says it

    async with live.database.transaction() as conn:
        await reconciliation.settle_break(
            conn, PLATFORM, found["id"], resolution="Raised.", by=OPERATOR, now_ms=live.now_ms, ids=live.ids
        )
    await _save(live, originator.id)  # and not activated yet, so the debit still waits
    await live.work()
    assert await _open_breaks(live) == 0
    await _save(live, originator.id, file_cap=5_000, entry_cap=5_000)
    for _ in range(2):
        await live.work()
    assert await _open_breaks(live) == 1


async def _open_breaks(live: LiveMoney) -> int:
    return len(await rows(live.database, "SELECT FROM breaks WHERE resolved_ms IS NULL"))


@pytest.mark.parametrize("what", ["cap", "stop", "suspension"])
async def test_a_clock_arrives_though_what_is_queued_waits_for_a_person(
    owner_database: Database, database: Database, tmp_path: Path, what: str
) -> None:
    async with owner_database.connection() as conn:
        await conn.execute("INSERT INTO installation (kind, created_ms) VALUES ('rehearsal', 1)")
    live = LiveMoney(database, tmp_path, routing=REHEARSAL_ROUTING)
    originator = await live.open(requires_approval=True)
    await live.freeze("2026-12-01 10:00")
    await live.create(await live.bank_account(), 9_000)
    await live.advance("2026-12-01 17:01")
    asked: dict[str, Any] = {"by": TESTER, "now_ms": live.now_ms, "ids": live.ids}
    (file,) = (await direct_debits.page_files(live.database, PLATFORM, PageRequest(limit=10), status=None)).items
    async with live.database.transaction() as conn:
        if what == "stop":
            await originators.stop_rail(conn, PLATFORM, rail="ach", account=None, reason="audit", **asked)
        elif what == "suspension":
            await originators.suspend_originator(conn, PLATFORM, originator.id, **asked)
        await direct_debits.void_file(conn, PLATFORM, file.id, **asked)
    if what == "cap":
        await _save(live, originator.id, requires_approval=True, file_cap=5_000, entry_cap=5_000)
    await live.advance("2026-12-01 18:00")
    (clock,) = await rows(live.database, "SELECT frozen_time, target_frozen_time FROM test_clocks")
    assert (clock["frozen_time"], clock["target_frozen_time"]) == (at("2026-12-01 18:00") // 1000, None)
    assert [row["kind"] for row in await rows(live.database, "SELECT kind FROM breaks")] == (
        ["failed_work"] if what == "cap" else []
    )
