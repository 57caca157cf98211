"""Which event announces each status of a top-up."""

from typing import Final

from brim.core.events import EventType
from brim.core.topups.rules import Status

EVENT_OF_STATUS: Final[dict[Status, EventType]] = {
    Status.PENDING: EventType.CREATED,
    Status.SUCCEEDED: EventType.SUCCEEDED,
    Status.FAILED: EventType.FAILED,
    Status.CANCELED: EventType.CANCELED,
    Status.REVERSED: EventType.REVERSED,
}
