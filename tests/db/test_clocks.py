import asyncio
from collections import Counter
from typing import Any

import pytest
import pytest_asyncio

from brim.api.wire_formats import WIRE_FORMATS
from brim.base.errors import NotInLiveModeError, ResourceMissingError
from brim.base.ids import created_of
from brim.base.scope import AccountScope
from brim.core.idempotency import IdempotencyMismatchError
from brim.core.integrity import list_stuck
from brim.core.rails import Rails
from brim.core.rails.protocol import Fail, Instruction, Outcome, Plan, Return, Succeed
from brim.core.test_clocks.service import delete_ended_clock
from brim.core.time.rules import KEPT_S, ClockAdvancingError, ClockExistsError, FrozenTimeError
from brim.core.topups.rules import InvalidTransitionError
from brim.platform.database import Database
from tests.support.books import EMPTY_BOOKS, assert_books_hold, execute, rows
from tests.support.clockwork import Clockwork
from tests.support.moments import second

REAL_MS = 1_795_305_600_000  # 2026-11-22 00:00 UTC
OWNER = AccountScope("acct_clock", livemode=False)
OTHER = AccountScope("acct_other", livemode=False)
SOURCES = [
    None,
    "btok_us_verified_noAccount",
    "btok_us_verified_reversed",
    "btok_us_verified_reversedLate",
    "btok_us_verified_pending",
]


NOON = second("2026-07-01 16:00")  # a Wednesday, noon in New York


@pytest_asyncio.fixture
async def brim(database: Database) -> Clockwork:
    return Clockwork(database, now_ms=REAL_MS)


async def history(brim: Clockwork, scope: AccountScope = OWNER) -> list[tuple[int, str, str]]:
    """Return an owner's events in their order: second, type, and what they are about."""
    found = await rows(
        brim.database,
        "SELECT created, type, object_id FROM events WHERE account = $1 AND NOT livemode ORDER BY id",
        scope.account,
    )
    return [(row["created"], row["type"], row["object_id"]) for row in found]


async def status_of(brim: Clockwork, topup_id: str) -> str:
    [row] = await rows(brim.database, "SELECT status FROM topups WHERE id = $1", topup_id)
    return str(row["status"])


async def the_clock(brim: Clockwork) -> dict[str, Any]:
    [row] = await rows(brim.database, "TABLE test_clocks")
    return row


async def test_money_is_usable_after_the_banks_days_and_not_a_second_before(brim: Clockwork) -> None:
    clock = await brim.freeze(OWNER, NOON)
    topup = await brim.create(OWNER)
    usable = second("2026-07-09 13:00")  # five banking days on: the 4th is a Saturday, so the banks are open on the 3rd
    usable = second("2026-07-08 13:00")
    assert (topup["created"], topup["expected_availability_date"]) == (NOON, usable)
    await brim.advance(OWNER, clock, usable - 1)
    assert await status_of(brim, topup["id"]) == "pending"
    await brim.advance(OWNER, clock, usable)
    assert await status_of(brim, topup["id"]) == "succeeded"
    assert await history(brim) == [
        (NOON, "test_helpers.test_clock.created", clock),
        (NOON, "topup.created", topup["id"]),
        (NOON, "test_helpers.test_clock.advancing", clock),
        (usable - 1, "test_helpers.test_clock.ready", clock),
        (usable - 1, "test_helpers.test_clock.advancing", clock),
        (usable, "topup.succeeded", topup["id"]),
        (usable, "balance.available", OWNER.account),
        (usable, "test_helpers.test_clock.ready", clock),
    ]
    [line] = await rows(brim.database, "TABLE balance_transactions")
    assert (line["created"], line["available_on"]) == (usable, usable)
    await assert_books_hold(brim.database)


async def test_returns_come_on_banking_day_two_and_on_calendar_day_sixty(brim: Clockwork) -> None:
    clock = await brim.freeze(OWNER, NOON)
    soon = (await brim.create(OWNER, source="btok_us_verified_reversed"))["id"]
    late = (await brim.create(OWNER, source="btok_us_verified_reversedLate"))["id"]
    await brim.advance(OWNER, clock, NOON + 365 * 86400)
    returns = {about: at for at, kind, about in await history(brim) if kind == "topup.reversed"}
    assert returns == {
        soon: second("2026-07-10 13:00"),  # usable on Wednesday the 8th
        late: second("2026-09-08 13:00"),  # sixty days on is Sunday the 6th, and Monday is Labor Day
    }
    [balance] = await rows(brim.database, "TABLE balances")
    assert balance["available"] == 0
    await assert_books_hold(brim.database)


