"""Group commit on a real database: neighbours are safe from each other, keys count once, no batch waits for ever."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from brim.base.errors import OverloadedError
from brim.base.scope import AccountScope
from brim.core.idempotency.rules import KeptReply, KeyClaim
from brim.core.idempotency.store import claim_key
from brim.core.originators import CollectionTerms, LiveModeNotReadyError, NotAuthorizedError
from brim.core.topups.batches import MAX_BATCH, MAX_WAITING, Batches, Created
from brim.core.topups.store import NewTopup
from brim.host.database_urls import DatabaseUrls
from brim.platform.database import Database
from tests.support.batches import NOW_MS, OWNER, batches_on, new_topup
from tests.support.live_money import PLATFORM, LiveMoney
from tests.support.waiting import until_somebody_waits


async def create_all(batches: Batches, missing: Sequence[NewTopup]) -> list[Created | BaseException]:
    """Ask for all in one turn of the event loop; return what became of each."""
    return await asyncio.gather(*(batches.create(new) for new in missing), return_exceptions=True)


async def stored_ids(database: Database) -> list[str]:
    """Return the ids of all top-ups, each of which must have its event."""
    async with database.connection() as conn:
        topups = await conn.fetch("SELECT id FROM topups ORDER BY id")
        events = await conn.fetch("SELECT object_id FROM events ORDER BY object_id")
    ids = [record["id"] for record in topups]
    assert [record["object_id"] for record in events] == ids
    return ids


def ids_of(missing: Sequence[NewTopup]) -> list[str]:
    return sorted(new.topup.id for new in missing)


@pytest.mark.parametrize(
    "poison",
    [
        {"amount": 0},
        {"amount": 2**63},
        {"metadata": {"k": "a\0b"}},
        {"description": "a\0b"},
        {"description": "\ud800"},
        {"source": "btok_us_verified", "payment_method": "pm_usBankAccount_success"},
    ],
    ids=["no amount", "beyond bigint", "null in JSON", "null in text", "half a character", "two ways to pay"],
)
async def test_a_poisoned_item_fails_alone(each_database: Database, poison: dict[str, Any]) -> None:
    good = [new_topup(f"k{number}" if number % 2 else None) for number in range(100)]
    poisoned = new_topup("poisoned", **poison)
    outcomes = await create_all(batches_on(each_database), [*good[:37], poisoned, *good[37:]])
    assert isinstance(outcomes.pop(37), Exception)
    assert outcomes == [None] * 100
    assert await stored_ids(each_database) == ids_of(good)


async def test_the_key_of_a_poisoned_item_stays_free(database: Database) -> None:
    batches = batches_on(database)
    (failure,) = await create_all(batches, [new_topup("k", amount=0)])
    assert isinstance(failure, asyncpg.CheckViolationError)
    assert await batches.create(new_topup("k")) is None


async def test_many_poisoned_items_fail_and_the_others_do_not(database: Database) -> None:
    missing = [new_topup(f"k{number}", amount=number % 3) for number in range(60)]
    outcomes = await create_all(batches_on(database), missing)
    for new, outcome in zip(missing, outcomes, strict=True):
        assert isinstance(outcome, asyncpg.CheckViolationError) if new.topup.amount == 0 else outcome is None
    assert await stored_ids(database) == ids_of([new for new in missing if new.topup.amount])


async def test_equal_keys_of_one_batch_make_one_topup(each_database: Database) -> None:
    sizes: list[tuple[str, int]] = []
    missing = [new_topup("k") for _ in range(10)]
    outcomes = await create_all(batches_on(each_database, sizes), missing)
    (winner,) = [new for new, outcome in zip(missing, outcomes, strict=True) if outcome is None]
    kept = KeptReply(fingerprint=b"same", request_id=f"req_{winner.topup.id}", status=200, body=winner.event.payload)
    assert [outcome for outcome in outcomes if outcome is not None] == [kept] * 9
    assert await stored_ids(each_database) == [winner.topup.id]
    assert sizes == [("create", 10)]


async def test_equal_keys_of_different_requests_show_what_the_key_stands_for(database: Database) -> None:
    batches = batches_on(database)
    assert await batches.create(new_topup("k", fingerprint=b"first")) is None
    kept = await batches.create(new_topup("k", fingerprint=b"other"))
    assert isinstance(kept, KeptReply)
    assert kept.fingerprint == b"first"


async def test_equal_keys_of_other_accounts_and_modes_do_not_meet(database: Database) -> None:
    owners = [OWNER, AccountScope(OWNER.account, livemode=True), AccountScope("acct_other", livemode=False)]
    missing = [new_topup("k", scope=scope) for scope in owners]
    assert await create_all(batches_on(database), missing) == [None] * 3
    assert await stored_ids(database) == ids_of(missing)


async def test_a_full_queue_refuses_and_loses_nothing(database: Database) -> None:
    batches = batches_on(database)
    missing = [new_topup() for _ in range(MAX_WAITING + 3)]
    outcomes = await create_all(batches, missing)
    assert outcomes[:MAX_WAITING] == [None] * MAX_WAITING
    assert [type(outcome) for outcome in outcomes[MAX_WAITING:]] == [OverloadedError] * 3
    assert await stored_ids(database) == ids_of(missing[:MAX_WAITING])
    assert await batches.create(new_topup()) is None


async def test_a_batch_has_no_more_rows_than_it_may(database: Database) -> None:
    sizes: list[tuple[str, int]] = []
    await create_all(batches_on(database, sizes), [new_topup() for _ in range(2 * MAX_BATCH + 1)])
    assert sizes == [("create", MAX_BATCH), ("create", MAX_BATCH), ("create", 1)]


async def test_a_client_that_goes_away_stops_no_write(database: Database) -> None:
    batches = batches_on(database)
    leaving, staying = new_topup(), new_topup()
    task = asyncio.create_task(batches.create(leaving))
    await asyncio.sleep(0)
    task.cancel()
    assert await batches.create(staying) is None
    assert await stored_ids(database) == ids_of([leaving, staying])


async def test_two_processes_with_the_same_keys_in_opposite_order_both_finish(service_url: str) -> None:
    first, second = await Database.connect(service_url), await Database.connect(service_url)
    try:
        one, other = batches_on(first), batches_on(second)
        for number in range(10):
            keys = [f"{number}-{position:03}" for position in range(150)]
            mine, theirs = [new_topup(key) for key in keys], [new_topup(key) for key in reversed(keys)]
            async with asyncio.timeout(60):
                outcomes = await asyncio.gather(create_all(one, mine), create_all(other, theirs))
            for ours, outcome, their_outcome in zip(mine, outcomes[0], reversed(outcomes[1]), strict=True):
                assert (outcome is None) != (their_outcome is None)
                kept = outcome or their_outcome
                assert isinstance(kept, KeptReply)
                assert (kept.body == ours.event.payload) == (outcome is None)
        assert len(await stored_ids(first)) == 1500
    finally:
        await first.close()
        await second.close()


async def test_a_batch_that_is_chosen_to_end_a_deadlock_is_written_again(
    each_database: Database, each_owner_database: Database, each_database_urls: DatabaseUrls
) -> None:
    missing = [new_topup("a"), new_topup("b")]
    async with each_owner_database.connection() as rival:
        await rival.execute("BEGIN")
        await rival.execute("SET LOCAL deadlock_timeout = '60s'")  # so that the batch is the one to notice
        await _claim(rival, "b")
        creating = asyncio.create_task(create_all(batches_on(each_database), missing))
        await until_somebody_waits(each_database_urls.service)
        await _claim(rival, "a")  # waits for the batch, which waits for us
        await rival.execute("ROLLBACK")
        assert await creating == [None, None]
    assert await stored_ids(each_database) == ids_of(missing)


async def _claim(conn: Any, key: str) -> None:
    claim = KeyClaim(key, b"rival")
    assert await claim_key(conn, OWNER, claim, request_id="req_rival", now_ms=NOW_MS)


async def test_retrieves_of_one_turn_share_a_query_and_keep_apart(database: Database) -> None:
    sizes: list[tuple[str, int]] = []
    batches = batches_on(database, sizes)
    missing = [new_topup(amount=number) for number in range(1, 101)]
    await create_all(batches, missing)
    del sizes[:]
    stranger, live = AccountScope("acct_other", livemode=False), AccountScope(OWNER.account, livemode=True)
    asked = [(scope, new.topup.id) for new in missing for scope in (OWNER, stranger, live)]
    found = await asyncio.gather(*(batches.retrieve(scope, topup_id) for scope, topup_id in asked))
    assert found[0::3] == [new.topup for new in missing]
    assert found[1::3] == found[2::3] == [None] * 100
    full, rest = divmod(300, MAX_BATCH)
    assert sizes == [("retrieve", MAX_BATCH)] * full + [("retrieve", rest)]


async def test_what_live_creates_look_up_is_asked_for_at_once_and_each_is_answered_by_itself(
    each_database: Database, tmp_path: Path
) -> None:
    live = LiveMoney(each_database, tmp_path)
    originator = await live.open("acct_below")
    agreed, other = await live.bank_account(), "src_not_agreed"
    sizes: list[tuple[str, int]] = []
    batches = batches_on(each_database, sizes)
    below, nobody = AccountScope("acct_below", livemode=True), AccountScope("acct_nobody", livemode=True)
    asked = [(PLATFORM, agreed), (PLATFORM, other), (below, agreed), (nobody, agreed)]
    terms = await asyncio.gather(
        *(batches.find_collection(scope, source, "source", "ach") for scope, source in asked), return_exceptions=True
    )
    assert terms[0] == CollectionTerms(platform=PLATFORM.account, originator=originator)
    assert [type(each) for each in terms[1:]] == [NotAuthorizedError, NotAuthorizedError, LiveModeNotReadyError]
    found = await asyncio.gather(*(batches.find_source(scope, source) for scope, source in asked))
    assert [each and each.id for each in found] == [agreed, None, None, None]
    assert sizes == [("collection", 4), ("funding", 4)]
