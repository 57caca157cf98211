"""Operators: added, listed, disabled, given another role or password; and the first of them, by a link.

An operator is named by id or by email address. Every change is told in the audit log by the transaction that makes it.
"""

from collections.abc import Awaitable, Callable
from collections.abc import Set as AbstractSet
from typing import TypeAlias

import msgspec

from brim.base.ids import IdFactory, random_base62
from brim.core.accounts import RandomText
from brim.core.audit import Action, Actor, ActorKind, ObjectType, record
from brim.core.operators import identity_store as operator_identities
from brim.core.operators import link_store as password_links
from brim.core.operators import store as operators
from brim.core.operators.openid_rules import Identity
from brim.core.operators.passwords import Passwords
from brim.core.operators.rules import (
    OPERATOR_PREFIX,
    Credentials,
    LastAdminError,
    NotBoundError,
    Operator,
    OperatorExistsError,
    Role,
    UnknownOperatorError,
    check_name,
    check_password,
    fold_email,
    normalise_email,
)
from brim.core.operators.session_ends import end_page_keys, end_sessions
from brim.core.operators.sign_in_rules import FIRST_RUN_KEPT_MS, TOKEN_CHARS, FirstRunOverError, hash_token
from brim.platform.database import Conn, Database

Change: TypeAlias = Callable[[Conn, Operator], Awaitable[str | None]]
"""Changes an operator, and returns a few words for the audit log, None where the change says it all."""


class NewOperator(msgspec.Struct, frozen=True, kw_only=True):
    """Who is to be an operator. `password` is None for who signs in by a provider only."""

    email: str
    name: str
    role: Role
    password: str | None


async def add_operator(
    database: Database, passwords: Passwords, wanted: NewOperator, *, by: Actor, now_ms: int, ids: IdFactory
) -> Operator:
    """Add an operator and return them; the link for the first admin works no more.

    Raises:
        InvalidEmailError, InvalidNameError, WeakPasswordError: what was given cannot be used.
        OperatorExistsError: the email address is somebody's already.
    """
    operator, password_hash = await _prepare(passwords, wanted, now_ms=now_ms, ids=ids)

    async def work(conn: Conn) -> None:
        await operators.delete_first_run(conn)  # before all else: who uses the link now is let finish
        admins, held = await operators.lock_admins(conn), await operators.held_money_roles(conn)
        await _insert(conn, operator, password_hash, by=by, now_ms=now_ms, ids=ids)
        await _end_keys_of_admins(conn, admins, held, by=by, now_ms=now_ms, ids=ids)

    await database.transact(work)
    return operator


async def list_operators(database: Database) -> list[Operator]:
    """Return all operators, oldest first."""
    async with database.connection() as conn:
        return await operators.list_operators(conn)


async def operators_exist(database: Database) -> bool:
    """Tell whether there is any operator, disabled or not."""
    async with database.connection() as conn:
        return await operators.operators_exist(conn)


async def find_operator(database: Database, operator: str) -> Operator:
    """Return an operator by id or email address.

    Raises:
        UnknownOperatorError: there is none.
    """
    async with database.connection() as conn:
        return _known(await operators.find_operator(conn, _name(operator)), operator).operator


async def disable_operator(database: Database, operator: str, *, by: Actor, now_ms: int, ids: IdFactory) -> Operator:
    """Let an operator do nothing any more: their sessions end, and so do their link and the keys of their pages.

    Raises:
        UnknownOperatorError: there is none.
        LastAdminError: nobody would be left who may manage operators.
    """

    async def change(conn: Conn, found: Operator) -> None:
        await operators.set_disabled(conn, found.id, now_ms)
        await password_links.delete_link(conn, found.id)
        await end_sessions(conn, found.id, by=by, now_ms=now_ms, ids=ids)

    return await _change(
        database, operator, Action.OPERATOR_DISABLED, change, keeps_admin=False, by=by, now_ms=now_ms, ids=ids
    )


async def enable_operator(database: Database, operator: str, *, by: Actor, now_ms: int, ids: IdFactory) -> Operator:
    """Let a disabled operator in again.

    Raises:
        UnknownOperatorError: there is none.
    """

    async def change(conn: Conn, found: Operator) -> None:
        await operators.set_disabled(conn, found.id, None)

    return await _change(
        database, operator, Action.OPERATOR_ENABLED, change, keeps_admin=True, by=by, now_ms=now_ms, ids=ids
    )