@pytest.mark.parametrize(
    ("suffix", "end"), [("fileRejected", "topup.succeeded"), ("fileRejectedFails", "topup.failed")]
)
async def test_what_was_in_a_rejected_file_is_told_another_date_and_has_its_answer_then(
    brim: Clockwork, suffix: str, end: str
) -> None:
    clock = await brim.freeze(OWNER, NOON)
    topup = (await brim.create(OWNER, source=f"btok_us_verified_{suffix}"))["id"]
    await brim.advance(OWNER, clock, NOON + 30 * 86400)  # over both answers at once
    first, second_answer = second("2026-07-08 13:00"), second("2026-07-15 13:00")
    assert [(at, kind) for at, kind, about in await history(brim) if about == topup] == [
        (NOON, "topup.created"),
        (first, "brim.topup.rescheduled"),
        (second_answer, end),
    ]
    [row] = await rows(brim.database, "SELECT expected_availability_date AS expected FROM topups")
    assert row["expected"] == second_answer
    await assert_books_hold(brim.database)


async def test_a_return_may_leave_the_balance_below_zero_until_the_next_top_up_nets_it(brim: Clockwork) -> None:
    topup = await brim.create(OWNER, amount=700)
    await brim.force(OWNER, topup["id"], Succeed())
    await execute(  # the money was spent meanwhile, by a booking of its own kind
        brim.database,
        "UPDATE balances SET available = available - 700",
    )
    await brim.force(OWNER, topup["id"], Return("debit_not_authorized", "No."))
    [balance] = await rows(brim.database, "TABLE balances")
    assert balance["available"] == -700
    await brim.force(OWNER, (await brim.create(OWNER, amount=1000))["id"], Succeed())
    [event] = await rows(
        brim.database, "SELECT payload FROM events WHERE type = 'balance.available' ORDER BY id DESC LIMIT 1"
    )
    assert '"amount":300' in event["payload"].replace(" ", "")


async def build_a_mixed_history(brim: Clockwork, *, limit: int) -> list[tuple[int, str, str]]:
    """Create top-ups of all kinds over some months, then advance by two years in steps of `limit`."""
    clock = await brim.freeze(OWNER, NOON)
    names: dict[str, str] = {OWNER.account: "the account", clock: "the clock"}
    frozen_time = NOON
    for number in range(40):
        topup = await brim.create(
            OWNER,
            amount=number + 1,
            currency=["usd", "eur", "gbp", "jpy", "sek"][number % 5],
            source=SOURCES[number * 7 % len(SOURCES)],
        )
        names[topup["id"]] = f"top-up {number}"
        if number % 8 == 7:
            frozen_time += 86400 * number
            await brim.advance(OWNER, clock, frozen_time, limit=limit)
    await brim.advance(OWNER, clock, frozen_time + 730 * 86400, limit=limit)
    # Each step announces what it made available, so only these announcements differ with the steps' size.
    return [(at, kind, names[about]) for at, kind, about in await history(brim) if kind != "balance.available"]


async def test_time_runs_the_same_in_large_steps_as_in_the_smallest(
    database: Database, owner_database: Database
) -> None:
    """A step of one top-up at a time cannot get an order wrong; a step of many gives the very same history."""
    histories = []
    for limit in (1, 500):
        await execute(owner_database, EMPTY_BOOKS)
        histories.append(await build_a_mixed_history(Clockwork(database, now_ms=REAL_MS), limit=limit))
        await assert_books_hold(database)
    assert histories[0] == histories[1]
    assert histories[0] == sorted(histories[0], key=lambda event: event[0])
    kinds = Counter(kind for _, kind, _ in histories[0])
    assert (kinds["topup.succeeded"], kinds["topup.failed"], kinds["topup.reversed"]) == (24, 8, 16)


async def test_real_time_does_not_touch_what_lives_under_a_clock(brim: Clockwork) -> None:
    before = await brim.create(OWNER)
    await brim.freeze(OWNER, NOON)
    under = await brim.create(OWNER)
    elsewhere = await brim.create(OTHER)
    brim.now_ms += 10**11
    assert await brim.settle() == 1
    assert await status_of(brim, elsewhere["id"]) == "succeeded"
    assert await status_of(brim, before["id"]) == await status_of(brim, under["id"]) == "pending"


