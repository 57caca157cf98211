"""A platform that collects by ACH and by SEPA: what belongs to one rail is not taken for the other's."""

from pathlib import Path

import pytest
import pytest_asyncio

from brim.core import direct_debits
from brim.core.direct_debits.bank_servers import BankServers
from brim.core.originators import exchanging, list_originators
from brim.platform.database import Database
from tests.support.books import assert_books_hold, rows
from tests.support.live_money import NO_ACCOUNT, PLATFORM, LiveMoney
from tests.support.sepa_money import SepaMoney, batch_line, berlin, find_all

BATCH = "CstmrDrctDbtInitn/PmtInf/PmtInfId"


@pytest_asyncio.fixture
async def ach(database: Database, tmp_path: Path) -> LiveMoney:
    (tmp_path / "ach").mkdir()
    live = LiveMoney(database, tmp_path / "ach")
    await live.open()
    return live


@pytest_asyncio.fixture
async def sepa(ach: LiveMoney, tmp_path: Path) -> SepaMoney:
    for name in ("to-bank", "from-bank"):
        (tmp_path / "sepa" / name).mkdir(parents=True)
    live = SepaMoney(ach.database, tmp_path / "sepa")
    live.vault = ach.vault
    live.move_to(ach.database)
    await live.originate(bank_account="euros")
    return live


async def _held(live: LiveMoney) -> list[str]:
    found = await rows(live.database, "SELECT detail FROM breaks WHERE kind = 'held_file' ORDER BY opened_ms, id")
    return [row["detail"] for row in found]


async def test_a_nacha_file_in_the_folder_of_sepa_returns_nothing(ach: LiveMoney, sepa: SepaMoney) -> None:
    """Traces are the platform's: under the terms of SEPA its returns would fail what is to be presented again."""
    topup = await ach.create(await ach.bank_account(NO_ACCOUNT))
    await ach.until("2026-12-01 17:00")
    await ach.until("2026-12-04 15:00")
    ach.now_ms += 9 * 3_600_000
    await ach.advance_bank()
    (returns,) = (ach.folder / "from-bank").glob("returns_*.ach")
    misplaced = returns.rename(sepa.folder / "from-bank" / returns.name)
    acknowledgement = next((ach.folder / "from-bank").glob("ack_*"))
    (sepa.folder / "from-bank" / "ack.csv").write_bytes(acknowledgement.read_bytes())
    sepa.now_ms = ach.now_ms
    await sepa.work()
    held = await _held(sepa)
    assert len(held) == 2
    assert any("It is a NACHA file" in each and "the originator for ACH" in each for each in held), held
    assert any("an acknowledgment of ACH" in each for each in held), held
    assert (await ach.topup(topup))["status"] == "pending"
    misplaced.rename(returns)
    await ach.work()
    assert (await ach.topup(topup))["status"] == "failed"
    await assert_books_hold(ach.database)


async def test_what_the_bank_says_of_sepa_is_held_in_the_folder_of_ach(ach: LiveMoney, sepa: SepaMoney) -> None:
    sepa.now_ms = berlin("2026-12-01 10:00")
    topup = await sepa.create(await sepa.iban(), 1_000)
    await sepa.pass_time("2026-12-01 17:00")
    (batch,) = find_all(sepa.sent()[0], BATCH)
    sepa.inbox = "../ach/from-bank"
    await sepa.report("<GrpSts>RJCT</GrpSts>")
    await sepa.state((1_000, batch_line(batch)), (7, "<TxDtls/>"), day="2026-12-02")
    statement, report = sorted(await _held(sepa), key=lambda each: "pain.002" in each)
    assert "a status report of SEPA (pain.002)" in report
    assert "the originator for SEPA" in report
    assert "a statement of the bank account of orig_" in statement
    (file,) = await rows(sepa.database, "SELECT status FROM ach_files")
    assert file["status"] == "sent"
    assert await rows(sepa.database, "SELECT FROM statement_lines") == []
    (content,) = (ach.folder / "from-bank").glob("*camt053.xml")
    content.rename(sepa.folder / "from-bank" / content.name)
    await sepa.work()
    (file,) = await rows(sepa.database, "SELECT status FROM ach_files")
    assert file["status"] == "settled"
    assert (await sepa.topup(topup))["status"] == "pending"
    await assert_books_hold(sepa.database)


@pytest.mark.parametrize("which", ["ach", "sepa"])
async def test_readiness_and_the_test_of_the_exchange_look_at_the_folders_of_each(
    ach: LiveMoney, sepa: SepaMoney, which: str
) -> None:
    (sepa.folder.parent / which / "from-bank").rmdir()
    found = await direct_debits.read_readiness(ach.database, ach.vault, PLATFORM, now_ms=ach.now_ms)
    (blocker,) = [each for each in found.blockers if each.code == "incoming_folder_missing"]
    assert f"/{which}/from-bank" in blocker.message
    async with ach.database.connection() as conn:
        originators = exchanging(await list_originators(conn, PLATFORM))
    findings = [
        each for one in originators for each in await direct_debits.check_exchange(BankServers(ach.folder), one)
    ]
    assert [each.is_good for each in findings].count(False) == 1
    assert {Path(each.folder).parent.name for each in findings} == {"ach", "sepa"}