async def rename_operator(
    database: Database, operator: str, name: str, *, by: Actor, now_ms: int, ids: IdFactory
) -> Operator:
    """Give an operator another name.

    Raises:
        InvalidNameError: it is none.
        UnknownOperatorError: there is no such operator.
    """
    name = check_name(name)

    async def change(conn: Conn, found: Operator) -> str:
        await operators.set_name(conn, found.id, name)
        return f"{found.name} to {name}"

    return await _change(
        database, operator, Action.OPERATOR_RENAMED, change, keeps_admin=True, by=by, now_ms=now_ms, ids=ids
    )


async def set_role(
    database: Database, operator: str, role: Role, *, by: Actor, now_ms: int, ids: IdFactory
) -> Operator:
    """Give an operator another role; keys that their pages had end, and new ones have the new rights.

    Raises:
        UnknownOperatorError: there is none.
        LastAdminError: nobody would be left who may manage operators.
    """

    async def change(conn: Conn, found: Operator) -> str:
        await operators.set_role(conn, found.id, role)
        await end_page_keys(conn, found.id, by=by, now_ms=now_ms, ids=ids)
        return f"{found.role} to {role}"

    return await _change(
        database,
        operator,
        Action.OPERATOR_ROLE_SET,
        change,
        keeps_admin=role is Role.ADMIN,
        by=by,
        now_ms=now_ms,
        ids=ids,
    )


async def reset_password(
    database: Database, passwords: Passwords, operator: str, password: str, *, by: Actor, now_ms: int, ids: IdFactory
) -> Operator:
    """Give an operator another password; their sessions, the keys of their pages and a link to choose one end.

    Raises:
        UnknownOperatorError: there is none.
        WeakPasswordError: the password may not be chosen.
    """
    check_password(password, email=(await find_operator(database, operator)).email)
    password_hash = await passwords.hash(password)

    async def change(conn: Conn, found: Operator) -> None:
        await operators.set_password(conn, found.id, password_hash)
        await password_links.delete_link(conn, found.id)
        await end_sessions(conn, found.id, by=by, now_ms=now_ms, ids=ids)

    return await _change(
        database, operator, Action.PASSWORD_SET, change, keeps_admin=True, by=by, now_ms=now_ms, ids=ids
    )


async def reset_codes(database: Database, operator: str, *, by: Actor, now_ms: int, ids: IdFactory) -> Operator:
    """Ask an operator for no one-time codes any more: whoever lost their device begins anew.

    Raises:
        UnknownOperatorError: there is none.
    """

    async def change(conn: Conn, found: Operator) -> None:
        await operators.set_codes_secret(conn, found.id, None)

    return await _change(
        database, operator, Action.CODES_RESET, change, keeps_admin=True, by=by, now_ms=now_ms, ids=ids
    )


async def find_identity(database: Database, operator: str) -> Identity | None:
    """Return the identity at a provider to which the operator with this id is bound, None when there is none."""
    async with database.connection() as conn:
        return await operator_identities.find_identity(conn, operator)


async def unbind_identity(database: Database, operator: str, *, by: Actor, now_ms: int, ids: IdFactory) -> Operator:
    """Unbind an operator from an identity at a provider: who next signs in with their email address is bound instead.

    What the identity may have begun ends: the operator's sessions, and the keys of their pages.

    Raises:
        UnknownOperatorError: there is no such operator.
        NotBoundError: they are bound to none.
    """

    async def change(conn: Conn, found: Operator) -> str:
        identity = await operator_identities.unbind_identity(conn, found.id)
        if identity is None:
            raise NotBoundError(found.email)
        await end_sessions(conn, found.id, by=by, now_ms=now_ms, ids=ids)
        return str(identity)

    return await _change(
        database, operator, Action.IDENTITY_UNBOUND, change, keeps_admin=True, by=by, now_ms=now_ms, ids=ids
    )


async def prepare_first_run(database: Database, *, now_ms: int, random_text: RandomText = random_base62) -> str | None:
    """Return a token that makes the first admin within a day, None once there is an operator.

    An earlier token works no more.
    """
    token = random_text(TOKEN_CHARS)

    async def work(conn: Conn) -> bool:
        if await operators.operators_exist(conn):
            await operators.delete_first_run(conn)
            return False
        await operators.put_first_run(conn, hash_token(token), expires_ms=now_ms + FIRST_RUN_KEPT_MS)
        return True

    return token if await database.transact(work) else None


