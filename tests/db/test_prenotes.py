"""A prenote verifies a bank account, against a bank that shares no code with it: out in a file, back or not."""

import json
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from brim.api.wire_formats import WIRE_FORMATS
from brim.bank.commands import REHEARSAL_ROUTING
from brim.base.errors import NotInTestModeError, ResourceMissingError
from brim.base.scope import AccountScope
from brim.core import direct_debits, funding, originators
from brim.core.bank_accounts import Verification
from brim.core.rails.ach import SecCode
from brim.platform.database import Conn, Database
from tests.support.audits import TESTER
from tests.support.books import assert_books_hold, rows
from tests.support.live_money import NO_ACCOUNT, OPERATOR, PAYS, PLATFORM, LiveMoney, at

SHOP = AccountScope("acct_shop", livemode=True)
CLOSED, MISCORRECTED, CLOSED_LATE, CLOSED_NEXT_DAY = "000111111113", "9701000000", "9902080000", "9902010000"


@pytest_asyncio.fixture
async def live(database: Database, tmp_path: Path) -> LiveMoney:
    return LiveMoney(database, tmp_path)


async def prenote_of(live: LiveMoney, prenote_id: str) -> dict[str, Any]:
    (row,) = await rows(live.database, "SELECT * FROM prenotes WHERE id = $1", prenote_id)
    return row


async def verification_of(live: LiveMoney, source: str) -> str:
    (row,) = await rows(live.database, "SELECT verification FROM funding_sources WHERE id = $1", source)
    return str(row["verification"])


async def entries_at_the_bank(live: LiveMoney) -> list[dict[str, Any]]:
    shown = json.loads(await live.bank("show", "--json", "--entries", "1000"))
    return list(shown["entries"])


async def stuck(live: LiveMoney) -> list[str]:
    await direct_debits.forget_prenote_exceptions(live.database)
    return [row["error"] for row in await rows(live.database, "SELECT error FROM due_exceptions ORDER BY object_id")]


async def events_of(live: LiveMoney, prenote_id: str) -> list[str]:
    found = await rows(live.database, "SELECT type FROM events WHERE object_id = $1 ORDER BY id", prenote_id)
    return [row["type"].removeprefix("brim.prenote.") for row in found]


async def breaks(live: LiveMoney) -> list[str]:
    return [row["kind"] for row in await rows(live.database, "SELECT kind FROM breaks ORDER BY opened_ms, kind")]


async def test_a_prenote_leaves_at_the_cutoff_and_verifies_on_the_third_banking_day_after_its_settlement(
    live: LiveMoney,
) -> None:
    await live.open(SHOP.account)
    source = await live.bank_account(scope=SHOP, verified=False)
    with pytest.raises(funding.UnverifiedFundingError, match="not verified yet"):
        await live.create(source, scope=SHOP)
    prenote = await live.prenote(source, scope=SHOP)
    row = await prenote_of(live, prenote)
    assert (row["status"], row["due_ms"]) == ("pending", at("2026-12-01 17:00"))
    assert row["expected_ms"] == at("2026-12-07 09:00")
    await live.until("2026-12-01 16:59")
    assert await rows(live.database, "SELECT * FROM ach_files") == []
    await live.until("2026-12-01 17:00")
    (file,) = await rows(live.database, "SELECT * FROM ach_files")
    assert (file["status"], file["entry_count"], file["total_debit"], file["total_credit"]) == ("acknowledged", 1, 0, 0)
    (entry,) = await entries_at_the_bank(live)
    assert (entry["code"], entry["amount"]) == ("28", 0)
    await live.until("2026-12-07 08:59")
    assert (await prenote_of(live, prenote))["status"] == "pending"
    with pytest.raises(funding.UnverifiedFundingError):
        await live.create(source, scope=SHOP)
    await live.until("2026-12-07 09:00")
    row = await prenote_of(live, prenote)
    assert (row["status"], row["ended_ms"], row["due_ms"]) == ("verified", at("2026-12-07 09:00"), None)
    assert await verification_of(live, source) == "verified"
    assert await events_of(live, prenote) == ["created", "verified"]
    topup = await live.create(source, scope=SHOP)
    await live.until("2026-12-07 17:00")
    await live.until("2026-12-12 12:00")
    assert (await live.topup(topup))["status"] == "succeeded"
    assert await breaks(live) == []
    assert await stuck(live) == []
    assert await live.ledger() == {"bank:operating": 5_000, "funding:clearing": 0, "balance:available": -5_000}
    told = await rows(
        live.database,
        "SELECT action, actor_kind, account FROM audit_log WHERE object = $1 AND action LIKE 'funding%' ORDER BY id",
        source,
    )
    assert [(row["action"], row["actor_kind"], row["account"]) for row in told] == [
        ("funding_source.prenote_started", TESTER.kind, SHOP.account),
        ("funding_source.verified", "job", SHOP.account),
    ]
    await assert_books_hold(live.database)


