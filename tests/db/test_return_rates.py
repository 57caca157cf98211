"""Return rates, against a bank that shares no code with them: counted, announced, refused, overridden by two people."""

import asyncio
from datetime import date
from pathlib import Path
from typing import Any

import asyncpg
import msgspec
import pytest
import pytest_asyncio

from brim.api.wire_formats import WIRE_FORMATS
from brim.base.actor import Actor, ActorKind
from brim.base.scope import AccountScope
from brim.core import return_rates
from brim.core.originators import Originator, ReturnRateError, SecondPersonError
from brim.core.pruning import Pruning
from brim.core.return_rates import ALL, NoOverrideError, Override, OverrideEndError
from brim.platform.database import Conn, Database
from brim.platform.migrate import known_migrations
from tests.support.books import rows
from tests.support.live_money import NO_ACCOUNT, OPERATOR, PAYS, PLATFORM, RETURNS_LATE, LiveMoney, at

SHOP = AccountScope("acct_shop", livemode=True)
MAKER = Actor(kind=ActorKind.OPERATOR, id="op_2", name="maker@example.com")
KEY = Actor(kind=ActorKind.API_KEY, id="key_1")
DAY_MS = 24 * 60 * 60 * 1000
TODAY = date(2026, 12, 1)


@pytest_asyncio.fixture
async def live(database: Database, tmp_path: Path) -> LiveMoney:
    return LiveMoney(database, tmp_path)


async def count(live: LiveMoney, originator: Originator, owner: str, debits: int, *codes: str) -> None:
    """Count debits of an account that settle today, and returns of them."""
    how: dict[str, Any] = {"renderers": WIRE_FORMATS, "now_ms": live.now_ms, "ids": live.ids}
    async with live.database.transaction() as conn:
        await return_rates.count_sent(conn, originator, {(owner, TODAY): debits}, **how)
        returned = [return_rates.ReturnedDebit(owner, TODAY, code) for code in codes]
        await return_rates.count_returned(conn, originator, returned, **how)


async def told(live: LiveMoney) -> list[tuple[str, str]]:
    found = await rows(
        live.database, "SELECT object_id, type FROM events WHERE type LIKE 'brim.return_rate.%' ORDER BY id"
    )
    return [(each["object_id"], each["type"].removeprefix("brim.return_rate.")) for each in found]


async def ask(
    live: LiveMoney, originator: Originator, *, days: int = 7, by: Actor = MAKER, owner: str = ALL
) -> Override:
    async with live.database.transaction() as conn:
        return await return_rates.ask_for_override(
            conn,
            originator,
            owner,
            reason="The bank knows.",
            until_ms=live.now_ms + days * DAY_MS,
            approvers=2,
            by=by,
            now_ms=live.now_ms,
            ids=live.ids,
        )


async def approve(
    live: LiveMoney, originator: Originator, asked: Override, *, by: Actor, approvers: int = 2
) -> Override:
    async def work(conn: Conn) -> Override:
        return await return_rates.approve_override(
            conn,
            originator,
            asked.owner,
            expected_until_ms=asked.until_ms,
            approvers=approvers,
            by=by,
            now_ms=live.now_ms,
            ids=live.ids,
        )

    return await live.database.transact(work)


async def test_what_the_bank_takes_and_returns_is_counted_by_account_and_for_all(live: LiveMoney) -> None:
    await live.open(SHOP.account)
    await live.create(await live.bank_account(PAYS))
    await live.create(await live.bank_account(NO_ACCOUNT), 1_000)
    await live.create(await live.bank_account(RETURNS_LATE, scope=SHOP), 2_000, scope=SHOP)
    await live.prenote(await live.bank_account(NO_ACCOUNT, verified=False))
    await live.until("2026-12-08 12:00")
    await live.until("2027-02-02 12:00", step_hours=24)
    found = await rows(
        live.database,
        "SELECT owner, sum(debits) AS d, sum(unauthorized) AS u, sum(administrative) AS a, "
        "sum(returned) AS r FROM return_counts GROUP BY owner ORDER BY owner",
    )
    assert [tuple(each.values()) for each in found] == [
        ("", 3, 1, 1, 2),
        (PLATFORM.account, 2, 0, 1, 1),
        (SHOP.account, 1, 1, 0, 1),
    ], "the prenote and its return count nowhere"


async def test_what_was_counted_is_what_a_migration_would_count_of_the_entries(live: LiveMoney) -> None:
    await live.open(SHOP.account)
    await live.create(await live.bank_account(PAYS))
    await live.create(await live.bank_account(NO_ACCOUNT, scope=SHOP), 1_000, scope=SHOP)
    await live.until("2026-12-04 12:00")
    counted = await rows(live.database, "SELECT * FROM return_counts WHERE debits + returned > 0 ORDER BY owner, day")
    (step,) = [step for step in known_migrations() if step.name.endswith("return_counts")]
    sql = step.sql.replace("current_date", "date '2026-12-04'")
    async with live.database.transaction() as conn:
        await conn.execute(sql)
    assert await rows(live.database, "SELECT * FROM return_counts ORDER BY owner, day") == counted
    assert {each["owner"] for each in counted} == {"", PLATFORM.account, SHOP.account}


