"""The operations of test mode: forced outcomes, and test clocks.

Source: Stripe API reference, Test Clocks; the forced outcomes are ours, in the shape of its other test helpers.
"""

from typing import Final

from brim.api.framework.operation import Handler, Operation
from brim.api.framework.params import Parameter
from brim.api.resources.test_helpers import clocks as test_clocks
from brim.api.resources.test_helpers import params as declared
from brim.api.resources.test_helpers import wire as clock_wire
from brim.api.resources.topups import handlers as topups
from brim.api.resources.topups import wire as topup_wire
from brim.base import wire
from brim.base.errors import NotInLiveModeError
from brim.core.time import ClockAdvancingError, ClockExistsError, FrozenTimeError
from brim.core.topups import InvalidTransitionError

_CLOCKS: Final = "/v1/test_helpers/test_clocks"

_FORCED: Final = {
    "succeed": "Makes a pending top-up succeed now. In test mode only.",
    "fail": "Makes a pending top-up fail now, with a failure code of your choice. In test mode only.",
    "reverse": (
        "Reverses a top-up that succeeded. Its amount leaves the balance, which can become negative. In test mode only."
    ),
}


def _forced(outcome: str, summary: str, handler: Handler, parameters: tuple[Parameter, ...]) -> Operation:
    """Return the operation that forces an outcome on a top-up."""
    return Operation(
        method="POST",
        path=f"/v1/test_helpers/topups/{{topup}}/{outcome}",
        operation_id=f"PostTestHelpersTopupsTopup{outcome.capitalize()}",
        summary=summary,
        description=_FORCED[outcome],
        parameters=parameters,
        handler=handler,
        resource="topups",
        level="write",
        returns=topup_wire.TopupObject,
        errors=(NotInLiveModeError, InvalidTransitionError, ClockAdvancingError),
    )


TEST_HELPERS: Final = (
    _forced("succeed", "Make a pending top-up succeed", topups.force_success, declared.TOPUP_SUCCEED),
    _forced("fail", "Make a pending top-up fail", topups.force_failure, declared.TOPUP_FAIL),
    _forced("reverse", "Reverse a succeeded top-up", topups.force_return, declared.TOPUP_REVERSE),
    Operation(
        method="POST",
        path=_CLOCKS,
        operation_id="PostTestHelpersTestClocks",
        summary="Create a test clock",
        description="Freezes the time of your test mode. An account has one clock at a time.",
        parameters=declared.TEST_CLOCK_CREATE,
        handler=test_clocks.create,
        resource="test_clocks",
        level="write",
        returns=clock_wire.ClockObject,
        errors=(NotInLiveModeError, FrozenTimeError, ClockExistsError),
    ),
    Operation(
        method="GET",
        path=_CLOCKS,
        operation_id="GetTestHelpersTestClocks",
        summary="List all test clocks",
        description="Returns your test clocks: none, or one.",
        parameters=declared.TEST_CLOCK_LIST,
        handler=test_clocks.list_all,
        resource="test_clocks",
        level="read",
        returns=clock_wire.ClockObject,
        in_list=True,
    ),
    Operation(
        method="GET",
        path=f"{_CLOCKS}/{{test_clock}}",
        operation_id="GetTestHelpersTestClocksTestClock",
        summary="Retrieve a test clock",
        description="Returns a test clock, whose status says whether it has finished advancing.",
        parameters=declared.TEST_CLOCK_RETRIEVE,
        handler=test_clocks.retrieve,
        resource="test_clocks",
        level="read",
        returns=clock_wire.ClockObject,
    ),
    Operation(
        method="POST",
        path=f"{_CLOCKS}/{{test_clock}}/advance",
        operation_id="PostTestHelpersTestClocksTestClockAdvance",
        summary="Advance a test clock",
        description=(
            "Advances the frozen time. Everything that falls due happens in order, each at its own time. Meanwhile "
            "the clock is `advancing`, and writes return a 429."
        ),
        parameters=declared.TEST_CLOCK_ADVANCE,
        handler=test_clocks.advance,
        resource="test_clocks",
        level="write",
        returns=clock_wire.ClockObject,
        errors=(FrozenTimeError, ClockAdvancingError),
    ),
    Operation(
        method="DELETE",
        path=f"{_CLOCKS}/{{test_clock}}",
        operation_id="DeleteTestHelpersTestClocksTestClock",
        summary="Delete a test clock",
        description="Deletes a test clock: your test mode returns to real time. What was created in frozen time stays.",
        parameters=(),
        handler=test_clocks.delete,
        resource="test_clocks",
        level="write",
        returns=wire.DeletedObject,
    ),
)
