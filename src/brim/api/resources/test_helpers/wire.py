"""How test clocks are written for clients. Source of every field: Stripe API reference and SDK types (Test Clock)."""

import msgspec

from brim.base.json_codec import encode
from brim.core.time import TestClock


class AdvancingDetails(msgspec.Struct, frozen=True):
    """Where a test clock goes."""

    target_frozen_time: int


class ClockStatusDetails(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is to be said about a test clock's status: nothing, unless it is advancing."""

    advancing: AdvancingDetails | msgspec.UnsetType = msgspec.UNSET


class ClockObject(msgspec.Struct, frozen=True, kw_only=True):
    """The Test Clock object."""

    id: str
    object: str = "test_helpers.test_clock"
    created: int
    deletes_after: int
    frozen_time: int
    livemode: bool
    name: str | None
    status: str
    status_details: ClockStatusDetails


def clock_json(clock: TestClock) -> bytes:
    """Return a test clock's compact JSON."""
    target = clock.target_frozen_time
    return encode(
        ClockObject(
            id=clock.id,
            created=clock.created,
            deletes_after=clock.deletes_after,
            frozen_time=clock.frozen_time,
            livemode=clock.scope.livemode,
            name=clock.name,
            status="advancing" if clock.is_advancing else "ready",
            status_details=ClockStatusDetails() if target is None else ClockStatusDetails(AdvancingDetails(target)),
        )
    )
