"""What the bank rejects, and how far a rejection goes."""

import csv
import io
from pathlib import Path

import pytest

from tests.support.forward_files import Sent, SentBatch, nacha
from tests.support.rehearsal import Rehearsal

GOOD = nacha(SentBatch([Sent(), Sent()]))


def lines_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode())))


def changed(record: int, start: int, text: str, content: bytes = GOOD) -> bytes:
    """Return the file with other characters in a record, from a position on (both from 1 on)."""
    lines = content.decode().split("\r\n")
    line = lines[record - 1]
    lines[record - 1] = line[: start - 1] + text + line[start - 1 + len(text) :]
    return "\r\n".join(lines).encode()


def lost_record(record: int) -> bytes:
    lines = GOOD.decode().split("\r\n")
    del lines[record - 1]
    return "\r\n".join(lines).encode()


@pytest.mark.parametrize(
    ("code", "content"),
    [
        ("NOT_ASCII", GOOD.replace(b"Jane", b"J\xc3ne")),
        ("CHARACTER", GOOD.replace(b"Jane", b"J\x07ne")),
        ("RECORD_LENGTH", GOOD.replace(b"  0990000010000002", b" 0990000010000002")),
        ("STRUCTURE", b""),
        ("RECORD_LENGTH", b"not a file"),
        ("STRUCTURE", lost_record(1)),
        ("STRUCTURE", lost_record(2)),
        ("STRUCTURE", lost_record(5)),
        ("BATCH_COUNT", lost_record(6)),
        ("BLOCKING", lost_record(10)),
        ("STRUCTURE", changed(9, 3, "8")),
        ("FILE_HEADER", changed(1, 35, "106")),
        ("FILE_ID_MODIFIER", changed(1, 34, "a")),
        ("FILE_HEADER", changed(1, 14, " " * 10)),
        ("DESTINATION", changed(1, 5, "021000021")),
        ("CREATION_DATE", changed(1, 24, "261331")),
        ("FIELD", changed(3, 30, "000000100O")),
        ("FIELD", changed(4, 80, "99000001000000X")),
        ("ENTRY_COUNT", changed(5, 5, "000003")),
        ("ENTRY_HASH", changed(5, 11, "0046276021")),
        ("DEBIT_TOTAL", changed(5, 21, "000000002001")),
        ("CREDIT_TOTAL", changed(5, 33, "000000000001")),
        ("BATCH_CONTROL", changed(5, 45, "1234567891")),
        ("BATCH_CONTROL", changed(5, 94, "2")),
        ("BATCH_COUNT", changed(6, 2, "000002")),
        ("BLOCK_COUNT", changed(6, 8, "000002")),
        ("ENTRY_COUNT", changed(6, 14, "00000001")),
        ("ENTRY_HASH", changed(6, 22, "0000000000")),
        ("DEBIT_TOTAL", changed(6, 32, "000000000000")),
        ("CREDIT_TOTAL", changed(6, 44, "000000000009")),
        ("BATCH_NUMBER", nacha(SentBatch([Sent()], number=2), SentBatch([Sent()], number=2))),
        ("NO_BATCH_ACCEPTED", nacha(SentBatch([Sent()], company="9999999999"))),
    ],
)
def test_a_faulty_file_is_rejected_as_a_whole(tmp_path: Path, code: str, content: bytes) -> None:
    bank = Rehearsal(tmp_path)
    bank.send(content)
    bank.advance("2026-12-02T09:00")
    file, *batches = lines_of(bank.only("ack_"))
    assert (file["status"], file["reason_code"]) == ("rejected", code)
    assert {batch["status"] for batch in batches} <= {"rejected"}
    shown = bank.show()
    assert (shown["balance"], shown["entries"]) == (0, [])
    bank.send(GOOD, "corrected.ach")  # the identity of what was rejected is free
    bank.advance()
    assert lines_of(list(bank.files("ack_").values())[-1])[0]["status"] == "accepted"


@pytest.mark.parametrize(
    ("code", "batch"),
    [
        ("BLANK_COMPANY_FIELD", SentBatch([Sent()], company_name="", number=2)),
        ("BLANK_COMPANY_FIELD", SentBatch([Sent()], company="", number=2)),
        ("BLANK_COMPANY_FIELD", SentBatch([Sent()], description="", number=2)),
        ("UNKNOWN_COMPANY", SentBatch([Sent()], company="9999999999", number=2)),
        ("ODFI", SentBatch([Sent()], odfi="02100002", number=2)),
        ("SEC_CODE", SentBatch([Sent()], sec="IAT", number=2)),
        ("EMPTY_BATCH", SentBatch([], number=2)),
        ("SERVICE_CLASS", SentBatch([Sent()], service_class="220", number=2)),
        ("SERVICE_CLASS", SentBatch([Sent(code="22")], number=2)),
        ("SERVICE_CLASS", SentBatch([Sent()], service_class="280", number=2)),
        ("TRACE_ORDER", SentBatch([Sent(number=9), Sent(number=8)], number=2)),
        ("TRACE_ORDER", SentBatch([Sent(number=9), Sent(number=9)], number=2)),
        ("OFFSET", SentBatch([Sent("9876543210", code="22", routing="990000013")], service_class="200", number=2)),
        ("EFFECTIVE_DATE_TOO_FAR", SentBatch([Sent()], effective="261208", number=2)),
    ],
)
def test_a_faulty_batch_is_rejected_alone(tmp_path: Path, code: str, batch: SentBatch) -> None:
    bank = Rehearsal(tmp_path)
    bank.send(nacha(SentBatch([Sent()]), batch))
    bank.advance("2026-12-09T09:00")
    file, good, bad = lines_of(bank.only("ack_"))
    assert (file["status"], good["status"]) == ("accepted", "accepted")
    assert (bad["status"], bad["reason_code"]) == ("rejected", code)
    assert bank.show()["balance"] == 10_00


