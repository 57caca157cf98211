"""Notifications of change correct bank accounts on file, against a bank that shares no code with the service."""

import json
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from brim.api.wire_formats import WIRE_FORMATS
from brim.base.errors import ResourceMissingError
from brim.base.scope import AccountScope
from brim.core import corrections, direct_debits, funding
from brim.core.erasure import ErasureRefusedError, Reason, Target, erase
from brim.platform.database import Database
from tests.support.audits import TESTER
from tests.support.books import assert_books_hold, rows
from tests.support.live_money import OPERATOR, PAYS, PLATFORM, LiveMoney, at

SHOP = AccountScope("acct_shop", livemode=True)
APPLIED = {
    "C01": ({"account_number"}, ("110000000", "101000000", "checking", "Jenny Rosen")),
    "C02": ({"routing_number"}, ("021000021", "9802000000", "checking", "Jenny Rosen")),
    "C03": ({"routing_number", "account_number"}, ("021000021", "103000000", "checking", "Jenny Rosen")),
    "C04": ({"holder_name"}, ("110000000", "9804000000", "checking", "CORRECTED NAME")),
    "C05": ({"account_type"}, ("110000000", "9805000000", "savings", "Jenny Rosen")),
    "C06": ({"account_number", "account_type"}, ("110000000", "106000000", "savings", "Jenny Rosen")),
    "C07": (
        {"routing_number", "account_number", "account_type"},
        ("021000021", "107000000", "savings", "Jenny Rosen"),
    ),
}
NOT_APPLIED = {
    "C08": "receiving bank, international",
    "C09": "assigned by Brim",
    "C10": "company name",
    "C11": "company identification",
    "C12": "company name and company identification",
    "C13": "addenda format",
    "C14": "entry class, international",
}
UNUSABLE = {
    "C01": "account number isn't valid",
    "C02": "no valid routing number",
    "C03": "no valid routing number",
    "C05": "no valid transaction code",
    "C06": "no valid transaction code",
    "C07": "no valid routing number",
}


@pytest_asyncio.fixture
async def live(database: Database, tmp_path: Path) -> LiveMoney:
    return LiveMoney(database, tmp_path)


async def corrections_of(live: LiveMoney) -> list[dict[str, Any]]:
    return await rows(live.database, "SELECT * FROM corrections ORDER BY id")


async def on_file(live: LiveMoney, source: str, *, scope: AccountScope = PLATFORM) -> tuple[str, str, str, str]:
    """Return routing number, account number, type and holder of a bank account on file, opened with the key."""
    async with live.database.transaction() as conn:
        held = await funding.hold_with_numbers(conn, live.secrets, scope, source)
    assert held is not None
    account = held.source.bank_account
    assert account.last4 == held.numbers.account_number[-4:]
    assert account.fingerprint == await live.secrets.fingerprint(held.numbers)
    return (
        held.numbers.routing_number,
        held.numbers.account_number,
        account.account_type or "",
        held.source.party.name or "",
    )


async def at_the_bank(live: LiveMoney) -> list[dict[str, Any]]:
    shown = json.loads(await live.bank("show", "--json", "--entries", "1000"))
    return list(shown["entries"])


async def events(live: LiveMoney, account: str = PLATFORM.account) -> list[dict[str, Any]]:
    found = await rows(
        live.database,
        "SELECT payload FROM events WHERE account = $1 AND type = 'brim.funding_source.corrected' ORDER BY id",
        account,
    )
    return [json.loads(row["payload"]) for row in found]


async def notified(live: LiveMoney, number: str, *, scope: AccountScope = PLATFORM) -> tuple[str, str]:
    """Let a bank answer a debit of a bank account with a notification of change; return both."""
    source = await live.bank_account(number, scope=scope)
    topup = await live.create(source, scope=scope)
    await live.until("2026-12-04 17:00")
    return source, topup


async def script(live: LiveMoney, *rules: dict[str, Any]) -> None:
    path = live.folder / "rules.jsonl"
    path.write_text("\n".join(map(json.dumps, rules)))
    await live.bank("script", str(path))


