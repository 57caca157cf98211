"""Holds in the database."""

from typing import Final

from brim.base.scope import AccountScope
from brim.core.ledger.hold_rules import Hold, HoldStatus
from brim.platform.database import Conn
from brim.platform.sql import load_queries

_SQL: Final = load_queries(__package__, "holds")


async def insert_hold(conn: Conn, hold: Hold) -> None:
    """Write a hold whose amount is set aside in the same transaction."""
    await conn.execute(
        _SQL["insert_hold"],
        hold.scope.account,
        hold.scope.livemode,
        hold.id,
        hold.source_type,
        hold.source,
        hold.amount,
        hold.currency,
        hold.status,
        hold.created_ms,
    )


async def lock_hold_of_source(conn: Conn, scope: AccountScope, source: str) -> Hold | None:
    """Return the hold of a source, held until the transaction ends; None when it has none."""
    record = await conn.fetchrow(_SQL["lock_hold_of_source"], scope.account, scope.livemode, source)
    if record is None:
        return None
    return Hold(scope=scope, **{**record, "status": HoldStatus(record["status"])})


async def end_hold(conn: Conn, hold: Hold) -> None:
    """Write how a hold ended that the transaction holds."""
    await conn.execute(
        _SQL["end_hold"],
        hold.scope.account,
        hold.scope.livemode,
        hold.id,
        hold.status,
        hold.posted,
        hold.ended_ms,
    )
