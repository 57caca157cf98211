"""Which event announces each status of a top-up."""

from typing import Final

from brim.core.events import EventType
from brim.core.topups.rules import Status

EVENT_OF_STATUS: Final[dict[Status, EventType]] = {
    Status.PENDING: EventType.TOPUP_CREATED,
    Status.SUCCEEDED: EventType.TOPUP_SUCCEEDED,
    Status.FAILED: EventType.TOPUP_FAILED,
    Status.CANCELED: EventType.TOPUP_CANCELED,
    Status.REVERSED: EventType.TOPUP_REVERSED,
}
