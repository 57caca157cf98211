"""Forget what need not be kept."""

from brim.core import events, operators
from brim.core.idempotency import KEPT_MS
from brim.core.operators import TRIES_KEPT_MS
from brim.core.pruning import store as pruning
from brim.platform.database import Database


async def prune_idempotency_keys(database: Database, *, now_ms: int, limit: int) -> int:
    """Forget up to `limit` idempotency keys that are older than a day; return how many went."""
    async with database.connection() as conn:
        return await pruning.delete_idempotency_keys(conn, before_ms=now_ms - KEPT_MS, limit=limit)


async def prune_events(database: Database, *, now_ms: int, limit: int) -> int:
    """Forget up to `limit` events of more than thirty days ago, and what was sent of them; return how many went.

    Their age is real time, whatever a test clock said. The books stay provable: see `core.verification`.
    """
    return await database.transact(
        lambda conn: pruning.delete_events(conn, before_ms=now_ms - events.KEPT_MS, limit=limit)
    )


async def prune_sign_ins(database: Database, *, now_ms: int, limit: int) -> int:
    """Forget up to `limit` sessions of operators that have ended, and as many counts of tries to begin one.

    Returns how many of both went.
    """
    async with database.connection() as conn:
        ended = await operators.prune_sessions(conn, before_ms=now_ms, limit=limit)
        return ended + await operators.prune_tries(conn, before_ms=now_ms - TRIES_KEPT_MS, limit=limit)
