"""The schemas of test clocks."""

from typing import Final

from brim.api.framework.params import Schema
from brim.api.framework.schema import LIVEMODE, TIME, Component, constant, identifier
from brim.api.resources.test_helpers import wire as clock_wire
from brim.core.time import MAX_NAME

_CLOCK: Final[dict[str, Schema]] = {
    "id": identifier("clock", "test clock"),
    "object": constant("test_helpers.test_clock"),
    "created": {"description": "When it was made, in real time.", **TIME},
    "deletes_after": {"description": "When it goes by itself, in real time.", **TIME},
    "frozen_time": {"description": "The time in which the account's test mode lives.", **TIME},
    "livemode": LIVEMODE,
    "name": {"description": "What you call it.", "maxLength": MAX_NAME},
    "status": {"description": "Whether it stands or moves.", "enum": ["advancing", "ready"]},
    "status_details": {"description": "Where it goes, while it moves."},
}
_CLOCK_STATUS_DETAILS: Final[dict[str, Schema]] = {
    "advancing": {"description": "There only while it moves."},
}
_CLOCK_ADVANCING: Final[dict[str, Schema]] = {
    "target_frozen_time": {"description": "Where it will stand.", **TIME},
}

TEST_HELPERS: Final = (
    Component(clock_wire.ClockObject, "test_helpers.test_clock", _CLOCK),
    Component(clock_wire.ClockStatusDetails, "test_clock_status_details", _CLOCK_STATUS_DETAILS),
    Component(clock_wire.AdvancingDetails, "test_clock_advancing", _CLOCK_ADVANCING),
)
