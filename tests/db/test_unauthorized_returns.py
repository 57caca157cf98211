"""A return for lack of authorization ends the holder's authorization: nothing else is debited without a new one."""

from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from brim.api.wire_formats import WIRE_FORMATS
from brim.bank.commands import REHEARSAL_ROUTING
from brim.core import direct_debits, originators
from brim.core.direct_debits import entry_store
from brim.core.direct_debits.applying import Applied, apply_return
from brim.core.direct_debits.retry_rules import NEVER_AUTHORIZED
from brim.core.rails.ach import Microdeposits, SecCode
from brim.core.rails.ach.nacha import RETURN_CODES
from brim.core.reversals import ReversalReason
from brim.platform.database import Database
from tests.support.audits import TESTER
from tests.support.books import assert_books_hold, rows
from tests.support.live_money import OPERATOR, PLATFORM, LiveMoney, at


@pytest_asyncio.fixture
async def live(database: Database, tmp_path: Path) -> LiveMoney:
    return LiveMoney(database, tmp_path)


@pytest_asyncio.fixture
async def rehearsal(database: Database, owner_database: Database, tmp_path: Path) -> LiveMoney:
    async with owner_database.connection() as conn:
        await conn.execute("INSERT INTO installation (kind, created_ms) VALUES ('rehearsal', 1)")
    return LiveMoney(database, tmp_path, routing=REHEARSAL_ROUTING)


async def authorizations(live: LiveMoney, source: str) -> list[dict[str, Any]]:
    return await rows(live.database, "SELECT * FROM authorizations WHERE funding_source = $1 ORDER BY id", source)


async def authorize(live: LiveMoney, source: str) -> None:
    async with live.database.connection() as conn:
        await originators.authorize(
            conn,
            PLATFORM,
            funding_source=source,
            sec_code=SecCode.WEB,
            text="I authorize debits again.",
            accepted_ms=live.now_ms,
            evidence={},
            by=TESTER,
            now_ms=live.now_ms,
            ids=live.ids,
        )


async def come_back(live: LiveMoney, topup: str, code: str = "R10", trace: str = "110000000000077") -> Applied:
    """Apply a return of a top-up's first debit, as a worker that reads it now."""
    async with live.database.transaction() as conn:
        entry, *_ = await entry_store.list_entries_of_topups(conn, PLATFORM, [topup])
        return await apply_return(
            conn,
            entry,
            code=code,
            trace=trace,
            profile=live.profile(),
            renderers=WIRE_FORMATS,
            now_ms=live.now_ms,
            ids=live.ids,
        )


async def test_the_codes_that_say_so_end_the_authorization_and_others_do_not(live: LiveMoney) -> None:
    await live.open()
    codes = [*sorted(NEVER_AUTHORIZED & RETURN_CODES.keys()), "R01", "R08", "R11", "R31"]
    sources = {code: await live.bank_account(f"99{code[1:]}020000") for code in codes}
    made = {code: await live.create(source, 1_000) for code, source in sources.items()}
    await live.until("2026-12-01 17:10")
    waiting = await live.create(sources["R10"], 2_000)
    await live.until("2026-12-04 23:30")
    for code, source in sources.items():
        assert (await live.topup(made[code]))["status"] == "failed"
        (found,) = await authorizations(live, source)
        if code not in NEVER_AUTHORIZED:
            assert found["ended_ms"] is None, code
            assert await live.create(source, 1_001)
            continue
        assert (found["end_reason"], found["ended_ms"] is not None) == (f"returned with {code}", True)
        with pytest.raises(originators.NotAuthorizedError):
            await live.create(source, 1_001)
        (line,) = await rows(
            live.database,
            "SELECT actor_kind, detail FROM audit_log WHERE object = $1 AND action = 'authorization.ended'",
            found["id"],
        )
        assert (line["actor_kind"], line["detail"]) == ("job", f"{made[code]}: {code}")
    assert (await live.topup(waiting))["status"] in {"pending", "failed"}  # it was at the bank by then
    await authorize(live, sources["R07"])
    assert await live.create(sources["R07"], 1_002)
    assert await rows(live.database, "SELECT detail FROM breaks") == []
    await assert_books_hold(live.database)


