"""What an account is configured to, with the version that tells a create whether it knew the newest."""

from typing import Final

from brim.base.scope import AccountScope
from brim.platform.database import Conn
from brim.platform.sql import load_queries

_SQL: Final = load_queries(__package__)


async def change_terms(conn: Conn, scope: AccountScope) -> None:
    """Count a change of an account's terms, in the transaction of the change."""
    await conn.execute(_SQL["change_terms"], scope.account, scope.livemode)


async def ensure_terms(conn: Conn, account: str) -> None:
    """Let an account have terms in both modes, so that there is something for its creates to hold.

    Commit this before `close`: a create that is under way meanwhile then either ends first or sees the change.
    """
    await conn.execute(_SQL["ensure_terms"], account)


async def close(conn: Conn, account: str) -> None:
    """Let no top-up of an account be made any more, in either mode; waits for those under way."""
    await conn.execute(_SQL["close"], account)


async def set_settlement_days(conn: Conn, scope: AccountScope, days: int | None) -> None:
    """Write how many banking days money takes by the account's own agreement, None for none, as a change of terms."""
    await change_terms(conn, scope)
    await conn.execute(_SQL["set_settlement_days"], scope.account, scope.livemode, days)
