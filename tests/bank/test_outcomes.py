"""What becomes of an entry, by its account number."""

from pathlib import Path

import pytest

from tests.support.forward_files import Sent, SentBatch, nacha, trace
from tests.support.rehearsal import Rehearsal
from tests.support.rehearsal_statements import Back, read_bai2, read_returns

CODES = ["R01", "R02", "R03", "R04", "R08", "R09", "R10", "R16", "R20", "R29"]


def returned(bank: Rehearsal) -> dict[str, list[Back]]:
    """Return what came back by the day of its file."""
    return {name[8:16]: read_returns(content) for name, content in bank.files("returns_").items()}


@pytest.mark.parametrize("code", CODES)
def test_an_account_number_names_code_and_day(tmp_path: Path, code: str) -> None:
    bank = Rehearsal(tmp_path)
    bank.send(nacha(SentBatch([Sent(), Sent(f"99{code[1:]}030000", 7_77)])))
    bank.advance("2026-12-10T23:00")
    ((day, (back,)),) = returned(bank).items()
    assert day == "20261204"
    assert (back.reason, back.original_trace, back.amount) == (code, trace(2), 7_77)
    (line,) = read_bai2(bank.only("statement_20261204")).lines
    assert line[:2] == ("557", 7_77)
    assert line[3:] == (trace(2), f"ACH RETURN {code} {trace(2)} {back.trace}")


@pytest.mark.parametrize(
    ("account", "code", "day"),
    [
        ("9910580000", "R10", "20270128"),
        ("9910600000", "R10", "20270201"),  # day 60 is a Saturday
        ("9901000000", "R01", "20261201"),
        ("000111111116", "R03", "20261203"),
        ("000111111113", "R02", "20261203"),
        ("000222222227", "R01", "20261203"),
        ("000333333335", "R10", "20261203"),
        ("000555555559", "R10", "20261231"),
    ],
)
def test_returns_keep_their_time_limits(tmp_path: Path, account: str, code: str, day: str) -> None:
    bank = Rehearsal(tmp_path)
    bank.send(nacha(SentBatch([Sent(account)])))
    bank.advance("2027-02-02T00:00")
    assert {day: [back.reason for back in backs] for day, backs in returned(bank).items()} == {day: [code]}
    assert bank.show()["balance"] == 0


@pytest.mark.parametrize(
    ("code", "data"),
    [
        ("C01", "101000000"),
        ("C02", "021000021"),
        ("C03", "021000021   103000000"),
        ("C04", "CORRECTED NAME"),
        ("C05", "37"),
        ("C06", f"{'106000000':17}   37"),
        ("C07", f"021000021{'107000000':17}37"),
    ],
)
def test_a_notification_of_change_comes_the_next_banking_day_and_the_entry_is_paid(
    tmp_path: Path, code: str, data: str
) -> None:
    bank = Rehearsal(tmp_path)
    bank.send(nacha(SentBatch([Sent(f"98{code[1:]}000000")])))
    bank.advance("2026-12-10T23:00")
    ((day, (back,)),) = returned(bank).items()
    assert (day, back.reason, back.amount, back.data) == ("20261202", code, 0, data)
    assert bank.show()["balance"] == 10_00


def test_prenotes_are_returned_for_what_is_wrong_with_the_account_only(tmp_path: Path) -> None:
    bank = Rehearsal(tmp_path)
    prenotes = [Sent(account, 0, "28") for account in ("1", "9903010000", "9904010000", "9901010000", "9801000000")]
    bank.send(nacha(SentBatch(prenotes)))
    bank.advance("2026-12-10T23:00")
    ((day, backs),) = returned(bank).items()
    assert (day, [back.reason for back in backs]) == ("20261202", ["R03", "R04", "C01"])
    assert not any(read_bai2(content).lines for content in bank.files("statement_").values())


def test_the_operator_returns_what_it_cannot_deliver(tmp_path: Path) -> None:
    bank = Rehearsal(tmp_path)
    entries = [Sent(routing="231380105"), Sent(amount=0), Sent(amount=1, code="28"), Sent(""), Sent(name=""), Sent()]
    bank.send(nacha(SentBatch(entries)))
    bank.advance("2026-12-10T23:00")
    ((day, backs),) = returned(bank).items()
    assert (day, [back.reason for back in backs]) == ("20261201", ["R13", "R19", "R19", "R26", "R26"])
    assert {back.trace[:8] for back in backs} == {"06100014"}
    assert bank.show()["balance"] == 10_00


def test_a_returned_payment_is_money_back(tmp_path: Path) -> None:
    bank = Rehearsal(tmp_path)
    bank.send(nacha(SentBatch([Sent("9903010000", 44, "22"), Sent("1", 32, "22")], service_class="220")))
    bank.advance("2026-12-01T23:00")
    assert bank.show()["balance"] == -76
    bank.advance("2026-12-02T23:00")
    assert bank.show()["balance"] == -32
    (paid,), (back,) = (read_bai2(bank.only(f"statement_2026120{day}")).lines for day in (1, 2))
    assert paid[:2] == ("455", 76)
    assert back[:2] == ("257", 44)


def test_a_batch_with_the_number_that_never_answers_stays_open(tmp_path: Path) -> None:
    bank = Rehearsal(tmp_path)
    bank.send(nacha(SentBatch([Sent("000000000009"), Sent()]), SentBatch([Sent(amount=3)], number=2)))
    bank.advance("2026-12-10T23:00")
    assert bank.show()["balance"] == 3
    assert [batch["status"] for batch in bank.show()["files"][0]["batches"]] == ["never settles", "settled"]
