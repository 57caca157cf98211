"""Postings of several accounts, modes and currencies in one statement: each changes its own rows and no others."""

import asyncio
from collections.abc import Sequence

import msgspec
import pytest

from brim.base.ids import IdFactory
from brim.base.scope import AccountScope
from brim.core import ledger
from brim.core.ledger import (
    AVAILABLE,
    FUNDING_CLEARING,
    BalanceTransaction,
    EntryLine,
    Hold,
    HoldConflictError,
    HoldStatus,
    JournalEntry,
    Posting,
)
from brim.core.ledger.chart import RESERVED
from brim.core.ledger.rules import OverdrawnError
from brim.core.ledger.sealing import verify_chain
from brim.core.time import OwnerTime
from brim.platform.database import Database
from brim.platform.sql import load_queries
from tests.support.books import LATER_MS, OTHER_OWNER, OWNER, execute, rows
from tests.support.chains import seal_all
from tests.support.waiting import until_somebody_waits

IDS = IdFactory()
MOMENT = OwnerTime(LATER_MS, IDS)
LIVE = AccountScope(OWNER.account, livemode=True)
SCOPES = (OWNER, LIVE, OTHER_OWNER)
Balances = dict[tuple[AccountScope, str], tuple[int, int]]


def _line(debit: str, credit: str, amount: int, currency: str = "usd") -> EntryLine:
    return EntryLine(debit_account=debit, credit_account=credit, amount=amount, currency=currency)


def _posting(
    scope: AccountScope, *lines: EntryLine, source: str = "po_1", step: str = "payout", may_overdraw: bool = False
) -> Posting:
    entry = JournalEntry(
        scope=scope, id=IDS.new("je_"), source_type="payout", source=source, step=step, lines=lines, created=7
    )
    return Posting(entry=entry, may_overdraw=may_overdraw)


def _shown(scope: AccountScope, amount: int, *, source: str = "po_1") -> BalanceTransaction:
    return BalanceTransaction(
        scope=scope, id=IDS.new("txn_"), amount=amount, available_on=3, created=4, currency="usd",
        description=f"of {scope.account}", fee=2, net=amount - 2, source=source, type="payout",
    )  # fmt: skip


async def _post(database: Database, postings: Sequence[Posting], *, seal_at_once: bool = False) -> None:
    keys = {(posting.entry.scope, line.currency) for posting in postings for line in posting.entry.lines}
    async with database.transaction() as conn:
        await ledger.lock_balances(conn, keys)
        await ledger.post_entries(conn, postings, seal_at_once=seal_at_once)


async def _balances(database: Database) -> Balances:
    found = await rows(database, "TABLE balances")
    return {
        (AccountScope(row["account"], row["livemode"]), row["currency"]): (row["available"], row["reserved"])
        for row in found
    }


async def _fund(database: Database, *, amount: int = 100) -> Balances:
    """Give each account and mode a hundred of two currencies, told apart by a few cents; return the balances."""
    amounts = {
        (scope, currency): amount + 10 * row + column
        for row, scope in enumerate(SCOPES)
        for column, currency in enumerate(("usd", "eur"))
    }
    lines = {
        scope: [_line(FUNDING_CLEARING, AVAILABLE, amounts[scope, each], each) for each in ("usd", "eur")]
        for scope in SCOPES
    }
    await _post(database, [_posting(scope, *lines[scope], source="tu_1", step="topup") for scope in SCOPES])
    return {key: (value, 0) for key, value in amounts.items()}


async def test_each_entry_changes_the_balances_of_its_account_mode_and_currency_alone(database: Database) -> None:
    expected = await _fund(database)
    assert await _balances(database) == expected
    await _post(database, [_posting(LIVE, _line(AVAILABLE, "fees", 60, "eur"), _line(AVAILABLE, RESERVED, 1, "eur"))])
    expected[LIVE, "eur"] = (50, 1)
    assert await _balances(database) == expected
    await _post(
        database,
        [
            _posting(OWNER, _line(AVAILABLE, RESERVED, 30)),
            _posting(OTHER_OWNER, _line(AVAILABLE, "fees", 5)),
            _posting(OWNER, _line(RESERVED, AVAILABLE, 10), source="po_2"),
        ],
    )
    expected[OWNER, "usd"] = (80, 20)
    expected[OTHER_OWNER, "usd"] = (115, 0)
    assert await _balances(database) == expected


