"""The search as a page, and as JSON for the palette, which shows the same."""

from typing import Final

from brim.base import json_codec
from brim.http.message import Reply
from brim.web.dashboard.search.entries import Found, find_entries
from brim.web.dashboard.search.objects import find_objects
from brim.web.dashboard.signed import SignedVisit

_LONGEST: Final = 500
_SHORTEST: Final = 2
"""One letter is a beginning: pages and actions answer it alone, and the API is not asked."""


async def show(page: SignedVisit) -> Reply:
    """`GET /search`, with `q` for what is looked for."""
    wanted = _wanted(page)
    return page.reply("dashboard/search.html", wanted=wanted, found=await _find(page, wanted))


async def answer(page: SignedVisit) -> Reply:
    """`GET /search.json`."""
    found = await _find(page, _wanted(page))
    headers = ["Cache-Control: no-store", "X-Content-Type-Options: nosniff"]
    return Reply(200, json_codec.encode(found), headers, "application/json")


def _wanted(page: SignedVisit) -> str:
    return " ".join(page.query.get("q", "").split())[:_LONGEST]


async def _find(page: SignedVisit, wanted: str) -> list[Found]:
    """Return objects first, then pages and actions."""
    objects = await find_objects(page, wanted) if len(wanted) >= _SHORTEST else []
    return [*objects, *find_entries(page, wanted)]
