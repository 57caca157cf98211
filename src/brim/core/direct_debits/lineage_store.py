"""In which copy of the database what has left for a bank is known; written beside the originators."""

from typing import Final

from brim.base.scope import AccountScope
from brim.platform.database import Conn
from brim.platform.sql import load_queries

_SQL: Final = load_queries(__package__, "lineage")


async def read_copy(conn: Conn) -> str:
    """Return which copy of the database this is; in another one what was committed may be missing."""
    return str(await conn.fetchval(_SQL["read_copy"]))


async def is_compared(conn: Conn, scope: AccountScope, originator_id: str) -> bool:
    """Tell whether this is the copy of the database in which what an originator has sent was compared last."""
    return bool(await conn.fetchval(_SQL["is_compared"], scope.account, scope.livemode, originator_id))


async def set_compared(conn: Conn, scope: AccountScope, originator_id: str) -> None:
    """Write that what an originator has sent is known in this copy of the database."""
    await conn.execute(_SQL["set_compared"], scope.account, scope.livemode, originator_id)


async def note_restored(conn: Conn, what: str) -> None:
    """Write that this copy was restored, so that of no originator it is known what has left."""
    await conn.execute(_SQL["note_restored"], what)
