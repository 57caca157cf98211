import asyncio

import pytest

from brim.api.wire_formats import WIRE_FORMATS
from brim.base.ids import IdFactory
from brim.core.events import rules as events
from brim.core.idempotency.rules import KEPT_MS
from brim.core.integrity.books import verify_books
from brim.core.pruning.service import Walk, prune_events, prune_idempotency_keys
from brim.core.pruning.store import delete_events
from brim.core.topups.settlement import settle_due
from brim.core.webhooks.delivery_store import number_events
from brim.platform.database import Database
from tests.support.books import LATER_MS, NOW_MS, OTHER_OWNER, RAILS, create, execute, new_topup, rows

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


async def number(database: Database, *, now_ms: int) -> None:
    """Number every event that has no number yet, at that time."""
    async with database.connection() as conn:
        await number_events(conn, from_place=0, limit=1000, now_ms=now_ms)


async def make_a_month(database: Database) -> list[str]:
    """Create two old top-ups, which settle at once, and one young one that is pending; return their ids."""
    ids = IdFactory()
    old = await create(database, [new_topup(ids), new_topup(ids, scope=OTHER_OWNER)])
    await settle_due(database, now_ms=LATER_MS, ids=ids, rails=RAILS, renderers=WIRE_FORMATS)
    await number(database, now_ms=NOW_MS)
    young = await create(database, [new_topup(ids, now_ms=LATER_MS)])
    await number(database, now_ms=NOW_MS + 1)
    return [*old, *young]


MONTH_LATER_MS = NOW_MS + events.KEPT_MS + 1
"""When the old ones' events may be forgotten and the young one's not yet."""


async def test_an_event_is_kept_for_thirty_days_and_forgotten_after_them(each_database: Database) -> None:
    *_, young = await make_a_month(each_database)
    assert await prune_events(each_database, now_ms=MONTH_LATER_MS - 1, limit=100) == 0
    assert await prune_events(each_database, now_ms=MONTH_LATER_MS, limit=100) == 6
    assert [row["object_id"] for row in await rows(each_database, "SELECT object_id FROM events")] == [young]
    [number] = await rows(each_database, "SELECT number FROM event_numbers")
    assert number["number"] == 4
    assert (await verify_books(each_database)).differences == []
    assert await prune_events(each_database, now_ms=MONTH_LATER_MS + 1, limit=100) == 1
    assert (await verify_books(each_database)).differences == []


async def test_events_go_in_small_steps_and_the_books_prove_themselves_after_each(database: Database) -> None:
    await make_a_month(database)
    steps: list[int] = []
    while not steps or steps[-1]:
        steps.append(await prune_events(database, now_ms=MONTH_LATER_MS, limit=2))
        assert (await verify_books(database)).differences == []
    assert steps == [2, 2, 2, 0]


async def test_what_was_sent_of_an_event_is_forgotten_with_it(database: Database) -> None:
    await make_a_month(database)
    await execute(
        database,
        "INSERT INTO webhook_deliveries (account, livemode, endpoint, event_account, event, number, attempts,"
        " created_ms) SELECT 'acct_platform', livemode, 'we_1', account, event, number, 1, 0"
        " FROM event_numbers",
        "INSERT INTO webhook_attempts (account, livemode, id, endpoint, event_account, event, attempted_ms,"
        " duration_ms, outcome, request_headers, cause) SELECT account, livemode, 'wa_' || event, endpoint,"
        " event_account, event, 0,"
        " 1, 'delivered', '{}', 'schedule' FROM webhook_deliveries",
    )
    await prune_events(database, now_ms=MONTH_LATER_MS, limit=100)
    [kept] = await rows(database, "SELECT id FROM events")
    for table in ("event_numbers", "webhook_deliveries", "webhook_attempts"):
        assert await rows(database, f"SELECT event FROM {table}") == [{"event": kept["id"]}]


async def test_a_lot_of_pruners_forget_each_event_once(database: Database) -> None:
    ids = IdFactory()
    await create(database, [new_topup(ids, scope=scope) for scope in (OTHER_OWNER, new_topup(ids).topup.scope) * 30])
    await number(database, now_ms=NOW_MS)

    async def prune() -> int:
        walk = Walk(delete_events)
        count = await prune_events(database, now_ms=MONTH_LATER_MS, limit=7, walk=walk)
        while walk.has_more:
            count += await prune_events(database, now_ms=MONTH_LATER_MS, limit=7, walk=walk)
        return count

    assert sum(await asyncio.gather(*(prune() for _ in range(6)))) == 60
    assert await rows(database, "SELECT FROM events") == []
    assert (await verify_books(database)).differences == []


TAMPERINGS = {
    "an event that is gone": (
        "DELETE FROM events WHERE object_id = '{young}'",
        (
            "acct_books (test): events topup.created: expected 2 by the statuses of top-ups, found 1, of which 1 were "
            "forgotten"
        ),
    ),
    "a count that was raised": (
        "UPDATE pruned_events SET events = events + 1 WHERE account = 'acct_other' AND type = 'topup.succeeded'",
        (
            "acct_other (test): events topup.succeeded: expected 1 by the statuses of top-ups, found 2, of which 2 "
            "were forgotten"
        ),
    ),
    "a sum that was changed": (
        "UPDATE pruned_events SET checksum = checksum + 1 WHERE account = 'acct_other' AND type = 'topup.created'",
        (
            "acct_other (test): events topup.created: expected 1 by the statuses of top-ups, found 1, of which 1 were "
            "forgotten"
        ),
    ),
    "a type of which none was forgotten": (
        (
            "INSERT INTO topups (account, livemode, id, amount, created, currency, status, failure_code) "
            "VALUES ('acct_books', FALSE, 'tu_x', 1, 1, 'usd', 'failed', 'no_account')"
        ),
        "acct_books (test): events of tu_x: expected one topup.failed, found nothing",
    ),
}


@pytest.mark.parametrize("name", TAMPERINGS)
async def test_what_is_wrong_with_events_is_still_found_after_others_were_forgotten(
    database: Database, name: str
) -> None:
    tampering, difference = TAMPERINGS[name]
    *_, young = await make_a_month(database)
    await prune_events(database, now_ms=MONTH_LATER_MS, limit=100)
    await execute(database, tampering.format(young=young))
    assert difference in [str(found) for found in (await verify_books(database)).differences]
