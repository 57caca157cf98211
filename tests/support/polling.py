"""Waiting, bounded, for what another process does in its own time."""

import time
from collections.abc import Callable
from typing import Any, Final, TypeVar

from stripe import Event, StripeClient

Found = TypeVar("Found")

PATIENCE_S: Final = 60.0
_PAUSE_S: Final = 0.02


def until(look: Callable[[], Found | None], *, what: str, patience_s: float = PATIENCE_S) -> Found:
    """Return the first true value that `look` returns; fail when there is none in time."""
    deadline = time.monotonic() + patience_s
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {patience_s} s in vain for {what}")
        time.sleep(_PAUSE_S)  # lets the process that is waited for have the processor


def wait_for_event(client: StripeClient, event_type: str, topup_id: str, **options: Any) -> Event:
    """Return the event of a top-up's next step, once the list of events has it."""

    def look() -> Event | None:
        events = client.v1.events.list({"type": event_type, "limit": 100}, **options)
        return next((event for event in events.data if event.data.object["id"] == topup_id), None)

    return until(look, what=f"{event_type} of {topup_id}")
