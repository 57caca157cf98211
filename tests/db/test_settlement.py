import asyncio
import random
from collections import Counter
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from brim.api.wire_formats import WIRE_FORMATS
from brim.base.ids import IdFactory
from brim.base.scope import AccountScope
from brim.core.events.rules import BY_ITSELF
from brim.core.rails import Rails
from brim.core.rails.protocol import Instruction, Outcome, Plan, Succeed
from brim.core.time.rules import OwnerTime
from brim.core.topups.rules import Status
from brim.core.topups.settlement import settle_due
from brim.core.topups.transition_store import transition_rows
from brim.core.topups.transitions import follow
from brim.platform.database import Database
from tests.support.books import (
    EMPTY_BOOKS,
    LATER_MS,
    NOW_MS,
    OTHER_OWNER,
    OWNER,
    RAILS,
    assert_books_hold,
    cancel,
    create,
    execute,
    new_topup,
    rows,
)
from tests.support.statements import STATEMENTS
from tests.support.waiting import until_somebody_waits

FAILURES = {
    "btok_us_verified_noAccount": "no_account",
    "btok_us_verified_accountClosed": "account_closed",
    "btok_us_verified_insufficientFunds": "insufficient_funds",
    "btok_us_verified_debitNotAuthorized": "debit_not_authorized",
    "btok_us_verified_invalidCurrency": "invalid_currency",
}
LIVE_OWNER = AccountScope(OWNER.account, livemode=True)


async def settle(database: Database, *, now_ms: int = LATER_MS, limit: int = 500) -> int:
    return await settle_due(database, now_ms=now_ms, ids=IdFactory(), rails=RAILS, renderers=WIRE_FORMATS, limit=limit)


async def settle_until_done(database: Database, *, limit: int) -> int:
    """Settle batch by batch until nothing is due that nobody else holds; return how many this settler took."""
    total = 0
    while taken := await settle(database, limit=limit):
        total += taken
    return total


async def statuses(database: Database) -> Counter[str]:
    return Counter(row["status"] for row in await rows(database, "SELECT status FROM topups"))


async def balance(database: Database, scope: AccountScope = OWNER, currency: str = "usd") -> int:
    found = await rows(
        database,
        "SELECT available FROM balances WHERE account = $1 AND livemode = $2 AND currency = $3",
        scope.account,
        scope.livemode,
        currency,
    )
    return int(found[0]["available"]) if found else 0


