"""What happened to a top-up, from itself, its lines of the statement and its events.

Events are kept for thirty days only. What happened before is told all the same: its creation and its lines have their
times; a failure or a cancelation is known by the status, and its time is not kept.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from brim.api.resources.v2_core.event_wire import read_second
from brim.core.events import thin_name
from brim.web.api_client import Caller
from brim.web.dashboard.events.pages import find_events_about
from brim.web.dashboard.wording import HAPPENED

_BOOKED: Final = (("topup", "topup.succeeded"), ("topup_reversal", "topup.reversed"))
"""Types of lines, in the order in which they are booked, each with the event of its step."""


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that happened: when (Unix seconds), in words, and the event that announced it, if it is kept."""

    at: int | None
    title: str
    tone: str
    event: str | None = None
    request: str | None = None


async def find_steps(api: Caller, topup: Mapping[str, Any], lines: Sequence[Mapping[str, Any]]) -> list[Step]:
    """Return what happened to a top-up, newest first.

    Args:
        api: the API.
        topup: as the API returns it.
        lines: its lines of the statement.
    """
    announced = {event["type"]: event for event in await find_events_about(api, topup["id"])}
    happened = _happened(topup, lines)
    return [_step(each, at, announced.get(thin_name(each))) for each, at in reversed(happened.items())]


def _happened(topup: Mapping[str, Any], lines: Sequence[Mapping[str, Any]]) -> dict[str, int | None]:
    """Return what is known without events, in order: types of events, each with its time where that is known."""
    booked = {line["type"]: line["created"] for line in lines}
    happened = {"topup.created": topup["created"]}
    happened |= {event_type: booked[kind] for kind, event_type in _BOOKED if kind in booked}
    if topup["status"] in {"failed", "canceled"}:
        happened[f"topup.{topup['status']}"] = None
    return happened


def _step(event_type: str, at: int | None, event: Mapping[str, Any] | None) -> Step:
    title, tone = HAPPENED[event_type]
    if event is None:
        return Step(at=at, title=title, tone=tone)
    request = event["reason"]["request"]["id"] if event["reason"] else None
    return Step(at=read_second(event["created"]), title=title, tone=tone, event=event["id"], request=request)
