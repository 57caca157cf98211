"""Operators: added, changed, disabled; the first one by a link; their pages' keys; and the log of all that."""

import asyncio

import asyncpg
import pytest

from brim.base.actor import Actor, ActorKind
from brim.base.errors import ExclusiveParametersError, ResourceMissingError
from brim.base.paging import PageRequest
from brim.base.scope import AccountScope
from brim.core.access import store as keys
from brim.core.access.rules import ApiKey, hash_secret
from brim.core.access.service import UnknownAccountError, create_account, revoke_key
from brim.core.audit.rules import Action
from brim.core.audit.service import list_audit_log, record_alone
from brim.core.encryption.rotation import rotate_encryption
from brim.core.operators.dashboard_keys import OperatorKeys, PageKey
from brim.core.operators.one_time_codes import begin_codes
from brim.core.operators.rules import (
    MONEY_ROLES,
    InvalidEmailError,
    InvalidNameError,
    LastAdminError,
    Operator,
    OperatorDisabledError,
    OperatorExistsError,
    Role,
    UnknownOperatorError,
    WeakPasswordError,
    permissions_of,
)
from brim.core.operators.service import (
    NewOperator,
    add_operator,
    check_first_run,
    claim_first_run,
    disable_operator,
    enable_operator,
    find_operator,
    list_operators,
    prepare_first_run,
    rename_operator,
    reset_codes,
    reset_password,
    set_role,
)
from brim.core.operators.sign_in_rules import FIRST_RUN_KEPT_MS, FirstRunOverError
from brim.core.operators.store import count_approvers
from brim.platform.database import Database
from brim.platform.vault import NoEncryptionKeyError, SecretUnreadableError, Vault
from brim.testing.terminal import typed
from tests.support.people import ADDRESS, BY, EMAIL, IDS, NOW_MS, PASSWORD, VAULT, add, sign_in_of, weak_passwords

OTHER = "grace@example.com"
OTHER_KEY = "xV1nUQ8Xg0s3kq3rY0mF0b5m0a2c4e6g8i0k2m4o6q8="


async def _owner(database: Database, *, livemode: bool = False) -> AccountScope:
    account = await create_account(database, platform=None, **typed(NOW_MS))
    return AccountScope(account.account, livemode)


def _keys_of(database: Database, vault: Vault = VAULT) -> OperatorKeys:
    return OperatorKeys(database, vault, ids=IDS)


async def _api_key(database: Database, secret: str) -> ApiKey:
    async with database.connection() as conn:
        found = await keys.find_by_hash(conn, hash_secret(secret))
    assert found is not None
    return found


async def _actions(database: Database) -> list[str]:
    """Return what the audit log tells of, newest first."""
    return [entry.action for entry in (await list_audit_log(database, PageRequest(limit=100))).items]


