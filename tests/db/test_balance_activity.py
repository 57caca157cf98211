"""Running balances and summaries come from sums by minute and day; here they are compared with adding everything up."""

import random
from collections.abc import Sequence
from typing import Any, Final

import pytest
from msgspec.structs import replace

from brim.base.ids import first_id_at
from brim.base.scope import AccountScope
from brim.core import ledger
from brim.core.balance_overview import SummaryIntervalError, summarize_balances
from brim.core.integrity.books import verify_books
from brim.core.ledger.rules import BalanceTransaction, BalanceTransactionType
from brim.platform.database import Database
from brim.platform.migrate import known_migrations
from tests.support.books import execute, rows
from tests.support.rows import copy_balance_transactions

BOOKS: Final = AccountScope("acct_books", livemode=False)
UNDER: Final = AccountScope("acct_under", livemode=False)
LIVE: Final = AccountScope("acct_books", livemode=True)
DAY: Final = 86_400
START: Final = 1_790_812_800
"""The first second of 2026-10-01 in UTC."""
TYPES: Final = (BalanceTransactionType.TOPUP, BalanceTransactionType.TOPUP_REVERSAL, BalanceTransactionType.REFUND)


def lines_of(scope: AccountScope, seed: int, number: int, *, days: int) -> list[BalanceTransaction]:
    """Return balance transactions of several types and currencies, some of the same second, in no order.

    Some ids are later than the `created` beside them: their transaction has waited meanwhile.
    """
    chance = random.Random(seed)
    lines = []
    for index in range(number):
        second = START + chance.choice((chance.randrange(days * DAY), chance.randrange(90), days * DAY - 1))
        kind = chance.choice(TYPES)
        amount = chance.randrange(1, 10_000) * (1 if kind is BalanceTransactionType.TOPUP else -1)
        fee = chance.choice((0, 0, 25))
        lines.append(
            BalanceTransaction(
                scope=scope,
                id=f"{first_id_at('txn_', second + (25 if index % 7 == 0 else 0))}{chance.randrange(10**9):016}",
                amount=amount,
                available_on=second,
                created=second,
                currency=chance.choice(("usd", "usd", "jpy")),
                description=None,
                fee=fee,
                net=amount - fee,
                source=f"tu_{scope.account}_{index}",
                type=kind,
            )
        )
    return lines


async def keep(database: Database, lines: Sequence[BalanceTransaction], *, reserved: int = 0) -> None:
    """Write balance transactions, in a few statements, with the balances that they lead to."""
    for first in range(0, len(lines), 40):
        await copy_balance_transactions(database, lines[first : first + 40])
    for scope, currency in {(each.scope, each.currency) for each in lines}:
        total = sum(each.net for each in lines if (each.scope, each.currency) == (scope, currency))
        await execute(
            database,
            f"INSERT INTO balances VALUES ('{scope.account}', {scope.livemode}, '{currency}', {total - reserved}, "
            f"{reserved})",
        )


async def test_a_running_balance_is_what_all_up_to_it_add_up_to(database: Database) -> None:
    lines = sorted(lines_of(BOOKS, 1, 240, days=3), key=lambda each: each.id)
    await keep(database, [*lines, *lines_of(LIVE, 2, 20, days=3)], reserved=7)
    expected, sums = {}, {"usd": 0, "jpy": 0}
    for each in lines:
        sums[each.currency] += each.net
        expected[each.id] = sums[each.currency]
    async with database.connection() as conn:
        assert await ledger.fetch_balances_after(conn, BOOKS, lines) == expected
        few = random.Random(3).sample(lines, 9)
        assert await ledger.fetch_balances_after(conn, BOOKS, few) == {each.id: expected[each.id] for each in few}
        assert await ledger.fetch_balances_after(conn, BOOKS, []) == {}


