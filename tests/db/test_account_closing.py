"""A change of what creates depend on waits for the creates under way, in an account as young as it may be."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress

import pytest

from brim.api.framework.errors import render_error
from brim.api.resources.accounts.wire import account_json
from brim.base.ids import IdFactory
from brim.base.scope import AccountScope
from brim.core.access.owner_keys import KeyParameters, OwnerKeys
from brim.core.access.service import UnknownAccountError, create_account, create_key
from brim.core.account_closing import delete_account, reject_account
from brim.core.accounts import lock_account
from brim.core.accounts.rules import AccountInUseError
from brim.core.idempotency.service import RequestContext
from brim.core.topups.store import Refusal, insert_topups
from brim.platform.database import Conn, Database
from brim.testing.terminal import typed
from tests.support.accounts import NOW_MS, change, context_of, id_of, make
from tests.support.books import new_topup, rows
from tests.support.people import BY
from tests.support.waiting import until_somebody_waits

_RACES = 60


@pytest.fixture
async def platform(database: Database) -> str:
    return (await create_account(database, platform=None, **typed(NOW_MS))).account


async def create(conn: Conn, account: str, *, livemode: bool = True) -> Refusal | None:
    """Make a top-up of an account of which nothing is remembered; return why it was not made, if so."""
    new = new_topup(IdFactory(), scope=AccountScope(account, livemode), now_ms=NOW_MS)
    return (await insert_topups(conn, [new], now_ms=NOW_MS)).get(new.event.id)


async def delete(database: Database, by: RequestContext, account: str) -> None:
    await delete_account(database, by, account, asking=by.scope.account)


async def reject(database: Database, by: RequestContext, account: str) -> None:
    await reject_account(
        database, by, account, "fraud", asking=by.scope.account, render=account_json, render_error=render_error
    )


async def agree(database: Database, by: RequestContext, account: str) -> None:
    await change(database, by, account, settlement_days=9)


async def while_a_create_is_under_way(
    database: Database, database_url: str, account: str, work: Callable[[], Awaitable[None]]
) -> "asyncio.Future[None]":
    """Begin some work between a create's statement and its commit, see it wait, and return it."""
    async with database.transaction() as conn:
        assert await create(conn, account) is None
        working = asyncio.ensure_future(work())
        waiting = asyncio.ensure_future(until_somebody_waits(database_url))
        await asyncio.wait([working, waiting], return_when=asyncio.FIRST_COMPLETED)
        has_ended = working.done()
        waiting.cancel()
        assert not has_ended, "it did not wait for the create"
    return working


@pytest.mark.parametrize("end", [delete, reject])
async def test_the_end_of_an_account_waits_for_a_create_and_sees_its_money(
    database: Database,
    database_url: str,
    platform: str,
    end: Callable[[Database, RequestContext, str], Awaitable[None]],
) -> None:
    """An account was deleted while its very first top-up was being made, and the money stayed where nobody came."""
    by = context_of(platform, livemode=True)
    account = id_of(await make(database, by))
    ending = await while_a_create_is_under_way(database, database_url, account, lambda: end(database, by, account))
    with pytest.raises(AccountInUseError):
        await ending


async def test_the_first_change_of_terms_waits_for_a_create(
    database: Database, database_url: str, platform: str
) -> None:
    """A change was acknowledged, and after that a top-up appeared that was made without it."""
    by = context_of(platform, livemode=True)
    account = id_of(await make(database, by))
    await (await while_a_create_is_under_way(database, database_url, account, lambda: agree(database, by, account)))
    async with database.connection() as conn:
        assert await create(conn, account) is Refusal.CONFIG_CHANGED


async def test_of_a_create_and_a_deletion_at_once_one_is_refused(database: Database, platform: str) -> None:
    by = context_of(platform, livemode=True)
    outcomes: Counter[tuple[bool, bool]] = Counter()

    async def is_created(account: str) -> bool:
        async with database.connection() as conn:
            return await create(conn, account) is None

    async def is_deleted(account: str) -> bool:
        with suppress(AccountInUseError):
            await delete(database, by, account)
            return True
        return False

    for _ in range(_RACES):
        account = id_of(await make(database, by))
        created, deleted = await asyncio.gather(is_created(account), is_deleted(account))
        outcomes[created, deleted] += 1
    assert set(outcomes) <= {(True, False), (False, True)}, outcomes


async def test_no_key_is_made_for_an_account_that_is_being_deleted(
    database: Database, database_url: str, platform: str
) -> None:
    """Whoever issues a key waits for the deletion, and is refused then, or the deletion ends the key."""
    by = context_of(platform)
    account = id_of(await make(database, by))
    wanted = KeyParameters(id="mk_late")
    made = OwnerKeys(database, ids=IdFactory()).create_key
    async with database.transaction() as conn:
        await lock_account(conn, by.scope, account)
        making = asyncio.ensure_future(made(AccountScope(account, livemode=False), wanted, by=BY, now_ms=NOW_MS))
        await until_somebody_waits(database_url)
        await conn.execute("UPDATE accounts SET deleted_ms = $2 WHERE account = $1", account, NOW_MS)
    with pytest.raises(UnknownAccountError):
        await making
    with pytest.raises(UnknownAccountError):
        await create_key(database, account=account, livemode=False, permissions=None, name=None, **typed(NOW_MS))
    assert await rows(database, "SELECT FROM api_keys WHERE account = $1", account) == []


@pytest.mark.parametrize("end", [delete, reject])
async def test_live_money_keeps_an_account_and_test_money_does_not(
    database: Database, platform: str, end: Callable[[Database, RequestContext, str], Awaitable[None]]
) -> None:
    by = context_of(platform, livemode=True)
    for livemode in (True, False):
        account = id_of(await make(database, by))
        await rows(database, "INSERT INTO balances VALUES ($1, $2, 'usd', 5)", account, livemode)
        if livemode:
            with pytest.raises(AccountInUseError, match="it has a balance in live mode"):
                await end(database, by, account)
        else:
            await end(database, by, account)


async def test_an_account_that_waits_for_the_money_of_a_dishonor_is_not_deleted(
    database: Database, platform: str
) -> None:
    by = context_of(platform, livemode=True)
    account = id_of(await make(database, by))
    await rows(
        database,
        """INSERT INTO ach_returns (
            account, livemode, id, owner, originator, topup, number, bank_file, code, original_trace, original_rdfi,
            trace, amount, sec_code, settled_on, is_applied, status, dishonorable_until_ms, received_ms, dishonor_code
        ) VALUES (
            $1, true, 'retn_1', $2, 'orig_1', 'tu_1', 1, 'bankf_1', 'R01', '1', '11000000', '1', 5, 'WEB', '2026-12-04',
            true, 'dishonored', 1, 1, 'R70'
        )""",
        platform,
        account,
    )
    with pytest.raises(AccountInUseError, match="it waits for the money of dishonored returns"):
        await delete(database, by, account)
    await rows(database, "UPDATE ach_returns SET status = 'missed'")
    await delete(database, by, account)


@pytest.mark.parametrize("livemode", [False, True])
async def test_an_account_without_a_platform_begins_with_terms_too(database: Database, *, livemode: bool) -> None:
    account = (await create_account(database, platform=None, **typed(NOW_MS))).account
    async with database.connection() as conn:
        found = await conn.fetch(
            "SELECT version FROM owner_terms WHERE account = $1 AND livemode = $2", account, livemode
        )
        assert [record["version"] for record in found] == [0]
        assert await create(conn, account, livemode=livemode) is None  # under the terms that every process begins with
