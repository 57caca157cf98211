"""Balanced files: each batch credits the originator's account with what it debits others, and nothing counts twice."""

from pathlib import Path

import pytest
import pytest_asyncio

from brim.core.rails.ach import Offset, ProfileError, SecCode, check_profile
from brim.platform.database import Database
from tests.support.books import assert_books_hold, rows
from tests.support.live_money import NO_ACCOUNT, PAYS, LiveMoney, at


@pytest_asyncio.fixture
async def live(database: Database, tmp_path: Path) -> LiveMoney:
    live = LiveMoney(database, tmp_path)
    live.bank_flags = ("--balanced",)
    return live


def _records(live: LiveMoney) -> list[str]:
    (path,) = (live.folder / "to-bank").glob("*.ach")
    return path.read_text(encoding="ascii").splitlines()


@pytest.mark.parametrize(("offset", "code"), [(Offset.CHECKING, "22"), (Offset.SAVINGS, "32")])
async def test_each_batch_with_money_has_an_offset_that_follows_its_debits(
    live: LiveMoney, offset: Offset, code: str
) -> None:
    await live.open(offset=offset)
    await live.create(await live.bank_account(), 1_000)
    await live.create(await live.bank_account(), 2_000)
    await live.create(await live.bank_account(sec_code=SecCode.PPD), 4_000)
    await live.prenote(await live.bank_account(verified=False, sec_code=SecCode.CCD))
    live.now_ms = at("2026-12-01 17:00")
    await live.work()
    records = _records(live)
    classes = [(each[1:4], each[50:53]) for each in records if each.startswith("5")]
    assert classes == [("225", "CCD"), ("200", "PPD"), ("200", "WEB")]
    entries = [each for each in records if each.startswith("6")]
    assert [each[79:94] for each in entries] == sorted(each[79:94] for each in entries)
    offsets = [each for each in entries if each[1:3] == code]
    assert [(each[3:12], each[12:29].strip(), int(each[29:39])) for each in offsets] == [
        (live.routing, "9876543210", 4_000),
        (live.routing, "9876543210", 3_000),
    ]
    (file,) = await rows(
        live.database, "SELECT status, entry_count, total_debit, total_credit, held_because FROM ach_files"
    )
    assert dict(file) == {
        "status": "sent",
        "entry_count": 6,
        "total_debit": 7_000,
        "total_credit": 7_000,
        "held_because": None,
    }
    await live.create(await live.bank_account(), 5_000)
    live.now_ms = at("2026-12-02 17:00")
    await live.work()
    found = await rows(live.database, "SELECT trace FROM ach_entries ORDER BY trace DESC LIMIT 1")
    assert found[0]["trace"] > entries[-1][79:94]  # an offset's trace is not used again


async def test_the_bank_confirms_and_returns_what_is_in_balanced_files(live: LiveMoney) -> None:
    await live.open(offset=Offset.CHECKING)
    pays = await live.create(await live.bank_account(PAYS), 1_000)
    comes_back = await live.create(await live.bank_account(NO_ACCOUNT), 2_000)
    await live.until("2026-12-08 12:00")
    assert (await live.topup(pays))["status"] == "succeeded"
    assert (await live.topup(comes_back))["status"] == "failed"
    assert await rows(live.database, "SELECT FROM breaks") == []
    assert (await live.ledger())["bank:operating"] == 1_000
    await assert_books_hold(live.database)


async def test_a_bank_that_makes_the_offset_itself_refuses_a_balanced_batch(database: Database, tmp_path: Path) -> None:
    live = LiveMoney(database, tmp_path)
    await live.open(offset=Offset.CHECKING)
    await live.create(await live.bank_account(), 1_000)
    await live.until("2026-12-02 12:00", step_hours=24)
    (found,) = await rows(database, "SELECT kind FROM breaks")
    assert found["kind"] == "rejected_file"


async def test_a_balanced_file_keeps_to_its_lines(live: LiveMoney) -> None:
    await live.open(offset=Offset.CHECKING, max_file_lines=100, day_cap=100_000_000, source_pending_cap=100_000_000)
    source = await live.bank_account()
    for number in range(96):
        await live.create(source, 1_000 + number)
    live.now_ms = at("2026-12-01 17:00")
    await live.work()
    lines = sorted(len(path.read_bytes().splitlines()) for path in (live.folder / "to-bank").glob("*.ach"))
    assert lines == [10, 100]


async def test_a_file_is_no_larger_than_its_offset_can_be(live: LiveMoney) -> None:
    with pytest.raises(ProfileError, match="an offset is one entry"):
        check_profile(live.profile(offset=Offset.CHECKING, file_cap=10_000_000_000))
