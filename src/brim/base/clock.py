"""The one place that reads the machine's clock.

Everything below the API takes the time as an argument, so a test (or a test clock) can move it.
"""

import time
from collections.abc import Callable
from typing import TypeAlias

Clock: TypeAlias = Callable[[], int]
"""Answers the time in whole milliseconds since the Unix epoch."""


def system_clock_ms() -> int:
    """Return the wall-clock time in whole milliseconds since the Unix epoch."""
    return time.time_ns() // 1_000_000
