"""How test clocks are written for clients. Source of every field: Stripe API reference and SDK types (Test Clock)."""

from typing import Annotated

import msgspec

from brim.api.framework.schema import LIVEMODE, TIME, constant, described, identifier
from brim.base.json_codec import encode
from brim.core.time import MAX_NAME, TestClock


class AdvancingDetails(msgspec.Struct, frozen=True):
    """Where a test clock is advancing to."""

    target_frozen_time: Annotated[int, described("The time at which the clock will stop.", **TIME)]


class ClockStatusDetails(msgspec.Struct, frozen=True, omit_defaults=True):
    """Details of a test clock's status."""

    advancing: Annotated[
        AdvancingDetails | msgspec.UnsetType, described("Only present while the clock is advancing.")
    ] = msgspec.UNSET


class ClockObject(msgspec.Struct, frozen=True, kw_only=True):
    """The Test Clock object."""

    id: Annotated[str, identifier("clock", "test clock")]
    object: Annotated[str, constant("test_helpers.test_clock")] = "test_helpers.test_clock"
    created: Annotated[
        int, described("When it was created, in Unix seconds. Real time, also under a test clock.", **TIME)
    ]
    deletes_after: Annotated[int, described("When the test clock is deleted automatically, in real time.", **TIME)]
    frozen_time: Annotated[
        int,
        described(
            "The current time of the account's test mode, in Unix seconds. It stays the same until you advance it.",
            **TIME,
        ),
    ]
    livemode: Annotated[bool, LIVEMODE]
    name: Annotated[str | None, described("The name that you gave it.", maxLength=MAX_NAME)]
    status: Annotated[str, described("Whether the clock is ready or advancing.", enum=["advancing", "ready"])]
    status_details: Annotated[
        ClockStatusDetails, described("The time that the clock is advancing to. Empty while it is ready.")
    ]


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