async def test_what_was_due_before_the_clock_was_made_happens_when_it_first_moves(brim: Clockwork) -> None:
    topup = await brim.create(OWNER)
    clock = await brim.freeze(OWNER, second("2030-01-01 00:00"))
    await brim.advance(OWNER, clock, second("2030-01-01 00:00") + 1)
    assert (second("2030-01-01 00:00"), "topup.succeeded", topup["id"]) in await history(brim)


async def test_without_its_clock_an_account_returns_to_real_time_and_keeps_its_dates(brim: Clockwork) -> None:
    clock = await brim.freeze(OWNER, NOON)
    topup = await brim.create(OWNER)
    await brim.thaw(OWNER, clock)
    assert await rows(brim.database, "TABLE test_clocks") == []
    assert await brim.settle() == 1  # July lies behind
    assert await status_of(brim, topup["id"]) == "succeeded"
    after = await brim.create(OWNER)
    assert after["created"] == REAL_MS // 1000
    assert (await history(brim))[2] == (NOON, "test_helpers.test_clock.deleted", clock)


async def test_a_clock_goes_by_itself_when_its_days_are_over(brim: Clockwork) -> None:
    await brim.freeze(OWNER, NOON)
    assert (
        await delete_ended_clock(
            brim.database, queues=brim.queues, now_ms=REAL_MS + KEPT_S * 1000 - 1, ids=brim.ids, renderers=WIRE_FORMATS
        )
        == 0
    )
    assert (
        await delete_ended_clock(
            brim.database, queues=brim.queues, now_ms=REAL_MS + KEPT_S * 1000, ids=brim.ids, renderers=WIRE_FORMATS
        )
        == 1
    )
    assert await rows(brim.database, "TABLE test_clocks") == []


async def test_nobody_acts_in_a_time_that_moves(brim: Clockwork) -> None:
    clock = await brim.freeze(OWNER, NOON)
    topup = await brim.create(OWNER)
    await brim.send(OWNER, clock, NOON + 1)
    for act in (
        brim.create(OWNER),
        brim.cancel(OWNER, topup["id"]),
        brim.force(OWNER, topup["id"], Fail("no_account", "No.")),
        brim.send(OWNER, clock, NOON + 2),
    ):
        with pytest.raises(ClockAdvancingError):
            await act
    assert (await brim.create(OTHER))["status"] == "pending"
    while await brim.step():
        pass
    assert (await brim.create(OWNER))["created"] == NOON + 1


async def test_a_second_clock_and_impossible_times_are_refused(brim: Clockwork) -> None:
    clock = await brim.freeze(OWNER, NOON)
    with pytest.raises(ClockExistsError, match=clock):
        await brim.freeze(OWNER, NOON)
    await brim.freeze(OTHER, NOON)
    for frozen_time in (NOON, NOON - 1, 10**10):
        with pytest.raises(FrozenTimeError):
            await brim.send(OWNER, clock, frozen_time)
    for frozen_time in (0, -1, 946_684_799, 4_102_444_800):
        with pytest.raises(FrozenTimeError):
            await brim.freeze(AccountScope("acct_third", livemode=False), frozen_time)
    with pytest.raises(NotInLiveModeError):
        await brim.freeze(AccountScope(OWNER.account, livemode=True), NOON)
    with pytest.raises(ResourceMissingError):
        await brim.send(OTHER, clock, NOON + 1)


async def test_forced_outcomes_happen_at_the_clocks_time_and_only_where_the_table_allows(brim: Clockwork) -> None:
    await brim.freeze(OWNER, NOON)
    topup = (await brim.create(OWNER, source="btok_us_verified_reversed"))["id"]
    refused = await brim.force(OWNER, topup, Return("no_account", "No."))
    assert "could not be reversed because it has a status of pending" in refused["error"]["message"]
    succeeded = await brim.force(OWNER, topup, Succeed())
    assert succeeded["status"] == "succeeded"
    assert created_of(succeeded["balance_transaction"]) == NOON
    reversed_topup = await brim.force(OWNER, topup, Return("no_account", "No."))
    assert (reversed_topup["status"], reversed_topup["failure_code"]) == ("reversed", "no_account")
    assert reversed_topup["balance_transaction"] == succeeded["balance_transaction"]
    events = await rows(brim.database, "SELECT type, request_id FROM events WHERE object_id = $1 ORDER BY id", topup)
    assert [event["type"] for event in events] == ["topup.created", "topup.succeeded", "topup.reversed"]
    assert all(event["request_id"] for event in events)
    await assert_books_hold(brim.database)


