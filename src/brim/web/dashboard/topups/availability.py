"""When money can be used and why then: of a top-up that was made, and of one before it is sent."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from brim.http.form import Field
from brim.web.api_client import ApiRefusedError, Caller
from brim.web.dashboard.wording import NO_PROMISE

PREVIEW: Final = "/v1/brim/availability_preview"
_MINUTE: Final = 60
_HOUR: Final = 60 * _MINUTE
_KEY_ENDED: Final = 401

Day = tuple[str, str, bool]
"""A day until money is usable: the date, what it is, and whether it was counted."""


class Promise(msgspec.Struct, frozen=True, kw_only=True):
    """What the API says before anything is sent.

    `availability` is its object, with `days` in order and, where no bank's calendar was asked, `wait` for how long it
    takes; None where nothing is promised, and then `reason` is a sentence that says why.
    """

    availability: Mapping[str, Any] | None = None
    days: list[Day] = []
    wait: str = ""
    reason: str = ""


async def ask_promise(api: Caller, *, currency: str, paying: Mapping[str, Field]) -> Promise:
    """Return what a top-up would be promised if it were made now.

    Args:
        api: with the rights of whoever asks.
        currency: the ISO code in lower case.
        paying: the API's parameter that names what pays; none for the account's default.

    Raises:
        ApiRefusedError: the key of whoever asks has ended.
    """
    try:
        told = await api.get(PREVIEW, currency=currency, **paying)
    except ApiRefusedError as error:
        if error.status == _KEY_ENDED:
            raise
        return Promise(reason=NO_PROMISE.get(error.code or "", error.message))
    availability = told["availability"]
    if availability is None:
        return Promise(reason=NO_PROMISE[told["reason"]])
    waited_s = availability["available_on"] - availability["submitted"]
    return Promise(availability=availability, days=days_of(availability), wait=wait_words(waited_s))


def days_of(availability: Mapping[str, Any]) -> list[Day]:
    """Return the days until money is usable, in order."""
    counted = [(day, "counted", True) for day in availability["business_days"]]
    skipped = [(day["date"], day["name"] or day["reason"], False) for day in availability["skipped"]]
    return sorted([*counted, *skipped])


def wait_words(seconds: int) -> str:
    """Return a time to wait as people say it, such as `about 5 seconds`."""
    if seconds < 1:
        return "less than a second"
    if seconds == 1:
        return "about a second"
    for unit_s, unit in ((_HOUR, "hours"), (_MINUTE, "minutes")):
        if seconds >= 2 * unit_s:
            return f"about {round(seconds / unit_s)} {unit}"
    return f"about {seconds} seconds"
