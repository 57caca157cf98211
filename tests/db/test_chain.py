"""The hash chain is made: each transfer sealed once and in order, whoever seals; and followed while it grows."""

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import Any, Final

import asyncpg
import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from brim.api.wire_formats import WIRE_FORMATS
from brim.base.ids import IdFactory
from brim.base.scope import AccountScope
from brim.core.integrity import count_stuck, list_stuck
from brim.core.jobs import StuckItem
from brim.core.ledger.chain import Head, SealedEntry
from brim.core.ledger.sealing import seal_entries, verify_chain
from brim.core.topups.settlement import settle_due
from brim.core.verification import Pace
from brim.core.verification.walk import START, Range, bounds_of
from brim.platform.database import Database
from brim.platform.migrate import known_migrations, migrate
from tests.support.books import LATER_MS, OTHER_OWNER, OWNER, RAILS, create, new_topup, rows
from tests.support.chains import Tamper, differences, post, recompute, seal_all, stored_heads, tampering_with
from tests.support.paces import without_rests
from tests.support.statements import STATEMENTS


@pytest.fixture
def tamper(database_url: str) -> Tamper:
    return tampering_with(database_url)


async def test_every_column_of_an_entry_is_sealed(database: Database) -> None:
    """How many lines an entry has is sealed with the lines."""
    columns = await rows(
        database,
        "SELECT attname FROM pg_attribute WHERE attrelid = 'journal_entries'::regclass AND attnum > 0",
    )
    assert {column["attname"] for column in columns} - {"line_count"} == {*SealedEntry._fields} - {"further_lines"}
    columns = await rows(
        database,
        "SELECT attname FROM pg_attribute WHERE attrelid = 'journal_entry_lines'::regclass AND attnum > 0",
    )
    keys = {"account", "livemode", "entry", "line"}
    assert {column["attname"] for column in columns} - keys == {
        "debit_account",
        "credit_account",
        "amount",
        "currency",
    }


async def test_what_settling_posts_is_queued_and_sealed(each_database: Database) -> None:
    database, ids = each_database, IdFactory()
    await create(
        database,
        [
            new_topup(ids),
            new_topup(ids, source="btok_us_verified_reversed"),
            new_topup(ids, source="btok_us_verified_noAccount"),
            new_topup(ids, scope=OTHER_OWNER),
        ],
    )
    await settle_due(database, now_ms=LATER_MS, ids=ids, rails=RAILS, renderers=WIRE_FORMATS)
    assert await settle_due(database, now_ms=LATER_MS * 2, ids=ids, rails=RAILS, renderers=WIRE_FORMATS) == 1
    posted = await rows(database, "SELECT account, livemode, id AS entry FROM journal_entries ORDER BY 1, 2, 3")
    assert len(posted) == 4
    assert await rows(database, "TABLE unsealed_entries ORDER BY 1, 2, 3") == posted
    waiting = await verify_chain(database)
    assert (waiting.entries, waiting.sealed, waiting.unsealed, waiting.differences) == (4, 0, 4, [])
    assert await seal_all(database) == 4
    assert await rows(database, "TABLE unsealed_entries") == []
    sealed = await rows(database, "SELECT account, livemode, entry FROM entry_seals ORDER BY account, position")
    assert sealed == posted
    assert await recompute(database) == await stored_heads(database)
    report = await verify_chain(database)
    assert (report.entries, report.sealed, report.unsealed, report.heads, report.differences) == (4, 4, 0, 2, [])


async def _settle(database: Database, ids: IdFactory, count: int = 3) -> None:
    await create(database, [new_topup(ids) for _ in range(count)])
    settled = await settle_due(database, now_ms=LATER_MS, ids=ids, rails=RAILS, renderers=WIRE_FORMATS)
    assert settled == count


async def test_settling_seals_what_it_posts_once_the_chain_has_begun(each_database: Database) -> None:
    database, ids = each_database, IdFactory()
    await _settle(database, ids)
    assert await seal_all(database) == 3
    await create(database, [new_topup(ids, scope=OTHER_OWNER)])  # whose chain has not begun
    await create(database, [new_topup(ids, source="btok_us_verified_noAccount")])
    await create(database, [new_topup(ids), new_topup(ids, source="btok_us_verified_reversed")])
    for now_ms in (LATER_MS, LATER_MS * 2):
        await settle_due(database, now_ms=now_ms, ids=ids, rails=RAILS, renderers=WIRE_FORMATS)
    waiting = await rows(database, "SELECT account FROM unsealed_entries")
    assert waiting == [{"account": OTHER_OWNER.account}]
    report = await verify_chain(database)
    assert (report.sealed, report.unsealed, report.differences) == (6, 1, [])
    assert await recompute(database) == await stored_heads(database)
    assert await seal_all(database) == 1
    assert await differences(database) == []


