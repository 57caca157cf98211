"""The API keys by which the pages of operators speak to the API; their secrets are sealed here."""

from typing import Final, NamedTuple

from brim.base.scope import AccountScope
from brim.core.access import ApiKey, EndedKey, ended_keys, key_from_record
from brim.core.operators.rules import MONEY_ROLES, Role
from brim.platform.database import Conn
from brim.platform.sql import load_queries

_SQL: Final = load_queries(__package__, "keys")


class OperatorKey(NamedTuple):
    """A key of an operator's, ended or not, its sealed secret, and which of `MONEY_ROLES` somebody has now."""

    key: ApiKey
    sealed: bytes
    held: frozenset[Role]


async def find_operator_key(conn: Conn, operator: str, scope: AccountScope) -> OperatorKey | None:
    """Return the key of the operator with this id for an account, ended or not; None when none was made."""
    record = await conn.fetchrow(
        _SQL["find_operator_key"], scope.account, scope.livemode, operator, sorted(MONEY_ROLES)
    )
    if record is None:
        return None
    return OperatorKey(key_from_record(record), record["secret"], frozenset(map(Role, record["held"])))


async def put_operator_key(conn: Conn, operator: str, key: ApiKey, sealed: bytes) -> None:
    """Store which key the operator with this id has for the key's account from now on."""
    await conn.execute(_SQL["put_operator_key"], key.account, key.livemode, operator, key.hash, sealed)


async def end_operator_keys(conn: Conn, operator: str, *, now_ms: int) -> list[EndedKey]:
    """End all keys of the operator with this id, and return those that worked."""
    return ended_keys(await conn.fetch(_SQL["end_operator_keys"], operator, now_ms))
