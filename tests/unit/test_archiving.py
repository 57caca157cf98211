"""What PostgreSQL says of its archiver, and when somebody has to look."""

from typing import Any

import pytest

from brim.core.archiving import Archiving

HEALTHY: dict[str, Any] = {
    "is_on": True,
    "last_archived": "0000000100000002000000FE",
    "last_archived_ms": 2000,
    "last_failed": "0000000100000002000000FC",
    "last_failed_ms": 1000,
    "current": "000000010000000300000001",
}


@pytest.mark.parametrize(
    ("changes", "is_failing", "waiting"),
    [
        ({}, False, 2),
        ({"last_failed_ms": None, "last_failed": None}, False, 2),
        ({"last_failed_ms": 3000}, True, 2),
        ({"last_archived": None, "last_archived_ms": None}, True, None),
        ({"last_failed_ms": 3000, "is_on": False}, False, 2),
        ({"last_archived": "00000002.history"}, False, None),
        ({"last_archived": "000000010000000300000001.00000028.backup"}, False, 0),
    ],
)
def test_archiving_fails_while_the_last_try_failed(
    changes: dict[str, Any], is_failing: bool, waiting: int | None
) -> None:
    archiving = Archiving(**{**HEALTHY, **changes})
    assert (archiving.is_failing, archiving.waiting) == (is_failing, waiting)
    assert (archiving.problem is not None) == is_failing
