"""What happened to a top-up, from its events.

The API lists events by type and time, so each is looked for near where the top-up itself says that it happened: its
creation in the second of its own, arrival and return in those of its lines of the statement. A failure and a
cancelation tell no time; they are looked for from the creation on, so far and no further.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from brim.web.calling import Caller, Field
from brim.web.dashboard.wording import HAPPENED

_PAGE: Final = 100
_MOST_PAGES: Final = 10


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that happened: when (Unix seconds), in words, and the event that announced it, if it was found."""

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
    created = await _find_at(api, "topup.created", topup["id"], topup["created"])
    steps = [_step("topup.created", topup["created"], created)]
    booked = {line["type"]: line["created"] for line in lines}
    for kind, event_type in (("topup", "topup.succeeded"), ("topup_reversal", "topup.reversed")):
        if kind in booked:
            steps.append(_step(event_type, booked[kind], await _find_at(api, event_type, topup["id"], booked[kind])))
    if topup["status"] in {"failed", "canceled"}:
        event_type = f"topup.{topup['status']}"
        event = await _find_after(api, event_type, topup["id"], created)
        steps.append(_step(event_type, event["created"] if event else None, event))
    return steps[::-1]


async def _find_at(api: Caller, event_type: str, topup_id: str, second: int) -> Any:
    """Return the event of a top-up that happened in a second or the next, None where there is none among the first."""
    query: dict[str, Field] = {"type": event_type, "created": {"gte": second, "lte": second + 1}, "limit": _PAGE}
    return await _search(api, query, topup_id, cursor="starting_after")


async def _find_after(api: Caller, event_type: str, topup_id: str, created: Mapping[str, Any] | None) -> Any:
    """Return the event of a top-up that came after its creation, looked for forwards in time."""
    if created is None:  # its events are kept no longer
        return None
    query: dict[str, Field] = {"type": event_type, "ending_before": created["id"], "limit": _PAGE}
    return await _search(api, query, topup_id, cursor="ending_before")


async def _search(api: Caller, query: dict[str, Field], topup_id: str, *, cursor: str) -> Any:
    for _ in range(_MOST_PAGES):
        found = await api.get("/v1/events", **query)
        events = found["data"]
        for event in events:
            if event["data"]["object"]["id"] == topup_id:
                return event
        if not found["has_more"]:
            return None
        query[cursor] = events[-1 if cursor == "starting_after" else 0]["id"]
    return None


def _step(event_type: str, at: int | None, event: Mapping[str, Any] | None) -> Step:
    title, tone = HAPPENED[event_type]
    return Step(
        at=event["created"] if event else at,
        title=title,
        tone=tone,
        event=event["id"] if event else None,
        request=event["request"]["id"] if event else None,
    )
