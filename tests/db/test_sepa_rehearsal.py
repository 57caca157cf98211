"""Top-ups by SEPA with the rehearsal bank, which shares no code with the service, from the message to the refund."""

from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from brim.bank.sepa import REASONS, iban_of
from brim.base.json_codec import encode
from brim.core import originators
from brim.core.rails.ach import SecCode
from brim.core.rails.sepa import REASONS as KNOWN
from brim.core.rails.sepa import SequenceType, check_debtor_iban
from brim.platform.database import Database
from tests.support.books import assert_books_hold, rows
from tests.support.live_money import OPERATOR, PLATFORM
from tests.support.sepa_money import SepaMoney

PAYS = "NL91ABNA0417164300"


@pytest_asyncio.fixture
async def live(database: Database, tmp_path: Path) -> SepaMoney:
    return SepaMoney(database, tmp_path)


@pytest.mark.parametrize("version", ["pain.008.001.02", "pain.008.001.08"])
async def test_what_the_bank_keeps_is_what_accounts_were_credited(live: SepaMoney, version: str) -> None:
    await live.rehearse(message=version)
    made = {
        name: await live.create(await live.iban(iban), amount)
        for name, iban, amount in (
            ("paid", PAYS, 1_000),
            ("rejected", iban_of("AC01", 0), 2_000),
            ("returned", iban_of("AM04", 2), 4_000),
            ("refunded", iban_of("MD06", 40), 8_000),
            ("unauthorized", iban_of("MD01", 300), 16_000),
        )
    }
    await live.through("2026-12-14 12:00")
    found = {name: (await live.topup(topup))["status"] for name, topup in made.items()}
    assert found == {
        "paid": "succeeded",
        "rejected": "failed",
        "returned": "failed",
        "refunded": "succeeded",
        "unauthorized": "succeeded",
    }
    assert (await live.ledger())["bank:operating"] == 25_000
    await live.through("2027-10-05 12:00", step_hours=240)
    rows_ = {name: await live.topup(topup) for name, topup in made.items()}
    assert {name: (row["status"], row["failure_code"]) for name, row in rows_.items()} == {
        "paid": ("succeeded", None),
        "rejected": ("failed", "invalid_account_number"),
        "returned": ("failed", "insufficient_funds"),
        "refunded": ("reversed", "debit_not_authorized"),
        "unauthorized": ("reversed", "debit_not_authorized"),
    }
    assert await live.ledger() == {"bank:operating": 1_000, "funding:clearing": 0, "balance:available": -1_000}
    assert await rows(live.database, "SELECT detail FROM breaks") == []
    await assert_books_hold(live.database)


async def test_a_message_that_the_bank_rejects_loses_nothing(live: SepaMoney) -> None:
    await live.rehearse()
    script = live.folder / "script.jsonl"
    script.write_text('{"file": "*", "action": "reject", "reason": "no space left", "times": 1}\n')
    await live.bank("script", str(script))
    topup = await live.create(await live.iban())
    await live.through("2026-12-02 12:00")
    (listed,) = await rows(live.database, "SELECT kind, detail FROM breaks")
    assert listed["kind"] == "rejected_file"
    assert "no space left" in listed["detail"]
    assert (await live.topup(topup))["status"] == "pending"
    await live.resubmit()
    await live.through("2026-12-12 12:00")
    assert (await live.topup(topup))["status"] == "succeeded"
    await assert_books_hold(live.database)


@pytest.mark.parametrize("action", ["lose", "delay"])
async def test_nothing_succeeds_without_the_banks_statement(live: SepaMoney, action: str) -> None:
    await live.rehearse()
    script = live.folder / "script.jsonl"
    minutes = {"minutes": 20_000} if action == "delay" else {}
    script.write_bytes(encode({"file": "*", "action": action, **minutes}) + b"\n")
    await live.bank("script", str(script))
    topup = await live.create(await live.iban())
    await live.through("2026-12-14 12:00")
    assert (await live.topup(topup))["status"] == "pending"
    assert [each["kind"] for each in await rows(live.database, "SELECT kind FROM breaks")] == ["silent_bank"]


async def test_creditors_and_days_that_the_bank_does_not_know_are_rejected_by_batch(live: SepaMoney) -> None:
    await live.rehearse(creditor_identifier="DE41EON00000129793")
    await live.create(await live.iban())
    await live.through("2026-12-02 12:00")
    (listed,) = await rows(live.database, "SELECT kind, detail FROM breaks")
    assert listed["kind"] == "rejected_file"
    assert "BE05" in listed["detail"]


