"""What the next file takes, counted for people: by when, how much, and who has asked for most today."""

from datetime import date
from pathlib import Path

import pytest_asyncio

from brim.bank.commands import REHEARSAL_ROUTING
from brim.base.scope import AccountScope
from brim.core import direct_debits
from brim.host.database_urls import DatabaseUrls
from brim.host.preparation import prepare_database
from brim.platform.database import Database
from tests.support.live_money import PLATFORM, LiveMoney, at

BELOW = AccountScope("acct_below", livemode=True)


@pytest_asyncio.fixture
async def live(database: Database, tmp_path: Path) -> LiveMoney:
    return LiveMoney(database, tmp_path)


async def test_the_outlook_counts_what_the_next_file_takes(live: LiveMoney) -> None:
    await live.open(BELOW.account)
    source, below = await live.bank_account(), await live.bank_account(scope=BELOW)
    await live.create(source, 5_000)
    await live.create(below, 2_000, scope=BELOW)
    canceled = await live.create(below, 700, scope=BELOW)
    assert await live.cancel(canceled, scope=BELOW)
    outlook = await direct_debits.read_outlook(live.database, PLATFORM, now_ms=live.now_ms)
    assert (outlook.due.count, outlook.due.amount, outlook.queued.count, outlook.is_complete) == (2, 7_000, 0, True)
    assert outlook.cutoff is not None
    assert outlook.cutoff.cutoff_ms == at("2026-12-01 17:00")
    assert outlook.cutoff.effective_date == date(2026, 12, 2)
    assert [(use.account, use.amount) for use in outlook.uses] == [(PLATFORM.account, 5_000), (BELOW.account, 2_700)]
    await live.until("2026-12-01 17:00")
    await live.create(source, 900)
    outlook = await direct_debits.read_outlook(live.database, PLATFORM, now_ms=live.now_ms)
    assert (outlook.due.count, outlook.due.amount, outlook.queued.count) == (1, 900, 0)


async def test_the_outlook_goes_by_the_clock_of_a_rehearsal(
    database_urls: DatabaseUrls, database: Database, tmp_path: Path
) -> None:
    await prepare_database(database_urls, now_ms=1, rehearsal=True)
    live = LiveMoney(database, tmp_path, routing=REHEARSAL_ROUTING)
    await live.open()
    await live.freeze("2026-12-04 18:00")
    await live.create(await live.bank_account(), 5_000)
    outlook = await direct_debits.read_outlook(live.database, PLATFORM, now_ms=live.now_ms)
    assert (outlook.test_clock, outlook.now_ms) == (live.clock, at("2026-12-04 18:00"))
    assert outlook.cutoff is not None
    assert (outlook.cutoff.cutoff_ms, outlook.due.count) == (at("2026-12-07 17:00"), 1)
