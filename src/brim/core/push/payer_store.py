"""Known payers in the database."""

from typing import Any, Final

from brim.base.scope import AccountScope
from brim.core.push.rules import KnownPayer
from brim.platform.database import Conn
from brim.platform.sql import load_columns, load_queries

_SQL: Final = load_queries(__package__, "payers")
_AT_ONCE: Final = 500
_COLUMNS: Final = tuple(load_columns(__package__)["payer"])


async def insert_payer(conn: Conn, new: KnownPayer) -> None:
    """Remember somebody who may pay an account."""
    values = (getattr(new, name) for name in _COLUMNS)
    await conn.execute(_SQL["insert_payer"], new.scope.account, new.scope.livemode, *values)


async def payers_of_owner(conn: Conn, scope: AccountScope, owner: str) -> list[KnownPayer]:
    """Return who may pay an account, and who might before, the oldest first."""
    found: list[KnownPayer] = []
    while True:
        after = found[-1].id if found else ""
        records = await conn.fetch(_SQL["payers_of_owner"], scope.account, scope.livemode, owner, after, _AT_ONCE)
        found += [_payer(scope, each) for each in records]
        if len(records) < _AT_ONCE:
            return found


async def lock_payer(conn: Conn, scope: AccountScope, payer_id: str) -> KnownPayer | None:
    """Return a known payer that nobody else can change until the caller's transaction ends."""
    record = await conn.fetchrow(_SQL["lock_payer"], scope.account, scope.livemode, payer_id)
    return _payer(scope, record) if record else None


async def end_payer(conn: Conn, ended: KnownPayer) -> None:
    """Write that somebody may not pay an account any more."""
    await conn.execute(
        _SQL["end_payer"], ended.scope.account, ended.scope.livemode, ended.id, ended.ended_by, ended.ended_ms
    )


def _payer(scope: AccountScope, record: Any) -> KnownPayer:
    return KnownPayer(scope=scope, **record)
