"""Micro-deposits verify a bank account, against a bank that shares no code with them: sent, stated, or sent back."""

import asyncio
import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from brim.api.framework.errors import render_error
from brim.api.wire_formats import WIRE_FORMATS
from brim.bank.commands import REHEARSAL_ROUTING
from brim.base.errors import ResourceMissingError
from brim.base.scope import AccountScope
from brim.core import direct_debits, funding, originators
from brim.core.direct_debits.microdeposit_rules import Limit
from brim.core.gauges import Gauges
from brim.core.idempotency import run_once
from brim.core.rails.ach import Microdeposits, Offset, SecCode
from brim.platform.database import Conn, Database
from tests.support.audits import TESTER
from tests.support.books import assert_books_hold, rows
from tests.support.live_money import NO_ACCOUNT, OPERATOR, PAYS, PLATFORM, LiveMoney, at

SHOP = AccountScope("acct_shop", livemode=True)
POOR = "000222222227"
ON = {"microdeposits": Microdeposits.CREDITS_AND_DEBIT}


@pytest_asyncio.fixture
async def live(database: Database, tmp_path: Path) -> LiveMoney:
    return LiveMoney(database, tmp_path)


@pytest_asyncio.fixture
async def rehearsal(database: Database, owner_database: Database, tmp_path: Path) -> LiveMoney:
    async with owner_database.connection() as conn:
        await conn.execute("INSERT INTO installation (kind, created_ms) VALUES ('rehearsal', 1)")
    return LiveMoney(database, tmp_path, routing=REHEARSAL_ROUTING)


async def set_of(live: LiveMoney, set_id: str) -> dict[str, Any]:
    (row,) = await rows(live.database, "SELECT * FROM prenotes WHERE id = $1", set_id)
    return row


async def source_of(live: LiveMoney, source: str) -> tuple[str, int]:
    found = await rows(live.database, "SELECT verification, attempts_left FROM funding_sources WHERE id = $1", source)
    return found[0]["verification"], found[0]["attempts_left"]


async def events_of(live: LiveMoney, set_id: str) -> list[str]:
    found = await rows(live.database, "SELECT type FROM events WHERE object_id = $1 ORDER BY id", set_id)
    return [row["type"].removeprefix("brim.microdeposits.") for row in found]


async def entries(live: LiveMoney) -> list[dict[str, Any]]:
    return await rows(live.database, "SELECT * FROM ach_entries ORDER BY topup, number")


async def breaks(live: LiveMoney) -> list[str]:
    return [row["detail"] for row in await rows(live.database, "SELECT detail FROM breaks ORDER BY opened_ms, kind")]


async def send(live: LiveMoney, source: str, *, scope: AccountScope = PLATFORM) -> str:
    """Send micro-deposits on the first day, so that they settle on the second."""
    started = await live.microdeposits(source, scope=scope)
    await live.until("2026-12-01 17:00")
    return started


async def test_two_credits_and_a_debit_of_their_sum_leave_together_and_whoever_states_them_is_verified(
    live: LiveMoney,
) -> None:
    await live.open(SHOP.account, **ON)
    source = await live.bank_account(scope=SHOP, verified=False)
    started = await live.microdeposits(source, scope=SHOP)
    assert (await set_of(live, started))["due_ms"] == at("2026-12-01 17:00")
    with pytest.raises(funding.MicrodepositsNotSentError, match="haven't been sent yet"):
        await live.state(source, 1, 2, scope=SHOP)
    await live.until("2026-12-01 17:00")
    (file,) = await rows(live.database, "SELECT * FROM ach_files")
    first, second = await live.amounts()
    total = first + second
    assert (file["entry_count"], file["total_debit"], file["total_credit"]) == (3, total, total)
    assert file["held_because"] is None
    batches = await rows(live.database, "SELECT * FROM ach_batches ORDER BY number")
    kinds = [(each["sec_code"], each["description"]) for each in batches]
    assert kinds == [("PPD", "ACCTVERIFY"), ("WEB", "ACCTVERIFY")]
    made = [(each["number"], each["transaction_code"], each["amount"]) for each in await entries(live)]
    assert made == [(1, 22, 0), (2, 22, 0), (3, 27, 0)]
    await live.until("2026-12-03 12:00")
    assert {each["status"] for each in await rows(live.database, "SELECT status FROM ach_batches")} == {"settled"}
    assert await live.ledger() == {"bank:operating": 0, "verification": 0}
    with pytest.raises(funding.UnverifiedFundingError):
        await live.create(source, scope=SHOP)
    wrong = await live.state(source, first, first, scope=SHOP)
    assert wrong["error"]["code"] == "payment_method_microdeposit_verification_amounts_mismatch"
    assert await source_of(live, source) == ("pending", 2)
    assert (await live.state(source, second, first, scope=SHOP))["status"] == "chargeable"
    assert await source_of(live, source) == ("verified", 2)
    row = await set_of(live, started)
    assert (row["status"], row["due_ms"], row["reason"]) == ("verified", None, None)
    assert await events_of(live, started) == ["created", "verified"]
    assert {each["status"] for each in await entries(live)} == {"released"}
    with pytest.raises(funding.AlreadyVerifiedError):
        await live.state(source, first, second, scope=SHOP)
    assert await live.create(source, scope=SHOP)
    assert await breaks(live) == []
    counted = await rows(live.database, "SELECT owner, debits FROM return_counts ORDER BY owner")
    assert [tuple(each.values()) for each in counted] == [("", 1), (SHOP.account, 1)]
    await assert_books_hold(live.database)


