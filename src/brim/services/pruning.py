"""Forget what need not be kept."""

from brim.domain.idempotency import KEPT_MS
from brim.store import pruning
from brim.store.database import Database


async def prune_idempotency_keys(database: Database, *, now_ms: int, limit: int) -> int:
    """Forget up to `limit` idempotency keys that are older than a day; return how many went."""
    async with database.connection() as conn:
        return await pruning.delete_idempotency_keys(conn, before_ms=now_ms - KEPT_MS, limit=limit)