@pytest.mark.parametrize("code", sorted(APPLIED))
async def test_a_change_code_corrects_the_bank_account_and_the_next_file_has_it(live: LiveMoney, code: str) -> None:
    await live.open()
    source, topup = await notified(live, f"98{code[1:]}000000")
    names, expected = APPLIED[code]
    assert await on_file(live, source) == expected
    (row,) = await corrections_of(live)
    assert (row["status"], row["change_code"], row["funding_source"], row["topup"]) == ("applied", code, source, topup)
    assert set(row["corrected"]) == names
    (event,) = await events(live)
    assert (event["id"], event["change_code"], event["funding_source"]) == (row["id"], code, source)
    assert (event["after"]["last4"], event["before"]["last4"]) == (expected[1][-4:], "0000")
    assert expected[1] not in json.dumps(event)
    second = await live.create(source, 7_000)
    await live.until("2026-12-07 20:00")
    (first_entry, next_entry) = await at_the_bank(live)
    assert (first_entry["account"], first_entry["code"]) == (f"98{code[1:]}000000", "27")
    assert (next_entry["routing"], next_entry["account"]) == expected[:2]
    assert next_entry["code"] == ("37" if expected[2] == "savings" else "27")
    (found,) = await rows(live.database, "SELECT receiver_name FROM ach_entries WHERE topup = $1", second)
    assert found["receiver_name"] == expected[3]
    (told,) = await rows(
        live.database, "SELECT * FROM audit_log WHERE action = 'funding_source.corrected' AND object = $1", source
    )
    assert (told["actor_kind"], told["account"]) == ("job", PLATFORM.account)
    assert row["id"] in told["detail"]
    assert "98" + code[1:] + "000000" not in json.dumps(dict(told), default=str)
    await live.until("2026-12-17 12:00")
    assert [(await live.topup(each))["status"] for each in (topup, second)] == ["succeeded", "succeeded"]
    assert await live.ledger() == {"bank:operating": 12_000, "funding:clearing": 0, "balance:available": -12_000}
    assert await rows(live.database, "SELECT * FROM breaks") == []
    await assert_books_hold(live.database)


@pytest.mark.parametrize("code", sorted(NOT_APPLIED))
async def test_a_change_code_that_is_about_no_bank_account_waits_for_a_person(live: LiveMoney, code: str) -> None:
    await live.open()
    source, topup = await notified(live, f"98{code[1:]}000000")
    await assert_kept_open(live, source, topup, code, f"98{code[1:]}000000", NOT_APPLIED[code])


@pytest.mark.parametrize("code", sorted(UNUSABLE))
async def test_corrected_data_that_cannot_be_used_wait_for_a_person(live: LiveMoney, code: str) -> None:
    await live.open()
    source, topup = await notified(live, f"97{code[1:]}000000")
    await assert_kept_open(live, source, topup, code, f"97{code[1:]}000000", UNUSABLE[code])


async def assert_kept_open(live: LiveMoney, source: str, topup: str, code: str, number: str, reason: str) -> None:
    """Assert that a notification changed nothing, is listed as a break, and does not hold up its top-up."""
    assert await on_file(live, source) == ("110000000", number, "checking", "Jenny Rosen")
    (row,) = await corrections_of(live)
    assert (row["status"], row["change_code"], row["topup"]) == ("open", code, topup)
    assert reason in row["reason"]
    (listed,) = await rows(live.database, "SELECT * FROM breaks")
    assert (listed["kind"], listed["cause"], listed["id"]) == ("unusable_correction", row["id"], row["break_id"])
    assert number not in listed["detail"]
    assert await events(live) == []
    await live.until("2026-12-11 12:00")
    assert (await live.topup(topup))["status"] == "succeeded"
    assert await live.ledger() == {"bank:operating": 5_000, "funding:clearing": 0, "balance:available": -5_000}
    await assert_books_hold(live.database)


@pytest.mark.parametrize("code", ["C06", "C07"])
async def test_the_other_layout_of_a_transaction_code_is_read_too(live: LiveMoney, code: str) -> None:
    await live.open()
    source, _ = await notified(live, f"96{code[1:]}000000")
    assert await on_file(live, source) == APPLIED[code][1]


