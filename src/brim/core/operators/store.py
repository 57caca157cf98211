"""Operators in the database, their recovery codes, and the token that makes the first of them."""

from collections.abc import Sequence
from typing import Any, Final

from brim.core.operators.rules import CONCERNED_WITH_MONEY, MONEY_ROLES, Credentials, Operator, Role
from brim.platform.database import Conn
from brim.platform.sql import load_queries

_SQL: Final = load_queries(__package__)


async def operators_exist(conn: Conn) -> bool:
    """Tell whether there is any operator, disabled or not."""
    return bool(await conn.fetchval(_SQL["operators_exist"]))


async def lock_admins(conn: Conn) -> set[str]:
    """Return the ids of the admins who may sign in, held against changes until the caller's transaction ends."""
    return {record["id"] for record in await conn.fetch(_SQL["lock_admins"])}


async def count_approvers(conn: Conn) -> int:
    """Return how many operators who may sign in have to do with live money: of several, another one approves."""
    return int(await conn.fetchval(_SQL["count_approvers"], sorted(CONCERNED_WITH_MONEY)))


async def who_approves(conn: Conn) -> frozenset[str]:
    """Return the ids of the operators who may approve live money: approvers, or admins while there are none."""
    records = await conn.fetch(_SQL["who_approves"], Role.APPROVER, Role.ADMIN)
    return frozenset(record["id"] for record in records)


async def held_money_roles(conn: Conn) -> frozenset[Role]:
    """Return those of the roles about live money that somebody who may sign in has."""
    records = await conn.fetch(_SQL["held_money_roles"], sorted(MONEY_ROLES))
    return frozenset(Role(record["role"]) for record in records)


async def list_operators(conn: Conn) -> list[Operator]:
    """Return all operators, oldest first."""
    return [operator_from_record(record) for record in await conn.fetch(_SQL["list_operators"])]


async def find_operator(conn: Conn, operator: str) -> Credentials | None:
    """Return the operator with this id or normalised email address, None when there is none."""
    query = "find_by_email" if "@" in operator else "find_by_id"
    return _credentials(await conn.fetchrow(_SQL[query], operator))


async def lock_operator(conn: Conn, operator: str) -> Credentials | None:
    """Return what `find_operator` does, held against changes until the caller's transaction ends."""
    query = "lock_by_email" if "@" in operator else "lock_by_id"
    return _credentials(await conn.fetchrow(_SQL[query], operator))


async def insert_operator(conn: Conn, operator: Operator, password_hash: str | None) -> bool:
    """Add an operator; tell whether that was done, or the email address is somebody's already."""
    added = await conn.fetchval(
        _SQL["insert_operator"],
        operator.id,
        operator.email,
        operator.name,
        operator.role.value,
        password_hash,
        operator.created,
    )
    return bool(added)


async def set_disabled(conn: Conn, operator: str, disabled_ms: int | None) -> None:
    """Disable the operator with this id since a time (Unix milliseconds), or enable them with None."""
    await conn.execute(_SQL["set_disabled"], operator, disabled_ms)


async def set_name(conn: Conn, operator: str, name: str) -> None:
    """Give the operator with this id another name."""
    await conn.execute(_SQL["set_name"], operator, name)


async def set_role(conn: Conn, operator: str, role: Role) -> None:
    """Give the operator with this id another role."""
    await conn.execute(_SQL["set_role"], operator, role.value)


async def set_password(conn: Conn, operator: str, password_hash: str) -> None:
    """Store what the password of the operator with this id hashes to."""
    await conn.execute(_SQL["set_password"], operator, password_hash)


async def set_codes_secret(conn: Conn, operator: str, sealed: bytes | None) -> None:
    """Store what makes one-time codes, which are not asked for yet; None for nothing. Recovery codes are gone."""
    await conn.execute(_SQL["set_codes_secret"], operator, sealed)
    await conn.execute(_SQL["delete_recovery_codes"], operator)


async def enable_codes(conn: Conn, operator: str, recovery_hashes: Sequence[bytes]) -> None:
    """Ask for one-time codes from now on; these hashes are those of what may stand in for one."""
    await conn.execute(_SQL["enable_codes"], operator)
    await conn.execute(_SQL["insert_recovery_codes"], operator, recovery_hashes)


async def use_code(conn: Conn, operator: str, step: int) -> bool:
    """Take the one-time code of a time step; tell whether neither it nor a later one had been taken."""
    return bool(await conn.fetchval(_SQL["use_code"], operator, step))


async def use_recovery_code(conn: Conn, operator: str, digest: bytes) -> bool:
    """Take a recovery code; tell whether it was there."""
    return bool(await conn.fetchval(_SQL["use_recovery_code"], operator, digest))


async def count_recovery_codes(conn: Conn, operator: str) -> int:
    """Return how many recovery codes an operator has left."""
    return int(await conn.fetchval(_SQL["count_recovery_codes"], operator))


async def put_first_run(conn: Conn, digest: bytes, *, expires_ms: int) -> None:
    """Let the token with this SHA-256, and no other, make the first admin until a time."""
    await conn.execute(_SQL["put_first_run"], digest, expires_ms)


async def lock_first_run(conn: Conn, digest: bytes, *, now_ms: int) -> bool:
    """Tell whether the token with this SHA-256 was put and has not expired; nobody else can use it meanwhile."""
    return bool(await conn.fetchval(_SQL["lock_first_run"], digest, now_ms))


async def delete_first_run(conn: Conn) -> None:
    """Let no token make the first admin any more."""
    await conn.execute(_SQL["delete_first_run"])


def operator_from_record(record: Any) -> Operator:
    """Return the operator in a record that has the columns of one."""
    return Operator(
        id=record["id"],
        email=record["email"],
        name=record["name"],
        role=Role(record["role"]),
        created=record["created"],
        disabled_ms=record["disabled_ms"],
        has_password=record["password_hash"] is not None,
        has_codes=record["totp_is_on"],
    )


def _credentials(record: Any) -> Credentials | None:
    if record is None:
        return None
    return Credentials(
        operator=operator_from_record(record),
        password_hash=record["password_hash"],
        codes_secret=record["totp_secret"],
    )