async def test_without_a_debit_the_platform_pays_and_companies_are_credited_by_their_class(live: LiveMoney) -> None:
    await live.open(microdeposits=Microdeposits.CREDITS, offset=Offset.NONE)
    source = await live.bank_account(verified=False, sec_code=SecCode.CCD)
    await send(live, source)
    await live.until("2026-12-03 12:00")
    (batch,) = await rows(live.database, "SELECT sec_code, total_debit, total_credit, status FROM ach_batches")
    total = sum(await live.amounts())
    assert tuple(batch.values()) == ("CCD", 0, total, "settled")
    assert await live.ledger() == {"bank:operating": -total, "verification": total}
    posted = await rows(live.database, "SELECT account, source_type, step FROM journal_entries")
    assert [tuple(each.values()) for each in posted] == [(PLATFORM.account, "microdeposits", "microdeposit_credit")]
    assert await rows(live.database, "SELECT * FROM return_counts") == []  # credits count nowhere
    assert await breaks(live) == []
    await assert_books_hold(live.database)


async def test_in_balanced_files_each_batch_is_balanced_on_the_originators_account(live: LiveMoney) -> None:
    live.bank_flags = ("--balanced",)
    await live.open(offset=Offset.CHECKING, **ON)
    await send(live, await live.bank_account(verified=False))
    topup = await live.create(await live.bank_account(), 5_000)
    await live.until("2026-12-04 12:00")
    first, *_ = files = await rows(live.database, "SELECT * FROM ach_files ORDER BY built_ms")
    total = sum(await live.amounts())
    assert (first["entry_count"], first["total_debit"], first["total_credit"]) == (5, 2 * total, 2 * total)
    assert {file["status"] for file in files} == {"settled"}
    assert await live.ledger() == {"bank:operating": 5_000, "verification": 0, "funding:clearing": -5_000}
    assert (await live.topup(topup))["status"] == "pending"
    assert await breaks(live) == []
    await assert_books_hold(live.database)


@pytest.mark.parametrize(
    ("number", "code", "returned", "balance"),
    [(NO_ACCOUNT, "R03", 3, 0), ("9902020000", "R02", 3, 0), ("9904020000", "R04", 3, 0), (POOR, "R01", 1, -1)],
)
async def test_one_that_comes_back_ends_the_verification_with_its_code(
    live: LiveMoney, number: str, code: str, returned: int, balance: int
) -> None:
    await live.open(**ON)
    source = await live.bank_account(number, verified=False)
    started = await send(live, source)
    amounts = await live.amounts(number)
    await live.until("2026-12-08 12:00")
    row = await set_of(live, started)
    assert (row["status"], row["return_code"], row["due_ms"]) == ("failed", code, None)
    assert await source_of(live, source) == ("failed", 3)
    assert await events_of(live, started) == ["created", "failed"]
    assert [each["return_code"] for each in await entries(live)].count(code) == returned
    assert (await live.ledger())["bank:operating"] == balance * sum(amounts)
    counted = await rows(live.database, "SELECT sum(debits) AS debits, sum(returned) AS returned FROM return_counts")
    assert (counted[0]["debits"], counted[0]["returned"]) == (2, 2)  # the debit, for the account and for all
    assert await rows(live.database, "SELECT * FROM ach_returns") == []
    with pytest.raises(funding.MicrodepositsNotSentError, match=f"they came back with {code}"):
        await live.state(source, *amounts)
    assert await breaks(live) == []
    await assert_books_hold(live.database)


