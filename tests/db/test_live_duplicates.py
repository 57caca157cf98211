"""A live create that looks like one that was just made is refused, unless it is said to be intended."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from brim.base.scope import AccountScope
from brim.core import topups
from brim.platform.database import Database
from tests.support.books import rows
from tests.support.live_money import NO_ACCOUNT, PLATFORM, LiveMoney

SHOP = AccountScope("acct_shop", livemode=True)


@pytest_asyncio.fixture
async def live(database: Database, tmp_path: Path) -> LiveMoney:
    live = LiveMoney(database, tmp_path)
    await live.open(SHOP.account, duplicate_window_minutes=10)
    return live


@pytest_asyncio.fixture
async def other(live: LiveMoney, service_url: str) -> AsyncIterator[LiveMoney]:
    """A second process of the same installation."""
    database = await Database.connect(service_url, max_connections=8, timeout_s=20.0, application="other")
    twin = LiveMoney(database, live.folder)
    twin.vault = live.vault
    twin.move_to(database)
    yield twin
    await database.close()


async def test_an_equal_topup_within_the_window_is_refused_by_name_unless_it_is_intended(live: LiveMoney) -> None:
    source = await live.bank_account()
    first = await live.create(source)
    live.now_ms += 9 * 60_000
    with pytest.raises(topups.DuplicateTopupError, match=first):
        await live.create(source)
    await live.create(source, allow_duplicate=True)
    live.now_ms += 2 * 60_000  # the first is out of the window, and the intended one is not
    with pytest.raises(topups.DuplicateTopupError):
        await live.create(source)
    live.now_ms += 9 * 60_000
    await live.create(source)


async def test_another_amount_bank_account_or_account_is_no_duplicate(live: LiveMoney) -> None:
    source = await live.bank_account()
    await live.create(source)
    await live.create(source, 5_001)
    await live.create(await live.bank_account())
    await live.create(await live.bank_account(scope=SHOP), scope=SHOP)


async def test_a_retry_under_its_key_is_no_duplicate(live: LiveMoney) -> None:
    source = await live.bank_account()
    assert await live.create(source, key="once") == await live.create(source, key="once")
    with pytest.raises(topups.DuplicateTopupError):
        await live.create(source, key="another")
    with pytest.raises(topups.DuplicateTopupError):  # a refusal is not kept under its key: it is judged again
        await live.create(source, key="another")
    live.now_ms += 11 * 60_000
    await live.create(source, key="another")


async def test_what_was_canceled_or_has_failed_does_not_count_and_what_stands_beside_it_does(live: LiveMoney) -> None:
    source = await live.bank_account()
    canceled = await live.create(source)
    assert await live.cancel(canceled)
    standing = await live.create(source)
    intended = await live.create(source, allow_duplicate=True)
    assert await live.cancel(intended)
    with pytest.raises(topups.DuplicateTopupError, match=standing):
        await live.create(source)


async def test_a_failed_one_does_not_count(database: Database, tmp_path: Path) -> None:
    live = LiveMoney(database, tmp_path)
    await live.open(duplicate_window_minutes=1440)
    source = await live.bank_account(NO_ACCOUNT)
    first = await live.create(source)
    async with database.connection() as conn:  # as if its bank had answered within a day
        await conn.execute(
            "UPDATE topups SET status = 'failed', failure_code = 'no_account', due_ms = NULL WHERE id = $1", first
        )
    await live.create(source)


async def test_a_window_of_nothing_refuses_nothing(database: Database, tmp_path: Path) -> None:
    live = LiveMoney(database, tmp_path)
    await live.open()
    source = await live.bank_account()
    assert await live.create(source) != await live.create(source)


async def test_of_equal_creates_at_once_exactly_one_passes_in_one_batch_and_across_processes(
    live: LiveMoney, other: LiveMoney
) -> None:
    sources = [await live.bank_account(scope=scope) for scope in (PLATFORM, SHOP) for _ in range(3)]
    scopes = [PLATFORM] * 3 + [SHOP] * 3
    found = await asyncio.gather(
        *(
            process.create(source, 1_000, scope=scope)
            for _ in range(4)
            for process in (live, other)
            for source, scope in zip(sources, scopes, strict=True)
        ),
        return_exceptions=True,
    )
    refused = [each for each in found if not isinstance(each, str)]
    assert {type(each) for each in refused} == {topups.DuplicateTopupError}
    made = await rows(live.database, "SELECT source, count(*) AS n FROM topups GROUP BY 1")
    assert {row["source"]: row["n"] for row in made} == dict.fromkeys(sources, 1)
    exposures = await rows(live.database, "SELECT kind, sum(amount) AS amount FROM exposures GROUP BY 1 ORDER BY 1")
    assert [(row["kind"], row["amount"]) for row in exposures] == [("day", 6_000), ("source", 6_000)]


async def test_of_two_who_ask_at_once_for_what_is_below_zero_one_is_refused_whatever_the_profile_says(
    database: Database, tmp_path: Path
) -> None:
    live = LiveMoney(database, tmp_path)
    await live.open(duplicate_window_minutes=0)
    source = await live.bank_account()
    wishes = (live.create(source, 700, key=key, least_twin_window_minutes=60) for key in ("one", "another"))
    found = await asyncio.gather(*wishes, return_exceptions=True)
    assert [type(each) for each in found if not isinstance(each, str)] == [topups.DuplicateTopupError]
    assert len(await rows(database, "SELECT FROM topups")) == 1
    await live.create(source, 700)  # an ordinary create is what the profile says