async def test_an_operator_is_found_by_id_and_by_email_however_it_is_typed(each_database: Database) -> None:
    ada = await add(each_database)
    assert (ada.email, ada.role, ada.created, ada.disabled_ms) == (EMAIL, Role.ADMIN, NOW_MS // 1000, None)
    for name in (ada.id, EMAIL, " Ada@Example.COM "):
        assert await find_operator(each_database, name) == ada
    assert await list_operators(each_database) == [ada]
    for nobody in ("op_nowhere", "nobody@example.com", "", "\0", "a\0@b"):
        with pytest.raises(UnknownOperatorError):
            await find_operator(each_database, nobody)


async def test_an_email_address_is_one_persons(database: Database) -> None:
    await add(database)
    with pytest.raises(OperatorExistsError, match=EMAIL):
        await add(database, EMAIL.upper())
    assert len(await list_operators(database)) == 1


@pytest.mark.parametrize(
    ("email", "name", "password", "error"),
    [
        ("ada", "Ada", PASSWORD, InvalidEmailError),
        ("a b@example.com", "Ada", PASSWORD, InvalidEmailError),
        ("a@b@c", "Ada", PASSWORD, InvalidEmailError),
        ("a\0@example.com", "Ada", PASSWORD, InvalidEmailError),
        ("a" * 250 + "@example.com", "Ada", PASSWORD, InvalidEmailError),
        (EMAIL, " ", PASSWORD, InvalidNameError),
        (EMAIL, "A\ndmin", PASSWORD, InvalidNameError),
        (EMAIL, "Ada", "eleven char", WeakPasswordError),
        (EMAIL, "Ada", "x" * 257, WeakPasswordError),
        (EMAIL, "Ada", "abababababab", WeakPasswordError),
        (EMAIL, "Ada", "Ada@example.com", WeakPasswordError),
    ],
)
async def test_what_cannot_be_used_is_refused(
    database: Database, email: str, name: str, password: str, error: type[Exception]
) -> None:
    wanted = NewOperator(email=email, name=name, role=Role.VIEWER, password=password)
    with pytest.raises(error):
        await add_operator(database, weak_passwords(), wanted, by=BY, now_ms=NOW_MS, ids=IDS)
    assert await list_operators(database) == []


async def test_the_last_admin_stays(each_database: Database) -> None:
    ada = await add(each_database)
    grace = await add(each_database, OTHER, Role.DEVELOPER)
    for leave in (
        disable_operator(each_database, ada.id, by=BY, now_ms=NOW_MS, ids=IDS),
        set_role(each_database, EMAIL, Role.VIEWER, by=BY, now_ms=NOW_MS, ids=IDS),
    ):
        with pytest.raises(LastAdminError, match=EMAIL):
            await leave
    await set_role(each_database, grace.id, Role.ADMIN, by=BY, now_ms=NOW_MS, ids=IDS)
    gone = await disable_operator(each_database, ada.id, by=BY, now_ms=NOW_MS + 5, ids=IDS)
    assert gone.disabled_ms == NOW_MS + 5
    with pytest.raises(LastAdminError, match=OTHER):
        await disable_operator(each_database, grace.id, by=BY, now_ms=NOW_MS, ids=IDS)
    assert (await enable_operator(each_database, ada.id, by=BY, now_ms=NOW_MS, ids=IDS)).disabled_ms is None


async def test_of_admins_who_disable_each_other_at_once_one_stays(database: Database) -> None:
    admins = [await add(database, f"{number}@example.com") for number in range(4)]
    done = await asyncio.gather(
        *(disable_operator(database, each.id, by=BY, now_ms=NOW_MS, ids=IDS) for each in admins),
        return_exceptions=True,
    )
    assert [type(each) for each in done if not isinstance(each, Operator)] == [LastAdminError]
    assert [each.disabled_ms for each in await list_operators(database)].count(None) == 1


async def test_changes_to_nobody_are_refused(database: Database) -> None:
    for change in (
        disable_operator(database, OTHER, by=BY, now_ms=NOW_MS, ids=IDS),
        enable_operator(database, OTHER, by=BY, now_ms=NOW_MS, ids=IDS),
        set_role(database, OTHER, Role.ADMIN, by=BY, now_ms=NOW_MS, ids=IDS),
        reset_password(database, weak_passwords(), OTHER, PASSWORD, by=BY, now_ms=NOW_MS, ids=IDS),
        reset_codes(database, OTHER, by=BY, now_ms=NOW_MS, ids=IDS),
    ):
        with pytest.raises(UnknownOperatorError, match=OTHER):
            await change


async def _first_run(database: Database, *, now_ms: int = NOW_MS) -> str:
    token = await prepare_first_run(database, now_ms=now_ms)
    assert token is not None
    return token


async def _claim(database: Database, token: str, *, email: str = EMAIL, now_ms: int = NOW_MS) -> Operator:
    wanted = NewOperator(email=email, name="Ada", role=Role.VIEWER, password=PASSWORD)
    return await claim_first_run(database, weak_passwords(), token, wanted, address=ADDRESS, now_ms=now_ms, ids=IDS)


async def test_the_link_of_the_first_run_makes_one_admin_once(each_database: Database) -> None:
    token = await _first_run(each_database)
    await check_first_run(each_database, token, now_ms=NOW_MS)
    ada = await _claim(each_database, token)
    assert ada.role is Role.ADMIN
    with pytest.raises(FirstRunOverError):
        await _claim(each_database, token, email=OTHER)
    assert await list_operators(each_database) == [ada]
    assert await prepare_first_run(each_database, now_ms=NOW_MS) is None


async def test_of_many_who_use_the_link_at_once_one_becomes_the_admin(database: Database) -> None:
    token = await _first_run(database)
    done = await asyncio.gather(
        *(_claim(database, token, email=f"{number}@example.com") for number in range(6)), return_exceptions=True
    )
    assert sum(isinstance(each, Operator) for each in done) == 1
    assert sum(isinstance(each, FirstRunOverError) for each in done) == 5
    assert len(await list_operators(database)) == 1


async def test_a_link_ends_after_a_day_and_at_the_next_start(database: Database) -> None:
    early = await _first_run(database)
    late = await _first_run(database, now_ms=NOW_MS + 1)
    for token, now_ms in ((early, NOW_MS), (late, NOW_MS + 1 + FIRST_RUN_KEPT_MS), ("", NOW_MS), ("\ud800", NOW_MS)):
        with pytest.raises(FirstRunOverError):
            await _claim(database, token, now_ms=now_ms)
    await _claim(database, late, now_ms=NOW_MS + FIRST_RUN_KEPT_MS)


async def test_a_link_is_over_once_somebody_was_added_otherwise(database: Database) -> None:
    token = await _first_run(database)
    await add(database, OTHER)
    with pytest.raises(FirstRunOverError):
        await _claim(database, token)


async def test_a_weak_password_leaves_the_link_as_it_was(database: Database) -> None:
    token = await _first_run(database)
    for password in ("short", None):
        wanted = NewOperator(email=EMAIL, name="Ada", role=Role.ADMIN, password=password)
        with pytest.raises(WeakPasswordError):
            await claim_first_run(database, weak_passwords(), token, wanted, address=None, now_ms=NOW_MS, ids=IDS)
    await _claim(database, token)


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("livemode", [False, True])
async def test_a_pages_key_may_do_what_the_role_may(database: Database, role: Role, livemode: bool) -> None:
    operator, scope = await add(database, role=role), await _owner(database, livemode=livemode)
    found = await _keys_of(database).page_key(operator, scope, now_ms=NOW_MS)
    assert found.secret.startswith("rk_live_" if livemode else "rk_test_")
    key = await _api_key(database, found.secret)
    assert (key.account, key.livemode, key.kind) == (scope.account, livemode, "restricted")
    assert key.permissions == found.permissions == permissions_of(role, livemode=livemode, held=MONEY_ROLES & {role})
    assert EMAIL in (key.name or "")


@pytest.mark.parametrize("role", sorted(MONEY_ROLES))
async def test_an_admin_does_what_nobody_has_the_role_for(each_database: Database, role: Role) -> None:
    """Whoever gets the role takes the duty over, and an admin's copied key does it no more; then it falls back."""
    ada, scope = await add(each_database), await _owner(each_database, livemode=True)
    duty = "ach" if role is Role.FINANCE else "ach_approvals"

    async def page_key() -> PageKey:
        return await _keys_of(each_database).page_key(ada, scope, now_ms=NOW_MS)

    alone = await page_key()
    assert alone.permissions[duty] == "write"
    grace = await add(each_database, OTHER, role)
    assert (await _api_key(each_database, alone.secret)).has_ended(NOW_MS)
    relieved = await page_key()
    assert (relieved.permissions[duty], relieved.permissions["accounts"]) == ("read", "write")
    other = await add(each_database, "mary@example.com", role)
    assert await page_key() == relieved, "the second one changes nothing"
    await disable_operator(each_database, grace.id, by=BY, now_ms=NOW_MS, ids=IDS)
    assert await page_key() == relieved
    await set_role(each_database, other.id, Role.VIEWER, by=BY, now_ms=NOW_MS, ids=IDS)
    assert (await page_key()).permissions == alone.permissions
    await enable_operator(each_database, grace.id, by=BY, now_ms=NOW_MS, ids=IDS)
    assert (await page_key()).permissions == relieved.permissions


async def test_a_key_that_a_page_makes_meanwhile_has_the_rights_of_then(database: Database) -> None:
    """An approver is added while an admin's page makes a key: whichever comes first, no key approves afterwards."""
    ada = await add(database)
    for number in range(5):
        scope = await _owner(database, livemode=True)
        made, approver = await asyncio.gather(
            _keys_of(database).key_of(ada, scope, now_ms=NOW_MS),
            add(database, f"{number}@example.com", Role.APPROVER),
        )
        key = await _api_key(database, made)
        assert key.has_ended(NOW_MS) or not key.allows("ach_approvals", "write")
        await set_role(database, approver.id, Role.VIEWER, by=BY, now_ms=NOW_MS, ids=IDS)


async def test_of_several_who_have_to_do_with_live_money_another_one_approves(database: Database) -> None:
    async def count() -> int:
        async with database.connection() as conn:
            return await count_approvers(conn)

    await add(database)
    for role in (Role.VIEWER, Role.DEVELOPER):
        await add(database, f"{role}@example.com", role)
    assert await count() == 1
    for number, role in enumerate((Role.FINANCE, Role.APPROVER, Role.ADMIN), start=2):
        await add(database, f"{role}@example.com", role)
        assert await count() == number
    await disable_operator(database, "finance@example.com", by=BY, now_ms=NOW_MS, ids=IDS)
    assert await count() == 3


async def test_a_pages_key_is_made_once_by_several_at_once_and_kept(each_database: Database) -> None:
    ada, scope = await add(each_database), await _owner(each_database)
    processes = [_keys_of(each_database) for _ in range(6)]
    made = await asyncio.gather(*(each.key_of(ada, scope, now_ms=NOW_MS) for each in processes))
    assert len(set(made)) == 1
    assert await _keys_of(each_database).key_of(ada, scope, now_ms=NOW_MS + 1) == made[0]
    grace = await add(each_database, OTHER)
    others = [
        await _keys_of(each_database).key_of(grace, scope, now_ms=NOW_MS),
        await _keys_of(each_database).key_of(ada, await _owner(each_database), now_ms=NOW_MS),
        await _keys_of(each_database).key_of(ada, AccountScope(scope.account, livemode=True), now_ms=NOW_MS),
    ]
    assert len({*made, *others}) == 4


async def test_a_pages_keys_end_with_the_role_and_with_the_operator(database: Database) -> None:
    await add(database, OTHER)
    ada, scope = await add(database), await _owner(database)
    first = await _keys_of(database).key_of(ada, scope, now_ms=NOW_MS)
    viewer = await set_role(database, ada.id, Role.VIEWER, by=BY, now_ms=NOW_MS + 1, ids=IDS)
    assert (await _api_key(database, first)).expires_ms == NOW_MS + 1
    # a page that does not know of the change yet gets no more than the role of now
    second = await _keys_of(database).key_of(ada, scope, now_ms=NOW_MS + 2)
    assert (await _api_key(database, second)).permissions == permissions_of(Role.VIEWER, livemode=False)
    assert await _keys_of(database).key_of(viewer, scope, now_ms=NOW_MS + 2) == second
    await disable_operator(database, ada.id, by=BY, now_ms=NOW_MS + 3, ids=IDS)
    assert (await _api_key(database, second)).expires_ms == NOW_MS + 3
    with pytest.raises(OperatorDisabledError):
        await _keys_of(database).key_of(viewer, scope, now_ms=NOW_MS + 4)


async def test_a_pages_key_ends_with_the_session_for_which_it_was_made(database: Database) -> None:
    ada, scope = await add(database), await _owner(database)
    first = await _keys_of(database).key_of(ada, scope, now_ms=NOW_MS, until_ms=NOW_MS + 10)
    assert (await _api_key(database, first)).expires_ms == NOW_MS + 10
    assert await _keys_of(database).key_of(ada, scope, now_ms=NOW_MS + 9, until_ms=NOW_MS + 20) == first
    second = await _keys_of(database).key_of(ada, scope, now_ms=NOW_MS + 10, until_ms=NOW_MS + 20)
    assert second != first
    assert (await _api_key(database, second)).expires_ms == NOW_MS + 20


async def test_a_revoked_pages_key_is_replaced(database: Database) -> None:
    ada, scope = await add(database), await _owner(database)
    first = await _keys_of(database).key_of(ada, scope, now_ms=NOW_MS)
    await revoke_key(database, key_id=(await _api_key(database, first)).id, **typed(NOW_MS))
    second = await _keys_of(database).key_of(ada, scope, now_ms=NOW_MS)
    assert second != first
    assert (await _api_key(database, second)).expires_ms is None


async def test_a_pages_key_needs_an_account_an_operator_and_a_vault(database: Database) -> None:
    ada, scope = await add(database), await _owner(database)
    with pytest.raises(UnknownAccountError):
        await _keys_of(database).key_of(ada, AccountScope("acct_nowhere", livemode=False), now_ms=NOW_MS)
    with pytest.raises(NoEncryptionKeyError):
        await _keys_of(database, Vault(())).key_of(ada, scope, now_ms=NOW_MS)
    stranger = Operator(id="op_nowhere", email=OTHER, name="x", role=Role.ADMIN, created=1)
    with pytest.raises(UnknownOperatorError):
        await _keys_of(database).key_of(stranger, scope, now_ms=NOW_MS)


async def test_secrets_of_operators_are_encrypted_anew_with_all_others(each_database: Database) -> None:
    ada, scope = await add(each_database), await _owner(each_database)
    secret = await _keys_of(each_database).key_of(ada, scope, now_ms=NOW_MS)
    live = await _keys_of(each_database).key_of(ada, AccountScope(scope.account, livemode=True), now_ms=NOW_MS)
    for operator in (ada, await add(each_database, OTHER)):
        await begin_codes(each_database, VAULT, operator.id)
    await add(each_database, "nocodes@example.com")
    both = Vault([OTHER_KEY, "mV1nUQ8Xg0s3kq3rY0mF0b5m0a2c4e6g8i0k2m4o6q8="])
    assert await rotate_encryption(each_database, both, **typed(), step=1) == (4, 4, {})
    new = _keys_of(each_database, Vault([OTHER_KEY]))
    assert await new.key_of(ada, scope, now_ms=NOW_MS) == secret
    assert await new.key_of(ada, AccountScope(scope.account, livemode=True), now_ms=NOW_MS) == live
    with pytest.raises(SecretUnreadableError):
        await _keys_of(each_database).key_of(ada, scope, now_ms=NOW_MS)


async def test_no_secret_of_operators_is_in_the_database(database_url: str, database: Database) -> None:
    token = await _first_run(database)
    conn = await asyncpg.connect(database_url)
    before = str(await conn.fetch("SELECT first_run::text FROM first_run"))
    ada = await _claim(database, token)
    key = await _keys_of(database).key_of(ada, await _owner(database), now_ms=NOW_MS)
    enrolment = await begin_codes(database, VAULT, ada.id)
    new = await sign_in_of(database).sign_in(EMAIL, PASSWORD, address=ADDRESS, now_ms=NOW_MS)
    tables = ("operators", "operator_sessions", "operator_keys", "api_keys", "first_run", "audit_log", "sign_in_tries")
    dump = before + str([await conn.fetch(f"SELECT t::text FROM {table} AS t") for table in tables])
    await conn.close()
    assert ada.id in dump
    assert "$argon2id$" in dump
    for secret in (token, key, enrolment.secret, new.token, PASSWORD):
        assert secret not in dump
        assert secret.encode().hex() not in dump


async def test_every_change_is_told_with_who_what_and_from_where(each_database: Database) -> None:
    await add(each_database, OTHER)
    ada = await add(each_database, role=Role.VIEWER)
    web = Actor(kind=ActorKind.OPERATOR, id=ada.id, name=EMAIL, address=ADDRESS)
    await set_role(each_database, ada.id, Role.ADMIN, by=web, now_ms=NOW_MS + 1, ids=IDS)
    await reset_password(each_database, weak_passwords(), ada.id, PASSWORD, by=web, now_ms=NOW_MS + 2, ids=IDS)
    await reset_codes(each_database, ada.id, by=web, now_ms=NOW_MS + 3, ids=IDS)
    await disable_operator(each_database, ada.id, by=web, now_ms=NOW_MS + 4, ids=IDS)
    await enable_operator(each_database, ada.id, by=web, now_ms=NOW_MS + 5, ids=IDS)
    page = await list_audit_log(each_database, PageRequest(limit=5))
    assert page.has_more
    assert [entry.action for entry in page.items] == [
        Action.OPERATOR_ENABLED,
        Action.OPERATOR_DISABLED,
        Action.CODES_RESET,
        Action.PASSWORD_SET,
        Action.OPERATOR_ROLE_SET,
    ]
    assert {entry.actor for entry in page.items} == {web}
    assert {entry.object for entry in page.items} == {ada.id}
    assert [entry.at_ms - NOW_MS for entry in page.items] == [5, 4, 3, 2, 1]
    assert page.items[-1].detail == "viewer to admin"


async def test_an_operator_is_renamed(database: Database) -> None:
    ada = await add(database)
    renamed = await rename_operator(database, ada.id, "  Ada King ", by=BY, now_ms=NOW_MS, ids=IDS)
    assert renamed.name == "Ada King"
    assert (await list_audit_log(database, PageRequest(limit=1))).items[0].detail == "Ada Lovelace to Ada King"
    with pytest.raises(InvalidNameError):
        await rename_operator(database, ada.id, "\n", by=BY, now_ms=NOW_MS, ids=IDS)


async def test_the_audit_log_is_turned_page_by_page_in_both_directions(database: Database) -> None:
    scope = AccountScope("acct_1", livemode=True)
    for number in range(5):
        await record_alone(
            database, BY, "topup.canceled", object_id=f"tu_{number}", scope=scope, now_ms=NOW_MS + number, ids=IDS
        )
    first = await list_audit_log(database, PageRequest(limit=2))
    assert [entry.object for entry in first.items] == ["tu_4", "tu_3"]
    assert first.items[0].scope == scope
    second = await list_audit_log(database, PageRequest(limit=2, starting_after=first.items[-1].id))
    assert [entry.object for entry in second.items] == ["tu_2", "tu_1"]
    back = await list_audit_log(database, PageRequest(limit=2, ending_before=second.items[0].id))
    assert back.items == first.items
    for cursor in ("aud_nowhere", "\0"):
        with pytest.raises(ResourceMissingError):
            await list_audit_log(database, PageRequest(starting_after=cursor))
    with pytest.raises(ExclusiveParametersError):
        await list_audit_log(database, PageRequest(starting_after="aud_1", ending_before="aud_2"))


async def test_a_refused_change_leaves_no_line(database: Database) -> None:
    await add(database)
    with pytest.raises(LastAdminError):
        await disable_operator(database, EMAIL, by=BY, now_ms=NOW_MS, ids=IDS)
    with pytest.raises(OperatorExistsError):
        await add(database)
    assert await _actions(database) == [Action.OPERATOR_ADDED]