async def test_a_test_clock_sends_micro_deposits_and_lets_them_expire(rehearsal: LiveMoney) -> None:
    live = rehearsal
    await live.open(**ON)
    await live.freeze("2026-12-01 12:00")
    stated, forgotten = [await live.bank_account(number, verified=False) for number in (PAYS, "000999999991")]
    sent = [await live.microdeposits(source) for source in (stated, forgotten)]
    with pytest.raises(funding.MicrodepositsNotSentError, match="haven't been sent yet"):
        await live.state(stated, 1, 2)
    await live.advance("2026-12-02 12:00")
    first, second = await live.amounts()
    assert (await live.state(stated, first, first))["error"]["message"]
    assert (await live.state(stated, second, first))["status"] == "chargeable"
    assert (await set_of(live, sent[0]))["status"] == "verified"
    await live.advance("2026-12-12 12:00")
    assert (await set_of(live, sent[1]))["status"] == "pending"
    await live.advance("2026-12-14 12:00")
    over = await set_of(live, sent[1])
    assert (over["status"], over["reason"]) == ("failed", "The amounts weren't confirmed in time.")
    assert over["ended_ms"] == at("2026-12-13 09:00")
    assert (await live.ledger())["verification"] == 0
    await assert_books_hold(live.database)


async def test_sets_and_returns_of_thirty_days_are_figures(live: LiveMoney, tmp_path: Path) -> None:
    await live.open(SHOP.account, **ON)
    await live.microdeposits(await live.bank_account(NO_ACCOUNT, scope=SHOP, verified=False), scope=SHOP)
    await send(live, await live.bank_account(verified=False))
    await live.until("2026-12-05 12:00")
    read = await Gauges(live.database, lambda: live.now_ms, data_dir=tmp_path).read()
    figures = {each.name: dict(each.samples) for each in read if each.name.startswith("brim_microdeposits")}
    of = (PLATFORM.account,)
    assert figures == {"brim_microdeposits": {of: 2}, "brim_microdeposits_returned": {of: 1}}


async def test_a_late_return_takes_the_verification_away(live: LiveMoney) -> None:
    await live.open(**ON)
    source = await live.bank_account("9902080000", verified=False)
    started = await send(live, source)
    await live.until("2026-12-03 12:00")
    assert "error" not in await live.state(source, *await live.amounts("9902080000"))
    await live.until("2026-12-15 12:00")
    assert (await set_of(live, started))["return_code"] == "R02"
    assert await source_of(live, source) == ("failed", 3)
    assert await events_of(live, started) == ["created", "verified", "failed"]
    await assert_books_hold(live.database)


async def test_after_three_wrong_statements_only_new_micro_deposits_help(live: LiveMoney) -> None:
    await live.open(**ON)
    source = await live.bank_account(verified=False)
    started = await send(live, source)
    first, second = await live.amounts()
    codes = [(await live.state(source, first, first, key=f"k{n}"))["error"]["code"] for n in range(3)]
    prefix = "payment_method_microdeposit_verification_"
    assert codes == [f"{prefix}amounts_mismatch"] * 2 + [f"{prefix}attempts_exceeded"]
    assert (await live.state(source, first, first, key="k1"))["error"]["code"] == codes[1]  # counted once
    row = await set_of(live, started)
    assert (row["status"], row["reason"]) == ("failed", "Wrong amounts were entered too often.")
    assert "too many wrong attempts" in (await live.state(source, first, second))["error"]["message"]
    assert await source_of(live, source) == ("failed", 0)
    again = await live.microdeposits(source)
    assert await source_of(live, source) == ("pending", 3)
    await live.until("2026-12-02 17:00")
    assert (await live.state(source, first, second))["error"]["code"] == f"{prefix}amounts_mismatch"  # those of before
    assert "error" not in await live.state(source, *(await live.amounts())[2:])
    assert (await set_of(live, again))["status"] == "verified"
    await assert_books_hold(live.database)