async def test_an_operator_resolves_the_break_and_the_correction_is_dismissed(live: LiveMoney) -> None:
    await live.open()
    await notified(live, "9702000000")
    (row,) = await corrections_of(live)
    asked: dict[str, Any] = {"by": OPERATOR, "now_ms": live.now_ms, "ids": live.ids}
    async with live.database.transaction() as conn:
        await direct_debits.resolve_break(
            conn, PLATFORM, row["break_id"], resolution="A wrong number.", approvers=1, **asked
        )
    (row,) = await corrections_of(live)
    assert (row["status"], row["ended_by"]) == ("dismissed", OPERATOR.id)
    async with live.database.transaction() as conn:
        with pytest.raises(corrections.NotOpenError, match="is dismissed"):
            await direct_debits.refuse_correction(conn, PLATFORM, row["id"], code="C65", **asked)


async def test_a_refusal_settles_the_break_once_and_in_time_for_its_bank(live: LiveMoney) -> None:
    await live.open()
    await notified(live, "9702000000")
    await live.until("2026-12-05 12:00")
    (row,) = await corrections_of(live)
    asked: dict[str, Any] = {"by": OPERATOR, "ids": live.ids}
    late_ms = corrections.refusable_until_ms(await held(live, row["id"]))
    async with live.database.transaction() as conn:
        with pytest.raises(corrections.TooLateToRefuseError):
            await direct_debits.refuse_correction(conn, PLATFORM, row["id"], code="C65", now_ms=late_ms, **asked)
    async with live.database.transaction() as conn:
        await direct_debits.refuse_correction(conn, PLATFORM, row["id"], code="C65", now_ms=late_ms - 1, **asked)
    (row,) = await corrections_of(live)
    assert (row["status"], row["refusal_code"]) == ("refused", "C65")
    (listed,) = await rows(live.database, "SELECT resolution FROM breaks")
    assert listed["resolution"] == "Refused with C65 (incorrectly formatted corrected data)."
    async with live.database.transaction() as conn:
        with pytest.raises(corrections.NotOpenError):
            await direct_debits.refuse_correction(conn, PLATFORM, row["id"], code="C65", now_ms=late_ms - 1, **asked)


async def refuse(live: LiveMoney, code: str = "C65") -> dict[str, Any]:
    """Refuse the one correction that there is, and return it."""
    (row,) = await corrections_of(live)
    async with live.database.transaction() as conn:
        await direct_debits.refuse_correction(
            conn, PLATFORM, row["id"], code=code, by=OPERATOR, now_ms=live.now_ms, ids=live.ids
        )
    return row


async def refusal_records(live: LiveMoney) -> dict[str, list[str]]:
    """Return the batches of refusals by the files that have left with them, each record by itself."""
    found = {}
    for file in await rows(live.database, "SELECT id FROM ach_files WHERE sent_ms IS NOT NULL ORDER BY id"):
        lines = (await ach_bytes(live, file["id"])).decode().splitlines()
        starts = [number for number, line in enumerate(lines) if line[0] == "5" and line[50:53] == "COR"]
        if starts:
            end = next(number for number in range(starts[0], len(lines)) if lines[number][0] == "8")
            found[file["id"]] = lines[starts[0] : end + 1]
    return found


async def test_a_refusal_leaves_with_the_next_debits_and_its_bank_accepts_it(live: LiveMoney) -> None:
    await live.open()
    source = await live.bank_account("9702000000")
    await live.create(source)
    await live.until("2026-12-04 12:00")
    await live.create(source, 7_000)
    await live.until("2026-12-04 16:30")
    row = await refuse(live)
    await live.work()
    assert await refusal_records(live) == {}  # it waits for debits
    await live.until("2026-12-04 17:30")
    ((_, (header, entry, addenda, control)),) = (await refusal_records(live)).items()
    (kept,) = await corrections_of(live)
    assert kept["refusal_trace"] == entry[79:94]
    assert (header[1:4], header[53:63].strip(), control[20:44]) == ("225", "TOPUP", "0" * 24)
    assert (entry[1:3], entry[3:12], entry[12:29].strip(), entry[29:39]) == ("26", "110000000", "9702000000", "0" * 10)
    assert addenda[:21] == "798C65" + row["original_trace"]
    assert (addenda[21:27], addenda[27:35], addenda[35:64]) == (" " * 6, "11000000", "021000022".ljust(29))
    assert (addenda[64:67], addenda[67:74]) == ("C02", row["trace"][-7:])
    assert (addenda[74:79], addenda[79:94]) == (" " * 5, entry[79:94])
    await live.until("2026-12-09 12:00")
    (file,) = await rows(live.database, "SELECT * FROM ach_files WHERE id = $1", kept["refusal_file"])
    assert (file["status"], file["entry_count"], file["total_debit"], file["held_because"]) == (
        "settled",
        2,
        7_000,
        None,
    )
    batches = await rows(live.database, "SELECT sec_code, status FROM ach_batches WHERE file = $1", file["id"])
    assert {each["sec_code"]: each["status"] for each in batches} == {"WEB": "settled", "COR": "acknowledged"}
    assert [
        each["kind"] for each in await rows(live.database, "SELECT kind FROM breaks WHERE resolved_ms IS NULL")
    ] == []
    await live.until("2026-12-11 12:00")
    assert len(await corrections_of(live)) == 2  # the second debit was answered likewise, and the refusal was not


