"""Accounts and API keys: made, listed, rolled, revoked; and only hashes of them are kept."""

import asyncio

import asyncpg
import pytest

from brim.base.ids import IdFactory
from brim.core.access import KeyUse
from brim.core.access import store as keys
from brim.core.access.key_use import EXACT_TO_MS
from brim.core.access.rules import ApiKey, InvalidPermissionError, hash_secret, parse_permissions
from brim.core.access.service import (
    EndedKeyError,
    NewKey,
    NoAccountError,
    UnknownAccountError,
    UnknownKeyError,
    create_account,
    create_key,
    ensure_first_account,
    list_accounts,
    list_keys,
    revoke_key,
    roll_key,
)
from brim.core.accounts import store as accounts
from brim.core.accounts.rules import Account
from brim.platform.database import Database
from brim.testing.terminal import typed

NOW_MS = 1_790_000_000_000
TEST_KEY = "sk_test_4eC39HqLyjWDarjtT1zdp7dc"


async def _find(database: Database, secret: str) -> ApiKey | None:
    async with database.connection() as conn:
        return await keys.find_by_hash(conn, hash_secret(secret))


async def _create(database: Database, *, account: str | None = None, livemode: bool = False) -> NewKey:
    return await create_key(database, account=account, livemode=livemode, permissions=None, name=None, **typed(NOW_MS))


async def test_the_first_account_is_made_once_with_its_key(each_database: Database) -> None:
    account = await ensure_first_account(each_database, TEST_KEY, NOW_MS, ids=IdFactory())
    assert await ensure_first_account(each_database, TEST_KEY, NOW_MS + 5, ids=IdFactory()) == account
    assert [row.account for row in await list_accounts(each_database)] == [account]
    key = await _find(each_database, TEST_KEY)
    assert key is not None
    assert (key.account, key.livemode, key.kind, key.permissions) == (account, False, "secret", None)
    assert key.redacted == "sk_test_4eC3...p7dc"


async def test_the_first_account_is_made_once_by_several_at_once(database: Database) -> None:
    made = await asyncio.gather(*(ensure_first_account(database, TEST_KEY, NOW_MS, ids=IdFactory()) for _ in range(6)))
    assert len(set(made)) == 1
    assert len(await list_accounts(database)) == 1


async def test_another_test_key_is_added_to_the_account_that_exists(database: Database) -> None:
    account = await ensure_first_account(database, TEST_KEY, NOW_MS, ids=IdFactory())
    assert await ensure_first_account(database, "sk_test_anotherone", NOW_MS, ids=IdFactory()) == account
    assert len(await list_keys(database, account=account)) == 2


async def test_a_live_key_is_told_by_its_prefix_and_found_by_its_secret(each_database: Database) -> None:
    account = await ensure_first_account(each_database, TEST_KEY, NOW_MS, ids=IdFactory())
    made = await _create(each_database, livemode=True)
    assert made.secret.startswith("sk_live_")
    assert len(made.secret) == len("sk_live_") + 43
    assert await _find(each_database, made.secret) == made.key
    assert made.key.account == account


async def test_a_restricted_key_keeps_its_permissions(database: Database) -> None:
    await ensure_first_account(database, TEST_KEY, NOW_MS, ids=IdFactory())
    permissions = parse_permissions(["topups=write", "balance=read"])
    made = await create_key(
        database, account=None, livemode=False, permissions=permissions, name="till", **typed(NOW_MS)
    )
    assert made.secret.startswith("rk_test_")
    found = await _find(database, made.secret)
    assert found is not None
    assert (found.name, found.kind) == ("till", "restricted")
    assert found.allows("topups", "read")
    assert not found.allows("balance", "write")
    assert not found.allows("events", "read")


async def test_no_secret_is_in_the_database(database_url: str, database: Database) -> None:
    await ensure_first_account(database, TEST_KEY, NOW_MS, ids=IdFactory())
    made = await _create(database)
    conn = await asyncpg.connect(database_url)
    rows = str(await conn.fetch("SELECT api_keys::text FROM api_keys"))
    await conn.close()
    assert made.key.id in rows
    assert made.secret not in rows
    assert TEST_KEY not in rows


async def test_a_rolled_key_works_on_until_its_grace_is_over(database: Database) -> None:
    await ensure_first_account(database, TEST_KEY, NOW_MS, ids=IdFactory())
    old = await _create(database)
    new = await roll_key(database, key_id=old.key.id, grace_ms=60_000, **typed(NOW_MS))
    ended, working = await _find(database, old.secret), await _find(database, new.secret)
    assert ended is not None
    assert working is not None
    assert ended.expires_ms == NOW_MS + 60_000
    assert working.expires_ms is None
    assert (working.account, working.livemode) == (ended.account, ended.livemode)


