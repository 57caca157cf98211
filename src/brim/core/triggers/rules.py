"""How each event of a top-up is made to happen: the requests that lead to it, and changes to what they send.

The command `brim trigger` sends them over HTTP, the Shell in process.
"""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from brim.base.errors import BrimError


class Step(NamedTuple):
    """One request on the way to an event: its name for `--override` and its like, its path, and what it sends.

    `{topup}` in a path is the id of the top-up that the first step made.
    """

    name: str
    path: str
    parameters: Mapping[str, str] = {}


# Source of the amount, the currency and the name `topup`: the official command line's fixture, seen on the wire.
_CREATE: Final = Step(
    "topup", "/v1/topups", {"amount": "2000", "currency": "usd", "description": "(created by brim trigger)"}
)
# What is to be moved by hand must not move by itself before.
_CREATE_PENDING: Final = _CREATE._replace(parameters={**_CREATE.parameters, "source": "btok_us_verified_pending"})
_SUCCEED: Final = Step("topup_succeeded", "/v1/test_helpers/topups/{topup}/succeed")

TRIGGERS: Final[dict[str, tuple[Step, ...]]] = {
    "topup.created": (_CREATE,),
    "topup.succeeded": (_CREATE_PENDING, _SUCCEED),
    "topup.failed": (
        _CREATE_PENDING,
        Step("topup_failed", "/v1/test_helpers/topups/{topup}/fail", {"failure_code": "insufficient_funds"}),
    ),
    "topup.canceled": (_CREATE_PENDING, Step("topup_canceled", "/v1/topups/{topup}/cancel")),
    "topup.reversed": (
        _CREATE_PENDING,
        _SUCCEED,
        Step("topup_reversed", "/v1/test_helpers/topups/{topup}/reverse", {"failure_code": "debit_not_authorized"}),
    ),
}
"""The requests that lead to each event."""


class UnreadableChangeError(BrimError):
    """A change to what is sent is not of the form that its flag takes."""

    def __init__(self, flag: str, given: str, form: str) -> None:
        super().__init__(f"{flag} cannot be {given!r}: it is {form}.")


class UnknownStepError(BrimError):
    """A change names no request of the event."""

    def __init__(self, given: str, names: Sequence[str]) -> None:
        super().__init__(f"This event has no step {given!r}. Its steps: {', '.join(names)}.")


def change_steps(steps: Sequence[Step], *, overrides: Sequence[str], removals: Sequence[str]) -> list[Step]:
    """Return the steps with what they send changed.

    Args:
        steps: of one event.
        overrides: `STEP:NAME=VALUE` each, to be sent instead or beside.
        removals: `STEP:NAME` each, not to be sent.

    Raises:
        UnreadableChangeError: a change has another form.
        UnknownStepError: a change names none of the steps.
    """
    parameters = {step.name: dict(step.parameters) for step in steps}
    for text in removals:
        name, colon, parameter = text.partition(":")
        if not (colon and parameter):
            raise UnreadableChangeError("--remove", text, "STEP:NAME, such as topup:description")
        _of_step(parameters, name).pop(parameter, None)
    for text in overrides:
        place, equals, value = text.partition("=")
        name, colon, parameter = place.partition(":")
        if not (equals and colon and parameter):
            raise UnreadableChangeError("--override or --add", text, "STEP:NAME=VALUE, such as topup:amount=777")
        _of_step(parameters, name)[parameter] = value
    return [step._replace(parameters=parameters[step.name]) for step in steps]


def _of_step(parameters: Mapping[str, dict[str, str]], name: str) -> dict[str, str]:
    """Return what the step of that name sends."""
    if name not in parameters:
        raise UnknownStepError(name, list(parameters))
    return parameters[name]
