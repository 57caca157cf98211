"""Links by which operators choose their own password: nobody else ever knows it, not even who added them.

A link works once and for three days, also to replace a password that was lost. It opens nothing by itself where
one-time codes are asked for.
"""

from brim.base.ids import IdFactory, random_base62
from brim.core.accounts import RandomText
from brim.core.audit import Action, Actor, ObjectType, record
from brim.core.operators import link_store as password_links
from brim.core.operators import store as operators
from brim.core.operators.passwords import Passwords
from brim.core.operators.rules import Operator, OperatorDisabledError, UnknownOperatorError, check_password
from brim.core.operators.session_ends import end_sessions
from brim.core.operators.sign_in import actor_of
from brim.core.operators.sign_in_rules import PASSWORD_LINK_KEPT_MS, TOKEN_CHARS, PasswordLinkOverError, hash_token
from brim.platform.database import Conn, Database


async def make_password_link(
    database: Database,
    operator: str,
    *,
    by: Actor,
    now_ms: int,
    ids: IdFactory,
    random_text: RandomText = random_base62,
) -> str:
    """Return the token of a new link for the operator with this id; an earlier one works no more.

    Raises:
        UnknownOperatorError: there is no such operator.
        OperatorDisabledError: the operator may do nothing any more.
    """
    token = random_text(TOKEN_CHARS)

    async def work(conn: Conn) -> None:
        held = await operators.lock_operator(conn, operator)
        if held is None:
            raise UnknownOperatorError(operator)
        if held.operator.disabled_ms is not None:
            raise OperatorDisabledError(held.operator.email)
        await password_links.put_link(conn, operator, hash_token(token), expires_ms=now_ms + PASSWORD_LINK_KEPT_MS)
        await record(
            conn,
            by,
            Action.PASSWORD_LINK_MADE,
            object_type=ObjectType.OPERATOR,
            object_id=operator,
            now_ms=now_ms,
            ids=ids,
        )

    await database.transact(work)
    return token


async def find_password_link(database: Database, token: str, *, now_ms: int) -> Operator:
    """Return the operator whose link a token is.

    Raises:
        PasswordLinkOverError: it works no more, or never did.
    """
    async with database.connection() as conn:
        scope = await password_links.find_link(conn, hash_token(token), now_ms=now_ms)
        found = await operators.find_operator(conn, scope) if scope else None
    if found is None or found.operator.disabled_ms is not None:
        raise PasswordLinkOverError
    return found.operator


async def use_password_link(
    database: Database,
    passwords: Passwords,
    token: str,
    password: str,
    *,
    address: str | None,
    now_ms: int,
    ids: IdFactory,
) -> Operator:
    """Give an operator the password that they chose by their link, and return them; their sessions and page keys end.

    Raises:
        PasswordLinkOverError: the link works no more.
        WeakPasswordError: the password may not be chosen; the link still works.
        OverloadedError: too many sign in at this moment.
    """
    scope = await find_password_link(database, token, now_ms=now_ms)
    check_password(password, email=scope.email)
    password_hash = await passwords.hash(password)

    async def work(conn: Conn) -> None:
        held = await operators.lock_operator(conn, scope.id)
        if held is None or held.operator.disabled_ms is not None:
            raise PasswordLinkOverError
        if not await password_links.take_link(conn, scope.id, hash_token(token)):
            raise PasswordLinkOverError
        await operators.set_password(conn, scope.id, password_hash)
        by = actor_of(held.operator, address=address)
        await end_sessions(conn, scope.id, by=by, now_ms=now_ms, ids=ids)
        detail = "by a link"
        await record(
            conn,
            by,
            Action.PASSWORD_SET,
            object_type=ObjectType.OPERATOR,
            object_id=scope.id,
            detail=detail,
            now_ms=now_ms,
            ids=ids,
        )

    await database.transact(work)
    return scope