async def _file(live: LiveMoney) -> dict[str, Any]:
    (row,) = await rows(live.database, "SELECT id, status, settled_ms FROM ach_files")
    return row


async def test_a_file_of_prenotes_only_is_settled_once_these_have_waited(live: LiveMoney) -> None:
    await live.open()
    for number in (PAYS, MISCORRECTED):  # one that nobody can verify keeps no file open
        await live.prenote(await live.bank_account(number, verified=False))
    await live.until("2026-12-01 17:00")
    await live.until("2026-12-07 08:59")
    assert (await _file(live))["status"] == "acknowledged"
    await live.until("2026-12-07 09:00")
    file = await _file(live)
    assert (file["status"], file["settled_ms"]) == ("settled", at("2026-12-07 09:00"))
    told = await rows(live.database, "SELECT type FROM events WHERE object_id = $1 ORDER BY id", file["id"])
    assert [row["type"] for row in told][-2:] == ["brim.ach_file.acknowledged", "brim.ach_file.settled"]


async def test_a_file_of_prenotes_only_is_settled_once_all_came_back(live: LiveMoney) -> None:
    await live.open()
    for number in (CLOSED_NEXT_DAY, NO_ACCOUNT):
        await live.prenote(await live.bank_account(number, verified=False))
    await live.until("2026-12-01 17:00")
    await live.until("2026-12-03 23:00")  # one did
    assert (await _file(live))["status"] == "acknowledged"
    await live.until("2026-12-04 23:00")
    assert (await _file(live))["status"] == "settled"


async def test_a_file_of_prenotes_only_whose_batches_alone_the_bank_acknowledges_is_settled_too(
    live: LiveMoney,
) -> None:
    await live.open()
    await live.prenote(await live.bank_account(verified=False))
    live.now_ms = at("2026-12-01 17:00")
    await live.work()
    await live.advance_bank()
    (path,) = (live.folder / "from-bank").glob("ack_*")
    lines = path.read_text(encoding="ascii").splitlines()
    path.write_text("".join(f"{line}\n" for line in lines if ",file," not in line), encoding="ascii")
    await live.until("2026-12-07 08:59")
    assert (await _file(live))["status"] == "sent"
    await live.until("2026-12-07 09:00")
    assert (await _file(live))["status"] == "settled"


async def test_prenotes_and_debits_share_a_file_which_settles_by_the_debits_alone(live: LiveMoney) -> None:
    await live.open()
    prenotes = [await live.prenote(await live.bank_account(verified=False)) for _ in range(2)]
    topups = [await live.create(await live.bank_account(), 1_000 + number) for number in range(2)]
    written = await live.bank_account(verified=False)  # a batch of its own, of prenotes only
    async with live.database.connection() as conn:
        await originators.authorize(
            conn,
            PLATFORM,
            funding_source=written,
            sec_code=SecCode.PPD,
            text="I authorize debits.",
            accepted_ms=live.now_ms,
            evidence={},
            by=TESTER,
            now_ms=live.now_ms,
            ids=live.ids,
        )
    prenotes.append(await live.prenote(written))
    await live.until("2026-12-01 17:00")
    (file,) = await rows(live.database, "SELECT * FROM ach_files")
    assert (file["entry_count"], file["total_debit"], file["held_because"]) == (5, 2_001, None)
    await live.until("2026-12-03 12:00")
    batches = await rows(live.database, "SELECT sec_code, total_debit, status FROM ach_batches ORDER BY number")
    assert [tuple(batch.values()) for batch in batches] == [("PPD", 0, "acknowledged"), ("WEB", 2_001, "settled")]
    assert (await rows(live.database, "SELECT status FROM ach_files"))[0]["status"] == "settled"
    await live.until("2026-12-08 12:00")
    assert {(await prenote_of(live, each))["status"] for each in prenotes} == {"verified"}
    assert {(await live.topup(each))["status"] for each in topups} == {"succeeded"}
    traces = await rows(live.database, "SELECT trace FROM ach_entries")
    assert len({row["trace"] for row in traces}) == 5
    assert await breaks(live) == []
    await assert_books_hold(live.database)


