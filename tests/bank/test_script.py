"""Rules of a script: files that get lost, entries that come back, statements that are wrong."""

import csv
import io
from pathlib import Path
from typing import Any

import pytest

from tests.support.forward_files import Sent, SentBatch, nacha, trace
from tests.support.rehearsal import Rehearsal
from tests.support.rehearsal_statements import read_bai2, read_returns

GOOD = nacha(SentBatch([Sent(), Sent("555", 5_00), Sent("555", 7_00)]))


def test_a_lost_file_is_as_if_it_had_never_arrived_until_it_is_sent_again(tmp_path: Path) -> None:
    bank = Rehearsal(tmp_path)
    bank.script({"file": "brim-*.ach", "action": "lose"})
    bank.send(GOOD)
    bank.advance("2026-12-01T12:00")
    assert not bank.files("ack_")
    assert bank.show()["files"] == []
    bank.send(GOOD)
    bank.advance()
    assert len(bank.files("ack_")) == 1
    assert bank.show()["balance"] == 22_00


def test_a_rejection_has_the_reason_of_its_rule(tmp_path: Path) -> None:
    bank = Rehearsal(tmp_path)
    bank.script({"file": "REF00001", "action": "reject", "reason": "limit exceeded"})
    bank.send(GOOD)
    bank.advance("2026-12-02T23:00")
    (file, batch) = csv.DictReader(io.StringIO(bank.only("ack_").decode()))
    assert (file["status"], file["reason_code"], file["reason"]) == ("rejected", "REJECTED", "limit exceeded")
    assert (batch["status"], batch["reason_code"]) == ("rejected", "FILE_REJECTED")
    assert bank.show()["balance"] == 0


def test_a_delayed_file_is_read_later(tmp_path: Path) -> None:
    bank = Rehearsal(tmp_path)
    bank.script({"file": "*", "action": "delay", "minutes": 24 * 60})
    bank.send(GOOD)
    bank.advance("2026-12-01T14:59")
    assert not bank.files("ack_")
    bank.advance("2026-12-01T15:00")
    assert bank.show()["balance"] == 22_00
    assert list(bank.files("ack_")) == ["ack_20261201_150000_000001.csv"]


@pytest.mark.parametrize(
    ("rule", "names"),
    [
        ({"action": "lose_acknowledgement"}, []),
        ({"action": "delay_acknowledgement", "minutes": 90}, ["ack_20261130_163000_000001.csv"]),
    ],
)
def test_acknowledgements_get_lost_or_late(tmp_path: Path, rule: dict[str, Any], names: list[str]) -> None:
    bank = Rehearsal(tmp_path)
    bank.script({"file": "*", **rule})
    bank.send(GOOD)
    bank.advance("2026-12-01T12:00")
    assert list(bank.files("ack_")) == names
    assert bank.show()["balance"] == 22_00


def test_entries_come_back_by_trace_account_or_amount(tmp_path: Path) -> None:
    bank = Rehearsal(tmp_path)
    bank.script(
        {"trace": trace(1), "action": "return", "code": "R29", "days": 1, "text": "NOT US"},
        {"account": "555", "amount": 5_00, "action": "notify", "code": "C02", "corrected": "021000021"},
        {"account": "555", "action": "return", "code": "R16", "days": 1},
    )
    bank.send(GOOD)
    bank.advance("2026-12-03T12:00")
    backs = read_returns(bank.only("returns_20261202"))
    assert [(back.reason, back.original_trace, back.data) for back in backs] == [
        ("R29", trace(1), "NOT US"),
        ("R16", trace(3), ""),
        ("C02", trace(2), "021000021"),
    ]
    assert bank.show()["balance"] == 5_00


def test_what_has_settled_can_still_be_returned(tmp_path: Path) -> None:
    bank = Rehearsal(tmp_path)
    bank.send(GOOD)
    bank.advance("2026-12-04T12:00")
    bank.script(
        {"account": "555", "action": "return", "code": "R10", "days": 1, "times": 1},
        {"trace": trace(1), "action": "return", "code": "R07", "days": 58},
    )
    bank.advance("2027-01-29T12:00")
    assert [back.original_trace for back in read_returns(bank.only("returns_20261204"))] == [trace(2)]
    assert [back.original_trace for back in read_returns(bank.only("returns_20270128"))] == [trace(1)]


