"""By what a debit names the transfer that it takes back, where that has not come yet."""

from typing import Final

import pytest

from brim.core.direct_debits.recalls import recalled_name
from brim.core.push.references import RETURN_BODY, new_reference, written
from brim.core.rails.ach import OriginatorProfile

PROFILE: Final = OriginatorProfile(
    outgoing_folder="/to", incoming_folder="/from", transfers_numbers="4400000000-4400000039"
)
FIRST, SECOND = new_reference("first"), new_reference("second")
BACK = new_reference("first", length=RETURN_BODY)


@pytest.mark.parametrize(
    ("texts", "name"),
    [
        (["RECALL", written(FIRST)], FIRST),
        ([f"RETURN {BACK}"], BACK),
        ([f"RECALL {FIRST} 4400000001"], FIRST),
        (["RECALL 4400000001 OF 20261207"], "4400000001"),
        ([FIRST, SECOND], None),
        ([f"{FIRST} {BACK}"], None),
        (["4400000001 4400000002"], None),
        (["ACCOUNT FEE 20261207"], None),
    ],
)
def test_a_debit_names_one_transfer_or_none(texts: list[str], name: str | None) -> None:
    assert recalled_name(PROFILE, texts) == name