async def test_what_waits_for_its_cut_off_is_stuck_and_can_be_canceled(live: LiveMoney) -> None:
    await live.open()
    source = await live.bank_account()
    returned = await live.create(source, 1_000)
    await live.until("2026-12-01 17:10")
    await live.until("2026-12-03 18:00")
    waiting = await live.create(source, 2_000)
    assert await come_back(live, returned) is Applied.FAILED
    await live.until("2026-12-04 18:00")
    (stuck,) = await rows(live.database, "SELECT error FROM due_exceptions WHERE object_id = $1", waiting)
    assert "the authorization of the account holder has ended" in stuck["error"]
    assert await live.cancel(waiting)


async def test_a_late_return_leaves_an_authorization_that_is_newer_than_its_debit(live: LiveMoney) -> None:
    await live.open()
    source = await live.bank_account()
    first, second = [await live.create(source, amount) for amount in (1_000, 2_000)]
    await live.until("2026-12-08 12:00")
    assert await come_back(live, first) is Applied.REVERSED
    (old,) = await authorizations(live, source)
    assert old["ended_ms"] == live.now_ms
    live.now_ms += 1_000
    await authorize(live, source)
    assert await come_back(live, second, trace="110000000000078") is Applied.REVERSED
    assert await come_back(live, first) is Applied.KNOWN
    before, new = await authorizations(live, source)
    assert (before["ended_ms"], new["ended_ms"]) == (old["ended_ms"], None)
    third = await live.create(source, 3_000)
    await live.until("2026-12-09 12:00")
    assert await come_back(live, third, "R29", "110000000000079") is Applied.FAILED
    assert (await authorizations(live, source))[1]["end_reason"] == "returned with R29"


async def test_in_the_time_of_a_test_clock_it_ends_too(rehearsal: LiveMoney) -> None:
    live = rehearsal
    await live.open()
    await live.freeze("2026-12-01 10:00")
    live.now_ms = at("2027-03-01 10:00")  # the authorization is recorded in real time
    source = await live.bank_account("9910020000")
    await live.create(source, 1_000)
    for moment in ("2026-12-01 17:01", "2026-12-02 23:30", "2026-12-04 23:30"):
        await live.advance(moment)
    (found,) = await authorizations(live, source)
    assert found["end_reason"] == "returned with R10"


async def test_one_that_cannot_be_applied_because_a_reversal_has_left_ends_it(live: LiveMoney) -> None:
    await live.open()
    source = await live.bank_account()
    topup = await live.create(source, 1_000)
    await live.until("2026-12-02 12:00")
    async with live.database.transaction() as conn:
        reversal = await direct_debits.request_reversal(
            conn,
            PLATFORM,
            topup,
            reason=ReversalReason.WRONG_AMOUNT,
            renderers=WIRE_FORMATS,
            by=OPERATOR,
            now_ms=live.now_ms,
            ids=live.ids,
        )
    (file,) = await rows(live.database, "SELECT id FROM ach_files")
    await rows(
        live.database,
        "UPDATE ach_reversals SET file = $1, batch = 1, trace = '110000000000001' WHERE id = $2",
        file["id"],
        reversal.id,
    )
    assert await come_back(live, topup, "R01") is Applied.CONFLICT
    (found,) = await authorizations(live, source)
    assert found["ended_ms"] is None
    assert await come_back(live, topup, "R07") is Applied.CONFLICT
    (found,) = await authorizations(live, source)
    assert found["end_reason"] == "returned with R07"


async def test_a_return_of_the_debit_of_micro_deposits_ends_it_and_one_of_a_prenote_does(live: LiveMoney) -> None:
    await live.open(microdeposits=Microdeposits.CREDITS_AND_DEBIT)
    by_micro, by_prenote = [await live.bank_account("9910010000", verified=False) for _ in range(2)]
    await live.microdeposits(by_micro)
    await live.prenote(by_prenote)
    rule = live.folder / "rule.toml"
    rule.write_text('[[rule]]\naccount = "9910010000"\naction = "return"\ncode = "R10"\ndays = 1\n', encoding="utf-8")
    await live.bank("script", str(rule))
    await live.until("2026-12-04 23:30")
    for source in (by_micro, by_prenote):
        (found,) = await authorizations(live, source)
        assert found["end_reason"] == "returned with R10"
    with pytest.raises(originators.NotAuthorizedError):
        await live.microdeposits(by_micro)
    assert live.now_ms > at("2026-12-04 17:00")
    await assert_books_hold(live.database)