async def test_what_was_posted_is_read_back_line_by_line_for_its_own_account(database: Database) -> None:
    """All entries have the same ids, sources and steps, and one of each account and mode has three lines."""
    await _fund(database)
    postings = [
        [
            _posting(scope, *(_line(AVAILABLE, "fees", number * row, "usd") for number in (3, 1, 2))),
            _posting(scope, _line(AVAILABLE, "verification", row), step="later"),
            _posting(scope, _line(AVAILABLE, "fees", row), source="po_0"),
        ]
        for row, scope in enumerate(SCOPES, 1)
    ]
    postings = [
        [
            msgspec.structs.replace(each, entry=msgspec.structs.replace(each.entry, id=f"je_{number}"))
            for number, each in enumerate(of_scope)
        ]
        for of_scope in postings
    ]
    await _post(database, [each for of_scope in postings for each in of_scope])
    for scope, of_scope in zip(SCOPES, postings, strict=True):
        async with database.connection() as conn:
            records = await conn.fetch(
                load_queries("brim.core.ledger", "posting")["entries_of_source"], scope.account, scope.livemode, "po_1"
            )
        assert [(each["id"], each["line"]) for each in records] == [("je_0", 1), ("je_0", 2), ("je_0", 3), ("je_1", 1)]
        assert await ledger.list_entries(database, scope, "po_1") == [each.entry for each in of_scope[:2]]
        assert await ledger.list_entries(database, scope, "po_0") == [of_scope[2].entry]
        assert await ledger.list_entries(database, scope, "po_none") == []
    await seal_all(database)
    assert (await verify_chain(database)).differences == []


async def test_balance_transactions_are_written_as_they_are_with_their_entries(database: Database) -> None:
    await _fund(database)
    postings = [
        msgspec.structs.replace(
            _posting(scope, _line(AVAILABLE, "fees", 5)), balance_transaction=_shown(scope, -5 - number)
        )
        for number, scope in enumerate(SCOPES)
    ]
    hidden = _posting(OWNER, _line(AVAILABLE, "fees", 1), source="po_hidden")
    await _post(database, [*postings, hidden])
    for posting in postings:
        shown = posting.balance_transaction
        assert shown is not None
        async with database.connection() as conn:
            assert await ledger.fetch_balance_transactions(conn, shown.scope, [shown.id]) == [shown]
    assert len(await rows(database, "TABLE balance_transactions")) == len(SCOPES)


async def test_an_entry_is_sealed_with_its_posting_or_waits_for_it(database: Database) -> None:
    await _fund(database)
    await seal_all(database)
    assert await rows(database, "TABLE unsealed_entries") == []
    sealed = [
        _posting(OWNER, _line(AVAILABLE, "fees", 5), _line(AVAILABLE, "fees", 6)),
        _posting(OTHER_OWNER, _line(AVAILABLE, "fees", 5)),
        _posting(OWNER, _line(AVAILABLE, "fees", 5), source="po_2"),
    ]
    await _post(database, sealed, seal_at_once=True)
    assert await rows(database, "TABLE unsealed_entries") == []
    seals = await rows(database, "SELECT account, livemode, position, entry, format FROM entry_seals")
    assert {each["entry"] for each in seals} >= {posting.entry.id for posting in sealed}
    waiting = _posting(LIVE, _line(AVAILABLE, "fees", 5))
    await _post(database, [waiting])
    found = await rows(database, "TABLE unsealed_entries")
    assert [(row["account"], row["livemode"], row["entry"]) for row in found] == [
        (OWNER.account, True, waiting.entry.id)
    ]
    await seal_all(database)
    assert (await verify_chain(database)).differences == []