async def test_rolling_again_never_prolongs_a_grace(database: Database) -> None:
    await ensure_first_account(database, TEST_KEY, NOW_MS, ids=IdFactory())
    old = await _create(database)
    await roll_key(database, key_id=old.key.id, grace_ms=1_000, **typed(NOW_MS))
    await roll_key(database, key_id=old.key.id, grace_ms=9_000, **typed(NOW_MS))
    ended = await _find(database, old.secret)
    assert ended is not None
    assert ended.expires_ms == NOW_MS + 1_000


async def test_a_revoked_key_ends_at_once_and_cannot_be_rolled(database: Database) -> None:
    await ensure_first_account(database, TEST_KEY, NOW_MS, ids=IdFactory())
    made = await _create(database)
    revoked = await revoke_key(database, key_id=made.key.id, **typed(NOW_MS))
    assert revoked.expires_ms == NOW_MS
    assert await _find(database, made.secret) == revoked
    with pytest.raises(EndedKeyError):
        await roll_key(database, key_id=made.key.id, grace_ms=0, **typed(NOW_MS))


async def test_accounts_under_a_platform_name_it(each_database: Database) -> None:
    platform = await create_account(each_database, platform=None, **typed(NOW_MS))
    connected = await create_account(each_database, platform=platform.account, **typed(NOW_MS))
    async with each_database.connection() as conn:
        assert await accounts.account_platform(conn, connected.account) == platform.account
        assert await accounts.account_platform(conn, platform.account) is None
        assert await accounts.account_platform(conn, "acct_nowhere") is None
        assert await accounts.find_account(conn, connected.account) == connected
        assert await accounts.find_account(conn, "acct_nowhere") is None


async def test_an_account_under_a_platform_is_never_taken_for_the_first(database: Database) -> None:
    first = await ensure_first_account(database, TEST_KEY, NOW_MS, ids=IdFactory())
    async with database.connection() as conn:
        await accounts.insert_account(conn, Account(account="acct_0", platform=first, created=1))
        assert await accounts.find_first_account(conn) == first
    assert (await _create(database)).key.account == first


async def test_what_does_not_exist_is_named(database: Database) -> None:
    with pytest.raises(NoAccountError):
        await _create(database)
    with pytest.raises(UnknownAccountError, match="acct_nowhere"):
        await _create(database, account="acct_nowhere")
    with pytest.raises(UnknownAccountError, match="acct_nowhere"):
        await create_account(database, platform="acct_nowhere", **typed(NOW_MS))
    with pytest.raises(UnknownKeyError, match="mk_nowhere"):
        await revoke_key(database, key_id="mk_nowhere", **typed(NOW_MS))
    with pytest.raises(UnknownKeyError, match="mk_nowhere"):
        await roll_key(database, key_id="mk_nowhere", grace_ms=0, **typed(NOW_MS))


@pytest.mark.parametrize("text", ["topups", "topups=", "topups=admin", "charges=read", "=read", ""])
def test_a_permission_of_another_form_is_refused(text: str) -> None:
    with pytest.raises(InvalidPermissionError):
        parse_permissions([text])


async def test_the_use_of_a_key_is_known_to_the_minute_and_written_at_most_once_in_it(each_database: Database) -> None:
    """However many requests and processes there are: the row's version changes once for each minute."""
    await ensure_first_account(each_database, TEST_KEY, NOW_MS, ids=IdFactory())
    key = (await _create(each_database)).key
    idle = (await _create(each_database)).key
    here, there = KeyUse(each_database), KeyUse(each_database)

    async def last_used(of: ApiKey) -> int | None:
        return next(each.last_used_ms for each in await list_keys(each_database, account=None) if each.id == of.id)

    async def version() -> object:
        async with each_database.connection() as conn:
            return await conn.fetchval("SELECT xmin::text FROM api_keys WHERE id = $1", key.id)

    assert await last_used(key) is None
    for process in (here, there):
        for n in range(100):
            process.note(key, now_ms=NOW_MS + n)
    await asyncio.gather(here.flush(), there.flush())
    assert (await last_used(key), await last_used(idle)) == (NOW_MS + 99, None)
    before = await version()
    there.note(key, now_ms=NOW_MS + 98 + EXACT_TO_MS)
    await there.flush()
    await here.flush()
    assert await version() == before
    here.note(key, now_ms=NOW_MS + 99 + EXACT_TO_MS)
    await here.flush()
    assert await last_used(key) == NOW_MS + 99 + EXACT_TO_MS