async def test_amounts_that_nobody_states_in_ten_days_expire(live: LiveMoney) -> None:
    await live.open(**ON)
    source = await live.bank_account(verified=False)
    started = await send(live, source)
    await live.until("2026-12-04 12:00")
    assert (await set_of(live, started))["due_ms"] == at("2026-12-13 09:00")
    await live.until("2026-12-13 08:59")
    assert (await set_of(live, started))["status"] == "pending"
    await live.until("2026-12-13 09:00")
    row = await set_of(live, started)
    assert (row["status"], row["reason"]) == ("failed", "The amounts weren't confirmed in time.")
    assert await source_of(live, source) == ("failed", 3)
    late = await live.state(source, *await live.amounts())
    assert late["error"]["code"] == "payment_method_microdeposit_verification_timeout"
    assert {each["status"] for each in await entries(live)} == {"released"}


async def test_who_states_amounts_too_late_is_refused_although_no_worker_was_there(live: LiveMoney) -> None:
    await live.open(**ON)
    source = await live.bank_account(verified=False)
    started = await send(live, source)
    amounts = await live.amounts()
    live.now_ms = at("2026-12-20 12:00")
    assert (await live.state(source, *amounts))["error"]["code"].endswith("_timeout")
    assert (await set_of(live, started))["reason"] == "The amounts weren't confirmed in time."


async def resubmit(live: LiveMoney, file_id: str) -> int:
    async with live.database.transaction() as conn:
        return await direct_debits.resubmit_file(conn, PLATFORM, file_id, by=TESTER, now_ms=live.now_ms, ids=live.ids)


async def test_a_rejected_file_goes_out_again_whole_and_a_voided_one_does_too(live: LiveMoney) -> None:
    await live.open(requires_approval=True, **ON)
    source = await live.bank_account(verified=False)
    script = live.folder / "script.toml"
    script.write_text('[[rule]]\naction = "reject"\nfile = "20261201*"\nreason = "no"\n', encoding="utf-8")
    await live.bank("script", str(script))
    started = await live.microdeposits(source)
    await live.until("2026-12-01 17:05")
    await live.until("2026-12-01 17:40")  # nobody has approved it: it is made anew

    async def approve() -> str:
        (file,) = await rows(live.database, "SELECT id FROM ach_files WHERE status = 'built'")
        async with live.database.transaction() as conn:
            await direct_debits.approve_file(
                conn,
                PLATFORM,
                file["id"],
                sha256=None,
                approvers=1,
                renderers=WIRE_FORMATS,
                by=OPERATOR,
                now_ms=live.now_ms,
                ids=live.ids,
            )
        return str(file["id"])

    with pytest.raises(funding.MicrodepositsNotSentError, match="haven't been sent yet"):
        await live.state(source, 1, 2)
    rejected = await approve()
    await live.until("2026-12-03 12:00")
    assert await resubmit(live, rejected) == 3
    await live.work()
    await approve()
    await live.work()
    await live.until("2026-12-08 12:00")
    sent = await entries(live)
    assert [each["number"] for each in sent] == [1, 2, 3]
    assert len({each["file"] for each in sent}) == 1
    assert {each["status"] for each in sent} == {"confirmed"}
    assert "error" not in await live.state(source, *(await live.amounts())[-2:])
    assert (await set_of(live, started))["status"] == "verified"
    await assert_books_hold(live.database)


async def test_a_debit_never_leaves_without_its_credits(live: LiveMoney) -> None:
    await live.open(**ON)
    await send(live, await live.bank_account(verified=False))
    async with live.database.connection() as conn:  # as the bank refuses a batch, and a person lets it go out again
        await conn.execute(
            "UPDATE ach_entries SET status = 'queued', file = NULL, effective_date = NULL, batch = NULL, trace = NULL, "
            "confirmed_by = NULL, confirmed_ms = NULL WHERE number = 3"
        )
    await live.until("2026-12-02 18:00")
    assert [each["status"] for each in await entries(live)][2] == "refused"
    assert len(await rows(live.database, "SELECT * FROM ach_files")) == 1


