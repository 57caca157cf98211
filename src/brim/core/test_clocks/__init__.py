"""Test clocks: made, advanced in steps that do what is due on the way, and deleted.

Neighbours: `time` says what time it is, `due` is what they move through. Start reading at `service`.
"""

from brim.core.test_clocks.service import (
    advance_clock,
    create_clock,
    delete_clock,
    delete_ended_clock,
    retrieve_clock,
    step_clock,
)

__all__ = [
    "advance_clock",
    "create_clock",
    "delete_clock",
    "delete_ended_clock",
    "retrieve_clock",
    "step_clock",
]