async def test_the_bank_knows_businesses_and_mandates_for_one_collection(live: SepaMoney) -> None:
    await live.rehearse()
    business: dict[str, Any] = {"sec_code": SecCode.B2B, "confirmed_ms": live.now_ms}
    one_off: dict[str, Any] = {"sequence_type": SequenceType.ONE_OFF}
    made = {
        name: await live.create(await live.iban(iban, **terms), amount)
        for name, iban, amount, terms in (
            ("business", PAYS, 1_000, business),
            ("consumer", iban_of("AC13", 0), 2_000, business),
            ("no refund", iban_of("MD06", 4), 4_000, business),
            ("of core", iban_of("AC13", 0), 8_000, {}),
            ("one-off", PAYS, 16_000, one_off),
            ("one-off of a business", PAYS, 32_000, business | one_off),
        )
    }
    await live.through("2026-12-14 12:00")
    found = {name: (await live.topup(topup))["failure_code"] for name, topup in made.items()}
    assert found == dict.fromkeys(made) | {"consumer": "bank_account_restricted"}
    assert (await live.ledger())["bank:operating"] == 61_000
    assert await rows(live.database, "SELECT detail FROM breaks") == []
    async with live.database.connection() as conn:  # as if the service had forgotten that it was used
        await conn.execute("UPDATE authorizations SET ended_ms = NULL, used_by = NULL WHERE end_reason = 'collected'")
    (source,) = await rows(live.database, "SELECT source FROM topups WHERE id = $1", made["one-off"])
    again = await live.create(source["source"], 64_000)
    await live.through("2026-12-17 12:00")
    row = await live.topup(again)
    assert (row["status"], row["failure_code"]) == ("failed", "debit_not_authorized")
    await assert_books_hold(live.database)


async def test_the_bank_takes_a_mandate_of_another_account_that_says_so(live: SepaMoney) -> None:
    await live.rehearse()
    old = await live.iban()
    await live.create(old, 1_000)
    await live.through("2026-12-02 20:00")
    new = await live.iban("FR1420041010050500013M02606", mandate=False)
    (mandate,) = await rows(live.database, "SELECT id FROM authorizations")
    async with live.database.transaction() as conn:
        await originators.amend_mandate(
            conn,
            PLATFORM,
            mandate["id"],
            mandate_reference="M-2",
            funding_source=new,
            by=OPERATOR,
            now_ms=live.now_ms,
            ids=live.ids,
        )
    told = await live.create(new, 2_000)
    await live.through("2026-12-14 12:00")
    assert (await live.topup(told))["status"] == "succeeded"
    async with live.database.connection() as conn:  # as if the service had changed the account without saying so
        await conn.execute("UPDATE authorizations SET funding_source = $1", old)
    untold = await live.create(old, 4_000)
    await live.through("2026-12-16 12:00")
    row = await live.topup(untold)
    assert (row["status"], row["failure_code"]) == ("failed", "debit_not_authorized")
    await assert_books_hold(live.database)


async def test_a_batch_is_rejected_by_rule_and_booked_gross_when_it_goes_out_again(live: SepaMoney) -> None:
    await live.rehearse()
    rules = [{"action": "reject", "level": "batch", "reason": "by rule"}, {"action": "book_gross"}]
    script = live.folder / "script.jsonl"
    script.write_bytes(b"\n".join(encode({"file": "*", **rule}) for rule in rules))
    await live.bank("script", str(script))
    made = [await live.create(await live.iban(iban), 1_000) for iban in (PAYS, iban_of("AC01", 0))]
    await live.through("2026-12-02 12:00")
    (batch,) = await rows(live.database, "SELECT status, reject_reason FROM ach_batches")
    assert tuple(batch.values()) == ("rejected", "NARR by rule")
    (file,) = await rows(live.database, "SELECT id FROM ach_files")
    await live.resubmit(file["id"])
    await live.through("2026-12-12 12:00")
    assert [(await live.topup(each))["status"] for each in made] == ["succeeded", "failed"]
    lines = await rows(live.database, "SELECT amount FROM statement_lines ORDER BY amount")
    assert [row["amount"] for row in lines] == [-1_000, 2_000]
    assert [row["kind"] for row in await rows(live.database, "SELECT kind FROM breaks")] == ["rejected_file"]
    await assert_books_hold(live.database)


def test_each_reason_of_the_rehearsal_is_known_and_its_iban_can_be_debited() -> None:
    assert set(REASONS.values()) <= set(KNOWN)
    for reason in REASONS.values():
        for days in (0, 2, 300):
            iban = iban_of(reason, days)
            assert check_debtor_iban(iban, param="iban") == iban
