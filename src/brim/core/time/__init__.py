"""What time it is for an account: real time, or that of the test clock in which its test mode lives.

Neighbours: everything that happens asks here first; `test_clocks` moves the clocks. Start reading at `rules`.
"""

from brim.core.time.rules import (
    EARLIEST_TIME,
    KEPT_S,
    LATEST_TIME,
    MAX_NAME,
    ClockAdvancingError,
    ClockExistsError,
    FrozenTimeError,
    OwnerTime,
    TestClock,
    check_advance,
    check_frozen_time,
    moment_of,
    standing_at,
)
from brim.core.time.service import check_test_mode, find_clock, lock_owner_time, lock_owner_times
from brim.core.time.store import clock_from_record, clock_of, read_clock

__all__ = [
    "EARLIEST_TIME",
    "KEPT_S",
    "LATEST_TIME",
    "MAX_NAME",
    "ClockAdvancingError",
    "ClockExistsError",
    "FrozenTimeError",
    "OwnerTime",
    "TestClock",
    "check_advance",
    "check_frozen_time",
    "check_test_mode",
    "clock_from_record",
    "clock_of",
    "find_clock",
    "lock_owner_time",
    "lock_owner_times",
    "moment_of",
    "read_clock",
    "standing_at",
]