async def test_a_stop_keeps_them_back_and_what_is_not_needed_is_canceled(live: LiveMoney) -> None:
    await live.open(**ON)
    sources = [await live.bank_account(verified=False) for _ in range(3)]
    started = [await live.microdeposits(source) for source in sources]
    async with live.database.transaction() as conn:
        await conn.execute("UPDATE funding_sources SET is_detached = true WHERE id = $1", sources[0])
        await funding.note_verification(
            conn, PLATFORM, sources[1], evidence="call", by=TESTER, now_ms=live.now_ms, ids=live.ids
        )
        await originators.stop_rail(
            conn, PLATFORM, rail="ach", account=None, reason="audit", by=TESTER, now_ms=live.now_ms, ids=live.ids
        )
    with pytest.raises(originators.RailStoppedError):
        await live.microdeposits(await live.bank_account(verified=False))
    await live.until("2026-12-01 18:00")
    assert [(await set_of(live, each))["status"] for each in started] == ["canceled", "canceled", "pending"]
    assert await events_of(live, started[0]) == ["created", "canceled"]
    assert await entries(live) == []
    async with live.database.transaction() as conn:
        await originators.resume_rail(
            conn, PLATFORM, rail="ach", account=None, by=TESTER, now_ms=live.now_ms, ids=live.ids
        )
    await live.until("2026-12-02 17:00")
    assert "error" not in await live.state(sources[2], *await live.amounts())


@pytest.mark.parametrize("code", ["C01", "C05", "C06"])
async def test_a_notification_of_change_corrects_the_bank_account_and_the_amounts_still_verify_it(
    live: LiveMoney, code: str
) -> None:
    await live.open(**ON)
    number = f"98{code[1:]}000000"
    source = await live.bank_account(number, verified=False)
    started = await send(live, source)
    await live.until("2026-12-04 12:00")
    assert (await set_of(live, started))["change_code"] == code
    corrected = await rows(live.database, "SELECT status FROM corrections ORDER BY id")
    assert sorted(each["status"] for each in corrected) == ["applied", "noted", "noted"]
    assert "error" not in await live.state(source, *await live.amounts(number))
    assert await breaks(live) == []


async def test_limits_hold_and_whoever_reaches_one_is_told(live: LiveMoney) -> None:
    limits = {"microdeposits_per_bank_account": 2, "microdeposits_per_account_day": 3, "microdeposits_per_day": 4}
    await live.open(SHOP.account, **ON, **limits)
    same = [await live.bank_account(verified=False) for _ in range(3)]
    for source in same[:2]:
        await live.microdeposits(source)
    with pytest.raises(direct_debits.MicrodepositLimitError) as refused:
        await live.microdeposits(same[2])
    assert refused.value.limit is Limit.BANK_ACCOUNT
    others = [await live.bank_account(f"8{n}", verified=False, scope=SHOP if n > 1 else PLATFORM) for n in range(4)]
    await live.microdeposits(others[1])
    with pytest.raises(direct_debits.MicrodepositLimitError) as refused:
        await live.microdeposits(others[0])
    assert refused.value.limit is Limit.ACCOUNT
    await live.microdeposits(others[2], scope=SHOP)
    with pytest.raises(direct_debits.MicrodepositLimitError) as refused:
        await live.microdeposits(others[3], scope=SHOP)
    assert refused.value.limit is Limit.DAY
    told = await rows(
        live.database, "SELECT account, payload FROM events WHERE type LIKE '%limit_reached' ORDER BY created, id"
    )
    assert {each["account"] for each in told} == {PLATFORM.account}
    assert sorted(json.loads(each["payload"])["limit"] for each in told) == ["account", "bank_account", "day"]
    await live.until("2026-12-02 10:00")  # another day, and the same thirty
    await live.microdeposits(others[3], scope=SHOP)
    with pytest.raises(direct_debits.MicrodepositLimitError):
        await live.microdeposits(same[2])


async def test_a_refused_start_leaves_the_bank_account_as_it_was(live: LiveMoney) -> None:
    """A refusal that is kept as an answer must not keep what was written before it: attempts would begin anew."""
    await live.open(microdeposits_per_bank_account=1, **ON)
    source = await live.bank_account(verified=False)
    await send(live, source)
    first, _ = await live.amounts()
    for _ in range(3):
        await live.state(source, first, first)

    async def work(conn: Conn) -> bytes:
        await direct_debits.start_microdeposits(
            conn, live.vault, PLATFORM, source, renderers=WIRE_FORMATS, by=TESTER, now_ms=live.now_ms, ids=live.ids
        )
        return b"{}"

    with pytest.raises(direct_debits.MicrodepositLimitError):
        await run_once(live.database, live.attempt(), work, render_error=render_error)
    assert await source_of(live, source) == ("failed", 0)
    told = await rows(live.database, "SELECT FROM audit_log WHERE action = 'funding_source.microdeposits_started'")
    assert len(told) == 1


