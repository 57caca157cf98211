"""What may not be debited any more does not leave, however long ago it was queued: it is listed and comes to an end."""

from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from brim.core import direct_debits, funding, originators
from brim.core.rails.ach import SecCode
from brim.platform.database import Database
from tests.support.audits import TESTER
from tests.support.books import assert_books_hold, rows
from tests.support.live_money import OPERATOR, PLATFORM, LiveMoney, at


@pytest_asyncio.fixture
async def live(database: Database, tmp_path: Path) -> LiveMoney:
    return LiveMoney(database, tmp_path)


def _asked(live: LiveMoney) -> dict[str, Any]:
    return {"by": TESTER, "now_ms": live.now_ms, "ids": live.ids}


async def _authorize(live: LiveMoney, source: str, sec_code: SecCode = SecCode.WEB) -> None:
    async with live.database.transaction() as conn:
        await originators.authorize(
            conn,
            PLATFORM,
            funding_source=source,
            sec_code=sec_code,
            text="I authorize debits.",
            accepted_ms=live.now_ms,
            evidence={},
            **_asked(live),
        )


async def _revoke(live: LiveMoney, source: str) -> None:
    async with live.database.connection() as conn:
        await conn.execute("UPDATE authorizations SET ended_ms = $2 WHERE funding_source = $1", source, live.now_ms)


async def _unverify(live: LiveMoney, source: str) -> None:
    async with live.database.transaction() as conn:
        await funding.conclude_verification(conn, PLATFORM, source, is_verified=False, detail="R02", **_asked(live))


async def _detach(live: LiveMoney, source: str) -> None:
    async with live.database.connection() as conn:
        await conn.execute("UPDATE funding_sources SET is_detached = true WHERE id = $1", source)


async def _void(live: LiveMoney) -> None:
    (file,) = await rows(live.database, "SELECT id FROM ach_files WHERE status = 'built'")
    async with live.database.transaction() as conn:
        await direct_debits.void_file(conn, PLATFORM, file["id"], **_asked(live))


async def _stuck(live: LiveMoney) -> dict[str, str]:
    return {row["object_id"]: row["error"] for row in await rows(live.database, "SELECT * FROM due_exceptions")}


async def _live_files(live: LiveMoney) -> list[int]:
    found = await rows(live.database, "SELECT entry_count FROM ach_files WHERE status <> 'voided' ORDER BY built_ms")
    return [row["entry_count"] for row in found]


_ENDINGS = {
    "authorization": (_revoke, "the authorization of the account holder has ended"),
    "verification": (_unverify, "its bank account is no longer verified"),
    "detached": (_detach, "its bank account was detached"),
}


@pytest.mark.parametrize("what", list(_ENDINGS))
async def test_a_debit_of_a_voided_file_does_not_leave_when_it_may_not_any_more_and_can_be_canceled(
    live: LiveMoney, what: str
) -> None:
    end, reason = _ENDINGS[what]
    await live.open(requires_approval=True)
    ends, stays = await live.bank_account(), await live.bank_account()
    unfit, fit = await live.create(ends, 1_000), await live.create(stays, 2_000)
    await live.until("2026-12-01 17:00")
    assert await _live_files(live) == [2]
    assert not await live.cancel(unfit)
    await end(live, ends)
    await _void(live)
    await live.work()
    assert await _live_files(live) == [1]
    (entry,) = await rows(live.database, "SELECT topup, status FROM ach_entries")
    assert (entry["topup"], entry["status"]) == (fit, "in_file")
    stuck = await _stuck(live)
    assert list(stuck) == [unfit]
    assert reason in stuck[unfit]
    assert "Cancel it" in stuck[unfit]
    assert await live.cancel(unfit)
    assert (await live.topup(unfit))["status"] == "canceled"
    await assert_books_hold(live.database)