async def test_a_refusal_gets_a_file_of_its_own_after_a_day_and_another_one_where_that_is_voided(
    live: LiveMoney,
) -> None:
    await live.open(requires_approval=True)
    await live.create(await live.bank_account("9702000000"))
    await live.until("2026-12-01 17:00")
    await approve(live)
    await live.until("2026-12-04 17:00")
    await refuse(live, "C62")
    await live.until("2026-12-05 16:59")
    assert await rows(live.database, "SELECT id FROM ach_files WHERE status = 'built'") == []
    await live.until("2026-12-05 17:00")
    (file,) = await rows(live.database, "SELECT * FROM ach_files WHERE status = 'built'")
    assert (file["entry_count"], file["total_debit"], file["held_because"]) == (1, 0, None)
    async with live.database.transaction() as conn:
        await direct_debits.void_file(conn, PLATFORM, file["id"], by=TESTER, now_ms=live.now_ms, ids=live.ids)
    await live.work()
    await approve(live)
    (kept,) = await corrections_of(live)
    assert kept["refusal_file"] not in {None, file["id"]}
    await live.until("2026-12-08 12:00")
    (file,) = await rows(live.database, "SELECT status FROM ach_files WHERE id = $1", kept["refusal_file"])
    assert file["status"] == "settled"
    (records,) = (await refusal_records(live)).values()
    assert records[2][3:6] == "C62"
    await assert_books_hold(live.database)


async def held(live: LiveMoney, correction_id: str) -> corrections.Correction:
    return await corrections.retrieve_correction(live.database, PLATFORM, correction_id)


async def test_a_bank_account_of_a_connected_account_is_corrected_and_its_account_is_told(live: LiveMoney) -> None:
    await live.open(SHOP.account)
    source, topup = await notified(live, "9801000000", scope=SHOP)
    assert (await on_file(live, source, scope=SHOP))[1] == "101000000"
    (row,) = await corrections_of(live)
    assert (row["account"], row["owner"], row["topup"]) == (PLATFORM.account, SHOP.account, topup)
    assert [event["id"] for event in await events(live, SHOP.account)] == [row["id"]]
    assert await events(live) == []
    with pytest.raises(ResourceMissingError):
        await corrections.retrieve_correction(live.database, PLATFORM, row["id"], owner="acct_other")


async def test_the_same_notification_again_and_one_about_another_entry_change_nothing(live: LiveMoney) -> None:
    await live.open()
    source = await live.bank_account("9801000000")
    for amount in (5_000, 6_000):
        await live.create(source, amount)
    await live.until("2026-12-04 17:00")
    first, second = await corrections_of(live)
    assert (first["status"], second["status"]) == ("applied", "noted")
    assert second["reason"] == "The bank account already has these details."
    content = next((live.folder / "from-bank").glob("returns_*.ach")).read_bytes()
    (live.folder / "from-bank" / "again.ach").write_bytes(content + b"9" * 94 + b"\r\n")  # other bytes, the same items
    await live.work()
    assert len(await corrections_of(live)) == 2
    assert len(await events(live)) == 1


async def test_banks_that_contradict_each_other_are_left_to_a_person(live: LiveMoney) -> None:
    await live.open()
    source = await live.bank_account(PAYS)
    for amount in (5_000, 6_000):
        await live.create(source, amount)
    await script(
        live,
        {"amount": 5_000, "action": "notify", "code": "C01", "corrected": "111"},
        {"amount": 6_000, "action": "notify", "code": "C01", "corrected": "222"},
    )
    await live.until("2026-12-04 17:00")
    first, second = await corrections_of(live)
    assert (first["status"], second["status"]) == ("applied", "open")
    assert "has changed since" in second["reason"]
    assert (await on_file(live, source))[1] == "111"