def test_traces_of_another_bank_reject_their_batch(tmp_path: Path) -> None:
    bank = Rehearsal(tmp_path)
    bank.send(changed(7, 80, "02100002", nacha(SentBatch([Sent(), Sent()]), SentBatch([Sent()], number=2))))
    bank.advance()
    assert [line["reason_code"] for line in lines_of(bank.only("ack_"))] == ["", "", "TRACE_PREFIX"]


def test_a_missing_addenda_rejects_its_batch(tmp_path: Path) -> None:
    bank = Rehearsal(tmp_path)
    bank.send(changed(6, 79, "1", nacha(SentBatch([Sent()]), SentBatch([Sent()], number=2))))
    bank.advance()
    assert [line["reason_code"] for line in lines_of(bank.only("ack_"))] == ["", "", "ADDENDA"]


def test_the_same_bytes_under_the_same_name_are_acknowledged_again_and_processed_once(tmp_path: Path) -> None:
    bank = Rehearsal(tmp_path)
    bank.send(GOOD)
    bank.advance("2026-12-01T12:00")
    bank.send(GOOD)
    bank.advance("2026-12-02T23:00")
    first, second = bank.files("ack_").values()
    assert first == second
    assert bank.show()["balance"] == 20_00
    assert len(bank.show()["files"]) == 1


@pytest.mark.parametrize("content", [GOOD, nacha(SentBatch([Sent(amount=1)]))])
def test_another_file_with_the_same_identity_is_a_duplicate(tmp_path: Path, content: bytes) -> None:
    bank = Rehearsal(tmp_path)
    bank.send(GOOD)
    bank.advance()
    bank.send(content, "other.ach")
    bank.advance("2026-12-02T23:00")
    answer = lines_of(list(bank.files("ack_").values())[1])[0]
    assert (answer["status"], answer["reason_code"]) == ("rejected", "DUPLICATE_FILE")
    assert bank.show()["balance"] == 20_00


def test_unfinished_files_are_left_alone(tmp_path: Path) -> None:
    bank = Rehearsal(tmp_path)
    for name in (".hidden.ach", "one.ach.part", "two.tmp"):
        (bank.inbox / name).write_bytes(GOOD)
    bank.advance("2026-12-01T12:00")
    assert len(list(bank.inbox.iterdir())) == 3
    assert not bank.files("ack_")


@pytest.mark.parametrize("ends", [b"\n", b""])
def test_other_line_ends_are_read(tmp_path: Path, ends: bytes) -> None:
    bank = Rehearsal(tmp_path)
    bank.send(GOOD.replace(b"\r\n", ends))
    bank.advance()
    assert lines_of(bank.only("ack_"))[0]["status"] == "accepted"


@pytest.mark.parametrize(
    ("received", "effective", "settles"),
    [
        ("2026-11-30T15:00", "261130", "2026-11-30"),  # the same day
        ("2026-11-30T20:00", "261130", "2026-12-01"),  # after the cut-off
        ("2026-11-25T15:00", "261126", "2026-11-27"),  # Thanksgiving
        ("2026-11-27T20:00", "261128", "2026-11-30"),  # a weekend
        ("2026-11-30T15:00", "261120", "2026-11-30"),  # stale
        ("2026-11-30T15:00", "999999", "2026-11-30"),  # no date
        ("2027-07-02T15:00", "270705", "2027-07-06"),  # Independence Day on a Sunday: Monday
        ("2026-07-02T15:00", "260703", "2026-07-03"),  # Independence Day on a Saturday: Friday is open
    ],
)
def test_batches_settle_on_banking_days(tmp_path: Path, received: str, effective: str, settles: str) -> None:
    bank = Rehearsal(tmp_path, now=received)
    bank.send(nacha(SentBatch([Sent()], effective=effective), date=received[2:10].replace("-", "")))
    bank.advance()
    (batch,) = bank.show()["files"][0]["batches"]
    assert batch["settle_on"] == settles
    stale = effective in {"261120", "999999"} or (received.endswith("T20:00") and effective == "261130")
    assert (lines_of(bank.only("ack_"))[1]["reason_code"] == "STALE_EFFECTIVE_DATE") == stale


def test_the_settlement_lag_is_in_banking_days(tmp_path: Path) -> None:
    bank = Rehearsal(tmp_path, "--settlement-lag", "2", now="2026-11-24T15:00")
    bank.send(nacha(SentBatch([Sent()], effective="261125"), date="261124"))
    bank.advance()
    assert bank.show()["files"][0]["batches"][0]["settle_on"] == "2026-11-30"
