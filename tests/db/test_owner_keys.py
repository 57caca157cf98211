"""Keys that the people of an account make: once for each id, within account and mode, told to the audit log."""

import asyncio
import json

import pytest

from brim.base.actor import Actor, ActorKind
from brim.base.ids import IdFactory
from brim.base.scope import AccountScope
from brim.core.access.owner_keys import (
    LONGEST_GRACE_MS,
    SHOWN_AFTER_END_MS,
    KeyMadeAlreadyError,
    KeyOfPagesError,
    KeyParameters,
    NoRightsError,
    OwnerKeys,
)
from brim.core.access.rules import InvalidPermissionError
from brim.core.access.service import EndedKeyError, UnknownKeyError, create_account
from brim.core.operators.dashboard_keys import OperatorKeys
from brim.platform.database import Database
from brim.testing.terminal import typed
from tests.support.books import rows
from tests.support.people import VAULT, add
from tests.support.statements import STATEMENTS

NOW_MS = 1_795_000_000_000
ADA = Actor(kind=ActorKind.OPERATOR, id="op_1", name="Ada")


async def new_owner(database: Database, *, livemode: bool = False) -> AccountScope:
    made = await create_account(database, platform=None, **typed(NOW_MS))
    return AccountScope(made.account, livemode)


def desk(database: Database) -> OwnerKeys:
    return OwnerKeys(database, ids=IdFactory())


async def actions(database: Database) -> list[str]:
    """Return what was done in pages."""
    found = await rows(database, "SELECT action FROM audit_log WHERE actor_kind = 'operator' ORDER BY id")
    return [row["action"] for row in found]


async def test_a_wish_that_comes_many_times_at_once_makes_one_key(each_database: Database) -> None:
    scope, keys = await new_owner(each_database), desk(each_database)
    wanted = KeyParameters(id="mk_once", name="Once")
    asked = [keys.create_key(scope, wanted, by=ADA, now_ms=NOW_MS) for _ in range(5)]
    came = await asyncio.gather(*asked, return_exceptions=True)
    assert sum(not isinstance(each, BaseException) for each in came) == 1
    assert sum(isinstance(each, KeyMadeAlreadyError) for each in came) == 4
    assert [each.key.id for each in await keys.list_keys(scope, now_ms=NOW_MS)] == ["mk_once"]
    assert await actions(each_database) == ["api_key.created"]


async def test_the_same_id_in_another_account_is_another_key(database: Database) -> None:
    first, second, keys = await new_owner(database), await new_owner(database, livemode=True), desk(database)
    for scope in (first, second):
        made = await keys.create_key(scope, KeyParameters(id="mk_same"), by=ADA, now_ms=NOW_MS)
        assert made.secret.startswith("sk_live_" if scope.livemode else "sk_test_")
    await keys.revoke_key(first, "mk_same", by=ADA, now_ms=NOW_MS)
    assert (await keys.find_key(second, "mk_same")).key.expires_ms is None


async def test_a_key_of_the_other_mode_is_not_there(database: Database) -> None:
    scope, keys = await new_owner(database), desk(database)
    await keys.create_key(scope, KeyParameters(id="mk_1"), by=ADA, now_ms=NOW_MS)
    other = AccountScope(scope.account, livemode=True)
    assert await keys.list_keys(other, now_ms=NOW_MS) == []
    with pytest.raises(UnknownKeyError):
        await keys.revoke_key(other, "mk_1", by=ADA, now_ms=NOW_MS)
    with pytest.raises(UnknownKeyError):
        await keys.roll_key(other, "mk_1", new_id="mk_2", grace_ms=0, by=ADA, now_ms=NOW_MS)
    assert await actions(database) == ["api_key.created"]


async def test_rights_are_checked_and_none_is_no_right(database: Database) -> None:
    scope, keys = await new_owner(database), desk(database)
    missing = {NoRightsError: {"topups": "none"}, InvalidPermissionError: {"topups": "all"}}
    for error, permissions in missing.items():
        with pytest.raises(error):
            await keys.create_key(scope, KeyParameters(id="mk_1", permissions=permissions), by=ADA, now_ms=NOW_MS)
    with pytest.raises(InvalidPermissionError):
        await keys.create_key(scope, KeyParameters(id="mk_1", permissions={"gold": "read"}), by=ADA, now_ms=NOW_MS)
    wanted = KeyParameters(id="mk_1", permissions={"topups": "read", "balance": "none"})
    assert (await keys.create_key(scope, wanted, by=ADA, now_ms=NOW_MS)).key.permissions == {"topups": "read"}


async def test_a_roll_that_is_refused_leaves_the_old_key_as_it_was(database: Database) -> None:
    scope, keys = await new_owner(database), desk(database)
    for name in ("mk_1", "mk_2"):
        await keys.create_key(scope, KeyParameters(id=name), by=ADA, now_ms=NOW_MS)
    with pytest.raises(KeyMadeAlreadyError):
        await keys.roll_key(scope, "mk_1", new_id="mk_2", grace_ms=0, by=ADA, now_ms=NOW_MS)
    assert (await keys.find_key(scope, "mk_1")).key.expires_ms is None


async def test_an_old_key_works_on_for_a_week_at_most_and_is_listed_for_a_while(database: Database) -> None:
    scope, keys = await new_owner(database), desk(database)
    await keys.create_key(
        scope, KeyParameters(id="mk_1", name="Old", permissions={"topups": "read"}), by=ADA, now_ms=NOW_MS
    )
    new = await keys.roll_key(scope, "mk_1", new_id="mk_2", grace_ms=10**12, by=ADA, now_ms=NOW_MS)
    assert (new.key.name, new.key.permissions) == ("Old", {"topups": "read"})
    ends = NOW_MS + LONGEST_GRACE_MS
    old = await keys.find_key(scope, "mk_1")
    assert old.key.expires_ms == ends
    assert [old.state(now_ms) for now_ms in (ends - 1, ends)] == ["ending", "ended"]
    listed = [len(await keys.list_keys(scope, now_ms=ends + SHOWN_AFTER_END_MS + late)) for late in (-1, 0)]
    assert listed == [2, 1]
    with pytest.raises(EndedKeyError):
        await keys.roll_key(scope, "mk_1", new_id="mk_3", grace_ms=0, by=ADA, now_ms=ends)


async def test_the_keys_of_pages_are_listed_and_left_alone(database: Database) -> None:
    scope, keys, ada = await new_owner(database), desk(database), await add(database)
    await OperatorKeys(database, VAULT, ids=IdFactory()).key_of(ada, scope, now_ms=NOW_MS)
    (owned,) = await keys.list_keys(scope, now_ms=NOW_MS)
    assert owned.operator == ada.id
    with pytest.raises(KeyOfPagesError):
        await keys.revoke_key(scope, owned.key.id, by=ADA, now_ms=NOW_MS)
    with pytest.raises(KeyOfPagesError):
        await keys.roll_key(scope, owned.key.id, new_id="mk_2", grace_ms=0, by=ADA, now_ms=NOW_MS)
    assert (await keys.find_key(scope, owned.key.id)).key.expires_ms is None


async def test_an_accounts_keys_are_found_by_an_index(each_database: Database) -> None:
    async with each_database.connection() as conn:
        for name, arguments in (
            ("list_owner_keys", ("acct_1", False, 0, 10)),
            ("lock_owner_key", ("acct_1", False, "mk_1")),
        ):
            plan = await conn.fetchval(f"EXPLAIN (FORMAT JSON) {STATEMENTS['access.' + name]}", *arguments)
            assert "Seq Scan" not in json.dumps(json.loads(plan)), name
