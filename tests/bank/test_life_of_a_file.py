"""A file goes in; its acknowledgment, statement and returns come out."""

import csv
import io
from pathlib import Path

from tests.support.forward_files import Sent, SentBatch, nacha
from tests.support.rehearsal import Rehearsal


def acknowledged(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode())))


def test_a_file_is_acknowledged_settled_and_on_the_statement(tmp_path: Path) -> None:
    bank = Rehearsal(tmp_path)
    bank.send(nacha(SentBatch([Sent(amount=10_00), Sent(amount=5_50)])))
    bank.advance()
    assert not list(bank.inbox.iterdir())
    file, batch = acknowledged(bank.only("ack_"))
    assert file == {
        "immediate_origin": "1234567890",
        "immediate_destination": "990000013",
        "file_date": "261130",
        "file_time": "1500",
        "file_id_modifier": "A",
        "reference_code": "REF00001",
        "level": "file",
        "batch_number": "",
        "status": "accepted",
        "entries": "2",
        "total_debit": "1550",
        "total_credit": "0",
        "reason_code": "",
        "reason": "",
    }
    assert batch == file | {"level": "batch", "batch_number": "0000001"}
    bank.advance("2026-12-01T08:29")
    assert bank.show()["balance"] == 0
    bank.advance("2026-12-01T08:30")
    assert bank.show()["balance"] == 15_50
    bank.advance("2026-12-01T23:00")
    text = "ACH COLLECTION 1234567890 TOPUP EFF 261201 BATCH 0000001 REF REF00001"
    assert bank.only("statement_20261201").decode().splitlines() == [
        "01,990000013,9876543210,261201,2300,2,,,2/",
        "02,9876543210,990000013,1,261201,2400,USD,4/",
        "03,9876543210,USD,010,0,,,015,1550,,/",
        "88,100,1550,1,,400,0,0,/",
        f"16,165,1550,0,26120100000001,1234567890-0000001,{text}",
        "49,4650,4/",
        "98,4650,1,6/",
        "99,4650,1,8/",
    ]
    assert not bank.files("returns_")


def test_a_return_is_in_a_file_and_its_debit_on_the_statement_of_the_day(tmp_path: Path) -> None:
    bank = Rehearsal(tmp_path, "--return-fee", "250")
    bank.send(nacha(SentBatch([Sent(), Sent("9901020000", 55_00)])))
    bank.advance("2026-12-03T23:00")
    lines = bank.only("returns_20261203").decode().split("\r\n")
    assert lines[2] == f"626990000013{'9901020000':17}0000005500{'ID1':15}{'Jane Receiver':22}  1231380100000001"
    assert lines[3] == f"799R01990000010000002{'':6}23138010{'':44}231380100000001"
    statement = bank.only("statement_20261203").decode()
    assert "16,557,5500,0,26120300000002,990000010000002,ACH RETURN R01 990000010000002 231380100000001\n" in statement
    assert "16,698,250,0,26120300000003,990000010000002,ACH RETURN FEE R01 990000010000002\n" in statement
    assert bank.show()["balance"] == 65_00 - 55_00 - 2_50
