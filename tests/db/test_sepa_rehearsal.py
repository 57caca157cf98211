"""Top-ups by SEPA with the rehearsal bank, which shares no code with the service, from the message to the refund."""

from pathlib import Path

import pytest
import pytest_asyncio

from brim.bank.sepa import REASONS, iban_of
from brim.base.json_codec import encode
from brim.core.rails.sepa import REASONS as KNOWN
from brim.core.rails.sepa import check_debtor_iban
from brim.platform.database import Database
from tests.support.books import assert_books_hold, rows
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


def test_each_reason_of_the_rehearsal_is_known_and_its_iban_can_be_debited() -> None:
    assert set(REASONS.values()) <= set(KNOWN)
    for reason in REASONS.values():
        for days in (0, 2, 300):
            iban = iban_of(reason, days)
            assert check_debtor_iban(iban, param="iban") == iban