async def test_the_last_cent_may_be_spent_and_no_more(database: Database) -> None:
    await _fund(database)
    await _post(database, [_posting(OWNER, _line(AVAILABLE, "fees", 100))])
    with pytest.raises(OverdrawnError, match="payout of po_2: usd"):
        await _post(database, [_posting(OWNER, _line(AVAILABLE, "fees", 1), source="po_2")])
    assert (await _balances(database))[OWNER, "usd"] == (0, 0)


async def test_below_zero_only_what_takes_more_is_refused(database: Database) -> None:
    """A return has taken the balance there; what others, other currencies, or nothing at all, do is not its doing."""
    await _fund(database)
    back = _posting(OWNER, _line(AVAILABLE, FUNDING_CLEARING, 150), source="tu_1", step="return", may_overdraw=True)
    await _post(
        database,
        [
            back,
            _posting(OWNER, _line("fees", FUNDING_CLEARING, 5)),
            _posting(OWNER, _line(AVAILABLE, "fees", 101, "eur"), source="po_eur"),
            _posting(LIVE, _line(AVAILABLE, "fees", 110)),
            _posting(OTHER_OWNER, _line(AVAILABLE, "fees", 120)),
        ],
    )
    await _post(database, [_posting(OWNER, _line(FUNDING_CLEARING, AVAILABLE, 20), source="tu_2")])
    assert (await _balances(database))[OWNER, "usd"] == (-30, 0)
    mixed = (_line(AVAILABLE, "fees", 1), _line(FUNDING_CLEARING, AVAILABLE, 1, "eur"))
    with pytest.raises(OverdrawnError, match="payout of po_3: usd"):
        await _post(database, [_posting(OWNER, *mixed, source="po_3")])
    assert (await _balances(database))[OWNER, "usd"] == (-30, 0)


async def _reserve(database: Database, scope: AccountScope, amount: int, *, source: str = "po_1") -> Hold:
    async with database.transaction() as conn:
        return await ledger.reserve(
            conn, scope, source_type="payout", source=source, amount=amount, currency="usd", moment=MOMENT
        )


