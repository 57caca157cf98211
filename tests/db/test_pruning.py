import asyncio

from books import NOW_MS, create, new_topup, rows

from brim.domain.idempotency import KEPT_MS
from brim.kit.ids import IdFactory
from brim.services.pruning import prune_idempotency_keys
from brim.store.database import Database

PRUNE_MS = NOW_MS + KEPT_MS


async def keys(database: Database) -> set[str]:
    return {row["key"] for row in await rows(database, "SELECT key FROM idempotency_keys")}


async def create_with_keys(database: Database, *names: str, age_ms: int = 0) -> None:
    """Create top-ups under keys that were made `age_ms` before the others."""
    ids = IdFactory()
    await create(database, [new_topup(ids, key=name) for name in names])
    async with database.connection() as conn:
        await conn.execute(
            "UPDATE idempotency_keys SET created_ms = created_ms - $1 WHERE key = ANY ($2)", age_ms, list(names)
        )


async def test_a_key_is_kept_for_a_whole_day_and_forgotten_after_it(database: Database) -> None:
    await create_with_keys(database, "older", age_ms=1)
    await create_with_keys(database, "day-old")
    assert await prune_idempotency_keys(database, now_ms=PRUNE_MS, limit=10) == 1
    assert await keys(database) == {"day-old"}


async def test_keys_go_oldest_first_in_small_steps(database: Database) -> None:
    for age, name in enumerate(["newest", "middle", "oldest"], start=1):
        await create_with_keys(database, name, age_ms=age)
    assert await prune_idempotency_keys(database, now_ms=PRUNE_MS, limit=2) == 2
    assert await keys(database) == {"newest"}
    assert await prune_idempotency_keys(database, now_ms=PRUNE_MS, limit=2) == 1
    assert await prune_idempotency_keys(database, now_ms=PRUNE_MS, limit=2) == 0


async def test_a_forgotten_key_leaves_its_top_up_and_event(database: Database) -> None:
    await create_with_keys(database, "old", age_ms=1)
    await prune_idempotency_keys(database, now_ms=PRUNE_MS, limit=10)
    assert len(await rows(database, "SELECT id FROM topups")) == 1
    assert len(await rows(database, "SELECT id FROM events WHERE idempotency_key = 'old'")) == 1


async def test_a_key_in_use_is_passed_over_and_pruners_share_the_rest(database: Database) -> None:
    await create_with_keys(database, *(f"key-{number}" for number in range(20)), age_ms=1)
    async with database.transaction() as conn:
        await conn.fetch("SELECT key FROM idempotency_keys WHERE key = 'key-7' FOR UPDATE")
        counts = await asyncio.gather(*(prune_idempotency_keys(database, now_ms=PRUNE_MS, limit=30) for _ in range(3)))
    assert sum(counts) == 19
    assert await keys(database) == {"key-7"}