@pytest.mark.parametrize(("number", "code"), [(CLOSED, "R02"), (NO_ACCOUNT, "R03"), ("9904020000", "R04")])
async def test_a_return_fails_the_verification_with_its_code(live: LiveMoney, number: str, code: str) -> None:
    await live.open()
    source = await live.bank_account(number, verified=False)
    prenote = await live.prenote(source)
    await live.until("2026-12-08 12:00")
    row = await prenote_of(live, prenote)
    assert (row["status"], row["return_code"], row["due_ms"]) == ("failed", code, None)
    assert await verification_of(live, source) == "failed"
    assert await events_of(live, prenote) == ["created", "failed"]
    (entry,) = await rows(live.database, "SELECT status, return_code FROM ach_entries")
    assert (entry["status"], entry["return_code"]) == ("returned", code)
    with pytest.raises(funding.UnverifiedFundingError, match="its verification has failed"):
        await live.create(source)
    assert await breaks(live) == []
    assert await stuck(live) == []
    again = await live.prenote(source)  # whoever has mended it may try again
    assert await verification_of(live, source) == "pending"
    await live.until("2026-12-18 12:00")
    assert (await prenote_of(live, again))["return_code"] == code


async def test_a_late_return_takes_the_verification_away_and_what_waits_for_its_cutoff_does_not_leave(
    live: LiveMoney,
) -> None:
    await live.open()
    source = await live.bank_account(CLOSED_LATE, verified=False)
    prenote = await live.prenote(source)
    await live.until("2026-12-01 17:00")
    await live.until("2026-12-11 12:00")
    assert (await prenote_of(live, prenote))["status"] == "verified"
    async with live.database.connection() as conn:
        await conn.execute(
            "INSERT INTO default_funding_sources (account, livemode, currency, funding_source) "
            "VALUES ($1, true, 'usd', $2)",
            PLATFORM.account,
            source,
        )
    await live.until("2026-12-14 12:00")
    topup = await live.create(source)
    live.now_ms = at("2026-12-14 16:30")  # the return of the prenote comes at 16:00, before the cut-off
    await live.advance_bank()
    await live.work()
    row = await prenote_of(live, prenote)
    assert (row["status"], row["return_code"]) == ("failed", "R02")
    assert await verification_of(live, source) == "failed"
    assert await events_of(live, prenote) == ["created", "verified", "failed"]
    assert await rows(live.database, "SELECT * FROM default_funding_sources") == []
    await live.until("2026-12-14 18:00")
    assert await rows(live.database, "SELECT * FROM ach_entries WHERE topup = $1", topup) == []
    (error,) = await stuck(live)
    assert "no longer verified" in error
    assert await live.cancel(topup)
    assert await breaks(live) == []
    await assert_books_hold(live.database)


async def test_a_notification_of_change_that_cannot_be_applied_holds_the_verification_until_a_person_states_it(
    live: LiveMoney,
) -> None:
    await live.open()
    source = await live.bank_account(MISCORRECTED, verified=False)
    prenote = await live.prenote(source)
    await live.until("2026-12-08 12:00")
    row = await prenote_of(live, prenote)
    assert (row["status"], row["change_code"]) == ("pending", "C01")
    assert await verification_of(live, source) == "pending"
    (error,) = await stuck(live)
    assert "sent a notification of change (C01)" in error
    async with live.database.transaction() as conn:
        await funding.note_verification(
            conn, PLATFORM, source, evidence="call", by=TESTER, now_ms=live.now_ms, ids=live.ids
        )
    await live.until("2026-12-08 12:05")
    assert (await prenote_of(live, prenote))["status"] == "verified"
    assert await stuck(live) == []