async def test_settling_waits_for_no_chain_that_somebody_holds(database: Database) -> None:
    ids = IdFactory()
    await _settle(database, ids)
    await seal_all(database)
    async with database.transaction() as conn:
        await conn.execute("SELECT FROM chain_heads FOR UPDATE")
        await _settle(database, ids)
    assert len(await rows(database, "TABLE unsealed_entries")) == 3
    await _settle(database, ids)  # sealed before those that wait
    assert len(await rows(database, "TABLE unsealed_entries")) == 3
    assert await seal_all(database) == 3
    assert await recompute(database) == await stored_heads(database)
    assert await differences(database) == []


async def test_settling_goes_on_behind_a_head_that_was_moved_back(database: Database, tamper: Tamper) -> None:
    ids = IdFactory()
    await _settle(database, ids)
    await seal_all(database)
    await tamper("UPDATE chain_heads SET position = 1")
    await _settle(database, ids)
    assert len(await rows(database, "TABLE unsealed_entries")) == 3
    assert len(await rows(database, "TABLE entry_seals")) == 3


async def test_settlers_and_sealers_make_one_chain_together(database: Database) -> None:
    ids = IdFactory()
    await _settle(database, ids)
    await seal_all(database)
    await create(database, [new_topup(ids, scope=scope) for _ in range(60) for scope in (OWNER, OTHER_OWNER)])

    async def settle_some() -> None:
        while await settle_due(database, now_ms=LATER_MS, ids=ids, rails=RAILS, renderers=WIRE_FORMATS, limit=7):
            pass

    await asyncio.gather(*(settle_some() for _ in range(3)), *(seal_entries(database, limit=5) for _ in range(9)))
    await seal_all(database)
    report = await verify_chain(database)
    assert (report.sealed, report.unsealed, report.differences) == (123, 0, [])
    assert await recompute(database) == await stored_heads(database)


async def test_an_empty_database_has_nothing_to_seal_and_nothing_wrong(database: Database) -> None:
    assert await seal_entries(database) == 0
    report = await verify_chain(database)
    assert (report.entries, report.heads, report.differences) == (0, 0, [])


_OWNERS = [AccountScope(f"acct_{letter}", livemode) for letter in "abc" for livemode in (False, True)]
_STEPS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(_OWNERS), st.lists(st.text("abcXYZ019", min_size=1, max_size=6), max_size=8)),
        st.integers(1, 9),
    ),
    max_size=12,
)


@given(_STEPS)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_chains_equal_a_plain_recomputation_whatever_is_posted_between_seals(
    database: Database, tamper: Tamper, steps: list[tuple[AccountScope, list[str]] | int]
) -> None:
    await tamper("TRUNCATE journal_entries, entry_seals, chain_heads, unsealed_entries")
    model: dict[AccountScope, list[str]] = {}
    posted: Counter[AccountScope] = Counter()
    waiting: list[tuple[AccountScope, str]] = []
    for step in steps:
        if isinstance(step, int):
            waiting.sort()
            taken, waiting = waiting[:step], waiting[step:]
            assert await seal_entries(database, limit=step) == len(taken)
            for scope, transfer in taken:
                model.setdefault(scope, []).append(transfer)
        else:
            scope, suffixes = step
            ids = sorted({f"tr_{suffix}_{posted[scope]}" for suffix in suffixes})
            posted[scope] += 1
            await post(database, scope, ids)
            waiting += [(scope, each) for each in ids]
    sealed = await rows(database, "SELECT account, livemode, entry FROM entry_seals ORDER BY position")
    for scope, entries in model.items():
        assert [row["entry"] for row in sealed if AccountScope(row["account"], row["livemode"]) == scope] == entries
    assert await recompute(database) == await stored_heads(database)
    report = await verify_chain(database, page_size=3)
    assert (report.sealed, report.unsealed, report.differences) == (len(sealed), len(waiting), [])


