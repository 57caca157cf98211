"""A line is found again in its file only where what the bank wrote of it is certain."""

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from brim.base.scope import AccountScope
from brim.core.direct_debits import reading_again
from brim.core.reconciliation import StatementLineRow
from brim.core.reconciliation.formats import LineStatus, StatementLine

KEPT = StatementLineRow(
    scope=AccountScope("acct_p", livemode=True),
    id="sl_1",
    bank_account="operating",
    line_key="k",
    bank_file="bankf_1",
    position=0,
    booked_on=date(2026, 12, 7),
    amount=2_500,
    currency="usd",
    type_code="",
    bank_reference=None,
    reference="TRANSFER",
    description="Thanks",
    matched_kind=None,
    matched=None,
    created_ms=1,
)


def written(position: int, end_to_end_id: str) -> StatementLine:
    return StatementLine(
        position=position,
        where=f"row {position}",
        amount_minor=2_500,
        currency="usd",
        booking_date=date(2026, 12, 7),
        value_date=None,
        status=LineStatus.BOOKED,
        type_code="",
        customer_reference="TRANSFER",
        end_to_end_id=end_to_end_id,
        text="Thanks",
    )


@pytest.mark.parametrize(("second", "is_certain"), [("RF-A", True), ("RF-B", False)])
async def test_of_lines_that_are_kept_as_the_same_but_name_different_accounts_none_is_taken(
    monkeypatch: pytest.MonkeyPatch, second: str, is_certain: bool
) -> None:
    lines = [written(0, "RF-A"), written(1, second)]

    async def read(*_: Any) -> Any:
        return SimpleNamespace(statements=[(SimpleNamespace(currency="usd"), lines)])

    monkeypatch.setattr(reading_again, "read_again", read)
    nothing: Any = None
    found = await reading_again.find_line(nothing, nothing, KEPT)
    assert found == (lines[0] if is_certain else None)
