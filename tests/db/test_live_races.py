"""Live money under races: caps hold, room comes back, exactly one of two wins, nothing happens twice."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from brim.api.wire_formats import WIRE_FORMATS
from brim.base.scope import AccountScope
from brim.core import direct_debits, originators
from brim.core.direct_debits import applying, entry_store
from brim.platform.database import Database
from tests.support.audits import TESTER
from tests.support.books import assert_books_hold, rows
from tests.support.live_money import NO_ACCOUNT, PLATFORM, LiveMoney, at
from tests.support.statement_writers import Account, Entry, bai2

SHOPS = [AccountScope(f"acct_shop{number}", livemode=True) for number in range(4)]


@pytest_asyncio.fixture
async def live(database: Database, tmp_path: Path) -> LiveMoney:
    return LiveMoney(database, tmp_path)


@pytest_asyncio.fixture
async def other(live: LiveMoney, service_url: str) -> AsyncIterator[LiveMoney]:
    """A second worker beside the first: another process of the same installation."""
    database = await Database.connect(service_url, max_connections=8, timeout_s=20.0, application="other")
    twin = LiveMoney(database, live.folder)
    twin.vault = live.vault
    twin.move_to(database)
    yield twin
    await database.close()


async def _outcomes(*works: Awaitable[Any]) -> list[Any]:
    return await asyncio.gather(*works, return_exceptions=True)


async def _exposures(live: LiveMoney) -> dict[tuple[str, str], int]:
    found = await rows(live.database, "SELECT account, kind, sum(amount) AS amount FROM exposures GROUP BY 1, 2")
    return {(row["account"], row["kind"]): int(row["amount"]) for row in found}


async def test_creates_at_once_never_go_beyond_a_cap_and_each_refusal_names_its_own(
    live: LiveMoney, other: LiveMoney
) -> None:
    await live.open(*(shop.account for shop in SHOPS), day_cap=10_000, source_pending_cap=6_000)
    wishes = []
    for shop in SHOPS:
        sources = [await live.bank_account(scope=shop) for _ in range(2)]
        for number in range(16):
            process = (live, other)[number % 2]
            wishes.append(process.create(sources[number % 3 % 2], 1_000, scope=shop, key=f"{shop.account}/{number}"))
    found = await _outcomes(*wishes)
    refused = [each for each in found if not isinstance(each, str)]
    assert {type(each) for each in refused} <= {originators.DayCapError, originators.SourceCapError}
    asked = await rows(live.database, "SELECT account, source, sum(amount) AS s FROM topups GROUP BY 1, 2")
    assert max(row["s"] for row in asked) <= 6_000
    exposures = await _exposures(live)
    for shop in SHOPS:
        day = sum(row["s"] for row in asked if row["account"] == shop.account)
        assert day == 10_000  # as much as is allowed, and no cent more
        assert (exposures[shop.account, "day"], exposures[shop.account, "source"]) == (10_000, 10_000)


async def test_a_retry_under_its_key_counts_once(live: LiveMoney, other: LiveMoney) -> None:
    await live.open()
    source = await live.bank_account()
    found = await _outcomes(*(process.create(source, 1_000, key="once") for process in (live, other) for _ in range(8)))
    assert len(set(found)) == 1
    assert await _exposures(live) == {(PLATFORM.account, "day"): 1_000, (PLATFORM.account, "source"): 1_000}


async def test_what_has_ended_makes_room_below_the_cap_on_what_is_pending(live: LiveMoney) -> None:
    await live.open()
    fine, failing = await live.bank_account(), await live.bank_account(NO_ACCOUNT)
    ids = [await live.create(fine, 1_000), await live.create(failing, 2_000), await live.create(fine, 4_000)]
    assert await live.cancel(ids[2])
    assert (await _exposures(live))[PLATFORM.account, "source"] == 3_000
    await live.until("2026-12-08 08:00")
    assert (await _exposures(live))[PLATFORM.account, "source"] == 1_000
    await live.until("2026-12-08 09:00")
    assert await _exposures(live) == {(PLATFORM.account, "day"): 7_000, (PLATFORM.account, "source"): 0}


async def test_two_workers_at_once_do_everything_once(live: LiveMoney, other: LiveMoney) -> None:
    await live.open(*(shop.account for shop in SHOPS))
    made = []
    for number in range(24):
        shop = SHOPS[number % 4]
        account = NO_ACCOUNT if number % 5 == 0 else f"00012345{number:04}"
        made.append((await live.create(await live.bank_account(account, scope=shop), 100 + number, scope=shop), number))
    for moment in ("2026-12-01 17:00", "2026-12-02 12:00", "2026-12-02 23:00", "2026-12-04 23:00", "2026-12-08 12:00"):
        live.now_ms = other.now_ms = at(moment)
        for _ in range(2):
            await asyncio.gather(live.work(), other.work(), live.work(), other.work())
            await live.advance_bank()
        await asyncio.gather(live.work(), other.work())
    (counts,) = await rows(
        live.database,
        "SELECT count(*) AS entries, count(DISTINCT trace) AS traces, count(DISTINCT topup) AS topups FROM ach_entries",
    )
    assert counts == {"entries": 24, "traces": 24, "topups": 24}
    for topup, number in made:
        assert (await live.topup(topup))["status"] == ("failed" if number % 5 == 0 else "succeeded")
    assert await rows(live.database, "SELECT detail FROM breaks") == []
    succeeded = sum(100 + number for _, number in made if number % 5)
    ledger = await live.ledger()
    assert (ledger["bank:operating"], ledger["funding:clearing"]) == (succeeded, 0)
    await assert_books_hold(live.database)


async def test_a_cancel_that_races_the_claim_wins_or_is_told_that_it_is_too_late(
    live: LiveMoney, other: LiveMoney
) -> None:
    await live.open()
    source = await live.bank_account()
    ids = [await live.create(source, 1_000) for _ in range(16)]
    live.now_ms = at("2026-12-01 17:00")

    async def claim() -> None:
        for _ in range(3):
            await live.claiming.work_off_due(live.database, now_ms=live.now_ms, ids=live.ids, limit=5)

    found = await _outcomes(
        *(other.cancel(each) for each in ids[:8]), claim(), *(other.cancel(each) for each in ids[8:])
    )
    canceled = found[:8] + found[9:]
    assert found[8] is None
    await live.claiming.work_off_due(live.database, now_ms=live.now_ms, ids=live.ids)
    entries = {row["topup"] for row in await rows(live.database, "SELECT topup FROM ach_entries")}
    for topup, was_canceled in zip(ids, canceled, strict=True):
        row = await live.topup(topup)
        assert row["status"] == ("canceled" if was_canceled else "pending")
        assert (topup in entries) is not was_canceled
        if not was_canceled:
            assert not await live.cancel(topup)
    left = sum(1_000 for each in canceled if not each)
    assert (await _exposures(live))[PLATFORM.account, "source"] == left


async def test_a_return_that_races_the_release_ends_failed_or_reversed_and_the_books_hold(
    live: LiveMoney, other: LiveMoney
) -> None:
    await live.open()
    ids = [await live.create(await live.bank_account("9910050000"), 1_000 + number) for number in range(6)]
    await live.until("2026-12-08 08:00")
    assert {(await live.topup(each))["status"] for each in ids} == {"pending"}
    live.now_ms = other.now_ms = at("2026-12-08 23:00")
    await live.read_bank()  # the hold is over, and the folder was empty
    await live.advance_bank()

    async def release() -> None:
        await live.claiming.work_off_due(live.database, now_ms=live.now_ms, ids=live.ids, limit=2)

    found = await _outcomes(
        release(),
        other.read_bank(),
        release(),
        live.read_bank(),
        release(),
    )
    assert [each for each in found if isinstance(each, BaseException)] == []
    await live.work()
    for each in ids:
        assert (await live.topup(each))["status"] in {"failed", "reversed"}
    assert {row["status"] for row in await rows(live.database, "SELECT status FROM ach_entries")} == {"returned"}
    ledger = await live.ledger()
    assert (ledger["bank:operating"], ledger["funding:clearing"], ledger.get("balance:available", 0)) == (0, 0, 0)
    assert await rows(live.database, "SELECT detail FROM breaks") == []
    await assert_books_hold(live.database)


async def test_the_same_bank_file_read_by_two_workers_is_applied_once(live: LiveMoney, other: LiveMoney) -> None:
    await live.open()
    topup = await live.create(await live.bank_account())
    await live.until("2026-12-01 17:00")
    live.now_ms = other.now_ms = at("2026-12-02 23:00")
    await live.advance_bank()
    for process in (live, other):
        await process.incoming.receive_all(process.database, now_ms=process.now_ms, ids=process.ids)
    found = await asyncio.gather(
        *(
            each.incoming.apply_all(each.database, clock=lambda: live.now_ms, ids=each.ids)
            for each in (live, other, live, other)
        )
    )
    assert sum(found) == len(await rows(live.database, "SELECT 1 FROM bank_files WHERE applied_ms = $1", live.now_ms))
    assert (await live.ledger())["bank:operating"] == 5_000
    assert (await live.topup(topup))["status"] == "pending"
    await assert_books_hold(live.database)


async def _create_rejected(live: LiveMoney, tmp_path: Path) -> str:
    """Return a top-up whose file the bank has rejected."""
    await live.open()
    script = tmp_path / "script.toml"
    script.write_text('[[rule]]\naction = "reject"\nfile = "20261201*"\nreason = "no"\n', encoding="utf-8")
    await live.bank("script", str(script))
    topup = await live.create(await live.bank_account())
    await live.until("2026-12-01 17:00")
    return topup


def _accept_late(tmp_path: Path) -> None:
    """Put an acknowledgment into the folder that accepts the file after all."""
    acknowledgement = next((tmp_path / "from-bank").glob("ack_*"))
    late = acknowledgement.read_text(encoding="utf-8").replace("rejected", "accepted")
    (tmp_path / "from-bank" / "ack_late.csv").write_text(late, encoding="utf-8")


async def test_entries_of_a_rejected_file_go_out_again_once_and_a_late_acceptance_is_a_break(
    live: LiveMoney, tmp_path: Path
) -> None:
    topup = await _create_rejected(live, tmp_path)
    (file,) = await rows(live.database, "SELECT * FROM ach_files")
    assert file["status"] == "rejected"
    for expected in (1, 0):
        async with live.database.transaction() as conn:
            again = await direct_debits.resubmit_file(
                conn, PLATFORM, file["id"], by=TESTER, now_ms=live.now_ms, ids=live.ids
            )
        assert again == expected
    _accept_late(tmp_path)
    await live.until("2026-12-08 12:00")
    assert (await live.topup(topup))["status"] == "succeeded"
    (entry,) = await rows(live.database, "SELECT * FROM ach_entries")
    assert entry["file"] != file["id"]
    details = [row["detail"] for row in await rows(live.database, "SELECT detail FROM breaks ORDER BY opened_ms")]
    assert any(detail.startswith("The bank accepts achf_") for detail in details), details
    assert (await live.ledger())["bank:operating"] == 5_000
    await assert_books_hold(live.database)


_CONTRADICTION = "unmatched_acknowledgement"


async def test_what_the_bank_accepts_after_its_rejection_goes_out_again_only_once_a_person_has_asked(
    live: LiveMoney, tmp_path: Path
) -> None:
    await _create_rejected(live, tmp_path)
    (file,) = await rows(live.database, "SELECT * FROM ach_files")
    _accept_late(tmp_path)
    await live.until("2026-12-01 18:00")
    of_file, _of_batch = await rows(
        live.database,
        "SELECT id FROM breaks WHERE reference = $1 AND kind = $2 ORDER BY id",
        file["id"],
        _CONTRADICTION,
    )
    with pytest.raises(direct_debits.FileStateError, match=f"contradicts itself .{of_file['id']} is open"):
        await _resubmit(live, file["id"])
    async with live.database.connection() as conn:
        await conn.execute("UPDATE breaks SET resolved_ms = $1, resolved_by = 'x', resolution = 'y'", live.now_ms)
    assert await _resubmit(live, file["id"]) == 1


async def test_a_rejected_batch_goes_out_again_and_does_not_succeed_before_it_is_booked(
    live: LiveMoney, tmp_path: Path
) -> None:
    await live.open(confirmation="acknowledgement")
    topup = await live.create(await live.bank_account())
    await live.until("2026-12-01 17:00")
    (entry,) = await rows(live.database, "SELECT * FROM ach_entries")
    assert entry["status"] == "confirmed"
    acknowledgement = next((tmp_path / "from-bank").glob("ack_*"))
    head, file_line, batch_line = acknowledgement.read_text(encoding="utf-8").splitlines()[:3]
    refusal = "\n".join([head, file_line, batch_line.replace("accepted", "rejected"), ""])
    (tmp_path / "from-bank" / "ack_late.csv").write_text(refusal, encoding="utf-8")
    await live.work()
    (entry,) = await rows(live.database, "SELECT * FROM ach_entries")
    assert (entry["status"], entry["confirmed_by"]) == ("in_file", None)
    async with live.database.transaction() as conn:
        count = await direct_debits.resubmit_file(
            conn, PLATFORM, entry["file"], by=TESTER, now_ms=live.now_ms, ids=live.ids
        )
    assert count == 1
    await live.work()
    (after,) = await rows(live.database, "SELECT * FROM ach_entries")
    assert after["status"] in {"in_file", "confirmed"}
    assert after["trace"] != entry["trace"]
    assert (await live.topup(topup))["status"] == "pending"


async def test_what_the_statement_took_back_does_not_succeed_though_no_return_came(
    live: LiveMoney, tmp_path: Path
) -> None:
    await live.open()
    script = tmp_path / "script.toml"
    script.write_text('[[rule]]\naction = "lose_returns"\ndate = "2026-12-07"\n', encoding="utf-8")
    await live.bank("script", str(script))
    topup = await live.create(await live.bank_account(NO_ACCOUNT))
    await live.until("2026-12-07 23:30")
    await live.until("2026-12-09 12:00")
    assert (await live.topup(topup))["status"] == "pending"
    assert await live.ledger() == {"bank:operating": 0, "funding:clearing": 0}


async def test_what_the_statement_took_back_after_success_is_listed_until_its_return_is_applied(
    live: LiveMoney, tmp_path: Path
) -> None:
    """A statement can come days late: the hold is over, and the return may have been lost."""
    await live.open()
    script = tmp_path / "script.toml"
    lost = 'action = "{}"\ndate = "{}"\n'
    rules = [lost.format("lose_returns", "2026-12-07"), lost.format("lose_statement", "2026-12-07")]
    script.write_text("".join(f"[[rule]]\n{rule}" for rule in rules), encoding="utf-8")
    await live.bank("script", str(script))
    topup = await live.create(await live.bank_account(NO_ACCOUNT))
    await live.until("2026-12-09 12:00")
    assert (await live.topup(topup))["status"] == "succeeded"
    (entry,) = await rows(live.database, "SELECT trace, amount FROM ach_entries")
    line = Entry(-entry["amount"], "R1", entry["trace"], (f"ACH RETURN R03 {entry['trace']}",))
    late = Account("9876543210", "usd", entry["amount"], (line,), date(2026, 12, 7))
    (live.folder / "from-bank" / "late.bai2").write_bytes(bai2([late]))
    await live.work()
    (found,) = await rows(live.database, "SELECT * FROM breaks WHERE kind = 'taken_back'")
    assert (found["amount"], found["reference"], found["resolved_ms"]) == (-entry["amount"], entry["trace"], None)
    assert f"the debit of {topup}" in found["detail"]
    async with live.database.transaction() as conn:
        (sent,) = await entry_store.list_entries_of_topups(conn, PLATFORM, [topup])
        applied = await applying.apply_return(
            conn,
            sent,
            code="R03",
            trace="110000000000001",
            profile=live.profile(),
            renderers=WIRE_FORMATS,
            now_ms=live.now_ms,
            ids=live.ids,
        )
    assert applied is applying.Applied.REVERSED
    (after,) = await rows(live.database, "SELECT * FROM breaks WHERE kind = 'taken_back'")
    assert (after["resolved_by"], after["resolution"]) == ("returns", "The return R03 was applied.")
    assert (await live.topup(topup))["status"] == "reversed"
    assert (await live.ledger())["funding:clearing"] == 0


def _reject_batch(folder: Path) -> None:
    """Let the bank take back in a second acknowledgment that it accepted the batch."""
    acknowledgement = next((folder / "from-bank").glob("ack_*"))
    head, file_line, batch_line = acknowledgement.read_text(encoding="utf-8").splitlines()[:3]
    refusal = "\n".join([head, file_line, batch_line.replace("accepted", "rejected"), ""])
    (folder / "from-bank" / "ack_late.csv").write_text(refusal, encoding="utf-8")


async def _resubmit(live: LiveMoney, file: str) -> int:
    async with live.database.transaction() as conn:
        return await direct_debits.resubmit_file(conn, PLATFORM, file, by=TESTER, now_ms=live.now_ms, ids=live.ids)


async def test_a_rejected_batch_that_the_bank_booked_all_the_same_never_goes_out_again(
    live: LiveMoney, tmp_path: Path
) -> None:
    await live.open()
    await live.create(await live.bank_account())
    await live.until("2026-12-01 17:00")
    _reject_batch(tmp_path)
    await live.work()
    await live.until("2026-12-02 23:30")
    (entry,) = await rows(live.database, "SELECT * FROM ach_entries")
    with pytest.raises(direct_debits.FileStateError, match="has booked batch"):
        await _resubmit(live, entry["file"])
    (batch,) = await rows(live.database, "SELECT * FROM ach_batches")
    assert (batch["status"], batch["settled_by"] is None) == ("rejected", False)
    await live.until("2026-12-04 17:30")
    assert len(await rows(live.database, "SELECT * FROM ach_files")) == 1


async def test_a_rejected_batch_never_goes_out_again_once_an_entry_of_it_came_back(live: LiveMoney) -> None:
    await live.open()
    for source, amount in ((await live.bank_account(NO_ACCOUNT), 1_000), (await live.bank_account(), 2_000)):
        await live.create(source, amount)
    await live.until("2026-12-01 17:00")
    (file,) = await rows(live.database, "SELECT id FROM ach_files")
    async with live.database.connection() as conn:  # without a statement, the return alone tells
        await conn.execute("UPDATE ach_batches SET status = 'rejected'")
        await conn.execute("UPDATE ach_entries SET status = 'returned' WHERE amount = 1000")
    with pytest.raises(direct_debits.FileStateError, match="confirmed or returned entries"):
        await _resubmit(live, file["id"])
    assert {row["status"] for row in await rows(live.database, "SELECT status FROM ach_entries")} == {
        "in_file",
        "returned",
    }