async def test_sealers_at_once_never_fork_a_chain_while_transfers_are_posted(each_database: Database) -> None:
    database = each_database
    owners = [AccountScope(f"acct_{number}", livemode=False) for number in range(3)]

    async def post_many(scope: AccountScope) -> None:
        ids = IdFactory()
        for _ in range(20):
            await post(database, scope, [ids.new("tr_") for _ in range(10)])

    sealed = await asyncio.gather(
        seal_all(database, limit=7), seal_all(database, limit=64), *(post_many(scope) for scope in owners)
    )
    racing = await asyncio.gather(*(seal_all(database, limit=limit) for limit in (5, 11, 17)))
    assert sum(each or 0 for each in sealed) + sum(racing) + await seal_all(database) == 600
    assert await recompute(database) == await stored_heads(database)
    assert await differences(database) == []


async def test_a_sealer_that_ends_before_its_commit_leaves_the_queue_as_it_was(
    database: Database, tamper: Tamper
) -> None:
    """Sealing is one transaction: nothing of it is there when its last statement is refused, all of it afterwards."""
    await post(database, OWNER, ["tr_1", "tr_2"])
    await tamper("ALTER TABLE chain_heads ADD CONSTRAINT refused CHECK (position < 2)")
    with pytest.raises(asyncpg.CheckViolationError):
        await seal_entries(database)
    assert await rows(database, "TABLE entry_seals") == await rows(database, "TABLE chain_heads") == []
    assert len(await rows(database, "TABLE unsealed_entries")) == 2
    await tamper("ALTER TABLE chain_heads DROP CONSTRAINT refused")
    assert await seal_entries(database) == 2
    assert await differences(database) == []


async def test_the_migration_queues_what_was_posted_before(empty_database_url: str) -> None:
    known = known_migrations()
    await migrate(empty_database_url, now_ms=1, known=known[:2])
    conn = await asyncpg.connect(empty_database_url)
    await conn.execute(
        "INSERT INTO transfers SELECT 'acct_' || n % 2, false, 'tr_' || n, 'tu_' || n, 'topup',"
        " 'funding:clearing', 'balance:available', n, 'usd', n FROM generate_series(1, 9) AS n"
    )
    await conn.close()
    assert (await migrate(empty_database_url, now_ms=2, known=known))[0] == "0003_pre_seals"
    database = await Database.connect(empty_database_url)
    try:
        assert (await verify_chain(database)).unsealed == 9
        assert await seal_all(database) == 9
        assert await recompute(database) == await stored_heads(database)
        assert await differences(database) == []
    finally:
        await database.close()


async def test_heads_are_shown_for_whoever_writes_them_down(database: Database) -> None:
    await post(database, OWNER, ["tr_1", "tr_2"])
    await post(database, OTHER_OWNER, ["tr_1"])
    await seal_all(database)
    shown: list[Head] = []
    await verify_chain(database, on_head=shown.append, page_size=1)
    assert {head.scope: head for head in shown} == await recompute(database)


@pytest.mark.parametrize("pace", [lambda: None, without_rests], ids=["one snapshot", "a snapshot a page"])
async def test_chains_that_grow_meanwhile_are_followed(database: Database, pace: Callable[[], Pace | None]) -> None:
    ids = IdFactory()

    async def post_and_seal() -> None:
        for _ in range(40):
            await post(database, OWNER, [ids.new("tr_") for _ in range(5)])
            await seal_entries(database, limit=3)

    writing = asyncio.create_task(post_and_seal())
    walks = 0
    while not writing.done():
        assert (await verify_chain(database, page_size=20, pace=pace())).differences == []
        walks += 1
    await writing
    assert walks > 1


async def test_progress_only_grows_and_ends_at_all(database: Database, tamper: Tamper) -> None:
    await post(database, OWNER, [f"tr_{number}" for number in range(50)])
    await seal_all(database)
    await tamper("ANALYZE")
    seen: list[tuple[int, int]] = []
    await verify_chain(database, on_progress=lambda done, total: seen.append((done, total)), page_size=10)
    assert len(seen) > 8
    assert seen == sorted(seen)
    assert seen[-1] == (100, 100)