async def test_two_workers_move_a_clock_as_one_would(database: Database) -> None:
    brim = Clockwork(database, now_ms=REAL_MS)
    clock = await brim.freeze(OWNER, NOON)
    for number in range(60):
        await brim.create(OWNER, source=SOURCES[number % 3])
    await brim.send(OWNER, clock, NOON + 30 * 86400)

    async def work() -> None:
        while (await the_clock(brim))["status"] == "advancing":
            await brim.step(limit=7)

    await asyncio.gather(work(), work(), work())
    found = await history(brim)
    assert found == sorted(found, key=lambda event: event[0])
    assert Counter(kind for _, kind, _ in found)["topup.succeeded"] == 40
    await assert_books_hold(database)


async def test_creates_that_race_a_clock_are_made_in_its_time_or_refused(database: Database) -> None:
    """Neither an old cache nor an unlucky moment leaves a top-up behind that is due and forgotten."""
    brim, other_process = Clockwork(database, now_ms=REAL_MS), Clockwork(database, now_ms=REAL_MS)
    await other_process.create(OWNER)
    clock = await brim.freeze(OWNER, NOON)
    refused = 0

    async def keep_creating(process: Clockwork) -> None:
        nonlocal refused
        for _ in range(60):
            try:
                await process.create(OWNER)
            except ClockAdvancingError:
                refused += 1

    async def keep_advancing() -> None:
        for day in range(1, 31):
            await brim.advance(OWNER, clock, NOON + day * 86400)

    await asyncio.gather(keep_creating(brim), keep_creating(other_process), keep_advancing())
    frozen_time = (await the_clock(brim))["frozen_time"]
    forgotten = "SELECT id FROM topups WHERE due_ms <= $1"
    assert await rows(database, forgotten, frozen_time * 1000) == []
    made = await rows(database, "SELECT created, test_clock FROM topups ORDER BY id")
    assert len(made) == 121 - refused
    assert {(row["created"] - NOON) % 86400 for row in made if row["created"] < REAL_MS // 1000} == {0}
    await assert_books_hold(database)


async def test_a_cancel_that_races_the_clock_wins_or_loses_but_never_both(database: Database) -> None:
    brim = Clockwork(database, now_ms=REAL_MS)
    clock = await brim.freeze(OWNER, NOON)
    topups = [(await brim.create(OWNER))["id"] for _ in range(40)]

    async def cancel(topup_id: str) -> bool:
        try:
            return (await brim.cancel(OWNER, topup_id)).get("status") == "canceled"
        except (ClockAdvancingError, InvalidTransitionError):
            return False

    *canceled, _ = await asyncio.gather(
        *(cancel(topup_id) for topup_id in topups), brim.advance(OWNER, clock, NOON + 30 * 86400, limit=3)
    )
    ends = Counter(row["status"] for row in await rows(database, "SELECT status FROM topups"))
    assert ends == Counter({"canceled": sum(map(bool, canceled)), "succeeded": 40 - sum(map(bool, canceled))})
    await assert_books_hold(database)


async def test_a_retry_gets_its_first_answer_while_the_clock_is_on_its_way(brim: Clockwork) -> None:
    clock_id = await brim.freeze(OWNER, NOON)
    first = await brim.create(OWNER, key="once")
    await brim.send(OWNER, clock_id, NOON + 86_400)
    assert await brim.create(OWNER, key="once") == first
    with pytest.raises(ClockAdvancingError):
        await brim.create(OWNER, key="another")
    with pytest.raises(IdempotencyMismatchError):
        await brim.create(OWNER, amount=7, key="once")


class _BrokenRail:
    """A rail with a bug."""

    name = "sandbox"

    def plan(self, **_question: object) -> Plan:
        raise NotImplementedError

    def outcome(self, instruction: Instruction, *, now_ms: int) -> Outcome:
        raise ZeroDivisionError(instruction.id, now_ms)


@pytest.mark.parametrize("rails", [Rails([_BrokenRail()]), Rails([])], ids=["a bug", "unknown"])
async def test_a_rail_that_cannot_answer_does_not_stop_the_clock(brim: Clockwork, rails: Rails) -> None:
    clock_id = await brim.freeze(OWNER, NOON)
    topup_id = (await brim.create(OWNER))["id"]
    working, brim.rails = brim.rails, rails
    await brim.advance(OWNER, clock_id, NOON + 10 * 86_400)
    [stuck] = await list_stuck(brim.database, None)
    assert stuck.object_id == topup_id
    brim.rails = working
    await brim.advance(OWNER, clock_id, NOON + 60 * 86_400)
    [row] = await rows(brim.database, "SELECT status FROM topups")
    assert row["status"] == "succeeded"
    await assert_books_hold(brim.database)
