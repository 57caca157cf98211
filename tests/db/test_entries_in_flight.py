"""What happens to a debit that is under way when its bank account, its account or its profile is not what it was."""

from pathlib import Path

import pytest_asyncio

from brim.base.paging import PageRequest
from brim.base.scope import AccountScope
from brim.core import ledger, negative_balances, originators
from brim.core.time import OwnerTime
from brim.platform.database import Database
from tests.support.audits import TESTER
from tests.support.books import execute, rows
from tests.support.live_money import PLATFORM, LiveMoney, at

SHOP = AccountScope("acct_shop", livemode=True)
RETURNS_AFTER_THE_HOLD = "9910050000"


@pytest_asyncio.fixture
async def live(database: Database, tmp_path: Path) -> LiveMoney:
    return LiveMoney(database, tmp_path)


async def test_what_has_left_goes_its_way_though_its_bank_account_is_detached_and_its_account_deleted(
    live: LiveMoney,
) -> None:
    await live.open(SHOP.account)
    topup = await live.create(await live.bank_account(RETURNS_AFTER_THE_HOLD, scope=SHOP), 5_000, scope=SHOP)
    await live.until("2026-12-01 17:00")
    await execute(
        live.database, "UPDATE funding_sources SET is_detached = true", "UPDATE authorizations SET ended_ms = 1"
    )
    await live.until("2026-12-06 21:00")
    live.now_ms = at("2026-12-07 09:00")
    await live.work()  # before its bank returns it
    assert (await live.topup(topup))["status"] == "succeeded"
    async with live.database.transaction() as conn:  # it is spent
        moment = OwnerTime(live.now_ms, live.ids)
        await ledger.reserve(
            conn, SHOP, source_type="spender", source="po_1", amount=5_000, currency="usd", moment=moment
        )
    await execute(live.database, "UPDATE accounts SET deleted_ms = 1 WHERE account = 'acct_shop'")
    await live.until("2026-12-08 23:30")
    assert (await live.topup(topup))["status"] == "reversed"
    async with live.database.connection() as conn:
        page = await negative_balances.list_negative_balances(conn, PLATFORM, PageRequest(limit=10))
    ((found,), (event,)) = (
        page.items,
        await rows(live.database, "SELECT object_id FROM events WHERE type = 'brim.negative_balance.created'"),
    )
    assert (found.id, found.available, event["object_id"]) == ("acct_shop_usd", -5_000, "acct_shop_usd")
    assert [step.source for step in found.episode.steps] == [topup]


async def test_a_profile_that_changes_counts_for_what_is_made_afterwards_and_not_for_a_file_that_stands(
    live: LiveMoney,
) -> None:
    originator = await live.open(requires_approval=True)
    await live.create(await live.bank_account(), 5_000)
    await live.until("2026-12-01 17:00")
    (built,) = await rows(live.database, "SELECT * FROM ach_files")
    await live.create(await live.bank_account(), 6_000)
    async with live.database.transaction() as conn:
        profile = live.profile(requires_approval=True, second_approval_from_total=1_000, entry_description="PREPAID")
        await originators.save_originator(
            conn,
            live.vault,
            PLATFORM,
            originators.ProfileChange(profile, originator_id=originator.id),
            by=TESTER,
            now_ms=live.now_ms,
            ids=live.ids,
        )
    await live.until("2026-12-02 17:00")
    files = await rows(live.database, "SELECT id, status, approvals_needed FROM ach_files ORDER BY built_ms")
    (of_that, later) = files if len(files) == 2 else (files[0], files[-1])
    assert (of_that["id"], of_that["approvals_needed"]) == (built["id"], 1)
    assert later["approvals_needed"] == 2
