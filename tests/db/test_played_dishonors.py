"""Dishonored returns of test mode: the events, payloads and money of live mode, without a bank."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio

from brim.base.json_codec import decode
from brim.base.scope import AccountScope
from brim.core.rails import FAILURES, Fail
from brim.platform.database import Database
from tests.support.books import assert_books_hold, execute, rows
from tests.support.clockwork import Clockwork
from tests.support.moments import second

PLATFORM = AccountScope("acct_platform", livemode=False)
SHOP = AccountScope("acct_shop", livemode=False)
REAL_MS = 1_795_305_600_000
NOON = second("2026-07-01 16:00")  # a Wednesday, noon in New York
END = second("2026-08-01 16:00")
CASES = {
    "dishonored": ("failed", "no_account", "R03", "R69", None),
    "dishonorContested": ("failed", "no_account", "R03", "R69", "R76"),
    "reversedDishonored": ("reversed", "insufficient_funds", "R01", "R68", None),
    "reversedDishonorContested": ("reversed", "insufficient_funds", "R01", "R68", "R73"),
}


@pytest_asyncio.fixture
async def brim(database: Database) -> Clockwork:
    await execute(
        database,
        "INSERT INTO accounts (account, created) VALUES ('acct_platform', 1)",
        "INSERT INTO accounts (account, platform, created) VALUES ('acct_shop', 'acct_platform', 1)",
    )
    return Clockwork(database, now_ms=REAL_MS)


async def told(brim: Clockwork) -> list[tuple[str, int, dict[str, Any]]]:
    """Return the events of returns, of the platform whose they are: type, second and object."""
    found = await rows(
        brim.database,
        "SELECT type, created, payload::text FROM events WHERE account = 'acct_platform' AND NOT livemode"
        " AND type LIKE 'brim.ach_return.%' ORDER BY id",
    )
    return [(row["type"].rpartition(".")[2], row["created"], decode(row["payload"].encode())) for row in found]


async def credited(brim: Clockwork, topup: str) -> list[tuple[str, int]]:
    found = await rows(brim.database, "SELECT type, net FROM balance_transactions WHERE source = $1 ORDER BY id", topup)
    return [(row["type"], row["net"]) for row in found]


def local(second_: int) -> str:
    return f"{datetime.fromtimestamp(second_, ZoneInfo('America/New_York')):%m-%d %H:%M}"


@pytest.mark.parametrize("suffix", CASES)
@pytest.mark.parametrize("scope", [PLATFORM, SHOP])
async def test_a_return_is_dishonored_and_its_money_comes_back_or_is_contested_by_the_clocks_time(
    brim: Clockwork, suffix: str, scope: AccountScope
) -> None:
    status, failure_code, code, dishonor_code, contest_code = CASES[suffix]
    clock = await brim.freeze(scope, NOON)
    topup = (await brim.create(scope, amount=2_000, source=f"btok_us_verified_{suffix}"))["id"]
    await brim.advance(scope, clock, END)
    (row,) = await rows(brim.database, "SELECT status, failure_code FROM topups WHERE id = $1", topup)
    assert (row["status"], row["failure_code"]) == (status, failure_code)
    (first, dishonored_at, dishonored), (last, ended_at, ended) = await told(brim)
    assert (first, dishonored["status"], dishonored["topup"]) == ("dishonored", "dishonored", topup)
    assert (dishonored["code"], dishonored["dishonor"]["code"], dishonored["account"]) == (
        code,
        dishonor_code,
        scope.account,
    )
    assert (dishonored["amount"], dishonored["applied"], dishonored["originator"]) == (2_000, True, None)
    failed_on = local(dishonored_at)
    assert failed_on == ("07-08 09:00" if status == "failed" else "07-10 09:00")
    booked_on = date(2026, 7, 9) if status == "failed" else date(2026, 7, 13)
    assert date.fromisoformat(ended["dishonor"]["booked_on"]) == booked_on
    final = "07-15 09:00" if status == "failed" else "07-17 09:00"
    assert local(ended["dishonor"]["final"]) == final
    credit = [("topup_dishonored_return", 2_000)] if contest_code is None else []
    before = [("topup", 2_000), ("topup_reversal", -2_000)] if status == "reversed" else []
    assert await credited(brim, topup) == before + credit
    if contest_code is None:
        assert (last, ended["status"], ended["contest"], local(ended_at)) == (
            "dishonor_accepted",
            "accepted",
            None,
            final,
        )
    else:
        contested = "07-10 09:00" if status == "failed" else "07-14 09:00"
        assert (last, ended["status"], local(ended_at)) == ("contested", "contested", contested)
        assert ended["contest"]["code"] == contest_code
    (balance,) = await rows(brim.database, "SELECT available FROM balances WHERE account = $1", scope.account) or [
        {"available": 0}
    ]
    assert balance["available"] == sum(net for _, net in before + credit)
    await assert_books_hold(brim.database)


async def test_what_happens_is_the_same_however_far_the_clock_leaps(brim: Clockwork) -> None:
    clock = await brim.freeze(PLATFORM, NOON)
    for suffix in CASES:
        await brim.create(PLATFORM, source=f"btok_us_verified_{suffix}")
    await brim.advance(PLATFORM, clock, END, limit=2)
    other = await brim.freeze(SHOP, NOON)
    for suffix in CASES:
        await brim.create(SHOP, source=f"btok_us_verified_{suffix}")
    for day in range(1, 32):
        await brim.advance(SHOP, other, NOON + day * 86_400)
    by_account: dict[str, list[tuple[str, int, str]]] = {}
    for kind, at, found in await told(brim):
        by_account.setdefault(found["account"], []).append((kind, at, found["code"]))
    assert sorted(by_account[PLATFORM.account]) == sorted(by_account[SHOP.account])
    assert len(by_account[PLATFORM.account]) == 8
    await assert_books_hold(brim.database)


@pytest.mark.parametrize("suffix", CASES)
async def test_in_real_time_a_banking_day_is_as_long_as_the_setting(brim: Clockwork, suffix: str) -> None:
    topup = (await brim.create(PLATFORM, source=f"btok_us_verified_{suffix}"))["id"]
    moments: dict[str, int] = {}
    for _ in range(10):
        brim.now_ms += 1_000
        await brim.settle()
        for kind, _, _ in await told(brim):
            moments.setdefault(kind, (brim.now_ms - REAL_MS) // 1_000)
    status, *_, contest_code = CASES[suffix]
    returned = 1 if status == "failed" else 3
    end = ("dishonor_accepted", returned + 5) if contest_code is None else ("contested", returned + 2)
    assert list(moments.items()) == [("dishonored", returned), end]
    assert sum(net for _, net in await credited(brim, topup)) == (1_000 if contest_code is None else 0)
    assert await brim.settle() == 0
    await assert_books_hold(brim.database)


async def test_a_clock_takes_over_a_dishonor_and_gives_it_back(brim: Clockwork) -> None:
    await brim.create(PLATFORM, source="btok_us_verified_dishonored")
    brim.now_ms += 1_000
    await brim.settle()
    clock = await brim.freeze(PLATFORM, brim.now_ms // 1_000)
    brim.now_ms += 60_000
    assert await brim.settle() == 0  # the clock stands
    await brim.thaw(PLATFORM, clock)
    for _ in range(6):
        brim.now_ms += 5_000
        await brim.settle()
    assert [kind for kind, _, _ in await told(brim)] == ["dishonored", "dishonor_accepted"]


async def test_an_outcome_that_somebody_forces_is_not_dishonored(brim: Clockwork) -> None:
    topup = (await brim.create(PLATFORM, source="btok_us_verified_dishonored"))["id"]
    await brim.force(PLATFORM, topup, Fail("account_closed", FAILURES["account_closed"]))
    assert await told(brim) == []


@pytest.mark.parametrize("by_clock", [True, False])
@pytest.mark.parametrize("scenario", ["gone", "no_account"])
async def test_one_that_cannot_go_on_is_given_up_and_holds_up_no_other(
    brim: Clockwork, scenario: str, *, by_clock: bool
) -> None:
    clock = await brim.freeze(PLATFORM, NOON) if by_clock else ""
    broken, fine = [(await brim.create(PLATFORM, source="btok_us_verified_dishonored"))["id"] for _ in range(2)]

    async def pass_days(days: int) -> None:
        brim.now_ms += days * 1_000
        if by_clock:
            await brim.advance(PLATFORM, clock, NOON + days * 86_400)
        else:
            await brim.settle()

    await pass_days(8 if by_clock else 1)
    await execute(brim.database, f"UPDATE topups SET scenario = '{scenario}' WHERE id = '{broken}'")
    for days in (9, 20, 30) if by_clock else (5, 5):
        await pass_days(days)
    found = await rows(brim.database, "SELECT topup, status FROM ach_returns")
    assert {row["topup"]: row["status"] for row in found} == {broken: "missed", fine: "accepted"}
