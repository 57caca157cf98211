"""A range of keys, taken apart for statements, holds the same rows as when it is compared whole."""

from itertools import product
from typing import Final

import pytest

from brim.core.verification.walk import END, START, Key, Range, bounds_of

KEYS: Final[list[Key]] = sorted(product(["a", "b", "c"], [False, True], ["", "1", "2"]))


def _holds(span: Range, key: Key) -> bool:
    """Tell whether statements find a row in a range, as they compare."""
    first, last, *parts = bounds_of(span)
    account, livemode, row = key
    found = int(first < account < last)
    for part_account, part_mode, after, until in zip(*parts, strict=True):
        if (account, livemode) == (part_account, part_mode):
            found += (after or "") <= row <= until and row != after
    assert found <= 1
    return bool(found)


@pytest.mark.parametrize("after", [START, *KEYS])
def test_a_range_has_the_rows_between_its_ends(after: Key) -> None:
    for until in [*(key for key in KEYS if key > after), END]:
        held = [key for key in KEYS if _holds(Range(after, until), key)]
        assert held == [key for key in KEYS if after < key <= until]