async def test_two_notifications_about_different_parts_are_both_applied(live: LiveMoney) -> None:
    await live.open()
    source = await live.bank_account(PAYS)
    for amount in (5_000, 6_000):
        await live.create(source, amount)
    await script(
        live,
        {"amount": 5_000, "action": "notify", "code": "C01", "corrected": "111"},
        {"amount": 6_000, "action": "notify", "code": "C02", "corrected": "021000021"},
    )
    await live.until("2026-12-04 17:00")
    assert [row["status"] for row in await corrections_of(live)] == ["applied", "applied"]
    assert (await on_file(live, source))[:2] == ("021000021", "111")


async def test_a_notification_about_a_detached_bank_account_is_noted(live: LiveMoney) -> None:
    await live.open()
    source = await live.bank_account("9801000000")
    await live.create(source)
    await live.until("2026-12-03 12:00")
    async with live.database.connection() as conn:
        await conn.execute("UPDATE funding_sources SET is_detached = true WHERE id = $1", source)
    await live.until("2026-12-04 17:00")
    (row,) = await corrections_of(live)
    assert (row["status"], row["reason"]) == ("noted", "The bank account was detached.")
    assert (await on_file(live, source))[1] == "9801000000"
    assert await events(live) == []


async def test_a_bank_account_that_gets_the_numbers_of_another_one_stays_its_own(live: LiveMoney) -> None:
    await live.open()
    other = await live.bank_account("101000000")
    source, _ = await notified(live, "9801000000")
    prints = await rows(live.database, "SELECT id, fingerprint, is_detached FROM funding_sources ORDER BY id")
    assert [row["id"] for row in prints] == [other, source]
    assert prints[0]["fingerprint"] == prints[1]["fingerprint"]
    assert not any(row["is_detached"] for row in prints)
    assert (await rows(live.database, "SELECT ended_ms FROM authorizations WHERE funding_source = $1", source))[0][
        "ended_ms"
    ] is None


async def trace_of(live: LiveMoney, presented: str) -> str:
    (row,) = await rows(live.database, "SELECT trace FROM ach_entries WHERE topup = $1", presented)
    return str(row["trace"])


async def test_an_entry_that_also_came_back_leaves_the_correction_to_a_person(live: LiveMoney) -> None:
    await live.open()
    source = await live.bank_account("9901010000")  # R01 on the day after its settlement
    topup = await live.create(source)
    await live.until("2026-12-04 17:00")
    assert (await live.topup(topup))["status"] == "failed"
    trace = await trace_of(live, topup)
    await script(live, {"trace": trace, "action": "notify", "code": "C01", "corrected": "111"})
    await live.until("2026-12-08 17:00")
    (row,) = await corrections_of(live)
    assert row["status"] == "open"
    assert "has also returned this entry (R01)" in row["reason"]
    assert (await on_file(live, source))[1] == "9901010000"
    assert (await live.topup(topup))["status"] == "failed"


@pytest.mark.parametrize("number", ["9801000000", "101000000"])
async def test_a_return_after_a_correction_fails_the_top_up_by_the_old_number_and_by_the_new_one(
    live: LiveMoney, number: str
) -> None:
    await live.open()
    source, topup = await notified(live, "9801000000")
    assert (await on_file(live, source))[1] == "101000000"
    await script(live, {"trace": await trace_of(live, topup), "action": "return", "code": "R01", "days": 2})
    await live.until("2026-12-07 12:00")
    live.now_ms = at("2026-12-07 17:00")
    await live.advance_bank()
    (path,) = (live.folder / "from-bank").glob("returns_20261207.ach")
    path.write_bytes(path.read_bytes().replace(b"9801000000".ljust(17), number.encode().ljust(17)))
    await live.work()
    row = await live.topup(topup)
    assert (row["status"], row["failure_code"]) == ("failed", "insufficient_funds")
    assert await rows(live.database, "SELECT * FROM breaks") == []
    await assert_books_hold(live.database)