async def test_a_hold_is_that_of_its_own_account_mode_and_source(database: Database, owner_database: Database) -> None:
    """All have the same source, and at last the same id."""
    await _fund(database)
    held = [await _reserve(database, scope, number) for number, scope in enumerate(SCOPES, 10)]
    other = await _reserve(database, OWNER, 13, source="po_2")
    first = held[0]
    assert first == Hold(
        scope=OWNER, id=first.id, source_type="payout", source="po_1", amount=10, currency="usd",
        status=HoldStatus.RESERVED, created_ms=LATER_MS,
    )  # fmt: skip
    (reserved,) = await ledger.list_entries(database, OWNER, "po_1")
    assert (first.id[:5], reserved.id[:3]) == ("hold_", "je_")
    assert (reserved.step, reserved.source_type, reserved.created) == ("hold", "payout", LATER_MS // 1000)
    await execute(owner_database, f"UPDATE holds SET id = '{first.id}' WHERE source = 'po_1'")
    async with database.transaction() as conn:
        for hold in (*held, other):
            found = await ledger.find_hold(conn, hold.scope, hold.source)
            assert (found.scope, found.amount, found.source) == (hold.scope, hold.amount, hold.source)
        with pytest.raises(HoldConflictError):
            await ledger.find_hold(conn, LIVE, "po_2")
        ended = await ledger.void_hold(conn, first, moment=MOMENT)
        assert await ledger.find_hold(conn, OWNER, "po_1") == ended
    assert ended == msgspec.structs.replace(first, status=HoldStatus.VOIDED, ended_ms=LATER_MS)
    statuses = await rows(database, "SELECT account, livemode, source, status FROM holds")
    assert sorted(tuple(row.values()) for row in statuses) == sorted([
        (OWNER.account, False, "po_1", "voided"),
        (OWNER.account, False, "po_2", "reserved"),
        (OWNER.account, True, "po_1", "reserved"),
        (OTHER_OWNER.account, False, "po_1", "reserved"),
    ])  # fmt: skip


@pytest.mark.parametrize(("amount", "shown"), [(0, 0), (-1, 1), (11, -11), (5, -4), (5, 5)])
async def test_what_is_no_part_of_a_hold_or_is_shown_otherwise_is_not_spent(
    database: Database, amount: int, shown: int
) -> None:
    await _fund(database)
    hold = await _reserve(database, OWNER, 10)
    with pytest.raises(ValueError, match="of a hold of 10"):
        async with database.transaction() as conn:
            await ledger.post_hold(
                conn, hold, amount=amount, credit_account="fees",
                balance_transaction=msgspec.structs.replace(_shown(OWNER, 0), net=shown), moment=MOMENT,
            )  # fmt: skip
    assert (await _balances(database))[OWNER, "usd"] == (90, 10)


@pytest.mark.parametrize(("amount", "currency"), [(9, "usd"), (11, "usd"), (10, "eur")])
async def test_a_second_hold_of_a_source_is_refused_unless_it_is_the_same(
    database: Database, amount: int, currency: str
) -> None:
    await _fund(database)
    first = await _reserve(database, OWNER, 10)
    assert await _reserve(database, OWNER, 10) == first
    with pytest.raises(HoldConflictError, match="already has a hold of 10 usd"):
        async with database.transaction() as conn:
            await ledger.reserve(
                conn, OWNER, source_type="payout", source="po_1", amount=amount, currency=currency, moment=MOMENT
            )
    assert (await _balances(database))[OWNER, "usd"] == (90, 10)


async def test_a_part_of_a_hold_is_spent_and_the_rest_given_back(database: Database) -> None:
    await _fund(database)
    for spent, source in ((1, "po_1"), (4, "po_4"), (9, "po_9"), (10, "po_10")):
        hold = await _reserve(database, OWNER, 10, source=source)
        shown = msgspec.structs.replace(_shown(OWNER, -spent, source=source), fee=0, net=-spent)
        async with database.transaction() as conn:
            ended = await ledger.post_hold(
                conn, hold, amount=spent, credit_account="payouts:clearing", balance_transaction=shown, moment=MOMENT
            )
        assert ended == msgspec.structs.replace(hold, status=HoldStatus.POSTED, posted=spent, ended_ms=LATER_MS)
        async with database.connection() as conn:
            assert await ledger.fetch_balance_transactions(conn, OWNER, [shown.id]) == [shown]
        _, posted = await ledger.list_entries(database, OWNER, source)
        rest = (_line(RESERVED, AVAILABLE, 10 - spent),) if spent < 10 else ()
        assert posted.lines == (_line(RESERVED, "payouts:clearing", spent), *rest)
        assert posted.step == "hold_posted"
    assert (await _balances(database))[OWNER, "usd"] == (100 - 24, 0)


@pytest.mark.parametrize("is_spent", [True, False])
async def test_a_hold_ends_after_whoever_holds_its_balance(
    database: Database, database_url: str, *, is_spent: bool
) -> None:
    """What another transaction does to the balance meanwhile is neither lost nor in the way."""
    await _fund(database)
    hold = await _reserve(database, OWNER, 10)

    async def end() -> Hold:
        async with database.transaction() as conn:
            if not is_spent:
                return await ledger.void_hold(conn, hold, moment=MOMENT)
            shown = msgspec.structs.replace(_shown(OWNER, -10), fee=0, net=-10)
            return await ledger.post_hold(
                conn, hold, amount=10, credit_account="fees", balance_transaction=shown, moment=MOMENT
            )

    async with database.transaction() as conn:
        await ledger.lock_balances(conn, {(OWNER, "usd")})
        await ledger.post_entries(conn, [_posting(OWNER, _line(AVAILABLE, "fees", 5), source="po_2")])
        ending = asyncio.create_task(end())
        await until_somebody_waits(database_url)
    assert (await ending).status is (HoldStatus.POSTED if is_spent else HoldStatus.VOIDED)
    assert (await _balances(database))[OWNER, "usd"] == (85 if is_spent else 95, 0)