async def test_a_success_books_everything_that_belongs_to_it(database: Database) -> None:
    [topup_id] = await create(database, [new_topup(IdFactory(), amount=2500)])
    assert await settle(database) == 1
    [topup] = await rows(database, "SELECT * FROM topups")
    [line] = await rows(database, "SELECT * FROM balance_transactions")
    [entry] = await rows(database, "SELECT * FROM journal_entries")
    [event, available] = await rows(database, "SELECT * FROM events WHERE type <> 'topup.created' ORDER BY id")
    assert (topup["status"], topup["due_ms"], topup["balance_transaction"]) == ("succeeded", None, line["id"])
    assert (line["amount"], line["net"], line["currency"], line["source"]) == (2500, 2500, "usd", topup_id)
    assert (entry["debit_account"], entry["credit_account"]) == ("funding:clearing", "balance:available")
    assert (entry["amount"], entry["source"], entry["step"]) == (2500, topup_id, "topup")
    assert event["type"] == "topup.succeeded"
    assert event["created"] == LATER_MS // 1000
    assert event["request_id"] is None
    assert event["idempotency_key"] is None
    payload = msgspec.json.decode(event["payload"])
    assert (payload["status"], payload["balance_transaction"]) == ("succeeded", line["id"])
    assert (available["type"], available["created"]) == ("balance.available", LATER_MS // 1000)
    assert msgspec.json.decode(available["payload"])["available"] == [
        {"amount": 2500, "currency": "usd", "source_types": {"bank_account": 2500}}
    ]
    assert await balance(database) == 2500
    await assert_books_hold(database)


@pytest.mark.parametrize(("source", "code"), FAILURES.items())
async def test_a_failing_token_fails_with_its_code_and_books_nothing(
    database: Database, source: str, code: str
) -> None:
    await create(database, [new_topup(IdFactory(), source=source)])
    assert await settle(database) == 1
    [topup] = await rows(database, "SELECT * FROM topups")
    assert (topup["status"], topup["failure_code"]) == ("failed", code)
    assert topup["failure_message"]
    assert topup["balance_transaction"] is None
    [event] = await rows(database, "SELECT * FROM events WHERE type <> 'topup.created'")
    assert event["type"] == "topup.failed"
    assert msgspec.json.decode(event["payload"])["failure_code"] == code
    for table in ("journal_entries", "balance_transactions", "balances"):
        assert await rows(database, f"TABLE {table}") == []
    await assert_books_hold(database)


async def test_a_payment_method_decides_as_its_token_does(database: Database) -> None:
    ids = IdFactory()
    await create(
        database,
        [
            new_topup(ids, payment_method="pm_usBankAccount_success"),
            new_topup(ids, payment_method="pm_usBankAccount_accountClosed"),
        ],
    )
    await settle(database)
    assert await statuses(database) == {"succeeded": 1, "failed": 1}


async def test_a_pending_token_never_settles(database: Database) -> None:
    await create(database, [new_topup(IdFactory(), source="btok_us_verified_pending")])
    assert await settle(database, now_ms=NOW_MS * 2) == 0
    assert await statuses(database) == {"pending": 1}
    await assert_books_hold(database)


async def test_a_top_up_whose_rail_has_no_answer_stops_being_due(database: Database) -> None:
    """Live money that was given a due time reaches the sandbox: it must stay pending and not be asked for ever."""
    await create(database, [new_topup(IdFactory(), scope=LIVE_OWNER)])
    assert await settle(database) == 1
    [topup] = await rows(database, "SELECT status, due_ms FROM topups")
    assert topup == {"status": "pending", "due_ms": None}
    assert await settle(database) == 0


async def test_what_is_not_due_yet_stays_and_what_waits_longest_goes_first(database: Database) -> None:
    ids = IdFactory()
    late, early, future = await create(
        database,
        [new_topup(ids, now_ms=NOW_MS + offset_ms) for offset_ms in (500, 0, 20_000)],
    )
    assert await settle(database, limit=1) == 1
    assert await rows(database, "SELECT id FROM topups WHERE status = 'succeeded'") == [{"id": early}]
    assert await settle(database, limit=5) == 1
    assert [row["id"] for row in await rows(database, "SELECT id FROM topups WHERE status = 'pending'")] == [future]
    assert late in {row["id"] for row in await rows(database, "SELECT id FROM topups WHERE status = 'succeeded'")}


async def test_balances_are_kept_apart_by_owner_and_currency(database: Database) -> None:
    ids = IdFactory()
    await create(
        database,
        [
            new_topup(ids, amount=1),
            new_topup(ids, amount=20),
            new_topup(ids, amount=300, currency="eur"),
            new_topup(ids, amount=4000, scope=OTHER_OWNER),
        ],
    )
    await settle(database, limit=3)
    await settle(database)
    assert await balance(database) == 21
    assert await balance(database, currency="eur") == 300
    assert await balance(database, OTHER_OWNER) == 4000
    await assert_books_hold(database)


async def test_the_metrics_hear_of_each_outcome_after_the_commit(database: Database) -> None:
    ids = IdFactory()
    news = [new_topup(ids), new_topup(ids), new_topup(ids, source="btok_us_verified_noAccount")]
    await create(database, news)
    heard: dict[Status, int] = {}
    await settle_due(database, now_ms=LATER_MS, ids=ids, rails=RAILS, renderers=WIRE_FORMATS, observe=heard.__setitem__)
    assert heard == {Status.SUCCEEDED: 2, Status.FAILED: 1}


async def test_racing_settlers_and_cancels_settle_each_top_up_exactly_once(each_database: Database) -> None:
    database = each_database
    ids = IdFactory()
    owners = [AccountScope(f"acct_{number}", livemode=False) for number in range(4)]
    sources = [None, None, "btok_us_verified_noAccount"]
    news = [
        new_topup(ids, amount=number + 1, scope=owners[number % 4], source=sources[number % 3]) for number in range(300)
    ]
    await create(database, news)

    chosen = [new.topup for new in random.Random(1).sample(news, 60)]
    *taken, cancels = await asyncio.gather(
        settle_until_done(database, limit=7),
        settle_until_done(database, limit=11),
        settle_until_done(database, limit=13),
        asyncio.gather(*(cancel(database, topup.id, scope=topup.scope) for topup in chosen)),
    )
    # A settler may have found nothing because the others held all that was left: what they held is settled by now.
    last = await settle_until_done(database, limit=500)
    canceled = {topup.id for topup, in_time in zip(chosen, cancels, strict=True) if in_time}
    assert sum(taken) + last + len(canceled) == len(news)
    for scope in owners:
        arrived = [
            new.topup.amount
            for new in news
            if new.topup.scope == scope and new.topup.source is None and new.topup.id not in canceled
        ]
        assert await balance(database, scope) == sum(arrived)
    assert (await statuses(database))["pending"] == 0
    await assert_books_hold(database)


async def test_settlers_that_lock_two_balances_in_opposite_order_both_succeed(
    database: Database, owner_database: Database, service_url: str
) -> None:
    """Each of two transactions holds the balance that the other wants: PostgreSQL stops one, which runs again."""
    ids = IdFactory()
    first, second = AccountScope("acct_a", livemode=False), AccountScope("acct_b", livemode=False)
    await create(database, [new_topup(ids, scope=first), new_topup(ids, scope=second)])
    await settle(database)
    await create(database, [new_topup(ids, scope=first), new_topup(ids, scope=second)])
    async with owner_database.transaction() as conn:
        await conn.execute("SET LOCAL deadlock_timeout = '10s'")  # so that it is the settler who is stopped
        await conn.execute("UPDATE balances SET available = available WHERE account = 'acct_b' AND NOT livemode")
        settler = asyncio.create_task(settle(database))
        await until_somebody_waits(service_url)
        await conn.execute("UPDATE balances SET available = available WHERE account = 'acct_a' AND NOT livemode")
    assert await settler == 2
    assert await balance(database, first) == await balance(database, second) == 2000
    await assert_books_hold(database)


async def test_settling_is_planned_well_when_statistics_know_of_no_pending_top_up(
    each_database: Database, each_owner_database: Database
) -> None:
    """Statistics taken in a quiet moment made the planner compare each pending row with each of the batch: 2 s."""
    database = each_database
    ids = IdFactory()
    await create(database, [new_topup(ids) for _ in range(12_000)])
    while await settle(database):
        pass
    await execute(each_owner_database, "ANALYZE")
    news = [new_topup(ids) for _ in range(500)]
    await create(database, news)
    moment = OwnerTime(LATER_MS, ids)
    followed = [follow(new.topup, Succeed(), moment, BY_ITSELF, renderers=WIRE_FORMATS) for new in news]
    arrivals = [transition for transition in followed if transition]
    statement = STATEMENTS["topups.write_transitions"]
    async with database.transaction() as conn:
        [plan] = await conn.fetchrow(f"EXPLAIN (FORMAT JSON) {statement}", transition_rows(arrivals))
    scans = [
        node["Node Type"]
        for node in _nodes(msgspec.json.decode(plan)[0]["Plan"])
        if node.get("Relation Name") == "topups" and "Scan" in node["Node Type"]
    ]
    assert scans == ["Index Scan", "Tid Scan"]


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield every node of a plan."""
    yield plan
    for child in plan.get("Plans", []):
        yield from _nodes(child)


async def test_a_balance_that_would_overflow_fails_alone_and_is_put_off(database: Database) -> None:
    ids = IdFactory()
    await execute(database, f"INSERT INTO balances VALUES ('{OTHER_OWNER.account}', false, 'usd', {2**63 - 1})")
    news = [new_topup(ids, scope=OTHER_OWNER if number == 5 else OWNER) for number in range(20)]
    created = await create(database, news)
    assert await settle(database) == 20
    assert await statuses(database) == {"succeeded": 19, "pending": 1}
    [parked] = await rows(database, "SELECT id, due_ms FROM topups WHERE status = 'pending'")
    assert parked == {"id": created[5], "due_ms": LATER_MS + 10_000}
    assert await balance(database) == 19_000
    assert await settle(database) == 0


async def test_a_top_up_that_no_rail_understands_waits_longer_each_time(database: Database) -> None:
    ids = IdFactory()
    poisoned, sound = await create(database, [new_topup(ids), new_topup(ids)])
    await execute(database, f"UPDATE topups SET scenario = 'unheard_of' WHERE id = '{poisoned}'")
    assert await settle(database) == 2
    assert await rows(database, "SELECT id FROM topups WHERE status = 'succeeded'") == [{"id": sound}]
    now_ms = LATER_MS
    pauses: list[int] = []
    for _ in range(12):
        [parked] = await rows(database, "SELECT due_ms FROM topups WHERE status = 'pending'")
        pauses.append(parked["due_ms"] - now_ms)
        now_ms = parked["due_ms"]
        assert await settle(database, now_ms=now_ms - 1) == 0
        assert await settle(database, now_ms=now_ms) == 1
    assert pauses[:3] == [10_000, 20_000, 40_000]
    assert pauses == sorted(pauses)
    assert pauses[-1] == 60 * 60 * 1000


async def test_a_settled_top_up_is_mended_once_what_was_wrong_is_put_right(database: Database) -> None:
    [poisoned] = await create(database, [new_topup(IdFactory())])
    await execute(database, f"UPDATE topups SET scenario = 'unheard_of' WHERE id = '{poisoned}'")
    await settle(database)
    await execute(database, "UPDATE topups SET scenario = NULL")
    assert await settle(database, now_ms=LATER_MS + 10_000) == 1
    assert await statuses(database) == {"succeeded": 1}
    await assert_books_hold(database)


class _BrokenRail:
    """A rail with a bug."""

    name = "sandbox"

    def plan(
        self, *, currency: str, scenario: str | None, settlement_days: int | None, now_ms: int, is_frozen: bool
    ) -> Plan:
        raise NotImplementedError

    def outcome(self, instruction: Instruction, *, now_ms: int) -> Outcome:
        raise ZeroDivisionError(instruction.id, now_ms)


async def test_a_bug_in_a_rail_settles_nothing_and_loses_nothing(database: Database) -> None:
    await create(database, [new_topup(IdFactory())])
    assert (
        await settle_due(
            database, now_ms=LATER_MS, ids=IdFactory(), rails=Rails([_BrokenRail()]), renderers=WIRE_FORMATS
        )
        == 1
    )
    assert await statuses(database) == {"pending": 1}
    assert await settle(database, now_ms=LATER_MS + 10_000) == 1
    await assert_books_hold(database)


_SOURCES = st.sampled_from([None, "btok_us_verified", "btok_us_verified_pending", *FAILURES])
_WISHES = st.lists(
    st.tuples(st.sampled_from([OWNER, OTHER_OWNER]), st.sampled_from(["usd", "jpy"]), st.integers(1, 10**12), _SOURCES),
    max_size=20,
)


@given(missing=_WISHES, limit=st.integers(1, 8))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_any_mix_of_top_ups_ends_as_a_plain_model_says(
    database: Database, owner_database: Database, missing: list[tuple[AccountScope, str, int, str | None]], limit: int
) -> None:
    await execute(owner_database, EMPTY_BOOKS)
    ids = IdFactory()
    await create(
        database,
        [
            new_topup(ids, scope=scope, currency=currency, amount=amount, source=source)
            for scope, currency, amount, source in missing
        ],
    )
    await settle_until_done(database, limit=limit)
    expected_balances: Counter[tuple[AccountScope, str]] = Counter()
    expected_statuses: Counter[str] = Counter()
    for scope, currency, amount, source in missing:
        status = "failed" if source in FAILURES else "pending" if source == "btok_us_verified_pending" else "succeeded"
        expected_statuses[status] += 1
        if status == "succeeded":
            expected_balances[scope, currency] += amount
    assert await statuses(database) == expected_statuses
    found = await rows(database, "TABLE balances")
    assert {
        (AccountScope(row["account"], row["livemode"]), row["currency"]): row["available"] for row in found
    } == dict(expected_balances)
    await assert_books_hold(database)
