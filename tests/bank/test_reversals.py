"""Reversals at the bank: paid to the account that was debited, returned by its number, or rejected with their batch."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.support.forward_files import Sent, SentBatch, nacha, trace
from tests.support.rehearsal import Rehearsal
from tests.support.rehearsal_statements import read_bai2, read_returns

DEBIT = SentBatch([Sent()])


def reversing(*entries: Sent, modifier: str = "B", **changed: Any) -> bytes:
    """Return a file with a batch of reversals, by hand."""
    batch = SentBatch(
        entries or [Sent(code="22", number=50)],
        number=2,
        effective="261202",
        service_class="220",
        description="REVERSAL",
    )
    return nacha(replace(batch, **changed), date="261201", modifier=modifier, reference="REF00002")


def test_a_reversal_is_booked_as_a_payment_and_nothing_comes_back(tmp_path: Path) -> None:
    bank = Rehearsal(tmp_path)
    bank.send(nacha(DEBIT))
    bank.advance("2026-12-01T20:30")
    bank.send(reversing(), "brim-2.ach")
    bank.advance("2026-12-15T12:00")
    (line,) = read_bai2(bank.only("statement_20261202")).lines
    assert line[:2] == ("455", 10_00)
    assert "1234567890-0000002" in line[3]
    assert bank.files("returns_") == {}
    shown = bank.show()
    assert shown["balance"] == 0
    assert [each["code"] for each in shown["entries"]] == ["27", "22"]


def test_an_account_number_says_with_which_code_a_credit_is_returned(tmp_path: Path) -> None:
    """A debit of it is paid; a number that has debits returned for a reason of debits has credits paid."""
    bank = Rehearsal(tmp_path)
    paid = Sent("9901020000", 20_00, individual_id="ID2")
    bank.send(nacha(SentBatch([Sent("9402010000"), paid])))
    bank.advance("2026-12-01T20:30")
    bank.send(reversing(Sent("9402010000", code="22", number=50), replace(paid, code="22", number=51)), "brim-2.ach")
    bank.advance("2026-12-15T12:00")
    backs = [back for content in bank.files("returns_").values() for back in read_returns(content)]
    assert sorted((back.reason, back.original_trace, back.amount) for back in backs) == [
        ("R01", trace(2), 20_00),
        ("R02", trace(50), 10_00),
    ]
    (line,) = [each for each in read_bai2(bank.only("statement_20261203")).lines if each[0] == "257"]
    assert (line[1], line[3][0] if isinstance(line[3], tuple) else line[3]) == (10_00, trace(50))


@pytest.mark.parametrize(
    ("entry", "changed", "reason"),
    [
        ({"account": "87654321"}, {}, "REVERSAL_UNKNOWN"),
        ({"amount": 9_99}, {}, "REVERSAL_UNKNOWN"),
        ({"individual_id": "ID2"}, {}, "REVERSAL_UNKNOWN"),
        ({"code": "32"}, {}, "REVERSAL_UNKNOWN"),
        ({"code": "27"}, {"service_class": "225"}, "REVERSAL_UNKNOWN"),
        ({}, {"sec": "WEB"}, "REVERSAL_UNKNOWN"),
        ({"twice": True}, {}, "REVERSAL_DUPLICATE"),
    ],
)
def test_what_reverses_no_debit_rejects_its_batch(
    tmp_path: Path, entry: dict[str, Any], changed: dict[str, Any], reason: str
) -> None:
    bank = Rehearsal(tmp_path)
    bank.send(nacha(DEBIT))
    bank.advance("2026-12-01T20:30")
    is_twice = entry.pop("twice", False)
    first = replace(Sent(code="22", number=50), **entry)
    bank.send(reversing(first, *([replace(first, number=51)] if is_twice else []), **changed), "brim-2.ach")
    bank.advance("2026-12-15T12:00")
    told = [content.decode() for content in bank.files("ack_").values()]
    assert sum(reason in each for each in told) == 1
    assert bank.show()["balance"] == 10_00


@pytest.mark.parametrize(("sent_at", "is_late"), [("2026-12-08T19:59", False), ("2026-12-08T20:00", True)])
def test_one_is_in_time_until_the_cut_off_of_the_fifth_banking_day(
    tmp_path: Path, sent_at: str, *, is_late: bool
) -> None:
    bank = Rehearsal(tmp_path)
    bank.send(nacha(DEBIT))
    bank.advance(sent_at)
    bank.send(reversing(effective="261209"), "brim-2.ach")
    bank.advance("2026-12-20T12:00")
    assert bank.show()["balance"] == (10_00 if is_late else 0)
