"""What changes is told to the pages that show it, as server-sent events; a page then fetches its own part anew.

Source: WHATWG HTML, Server-sent events.
"""

import asyncio
from collections.abc import AsyncGenerator
from typing import Final

from brim.base import json_codec
from brim.base.errors import BrimError
from brim.base.scope import AccountScope
from brim.core.changes import Changes
from brim.http.message import Reply, StreamedReply
from brim.web.dashboard.signed import SignedVisit

CHECKED_EVERY_S: Final = 5.0
"""How long a stream may outlive its session."""

_LONGEST_S: Final = 3600.0
"""Then the browser comes back, perhaps to a process that has fewer streams."""

_HEADERS: Final = ("Cache-Control: no-store", "X-Content-Type-Options: nosniff", "X-Accel-Buffering: no")
_COME_BACK_AFTER: Final = b"retry: 2000\n\n"
_COME_BACK_LATER: Final = b"retry: 60000\n\n"
_STILL_HERE: Final = b": still here\n\n"
_OVER: Final = b"event: over\ndata: {}\n\n"


async def stream(page: SignedVisit) -> Reply:
    """`GET /live`: an event `change` for what changed, with ids in `objects` or `beyond` for anything."""
    await page.api.get("/v1/events", limit=1)  # whoever may not read events is not told of them
    page.watchers.check_room(_owner(page), page.session.operator)
    return StreamedReply(200, _pieces(page), list(_HEADERS), "text/event-stream", endless=True)


async def _pieces(page: SignedVisit) -> AsyncGenerator[bytes, None]:
    """Yield the stream until the session is over, or for long enough."""
    loop = asyncio.get_running_loop()
    ends, check = loop.time() + _LONGEST_S, loop.time() + CHECKED_EVERY_S
    try:
        page.watchers.check_room(_owner(page), page.session.operator)
    except BrimError:  # others came between the answer and its first piece
        yield _COME_BACK_LATER
        return
    watcher = page.watchers.watch(_owner(page), page.session.operator)
    try:
        yield _COME_BACK_AFTER
        while loop.time() < ends:
            changes = await watcher.wait(CHECKED_EVERY_S)
            if loop.time() >= check:
                if not await page.is_still_signed_in():
                    yield _OVER
                    return
                check = loop.time() + CHECKED_EVERY_S
            yield _message(changes) if changes else _STILL_HERE
    finally:
        watcher.close()


def _owner(page: SignedVisit) -> AccountScope:
    return AccountScope(page.session.account, page.session.livemode)


def _message(changes: Changes) -> bytes:
    told = json_codec.encode({"objects": sorted(changes.objects), "beyond": changes.beyond})
    return b"event: change\ndata: " + told + b"\n\n"