async def test_what_is_in_a_file_stays_as_it_is_and_what_a_file_gives_up_leaves_corrected(live: LiveMoney) -> None:
    await live.open(requires_approval=True)
    source = await live.bank_account("9801000000")
    await live.create(source)
    await live.until("2026-12-01 17:00")
    await approve(live)
    await live.until("2026-12-02 18:00")
    built = await live.create(source, 6_000)
    await live.until("2026-12-03 15:59")
    live.now_ms = at("2026-12-03 17:00")
    await live.claim()
    await direct_debits.build_due(live.database, live.vault, WIRE_FORMATS, now_ms=live.now_ms, ids=live.ids)
    (file,) = await rows(live.database, "SELECT * FROM ach_files WHERE status = 'built'")
    content = await ach_bytes(live, file["id"])
    assert b"9801000000" in content
    await live.advance_bank()
    await live.work()
    assert [row["status"] for row in await corrections_of(live)] == ["applied"]
    assert await ach_bytes(live, file["id"]) == content
    async with live.database.transaction() as conn:
        await direct_debits.void_file(conn, PLATFORM, file["id"], by=TESTER, now_ms=live.now_ms, ids=live.ids)
    await live.work()  # it is taken out of the queue, and asked about again
    await live.work()
    await approve(live)
    await live.until("2026-12-03 18:00")
    assert {each["amount"]: each["account"] for each in await at_the_bank(live)} == {
        5_000: "9801000000",
        6_000: "101000000",
    }
    assert (await live.topup(built))["status"] == "pending"


async def test_what_is_queued_when_the_notification_comes_leaves_corrected(live: LiveMoney) -> None:
    await live.open()
    source = await live.bank_account("9801000000")
    await live.create(source)
    await live.until("2026-12-04 12:00")
    waits = await live.create(source, 6_000)
    await live.until("2026-12-04 15:59")
    live.now_ms = at("2026-12-04 17:00")
    await live.claim()
    (entry,) = await rows(live.database, "SELECT status FROM ach_entries WHERE topup = $1", waits)
    assert entry["status"] == "queued"
    await live.advance_bank()
    await live.read_bank()
    await live.work()
    await live.until("2026-12-04 18:00")
    assert {each["amount"]: each["account"] for each in await at_the_bank(live)} == {
        5_000: "9801000000",
        6_000: "101000000",
    }


async def approve(live: LiveMoney) -> None:
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
    await live.work()


async def ach_bytes(live: LiveMoney, file_id: str) -> bytes:
    async with live.database.transaction() as conn:
        found = await direct_debits.download_file(
            conn, live.vault, PLATFORM, file_id, by=TESTER, now_ms=live.now_ms, ids=live.ids
        )
    return found.content


@pytest.mark.parametrize("number", ["9801000000", "9701000000"])
async def test_a_prenote_verifies_once_the_change_is_made_and_not_before(live: LiveMoney, number: str) -> None:
    await live.open()
    source = await live.bank_account(number, verified=False)
    prenote = await live.prenote(source)
    await live.until("2026-12-09 12:00")
    (row,) = await corrections_of(live)
    (found,) = await rows(live.database, "SELECT status, change_code FROM prenotes WHERE id = $1", prenote)
    assert (row["topup"], found["change_code"]) == (prenote, "C01")
    if row["status"] == "open":
        assert found["status"] == "pending"
        (stuck,) = await rows(live.database, "SELECT error FROM due_exceptions")
        assert "has sent a notification of change (C01) that could not be applied" in stuck["error"]
        async with live.database.transaction() as conn:
            await direct_debits.resolve_break(
                conn,
                PLATFORM,
                row["break_id"],
                resolution="Wrong.",
                approvers=1,
                by=OPERATOR,
                now_ms=live.now_ms,
                ids=live.ids,
            )
        await live.until("2026-12-09 13:00")
        (found,) = await rows(live.database, "SELECT status FROM prenotes WHERE id = $1", prenote)
    assert found["status"] == "verified"
    assert (await on_file(live, source))[1] == ("101000000" if number.startswith("98") else number)


async def test_a_notification_that_names_nothing_of_ours_is_an_unmatched_return(live: LiveMoney) -> None:
    await live.open()
    _, topup = await notified(live, PAYS)
    trace = await trace_of(live, topup)
    await script(live, {"trace": trace, "action": "notify", "code": "C01", "corrected": "111"})
    live.now_ms = at("2026-12-07 17:00")
    await live.advance_bank()
    (path,) = (live.folder / "from-bank").glob("returns_*.ach")
    path.write_bytes(path.read_bytes().replace(trace.encode(), (trace[:-1] + "9").encode()))
    await live.work()
    assert await corrections_of(live) == []
    assert [row["kind"] for row in await rows(live.database, "SELECT kind FROM breaks")] == ["unmatched_return"]