def test_a_magic_number_can_be_paid_once(tmp_path: Path) -> None:
    bank = Rehearsal(tmp_path)
    bank.script({"account": "9901010000", "action": "pay", "times": 1})
    bank.send(nacha(SentBatch([Sent("9901010000"), Sent("9901010000")])))
    bank.advance("2026-12-02T23:00")
    assert [back.original_trace for back in read_returns(bank.only("returns_"))] == [trace(2)]


def test_files_of_a_day_come_twice_or_not_at_all(tmp_path: Path) -> None:
    bank = Rehearsal(tmp_path)
    bank.script(
        {"date": "2026-12-02", "action": "duplicate_returns"},
        {"date": "2026-12-02", "action": "duplicate_statement"},
        {"date": "2026-12-03", "action": "lose_returns"},
        {"date": "2026-12-03", "action": "lose_statement"},
    )
    bank.send(nacha(SentBatch([Sent("9901010000"), Sent("9901020000")])))
    bank.advance("2026-12-03T23:00")
    assert set(bank.files("returns_")) == {"returns_20261202.ach", "returns_20261202_again.ach"}
    assert len(set(bank.files("returns_").values())) == 1
    twice = bank.files("statement_20261202")
    assert set(twice) == {"statement_20261202.bai2", "statement_20261202_again.bai2"}
    assert len(set(twice.values())) == 1
    assert not bank.files("statement_20261203")
    assert bank.show()["balance"] == 0


def test_lines_are_wrong_missing_or_unknown(tmp_path: Path) -> None:
    bank = Rehearsal(tmp_path)
    bank.script(
        {"date": "2026-12-01", "action": "change_line", "cents": 1},
        {"date": "2026-12-02", "action": "drop_line"},
        {"date": "2026-12-03", "action": "add_line", "cents": 123, "text": "LOCKBOX"},
        {"date": "2026-12-04", "action": "add_line", "cents": -23},
    )
    bank.send(nacha(SentBatch([Sent(), Sent("9901010000")])))
    bank.advance("2026-12-04T23:00")
    first, second, third, fourth = (read_bai2(bank.only(f"statement_2026120{day}")) for day in (1, 2, 3, 4))
    assert (first.opening, first.movement, first.closing) == (0, 20_01, 20_00)
    assert (second.opening, second.movement, second.closing) == (20_00, 0, 10_00)
    assert [line[:2] + line[3:] for line in third.lines] == [("142", 123, "", "LOCKBOX")]
    assert [line[:2] for line in fourth.lines] == [("451", 23)]
    assert (third.closing, fourth.closing) == (11_23, 11_00)
    assert bank.show()["balance"] == 11_00


def test_scripts_can_be_toml(tmp_path: Path) -> None:
    bank = Rehearsal(tmp_path)
    file = tmp_path / "script.toml"
    file.write_text('[[rule]]\nfile = "*"\naction = "lose"\n[[rule]]\ndate = 2026-11-30\naction = "lose_statement"\n')
    assert bank.run("script", str(file)) == "2 rules added.\n"
    bank.send(GOOD)
    bank.advance("2026-11-30T23:30")
    assert not bank.files()


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "[]",
        '{"action": "explode"}',
        '{"action": "return", "code": "R01"}',
        '{"trace": "1", "action": "return"}',
        '{"trace": "1", "action": "return", "code": "X01"}',
        '{"trace": "1", "action": "notify", "code": "R01"}',
        '{"trace": 1, "action": "return", "code": "R01"}',
        '{"trace": "1", "action": "return", "code": "R01", "days": -1}',
        '{"trace": "1", "action": "return", "code": "R01", "days": true}',
        '{"trace": "1", "action": "return", "code": "R01", "text": "\\u00e4"}',
        '{"amount": "1", "action": "pay"}',
        '{"file": "*", "action": "delay"}',
        '{"file": "*", "action": "lose", "minutes": 1}',
        '{"date": "tomorrow", "action": "drop_line"}',
    ],
)
def test_a_rule_that_cannot_be_understood_is_refused_with_the_whole_script(tmp_path: Path, line: str) -> None:
    bank = Rehearsal(tmp_path)
    file = tmp_path / "script.jsonl"
    file.write_text(f'{{"file": "*", "action": "lose"}}\n{line}\n')
    assert bank.run("script", str(file), fails=True).startswith("Error: Rule 2: ")
    bank.send(GOOD)
    bank.advance()
    assert bank.files("ack_")
