"""The bank takes a debit again only if it came back before, is the same one, and not too often or too late."""

import csv
import io
from pathlib import Path

from tests.support.forward_files import Sent, SentBatch, nacha
from tests.support.rehearsal import Rehearsal
from tests.support.rehearsal_statements import read_returns


def _reasons(bank: Rehearsal) -> list[str]:
    """Return why the batches of the newest file are rejected, each with nothing where it is not."""
    (*_, newest) = bank.files("ack_").values()
    return [line["reason_code"] for line in csv.DictReader(io.StringIO(newest.decode()))][1:]


def _send(bank: Rehearsal, day: str, modifier: str, *batches: SentBatch) -> list[str]:
    """Send batches that settle on a day (YYMMDD), and return what the bank says of each."""
    dated = [
        SentBatch(each.entries, number, effective=day, company_name=each.company_name, description=each.description)
        for number, each in enumerate(batches, 1)
    ]
    bank.send(nacha(*dated, date=day, modifier=modifier), f"brim-{day}-{modifier}.ach")
    bank.advance(f"20{day[:2]}-{day[2:4]}-{day[4:]}T07:00")
    return _reasons(bank)


def _retry(*entries: Sent, company_name: str = "BRIM TEST") -> SentBatch:
    return SentBatch(entries, company_name=company_name, description="RETRY PYMT")


def _back(bank: Rehearsal) -> list[str]:
    return [back.reason for content in bank.files("returns_").values() for back in read_returns(content)]


def test_an_account_returns_a_debit_so_often_and_then_pays_it(tmp_path: Path) -> None:
    bank = Rehearsal(tmp_path)
    debit, other = Sent("9520100000", 5_00), Sent("9520900000", 6_00, individual_id="ID2")
    assert _send(bank, "261201", "A", SentBatch([debit, other])) == [""]
    bank.advance("2026-12-04T00:00")
    assert _back(bank) == ["R01", "R09"]
    assert _send(bank, "261204", "A", _retry(debit)) == [""]
    bank.advance("2026-12-09T00:00")
    assert _send(bank, "261209", "A", _retry(debit, other)) == [""]
    bank.advance("2026-12-12T00:00")
    assert _back(bank) == ["R01", "R09", "R01", "R09"]
    assert bank.show()["balance"] == 5_00


def test_the_bank_rejects_what_it_has_not_returned_and_what_comes_too_often_or_too_late(tmp_path: Path) -> None:
    bank = Rehearsal(tmp_path)
    often, late = Sent("9530100000", 5_00), Sent("9510100000", 6_00, individual_id="LATE")
    fine, gone = Sent("12345678", 7_00, individual_id="FINE"), Sent("9910000000", 8_00, individual_id="GONE")
    assert _send(bank, "261201", "A", _retry(often)) == ["RETRY_UNKNOWN"]  # it was never presented
    assert _send(bank, "261201", "B", SentBatch([often, late, fine, gone])) == [""]
    assert _send(bank, "261202", "A", _retry(often)) == ["RETRY_UNKNOWN"]  # it has not come back yet
    bank.advance("2026-12-04T00:00")
    elsewhere = Sent("9530100000", 5_01)
    refused = [_retry(fine), _retry(gone), _retry(elsewhere), _retry(often, often), _retry(often, company_name="X")]
    assert _send(bank, "261204", "A", *refused) == [*["RETRY_UNKNOWN"] * 4, "RETRY_COMPANY"]
    assert _send(bank, "261204", "B", _retry(often)) == [""]
    bank.advance("2026-12-09T00:00")
    assert _send(bank, "261209", "A", _retry(often)) == [""]
    bank.advance("2026-12-12T00:00")
    assert _send(bank, "261214", "A", _retry(often)) == ["RETRY_TOO_OFTEN"]
    assert _send(bank, "270528", "A", _retry(late)) == [""]
    bank = Rehearsal(tmp_path / "again")
    assert _send(bank, "261201", "A", SentBatch([late])) == [""]
    bank.advance("2026-12-04T00:00")
    assert _send(bank, "270601", "A", _retry(late)) == ["RETRY_TOO_LATE"]