async def erase_payer(live: LiveMoney, owner: Database, source: str) -> None:
    target = Target(PLATFORM.account, source, livemode=True)
    await erase(owner, live.vault, target, by=TESTER, now_ms=live.now_ms, ids=live.ids)


async def test_an_erasure_of_a_payer_leaves_no_numbers_in_what_was_told_of_corrections(
    live: LiveMoney, owner_database: Database
) -> None:
    await live.open()
    source, _ = await notified(live, "9801000000")
    await live.until("2027-03-20 12:00", step_hours=24 * 7)
    await erase_payer(live, owner_database, source)
    (event,) = await events(live)
    assert (event["id"], event["funding_source"]) == ((await corrections_of(live))[0]["id"], source)
    assert set(event["before"].values()) | set(event["after"].values()) == {None}


async def test_a_payer_is_not_erased_before_a_refusal_has_reached_the_bank(
    live: LiveMoney, owner_database: Database
) -> None:
    await live.open(requires_approval=True)
    source = await live.bank_account(PAYS)
    topup = await live.create(source)
    await live.until("2026-12-01 17:00")
    await approve(live)
    await script(live, {"amount": 5_000, "action": "return", "code": "R03"})
    await live.until("2026-12-04 17:00")
    trace = await trace_of(live, topup)
    await script(live, {"trace": trace, "action": "notify", "code": "C01", "corrected": "111"})
    await live.until("2026-12-18 17:30")
    await refuse(live, "C62")
    await live.until("2026-12-20 17:00")
    (file,) = await rows(live.database, "SELECT * FROM ach_files WHERE status = 'built'")
    with pytest.raises(ErasureRefusedError) as told:
        await erase_payer(live, owner_database, source)
    assert [each.reason for each in told.value.refusals] == [Reason.AT_THE_BANK]
    async with live.database.transaction() as conn:
        await direct_debits.void_file(conn, PLATFORM, file["id"], by=TESTER, now_ms=live.now_ms, ids=live.ids)
    await live.work()
    assert len(await rows(live.database, "SELECT * FROM ach_files WHERE status = 'built'")) == 1
    await approve(live)
    await live.until("2026-12-24 12:00")
    await erase_payer(live, owner_database, source)
    (row,) = await rows(live.database, "SELECT sealed, last4, status FROM corrections")
    assert tuple(row.values()) == (None, "", "refused")


async def test_a_trace_of_two_originators_means_the_entry_of_the_one_whose_bank_notifies(live: LiveMoney) -> None:
    await live.open()
    source, topup = await notified(live, PAYS)
    other = await live.bank_account(PAYS)
    theirs = await live.create(other, 6_000)
    await live.until("2026-12-07 17:00")
    trace = await trace_of(live, topup)
    async with live.database.transaction() as conn:
        await conn.execute(
            "UPDATE ach_entries SET trace = $1, originator = 'orig_before' WHERE topup = $2", trace, theirs
        )
    await script(live, {"trace": trace, "action": "notify", "code": "C01", "corrected": "111"})
    await live.until("2026-12-09 17:00")
    assert [(row["topup"], row["funding_source"]) for row in await corrections_of(live)] == [(topup, source)]
    assert (await on_file(live, other))[1] == PAYS


async def test_a_notification_about_an_entry_whose_number_is_forgotten_holds_up_no_file(live: LiveMoney) -> None:
    await live.open()
    _, topup = await notified(live, PAYS)
    trace = await trace_of(live, topup)
    await script(live, {"trace": trace, "action": "notify", "code": "C01", "corrected": "111"})
    async with live.database.transaction() as conn:
        await conn.execute("UPDATE ach_entries SET sealed = NULL")
    await live.until("2026-12-08 17:00")
    assert [row["kind"] for row in await rows(live.database, "SELECT kind FROM breaks")] == ["unmatched_return"]
    assert {row["status"] for row in await rows(live.database, "SELECT status FROM bank_files")} == {"applied"}
