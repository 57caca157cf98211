"""Refunds at the bank: booked as payments, and no presentments of the debits that they pay back."""

from pathlib import Path

from tests.support.forward_files import Sent, SentBatch, nacha
from tests.support.rehearsal import Rehearsal
from tests.support.rehearsal_statements import read_bai2

RETURNED = "9510100000"


def test_a_refund_is_booked_as_a_payment_and_is_no_presentment_of_its_debit(tmp_path: Path) -> None:
    bank = Rehearsal(tmp_path)
    bank.send(nacha(SentBatch([Sent(RETURNED)])))
    bank.advance("2026-12-03T23:00")  # returned with R01
    refund = SentBatch(
        [Sent(RETURNED, code="22", number=50)],
        number=2,
        effective="261204",
        service_class="220",
        description="REFUND",
    )
    bank.send(nacha(refund, date="261203", modifier="B", reference="REF00002"), "brim-2.ach")
    bank.advance("2026-12-04T23:00")
    (line,) = [each for each in read_bai2(bank.only("statement_20261204")).lines if each[0] == "455"]
    assert (line[1], "1234567890-0000002" in line[3]) == (10_00, True)
    again = SentBatch([Sent(RETURNED, number=60)], number=3, effective="261207", description="RETRY PYMT")
    bank.send(nacha(again, date="261204", modifier="C", reference="REF00003"), "brim-3.ach")
    bank.advance("2026-12-10T12:00")
    assert all("RETRY_UNKNOWN" not in content.decode() for content in bank.files("ack_").values())
    assert [each["code"] for each in bank.show()["entries"]] == ["27", "22", "27"]