async def test_too_many_returns_stop_micro_deposits(live: LiveMoney, owner_database: Database) -> None:
    await live.open(microdeposit_return_percent=10, **ON)
    await send(live, await live.bank_account(NO_ACCOUNT, verified=False))
    async with owner_database.connection() as conn:  # nineteen others, of which one came back
        await conn.execute(
            "INSERT INTO prenotes (account, livemode, id, funding_source, status, created_ms, expected_ms, ended_ms, "
            "return_code, sealed, fingerprint, has_debit) SELECT account, livemode, id || n, funding_source || n, "
            "'failed', created_ms, 1, 1, CASE n WHEN 1 THEN 'R03' END, sealed, 'x', true "
            "FROM prenotes, generate_series(1, 19) AS n"
        )
    await live.until("2026-12-04 23:00")
    (told,) = await rows(live.database, "SELECT payload FROM events WHERE type LIKE '%limit_reached'")
    assert json.loads(told["payload"])["limit"] == "returns"
    with pytest.raises(direct_debits.MicrodepositLimitError) as refused:
        await live.microdeposits(await live.bank_account(verified=False))
    assert refused.value.limit is Limit.RETURNS


async def test_a_profile_without_micro_deposits_sends_none(live: LiveMoney) -> None:
    await live.open()
    source = await live.bank_account(verified=False)
    with pytest.raises(direct_debits.MicrodepositsOffError):
        await live.microdeposits(source)


async def outcomes(*works: Any) -> list[str]:
    found = await asyncio.gather(*works, return_exceptions=True)
    return sorted(type(each).__name__ if isinstance(each, BaseException) else "done" for each in found)


async def test_of_two_verifications_at_once_one_is_started(live: LiveMoney) -> None:
    await live.open(**ON)
    source = await live.bank_account(verified=False)
    assert await outcomes(*(live.microdeposits(source) for _ in range(4))) == [
        *["MicrodepositsPendingError"] * 3,
        "done",
    ]
    with pytest.raises(direct_debits.MicrodepositsPendingError):
        await live.prenote(source)
    other = await live.bank_account(verified=False)
    found = await outcomes(live.microdeposits(other), live.prenote(other))
    assert found[-1] == "done"
    assert found[0] in {"MicrodepositsPendingError", "PrenotePendingError"}


async def test_amounts_stated_twice_at_once_verify_once(live: LiveMoney) -> None:
    await live.open(**ON)
    source = await live.bank_account(verified=False)
    started = await send(live, source)
    amounts = await live.amounts()
    found = await outcomes(*(live.state(source, *amounts) for _ in range(4)))
    assert found == [*["AlreadyVerifiedError"] * 3, "done"]
    assert await events_of(live, started) == ["created", "verified"]
    assert await source_of(live, source) == ("verified", 3)


async def test_of_wrong_statements_at_once_three_count(live: LiveMoney) -> None:
    await live.open(**ON)
    source = await live.bank_account(verified=False)
    started = await send(live, source)
    first, _ = await live.amounts()
    replies = await asyncio.gather(*(live.state(source, first, first) for _ in range(3)), return_exceptions=True)
    assert all(isinstance(each, dict) and "error" in each for each in replies)
    assert await source_of(live, source) == ("failed", 0)
    assert await events_of(live, started) == ["created", "failed"]


async def test_a_return_that_arrives_while_amounts_are_stated_wins_in_the_end(live: LiveMoney) -> None:
    await live.open(**ON)
    source = await live.bank_account(NO_ACCOUNT, verified=False)
    started = await send(live, source)
    amounts = await live.amounts(NO_ACCOUNT)
    live.now_ms = at("2026-12-04 17:00")  # its returns have been sent by then, and are not read
    await live.advance_bank()
    await live.incoming.receive_all(live.database, now_ms=live.now_ms, ids=live.ids)
    await asyncio.gather(
        live.state(source, *amounts),
        live.incoming.apply_all(live.database, clock=lambda: live.now_ms, ids=live.ids),
        return_exceptions=True,
    )
    await live.work()
    row = await set_of(live, started)
    assert (row["status"], row["return_code"]) == ("failed", "R03")
    assert (await source_of(live, source))[0] == "failed"
    assert (await events_of(live, started))[-1] == "failed"
    assert await breaks(live) == []
    await assert_books_hold(live.database)