async def claim_first_run(
    database: Database,
    passwords: Passwords,
    token: str,
    wanted: NewOperator,
    *,
    address: str | None,
    now_ms: int,
    ids: IdFactory,
) -> Operator:
    """Make the first operator, by the token of the link that `brim serve` printed, and return them.

    They become an admin with a password, whatever role `wanted` names.

    Raises:
        FirstRunOverError: the link works no more.
        InvalidEmailError, InvalidNameError, WeakPasswordError: what was given cannot be used; the link still works.
    """
    await check_first_run(database, token, now_ms=now_ms)
    wanted = msgspec.structs.replace(wanted, role=Role.ADMIN, password=wanted.password or "")
    operator, password_hash = await _prepare(passwords, wanted, now_ms=now_ms, ids=ids)
    by = Actor(kind=ActorKind.NOBODY, address=address)

    async def work(conn: Conn) -> None:
        await _require_first_run(conn, token, now_ms=now_ms)
        await operators.delete_first_run(conn)
        await _insert(conn, operator, password_hash, by=by, now_ms=now_ms, ids=ids)

    await database.transact(work)
    return operator


async def check_first_run(database: Database, token: str, *, now_ms: int) -> None:
    """Return quietly while a token makes the first admin.

    Raises:
        FirstRunOverError: it does not.
    """
    await database.transact(lambda conn: _require_first_run(conn, token, now_ms=now_ms))


async def _require_first_run(conn: Conn, token: str, *, now_ms: int) -> None:
    is_known = await operators.lock_first_run(conn, hash_token(token), now_ms=now_ms)
    if not is_known or await operators.operators_exist(conn):
        raise FirstRunOverError


async def _prepare(
    passwords: Passwords, wanted: NewOperator, *, now_ms: int, ids: IdFactory
) -> tuple[Operator, str | None]:
    """Return a new operator and what their password hashes to, before any transaction: hashing takes its time."""
    email, name = normalise_email(wanted.email), check_name(wanted.name)
    password_hash = None
    if wanted.password is not None:
        check_password(wanted.password, email=email)
        password_hash = await passwords.hash(wanted.password)
    operator = Operator(
        id=ids.new_at(OPERATOR_PREFIX, now_ms),
        email=email,
        name=name,
        role=wanted.role,
        created=now_ms // 1000,
        has_password=password_hash is not None,
    )
    return operator, password_hash


async def _insert(
    conn: Conn, operator: Operator, password_hash: str | None, *, by: Actor, now_ms: int, ids: IdFactory
) -> None:
    if not await operators.insert_operator(conn, operator, password_hash):
        raise OperatorExistsError(operator.email)
    detail = f"{operator.email} as {operator.role}"
    await record(
        conn,
        by,
        Action.OPERATOR_ADDED,
        object_type=ObjectType.OPERATOR,
        object_id=operator.id,
        after=operator,
        detail=detail,
        now_ms=now_ms,
        ids=ids,
    )


async def _change(
    database: Database,
    operator: str,
    action: Action,
    change: Change,
    *,
    keeps_admin: bool,
    by: Actor,
    now_ms: int,
    ids: IdFactory,
) -> Operator:
    """Change an operator in one transaction, tell the audit log, and return them as they are then.

    Args:
        database: where.
        operator: their id or email address.
        action: what the change is.
        change: given the transaction and who they were.
        keeps_admin: whether who was an admin is one afterwards; otherwise somebody else must be.
        by: who changes them.
        now_ms: the time.
        ids: makes the id of the log's line.
    """

    async def work(conn: Conn) -> Operator:
        admins, held = await operators.lock_admins(conn), await operators.held_money_roles(conn)
        found = _known(await operators.lock_operator(conn, _name(operator)), operator).operator
        if admins == {found.id} and not keeps_admin:
            raise LastAdminError(found.email)
        detail = await change(conn, found)
        await _end_keys_of_admins(conn, admins, held, by=by, now_ms=now_ms, ids=ids)
        after = _known(await operators.find_operator(conn, found.id), operator).operator
        await record(
            conn,
            by,
            action,
            object_type=ObjectType.OPERATOR,
            object_id=found.id,
            before=found,
            after=after,
            detail=detail,
            now_ms=now_ms,
            ids=ids,
        )
        return after

    return await database.transact(work)


async def _end_keys_of_admins(
    conn: Conn, admins: AbstractSet[str], held: AbstractSet[Role], *, by: Actor, now_ms: int, ids: IdFactory
) -> None:
    """End the keys of the pages of admins, whose rows are locked, where others than before have the roles about money.

    Their pages make new ones, with the rights that admins have now; a key that somebody copied has the old ones.
    """
    if await operators.held_money_roles(conn) == held:
        return
    for admin in sorted(admins):
        await end_page_keys(conn, admin, by=by, now_ms=now_ms, ids=ids)


def _name(operator: str) -> str:
    """Return an id or an email address as it is looked for; what is neither finds nobody."""
    if not operator.isprintable():
        return ""
    return fold_email(operator) if "@" in operator else operator


def _known(found: Credentials | None, operator: str) -> Credentials:
    if found is None:
        raise UnknownOperatorError(operator)
    return found