async def test_a_bank_that_is_silent_verifies_nothing(live: LiveMoney) -> None:
    await live.open()
    source = await live.bank_account(verified=False)
    prenote = await live.prenote(source)
    script = live.folder / "script.jsonl"
    script.write_text('{"file": "*", "action": "lose"}\n')
    await live.bank("script", str(script))
    await live.until("2026-12-10 12:00")
    assert (await prenote_of(live, prenote))["status"] == "pending"
    assert await verification_of(live, source) == "pending"
    assert (await _file(live))["status"] == "sent"
    assert await breaks(live) == ["silent_bank"]
    (error,) = await stuck(live)
    assert "has not accepted the prenote" in error


async def test_a_prenote_of_a_rejected_file_goes_out_again_with_another_trace_and_date(live: LiveMoney) -> None:
    await live.open()
    source = await live.bank_account(verified=False)
    script = live.folder / "script.toml"
    script.write_text('[[rule]]\naction = "reject"\nfile = "20261201*"\nreason = "no"\n', encoding="utf-8")
    await live.bank("script", str(script))
    prenote = await live.prenote(source)
    await live.until("2026-12-09 12:00")
    assert await verification_of(live, source) == "pending"
    (before,) = await rows(live.database, "SELECT * FROM ach_entries")
    assert before["status"] == "in_file"
    async with live.database.transaction() as conn:
        assert (
            await direct_debits.resubmit_file(
                conn, PLATFORM, before["file"], by=TESTER, now_ms=live.now_ms, ids=live.ids
            )
            == 1
        )
    await live.work()
    await live.until("2026-12-15 08:59")
    (after,) = await rows(live.database, "SELECT * FROM ach_entries")
    assert after["trace"] != before["trace"]
    assert str(after["effective_date"]) == "2026-12-10"
    assert await verification_of(live, source) == "pending"
    await live.until("2026-12-15 09:00")
    assert (await prenote_of(live, prenote))["status"] == "verified"
    assert await stuck(live) == []


async def test_a_stop_keeps_prenotes_back_and_refuses_new_ones(live: LiveMoney) -> None:
    await live.open()
    source = await live.bank_account(verified=False)
    prenote = await live.prenote(source)

    async def stop(conn: Conn) -> None:
        await originators.stop_rail(
            conn, PLATFORM, rail="ach", account=None, reason="audit", by=TESTER, now_ms=live.now_ms, ids=live.ids
        )

    await live.database.transact(stop)
    with pytest.raises(originators.RailStoppedError):
        await live.prenote(await live.bank_account(verified=False))
    await live.until("2026-12-01 18:00")
    assert await rows(live.database, "SELECT * FROM ach_entries") == []
    (error,) = await stuck(live)
    assert "the rail is stopped: audit" in error
    async with live.database.transaction() as conn:
        await originators.resume_rail(
            conn, PLATFORM, rail="ach", account=None, by=TESTER, now_ms=live.now_ms, ids=live.ids
        )
    await live.until("2026-12-02 17:00")
    (file,) = await rows(live.database, "SELECT * FROM ach_files")
    assert str(file["effective_date"]) == "2026-12-03"  # at 18:00 the cut-off had passed
    await live.until("2026-12-08 08:59")
    assert await verification_of(live, source) == "pending"
    await live.until("2026-12-08 09:00")
    assert (await prenote_of(live, prenote))["status"] == "verified"


async def test_a_file_that_was_given_up_moves_the_day_of_its_prenotes(live: LiveMoney) -> None:
    await live.open(requires_approval=True)
    source = await live.bank_account(verified=False)
    prenote = await live.prenote(source)
    await live.until("2026-12-01 17:05")
    await live.until("2026-12-01 17:40")  # nobody has approved it in time: it is made anew for the next day
    files = await rows(live.database, "SELECT id, status FROM ach_files ORDER BY built_ms")
    assert [file["status"] for file in files] == ["voided", "built"]
    async with live.database.transaction() as conn:
        (file,) = [file for file in files if file["status"] == "built"]
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
    await live.until("2026-12-08 08:59")
    assert (await prenote_of(live, prenote))["expected_ms"] == at("2026-12-08 09:00")
    assert await verification_of(live, source) == "pending"
    await live.until("2026-12-08 09:00")
    assert await verification_of(live, source) == "verified"


