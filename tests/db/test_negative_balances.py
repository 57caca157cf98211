"""Balances below zero: told when they fall and recover, traced to returns, recovered by reserves and top-ups."""

import asyncio
from typing import Any

import msgspec
import pytest
import pytest_asyncio

from brim.api.wire_formats import WIRE_FORMATS
from brim.base.paging import PageRequest
from brim.base.scope import AccountScope
from brim.core import ledger, negative_balances
from brim.core.accounts import live_money_of_account
from brim.core.ledger import InsufficientFundsError
from brim.core.negative_balances import DebtPendingError, DebtTooSmallError, NotNegativeError, reserves, store
from brim.core.rails import FAILURES, Return, Succeed
from brim.core.time import OwnerTime
from brim.platform.database import Conn, Database
from tests.support.audits import TESTER
from tests.support.books import assert_books_hold, execute, rows
from tests.support.clockwork import Clockwork

NOW_MS = 1_790_000_000_000
SHOP = AccountScope("acct_shop", livemode=False)
PLATFORM = AccountScope("acct_platform", livemode=False)
ALL = PageRequest(limit=100)
RETURNED = Return("insufficient_funds", FAILURES["insufficient_funds"])


@pytest_asyncio.fixture
async def work(database: Database) -> Clockwork:
    await execute(
        database,
        "INSERT INTO accounts (account, created) VALUES ('acct_platform', 1)",
        "INSERT INTO accounts (account, platform, created) VALUES ('acct_shop', 'acct_platform', 1)",
        "INSERT INTO accounts (account, platform, created) VALUES ('acct_zoo', 'acct_platform', 1)",
        "INSERT INTO accounts (account, created) VALUES ('acct_other', 1)",
    )
    return Clockwork(database, now_ms=NOW_MS)


async def _arrive(work: Clockwork, amount: int, *, scope: AccountScope = SHOP) -> str:
    """Return a top-up that has succeeded."""
    topup = (await work.create(scope, amount=amount))["id"]
    work.now_ms += 1000
    await work.force(scope, topup, Succeed())
    return str(topup)


async def _spend(work: Clockwork, amount: int, *, scope: AccountScope = SHOP) -> None:
    """Take money of an account out of its balance, as a hold that is never given back does."""
    work.now_ms += 1000
    async with work.database.transaction() as conn:
        await ledger.reserve(
            conn,
            scope,
            source_type="spender",
            source=f"po_{work.now_ms}",
            amount=amount,
            currency="usd",
            moment=OwnerTime(work.now_ms, work.ids),
        )


async def _owe(work: Clockwork, amount: int, *, scope: AccountScope = SHOP) -> str:
    """Return a top-up that came back after its money was spent."""
    topup = await _arrive(work, amount, scope=scope)
    await _spend(work, amount, scope=scope)
    work.now_ms += 1000
    await work.force(scope, topup, RETURNED)
    return topup


async def _listed(work: Clockwork, viewer: AccountScope = PLATFORM) -> list[tuple[str, int]]:
    async with work.database.connection() as conn:
        page = await negative_balances.list_negative_balances(conn, viewer, ALL)
    return [(each.id, each.available) for each in page.items]


async def _set_reserve(work: Clockwork, amount: int) -> negative_balances.Reserve:
    async with work.database.transaction() as conn:
        return await negative_balances.set_reserve(
            conn,
            PLATFORM,
            SHOP.account,
            "usd",
            amount,
            by=TESTER,
            renderers=WIRE_FORMATS,
            now_ms=work.now_ms,
            ids=work.ids,
        )


async def _settle(work: Clockwork) -> int:
    return await negative_balances.settle_reserves(
        work.database, WIRE_FORMATS, now_ms=work.now_ms, ids=work.ids, limit=10
    )


async def _balance(work: Clockwork) -> tuple[int, int]:
    (row,) = await rows(work.database, "SELECT available, reserved FROM balances WHERE account = 'acct_shop'")
    return row["available"], row["reserved"]


async def _told(work: Clockwork) -> list[tuple[str, dict[str, Any]]]:
    found = await rows(
        work.database, "SELECT type, payload::text FROM events WHERE type LIKE 'brim.negative%' ORDER BY id"
    )
    return [(row["type"].rpartition(".")[2], msgspec.json.decode(row["payload"])) for row in found]


async def test_a_balance_is_told_when_it_falls_below_zero_and_when_it_has_recovered(work: Clockwork) -> None:
    first = await _owe(work, 500)
    second = await _arrive(work, 200)
    last = await _arrive(work, 400)
    (fell, recovered) = await _told(work)
    assert fell[0] == "created"
    assert (fell[1]["id"], fell[1]["amount"], fell[1]["status"]) == ("acct_shop_usd", 500, "negative")
    assert [(step["source"], step["taken"]) for step in fell[1]["steps"]] == [(first, 500)]
    assert recovered[0] == "recovered"
    assert (recovered[1]["amount"], recovered[1]["recovered"], recovered[1]["status"]) == (0, 500, "recovered")
    assert [(step["source"], step["amount"], step["recovered"]) for step in recovered[1]["steps"]] == [
        (first, -500, 0),
        (second, 200, 200),
        (last, 400, 300),
    ]
    assert recovered[1]["since"] == fell[1]["since"] == fell[1]["steps"][0]["created"]
    assert await _listed(work) == []
    assert (await _balance(work))[0] == 100


