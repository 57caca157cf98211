"""Links by which somebody chooses their own password: once, in time, and for nobody who is disabled."""

import asyncio

import asyncpg
import pytest

from brim.base.actor import Actor, ActorKind
from brim.base.paging import PageRequest
from brim.core.audit.rules import Action
from brim.core.audit.service import list_audit_log
from brim.core.operators.password_links import find_password_link, make_password_link, use_password_link
from brim.core.operators.rules import Operator, OperatorDisabledError, Role, UnknownOperatorError, WeakPasswordError
from brim.core.operators.service import NewOperator, add_operator, disable_operator, enable_operator, reset_password
from brim.core.operators.sign_in import Sessions
from brim.core.operators.sign_in_rules import PASSWORD_LINK_KEPT_MS, PasswordLinkOverError, WrongPasswordError
from brim.platform.database import Database
from tests.support.people import ADDRESS, BY, EMAIL, IDS, NOW_MS, PASSWORD, add, sign_in_of, weak_passwords

CHOSEN = "difference engine 1822"


async def _invite(database: Database) -> Operator:
    """Return an operator who has no password yet."""
    wanted = NewOperator(email=EMAIL, name="Ada Lovelace", role=Role.VIEWER, password=None)
    return await add_operator(database, weak_passwords(), wanted, by=BY, now_ms=NOW_MS, ids=IDS)


async def _link(database: Database, operator: Operator, *, now_ms: int = NOW_MS) -> str:
    return await make_password_link(database, operator.id, by=BY, now_ms=now_ms, ids=IDS)


async def _use(database: Database, token: str, password: str = CHOSEN, *, now_ms: int = NOW_MS) -> Operator:
    return await use_password_link(database, weak_passwords(), token, password, address=ADDRESS, now_ms=now_ms, ids=IDS)


async def _is_password(database: Database, password: str) -> bool:
    try:
        await sign_in_of(database).sign_in(EMAIL, password, address=ADDRESS, now_ms=NOW_MS)
    except WrongPasswordError:
        return False
    return True


async def test_whoever_was_added_without_a_password_chooses_one_by_a_link_once(each_database: Database) -> None:
    ada = await _invite(each_database)
    token = await _link(each_database, ada)
    assert await find_password_link(each_database, token, now_ms=NOW_MS) == ada
    assert (await _use(each_database, token)).id == ada.id
    assert await _is_password(each_database, CHOSEN)
    for again in (token, "made up", "", "\ud800"):
        with pytest.raises(PasswordLinkOverError):
            await _use(each_database, again, PASSWORD)


async def test_a_lost_password_is_replaced_and_all_sessions_end(database: Database) -> None:
    ada = await add(database)
    new = await sign_in_of(database).sign_in(EMAIL, PASSWORD, address=ADDRESS, now_ms=NOW_MS)
    await _use(database, await _link(database, ada))
    assert await Sessions(database, lambda: NOW_MS, idle_ms=1000).recognise(new.token) is None
    assert [await _is_password(database, each) for each in (PASSWORD, CHOSEN)] == [False, True]


async def test_of_many_who_use_a_link_at_once_one_sets_the_password(each_database: Database) -> None:
    token = await _link(each_database, await _invite(each_database))
    answers = await asyncio.gather(
        *(_use(each_database, token, f"{CHOSEN} {number}") for number in range(6)), return_exceptions=True
    )
    assert sorted(type(answer).__name__ for answer in answers) == ["Operator"] + 5 * ["PasswordLinkOverError"]


async def test_a_newer_link_ends_the_one_before(database: Database) -> None:
    ada = await _invite(database)
    first, second = await _link(database, ada), await _link(database, ada)
    with pytest.raises(PasswordLinkOverError):
        await find_password_link(database, first, now_ms=NOW_MS)
    await _use(database, second)


async def test_a_link_ends_after_three_days(database: Database) -> None:
    token = await _link(database, await _invite(database))
    late_ms = NOW_MS + PASSWORD_LINK_KEPT_MS
    await find_password_link(database, token, now_ms=late_ms - 1)
    with pytest.raises(PasswordLinkOverError):
        await _use(database, token, now_ms=late_ms)


async def test_a_weak_password_leaves_the_link_as_it_was(database: Database) -> None:
    token = await _link(database, await _invite(database))
    with pytest.raises(WeakPasswordError):
        await _use(database, token, "short")
    await _use(database, token)


async def test_a_link_ends_with_its_operator_and_when_the_password_is_set_otherwise(database: Database) -> None:
    await add(database, "grace@example.com")
    ada = await _invite(database)
    token = await _link(database, ada)
    await disable_operator(database, ada.id, by=BY, now_ms=NOW_MS, ids=IDS)
    with pytest.raises(OperatorDisabledError):
        await _link(database, ada)
    await enable_operator(database, ada.id, by=BY, now_ms=NOW_MS, ids=IDS)
    with pytest.raises(PasswordLinkOverError):
        await _use(database, token)
    token = await _link(database, ada)
    await reset_password(database, weak_passwords(), ada.id, PASSWORD, by=BY, now_ms=NOW_MS, ids=IDS)
    with pytest.raises(PasswordLinkOverError):
        await _use(database, token)


async def test_nobody_has_no_link(database: Database) -> None:
    with pytest.raises(UnknownOperatorError):
        await make_password_link(database, "op_nobody", by=BY, now_ms=NOW_MS, ids=IDS)


async def test_the_audit_log_tells_who_handed_a_link_out_and_that_it_was_used(database: Database) -> None:
    ada = await _invite(database)
    await _use(database, await _link(database, ada))
    used, made = (await list_audit_log(database, PageRequest(limit=2))).items
    assert (used.action, used.detail, used.actor) == (
        Action.PASSWORD_SET,
        "by a link",
        Actor(kind=ActorKind.OPERATOR, id=ada.id, name=EMAIL, address=ADDRESS),
    )
    assert (made.action, made.object, made.actor) == (Action.PASSWORD_LINK_MADE, ada.id, BY)


async def test_a_links_token_is_not_in_the_database(database_url: str, database: Database) -> None:
    token = await _link(database, await _invite(database))
    conn = await asyncpg.connect(database_url)
    dump = str(
        [await conn.fetch(f"SELECT t::text FROM {table} AS t") for table in ("operator_password_links", "audit_log")]
    )
    await conn.close()
    assert token not in dump
    assert token.encode().hex() not in dump
