"""Deletes what need not be kept for ever. Each statement is one small step of one lane (see `lanes`)."""

from typing import Final

from brim.platform.database import Conn
from brim.platform.sql import load_queries

_SQL: Final = load_queries(__package__)


async def delete_idempotency_keys(conn: Conn, *, before_ms: int, limit: int) -> int:
    """Delete up to `limit` idempotency keys made before a time (Unix milliseconds); return how many went."""
    command_tag: str = await conn.execute(_SQL["prune_idempotency_keys"], before_ms, limit)
    return int(command_tag.removeprefix("DELETE "))


async def delete_events(conn: Conn, *, before_ms: int, limit: int) -> int:
    """Delete up to `limit` events numbered before a time (Unix milliseconds), with all that hangs on them.

    What they were about is added to `pruned_events`, in the same transaction. Returns how many went.
    """
    count: int = await conn.fetchval(_SQL["prune_events"], before_ms, limit)
    return count