async def test_a_platform_sees_its_own_and_those_under_it_and_nobody_elses(work: Clockwork) -> None:
    for account in ("acct_zoo", "acct_shop", "acct_other"):
        await _owe(work, 300, scope=AccountScope(account, livemode=False))
    assert await _listed(work) == [("acct_shop_usd", -300), ("acct_zoo_usd", -300)]
    assert await _listed(work, SHOP) == [("acct_shop_usd", -300)]
    assert await _listed(work, AccountScope("acct_platform", livemode=True)) == []
    async with work.database.connection() as conn:
        for page in (
            PageRequest(limit=1, starting_after="acct_shop_usd"),
            PageRequest(limit=5, starting_after="acct_shop_usd"),
        ):
            found = await negative_balances.list_negative_balances(conn, PLATFORM, page)
            assert found.items[-1].id == "acct_zoo_usd"
            assert not found.has_more


async def test_while_it_is_below_zero_nothing_is_held_and_top_ups_go_on(work: Clockwork) -> None:
    await _owe(work, 500)
    with pytest.raises(InsufficientFundsError):
        await _spend(work, 1)
    await _arrive(work, 501)
    await _spend(work, 1)


async def test_every_version_that_posts_notes_what_is_below_zero(work: Clockwork) -> None:
    """The trigger does, whichever version it was; and nothing is written while zero is not crossed."""
    await execute(work.database, "INSERT INTO balances VALUES ('acct_shop', false, 'eur', -5)")
    (noted,) = await rows(work.database, "SELECT xmin::text, * FROM negative_balances")
    await execute(work.database, "UPDATE balances SET available = -7")
    (again,) = await rows(work.database, "SELECT xmin::text, * FROM negative_balances")
    assert again == noted
    await execute(work.database, "UPDATE balances SET available = 0")
    assert await rows(work.database, "SELECT FROM negative_balances") == []


async def test_a_reserve_that_cannot_be_settled_holds_up_no_other(
    work: Clockwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _set_reserve(work, 300)
    await _arrive(work, 200)
    find, settle, calls = store.reserves_to_settle, reserves._settle, []

    async def find_twice(conn: Conn, *, limit: int) -> list[Any]:
        return 2 * list(await find(conn, limit=limit))

    async def fail_first(*arguments: Any, **options: Any) -> Any:
        calls.append(arguments)
        if len(calls) == 1:
            raise RuntimeError("broken")
        return await settle(*arguments, **options)

    monkeypatch.setattr(store, "reserves_to_settle", find_twice)
    monkeypatch.setattr(reserves, "_settle", fail_first)
    assert await _settle(work) == 1
    assert await _balance(work) == (0, 200)


async def test_a_reserve_is_filled_drawn_on_by_a_return_and_filled_again(work: Clockwork) -> None:
    assert (await _set_reserve(work, 300)).held == 0
    await _arrive(work, 200)
    assert await _settle(work) == 1
    assert await _balance(work) == (0, 200)
    topup = await _arrive(work, 500)
    assert await _settle(work) == 1
    assert await _balance(work) == (400, 300)
    assert await _settle(work) == 0
    await _spend(work, 400)
    await work.force(SHOP, topup, RETURNED)
    assert (await _balance(work))[0] == -500
    assert await _settle(work) == 1
    assert (await _balance(work)) == (-200, 400)  # what was spent, and nothing of the reserve
    await _arrive(work, 250)
    await _settle(work)
    assert await _balance(work) == (0, 450)
    assert [kind for kind, _ in await _told(work)] == ["created", "recovered"]
    assert (await _set_reserve(work, 0)).held == 0
    assert await _balance(work) == (50, 400)
    assert await rows(work.database, "SELECT FROM balance_reserves") == []


async def test_a_reserve_that_covers_a_return_recovers_the_balance_and_the_books_hold(work: Clockwork) -> None:
    topup = await _arrive(work, 500)
    assert (await _set_reserve(work, 400)).held == 400
    await work.force(SHOP, topup, RETURNED)
    assert await _listed(work) == [("acct_shop_usd", -400)]
    assert await _settle(work) == 1
    assert await _balance(work) == (0, 0)
    (_, (kind, payload)) = await _told(work)
    assert (kind, payload["recovered"], payload["reserve"]["held"]) == ("recovered", 400, 0)
    assert [step["step"] for step in payload["steps"]] == ["topup_reversal", "hold_voided"]
    await assert_books_hold(work.database)


async def test_what_is_asked_for_is_what_is_missing_once(work: Clockwork) -> None:
    await _owe(work, 500)

    async def ask(amount: int | None = None, *, even_if_pending: bool = False) -> int:
        async with work.database.connection() as conn:
            return await negative_balances.amount_to_ask_for(
                conn, SHOP, "usd", amount=amount, even_if_pending=even_if_pending
            )

    assert (await ask(), await ask(200)) == (500, 200)
    with pytest.raises(DebtTooSmallError, match=r"\$5\.00 below zero"):
        await ask(501)
    await work.create(SHOP, amount=500)
    with pytest.raises(DebtPendingError, match=r"Pending top-ups of \$5\.00"):
        await ask()
    assert await ask(even_if_pending=True) == 500
    with pytest.raises(NotNegativeError):
        async with work.database.connection() as conn:
            await negative_balances.amount_to_ask_for(conn, PLATFORM, "usd", amount=None, even_if_pending=False)


async def test_two_who_settle_a_reserve_at_once_hold_it_once(work: Clockwork) -> None:
    await _set_reserve(work, 300)
    await _arrive(work, 1_000)
    await asyncio.gather(*(_settle(work) for _ in range(4)))
    assert await _balance(work) == (700, 300)
    assert len(await rows(work.database, "SELECT FROM holds WHERE status = 'reserved'")) == 1


async def test_an_account_whose_money_is_kept_back_cannot_be_deleted(work: Clockwork) -> None:
    await execute(work.database, "INSERT INTO balances VALUES ('acct_shop', true, 'usd', 0, 5)")
    async with work.database.connection() as conn:
        assert (await live_money_of_account(conn, SHOP.account))[0]