async def test_amounts_are_nowhere_but_in_the_sealed_row_the_file_and_at_the_bank(live: LiveMoney) -> None:
    """Two that nothing else has: a sum that no page shows as such, in rows, events, and the audit log."""
    await live.open(**ON)
    draw = (71, 67)

    async def start(conn: Conn) -> direct_debits.Prenote:
        source = await live.bank_account(verified=False)
        return await direct_debits.start_microdeposits(
            conn,
            live.vault,
            PLATFORM,
            source,
            renderers=WIRE_FORMATS,
            by=TESTER,
            now_ms=live.now_ms,
            ids=live.ids,
            draw=lambda: draw,
        )

    started = await live.database.transact(start)
    assert started.sealed is not None
    assert b"7167" not in started.sealed
    await live.until("2026-12-03 12:00")
    assert await live.amounts() == list(draw)
    for table in ("events", "audit_log", "ach_entries", "journal_entries", "statement_lines", "prenotes"):
        for row in await rows(live.database, f"SELECT * FROM {table}"):
            assert not {value for value in row.values() if value in draw}, table
            assert '"amount":71' not in str(row)


@pytest.mark.parametrize("ended", ["deleted_ms = 1", 'details = \'{"rejected": "fraud"}\''])
async def test_what_has_not_left_of_a_deleted_or_rejected_account_is_canceled(live: LiveMoney, ended: str) -> None:
    """Also what waits in the queue already; the account says nothing more, so what has left expires."""
    await live.open(SHOP.account, **ON)
    sent = await send(live, await live.bank_account(scope=SHOP, verified=False), scope=SHOP)
    due, queued = [
        await live.microdeposits(await live.bank_account(scope=SHOP, verified=False), scope=SHOP) for _ in range(2)
    ]
    prenote = await live.prenote(await live.bank_account(scope=SHOP, verified=False), scope=SHOP)
    await rows(live.database, "UPDATE prenotes SET due_ms = $1 WHERE id = $2", live.now_ms, queued)
    await live.claim()
    assert len(await entries(live)) == 6
    await rows(live.database, f"UPDATE accounts SET {ended} WHERE account = 'acct_shop'")
    await live.until("2026-12-02 18:00")
    for each in (due, queued, prenote):
        row = await set_of(live, each)
        assert (row["status"], row["reason"]) == ("canceled", "The account was deleted or rejected.")
    assert len(await rows(live.database, "SELECT * FROM ach_files")) == 1
    await live.until("2026-12-13 12:00")
    assert (await set_of(live, sent))["reason"] == "The amounts weren't confirmed in time."
    assert await breaks(live) == []
    await assert_books_hold(live.database)


async def test_those_to_a_bank_account_that_is_detached_after_they_left_expire(live: LiveMoney) -> None:
    await live.open(**ON)
    source = await live.bank_account(verified=False)
    started = await send(live, source)
    await rows(live.database, "UPDATE funding_sources SET is_detached = true")
    with pytest.raises(ResourceMissingError):
        await live.state(source, *await live.amounts())
    await live.until("2026-12-13 12:00")
    row = await set_of(live, started)
    assert (row["status"], row["reason"]) == ("failed", "The amounts weren't confirmed in time.")
    assert await events_of(live, started) == ["created", "failed"]
    assert {each["status"] for each in await entries(live)} == {"released"}
    assert await breaks(live) == []


async def test_a_refused_notification_about_a_credit_has_the_code_of_credits(live: LiveMoney) -> None:
    await live.open(**ON)
    await send(live, await live.bank_account("9809000000", verified=False))
    await live.until("2026-12-04 12:00")
    for row in await rows(live.database, "SELECT id FROM corrections WHERE status = 'open'"):
        async with live.database.transaction() as conn:
            await direct_debits.refuse_correction(
                conn, PLATFORM, row["id"], code="C65", by=OPERATOR, now_ms=live.now_ms, ids=live.ids
            )
    await live.until("2026-12-08 12:00")
    (file,) = await rows(live.database, "SELECT DISTINCT refusal_file AS id FROM corrections")
    async with live.database.transaction() as conn:
        found = await direct_debits.find_file(conn, PLATFORM, file["id"])
        text = (await direct_debits.service.read_bytes(conn, live.vault, found)).decode().splitlines()
    told = [(line[1:3], addenda[3:6]) for line, addenda in pairwise(text) if addenda.startswith("798")]
    assert sorted(told) == [("21", "C65"), ("21", "C65"), ("26", "C65")]
