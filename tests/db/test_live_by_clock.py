"""Files in a rehearsal, by a test clock: late by its time, made while it stands, and given back when it is gone."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from brim.api.wire_formats import WIRE_FORMATS
from brim.bank.commands import REHEARSAL_ROUTING
from brim.core import direct_debits, originators
from brim.core.time import ClockAdvancingError
from brim.platform.database import Database
from tests.support.audits import TESTER
from tests.support.books import assert_books_hold, rows
from tests.support.live_money import OPERATOR, PLATFORM, LiveMoney, at


@pytest_asyncio.fixture
async def live(database: Database, owner_database: Database, tmp_path: Path) -> LiveMoney:
    async with owner_database.connection() as conn:
        await conn.execute("INSERT INTO installation (kind, created_ms) VALUES ('rehearsal', 1)")
    return LiveMoney(database, tmp_path, routing=REHEARSAL_ROUTING)


async def _files(live: LiveMoney) -> list[dict[str, Any]]:
    return await rows(
        live.database, "SELECT id, status, effective_date, test_clock FROM ach_files ORDER BY built_ms, id"
    )


async def _approve(live: LiveMoney, file_id: str) -> None:
    async with live.database.transaction() as conn:
        await direct_debits.approve_file(
            conn,
            PLATFORM,
            file_id,
            sha256=None,
            approvers=1,
            renderers=WIRE_FORMATS,
            by=OPERATOR,
            now_ms=live.now_ms,
            ids=live.ids,
        )


async def _void(live: LiveMoney, file_id: str) -> None:
    async with live.database.transaction() as conn:
        await direct_debits.void_file(conn, PLATFORM, file_id, by=TESTER, now_ms=live.now_ms, ids=live.ids)


async def test_what_nobody_approved_in_time_is_late_by_the_clock_and_made_anew_where_that_stands(
    live: LiveMoney,
) -> None:
    await live.open(requires_approval=True)
    await live.freeze("2026-12-01 10:00")
    topup = await live.create(await live.bank_account())
    await live.advance("2026-12-01 17:01")
    (file,) = await _files(live)
    await live.set_off("2026-12-04 12:00")
    with pytest.raises(ClockAdvancingError):
        await _approve(live, file["id"])
    assert await direct_debits.void_late(live.database, now_ms=live.now_ms) == 0  # on its way, nothing is late
    await live.arrive()
    with pytest.raises(direct_debits.FileStateError, match="not approved in time"):
        await _approve(live, file["id"])
    await live.work()
    late, anew = await _files(live)
    assert (late["id"], late["status"], late["effective_date"]) == (file["id"], "voided", date(2026, 12, 2))
    assert (anew["status"], anew["effective_date"], anew["test_clock"]) == ("built", date(2026, 12, 7), live.clock)
    await _approve(live, anew["id"])
    await live.work()
    await live.advance("2026-12-05 12:00")
    await live.advance("2026-12-07 23:30")
    await live.advance("2026-12-10 09:01")
    assert (await live.topup(topup))["status"] == "succeeded"
    assert await rows(live.database, "SELECT detail FROM breaks") == []
    await assert_books_hold(live.database)


async def test_what_is_approved_leaves_however_far_the_clock_leaps_unless_the_rail_was_stopped(live: LiveMoney) -> None:
    await live.open()
    asked: dict[str, Any] = {"by": OPERATOR, "now_ms": live.now_ms, "ids": live.ids}
    await live.freeze("2026-12-01 10:00")
    await live.create(await live.bank_account())
    await live.advance("2026-12-03 12:00")
    assert [(file["status"], file["effective_date"]) for file in await _files(live)] == [("settled", date(2026, 12, 2))]
    await live.create(await live.bank_account())
    await live.set_off("2026-12-03 17:01")
    await live.arrive()
    async with live.database.transaction() as conn:
        await originators.stop_rail(conn, PLATFORM, rail="ach", account=None, reason="audit", **asked)
    await live.advance("2026-12-04 18:01")
    assert (await _files(live))[-1]["status"] == "voided"
    async with live.database.transaction() as conn:
        await originators.resume_rail(conn, PLATFORM, rail="ach", account=None, **asked)
    await live.work()
    assert [(file["status"], file["effective_date"]) for file in await _files(live)][1:] == [
        ("voided", date(2026, 12, 4)),
        ("sent", date(2026, 12, 8)),
    ]


async def test_a_file_is_made_where_the_clock_stands_once_what_kept_it_is_gone(live: LiveMoney) -> None:
    await live.open(requires_approval=True)
    await live.freeze("2026-12-01 10:00")
    await live.create(await live.bank_account())
    await live.advance("2026-12-01 17:01")
    (file,) = await _files(live)
    await _void(live, file["id"])
    await live.work()
    assert [(each["status"], each["test_clock"]) for each in await _files(live)] == [
        ("voided", live.clock),
        ("built", live.clock),
    ]


async def test_debits_of_a_file_go_back_to_real_time_with_their_account(live: LiveMoney) -> None:
    await live.open(requires_approval=True)
    await live.freeze("2026-12-01 10:00")
    topup = await live.create(await live.bank_account())
    await live.advance("2026-12-01 17:01")
    (file,) = await _files(live)
    await live.thaw()
    await _void(live, file["id"])
    assert [row["test_clock"] for row in await rows(live.database, "SELECT test_clock FROM ach_entries")] == [None]
    await live.work()
    (anew,) = [each for each in await _files(live) if each["id"] != file["id"]]
    assert (anew["status"], anew["test_clock"]) == ("built", None)
    await _approve(live, anew["id"])
    await live.work()
    await live.until("2026-12-08 12:00")
    assert (await live.topup(topup))["status"] == "succeeded"
    await assert_books_hold(live.database)


async def test_in_real_time_a_late_file_cannot_be_approved_before_a_worker_gives_it_up_either(live: LiveMoney) -> None:
    await live.open(requires_approval=True)
    await live.create(await live.bank_account())
    await live.until("2026-12-01 17:05")
    (file,) = await _files(live)
    live.now_ms = at("2026-12-01 17:40")
    with pytest.raises(direct_debits.FileStateError, match="not approved in time"):
        await _approve(live, file["id"])