async def test_a_rejected_file_counts_no_more(live: LiveMoney) -> None:
    await live.open()
    await live.create(await live.bank_account())
    script = live.folder / "script.toml"
    script.write_text('[[rule]]\naction = "reject"\nfile = "20261201*"\nreason = "no"\n')
    await live.bank("script", str(script))
    await live.until("2026-12-01 18:00")
    assert [each["status"] for each in await rows(live.database, "SELECT status FROM ach_files")] == ["rejected"]
    assert {each["debits"] for each in await rows(live.database, "SELECT debits FROM return_counts")} == {0}


async def test_an_account_at_a_limit_is_refused_and_the_others_are_not(live: LiveMoney) -> None:
    originator = await live.open(SHOP.account)
    mine, theirs = await live.bank_account(), await live.bank_account(scope=SHOP)
    await count(live, originator, PLATFORM.account, 9_000)
    await count(live, originator, SHOP.account, 1_000, *["R10"] * 3)
    assert await told(live) == [(SHOP.account, "warned")], "three in a thousand are 60 % of the limit"
    await live.create(theirs, scope=SHOP)
    await count(live, originator, SHOP.account, 0, "R10", "R10")
    assert await told(live) == [(SHOP.account, "warned"), (SHOP.account, "limit_reached")]
    with pytest.raises(ReturnRateError, match="5 of 1000 debits of this account were returned as unauthorized"):
        await live.create(theirs, scope=SHOP)
    await live.create(mine)
    await live.prenote(await live.bank_account(scope=SHOP, verified=False), scope=SHOP)


async def test_an_originator_at_a_limit_refuses_all(live: LiveMoney) -> None:
    originator = await live.open(SHOP.account)
    theirs = await live.bank_account(scope=SHOP)
    await count(live, originator, PLATFORM.account, 100, *["R01"] * 15)
    assert [level for _, level in await told(live)] == ["limit_reached", "limit_reached"]
    with pytest.raises(ReturnRateError, match="15 of 100 debits of the originator were returned in the last 60 days"):
        await live.create(theirs, scope=SHOP)


async def test_days_that_pass_take_a_limit_away_and_it_is_told(live: LiveMoney) -> None:
    originator = await live.open(SHOP.account)
    source = await live.bank_account(scope=SHOP)
    await count(live, originator, SHOP.account, 100, *["R03"] * 3)
    with pytest.raises(ReturnRateError):
        await live.create(source, scope=SHOP)
    watching = return_rates.Watching(live.database, WIRE_FORMATS)
    live.now_ms = at("2027-01-29 12:00")
    await watching.run_once(now_ms=live.now_ms, ids=live.ids, limit=10)
    with pytest.raises(ReturnRateError):
        await live.create(source, scope=SHOP)
    live.now_ms = at("2027-01-30 12:00")
    await watching.run_once(now_ms=live.now_ms, ids=live.ids, limit=10)
    await live.create(source, scope=SHOP)
    assert [level for _, level in await told(live)][-2:] == ["cleared", "cleared"]
    live.now_ms = at("2027-06-30 12:00")
    await watching.run_once(now_ms=live.now_ms, ids=live.ids, limit=10)
    await Pruning(live.database).run_once(now_ms=live.now_ms, limit=1_000)
    assert await rows(live.database, "SELECT * FROM return_counts WHERE day < '2027-01-01'") == []


async def test_watching_goes_through_all_owners_a_few_at_a_time(live: LiveMoney) -> None:
    shops = [f"acct_{number}" for number in range(5)]
    originator = await live.open(*shops)
    for shop in shops:
        await count(live, originator, shop, 100, *["R03"] * 3)
    watching = return_rates.Watching(live.database, WIRE_FORMATS)
    live.now_ms = at("2027-02-10 12:00")
    looked = [await watching.run_once(now_ms=live.now_ms, ids=live.ids, limit=2) for _ in range(4)]
    assert looked == [2, 2, 2, 0]
    assert await rows(live.database, "SELECT * FROM return_guards") == []


async def test_an_override_takes_two_people_and_ends_by_itself(live: LiveMoney) -> None:
    originator = await live.open(SHOP.account)
    source = await live.bank_account(scope=SHOP)
    await count(live, originator, PLATFORM.account, 100_000)
    await count(live, originator, SHOP.account, 100, *["R03"] * 3)
    with pytest.raises(SecondPersonError):
        await ask(live, originator, by=KEY, owner=SHOP.account)
    with pytest.raises(OverrideEndError):
        await ask(live, originator, days=31, owner=SHOP.account)
    asked = await ask(live, originator, owner=SHOP.account)
    with pytest.raises(ReturnRateError):
        await live.create(source, scope=SHOP)
    for somebody in (MAKER, KEY):
        with pytest.raises(SecondPersonError):
            await approve(live, originator, asked, by=somebody)
    with pytest.raises(NoOverrideError):
        await approve(live, originator, msgspec.structs.replace(asked, until_ms=asked.until_ms + 1), by=OPERATOR)
    approved = await approve(live, originator, asked, by=OPERATOR)
    assert not approved.one_person
    await live.create(source, scope=SHOP)
    live.now_ms += 7 * DAY_MS
    with pytest.raises(ReturnRateError):
        await live.create(source, scope=SHOP)


