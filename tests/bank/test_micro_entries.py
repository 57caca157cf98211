"""The bank refuses micro-entries that Nacha's rule does not allow."""

import pytest

from brim.bank.inspection import Agreement, wrong_micro_entries
from brim.bank.nacha_reader import Batch, Entry, NachaFile

AGREEMENT = Agreement("990000013", "987", ("1",))


def batch(*amounts: tuple[str, int], description: str = "ACCTVERIFY", effective: str = "261202") -> Batch:
    entries = [
        Entry(code, "110000000", "1", cents, "x", "y", "", has_addenda=False, trace=f"{n}")
        for n, (code, cents) in enumerate(amounts)
    ]
    return Batch("200", "BRIM", "1", "PPD", description, effective, "99000001", 1, entries)


@pytest.mark.parametrize(
    ("batches", "reason"),
    [
        ([batch(("22", 99), ("22", 1)), batch(("27", 100))], None),
        ([batch(("22", 100))], "credits 100 cents"),
        ([batch(("22", 99), ("22", 1)), batch(("27", 101))], "debited more than credited"),
        ([batch(("22", 99)), batch(("27", 99), effective="261203")], "one day"),
        ([batch(("22", 100), description="PAYROLL")], None),
    ],
)
def test_micro_entries(batches: list[Batch], reason: str | None) -> None:
    found = wrong_micro_entries(NachaFile(batches=batches), AGREEMENT)
    assert found is None if reason is None else reason in (found or "")