CASES: dict[str, list[Any]] = {
    "claim_unsealed": [1000],
    "lock_heads": [["acct_books"], [False]],
    "hold_free_heads": [["acct_books"], [False]],
    "read_links": ["", False, 0, 1000],
    "stray_entries": [*bounds_of(Range(START, ("acct_books", False, "tr_02000"))), 20],
    "read_entries_with_seals": ["acct_books", False, "", 1000],
    "read_queue": ["", False, "", 1000],
    "read_heads": ["", False, 1000],
}


UNSEALABLE: Final = {
    "an entry that is gone": (
        "INSERT INTO unsealed_entries VALUES ('acct_books', true, 'je_0')",
        ("je_0", "The unsealed entry is missing."),
    ),
    "an entry that is sealed already": (
        "INSERT INTO unsealed_entries VALUES ('acct_books', true, 'je_2')",
        ("je_2", "The entry is queued for sealing, but is already sealed at position 2."),
    ),
    "a head that was moved back": (
        "UPDATE chain_heads SET position = 1 WHERE account = 'acct_books' AND livemode",
        ("je_4", "The chain goes on to position 3, beyond its head at 1."),
    ),
    "a head that is gone": (
        "DELETE FROM chain_heads WHERE account = 'acct_books' AND livemode",
        ("je_4", "The chain goes on to position 3, beyond its head at 0."),
    ),
}
"""A statement that breaks a chain, and what is listed: the entry that waits in vain, and why."""


@pytest.mark.parametrize("name", UNSEALABLE)
async def test_a_chain_that_nobody_can_seal_is_listed_with_the_reason(
    each_database: Database, each_database_url: str, name: str
) -> None:
    statement, (entry, reason) = UNSEALABLE[name]
    broken = AccountScope("acct_books", livemode=True)
    sound = [AccountScope("acct_books", livemode=False), AccountScope("acct_a", livemode=True), OTHER_OWNER]
    for scope in (broken, *sound):
        await post(each_database, scope, ["je_1", "je_2", "je_3"])
    assert await seal_all(each_database) == 12
    await tampering_with(each_database_url)(statement)
    for scope in (broken, *sound):
        await post(each_database, scope, ["je_4"])
    await seal_all(each_database)
    [item] = await list_stuck(each_database, None)
    assert item == StuckItem(scope=broken, job="seal", object_id=entry, error=reason)
    async with each_database.connection() as conn:
        assert await count_stuck(conn, most=10) == {"archive": 0, "seal": 1}


async def test_entries_that_will_be_sealed_are_not_stuck(database: Database) -> None:
    for scope in (OWNER, OTHER_OWNER):
        await post(database, scope, ["je_1"])
    assert await list_stuck(database, None) == []
    await seal_all(database)
    await post(database, OWNER, ["je_2"])
    assert await list_stuck(database, None) == []


@pytest.mark.parametrize("sealed", [0, 2_000])
@pytest.mark.parametrize("statement", CASES)
async def test_rows_are_looked_up_by_their_keys_though_statistics_know_of_none(
    database: Database, tamper: Tamper, statement: str, sealed: int
) -> None:
    """Sealing began at 3,000 a second: planned while nothing was sealed, it compared what waited with all seals."""
    await tamper("ANALYZE")
    await post(database, OWNER, [f"tr_{number:05}" for number in range(3_000)])
    if sealed:
        await seal_entries(database, limit=sealed)
    arguments = CASES[statement]
    async with database.transaction() as conn:
        await conn.execute(STATEMENTS["ledger.walk_in_order"])
        [plan] = await conn.fetchrow(f"EXPLAIN (FORMAT JSON) {STATEMENTS['ledger.' + statement]}", *arguments)
    for node in _nodes(msgspec.json.decode(plan)[0]["Plan"]):
        assert "Join Filter" not in node
        assert node["Node Type"] not in {"Seq Scan", "Bitmap Heap Scan", "Materialize", "Memoize"}
        if node["Node Type"].startswith("Index") and node["Relation Name"] != "unsealed_entries":
            assert "Index Cond" in node
            assert "Filter" not in node or any(word in node["Filter"] for word in ("SubPlan", "IS DISTINCT FROM"))


def _nodes(plan: dict[str, Any]) -> list[dict[str, Any]]:
    return [plan, *(node for child in plan.get("Plans", []) for node in _nodes(child))]