async def test_an_override_of_an_account_does_not_lift_the_originators_limit(live: LiveMoney) -> None:
    originator = await live.open(SHOP.account)
    source = await live.bank_account(scope=SHOP)
    await count(live, originator, SHOP.account, 100, *["R03"] * 3)
    await approve(live, originator, await ask(live, originator, owner=SHOP.account), by=OPERATOR)
    with pytest.raises(ReturnRateError, match="of the originator"):
        await live.create(source, scope=SHOP)
    await approve(live, originator, await ask(live, originator), by=OPERATOR)
    await live.create(source, scope=SHOP)


async def test_one_person_alone_may_do_both_and_it_says_so(live: LiveMoney) -> None:
    originator = await live.open()
    asked = await ask(live, originator)
    approved = await approve(live, originator, asked, by=MAKER, approvers=1)
    assert approved.one_person


async def test_the_database_itself_refuses_a_maker_who_checks(live: LiveMoney) -> None:
    originator = await live.open()
    await ask(live, originator)
    async with live.database.connection() as conn:
        with pytest.raises(asyncpg.CheckViolationError, match="return_overrides_two_people"):
            await conn.execute(
                "UPDATE return_overrides SET status = 'approved', approved_by = asked_by, approved_ms = 1"
            )


async def test_of_two_approvers_at_once_one_approves(live: LiveMoney) -> None:
    originator = await live.open()
    asked = await ask(live, originator)
    third = Actor(kind=ActorKind.OPERATOR, id="op_3", name="third@example.com")
    results = await asyncio.gather(
        *(approve(live, originator, asked, by=somebody) for somebody in (OPERATOR, third)), return_exceptions=True
    )
    assert sorted(type(each).__name__ for each in results) == ["NoOverrideError", "Override"]
    done = await rows(live.database, "SELECT action FROM audit_log WHERE action LIKE 'return_override.%' ORDER BY id")
    assert [each["action"] for each in done] == ["return_override.asked", "return_override.approved"]


async def test_an_override_is_ended_at_once(live: LiveMoney) -> None:
    originator = await live.open()
    source = await live.bank_account()
    await count(live, originator, PLATFORM.account, 100, *["R03"] * 3)
    for owner in (ALL, PLATFORM.account):
        await approve(live, originator, await ask(live, originator, owner=owner), by=OPERATOR)
    await live.create(source)
    async with live.database.transaction() as conn:
        await return_rates.end_override(conn, originator, ALL, by=MAKER, now_ms=live.now_ms, ids=live.ids)
    with pytest.raises(ReturnRateError):
        await live.create(source)
    with pytest.raises(NoOverrideError):
        async with live.database.transaction() as conn:
            await return_rates.end_override(conn, originator, ALL, by=MAKER, now_ms=live.now_ms, ids=live.ids)


async def test_two_files_of_returns_at_once_lose_no_count(live: LiveMoney) -> None:
    originator = await live.open(SHOP.account)
    await asyncio.gather(*(count(live, originator, SHOP.account, 10, "R01") for _ in range(8)))
    async with live.database.connection() as conn:
        found = await return_rates.read_return_rates(conn, originator, SHOP.account, now_ms=live.now_ms)
        together = await return_rates.read_return_rates(conn, originator, ALL, now_ms=live.now_ms)
    assert (found.counts.debits, found.counts.returned) == (together.counts.debits, together.counts.returned) == (80, 8)


async def test_a_batch_that_was_rejected_before_its_file_is_taken_back_once(live: LiveMoney) -> None:
    await live.open()
    await live.create(await live.bank_account())
    while not (files := await rows(live.database, "SELECT * FROM ach_files WHERE status = 'sent'")):
        live.now_ms += DAY_MS // 24
        await live.work()
    (batch,) = await rows(live.database, "SELECT * FROM ach_batches")
    header = (
        "immediate_origin,immediate_destination,file_date,file_time,file_id_modifier,reference_code,level,"
        "batch_number,status,entries,total_debit,total_credit,reason_code,reason\n"
    )
    begin = f"1,2,{files[0]['file_date']:%y%m%d},{files[0]['file_time']},{files[0]['modifier']},R,"
    lines = [f"batch,{batch['number']},rejected,1,5000,0,X,no\n", "file,,rejected,1,5000,0,X,no\n"]
    (live.folder / "from-bank" / "ack_1.csv").write_text(header + "".join(begin + line for line in lines))
    await live.work()
    assert {each["status"] for each in await rows(live.database, "SELECT status FROM ach_files")} == {"rejected"}
    assert {each["debits"] for each in await rows(live.database, "SELECT debits FROM return_counts")} == {0}