async def test_a_new_authorization_lets_the_debit_leave_again_under_its_own_class(live: LiveMoney) -> None:
    await live.open(requires_approval=True)
    source = await live.bank_account()
    topup = await live.create(source)
    await live.until("2026-12-01 17:00")
    await _revoke(live, source)
    await _void(live)
    await live.work()
    assert await rows(live.database, "SELECT FROM ach_entries") == []
    await _authorize(live, source, SecCode.PPD)
    await live.until("2026-12-01 17:05")
    (entry,) = await rows(live.database, "SELECT topup, sec_code, status FROM ach_entries")
    assert tuple(entry.values()) == (topup, "PPD", "in_file")
    await _authorize(live, source, SecCode.WEB)
    await _void(live)
    for _ in range(2):  # what is taken out of the queue is asked about in the next pass
        await live.work()
    (batch,) = await rows(
        live.database,
        "SELECT b.sec_code FROM ach_batches AS b JOIN ach_files AS f ON f.id = b.file WHERE f.status <> 'voided'",
    )
    assert batch["sec_code"] == "WEB"


async def test_a_lifted_stop_and_a_resubmission_ask_again_too(live: LiveMoney, tmp_path: Path) -> None:
    await live.open()
    script = tmp_path / "script.toml"
    script.write_text('[[rule]]\naction = "reject"\nfile = "20261201*"\nreason = "no"\n', encoding="utf-8")
    await live.bank("script", str(script))
    source = await live.bank_account()
    topup = await live.create(source)
    await live.until("2026-12-01 17:00")
    (file,) = await rows(live.database, "SELECT id, status FROM ach_files")
    assert file["status"] == "rejected"
    async with live.database.transaction() as conn:
        await originators.stop_rail(conn, PLATFORM, rail="ach", account=None, reason="audit", **_asked(live))
        assert await direct_debits.resubmit_file(conn, PLATFORM, file["id"], **_asked(live)) == 1
    await live.work()
    assert [row["status"] for row in await rows(live.database, "SELECT status FROM ach_entries")] == ["queued"]
    await _revoke(live, source)
    async with live.database.transaction() as conn:
        await originators.resume_rail(conn, PLATFORM, rail="ach", account=None, **_asked(live))
    await live.until("2026-12-02 17:05")
    assert await _live_files(live) == [1]
    assert list(await _stuck(live)) == [topup]
    assert await live.cancel(topup)


async def test_a_queued_prenote_whose_bank_account_was_detached_is_canceled(live: LiveMoney) -> None:
    await live.open(requires_approval=True)
    source = await live.bank_account(verified=False)
    await live.prenote(source)
    await live.until("2026-12-01 17:00")
    await _detach(live, source)
    await _void(live)
    for _ in range(2):
        await live.work()
    (row,) = await rows(live.database, "SELECT status, due_ms FROM prenotes")
    assert tuple(row.values()) == ("canceled", None)
    assert await rows(live.database, "SELECT FROM ach_entries") == []


async def test_what_waits_for_a_suspended_originator_leaves_through_the_one_in_its_place(
    live: LiveMoney, tmp_path: Path
) -> None:
    first = await live.open()
    topup = await live.create(await live.bank_account())
    live.now_ms = at("2026-12-01 17:00")
    await live.claiming.work_off_due(live.database, now_ms=live.now_ms, ids=live.ids)
    async with live.database.transaction() as conn:
        await originators.suspend_originator(conn, PLATFORM, first.id, **_asked(live))
    await live.work()
    assert [row["status"] for row in await rows(live.database, "SELECT status FROM ach_entries")] == ["queued"]
    for name in ("to-other", "from-other"):
        (tmp_path / name).mkdir()
    profile = live.profile(
        company_id="1234567891",
        outgoing_folder=str(tmp_path / "to-other"),
        incoming_folder=str(tmp_path / "from-other"),
        bank_account="other",
    )
    async with live.database.transaction() as conn:
        second = await originators.save_originator(
            conn, live.vault, PLATFORM, originators.ProfileChange(profile, account_number="9876543211"), **_asked(live)
        )
        await originators.activate_originator(
            conn, PLATFORM, second.id, approvers=1, by=OPERATOR, now_ms=live.now_ms, ids=live.ids
        )
    for _ in range(2):
        await live.work()
    (entry,) = await rows(live.database, "SELECT topup, originator, status FROM ach_entries")
    assert tuple(entry.values()) == (topup, second.id, "in_file")