@pytest.mark.parametrize(
    ("since", "until"),
    [
        (START, START + 3 * DAY),
        (START + 60, START + 2 * DAY + 3600),
        (START + 4 * 3600, START + 5 * 3600),
        (START + 20 * 3600, START + DAY + 3600),
        (START - 40 * DAY, START + 40 * DAY),
        (START - 40 * DAY, START - 30 * DAY),
    ],
)
async def test_a_summary_is_what_its_period_adds_up_to(database: Database, since: int, until: int) -> None:
    await execute(database, "INSERT INTO accounts (account, platform, created) VALUES ('acct_under', 'acct_books', 1)")
    lines = lines_of(BOOKS, 4, 200, days=3)
    under = lines_of(UNDER, 5, 50, days=3)
    await keep(database, [*lines, *under])
    alone = await summarize_balances(database, BOOKS, since=since, until=until)
    both = await summarize_balances(database, BOOKS, since=since, until=until, of_connected=True)
    for found, all_lines in ((alone.totals, lines), (both.totals, [*lines, *under])):
        for each in found:
            of = [line for line in all_lines if line.currency == each.currency]
            assert each.opening == sum(line.net for line in of if line.created < since)
            assert each.closing == sum(line.net for line in of if line.created < until)
            inside = [line for line in of if since <= line.created < until]
            assert {category.type: (category.number, category.gross, category.fee) for category in each.activity} == {
                kind: (
                    sum(line.type == kind for line in inside),
                    sum(line.amount for line in inside if line.type == kind),
                    sum(line.fee for line in inside if line.type == kind),
                )
                for kind in {line.type for line in inside}
            }
    assert {each.currency for each in both.totals} == {"usd", "jpy"}
    assert {each.account for each in both.accounts} == {"acct_books", "acct_under"}
    assert both.is_complete
    capped = await summarize_balances(database, BOOKS, since=since, until=until, of_connected=True, most_accounts=0)
    assert (capped.is_complete, {each.account for each in capped.accounts}) == (False, {"acct_books"})


@pytest.mark.parametrize(
    ("since", "until", "param"),
    [(30, 60, "interval_start"), (60, 61, "interval_end"), (60, 60, "interval_end"), (60, 1 << 62, "interval_end")],
)
async def test_a_summary_has_whole_minutes(database: Database, since: int, until: int, param: str) -> None:
    with pytest.raises(SummaryIntervalError) as refused:
        await summarize_balances(database, BOOKS, since=since, until=until)
    assert refused.value.param == param


async def test_sums_that_differ_from_a_balance_are_found(database: Database, owner_database: Database) -> None:
    await keep(database, lines_of(BOOKS, 6, 10, days=1))
    await execute(
        owner_database,
        "UPDATE balance_activity SET gross = gross + 1, net = net + 1 WHERE span = 60 AND (currency, start) = "
        "(SELECT currency, min(start) FROM balance_activity WHERE currency = 'usd' GROUP BY 1)",
    )
    found = [each.row for each in (await verify_books(database)).differences if "activity" in each.row]
    assert found == ["balance_activity usd by minute"]


async def test_sums_of_another_day_or_type_are_found(database: Database, owner_database: Database) -> None:
    await keep(database, lines_of(BOOKS, 9, 6, days=1))
    before = {each.row for each in (await verify_books(database)).differences if "activity" in each.row}
    assert before == set()
    await execute(
        owner_database,
        "UPDATE balance_activity SET gross = gross + CASE type WHEN 'refund' THEN 1 ELSE -1 END,"
        " net = net + CASE type WHEN 'refund' THEN 1 ELSE -1 END"
        f" WHERE span = 86400 AND currency = 'usd' AND start = {START} AND type <> 'topup'",
    )
    found = {each.row for each in (await verify_books(database)).differences if "activity" in each.row}
    assert found == {f"balance_activity usd {kind} of day {START // DAY}" for kind in ("refund", "topup_reversal")}


async def test_the_migration_adds_up_what_is_there_as_the_trigger_does(
    database: Database, owner_database: Database
) -> None:
    """It does so while others post: what the trigger has told, or tells once it is committed, counts once."""
    lines = [*lines_of(BOOKS, 7, 90, days=2), *lines_of(LIVE, 8, 30, days=2)]
    await keep(database, lines)
    everything = "SELECT * FROM balance_activity ORDER BY account, livemode, currency, span, start, type"
    added = await rows(database, everything)
    (step,) = [step for step in known_migrations() if step.name.endswith("balance_activity_filled")]

    async def fill(*, is_empty: bool) -> list[dict[str, Any]]:
        async with owner_database.transaction() as conn:
            if is_empty:
                await conn.execute("DELETE FROM balance_activity")
            await conn.execute(step.sql)
        return await rows(database, everything)

    assert await fill(is_empty=True) == added
    assert len(added) > 10
    await execute(owner_database, "DELETE FROM balance_activity")
    more = [replace(each, source=f"{each.source}_more") for each in lines_of(BOOKS, 10, 60, days=3)]
    await copy_balance_transactions(database, more)
    async with database.transaction() as conn:
        await conn.execute(
            "INSERT INTO balance_transactions (account, livemode, id, amount, fee, net, available_on, created,"
            " currency, source, type) VALUES ('acct_books', false, 'txn_late', 5, 0, 5, 1, 1, 'usd', 'tu_1', 'topup')"
        )
        await fill(is_empty=False)
    filled = await fill(is_empty=False)
    assert sum(row["number"] for row in filled) == 2 * (len(lines) + len(more) + 1)
    assert await fill(is_empty=True) == filled
