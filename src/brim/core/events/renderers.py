"""How objects are written into events and into other objects: the API registers a function for each type of object.

The core decides that something is announced, and the API how it reads; `brim.api.wire_formats` has every registration.
Whoever starts a process passes the renderers to what writes events, so the core imports nothing of the API.
"""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any, Final, TypeAlias

from brim.core.events.rules import OBJECT_OF_EVENT, EventType

Render: TypeAlias = Callable[..., bytes]
"""Returns the compact JSON of an object."""


class ObjectType(StrEnum):
    """The types of object that the core has written for it, by their name on the wire.

    A thin event has one name there and two forms: as it is read, and the notification that is delivered.
    """

    TOPUP = "topup"
    BALANCE = "balance"
    TEST_CLOCK = "test_helpers.test_clock"
    ACH_FILE = "brim.ach_file"
    BANK_FILE = "brim.bank_file"
    RETURN_RATE = "brim.return_rate"
    BREAK = "brim.break"
    PRENOTE = "brim.prenote"
    MICRODEPOSITS = "brim.microdeposits"
    CORRECTION = "brim.correction"
    ACH_RETURN = "brim.ach_return"
    ACH_REVERSAL = "brim.ach_reversal"
    REFUND = "brim.refund"
    INCOMING_TRANSFER = "brim.incoming_transfer"
    NEGATIVE_BALANCE = "brim.negative_balance"
    REPORT_RUN = "reporting.report_run"
    WEBHOOK_ENDPOINT = "webhook_endpoint"
    EVENT_DESTINATION = "v2.core.event_destination"
    SOURCE = "source"
    EVENT = "event"
    THIN_EVENT = "v2.core.event"
    EVENT_NOTIFICATION = "v2.core.event_notification"


OBJECT_TYPES: Final = {event_type: ObjectType(about.type) for event_type, about in OBJECT_OF_EVENT.items()}
"""What each event shows."""


class IncompleteRenderersError(RuntimeError):
    """An object type has no renderer, so a process that needs it must not start."""

    def __init__(self, missing: list[ObjectType]) -> None:
        super().__init__(f"No renderer is registered for {', '.join(missing)}.")


class Renderers:
    """The function that writes each type of object.

    Args:
        functions: one for every `ObjectType`.

    Raises:
        IncompleteRenderersError: one is missing.
    """

    def __init__(self, functions: Mapping[ObjectType, Render]) -> None:
        missing = [object_type for object_type in ObjectType if object_type not in functions]
        if missing:
            raise IncompleteRenderersError(missing)
        self._of_objects = dict(functions)
        self._of_events = {event_type: functions[shown] for event_type, shown in OBJECT_TYPES.items()}

    def render(self, object_type: ObjectType, *shown: Any, **how: Any) -> bytes:
        """Return an object as compact JSON: to be kept inside another one, or to be sent."""
        return self._of_objects[object_type](*shown, **how)

    def payload(self, event_type: EventType, *shown: Any) -> bytes:
        """Return the payload of an event: what it shows, as compact JSON."""
        return self._of_events[event_type](*shown)