async def test_what_is_not_needed_any_more_at_the_cutoff_is_canceled(live: LiveMoney) -> None:
    await live.open()
    detached, stated = [await live.bank_account(verified=False) for _ in range(2)]
    prenotes = [await live.prenote(detached), await live.prenote(stated)]
    async with live.database.transaction() as conn:
        await conn.execute("UPDATE funding_sources SET is_detached = true WHERE id = $1", detached)
        await funding.note_verification(
            conn, PLATFORM, stated, evidence="call", by=TESTER, now_ms=live.now_ms, ids=live.ids
        )
    await live.until("2026-12-01 17:05")
    assert [(await prenote_of(live, each))["reason"] for each in prenotes] == [
        "The bank account was detached.",
        "The bank account was verified.",
    ]
    assert await events_of(live, prenotes[0]) == ["created", "canceled"]
    assert await rows(live.database, "SELECT * FROM ach_entries") == []


async def test_a_prenote_is_started_once_for_a_live_bank_account_that_may_be_debited_otherwise(
    live: LiveMoney,
) -> None:
    source = await live.bank_account(verified=False)
    with pytest.raises(originators.LiveModeNotReadyError):
        await live.prenote(source)
    await live.open()
    with pytest.raises(originators.NotAuthorizedError):
        await live.prenote(await live.bank_account(verified=False, authorized=False))
    with pytest.raises(funding.AlreadyVerifiedError):
        await live.prenote(await live.bank_account())
    with pytest.raises(ResourceMissingError):
        await live.prenote("src_none")
    with pytest.raises(NotInTestModeError):
        await live.prenote(source, scope=AccountScope(PLATFORM.account, livemode=False))
    await live.prenote(source)
    with pytest.raises(direct_debits.PrenotePendingError):
        await live.prenote(source)


async def test_a_bank_account_that_fits_no_file_fails_its_prenote(live: LiveMoney) -> None:
    await live.open()
    source, fine = [await live.bank_account(verified=False) for _ in range(2)]
    prenote, other = await live.prenote(source), await live.prenote(fine)
    async with live.database.connection() as conn:
        await conn.execute("UPDATE funding_sources SET routing_number = '110000001' WHERE id = $1", source)
    await live.until("2026-12-01 17:05")
    row = await prenote_of(live, prenote)
    assert (row["status"], row["reason"]) == (
        "failed",
        "The details of the bank account on file can't be used for a debit.",
    )
    assert await verification_of(live, source) == Verification.FAILED
    assert (await prenote_of(live, other))["status"] == "pending"
    (file,) = await rows(live.database, "SELECT entry_count, status FROM ach_files")
    assert (file["entry_count"], file["status"]) == (1, "acknowledged")


async def test_in_a_rehearsal_a_test_clock_keeps_the_time_of_prenotes(
    database: Database, owner_database: Database, tmp_path: Path
) -> None:
    async with owner_database.connection() as conn:
        await conn.execute("INSERT INTO installation (kind, created_ms) VALUES ('rehearsal', 1)")
    live = LiveMoney(database, tmp_path, routing=REHEARSAL_ROUTING)
    await live.open()
    before, fails = await live.bank_account(verified=False), await live.bank_account(NO_ACCOUNT, verified=False)
    adopted = await live.prenote(before)
    await live.freeze("2026-12-01 10:00")
    failing = await live.prenote(fails)
    await live.advance("2026-12-01 17:01")
    (file,) = await rows(live.database, "SELECT entry_count, status FROM ach_files")
    assert (file["entry_count"], file["status"]) == (2, "acknowledged")
    await live.advance("2026-12-04 23:00")
    assert [(await prenote_of(live, each))["status"] for each in (adopted, failing)] == ["pending", "failed"]
    await live.advance("2026-12-07 09:01")
    row = await prenote_of(live, adopted)
    assert (row["status"], row["ended_ms"] // 1000) == ("verified", at("2026-12-07 09:00") // 1000)
    assert [await verification_of(live, each) for each in (before, fails)] == ["verified", "failed"]
    assert (await _file(live))["status"] == "settled"
